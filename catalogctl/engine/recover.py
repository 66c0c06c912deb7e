"""Settle the steps that an interrupted run announced and never returned the end of, before anything is planned.

An intent alone says that a request may have left. Its store is asked, and it becomes an outcome:

    a create   the object is there → it is ours from now on; it is not, and must have shown itself → to be done again
    an update  the object is as it was to become → done; else → to be done again
    a delete   the object is gone → done; else → to be done again

"To be done again" is for the plan to say, from what the files want by then. What the store cannot be asked about stays open as well.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from enum import Enum

from catalogctl.engine.clients import open_reader, run_to_end
from catalogctl.engine.find_written import OutcomeProbe, is_there, look_for
from catalogctl.engine.run_recorder import close_cut_off
from catalogctl.engine.stores import Stores, refuse_steps_elsewhere
from catalogctl.events import Listener, Recovered
from catalogctl.model.address import Address
from catalogctl.model.diagnostics import CatalogError
from catalogctl.model.resource import Observed, Recorded, told_otherwise
from catalogctl.planning.diff import diff
from catalogctl.provider.failure import StoreFailure
from catalogctl.provider.protocol import Lookup, Verb
from catalogctl.state.journal import End, Intent, Outcome
from catalogctl.state.ledger import Held, Ledger


class WaitPolicy(Enum):
    """Whether what was made may still have to show itself."""

    WINDOW = "it is waited for until the account's consistency window is over"
    NONE = "one look, and no waiting: nothing is written because of it"


@dataclass(frozen=True, slots=True)
class Settlement:
    """What became of the steps that were open."""

    outcomes: tuple[Outcome, ...] = ()
    open: tuple[Intent, ...] = ()
    """No one can tell yet: their stores could not be asked."""


async def settle(
    intents: Sequence[Intent], recorded: Mapping[Address, Recorded], probes: Mapping[str, OutcomeProbe], wait_policy: WaitPolicy
) -> Settlement:
    """Find out what became of open steps, account by account side by side, in the order in which they were announced.

    Shapes:  `recorded` is what state and journal remember; an account without a probe cannot be asked.
    Source:  PRODUCT.md 5.5, 6.10.
    """
    by_account: dict[str, list[Intent]] = {}
    for intent in intents:
        by_account.setdefault(intent.address.account, []).append(intent)
    held = dict(recorded)
    settled = await asyncio.gather(
        *(_account(several, held, probes[account], wait_policy) for account, several in by_account.items() if account in probes)
    )
    outcomes = tuple(outcome for several in settled for outcome in several)
    ends = {outcome.operation for outcome in outcomes}
    return Settlement(outcomes, tuple(intent for intent in intents if intent.operation not in ends))


async def _account(intents: Sequence[Intent], held: dict[Address, Recorded], probe: OutcomeProbe, wait_policy: WaitPolicy) -> list[Outcome]:
    outcomes: dict[str, Outcome] = {}
    for intent in intents:
        before = outcomes.get(intent.operation)
        if before is not None and before.end is End.DONE:
            continue
        try:
            outcome = await _one(intent, held, probe, wait_policy)
        except StoreFailure:
            continue
        outcomes[intent.operation] = outcome
        if outcome.end is End.DONE:
            if outcome.recorded is None:
                held.pop(intent.address, None)
            else:
                held[intent.address] = outcome.recorded
    return list(outcomes.values())


async def _one(intent: Intent, held: Mapping[Address, Recorded], probe: OutcomeProbe, wait_policy: WaitPolicy) -> Outcome:
    """Say what became of one step."""
    match Verb(intent.verb):
        case Verb.CREATE:
            made = await _made(intent, held, probe, wait_policy)
            return _outcome(intent, made, End.FAILED if made is None else End.DONE)
        case Verb.UPDATE:
            changed = await _changed(intent, held.get(intent.address), probe)
            return _outcome(intent, changed, End.FAILED if changed is None else End.DONE)
        case Verb.DELETE:
            gone = intent.id is None or not await is_there(probe, intent.type, intent.id)
            present = held.get(intent.address)
            left = intent.expected or (None if present is None or intent.id is None else present.without(intent.id))
            return _outcome(intent, left if gone else None, End.DONE if gone else End.FAILED)


def _outcome(intent: Intent, recorded: Recorded | None, end: End) -> Outcome:
    return Outcome(intent.operation, intent.verb, intent.address, end, recorded)


async def _made(intent: Intent, held: Mapping[Address, Recorded], probe: OutcomeProbe, wait_policy: WaitPolicy) -> Recorded | None:
    expected = intent.expected
    if expected is None:
        return None
    kind, address = intent.type, intent.address
    alike = [have for other, have in held.items() if (other.account, have.type.name) == (address.account, kind.name)]
    # What the address itself has is gone, or is in `before`; what it had before that is still to be deleted.
    others = {id_ for have in alike for id_ in (have.ids[1:] if have.address == address else have.ids)}
    want = Lookup(address, kind, intent.key, None, expected.attributes, frozenset(intent.before) | others)
    least = 1 if wait_policy is WaitPolicy.NONE else None
    seen = await look_for(probe, want, _left_of_window(intent, probe, wait_policy), least)
    return None if seen is None else _remembered(expected, seen)


async def _changed(intent: Intent, have: Recorded | None, probe: OutcomeProbe) -> Recorded | None:
    expected = intent.expected
    if expected is None or intent.id is None:
        return None
    kind = intent.type
    told = {name: value for name, value in expected.attributes.items() if kind.attributes[name].settles_by_reading}
    before = {} if have is None else have.attributes
    if any(
        name not in before or not kind.attributes[name].same(before[name], value)
        for name, value in expected.attributes.items()
        if name not in told
    ):
        return None  # nothing tells whether these were changed: they are sent once more
    seen = await probe.reader.read(kind, intent.id)
    if seen is None or diff(seen.attributes, {name: value for name, value in told.items() if name in seen.attributes}, kind):
        return None
    return _remembered(expected, seen)


def _remembered(expected: Recorded, seen: Observed) -> Recorded:
    return replace(expected, id=seen.id, observed=told_otherwise(expected.attributes, seen.attributes))


def _left_of_window(intent: Intent, probe: OutcomeProbe, wait_policy: WaitPolicy) -> float:
    """Return the seconds for which what was made may still be missing; a clock that was set back costs one whole window at most."""
    if wait_policy is WaitPolicy.NONE:
        return 0.0
    passed = (probe.timing.now() - intent.at).total_seconds()
    return probe.window - passed if passed >= 0 else probe.window


def recover(held: Held, stores: Stores, listen: Listener) -> Settlement:
    """Settle the steps that an interrupted run left open, and write down what became of them; whoever calls holds the lock.

    1. Recall state and journal; where no step is open, close the record of the interrupted run and end.
    2. Make sure that the accounts of the open steps are where the steps were sent.
    3. Look the steps up in their stores.
    4. Journal what became of them, close the record of the interrupted run, and write state.

    Raises:  CatalogError as `recall` and `Ledger.commit`.
    Source:  PRODUCT.md 5.5.
    """
    now, backend = stores.timing.now, held.backend
    if backend.journal().read() is None:
        close_cut_off(backend.runs(), (), (), now())
        return Settlement()  # as almost always; the state is read by whoever plans
    recalled = held.recall()
    journalled = () if recalled.replayed is None else recalled.replayed.outcomes
    if not recalled.open_intents:
        close_cut_off(backend.runs(), journalled, (), now())
        return Settlement()
    refuse_steps_elsewhere(recalled.open_intents, stores)
    settlement = run_to_end(look_up_steps(recalled.open_intents, recalled.snapshot.resources, stores, WaitPolicy.WINDOW, listen))
    ledger = Ledger(held, recalled)
    ledger.commit(settlement.outcomes)
    close_cut_off(backend.runs(), (*journalled, *settlement.outcomes), settlement.open, now())
    ledger.pause()
    done = sum(outcome.end is End.DONE for outcome in settlement.outcomes)
    listen(Recovered(done, len(settlement.outcomes) - done, len(settlement.open)))
    return settlement


async def look_up_steps(
    intents: Sequence[Intent], recorded: Mapping[Address, Recorded], stores: Stores, wait_policy: WaitPolicy, listen: Listener
) -> Settlement:
    """Ask the stores that the open steps are about; one that is no longer the same, or has no key, is not asked."""
    async with AsyncExitStack() as open_stores:
        probes: dict[str, OutcomeProbe] = {}
        for name, base_url in sorted({intent.address.account: intent.base_url for intent in intents}.items()):
            account = stores.accounts.get(name)
            if account is None or account.base_url != base_url:
                continue
            try:
                reader, _ = await open_stores.enter_async_context(open_reader(stores, name, listen))
            except CatalogError:
                continue
            probes[name] = OutcomeProbe(reader, account.consistency_window, stores.timing)
        return await settle(intents, recorded, probes, wait_policy)
