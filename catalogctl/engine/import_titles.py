"""What an account holds → the titles that would declare what no one does yet. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from catalogctl.config.resolve import Resolved
from catalogctl.engine.import_join import Join, Joiner, authors
from catalogctl.engine.likeness import Likeness, declared
from catalogctl.engine.stores import Stores
from catalogctl.model.region import ALL, every_country
from catalogctl.model.resource import Recorded, Resource
from catalogctl.model.slug import slug
from catalogctl.model.title import NOWHERE, Format, Title
from catalogctl.planning.catalog import Catalog
from catalogctl.provider.importing import FoundEdition, Inventory, Unimportable

_FORMATS: Final = tuple(Format)


@dataclass(frozen=True, slots=True)
class Work:
    """A title that is not in any file yet."""

    title: Title
    remarks: Mapping[str, tuple[str, ...]]
    """By edition; those of all editions are at ""."""
    ids: tuple[str, ...]
    """Of its objects in the store, by which they are known where the title cannot be written after all."""


@dataclass(frozen=True, slots=True)
class Sorted:
    """All that an account holds, sorted out."""

    works: tuple[Work, ...]
    known: int
    """Objects that are managed or declared already."""
    strangers: tuple[Unimportable, ...]
    """What is left alone."""
    likenesses: frozenset[Likeness] = frozenset()
    """Of every resource that would be declared, also of what is managed or declared already."""
    joins: tuple[Join, ...] = ()
    """What is an edition of the catalog, or becomes one of one of its titles."""
    alike: int = 0
    """How many objects have the title and the authors of a title of the catalog, and were not joined with it."""


@dataclass(frozen=True, slots=True)
class Target:
    """What an account's objects are imported into."""

    account: str
    resolved: Resolved
    catalog: Catalog
    by_title: bool = False
    """Whether equal title and authors make a work one with a title of the catalog."""


def sort_out(stock: Inventory, target: Target, stores: Stores, recorded: Iterable[Recorded], names: Collection[str]) -> Sorted:
    """Join what is new with the titles that are there, and make titles of the rest.

    1. Note what state manages on the account and what the files declare for it.
    2. Turn each edition that the store has into resources, and sort it: managed or declared, not importable, or new.
    3. Leave out new editions that would share a key.
    4. Put the editions of one work together, and name the titles.

    Shapes:  `names` are ids and file names that are taken. One order in, the same titles out: a run that was cut off is gone on with.
    """
    had, account = tuple(recorded), target.account
    managed = {have.id.partition("/")[0] for have in had if have.address.account == account}
    keys = {(have.type.name, have.key) for have in had if have.address.account == account}
    keys |= {(one.type.name, one.key) for address, one in target.catalog.resources.items() if address.account == account}
    known = 0
    strangers = list(stock.strangers)
    fresh: list[FoundEdition] = []
    likenesses: set[Likeness] = set()
    for holding in stock.holdings:
        outcome = _declared(holding, account, stores)
        # A run that was cut off may have recorded an object and not all of its parts: they count also where it is managed.
        if not isinstance(outcome, Unimportable):
            likenesses.update(map(Likeness.of, outcome))
        if holding.id in managed:
            known += 1
        elif isinstance(outcome, Unimportable):
            strangers.append(outcome)
        elif keys.isdisjoint((one.type.name, one.key) for one in outcome):
            fresh.append(holding)
        else:
            known += 1
    twins = _twins(fresh, stock)
    strangers += twins
    alone = {twin.id for twin in twins}
    fresh = [holding for holding in fresh if holding.id not in alone]
    joined = Joiner(target.resolved, account, stores, had).join(fresh, _together(fresh), by_title=target.by_title)
    strangers += joined.conflicts
    works = tuple(_named(_together(joined.rest), names))
    return Sorted(works, known, tuple(strangers), frozenset(likenesses), joined.joins, joined.alike)


def _declared(holding: FoundEdition, account: str, stores: Stores) -> tuple[Resource, ...] | Unimportable:
    """Return what an edition would declare, or say why no edition can."""
    edition = holding.edition
    if strange := [name for name in edition.metadata.territories if name not in (ALL, *every_country())]:
        return Unimportable(holding.id, edition.metadata.title, f"Unknown country: the store has {strange[0]!r}.")
    if ALL in edition.metadata.territories and len(edition.metadata.territories) > 1:
        return Unimportable(holding.id, edition.metadata.title, "ALL means every country, and other countries are listed as well.")
    found = declared(stores, account, edition)
    return replace(found, id=holding.id) if isinstance(found, Unimportable) else found


def _twins(fresh: Iterable[FoundEdition], stock: Inventory) -> list[Unimportable]:
    """Find objects whose key another object of the store has as well, whatever becomes of that one: no plan could tell the two apart."""
    by_key: dict[str, list[str]] = {}
    for key, id_ in (*((one.edition.external_id, one.id) for one in stock.holdings), *((one.key, one.id) for one in stock.strangers)):
        by_key.setdefault(key, []).append(id_)
    return [
        Unimportable(
            holding.id,
            holding.edition.metadata.title,
            f"{len(alike)} objects have its key {key!r} ({', '.join(alike)}). Give them keys of their own in the store.",
        )
        for holding in fresh
        if (key := holding.edition.external_id) and len(alike := by_key[key]) > 1
    ]


def _together(holdings: Iterable[FoundEdition]) -> list[list[FoundEdition]]:
    """Put the forms of one work together: equal title, authors and language, and each in another format.

    Without authors a title is too little to go by.
    """
    works: list[list[FoundEdition]] = []
    by_work: dict[tuple[object, ...], list[list[FoundEdition]]] = {}
    for holding in holdings:
        about = holding.edition.metadata
        people = authors(about.contributors)
        alike = by_work.setdefault((about.title.casefold(), people, about.language), []) if people else []
        home = next((work for work in alike if all(one.edition.format is not holding.edition.format for one in work)), None)
        if home is None:
            works.append([holding])
            alike.append(works[-1])
        else:
            home.append(holding)
    return works


def _named(works: Iterable[list[FoundEdition]], names: Collection[str]) -> Iterator[Work]:
    taken = set(names)
    for work in works:
        id_ = _free(slug(work[0].edition.metadata.title) or f"title-{slug(work[0].id)}", taken)
        taken.add(id_)
        editions = tuple(sorted((holding.edition for holding in work), key=lambda edition: _FORMATS.index(edition.format)))
        remarks = _remarks(work)
        yield Work(Title(id_, editions, NOWHERE), remarks, tuple(holding.id for holding in work))


def _remarks(work: list[FoundEdition]) -> dict[str, tuple[str, ...]]:
    """Say once, above the title, what is to be said of several editions alike."""
    first, *others = work
    shared = tuple(remark for remark in first.remarks if others and all(remark in other.remarks for other in others))
    own = {holding.edition.id: tuple(remark for remark in holding.remarks if remark not in shared) for holding in work}
    return {"": shared, **own}


def _free(wanted: str, taken: Collection[str]) -> str:
    number, name = 1, wanted
    while name in taken:
        number += 1
        name = f"{wanted}-{number}"
    return name
