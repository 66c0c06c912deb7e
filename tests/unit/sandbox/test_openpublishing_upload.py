"""Adding files: the form in every shape that clients send, and what the store makes of it."""

from __future__ import annotations

import io
import zipfile
from hashlib import sha1

import pytest

from unit.sandbox.warehouse import BOUNDARY, FILES, FORM, PRODUCTS, file_part, form, part, serving

TYPES = (
    "pod_bookblock ebook_pdf ebook_pdf_cover ebook_pdf_bastard_title ebook_epub ebook_mobi ebook_ibook cover_marketing pod_cover_front "
    "pod_cover_back pod_cover dropbox extract screenshot shop_preview audiobook software"
).split()
TYPE = part('name="type"', b"ebook_epub")
BINARY = bytes(range(256)) + f"\r\n\n\r--{BOUNDARY[:-1]}\r\n--\r\n\r\n".encode()


def digest(data: bytes) -> str:
    return sha1(data).hexdigest()


def test_the_object_of_a_file_has_every_documented_key() -> None:
    with serving() as warehouse:
        answer = warehouse.add(data=b"x" * 7, labels=["distribution:retail"])
        href = b'"https:\\/\\/api.openpublishing.com\\/rpc\\/document_admin_upload?method=download&file_id=100001"'
        assert (answer.status, answer.headers["content-type"]) == (201, "application/json")
        assert href in answer.body
        assert answer.json == {
            "_id": 100001,
            "file_name": "faro.epub",
            "file_size": 7,
            "href": "https://api.openpublishing.com/rpc/document_admin_upload?method=download&file_id=100001",
            "labels": ["distribution:retail"],
            "mime_type": "application/epub+zip",
            "properties": {"epub_version": "3"},
            "sha1": digest(b"x" * 7),
            "timestamp": int(warehouse.clock.now.timestamp()),
            "type": "ebook_epub",
            "validation": None,
        }
        assert warehouse.get(f"{FILES}/100001").json == answer.json
        assert warehouse.get(FILES).items == [answer.json]


def test_validation_may_be_an_object() -> None:
    with serving(validation="object") as warehouse:
        assert warehouse.added()["validation"] == {"valid": True, "messages": []}


@pytest.mark.parametrize("kind", TYPES)
def test_each_of_the_types_is_taken(kind: str) -> None:
    with serving() as warehouse:
        assert warehouse.added(kind)["type"] == kind


@pytest.mark.parametrize("kind", ["", "epub", "EBOOK_EPUB", "cover_pod_pdf_final", " ebook_epub"])
def test_any_other_type_is_refused(kind: str) -> None:
    with serving() as warehouse:
        answer = warehouse.add(kind)
        assert (*answer.error, answer.json["ERROR"]["PARAMETERS"]) == (422, "product_files::type_invalid", {"type": kind})
        assert warehouse.sandbox.rows() == ()


@pytest.mark.parametrize(
    ("kind", "name", "mime"),
    [
        ("ebook_pdf", "a.bin", "application/pdf"),
        ("cover_marketing", "A.JPG", "image/jpeg"),
        ("audiobook", "a.mp3", "audio/mpeg"),
        ("software", "a.unheard", "application/octet-stream"),
        ("extract", "a.epub", "application/epub+zip"),
    ],
)
def test_the_mime_type_comes_from_the_type_or_the_name(kind: str, name: str, mime: str) -> None:
    with serving() as warehouse:
        added = warehouse.added(kind, name=name)
        assert added["mime_type"] == mime
        assert added["properties"] == ({"epub_version": "3"} if mime == "application/epub+zip" else {})


def test_where_neither_tells_the_mime_type_it_is_the_one_sent() -> None:
    with serving() as warehouse:
        kind = part('name="type"', b"software")
        with_one = part('name="file"; filename="a.unheard"', b"x", "Content-Type: application/x-thing; charset=utf-8")
        assert warehouse.post_form(form(with_one, kind)).json["mime_type"] == "application/x-thing"
        assert warehouse.post_form(form(part('name="file"; filename="a"', b"x"), kind)).json["mime_type"] == "application/octet-stream"


@pytest.mark.parametrize(
    ("package", "version"), [(b"<package xmlns='x' version='2.0'>", "2"), (b'<p:package\n version = "3.2">', "3"), (b"", "3")]
)
def test_the_epub_version_is_read_from_the_package(package: bytes, version: str) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("mimetype", "application/epub+zip")
        archive.writestr("OEBPS/content.opf", b"<?xml version='1.0'?>" + package)
    with serving() as warehouse:
        assert warehouse.added(data=stream.getvalue())["properties"] == {"epub_version": version}


def test_bytes_arrive_as_they_were_sent() -> None:
    with serving() as warehouse:
        added = warehouse.added(data=BINARY)
        assert (added["sha1"], added["file_size"]) == (digest(BINARY), len(BINARY))


def test_parts_may_come_in_any_order_and_other_text_around_them() -> None:
    with serving() as warehouse:
        label = part('name="labels"', b"distribution:a")
        for parts in ((TYPE, label, file_part()), (label, file_part(), TYPE), (file_part(), TYPE, label)):
            answer = warehouse.post_form(b"a preamble\r\n" + form(*parts) + b"an epilogue")
            assert (answer.status, answer.json["labels"], answer.json["sha1"]) == (201, ["distribution:a"], digest(b"bytes"))


def test_headers_of_parts_are_read_whatever_their_case_and_quoting() -> None:
    body = form(file_part(), TYPE).replace(b"Content-Disposition", b"content-DISPOSITION").replace(b'name="type"', b"NAME=type")
    with serving() as warehouse:
        assert warehouse.post_form(body, content_type=f'Multipart/Form-Data; charset=utf-8; boundary="{BOUNDARY}"').status == 201


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        ('name="file"; filename="El año; uno=dos.epub"', "El año; uno=dos.epub"),
        ('name="file"; filename="El año.epub"'.encode("latin-1"), "El año.epub"),
        ('name="file"; filename=plain.epub', "plain.epub"),
        (r'name="file"; filename="a \"b\" c\\d.epub"', r'a "b" c\d.epub'),
        ('name="file"; filename="a %22b%22 100%25.epub"', 'a "b" 100%25.epub'),
        ("name=\"file\"; filename*=UTF-8''El%20a%C3%B1o%20%E2%82%AC.epub", "El año €.epub"),
        ('name="file"; filename="fallback.epub"; filename*=utf-8\'es\'a%C3%B1o.epub', "año.epub"),
        ('name="file"; filename*=iso-8859-1\'\'a%F1o.epub; filename="fallback.epub"', "año.epub"),
    ],
)
def test_file_names_are_read_in_every_form_that_clients_send(disposition: str | bytes, name: str) -> None:
    with serving() as warehouse:
        answer = warehouse.post_form(form(part(disposition, b"x"), TYPE))
        assert (answer.status, answer.json.get("file_name")) == (201, name)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ([], []),
        ([""], []),
        (["distribution:b", "distribution:a"], ["distribution:b", "distribution:a"]),
        (["distribution:b, distribution:a,"], ["distribution:b", "distribution:a"]),
        (["distribution:a,distribution:b", "distribution:a", "distribution:c"], ["distribution:a", "distribution:b", "distribution:c"]),
    ],
)
def test_labels_may_be_repeated_or_stand_between_commas(sent: list[str], kept: list[str]) -> None:
    with serving() as warehouse:
        assert warehouse.added(labels=sent)["labels"] == kept


@pytest.mark.parametrize("label", ["retail", "distribution:", "Distribution:a", "distribution", "distribution:a,retail"])
def test_a_label_without_its_prefix_is_refused(label: str) -> None:
    with serving() as warehouse:
        assert warehouse.add(labels=["distribution:good", label]).error == (422, "product_files::label_invalid")
        assert warehouse.sandbox.rows() == ()


@pytest.mark.parametrize(
    ("parts", "identifier"),
    [
        ((TYPE,), "file_missing"),
        ((TYPE, part('name="file"', b"x")), "file_missing"),
        ((TYPE, part('name="file"; filename=""', b"x")), "file_missing"),
        ((TYPE, file_part(), file_part()), "file_missing"),
        ((TYPE, file_part(b"")), "file_empty"),
        ((file_part(),), "type_missing"),
        ((file_part(), TYPE, TYPE), "type_missing"),
    ],
)
def test_a_form_needs_one_file_with_bytes_and_one_type(parts: tuple[bytes, ...], identifier: str) -> None:
    with serving() as warehouse:
        assert warehouse.post_form(form(*parts)).error == (422, f"product_files::{identifier}")
        assert warehouse.sandbox.rows() == ()


GOOD = form(file_part(), TYPE)


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        (FORM["Content-Type"], b"type=ebook_epub"),
        ("application/json", GOOD),
        ("multipart/form-data", GOOD),
        (f"multipart/mixed; boundary={BOUNDARY}", GOOD),
        ("multipart/form-data; boundary=another", GOOD),
        (f"multipart/form-data; boundary={BOUNDARY}", b""),
        (f"multipart/form-data; boundary={BOUNDARY}", GOOD.removesuffix(b"--\r\n")),
        (f"multipart/form-data; boundary={BOUNDARY}", GOOD.replace(b"\r\n\r\n", b"\r\n")),
        (f"multipart/form-data; boundary={BOUNDARY}", GOOD.replace(b"form-data; ", b"attachment; ")),
        (f"multipart/form-data; boundary={BOUNDARY}", GOOD.replace(b'name="type"', b"")),
        (f"multipart/form-data; boundary={BOUNDARY}", form(file_part(f"a\r\n--{BOUNDARY}x".encode()), TYPE)),
        (f"multipart/form-data; boundary={BOUNDARY}", form(file_part(), part('name="type"', b"\xff"))),
        (f"multipart/form-data; boundary={BOUNDARY}", form(part("name=\"file\"; filename*=UTF-8''%FF", b"x"), TYPE)),
        (f"multipart/form-data; boundary={BOUNDARY}", form(part("name=\"file\"; filename*=koi8-r''a", b"x"), TYPE)),
        (f"multipart/form-data; boundary={BOUNDARY}", form(part('name="file"; filename*=utf-8', b"x"), TYPE)),
    ],
)
def test_what_is_no_form_is_malformed(content_type: str, body: bytes) -> None:
    with serving() as warehouse:
        assert warehouse.post_form(body, content_type=content_type).error == (400, "request::malformed")
        assert warehouse.sandbox.rows() == ()


def test_other_fields_are_ignored_and_said_so_in_the_log() -> None:
    with serving() as warehouse:
        answer = warehouse.post_form(form(file_part(), TYPE, part('name="labels[]"', b"distribution:a"), part('name="comment"', b"x")))
        assert (answer.status, answer.json["labels"]) == (201, [])
        assert warehouse.sandbox.requests[-1].ignored_keys == ("comment", "labels[]")


def test_an_upload_may_be_answered_by_200_and_without_a_body() -> None:
    with serving(add_answer="ok_object") as warehouse:
        answer = warehouse.add()
        assert (answer.status, answer.json["_id"]) == (200, 100001)
    with serving(add_answer="ok_empty") as warehouse:
        answer = warehouse.add()
        assert (answer.status, answer.body) == (200, b"")
        assert warehouse.get(FILES).ids == [100001]


def test_an_unknown_product_takes_no_file() -> None:
    with serving() as warehouse:
        assert warehouse.add(path=f"{PRODUCTS}/1/files").error == (404, "products::not_found")


def test_by_default_a_product_takes_the_same_file_twice() -> None:
    with serving() as warehouse:
        assert [warehouse.added()["_id"], warehouse.added()["_id"]] == warehouse.get(FILES).ids == [100001, 100002]


def test_a_slot_may_hold_one_file_that_the_next_one_replaces() -> None:
    with serving(one_per_type="replaces") as warehouse:
        labels = ["distribution:a", "distribution:b"]
        warehouse.added(data=b"1", labels=labels)
        others = [warehouse.added()["_id"], warehouse.added("ebook_pdf", labels=labels)["_id"], warehouse.added(labels=labels[:1])["_id"]]
        newest = warehouse.added(data=b"2", labels=labels[::-1])["_id"]
        assert warehouse.get(FILES).ids == [*others, newest]
        assert warehouse.get(f"{FILES}/100001").status == 404


def test_a_slot_may_hold_one_file_and_refuse_the_next_one() -> None:
    with serving(one_per_type="conflict") as warehouse:
        labels = ["distribution:a", "distribution:b"]
        first = warehouse.added(labels=labels)["_id"]
        answer = warehouse.add(data=b"2", labels=labels[::-1])
        assert (*answer.error, answer.json["ERROR"]["PARAMETERS"]) == (409, "product_files::conflict", {"file_id": first})
        warehouse.added(labels=labels[:1])
        warehouse.call("DELETE", f"{FILES}/{first}")
        assert warehouse.add(labels=labels).status == 201


@pytest.mark.parametrize("kind", TYPES)
def test_covers_may_be_stored_as_other_bytes(kind: str) -> None:
    with serving(covers="normalised") as warehouse:
        added = warehouse.added(kind, b"pixels")
        kept = b"normalised:pixels" if kind in ("cover_marketing", "ebook_pdf_cover") else b"pixels"
        assert (added["sha1"], added["file_size"]) == (digest(kept), len(kept))
        (row,) = warehouse.sandbox.rows()
        assert (row["sha1"], row["sha1_sent"], row["size"]) == (digest(kept), digest(b"pixels"), len(kept))


def test_the_service_may_make_an_extract_of_an_epub_a_moment_later() -> None:
    with serving(byproducts="yes", byproduct_seconds=5, one_per_type="conflict") as warehouse:
        source = warehouse.added()["_id"]
        warehouse.added("ebook_pdf")
        rows = warehouse.sandbox.rows()
        warehouse.clock.pass_(4.9)
        assert [one["type"] for one in warehouse.get(FILES).items] == ["ebook_epub", "ebook_pdf"]
        assert warehouse.get(f"{FILES}/{source + 1}").status == 404
        warehouse.clock.pass_(0.1)
        (made,) = warehouse.get(f"{FILES}?type=extract").items
        assert (made["_id"], made["file_name"], made["timestamp"]) == (
            source + 1,
            "faro-extract.epub",
            int(warehouse.clock.now.timestamp()),
        )
        assert warehouse.sandbox.rows() == rows
        assert [one["id"] for one in warehouse.sandbox.products()[0]["byproducts"]] == [source + 1]  # type: ignore[index,union-attr,call-overload]  # JSON
        assert warehouse.add("extract").status == 201
        warehouse.call("DELETE", f"{FILES}/{source}")
        assert [one["type"] for one in warehouse.get(FILES).items] == ["ebook_pdf", "extract"]
        assert warehouse.get(f"{FILES}/{source + 1}").status == 404


def test_by_default_the_service_makes_nothing_by_itself() -> None:
    with serving(token_seconds=None) as warehouse:
        warehouse.added()
        warehouse.clock.pass_(10**6)
        assert warehouse.get(FILES).ids == [100001]
