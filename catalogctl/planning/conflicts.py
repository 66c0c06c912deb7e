"""What is wrong with a plan as a whole, once each address has been decided about. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain

from catalogctl.model.address import Address
from catalogctl.model.diagnostics import Diagnostic, error, warning
from catalogctl.model.resource import Observed, Recorded, ReplaceOrder, Trait
from catalogctl.planning.action import Action
from catalogctl.planning.catalog import Catalog
from catalogctl.planning.change import Change
from catalogctl.planning.handover import Place, circles, freed, place, taken, temporary_key
from catalogctl.planning.scope import Purpose, Scope
from catalogctl.system.host import canonical


@dataclass(frozen=True)
class Decided:
    """The decisions about all addresses of a scope, and what they were made from."""

    catalog: Catalog
    recorded: Mapping[Address, Recorded]
    observed: Mapping[Address, Observed]
    scope: Scope
    deciding: frozenset[Address]
    """All addresses that were decided about."""
    changes: Sequence[Change]

    @cached_property
    def fates(self) -> Mapping[Address, Change]:
        """The changes by address."""
        return {change.address: change for change in self.changes}


def conflicts(decided: Decided) -> Iterator[Diagnostic]:
    """Find what cannot be done, or needs to be known, that no single address shows."""
    checks = (_idle_imports, _missing_parents, _heirs_left_out, _other_holders, _held_keys, _exchanged_keys, _lost_parts)
    return chain.from_iterable(check(decided) for check in checks)


def withdrawals(decided: Decided) -> tuple[list[Change], list[Diagnostic]]:
    """Mark the first change of each object that is on sale and is not handed in again; warn where no file says that it is on sale.

    Source:  PRODUCT.md 5.4.
    """
    changes, problems = list(decided.changes), list[Diagnostic]()
    said = {change.owner for change in decided.changes if change.type.undone and (change.sends or change.action is Action.DELETE)}
    said |= {change.address for change in decided.changes if change.action.destroys}
    for number, change in enumerate(decided.changes):
        address = change.owner or change.address
        live = any(place in decided.observed and decided.observed[place].live for place in (address, change.address))
        if not live or not change.sends or address in said:
            continue
        said.add(address)
        changes[number] = replace(change, withdraws=True)
        if not any(want.type.undone and address in want.dependencies for want in decided.catalog.resources.values()):
            problems.append(_live_undeclared(decided, address, change))
    return changes, problems


def _live_undeclared(decided: Decided, address: Address, change: Change) -> Diagnostic:
    one = decided.catalog.resources.get(address) or decided.recorded.get(address)
    detail = (
        f"{address} is on sale. The store makes a draft of it when it is changed, which is off sale; the files do not declare that "
        "it is on sale, so that nothing hands it in again."
    )
    declared = "" if one is None else one.type.resubmission.format(account=address.account)
    hint = f"To hand it in after the change, declare it:\n{declared}" if declared else ""
    place = None if change.origin is None else decided.catalog.place(change.origin)
    summary = "A change takes a book off sale"
    return warning("live-undeclared", summary, detail, hint, address=str(change.address)).at(place)


def _idle_imports(decided: Decided) -> Iterator[Diagnostic]:
    """Notice import blocks for addresses that no title declares: nothing would come of them."""
    for address in (entry.address for entry in decided.catalog.imports):
        if decided.scope.purpose is Purpose.CONVERGE and address not in decided.catalog.resources and address not in decided.recorded:
            detail = f"No title declares {address}; an import there would be deleted at once."
            hint = "Declare the edition, or take the import block out."
            yield error("import-undeclared", "An import that nothing declares", detail, hint, address=str(address))


def _missing_parents(decided: Decided) -> Iterator[Diagnostic]:
    """Notice what would be made while something that it needs neither exists nor is made."""
    there = {change.address for change in decided.changes if change.after is not None}
    there |= {address for address, have in decided.recorded.items() if not have.half_replaced}
    for change in decided.changes:
        if change.after is None or not change.action.changes_anything:
            continue
        for needed in change.dependencies:
            if needed not in there:
                detail = f"{change.address} needs {needed}, which the store does not have and this plan does not make."
                hint = f"Select it too:\n--target {needed}"
                yield error("dependency-missing", "Something needed is left out", detail, hint, address=str(change.address))


def _heirs_left_out(decided: Decided) -> Iterator[Diagnostic]:
    """Notice what is declared and left out of the plan, and would inherit another value from what the plan changes."""
    sources = {change.address: change for change in decided.changes if change.after is not None and change.sends and _passes_on(change)}
    for want in decided.catalog.resources.values() if sources else ():
        for source in (sources[needed] for needed in want.dependencies if needed in sources and want.address not in decided.deciding):
            becoming = [name for name in _passes_on(source) if want.attributes.get(name) not in (None, (source.after or {})[name])]
            if source.type is not want.type or not becoming:
                continue
            detail = (
                f"{want.address} inherits from {source.address} until it is set. The files declare it otherwise than {source.address} "
                "will be, and it is left out of this plan."
            )
            hint = f"Select both, and exclude neither:\n--target {source.address} --target {want.address}"
            yield error("dependency-missing", "Something needed is left out", detail, hint, address=str(source.address))


def _other_holders(decided: Decided) -> Iterator[Diagnostic]:
    """Notice what would be deleted while another address keeps it, as where two accounts are one store."""
    holders: dict[tuple[str, str, str], list[Address]] = {}
    for address, have in decided.recorded.items():
        holders.setdefault(_identity_of(have), []).append(address)
    for change in decided.changes:
        recorded = decided.recorded.get(change.address)
        if recorded is None or not change.action.destroys or change.id != recorded.id:
            continue
        kept = (
            other for other in holders[_identity_of(recorded)] if other not in decided.fates or not decided.fates[other].action.destroys
        )
        for other in kept:
            detail = f"{change.address} would be deleted, and state records the same object (id {recorded.id}) as {other}, which stays."
            hint = f"Have state forget this address, so that the object stays:\ncatalogctl state rm {change.address}"
            yield error("held-elsewhere", "An object that another address holds", detail, hint, address=str(change.address))


def _held_keys(decided: Decided) -> Iterator[Diagnostic]:
    """Notice a key that an object is to get while another managed one keeps it: the store would refuse it, or know two by it."""
    holders: dict[Place, Address] = {}
    for address, have in decided.recorded.items():
        seen = decided.observed.get(address)
        if seen is not None and seen.id == have.id:
            holders[address.account, have.type.name, seen.key] = address
        elif address not in decided.deciding:
            holders[address.account, have.type.name, have.key] = address
    for change in decided.changes:
        key = taken(change)
        holder = holders.get(place(change, key), change.address) if key else change.address
        is_free = holder in decided.fates and freed(decided.fates[holder]) == key
        if holder == change.address or is_free or change.type.replace_order is not ReplaceOrder.DELETE_FIRST:
            continue
        detail = f"{change.address} is to get the key {key!r}, which {holder} has and keeps in this plan."
        if holder in decided.deciding or holder not in decided.catalog.resources:
            hint = f"Give {change.address} another key, or have {holder} give it up."
        else:
            hint = f"If {holder} is giving up that key, plan both together:\n--target {change.address} --target {holder}"
        yield error("key-held", "A key that another object keeps", detail, hint, address=str(change.address))


def _exchanged_keys(decided: Decided) -> Iterator[Diagnostic]:
    """Tell of keys that are exchanged, and notice those that cannot be."""
    for circle in circles(decided.changes):
        waiting, first = circle.waiting, circle.changes[0]
        names = " → ".join(str(change.address) for change in (*circle.changes, first))
        if waiting is not None:
            detail = (
                f"Each of these takes the key of the next one: {names}. Until the others have their keys, {waiting.address} has the "
                f"temporary key {temporary_key(waiting)!r}, by an update of its own."
            )
            yield warning("keys-exchanged", "Keys that are exchanged", detail, address=str(waiting.address))
        elif first.type.replace_order is ReplaceOrder.DELETE_FIRST:
            detail = f"Each of these takes the key of the next one, and none can have a temporary key: {names}."
            hint = (
                f"Do it in two steps: give {first.address} a key that nothing has, and apply; then give it the key that it is to have, "
                "and apply again."
            )
            yield error("key-circle", "Keys that cannot be exchanged", detail, hint, address=str(first.address))


def _lost_parts(decided: Decided) -> Iterator[Diagnostic]:
    """Notice parts that no file declares of an object that is created again: they would go with it, and nothing could make them again.

    Source:  PRODUCT.md 5.8, 5.9.
    """
    recorded, observed, resources = decided.recorded, decided.observed, decided.catalog.resources
    released = decided.catalog.released
    for change in decided.changes:
        parts = observed[change.address].parts if change.action is Action.REPLACE and change.address in observed else {}
        if not parts or _takes_away_the_rest(decided, change.address):
            continue
        account = change.address.account
        ours = {have.id for address, have in recorded.items() if address.account == account and address not in released}
        ours |= {seen.id for address, seen in observed.items() if address.account == account and address in resources}
        lost = [words for id_, words in parts.items() if id_ not in ours]
        if lost:
            detail = (
                f"{change.address} would be deleted and created again. It has {', '.join(lost)}, which the files do not declare and "
                "which would be deleted with it."
            )
            hint = "Declare them, make the change in the store's own panel, or take them away there first."
            summary = "A new object could not be like the old one"
            yield error("replace-would-lose", summary, detail, hint, address=str(change.address))


def _takes_away_the_rest(decided: Decided, owner: Address) -> bool:
    """Return whether the files declare that an object has no parts but those that they declare."""
    return any(
        Trait.TAKES_AWAY in want.type.attributes[name].traits
        for want in decided.catalog.resources.values()
        if want.type.owner and owner in want.dependencies
        for name in want.attributes
    )


def _passes_on(change: Change) -> list[str]:
    """List the attributes that get another value by a change, and that others may inherit."""
    before, after = change.before or {}, change.after or {}
    inherited = (name for name, attribute in change.type.attributes.items() if Trait.INHERITED in attribute.traits)
    return [name for name in inherited if name in after and before.get(name) != after[name]]


def _identity_of(have: Recorded) -> tuple[str, str, str]:
    """Return what tells a recorded object from all others, whatever its account is called; each sandbox account is a store of its own."""
    store = canonical(have.base_url)
    return (store if "://" in store else have.address.account, have.type.name, have.id)
