"""The key, the types, the routes, the rate, and the back doors."""

from __future__ import annotations

import http.client
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import pytest

from catalogctl.provider.emulation import StoredChange
from catalogctl.providers.publishdrive.sandbox import PublishdriveSandbox, PublishdriveSwitches
from unit.sandbox.distribution import AUDIO, EBOOK, HEADERS, NOBODY, POD, Account, digest, serving

ROUTES = [
    ("GET", ""),
    ("POST", ""),
    ("GET", "/external-id/x"),
    ("GET", f"/{NOBODY}"),
    ("PATCH", f"/{NOBODY}"),
    ("DELETE", f"/{NOBODY}"),
    ("POST", f"/{NOBODY}/upload"),
    ("PATCH", f"/{NOBODY}/file/{NOBODY}/attach"),
    ("POST", f"/{NOBODY}/publish"),
    ("POST", f"/{NOBODY}/unpublish"),
]


def with_key(key: str | None) -> dict[str, str]:
    headers = {name: value for name, value in HEADERS.items() if name != "apikey"}
    return headers if key is None else headers | {"apikey": key}


@pytest.mark.parametrize("key", [None, "", "Secret"])
def test_without_the_right_key_every_request_is_401_and_empty(key: str | None) -> None:
    with serving(api_key="secret") as account:
        for method, tail in ROUTES:
            assert account.call(method, f"/books{tail}", EBOOK, headers=with_key(key)).nothing == 401
        assert account.sandbox.rows() == ()
        assert account.create().status == 201


def test_any_key_opens_it_but_the_forbidden_one() -> None:
    with serving() as account:
        assert account.call("GET", "/books", headers=with_key("anything")).status == 200
        for method, tail in ROUTES:
            assert account.call(method, f"/books{tail}", EBOOK, headers=with_key("forbidden")).nothing == 403
        assert account.sandbox.rows() == ()


def test_a_403_may_arrive_as_a_400_about_its_missing_type() -> None:
    with serving(forbidden_as_400=True) as account:
        answer = account.call("GET", "/books/external-id/x", headers=with_key("forbidden"))
        assert answer.faults(400) == []
        assert answer.json["title"] == "Response message failed validation"
        assert answer.json["detail"] == "Missing required header Content-Type for Response [get /api/books/external-id/x 403]"


@pytest.mark.parametrize(
    "path", ["/", "/books/", "/book", "/v2/distribution/books", f"/books/{NOBODY}/files", "/books/external-id/", "/books/a/b/c"]
)
def test_any_other_path_is_not_found(path: str) -> None:
    with serving() as account:
        assert account.call("GET", path).faults(404) == []


@pytest.mark.parametrize(
    ("method", "tail", "allowed"),
    [
        ("PUT", "", "GET, POST"),
        ("PUT", f"/{NOBODY}", "GET, PATCH, DELETE"),
        ("GET", f"/{NOBODY}/upload", "POST"),
        ("PATCH", "/external-id/x", "GET"),
        ("POST", f"/{NOBODY}/file/{NOBODY}/attach", "PATCH"),
    ],
)
def test_a_verb_that_the_documents_do_not_name_is_not_allowed(method: str, tail: str, allowed: str) -> None:
    with serving() as account:
        answer = account.call(method, f"/books{tail}", {})
        assert (answer.faults(405), answer.headers["allow"]) == ([], allowed)


@pytest.mark.parametrize("said", [None, "application/x-www-form-urlencoded", "text/plain", "application/jsonp"])
def test_a_body_must_be_said_to_be_json(said: str | None) -> None:
    with serving() as account:
        headers = {"apikey": "x"} | ({} if said is None else {"Content-Type": said})
        book = account.created()
        paths = [
            ("POST", "/books"),
            ("PATCH", f"/books/{book}"),
            ("POST", f"/books/{book}/upload"),
            ("PATCH", f"/books/{book}/file/x/attach"),
        ]
        for method, path in paths:
            assert account.call(method, path, EBOOK, headers=headers).faults(400) == ["Content-Type"]
        utf8 = {"apikey": "x", "Content-Type": "application/json; charset=utf-8"}
        assert account.call("PATCH", f"/books/{book}", {}, headers=utf8).status == 200


def test_a_body_must_be_json_and_an_object() -> None:
    with serving() as account:
        for body in (b"{", b"", b"null"):
            assert account.call("POST", "/books", body).faults(400) == []
        assert account.call("POST", "/books", []).faults(422) == []
        assert account.call("PATCH", f"/books/{account.created()}", "x").faults(422) == []


def test_a_problem_names_the_path_as_the_service_has_it() -> None:
    with serving() as account:
        problem = account.call("POST", "/books", {}).json
        assert (problem["instance"], problem["title"]) == ("/api/books", "Validation failed")


def test_a_rate_refuses_for_the_rest_of_its_minute_and_spares_the_storage() -> None:
    with serving(rate_limit=2) as account:
        url = account.ask(account.created(), "ebook_cover").json[0]["url"]
        account.clock.pass_(20)
        refused = account.call("GET", "/books")
        assert (refused.faults(429), refused.headers["retry-after"]) == ([], "40")
        assert account.put(url, b"bytes").status == 200
        account.clock.pass_(40)
        assert account.call("GET", "/books").status == 200


def test_retry_after_may_be_a_date_or_be_missing() -> None:
    with serving(rate_limit=0, retry_after="date") as account:
        until = parsedate_to_datetime(account.call("GET", "/books").headers["retry-after"])
        assert timedelta(seconds=60) <= until - account.clock.now <= timedelta(seconds=61)
    with serving(rate_limit=0, retry_after="none") as account:
        assert "retry-after" not in account.call("GET", "/books").headers


def test_every_request_is_logged_and_bytes_are_not() -> None:
    with serving() as account:
        book = account.created()
        url = account.ask(book, "ebook_cover").json[0]["url"]
        account.put(url, b"bytes", headers={"Content-Type": "application/json"})
        account.call("GET", "/books?page=2")
        create, _, put, listing = account.sandbox.requests
        assert (create.method, create.path, create.body, create.status, create.ignored_keys) == ("POST", "/books", EBOOK, 201, ())
        assert (put.method, put.body, put.status) == ("PUT", None, 200)
        assert (listing.path, listing.query, listing.at) == ("/books", "page=2", account.clock.now)
        account.sandbox.clear_log()
        assert account.sandbox.requests == ()


def test_a_book_can_be_changed_behind_the_clients_back() -> None:
    with serving() as account:
        book = account.created()
        account.clock.pass_(5)
        account.sandbox.edit("lighthouse", title="Renamed", price=[{"currency": "EUR", "price": 1}], status="published", audience="x")
        have = account.get(book)
        assert (have["title"], have["price"], have["status"], have["audience"]) == (
            "Renamed",
            [{"currency": "EUR", "price": 1}],
            "published",
            "x",
        )
        assert account.row(book)["updatedAt"] == "2026-01-02T03:04:10Z"
        account.sandbox.edit(book, externalId="other", updatedAt="2020-01-01T00:00:00Z")
        assert account.row("other")["updatedAt"] == "2020-01-01T00:00:00Z"
        account.sandbox.remove("other")
        assert account.call("GET", f"/books/{book}").status == 404


def test_files_and_chapters_can_be_changed_behind_the_clients_back() -> None:
    with serving() as account:
        book = account.created(AUDIO)
        file, other = (account.uploaded(book, "audio_content", data) for data in (b"1", b"2"))
        account.sandbox.edit(
            "sea", chapters=[{"sequence": 2, "fileId": file, "title": "Two"}, {"sequence": 1, "fileId": other, "title": "One"}]
        )
        assert [chapter["title"] for chapter in account.get(book)["chapters"]] == ["One", "Two"]
        account.sandbox.edit(f"sea/{file}", filename="other.mp3", hashSha256="0" * 64, status="failed")
        assert account.get(book)["files"][0] == {"id": file, "role": "audio_content", "filename": "other.mp3", "status": "failed"}
        assert account.row(file)["sha256"] == "0" * 64
        account.sandbox.remove(f"{book}/{other}")
        assert account.files(book) == [file]
        account.sandbox.remove(book)
        assert account.sandbox.rows() == ()


def test_back_doors_refuse_what_is_not_there() -> None:
    with serving() as account:
        book = account.created()
        file = account.uploaded(book, "ebook_cover")
        for key in ("nothing", f"nothing/{file}", f"{book}/nothing", file, "/"):
            with pytest.raises(KeyError):
                account.sandbox.edit(key, title="x")
            with pytest.raises(KeyError):
                account.sandbox.remove(key)
        refused: list[tuple[str, dict[str, Any], str]] = [
            (book, {"colour": "red"}, "a book has no colour"),
            (book, {"files": []}, "a book has no files"),
            (book, {"id": "x"}, "id cannot be edited"),
            (f"{book}/{file}", {"colour": "red"}, "a file has no colour"),
            (f"{book}/{file}", {"book": "x"}, "book cannot be edited"),
        ]
        for key, changes, complaint in refused:
            with pytest.raises(ValueError, match=complaint):
                account.sandbox.edit(key, **changes)
        with pytest.raises(KeyError):
            account.sandbox.seed([{"book": "nothing"}])


def test_seeded_books_are_valid_drafts() -> None:
    with serving() as account:
        account.sandbox.seed(
            [{"externalId": "a", "title": "A"}, {"externalId": "b", "format": "audio"}, {"externalId": "c", "format": "print"}]
        )
        for key in "abc":
            answer = account.call("GET", f"/books/external-id/{key}").json["data"]
            sent = {name: answer["attributes"][name] for name in (*EBOOK, "isbn", "isFinalVersion", "keyword")}
            again = account.call("PATCH", f"/books/{answer['id']}", sent)
            assert again.book == answer["attributes"], "what it shows can be sent"
            assert again.book["status"] == "draft"
        assert account.row("a")["title"] == "A"


def test_seeded_files_belong_to_their_book() -> None:
    with serving() as account:
        account.sandbox.seed(
            [
                {"id": NOBODY, "externalId": "a", "format": "print", "podDetails": POD, "status": "published"},
                {"book": "a", "role": "pod_cover", "filename": "c.pdf", "sha256": digest(b"1"), "size": 1},
                {"book": NOBODY, "id": "11111111-0000-4000-8000-000000000000"},
            ]
        )
        have = account.get(NOBODY)
        assert (have["status"], have["podDetails"]) == ("published", POD)
        assert [(file["role"], file["filename"]) for file in have["files"]] == [("pod_cover", "c.pdf"), ("pod_content", "file-3")]
        assert have["files"][1]["id"] == "11111111-0000-4000-8000-000000000000"


def fill(account: Account) -> None:
    book = account.created(AUDIO)
    kept, dropped, asked = (account.uploaded(book, "audio_content", data) for data in (b"1", b"2", b"3"))
    account.patch(book, chapters=[{"sequence": 1, "fileId": dropped, "title": "One"}])
    account.patch(book, chapters=[{"sequence": 1, "fileId": kept, "title": "Uno"}])
    account.ask(book, "audio_content", b"4")
    account.delete(account.ready())
    account.submitted()
    account.sandbox.edit("lighthouse", title="Changed")
    account.sandbox.remove(f"sea/{asked}")


def test_commits_rebuild_the_contents() -> None:
    commits: list[StoredChange] = []
    with serving() as account:
        account.sandbox.listen(commits.append)
        fill(account)
        first = account.sandbox
        replayed, restored = (PublishdriveSandbox(clock=account.clock) for _ in range(2))
        replayed.replay(json_copy(commits))
        restored.seed([{"externalId": "left over"}])
        restored.restore(json_copy(first.snapshot()))
        assert replayed.rows() == restored.rows() == first.rows()
        assert replayed.snapshot() == restored.snapshot() == first.snapshot()
        for sandbox in (first, replayed, restored):
            sandbox.seed([{"externalId": "next"}])
        assert replayed.rows() == restored.rows() == first.rows(), "the next id is the same"


def json_copy(commits: Any) -> list[StoredChange]:
    return [StoredChange(commit.key, json.loads(json.dumps(commit.value))) for commit in commits]


def test_a_reset_account_is_as_new() -> None:
    commits: list[StoredChange] = []
    with serving() as account:
        new = account.sandbox.snapshot()
        account.sandbox.listen(commits.append)
        first = account.created()
        account.sandbox.reset()
        assert account.sandbox.requests == ()
        assert account.sandbox.rows() == ()
        assert account.sandbox.snapshot() == new
        assert account.created() == first
        replayed = PublishdriveSandbox(clock=account.clock)
        replayed.replay(commits)
        assert replayed.rows() == account.sandbox.rows()


def test_same_requests_at_same_instants_get_the_same_answers() -> None:
    contents: list[Any] = []
    for _ in range(2):
        with serving() as account:
            fill(account)
            contents.append(account.sandbox.snapshot())
    assert contents[0] == contents[1]


def test_ten_connections_at_once_lose_and_double_nothing() -> None:
    with serving(real_time=True) as account:
        host, port = account.server.url("publishdrive").removeprefix("http://").split(":")

        def create(worker: int) -> set[int]:
            connection = http.client.HTTPConnection(host, int(port), timeout=10)
            statuses = set()
            for number in range(10):
                connection.request("POST", "/books", json.dumps(EBOOK | {"externalId": f"{worker}-{number}"}), HEADERS)
                response = connection.getresponse()
                response.read()
                statuses.add(response.status)
            connection.close()
            return statuses

        with ThreadPoolExecutor(10) as pool:
            assert list(pool.map(create, range(10))) == [{201}] * 10
        assert len({row["id"] for row in account.sandbox.rows()}) == 100


@pytest.mark.parametrize(
    ("name", "value"), [("review", "soon"), ("publish_code", 201), ("deletable", ("gone",)), ("create_answer", "data.id")]
)
def test_a_switch_takes_only_the_readings_that_there_are(name: str, value: Any) -> None:
    switches: dict[str, Any] = {name: value}
    with pytest.raises(ValueError, match=name):
        PublishdriveSwitches(**switches)


def test_the_account_block_names_the_server_and_refers_to_its_key() -> None:
    with serving() as account:
        url = account.server.url("publishdrive")
        block = {"provider": "publishdrive", "base_url": url, "api_key": "${env:PUBLISHDRIVE_API_KEY}"}
        assert account.server.account_blocks() == {"publishdrive": block}
