"""The simulator notices when what protects from doubles and losses is taken away: tests of the tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from catalogctl.engine import step
from catalogctl.provider.endpoint import Endpoint
from catalogctl.state.ledger import Ledger
from catalogctl.testing.memory import MemoryJournal
from simulation import world
from simulation.disk import DiskJournal
from simulation.schedule import schedule
from simulation.simulate import simulate
from simulation.soak import workshop
from simulation.weather import Tally

SEEDS = 150
"""Within so many schedules each mutation is to be noticed."""
Mutation = Callable[[pytest.MonkeyPatch], None]


def intents_without_sync(patch: pytest.MonkeyPatch) -> None:
    """What announces steps is written, and reaches the disk only with what is written after it."""
    waiting: dict[int, bytes] = {}

    def append(self: DiskJournal, data: bytes) -> None:
        held = waiting.pop(id(self.memory), b"")
        if b'"intent"' in data:
            waiting[id(self.memory)] = held + data
        else:
            MemoryJournal.append(self, held + data)

    patch.setattr(DiskJournal, "append", append)


def no_intents(patch: pytest.MonkeyPatch) -> None:
    """Steps are not announced at all."""
    commit = Ledger.commit

    def only_outcomes(self: Ledger, records: Any) -> None:
        commit(self, [record for record in records if hasattr(record, "end")])

    patch.setattr(Ledger, "commit", only_outcomes)


def recovery_forgotten(patch: pytest.MonkeyPatch) -> None:
    """What an interrupted run left open is not looked into."""
    patch.setattr(world, "recover", lambda *_: None)


def look_up_forgotten(patch: pytest.MonkeyPatch) -> None:
    """A create whose answer was lost is sent again with no look at the store."""

    async def nothing_there(*_: object) -> None:
        return None

    patch.setattr(step, "look_for", nothing_there)


def blind_retry(patch: pytest.MonkeyPatch) -> None:
    """The client takes every request for one that may be repeated."""
    patch.setattr(Endpoint, "repeatable", True)


@pytest.mark.parametrize("mutation", [intents_without_sync, no_intents, recovery_forgotten, look_up_forgotten, blind_retry])
def test_a_protection_that_is_taken_away_is_missed(mutation: Mutation, monkeypatch: pytest.MonkeyPatch) -> None:
    mutation(monkeypatch)
    with workshop() as shop:
        noticed = next((why for seed in range(SEEDS) if (why := simulate(schedule(seed), shop, Tally())) is not None), None)
    assert noticed is not None, f"{SEEDS} schedules did not notice: {mutation.__doc__}"
