"""What of a plan is decided as one: a change, or the changes of a title that cannot go without each other."""

from __future__ import annotations

from itertools import groupby
from typing import TypeAlias

from catalogctl.model.address import Address
from catalogctl.planning.change import Change
from catalogctl.planning.plan import Plan
from catalogctl.planning.review.approval import bounds

Item: TypeAlias = tuple[Change, ...]
"""At least one change; all of one title on one account."""


def items(plan: Plan) -> tuple[Item, ...]:
    """Return what someone decides on one by one, in the order in which a plan is read.

    What only state takes note of is in none. An item may need another one still, of another title: `approval.needing` tells.
    """
    changes = {change.address: change for change in plan.changes if change.action.changes_anything}
    leader = {address: address for address in changes}

    def first(address: Address) -> Address:
        while leader[address] != address:
            address = leader[address]
        return address

    for address, needed in bounds(plan.graph, changes).items():
        for other in needed:
            if other in changes and (other.title, other.account) == (address.title, address.account):
                leader[first(address)] = first(other)
    position = {address: (address.title, address.edition, address.account, address.type, address.key) for address in changes}
    lead: dict[Address, Address] = {}
    for address in sorted(changes, key=position.__getitem__):
        lead.setdefault(first(address), address)
    ordered = sorted(changes, key=lambda address: (position[lead[first(address)]], position[address]))
    return tuple(tuple(changes[address] for address in group) for _, group in groupby(ordered, key=first))
