"""One object that is not what a plan was reviewed on: told three ways, what it was planned from, what it is now and what was wanted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from catalogctl.model.diagnostics import Diagnostic, error
from catalogctl.model.value import Attributes, canonical
from catalogctl.planning.action import Action
from catalogctl.planning.change import Change
from catalogctl.planning.planfile_document import written

_SHOWN = 60
"""So many characters of a value are quoted, so that it fits on a line of 80 cells beside its label."""
_NOTHING = "(nothing)"
_YES = {True: "yes", False: "no"}


def moved(was: Change, now: Change | None, command: str, why: str = "") -> Diagnostic:
    """Say how an object differs from what a plan was reviewed on.

    Shapes:  `was` is what was planned, `now` what a plan made now would do instead; `None` where there is nothing to do anything about.
             `command` makes such a plan, after `catalogctl`; `why` is why there is nothing, where that is known.
    Source:  PRODUCT.md 5.2.
    """
    lines = [_story(was, now, why), *(_three_ways(was, now) if now is not None else ()), *(_beside(was, now) if now is not None else ())]
    hint = f"It was left alone. Plan anew, and review that:\ncatalogctl {command} --target {was.address} --out FILE"
    return error("plan-stale", "An object is not what the plan was reviewed on", "\n".join(lines), hint, address=str(was.address))


def _story(was: Change, now: Change | None, why: str) -> str:
    planned = f"Planned was to {_deed(was)}"
    if now is None and why:
        return f"{planned}; by now that cannot be done. {why}"
    if now is None:
        return f"{planned}; by now it is gone, or no longer managed."
    if was.id is not None and now.action is Action.CREATE:
        return f"{planned} (id {was.id}); by now it is gone from the store."
    if was.id is None and now.id is not None:
        return f"{planned}; by now there is one in the store (id {now.id}), and one would {_deed(now)}."
    if was.id != now.id:
        return f"{planned} (id {was.id}); by now it is another object (id {now.id}), and one would {_deed(now)}."
    if was.actions != now.actions and now.action is Action.NO_OP and not now.record:
        return f"{planned}; by now it would be left alone, as it is."
    if was.actions != now.actions:
        return f"{planned}; by now one would {_deed(now)}."
    return f"{planned}, and it is no longer as it was then."


def _deed(change: Change) -> str:
    if change.action is Action.NO_OP:
        return "take note of it" if change.record else "leave it alone"
    return f"{' and '.join(change.actions)} it"


def _three_ways(was: Change, now: Change) -> Iterator[str]:
    """Tell the attributes that moved, each on lines of its own; of an object that came to be, those that would be changed."""
    before, after = _known(was), _known(now)
    wanted, wanted_now = _readable(was.after or {}), _readable(now.after or {})
    there = was.id is not None and now.id is not None
    # More is read of an object that is to be updated than of one that is left alone.
    read = {*(now.before or {}), *now.observed}
    for name in sorted({*before, *after, *wanted, *wanted_now}):
        from_, to = before.get(name, _NOTHING), after.get(name, _NOTHING)
        stands = (
            from_ != to and _attribute(name) in read
            if there
            else name in after and _attribute(name) in now.changed and to != wanted.get(name)
        )
        rewritten = was.after is not None and now.after is not None and wanted.get(name) != wanted_now.get(name)
        if stands or (rewritten and _attribute(name) in was.changed | now.changed):
            sides = {"planned from": from_, "now": to}
            if was.action is not Action.NO_OP:
                sides["wanted"] = wanted.get(name, "(not declared)" if was.after is not None else _NOTHING)
                if rewritten and now.action is not Action.NO_OP:
                    sides["wanted now"] = wanted_now.get(name, "(not declared)")
            yield from side_by_side(name, sides)


def side_by_side(name: str, sides: Mapping[str, str]) -> Iterator[str]:
    """Tell an attribute from several sides, each on a line of its own, cut where they begin to differ."""
    yield name
    start = _parting(list(sides.values()))
    yield from (f"    {side:<12} {_clip(text, start)}" for side, text in sides.items())


def _known(change: Change) -> dict[str, str]:
    return _readable({**(change.before or {}), **change.observed})


def _attribute(name: str) -> str:
    return name.partition(".")[0]


def _beside(was: Change, now: Change) -> Iterator[str]:
    """Tell what else a plan made now has otherwise."""
    if was.key != now.key:
        yield f"natural key: planned {told(was.key)}, now {told(now.key)}"
    if was.protect != now.protect:
        yield f"protected: planned {_YES[was.protect]}, now {_YES[now.protect]}"
    if set(was.dependencies) != set(now.dependencies):
        yield f"depends on: planned {_listed(map(str, was.dependencies))}, now {_listed(map(str, now.dependencies))}"
    if was.withdraws != now.withdraws:
        yield f"leaves sale for review: planned {_YES[was.withdraws]}, now {_YES[now.withdraws]}"
    if was.deposed != now.deposed:
        yield f"left over by earlier replaces: planned {_ids(was)}, now {_ids(now)}"
    if was.actions == now.actions and was.changed != now.changed:
        yield f"changes: planned {_listed(was.changed)}, now {_listed(now.changed)}"


def _ids(change: Change) -> str:
    return ", ".join(one.id for one in change.deposed) or "nothing"


def _listed(names: Iterator[str] | frozenset[str]) -> str:
    return ", ".join(sorted(names)) or "nothing"


def _readable(attributes: Attributes) -> dict[str, str]:
    """Write attributes down for eyes, the entries of a mapping one by one: `prices.USD`."""
    values, unknown, references = written(attributes)
    found: dict[str, str] = {}
    for name, part in values.items():
        if name in unknown:
            found[name] = f"(the id of {references[name]})" if name in references else told([part, unknown[name]])
        elif isinstance(part, Mapping):
            found.update({f"{name}.{key}": told(entry) for key, entry in part.items()})
        else:
            found[name] = told(part)
    return found


def told(part: object) -> str:
    """Write a value for eyes; of a file, the beginning of its digest."""
    text = canonical(part).decode()
    return f"{text[1:16]}…" if text.startswith('"sha256:') else text


def _parting(texts: list[str]) -> int:
    """Find where some texts begin to differ, with a little of what stands before."""
    shortest = min(map(len, texts))
    differing = (place for place in range(shortest) if len({text[place] for text in texts if text != _NOTHING}) > 1)
    return max(0, next(differing, shortest) - _SHOWN // 2)


def _clip(text: str, start: int) -> str:
    """Quote a text whole where it is short, else from a little before where it begins to differ."""
    if len(text) <= _SHOWN:
        return text
    return f"{'…' if start else ''}{text[start : start + _SHOWN - 2]}{'…' if len(text) > start + _SHOWN - 2 else ''}"
