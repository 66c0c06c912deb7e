"""The real command, killed at every request of an apply: the next one ends in the declared catalog, each object once."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from simulation.killing import AUDIOBOOKS, CALLS, DECLARED, Instant, killed, named, opened

CLEAN_RUNS = 2
EVERY_INSTANT = os.environ.get("KILLS") == "all"
"""Kill at each request, where its answer is not sent and where it is as well; otherwise at each third, where it is not."""


@pytest.mark.usefixtures("piped")
def test_an_apply_that_nothing_happens_to_sends_as_many_requests_as_there_are_kills(tmp_path: Path) -> None:
    with opened(tmp_path) as (shop, store):
        shop.run("apply", "--auto-approve").ended(0)
        assert store.trap.seen == CALLS
        assert named(store) == DECLARED


@pytest.mark.usefixtures("piped")
@pytest.mark.parametrize("number", range(0, CALLS, 1 if EVERY_INSTANT else 3))
@pytest.mark.parametrize("instant", [Instant.DONE, Instant.ANSWERED] if EVERY_INSTANT else [Instant.DONE])
def test_killed_at_any_request_the_next_apply_ends_in_the_declared_catalog(tmp_path: Path, instant: Instant, number: int) -> None:
    with opened(tmp_path) as (shop, store):
        killed(shop, store.trap, instant, number)
        for left in reversed(range(CLEAN_RUNS)):
            shop.run("apply", "--auto-approve")
            store.clear_log()
            again = shop.run("apply", "--auto-approve").ended(0)
            if not shop.writes:
                break
            assert left, f"after {CLEAN_RUNS} runs there still was something to do:\n{again.out}"
        assert "No changes" in again.out
        assert named(store) == DECLARED
        assert len(shop.addresses) == len(DECLARED) + AUDIOBOOKS, "state has each object once, and the order of each audiobook's tracks"


EXCHANGED = 3
EXCHANGE_CALLS = 5
"""Requests of an apply in which three contents exchange their keys: one list, and a PUT for each and for the temporary key."""


@pytest.mark.usefixtures("piped")
@pytest.mark.parametrize("instant", [Instant.ARRIVED, Instant.DONE])
def test_killed_while_keys_are_exchanged_the_next_apply_gives_each_object_its_own(tmp_path: Path, instant: Instant) -> None:
    with opened(tmp_path) as (shop, store):
        for file in (shop.folder / "catalog").iterdir():
            file.unlink()

        def declare(turn: int) -> dict[str, str]:
            keys = {f"Libro {number}": f"key-{(number + turn) % EXCHANGED}" for number in range(EXCHANGED)}
            for number, (name, key) in enumerate(keys.items()):
                shop.title(f"book-{number}", title=name, edition={"external_id": key})
            return keys

        def kept() -> dict[str, str]:
            return {str(row["name"]): str(row["id"]) for row in store.rows()}

        declare(0)
        shop.run("apply", "--auto-approve").ended(0)
        ids = kept()
        for number in range(EXCHANGE_CALLS):
            keys = declare(number + 1)
            store.trap.seen = 0
            killed(shop, store.trap, instant, number)
            assert store.trap.seen == number + 1, "it was killed at that request"
            shop.run("apply", "--auto-approve").ended(0)
            assert {str(row["name"]): str(row["external_id"]) for row in store.rows()} == keys
            assert kept() == ids
            assert "No changes" in shop.run("plan").ended(0).out
