"""Run one schedule, and judge what it leaves: `None`, or what is wrong in a sentence."""

from __future__ import annotations

import traceback
from collections import Counter

from catalogctl.model.diagnostics import CatalogError
from catalogctl.planning.change import Change
from catalogctl.planning.plan import Plan
from simulation.library import edited
from simulation.schedule import Schedule
from simulation.weather import Tally
from simulation.world import Broken, Ran, Workshop, World

_MADE = {"content", "track", "book", "file"}
"""The types of resources that are objects of their own in a store."""
_REFUSALS = {"crashed", "done", "unavailable", "locked", "in part: partial", "in part: unknown-outcome", "in part: unavailable"}
"""How a run may end that something went wrong in."""
CLEAN_RUNS = 2
WINDOW = 30
"""Seconds: the accounts' consistency window."""


def simulate(schedule: Schedule, workshop: Workshop, tally: Tally) -> str | None:
    """Run a schedule to its end."""
    tally.schedules += 1
    try:
        _live(schedule, World(schedule.outlets, workshop, tally), tally)
    except Broken as broken:
        return str(broken)
    except CatalogError as problem:
        return f"the state cannot be read: {problem.diagnostics[0].summary}. {problem.diagnostics[0].detail}"
    except Exception:  # noqa: BLE001 -- whatever a run raises is what it is run for
        return f"the run failed by itself:\n{traceback.format_exc()}"
    return None


def _live(schedule: Schedule, world: World, tally: Tally) -> None:
    world.library = schedule.library
    for round_ in schedule.rounds:
        world.pause(round_.pause)
        for edit in round_.edits:
            world.library = edited(world.library, edit)
        for done in round_.by_hand:
            world.by_hand(done)
        ran = world.run(round_.strikes)
        tally.endings[ran.ending] += 1
        if ran.ending not in _REFUSALS:
            raise Broken(f"a run ended as {ran.ending!r}: {_problems(ran)}")
        world.recalled()
    world.pause(schedule.last_pause)
    _settle(world, tally)


def _settle(world: World, tally: Tally) -> None:
    """Apply with nothing going wrong, until nothing is left to do; then look at everything.

    What was made just before a run may not show to it, however often it looks: the second one begins when it must have shown itself.
    """
    for number in range(CLEAN_RUNS):
        world.pause(number * WINDOW)
        last = world.run(())
        sent = tally.requests
        again = world.run(())
        if again.ending == "done" and again.plan is not None and again.plan.is_empty:
            tally.second_runs += number
            break
        if number == CLEAN_RUNS - 1:
            told = f"ended as {last.ending!r} ({_problems(last)}), and after it there was left: {_left(again)}"
            raise Broken(f"after {CLEAN_RUNS} runs with nothing going wrong the plan is not empty: the last one {told}")
    if again.plan is not None and tally.requests - sent > again.plan.reads:
        raise Broken(
            f"an apply with nothing to do sent {tally.requests - sent - again.plan.reads} requests beside its {again.plan.reads} reads"
        )
    _hold_against(world)


def _hold_against(world: World) -> None:
    """Hold what the stores have against what is declared, which the state names."""
    recorded = world.recalled()
    if recorded.open_intents:
        raise Broken(f"steps are still open: {[one.operation for one in recorded.open_intents]}")
    for store, service in world.services.items():
        rows = service.rows()
        ours = Counter(
            have.id for address, have in recorded.snapshot.resources.items() if address.account == store and address.type in _MADE
        )
        theirs = service.foreign.keys() | (service.twins - ours.keys())
        there = Counter(id_ for id_ in rows if id_ not in theirs)
        if ours != there:
            missing, more = ours - there, there - ours
            raise Broken(f"{store.value} lacks {sorted(missing)} and has {[dict(rows[id_]) for id_ in sorted(more)]} more than is declared")
        for id_, row in service.foreign.items():
            if rows.get(id_) != row:
                raise Broken(f"{store.value}: the object {id_} of somebody else was {row} and is {rows.get(id_)}")


def _problems(ran: Ran) -> str:
    return "; ".join(f"{one.address or ''} {one.summary}. {one.detail}" for one in ran.problems) or "no problem told"


def _left(ran: Ran) -> str:
    if ran.plan is None:
        return f"no plan, {ran.ending}: {_problems(ran)}"
    return f"{_changes(ran.plan)}; it ended as {ran.ending!r}: {_problems(ran)}"


def _changes(plan: Plan) -> str:
    left = [change for change in plan.changes if change.action.changes_anything]
    return "; ".join(f"{one.action.value} {one.address} because {one.reason.value} {_differences(one)}" for one in left) or "nothing"


def _differences(change: Change) -> list[str]:
    return [f"{'.'.join(map(str, item.path))}: {item.before!r} → {item.after!r}" for item in change.attributes]
