"""Which addresses hold an object of a store by now."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from functools import cached_property

from catalogctl.model.address import Address
from catalogctl.model.resource import RemovalRule, ResourceType
from catalogctl.planning.order import Operation
from catalogctl.state.ledger import Ledger


class Holders:
    """Finds the addresses of an object by its id, while a run changes the ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    @cached_property
    def _addresses(self) -> dict[tuple[str, str], dict[str, set[Address]]]:
        """Addresses by id, by account and type. An entry that is out of date costs nothing: the ledger has the last word."""
        addresses: dict[tuple[str, str], dict[str, set[Address]]] = {}
        for address in self._ledger.addresses:
            self._note(address, addresses)
        return addresses

    def note(self, address: Address) -> None:
        """Take note of what the ledger records of an address by now."""
        if "_addresses" in self.__dict__:
            self._note(address, self._addresses)

    def _note(self, address: Address, addresses: dict[tuple[str, str], dict[str, set[Address]]]) -> None:
        recorded = self._ledger.get(address)
        if recorded is None:
            return
        known = addresses.setdefault((address.account, recorded.type.name), {})
        for id_ in recorded.ids:
            known.setdefault(id_, set()).add(address)

    def keeper(self, address: Address, type_: ResourceType, id_: str) -> Address | None:
        """Return another address that has an object; `None` where there is none."""
        for other in sorted(self._known(address, type_).get(id_, ())):
            have = self._ledger.get(other)
            if other != address and have is not None and have.id == id_:
                return other
        return None

    def is_held(self, operation: Operation, id_: str) -> bool:
        """Return whether an object that a create came upon is another one than the create is to make.

        Another address has it, or it is still to be deleted. What was recorded of the address itself and is gone may return.
        """
        address = operation.address
        for holder in self._known(address, operation.change.type).get(id_, ()):
            have = self._ledger.get(holder)
            if have is None or id_ not in have.ids:
                continue
            if holder != address or operation.create_before_destroy or have.id != id_:
                return True
        return False

    def held(self, operation: Operation) -> frozenset[str]:
        """List the ids of which `is_held` is true."""
        return frozenset(id_ for id_ in self._known(operation.address, operation.change.type) if self.is_held(operation, id_))

    def _known(self, address: Address, type_: ResourceType) -> dict[str, set[Address]]:
        """Return the holders by id; none for what cannot be deleted on its own, which addresses may share and exchange."""
        exclusive = type_.removal is RemovalRule.DELETED and type_.singleton is None
        return self._addresses.get((address.account, type_.name), {}) if exclusive else {}


@dataclass(frozen=True, slots=True)
class HeldIds(Container[str]):
    """The ids of objects that are others than the one a create is to make."""

    holders: Holders
    operation: Operation

    def __contains__(self, id_: object) -> bool:
        """Return whether an id is one of these."""
        return isinstance(id_, str) and self.holders.is_held(self.operation, id_)
