"""Make a schedule that fails as small as it can be made while it still fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

from simulation.schedule import Round, Schedule

_Item = TypeVar("_Item")

MOST_TRIES = 250
"""How many smaller schedules are tried at most."""


def shrunk(schedule: Schedule, fails: Callable[[Schedule], str | None]) -> tuple[Schedule, str]:
    """Drop whatever can be dropped: stores, titles, rounds, edits, hands and mishaps, tracks and pauses; give it with what it fails with.

    Raises:  ValueError when it does not fail.
    """
    why = fails(schedule)
    if why is None:
        message = f"the schedule of seed {schedule.seed} does not fail"
        raise ValueError(message)
    tries = 0
    smaller = True
    while smaller:
        smaller = False
        for candidate in _smaller(schedule):
            tries += 1
            if tries > MOST_TRIES:
                return schedule, why
            still = fails(candidate)
            if still is not None:
                schedule, why, smaller = candidate, still, True
                break
    return schedule, why


def _smaller(schedule: Schedule) -> Iterator[Schedule]:
    """List the schedules that are one step smaller, those that lose most first."""
    if len(schedule.outlets) > 1:
        for outlets in filter(None, _fewer(schedule.outlets)):
            yield replace(schedule, outlets=outlets)
    if len(schedule.rounds) > 1:
        for rounds in _fewer(schedule.rounds):
            yield replace(schedule, rounds=rounds)
    if len(schedule.library) > 1:
        for library in filter(None, _fewer(schedule.library)):
            yield replace(schedule, library=library)
    for place, one in enumerate(schedule.rounds):
        for less in _less(one):
            yield replace(schedule, rounds=(*schedule.rounds[:place], less, *schedule.rounds[place + 1 :]))
    for place, outlet in enumerate(schedule.outlets):
        plain = [replace(outlet, readings=readings) for readings in _fewer(outlet.readings)]
        if outlet.foreign:
            plain.append(replace(outlet, foreign=0))
        if outlet.width > 1:
            plain.append(replace(outlet, width=1))
        for one_outlet in plain:
            yield replace(schedule, outlets=(*schedule.outlets[:place], one_outlet, *schedule.outlets[place + 1 :]))
    for place, work in enumerate(schedule.library):
        forms = (replace(work, book=False), replace(work, audio=False), replace(work, sound=False), replace(work, newer=False))
        for fewer in [*(form for form in forms if form != work), *(replace(work, parts=parts) for parts in _fewer(work.parts))]:
            yield replace(schedule, library=(*schedule.library[:place], fewer, *schedule.library[place + 1 :]))
    if schedule.last_pause:
        yield replace(schedule, last_pause=0)


def _less(one: Round) -> Iterator[Round]:
    for strikes in _fewer(one.strikes):
        yield replace(one, strikes=strikes)
    for by_hand in _fewer(one.by_hand):
        yield replace(one, by_hand=by_hand)
    for edits in _fewer(one.edits):
        yield replace(one, edits=edits)
    for place, strike in enumerate(one.strikes):
        if strike.length > 1:
            yield replace(one, strikes=(*one.strikes[:place], replace(strike, length=1), *one.strikes[place + 1 :]))
    if one.pause:
        yield replace(one, pause=0)


def _fewer(items: Sequence[_Item]) -> Iterator[tuple[_Item, ...]]:
    """List what is left without all, without either half, and without each one."""
    if len(items) > 2:
        half = len(items) // 2
        yield from ((), tuple(items[:half]), tuple(items[half:]))
    for place in range(len(items)):
        yield (*items[:place], *items[place + 1 :])
