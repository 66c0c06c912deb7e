"""The HTTP side of the emulated account: routes, the key, the rate, and the emulator's back doors.

The key `forbidden` opens nothing: every request with it is 403.
Chosen where the documents are silent: paths are directly under the server's root; an id that is no UUID is 404 to
DELETE, unpublish and attach, which document no 422 object, and 422 elsewhere; withdrawing a draft or a withdrawn book is
422; a DELETE of a missing book answers with the long error object, everything else with the short one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import cast
from urllib.parse import unquote

import orjson

from catalogctl.provider.emulation import Clock, InMemory, Json, LoggedRequest, Minute, SandboxRequest, SandboxResponse, utc_now
from catalogctl.providers.publishdrive.sandbox import files, storage, workflow
from catalogctl.providers.publishdrive.sandbox.answers import RequestRefused, ValueFault, empty, leaked_forbidden, message, problem, success
from catalogctl.providers.publishdrive.sandbox.back_doors import edited, removed, seeded
from catalogctl.providers.publishdrive.sandbox.book import Book, stamp, uuid_of
from catalogctl.providers.publishdrive.sandbox.chapters import judge_chapters
from catalogctl.providers.publishdrive.sandbox.codes import AUDIO_CONTENT, UUID
from catalogctl.providers.publishdrive.sandbox.listing import read_question
from catalogctl.providers.publishdrive.sandbox.render import shown_attributes, shown_book, shown_row
from catalogctl.providers.publishdrive.sandbox.rules import judge_changed, judge_new
from catalogctl.providers.publishdrive.sandbox.shelf import Shelf
from catalogctl.providers.publishdrive.sandbox.switches import PublishdriveSwitches

FORBIDDEN_KEY = "forbidden"
_MISSING = "Book not found"


class PublishdriveSandbox(InMemory[Shelf]):
    """A PublishDrive account with its Distribution API, in memory.

    Any key but `forbidden` opens it while `api_key` is None. Same requests at same instants give same answers.
    """

    name = "publishdrive"

    def __init__(self, switches: PublishdriveSwitches | None = None, *, api_key: str | None = None, clock: Clock = utc_now) -> None:
        super().__init__(Shelf, clock)
        self.switches = switches or PublishdriveSwitches()
        self._api_key = api_key
        self._minute = Minute(self.switches.rate_limit, self.switches.retry_after)

    # ── the API ──

    def respond(self, request: SandboxRequest) -> SandboxResponse:
        """Answer one request, having applied it."""
        with self._lock:
            body = _decoded(request)
            try:
                if request.path.startswith(storage.PREFIX):
                    response = files.put_bytes(self._shelf, request, self._clock())
                else:
                    response = self._answer(request, body)
            except RequestRefused as refused:
                response = refused.response
            self._log.append(LoggedRequest(request.method, request.path, request.query, body, response.status, self._clock()))
            return response

    def _answer(self, request: SandboxRequest, body: Json) -> SandboxResponse:
        segments = tuple(map(unquote, request.path.split("/")[1:]))
        allowed = _verbs(segments)
        if not allowed:
            return problem(request, 404, "There is no such resource.")
        now = self._clock()
        if not self._minute.take(now):
            refusal = problem(request, 429, "Too many requests.")
            return replace(refusal, headers={**refusal.headers, **self._minute.wish(now)})
        key = request.headers.get("apikey", "")
        if key == FORBIDDEN_KEY:
            return leaked_forbidden(request) if self.switches.forbidden_as_400 else empty(403)
        if not key or (self._api_key is not None and key != self._api_key):
            return empty(401)
        if request.method not in allowed:
            refusal = problem(request, 405, f"Method {request.method} is not allowed.")
            return replace(refusal, headers={**refusal.headers, "Allow": ", ".join(allowed)})
        return self._routed(request, segments, body)

    def _routed(self, request: SandboxRequest, segments: tuple[str, ...], body: Json) -> SandboxResponse:
        match request.method, *segments[1:]:
            case ("GET",):
                return self._list(request)
            case ("POST",):
                return self._create(request, body)
            case "GET", "external-id", external_id:
                return self._find(request, external_id)
            case "GET", book_id:
                return success(200, {"data": self._shown(self._book(request, book_id))})
            case "PATCH", book_id:
                return self._update(request, book_id, body)
            case "DELETE", book_id:
                return self._delete(request, book_id)
            case "POST", book_id, "upload":
                book = self._book(request, book_id)
                return files.request_uploads(self._shelf, book, _sent(request, body), request, self.switches, self._clock())
            case "PATCH", book_id, "file", file_id, "attach":
                return self._attach(request, book_id, file_id, body)
            case "POST", book_id, "publish":
                return self._publish(request, book_id, body)
            case _:
                return self._unpublish(request, segments[1], body)

    def _list(self, request: SandboxRequest) -> SandboxResponse:
        question = read_question(request.query)
        if isinstance(question, list):
            raise RequestRefused(problem(request, 400, "The query is not valid.", *question))
        now = self._clock()
        chosen = question.chosen(self._shelf)
        data = [shown_row(book, workflow.status_at(book, self.switches, now)) for book in question.on_page(chosen)]
        return success(200, {"data": data, **question.around(len(chosen), self.switches.meta_per_page)})

    def _find(self, request: SandboxRequest, external_id: str) -> SandboxResponse:
        book = self._shelf.by_external_id(external_id)
        if book is not None:
            return success(200, {"data": self._shown(book)})
        if self.switches.missing_external_id == 404:
            return message(404, _MISSING)
        return problem(request, 422, "The request is not valid.", ValueFault("bookExternalId", "No book has this external id."))

    def _create(self, request: SandboxRequest, body: Json) -> SandboxResponse:
        given = _sent_object(request, body)
        if self.switches.create_external_id == "ignored":
            given = {name: value for name, value in given.items() if name != "externalId"}
        verdict = judge_new(given, self.switches)
        faults = [*verdict.faults, *self._taken(given.get("externalId"), None)]
        if faults:
            raise RequestRefused(problem(request, 422, "The body is not valid.", *faults))
        now = stamp(self._clock())
        number = self._shelf.take_number()
        book = Book(number=number, id=uuid_of(number), created_at=now, updated_at=now, attributes=verdict.values)
        self._shelf.put_book(book)
        if self.switches.create_answer == "book_id":
            return success(201, {"bookId": book.id, **shown_attributes(book, (), book.status, self.switches)})
        return success(201, {"data": self._shown(book)})

    def _update(self, request: SandboxRequest, book_id: str, body: Json) -> SandboxResponse:
        book = self._book(request, book_id)
        given = _sent_object(request, body)
        verdict = judge_changed(given, book, self.switches)
        faults = [*verdict.faults, *self._taken(given.get("externalId"), book)]
        chapters = book.chapters
        if "chapters" in given:
            audio = {file.id for file in self._shelf.files(book.id) if file.role == AUDIO_CONTENT}
            contents = judge_chapters(given["chapters"], book, audio)
            faults += contents.faults
            chapters = contents.chapters
        if faults:
            raise RequestRefused(problem(request, 422, "The body is not valid.", *faults))
        changed = replace(workflow.redrafted(book, self._clock()), attributes=verdict.values, chapters=chapters)
        self._shelf.put_book(changed)
        # A file whose chapter got another one is of no chapter any more, and of no use.
        for lost in {chapter.fileId for chapter in book.chapters} - {chapter.fileId for chapter in chapters}:
            if (file := self._shelf.file(book.id, lost)) is not None:
                self._shelf.drop_file(file)
        return success(200, {"data": self._shown(changed)})

    def _attach(self, request: SandboxRequest, book_id: str, file_id: str, body: Json) -> SandboxResponse:
        book = self._shelf.book(book_id)
        if book is None:
            return message(404, "Not found")
        files.attach(self._shelf, book, file_id, _sent_object(request, body, 400), request, self.switches)
        # A draft stays as it is: the list's `updatedAt` is about the book's own record.
        if book.status != "draft":
            self._shelf.put_book(workflow.redrafted(book, self._clock()))
        return success(200, {})

    def _publish(self, request: SandboxRequest, book_id: str, body: Json) -> SandboxResponse:
        book = self._book(request, book_id)
        _nothing_asked(request, _sent_object(request, body))
        now = self._clock()
        if (status := workflow.status_at(book, self.switches, now)) != "draft":
            raise RequestRefused(problem(request, 422, f"Only a draft can be published, and this book is {status}."))
        faults = tuple(workflow.final_faults(book, self._shelf.files(book.id), self.switches, now))
        if faults:
            raise RequestRefused(problem(request, 422, "The book cannot be published yet.", *faults))
        self._shelf.put_book(workflow.submitted(book, self.switches, now))
        return empty(self.switches.publish_code)

    def _unpublish(self, request: SandboxRequest, book_id: str, body: Json) -> SandboxResponse:
        book = self._shelf.book(book_id)
        if book is None:
            return message(404, _MISSING)
        if request.body:
            _nothing_asked(request, _sent_object(request, body))
        now = self._clock()
        if (status := workflow.status_at(book, self.switches, now)) not in workflow.OUT:
            raise RequestRefused(problem(request, 422, f"A book that is {status} cannot be unpublished."))
        self._shelf.put_book(workflow.withdrawn(book, now))
        return empty(204)

    def _delete(self, request: SandboxRequest, book_id: str) -> SandboxResponse:
        book = self._shelf.book(book_id)
        if book is None:
            return problem(request, 404, _MISSING)
        status = workflow.status_at(book, self.switches, self._clock())
        if status not in self.switches.deletable:
            return problem(request, 402, f"A book that is {status} cannot be deleted.")
        self._shelf.drop_book(book)
        return empty(204)

    def _book(self, request: SandboxRequest, book_id: str) -> Book:
        """Find the book that a path names. Raises RequestRefused where there is none, and for what is no id."""
        if not UUID.fullmatch(book_id):
            raise RequestRefused(problem(request, 422, "The request is not valid.", ValueFault("bookPublicId", "This is no UUID.")))
        book = self._shelf.book(book_id)
        if book is None:
            raise RequestRefused(message(404, _MISSING))
        return book

    def _taken(self, external_id: Json, book: Book | None) -> list[ValueFault]:
        """Complain about an external id that another book has."""
        holder = self._shelf.by_external_id(external_id) if isinstance(external_id, str) else None
        if holder is None or (book is not None and book.external_id == external_id) or self.switches.duplicate_external_id == "accepted":
            return []
        return [ValueFault("externalId", "This external id belongs to another book.")]

    def _shown(self, book: Book) -> dict[str, Json]:
        status = workflow.status_at(book, self.switches, self._clock())
        return shown_book(book, self._shelf.files(book.id), status, self.switches)

    # ── the back doors ──

    def rows(self) -> tuple[dict[str, Json], ...]:
        """Show each book, by rising age of its creation, and after it its files; what is uploaded and not attached is no row.

        A row's `status` is what was last set: that a review is over shows in the API's answers alone.
        """
        with self._lock:
            return self._shelf.rows()

    def seed(self, rows: Iterable[Mapping[str, object]]) -> None:
        """Store drafts around what is given of them, and files where a row names its `book` by either id.

        Shapes:  a book's row has any keys of `rows()`; a file's has `book`, `role`, and of `id`, `filename`, `sha256`, `size` what matters.
        Raises:  ValueError for an unknown field, KeyError for a file's book that is not there.
        """
        with self._lock:
            for row in rows:
                seeded(self._shelf, row, self._clock())

    def edit(self, key: str, **changes: object) -> None:
        """Change a book, by either id, or the file `BOOK/FILE`; keys as in `rows()`, and `hashSha256`.

        A status that is set so stays until a request changes it. Chapters are replaced as a whole.
        Raises:  KeyError for an unknown object, ValueError for an unknown field.
        """
        with self._lock:
            edited(self._shelf, key, changes, self._clock())

    def remove(self, key: str) -> None:
        """Take a book away, by either id, with its files; or the file `BOOK/FILE`, whose chapter stays.

        Raises:  KeyError where there is none.
        """
        with self._lock:
            removed(self._shelf, key)

    def reset(self) -> None:
        """Return to the contents of a new sandbox and forget the requests."""
        with self._lock:
            self.clear_log()
            self._shelf.clear()
            self._minute.clear()

    def account_block(self, base_url: str) -> dict[str, str]:
        """Return the account of catalogctl.yaml that uses this emulator at `base_url`; its key is a reference, as the file demands."""
        return {"provider": self.name, "base_url": base_url, "api_key": "${env:PUBLISHDRIVE_API_KEY}"}


def _verbs(segments: tuple[str, ...]) -> tuple[str, ...]:
    """List the methods of a path; none where it is no route."""
    match segments:
        case ("books",):
            return ("GET", "POST")
        case ("books", "external-id", external_id) if external_id:
            return ("GET",)
        case ("books", book_id) if book_id:
            return ("GET", "PATCH", "DELETE")
        case ("books", book_id, "upload" | "publish" | "unpublish") if book_id:
            return ("POST",)
        case ("books", book_id, "file", file_id, "attach") if book_id and file_id:
            return ("PATCH",)
        case _:
            return ()


def _decoded(request: SandboxRequest) -> Json:
    """Read a JSON body; None where there is none."""
    if not request.body or not _says_json(request):
        return None
    try:
        return cast("Json", orjson.loads(request.body))
    except orjson.JSONDecodeError:
        return None


def _says_json(request: SandboxRequest) -> bool:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower() == "application/json"


def _sent(request: SandboxRequest, body: Json) -> Json:
    """Return the body that an endpoint needs. Raises RequestRefused where it is not JSON and said to be."""
    if not _says_json(request):
        fault = ValueFault("Content-Type", "This must be application/json.")
        raise RequestRefused(problem(request, 400, "The Content-Type is not supported.", fault))
    if body is None:
        raise RequestRefused(problem(request, 400, "The body is no JSON."))
    return body


def _sent_object(request: SandboxRequest, body: Json, otherwise: int = 422) -> dict[str, Json]:
    given = _sent(request, body)
    if not isinstance(given, dict):
        raise RequestRefused(problem(request, otherwise, "The body must be an object."))
    return given


def _nothing_asked(request: SandboxRequest, given: Mapping[str, Json]) -> None:
    if given:
        raise RequestRefused(
            problem(request, 422, "The body is not valid.", *(ValueFault(key, "This field is not known here.") for key in given))
        )
