"""Files: asking for URLs, putting bytes, and attaching."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from unit.sandbox.distribution import AUDIO, EBOOK, HEADERS, NOBODY, PRINT, digest, serving

ROLES = {"ebook": ("ebook_content", "ebook_cover"), "audio": ("audio_content", "audio_cover"), "print": ("pod_content", "pod_cover")}
BODIES = {"ebook": EBOOK, "audio": AUDIO, "print": PRINT}


def test_urls_are_answered_in_the_order_of_the_request_and_end_by_the_clock() -> None:
    with serving() as account:
        book = account.created()
        asked = [{"referenceId": role, "role": role, "filename": f"{role}.bin", "hashSha256": "A" * 64} for role in ROLES["ebook"]]
        answer = account.call("POST", f"/books/{book}/upload", asked)
        assert answer.status == 200
        assert [row.keys() for row in answer.json] == [{"id", "url", "expiresAt"}] * 2
        assert len({row["id"] for row in answer.json}) == 2
        assert {row["expiresAt"] for row in answer.json} == {"2026-01-02T03:19:05Z"}
        for row, role in zip(answer.json, ROLES["ebook"], strict=True):
            data = role.encode()
            assert account.put(row["url"], data).status == 200
            assert account.attach(book, row["id"], data, f"{role}.bin").status == 422, "another digest was promised"
        url = urlsplit(answer.json[0]["url"])
        assert f"{url.scheme}://{url.netloc}" == account.server.url("publishdrive")
        assert parse_qs(url.query)["X-Amz-Expires"] == ["900"]


def test_a_request_for_urls_may_be_201_and_repeat_the_reference() -> None:
    with serving(upload_code=201, reference_echo="yes") as account:
        answer = account.ask(account.created(), "ebook_cover", referenceId="mine")
        assert (answer.status, answer.json[0]["referenceId"]) == (201, "mine")


@pytest.mark.parametrize("kind", ROLES)
def test_each_format_has_its_own_roles(kind: str) -> None:
    with serving() as account:
        book = account.created(BODIES[kind])
        for other, roles in ROLES.items():
            for role in roles:
                answer = account.ask(book, role)
                if other == kind:
                    assert answer.status == 200
                else:
                    assert answer.faults(400) == ["0.role"]
                    assert answer.json["detail"] == "Invalid file role for this book format."


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({}, []),
        ([], ["body"]),
        (["x"], ["0"]),
        ([{}], ["0.role", "0.filename", "0.hashSha256"]),
        ([{"role": "ebook_cover", "filename": "", "hashSha256": "0" * 64}], ["0.filename"]),
        ([{"role": "ebook_cover", "filename": "a", "hashSha256": "0" * 63}], ["0.hashSha256"]),
        ([{"role": 5, "filename": "a", "hashSha256": "0" * 64}], ["0.role"]),
        ([{"role": "ebook_cover", "filename": "a", "hashSha256": "0" * 64, "referenceId": None}], ["0.referenceId"]),
        ([{"role": "ebook_cover", "filename": "a", "hashSha256": "0" * 64, "size": 1}], ["0.size"]),
    ],
)
def test_a_request_for_urls_is_judged_row_by_row(body: object, place: list[str]) -> None:
    with serving() as account:
        book = account.created()
        before = account.sandbox.snapshot()
        assert account.call("POST", f"/books/{book}/upload", body).faults(422) == place
        assert account.sandbox.snapshot() == before


def test_asking_for_urls_leaves_the_status_alone_and_makes_no_row() -> None:
    with serving() as account:
        book = account.submitted()
        before = account.sandbox.rows()
        url = account.ask(book, "ebook_cover").json[0]["url"]
        assert account.put(url, b"bytes").status == 200
        assert account.get(book)["status"] == "in_review"
        assert account.sandbox.rows() == before


def test_the_storage_wants_the_signature_alone() -> None:
    with serving() as account:
        url = account.ask(account.created(), "ebook_cover").json[0]["url"]
        assert account.put(url, b"bytes", headers=HEADERS).storage_error("InvalidArgument") == 400
        assert account.put(url, b"bytes", headers={"Authorization": "Bearer x"}).storage_error("InvalidArgument") == 400
        assert account.put(url.replace("Signature=", "Signature=0"), b"bytes").storage_error("SignatureDoesNotMatch") == 403
        assert account.put(url.replace("Expires=900", "Expires=9000"), b"bytes").storage_error("SignatureDoesNotMatch") == 403
        assert account.put(url.partition("?")[0], b"bytes").storage_error("SignatureDoesNotMatch") == 403
        assert account.put(url, b"", method="GET").storage_error("MethodNotAllowed") == 405
        assert account.put(url, b"bytes", headers={"Content-Type": "application/json"}).nothing == 200


def test_the_storage_wants_to_know_how_long_a_body_is() -> None:
    with serving() as account:
        url = account.ask(account.created(), "ebook_cover").json[0]["url"]
        path = url.removeprefix(account.server.url("publishdrive"))
        account.connection.request("PUT", path, iter([b"by", b"tes"]), {"Transfer-Encoding": "chunked"}, encode_chunked=True)
        chunked = account.connection.getresponse()
        assert (chunked.status, b"NotImplemented" in chunked.read()) == (501, True)
        account.connection.putrequest("PUT", path)
        account.connection.endheaders()
        unknown = account.connection.getresponse()
        assert (unknown.status, b"MissingContentLength" in unknown.read()) == (411, True)


def test_an_url_works_until_it_ends_and_again_and_again() -> None:
    with serving(url_lifetime_seconds=10) as account:
        book = account.created()
        row = account.ask(book, "ebook_cover").json[0]
        assert row["expiresAt"] == "2026-01-02T03:04:15Z"
        assert account.put(row["url"], b"wrong").status == 200
        account.clock.pass_(9)
        assert account.put(row["url"], b"bytes").status == 200
        account.clock.pass_(1)
        assert account.put(row["url"], b"late").storage_error("AccessDenied") == 403
        assert account.attach(book, row["id"]).status == 200, "what was put in time counts"


def test_an_url_of_a_book_that_is_gone_leads_nowhere() -> None:
    with serving() as account:
        book = account.created()
        url = account.ask(book, "ebook_cover").json[0]["url"]
        assert account.delete(book).status == 204
        assert account.put(url, b"bytes").storage_error("NoSuchKey") == 404


def test_an_attached_file_is_shown_and_is_a_row() -> None:
    with serving() as account:
        book = account.created()
        file = account.uploaded(book, "ebook_content", b"text", "Faro é.epub")
        shown = {"id": file, "role": "ebook_content", "filename": "Faro é.epub", "status": "processed"}
        assert account.get(book)["files"] == [shown]
        assert account.row(file).items() >= {**shown, "book": book, "sha256": digest(b"text"), "size": 4}.items()


def test_the_digest_of_a_file_may_be_shown() -> None:
    with serving(files_echo_sha256="yes") as account:
        book = account.created()
        account.uploaded(book, "ebook_cover")
        assert account.get(book)["files"][0]["hashSha256"] == digest(b"bytes")


@pytest.mark.parametrize(
    ("put", "named", "filename"),
    [(None, b"bytes", "f.bin"), (b"other", b"bytes", "f.bin"), (b"other", b"other", "f.bin"), (b"bytes", b"bytes", "g.bin")],
)
def test_a_file_is_attached_only_as_promised_and_put(put: bytes | None, named: bytes, filename: str) -> None:
    with serving() as account:
        book = account.submitted()
        row = account.ask(book, "ebook_cover").json[0]
        if put is not None:
            assert account.put(row["url"], put).status == 200
        before = account.sandbox.rows()
        answer = account.attach(book, row["id"], named, filename)
        assert (answer.status, answer.json) == (422, {"message": "File checksum does not match the uploaded content."})
        assert account.sandbox.rows() == before


@pytest.mark.parametrize(
    ("body", "places"),
    [
        ({}, ["filename", "hashSha256"]),
        ({"filename": "a", "hashSha256": "x"}, ["hashSha256"]),
        ({"filename": 1, "hashSha256": "0" * 64}, ["filename"]),
        ({"filename": "a", "hashSha256": "0" * 64, "role": "ebook_cover"}, ["role"]),
        ([], []),
    ],
)
def test_an_attach_that_is_not_as_documented_is_400(body: Any, places: list[str]) -> None:
    with serving() as account:
        book = account.created()
        file = account.ask(book, "ebook_cover").json[0]["id"]
        assert account.call("PATCH", f"/books/{book}/file/{file}/attach", body).faults(400) == places


def test_a_file_that_nobody_asked_for_is_not_found() -> None:
    with serving() as account:
        book, other = account.created(), account.created(externalId="other")
        file = account.ask(book, "ebook_cover").json[0]["id"]
        for owner, wanted in [(book, NOBODY), (book, "x"), (other, file), (NOBODY, file)]:
            answer = account.attach(owner, wanted)
            assert (answer.status, answer.json) == (404, {"message": "Not found"})


def test_attaching_makes_a_draft_and_can_be_repeated() -> None:
    with serving() as account:
        book = account.submitted()
        content, cover = account.files(book)
        assert account.attach(book, cover).status == 200
        assert account.get(book)["status"] == "draft"
        before = account.sandbox.rows()
        assert account.attach(book, content).status == 200
        assert account.sandbox.rows() == before, "a draft with this file is left as it is"
        assert account.files(book) == [content, cover]


def test_a_second_file_of_a_role_replaces_the_first_which_can_come_back() -> None:
    with serving() as account:
        book = account.created()
        text, first = account.uploaded(book, "ebook_content"), account.uploaded(book, "ebook_cover", b"1")
        second = account.uploaded(book, "ebook_cover", b"2")
        assert account.files(book) == [text, second]
        assert account.attach(book, first, b"1").status == 200
        assert account.files(book) == [text, first]


def test_a_second_file_of_a_role_may_be_added() -> None:
    with serving(attach_same_role="adds") as account:
        book = account.created()
        files = [account.uploaded(book, "ebook_cover", data) for data in (b"1", b"2")]
        assert account.files(book) == files


def test_audio_content_is_many_files() -> None:
    with serving() as account:
        book = account.created(AUDIO)
        files = [account.uploaded(book, "audio_content", data) for data in (b"1", b"2")]
        cover = account.uploaded(book, "audio_cover")
        assert account.files(book) == [*files, cover]
