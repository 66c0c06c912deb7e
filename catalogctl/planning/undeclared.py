"""What an update or a replace does to attributes that no file declares. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace

from catalogctl.model.diagnostics import Diagnostic, error, warning
from catalogctl.model.resource import Attribute, Observed, ResourceType, Trait
from catalogctl.model.value import Attributes, Value
from catalogctl.planning.action import Action
from catalogctl.planning.attribute_words import attribute_name
from catalogctl.planning.catalog import Catalog
from catalogctl.planning.change import UNREADABLE, Change
from catalogctl.planning.skeleton import skeleton


def carrying(change: Change, seen: Observed) -> Change:
    """Return a change that sends as observed what it replaces and no file declares.

    Source:  PRODUCT.md 5.8, 6.21.
    """
    kind, before, after = change.type, change.before or {}, change.after or {}
    swept = kind.swept(after, frozenset(kind.attributes) if change.action is Action.REPLACE else change.changed)
    carried: dict[str, Value] = {}
    for name in sorted(swept & seen.attributes.keys()):
        told, part = seen.attributes[name], kind.attributes[name].carried
        carried[name] = told if part is None else part(told, before, after)
    untold = swept - carried.keys()
    if change.action is Action.REPLACE:
        carried |= _had(kind, seen, before, after, carried)
    return replace(change, carried=carried, untold=untold)


def losses(change: Change, seen: Observed, catalog: Catalog) -> Iterator[Diagnostic]:
    """Find what a change would lose, or may lose, for not being known; `change` carries what it can."""
    if change.action is Action.REPLACE:
        yield from _irreplaceable(change, seen)
    yield from _unknown_territories(change, catalog)
    if change.untold:
        yield _would_clear(change, seen, sorted(change.untold), catalog)
        return
    yield from _unseen(change, catalog)
    if change.action is Action.REPLACE:
        after = change.after or {}
        yield from _unread(change, [name for name in seen.unread if name not in after and name not in change.carried], catalog)
        yield from _unwritable(change, seen, catalog)


def _irreplaceable(change: Change, seen: Observed) -> Iterator[Diagnostic]:
    if seen.irreplaceable:
        hint = "Make the change in the store's own panel, or take that away there first."
        yield error(
            "replace-would-lose",
            "A new object could not be like the old one",
            seen.irreplaceable,
            hint,
            address=str(change.address),
        )


def _unknown_territories(change: Change, catalog: Catalog) -> Iterator[Diagnostic]:
    """Warn where an object would be sold in some countries and the store does not tell where it is: no limit can measure that."""
    for item in change.attributes:
        if Trait.TERRITORIES in item.attribute.traits and item.before is UNREADABLE and item.after not in ((), item.attribute.everywhere):
            names = ", ".join(map(str, item.after)) if isinstance(item.after, tuple) else str(item.after)
            detail = (
                f"{change.address} would be sold in {names} alone. The store does not return the countries where it is sold now, "
                "so a loss is not listed as a risk and not counted against `max_territory_loss`."
            )
            hint = "Compare it with the store's own panel before this is applied."
            place = catalog.field_place(change.address, item.attribute.name)
            summary = "Unknown loss of territories"
            yield warning("territories-unknown", summary, detail, hint, address=str(change.address)).at(place)


def _unseen(change: Change, catalog: Catalog) -> Iterator[Diagnostic]:
    """Notice what an update may clear that no answer tells; it is refused where others have put something into a declared list.

    What they put there and the store shows could be sent along, and what it does not show yet could not.
    """
    after = change.after or {}
    for name, value in sorted(change.carried.items()):
        attribute = change.type.attributes[name]
        if not attribute.unseen:
            continue
        theirs = attribute.items(value) if attribute.items is not None else ()
        own = next((one for one in _siblings(change.type, attribute) if after.get(one.name) is not None), None)
        if change.action is Action.REPLACE or own is None or not theirs:
            summary = "An update may clear values that cannot be read"
            yield warning("update-may-clear", summary, attribute.unseen, address=str(change.address))
            continue
        field = attribute_name(change.type, own.name)
        detail = f"The store shows in {field} what the files do not declare: {', '.join(theirs)}. {attribute.unseen}"
        rows = {own.name: [*_rows(after[own.name]), *_rows(value)]}
        hint = "Declare it, with what the store's panel has scheduled for later.\n" + _skeleton(change, [own], rows)
        place = catalog.field_place(change.address, own.name)
        yield error("update-would-clear", "An update would clear undeclared fields", detail, hint, address=str(change.address)).at(place)


def _siblings(type_: ResourceType, attribute: Attribute) -> list[Attribute]:
    """Return the attributes that come from the same field as another one."""
    return [one for one in type_.attributes.values() if one is not attribute and attribute.declared and one.declared == attribute.declared]


def _rows(value: Value) -> list[object]:
    """Return the rows of an attribute that is JSON as a file says them: without what they leave out."""
    rows = json.loads(value) if isinstance(value, str) else []
    return [{name: said for name, said in row.items() if said is not None} if isinstance(row, dict) else row for row in rows]


def _skeleton(change: Change, attributes: list[Attribute], known: Mapping[str, list[object]]) -> str:
    as_json = change.origin is not None and change.origin.path.lower().endswith(".json")
    return skeleton(attributes, change.address.account, known, as_json=as_json)


def _unread(change: Change, unread: list[str], catalog: Catalog) -> Iterator[Diagnostic]:
    """Warn of attributes that an object may have, no one can read, and a new object would not have."""
    if unread:
        names = ", ".join(attribute_name(change.type, name) for name in unread)
        detail = (
            f"{change.address} would be deleted and created again. The store does not return these fields and the files do not declare "
            f"them, so the new object would be created without them: {names}."
        )
        hint = "Compare it with the store's own panel. Declare what the new object must keep, or set it there after the replace."
        place = None if change.origin is None else catalog.place(change.origin)
        summary = "A replace may lose values that cannot be read"
        yield warning("replace-may-lose", summary, detail, hint, address=str(change.address)).at(place)


def _unwritable(change: Change, seen: Observed, catalog: Catalog) -> Iterator[Diagnostic]:
    if seen.unwritable:
        hint = "Compare the new object with the store's own panel after the replace."
        place = None if change.origin is None else catalog.place(change.origin)
        summary = "A replace may lose values that cannot be written"
        yield warning("replace-may-lose", summary, seen.unwritable, hint, address=str(change.address)).at(place)


def _would_clear(change: Change, seen: Observed, untold: list[str], catalog: Catalog) -> Diagnostic:
    attributes = [change.type.attributes[name] for name in untold]
    names = dict.fromkeys(_field_name(change.type, name) for name in untold)
    why = " ".join(dict.fromkeys(one.unsendable for one in attributes if one.unsendable))
    shown = {
        one.name: rows for one in attributes for beside in _siblings(change.type, one) if (rows := _rows(seen.attributes.get(beside.name)))
    }
    told = "does not return all of them" if shown else "does not return them"
    detail = f"An update of {change.address} replaces {', '.join(names)} as well. " + (
        why or f"The files do not declare them and the store {told}, so the update would clear them."
    )
    hint = "Declare each with its value in the store; an empty list clears it there."
    hint += " What the store shows is filled in: add the rest." if shown else ""
    hint += "\n" + _skeleton(change, attributes, shown)
    place = None if change.origin is None else catalog.place(change.origin)
    return error("update-would-clear", "An update would clear undeclared fields", detail, hint, address=str(change.address)).at(place)


def _field_name(type_: ResourceType, name: str) -> str:
    """Return what people call an attribute; one that no file declares, by the field that is beside it."""
    attribute = type_.attributes[name]
    foreign = Trait.FOREIGN in attribute.traits and attribute.declared
    return attribute.declared.rpartition(".")[2] if foreign else attribute_name(type_, name)


def _had(type_: ResourceType, seen: Observed, before: Attributes, after: Attributes, carried: Attributes) -> dict[str, Value]:
    """Return what an object has, no file declares, and one made in its place would not have by itself."""
    had: dict[str, Value] = {}
    for name in seen.attributes.keys() & type_.attributes.keys() - after.keys() - carried.keys():
        attribute, told = type_.attributes[name], seen.attributes[name]
        value = told if attribute.carried is None else attribute.carried(told, before, after)
        if Trait.FOREIGN not in attribute.traits and value is not None and value != attribute.unset and value not in ((), {}, False, ""):
            had[name] = value
    return had
