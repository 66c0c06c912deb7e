"""Apply a plan: record the run, take the steps, write state."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from functools import partial

from catalogctl.engine.clients import open_client, run_to_end
from catalogctl.engine.execute import Ending, Execution, execute
from catalogctl.engine.find_written import OutcomeProbe
from catalogctl.engine.plan import Planned
from catalogctl.engine.publish import Publisher, Uploads
from catalogctl.engine.run_recorder import RunContext, RunRecorder
from catalogctl.engine.step import Store, recorded_of
from catalogctl.engine.stores import Stores
from catalogctl.events import ApplyFinished, ApplyStarted, Event, Listener, ObjectRefused, ObjectSettled, OperationWithheld
from catalogctl.history.run import Ended, RunOutcome
from catalogctl.model.diagnostics import CatalogError, Diagnostic, Refusal, Severity
from catalogctl.model.value import Attributes, fill, has_reference
from catalogctl.planning.action import Action
from catalogctl.planning.change import Change
from catalogctl.planning.plan import Plan
from catalogctl.planning.review.approval import Review
from catalogctl.provider.service import WriteClient
from catalogctl.state.journal import End, Outcome, Record
from catalogctl.state.ledger import Held, Ledger
from catalogctl.state.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class ApplyFlags:
    """How an apply goes about its steps."""

    ending: Ending = field(default_factory=Ending)
    context: RunContext = field(default_factory=RunContext)
    """By default whoever holds the lock applies, and the version of the files is not known."""


@dataclass(frozen=True, slots=True)
class Applied:
    """What an apply came to."""

    execution: Execution
    snapshot: Snapshot
    diagnostics: tuple[Diagnostic, ...] = ()
    """What there is to say beside what became of the steps."""


def apply_plan(planned: Planned, held: Held, stores: Stores, publisher: Publisher, listen: Listener, flags: ApplyFlags) -> Applied:
    """Take a plan's steps and remember each; whoever calls holds the lock and has made the plan under it.

    1. Refuse what the safety limits refuse, and open the ledger.
    2. Where nothing is to be sent and nothing to be remembered, write state and end.
    3. Begin the record of the run.
    4. Journal what state learns without any call.
    5. Execute the steps, each announced before it is sent and settled after it.
    6. Journal what the new ids make known.
    7. Write state, and end the record of the run, however it went.

    The run is recorded, from before its first step to its end, unless there is nothing to do and nothing to remember.
    Raises:  CatalogError: safety (3) when the plan may not be applied; locked, stale or error when state cannot be written.
    Source:  PRODUCT.md 5.2, 5.5, 5.6, 6.22.
    """
    if planned.refusals:
        raise CatalogError(*planned.refusals, refusal=Refusal.SAFETY)
    ledger = Ledger.open(held)
    if _changes_nothing(planned, stores, flags.context):
        _tell(planned.review, listen)
        listen(ApplyStarted(0, {}))
        snapshot = ledger.close()
        listen(ApplyFinished(0, 0, len(planned.review.withheld), len(planned.review.refused), snapshot.serial))
        return Applied(Execution(), snapshot)
    recording = RunRecorder.begin(held.backend.runs(), planned.plan, planned.relocated.recorded, held.lock, stores, flags.context)

    def hear(event: Event) -> None:
        recording(event)
        listen(event)

    try:
        _tell(planned.review, hear)
        ledger.commit(_bookkeeping(planned, stores))
        recording.noted()
        execution = run_to_end(_execute(planned.plan, _Opening(stores, publisher, ledger, recording, hear), flags))
        ledger.commit(_late_notes(planned.plan, ledger, stores))
        recording.flush()
        snapshot = ledger.close()
    except BaseException as problem:
        refusal = problem.refusal.value if isinstance(problem, CatalogError) else ""
        outcome = RunOutcome.FAILED if isinstance(problem, Exception) else RunOutcome.INTERRUPTED
        recording.end(Ended(stores.timing.now(), outcome, refusal))
        raise
    ended = _ended(planned, execution, snapshot, stores)
    incomplete = recording.end(ended)
    skipped = len(execution.skipped) + len(planned.review.withheld)
    listen(ApplyFinished(len(execution.done), len(execution.failed), skipped, len(planned.review.refused), snapshot.serial))
    return Applied(execution, snapshot, (*incomplete, *_in_few_words(execution.diagnostics)))


def _in_few_words(found: Sequence[Diagnostic]) -> Iterator[Diagnostic]:
    """Merge diagnostics of one severity and code into one, which shows the first of them by address, whichever step was done first."""
    alike: dict[tuple[Severity, str], list[Diagnostic]] = {}
    for one in found:
        alike.setdefault((one.severity, one.code), []).append(one)
    for same in alike.values():
        first, *others = sorted(same, key=lambda one: str(one.address or ""))
        if others:
            yield replace(first, detail=f"{len(same):,} objects, the first of them: {first.detail}", address=None)
        else:
            yield first


def _changes_nothing(planned: Planned, stores: Stores, context: RunContext) -> bool:
    """Return whether an apply sends nothing, and state learns nothing by it or by what was settled before it."""
    idle = not planned.plan.graph.operations and not any(_is_noted(change) for change in planned.plan.changes)
    return idle and not _bookkeeping(planned, stores) and not context.recovered


def _ended(planned: Planned, execution: Execution, snapshot: Snapshot, stores: Stores) -> Ended:
    refusal = Refusal.STALE if planned.review.refused else execution.refusal
    outcome = RunOutcome.INTERRUPTED if execution.interrupted else RunOutcome.PARTIAL if refusal or execution.skipped else RunOutcome.DONE
    return Ended(stores.timing.now(), outcome, "" if refusal is None else refusal.value, snapshot.serial)


def _tell(review: Review, listen: Listener) -> None:
    """Tell what of a saved plan is not done, and why."""
    for change in review.settled:
        listen(ObjectSettled(change.action.value, change.address))
    for refused in review.refused:
        listen(ObjectRefused(refused.change.action.value, refused.change.address, refused.diagnostic))
    for step in review.withheld:
        listen(OperationWithheld(step.name, step.verb, step.address, step.because))


def _bookkeeping(planned: Planned, stores: Stores) -> list[Record]:
    """List what state must learn without any call: moves, adoptions, and what is gone."""
    records: list[Record] = []
    for source, target in planned.relocated.moved.items():
        records.append(Outcome(f"move {source}", "move", source, End.DONE))
        records.append(Outcome(f"move {target}", "move", target, End.DONE, planned.relocated.recorded[target]))
    for change in planned.plan.changes:
        if change.action is Action.FORGET:
            records.append(Outcome(f"forget {change.address}", "forget", change.address, End.DONE))
        elif _is_noted(change) and not has_reference(*(change.after or {}).values()):
            records.append(_note(change, change.after or {}, stores))
    return records


def _late_notes(plan: Plan, ledger: Ledger, stores: Stores) -> list[Record]:
    """List what state could not learn before the steps were taken, since it names what they made; what is missing is left for later."""
    records: list[Record] = []
    for change in plan.changes:
        if _is_noted(change) and has_reference(*(change.after or {}).values()):
            filled = fill(change.after or {}, ledger.id_of)
            if not has_reference(*filled.values()):
                records.append(_note(change, filled, stores))
    return records


def _is_noted(change: Change) -> bool:
    """Return whether state learns of it without any call."""
    return (change.action is Action.ADOPT and not change.attributes) or change.updates_state_only


def _note(change: Change, attributes: Attributes, stores: Stores) -> Outcome:
    verb = "adopt" if change.action is Action.ADOPT else "note"
    base_url = stores.accounts[change.address.account].base_url
    recorded = recorded_of(change, base_url, change.id or "", attributes, change.observed)
    return Outcome(f"{verb} {change.address}", verb, change.address, End.DONE, recorded)


@dataclass(frozen=True, slots=True)
class _Opening:
    """What the stores of a run are opened with."""

    stores: Stores
    publisher: Publisher
    ledger: Ledger
    recording: RunRecorder
    listen: Listener

    async def store(self, name: str, open_stores: AsyncExitStack) -> Store:
        """Open an account for reading and writing, until the stack is closed."""
        stores = self.stores
        account, provider = stores.accounts[name], stores.provider_of(name)
        tried = partial(self.recording.called, name)
        service = await open_stores.enter_async_context(open_client(WriteClient, stores, name, self.listen, self.ledger.check, tried))
        uploads = Uploads(self.publisher, self.ledger, name)
        writer, reader = provider.writer(account, service, uploads), provider.reader(account, service)
        probe = OutcomeProbe(reader, account.consistency_window, stores.timing, service.pace.may_retry)
        return Store(writer, probe, account.limits.concurrency, account.base_url)


async def _execute(plan: Plan, opening: _Opening, flags: ApplyFlags) -> Execution:
    async with AsyncExitStack() as open_stores:
        accounts = sorted({operation.address.account for operation in plan.graph.operations})
        opened = {name: await opening.store(name, open_stores) for name in accounts}
        return await execute(plan.graph, opened, opening.ledger, opening.listen, flags.ending)
