"""Drift taken into the files: what a store has becomes what the files say.

    drift → values, each with its place → edit → read the edited files → leave out what they do not say so → edit again → …

A value is written where it is said to all accounts, as long as nothing else would change with it, else in `publish.ACCOUNT`. What no
edit can say is left out, and the rest is written.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from catalogctl.config.environments import other_catalogs
from catalogctl.editing.assign import Assigning, EditionKey
from catalogctl.editing.assignment import Assignment
from catalogctl.editing.assignment import Change as Edit
from catalogctl.editing.patch import Aliases, same
from catalogctl.editing.write_files import Edited
from catalogctl.engine.workspace import Workspace
from catalogctl.model.address import Address
from catalogctl.model.diagnostics import CatalogError
from catalogctl.model.resource import Trait
from catalogctl.model.value import fill
from catalogctl.planning.catalog import Catalog
from catalogctl.planning.change import Change, Drift, Missing
from catalogctl.planning.diff import diff, ignored
from catalogctl.query.fields import Field, FieldKind
from catalogctl.query.view import edition_views

Reread: TypeAlias = Callable[[Mapping[str, bytes]], Workspace]
"""Reads the project with some of its files as an edit would leave them."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """What becomes of drift in the files."""

    files: tuple[Edited, ...]
    values: int
    """Values of the stores that the files then say."""
    left: tuple[str, ...]
    """What is not taken, and why, in sentences."""


@dataclass(frozen=True, slots=True, eq=False)
class _Taken:
    """One value of a store, and where the files say it."""

    address: Address
    attribute: str
    entry: str
    """The key of an entry of a mapping; empty for a whole value."""
    path: tuple[str, ...]
    """Where it is said to all accounts."""
    value: Any
    """As the store has it; `None`: nothing."""
    is_alone: bool
    """Whether it is said to its account alone."""

    @property
    def edition(self) -> EditionKey:
        """The edition that it is of."""
        return (self.address.title, self.address.edition)

    @property
    def place(self) -> tuple[str, ...]:
        """The field that says it."""
        return ("publish", self.address.account, *self.path) if self.is_alone else self.path

    @property
    def name(self) -> str:
        """What the value is called, for people."""
        return f"{self.address} {self.attribute}" + (f".{self.entry}" if self.entry else "")

    def is_said(self, catalog: Catalog) -> bool:
        """Return whether a catalog wants exactly this value."""
        resource = catalog.resources.get(self.address)
        said = None if resource is None else resource.attributes.get(self.attribute)
        if self.entry:
            said = said.get(self.entry) if isinstance(said, Mapping) else None
        return resource is not None and (said == self.value or (said is None and self.value is None))


def accept_drift(workspace: Workspace, drift: Iterable[Drift], reread: Reread) -> Accepted:
    """Return the files as they say what stores have, as far as they can say it.

    1. List the values that have a place in the files.
    2. Edit, and read the edited files again.
    3. Say to its account alone, or leave out, each value that they do not say so that the store is as declared, or not without changing
       something else; of a title that has an error then, each value by itself. Back to 2, until nothing is left out.
    """
    left: list[str] = []
    found = list(_values(workspace, drift, left))
    wanted = _with_room_for_all(found, _facts(workspace, {one.address.title for one in found}))
    while wanted:
        files, refused = _edited(workspace, wanted)
        if refused:
            left += [f"{one.name}: {refused[one]}" for one in wanted if one in refused]
            wanted = [one for one in wanted if one not in refused]
            continue
        after = reread({one.path: one.after for one in files})
        wrong = _wrong(workspace, after, wanted)
        if not wrong:
            return Accepted(files, len(wanted), tuple(left))
        broken = {one.address.title for one in wrong if one.address.title not in after.titles}
        alone = {title: [one for one in wanted if one.address.title == title] for title in broken}
        kept = [one for values in alone.values() if len(values) > 1 for one in _sound(workspace, values, reread)]
        others = [one for one in wrong if one.address.title not in broken]
        movable = {one.edition for one in others if _may_be_alone(one)}
        kept += [replace(one, is_alone=one.is_alone or _may_be_alone(one)) for one in others if one.edition in movable]
        going = [one for one in others if one.edition not in movable]
        going += [one for values in alone.values() for one in values if one not in kept]
        left += [f"{one.name}: the files cannot say it so that the store is as declared, and nothing else changes." for one in going]
        wanted = kept + [one for one in wanted if one not in wrong and one.address.title not in broken]
    return Accepted((), 0, tuple(left))


def differences(catalog: Catalog, changes: Iterable[Change], drift: Iterable[Drift]) -> tuple[Drift, ...]:
    """Return, beside what drifted, what stores have otherwise than the files say although it is as state remembers it.

    Shapes:  `changes` and `drift` are those of a plan that takes note of what the stores hold. What a store does not return as it was sent,
             and what `ignore_changes` leaves alone, is no difference.
    """
    found = {one.address: one for one in drift}
    changes = tuple(changes)
    ids = {change.address: change.id for change in changes}
    for change in changes:
        want = catalog.resources.get(change.address)
        had = found.get(change.address)
        if want is None or not change.observed or (had is not None and had.gone):
            continue
        types = want.type.attributes
        told = {
            name: change.observed[name]
            for name in want.attributes
            if name in change.observed
            and types[name].settles_by_reading
            and types[name].declared
            and Trait.ON_DECISION not in types[name].traits
        }
        known = {item.path for item in had.attributes} if had is not None else set()
        more = tuple(
            item
            for item in diff(fill(want.attributes, ids.get), told, want.type)
            if item.path not in known and ignored(item.path, want.ignore, want.type) is None
        )
        if more and had is not None:
            found[change.address] = replace(had, attributes=(*had.attributes, *more))
        elif more:
            found[change.address] = Drift(change.address, want.type, more, gone=False, matters=True)
    return tuple(found[address] for address in sorted(found))


def _values(workspace: Workspace, drift: Iterable[Drift], left: list[str]) -> Iterator[_Taken]:
    """List the values that have a place in the files, and say what has none."""
    for one in drift:
        if one.gone:
            left.append(f"{one.address} is gone from the store: take it out of the files by hand, or apply to make it again.")
            continue
        title = workspace.titles.get(one.address.title)
        edition = next((item for item in title.editions if item.id == one.address.edition), None) if title else None
        for change in one.attributes:
            name, *entry = map(str, change.path)
            declared = change.attribute.declared
            if edition is None or not declared or len(entry) > 1:
                left.append(f"{one.address} {name}: the files have no place for it.")
                continue
            path = (*declared.format(account=one.address.account).split("."), *entry)
            value = None if isinstance(change.after, Missing) else change.after
            yield _Taken(one.address, name, entry[0] if entry else "", path, value, is_alone=False)


def _facts(workspace: Workspace, titles: Collection[str]) -> Mapping[EditionKey, Mapping[str, Any]]:
    """Return what is said of each edition of some titles."""
    documents = [workspace.documents.at(workspace.titles[title].origin) for title in titles]
    layers = workspace.resolved.layers
    views = [view for document in documents if document is not None for view in edition_views(document, layers)]
    return {(view.title, view.edition): view.facts for view in views}


def _with_room_for_all(values: Sequence[_Taken], said: Mapping[EditionKey, Mapping[str, Any]]) -> list[_Taken]:
    """Say to single accounts what is said to them alone already, and what stores have that differ."""
    values = [replace(one, path=_within(one, _at(said[one.edition], one.path))) for one in values]
    groups: dict[tuple[EditionKey, tuple[str, ...]], list[_Taken]] = defaultdict(list)
    for one in values:
        groups[one.edition, one.path].append(one)
    found: list[_Taken] = []
    for (edition, _), some in groups.items():
        differ = not all(same(_as_file_has(one.value), _as_file_has(some[0].value)) for one in some)
        for one in some:
            own = _at(said[edition], replace(one, is_alone=True).place)
            found.append(replace(one, is_alone=_may_be_alone(one) and (differ or own is not None)))
    return found


def _within(one: _Taken, said: Any) -> tuple[str, ...]:
    """Return the field that says a value, inside one that is a group: it is named by the attribute, or by the last part of the address."""
    if not isinstance(said, Mapping) or isinstance(one.value, Mapping):
        return one.path
    if not one.address.key:
        return (*one.path, one.attribute) if one.attribute in said else one.path
    inside = next((name for name, held in said.items() if isinstance(held, Mapping) and one.address.key in held), None)
    return one.path if inside is None else (*one.path, inside, one.address.key)


def _at(value: Any, path: Sequence[str]) -> Any:
    for step in path:
        value = value.get(step) if isinstance(value, Mapping) else None
    return value


def _may_be_alone(one: _Taken) -> bool:
    return not one.is_alone and one.path[0] != "publish"


def _edited(workspace: Workspace, wanted: Sequence[_Taken]) -> tuple[tuple[Edited, ...], dict[_Taken, str]]:
    """Return the files that say some values, or else which of the values they cannot be made to say, and why."""
    assigning = Assigning(workspace.documents, workspace.resolved.layers, elsewhere=other_catalogs(workspace.project))
    batches: dict[tuple[tuple[str, ...], Edit], list[_Taken]] = defaultdict(list)
    for one in wanted:
        batches[one.place, Edit.UNSET if one.value is None else Edit.SET].append(one)
    try:
        for (place, change), values in batches.items():
            assigning.assign({one.edition: _assignment(place, change, one.value) for one in values})
        return assigning.edits(Aliases.EXPAND).files, {}
    except CatalogError as refused:
        if len(wanted) == 1:
            return (), {wanted[0]: refused.diagnostics[0].detail}
    # Which of them it is, by halves.
    half = len(wanted) // 2
    found = {**_edited(workspace, wanted[:half])[1], **_edited(workspace, wanted[half:])[1]}
    return (), found or dict.fromkeys(wanted, "together with others, its file cannot be edited.")


def _assignment(place: tuple[str, ...], change: Edit, value: Any) -> Assignment:
    return Assignment(Field(place, FieldKind.EITHER), change, _as_file_has(value), ".".join(place), is_list=False)


def _wrong(before: Workspace, after: Workspace, wanted: Sequence[_Taken]) -> list[_Taken]:
    """List the values that edited files do not say, and those of editions of which something else changes."""
    meant: dict[Address, set[str]] = defaultdict(set)
    for one in wanted:
        meant[one.address].add(one.attribute)
    touched: dict[EditionKey, set[str]] = defaultdict(set)
    """Editions of which something else changes, with the fields that say what does."""
    for address, have in before.catalog.resources.items():
        now = after.catalog.resources.get(address)
        if now is None or now.attributes == have.attributes:
            continue
        for name in sorted((now.attributes.keys() | have.attributes.keys()) - meant[address]):
            if now.attributes.get(name) != have.attributes.get(name):
                touched[address.title, address.edition].add(have.type.attributes[name].declared.partition(".")[0])
    wrong = [one for one in wanted if not one.is_said(after.catalog) or one.path[0] in touched.get(one.edition, ())]
    untold = touched.keys() - {one.edition for one in wrong}
    wrong += [one for one in wanted if one.edition in untold]
    return wrong if wrong or not touched else list(wanted)


def _sound(workspace: Workspace, values: Sequence[_Taken], reread: Reread) -> list[_Taken]:
    """Return the values of a title that make no error of it; where each by itself makes none, and all together do, the first."""
    sound = [one for one in values if _stands_alone(workspace, one, reread)]
    return sound if len(sound) < len(values) else sound[:1]


def _stands_alone(workspace: Workspace, one: _Taken, reread: Reread) -> bool:
    files, refused = _edited(workspace, [one])
    return not refused and not _wrong(workspace, reread({file.path: file.after for file in files}), [one])


def _as_file_has(value: Any) -> Any:
    """Return a value of a store as a reader of a file gives it."""
    match value:
        case Mapping():
            return {name: _as_file_has(item) for name, item in value.items()}
        case list() | tuple():
            return [_as_file_has(item) for item in value]
        case bool() | int() | str() | None:
            return value
        case _:
            return value if hasattr(value, "as_tuple") else str(value)
