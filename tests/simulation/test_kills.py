"""The real command, killed at every request of an apply: the next one ends in the declared catalog, each object once."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from simulation.killing import AUDIOBOOKS, CALLS, DECLARED, Instant, killed, named, opened

CLEAN_RUNS = 2
EVERY_INSTANT = os.environ.get("KILLS") == "all"
"""Kill at each request twice: where its answer is not sent, and where it is as well."""


@pytest.mark.usefixtures("piped")
def test_an_apply_that_nothing_happens_to_sends_as_many_requests_as_there_are_kills(tmp_path: Path) -> None:
    with opened(tmp_path) as (shop, store):
        shop.run("apply", "--auto-approve").ended(0)
        assert store.trap.seen == CALLS
        assert named(store) == DECLARED


@pytest.mark.usefixtures("piped")
@pytest.mark.parametrize("number", range(CALLS))
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
