"""One object that is not what a plan was reviewed on: shown three ways, what it was planned from, what it is now and what was wanted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from catalogctl.model.address import AttributePath
from catalogctl.model.diagnostics import Diagnostic, error
from catalogctl.model.value import Attributes, Value, canonical
from catalogctl.planning.action import Action
from catalogctl.planning.attribute_words import attribute_name, named, path_name, value_words
from catalogctl.planning.change import Change
from catalogctl.planning.json_values import written

_SHOWN = 60
"""So many characters of a value are quoted, so that it fits on a line of 80 cells beside its label."""
_NOTHING = "(nothing)"
_YES = {True: "yes", False: "no"}


class _Told(NamedTuple):
    """One value at one path."""

    plain: bytes
    """As it is written down: what it is compared by."""
    words: str
    """For eyes only."""


_ABSENT = _Told(b"", _NOTHING)
_UNDECLARED = _Told(b"", "(not declared)")


def moved(was: Change, now: Change | None, command: str, why: str = "") -> Diagnostic:
    """Return how an object differs from what a plan was reviewed on.

    Shapes:  `was` is what was planned, `now` what a plan made now would do instead; `None` where there is nothing to do anything about.
             `command` makes such a plan, after `catalogctl`; `why` is why there is nothing, where that is known.
    Source:  PRODUCT.md 5.2.
    """
    lines = [_story(was, now, why), *(_three_ways(was, now) if now is not None else ()), *(_beside(was, now) if now is not None else ())]
    hint = f"It was left alone. Make and review a new plan:\ncatalogctl {command} --target {was.address} --out FILE"
    return error("plan-stale", "An object is not what the plan was reviewed on", "\n".join(lines), hint, address=str(was.address))


def _story(was: Change, now: Change | None, why: str) -> str:
    planned = f"Planned was to {_deed(was)}"
    if now is None and why:
        return f"{planned}; by now that cannot be done. {why}"
    if now is None:
        return f"{planned}; by now it is gone, or no longer managed."
    if was.id is not None and now.action is Action.CREATE:
        return f"{planned} (id {was.id}); it has since been removed from the store."
    if was.id is None and now.id is not None:
        return f"{planned}; by now there is one in the store (id {now.id}), and one would {_deed(now)}."
    if was.id != now.id:
        return f"{planned} (id {was.id}); by now it is another object (id {now.id}), and one would {_deed(now)}."
    if was.actions != now.actions and now.action is Action.NO_OP and not now.updates_state_only:
        return f"{planned}; it would now be left unchanged."
    if was.actions != now.actions:
        return f"{planned}; by now one would {_deed(now)}."
    return f"{planned}, and it is no longer as it was then."


def _deed(change: Change) -> str:
    if change.action is Action.NO_OP:
        return "take note of it" if change.updates_state_only else "leave it alone"
    return f"{' and '.join(change.actions)} it"


def _three_ways(was: Change, now: Change) -> Iterator[str]:
    """Tell the attributes that moved, each on lines of its own; of an object that came to be, those that would be changed."""
    before, after = _known(was), _known(now)
    wanted, wanted_now = _told(was, was.after or {}), _told(now, now.after or {})
    there = was.id is not None and now.id is not None
    # More is read of an object that is to be updated than of one that is left alone.
    read = {*(now.before or {}), *now.observed}
    order = {name: number for number, name in enumerate(was.type.attributes)}
    for path in sorted({*before, *after, *wanted, *wanted_now}, key=lambda path: (order[str(path[0])], path)):
        name, from_, to = str(path[0]), before.get(path, _ABSENT), after.get(path, _ABSENT)
        stands = (
            from_.plain != to.plain and name in read
            if there
            else path in after and name in now.changed and to.plain != wanted.get(path, _ABSENT).plain
        )
        asked, asked_now = wanted.get(path, _UNDECLARED), wanted_now.get(path, _UNDECLARED)
        rewritten = was.after is not None and now.after is not None and asked.plain != asked_now.plain
        if stands or (rewritten and name in was.changed | now.changed):
            sides = {"planned from": from_.words, "now": to.words}
            if was.action is not Action.NO_OP:
                sides["wanted"] = asked.words if was.after is not None else _NOTHING
                if rewritten and now.action is not Action.NO_OP:
                    sides["wanted now"] = asked_now.words
            yield from side_by_side(path_name(was.type, path), sides)


def side_by_side(name: str, sides: Mapping[str, str]) -> Iterator[str]:
    """Tell an attribute from several sides, each on a line of its own, cut where they begin to differ."""
    yield name
    start = _parting(list(sides.values()))
    yield from (f"    {side:<12} {_clip(text, start)}" for side, text in sides.items())


def _known(change: Change) -> dict[AttributePath, _Told]:
    return _told(change, {**(change.before or {}), **change.observed})


def _beside(was: Change, now: Change) -> Iterator[str]:
    """Tell what else a plan made now has otherwise."""
    if was.key != now.key:
        yield f'natural key: planned "{was.key}", now "{now.key}"'
    if was.protect != now.protect:
        yield f"protected: planned {_YES[was.protect]}, now {_YES[now.protect]}"
    if set(was.dependencies) != set(now.dependencies):
        yield f"depends on: planned {_listed(map(str, was.dependencies))}, now {_listed(map(str, now.dependencies))}"
    if was.withdraws != now.withdraws:
        yield f"leaves sale for review: planned {_YES[was.withdraws]}, now {_YES[now.withdraws]}"
    if was.deposed != now.deposed:
        yield f"left over by earlier replaces: planned {_ids(was)}, now {_ids(now)}"
    if was.actions == now.actions and was.changed != now.changed:
        yield f"changes: planned {_listed(_names(was))}, now {_listed(_names(now))}"


def _ids(change: Change) -> str:
    return ", ".join(one.id for one in change.deposed) or "nothing"


def _names(change: Change) -> Iterator[str]:
    return (attribute_name(change.type, name) for name in change.changed)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "nothing"


def _told(change: Change, attributes: Attributes) -> dict[AttributePath, _Told]:
    """Write attributes down, the entries of a mapping one by one."""
    found: dict[AttributePath, _Told] = {}
    for name, value in attributes.items():
        entries: Mapping[AttributePath, Value] = {(name,): value}
        if isinstance(value, Mapping):
            entries = {(name, key): entry for key, entry in value.items()}
        for path, one in entries.items():
            words = value_words(change.type.attributes[name], named(one, change.parts))
            found[path] = _Told(canonical(written({name: one})), words)
    return found


def _parting(texts: list[str]) -> int:
    """Find where some texts begin to differ, with a little of what is before."""
    shortest = min(map(len, texts))
    differing = (place for place in range(shortest) if len({text[place] for text in texts if text != _NOTHING}) > 1)
    return max(0, next(differing, shortest) - _SHOWN // 2)


def _clip(text: str, start: int) -> str:
    """Quote a text whole where it is short, else from a little before where it begins to differ."""
    if len(text) <= _SHOWN:
        return text
    return f"{'…' if start else ''}{text[start : start + _SHOWN - 2]}{'…' if len(text) > start + _SHOWN - 2 else ''}"
