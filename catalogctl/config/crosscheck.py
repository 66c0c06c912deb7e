"""What must be true between the fields of one document, when each for itself is right."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from catalogctl.config.codes import currency_digits
from catalogctl.config.contributors import contributor_problems
from catalogctl.config.problem import Problem
from catalogctl.config.source import Part
from catalogctl.model.diagnostics import Pointer


def cross_check(kind: str, data: Mapping[str, Any]) -> Iterator[Problem]:
    """Find what does not fit together in a document's canonical data."""
    yield from _territories(data, ())
    yield from contributor_problems(data, ())
    if kind == "title":
        for name, edition in data.get("editions", {}).items():
            here: Pointer = ("editions", name)
            yield from _terms(edition, here)
            yield from _tracks(edition, here)
    elif data.get("edition"):
        yield from _terms(data["edition"], ("edition",))


def _terms(block: Mapping[str, Any], here: Pointer) -> Iterator[Problem]:
    yield from _territories(block, here)
    yield from contributor_problems(block, here)
    for currency, amount in (block.get("prices") or {}).items():
        if amount is None:
            continue
        digits = currency_digits(currency)
        fraction = amount.partition(".")[2].rstrip("0")
        if len(fraction) > digits:
            most = f"{digits} decimals" if digits else "no decimals"
            detail = f"{currency} has {most}; {amount} cannot be charged, and a store would round it or refuse it."
            yield Problem(
                (*here, "prices", currency), Part.VALUE, "price-precision", "Price too precise", detail, "Write an amount that can be paid."
            )


def _territories(block: Mapping[str, Any], here: Pointer) -> Iterator[Problem]:
    territories = block.get("territories") or []
    if "ALL" in territories and len(territories) > 1:
        place = (*here, "territories", territories.index("ALL"))
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
            detail = f"Another track of this edition has the id `{track['id']}` already; stores could not tell the two apart."
            yield Problem(
                (*here, "tracks", place, "id"),
                Part.VALUE,
                "duplicate-track",
                "Duplicate track id",
                detail,
                "Give each track an id of its own.",
            )
        seen.add(track["id"])
