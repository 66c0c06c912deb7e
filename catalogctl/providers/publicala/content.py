"""Reading and writing contents by publica.la's v1 API."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

from catalogctl.model.address import Address
from catalogctl.model.asset import Asset
from catalogctl.model.diagnostics import Diagnostic, error, note, warning
from catalogctl.model.resource import Observed, ResourceType, Trait
from catalogctl.model.value import Attributes
from catalogctl.provider import strict
from catalogctl.provider.answer import Answer, Deletion, nonsense
from catalogctl.provider.concurrent import for_each
from catalogctl.provider.endpoint import Endpoint
from catalogctl.provider.envelope import says_more_follows
from catalogctl.provider.failure import FORBIDDEN, Ambiguous, CredentialsRefused, Refused, StoreFailure
from catalogctl.provider.protocol import Assets, Listing, Lookup, Written
from catalogctl.provider.service import ReadClient, WriteClient, decoded, judged_as
from catalogctl.providers.publicala import convert
from catalogctl.providers.publicala.answers import IssueKey, ListAnswer
from catalogctl.providers.publicala.assumptions import CONVERTING, PER_PAGE, STATE_WORDS
from catalogctl.providers.publicala.convert import Row
from catalogctl.providers.publicala.endpoints import CREATE, DELETE, LIST, READ, UPDATE
from catalogctl.providers.publicala.types import CONTENT

SCANS = 3
"""How often a listing that does not add up is read before it is judged as it is."""
ONE_BY_ONE = 100
"""How many contents that a listing lacks are read by their ids, for a store whose list leaves some out for good."""


_SINGLE_SHAPES = (("data", "paginator", "data"), ("data", "issue"))
"""Where the answer for one content may have it, if it is not its `data` itself."""


@dataclass(frozen=True, slots=True)
class _Page:
    rows: tuple[Row, ...]
    last: int
    total: int
    full: bool
    """The store's plan has no room for another content."""
    full_of_free: bool
    """It has none for another free one."""


@dataclass(frozen=True, slots=True)
class _Rows:
    """What all pages of a listing show."""

    rows: tuple[Row, ...]
    doubt: str = ""
    """Why there may be more, where every reading shows the same and it does not add up; empty where it does."""


class ContentReader:
    """Reads contents: page by page, or one by one where that takes fewer requests."""

    def __init__(self, account: str, service: ReadClient) -> None:
        self._account = account
        self._service = service

    async def list_objects(self, wanted: Sequence[Lookup], progress: Callable[[int, int], None]) -> Listing:
        """Find all wanted contents in as few requests as the API allows.

        The first page tells how many there are: then either the others are read too, or what is still missing is
        looked up one by one, whichever is fewer. Foreign tenants' contents are passed over.
        """
        first = await self._page(1, "")
        missing = _missing(first.rows, wanted)
        progress(1, 1 + min(first.last - 1, len(missing)))
        if len(missing) < first.last - 1:
            alone, doubt = await self._one_by_one(missing, progress)
            rows = [*first.rows, *alone]
        else:
            whole = await self._all_pages(first, "", progress)
            known = [want for want in _missing(whole.rows, wanted) if want.id is not None][:ONE_BY_ONE]
            rows, doubt = [*whole.rows, *await self._by_ids(known)], whole.doubt
        found, diagnostics = await self._matched([row for row in rows if convert.is_ours(row)], wanted)
        new = [want for want, seen in zip(wanted, found, strict=True) if seen is None]
        uncertain = frozenset(want.address for want in new) if doubt else frozenset[Address]()
        return Listing(tuple(found), (*in_few_words(diagnostics), *self._doubted(doubt), *self._full(first, new)), uncertain)

    async def everything(self, progress: Callable[[int, int], None]) -> tuple[list[Row], str]:
        """Read the rows of all contents of this store, with their descriptions whole, and the doubt whether they are all.

        Raises:  StoreFailure.
        """
        first = await self._page(1, "")
        shown = await self._all_pages(first, "", progress)
        rows = [row for row in shown.rows if convert.is_ours(row)]
        shortened = [row for row in rows if convert.may_be_shortened(self._observed(row, LIST))]
        whole: dict[str, Row] = {}

        async def lengthen(row: Row) -> None:
            single = await self.row(_id(row))
            whole[_id(row)] = row if single is None else single

        await for_each(shortened, self._service.width, lengthen)
        return [whole.get(_id(row), row) for row in rows], shown.doubt

    async def read(self, type_: ResourceType, id_: str) -> Observed | None:  # noqa: ARG002 -- there is one type
        """Read one content by its internal id."""
        row = await self.row(id_)
        return None if row is None else self._observed(row, READ)

    async def find(self, want: Lookup) -> Observed | None:
        """Look a content up by its external id."""
        found = await self._search(want.key)
        if not found.rows and found.doubt:
            raise nonsense(self._account, LIST, found.doubt)
        return self._observed(found.rows[0], LIST) if found.rows else None

    async def _all_pages(self, first: _Page, search: str, progress: Callable[[int, int], None]) -> _Rows:
        """Read the pages after the first, and all of them again as long as they do not add up; what every reading shows is believed.

        Raises:  Unavailable where the readings differ as well.
        """
        readings: set[tuple[object, ...]] = set()
        for scan in range(SCANS):
            if scan:
                first = await self._page(1, search)
            pages = [first, *await self._further(first.last, search, progress)]
            rows = {_id(row): row for page in pages for row in page.rows}
            agree = all(page.total == first.total and page.last == first.last for page in pages)
            if agree and len(rows) == first.total:
                return _Rows(tuple(rows.values()))
            shown = sorted(_id(row) for page in pages for row in page.rows)
            readings.add((*shown, *sorted((page.total, page.last) for page in pages)))
        if len(readings) > 1 or not rows or "" in shown:
            why = f"does not add up: {first.total} contents are announced, and after {SCANS} readings they were not all there"
            raise nonsense(self._account, LIST, why)
        doubt = f"does not add up: {first.total} contents are announced, and each of {SCANS} readings shows the same {len(rows)}"
        return _Rows(tuple(rows.values()), doubt)

    async def _further(self, last: int, search: str, progress: Callable[[int, int], None]) -> list[_Page]:
        pages: list[_Page] = []

        async def fetch(number: int) -> None:
            pages.append(await self._page(number, search))
            progress(1 + len(pages), last)

        await for_each(range(2, last + 1), self._service.width, fetch)
        return pages

    async def _one_by_one(self, missing: Sequence[Lookup], progress: Callable[[int, int], None]) -> tuple[list[Row], str]:
        """Look contents up, and return those that are there with the doubt about the others, if there is one."""
        found: list[Row] = []
        doubts: list[str] = []
        done = 1

        async def look_up(want: Lookup) -> None:
            nonlocal done
            row = None if want.id is None else await self.row(want.id)
            named = _Rows((row,)) if row is not None else await self._search(want.key)
            found.extend(named.rows)
            doubts.extend([named.doubt] if named.doubt and not named.rows else [])
            done += 1
            progress(done, len(missing) + 1)

        await for_each(missing, self._service.width, look_up)
        return found, doubts[0] if doubts else ""

    async def _by_ids(self, wanted: Sequence[Lookup]) -> list[Row]:
        found: list[Row] = []

        async def look_up(want: Lookup) -> None:
            row = await self.row(want.id or "")
            found.extend([] if row is None else [row])

        await for_each(wanted, self._service.width, look_up)
        return found

    async def row(self, id_: str) -> Row | None:
        """Read by path, where an external id of digits may answer for an internal one: only the very id counts."""
        if not (id_.isascii() and id_.isdecimal()):
            return None
        return next((row for row in await self._by_path(id_) if _id(row) == id_), None)

    async def _by_path(self, either_id: str) -> list[Row]:
        """Read by path the contents of this store that have this id or external id.

        Raises:  Unavailable for an answer that is about another content.
        """
        answer = await self._service.get_if_there(READ, id=either_id)
        if answer is None:
            return []
        rows = self._single(answer)
        if any(either_id not in {_id(row), _key(row)} for row in rows):
            why = (
                f"is about the content {_id(rows[0])} with the external id {strict.quoted(_key(rows[0]))}, and {either_id!r} was asked for"
            )
            raise nonsense(self._account, READ, why)
        return [row for row in rows if convert.is_ours(row)]

    async def _search(self, key: str) -> _Rows:
        """Search, which also finds names, ids and the like, page after page, and keep the exact external id.

        Raises:  Unavailable when two contents of this store have it.
        """
        if key.casefold() in STATE_WORDS:
            return _Rows(tuple(row for row in await self._by_path(key) if _key(row) == key))
        whole = await self._all_pages(await self._page(1, key), key, lambda _done, _total: None)
        found = tuple(row for row in whole.rows if _key(row) == key and convert.is_ours(row))
        if len(found) > 1:
            raise doubled(self._account, LIST, key, len(found))
        return _Rows(found, whole.doubt)

    async def _page(self, number: int, search: str) -> _Page:
        query = {"page": str(number), "per_page": str(PER_PAGE)}
        if search:
            query["query"] = search
        try:
            answer = await self._service.get(LIST, query)
        except Refused as refusal:
            if refusal.status == FORBIDDEN:
                # Not to be shown even the list is to be shown nothing: that is about the key, not about one content.
                raise CredentialsRefused(refusal.diagnostic) from refusal
            raise
        document = decoded(self._account, LIST, answer)
        data = judged_as(self._account, LIST, ListAnswer, document).data
        last, total, per_page = data.paginator.last_page, data.paginator.total, data.paginator.per_page
        if per_page is not None and max(last, 1) * per_page < total:
            raise nonsense(self._account, LIST, f"announces {last} pages of {per_page} for {total} contents")
        if last > max(total, 1):
            raise nonsense(self._account, LIST, f"announces {last} pages for {total} contents")
        following = says_more_follows(_inside(document, "data", "paginator"), answer.headers, {"data"}) if number >= last else None
        if following is not None:
            raise nonsense(self._account, LIST, f"announces {last} pages, and says in {following!r} that another one follows the last")
        rows = _inside(document, "data", "paginator", "data")
        assert isinstance(rows, list), "judged above"
        return _Page(tuple(rows), max(last, 1), total, data.reached_issues_limit, data.reached_free_issues_limit)

    def _single(self, answer: Answer) -> list[Row]:
        """Read the three shapes that the answer for one content may have: a paginator, `issue`, or the content itself."""
        document = decoded(self._account, READ, answer)
        found = (path for path in _SINGLE_SHAPES if _inside(document, *path) is not None)
        path = next(found, ("data",))
        rows, where = _inside(document, *path), ".".join(path)
        if not isinstance(rows, list):
            judged_as(self._account, READ, IssueKey, rows, where)
            return [cast("Row", rows)]
        for number, row in enumerate(rows):
            judged_as(self._account, READ, IssueKey, row, f"{where}[{number}]")
        return rows

    def _observed(self, row: Row, endpoint: Endpoint) -> Observed:
        try:
            return convert.from_store(row)
        except ValueError as failure:
            raise nonsense(
                self._account, endpoint, f"{failure} (of the content {_id(row)} with the external id {strict.quoted(_key(row))})"
            ) from failure

    async def _matched(self, rows: Sequence[Row], wanted: Sequence[Lookup]) -> tuple[list[Observed | None], list[Diagnostic]]:
        by_id = {_id(row): row for row in rows}
        by_key: dict[str, list[Row]] = {}
        for row in by_id.values():
            by_key.setdefault(_key(row), []).append(row)
        found: list[Observed | None] = []
        shortened: list[tuple[int, Observed, Lookup]] = []
        diagnostics: list[Diagnostic] = []
        for want in wanted:
            match = by_id.get(want.id) if want.id is not None else None
            key = want.key if match is None else _key(match)
            named = by_key.get(key, [])
            if key and len(named) > 1:
                raise doubled(self._account, LIST, key, len(named))
            match = match or (named[0] if named else None)
            if match is None:
                demand_no_twin(self._account, LIST, rows, want)
                found.append(None)
                continue
            seen = self._observed(match, LIST)
            demand_key(self._account, LIST, seen, want)
            if convert.is_shortened(seen, want.expected):
                shortened.append((len(found), seen, want))
            elif "description" not in want.expected and convert.may_be_shortened(seen):
                # No file declares it, so it is not worth a request unless an update has to send it along.
                seen = convert.without_description(seen)
            found.append(seen)
            diagnostics += worrying(match, want)

        async def lengthen(job: tuple[int, Observed, Lookup]) -> None:
            place, seen, want = job
            found[place] = await self._unshortened(seen, want.expected)

        await for_each(shortened, self._service.width, lengthen)
        return found, diagnostics

    async def _unshortened(self, seen: Observed, expected: Attributes) -> Observed:
        """Read the whole description alone; where even that is cut or not to be had, leave it out, so that memory decides."""
        single = await self.read(CONTENT, seen.id)
        if single is not None and not (convert.is_shortened(single, expected) and convert.is_start_of(single, expected)):
            return single
        return convert.without_description(single or seen)

    def _doubted(self, doubt: str) -> list[Diagnostic]:
        """Warn of a listing that never adds up and is believed for what it shows."""
        if not doubt:
            return []
        detail = f"{self._account}: the answer to {LIST} {doubt}. What it shows is believed; what it does not show is not created."
        hint = "Have publica.la's support look at the list. Where the store has the v3 API, the account can be read by that:\nread_api: v3"
        return [warning("listing-in-doubt", "A store's list does not add up", detail, hint)]

    def _full(self, page: _Page, new: Sequence[Lookup]) -> list[Diagnostic]:
        """Warn before contents are created that the store's plan has no room for."""
        if new and page.full:
            detail = "The store says that it has reached the number of contents that its plan allows; creating more will be refused."
            return [warning("store-full", f"{self._account} has no room for more contents", detail)]
        if page.full_of_free and any(want.expected.get("free") for want in new):
            detail = "The store says that it has reached the number of free contents that its plan allows; creating more will be refused."
            return [warning("store-full", f"{self._account} has no room for more free contents", detail)]
        return []


def _id(row: Row) -> str:
    return convert.identity(row)[0]


def _key(row: Row) -> str:
    return convert.identity(row)[1]


def _inside(document: object, *path: str) -> object:
    """Return what is at a path of an answer; `None` where there is nothing."""
    for step in path:
        document = document.get(step) if isinstance(document, Mapping) else None
    return document


def _missing(rows: Sequence[Row], wanted: Sequence[Lookup]) -> list[Lookup]:
    """List what is wanted and not among some rows."""
    ours = [row for row in rows if convert.is_ours(row)]
    ids, keys = {_id(row) for row in ours}, {_key(row) for row in ours}
    return [want for want in wanted if (want.key not in keys if want.id is None else want.id not in ids)]


def doubled(account: str, endpoint: Endpoint, key: str, count: int) -> StoreFailure:
    """Make the failure for a key that several contents have."""
    return nonsense(account, endpoint, f"shows {count} contents with the external id {key!r}, which should be unique")


def demand_key(account: str, endpoint: Endpoint, seen: Observed, want: Lookup) -> None:
    """Raise Unavailable for a content that we know by its id and that now has no external id: nothing in either API takes one away."""
    if want.id == seen.id and not seen.key and want.expected.get("external_id"):
        raise nonsense(account, endpoint, f"has no external id for the content {seen.id}, which was given {want.key!r}")


def demand_no_twin(account: str, endpoint: Endpoint, rows: Iterable[Row], want: Lookup) -> None:
    """Raise Unavailable for a new content where one without an external id has its name and type: that may be the one."""
    for row in rows if want.id is None else ():
        name, same_type = row.get("name"), CONTENT.attributes["type"].same(str(row.get("file_type")), want.expected.get("type"))
        if not _key(row) and same_type and name == want.expected.get("name"):
            why = f"shows a content called {strict.quoted(str(name))} without an external id (id {_id(row)}), which may be {want.key!r}"
            hint = "Give it this external id in the store's panel, or another name if it is another title."
            raise nonsense(account, endpoint, why, hint)


def in_few_words(told: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Return what is reported of contents, with one note for all whose files are still being converted."""
    every = list(told)
    waiting = [one for one in every if one.code == "conversion-unfinished"]
    if len(waiting) < 2:
        return every
    detail = f"{len(waiting):,} contents are not converted yet. The first of them: {waiting[0].detail}"
    together = replace(waiting[0], detail=detail, address=None)
    return [*(one for one in every if one.code != "conversion-unfinished"), together]


def unconverted(row: Row, key: str) -> list[Diagnostic]:
    """Return what there is to tell of a file whose conversion is not known to have ended well."""
    status = convert.conversion(row)
    if status is None:
        return []
    detail = f"{key!r} (id {_id(row)}) is in the state {strict.quoted(status)}: "
    if status in CONVERTING:
        hint = "Look again later:\ncatalogctl drift"
        detail += "readers cannot open it before the store has converted its file."
        return [note("conversion-unfinished", "A file is still being converted", detail, hint)]
    detail += "readers may not be able to open it."
    return [warning("conversion-failed", "The store has not converted a file", detail, "Look at the content in the store's panel.")]


def worrying(row: Row, want: Lookup) -> list[Diagnostic]:
    """Tell what no file can declare, but a person should know: a file that was not converted, a content off sale."""
    key = want.key
    problems = unconverted(row, key)
    if convert.is_withdrawn(row):
        detail = f"{key!r} (id {_id(row)}) is in the store and not on sale there. Its API cannot change that."
        problems.append(warning("withdrawn", "A content is withdrawn in the store", detail, "Put it back on sale in the store's panel."))
    return [replace(one, address=str(want.address)) for one in problems]


def not_the_same(account: str, id_: str, told: str, key: str) -> Refused:
    """Make the failure for a content that has another external id by now: it is not deleted."""
    detail = f"{account}: the content with id {id_} now has the external id {told!r}, not {key!r}; it was left alone."
    return Refused(error("not-the-same", "An object is no longer the one that was planned for", detail, "Plan again."), status=409)


class ContentWriter:
    """Creates, updates and deletes contents."""

    def __init__(self, account: str, service: WriteClient, assets: Assets) -> None:
        self._account = account
        self._service = service
        self._assets = assets
        self._reader = ContentReader(account, service)

    async def create(self, type_: ResourceType, attributes: Attributes) -> Written:  # noqa: ARG002 -- there is one type
        """Create a content; the store fetches its file from a URL afterwards."""
        file = attributes.get("file")
        url = await self._assets.url(file) if isinstance(file, Asset) else None
        answer = await self._service.send(CREATE, convert.new_body(attributes, frozenset(attributes), url))
        try:
            document = answer.json()
            issue = cast("Row", _inside(document, "data", "issue") or _inside(document, "data"))
            seen = convert.from_created(issue)
        except ValueError as failure:
            detail = f"{self._account}: {CREATE} succeeded ({answer.status}), but its answer {failure}."
            raise Ambiguous(error("outcome-unknown", "It is not known what the store created", detail)) from failure
        readable = {name: value for name, value in seen.attributes.items() if name in attributes}
        told = tuple(unconverted(issue, seen.key))
        return Written(seen.id, readable, seen.links or convert.pages(issue, self._service.base_url), told)

    async def update(self, type_: ResourceType, id_: str, attributes: Attributes, changed: frozenset[str]) -> Written:
        """Send the whole content again, but for what is only sent on a decision of its own."""
        on_decision = {name for name, attribute in type_.attributes.items() if Trait.ON_DECISION in attribute.traits}
        names = frozenset(attributes) - (on_decision - changed)
        await self._service.send(UPDATE, convert.changed_body(attributes, names), id=id_)
        return Written(id_, {})

    async def delete(self, type_: ResourceType, id_: str, key: str) -> Deletion:
        """Delete by the internal id, having just seen that it still is the content meant."""
        seen = await self._reader.read(type_, id_)
        if seen is None:
            return Deletion.NOT_THERE
        if seen.key != key:
            raise not_the_same(self._account, id_, seen.key, key)
        return await self._service.remove(DELETE, id=id_)
