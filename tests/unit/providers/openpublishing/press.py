"""The provider at work on a served sandbox, and editions to give it."""

from __future__ import annotations

import asyncio
import hashlib
import io
from collections.abc import Awaitable, Callable, Container, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, TypeVar

import small
from catalogctl.model.account import Account
from catalogctl.model.asset import Asset, AssetStream
from catalogctl.model.resource import Observed, Resource
from catalogctl.model.title import Edition, Format, Metadata, Origin, Title
from catalogctl.model.value import Attributes, Secret
from catalogctl.provider.emulation import Clock
from catalogctl.provider.protocol import Compiled, Listing, Lookup, Offer, Written
from catalogctl.provider.service import ClientHooks, ReadClient, WriteClient, connect
from catalogctl.providers.openpublishing import provider
from catalogctl.providers.openpublishing.compile import compile_edition
from catalogctl.providers.openpublishing.options import Options, Settings
from catalogctl.providers.openpublishing.reader import OpenPublishingReader
from catalogctl.providers.openpublishing.sandbox import OpenPublishingSandbox, OpenPublishingSwitches
from catalogctl.providers.openpublishing.types import DISTRIBUTION, FILE
from catalogctl.providers.openpublishing.writer import OpenPublishingWriter
from catalogctl.sandbox import SandboxServer
from catalogctl.testing.specimen import Document, Specimen
from unit.provider.clockwork import Clockwork

ORIGIN = Origin("catalog/faro.yaml", 0)
EAN = "9781496822482"

_Result = TypeVar("_Result")
_Kind = TypeVar("_Kind", bound=ReadClient)


def epub(words: str = "one") -> bytes:
    return b"PK\x03\x04" + b"\x00" * 26 + b"mimetypeapplication/epub+zip" + words.encode()


def asset(name: str, data: bytes, kind: str = "") -> Asset:
    sums = [hashlib.new(algorithm, data, usedforsecurity=False).hexdigest() for algorithm in ("sha256", "sha1", "md5")]
    return Asset(f"catalog/{name}", sums[0], len(data), sums[1], sums[2], kind)


BOOK = asset("faro.epub", epub(), "epub")
SECOND = asset("faro.epub", epub("two"), "epub")
COVER = asset("faro.jpg", b"\xff\xd8\xff\xe0", "jpeg")
_BYTES = {BOOK.sha256: epub(), SECOND.sha256: epub("two"), COVER.sha256: b"\xff\xd8\xff\xe0"}


class _Bytes(io.BytesIO):
    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self.size = len(data)


class InMemory:
    """Local files that lie nowhere."""

    async def url(self, file: Asset) -> str:
        raise AssertionError(file)

    def open(self, file: Asset) -> AssetStream:
        return _Bytes(_BYTES[file.sha256])

    def begun(self, upload: str) -> str | None:
        raise AssertionError(upload)

    def keep(self, upload: str, token: str) -> None:
        raise AssertionError(upload, token)


@dataclass
class Press:
    """An account on a sandbox."""

    sandbox: OpenPublishingSandbox
    server: SandboxServer
    clock: Clockwork = field(default_factory=Clockwork)
    key: str = "a-key"
    settings: Settings = field(default_factory=Settings)

    @property
    def account(self) -> Account:
        secrets = {"api_key": lambda: Secret(self.key)}
        return Account("openpub", "openpublishing", self.server.url("openpublishing"), Settings(), provider.limits, secrets)

    def at_work(self, kind: type[_Kind], work: Callable[[_Kind], Awaitable[_Result]]) -> _Result:
        async def run() -> _Result:
            mine = self.account
            async with connect(kind, mine, mine.base_url, provider, ClientHooks(timing=self.clock.timing)) as service:
                return await work(service)

        return asyncio.run(run())

    def read(self, work: Callable[[OpenPublishingReader], Awaitable[_Result]]) -> _Result:
        return self.at_work(ReadClient, lambda service: work(OpenPublishingReader("openpub", service)))

    def write(self, work: Callable[[OpenPublishingWriter], Awaitable[_Result]]) -> _Result:
        return self.at_work(WriteClient, lambda service: work(OpenPublishingWriter("openpub", service, InMemory(), self.settings)))

    def look(self, *wanted: Lookup) -> Listing:
        return self.read(lambda reader: reader.list_objects(wanted, lambda _done, _total: None))

    def find(self, wanted: Lookup) -> Observed | None:
        return self.read(lambda reader: reader.find(wanted))

    def add(self, resource: Resource) -> Written:
        return self.write(lambda writer: writer.create(resource.type, resource.attributes))

    def supersede(self, resource: Resource, old: str, held: Container[str] = ()) -> Written:
        return self.write(lambda writer: writer.supersede(resource.type, resource.attributes, old, held, {old}))

    def delete(self, id_: str, key: str) -> None:
        self.write(lambda writer: writer.delete(FILE, id_, key))

    def turn(self, id_: str, attributes: Attributes, *changed: str) -> Written:
        return self.write(lambda writer: writer.update(DISTRIBUTION, id_, attributes, frozenset(changed)))

    @property
    def calls(self) -> list[str]:
        """What was asked of the service, without the logins."""
        short = [(one.method, one.path.removeprefix("/resource/v3").removeprefix("/rpc/v2"), one.query) for one in self.sandbox.requests]
        return [f"{method} {path}{'?' if query else ''}{query}" for method, path, query in short if path != "/auth/auth"]

    @property
    def logins(self) -> int:
        return sum(one.path == "/auth/auth" for one in self.sandbox.requests)

    @property
    def ids(self) -> set[str]:
        """The ids of all files there are, with their products'."""
        return {f"{row['product']}/{row['id']}" for row in self.sandbox.rows()}


@contextmanager
def press(**switches: Any) -> Iterator[Press]:
    """Open an account with the product 4711, which has an EAN and an identifier."""
    sandbox = OpenPublishingSandbox(OpenPublishingSwitches(**switches))
    sandbox.seed([{"product": 4711, "ean": EAN, "identifiers": [{"type": "house", "value": "B-1"}]}])
    with SandboxServer({"openpublishing": sandbox}) as server:
        yield Press(sandbox, server)


def edition(id_: str = "epub", form: Format = Format.EPUB, *, options: Mapping[str, Any] | None = None, **more: Any) -> Edition:
    said = {"product": 4711, **(options or {})}
    usual: dict[str, Any] = {"content": BOOK, "external_id": f"faro-{id_}"}
    return Edition(id_, form, Metadata("El faro"), publish={"openpub": said}, **{**usual, **more})


def compiled(one: Edition, *others: Edition) -> Compiled:
    """Compile one edition of a title that has these others before it."""
    account = Account("openpub", "openpublishing", "https://api.example", Settings(), provider.limits, {})
    options = Options.model_validate(one.publish["openpub"])
    title = Title("faro", (*others, one), ORIGIN)
    return compile_edition(Offer(account, title, one, options, ORIGIN, date(2026, 11, 22)), options)


def resource(one: Edition | None = None, key: str = "ebook_epub") -> Resource:
    result = compiled(one or edition())
    assert result.diagnostics == ()
    return next(item for item in result.resources if item.address.key == key)


def codes(one: Edition, *others: Edition) -> list[tuple[str, str | None]]:
    return [(item.code, item.attribute) for item in compiled(one, *others).diagnostics]


def want(one: Resource, id_: str | None = None) -> Lookup:
    return Lookup(one.address, one.type, one.key, id_, one.attributes)


def with_content(one: Resource, file: Asset) -> Resource:
    return replace(one, attributes={**one.attributes, "file": file})


def on_show(declared: Document, *rows: Mapping[str, Any], **switches: Any) -> Specimen:
    """Return one title and a service with some products, for the conformance kit."""

    def emulator(clock: Clock) -> OpenPublishingSandbox:
        sandbox = OpenPublishingSandbox(OpenPublishingSwitches(**switches), clock=clock)
        sandbox.seed(rows)
        return sandbox

    return Specimen(
        provider=provider,
        emulator=emulator,
        titles={str(declared["id"]): declared},
        edits=(),
        tampering=(),
        foreign=(),
        files={"files/faro.epub": small.epub("faro"), "files/faro.jpg": small.jpeg("faro")},
    )
