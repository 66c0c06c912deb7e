"""The sentence, a function each: load and compile, plan, apply."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Coroutine, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import partial
from typing import Final, TypeVar

from catalogctl.engine.call import Calls
from catalogctl.engine.execute import Execution, Persistence, Stop, Store, execute, recorded_of
from catalogctl.engine.landscape import Landscape
from catalogctl.engine.lookup import Witness
from catalogctl.engine.publish import Publisher, Uploads
from catalogctl.engine.recording import Occasion, Recording, close_cut_off
from catalogctl.engine.recover import Patience, Settlement, settle
from catalogctl.engine.refresh import Refreshed, refresh, remembered, together
from catalogctl.events import (
    ApplyFinished,
    ApplyStarted,
    Event,
    Listener,
    ObjectRefused,
    ObjectSettled,
    OperationWithheld,
    PlanMade,
    Recovered,
    RefreshProgressed,
    Waited,
)
from catalogctl.model.address import Address
from catalogctl.model.diagnostics import CatalogError, Diagnostic, Diagnostics, Refusal, Severity, error, warning
from catalogctl.model.reference import Reference, fill
from catalogctl.model.resource import Observed, Recorded
from catalogctl.model.value import Attributes
from catalogctl.planning.action import Action
from catalogctl.planning.approval import Review
from catalogctl.planning.calls import calls, estimate
from catalogctl.planning.catalog import Catalog
from catalogctl.planning.change import Change
from catalogctl.planning.held_back import hold_back
from catalogctl.planning.inverse import Wanted
from catalogctl.planning.order import order
from catalogctl.planning.plan import Base, Plan, Refresh, Revert
from catalogctl.planning.planner import Purpose, Scope, Verdicts, plan_changes
from catalogctl.planning.relocate import Relocated, leading_nowhere, relocate
from catalogctl.planning.run import Ended, RunOutcome
from catalogctl.planning.safety import SafetyLimits, refusals
from catalogctl.provider.failure import CredentialsRefused, StoreFailure
from catalogctl.provider.protocol import Completes, Imports, Reader, Stock
from catalogctl.provider.service import Attempt, Reading, Surroundings, Writing, connect
from catalogctl.state.backend import Backend, Lock
from catalogctl.state.journal import End, Intent, Outcome, Record, entered
from catalogctl.state.ledger import Ledger, Recalled, recall
from catalogctl.state.snapshot import Snapshot
from catalogctl.system.gc_pause import keeping_all
from catalogctl.system.interrupt import left_to_the_loop


class Coverage(Enum):
    """What becomes of a plan when the store of an account cannot be asked."""

    ALL = "there is no plan"
    REACHABLE = "the other accounts are planned, and the plan says so"


NO_OCCASION: Final = Occasion()
"""Whoever holds the lock applies, and of what version of the files is not known."""

_Result = TypeVar("_Result")
_Service = TypeVar("_Service", bound=Reading)


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a plan."""

    scope: Scope = field(default_factory=Scope)
    refresh: Refresh = Refresh.STORES
    coverage: Coverage = Coverage.ALL
    safety: SafetyLimits = field(default_factory=SafetyLimits)
    environment: str = "default"
    configuration: str = ""
    """Digest of what the files say."""
    lineage: str = ""
    """For the first state, when there is none yet."""
    sayings: Callable[[Collection[str]], Mapping[str, str]] = field(default=lambda _: {})
    """Gives the digests of what the files say of some titles, and to all titles."""
    amend: Callable[[Mapping[Address, Recorded], Mapping[Address, Observed]], Wanted] | None = None
    """What is wanted once the stores have been looked at, where that depends on what is there."""
    reverts: Revert | None = None
    """Which run is taken back, where that is what is asked for."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan, and whether it may be applied."""

    plan: Plan
    refusals: tuple[Diagnostic, ...]
    """Safety limits and protected resources that it would break."""
    relocated: Relocated
    """State's entries under the addresses that `moved` blocks give them."""
    lineage: str
    """Of the state that apply writes."""
    review: Review = field(default_factory=Review)
    """For a saved plan: what of it is not in `plan`, and why."""

    @property
    def told(self) -> Plan:
        """The plan as it is written for others, with what refuses it among its diagnostics."""
        return replace(self.plan, diagnostics=(*self.plan.diagnostics, *self.refusals)) if self.refusals else self.plan


def make_plan(catalog: Catalog, backend: Backend, landscape: Landscape, question: Question, listen: Listener) -> Planned:
    """Read state and stores, and say what would make the stores hold what the files say. Writes nothing anywhere.

    Raises:  CatalogError: stale (state), credentials, unavailable, error.
    Source:  PRODUCT.md 5.1, 5.3, 5.10.
    """
    planned = propose(catalog, recall(backend, landscape.type_of, question.lineage), landscape, question, listen)
    listen(PlanMade(planned.plan))
    return planned


def propose(catalog: Catalog, recalled: Recalled, landscape: Landscape, question: Question, listen: Listener) -> Planned:
    """Make a plan from what is remembered, as `make_plan` does, without telling of it: it may not be the last word.

    Raises:  as `make_plan`.
    """
    with _located(catalog):
        return _proposed(catalog, recalled, landscape, question, listen)


@contextmanager
def _located(catalog: Catalog) -> Iterator[None]:
    """Say of problems that end a plan where in the files is what they are about."""
    try:
        yield
    except CatalogError as failure:
        raise CatalogError(*map(catalog.located, failure.diagnostics), refusal=failure.refusal) from failure


def _proposed(catalog: Catalog, recalled: Recalled, landscape: Landscape, question: Question, listen: Listener) -> Planned:
    snapshot = recalled.snapshot
    looked_at = Settlement()
    _refuse_misplaced_steps(recalled.open_intents, landscape)
    if recalled.open_intents and question.refresh is Refresh.STORES:
        looked_at = _run(_settled(recalled.open_intents, snapshot.resources, landscape, Patience.NONE, listen))
    known = entered(snapshot, looked_at.outcomes).resources
    relocated = relocate(known, catalog)
    recorded = relocated.recorded
    problems = [*relocated.diagnostics, *leading_nowhere(known, catalog), *_misplaced(recorded, landscape, recalled.name)]
    if problems:
        raise CatalogError(*problems, refusal=Refusal.STALE if any(one.code == "account-moved" for one in problems) else Refusal.ERROR)
    if question.scope.purpose is Purpose.CONVERGE:
        refuse_emptied(catalog, recorded, "If everything is to go, say so:\ncatalogctl destroy")
    if question.refresh is Refresh.STATE:
        seen = remembered(recorded)
    else:
        asked = {address.account for address in (*catalog.resources, *recorded) if question.scope.selected(address)}
        seen = look(catalog, recorded, landscape, question, asked, listen)
        if seen.failed:
            question = _narrowed(question, lambda address: address.account not in seen.failed)
    if question.amend is not None:
        amended = question.amend(recorded, seen.observed)
        catalog, question = amended.catalog, replace(_narrowed(question, amended.selected), reverts=amended.reverts)
        seen = replace(seen, diagnostics=(*amended.diagnostics, *seen.diagnostics))
    if recalled.open_intents:
        seen = replace(seen, diagnostics=(_cut_off(recalled.open_intents), *seen.diagnostics))
    with keeping_all():
        verdicts = _decide(catalog, recorded, seen, question)
        lacking = [change for change in verdicts.changes if change.needs_more]
        if lacking:
            # Also where state is taken at its word: it does not hold what nobody declares.
            closed = _without_key(landscape, {change.address.account for change in lacking})
            seen = _completed(seen, [change for change in lacking if change.address.account not in closed], landscape, listen)
            verdicts = _decide(catalog, recorded, seen, question)
            verdicts = _left_open(verdicts, {str(change.address) for change in lacking if change.address.account in closed})
        plan = _with_moves(assemble(catalog, verdicts, seen, landscape, question, snapshot), relocated)
    plan = replace(plan, diagnostics=tuple(map(catalog.located, plan.diagnostics)))
    return Planned(
        plan,
        tuple(map(catalog.located, refusals(plan, question.safety, recorded))),
        relocated,
        snapshot.lineage,
    )


def _narrowed(question: Question, selected: Callable[[Address], bool]) -> Question:
    chosen = question.scope.selected
    return replace(question, scope=replace(question.scope, selected=lambda address: chosen(address) and selected(address)))


def _with_moves(plan: Plan, relocated: Relocated) -> Plan:
    """Note at each change where state has its object until now."""
    if not relocated.moved:
        return plan
    sources = {target: source for source, target in relocated.moved.items()}
    changes = tuple(replace(change, moved_from=sources.get(change.address)) for change in plan.changes)
    return replace(plan, changes=changes)


def recover(backend: Backend, lock: Lock, landscape: Landscape, listen: Listener) -> Settlement:
    """Settle the steps that an interrupted run left open, and write down what became of them; whoever calls holds the lock.

    Raises:  CatalogError as `recall` and `Ledger.commit`.
    Source:  PRODUCT.md 5.5.
    """
    now = landscape.timing.now
    if backend.journal().read() is None:
        close_cut_off(backend.runs(), (), (), now())
        return Settlement()  # as almost always; the state is read by whoever plans
    recalled = recall(backend, landscape.type_of, "")
    journalled = () if recalled.replayed is None else recalled.replayed.outcomes
    if not recalled.open_intents:
        close_cut_off(backend.runs(), journalled, (), now())
        return Settlement()
    _refuse_misplaced_steps(recalled.open_intents, landscape)
    settlement = _run(_settled(recalled.open_intents, recalled.snapshot.resources, landscape, Patience.WINDOW, listen))
    ledger = Ledger(backend, lock, recalled)
    ledger.commit(settlement.outcomes)
    close_cut_off(backend.runs(), (*journalled, *settlement.outcomes), settlement.open, now())
    ledger.pause()
    done = sum(outcome.end is End.DONE for outcome in settlement.outcomes)
    listen(Recovered(done, len(settlement.outcomes) - done, len(settlement.open)))
    return settlement


async def _settled(
    intents: Sequence[Intent], recorded: Mapping[Address, Recorded], landscape: Landscape, patience: Patience, listen: Listener
) -> Settlement:
    """Ask the stores that the open steps are about; one that is no longer the same, or has no key, is not asked."""
    async with AsyncExitStack() as open_stores:
        witnesses: dict[str, Witness] = {}
        for name, base_url in sorted({intent.address.account: intent.base_url for intent in intents}.items()):
            account = landscape.accounts.get(name)
            if account is None or account.base_url != base_url:
                continue
            try:
                reader, _ = await open_stores.enter_async_context(_reader(landscape, name, listen))
            except CatalogError:
                continue
            witnesses[name] = Witness(reader, account.consistency_window, landscape.timing)
        return await settle(intents, recorded, witnesses, patience)


def _cut_off(intents: Sequence[Intent]) -> Diagnostic:
    names = ", ".join(intent.operation for intent in intents[:3]) + (", …" if len(intents) > 3 else "")
    are = "1 step is" if len(intents) == 1 else f"{len(intents)} steps are"
    detail = f"{are} announced in the journal with no word of the outcome: {names}. This plan has looked at what is in the stores."
    hint = "Unless that run is still under way, apply finds out first, and writes it down:\ncatalogctl apply"
    return warning("run-cut-off", "A run was cut off, or is under way", detail, hint)


def _decide(catalog: Catalog, recorded: Mapping[Address, Recorded], seen: Refreshed, question: Question) -> Verdicts:
    return hold_back(plan_changes(catalog, recorded, seen.observed, question.scope, seen.present), seen.uncertain)


def _left_open(verdicts: Verdicts, addresses: Collection[str]) -> Verdicts:
    """Leave open what updates of some objects would clear: without a key a plan asks nobody, and nothing can be applied either."""
    kept = (one for one in verdicts.diagnostics if one.code != "update-would-clear" or one.address not in addresses)
    return replace(verdicts, diagnostics=tuple(kept))


def _completed(seen: Refreshed, lacking: Sequence[Change], landscape: Landscape, listen: Listener) -> Refreshed:
    """Return what the stores hold, with more of the objects whose update would replace what has not been told.

    Raises:  CatalogError: credentials, unavailable.
    """

    async def read() -> tuple[dict[Address, Observed], int]:
        found: dict[Address, Observed] = {}
        requests = 0
        for account in sorted({change.address.account for change in lacking}):
            async with _reader(landscape, account, listen) as (reader, service):
                if not isinstance(reader, Completes):
                    continue
                mine = [change for change in lacking if change.address.account == account]
                for kind in {change.type.name: change.type for change in mine}.values():
                    addresses = [change.address for change in mine if change.type is kind]
                    told = await reader.complete(kind, [seen.observed[address] for address in addresses])
                    found.update(zip(addresses, told, strict=True))
                requests += service.pace.requests
        return found, requests

    try:
        found, requests = _run(read())
    except StoreFailure as failure:
        refusal = Refusal.CREDENTIALS if isinstance(failure, CredentialsRefused) else Refusal.UNAVAILABLE
        raise CatalogError(failure.diagnostic, refusal=refusal) from failure
    return replace(seen, observed={**seen.observed, **found}, requests=seen.requests + requests)


def assemble(catalog: Catalog, verdicts: Verdicts, seen: Refreshed, landscape: Landscape, question: Question, snapshot: Snapshot) -> Plan:
    """Put a plan together from what was decided. Pure.

    Raises:  CatalogError when two things cannot both be done (adopt-conflict, dependency-cycle).
    """
    used = {change.address.account for change in verdicts.changes}
    touched = {change.address.title for change in verdicts.changes if change.action.changes_anything}
    sent = {change.address for change in verdicts.changes if change.after is not None and change.action.changes_anything}
    # How far a store has come with what it was given is the business of who takes stock; it comes and goes, and changes no plan.
    refreshing = question.scope.purpose is Purpose.REFRESH
    read = (one for one in seen.diagnostics if refreshing or one.severity is not Severity.NOTE)
    wrong = Diagnostics.of(verdicts.diagnostics, read)
    if wrong.errors:
        raise CatalogError(*wrong)
    told = Diagnostics.of(wrong, catalog.unheld(sent.__contains__) if sent else ())
    graph = order(verdicts.changes)
    requests = calls(graph, landscape.endpoints)
    return Plan(
        changes=verdicts.changes,
        graph=graph,
        drift=verdicts.drift,
        base=Base(
            environment=question.environment,
            lineage=snapshot.lineage if snapshot.serial else "",
            serial=snapshot.serial,
            configuration=question.configuration,
            accounts={account: landscape.accounts[account].base_url for account in sorted(used)},
            documents=question.sayings(touched),
        ),
        requests=requests,
        estimate=estimate(requests, {account: landscape.accounts[account].limits for account in used}),
        reads=seen.requests,
        diagnostics=tuple(told),
        titles={
            title: catalog.titles[title]
            for title in sorted({change.address.title for change in verdicts.changes})
            if title in catalog.titles
        },
        purpose=question.scope.purpose,
        refresh=question.refresh,
        reverts=question.reverts,
    )


def _refuse_misplaced_steps(intents: Sequence[Intent], landscape: Landscape) -> None:
    """Make sure that open steps are about the stores that their accounts point at; an account that is gone is told elsewhere.

    Raises:  CatalogError: stale (account-moved).
    """
    for intent in intents:
        account = landscape.accounts.get(intent.address.account)
        if account is None or (account.provider, account.base_url) == (intent.type.provider, intent.base_url):
            continue
        detail = (
            f"The journal announces {intent.operation} on {intent.base_url}, a store of {intent.type.provider}; "
            f"the account now points at {account.base_url}, a store of {account.provider}. The end of that step is not known."
        )
        hint = "Point the account back and apply, so that the step is looked up where it was sent."
        raise CatalogError(
            error("account-moved", "An account points at another store than the journal announces", detail, hint), refusal=Refusal.STALE
        )


def _misplaced(recorded: Mapping[Address, Recorded], landscape: Landscape, state: str) -> list[Diagnostic]:
    """Find accounts that state knows and the project does not, or knows elsewhere: their resources are not these."""
    problems: dict[str, Diagnostic] = {}
    for address, have in recorded.items():
        account = landscape.accounts.get(address.account)
        renamed = f"catalogctl state mv-account {address.account}"
        if account is None:
            count = sum(other.account == address.account for other in recorded)
            objects = "1 object" if count == 1 else f"{count:,} objects"
            detail = (
                f"{state} records {objects} on {address.account!r}, which the project file no longer names. "
                "Taking an account out takes nothing off sale: what is in the store stays there as it is."
            )
            hint = (
                "To take the editions off sale, put the account back, take them off it (`publish: {ACCOUNT: false}`), apply, and only then "
                f"remove it. To leave them in the store and forget them:\ncatalogctl state rm '{address.account}/**'\n"
                f"If the account only has another name now:\n{renamed} NAME"
            )
            problems[address.account] = error("account-unknown", "An account is gone from the project file", detail, hint)
        elif account.provider != have.type.provider:
            detail = f"{state} records resources of {have.type.provider} on {address.account!r}, which is an account of {account.provider}."
            hint = "Point it back, or use another environment for the other store."
            problems[address.account] = error("account-moved", "An account points at another store than state records", detail, hint)
        elif account.base_url != have.base_url:
            made = f"By {state}, the resources of {address.account!r} were made on {have.base_url}"
            detail = f"{made}; it now points at {account.base_url}, where they are not."
            hint = f"Point it back, or use another environment for the other store. If the store itself has moved:\n{renamed}"
            problems[address.account] = error("account-moved", "An account points at another store than state records", detail, hint)
    return list(problems.values())


def look(
    catalog: Catalog, recorded: Mapping[Address, Recorded], landscape: Landscape, question: Question, accounts: set[str], listen: Listener
) -> Refreshed:
    """Ask the stores, having made sure before any call to any of them that every account that will be asked has its key.

    Raises:  CatalogError (credentials, unavailable) with what is wrong with all accounts; where a plan of the others is enough,
             only when nothing is left of it.
    """
    failed = _without_key(landscape, accounts)
    if failed and (question.coverage is Coverage.ALL or failed.keys() == accounts):
        raise together(failed)
    chosen = question.scope.selected

    def selected(address: Address) -> bool:
        return chosen(address) and address.account not in failed

    seen = _run(refresh(catalog, recorded, selected, lambda account: _reader(landscape, account, listen), landscape.timing, listen))
    failed.update(seen.failed)
    if seen.failed and (question.coverage is Coverage.ALL or failed.keys() == accounts):
        raise together(seen.failed)
    left_out = [_left_out(account, problem) for account, problem in sorted(failed.items())]
    return replace(seen, failed=failed, diagnostics=(*left_out, *seen.diagnostics))


def _without_key(landscape: Landscape, accounts: Iterable[str]) -> dict[str, CatalogError]:
    missing: dict[str, CatalogError] = {}
    for name in sorted(accounts):
        try:
            landscape.provider_of(name).authentication(landscape.accounts[name])
        except CatalogError as problem:
            missing[name] = problem
    return missing


def _left_out(account: str, problem: CatalogError) -> Diagnostic:
    first = problem.diagnostics[0]
    detail = f"This plan says nothing about account {account}, whose store could not be asked. {first.detail}"
    return warning("account-left-out", "An account is left out of the plan", detail, first.hint, source=first.source)


def refuse_emptied(catalog: Catalog, recorded: Mapping[Address, Recorded], hint: str) -> None:
    """Make sure that files which declare nothing are not taken at their word over a state that has something.

    Shapes:  `hint`: what to do if they are right.
    Raises:  CatalogError: safety (catalog-empty).
    Source:  PRODUCT.md 6.8.
    """
    given_up = {removal.address for removal in catalog.removed}
    left = len(recorded.keys() - given_up)
    if left and not catalog.resources:
        detail = f"The files declare nothing at all, and state records {left} resources: a wrong `catalog:` path looks like this."
        raise CatalogError(error("catalog-empty", "No titles over a state that has some", detail, hint), refusal=Refusal.SAFETY)


def take_stock(landscape: Landscape, account: str, only: Collection[str], listen: Listener) -> Stock:
    """Read all that an account holds, or only the objects with some ids.

    Raises:  CatalogError: credentials, unavailable; error (import-unsupported) where its provider has no way to.
    """
    provider = landscape.provider_of(account)
    if not isinstance(provider, Imports):
        detail = f"The provider {provider.name!r} has no way to tell what an account holds."
        hint = "Declare its objects by hand, and import them one by one:\ncatalogctl import ADDRESS ID"
        raise CatalogError(error("import-unsupported", "All of an account cannot be imported", detail, hint))

    async def read() -> Stock:
        async with _connected(Reading, landscape, account, listen) as service:
            importer = provider.importer(landscape.accounts[account], service)
            return await importer.take_stock(only, lambda done, total: listen(RefreshProgressed(account, done, total)))

    missing = _without_key(landscape, [account])
    if missing:
        raise together(missing)
    try:
        return _run(read())
    except StoreFailure as failure:
        refusal = Refusal.CREDENTIALS if isinstance(failure, CredentialsRefused) else Refusal.UNAVAILABLE
        raise CatalogError(failure.diagnostic, refusal=refusal) from failure


def _run(work: Coroutine[object, object, _Result]) -> _Result:
    """Run asynchronous work to its end.

    Its result is kept out of the event loop's own task: when that ends, the signal module puts the whole task into
    words for an exception that nobody reads, and a large result makes that take as long as a large plan.
    """
    kept: list[_Result] = []

    async def keep() -> None:
        kept.append(await work)

    with left_to_the_loop():
        asyncio.run(keep())
    return kept[0]


@asynccontextmanager
async def _reader(landscape: Landscape, account: str, listen: Listener) -> AsyncIterator[tuple[Reader, Reading]]:
    async with _connected(Reading, landscape, account, listen) as service:
        yield landscape.provider_of(account).reader(landscape.accounts[account], service), service


def _connected(
    kind: type[_Service],
    landscape: Landscape,
    name: str,
    listen: Listener,
    before_write: Callable[[], None] = lambda: None,
    tried: Callable[[Attempt], None] = lambda _: None,
) -> AbstractAsyncContextManager[_Service]:
    """Open a client of one kind for an account, with the account's key and limits."""
    account, provider = landscape.accounts[name], landscape.provider_of(name)
    around = Surroundings(
        lambda seconds, why: listen(Waited(name, seconds, why)),
        Calls(name, listen).under_way,
        landscape.timing,
        transports=landscape.transports,
        tried=tried,
        before_write=before_write,
    )
    return connect(kind, account, landscape.url(name), provider, around)


@dataclass(frozen=True, slots=True)
class Applied:
    """What an apply came to."""

    execution: Execution
    snapshot: Snapshot
    diagnostics: tuple[Diagnostic, ...] = ()
    """What there is to say beside what became of the steps."""


def apply_plan(
    planned: Planned,
    backend: Backend,
    lock: Lock,
    landscape: Landscape,
    publisher: Publisher,
    listen: Listener,
    persistence: Persistence,
    stop: Stop,
    occasion: Occasion = NO_OCCASION,
) -> Applied:
    """Take a plan's steps and remember each; whoever calls holds the lock and has made the plan under it.

    The run is recorded, from before its first step to its end, unless there is nothing to do and nothing to remember.
    Raises:  CatalogError: safety (3) when the plan may not be applied; locked, stale or error when state cannot be written.
    Source:  PRODUCT.md 5.2, 5.5, 5.6, 6.22.
    """
    if planned.refusals:
        raise CatalogError(*planned.refusals, refusal=Refusal.SAFETY)
    ledger = Ledger.open(backend, lock, landscape.type_of, planned.lineage)
    if _changes_nothing(planned, landscape, occasion):
        _tell(planned.review, listen)
        listen(ApplyStarted(0, {}))
        snapshot = ledger.close()
        listen(ApplyFinished(0, 0, len(planned.review.withheld), len(planned.review.refused), snapshot.serial))
        return Applied(Execution(), snapshot)
    recording = Recording.begin(backend.runs(), planned.plan, planned.relocated.recorded, lock, landscape, occasion)

    def hear(event: Event) -> None:
        recording(event)
        listen(event)

    try:
        _tell(planned.review, hear)
        ledger.commit(_bookkeeping(planned, landscape))
        recording.noted()
        execution = _run(_execute(planned.plan, landscape, publisher, ledger, hear, persistence, stop, recording))
        ledger.commit(_late_notes(planned.plan, ledger, landscape))
        recording.flush()
        snapshot = ledger.close()
    except BaseException as problem:
        refusal = problem.refusal.value if isinstance(problem, CatalogError) else ""
        outcome = RunOutcome.FAILED if isinstance(problem, Exception) else RunOutcome.INTERRUPTED
        recording.end(Ended(landscape.timing.now(), outcome, refusal))
        raise
    ended = _ended(planned, execution, snapshot, landscape)
    incomplete = recording.end(ended)
    skipped = len(execution.skipped) + len(planned.review.withheld)
    listen(ApplyFinished(len(execution.done), len(execution.failed), skipped, len(planned.review.refused), snapshot.serial))
    return Applied(execution, snapshot, (*incomplete, *_in_few_words(execution.diagnostics)))


def _in_few_words(told: Sequence[Diagnostic]) -> Iterator[Diagnostic]:
    """Merge diagnostics of one severity and code into one, which shows the first of them."""
    alike: dict[tuple[Severity, str], list[Diagnostic]] = {}
    for one in told:
        alike.setdefault((one.severity, one.code), []).append(one)
    for same in alike.values():
        first, *others = same
        if others:
            yield replace(first, detail=f"{len(same):,} objects, the first of them: {first.detail}", address=None)
        else:
            yield first


def _changes_nothing(planned: Planned, landscape: Landscape, occasion: Occasion) -> bool:
    """Whether an apply sends nothing, and state learns nothing by it or by what was settled before it."""
    idle = not planned.plan.graph.operations and not any(_is_noted(change) for change in planned.plan.changes)
    return idle and not _bookkeeping(planned, landscape) and not occasion.recovered


def _ended(planned: Planned, execution: Execution, snapshot: Snapshot, landscape: Landscape) -> Ended:
    refusal = Refusal.STALE if planned.review.refused else execution.refusal
    outcome = RunOutcome.INTERRUPTED if execution.interrupted else RunOutcome.PARTIAL if refusal or execution.skipped else RunOutcome.DONE
    return Ended(landscape.timing.now(), outcome, "" if refusal is None else refusal.value, snapshot.serial)


def _tell(review: Review, listen: Listener) -> None:
    """Tell what of a saved plan is not done, and why."""
    for change in review.settled:
        listen(ObjectSettled(change.action.value, change.address))
    for refused in review.refused:
        listen(ObjectRefused(refused.change.action.value, refused.change.address, refused.diagnostic))
    for step in review.withheld:
        listen(OperationWithheld(step.name, step.verb, step.address, step.because))


def _bookkeeping(planned: Planned, landscape: Landscape) -> list[Record]:
    """List what state must learn without any call: moves, adoptions, and what is gone."""
    records: list[Record] = []
    for source, target in planned.relocated.moved.items():
        records.append(Outcome(f"move {source}", "move", source, End.DONE))
        records.append(Outcome(f"move {target}", "move", target, End.DONE, planned.relocated.recorded[target]))
    for change in planned.plan.changes:
        if change.action is Action.FORGET:
            records.append(Outcome(f"forget {change.address}", "forget", change.address, End.DONE))
        elif _is_noted(change) and not _refers(change.after or {}):
            records.append(_note(change, change.after or {}, landscape))
    return records


def _late_notes(plan: Plan, ledger: Ledger, landscape: Landscape) -> list[Record]:
    """List what state could not learn before the steps were taken, since it names what they made; what is missing is left for later."""
    records: list[Record] = []
    for change in plan.changes:
        if _is_noted(change) and _refers(change.after or {}):
            filled = fill(change.after or {}, lambda address: None if (have := ledger.get(address)) is None else have.id)
            if not _refers(filled):
                records.append(_note(change, filled, landscape))
    return records


def _is_noted(change: Change) -> bool:
    """Whether state learns of it without any call."""
    return (change.action is Action.ADOPT and not change.attributes) or change.record


def _refers(attributes: Attributes) -> bool:
    return any(isinstance(item, Reference) for value in attributes.values() for item in (value if isinstance(value, tuple) else (value,)))


def _note(change: Change, attributes: Attributes, landscape: Landscape) -> Outcome:
    verb = "adopt" if change.action is Action.ADOPT else "note"
    base_url = landscape.accounts[change.address.account].base_url
    recorded = recorded_of(change, base_url, change.id or "", attributes, change.observed)
    return Outcome(f"{verb} {change.address}", verb, change.address, End.DONE, recorded)


async def _execute(
    plan: Plan,
    landscape: Landscape,
    publisher: Publisher,
    ledger: Ledger,
    listen: Listener,
    persistence: Persistence,
    stop: Stop,
    recording: Recording,
) -> Execution:
    async with AsyncExitStack() as open_stores:
        stores: dict[str, Store] = {}
        for name in sorted({operation.address.account for operation in plan.graph.operations}):
            account, provider = landscape.accounts[name], landscape.provider_of(name)
            tried = partial(recording.called, name)
            service = await open_stores.enter_async_context(_connected(Writing, landscape, name, listen, ledger.check, tried))
            uploads = Uploads(publisher, ledger, name)
            writer, reader = provider.writer(account, service, uploads), provider.reader(account, service)
            witness = Witness(reader, account.consistency_window, landscape.timing, service.pace.may_retry)
            stores[name] = Store(writer, witness, account.limits.concurrency, account.base_url)
        return await execute(plan.graph, stores, ledger, listen, persistence, stop)
