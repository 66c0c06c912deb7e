"""What an account holds → the titles that would declare what no one does yet. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import count
from typing import Final

from catalogctl.config.resolve import Resolved
from catalogctl.engine.adopt_found import Place
from catalogctl.engine.import_join import Declaring, Join, Joiner, SameTitle, authors, roots
from catalogctl.engine.likeness import Likeness, declared
from catalogctl.engine.stores import Stores
from catalogctl.model.address import Address
from catalogctl.model.region import ALL, every_country
from catalogctl.model.resource import Recorded, Resource
from catalogctl.model.slug import slug
from catalogctl.model.title import NOWHERE, Edition, Format, Title
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
    alike: tuple[Unimportable, ...] = ()
    """What has the title and the authors of a title of the catalog, and no key in common with it."""
    declared: frozenset[Place] = frozenset()
    """Editions whose files declare what the account holds, whatever else they say of it."""


@dataclass(frozen=True, slots=True)
class Target:
    """What an account's objects are imported into."""

    account: str
    resolved: Resolved
    catalog: Catalog
    same_title: SameTitle = SameTitle.MAYBE
    """What equal title and authors make of an object and a title of the catalog."""


def sort_out(stock: Inventory, target: Target, stores: Stores, recorded: Iterable[Recorded], names: Collection[str]) -> Sorted:
    """Join what is new with the titles that are there, and make titles of the rest.

    1. Note what state manages on the account and what the files declare for it.
    2. Turn each edition that the store has into resources, and sort it: managed or declared, not importable, or new.
    3. Leave out new editions that would share a key.
    4. Put the editions of one work together, and name the titles.

    Shapes:  `names` are ids and file names that are taken. One order in, the same titles out: a run that was cut off is gone on with.
    """
    had, account = tuple(recorded), target.account
    managed = {have.id.partition("/")[0]: _place(have.address) for have in had if have.address.account == account}
    keys = {(have.type.name, have.key): _place(have.address) for have in had if have.address.account == account and not have.type.owner}
    declares = _declares(target)
    keys |= {root: place for place, said in declares.items() for root in said}
    known = 0
    here: set[Place] = set()
    strangers: list[Unimportable] = []
    fresh: list[FoundEdition] = []
    likenesses: set[Likeness] = set()
    for holding in stock.holdings:
        outcome = _declared(holding, account, stores)
        # A run that was cut off may have recorded an object and not all of its parts: they count also where it is managed.
        if not isinstance(outcome, Unimportable):
            likenesses.update(map(Likeness.of, outcome))
        places = _known_as(holding, outcome, keys)
        if holding.id in managed:
            places.add(managed[holding.id])
        here |= places
        if places:
            known += 1
        elif isinstance(outcome, Unimportable):
            strangers.append(outcome)
        else:
            fresh.append(holding)
    by_key = {key: place for (_, key), place in keys.items()}
    for stranger in stock.strangers:
        # What no import could declare a person may have declared.
        if stranger.key in by_key:
            here.add(by_key[stranger.key])
            known += 1
        else:
            strangers.append(stranger)
    twins = _twins(fresh, stock)
    strangers += twins
    alone = {twin.id for twin in twins}
    fresh = [holding for holding in fresh if holding.id not in alone]
    joiner = Joiner(target.resolved, account, stores, had, Declaring(declares, frozenset(here)))
    joined = joiner.join(fresh, _together(fresh), target.same_title)
    strangers += joined.conflicts
    told = {one.id for some in (joined.joins, joined.rest, joined.conflicts, joined.alike) for one in some}
    works = tuple(_named(_together(joined.rest), names, _people(target.resolved.titles)))
    return Sorted(
        works,
        known + sum(holding.id not in told for holding in fresh),
        tuple(strangers),
        frozenset(likenesses),
        joined.joins,
        joined.alike,
        frozenset(here) | joined.declared,
    )


def _place(address: Address) -> Place:
    return address.title, address.edition


def _declares(target: Target) -> dict[Place, frozenset[tuple[str, str]]]:
    """Return what each edition declares on the account, without parts of others."""
    said: dict[Place, set[tuple[str, str]]] = {}
    for address, one in target.catalog.resources.items():
        if address.account == target.account and not one.type.owner:
            said.setdefault(_place(address), set()).add((one.type.name, one.key))
    return {place: frozenset(found) for place, found in said.items()}


def _known_as(holding: FoundEdition, outcome: tuple[Resource, ...] | Unimportable, keys: Mapping[tuple[str, str], Place]) -> set[Place]:
    """Find the editions that declare an object, or have it recorded, by its key."""
    if isinstance(outcome, Unimportable):
        return {place for (_, key), place in keys.items() if key == holding.edition.external_id}
    return {keys[root] for root in roots(outcome) if root in keys}


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


def _people(titles: Iterable[Title]) -> dict[str, frozenset[str]]:
    return {title.id: authors(title.editions[0].metadata.contributors) for title in titles if title.editions}


def _named(works: Iterable[list[FoundEdition]], names: Collection[str], people: dict[str, frozenset[str]]) -> Iterator[Work]:
    """Name works; `people` are the authors of titles that are named, and get those of the works."""
    taken = set(names)
    for work in works:
        first = work[0].edition
        name = slug(first.metadata.title) or f"title-{slug(work[0].id)}"
        id_ = next(one for one in _names(name, first, people) if one and one not in taken)
        taken.add(id_)
        people[id_] = authors(first.metadata.contributors)
        editions = tuple(sorted((holding.edition for holding in work), key=lambda edition: _FORMATS.index(edition.format)))
        remarks = _remarks(work)
        yield Work(Title(id_, editions, NOWHERE), remarks, tuple(holding.id for holding in work))


def _remarks(work: list[FoundEdition]) -> dict[str, tuple[str, ...]]:
    """Say once, above the title, what is to be said of several editions alike."""
    first, *others = work
    shared = tuple(remark for remark in first.remarks if others and all(remark in other.remarks for other in others))
    own = {holding.edition.id: tuple(remark for remark in holding.remarks if remark not in shared) for holding in work}
    return {"": shared, **own}


def _names(name: str, edition: Edition, people: Mapping[str, frozenset[str]]) -> Iterator[str]:
    """List the names that a work may have, the best first: what tells it from its namesake is what people know it by."""
    about = edition.metadata
    yield name
    mine = authors(about.contributors)
    if mine and people.get(name, mine) != mine:
        yield f"{name}-{slug(min(mine).split()[-1])}"
    if about.publication_date is not None:
        yield f"{name}-{about.publication_date.year}"
    for key in (edition.isbn, edition.external_id):
        if key and slug(key):
            yield f"{name}-{slug(key)}"
    yield from (f"{name}-{number}" for number in count(2))
