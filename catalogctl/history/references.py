"""References between the objects of a reverted run."""

from __future__ import annotations

from collections.abc import Mapping

from catalogctl.history.revert_scope import address_before
from catalogctl.history.run import Run
from catalogctl.model.address import Address
from catalogctl.model.resource import Recorded, Resource
from catalogctl.model.title import NOWHERE
from catalogctl.model.value import Attributes, Reference, Scalar, Value
from catalogctl.planning.catalog import Catalog
from catalogctl.planning.change import Change


def addresses_by_id(run: Run, recorded: Mapping[Address, Recorded]) -> dict[tuple[str, str], Address]:
    """Tell by account and id which object was meant, before the run and now; a facet has its owner's id, and is not meant by it."""
    known = [(address_before(one.change), one.change.type, one.change.id) for one in run.changes]
    known += [(address, have.type, have.id) for address, have in recorded.items()]
    return {(address.account, id_): address for address, kind, id_ in known if id_ is not None and kind.singleton is None}


def wanted_with(
    address: Address, thing: Change | Recorded, attributes: Attributes, files: Catalog, ids: Mapping[tuple[str, str], Address]
) -> Resource:
    """Want an object with these attributes, whatever refers to others by reference: they may be created again as well."""
    declared = files.resources.get(address)
    referring = with_references(attributes, address, thing.dependencies, ids)
    return Resource(
        address=address,
        type=thing.type,
        key=thing.key,
        attributes=referring,
        origin=NOWHERE if declared is None else declared.origin,
        dependencies=dependencies_of(referring, thing.dependencies),
        protect=thing.protect,
        follows=() if declared is None else declared.follows,
    )


def as_recorded(have: Recorded) -> Resource:
    """Return a resource that wants exactly what state records."""
    return Resource(have.address, have.type, have.key, have.attributes, NOWHERE, have.dependencies, have.protect)


def with_references(
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


def dependencies_of(attributes: Attributes, before: tuple[Address, ...]) -> tuple[Address, ...]:
    """List what a resource depends on: what it did, and what it refers to."""
    items = [item for value in attributes.values() for item in (value if isinstance(value, tuple) else (value,))]
    return tuple(dict.fromkeys([*before, *(item.address for item in items if isinstance(item, Reference))]))
