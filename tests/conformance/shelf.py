"""A whole provider, for docs/write-a-provider.md: Shelf, an imaginary service that keeps books and the blurbs pinned to them.

A book's id is the service's, its code is ours, and the service does not mind two books with one code. A blurb is pinned to
one book, by that book's id; a book cannot be deleted while a blurb is pinned to it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, Literal

import orjson
from pydantic import BaseModel, ConfigDict

from catalogctl.model.account import Account, CallLimits
from catalogctl.model.address import Address
from catalogctl.model.diagnostics import error
from catalogctl.model.resource import Attribute, Identity, Kind, Observed, ReplaceOrder, Resource, ResourceType, Shape, Trait
from catalogctl.model.value import Attributes, Reference, Value
from catalogctl.provider.answer import Answer, Deletion, nonsense
from catalogctl.provider.authentication import Authentication, FixedHeaders
from catalogctl.provider.endpoint import Endpoint
from catalogctl.provider.failure import Ambiguous, Refused
from catalogctl.provider.protocol import Assets, Compiled, Listing, Lookup, Offer, Provider, Step, UnsupportedField, Verb, Written
from catalogctl.provider.service import ReadClient, WriteClient


# ── what may be said to Shelf alone: in an account block, and in an edition's `publish` block ──
class Settings(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Options(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    binding: Literal["soft", "hard"] = "soft"
    blurb: str | None = None


# ── the API as a table ──
def _endpoints(plural: str) -> dict[str, Endpoint]:
    return {
        "list": Endpoint("GET", f"/{plural}", frozenset({200}), repeatable=True),
        "read": Endpoint("GET", f"/{plural}/{{id}}", frozenset({200}), repeatable=True),
        "create": Endpoint("POST", f"/{plural}", frozenset({201}), repeatable=False),
        "update": Endpoint("PATCH", f"/{plural}/{{id}}", frozenset({200}), repeatable=True),
        "delete": Endpoint("DELETE", f"/{plural}/{{id}}", frozenset({204}), repeatable=True),
    }


API = {"book": _endpoints("books"), "blurb": _endpoints("blurbs")}


# ── the types: their attributes, and what is special about each ──
def _type(name: str, key: str, order: ReplaceOrder, loss: str, *attributes: Attribute) -> ResourceType:
    return ResourceType("shelf", name, {one.name: one for one in attributes}, key, Identity.KEPT, order, loss)


BOOK = _type(
    *("book", "code", ReplaceOrder.CREATE_FIRST, "Its place on the shelf is lost."),
    Attribute("code", Kind.TEXT),
    Attribute("title", Kind.TEXT),
    Attribute("language", Kind.TEXT, unset=None, normal=lambda value: str(value or "").casefold()),  # comes back in capitals
    Attribute("prices", Kind.MONEY, Shape.MAP, unset={}),
    Attribute("shelfmark", Kind.TEXT, traits=frozenset({Trait.WRITE_ONLY}), unset=None),  # is never returned again
    Attribute("binding", Kind.TEXT, traits=frozenset({Trait.REPLACES})),  # a book is bound once
)
BLURB = _type(
    *("blurb", "label", ReplaceOrder.DELETE_FIRST, "Readers' marks on it are lost."),
    *(Attribute("label", Kind.TEXT), Attribute("book", Kind.TEXT), Attribute("text", Kind.LONG_TEXT)),
)  # no owner: Shelf does not take it away with its book


# ── an edition → resources; pure, and refusing what the service cannot hold ──
def compile_edition(offer: Offer, options: Options) -> Compiled:
    edition, about, key = offer.edition, offer.edition.metadata, offer.edition.external_id
    if len(about.title) > 80:
        return Compiled((), (error("title-too-long", "A title too long for Shelf", "It takes 80 characters.", attribute="title"),))
    optional = {"language": about.language, "prices": dict(edition.prices) or None, "shelfmark": edition.editing_location}
    said = {"code": key, "title": about.title, "binding": options.binding} | {name: value for name, value in optional.items() if value}
    book = Address(offer.account.name, BOOK.name, offer.title.id, edition.id)
    resources = [Resource(book, BOOK, key, said, offer.origin, protect=edition.lifecycle.protect)]
    if options.blurb is not None:
        pinned: dict[str, Value] = {"label": f"{key}/blurb", "book": Reference(book), "text": options.blurb}
        resources.append(Resource(replace(book, type=BLURB.name), BLURB, f"{key}/blurb", pinned, offer.origin, dependencies=(book,)))
    return Compiled(tuple(resources), unsupported=(UnsupportedField("subtitle", "the subtitle"),) if about.subtitle else ())


# ── our values ↔ the service's JSON, exactly ──
def to_store(attributes: Attributes, names: frozenset[str]) -> bytes:
    return orjson.dumps({name: value for name, value in attributes.items() if name in names}, default=str)


def from_store(type_: ResourceType, row: Mapping[str, Any]) -> Observed:
    attributes = {name: value for name, value in row.items() if name in type_.attributes}
    if "prices" in attributes:
        attributes["prices"] = {currency: Decimal(amount) for currency, amount in attributes["prices"].items()}
    return Observed(row["id"], row[type_.key], attributes)


# ── the reader and the writer ──
class ShelfReader:
    def __init__(self, account: str, service: ReadClient) -> None:
        self._account, self._service = account, service

    async def list_objects(self, wanted: Sequence[Lookup], progress: Callable[[int, int], None]) -> Listing:
        kinds = {want.type.name: want.type for want in wanted}
        shown = {name: await self._get(kind, "list") for name, kind in kinds.items()}
        progress(len(kinds), len(kinds))
        return Listing(tuple(_pick(want.id, want.key, shown[want.type.name]) for want in wanted))

    async def read(self, type_: ResourceType, id_: str) -> Observed | None:
        try:
            found = await self._get(type_, "read", id=id_)
            return found[0] if found else None
        except Refused as refusal:
            if refusal.status == 404:
                return None
            raise

    async def find(self, want: Lookup) -> Observed | None:
        return _pick(None, want.key, [one for one in await self._get(want.type, "list") if one.id not in want.taken])

    async def _get(self, type_: ResourceType, name: str, **parts: str) -> list[Observed]:
        endpoint = API[type_.name][name]
        answer = await self._service.get(endpoint, **parts)
        try:
            told = orjson.loads(answer.body)
            return [from_store(type_, row) for row in (told if name == "list" else [told])]
        except (ValueError, TypeError, LookupError) as failure:
            raise nonsense(self._account, endpoint, "cannot be read") from failure


def _pick(id_: str | None, key: str, shown: list[Observed]) -> Observed | None:
    # What has an id is that object or gone: another one with its code may be someone else's. Without one, the newest of that code.
    return next((one for one in reversed(shown) if (one.key == key if id_ is None else one.id == id_)), None)


class ShelfWriter:
    def __init__(self, account: str, service: WriteClient) -> None:
        self._service, self._reader = service, ShelfReader(account, service)

    async def create(self, type_: ResourceType, attributes: Attributes) -> Written:
        answer = await self._service.send(API[type_.name]["create"], to_store(attributes, frozenset(attributes)))
        try:
            seen = from_store(type_, orjson.loads(answer.body))
        except (ValueError, TypeError, LookupError) as failure:
            raise Ambiguous(error("outcome-unknown", f"Shelf made a {type_.name} and does not say which")) from failure
        return Written(seen.id, seen.attributes)

    async def update(self, type_: ResourceType, id_: str, attributes: Attributes, changed: frozenset[str]) -> Written:
        await self._service.send(API[type_.name]["update"], to_store(attributes, changed), id=id_)
        return Written(id_, {})

    async def delete(self, type_: ResourceType, id_: str, key: str) -> Deletion:
        seen = await self._reader.read(type_, id_)  # the id must still be of the object that was planned for
        if seen is None:
            return Deletion.NOT_THERE
        if seen.key != key:
            raise Refused(error("not-the-same", "An object is no longer the one that was planned for", f"Its key is {seen.key}."), 409)
        return await self._service.remove(API[type_.name]["delete"], id=id_)  # one that is gone by now is no failure


# ── the provider ──
class Shelf:
    name: str = "shelf"
    service: str = "Shelf"
    types: Mapping[str, ResourceType] = {BOOK.name: BOOK, BLURB.name: BLURB}
    limits: CallLimits = CallLimits(concurrency=4, requests_per_minute=None, timeout=10.0, latency=0.1)
    secrets: tuple[str, ...] = ("token",)
    settings: type[BaseModel] = Settings
    options: type[BaseModel] = Options
    sandbox: str = "conformance.shelf_service:ShelfService"

    def compile(self, offer: Offer) -> Compiled:
        assert isinstance(offer.options, Options)
        return compile_edition(offer, offer.options)

    def calls(self, step: Step) -> tuple[Endpoint, ...]:
        return tuple(API[step.type.name][name] for name in (("read", "delete") if step.verb is Verb.DELETE else (step.verb.value,)))

    def explain(self, answer: Answer) -> str:
        return answer.body.decode(errors="replace")

    def authentication(self, account: Account) -> Authentication:
        return FixedHeaders({"X-Token": account.secrets["token"]()})

    def reader(self, account: Account, service: ReadClient) -> ShelfReader:
        return ShelfReader(account.name, service)

    def writer(self, account: Account, service: WriteClient, assets: Assets) -> ShelfWriter:  # noqa: ARG002 -- Shelf takes no files
        return ShelfWriter(account.name, service)


provider: Provider = Shelf()
