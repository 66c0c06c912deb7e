"""What must be true between the fields of one document, when each for itself is right."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from catalogctl.config.schema.contributors import contributor_problems
from catalogctl.config.schema.factcheck import own_problems, term_problems, work_problems
from catalogctl.config.schema.problem import Problem
from catalogctl.config.schema.prose import prose_problems
from catalogctl.config.syntax.source import Part
from catalogctl.model.diagnostics import Diagnostic, Pointer, Severity, SourceRange
from catalogctl.model.money import too_precise
from catalogctl.model.region import ALL


def cross_check(kind: str, data: Mapping[str, Any]) -> Iterator[Problem]:
    """Find what does not fit together in a document's canonical data."""
    yield from territory_problems(data.get("territories"), ("territories",))
    yield from contributor_problems(data, ())
    yield from work_problems(data, ())
    yield from prose_problems(data, ())
    if kind == "title":
        for name, edition in data.get("editions", {}).items():
            here: Pointer = ("editions", name)
            yield from _terms(edition, here)
            yield from _tracks(edition, here)
            yield from own_problems(edition, here)
            yield from prose_problems(edition, here)
    elif data.get("edition"):
        yield from _terms(data["edition"], ("edition",))
        yield from prose_problems(data["edition"], ("edition",))


def unwritten_options(kind: str, value: object) -> Iterator[Problem]:
    """Warn of accounts with nothing behind their colon, which is not seen any more in canonical data: they publish the edition.

    Shapes:  `value` is a document as it was read.
    """
    document = _mapping(value)
    blocks: list[tuple[Pointer, object]] = [(("editions", name), block) for name, block in _mapping(document.get("editions")).items()]
    for here, block in blocks if kind == "title" else [(("edition",), document.get("edition"))]:
        for account, options in _mapping(_mapping(block).get("publish")).items():
            if options is None:
                detail = f"Nothing takes nothing back: an edition with `{account}` under `publish` is published there, and stays on sale."
                hint = f"To take it off, or to keep it off:\n{account}: false\nTo publish it without options:\n{account}: {{}}"
                summary = "An account with nothing said"
                yield Problem((*here, "publish", account), Part.KEY, "publish-null", summary, detail, hint, Severity.WARNING)


def with_takebacks(found: Sequence[Diagnostic]) -> Iterator[Diagnostic]:
    """Tell an account with nothing behind its colon once: where it lacks options that it needs, that is one mistake with two ways out."""
    empty = [one for one in found if one.code == "publish-null"]
    told: set[int] = set()
    for one in found:
        mine = next((other for other in empty if one.severity is Severity.ERROR and _is_at(one.source, other.source)), None)
        if mine is not None:
            told.add(id(mine))
            takeback = "\n".join(mine.hint.splitlines()[:2])
            one = replace(one, hint=f"{one.hint}\n{takeback}".strip())  # noqa: PLW2901
        if one.code != "publish-null":
            yield one
    yield from (one for one in empty if id(one) not in told)


def _is_at(place: SourceRange | None, account: SourceRange | None) -> bool:
    """Return whether a place is an account's name, or the null behind it."""
    if place is None or account is None or (place.path, place.line) != (account.path, account.line):
        return False
    between = account.text[account.end_column - 1 : place.column - 1]
    return place.column == account.column or (place.column > account.column and not between.strip(": "))


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _terms(block: Mapping[str, Any], here: Pointer) -> Iterator[Problem]:
    yield from territory_problems(block.get("territories"), (*here, "territories"))
    yield from contributor_problems(block, here)
    yield from work_problems(block, here)
    yield from term_problems(block, here)
    for currency, amount in (block.get("prices") or {}).items():
        if amount is not None:
            yield from _digits(currency, amount, (*here, "prices", currency))


def _digits(currency: str, amount: str, here: Pointer) -> Iterator[Problem]:
    """Refuse an amount with more digits than its currency has."""
    if (wrong := too_precise(currency, amount)) is not None:
        yield Problem(here, Part.VALUE, "price-precision", "Price too precise", *wrong)


def fact_problems(facts: Mapping[str, Any], form: str) -> Iterator[Problem]:
    """Find what does not fit together in the facts that one account is given of an edition of a format."""
    yield from _terms(facts, ())
    yield from _tracks({**facts, "format": form}, ())


def territory_problems(territories: Any, here: Pointer) -> Iterator[Problem]:
    """Find ALL beside countries, and among those that are left out."""
    if isinstance(territories, dict) and ALL in territories["except"]:
        place = (*here, "except", territories["except"].index(ALL))
        detail = "ALL is everywhere, so that nothing would be left where it is sold."
        yield Problem(place, Part.VALUE, "territories-all", "Everywhere left out", detail, "Name the countries that are left out.")
    elif isinstance(territories, list) and ALL in territories and len(territories) > 1:
        place = (*here, territories.index(ALL))
        detail = "ALL is everywhere, so the countries beside it say nothing, or ALL says too much."
        yield Problem(place, Part.VALUE, "territories-all", "ALL beside countries", detail, "Keep ALL alone, or the countries.")


def _tracks(edition: Mapping[str, Any], here: Pointer) -> Iterator[Problem]:
    tracks = edition.get("tracks") or []
    if tracks and edition["format"] != "audiobook":
        detail = f"Tracks are the audio files of an audiobook; this edition's format is {edition['format']}."
        yield Problem(
            (*here, "tracks"),
            Part.KEY,
            "tracks-not-audiobook",
            "Tracks outside an audiobook",
            detail,
            "Write `format: audiobook`, or remove the tracks.",
        )
    seen: set[str] = set()
    for place, track in enumerate(tracks):
        if track["id"] in seen:
            detail = f"Another track of this edition has the id `{track['id']}` already; stores could not distinguish the two."
            yield Problem(
                (*here, "tracks", place, "id"),
                Part.VALUE,
                "duplicate-track",
                "Duplicate track id",
                detail,
                "Give each track an id of its own.",
            )
        seen.add(track["id"])
