"""An edition explained: each value with its places, and what each account makes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from catalogctl.model.address import Address
from catalogctl.query.provenance import Traced


@dataclass(frozen=True, slots=True)
class SentFields:
    """One request that would make a resource what it is declared to be, and what is in it."""

    address: Address
    request: str
    """Method and path: `POST /api/v3/content`."""
    fields: Mapping[str, object]
    """By the store's names, as they are in the body."""
    attributes: Mapping[str, tuple[str, ...]]
    """Attribute of the resource → the fields that are different without it."""


@dataclass(frozen=True, slots=True)
class MadeOf:
    """One request, and what is in it of what was asked for."""

    address: Address
    request: str
    """Method and path."""
    fields: Mapping[str, object]
    """By the names of the store."""


@dataclass(frozen=True, slots=True)
class OnAccount:
    """What one account makes of an edition, or of the one field that was asked for."""

    account: str
    service: str
    """The distributor's own name."""
    requests: tuple[MadeOf, ...]
    """What would be sent to a store that has nothing of it yet; of one field what depends on it."""
    unsupported: Mapping[str, str]
    """Field → what the store does not support, in words: `the subtitle`."""
    settings: tuple[Traced, ...]
    """What the account is set to, as far as it bears on what was asked for."""
    compiles: bool
    """Whether anything could be sent: an edition with a mistake is not, and validate tells which."""


def is_about(declared: str, field: str) -> bool:
    """Return whether a field is the one that is asked for, in it, or around it."""
    return declared == field or declared.startswith(f"{field}.") or field.startswith(f"{declared}.") if declared else False


@dataclass(frozen=True, slots=True)
class ExplainedEdition:
    """One edition, explained."""

    title: str
    edition: str
    name: str
    fields: tuple[Traced, ...]
    accounts: tuple[OnAccount, ...]


def fields_at(fields: Sequence[Traced], asked: tuple[str, ...]) -> tuple[Traced, ...]:
    """Return those of some fields that are asked for: one, all of a group, or the list that what is asked for is in."""
    return tuple(one for one in fields if one.path[: len(asked)] == asked or (one.path and asked[: len(one.path)] == one.path))
