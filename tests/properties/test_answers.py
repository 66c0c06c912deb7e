"""Answers of every store, spoilt at any place: a plan, an apply or words that say what is wrong, and never a fault of ours.

ANSWERS_EXAMPLES in the environment asks for more examples than CI has time for. What was found once is kept in tests/corpus/answers.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from catalogctl.provider.emulation import SandboxRequest, SandboxResponse
from hostile.measured import bearable
from hostile.trio import Trio, keys, trio
from hostile.wire import RAW, Wire, intact, wired, written
from shop import Environment, Ran

EXAMPLES = int(os.environ.get("ANSWERS_EXAMPLES", "40"))
CORPUS = Path(__file__).parents[1] / "corpus/answers"
ODD: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 10**18, 2**63, -(2**63), 1.5, "", " ", "0", "-1", "x", [], {}, [None], [[]], [{}], {"": None}),
    *("x" * 70_000, "9" * 5_000, "²", "1e999999999", "NaN", "-Infinity", "0x10", "..", "a/b", "%2e%2e", "2021-13-45", "0000-00-00"),
    *("\x1b[31m\x1b]0;x\x07", "\u202egnp.exe", "\0", "\u2028", "<script>alert(1)</script>", "| a | b |\n@everyone", "…"),
    *(f"«{number}»" for number in range(len(RAW))),
    *([0] * 2_000, {str(number): number for number in range(500)}),
)
"""What may stand anywhere instead of what should."""


@dataclass(frozen=True)
class Spoilt:
    """One change to one answer."""

    answer: int
    """Which of those that the run gets, from 0."""
    place: int
    """Which value in it, in the order of its text; counted round where it has fewer."""
    how: str
    odd: int
    """Which of the odd values, where one is put in."""


HOWS = ("replace", "replace", "replace", "drop", "double", "wrap", "rename", "cut", "twice")
spoilings = st.lists(
    st.builds(Spoilt, st.integers(0, 30), st.integers(0, 120), st.sampled_from(HOWS), st.integers(0, len(ODD) - 1)), min_size=1, max_size=3
)


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """List every place in a value as what holds it and under which key or index, from the outside to the inside."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in list(inner):
        yield value, key
        yield from places(child)


def changed(body: bytes, spoilt: Spoilt) -> bytes:
    """Make one change to the text of an answer."""
    try:
        holder = {"whole": json.loads(body)}
    except RecursionError:  # it was spoilt in this way before
        return body
    except ValueError:
        return body
    found = list(places(holder))
    holding, key = found[spoilt.place % len(found)]
    odd = ODD[spoilt.odd]
    match spoilt.how:
        case "drop" if holding is not holder:
            del holding[key]
        case "double" if isinstance(holding, list):
            holding.extend([holding[key]] * 3)
        case "wrap":
            holding[key] = [holding[key]]
        case "rename" if isinstance(holding, dict) and holding is not holder:
            holding[f"{key}s"] = holding.pop(key)
        case "cut":
            return body[: spoilt.place]
        case "twice":
            return body * 2
        case _:
            holding[key] = odd
    return written(holder["whole"])


@dataclass
class Stage:
    """The stores, a project that they agree with, and copies of both to go back to."""

    shop: Trio
    wire: Wire

    def run(self, spoilt: list[Spoilt], *arguments: str) -> Ran:
        """Run a command on spoilt answers, within its time."""
        count = -1

        def spoil(request: SandboxRequest, response: SandboxResponse) -> SandboxResponse:
            nonlocal count
            if request.path.endswith("/auth/auth"):
                return response
            count += 1
            body = response.body
            for one in spoilt:
                if one.answer == count:
                    body = changed(body, one)
            return replace(response, body=body)

        self.wire.spoil = spoil
        try:
            with bearable():
                return self.shop.run(*arguments)
        finally:
            self.wire.spoil = intact


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (*Environment(tmp_path_factory.mktemp("cache")).items(), *keys().items()):
            patch.setenv(name, value)
        with trio(tmp_path_factory.mktemp("trio")) as shop:
            urls = {name: shop.server.url(name) for name in shop.emulators}
            with wired(shop.emulators, urls) as wire:
                shop.run("apply", "--auto-approve").ended(0)
                assert "No changes" in shop.run("plan").ended(0).out
                shutil.copytree(shop.folder / "state", shop.folder / "kept")
                yield Stage(shop, wire)


def no_fault_of_ours(ran: Ran, codes: set[int]) -> None:
    assert "A fault of catalogctl" not in ran.err, ran.err
    assert "Traceback" not in ran.err
    assert ran.code in codes, ran
    assert "\x1b" not in ran.all
    assert "\u202e" not in ran.all
    assert len(ran.all) < 2_000_000


CHECKS = settings(
    max_examples=EXAMPLES,
    derandomize="ANSWERS_EXAMPLES" not in os.environ,  # the same in each run, and others wherever more are asked for
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
    database=None,
)


@CHECKS
@given(spoilings, st.sampled_from([(), ("--format", "json"), ("--refresh-only",)]))
def test_a_plan_of_what_is_known_bears_any_answer(stage: Stage, spoilt: list[Spoilt], form: tuple[str, ...]) -> None:
    no_fault_of_ours(stage.run(spoilt, "plan", *form), {0, 1, 3, 8, 9})


@CHECKS
@given(spoilings)
def test_a_plan_of_what_is_new_bears_any_answer(stage: Stage, spoilt: list[Spoilt]) -> None:
    """With no state every object is looked up by its key."""
    state = stage.shop.folder / "state"
    shutil.rmtree(state, ignore_errors=True)
    try:
        no_fault_of_ours(stage.run(spoilt, "plan"), {0, 1, 3, 8, 9})
    finally:
        shutil.copytree(stage.shop.folder / "kept", state)


@CHECKS
@given(spoilings)
def test_an_apply_bears_any_answer_and_state_stays_readable(stage: Stage, spoilt: list[Spoilt]) -> None:
    """Each object is made anew, in stores that are empty again."""
    state = stage.shop.folder / "state"
    held = {name: emulator.snapshot() for name, emulator in stage.shop.emulators.items()}
    shutil.rmtree(state, ignore_errors=True)
    for emulator in stage.shop.emulators.values():
        emulator.reset()
    try:
        no_fault_of_ours(stage.run(spoilt, "apply", "--auto-approve"), {0, 1, 3, 5, 6, 7, 8, 9})
        no_fault_of_ours(stage.shop.run("show"), {0})
        no_fault_of_ours(stage.shop.run("plan"), {0, 1, 3, 8, 9})
    finally:
        for name, emulator in stage.shop.emulators.items():
            emulator.restore(held[name])
        shutil.rmtree(state, ignore_errors=True)
        shutil.copytree(stage.shop.folder / "kept", state)


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
        with bearable():
            no_fault_of_ours(stage.shop.run("plan"), {9})
    finally:
        stage.wire.spoil = intact
    assert met
