"""A provider put on show: its service in memory, titles to publish on it, and everything that may become of them.

The author of a provider writes one of these; `conformance.CHECKS` do the rest.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final

from catalogctl.provider.emulation import Clock, Emulator
from catalogctl.provider.endpoint import Endpoint
from catalogctl.provider.protocol import Provider

ACCOUNT: Final = "store"
"""The account that the titles are published on: `publish: {store: {…}}`."""
SIGNATURE: Final = "5ignature-7b21c0"
"""To be put into a signed URL (`?X-Amz-Signature=…`) of a title: it must reach the store and be seen nowhere else."""

Document = Mapping[str, Any]
"""A title document, as a JSON file holds it."""


class _Gone(Enum):
    GONE = "no longer declared"


GONE: Final = _Gone.GONE
"""In place of a value: the field is taken out."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One change of a title document that is about one attribute of one resource."""

    address: str
    """Of the resource, without the account: `content/faro.epub`."""
    attribute: str
    fields: Mapping[str, Any]
    """Way into the document, with dots (`editions.epub.prices`) → its new value, or GONE."""
    also: frozenset[str] = frozenset()
    """Attributes that cannot but change with it."""

    @property
    def takes_away(self) -> bool:
        """Return whether it only takes something out."""
        return all(value is GONE for value in self.fields.values())

    def __str__(self) -> str:
        return f"{'no more' if self.takes_away else 'another'} {self.attribute} for {self.address}"

    def applied(self, titles: Mapping[str, Document]) -> dict[str, Document]:
        """Return the titles as they are after it; those given stay as they are.

        Raises:  KeyError for a way that leads nowhere.
        """
        title = self.address.split("/")[1].split(".")[0]
        document: dict[str, Any] = copy.deepcopy(dict(titles[title]))
        for way, value in self.fields.items():
            *steps, last = way.split(".")
            inner = document
            for step in steps:
                inner = inner[step]
            if value is GONE:
                del inner[last]
            else:
                inner[last] = value
        return {**titles, title: document}


@dataclass(frozen=True, slots=True)
class Tampering:
    """One change of an object in the store that no one but its owner should have made."""

    address: str
    """Of the resource, without the account."""
    attribute: str
    """Which of its attributes is no longer as declared."""
    changes: Mapping[str, Any]
    """As `Emulator.edit` takes them."""

    def __str__(self) -> str:
        return f"{self.address} with another {self.attribute} in the store"


@dataclass(frozen=True, slots=True, kw_only=True)
class Specimen:
    """A provider with all that is needed to see it work."""

    provider: Provider
    emulator: Callable[[Clock], Emulator]
    """Makes an empty service that tells the time by this clock."""
    titles: Mapping[str, Document]
    """By title id; published on the account `store`. Together they declare every attribute of every type, each on some resource."""
    edits: tuple[Edit, ...]
    """Done one after the other, each on what the ones before it left. Every attribute is changed by some edit, and every one that
    can be unset is taken away by some edit."""
    unedited: Mapping[str, str] = field(default_factory=dict)
    """Attribute, as `TYPE.ATTRIBUTE` → why no edit of it alone is possible."""
    tampering: tuple[Tampering, ...]
    """At least one for each type that the service tells anything of."""
    foreign: tuple[Mapping[str, Any], ...]
    """Objects of others, as `Emulator.seed` takes them."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """Of the account block, beside what the emulator's own block says."""
    files: Mapping[str, bytes] = field(default_factory=dict)
    """Local files that the titles mention, by their path below the catalog folder."""
    in_place: frozenset[str] = frozenset()
    """Attributes, as `TYPE.ATTRIBUTE`, that this service changes in place although their type says that they cannot."""
    detours: bool = False
    """Whether this service refuses at times what the provider then does in another way, so that more is sent than the plan says."""
    also_shown: frozenset[str] = frozenset()
    """Kinds of value that the documents show beside the one that this service answers, as `NAME: KIND`: `subtitle: null`, `id: a number`,
    `labels: nothing` for a field that may be left out."""
    beside: tuple[Endpoint, ...] = ()
    """Requests that belong to no step and change nothing, such as a login."""

    def replaces(self, type_: str, attribute: str) -> bool:
        """Return whether a change of an attribute makes a new object."""
        return self.provider.types[type_].attributes[attribute].replaces and f"{type_}.{attribute}" not in self.in_place
