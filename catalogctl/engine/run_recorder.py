"""Writes down what a run of apply does while it does it, for those who ask later: who applied what, and what came of it.

The journal is what the next run goes on from, synced step by step; a record is for people, and for taking a run back. It is durable
before the first request and at its end. What happens in between is written at least every second and synced at the end only: of a run
that is killed, the last second of requests may be missing, and its steps are put in from the journal by the next run.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from time import perf_counter
from typing import Final

from catalogctl import __version__
from catalogctl.engine.in_flight import subject
from catalogctl.engine.stores import Stores
from catalogctl.events import (
    Event,
    ObjectRefused,
    ObjectSettled,
    OperationFailed,
    OperationFinished,
    OperationSkipped,
    OperationWithheld,
)
from catalogctl.history.run import Begun, Ended, Fate, RunCall, RunOutcome, RunStep
from catalogctl.history.run_file import (
    begun_line,
    call_line,
    change_line,
    ended_line,
    heading,
    noted_line,
    settled_line,
    step_line,
    steps_wanted,
)
from catalogctl.model.address import Address
from catalogctl.model.commit import Commit
from catalogctl.model.diagnostics import CatalogError, Diagnostic, warning
from catalogctl.model.resource import Recorded
from catalogctl.model.title import Origin
from catalogctl.model.value import digest
from catalogctl.planning.plan import Plan
from catalogctl.planning.planfile.file import digest as plan_digest
from catalogctl.planning.planfile.file import encode
from catalogctl.provider.secrecy import Secrecy
from catalogctl.provider.service import Attempt
from catalogctl.state.backend import Lock, RunStore
from catalogctl.state.journal import End, Intent, Outcome

KEPT: Final = 1000
"""How many runs are remembered."""
PLANS_KEPT: Final = 5
"""Of how many of the last runs the plan is kept where they have not done all of it."""
PIECE: Final = 64 * 1024
"""Bytes that are held back at most before they are written."""
FLUSH_AFTER: Final = 1.0
"""Seconds for which they are held back at most, as long as something happens."""


_FATES: Final = {End.DONE: Fate.DONE, End.FAILED: Fate.FAILED, End.UNKNOWN: Fate.UNKNOWN}


@dataclass(frozen=True, slots=True)
class RunContext:
    """On whose behalf a run is made, and of what."""

    actor: str = ""
    """As the CI system names them; empty: whoever holds the lock."""
    job: str = ""
    """Where the CI system shows the run's log."""
    commit: Commit | None = None
    digest: str = ""
    """Of the saved plan that is applied; empty: of the plan that was made just now."""
    approved: bool = False
    """Whether its digest was named as the one that was approved."""
    recovered: tuple[Outcome, ...] = ()
    """What became of steps that an earlier run left open."""
    resumes: str = ""
    """The name of the record of the run that this one goes on with; empty: none."""


class RunRecorder:
    """The record of one run while it is made. It belongs to one owner, and a write that fails stops no apply: the rest is left out."""

    def __init__(self, store: RunStore, name: str, begun: Begun, secrecy: Secrecy) -> None:
        self.begun = begun
        self._store = store
        self._secrecy = secrecy
        self._name = name
        self._held: list[bytes] = []
        self._size = 0
        self._written = perf_counter()
        self._problem: CatalogError | None = None
        self._unkept: CatalogError | None = None
        """Why the plan could not be kept."""

    @classmethod
    def begin(
        cls,
        store: RunStore,
        plan: Plan,
        recorded: Mapping[Address, Recorded],
        lock: Lock,
        stores: Stores,
        context: RunContext,
    ) -> RunRecorder:
        """Make a record durable with all that a plan is about to do, and forget the oldest.

        Shapes:  `recorded` is what state remembers, relocated.
        Raises:  CatalogError (run-not-recorded); then nothing must be sent.
        """
        begun = _begun(plan, lock, stores, context)
        # The number of the hold tells apart what began at one moment.
        moment = f"{begun.started.astimezone(UTC):%Y%m%dT%H%M%S}{begun.started.microsecond // 1000:03}Z"
        recording = cls(store, f"{moment}-{lock.token:010}-{begun.id}", begun, _secrecy(stores))
        store.begin(recording._name, map(recording._secrecy.contents, _pieces(_first_lines(begun, plan, recorded, context))))
        if plan.graph.operations:
            recording._keep(plan)
        if context.resumes:
            store.drop_plan(context.resumes)
        names = store.names()
        for old in names[PLANS_KEPT:KEPT]:
            store.drop_plan(old)
        for old in names[KEPT:]:
            store.remove(old)
        return recording

    def _keep(self, plan: Plan) -> None:
        """Keep the plan, without which a run can be done all the same: it cannot be resumed then."""
        try:
            self._store.keep_plan(self._name, self._secrecy.contents(encode(plan, place=_nowhere)))
        except CatalogError as problem:
            self._unkept = problem

    def __call__(self, event: Event) -> None:
        """Write down what becomes of a step."""
        match event:
            case OperationFinished():
                self._step(RunStep(event.name, event.verb, event.address, Fate.DONE, round(event.seconds, 4)))
            case OperationFailed():
                fate = Fate.UNKNOWN if event.unknown else Fate.FAILED
                problem = event.diagnostic
                self._step(RunStep(event.name, event.verb, event.address, fate, None, problem.code, problem.detail or problem.summary))
            case OperationSkipped() | OperationWithheld():
                self._step(RunStep(event.name, event.verb, event.address, Fate.NOT_STARTED, detail=event.because))
            case ObjectSettled():
                self._step(RunStep(f"{event.action} {event.address}", event.action, event.address, Fate.SETTLED))
            case ObjectRefused():
                name = f"{event.action} {event.address}"
                self._step(RunStep(name, event.action, event.address, Fate.REFUSED, None, event.diagnostic.code, event.diagnostic.detail))
            case _:
                pass

    def called(self, account: str, attempt: Attempt) -> None:
        """Write down a request."""
        step = subject()
        endpoint = attempt.endpoint
        address, name = (None, "") if step is None else (step.address, step.name)
        self._add(
            call_line(RunCall(account, endpoint.method, endpoint.path, address, name, attempt.number, attempt.status, attempt.seconds))
        )

    def noted(self) -> None:
        """Write down that state has learned what it learns without any request."""
        self._add(noted_line())

    def flush(self) -> None:
        """Write what is held back."""
        data, self._held, self._size, self._written = b"".join(self._held), [], 0, perf_counter()
        if data and self._problem is None:
            try:
                self._store.append(self._name, self._secrecy.contents(data))
            except CatalogError as problem:
                self._problem = problem

    def end(self, ended: Ended) -> tuple[Diagnostic, ...]:
        """Write down how the run ended, and make all of it durable; give what there is to say where that could not be."""
        self.flush()
        if self._problem is None:
            try:
                self._store.seal(self._name, ended_line(ended))
                if ended.outcome is RunOutcome.DONE:
                    self._store.drop_plan(self._name)
            except CatalogError as problem:
                self._problem = problem
        unkept = () if self._unkept is None or ended.outcome is RunOutcome.DONE else (_not_resumable(self.begun.id, self._unkept),)
        return unkept if self._problem is None else (*unkept, _incomplete(self.begun.id, self._problem))

    def _step(self, step: RunStep) -> None:
        self._add(step_line(step))

    def _add(self, line: bytes) -> None:
        self._held.append(line)
        self._size += len(line)
        if self._size >= PIECE or perf_counter() - self._written >= FLUSH_AFTER:
            self.flush()


def close_cut_off(store: RunStore, outcomes: Iterable[Outcome], open_intents: Sequence[Intent], at: datetime) -> None:
    """End the record of the last run, if it was cut off, with what the journal knows of its steps; whoever calls holds the lock."""
    name = next(iter(store.names()), None)
    if name is None:
        return
    try:
        data = store.read(name)
        if data is None or heading(data, name).ended is not None:
            return
        wanted = steps_wanted(data, name)
    except CatalogError:
        return  # it is told to whoever asks for it
    ends = {outcome.operation: outcome for outcome in outcomes}
    known = [RunStep(one.operation, one.verb, one.address, _FATES[one.end]) for one in ends.values() if one.operation in wanted]
    unknown = [
        RunStep(one.operation, one.verb, one.address, Fate.UNKNOWN)
        for one in open_intents
        if one.operation in wanted and one.operation not in ends
    ]
    torn = b"" if data.endswith(b"\n") else b"\n"
    lines = b"".join(settled_line(step) for step in (*known, *unknown))
    store.seal(name, torn + lines + ended_line(Ended(at, RunOutcome.INTERRUPTED, cut_off=True)))


def _begun(plan: Plan, lock: Lock, stores: Stores, context: RunContext) -> Begun:
    info = lock.info
    started = stores.timing.now()
    return Begun(
        id=digest([info.id, lock.token, started.isoformat()])[:8],
        environment=info.environment,
        started=started,
        actor=context.actor or info.who,
        host=info.host,
        command=info.command,
        job=context.job,
        version=__version__,
        commit=context.commit,
        digest=context.digest or plan_digest(plan),
        saved=bool(context.digest),
        approved=context.approved,
        purpose=plan.purpose.name.lower(),
        reverts=plan.reverts,
        lineage=plan.base.lineage,
        serial=plan.base.serial,
        accounts=plan.base.accounts,
        summary=plan.summary,
        operations=len(plan.graph.operations),
        hold=info.id,
    )


def _first_lines(begun: Begun, plan: Plan, recorded: Mapping[Address, Recorded], context: RunContext) -> Iterator[bytes]:
    yield begun_line(begun)
    operations: dict[str, list[str]] = {}
    for operation in plan.graph.operations:
        operations.setdefault(str(operation.address), []).append(operation.name)
    for change in plan.changes:
        if change.action.changes_anything or change.updates_state_only or change.moved_from is not None:
            yield change_line(change, recorded.get(change.address), operations.get(str(change.address), ()), _nowhere)
    for outcome in context.recovered:
        yield step_line(RunStep(outcome.operation, outcome.verb, outcome.address, _FATES[outcome.end], recovered=True))


def _nowhere(_: Origin) -> None:
    """Find no line: the file and the way in it are enough, and a line would be sought at a cost."""


def _pieces(lines: Iterable[bytes]) -> Iterator[bytes]:
    held: list[bytes] = []
    size = 0
    for line in lines:
        held.append(line)
        size += len(line)
        if size >= PIECE:
            yield b"".join(held)
            held, size = [], 0
    yield b"".join(held)


def _secrecy(stores: Stores) -> Secrecy:
    """Know the keys of all accounts: none is to be in a record, whatever a store or a file says."""
    secrecy = Secrecy()
    for account in stores.accounts.values():
        for secret in () if account.is_sandbox else account.secrets.values():
            try:
                secrecy.learn(secret().reveal())
            except CatalogError:
                continue  # an account that this run has nothing to do with may lack its key
    return secrecy


def _not_resumable(id_: str, problem: CatalogError) -> Diagnostic:
    detail = f"The plan of run {id_} could not be kept, so that --resume cannot go on with it. {problem.diagnostics[0].detail}"
    return warning("run-plan-not-kept", "This run cannot be resumed", detail, "Plan again:\ncatalogctl plan")


def _incomplete(id_: str, problem: CatalogError) -> Diagnostic:
    detail = f"What run {id_} did is in the state; its record lacks some of it. {problem.diagnostics[0].detail}"
    return warning("run-incomplete", "The record of this run is not whole", detail, problem.diagnostics[0].hint)
