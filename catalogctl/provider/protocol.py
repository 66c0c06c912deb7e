"""What a provider is: everything the engine asks of one, and nothing it could learn of the engine.

A provider turns editions into resources (`compile`, pure), reads a store (`Reader`), writes to it
(`Writer`), and says which calls a step will take (`calls`, pure). It never sees a plan, a snapshot
or the terminal.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from catalogctl.model.account import Account, Limits
from catalogctl.model.asset import Asset
from catalogctl.model.diagnostics import Diagnostic
from catalogctl.model.resource import Observed, Resource, ResourceType
from catalogctl.model.title import Edition, Origin, Title
from catalogctl.model.value import Attributes
from catalogctl.provider.authentication import Authentication
from catalogctl.provider.endpoint import Endpoint

if TYPE_CHECKING:
    from pydantic import BaseModel

    from catalogctl.provider.service import Answer, Reading, Writing

@dataclass(frozen=True, slots=True)
class Compiled:
    """What one edition comes to on one account."""

    resources: tuple[Resource, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    """With `attribute` naming the option or the metadata field; the engine adds the place in the file."""


class Verb(StrEnum):
    """What one step does to one object of a store."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Wanted:
    """An object the plan needs to know about: by its id where state has one, else by its natural key."""

    type: ResourceType
    key: str
    id: str | None
    expected: Attributes
    """The declared attributes, else the recorded ones: for telling what a shortened answer was short for."""


@dataclass(frozen=True, slots=True)
class Listing:
    """What a store holds of what was wanted."""

    objects: tuple[Observed | None, ...]
    """One for each wanted, in the same order; `None` for what does not exist there."""
    diagnostics: tuple[Diagnostic, ...] = ()


class Reader(Protocol):
    """Reads a store. Raises StoreFailure, and gives `None` for what is not there."""

    async def list_objects(self, wanted: Sequence[Wanted], progress: Callable[[int, int], None]) -> Listing:
        """Find all wanted objects in as few requests as the API allows.

        `progress(done, total)` is called as pages come in.
        """
        ...

    async def read(self, kind: ResourceType, id_: str) -> Observed | None:
        """Read one object by the id that the store gave it."""
        ...

    async def find(self, kind: ResourceType, key: str) -> Observed | None:
        """Look one object up by its natural key; where several have it, the newest."""
        ...


@dataclass(frozen=True, slots=True)
class Written:
    """What a write came to."""

    id: str
    observed: Attributes
    """What the store told of the object in its answer; empty where it told nothing."""


class Writer(Protocol):
    """Writes to a store. Raises StoreFailure; a delete of what is gone succeeds."""

    async def create(self, kind: ResourceType, attributes: Attributes) -> Written:
        """Make a new object."""
        ...

    async def update(self, kind: ResourceType, id_: str, attributes: Attributes, changed: frozenset[str]) -> Written:
        """Make an object have these attributes; `changed` names those that differ from what it has."""
        ...

    async def delete(self, kind: ResourceType, id_: str, key: str) -> None:
        """Remove the object with this id, after making sure that it still is the one with this natural key."""
        ...


class AssetUrls(Protocol):
    """Gives a file an address from which a store can fetch it."""

    async def url(self, asset: Asset) -> str:
        """Publish a local file if need be and give its (signed) URL; a declared URL is given back as it is."""
        ...


class Provider(Protocol):
    """The adapter for one distributor's API."""

    name: str
    """As account blocks name it: `publicala`."""
    service: str
    """The distributor's own name, for people: `publica.la`."""
    types: Mapping[str, ResourceType]
    limits: Limits
    secrets: tuple[str, ...]
    """Which settings of an account block are secret references."""
    settings: type[BaseModel]
    """What an account block may say beyond what all may say."""
    options: type[BaseModel]
    """What an edition's `publish: {ACCOUNT: {…}}` may say."""
    sandbox: str
    """Where the service in memory is found, as MODULE:FACTORY: it is a stranger to the provider, which never imports it."""

    def compile(self, account: Account, title: Title, edition: Edition, options: BaseModel, origin: Origin) -> Compiled:
        """Say which resources an edition is on an account; pure, offline, without secrets."""
        ...

    def calls(self, kind: ResourceType, verb: Verb, changed: frozenset[str]) -> tuple[Endpoint, ...]:
        """Say which requests one step will send, in order; pure."""
        ...

    def explain(self, answer: Answer) -> str:
        """Put into words what the store says in an answer that refuses; empty when it says nothing."""
        ...

    def authentication(self, account: Account) -> Authentication:
        """Give what puts the account's key on requests.

        Raises:  CatalogError (credentials) when a secret is missing.
        """
        ...

    def reader(self, account: Account, service: Reading) -> Reader:
        """Give the reader of an account."""
        ...

    def writer(self, account: Account, service: Writing, assets: AssetUrls) -> Writer:
        """Give the writer of an account."""
        ...

