"""What an import of a whole account asks of a provider, and the forms in which a title file holds what a store answers."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from catalogctl.model.account import Account
from catalogctl.model.diagnostics import Diagnostic, warning
from catalogctl.model.slug import slug
from catalogctl.model.title import Edition, Track
from catalogctl.model.value import Attributes
from catalogctl.provider.endpoint import Endpoint

if TYPE_CHECKING:
    from catalogctl.provider.service import ReadClient


@dataclass(frozen=True, slots=True)
class FoundEdition:
    """One object of a store, with what is part of it, as an edition that declares it would be."""

    id: str
    """The store's own; the ids of its parts are this one, a slash and more."""
    edition: Edition
    """Its `id` is what such an edition would be called (`epub`); it is published to the one account, with that provider's options."""
    remarks: tuple[str, ...] = ()
    """What the store does not tell, or cannot be declared, and what to do about it: sentences for a comment in the file."""


@dataclass(frozen=True, slots=True)
class Unimportable:
    """An object of a store that no edition could declare, and that is left alone."""

    id: str
    name: str
    """As the store has it, for people."""
    why: str
    """A sentence."""
    key: str = ""
    """Its natural key, which another object may have as well; empty where it has none."""


@dataclass(frozen=True, slots=True)
class Inventory:
    """All that an account holds, in the order in which it came there."""

    holdings: tuple[FoundEdition, ...]
    strangers: tuple[Unimportable, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    """Warnings of what may be missing."""


class Importer(Protocol):
    """Reads all that an account holds. Raises StoreFailure."""

    async def read_inventory(self, only: Collection[str], progress: Callable[[int, int], None]) -> Inventory:
        """Read everything, or only the objects with some ids; of those that are not there nothing is reported.

        Shapes:  `only` is empty for everything. `progress(done, total)` as for a Reader.
        Raises:  StoreFailure; CatalogError where the service cannot list, and ids have to be given.
        """
        ...


@runtime_checkable
class Imports(Protocol):
    """A provider that can say how what its service holds would be declared."""

    def importer(self, account: Account, service: ReadClient) -> Importer:
        """Return what reads all that an account holds."""
        ...


def listing_in_doubt(account: str, endpoint: Endpoint, doubt: str, objects: str) -> tuple[Diagnostic, ...]:
    """Warn of a list that never adds up, and of which an import takes what it shows; nothing where there is no doubt."""
    if not doubt:
        return ()
    detail = f"{account}: the answer to {endpoint} {doubt}. What it shows is imported; there may be more {objects}."
    hint = f"Import one that is missing by its id:\ncatalogctl import {account} --all --write DIR --only ID"
    return (warning("listing-in-doubt", "A store's list does not add up", detail, hint),)


def prices_in(told: Attributes, name: str) -> dict[str, Decimal]:
    """Return the prices of an attribute by currency; none where it has none."""
    entries = told.get(name)
    return {code: amount for code, amount in entries.items() if isinstance(amount, Decimal)} if isinstance(entries, Mapping) else {}


def text_in(told: Attributes, name: str) -> str:
    """Return the text of an attribute; empty where it has none."""
    value = told.get(name)
    return value if isinstance(value, str) else ""


def terms_in(told: Attributes, name: str) -> tuple[str, ...]:
    """Return the items of an attribute as texts; none where it has none."""
    value = told.get(name)
    return tuple(str(term) for term in value) if isinstance(value, tuple) else ()


def named_tracks(titles: Iterable[str], noun: str) -> tuple[Track, ...]:
    """Name tracks by their titles, and one whose title has no Latin letter or digit by its number: `chapter-03`.

    Shapes:  no two have one id, however alike their titles are.
    """
    named: dict[str, Track] = {}
    for number, title in enumerate(titles, 1):
        id_ = slug(title) or f"{noun}-{number:02}"
        while id_ in named:
            id_ = f"{id_}-{number}"
        named[id_] = Track(id_, title, None)
    return tuple(named.values())
