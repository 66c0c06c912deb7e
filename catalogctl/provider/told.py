"""What a store told of an object, in the forms that a title's file has for it: for the pure half of an import."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from catalogctl.model.diagnostics import Diagnostic, warning
from catalogctl.model.slug import slug
from catalogctl.model.title import Track
from catalogctl.model.value import Attributes
from catalogctl.provider.endpoint import Endpoint


def listing_in_doubt(account: str, endpoint: Endpoint, doubt: str, objects: str) -> tuple[Diagnostic, ...]:
    """Warn of a list that never adds up, and of which an import takes what it shows; nothing where there is no doubt."""
    if not doubt:
        return ()
    detail = f"{account}: the answer to {endpoint} {doubt}. What it shows is imported; there may be more {objects}."
    hint = f"Import one that is missing by its id:\ncatalogctl import {account} --all --write DIR --only ID"
    return (warning("listing-in-doubt", "A store's list does not add up", detail, hint),)


def prices_in(told: Attributes, name: str) -> dict[str, Decimal]:
    """Give the prices of an attribute by currency; none where it has none."""
    entries = told.get(name)
    return {code: amount for code, amount in entries.items() if isinstance(amount, Decimal)} if isinstance(entries, Mapping) else {}


def text_in(told: Attributes, name: str) -> str:
    """Give the text of an attribute; empty where it has none."""
    value = told.get(name)
    return value if isinstance(value, str) else ""


def terms_in(told: Attributes, name: str) -> tuple[str, ...]:
    """Give the items of an attribute as texts; none where it has none."""
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
