"""A content's identifiers beside the external id, as attributes have them: JSON rows of type and value, in one order. Pure.

Source: the service's newer page on creating a content by v3, last read 2026-11-30.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import orjson

from catalogctl.model.value import Attributes, Value, canonical

SENT: Final = ("ddc", "uuid")
"""The types for which an edition has `identifiers` of the same name; the others are those of its external id."""


def identifiers_text(rows: Iterable[Mapping[str, str]]) -> str:
    """Write identifiers as canonical text: equal ones are equal texts, whatever their order."""
    return canonical(
        sorted(({"type": row["type"], "value": row["value"]} for row in rows), key=lambda row: (row["type"], row["value"]))
    ).decode()


def declared_identifiers(said: Mapping[str, str]) -> str | None:
    """Return those of an edition's identifiers that the service has a type for; `None` where there are none."""
    rows = [{"type": name, "value": said[name]} for name in SENT if name in said]
    return identifiers_text(rows) if rows else None


def identifier_rows(value: Value) -> list[dict[str, str]]:
    """Read the identifiers of an attribute; what is no text has none."""
    return list(orjson.loads(value)) if isinstance(value, str) else []


def written_identifiers(value: Value) -> tuple[str, ...]:
    """Write identifiers as people do: `ddc 823.914`."""
    return tuple(f"{row['type']} {row['value']}" for row in identifier_rows(value))


def own_identifiers(shown: Iterable[tuple[str, str]], expected: Attributes) -> dict[str, Value]:
    """Return what a content shows, by type and value, of the types that its edition declares; nothing where it declares none."""
    if "own_identifiers" not in expected:
        return {}
    ours = {row["type"] for row in identifier_rows(expected["own_identifiers"])}
    return {"own_identifiers": identifiers_text({"type": kind, "value": value} for kind, value in shown if kind in ours)}
