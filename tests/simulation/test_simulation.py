"""Whatever goes wrong, the stores end up holding what is declared, each object once, and nothing of anybody else's is touched."""

from __future__ import annotations

from dataclasses import replace

import pytest

from simulation.library import Change, Edit, Store, fresh
from simulation.schedule import Boundary, ByHand, Hand, Mishap, Outlet, Round, Schedule, Strike, schedule
from simulation.shrink import shrunk
from simulation.simulate import simulate
from simulation.soak import explained, run_block, workshop
from simulation.weather import Tally
from simulation.world import World

BLOCKS = 8
IN_A_BLOCK = 50


@pytest.mark.parametrize("block", range(BLOCKS))
def test_after_every_schedule_the_stores_hold_what_is_declared(block: int) -> None:
    tally, failed = run_block(block * IN_A_BLOCK, IN_A_BLOCK)
    assert not failed, explained(failed[0])
    assert tally.schedules == IN_A_BLOCK
    assert tally.crashes.total() > IN_A_BLOCK // 2
    assert tally.faults.total() > IN_A_BLOCK // 2


def test_a_seed_is_one_schedule_and_one_simulation() -> None:
    told: list[tuple[Tally, str | None]] = []
    for _ in range(2):
        tally = Tally()
        with workshop() as shop:
            told += [(tally, simulate(schedule(seed), shop, tally)) for seed in range(5000, 5010)]
    assert told[: len(told) // 2] == told[len(told) // 2 :]


def test_every_mishap_can_be_met_at_every_boundary_that_it_is_for() -> None:
    met = {(strike.boundary, strike.mishap) for seed in range(600) for one in schedule(seed).rounds for strike in one.strikes}
    assert {mishap for _, mishap in met} == set(Mishap)
    assert {boundary for boundary, _ in met} == set(Boundary)


@pytest.mark.parametrize("store", list(Store))
@pytest.mark.parametrize("mishap", [Mishap.FAIL, Mishap.REFUSED, Mishap.DROP_BEFORE, Mishap.GARBAGE])
def test_when_everything_fails_little_more_is_sent_than_when_nothing_does(store: Store, mishap: Mishap) -> None:
    with workshop() as shop:
        world = World((Outlet(store, (), 3, 0),), shop, Tally())
        world.library = tuple(fresh(number, 4 + number) for number in range(4))
        quiet = World((Outlet(store, (), 3, 0),), shop, calm := Tally())
        quiet.library = world.library
        assert quiet.run(()).ending == "done"
        tally = Tally()
        world = World((Outlet(store, (), 3, 0),), shop, tally)
        world.library = quiet.library
        ran = world.run((Strike(mishap, Boundary.WRITE, 0, 0, 1_000),))
    assert ran.ending.startswith("in part")
    assert tally.requests <= 1.1 * calm.requests + 10


def test_a_schedule_that_fails_is_shrunk_to_what_makes_it_fail() -> None:
    strike = Strike(Mishap.CRASH_AFTER, Boundary.WRITE, 1, 0)

    def fails(one: Schedule) -> str | None:
        return "it does" if any(strike in round_.strikes for round_ in one.rounds) else None

    busy = Round((Edit(Change.RETITLE, 0, 0),), (), 90, (strike, Strike(Mishap.FAIL, Boundary.READ, 2, 0)))
    large = replace(schedule(7), rounds=(busy, busy, busy), library=tuple(fresh(number, 4) for number in range(4)))
    small, why = shrunk(large, fails)
    assert why == "it does"
    assert small.rounds == (Round((), (), 0, (strike,)),)
    assert len(small.library) == len(small.outlets) == 1
    assert "the process dies after it" in "\n".join(small.words())


NOTHING = Round((), (), 0, ())
BOOKS = (fresh(0, 0), fresh(1, 0))


def _lives(store: Store, *rounds: Round) -> str | None:
    with workshop() as shop:
        return simulate(Schedule(0, (Outlet(store, (), 1, 0),), BOOKS, rounds, 0), shop, Tally())


def test_a_publication_of_a_book_that_was_made_anew_by_a_run_that_was_cut_off_is_of_the_new_book() -> None:
    cut_off = Round((), (ByHand(Hand.REMOVE, Store.PUBLISHDRIVE, 0),), 0, (Strike(Mishap.CRASH_AFTER, Boundary.WRITE, 1, 0),))
    assert _lives(Store.PUBLISHDRIVE, NOTHING, cut_off) is None


def test_a_file_of_which_only_the_journal_tells_is_found_by_its_name() -> None:
    """A file that was removed is sent once more, and the process dies before it knows of the answer."""
    cut_off = Round((), (ByHand(Hand.REMOVE, Store.OPENPUBLISHING, 1),), 0, (Strike(Mishap.CRASH_AFTER, Boundary.WRITE, 0, 0),))
    assert _lives(Store.OPENPUBLISHING, NOTHING, cut_off) is None


def test_what_does_not_show_while_a_second_one_is_refused_is_found_when_nobody_declares_it_any_more() -> None:
    hidden = Round((), (), 0, (Strike(Mishap.HIDDEN, Boundary.WRITE, 0, 2),))
    assert _lives(Store.PUBLICALA, hidden, Round((Edit(Change.REKEY, 0, 0),), (), 90, ())) is None
