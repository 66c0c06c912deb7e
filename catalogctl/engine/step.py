"""Take one step: call the store, and settle what a lost answer leaves open."""

from __future__ import annotations

from collections.abc import Callable, Container
from dataclasses import dataclass, field, replace
from time import perf_counter

from catalogctl.engine.absence import disagrees
from catalogctl.engine.find_written import OutcomeProbe, is_there, look_for
from catalogctl.engine.in_flight import be_about
from catalogctl.model.address import Address
from catalogctl.model.diagnostics import CatalogError, Diagnostic, Refusal, error, warning
from catalogctl.model.link import Links
from catalogctl.model.resource import Identity, Recorded, told_otherwise
from catalogctl.model.value import Attributes
from catalogctl.planning.change import Change
from catalogctl.planning.diff import diff
from catalogctl.planning.order import Operation
from catalogctl.provider.answer import Deletion
from catalogctl.provider.failure import Ambiguous, CredentialsRefused, Refused, StoreFailure, Unavailable
from catalogctl.provider.protocol import Lookup, Supersedes, Verb, Writer, Written


@dataclass(frozen=True, slots=True)
class Store:
    """One account, opened for writing."""

    writer: Writer
    probe: OutcomeProbe
    """On the same connection: for finding out what became of a write."""
    width: int
    """How many steps may be under way at once."""
    base_url: str
    """As state records it."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A step that did not succeed, or whose end is not known."""

    operation: Operation
    diagnostic: Diagnostic
    refusal: Refusal


@dataclass(frozen=True, slots=True)
class Job:
    """A step with all that is known by the time it starts."""

    operation: Operation
    id: str | None
    owner_id: str | None
    wanted: Attributes
    taken: Callable[[], frozenset[str]]
    """Gives the ids that an object to be made does not have; asked only when an answer is lost, since there may be many."""
    held: Container[str]
    """The ids that have an address already, or are still to be deleted: an object to be made is none of these."""
    leaving: Container[str]
    """The ids that the plan deletes."""
    kept_by: Address | None = None
    """Another address that has what is to be deleted."""


@dataclass(frozen=True, slots=True)
class StepResult:
    """The outcome of one step, as its worker reports it; `seconds` is the time it took."""

    operation: Operation
    seconds: float
    recorded: Recorded | None = None
    links: Links = field(default_factory=dict)
    failure: Failure | None = None
    diagnostics: tuple[Diagnostic, ...] = ()


async def take_step(job: Job, store: Store) -> StepResult:
    """Take one step; a failure is part of the result, never raised."""
    started = perf_counter()
    operation = job.operation
    be_about(operation)
    try:
        recorded, written = await _call(job, store)
    except StoreFailure as failure:
        return StepResult(operation, perf_counter() - started, failure=Failure(operation, failure.diagnostic, _refusal(failure)))
    except CatalogError as problem:
        return StepResult(operation, perf_counter() - started, failure=Failure(operation, problem.diagnostics[0], problem.refusal))
    told = tuple(replace(one, address=str(operation.address)) for one in written.diagnostics)
    return StepResult(operation, perf_counter() - started, recorded, written.links, diagnostics=told)


def _refusal(failure: StoreFailure) -> Refusal:
    match failure:
        case Ambiguous():
            return Refusal.UNKNOWN_OUTCOME
        case CredentialsRefused():
            return Refusal.CREDENTIALS
        case Unavailable():
            return Refusal.UNAVAILABLE
        case _:
            return Refusal.PARTIAL


async def _call(job: Job, store: Store) -> tuple[Recorded | None, Written]:
    operation, change, wanted = job.operation, job.operation.change, job.wanted
    match operation.verb:
        case Verb.CREATE:
            sent = attributes_to_send(operation, wanted)
            whole = {**change.carried, **sent}
            written = Written(found_id(job.owner_id), {}) if operation.silent else await _create(job, store, whole)
            if written.id in job.held:
                raise CatalogError(_not_new(operation, written.id))
            kept = _managed(change, sent)
            return recorded_of(change, store.base_url, written.id, kept, {**kept, **written.observed}), written
        case Verb.UPDATE:
            written = await _update(job, store)
            kept = _managed(change, wanted)
            recorded = recorded_of(change, store.base_url, written.id, kept, {**change.observed, **kept, **written.observed})
            return recorded, replace(written, links=written.links or change.links)
        case Verb.DELETE:
            if job.kept_by is not None:
                return None, Written("", {}, diagnostics=(_kept(operation, job.kept_by),))
            if not operation.silent:
                await _delete(job, store)
            return None, Written("", {})


def _not_new(operation: Operation, id_: str) -> Diagnostic:
    """Say that a store answered a create with an object that has an address: two would write to it, and one might delete it."""
    detail = f"The store answered the create of {operation.address} with the object {id_}, which state records already."
    hint = "Plan again. If the store allows no second object there, take the other one off the account first."
    return error("held-elsewhere", "An object that another address holds", detail, hint, address=str(operation.address))


def _kept(operation: Operation, keeper: Address) -> Diagnostic:
    """Say that nothing was deleted, since another address has the object."""
    detail = f"{operation.name} was not sent: state records the same object (id {operation.delete_id}) as {keeper}, which keeps it."
    return warning("held-elsewhere", "An object that another address holds", detail, address=str(operation.address))


def attributes_to_send(operation: Operation, wanted: Attributes) -> Attributes:
    """Return what a resource has by a step: of a create, all but what a later step sends."""
    return {name: value for name, value in wanted.items() if name not in operation.withheld}


def _managed(change: Change, attributes: Attributes) -> Attributes:
    """Return what of it is managed once it was sent: what was emptied, being declared no longer, is not."""
    return {name: value for name, value in attributes.items() if name not in change.cleared}


def there_before(change: Change) -> frozenset[str]:
    """List the ids in an object's place when the plan was made, that of the one it replaces included."""
    return change.present | ({change.id} if change.id is not None else set())


def held_key(change: Change) -> str:
    """Return the natural key under which the store has an object now; a replace may give its successor another."""
    return change.held_key or change.key


def doomed_key(operation: Operation) -> str:
    """Return the natural key of the object that a delete removes."""
    return held_key(operation.change) if operation.deposed is None else operation.deposed.key


async def _create(job: Job, store: Store, sent: Attributes) -> Written:
    """Create; when the answer is lost, look for the object before anything is sent again, and send it once more when it is not there.

    Raises:  Ambiguous while it is not known whether it arrived, whatever kept us from finding out.
    """
    try:
        return await _make(job, store.writer, sent)
    except Ambiguous as lost:
        written = await _found(job, store, sent, lost)
        if written is not None:
            return written
        return await _create_again(job, store, sent, lost)


async def _create_again(job: Job, store: Store, sent: Attributes, lost: Ambiguous) -> Written:
    """Create what was looked for and not found; where the first try comes late after all, a store that enforces keys refuses this one."""
    try:
        return await _make(job, store.writer, sent)
    except Ambiguous as lost_again:
        written = await _found(job, store, sent, lost_again)
        if written is None:
            raise
        return written
    except Refused:
        late = await _found(job, store, sent, lost)
        if late is not None:
            return late
        if job.operation.change.type.identity is Identity.ENFORCED:
            raise lost from None  # what is in the way may be what the first try made, and does not show yet
        raise
    except (Unavailable, CredentialsRefused):
        raise lost from None


async def _update(job: Job, store: Store) -> Written:
    """Update; when the answer is lost, look whether it was done, and where it was not, do it once more.

    Raises:  Ambiguous while that is not known, or where the object gets a new id by it.
    """
    change, id_, changed = job.operation.change, found_id(job.id), job.operation.changed
    whole = {**change.carried, **job.wanted}
    try:
        return await store.writer.update(change.type, id_, whole, changed)
    except Ambiguous as lost:
        asked = {name: job.wanted[name] for name in changed if name in job.wanted}
        if any(not change.type.attributes[name].settles_by_reading for name in asked):
            raise
        try:
            seen = await store.probe.reader.read(change.type, id_)
            if seen is None:
                raise
            if not diff(seen.attributes, asked, change.type):
                return Written(id_, seen.attributes, seen.links)
            return await store.writer.update(change.type, id_, whole, changed)
        except StoreFailure:
            raise lost from None


async def _make(job: Job, writer: Writer, sent: Attributes) -> Written:
    change = job.operation.change
    if job.operation.create_before_destroy and isinstance(writer, Supersedes):
        return await writer.supersede(change.type, sent, found_id(change.id), job.held, job.leaving)
    return await writer.create(change.type, sent)


async def _found(job: Job, store: Store, sent: Attributes, lost: Ambiguous) -> Written | None:
    """Look for an object that may have been created.

    Raises:  `lost` when no one can tell.
    """
    change = job.operation.change
    want = Lookup(change.address, change.type, change.key, None, sent, job.taken())
    try:
        seen = await look_for(store.probe, want, store.probe.window)
    except StoreFailure:
        raise lost from None
    return None if seen is None else Written(seen.id, seen.attributes, seen.links)


async def _delete(job: Job, store: Store) -> None:
    """Delete; when the answer is lost or says that there is no such object, look for it, and where it is there delete once more.

    What counts as deleted is forgotten, so that no single answer decides it.
    Raises:  Ambiguous while that is not known; CatalogError (store-disagrees) where the store shows what it says is not there.
    """
    kind, id_, key = job.operation.change.type, found_id(job.id), doomed_key(job.operation)
    try:
        ended = await store.writer.delete(kind, id_, key)
    except Ambiguous as lost:
        try:
            if await is_there(store.probe, kind, id_):
                ended = await store.writer.delete(kind, id_, key)
            else:
                return
        except StoreFailure:
            raise lost from None
    if ended is Deletion.DONE or not await is_there(store.probe, kind, id_):
        return
    if await store.writer.delete(kind, id_, key) is Deletion.NOT_THERE and await is_there(store.probe, kind, id_):
        raise disagrees(job.operation.address.account, f"{job.operation.address} (id {id_})")


def found_id(id_: str | None) -> str:
    """Return an id that the order of the steps guarantees.

    Raises:  AssertionError where the plan's order is wrong.
    """
    if id_ is None:
        message = "a step on an object that nobody has created"
        raise AssertionError(message)
    return id_


def recorded_of(change: Change, base_url: str, id_: str, attributes: Attributes, told: Attributes) -> Recorded:
    """Return what state remembers of a resource that has these attributes now, and of which the store reported this."""
    return Recorded(
        address=change.address,
        type=change.type,
        base_url=base_url,
        id=id_,
        key=change.key,
        attributes=attributes,
        observed=told_otherwise(attributes, told),
        dependencies=change.dependencies,
        protect=change.protect,
        deposed=change.deposed,
    )
