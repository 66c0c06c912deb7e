"""Answers of every store, spoilt at any place: a plan, an apply or words that say what is wrong, and never a fault of ours.

ANSWERS_EXAMPLES in the environment asks for more examples than CI has time for, and `make fuzz` for others.
What was found once is kept in tests/corpus/answers.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogctl.provider.answer import LARGEST_ANSWER
from catalogctl.provider.emulation import SandboxRequest, SandboxResponse
from hostile.spoil import Value, spoilt, values
from hostile.stage import Stage, checks, staged
from hostile.wire import intact
from shop import Ran

EXAMPLES = int(os.environ.get("ANSWERS_EXAMPLES", "24"))
CORPUS = Path(__file__).parents[1] / "corpus/answers"
spoilings = st.lists(st.tuples(st.integers(0, 30), values), min_size=1, max_size=3)
"""Which of the answers that a run gets are changed, from 0, and how."""


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with staged(tmp_path_factory.mktemp("answers")) as one:
        yield one


def run(stage: Stage, changes: list[tuple[int, Value]], *arguments: str) -> Ran:
    """Run a command on spoilt answers."""
    count = -1

    def spoil(_request: SandboxRequest, response: SandboxResponse) -> SandboxResponse:
        nonlocal count
        count += 1
        body = response.body
        for answer, change in changes:
            if answer == count:
                body = spoilt(body, change)
        return replace(response, body=body)

    stage.wire.spoil = spoil
    try:
        return stage.run(*arguments)
    finally:
        stage.wire.spoil = intact


def ended(ran: Ran, codes: set[int]) -> None:
    assert ran.code in codes, ran


CHECKS = checks(EXAMPLES)


@CHECKS
@given(spoilings, st.sampled_from([(), ("--format", "json"), ("--refresh-only",)]))
def test_a_plan_of_what_is_known_bears_any_answer(stage: Stage, changes: list[tuple[int, Value]], form: tuple[str, ...]) -> None:
    ended(run(stage, changes, "plan", *form), {0, 1, 3, 8, 9})


@CHECKS
@given(spoilings)
def test_a_plan_of_what_is_new_bears_any_answer(stage: Stage, changes: list[tuple[int, Value]]) -> None:
    """With no state every object is looked up by its key."""
    stage.remove("state")
    try:
        ended(run(stage, changes, "plan"), {0, 1, 3, 8, 9})
    finally:
        stage.restore("state")


@CHECKS
@given(spoilings)
def test_an_apply_bears_any_answer_and_state_stays_readable(stage: Stage, changes: list[tuple[int, Value]]) -> None:
    """Each object is created again, in stores that are empty again."""
    stage.remove("state")
    try:
        with stage.stores_had_back():
            for emulator in stage.shop.emulators.values():
                emulator.reset()
            ended(run(stage, changes, "apply", "--auto-approve"), {0, 1, 3, 5, 6, 7, 8, 9})
            ended(stage.run("show"), {0})
            ended(stage.run("plan"), {0, 1, 3, 8, 9})
    finally:
        stage.restore("state")


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        *(
            (200, body, 9)
            for body in (b"null", b"5", b"[" * 5_000 + b"]" * 5_000, b"\xff\xfe", b'{"ok": "ok"}', b"x" * (LARGEST_ANSWER + 1))
        ),
        *((status, b"{}", 9) for status in (302, 404, 422, 429, 500)),
        *((status, b"{}", 8) for status in (401, 403)),
        (200, b'{"ERROR": {"ID": "auth::no_such_key"}}', 8),
    ],
    ids=lambda value: value[:20].decode(errors="replace") if isinstance(value, bytes) else str(value),
)
def test_a_login_that_is_answered_with_anything_but_a_token(stage: Stage, status: int, body: bytes, code: int) -> None:
    """What is no refusal of the key is a store out of order; nothing that a plan sends may have been done."""

    def spoil(request: SandboxRequest, response: SandboxResponse) -> SandboxResponse:
        return replace(response, status=status, body=body) if request.path.endswith("/auth/auth") else response

    stage.wire.spoil = spoil
    try:
        ran = stage.run("plan")
    finally:
        stage.wire.spoil = intact
    ended(ran, {code})
    assert "POST /auth/auth" in ran.err
    assert "known whether" not in ran.err


@pytest.mark.parametrize("path", sorted(CORPUS.iterdir()), ids=lambda path: path.stem)
def test_what_was_found_once_is_nonsense(stage: Stage, path: Path) -> None:
    """Each is a change to the text of one store's answers; all are noticed."""
    kept = json.loads(path.read_bytes())
    met = 0

    def spoil(request: SandboxRequest, response: SandboxResponse) -> SandboxResponse:
        nonlocal met
        if not re.search(kept["path"], request.path):
            return response
        text, count = re.subn(kept["find"], lambda _: kept["put"], response.body.decode())
        met += count
        return replace(response, body=text.encode())

    stage.wire.spoil = spoil
    try:
        ended(stage.run("plan"), {9})
    finally:
        stage.wire.spoil = intact
    assert met
