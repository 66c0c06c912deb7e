"""A made-up store of audiobooks that are made of parts: chapters that it keeps no key of, their order, and whether the whole is on sale.

audiobook ── chapter (its file gets a new id with each change)
    ├── order     a facet: which chapter comes after which
    ├── listing   a facet that cannot shrink, and cannot be taken away
    └── sale      a facet that any change of the rest takes back
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from catalogctl.model.address import Address
from catalogctl.model.resource import (
    Attribute,
    Identity,
    Kind,
    Observed,
    Recorded,
    RemovalRule,
    ReplaceOrder,
    Resource,
    ResourceType,
    Shape,
    Trait,
)
from catalogctl.model.title import Origin
from catalogctl.model.value import Attributes, Reference, Value
from catalogctl.planning.catalog import Catalog
from catalogctl.planning.catalog import Removal as Release
from catalogctl.planning.planner import Verdicts, plan_changes
from catalogctl.planning.scope import Scope

OWNER = Attribute("audiobook", Kind.TEXT, traits=frozenset({Trait.REPLACES}))


def _in_line(there: Value, wanted: Value) -> bool:
    """Whether what is there already comes in the wanted order, and what is still to be made after it."""
    if not isinstance(there, tuple) or not isinstance(wanted, tuple):
        return False
    known = [one for one in wanted if not isinstance(one, Reference)]
    return [one for one in there if one in known] == known and list(wanted[: len(known)]) == known


def _shrinks(there: Value, wanted: Value) -> str:
    fewer = isinstance(there, tuple) and isinstance(wanted, tuple) and len(wanted) < len(there)
    return "The store has no way to take an entry out of a listing." if fewer else ""


def _type(
    name: str,
    *attributes: Attribute,
    owner: str = "audiobook",
    facet: Attributes | None = None,
    removal: RemovalRule = RemovalRule.DELETED,
    identity: Identity = Identity.ENFORCED,
) -> ResourceType:
    known = {one.name: one for one in attributes}
    key = "name" if not owner else ""
    return ResourceType("house", name, known, key, identity, ReplaceOrder.DELETE_FIRST, "It is lost.", owner, facet, removal)


AUDIOBOOK = _type("audiobook", Attribute("name", Kind.TEXT), Attribute("voice", Kind.TEXT, traits=frozenset({Trait.REPLACES})), owner="")
CHAPTER = _type(
    "chapter",
    OWNER,
    Attribute("title", Kind.TEXT),
    Attribute("file", Kind.TEXT, traits=frozenset({Trait.WRITE_ONLY, Trait.RENEWS})),
    Attribute("digest", Kind.TEXT, traits=frozenset({Trait.NORMALISED})),
    identity=Identity.UNTOLD,
)
COVER = _type("cover", OWNER, Attribute("file", Kind.TEXT), removal=RemovalRule.LEFT, identity=Identity.KEPT)
ORDER = _type(
    "order", OWNER, Attribute("chapters", Kind.TEXT, Shape.LIST, alike=_in_line), facet={"chapters": ()}, removal=RemovalRule.LEFT
)
LISTING = _type(
    "listing", OWNER, Attribute("entries", Kind.TEXT, Shape.LIST, impossible=_shrinks), facet={"entries": ()}, removal=RemovalRule.REFUSED
)
SALE = _type("sale", OWNER, Attribute("open", Kind.BOOLEAN, traits=frozenset({Trait.UNDONE})), facet={"open": False})

BOOK_ID = "B1"


def at(type_: ResourceType, key: str = "") -> Address:
    return Address("house", type_.name, "odisea", "audio", key)


BOOK = at(AUDIOBOOK)


@dataclass(frozen=True)
class Thing:
    """One object, as wanted, remembered and seen."""

    kind: ResourceType
    key: str = ""
    id: str = BOOK_ID
    needs: tuple[Address, ...] = ()
    follows: tuple[Address, ...] = ()
    said: Mapping[str, Value] | None = None
    told: Mapping[str, Value] | None = None
    """What the store answers, where that is not what is declared."""

    @property
    def address(self) -> Address:
        return at(self.kind, self.key)

    def but(self, **said: Value) -> Thing:
        return replace(self, said={**(self.said or {}), **said})

    @property
    def _needs(self) -> tuple[Address, ...]:
        return (BOOK, *self.needs) if self.kind.owner else self.needs

    def wanted(self) -> Resource:
        owner: dict[str, Value] = {self.kind.owner: Reference(BOOK)} if self.kind.owner else {}
        said = {**owner, **(self.said or {})}
        return Resource(
            self.address, self.kind, f"key {self.address}", said, Origin("catalog/odisea.yaml", 0), self._needs, follows=self.follows
        )

    def recorded(self) -> Recorded:
        attributes = self._filled()
        observed = {name: value for name, value in (self.told or {}).items() if attributes.get(name) != value}
        return Recorded(self.address, self.kind, "https://house", self.id, f"key {self.address}", attributes, observed, self._needs)

    def seen(self) -> tuple[Address, Observed]:
        told = {name: value for name, value in self._filled().items() if not self.kind.attributes[name].write_only}
        return self.address, Observed(self.id, f"key {self.address}", {**told, **(self.told or {})})

    def _filled(self) -> dict[str, Value]:
        owner: dict[str, Value] = {self.kind.owner: BOOK_ID} if self.kind.owner else {}
        return {**owner, **(self.said or {})}


def book(**said: Value) -> Thing:
    return Thing(AUDIOBOOK, said={"name": "Odisea", **said})


def chapter(key: str, *, after: str = "", **said: Value) -> Thing:
    line = (at(CHAPTER, after),) if after else ()
    return Thing(CHAPTER, key, f"{BOOK_ID}/{key}", follows=line, said={"title": key.title(), **said})


def decided(
    wanted: Iterable[Thing] = (),
    recorded: Iterable[Thing] = (),
    observed: Iterable[Thing] | None = None,
    scope: Scope | None = None,
    released: tuple[Address, ...] = (),
    present: Mapping[Address, frozenset[str]] | None = None,
) -> Verdicts:
    """Decide; what is seen is by default what is recorded."""
    had = list(recorded)
    resources = [one.wanted() for one in wanted]
    catalog = Catalog(
        {one.address: one for one in resources},
        removed=tuple(Release(one, destroy=False, origin=Origin("catalog/odisea.yaml", 0)) for one in released),
    )
    shown = dict(one.seen() for one in (had if observed is None else observed))
    return plan_changes(catalog, {one.address: one.recorded() for one in had}, shown, scope or Scope(), present or {})
