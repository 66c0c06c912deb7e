"""Collect what a revert wants, address by address, and what there is to say about the rest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from catalogctl.history.references import addresses_by_id, wanted_with, with_references
from catalogctl.history.revert_diagnostics import MOST_NAMED, RevertFindings
from catalogctl.history.revert_scope import RevertScope, address_before, dependents_of
from catalogctl.history.run import RunChange
from catalogctl.model.address import Address, AttributePath, in_order
from catalogctl.model.asset import Asset
from catalogctl.model.blocks import Removal as Release
from catalogctl.model.diagnostics import warning
from catalogctl.model.resource import NO_UNSET, Kind, Observed, Recorded, RemovalRule, Resource, ResourceType
from catalogctl.model.title import NOWHERE
from catalogctl.model.value import Attributes, Reference, Value, fill, has_reference
from catalogctl.planning.action import Action
from catalogctl.planning.attribute_words import attribute_name, named, path_name, value_words
from catalogctl.planning.change import ABSENT, UNREADABLE, AttributeChange, Change, Missing
from catalogctl.planning.diff import diff
from catalogctl.planning.json_values import lookup
from catalogctl.planning.review.moved import side_by_side
from catalogctl.planning.threeway import known


@dataclass(slots=True)
class Undo:
    """Collects what to want, address by address, and what there is to say about the rest."""

    inverse: RevertScope
    recorded: Mapping[Address, Recorded]
    observed: Mapping[Address, Observed]
    resources: dict[Address, Resource] = field(default_factory=dict)
    going: set[Address] = field(default_factory=set)
    """What the run made, and what is to go."""
    released: list[Release] = field(default_factory=list)
    kept: dict[Address, Address] = field(default_factory=dict)
    """What the run made and that stays → what keeps it."""
    incomplete: dict[Address, Address] = field(default_factory=dict)
    """Owner → a part that cannot be made again."""
    staying: set[Address] = field(default_factory=set)
    """What is left as it is: it is as before the run already, or was changed since."""
    ids: dict[tuple[str, str], Address] = field(init=False)
    findings: RevertFindings = field(init=False)
    files: dict[str, Asset] = field(default_factory=dict)
    """The files that the project has, by what is in them."""

    def __post_init__(self) -> None:
        self.ids = addresses_by_id(self.inverse.run, self.recorded)
        self.findings = RevertFindings(self.inverse.run.begun)
        for asset in self.inverse.files.assets():
            # A store may tell a file by another digest than the one it was sent with.
            self.files.update(dict.fromkeys(asset.identities, asset))

    # -- one change -----------------------------------------------------------------------------------------------------

    def take_back(self, one: RunChange) -> None:
        """Plan to put back what the run did at one address."""
        change = one.change
        if not self.inverse.takes_back(one):
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
            case Action.REPLACE if self._is_half_replaced(change.address):
                self._make_again(change)
            case Action.UPDATE | Action.REPLACE | Action.ADOPT:
                self._put_back(change)

    def _is_half_replaced(self, address: Address) -> bool:
        return address in self.inverse.half_replaced and address not in self.observed

    def _unmake(self, change: Change) -> None:
        address = address_before(change)
        have, seen = self.recorded.get(address), self.observed.get(address)
        if have is None:
            self.findings.nothing_left.append(address)
            return
        if change.type.removal is RemovalRule.REFUSED and change.owner not in self.going:
            self.findings.cannot(address, f"{change.type.loss}")
            return
        lines = [] if seen is None or seen.id != have.id or self.inverse.force else self._changed_since(change, have, seen)
        if lines:
            self.findings.conflict(address, "would be deleted, but was changed after the run created it", lines)
            self.kept[address] = address
            return
        foreign = self._others_parts(address)
        if foreign and not self.inverse.force:
            detail = [f"- {other}" for other in foreign[:MOST_NAMED]]
            self.findings.conflict(address, "would be deleted, but these were added to it later", detail)
            self.kept[address] = address
            return
        self.going.update((address, *foreign))
        self.findings.note_still(address, address in self.inverse.files.catalog.resources)

    def _changed_since(self, change: Change, have: Recorded, seen: Observed) -> list[str]:
        made = fill(change.after or {}, lambda other: None if other not in self.recorded else self.recorded[other].id)
        now = known(change.type, {name: value for name, value in made.items() if name in have.attributes}, have, seen)
        asked = {
            name: value for name, value in made.items() if name in now and name not in owner_attributes(change) and not has_reference(value)
        }
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
        mine = {address_before(one.change) for one in self.inverse.run.changes}
        owner = self.recorded[address].id
        return sorted(
            (
                other
                for other in dependents_of({address}, self.recorded, {}) - mine
                if self.recorded[other].attributes.get(self.recorded[other].type.owner) == owner
            ),
            key=in_order,
        )

    def _make_again(self, change: Change) -> None:
        address = address_before(change)
        want = self.inverse.catalog.resources.get(address)
        if want is None or (address in self.recorded and not self._is_half_replaced(address)):
            self._leave_as_it_is(address)
            return
        attributes = self._with_files(address, change.type, want.attributes)
        if attributes is None:
            if change.owner is not None:
                self.incomplete.setdefault(change.owner, address)
            return
        self.resources[address] = replace(want, attributes=attributes)
        unrecorded = change.type.swept(attributes, frozenset(change.type.attributes)) if address not in self.recorded else ()
        if unrecorded:
            self.findings.may_lose(address, [attribute_name(change.type, name) for name in sorted(unrecorded)])
        self.findings.note_still(address, address not in self.inverse.files.catalog.resources)

    def _manage_again(self, change: Change) -> None:
        address = address_before(change)
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
        self.findings.note_still(address, address not in self.inverse.files.catalog.resources)

    def _leave_as_it_is(self, address: Address) -> None:
        self.findings.nothing_left.append(address)
        self.staying.add(address)

    def _release(self, change: Change) -> None:
        address = address_before(change)
        if address not in self.recorded:
            self.findings.nothing_left.append(address)
            return
        self.released.append(Release(address, destroy=False, origin=NOWHERE))
        self.findings.note_still(address, address in self.inverse.files.catalog.resources)

    def _put_back(self, change: Change) -> None:
        address = address_before(change)
        have, seen = self.recorded.get(address), self.observed.get(address)
        if have is None or seen is None or seen.id != have.id:
            self.findings.nothing_left.append(address)
            return
        now = self._as_it_is(have, seen)
        want = dict(now)
        lines: list[str] = []
        real = False
        back: list[tuple[AttributePath, Value | Missing]] = []
        for item in change.attributes:
            if str(item.path[0]) in owner_attributes(change):
                continue
            was, made = self._before(change, item), self._side(change, item.after)
            there = lookup(now, item.path)
            if means_the_same(item, was, made):
                continue
            real = True
            if means_the_same(item, there, was):
                continue
            if not self.inverse.force and not has_reference(made) and not means_the_same(item, there, made):
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
            self.findings.conflict(address, "was changed since the run, at what the run had changed", lines)
        if change.action is Action.ADOPT and (back or not real):
            why = "It was there before the run, which took it into the state; it stays managed, with what it had before."
            self.findings.tell(address, why, hint=f"To let go of it afterwards:\ncatalogctl state rm {address}")
        if not back:
            self.staying.add(address)
            if real and not lines and not self.findings.is_told(address):
                self.findings.nothing_left.append(address)
            return
        want.update(self._going_along(change, now))
        key = want.get(change.type.key)
        renamed = any(path[0] == change.type.key for path, _ in back)
        self.resources[address] = replace(self._wanting(address, have, want), key=key if renamed and isinstance(key, str) else have.key)
        self.findings.note_still(address, any(self._is_said(address, path, was) for path, was in back))

    def _going_along(self, change: Change, now: Attributes) -> dict[str, Value]:
        """Return what was sent along with what changed although it is alike to the store, where it still is as the run left it."""
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
        referring = with_references({"": value}, change.address, change.dependencies, self.ids)
        return fill(referring, lambda other: None if other not in self.recorded else self.recorded[other].id)[""]

    def _place_value(
        self, change: Change, want: dict[str, Value], item: AttributeChange, was: Value | Missing, there: Value | Missing
    ) -> bool:
        """Put what there was before into what is wanted; whether that can be."""
        address, name = address_before(change), str(item.path[0])
        attribute = change.type.attributes[name]
        if was is UNREADABLE:
            self.findings.unknown.setdefault(address, []).append(attribute_name(change.type, name))
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
            self.findings.cannot(address, why, name)
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
        self.findings.cannot(
            address_before(change), f"It had no {attribute_name(change.type, name)} before, and the store has no way to take it away.", name
        )
        return False

    def _with_files(self, address: Address, type_: ResourceType, attributes: Attributes) -> dict[str, Value] | None:
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
            was = f"Its {attribute_name(type_, name)} was {value_words(type_.attributes[name], asset)}"
            detail = f"{was}, and the project has no file with that content any more."
            command = self.findings.git_revert()
            hint = f"Where the file is still in git, this brings it back:\n{command}" if command else ""
            self.findings.impossible.append(
                warning("revert-file-missing", "A file that cannot be put back", detail, hint, address=str(address), attribute=name)
            )
            self.findings.lost.add(address)
        return None if missing else found

    # -- all together ---------------------------------------------------------------------------------------------------

    def leave_what_would_be_incomplete(self) -> None:
        """Make no object again whose parts cannot all be made again: it would lose what it has for less than it had."""
        for owner, part in self.incomplete.items():
            if owner not in self.inverse.destroyed or owner not in self.resources:
                continue
            parts = {address_before(one.change) for one in self.inverse.run.changes if one.change.owner == owner}
            for address in (owner, *parts):
                self.resources.pop(address, None)
                self.going.discard(address)
                self.findings.lost.add(address)
            self.findings.cannot(owner, f"It is not created again, because {part}, which is part of it, could not be put back.")

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
                self.findings.cannot(address, f"It needs {needed}, which is not there and is not made again.")

    def take_along(self) -> None:
        """Want everything that depends on what changes as it is: it may be undone by that, or created again with it."""
        along = dependents_of(set(self.resources), self.recorded, {})
        along |= {move.target for move in self.inverse.catalog.moved if move.target in self.recorded}
        if self.inverse.reviewed:
            along |= (self.staying | self.kept.keys()) & self.recorded.keys()
        for address in sorted(along - self.resources.keys() - self.going, key=in_order):
            have, seen = self.recorded[address], self.observed.get(address)
            if seen is not None and seen.id == have.id:
                self.resources[address] = self._wanting(address, have, self._as_it_is(have, seen))
        for move in self.inverse.catalog.moved:
            self.findings.note_still(move.target, move.target not in self.inverse.files.catalog.resources)

    def _as_it_is(self, have: Recorded, seen: Observed) -> dict[str, Value]:
        now = known(have.type, have.attributes, have, seen)
        return {name: value for name, value in now.items() if not isinstance(value, Missing)}

    def _wanting(self, address: Address, have: Recorded, attributes: Attributes) -> Resource:
        located = {name: self.files.get(value.identity, value) if isinstance(value, Asset) else value for name, value in attributes.items()}
        return wanted_with(address, have, located, self.inverse.files.catalog, self.ids)

    def _is_said(self, address: Address, path: AttributePath, was: Value | Missing) -> bool:
        """Return whether the files want something else at a path than what is put back."""
        declared = self.inverse.files.catalog.resources.get(address)
        if declared is None:
            return False
        says = lookup(declared.attributes, path)
        if isinstance(says, Missing) or isinstance(was, Missing):
            return says is not was
        return not declared.type.attributes[str(path[0])].same(was, says) if len(path) == 1 else says != was


def owner_attributes(change: Change) -> frozenset[str]:
    """Return the name of the attribute that holds the owner's id, where the type has one."""
    return frozenset({change.type.owner} if change.type.owner else ())


def means_the_same(item: AttributeChange, there: Value | Missing, other: Value | Missing) -> bool:
    """Return whether two values at the path of a change mean the same to the store."""
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
