"""Reading and writing contents by publica.la's v3 API."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast
from urllib.parse import parse_qs, urlsplit

from catalogctl.model.account import Account
from catalogctl.model.diagnostics import Diagnostic, error, warning
from catalogctl.model.resource import Observed
from catalogctl.model.value import Attributes
from catalogctl.provider import strict
from catalogctl.provider.answer import Deletion, nonsense
from catalogctl.provider.concurrent import for_each
from catalogctl.provider.endpoint import Endpoint
from catalogctl.provider.envelope import says_more_follows
from catalogctl.provider.failure import FORBIDDEN, Ambiguous, CredentialsRefused, Refused
from catalogctl.provider.protocol import Assets, Listing, Lookup, Written
from catalogctl.provider.service import ReadClient, WriteClient, decoded, demand_about, judged_as
from catalogctl.providers.publicala import convert_v3
from catalogctl.providers.publicala.answers import ContentAnswer, ContentList, CreatedContent
from catalogctl.providers.publicala.calls import UNSENT_BY_V3, by_v3
from catalogctl.providers.publicala.content import demand_key, demand_no_twin, doubled, in_few_words, not_the_same, unconverted, worrying
from catalogctl.providers.publicala.convert import Row, identity
from catalogctl.providers.publicala.endpoints import V3_CREATE, V3_DELETE, V3_LIST, V3_READ, V3_UPDATE
from catalogctl.providers.publicala.options import Settings
from catalogctl.providers.publicala.types import CONTENT

PER_PAGE = 500
"""Contents a page: the most that the list gives."""
_WITH = {"include": "description,geographic_restrictions,metadata,prices"}
"""What answers lack unless it is asked for."""
_BY_ID = {"id_type": "internal"}
"""Always said: an external id of digits could be taken for an internal one, or the other way round."""


@dataclass(frozen=True, slots=True)
class _Page:
    rows: tuple[Row, ...]
    next: str | None
    """What to ask for the page after this one by; `None` on the last."""


class V3Reader:
    """Reads contents: by large pages, or one by one where few are missing."""

    def __init__(self, account: str, service: ReadClient) -> None:
        self._account = account
        self._service = service

    async def list_objects(self, wanted: Sequence[Lookup], progress: Callable[[int, int], None]) -> Listing:
        """Find all wanted contents in few requests.

        No answer tells how many pages there are. So pages are read as long as more contents are missing than pages have been read;
        then the missing ones are looked up, and at worst twice as many requests are sent as there had to be.
        """
        rows: dict[str, Row] = {}
        pages, after = 0, ""
        missing = list(wanted)
        while len(missing) > max(pages, 1):
            page = await self._page({"sort": "created_at", "per_page": str(PER_PAGE), **({"cursor": after} if after else {})})
            rows |= {_id(row): row for row in page.rows}
            pages += 1
            if page.next is not None and page.next == after:
                raise nonsense(self._account, V3_LIST, "names the page just read as the one after it")
            after = page.next or ""
            missing = _missing(rows, wanted) if after else []
            progress(pages, pages + len(missing))
        await self._look_up(missing, rows, lambda done: progress(pages + done, pages + len(missing)))
        return self._matched(rows, wanted)

    async def everything(self, progress: Callable[[int, int], None]) -> list[Row]:
        """Read the rows of all contents of this store, page by page; how many there are is not known before the last.

        Raises:  StoreFailure; Refused (404) where the store has no v3.
        """
        rows: dict[str, Row] = {}
        pages, after = 0, ""
        while True:
            page = await self._page({"sort": "created_at", "per_page": str(PER_PAGE), **({"cursor": after} if after else {})})
            rows |= {_id(row): row for row in page.rows}
            pages += 1
            progress(pages, pages + (page.next is not None))
            if page.next is None:
                return list(rows.values())
            if page.next == after:
                raise nonsense(self._account, V3_LIST, "names the page just read as the one after it")
            after = page.next

    async def read(self, id_: str) -> Observed | None:
        """Read one content by its internal id."""
        row = await self.row(id_)
        return None if row is None else self._observed(row, V3_READ)

    async def read_ours(self, id_: str) -> Observed | None:
        """Read one content by its internal id; another tenant's, for which v3 answers 403, is none."""
        row = await self.row_of_ours(id_)
        return None if row is None else self._observed(row, V3_READ)

    async def row_of_ours(self, id_: str) -> Row | None:
        """Read the row of one content by its internal id; another tenant's is none."""
        try:
            return await self.row(id_)
        except Refused as refusal:
            if refusal.status != FORBIDDEN:
                raise
            return None

    async def find(self, want: Lookup) -> Observed | None:
        """Look a content up by its external id."""
        rows = self._exact(await self._filter(want.key), want.key)
        return self._for(rows[0], want) if rows else None

    async def rows_of(self, ids: Sequence[str]) -> dict[str, Row]:
        """Read the rows of some contents by id, in pages where that takes fewer requests; those that are not there are left out.

        Raises:  StoreFailure; Refused (404) where the store has no v3.
        """
        if len(ids) > PER_PAGE // 2:
            everything = {_id(row): row for row in await self.everything(lambda _done, _total: None)}
            return {id_: everything[id_] for id_ in ids if id_ in everything}
        found: dict[str, Row] = {}

        async def one(id_: str) -> None:
            row = await self.row_of_ours(id_)
            found.update({} if row is None else {id_: row})

        await for_each(ids, self._service.width, one)
        return found

    async def _look_up(self, missing: Sequence[Lookup], rows: dict[str, Row], progress: Callable[[int], None]) -> None:
        """Look for contents one by one, by their external ids first: that shows another content with the same one as well."""
        done = 0

        async def one(want: Lookup) -> None:
            nonlocal done
            rows.update({_id(found): found for found in await self._alone(want)})
            done += 1
            progress(done)

        await for_each(missing, self._service.width, one)

    async def _alone(self, want: Lookup) -> Sequence[Row]:
        """Read one content: by its external id, and by its id where that shows another content or none.

        Raises:  Unavailable as `_exact`.
        """
        shown = await self._filter(want.key)
        row = None if want.id is None or want.id in shown else await self.row(want.id)
        return self._exact(shown, want.key) if row is None else [row]

    async def row(self, id_: str) -> Row | None:
        """Read the row of one content by its internal id."""
        if not (id_.isascii() and id_.isdecimal()):
            return None
        answer = await self._service.get_if_there(V3_READ, {**_BY_ID, **_WITH}, id=id_)
        if answer is None:
            return None
        document = decoded(self._account, V3_READ, answer)
        told = judged_as(self._account, V3_READ, ContentAnswer, document).data.id
        if told != id_:
            raise nonsense(self._account, V3_READ, f"is about the content {told}, and {id_} was asked for")
        return cast("Mapping[str, Row]", document)["data"]

    async def _filter(self, key: str) -> dict[str, Row]:
        """Ask for an external id, and return what is shown by id, whatever its external id is."""
        page = await self._page({"sort": "created_at", "per_page": str(PER_PAGE), "filter[external_id]": key})
        return {_id(row): row for row in page.rows}

    def _exact(self, shown: Mapping[str, Row], key: str) -> list[Row]:
        """Keep the contents that have the very external id that was asked for.

        Raises:  Unavailable when two contents have it, and when all that are shown have another one.
        """
        found = self._named(shown, key)
        if shown and not found:
            other = strict.quoted(_key(next(iter(shown.values()))))
            raise nonsense(self._account, V3_LIST, f"shows a content with the external id {other}, and {key!r} was asked for")
        return found

    def _named(self, rows: Mapping[str, Row], key: str) -> list[Row]:
        keys = {id_: _key(row) for id_, row in rows.items()}
        found = [rows[id_] for id_, told in keys.items() if told == key]
        found = found or [rows[id_] for id_, told in keys.items() if convert_v3.same_key(told, key)]
        if len(found) > 1:
            raise doubled(self._account, V3_LIST, key, len(found))
        return found

    async def _page(self, query: Mapping[str, str]) -> _Page:
        try:
            answer = await self._service.get(V3_LIST, {**query, **_WITH})
        except Refused as refusal:
            if refusal.status == FORBIDDEN:
                # Not to be shown even the list is to be shown nothing: that is about the key, not about one content.
                raise CredentialsRefused(refusal.diagnostic) from refusal
            raise
        document = decoded(self._account, V3_LIST, answer)
        told = judged_as(self._account, V3_LIST, ContentList, document)
        following = None if told.meta.has_more else says_more_follows(document, answer.headers, {"data"})
        if following is not None:
            raise nonsense(self._account, V3_LIST, f"says that there are no more contents, and in {following!r} that there are")
        cursor = _cursor(told.links.next) if told.meta.has_more else None
        if told.meta.has_more and (cursor is None or not told.data):
            raise nonsense(self._account, V3_LIST, "says that there are more contents, but not where")
        return _Page(tuple(cast("Mapping[str, list[Row]]", document)["data"]), cursor)

    def _matched(self, rows: Mapping[str, Row], wanted: Sequence[Lookup]) -> Listing:
        keys: dict[str, list[Row]] = {}
        for one in rows.values():
            keys.setdefault(_plain(_key(one)), []).append(one)
        found: list[Observed | None] = []
        diagnostics: list[Diagnostic] = []
        for want in wanted:
            row: Row | None = rows.get(want.id or "")
            key = want.key if row is None else _key(row)
            named = self._named({_id(other): other for other in keys.get(_plain(key), ())}, key) if key else []
            row = row or (named[0] if named else None)
            if row is None:
                demand_no_twin(self._account, V3_LIST, rows.values(), want)
                found.append(None)
                continue
            found.append(self._for(row, want))
            diagnostics += [*worrying(row, want), *_unsupported_fields(row, want)]
        return Listing(tuple(found), tuple(in_few_words(diagnostics)))

    def _for(self, row: Row, want: Lookup) -> Observed:
        seen = self._observed(row, V3_LIST)
        demand_key(self._account, V3_LIST, seen, want)
        found = convert_v3.for_wanted(row, seen, want.expected, want.key)
        return found if by_v3(want.expected) else replace(found, attributes={**found.attributes, **convert_v3.let_go(want)})

    def observed(self, row: Row) -> Observed:
        """Read a row that `rows_of` gave."""
        return self._observed(row, V3_READ)

    def _observed(self, row: Row, endpoint: Endpoint) -> Observed:
        try:
            return convert_v3.from_store(row)
        except ValueError as failure:
            raise nonsense(
                self._account, endpoint, f"{failure} (of the content {_id(row)} with the external id {strict.quoted(_key(row))})"
            ) from failure


def _cursor(address: str | None) -> str | None:
    """Find the cursor in the address of the next page, which is not followed: it could lead elsewhere."""
    found = parse_qs(urlsplit(address).query).get("cursor") if address is not None else None
    return found[0] if found else None


def _id(row: Row) -> str:
    return identity(row)[0]


def _key(row: Row) -> str:
    return convert_v3.key_of(row)


def _plain(key: str) -> str:
    """Return the part of an external id that is the same however an ISBN is written."""
    return plain if convert_v3.is_isbn(plain := key.replace("-", "")) else key


def _missing(rows: Mapping[str, Row], wanted: Sequence[Lookup]) -> list[Lookup]:
    keys = {_plain(_key(row)) for row in rows.values()}
    return [want for want in wanted if (_plain(want.key) not in keys if want.id is None else want.id not in rows)]


def _unsupported_fields(row: Row, want: Lookup) -> list[Diagnostic]:
    """Tell of a subtitle and the like that a store of the older documents drops without a word."""
    if convert_v3.is_newer(row):
        return []
    found = [_dropped(want, name) for name in ("edition_year", "own_identifiers") if want.expected.get(name)]
    if not want.expected.get("subtitle"):
        return found
    detail = f"{want.key!r} declares a subtitle, and this store has no place for one: it follows the older of the service's documents."
    return [*found, warning("subtitle-not-held", "A subtitle that the store does not keep", detail, address=str(want.address))]


def _dropped(want: Lookup, name: str) -> Diagnostic:
    field = CONTENT.attributes[name].declared
    detail = f"{want.key!r} declares `{field}`, for which this store has no place: it follows the older of the service's documents."
    return warning("fact-not-kept", "A field that the store does not keep", detail, address=str(want.address))


class V3Writer:
    """Creates, updates and deletes contents."""

    def __init__(self, account: Account, service: WriteClient, assets: Assets) -> None:
        settings = account.settings if isinstance(account.settings, Settings) else Settings()
        self._account = account.name
        self._bisac_form = settings.bisac_form
        self._service = service
        self._assets = assets
        self._reader = V3Reader(account.name, service)

    async def create(self, attributes: Attributes) -> Written:
        """Create a content; the store fetches its files from their URLs afterwards, and an audiobook of tracks has none."""
        body = convert_v3.new_body(attributes, await self._urls(attributes, frozenset(attributes)), self._bisac_form)
        answer = await self._service.send(V3_CREATE, body)
        try:
            seen = convert_v3.from_created(strict.read(CreatedContent, answer.json()).data)
        except ValueError as failure:
            detail = f"{self._account}: {V3_CREATE} succeeded ({answer.status}), but its answer {failure}."
            raise Ambiguous(error("outcome-unknown", "It is not known what the store created", detail)) from failure
        told = {name: value for name, value in seen.attributes.items() if name in attributes and name != "external_id"}
        row = cast("Mapping[str, Row]", answer.json())["data"]
        return Written(seen.id, told, seen.links, tuple(unconverted(row, str(attributes["external_id"]))))

    async def update(self, id_: str, attributes: Attributes, changed: frozenset[str]) -> Written:
        """Send what changes, lists and prices whole; nothing where v3 has a field for none of it."""
        if changed - UNSENT_BY_V3:
            body = convert_v3.body(attributes, changed, await self._urls(attributes, changed), self._bisac_form)
            answer = await self._service.send(V3_UPDATE, body, _BY_ID, id=id_)
            demand_about(self._account, V3_UPDATE, answer, id_)
        return Written(id_, {})

    async def delete(self, id_: str, key: str) -> Deletion:
        """Delete by the internal id, having just seen that it still is the content meant."""
        row = await self._reader.row_of_ours(id_)
        if row is None:
            return Deletion.NOT_THERE
        if not convert_v3.same_key(_key(row), key):
            raise not_the_same(self._account, id_, _key(row), key)
        return await self._service.remove(V3_DELETE, _BY_ID, id=id_)

    async def _urls(self, attributes: Attributes, names: frozenset[str]) -> dict[str, str]:
        return {name: await self._assets.url(asset) for name, asset in convert_v3.files_of(attributes, names).items()}
