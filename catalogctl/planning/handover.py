"""Natural keys that change hands within one plan: an object gives its key up before another one takes it. Pure.

chain    A gives up K1, B takes K1, and what B had is taken by C     → A, B, C
circle   A and B exchange their keys                                 → A under a temporary key, B, A
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

from catalogctl.model.address import Address, in_order
from catalogctl.model.resource import RemovalRule, ReplaceOrder, ResourceType, Trait
from catalogctl.model.value import Attributes, digest
from catalogctl.planning.action import Action
from catalogctl.planning.change import Change

Place: TypeAlias = tuple[str, str, str]
"""An account, the name of a type and a natural key: one object at most has its place there."""

_CHANGING: Final = frozenset({Action.UPDATE, Action.ADOPT, Action.REPLACE})


@dataclass(frozen=True, slots=True)
class Circle:
    """Objects each of which takes the key of the next one, and the last one that of the first."""

    changes: tuple[Change, ...]
    """Begins with the one that waits under a temporary key, where one can."""

    @property
    def waiting(self) -> Change | None:
        """The change whose object has a temporary key meanwhile; `None` where no object of the circle can have one."""
        first = self.changes[0]
        return first if _may_wait(first) else None


def is_handed_over(type_: ResourceType) -> bool:
    """Return whether the natural keys of a type can pass from object to object; what cannot be taken away keeps its place for good."""
    return bool(type_.key) and type_.removal is RemovalRule.DELETED


def freed(change: Change) -> str:
    """Return the natural key that a change gives up; empty where it gives up none."""
    if not is_handed_over(change.type):
        return ""
    held = _held(change)
    return held if change.action is Action.DELETE or (change.action in _CHANGING and change.sends and held != _wanted(change)) else ""


def taken(change: Change) -> str:
    """Return the natural key that an object gets by a change and did not have; empty where it gets none."""
    if not is_handed_over(change.type):
        return ""
    wanted = _wanted(change)
    return wanted if change.action is Action.CREATE or (change.action in _CHANGING and change.sends and wanted != _held(change)) else ""


def place(change: Change, key: str) -> Place:
    """Return where an object with a key has its place."""
    return (change.address.account, change.type.name, key)


def givers(changes: Iterable[Change]) -> dict[Address, Address]:
    """Return, for each object that takes a key, the one that gives it up in the same plan."""
    every = list(changes)
    giving = {place(change, key): change.address for change in every if (key := freed(change))}
    found: dict[Address, Address] = {}
    for change in every:
        key = taken(change)
        giver = giving.get(place(change, key)) if key else None
        if giver is not None and giver != change.address:
            found[change.address] = giver
    return found


def circles(changes: Iterable[Change]) -> list[Circle]:
    """Find the changes that wait for each other's keys.

    A replace that deletes first waits for no one: it gives its key up before it takes another.
    """
    by_address = {change.address: change for change in changes}
    ahead = {taker: giver for taker, giver in givers(by_address.values()).items() if not _deletes_first(by_address[taker])}
    found: list[Circle] = []
    known: set[Address] = set()
    for start in sorted(ahead, key=in_order):
        way: dict[Address, None] = {}
        at: Address | None = start
        while at is not None and at not in known and at not in way:
            way[at] = None
            at = ahead.get(at)
        if at is not None and at in way:
            members = list(way)
            found.append(Circle(tuple(_waiting_first([by_address[one] for one in members[members.index(at) :]]))))
        known.update(way)
    return found


def temporary_key(change: Change) -> str:
    """Return the key that an object has between its old key and its new one: the same after each crash, and no other object's."""
    return f"catalogctl-temporary-{digest([change.address.account, change.type.name, change.id, _wanted(change)])[:16]}"


def _waiting_first(members: list[Change]) -> Iterator[Change]:
    """Turn a circle so that it begins with an object that can have a temporary key."""
    first = next((number for number, one in enumerate(members) if _may_wait(one)), 0)
    yield from members[first:]
    yield from members[:first]


def _may_wait(change: Change) -> bool:
    attribute = change.type.attributes.get(change.type.key)
    return change.action is Action.UPDATE and attribute is not None and Trait.REPLACES not in attribute.traits


def _deletes_first(change: Change) -> bool:
    return change.action in {Action.CREATE, Action.DELETE} or (
        change.action is Action.REPLACE and change.type.replace_order is ReplaceOrder.DELETE_FIRST
    )


def _held(change: Change) -> str:
    """Return the key that an object has now, also where the change was read from a saved plan."""
    return _said(change.before or {}, change.type) or (change.key if change.action is Action.DELETE else change.held_key)


def _wanted(change: Change) -> str:
    return _said(change.after or {}, change.type) or change.key


def _said(attributes: Attributes, type_: ResourceType) -> str:
    value = attributes.get(type_.key)
    return value if isinstance(value, str) else ""
