"""What an update or a replace does to attributes that no file declares. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from catalogctl.model.diagnostics import Diagnostic, error, warning
from catalogctl.model.resource import Observed, ResourceType, Trait
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
        yield _would_clear(change, sorted(change.untold), catalog)
        return
    yield from _unseen(change, change.carried)
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


def _unseen(change: Change, carried: Attributes) -> Iterator[Diagnostic]:
    for unseen in sorted({change.type.attributes[name].unseen for name in carried} - {""}):
        summary = "An update may clear values that cannot be read"
        yield warning("update-may-clear", summary, unseen, address=str(change.address))


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


def _would_clear(change: Change, untold: list[str], catalog: Catalog) -> Diagnostic:
    account = change.address.account
    attributes = [change.type.attributes[name] for name in untold]
    names = dict.fromkeys(_field_name(change.type, name) for name in untold)
    why = " ".join(dict.fromkeys(one.unsendable for one in attributes if one.unsendable))
    detail = f"An update of {change.address} replaces {', '.join(names)} as well. " + (
        why or "The files do not declare them and the store does not return them, so the update would clear them."
    )
    as_json = change.origin is not None and change.origin.path.lower().endswith(".json")
    lines = skeleton(attributes, account, as_json=as_json)
    hint = f"Declare each with its value in the store; an empty list clears it there.\n{lines}"
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
