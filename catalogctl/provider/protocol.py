"""What a provider is: everything the engine asks of one, and nothing it could learn of the engine.

A provider turns editions into resources (`compile`, pure), reads a store (`Reader`), writes to it
(`Writer`), and says which calls a step will take (`calls`, pure). It never sees a plan, a snapshot
or the terminal. What only some services need is an optional protocol of its own, looked for once:
`Completes`, `TellsParts`, `Supersedes`, `TellsStatus`, `HasAddresses`, `HasPaths`, `Imports`.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from catalogctl.model.account import Account, CallLimits
from catalogctl.model.address import Address
from catalogctl.model.asset import Asset, AssetStream
from catalogctl.model.diagnostics import Diagnostic
from catalogctl.model.link import Links
from catalogctl.model.resource import Observed, Resource, ResourceType
from catalogctl.model.title import Edition, Origin, Title
from catalogctl.model.value import Attributes
from catalogctl.provider.answer import Deletion
from catalogctl.provider.dialect import Speaker
from catalogctl.provider.endpoint import Endpoint

if TYPE_CHECKING:
    from pydantic import BaseModel

    from catalogctl.provider.service import ReadClient, WriteClient


@dataclass(frozen=True, slots=True)
class Offer:
    """One edition on one account, as the files declare it."""

    account: Account
    title: Title
    edition: Edition
    options: BaseModel
    """What the edition says to this account alone, judged by the provider's `options` model."""
    origin: Origin
    today: date
    """In UTC; for rules that depend on it, and for nothing else."""


@dataclass(frozen=True, slots=True)
class UnsupportedField:
    """A fact that an edition declares and a store has no place for."""

    field: str
    """Path within the edition, with dots: `subtitle`, `contributors`."""
    what: str
    """In words, as they follow "cannot hold": `the subtitle`, `contributors other than authors`."""
    always: bool = False
    """Whether the service takes it of no edition at all, whatever is declared: reported once for an account, and never refused."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """What one edition comes to on one account."""

    resources: tuple[Resource, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    """With `attribute` naming the option or the metadata field; the engine adds the place in the file."""
    unsupported: tuple[UnsupportedField, ...] = ()
    """Whether they are warned of or refused is the account's own rule."""


class Verb(StrEnum):
    """What one step does to one object of a store."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Step:
    """One step on one object, for saying which requests it sends."""

    type: ResourceType
    verb: Verb
    before: Attributes | None
    """What there is, also where a successor is made beside it; `None` when there is nothing."""
    after: Attributes | None
    """What there shall be; `None` when it shall be gone. A Reference stands for an id that is not known yet."""
    changed: frozenset[str]


@dataclass(frozen=True, slots=True)
class Lookup:
    """An object the plan needs to know about: by its id where state has one, else by its natural key."""

    address: Address
    type: ResourceType
    key: str
    id: str | None
    expected: Attributes
    """The declared attributes, else the recorded ones: for telling what a shortened answer was short for, and which object is meant
    where the store keeps no key. References are filled in where state knows the id; one that is left names its address."""
    taken: frozenset[str] = frozenset()
    """Ids of objects of this type that it is not: they have an address of their own, or were there before it was made."""
    remembered: Attributes = field(default_factory=dict)
    """The recorded attributes of an object whose id state knows: what was looked up for these need not be looked up again."""
    declared: bool = True
    """Whether the files declare it; what state alone records is given up."""


@dataclass(frozen=True, slots=True)
class Listing:
    """What a store holds of what was wanted."""

    objects: tuple[Observed | None, ...]
    """One for each wanted, in the same order; `None` for what does not exist there."""
    diagnostics: tuple[Diagnostic, ...] = ()
    """An error among them and there is no plan."""
    uncertain: frozenset[Address] = frozenset()
    """Wanted objects that were not found in a listing that never adds up: they may be there all the same, so that none is created."""
    present: Mapping[Address, frozenset[str]] = field(default_factory=dict)
    """For wanted objects that were not found and whose key the store does not keep: the ids of those that are there in their place."""


class Reader(Protocol):
    """Reads a store. Raises StoreFailure, and gives `None` for what is not there."""

    async def list_objects(self, wanted: Sequence[Lookup], progress: Callable[[int, int], None]) -> Listing:
        """Find all wanted objects in as few requests as the API allows.

        `progress(done, total)` is called as pages come in.
        """
        ...

    async def read(self, type_: ResourceType, id_: str) -> Observed | None:
        """Read one object by the id that the store gave it."""
        ...

    async def find(self, want: Lookup) -> Observed | None:
        """Look for one object that has no known id, past those that are `taken`: by its natural key, and where several have it, the newest.

        Where the store keeps no key: the one that is like `expected`, within its owner.
        """
        ...


@runtime_checkable
class Completes(Protocol):
    """A reader that can tell more of an object than its listing does, by requests that a plan without changes is spared."""

    async def complete(self, type_: ResourceType, seen: Sequence[Observed]) -> Sequence[Observed]:
        """Return the same objects in the same order, with all that the store tells of them in any way."""
        ...


@runtime_checkable
class TellsParts(Protocol):
    """A reader that can list what is part of an object and goes with it, whether or not anybody declares it."""

    async def parts(self, type_: ResourceType, seen: Sequence[Observed]) -> Sequence[Mapping[str, str]]:
        """Return the ids of the parts of each object, in the same order, with the words for each part."""
        ...


@dataclass(frozen=True, slots=True)
class Written:
    """What a write came to."""

    id: str
    observed: Attributes
    """What the store reported of the object in its answer; empty where it reported nothing."""
    links: Links = field(default_factory=dict)
    """Where people see the object, where the answer says so."""
    diagnostics: tuple[Diagnostic, ...] = ()
    """Notes and warnings from the answer, such as that a file is not converted yet."""


class Writer(Protocol):
    """Writes to a store. Raises StoreFailure; a delete of what is gone is `Deletion.NOT_THERE` and no failure."""

    async def create(self, type_: ResourceType, attributes: Attributes) -> Written:
        """Make a new object."""
        ...

    async def update(self, type_: ResourceType, id_: str, attributes: Attributes, changed: frozenset[str]) -> Written:
        """Make an object have these attributes; `changed` names those that differ from what it has."""
        ...

    async def delete(self, type_: ResourceType, id_: str, key: str) -> Deletion:
        """Remove the object with this id, after making sure that it still is the one with this natural key."""
        ...


@runtime_checkable
class Supersedes(Protocol):
    """A writer that must know which object a new one takes the place of, while that one is still there (`ReplaceOrder.CREATE_FIRST`)."""

    async def supersede(
        self, type_: ResourceType, attributes: Attributes, old: str, held: Container[str], leaving: Container[str]
    ) -> Written:
        """Make a new object; the one with the id `old` is deleted afterwards, and may be gone already when this returns.

        An equal object that is there already is taken for the new one, unless its id is in `held`: that one has an address, and may be
        deleted in its turn. Where the store allows one object only in a place, those in `leaving` may go first: the same plan deletes them.
        """
        ...


class Assets(Protocol):
    """Gives a file an address from which a store can fetch it, or its bytes."""

    async def url(self, asset: Asset) -> str:
        """Publish a local file if need be and give its (signed) URL; a declared URL is given back as it is."""
        ...

    def open(self, asset: Asset) -> AssetStream:
        """Open a local file for sending it; closed by whoever asked."""
        ...

    def begun(self, upload: str) -> str | None:
        """Return what an upload of several requests can go on from, where one of these names was cut off; `None` when none was."""
        ...

    def keep(self, upload: str, token: str) -> None:
        """Make durable how far an upload of several requests has come. What is kept must be no secret.

        Raises:  CatalogError when the journal cannot be written.
        """
        ...


class Provider(Speaker, Protocol):
    """The adapter for one distributor's API."""

    name: str
    """As account blocks name it: `publicala`."""
    service: str
    """The distributor's own name, for people: `publica.la`."""
    types: Mapping[str, ResourceType]
    limits: CallLimits
    secrets: tuple[str, ...]
    """Which settings of an account block are secret references."""
    settings: type[BaseModel]
    """What an account block may say beyond what all may say."""
    options: type[BaseModel]
    """What an edition's `publish: {ACCOUNT: {…}}` may say."""
    sandbox: str
    """Where the service in memory is found, as MODULE:FACTORY: it is a stranger to the provider, which never imports it."""

    def compile(self, offer: Offer) -> Compiled:
        """Say which resources an edition is on an account; pure, offline, without secrets."""
        ...

    def calls(self, step: Step) -> tuple[Endpoint, ...]:
        """Say which requests one step will send, in order; pure."""
        ...

    def reader(self, account: Account, service: ReadClient) -> Reader:
        """Return the reader of an account."""
        ...

    def writer(self, account: Account, service: WriteClient, assets: Assets) -> Writer:
        """Return the writer of an account."""
        ...


@runtime_checkable
class HasAddresses(Protocol):
    """A provider whose service is found at addresses of its own, so that an account need not name one."""

    addresses: Mapping[str, str]
    """Base URL by environment; the first is what an account without `base_url` and `environment` is on."""


@runtime_checkable
class HasPaths(Protocol):
    """A provider that tells how the paths of its API begin, so that an address which ends in one is noticed."""

    api_paths: tuple[str, ...]
    """Each begins with a slash."""
