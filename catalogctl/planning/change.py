"""One line of a plan: what becomes of one address, attribute by attribute."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from catalogctl.model.address import Address, AttributePath
from catalogctl.model.link import Links
from catalogctl.model.resource import Attribute, Deposed, ReplaceOrder, ResourceType, Trait
from catalogctl.model.title import Ignore, Origin
from catalogctl.model.value import Attributes, Value
from catalogctl.planning.action import Action, Reason


class Missing(Enum):
    """The type of ABSENT and UNREADABLE."""

    ABSENT = "(none)"
    UNREADABLE = "(not returned by the store)"


ABSENT = Missing.ABSENT
"""There is no value on this side."""
UNREADABLE = Missing.UNREADABLE
"""The store holds some value here, and neither it nor state can say which."""


@dataclass(frozen=True, slots=True)
class AttributeChange:
    """What changes at one path of a resource's attributes."""

    path: AttributePath
    """One step for most attributes; name and key for a mapping, so that each price is a change of its own."""
    attribute: Attribute
    before: Value | Missing
    after: Value | Missing

    @property
    def replaces(self) -> bool:
        """Return whether this change cannot be made in place."""
        return self.attribute.replaces


@dataclass(frozen=True, slots=True)
class LeftAlone:
    """A path at which the store is not as the files say, and is to stay so."""

    path: AttributePath
    rule: Ignore
    """Which entry of `ignore_changes` says so."""


@dataclass(frozen=True, slots=True)
class Change:
    """What a plan does about one address."""

    address: Address
    type: ResourceType
    action: Action
    reason: Reason
    """For eyes only."""
    id: str | None
    """On the store; `None` until it is created."""
    key: str
    before: Attributes | None
    """What the store has, with recorded values where it does not tell; `None` when there is nothing."""
    after: Attributes | None
    """What the store shall have, declared attributes only; `None` when it shall be gone or forgotten."""
    attributes: tuple[AttributeChange, ...] = ()
    """Ordered by path; for a create or delete all of them, else only what differs."""
    dependencies: tuple[Address, ...] = ()
    protect: bool = False
    fingerprint: str = ""
    """Of the remote object this was computed from; empty when there was none."""
    observed: Attributes = field(default_factory=dict)
    """As read for this plan; what state will remember of an object that is left alone."""
    links: Links = field(default_factory=dict, compare=False)
    """Where people see it, as the store said when it was read. For eyes only, and not saved."""
    origin: Origin | None = None
    """Where it is declared; `None` when it no longer is."""
    held_key: str = field(default="", compare=False)
    """The natural key under which the store has it now, which a replace may change; empty when there is nothing. Not saved."""
    owner: Address | None = None
    """What it is part of; `None` where it is alone."""
    follows: tuple[Address, ...] = ()
    """Is made after these, where they are made too."""
    present: frozenset[str] = frozenset()
    """Where the store keeps no key: ids that were there in its place before it was made. Not saved: a saved plan is planned again."""
    withdraws: bool = False
    """Whether the store takes the object, or what it is part of, from sale because of it, and the plan does not hand that in again."""
    deposed: tuple[Deposed, ...] = ()
    """What earlier replaces gave the place of to another, and did not come to delete: deleted in any case."""
    ignored: tuple[LeftAlone, ...] = ()
    """What differs and is left alone, ordered by path. For eyes only."""
    moved_from: Address | None = None
    """Where state has it until this plan is applied: a `moved` block says that it belongs here."""
    carried: Attributes = field(default_factory=dict, compare=False)
    """Undeclared attributes that an update replaces: sent as observed and not recorded. Not saved: a saved plan is planned again."""
    untold: frozenset[str] = field(default=frozenset(), compare=False)
    """Undeclared attributes that an update replaces and the store does not return. Not saved."""
    cleared: frozenset[str] = field(default=frozenset(), compare=False)
    """Attributes that are emptied because they are no longer declared: unmanaged afterwards. Not saved."""
    continues: str | None = field(default=None, compare=False)
    """Of a create: the id of the object that an earlier replace deleted and whose place it takes. Not saved."""
    parts: Mapping[str, Address] = field(default_factory=dict)
    """Ids in lists of its attributes → which objects they are of. For eyes only."""
    updates_state_only: bool = False
    """A NO_OP whose state entry is out of date (the store was given by hand what the files say now)."""

    @property
    def replace_paths(self) -> tuple[AttributePath, ...]:
        """The changes that force a replace."""
        return tuple(item.path for item in self.attributes if item.replaces) if self.action is Action.REPLACE else ()

    @property
    def takes_away(self) -> int:
        """How many objects that have no address of their own, or none any more, are deleted by it."""
        gone = 0 if self.action.destroys else len(self.deposed)
        for item in self.attributes:
            if Trait.TAKES_AWAY in item.attribute.traits and isinstance(item.before, tuple):
                kept = item.after if isinstance(item.after, tuple) else ()
                gone += len(set(item.before) - set(kept))
        return gone

    @property
    def needs_more(self) -> bool:
        """Return whether more has to be read of the object: an update replaces what is not known yet, and a replace loses all of it."""
        if self.action is Action.REPLACE or self.untold:
            return True
        return any(item.before is UNREADABLE and item.attribute.replaced is not None for item in self.attributes)

    @property
    def sends(self) -> bool:
        """Return whether it sends anything that touches the object itself."""
        return self.action in {Action.CREATE, Action.UPDATE, Action.REPLACE} or (self.action is Action.ADOPT and bool(self.attributes))

    @property
    def changed(self) -> frozenset[str]:
        """The names of the attributes that differ."""
        return frozenset(str(item.path[0]) for item in self.attributes)

    @property
    def actions(self) -> tuple[str, ...]:
        """The action as plan JSON has it."""
        match self.action:
            case Action.REPLACE:
                return ("delete", "create") if self.type.replace_order is ReplaceOrder.DELETE_FIRST else ("create", "delete")
            case Action.ADOPT if self.attributes:
                return ("adopt", "update")
            case action:
                return (action.value,)


@dataclass(frozen=True, slots=True)
class Drift:
    """One object that is not as state remembers it."""

    address: Address
    type: ResourceType
    attributes: tuple[AttributeChange, ...]
    """`before` is what state remembers, `after` what the store answers now; empty when the object is gone."""
    gone: bool
    matters: bool
    """Whether the plan does something because of it, so that it is worth showing."""
    parts: Mapping[str, Address] = field(default_factory=dict)
    """As those of a change."""
