"""Take a plan's steps: one coordinator that decides and records, and a few workers per account that call the stores.

Each step goes   waiting → announced in the journal → under way → settled in the journal
and a step whose predecessor did not succeed goes straight from waiting to skipped.
"""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import partial
from graphlib import TopologicalSorter

from catalogctl.engine.holders import HeldIds, Holders
from catalogctl.engine.step import (
    Failure,
    Job,
    StepResult,
    Store,
    take_step,
    there_before,
)
from catalogctl.engine.step_records import StepRecords
from catalogctl.events import (
    ApplyStarted,
    Listener,
    OperationFailed,
    OperationFinished,
    OperationProgressed,
    OperationSkipped,
    OperationStarted,
)
from catalogctl.model.address import Address
from catalogctl.model.diagnostics import CatalogError, Diagnostic, Refusal
from catalogctl.model.link import leading_home
from catalogctl.model.resource import Identity
from catalogctl.planning.order import Operation, OperationGraph
from catalogctl.provider.protocol import Verb
from catalogctl.state.ledger import Ledger

GIVE_UP = 10
"""After how many steps in a row that a store left without an answer no more are sent to it. A refused key is enough by itself."""

STILL_EVERY = 10.0
"""Seconds between two words of a step that is still under way."""


class OnFailure(Enum):
    """What a failed step means for the others."""

    GO_ON = "independent steps go on"
    STOP = "no new step is started"


@dataclass(slots=True)
class Stop:
    """Set from outside when no new step may be started."""

    requested: bool = False


@dataclass(frozen=True, slots=True)
class Bound:
    """How far a run goes before it ends by itself; without a limit where a field is `None`."""

    operations: int | None = None
    """Steps that are begun."""
    seconds: float | None = None
    """From the first step on, no step is begun after these."""


class Reached(Enum):
    """The limit that a run came to."""

    OPERATIONS = "--max-operations"
    DURATION = "--max-duration"


@dataclass(frozen=True, slots=True)
class Execution:
    """What became of a plan's steps."""

    done: tuple[Operation, ...] = ()
    failed: tuple[Failure, ...] = ()
    skipped: tuple[Operation, ...] = ()
    interrupted: bool = False
    diagnostics: tuple[Diagnostic, ...] = ()
    """Notes and warnings from the stores' answers."""
    reached: Reached | None = None
    """The limit that kept steps from being begun."""

    @property
    def refusal(self) -> Refusal | None:
        """The reason that the command's exit code tells, when several apply the gravest; `None` when all is done."""
        order = (Refusal.STALE, Refusal.UNKNOWN_OUTCOME, Refusal.CREDENTIALS, Refusal.UNAVAILABLE, Refusal.PARTIAL)
        found = {failure.refusal for failure in self.failed}
        return next((refusal for refusal in order if refusal in found), Refusal.PARTIAL if found or self.reached else None)


@dataclass(slots=True)
class _Tally:
    done: list[Operation] = field(default_factory=list)
    failed: list[Failure] = field(default_factory=list)
    skipped: list[Operation] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    broken: dict[str, str] = field(default_factory=dict)
    """Operation that did not succeed → the one that is to blame."""


@dataclass(frozen=True, slots=True)
class Ending:
    """What ends a run before its last step."""

    on_failure: OnFailure = OnFailure.GO_ON
    stop: Stop = field(default_factory=Stop)
    """Set from outside when the run is to end."""
    bound: Bound = field(default_factory=Bound)


async def execute(graph: OperationGraph, stores: Mapping[str, Store], ledger: Ledger, listen: Listener, ending: Ending) -> Execution:
    """Take the steps of a graph, each after those it needs; what fails takes only its dependents with it.

    A run that comes to its bound begins nothing more but the second halves of replacements that it has begun: what was deleted to be
    created again does not stay away until the next run.

    Raises:  CatalogError when the journal cannot be written: then nothing new is sent.
    Source:  PRODUCT.md 5.5, 5.6, 5.7.
    """
    listen(ApplyStarted(len(graph.operations), Counter(operation.address.account for operation in graph.operations)))
    return await _Coordinator(graph, stores, ledger, listen, ending).run()


class _Coordinator:
    """The one owner of what is known: it alone journals and decides; workers only call and tell."""

    def __init__(self, graph: OperationGraph, stores: Mapping[str, Store], ledger: Ledger, listen: Listener, ending: Ending) -> None:
        self._operations = {operation.name: operation for operation in graph.operations}
        self._sorter = TopologicalSorter({operation.name: (*operation.requires, *operation.runs_after) for operation in graph.operations})
        self._stores = stores
        self._records = StepRecords(ledger, stores)
        self._holders = Holders(ledger)
        self._leaving: dict[tuple[str, str], set[str]] = {}
        """By account and type, the ids of what the plan deletes."""
        for operation in graph.operations:
            if operation.verb is Verb.DELETE and operation.delete_id is not None:
                self._leaving.setdefault((operation.address.account, operation.address.type), set()).add(operation.delete_id)
        self._listen = listen
        self._on_failure = ending.on_failure
        self._stop = ending.stop
        self._bound = ending.bound
        self._deadline = float("inf")
        """On the loop's clock."""
        self._reached: Reached | None = None
        self._queues: dict[str, deque[Operation]] = {account: deque() for account in stores}
        self._under_way: dict[str, int] = dict.fromkeys(stores, 0)
        self._tasks: set[asyncio.Task[StepResult]] = set()
        self._tally = _Tally()
        self._announced: set[str] = set()
        """Names of the steps that were sent."""
        self._since: dict[str, tuple[Operation, float, float]] = {}
        """By name the steps that are under way: since when, and when they are reported next."""
        self._unanswered: dict[str, int] = dict.fromkeys(stores, 0)
        """By account, how many steps in a row went without an answer."""
        self._given_up: dict[str, str] = {}
        """Account to which nothing more is sent → the step after which that was so."""

    async def run(self) -> Execution:
        self._sorter.prepare()
        if self._bound.seconds is not None:
            self._deadline = asyncio.get_running_loop().time() + self._bound.seconds
        settled: list[StepResult] = []
        try:
            while True:
                self._collect()
                starting = self._startable()
                self._records.commit(settled, starting)
                for result in settled:
                    self._holders.note(result.operation.address)
                for operation in starting:
                    self._start(operation)
                if not self._tasks:
                    break
                settled = await self._ended()
                for result in settled:
                    self._note(result)
        except CatalogError:
            # Nothing more can be recorded, so nothing more is sent; what is under way stays open in the journal.
            self._skip_all(but=self._announced)
            raise
        finally:
            for task in self._tasks:
                task.cancel()
        for queue in self._queues.values():
            for operation in queue:
                self._skip(operation, "")
        self._skip_all(but=())
        tally = self._tally
        interrupted = self._stop.requested and bool(tally.skipped)
        reached = self._reached if tally.skipped else None
        return Execution(tuple(tally.done), tuple(tally.failed), tuple(tally.skipped), interrupted, tuple(tally.diagnostics), reached)

    async def _ended(self) -> list[StepResult]:
        """Wait until a step ends, and tell meanwhile of those that take long."""
        now = asyncio.get_running_loop().time
        while True:
            soonest = min(due for _, _, due in self._since.values())
            finished, self._tasks = await asyncio.wait(self._tasks, timeout=max(0.0, soonest - now()), return_when=asyncio.FIRST_COMPLETED)
            settled = [task.result() for task in finished]
            for result in settled:
                del self._since[result.operation.name]
            for operation, started, due in list(self._since.values()):
                if due <= now():
                    self._since[operation.name] = (operation, started, due + STILL_EVERY)
                    self._listen(OperationProgressed(operation.name, operation.verb.value, operation.address, due - started))
            if settled:
                return settled

    def _skip_all(self, but: Collection[str]) -> None:
        """Skip what nothing has become of, but for some steps."""
        known = {operation.name for operation in (*self._tally.done, *self._tally.skipped)} | {
            one.operation.name for one in self._tally.failed
        }
        for operation in self._operations.values():
            if operation.name not in known and operation.name not in but:
                self._skip(operation, self._to_blame(operation))

    def _collect(self) -> None:
        """Queue the steps that have become free, skipping those whose predecessor failed, until nothing more comes free."""
        while ready := self._sorter.get_ready():
            for name in ready:
                operation = self._operations[name]
                blame = self._to_blame(operation)
                if not blame:
                    self._queues[operation.address.account].append(operation)
                else:
                    self._tally.broken[name] = blame
                    self._skip(operation, blame)
                    self._sorter.done(name)

    def _to_blame(self, operation: Operation) -> str:
        return next((self._tally.broken[before] for before in operation.requires if before in self._tally.broken), "")

    def _startable(self) -> list[Operation]:
        if self._stop.requested or (self._on_failure is OnFailure.STOP and self._tally.failed):
            return []
        starting: list[Operation] = []
        for account, queue in self._queues.items():
            room = 0 if account in self._given_up else self._stores[account].width - self._under_way[account]
            while room > 0 and (operation := self._next(queue, len(starting))) is not None:
                starting.append(operation)
                room -= 1
        return starting

    def _next(self, queue: deque[Operation], starting: int) -> Operation | None:
        """Take the next step from a queue; past the bound of the run only one that ends a replacement."""
        if not queue:
            return None
        if self._bound.operations is not None and len(self._announced) + starting >= self._bound.operations:
            self._reached = self._reached or Reached.OPERATIONS
        elif asyncio.get_running_loop().time() >= self._deadline:
            self._reached = self._reached or Reached.DURATION
        if self._reached is None:
            return queue.popleft()
        operation = next((one for one in queue if self._ends_replacement(one)), None)
        if operation is not None:
            queue.remove(operation)
        return operation

    def _ends_replacement(self, operation: Operation) -> bool:
        """Return whether a step is the later one of two about one object, of which the first was sent."""
        before = (self._operations[name] for name in (*operation.requires, *operation.runs_after) if name in self._announced)
        return any(one.address == operation.address for one in before)

    def _start(self, operation: Operation) -> None:
        account = operation.address.account
        self._under_way[account] += 1
        self._announced.add(operation.name)
        started = asyncio.get_running_loop().time()
        self._since[operation.name] = (operation, started, started + STILL_EVERY)
        self._listen(OperationStarted(operation.name, operation.verb.value, operation.address))
        self._tasks.add(asyncio.create_task(take_step(self._job(operation), self._stores[account])))

    def _job(self, operation: Operation) -> Job:
        owner = operation.change.owner
        return Job(
            operation=operation,
            id=self._records.id(operation),
            owner_id=None if owner is None else self._records.id_of(owner),
            wanted=self._records.wanted(operation),
            taken=partial(self._taken, operation),
            held=HeldIds(self._holders, operation),
            leaving=self._leaving.get((operation.address.account, operation.address.type), ()),
            kept_by=self._kept_by(operation),
        )

    def _kept_by(self, operation: Operation) -> Address | None:
        """Return the address that keeps what a step is to delete, so that nothing may be sent."""
        id_ = operation.delete_id
        if operation.verb is not Verb.DELETE or id_ is None:
            return None
        return self._holders.keeper(operation.address, operation.change.type, id_)

    def _taken(self, operation: Operation) -> frozenset[str]:
        """List the ids that an object to be made does not have: others', and where keys are not kept all that were there before."""
        taken = there_before(operation.change) | self._holders.held(operation)
        if operation.change.type.identity is Identity.ENFORCED:
            return taken
        mine, learned = operation.address, self._records.learned
        return taken | {id_ for address, id_ in learned.items() if (address.account, address.type) == (mine.account, mine.type)}

    def _note(self, result: StepResult) -> None:
        operation = result.operation
        account = operation.address.account
        self._under_way[account] -= 1
        verb = operation.verb.value
        self._count_unanswered(result)
        if result.failure is None:
            self._tally.done.append(operation)
            self._tally.diagnostics.extend(result.diagnostics)
            if result.recorded is not None:
                self._records.learned[operation.address] = result.recorded.id
            id_ = result.recorded.id if result.recorded is not None else (operation.change.id or "")
            links = leading_home(result.links, self._stores[account].base_url)
            self._listen(OperationFinished(operation.name, verb, operation.address, id_, result.seconds, links))
        else:
            self._tally.failed.append(result.failure)
            self._tally.broken[operation.name] = operation.name
            unknown = result.failure.refusal is Refusal.UNKNOWN_OUTCOME
            self._listen(OperationFailed(operation.name, verb, operation.address, result.failure.diagnostic, unknown))
        self._sorter.done(operation.name)

    def _count_unanswered(self, result: StepResult) -> None:
        """Notice when a store has stopped answering, or takes the key no more: to go on would only leave more open."""
        account = result.operation.address.account
        refusal = None if result.failure is None else result.failure.refusal
        if refusal not in {Refusal.UNAVAILABLE, Refusal.UNKNOWN_OUTCOME, Refusal.CREDENTIALS}:
            self._unanswered[account] = 0
            return
        self._unanswered[account] += GIVE_UP if refusal is Refusal.CREDENTIALS else 1
        if self._unanswered[account] >= GIVE_UP:
            self._given_up.setdefault(account, result.operation.name)

    def _skip(self, operation: Operation, because: str) -> None:
        """Pass a step by, because of one that failed; without such a one because its account was given up, or the run stopped."""
        self._tally.skipped.append(operation)
        last = "" if because else self._given_up.get(operation.address.account, "")
        event = OperationSkipped(operation.name, operation.verb.value, operation.address, because or last, given_up=bool(last))
        self._listen(event)
