"""The smallest things with an id on an account: as wanted, as remembered, as seen, and what their type is like."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from enum import Enum, StrEnum
from typing import Final

from catalogctl.model.address import Address
from catalogctl.model.asset import Asset
from catalogctl.model.diagnostics import Diagnostic
from catalogctl.model.link import Links
from catalogctl.model.title import Ignore, Origin
from catalogctl.model.value import Attributes, Scalar, Value, digest


class Kind(StrEnum):
    """What one scalar of an attribute is."""

    TEXT = "text"
    LONG_TEXT = "long-text"
    """Text of several sentences, HTML allowed; shown as a word-level diff."""
    INTEGER = "integer"
    BOOLEAN = "boolean"
    MONEY = "money"
    DATE = "date"
    DATETIME = "datetime"
    """Date and time in the store's own zone."""
    JSON = "json"
    """A JSON document, held as canonical text."""
    ASSET = "asset"


class Shape(StrEnum):
    """How many scalars an attribute holds, and what their order means."""

    ONE = "one"
    LIST = "list"
    SET = "set"
    """Unordered: kept sorted, duplicates dropped."""
    MAP = "map"


class Trait(Enum):
    """What is special about an attribute; the diff and the order act on these and on nothing else."""

    WRITE_ONLY = "accepted by the store and never told again: compared with what was recorded"
    REPLACES = "cannot change in place: a change is delete and create"
    ON_DECISION = "sent at creation and when its declared value changes, never just because another one does"
    FOREIGN = "no file declares it: what others put beside the declared is sent along as observed"
    AT_CREATION = "taken by create alone: what an object has that is there already counts as declared"
    AFTER_CREATE = "refused or ignored by create: sent by an update right after it"
    TAKES_AWAY = "what goes out of it is deleted from the store"
    UPLOADED = "a file that is sent as its bytes: no address to fetch it from is needed"
    NORMALISED = (
        "the store may keep another form than was sent, which nobody can compute: what it told right after stands for what was sent"
    )
    UNDONE = "falls back to its facet's value when something that the resource depends on changes: set again after it"
    INHERITED = (
        "reads as the same attribute of what the resource depends on, of its own type, until it is set itself: set after a change of that"
    )
    COMPOSED = "a key that is put together from other attributes: people are shown those"
    RENEWS = "a change gives the object a new id, so that what refers to it changes too"
    TERRITORIES = "the countries it is sold in: what goes out of it is a market lost"
    ON_SALE = "while it is true the book is offered: to take that back is to take the book from sale"
    FREE = "while it is true nothing is paid, whatever the prices say"


@dataclass(frozen=True, slots=True)
class Amount:
    """One price in an attribute."""

    currency: str
    amount: Decimal
    term: str = ""
    """The stretch of time for which alone it holds, in words that follow the currency; empty: it holds at all times."""


class _NoUnset(Enum):
    NO_UNSET = "stays as it is when no longer declared"


NO_UNSET: Final = _NoUnset.NO_UNSET


@dataclass(frozen=True, slots=True)
class Attribute:
    """One named value of a resource type, and its traits."""

    name: str
    kind: Kind
    shape: Shape = Shape.ONE
    traits: frozenset[Trait] = frozenset()
    unset: Value | _NoUnset = NO_UNSET
    """What to send when it was declared once and is no longer."""
    normal: Callable[[Value], Value] | None = None
    """The store's normal form, in which both sides are compared; `None` where values are compared as they are."""
    alike: Callable[[Value, Value], bool] | None = None
    """Whether what there is (first) already is what is wanted (second), where no normal form of each alone can tell."""
    aliases: Callable[[Value, Value], bool] | None = None
    """Whether two values that differ may be two names of one thing, which the store alone can tell."""
    impossible: Callable[[Value, Value], str] | None = None
    """Why what there is (first) cannot become what is wanted (second) as long as the object lives; empty where it can."""
    amounts: Callable[[Value], tuple[Amount, ...]] | None = None
    """The prices in a value that is no plain mapping of money; `None` where there are none."""
    items: Callable[[Value], tuple[str, ...]] | None = None
    """Writes what a value holds as people do, item by item and in order; `None` where a value is shown as it is."""
    everywhere: tuple[str, ...] = ()
    """Which value of territories stands for the whole world."""
    replaced: Callable[[Attributes, frozenset[str]], bool] | None = None
    """Whether an update replaces it even where it is not declared, by what the object shall have and the names of what differs: then it
    is sent as observed. Where the object is created again, everything differs. `None`: an update leaves alone what it does not carry."""
    carried: Callable[[Value, Attributes, Attributes], Value] | None = None
    """How much of an observed value is sent in that way, by what the object has and shall have; `None`: all of it."""
    unseen: str = ""
    """What no answer tells of it, so that an update which replaces it removes that: a sentence for a warning; empty where all is told."""
    unsendable: str = ""
    """Why the store may show it in a form that no request can carry, so that it counts as not returned: a sentence for a refusal; empty
    where that cannot be."""
    declared: str = ""
    """Which field of an edition it comes from, as a path with dots and `{account}` for the account's name; empty: no one field."""

    @property
    def write_only(self) -> bool:
        """Return whether no answer of the store ever tells it."""
        return Trait.WRITE_ONLY in self.traits

    @property
    def settles_by_reading(self) -> bool:
        """Return whether a look at the object tells if a change of it was made."""
        return self.traits.isdisjoint({Trait.WRITE_ONLY, Trait.RENEWS, Trait.NORMALISED})

    @property
    def replaces(self) -> bool:
        """Return whether it cannot change in place."""
        return Trait.REPLACES in self.traits

    def same(self, there: Value, wanted: Value) -> bool:
        """Return whether two values mean the same to the store; only `alike` minds which of them is wanted."""
        if there == wanted:
            return True
        if self.normal is not None and self.normal(there) == self.normal(wanted):
            return True
        return self.alike is not None and self.alike(there, wanted)

    def decode(self, stored: object) -> Value:
        """Read a value back from JSON, as `canonical` wrote it.

        Raises:  ValueError or TypeError when it is not of this attribute's kind and shape.
        """
        if stored is None:
            return None
        one = _DECODERS[self.kind]
        match self.shape:
            case Shape.ONE:
                return one(stored)
            case Shape.LIST | Shape.SET:
                if not isinstance(stored, list):
                    message = f"{self.name}: a list was expected"
                    raise TypeError(message)
                return tuple([None if item is None else one(item) for item in stored])
            case Shape.MAP:
                if not isinstance(stored, dict):
                    message = f"{self.name}: a mapping was expected"
                    raise TypeError(message)
                return {name: None if item is None else one(item) for name, item in stored.items()}


def _text(stored: object) -> str:
    if isinstance(stored, str):
        return stored
    message = f"{stored!r} is no text"
    raise TypeError(message)


def _integer(stored: object) -> int:
    if isinstance(stored, int) and not isinstance(stored, bool):
        return stored
    message = f"{stored!r} is no whole number"
    raise TypeError(message)


def _boolean(stored: object) -> bool:
    if isinstance(stored, bool):
        return stored
    message = f"{stored!r} is neither true nor false"
    raise TypeError(message)


_AMOUNT: Final = re.compile(r"-?[0-9]{1,40}(\.[0-9]{1,40})?")
"""What `decimal_text` gives of any amount that a store can hold: an exponent could make a text of any length of it."""


def _money(stored: object) -> Decimal:
    text = _text(stored)
    if _AMOUNT.fullmatch(text) is None:
        message = f"{text[:60]!r} is no amount"
        raise ValueError(message)
    return Decimal(text)


def _asset(stored: object) -> Asset:
    text = _text(stored)
    return Asset("", sha256=text.removeprefix("sha256:")) if text.startswith("sha256:") else Asset(text)


_DECODERS: Final[Mapping[Kind, Callable[[object], Scalar]]] = {
    Kind.TEXT: _text,
    Kind.LONG_TEXT: _text,
    Kind.JSON: _text,
    Kind.INTEGER: _integer,
    Kind.BOOLEAN: _boolean,
    Kind.MONEY: _money,
    Kind.DATE: lambda stored: date.fromisoformat(_text(stored)),
    Kind.DATETIME: lambda stored: datetime.fromisoformat(_text(stored)),
    Kind.ASSET: _asset,
}


class ReplaceOrder(StrEnum):
    """Which half of a replace goes first."""

    DELETE_FIRST = "delete-first"
    """The store allows one object with a natural key: there is a moment with none."""
    CREATE_FIRST = "create-first"


class Identity(StrEnum):
    """What a store makes of an object's natural key."""

    ENFORCED = "enforced"
    """It refuses a second object with one natural key, so that a repeated create cannot double."""
    KEPT = "kept"
    """It keeps the key, and does not mind two objects with it."""
    UNTOLD = "untold"
    """It has no place for a key of ours: an object is known by its id, and until it has one by not having been there before."""


class RemovalRule(StrEnum):
    """How an object can be taken away while the one it is part of stays."""

    DELETED = "deleted"
    """By a request."""
    LEFT = "left"
    """Not at all: it stays in the store, and is no longer managed."""
    REFUSED = "refused"
    """Not at all, and to leave it there would be wrong."""


class ReadBy(StrEnum):
    """How one object can be read again when a listing lacks it."""

    ID = "id"
    """By its own id, with a request that is not the listing's."""
    OWNER = "owner"
    """Only together with its owner's other parts: the same request again."""


@dataclass(frozen=True, slots=True)
class ResourceType:
    """A kind of resource: its attributes, its identity on the store and what losing one means."""

    provider: str
    name: str
    attributes: Mapping[str, Attribute]
    key: str
    """Which attribute holds the natural key; empty where the store has no place for one, or one object has but one of this type."""
    identity: Identity
    replace_order: ReplaceOrder
    loss: str
    """What deleting one destroys, in words for the reviewer."""
    owner: str = ""
    """Which attribute refers to the object that it is part of, and goes with; empty where it is alone."""
    singleton: Attributes | None = None
    """What it is from the moment its owner exists: it has no beginning of its own, and its owner's id. `None`: it is made."""
    removal: RemovalRule = RemovalRule.DELETED
    read_by: ReadBy = ReadBy.ID
    resubmission: str = ""
    """What a file declares for an object that a change took from sale to be handed in again, with `{account}`; empty where none does."""

    def swept(self, after: Attributes, changed: frozenset[str]) -> frozenset[str]:
        """Return the attributes that are not in `after` and that an update of those in `changed` replaces all the same."""
        return frozenset(
            name for name, one in self.attributes.items() if one.replaced is not None and name not in after and one.replaced(after, changed)
        )

    @property
    def undone(self) -> Attributes:
        """What a change of something that it depends on leaves of it: of its facet, what falls back by that."""
        return {name: value for name, value in (self.singleton or {}).items() if Trait.UNDONE in self.attributes[name].traits}

    @property
    def moves_along(self) -> frozenset[str]:
        """The attributes that change by themselves with what it depends on: what falls back, and what is inherited."""
        return frozenset({*self.undone, *(name for name, one in self.attributes.items() if Trait.INHERITED in one.traits)})

    def word(self, name: str) -> str:
        """Return the title file's word for an attribute: the last step of its field, where no other attribute comes from that field."""
        declared = self.attributes[name].declared if name in self.attributes else ""
        is_shared = sum(other.declared == declared for other in self.attributes.values()) > 1
        return name if not declared or is_shared else declared.rpartition(".")[2]

    @property
    def cascades(self) -> bool:
        """Return whether nothing needs to be sent for it when its owner is deleted."""
        return bool(self.owner) and not (self.singleton is not None and self.removal is RemovalRule.DELETED)

    def decode(self, stored: Mapping[str, object]) -> dict[str, Value]:
        """Read attributes back from JSON; a name this type no longer has is left out.

        Raises:  ValueError or TypeError as `Attribute.decode`.
        """
        known = self.attributes
        return {name: known[name].decode(value) for name, value in stored.items() if name in known}


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource as the files want it."""

    address: Address
    type: ResourceType
    key: str
    """Its natural key on the store, byte for byte."""
    attributes: Attributes
    origin: Origin
    dependencies: tuple[Address, ...] = ()
    """Must exist before this one does."""
    protect: bool = False
    ignore: tuple[Ignore, ...] = ()
    """Which differences are left alone; those that no longer hold are not among them."""
    follows: tuple[Address, ...] = ()
    """Of its own type and owner: is made after these where they are made too, for a store that keeps the order in which it got them."""
    create_errors: tuple[Diagnostic, ...] = ()
    """What is wrong with making it from what is declared; where the store has it already, nothing is."""


@dataclass(frozen=True, slots=True)
class Deposed:
    """An object whose place another one took, and that is still to be deleted: a replace ended between its halves."""

    id: str
    key: str
    """Its natural key, which its successor need not have."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A resource as state remembers it."""

    address: Address
    type: ResourceType
    base_url: str
    """Of the account it was made on; another one means another store."""
    id: str
    key: str
    attributes: Attributes
    """As last applied, declared ones only."""
    observed: Attributes
    """As the store last reported them, where that is not what was applied."""
    dependencies: tuple[Address, ...] = ()
    protect: bool = False
    deposed: tuple[Deposed, ...] = ()
    """What it took the place of, and what is still to be deleted."""
    half_replaced: bool = False
    """Whether a replace deleted it and has not created it again. Then `observed` has all that the store showed of it before, so that
    its successor can be created with what no file declares."""

    @property
    def ids(self) -> tuple[str, ...]:
        """Its own id, and those of what is still to be deleted."""
        return (self.id, *(former.id for former in self.deposed))

    def without(self, id_: str) -> Recorded | None:
        """Return what is remembered once an object is gone: nothing, unless another one took its place before."""
        return None if self.id == id_ else replace(self, deposed=tuple(one for one in self.deposed if one.id != id_))


def told_otherwise(applied: Attributes, told: Attributes) -> dict[str, Value]:
    """Return what a store reported of applied attributes where it is not the same, to the letter: what state remembers as observed."""
    return {name: told[name] for name, value in applied.items() if name in told and told[name] != value}


@dataclass(frozen=True, slots=True)
class Observed:
    """A resource as the store shows it now."""

    id: str
    key: str
    attributes: Attributes
    """Readable ones only, converted to our kinds."""
    in_place: frozenset[str] = frozenset()
    """Attributes that can change in place on this object, whatever their type says."""
    links: Links = field(default_factory=dict, compare=False)
    """Where people see it, as the store says; no part of what it is."""
    live: bool = False
    """Whether it is on sale, or on its way there; no part of what it is. Reported where a change takes it from sale."""
    irreplaceable: str = ""
    """What it has and no create could give its successor, as a sentence; empty where there is no such thing."""
    unread: tuple[str, ...] = ()
    """What it may have and no answer returns, by the names of attributes: its successor lacks what of it the files do not declare."""
    unwritable: str = ""
    """What it has and the store gives each new object a value of its own for, as a sentence; empty where there is no such thing."""
    parts: Mapping[str, str] = field(default_factory=dict, compare=False)
    """Ids of all that is part of it and goes with it, with the words for each; read only of what is to be created again."""

    @property
    def fingerprint(self) -> str:
        """The digest by which a saved plan knows whether this object moved."""
        return digest({"id": self.id, "attributes": self.attributes})
