"""What a store answers with values of the wrong type: it is noticed, or it was not read; it never becomes a change."""

from __future__ import annotations

import copy
import os
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Final

import orjson

from catalogctl.engine.plan import Planned
from catalogctl.model.diagnostics import CatalogError, Refusal
from catalogctl.provider.emulation import SandboxRequest, SandboxResponse
from catalogctl.testing.comparison import demand_same_lines
from catalogctl.testing.kit import Kit, opened, telling
from catalogctl.testing.memory import MemoryBackend
from catalogctl.testing.specimen import Specimen

SAMPLE: Final = 60
"""Wrong values that are tried for each state; with CATALOGCTL_CONFORMANCE=full all are."""
SEED: Final = 20261130

_GONE: Final = object()
_WRONG: Final[tuple[tuple[str, object], ...]] = (
    ("null", None),
    ("a bool", True),
    ("a number", 7),
    ("a text", "x7"),
    ("a list", [7]),
    ("an object", {"x": 7}),
    ("nothing", _GONE),
)
_KINDS: Final = {type(None): "null", bool: "a bool", int: "a number", float: "a number", str: "a text", list: "a list", dict: "an object"}


@dataclass(frozen=True, slots=True)
class _Wrong:
    """One value of one answer, and what is in its place."""

    answer: int
    """The place of the answer among those to a plan's reading, from 0."""
    path: tuple[str | int, ...]
    kind: str
    value: object

    def __str__(self) -> str:
        return f"{self.kind} at {'.'.join(map(str, self.path))} of answer {self.answer}"

    def put(self, whole: Any) -> Any:
        """Return the answer with the wrong value in it."""
        spoilt = copy.deepcopy(whole)
        inner = spoilt
        for step in self.path[:-1]:
            inner = inner[step]
        if self.value is _GONE:
            del inner[self.path[-1]]
        else:
            inner[self.path[-1]] = self.value
        return spoilt


@dataclass(slots=True)
class _Between:
    """Stands between the service and whoever asks it, and puts at most one wrong value into its answers."""

    respond: Callable[[SandboxRequest], SandboxResponse]
    wrong: _Wrong | None = None
    heard: list[Any] = field(default_factory=list)
    """The answers since it was last cleared, decoded; `None` for one that is no JSON."""

    def __call__(self, request: SandboxRequest) -> SandboxResponse:
        response = self.respond(request)
        try:
            whole = orjson.loads(response.body)
        except ValueError:
            whole = None
        self.heard.append(whole)
        if self.wrong is None or self.wrong.answer != len(self.heard) - 1 or whole is None:
            return response
        return replace(response, body=orjson.dumps(self.wrong.put(whole)))


def wrong_types_change_no_plan(specimen: Specimen) -> None:
    """A value of another type in an answer, or a field left out, is nonsense or not read: the plan is the same, or there is none."""
    with opened(specimen) as kit:
        kit.one_at_a_time = True
        kit.converge()
        between = _Between(kit.emulator.respond)
        kit.emulator.respond = between  # type: ignore[method-assign]  # of this one service, which is ours
        _tried(kit, between, "of what is recorded")
        kit.backend = MemoryBackend()
        _tried(kit, between, "of what is not recorded")


CHECKS: Final = (wrong_types_change_no_plan,)


def _tried(kit: Kit, between: _Between, what: str) -> None:
    between.wrong = None
    between.heard.clear()
    calm = list(_lines(kit.plan()))
    wrongs = [
        _Wrong(number, path, kind, value)
        for number, whole in enumerate(between.heard)
        for path, there in _places(whole)
        for kind, value in _WRONG
        if _is_wrong(kind, there, path, kit.specimen)
    ]
    if os.environ.get("CATALOGCTL_CONFORMANCE") != "full":
        wrongs = random.Random(SEED).sample(wrongs, min(SAMPLE, len(wrongs)))  # noqa: S311 -- which examples are tried is no secret
    for wrong in wrongs:
        between.wrong = wrong
        between.heard.clear()
        try:
            told = _outcome(kit)
        except Exception as fault:
            raise AssertionError(f"a plan {what} with {wrong} ended with {fault!r}") from fault
        if told != Refusal.UNAVAILABLE:
            demand_same_lines(f"a plan {what} with {wrong}", calm, told)
    between.wrong = None


def _is_wrong(kind: str, there: object, path: tuple[str | int, ...], specimen: Specimen) -> bool:
    """Return whether a kind of value is none that the documents show at a place, as far as the specimen knows them."""
    if there is None and kind == "a text":  # what is null now is a text elsewhere, as a rule
        return False
    name = next((step for step in reversed(path) if isinstance(step, str)), "")
    return kind != _KINDS[type(there)] and f"{name}: {kind}" not in specimen.also_shown and (kind != "nothing" or isinstance(path[-1], str))


def _places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], object]]:
    """List every value in an answer but the whole with its path."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, child in inner:
        yield (*path, step), child
        yield from _places(child, (*path, step))


def _outcome(kit: Kit) -> Refusal | list[str]:
    """Make a plan, and return its lines, or why there is none."""
    try:
        return list(_lines(kit.plan()))
    except CatalogError as refused:
        return refused.refusal if refused.refusal is Refusal.UNAVAILABLE else [f"{refused.refusal}: {refused}"]


def _lines(planned: Planned) -> Iterator[str]:
    yield from (telling(change) for change in planned.plan.changes)
    yield from (f"drift of {item.address}" for item in planned.plan.drift)
