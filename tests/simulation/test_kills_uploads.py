"""As `test_kills`, on the stores that take files: killed while books, files, chapters and publications are made."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hostile.trio import AUDIOBOOK, BOOK, Trio, keys, trio
from simulation.killing import DeadlyOpenPublishing, DeadlyPublishdrive, Instant, killed

Deadly = DeadlyPublishdrive | DeadlyOpenPublishing

CALLS = {"publishdrive": 20, "openpub": 14}
"""Account → requests of an apply that nothing happens to."""
CLEAN_RUNS = 2
EVERY_REQUEST = os.environ.get("KILLS") == "all"
"""Kill at each request, where its answer is not sent and where it is as well; otherwise at each third, where it is not."""
KILLS = [
    (account, number, instant)
    for account, calls in CALLS.items()
    for number in range(0 if EVERY_REQUEST else 1, calls, 1 if EVERY_REQUEST else 3)
    for instant in ((Instant.DONE, Instant.ANSWERED) if EVERY_REQUEST else (Instant.DONE,))
]
HELD = {
    "publishdrive": Counter(["El faro", "faro.epub", "faro.jpg", "Sal", "t1.mp3", "t2.mp3"]),
    "openpub": Counter(["faro.epub", "faro.jpg"]),
}
"""Account → what its store holds in the end."""


@contextmanager
def opened(folder: Path, account: str) -> Iterator[tuple[Trio, Deadly]]:
    """Give a project whose titles are on one account alone."""
    store: Deadly = DeadlyPublishdrive() if account == "publishdrive" else DeadlyOpenPublishing()
    provider = "publishdrive" if account == "publishdrive" else "openpublishing"
    with trio(folder, others={provider: store}) as shop:
        for document in (BOOK, AUDIOBOOK):
            ((name, edition),) = document["editions"].items()
            on = {account: edition["publish"][account]} if account in edition["publish"] else {}
            shop.title(document, editions={name: {**edition, "publish": on}})
        settings = (folder / "catalogctl.yaml").read_text(encoding="utf-8")
        settings = settings.replace("consistency_window: 1s", "consistency_window: 0s\n    concurrency: 1")
        (folder / "catalogctl.yaml").write_text(settings, encoding="utf-8")
        yield shop, store


def held(store: Deadly) -> Counter[str]:
    """Count what the store holds: a book by its title, a file by its name."""
    return Counter(str(row.get("title") or row.get("filename") or row.get("file_name")) for row in store.rows())


@pytest.fixture(autouse=True)
def with_keys(piped: None, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001 -- a fixture that needs another
    """The environment of a command in a log, with the keys of all stores."""
    for variable, key in keys().items():
        monkeypatch.setenv(variable, key)


@pytest.mark.parametrize("account", CALLS)
def test_an_apply_that_nothing_happens_to_sends_as_many_requests_as_there_are_kills(tmp_path: Path, account: str) -> None:
    with opened(tmp_path, account) as (shop, store):
        shop.run("apply", "--auto-approve").ended(0)
        assert store.trap.seen == CALLS[account]
        assert held(store) == HELD[account]


@pytest.mark.parametrize(("account", "number", "instant"), KILLS)
def test_killed_at_any_request_the_next_apply_ends_in_the_declared_catalog(
    tmp_path: Path, account: str, number: int, instant: Instant
) -> None:
    with opened(tmp_path, account) as (shop, store):
        killed(shop, store.trap, instant, number)
        for left in reversed(range(CLEAN_RUNS)):
            shop.run("apply", "--auto-approve")
            store.clear_log()
            again = shop.run("apply", "--auto-approve").ended(0)
            if "No changes" in again.out:
                break
            assert left, f"after {CLEAN_RUNS} runs there still was something to do:\n{again.out}"
        assert not any(request.method in {"PUT", "PATCH", "DELETE"} for request in store.requests)
        assert held(store) == HELD[account]
