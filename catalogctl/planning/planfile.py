"""Plan JSON and the saved plan: one file, shown and executed, and never believed when a byte of it is not as it was written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import orjson

from catalogctl import __version__
from catalogctl.model import value
from catalogctl.model.diagnostics import CatalogError, Diagnostic, Refusal, SourceRange, error
from catalogctl.model.title import Origin
from catalogctl.model.value import Attributes, canonical, canonical_lines
from catalogctl.planning.change import Change
from catalogctl.planning.plan import Plan
from catalogctl.planning.planfile_decode import Types, origin, rebuild
from catalogctl.planning.planfile_document import FORMAT, Json, Place, deeds, document, written

LARGEST = 256 * 1024 * 1024
"""Bytes of a saved plan that are read; that of a hundred thousand changes is within it."""

AGAIN = "Plan anew, and review that:\ncatalogctl plan --out FILE"

_SHOWN = 60
"""So many characters of a value are quoted, so that both fit on a line or two."""


def encode(plan: Plan, *, place: Place) -> bytes:
    """Write a plan as plan JSON; equal plans give equal bytes.

    Shapes:  as `planfile_document.document`, with `digest` over what the plan does and `checksum` over all the rest of the
             document's content. Assets are written by their identity; a local one that will be sent also by its path, under `assets`.
    Raises:  TypeError for what must never be written: a Secret.
    Source:  PRODUCT.md 4.
    """
    rest = document(plan, place, __version__)
    rest["digest"] = digest(plan)
    return canonical_lines({**rest, "checksum": value.digest(rest)})


def decode(data: bytes, types: Types) -> Plan:
    """Read a saved plan back: equal to the one that was written.

    Shapes:  an asset that is a URL comes back without its signature, and equal all the same; who sends it takes the URL from the
             files. `encode` with the places that `sources` gives writes the same bytes again.
    Raises:  CatalogError: stale (plan-damaged, plan-format-unknown, plan-type-unknown) for what cannot be believed.
    """
    stored = _document(data)
    try:
        plan = rebuild(stored, types)
        again = document(plan, _sources(stored).get, stored["catalogctl_version"])
        again["digest"] = digest(plan)
    except CatalogError as problem:
        raise CatalogError(*problem.diagnostics, refusal=Refusal.STALE) from problem
    except (KeyError, IndexError, TypeError, ValueError, AttributeError, ArithmeticError) as problem:
        raise _damaged(f"It holds what no version of catalogctl writes ({problem}).") from problem
    if canonical(again) != canonical({name: part for name, part in stored.items() if name != "checksum"}):
        raise _damaged("What it says it does is not what it would do.")
    return plan


def sources(data: bytes) -> Mapping[Origin, SourceRange]:
    """Tell where the resources of a saved plan stood in their files when it was made: file and line, no column.

    Raises:  CatalogError: stale (plan-damaged, plan-format-unknown).
    """
    return _sources(_document(data))


def digest(plan: Plan) -> str:
    """Give the digest of what a plan does, 64 hex digits: two plans with one digest make the same requests and leave the same state.

    It covers the accounts with their URLs and, of each change that is not a plain no-op, the address, actions, id, natural key,
    fingerprint, `after`, the names of what differs, dependencies and protection; of a no-op that only takes note, also what it notes.
    It does not cover reads, estimate, drift, diagnostics, sources or reasons.
    """
    return value.digest(deeds(plan))


def differences(saved: Plan, fresh: Plan) -> tuple[Diagnostic, ...]:
    """Name each address where a plan made now no longer does what the saved one says; empty when it may be applied.

    What the fresh plan would do beyond the saved one is no difference: unrelated titles never make a plan stale.
    Source:  PRODUCT.md 5.2.
    """
    now = {change.address: change for change in fresh.changes}
    doing = [change for change in saved.changes if change.action.changes_anything]
    problems: list[Diagnostic] = []
    for account in sorted({change.address.account for change in doing}):
        was, is_ = saved.base.accounts.get(account), fresh.base.accounts.get(account)
        if was != is_:
            detail = f"Account {account!r}: planned from {was or 'no store'}, now {is_ or 'no store'}."
            problems.append(error("plan-stale", "The plan is for another store", detail, AGAIN))
    for change in doing:
        other = now.get(change.address)
        found = ["nothing is to be done any more"] if other is None else list(_moved(change, other))
        if found:
            detail = f"{change.address}: {'; '.join(found)}."
            problems.append(error("plan-stale", "The plan is no longer what would be done", detail, AGAIN, address=str(change.address)))
    return tuple(problems)


def _moved(saved: Change, fresh: Change) -> Iterator[str]:
    if saved.actions != fresh.actions:
        yield _from("", " and ".join(saved.actions), " and ".join(fresh.actions))
    for name, was, now in (
        ("id", saved.id, fresh.id),
        ("key", saved.key, fresh.key),
        ("protect", saved.protect, fresh.protect),
        ("dependencies", [str(one) for one in saved.dependencies], [str(one) for one in fresh.dependencies]),
    ):
        if was != now:
            yield _from(f"{name} ", _shown(was), _shown(now))
    if saved.fingerprint != fresh.fingerprint:
        told = list(_attributes(saved.observed, fresh.observed))
        yield "the object in the store moved" + (f" ({', '.join(told)})" if told else "")
    yield from _attributes(saved.after or {}, fresh.after or {})
    if saved.actions == fresh.actions and saved.changed != fresh.changed:
        yield _from("what differs ", ", ".join(sorted(saved.changed)) or "nothing", ", ".join(sorted(fresh.changed)) or "nothing")


def _attributes(saved: Attributes, fresh: Attributes) -> Iterator[str]:
    left, right = _readable(saved), _readable(fresh)
    for name in sorted({*left, *right}):
        was, now = left.get(name, "nothing"), right.get(name, "nothing")
        if was != now:
            same = next((place for place, (one, other) in enumerate(zip(was, now, strict=False)) if one != other), min(len(was), len(now)))
            start = max(0, same - _SHOWN // 2)
            yield _from(f"{name} ", _clip(was, start), _clip(now, start))


def _readable(attributes: Attributes) -> dict[str, str]:
    values, unknown, references = written(attributes)
    return {name: _text([part, unknown[name], references]) if name in unknown else _text(part) for name, part in values.items()}


def _from(what: str, was: str, now: str) -> str:
    return f"{what}planned from {was}, now {now}"


def _text(part: object) -> str:
    text = canonical(part).decode()
    return f"{text[1:16]}…" if text.startswith('"sha256:') else text


def _shown(part: object) -> str:
    return _clip(_text(part))


def _clip(text: str, start: int = 0) -> str:
    """Quote a text whole where it is short, else from a little before `start`, where it begins to differ."""
    if len(text) <= _SHOWN:
        return text
    return f"{'…' if start else ''}{text[start : start + _SHOWN]}{'…' if len(text) > start + _SHOWN else ''}"


def _sources(stored: Json) -> dict[Origin, SourceRange]:
    found = [entry["source"] for entry in stored["resource_changes"] if entry["source"] is not None]
    return {origin(source): SourceRange(source["file"], source["line"], 1, 1, "") for source in found if source["line"] is not None}


def _document(data: bytes) -> Json:
    if not data.strip():
        raise _damaged("It is empty.")
    try:
        stored = orjson.loads(data)
    except orjson.JSONDecodeError as problem:
        raise _damaged(f"It is not whole JSON: {problem}.") from problem
    if not isinstance(stored, dict) or not isinstance(stored.get("format_version"), str):
        raise _damaged("It is JSON, but no plan.")
    if stored["format_version"] != FORMAT:
        detail = f"The plan has format version {stored['format_version']!r}; this catalogctl knows {FORMAT}."
        hint = "Apply it with the catalogctl that made it, or plan anew."
        raise CatalogError(error("plan-format-unknown", "A plan of another format", detail, hint), refusal=Refusal.STALE)
    rest = {name: part for name, part in stored.items() if name != "checksum"}
    if stored.get("checksum") != value.digest(rest):
        raise _damaged("Its content and its checksum disagree: a byte was changed, by hand or by accident.")
    return stored


def _damaged(detail: str) -> CatalogError:
    return CatalogError(error("plan-damaged", "The saved plan is damaged", f"{detail} Nothing was done.", AGAIN), refusal=Refusal.STALE)
