"""What an account holds → the editions of the catalog that it is, with the least that is to be said to that account. Pure.

    equal ISBN  >  equal external id  >  another form of a work that was joined  >  (asked for) equal title and authors

An edition that is joined compiles, as its account sees it, to just what the store holds: what is said to all accounts stays where it
comes to the same, and is said otherwise, or taken back, where it does not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any, Final

from catalogctl.config.resolve import Resolved, edition_from
from catalogctl.config.schema.problem import AS_WRITTEN
from catalogctl.config.store_facts import FACTS, OWN_FILES, read_facts
from catalogctl.config.title_file import over, said_of
from catalogctl.config.yaml_writer import spoken
from catalogctl.engine.adopt_found import Place
from catalogctl.engine.likeness import Likeness, declared
from catalogctl.engine.stores import Stores
from catalogctl.model.diagnostics import Severity
from catalogctl.model.resource import Recorded, Resource
from catalogctl.model.title import Contributor, Edition, Format, Lifecycle, Title
from catalogctl.provider.importing import FoundEdition, Unimportable

_AUTHOR: Final = "A01"
"""ONIX code list 17."""
_BY_KEY: Final = frozenset({"prices", "subjects"})
"""Mappings of which a part may be equal."""


class SameTitle(Enum):
    """What equal title and authors make of an object and a title that have no key in common."""

    MAYBE = "nothing: whoever imports has to say"
    JOINED = "one work"
    APART = "two works"


@dataclass(frozen=True, slots=True)
class Join:
    """One object of a store, and the edition that declares it from now on."""

    title: Title
    edition: str
    account: str
    how: str
    """What it was recognized by, in words: `ISBN`."""
    id: str
    """Of the object in the store."""
    block: Mapping[str, Any]
    """What the edition says: to the account, in its `publish` block; all of it, where the edition is new."""
    differs: tuple[str, ...]
    """Fields of the edition that the store has otherwise, with dots."""
    remarks: tuple[str, ...] = ()
    is_new: bool = False
    """Whether the title gets the edition by this."""

    @property
    def comment(self) -> tuple[str, ...]:
        """Sentences for a comment in the file: where the stores disagree, and what this one does not return."""
        if self.is_new or not self.differs:
            return self.remarks
        return (f"{self.account} had it otherwise when it was imported: {', '.join(self.differs)}.", *self.remarks)


@dataclass(frozen=True, slots=True)
class Declaring:
    """What the files declare on the account already."""

    keys: Mapping[Place, frozenset[tuple[str, str]]]
    """Type and key of each object that an edition declares, without parts of others; only editions that declare some."""
    found: frozenset[Place]
    """The editions whose objects the account holds."""


@dataclass(frozen=True, slots=True)
class JoinedStock:
    """What became of the objects that no one manages."""

    joins: tuple[Join, ...]
    rest: tuple[FoundEdition, ...]
    """What is no edition of the catalog."""
    conflicts: tuple[Unimportable, ...]
    """What may be one and cannot be joined."""
    alike: tuple[Unimportable, ...] = ()
    """What has the title and the authors of a title of the catalog, and no key in common with it; nothing where it was said what it is."""
    declared: frozenset[Place] = frozenset()
    """Editions that declare one of the objects already, or do so from now on and keep what they say."""


@dataclass(slots=True)
class _Places:
    """The editions of a catalog, by what objects are recognized by."""

    isbns: dict[str, list[tuple[Title, Edition]]] = field(default_factory=dict)
    keys: dict[str, list[tuple[Title, Edition]]] = field(default_factory=dict)
    works: dict[tuple[str, frozenset[str]], list[Title]] = field(default_factory=dict)


def authors(people: Iterable[Contributor]) -> frozenset[str]:
    """Return the names of the authors among some people, to be compared."""
    return frozenset(person.name.casefold() for person in people if person.role == _AUTHOR)


class Joiner:
    """Finds the editions that the objects of one account are."""

    def __init__(self, resolved: Resolved, account: str, stores: Stores, recorded: Iterable[Recorded], declaring: Declaring) -> None:
        self._resolved = resolved
        self._account = account
        self._stores = stores
        self._declaring = declaring
        self._taken = {(have.address.title, have.address.edition) for have in recorded if have.address.account == account}
        self._taken |= declaring.found
        self._declared: set[Place] = set()
        self._unsayable: dict[str, str] = {}
        """What is wrong with the values of objects, by id."""
        self._places = _places(resolved.titles)

    def join(self, fresh: Sequence[FoundEdition], works: Sequence[Sequence[FoundEdition]], same_title: SameTitle) -> JoinedStock:
        """Join what can be joined, each object with one edition and each edition with one object.

        Shapes:  `works` are the same objects, those of one work together.
        """
        joins: dict[str, Join] = {}
        done: set[str] = set()
        conflicts: list[Unimportable] = []
        for holding in fresh:
            found = self._by_key(holding)
            if isinstance(found, Join):
                joins[holding.id] = found
            elif isinstance(found, Unimportable):
                conflicts.append(found)
            if found is not None:
                done.add(holding.id)
        alike: list[Unimportable] = []
        for work in works:
            titles = {joins[one.id].title.id: joins[one.id].title for one in work if one.id in joins}
            how = "another form of the work"
            for one in work:
                if one.id in done:
                    continue
                meant = list(titles.values())
                if not meant and same_title is not SameTitle.APART:
                    meant, how = self._of_work(one), "title and authors"
                if not meant or _is_another(meant, one.edition):
                    continue
                done.add(one.id)
                if not titles and same_title is SameTitle.MAYBE:
                    alike.append(_maybe(meant, one))
                    continue
                joined = self._form_of(meant[0], one, how) if len(meant) == 1 else None
                if joined is not None:
                    joins[one.id] = joined
                else:
                    conflicts.append(self._formless(meant, one))
        rest = tuple(one for one in fresh if one.id not in done)
        return JoinedStock(tuple(joins.values()), rest, tuple(conflicts), tuple(alike), frozenset(self._declared))

    def _by_key(self, holding: FoundEdition) -> Join | Unimportable | Place | None:
        """Join an object with the edition that has its ISBN, or its external id; say why it cannot be where one has it.

        Shapes:  a place: that edition declares what it wants of the object already.
        """
        edition = holding.edition
        isbn, key = edition.isbn or "", edition.external_id
        keyed = [(title, one) for title, one in self._places.keys.get(key, []) if _may_be_one(one, edition)]
        for how, found in (("ISBN", self._places.isbns.get(isbn, [])), ("external id", keyed)):
            for title, one in found:
                place = (title.id, one.id)
                if place in self._declaring.keys and place not in self._taken and self._named(title, one, holding, how) is None:
                    # Not by a key of its own, but by the product that it is on, or by its files: a plan knows which.
                    self._declared.add(place)
                    return place
            fits = [joined for title, one in found if (joined := self._joined(title, one, holding, how)) is not None]
            if len(fits) == 1:
                return self._taking(fits[0])
            if found:
                named = ", ".join(f"{title.id}.{one.id}" for title, one in found)
                why = f"{named} {'have' if len(found) > 1 else 'has'} its {how} and cannot be it: "
                why += "several could." if fits else self._why(found, holding)
                return Unimportable(holding.id, edition.metadata.title, why, key)
        return None

    def _taking(self, join: Join) -> Join:
        place = (join.title.id, join.edition)
        self._taken.add(place)
        if place in self._declaring.keys:
            self._declared.add(place)
        return join

    def _why(self, found: Sequence[tuple[Title, Edition]], holding: FoundEdition) -> str:
        if holding.id in self._unsayable:
            return f"no file may say what the store has. {self._unsayable[holding.id]}"
        if all((title.id, one.id) in self._taken for title, one in found):
            return f"{self._account} has another object for it."
        if holding.edition.lifecycle.ignore_changes:
            return "no file could say all that the store has of it."
        return "the store has it as another kind of thing."

    def _of_work(self, holding: FoundEdition) -> list[Title]:
        about = holding.edition.metadata
        people = authors(about.contributors)
        return self._places.works.get((about.title.casefold(), people), []) if people else []

    def _form_of(self, title: Title, holding: FoundEdition, how: str) -> Join | None:
        """Join an object with the edition of a title that has its format, or make one of it."""
        forms = [one for one in title.editions if one.format is holding.edition.format]
        for one in forms:
            joined = self._joined(title, one, holding, how)
            if joined is not None and one.isbn in {None, holding.edition.isbn}:
                return self._taking(joined)
        name = holding.edition.id
        if forms or (title.id, name) in self._taken or any(one.id == name for one in title.editions):
            return None
        self._taken.add((title.id, name))
        return self._added(title, holding, how)

    def _formless(self, meant: Sequence[Title], holding: FoundEdition) -> Unimportable:
        """Say why an object cannot be a form of a title that it has the title and the authors of."""
        about = holding.edition
        if len(meant) > 1:
            why = f"{_listed(meant)} have its title and its authors: give it the ISBN or the external id of the one that it is."
        else:
            forms = [one.id for one in meant[0].editions if one.format is about.format]
            named = ", ".join(f"{meant[0].id}.{form}" for form in forms) or meant[0].id
            found = [(meant[0], one) for one in meant[0].editions if one.id in forms]
            reason = self._why(found, holding) if found else f"its edition {about.id} has another format."
            why = f"{named} has its title and its authors and cannot be it: {reason}"
        return Unimportable(holding.id, about.metadata.title, why, about.external_id)

    def _compiled(self, edition: Edition) -> tuple[Resource, ...]:
        seen = declared(self._stores, self._account, edition)
        return () if isinstance(seen, Unimportable) else seen

    def _joined(self, title: Title, one: Edition, holding: FoundEdition, how: str) -> Join | None:
        """Say the least to the account that makes an edition what the store holds; nothing where that cannot be said."""
        if (title.id, one.id) in self._taken:
            return None
        if (title.id, one.id) in self._declaring.keys:
            return self._named(title, one, holding, how)
        if holding.edition.lifecycle.ignore_changes:
            return None
        lower = {**self._resolved.said_to(title, one.id, self._account), "format": one.format.value}
        wanted = said_of(title.id, replace(holding.edition, id=one.id, format=one.format))
        least = self._least(title.id, one.id, wanted, lower, holding)
        if least is None:
            return None
        facts = _facts(least, lower)
        if not self._can_be_said(facts, one.format, holding):
            return None
        options = dict(holding.edition.publish[self._account])
        return Join(title, one.id, self._account, how, holding.id, {**options, **facts}, tuple(_differing(facts, lower)), holding.remarks)

    def _can_be_said(self, facts: Mapping[str, Any], form: Format, holding: FoundEdition) -> bool:
        """Return whether a file may say some facts; keep the reason where it may not."""
        _, problems = read_facts(spoken(facts), form.value, self._resolved.facts.groups, is_own=True) if facts else ({}, ())
        wrong = next((problem for problem in problems if problem.severity is Severity.ERROR), None)
        if wrong is not None:
            self._unsayable[holding.id] = wrong.detail.replace(AS_WRITTEN, "It")
        return wrong is None

    def _named(self, title: Title, one: Edition, holding: FoundEdition, how: str) -> Join | None:
        """Give an edition that the account sells already the key of what it is there; all else that its file says stays."""
        seen = replace(one.seen_by(self._account), external_id=holding.edition.external_id)
        if roots(self._compiled(seen)).isdisjoint(roots(self._compiled(holding.edition))):
            return None
        return Join(title, one.id, self._account, how, holding.id, {"external_id": holding.edition.external_id}, ())

    def _added(self, title: Title, holding: FoundEdition, how: str) -> Join | None:
        """Say the least of a new edition of a title."""
        name = holding.edition.id
        lower = {**self._resolved.said_of_title(title), "title": title.editions[0].metadata.title} if title.editions else {}
        wanted = said_of(title.id, holding.edition)
        least = self._least(title.id, name, wanted, lower, holding)
        if least is None:
            return None
        publish: dict[str, Any] = {account: False for account, said in (lower.get("publish") or {}).items() if said is not False}
        publish |= {self._account: dict(holding.edition.publish[self._account])}
        facts = _facts(least, lower)
        block = {"format": holding.edition.format.value, **facts, "publish": publish}
        lifecycle = wanted.get("lifecycle")
        return Join(
            title,
            name,
            self._account,
            how,
            holding.id,
            {**block, "lifecycle": lifecycle} if lifecycle else block,
            tuple(_differing(facts, lower)),
            holding.remarks,
            is_new=True,
        )

    def _least(
        self, title: str, edition: str, wanted: Mapping[str, Any], lower: Mapping[str, Any], holding: FoundEdition
    ) -> dict[str, Any] | None:
        """Return as much as possible of what is said already, and of the object what has to be said of it; `None` where it will not do."""
        seen = declared(self._stores, self._account, replace(holding.edition, lifecycle=Lifecycle()))
        if isinstance(seen, Unimportable):
            return None
        goal = _likenesses(seen)

        def reached(said: Mapping[str, Any]) -> bool:
            one = edition_from(title, edition, said, self._resolved.facts.groups)
            view = replace(one, publish={self._account: holding.edition.publish[self._account]})
            made = declared(self._stores, self._account, view)
            return not isinstance(made, Unimportable) and _likenesses(made) == goal

        least = {"format": lower.get("format", wanted["format"]), **{name: value for name, value in wanted.items() if name in FACTS}}
        if not reached(least):
            return None
        for name in sorted(FACTS - {"files"}):
            if least.get(name) == lower.get(name):
                continue
            if reached(whole := _with(least, name, _unfiled(name, lower.get(name)))):
                least = whole
            elif name in _BY_KEY:
                for key, value in (lower.get(name) or {}).items():
                    part = _with(least, name, {**(least.get(name) or {}), key: value})
                    least = part if reached(part) else least
        return least


def roots(resources: Iterable[Resource]) -> frozenset[tuple[str, str]]:
    """Return type and key of resources, without those that are part of others: a part has a key within its owner alone."""
    return frozenset((one.type.name, one.key) for one in resources if not one.type.owner)


def _is_another(titles: Iterable[Title], edition: Edition) -> bool:
    """Return whether an edition has an ISBN, and so has each of its format: another one then, or it would have been joined."""
    forms = [one for title in titles for one in title.editions if one.format is edition.format]
    return bool(edition.isbn and forms) and all(one.isbn not in {None, edition.isbn} for one in forms)


def _maybe(meant: Sequence[Title], holding: FoundEdition) -> Unimportable:
    about = holding.edition
    several = "have" if len(meant) > 1 else "has"
    why = f"{_listed(meant)} {several} its title and its authors, and neither its ISBN nor its external id."
    return Unimportable(holding.id, about.metadata.title, why, about.external_id)


def _listed(titles: Sequence[Title]) -> str:
    return ", ".join(title.id for title in titles)


def _may_be_one(one: Edition, other: Edition) -> bool:
    """Return whether two editions with one external id may be one book: accounts that count from 1 have the same ids for different ones."""
    if one.isbn and other.isbn and one.isbn != other.isbn:
        return False
    about, told = one.metadata, other.metadata
    mine, theirs = authors(about.contributors), authors(told.contributors)
    return about.title.casefold() == told.title.casefold() or not (mine and theirs and mine.isdisjoint(theirs))


def _facts(least: Mapping[str, Any], lower: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is said of an edition to one account: the least that makes `least` of what it sees otherwise, and no files."""
    facts = {name: value for name, value in over(least, lower).items() if name in FACTS - {"files"}}
    files = {kind: None for kind, path in (lower.get("files") or {}).items() if kind in OWN_FILES and path is not None}
    return {**facts, "files": files} if files else facts


def _with(said: Mapping[str, Any], name: str, value: Any) -> dict[str, Any]:
    """Return what is said with another value of a field; without the field for none."""
    rest = {key: held for key, held in said.items() if key != name}
    return rest if value is None else {**rest, name: value}


def _unfiled(name: str, value: Any) -> Any:
    """Return the value of a field without the files of tracks: an import never takes a file for the one in the store."""
    return [{key: track[key] for key in ("id", "title")} for track in value] if name == "tracks" and value else value


def _differing(facts: Mapping[str, Any], lower: Mapping[str, Any]) -> Iterator[str]:
    """List the fields of which something else is said to all accounts."""
    for name, value in facts.items():
        said = lower.get(name)
        if name == "tracks" and [track["title"] for track in value or ()] == [track["title"] for track in said or ()]:
            continue
        if isinstance(value, Mapping) and isinstance(said, Mapping) and name in _BY_KEY:
            yield from (f"{name}.{key}" for key in value if key in said)
        elif said is not None and name != "files":
            yield name


def _likenesses(resources: Iterable[Resource]) -> frozenset[Likeness]:
    return frozenset(map(Likeness.of, resources))


def _places(titles: Iterable[Title]) -> _Places:
    places = _Places()
    for title in titles:
        for edition in title.editions:
            views = (edition, *edition.views.values())
            for isbn in {view.isbn for view in views if view.isbn}:
                places.isbns.setdefault(isbn, []).append((title, edition))
            for key in {view.external_id for view in views}:
                places.keys.setdefault(key, []).append((title, edition))
        for about in dict.fromkeys((one.metadata.title.casefold(), authors(one.metadata.contributors)) for one in title.editions):
            places.works.setdefault(about, []).append(title)
    return places
