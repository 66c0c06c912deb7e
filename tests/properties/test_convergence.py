"""Answers to reads, spoilt while an apply runs: nothing is created or deleted because of them, and the next apply ends as declared.

A run whose answers are whole tells which objects may be created and deleted, and what the stores hold in the end. Answers to writes stay
whole: a store that lies about the id of what it just made cannot be found out. What was found once is in tests/corpus/convergence.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogctl.provider.emulation import SandboxRequest, SandboxResponse
from hostile.spoil import Value, spoilt, values
from hostile.stage import Stage, checks, staged
from hostile.trio import AUDIOBOOK, BOOK
from hostile.wire import intact
from shop import Ran

CORPUS = Path(__file__).parents[1] / "corpus/convergence"
EXAMPLES = int(os.environ.get("CONVERGENCE_EXAMPLES", "8"))
CODES = {0, 1, 3, 5, 6, 7, 8, 9}
"""With which an apply may end, whatever a store answers."""
NEW: dict[str, Any] = {
    **BOOK,
    "id": "nuevo",
    "title": "El nuevo",
    "editions": {
        "epub": {
            "format": "epub",
            "external_id": "key-nuevo",
            "prices": {"USD": "3.00"},
            "files": {"content": "faro.epub"},
            "publish": {"store": {}, "publishdrive": {}},
        }
    },
}

spoilings = st.lists(st.tuples(st.integers(0, 30), values), min_size=1, max_size=3)
"""Which of the answers to reads are changed, from 0, and how."""


@dataclass(frozen=True)
class Expected:
    """What comes of the declared catalog when every answer is whole."""

    writes: Counter[str]
    """Creates and deletes by method and path."""
    held: Counter[str]
    """How many objects of each kind the stores hold in the end."""


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with staged(tmp_path_factory.mktemp("convergence")) as one:
        yield one


@pytest.fixture(scope="module")
def expected(stage: Stage) -> Expected:
    declare(stage)
    with stage.stores_had_back():
        ran, writes = run(stage, [])
        ran.ended(0)
        held = holdings(stage)
    put_back(stage)
    return Expected(writes, held)


def declare(stage: Stage) -> None:
    """Change a title and prices on every store, and add a title."""
    stage.shop.title(BOOK, title="Otro faro", description="<p>Otro</p>")
    audio = AUDIOBOOK["editions"]["audio"]
    stage.shop.title(AUDIOBOOK, editions={"audio": {**audio, "prices": {"USD": "13.00"}}})
    stage.shop.title(NEW)


def put_back(stage: Stage) -> None:
    for name in ("catalog", "state", "public"):
        stage.restore(name)


def run(stage: Stage, changes: list[tuple[int, Value]]) -> tuple[Ran, Counter[str]]:
    """Apply while some answers to reads are spoilt; give its creates and deletes as well."""
    count = -1
    writes: Counter[str] = Counter()

    def spoil(request: SandboxRequest, response: SandboxResponse) -> SandboxResponse:
        nonlocal count
        if request.method in {"POST", "DELETE"} and not request.path.endswith("/auth/auth"):
            writes[f"{request.method} {request.path}"] += 1
        if request.method not in {"GET", "HEAD"}:
            return response
        count += 1
        body = response.body
        for answer, change in changes:
            if answer == count:
                body = spoilt(body, change)
        return replace(response, body=body)

    stage.wire.spoil = spoil
    try:
        return stage.run("apply", "--auto-approve"), writes
    finally:
        stage.wire.spoil = intact


def holdings(stage: Stage) -> Counter[str]:
    """Count what each store holds, by kind."""
    return Counter(
        f"{name} {commit.key.partition('/')[0]}"
        for name, emulator in stage.shop.emulators.items()
        for commit in emulator.snapshot()
        if not commit.key.startswith(("upload", "cleared"))
    )


def converges(stage: Stage, expected: Expected, changes: list[tuple[int, Value]]) -> None:
    declare(stage)
    try:
        with stage.stores_had_back():
            ran, writes = run(stage, changes)
            assert ran.code in CODES, ran
            more = {name: count for name, count in writes.items() if count > expected.writes[name]}
            assert not more, (more, ran)
            for _ in range(2):
                after = stage.run("apply", "--auto-approve")
                if after.code == 0:
                    break
            after.ended(0)
            assert "No changes" in stage.run("plan").ended(0).out
            assert holdings(stage) == expected.held, ran
    finally:
        put_back(stage)


@checks(EXAMPLES)
@given(spoilings)
def test_after_spoilt_answers_to_reads_the_next_apply_ends_as_declared(
    stage: Stage, expected: Expected, changes: list[tuple[int, Value]]
) -> None:
    converges(stage, expected, changes)


@pytest.mark.parametrize("path", sorted(CORPUS.glob("*.json")), ids=lambda path: path.stem)
def test_what_was_found_once_does_no_harm(stage: Stage, expected: Expected, path: Path) -> None:
    converges(stage, expected, [(answer, Value(**change)) for answer, change in json.loads(path.read_bytes())])
