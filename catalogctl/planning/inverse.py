"""A run → what a catalog would have to want for the stores to be as they were before it.

    the run …                       wanted is …
    changed attributes              the object as it is now, with what there was before at those paths
    created an object               that it is gone
    deleted one                     an object with the attributes it had
    took one into the state         that state forgets it
    forgot one that is still there  that state knows it again
    gave one another address        its address before

The planner makes a plan of that as of any catalog. What somebody changed since is left alone and told, and so is what cannot be had back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from catalogctl.model.address import Address, AttributePath, in_order
from catalogctl.model.asset import Asset
from catalogctl.model.blocks import Move
from catalogctl.model.blocks import Removal as Release
from catalogctl.model.diagnostics import Diagnostic, Severity, warning
from catalogctl.model.reference import Reference, fill
from catalogctl.model.resource import NO_UNSET, Kind, Observed, Recorded, Removal, Resource, ResourceType
from catalogctl.model.title import NOWHERE
from catalogctl.model.value import Attributes, Scalar, Value
from catalogctl.planning.action import Action
from catalogctl.planning.attribute_words import attribute_name, named, path_name, value_words
from catalogctl.planning.catalog import Catalog
from catalogctl.planning.change import ABSENT, UNREADABLE, AttributeChange, Change, Missing
from catalogctl.planning.diff import diff
from catalogctl.planning.moved import side_by_side
from catalogctl.planning.plan import Revert
from catalogctl.planning.planfile_document import lookup
from catalogctl.planning.planner import known
from catalogctl.planning.run import Fate, Run, RunChange

_NAMED = 20
"""So many addresses are named in one problem; of more, the rest is counted."""
_TAKEN_BACK = frozenset({Fate.DONE, Fate.UNKNOWN})


@dataclass(frozen=True, slots=True)
class Files:
    """What there is in the project's folder."""

    catalog: Catalog
    """What the titles say."""
    strays: tuple[Asset, ...] = ()
    """Files that no title names and the run took from the stores, as far as they are still there."""

    def assets(self) -> Iterator[Asset]:
        """List them, those that a title names last."""
        yield from self.strays
        for want in self.catalog.resources.values():
            yield from _assets(want.attributes)


@dataclass(frozen=True, slots=True)
class Inverse:
    """What there is to want before the stores have been looked at."""

    run: Run
    catalog: Catalog
    """What has to be looked for: all that the run deleted or forgot, and the moves back."""
    files: Files
    force: bool
    """Whether also what was changed since is put back."""
    chosen: Callable[[Address], bool]
    """What is to be put back of all that there is."""
    touched: frozenset[Address]
    """What the run changed, and what depends on that."""
    reviewed: bool
    """Whether a saved plan is held against what is wanted now: then what is left as it is has to be wanted so, for that to be seen."""

    def selected(self, address: Address) -> bool:
        """Whether an address has to be looked at."""
        return address in self.touched and self.chosen(address)

    @property
    def reverts(self) -> Revert:
        """Which run is taken back."""
        begun = self.run.begun
        return Revert(begun.id, begun.started, begun.actor, "" if begun.commit is None else begun.commit.id, self.force)

    @property
    def destroyed(self) -> frozenset[Address]:
        """What the run deleted, to make it anew or not: its parts went with it."""
        return frozenset(one.change.address for one in self.run.changes if one.fate in _TAKEN_BACK and one.change.action.destroys)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What there is to want, and of what nothing is wanted."""

    catalog: Catalog
    selected: Callable[[Address], bool]
    diagnostics: tuple[Diagnostic, ...]
    reverts: Revert
    """Which run is taken back, and how much of it is not."""


def files_before(run: Run) -> frozenset[str]:
    """List the contents of local files that a run took from the stores, as `Asset.identity` gives them."""
    gone = (one.change.before or {} for one in run.changes if one.fate in _TAKEN_BACK)
    return frozenset(asset.identity for attributes in gone for asset in _assets(attributes) if asset.is_local)


def inverse(
    run: Run,
    files: Files,
    recorded: Mapping[Address, Recorded],
    chosen: Callable[[Address], bool],
    *,
    force: bool,
    reviewed: bool,
) -> Inverse:
    """Say where one has to look for a run to be taken back.

    Shapes:  `recorded` is what state remembers now.
    """
    back = {one.change.address: one.change.moved_from for one in run.changes if one.change.moved_from is not None}
    moves = tuple(Move(source, target, NOWHERE) for source, target in back.items() if source in recorded and target not in recorded)
    ids = _ids(run, recorded)
    gone = {
        one.change.address: _wanted_as(one.change.address, one.change, one.change.before, files.catalog, ids)
        for one in run.changes
        if one.fate in _TAKEN_BACK and one.change.action in {Action.DELETE, Action.FORGET} and one.change.before is not None
    }
    # A move leads somewhere only where something is wanted there.
    gone.update({move.target: _as_recorded(replace(recorded[move.source], address=move.target)) for move in moves})
    placed = {move.target if (move := _of(moves, address)) else address: have for address, have in recorded.items()}
    touched = {_place(one.change) for one in run.changes if one.fate in _TAKEN_BACK}
    return Inverse(
        run=run,
        catalog=Catalog(resources=gone, moved=moves, titles=files.catalog.titles, place=files.catalog.place),
        files=files,
        force=force,
        chosen=chosen,
        touched=frozenset(touched | _dependents(touched, placed, back)),
        reviewed=reviewed,
    )


def wanted(inverse: Inverse, recorded: Mapping[Address, Recorded], observed: Mapping[Address, Observed]) -> Wanted:
    """Say what to want now that the stores have been looked at.

    Shapes:  `recorded` has the addresses of before the run; `observed` has what is there of all that was to be looked at.
    """
    undoing = _Undoing(inverse, recorded, observed)
    for one in sorted(inverse.run.changes, key=lambda one: in_order(one.change.address)):
        if inverse.chosen(_place(one.change)):
            undoing.take_back(one)
    undoing.leave_what_would_be_incomplete()
    undoing.keep_what_needs_the_kept()
    undoing.take_along()
    catalog = replace(inverse.catalog, resources=undoing.resources, removed=tuple(undoing.released))
    chosen = frozenset({*undoing.resources, *undoing.going, *(one.address for one in undoing.released)})
    told = tuple(undoing.diagnostics())
    reverts = replace(inverse.reverts, impossible=len(undoing.lost), left=len({item.address for item in undoing.conflicts}))
    return Wanted(catalog, chosen.__contains__, told, reverts)


def _of(moves: Iterable[Move], source: Address) -> Move | None:
    return next((move for move in moves if move.source == source), None)


def _place(change: Change) -> Address:
    """Give the address at which a change is taken back: that of before, where it was another one."""
    return change.moved_from or change.address


def _dependents(touched: set[Address], recorded: Mapping[Address, Recorded], back: Mapping[Address, Address]) -> set[Address]:
    """Find what depends on what is touched, step by step, in state."""
    found: set[Address] = set()
    needing: dict[Address, list[Address]] = {}
    for address, have in recorded.items():
        for needed in have.dependencies:
            needing.setdefault(back.get(needed, needed), []).append(address)
    ahead = list(touched)
    while ahead:
        more = [one for one in needing.get(ahead.pop(), ()) if one not in found and one not in touched]
        found.update(more)
        ahead.extend(more)
    return found


def _ids(run: Run, recorded: Mapping[Address, Recorded]) -> dict[tuple[str, str], Address]:
    """Tell by account and id which object was meant, before the run and now; a facet has its owner's id, and is not meant by it."""
    known = [(_place(one.change), one.change.type, one.change.id) for one in run.changes]
    known += [(address, have.type, have.id) for address, have in recorded.items()]
    return {(address.account, id_): address for address, kind, id_ in known if id_ is not None and kind.facet is None}


def _wanted_as(
    address: Address, thing: Change | Recorded, attributes: Attributes, files: Catalog, ids: Mapping[tuple[str, str], Address]
) -> Resource:
    """Want an object with these attributes, whatever refers to others by reference: they may be made anew as well."""
    declared = files.resources.get(address)
    referring = _referring(attributes, address, thing.dependencies, ids)
    return Resource(
        address=address,
        type=thing.type,
        key=thing.key,
        attributes=referring,
        origin=NOWHERE if declared is None else declared.origin,
        dependencies=_needed(referring, thing.dependencies),
        protect=thing.protect,
        follows=() if declared is None else declared.follows,
    )


def _as_recorded(have: Recorded) -> Resource:
    return Resource(have.address, have.type, have.key, have.attributes, NOWHERE, have.dependencies, have.protect)


def _referring(
    attributes: Attributes, address: Address, needed: tuple[Address, ...], ids: Mapping[tuple[str, str], Address]
) -> dict[str, Value]:
    """Put a reference in the place of each id of something that is depended on; in a list, also of another part of the same edition."""

    def meant(value: Scalar) -> Address | None:
        return ids.get((address.account, value)) if isinstance(value, str) else None

    def one(value: Scalar) -> Scalar:
        found = meant(value)
        return Reference(found) if found is not None and found in needed else value

    def item(value: Scalar) -> Scalar:
        found = meant(value)
        beside = found is not None and found != address and (found.title, found.edition) == (address.title, address.edition)
        return Reference(found) if found is not None and beside else one(value)

    return {
        name: tuple(map(item, value)) if isinstance(value, tuple) else value if isinstance(value, Mapping) else one(value)
        for name, value in attributes.items()
    }


def _needed(attributes: Attributes, before: tuple[Address, ...]) -> tuple[Address, ...]:
    """List what a resource depends on: what it did, and what it refers to."""
    items = [item for value in attributes.values() for item in (value if isinstance(value, tuple) else (value,))]
    return tuple(dict.fromkeys([*before, *(item.address for item in items if isinstance(item, Reference))]))


@dataclass(slots=True)
class _Undoing:
    """Collects what to want, address by address, and what there is to say about the rest."""

    inverse: Inverse
    recorded: Mapping[Address, Recorded]
    observed: Mapping[Address, Observed]
    resources: dict[Address, Resource] = field(default_factory=dict)
    going: set[Address] = field(default_factory=set)
    """What the run made, and what is to go."""
    released: list[Release] = field(default_factory=list)
    kept: dict[Address, Address] = field(default_factory=dict)
    """What the run made and that stays → what keeps it."""
    unknown: dict[Address, list[str]] = field(default_factory=dict)
    """What the store never told of an object, and nobody had recorded before the run."""
    incomplete: dict[Address, Address] = field(default_factory=dict)
    """Owner → a part that cannot be made again."""
    conflicts: list[Diagnostic] = field(default_factory=list)
    impossible: list[Diagnostic] = field(default_factory=list)
    lost: set[Address] = field(default_factory=set)
    """What cannot be put back as it was."""
    nothing_left: list[Address] = field(default_factory=list)
    staying: set[Address] = field(default_factory=set)
    """What is left as it is: it is as before the run already, or was changed since."""
    still_said: set[Address] = field(default_factory=set)
    """Where the files say what the run did."""
    ids: dict[tuple[str, str], Address] = field(init=False)
    files: dict[str, Asset] = field(default_factory=dict)
    """The files that the project has, by what is in them."""

    def __post_init__(self) -> None:
        self.ids = _ids(self.inverse.run, self.recorded)
        for asset in self.inverse.files.assets():
            # A store may tell a file by another digest than the one it was sent with.
            self.files.update(dict.fromkeys(asset.identities, asset))

    # -- one change -----------------------------------------------------------------------------------------------------

    def take_back(self, one: RunChange) -> None:
        change = one.change
        if one.fate not in _TAKEN_BACK:
            return
        match change.action:
            case Action.NO_OP:
                pass
            case Action.CREATE:
                self._unmake(change)
            case Action.DELETE:
                self._make_again(change)
            case Action.FORGET:
                self._manage_again(change)
            case Action.ADOPT if not change.attributes:
                self._release(change)
            case Action.UPDATE | Action.REPLACE | Action.ADOPT:
                self._put_back(change)

    def _unmake(self, change: Change) -> None:
        address = _place(change)
        have, seen = self.recorded.get(address), self.observed.get(address)
        if have is None:
            self.nothing_left.append(address)
            return
        if change.type.removal is Removal.REFUSED and change.owner not in self.going:
            self._cannot(address, f"{change.type.loss}")
            return
        lines = [] if seen is None or seen.id != have.id or self.inverse.force else self._changed_since(change, have, seen)
        if lines:
            self._conflict(address, "is to be deleted, and was changed since the run created it", lines)
            self.kept[address] = address
            return
        foreign = self._others_parts(address)
        if foreign and not self.inverse.force:
            detail = [f"- {other}" for other in foreign[:_NAMED]]
            self._conflict(address, "is to be deleted, and these were added to it since", detail)
            self.kept[address] = address
            return
        self.going.update((address, *foreign))
        self._note_still(address, address in self.inverse.files.catalog.resources)

    def _changed_since(self, change: Change, have: Recorded, seen: Observed) -> list[str]:
        made = fill(change.after or {}, lambda other: None if other not in self.recorded else self.recorded[other].id)
        now = known(change.type, {name: value for name, value in made.items() if name in have.attributes}, have, seen)
        asked = {name: value for name, value in made.items() if name in now and name not in _of_owner(change) and not _refers(value)}
        return [line for item in diff(now, asked, change.type) for line in self._sides(change, item, item.after, item.before, ABSENT)]

    def _sides(
        self, change: Change, item: AttributeChange, made: Value | Missing, now: Value | Missing, was: Value | Missing
    ) -> Iterator[str]:
        parts = {id_: address for (account, id_), address in self.ids.items() if account == change.address.account}
        sides = {"the run set": made, "now": now, "before": was}
        told = {side: value if isinstance(value, Missing) else named(value, parts) for side, value in sides.items()}
        return side_by_side(path_name(change.type, item.path), {side: value_words(item.attribute, value) for side, value in told.items()})

    def _others_parts(self, address: Address) -> list[Address]:
        """List what is part of an object and was not there when the run made it."""
        mine = {_place(one.change) for one in self.inverse.run.changes}
        owner = self.recorded[address].id
        return sorted(
            (
                other
                for other in _dependents({address}, self.recorded, {}) - mine
                if self.recorded[other].attributes.get(self.recorded[other].type.owner) == owner
            ),
            key=in_order,
        )

    def _make_again(self, change: Change) -> None:
        address = _place(change)
        want = self.inverse.catalog.resources.get(address)
        if want is None or address in self.recorded:
            self._leave_as_it_is(address)
            return
        attributes = self._with_files(address, change.type, want.attributes)
        if attributes is None:
            if change.owner is not None:
                self.incomplete.setdefault(change.owner, address)
            return
        self.resources[address] = replace(want, attributes=attributes)
        self._note_still(address, address not in self.inverse.files.catalog.resources)

    def _manage_again(self, change: Change) -> None:
        address = _place(change)
        want, seen = self.inverse.catalog.resources.get(address), self.observed.get(address)
        if seen is None and change.owner in self.inverse.destroyed:
            self._make_again(change)
            return
        if want is None or seen is None or address in self.recorded:
            self._leave_as_it_is(address)
            return
        kind = change.type
        # What the store does not tell is taken to be as it was where it cannot be sent without harm, and is not managed elsewhere.
        attributes = {
            name: value if isinstance(value, Reference) or name not in seen.attributes else seen.attributes[name]
            for name, value in want.attributes.items()
            if name in seen.attributes or kind.attributes[name].replaces
        }
        self.resources[address] = replace(want, attributes=attributes)
        self._note_still(address, address not in self.inverse.files.catalog.resources)

    def _leave_as_it_is(self, address: Address) -> None:
        self.nothing_left.append(address)
        self.staying.add(address)

    def _release(self, change: Change) -> None:
        address = _place(change)
        if address not in self.recorded:
            self.nothing_left.append(address)
            return
        self.released.append(Release(address, destroy=False, origin=NOWHERE))
        self._note_still(address, address in self.inverse.files.catalog.resources)

    def _put_back(self, change: Change) -> None:
        address = _place(change)
        have, seen = self.recorded.get(address), self.observed.get(address)
        if have is None or seen is None or seen.id != have.id:
            self.nothing_left.append(address)
            return
        now = self._as_it_is(have, seen)
        want = dict(now)
        lines: list[str] = []
        real = False
        back: list[tuple[AttributePath, Value | Missing]] = []
        for item in change.attributes:
            if str(item.path[0]) in _of_owner(change):
                continue
            was, made = self._before(change, item), self._side(change, item.after)
            there = lookup(now, item.path)
            if _same(item, was, made):
                continue
            real = True
            if _same(item, there, was):
                continue
            if not self.inverse.force and not _refers(made) and not _same(item, there, made):
                lines += self._sides(change, item, made, there, was)
                continue
            if self._place_value(change, want, item, was, there):
                back.append((item.path, was))
        lost = (
            {}
            if change.action is not Action.REPLACE
            else {name: value for name, value in (change.before or {}).items() if name not in (change.after or {}) and name not in now}
        )
        found = self._with_files(address, change.type, lost)
        for name, value in (found or {}).items():
            want[name] = value
            back.append(((name,), value))
        if lines:
            self._conflict(address, "was changed since the run, at what the run had changed", lines)
        if change.action is Action.ADOPT and (back or not real):
            why = "It was there before the run, which took it into the state; it stays managed, with what it had before."
            self._tell(address, why, hint=f"To let go of it afterwards:\ncatalogctl state rm {address}")
        if not back:
            self.staying.add(address)
            if real and not lines and not self._is_told(address):
                self.nothing_left.append(address)
            return
        want.update(self._going_along(change, now))
        key = want.get(change.type.key)
        renamed = any(path[0] == change.type.key for path, _ in back)
        self.resources[address] = replace(self._wanting(address, have, want), key=key if renamed and isinstance(key, str) else have.key)
        self._note_still(address, any(self._is_said(address, path, was) for path, was in back))

    def _going_along(self, change: Change, now: Attributes) -> dict[str, Value]:
        """Give what was sent along with what changed although it is alike to the store, where it still is as the run left it."""
        before, after = change.before or {}, change.after or {}
        return {
            name: value
            for name, value in before.items()
            if name not in change.changed and name in after and name in now and change.type.attributes[name].same(now[name], after[name])
        }

    def _before(self, change: Change, item: AttributeChange) -> Value | Missing:
        """Return the value before the run; of an attribute that changes with its dependency, the observed one."""
        name = str(item.path[0])
        if name in change.type.moves_along and name in change.observed:
            return lookup(change.observed, item.path)
        return self._side(change, item.before)

    def _side(self, change: Change, value: Value | Missing) -> Value | Missing:
        if isinstance(value, Missing):
            return value
        referring = _referring({"": value}, change.address, change.dependencies, self.ids)
        return fill(referring, lambda other: None if other not in self.recorded else self.recorded[other].id)[""]

    def _place_value(
        self, change: Change, want: dict[str, Value], item: AttributeChange, was: Value | Missing, there: Value | Missing
    ) -> bool:
        """Put what there was before into what is wanted; whether that can be."""
        address, name = _place(change), str(item.path[0])
        attribute = change.type.attributes[name]
        if was is UNREADABLE:
            self.unknown.setdefault(address, []).append(attribute_name(change.type, name))
            return False
        if isinstance(was, Missing):
            return self._take_away(change, want, item)
        if attribute.kind is Kind.ASSET:
            found = self._with_files(address, change.type, {name: was})
            if found is None:
                return False
            was = found[name]
        why = attribute.impossible(there, was) if attribute.impossible is not None and not isinstance(there, Missing) else ""
        if why:
            self._cannot(address, why, name)
            return False
        if len(item.path) == 1:
            want[name] = was
        else:
            entries = want.get(name)
            assert not isinstance(was, tuple | Mapping), "an entry of a mapping is a scalar"
            want[name] = {**(entries if isinstance(entries, Mapping) else {}), str(item.path[1]): was}
        return True

    def _take_away(self, change: Change, want: dict[str, Value], item: AttributeChange) -> bool:
        name = str(item.path[0])
        entries, unset = want.get(name), change.type.attributes[name].unset
        if len(item.path) > 1 and isinstance(entries, Mapping):
            want[name] = {key: value for key, value in entries.items() if key != item.path[1]}
            return True
        if unset is not NO_UNSET:
            want[name] = unset
            return True
        self._cannot(
            _place(change), f"It had no {attribute_name(change.type, name)} before, and the store has no way to take it away.", name
        )
        return False

    def _with_files(self, address: Address, kind: ResourceType, attributes: Attributes) -> dict[str, Value] | None:
        """Put the project's own files in the place of what state knows by content; `None` where one is not there any more."""
        found = dict(attributes)
        missing: list[tuple[str, Asset]] = []
        for name, value in attributes.items():
            if not isinstance(value, Asset):
                continue
            here = self.files.get(value.identity)
            if here is not None:
                found[name] = here
            elif value.is_local:
                missing.append((name, value))
        for name, asset in missing:
            was = f"Its {attribute_name(kind, name)} was {value_words(kind.attributes[name], asset)}"
            detail = f"{was}, and the project has no file with that content any more."
            hint = f"Where the file is still in git, this brings it back:\n{self._git_revert()}" if self._git_revert() else ""
            self.impossible.append(
                warning("revert-file-missing", "A file that cannot be put back", detail, hint, address=str(address), attribute=name)
            )
            self.lost.add(address)
        return None if missing else found

    # -- all together ---------------------------------------------------------------------------------------------------

    def leave_what_would_be_incomplete(self) -> None:
        """Make no object anew whose parts cannot all be made again: it would lose what it has for less than it had."""
        for owner, part in self.incomplete.items():
            if owner not in self.inverse.destroyed or owner not in self.resources:
                continue
            parts = {_place(one.change) for one in self.inverse.run.changes if one.change.owner == owner}
            for address in (owner, *parts):
                self.resources.pop(address, None)
                self.going.discard(address)
                self.lost.add(address)
            self._cannot(owner, f"It is not made anew, since {part}, which is part of it, could not be put back.")

    def keep_what_needs_the_kept(self) -> None:
        """Leave the parts of what stays, and make nothing whose owner is not made again."""
        for address in sorted(self.going, key=in_order):
            have = self.recorded[address]
            keeper = next((needed for needed in have.dependencies if needed in self.kept and have.type.owner), None)
            if keeper is not None:
                self.going.discard(address)
                self.kept[address] = keeper
        while True:
            lost = {
                address: needed
                for address, want in self.resources.items()
                if address not in self.recorded
                for needed in want.dependencies
                if needed not in self.recorded and needed not in self.resources
            }
            if not lost:
                return
            for address, needed in lost.items():
                del self.resources[address]
                self._cannot(address, f"It needs {needed}, which is not there and is not made again.")

    def take_along(self) -> None:
        """Want everything that depends on what changes as it is: it may be undone by that, or made anew with it."""
        along = _dependents(set(self.resources), self.recorded, {})
        along |= {move.target for move in self.inverse.catalog.moved if move.target in self.recorded}
        if self.inverse.reviewed:
            along |= (self.staying | self.kept.keys()) & self.recorded.keys()
        for address in sorted(along - self.resources.keys() - self.going, key=in_order):
            have, seen = self.recorded[address], self.observed.get(address)
            if seen is not None and seen.id == have.id:
                self.resources[address] = self._wanting(address, have, self._as_it_is(have, seen))
        for move in self.inverse.catalog.moved:
            self._note_still(move.target, move.target not in self.inverse.files.catalog.resources)

    def _as_it_is(self, have: Recorded, seen: Observed) -> dict[str, Value]:
        now = known(have.type, have.attributes, have, seen)
        return {name: value for name, value in now.items() if not isinstance(value, Missing)}

    def _wanting(self, address: Address, have: Recorded, attributes: Attributes) -> Resource:
        located = {name: self.files.get(value.identity, value) if isinstance(value, Asset) else value for name, value in attributes.items()}
        return _wanted_as(address, have, located, self.inverse.files.catalog, self.ids)

    def _is_said(self, address: Address, path: AttributePath, was: Value | Missing) -> bool:
        """Whether the files want something else at a path than what is put back."""
        declared = self.inverse.files.catalog.resources.get(address)
        if declared is None:
            return False
        says = lookup(declared.attributes, path)
        if isinstance(says, Missing) or isinstance(was, Missing):
            return says is not was
        return not declared.type.attributes[str(path[0])].same(was, says) if len(path) == 1 else says != was

    def _note_still(self, address: Address, said: bool) -> None:
        if said:
            self.still_said.add(address)

    # -- what is said ---------------------------------------------------------------------------------------------------

    def _conflict(self, address: Address, what: str, lines: list[str]) -> None:
        detail = "\n".join([f"{address} {what}. It is left as it is now.", *lines])
        hint = "To put it back all the same:\n" + f"catalogctl revert {self.inverse.run.begun.id} --force --target {address}"
        self.conflicts.append(warning("revert-conflict", "Changed since the run", detail, hint, address=str(address)))

    def _cannot(self, address: Address, why: str, attribute: str | None = None) -> None:
        self.lost.add(address)
        self._tell(address, why, attribute)

    def _tell(self, address: Address, why: str, attribute: str | None = None, hint: str = "") -> None:
        summary = "Something cannot be put back"
        self.impossible.append(warning("revert-impossible", summary, why, hint, address=str(address), attribute=attribute))

    def _is_told(self, address: Address) -> bool:
        return address in self.unknown or any(item.address == str(address) for item in self.impossible)

    def _git_revert(self) -> str:
        """Give the command that takes back the commit that was applied; empty where the files were not just as in one."""
        commit = self.inverse.run.begun.commit
        return "" if commit is None or commit.edited else f"git revert {commit.id[:12]}"

    def diagnostics(self) -> Iterator[Diagnostic]:
        for address, unknown in self.unknown.items():
            self._cannot(address, f"What it held before is not known, since the store does not tell it: {', '.join(unknown)}.")
        yield from _at_most(self.conflicts)
        yield from _at_most(self.impossible)
        if self.nothing_left:
            lead = "These are as they were before the run already, or no longer managed or not there to be put back:"
            yield Diagnostic(
                Severity.NOTE,
                "revert-nothing-left",
                "Nothing to put back",
                "\n".join([lead, *_listed(sorted(self.nothing_left, key=in_order))]),
            )
        still = sorted(self.still_said & {*self.resources, *self.going, *(one.address for one in self.released)}, key=in_order)
        if still:
            run = self.inverse.run.begun
            lead = f"The next plan would do again what run {run.id} did, since the files still say so, here:"
            revert = self._git_revert()
            hint = f"To take it back for good, take it back in the files as well:\n{revert}" if revert else "Change the files back as well."
            yield warning("revert-not-in-files", "The files still say what the run did", "\n".join([lead, *_listed(still)]), hint)


def _at_most(problems: list[Diagnostic]) -> Iterator[Diagnostic]:
    """Give the first of some problems, and count the others of each kind."""
    yield from problems[:_NAMED]
    rest = problems[_NAMED:]
    for code, summary in dict.fromkeys((item.code, item.summary) for item in rest):
        others = [item for item in rest if item.code == code]
        detail = "\n".join(_listed([item.address for item in others]))
        yield replace(others[0], summary=f"{summary}, {len(others):,} times more", detail=detail, address=None)


def _listed(addresses: Sequence[Address | str | None]) -> Iterator[str]:
    """Name the first of some addresses, a line each, and count the others."""
    yield from (f"- {address}" for address in addresses[:_NAMED])
    if len(addresses) > _NAMED:
        yield f"- and {len(addresses) - _NAMED:,} more"


def _assets(attributes: Attributes) -> Iterator[Asset]:
    return (value for value in attributes.values() if isinstance(value, Asset))


def _of_owner(change: Change) -> frozenset[str]:
    return frozenset({change.type.owner} if change.type.owner else ())


def _refers(value: Value | Missing) -> bool:
    return any(isinstance(item, Reference) for item in (value if isinstance(value, tuple) else (value,)))


def _same(item: AttributeChange, there: Value | Missing, other: Value | Missing) -> bool:
    """Whether two values at the path of a change mean the same to the store."""
    if isinstance(there, Missing) or isinstance(other, Missing):
        return there is other or (_is_nothing(there) and _is_nothing(other))
    if len(item.path) > 1:
        key = str(item.path[1])
        assert not isinstance(there, tuple | Mapping), "an entry of a mapping is a scalar"
        assert not isinstance(other, tuple | Mapping), "an entry of a mapping is a scalar"
        return item.attribute.same({key: there}, {key: other})
    return item.attribute.same(there, other)


def _is_nothing(value: Value | Missing) -> bool:
    return value is ABSENT or value in (None, "", (), {})
