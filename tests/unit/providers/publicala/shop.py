"""The provider at work on a served sandbox, and editions to give it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from catalogctl.model.account import Account, CallLimits
from catalogctl.model.address import Address
from catalogctl.model.asset import Asset, AssetStream
from catalogctl.model.resource import Observed, Resource
from catalogctl.model.title import Contributor, Edition, Format, Metadata, Origin, Title
from catalogctl.model.value import Attributes, Secret
from catalogctl.provider.emulation import LoggedRequest
from catalogctl.provider.protocol import Compiled, Listing, Lookup, Offer, Step, Verb, Written
from catalogctl.provider.service import ClientHooks, ReadClient, WriteClient, connect
from catalogctl.providers.publicala import provider
from catalogctl.providers.publicala.assumptions import PER_PAGE
from catalogctl.providers.publicala.compile import compile_edition
from catalogctl.providers.publicala.content import ContentReader, ContentWriter
from catalogctl.providers.publicala.options import Options, Settings
from catalogctl.providers.publicala.reader import StoreReader
from catalogctl.providers.publicala.types import CONTENT
from catalogctl.providers.publicala.writer import StoreWriter
from unit.provider.clockwork import Clockwork
from unit.sandbox.storefront import HEADERS, Store, serving

V1_ROW: dict[str, Any] = {
    "id": 468166,
    "external_id": "9781496822482",
    "file_type": "epub",
    "lang": "en",
    "name": "Conversations with Donald Hall",
    "slug": "conversations-with-donald-hall",
    "conversion_status": "done",
    "publication_date": {"timestamp": 1616122800, "date": "2021-03-19 00:00:00", "timezone": "America/Argentina/Buenos_Aires"},
    "ti_withdrawn": 0,
    "ti_deleted_at": None,
    "description": "<i>Conversations</i>",
    "is_owned_by_current_tenant": True,
    "free": False,
    "prices": {"USD": 25},
    "price_morph": [],
    "issue_description": {"issue_id": 468166, "description": "<i>Conversations</i>"},
}
"""A row of v1's list as the sample has it, as far as it is read."""
V3_ROW: dict[str, Any] = {
    "id": "468200",
    "external_id": "habits",
    "name": "The Power of Habits",
    "file_type": "epub",
    "lang": "en",
    "audience": None,
    "published_at": "2022-09-01T00:00:00.000000Z",
    "free": {"enabled": True, "until": "2026-12-31", "require_login": False},
    "preview": {"enabled": 0, "require_login": 1},
    "cover_url": "https://cdn.publica.la/cover.jpg",
    "conversion_status": "done",
    "description": "Long.",
    "prices": [],
    "metadata": {},
}
"""A content of v3 with all that is asked for."""
TOKEN = HEADERS["X-User-Token"]
ISSUES = "/integration-api/v1/dashboard/issues"
CONTENTS = "/api/v3/content"
ORIGIN = Origin("catalog/habits.yaml", 0)
TODAY = date(2026, 11, 22)

_Result = TypeVar("_Result")
_Kind = TypeVar("_Kind", bound=ReadClient)


def account(base_url: str = "https://shop.example", **limits: Any) -> Account:
    usual = CallLimits(concurrency=4, requests_per_minute=None, timeout=20.0, latency=0.01)
    return Account("store", "publicala", base_url, Settings(), replace(usual, **limits), {"token": lambda: Secret(TOKEN)})


class DeclaredUrls:
    """Gives a URL back as it is, and a local file some address."""

    async def url(self, asset: Asset) -> str:
        return f"https://files.example/{asset.sha256}?signature=abc" if asset.is_local else asset.location

    def open(self, asset: Asset) -> AssetStream:
        raise AssertionError(asset)

    def begun(self, upload: str) -> str | None:
        raise AssertionError(upload)

    def keep(self, upload: str, token: str) -> None:
        raise AssertionError(upload, token)


@dataclass
class Shop:
    """An account on a sandbox."""

    store: Store
    clock: Clockwork = field(default_factory=Clockwork)
    waits: list[tuple[float, str]] = field(default_factory=list)
    width: int = 4
    settings: Settings = field(default_factory=Settings)

    @property
    def account(self) -> Account:
        return replace(account(self.store.server.url("publicala"), concurrency=self.width), settings=self.settings)

    def _at_work(self, kind: type[_Kind], work: Callable[[_Kind], Awaitable[_Result]]) -> _Result:
        async def run() -> _Result:
            around = ClientHooks(lambda seconds, why: self.waits.append((seconds, why)), timing=self.clock.timing)
            mine = self.account
            async with connect(kind, mine, mine.base_url, provider, around) as service:
                return await work(service)

        return asyncio.run(run())

    def read(self, work: Callable[[ContentReader], Awaitable[_Result]]) -> _Result:
        return self._at_work(ReadClient, lambda service: work(ContentReader("store", service)))

    def write(self, work: Callable[[ContentWriter], Awaitable[_Result]]) -> _Result:
        return self._at_work(WriteClient, lambda service: work(ContentWriter("store", service, DeclaredUrls())))

    def reading(self, work: Callable[[StoreReader], Awaitable[_Result]]) -> _Result:
        return self._at_work(ReadClient, lambda service: work(StoreReader(self.account, service)))

    def writing(self, work: Callable[[StoreWriter], Awaitable[_Result]]) -> _Result:
        return self._at_work(WriteClient, lambda service: work(StoreWriter(self.account, service, DeclaredUrls())))

    def survey(self, *wanted: Lookup, progress: Callable[[int, int], None] = lambda _done, _total: None) -> Listing:
        return self.reading(lambda reader: reader.list_objects(wanted, progress))

    def look(self, *wanted: Lookup, progress: Callable[[int, int], None] = lambda _done, _total: None) -> Listing:
        return self.read(lambda reader: reader.list_objects(wanted, progress))

    def see(self, resource: Resource, id_: str | None = None) -> Observed | None:
        return self.look(want(resource.key, id_, resource.attributes)).objects[0]

    def find(self, key: str) -> Observed | None:
        return self.read(lambda reader: reader.find(want(key)))

    def create(self, resource: Resource) -> Written:
        now = {name: value for name, value in resource.attributes.items() if name not in {"preorder_from", "sale_from"}}
        return self.write(lambda writer: writer.create(CONTENT, now))

    def update(self, id_: str, attributes: Attributes, *changed: str) -> Written:
        return self.write(lambda writer: writer.update(CONTENT, id_, attributes, frozenset(changed)))

    def delete(self, id_: str, key: str) -> None:
        self.write(lambda writer: writer.delete(CONTENT, id_, key))

    @property
    def log(self) -> tuple[LoggedRequest, ...]:
        return self.store.sandbox.requests

    @property
    def calls(self) -> list[str]:
        """What was asked of the store, in the order of its answers; that pages of v1 are asked for in one size is left out."""
        paths = (
            (one, one.path.removeprefix(ISSUES).removeprefix(CONTENTS), one.query.replace(f"&per_page={PER_PAGE}", "")) for one in self.log
        )
        return [f"{one.method} {path}{'?' if query else ''}{query}" for one, path, query in paths if query or not one.query]

    def stored(self, key: str) -> dict[str, Any]:
        return self.store.stored(key)

    def fill(self, count: int, **more: Any) -> None:
        self.store.sandbox.seed({"external_id": f"book-{number}", "name": f"Book {number}", **more} for number in range(1, count + 1))


@contextmanager
def shop(**switches: Any) -> Iterator[Shop]:
    with serving(token=TOKEN, **switches) as store:
        yield Shop(store)


def want(key: str, id_: str | None = None, expected: Attributes | None = None) -> Lookup:
    return Lookup(Address("store", "content", "habits", "one"), CONTENT, key, id_, expected or {})


def edition(form: Format = Format.EPUB, about: Mapping[str, Any] | None = None, **more: Any) -> Edition:
    """Make an edition with what every content needs; `about` is its metadata."""
    metadata = {
        "title": "The Power of Habits",
        "language": "en",
        "publication_date": date(2022, 9, 1),
        "contributors": (Contributor("Grace Hopper", "A01"),),
        "publisher": "publica.la",
        **(about or {}),
    }
    suffix = {Format.EPUB: "epub", Format.PDF: "pdf", Format.AUDIOBOOK: "mp3"}.get(form)
    usual = {"external_id": "habits", "content": Asset(f"https://cdn.example/habits.{suffix}") if suffix else None}
    return Edition("one", form, Metadata(**metadata), **{**usual, **more})


def step(verb: Verb, before: Attributes | None = None, after: Attributes | None = None, changed: Iterable[str] = ()) -> Step:
    return Step(CONTENT, verb, before, after, frozenset(changed))


def compiled(one: Edition, **options: Any) -> Compiled:
    title = Title("habits", (one,), ORIGIN)
    said = Options.model_validate(options)
    return compile_edition(Offer(account(), title, one, said, ORIGIN, TODAY), said)


def resource(one: Edition | None = None, **options: Any) -> Resource:
    result = compiled(one or edition(), **options)
    assert [item for item in result.diagnostics if item.severity == "error"] == []
    return result.resources[0]


def codes(one: Edition, **options: Any) -> list[tuple[str, str | None]]:
    """Give the code and the attribute of every problem."""
    return [(item.code, item.attribute) for item in compiled(one, **options).diagnostics]


def unlike(seen: Observed | None, attributes: Attributes) -> set[str]:
    """Name what the store tells otherwise than it is wanted: what a plan would change."""
    assert seen is not None
    told = seen.attributes
    return {name for name, wanted in attributes.items() if name in told and not CONTENT.attributes[name].same(told[name], wanted)}


PRICES = {"USD": Decimal("2.00"), "EUR": Decimal("2.35"), "CLP": Decimal(4990), "MXN": Decimal("0.10")}
