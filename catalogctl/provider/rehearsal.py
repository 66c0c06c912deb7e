"""What a write would send, without sending it: a writer works with a client that notes its first request and ends there."""

# ruff: noqa: ARG002 -- the methods of a client that goes nowhere need little of what they are given

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import NoReturn

from catalogctl.model.account import Account
from catalogctl.model.asset import Asset, AssetStream
from catalogctl.model.value import Secret
from catalogctl.provider.answer import Answer, Deletion
from catalogctl.provider.authentication import FixedHeaders
from catalogctl.provider.dialect import Dialect
from catalogctl.provider.endpoint import Endpoint
from catalogctl.provider.service import ClientHooks, Query, WriteClient

_NOWHERE = "https://rehearsal.invalid"


@dataclass(frozen=True, slots=True)
class RehearsedRequest:
    """The first request of a write."""

    endpoint: Endpoint
    fields: Mapping[str, object]
    """What is in its body, by the names of the store; a file by its path."""


class RehearsalOver(Exception):
    """Ends a writer's work at its first request; stays between the client and who rehearses."""

    def __init__(self, request: RehearsedRequest | None) -> None:
        super().__init__()
        self.request = request
        """None where the writer has to read the store first, so that what it would send is not known."""


class RehearsalClient(WriteClient):
    """A client of an account that reaches nothing and knows no key."""

    def __init__(self, account: Account) -> None:
        super().__init__(account, _NOWHERE, FixedHeaders({}), Dialect(lambda _: ""), ClientHooks())

    async def get(self, endpoint: Endpoint, query: Query | None = None, /, **parts: str) -> NoReturn:
        """End here: what a store would answer is not known."""
        raise RehearsalOver(None)

    async def get_if_there(self, endpoint: Endpoint, query: Query | None = None, /, **parts: str) -> None:
        """Return None: to a new store nothing is there."""
        return

    async def sign_in(self, endpoint: Endpoint, form: Mapping[str, Secret | str], /) -> NoReturn:
        """End here: there is no key."""
        raise RehearsalOver(None)

    async def send(self, endpoint: Endpoint, body: bytes | None = None, query: Query | None = None, /, **parts: str) -> NoReturn:
        """Note a request with a JSON body."""
        told = json.loads(body, parse_float=Decimal) if body else {}
        raise RehearsalOver(RehearsedRequest(endpoint, _fields(told)))

    async def send_form(self, endpoint: Endpoint, fields: Mapping[str, str], query: Query | None = None, /, **parts: str) -> NoReturn:
        """Note a request with a form."""
        raise RehearsalOver(RehearsedRequest(endpoint, dict(fields)))

    async def remove(self, endpoint: Endpoint, query: Query | None = None, /, **parts: str) -> Deletion:
        """Note a request that takes something away."""
        raise RehearsalOver(RehearsedRequest(endpoint, {}))

    async def send_file(
        self, endpoint: Endpoint, fields: Mapping[str, str | list[str]], name: str, open_file: Callable[[], AssetStream], /, **parts: str
    ) -> NoReturn:
        """Note a form with a file in it."""
        raise RehearsalOver(RehearsedRequest(endpoint, {**fields, "file": name}))

    async def put_file(self, endpoint: Endpoint, url: str, open_file: Callable[[], AssetStream], /, hosts: Collection[str] = ()) -> Answer:
        """Note a file that is put to an address."""
        raise RehearsalOver(RehearsedRequest(endpoint, {}))


def _fields(told: object) -> Mapping[str, object]:
    """Return a JSON body by its fields; of a list of objects each by its place, `[0].name`."""
    match told:
        case dict():
            return told
        case list():
            return {f"[{place}].{name}": value for place, item in enumerate(told) for name, value in _fields(item).items()}
        case _:
            return {}


class RehearsalAssets:
    """Files that are named, and neither published nor opened."""

    async def url(self, asset: Asset) -> str:
        """Return where a file is declared: its address, or its path."""
        return asset.location

    def open(self, asset: Asset) -> NoReturn:
        """End here: bytes are no fields."""
        raise RehearsalOver(None)

    def begun(self, upload: str) -> str | None:
        """Return None: nothing was begun."""
        return None

    def keep(self, upload: str, token: str) -> None:
        """Keep nothing."""
