"""The provider at work on a served sandbox, and editions to give it."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from io import BytesIO
from types import MappingProxyType
from typing import Any, TypeVar

from catalogctl.model.account import Account, CallLimits
from catalogctl.model.address import Address
from catalogctl.model.asset import Asset, AssetStream
from catalogctl.model.resource import Observed, Resource
from catalogctl.model.title import Contributor, Edition, Format, Metadata, Origin, Title, Track
from catalogctl.model.value import Secret, fill
from catalogctl.provider.protocol import Compiled, Listing, Lookup, Offer
from catalogctl.provider.service import ClientHooks, ReadClient, WriteClient, connect
from catalogctl.providers.publishdrive import provider
from catalogctl.providers.publishdrive.options import Options, Settings
from catalogctl.providers.publishdrive.reader import PublishdriveReader
from catalogctl.providers.publishdrive.sandbox import PublishdriveSandbox, PublishdriveSwitches
from catalogctl.providers.publishdrive.writer import PublishdriveWriter
from catalogctl.sandbox import SandboxServer
from unit.provider.clockwork import Clockwork
from unit.sandbox.exchange import Clock

ORIGIN = Origin("catalog/faro.yaml", 0)
TODAY = date(2026, 11, 22)
EPUB = b"an e-book"
COVER = b"a cover"

_Result = TypeVar("_Result")
_Kind = TypeVar("_Kind", bound=ReadClient)


def asset(name: str, data: bytes = b"", kind: str = "") -> Asset:
    """Make a local file of these bytes."""
    return Asset(f"catalog/{name}", hashlib.sha256(data).hexdigest(), len(data), kind=kind)


class _Bytes(BytesIO):
    """A file that is in memory."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self.size = len(data)


@dataclass
class Shelves:
    """Gives local files their bytes, by digest; `before` is called whenever one is opened."""

    data: dict[str, bytes] = field(default_factory=dict)
    before: Callable[[], None] = field(default=lambda: None)
    kept: dict[str, str] = field(default_factory=dict)
    """How far uploads have come."""

    async def url(self, asset: Asset) -> str:
        raise AssertionError(asset)

    def open(self, asset: Asset) -> AssetStream:
        self.before()
        return _Bytes(self.data[asset.sha256])

    def begun(self, upload: str) -> str | None:
        return self.kept.get(upload)

    def keep(self, upload: str, token: str) -> None:
        self.kept[upload] = token

    def hold(self, name: str, data: bytes, kind: str = "") -> Asset:
        made = asset(name, data, kind)
        self.data[made.sha256] = data
        return made


@dataclass
class Desk:
    """An account on a sandbox."""

    sandbox: PublishdriveSandbox
    server: SandboxServer
    time: Clock
    """The service's."""
    key: str = "secret"
    width: int = 4
    assets: Shelves = field(default_factory=Shelves)
    clock: Clockwork = field(default_factory=Clockwork)
    settings: Settings = field(default_factory=Settings)

    def at_work(self, kind: type[_Kind], work: Callable[[_Kind], Awaitable[_Result]]) -> _Result:
        async def run() -> _Result:
            mine = account(self.server.url("publishdrive"), self.key, concurrency=self.width)
            async with connect(kind, mine, mine.base_url, provider, ClientHooks(timing=self.clock.timing)) as service:
                return await work(service)

        return asyncio.run(run())

    def read(self, work: Callable[[PublishdriveReader], Awaitable[_Result]]) -> _Result:
        return self.at_work(ReadClient, lambda service: work(PublishdriveReader("store", service, self.settings)))

    def write(self, work: Callable[[PublishdriveWriter], Awaitable[_Result]]) -> _Result:
        return self.at_work(WriteClient, lambda service: work(PublishdriveWriter("store", service, self.assets, self.settings)))

    def look(self, *wanted: Lookup, progress: Callable[[int, int], None] = lambda _done, _total: None) -> Listing:
        return self.read(lambda reader: reader.list_objects(wanted, progress))

    def find(self, wanted: Lookup) -> Observed | None:
        return self.read(lambda reader: reader.find(wanted))

    def make(self, one: Edition, **options: Any) -> dict[str, str]:
        """Make everything an edition is, in order; gives the ids by type and key, as in `file/ebook_cover`."""
        ids: dict[Address, str] = {}
        for resource in resources(one, **options):
            attributes = fill(resource.attributes, ids.get)
            if resource.type.singleton is not None and all(attributes[name] == value for name, value in resource.type.singleton.items()):
                ids[resource.address] = str(attributes["book"])
                continue
            ids[resource.address] = self.write(lambda writer, kind=resource.type, said=attributes: writer.create(kind, said)).id  # type: ignore[misc]
        return {"/".join(filter(None, (address.type, address.key))): id_ for address, id_ in ids.items()}

    def row(self, key: str) -> dict[str, Any]:
        """Show what is stored of a book, by its external id or its id."""
        return next(dict(row) for row in self.sandbox.rows() if key in (row.get("externalId"), row["id"]) and "role" not in row)

    def files(self) -> list[dict[str, Any]]:
        """Show what is stored of the files of all books."""
        return [dict(row) for row in self.sandbox.rows() if "role" in row]

    def bodies(self, method: str) -> list[Any]:
        """Show what was sent by one method."""
        return [one.body for one in self.sandbox.requests if one.method == method]

    @property
    def calls(self) -> list[str]:
        """What was asked of the service, ids by their first words."""
        told = [f"{one.method} {one.path}" for one in self.sandbox.requests]
        for row in self.sandbox.rows():
            told = [line.replace(str(row["id"]), "FILE" if "role" in row else "BOOK") for line in told]
        return ["PUT /storage" if line.startswith("PUT /storage") else line for line in told]


@contextmanager
def desk(**switches: Any) -> Iterator[Desk]:
    """Serve an account with these switches for the length of a block."""
    time = Clock()
    sandbox = PublishdriveSandbox(PublishdriveSwitches(**switches), clock=time)
    with SandboxServer({"publishdrive": sandbox}) as server:
        yield Desk(sandbox, server, time)
        assert server.errors == []


def account(base_url: str = "https://api.publishdrive.com/v2/distribution", key: str = "secret", **limits: Any) -> Account:
    usual = CallLimits(concurrency=4, requests_per_minute=None, timeout=20.0, latency=0.01)
    return Account("store", "publishdrive", base_url, Settings(), replace(usual, **limits), {"api_key": lambda: Secret(key)})


def edition(form: Format = Format.EPUB, about: Mapping[str, Any] | None = None, **more: Any) -> Edition:
    """Make an edition with what every book needs and no file; `about` is its metadata."""
    people = [Contributor("Ana Ruiz", "A01")] + ([Contributor("Luz Paz", "E07")] if form is Format.AUDIOBOOK else [])
    metadata = {
        "title": "El faro",
        "language": "es",
        "description": "Un faro que se apaga.",
        "publication_date": date(2021, 3, 4),
        "contributors": tuple(people),
        "bisac": ("FIC019000",),
        "territories": ("ALL",),
        **(about or {}),
    }
    usual: dict[str, Any] = {"external_id": "faro", "prices": {"USD": Decimal("9.90")}}
    if form is Format.PRINT:
        usual["isbn"] = "9781234567897"
    return Edition("one", form, Metadata(**metadata), **{**usual, **more})


def audiobook(store: Desk, *names: str, **more: Any) -> Edition:
    """Make an audiobook of tracks with these ids, titles and files."""
    tracks = tuple(Track(name, name.title(), store.assets.hold(f"{name}.mp3", name.encode(), "mp3")) for name in names)
    return edition(Format.AUDIOBOOK, tracks=tracks, cover=store.assets.hold("cover.jpg", COVER, "jpeg"), **more)


def ebook(store: Desk, **more: Any) -> Edition:
    """Make an e-book with its two files."""
    usual = {"content": store.assets.hold("faro.epub", EPUB, "epub"), "cover": store.assets.hold("faro.jpg", COVER, "jpeg")}
    return edition(**{**usual, **more})


def compiled(one: Edition, *, today: date = TODAY, roles: Mapping[str, str] = MappingProxyType({}), **options: Any) -> Compiled:
    """Compile an edition for an account that gives roles these words."""
    title = Title("faro", (one,), ORIGIN)
    mine = replace(account(), settings=Settings.model_validate({"roles": dict(roles)}))
    return provider.compile(Offer(mine, title, one, Options.model_validate(options), ORIGIN, today))


def resources(one: Edition, **options: Any) -> tuple[Resource, ...]:
    result = compiled(one, **options)
    assert [item for item in result.diagnostics if item.severity == "error"] == []
    return result.resources


def named(one: Edition, **options: Any) -> dict[str, Resource]:
    """Give the resources of an edition by type and key, as in `file/ebook_cover`."""
    return {"/".join(filter(None, (item.address.type, item.address.key))): item for item in resources(one, **options)}


def want(resource: Resource, id_: str | None = None, **expected: Any) -> Lookup:
    return Lookup(resource.address, resource.type, resource.key, id_, {**resource.attributes, **expected})


def codes(one: Edition, **options: Any) -> list[tuple[str, str | None]]:
    """Give the code and the attribute of every problem."""
    return [(item.code, item.attribute) for item in compiled(one, **options).diagnostics]
