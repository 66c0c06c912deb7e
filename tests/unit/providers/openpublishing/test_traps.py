"""Every trap of Open Publishing's API, and that we do not fall into it."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import Any

import pytest

from catalogctl.model.diagnostics import Severity
from catalogctl.model.resource import Resource
from catalogctl.model.value import Secret
from catalogctl.provider.answer import Answer
from catalogctl.provider.failure import Ambiguous, CredentialsRefused, Refused, Unavailable
from catalogctl.provider.service import ReadClient
from catalogctl.providers.openpublishing.authentication import Session
from catalogctl.providers.openpublishing.endpoints import LIST
from catalogctl.providers.openpublishing.file import list_files
from catalogctl.providers.openpublishing.options import Settings
from catalogctl.sandbox import Fault, FaultKind
from unit.providers.openpublishing.press import BOOK, COVER, EAN, SECOND, Press, edition, press, resource, want, with_content

BOOK_ROW: dict[str, Any] = {"product": 4711, "type": "ebook_epub", "file_name": "faro.epub", "sha1": BOOK.sha1}


def cover() -> Resource:
    return resource(edition(content=None, cover=COVER), "cover_marketing")


def switch(product: Any = 4711) -> Resource:
    return resource(edition(content=None, options={"product": product, "distribution": {"enabled": True}}), "")


def labels_of(store: Press) -> list[object]:
    """Give the labels of the one file there is."""
    (row,) = store.sandbox.rows()
    labels = row["labels"]
    assert isinstance(labels, list)
    return list(labels)


# ── signing in ──


@pytest.mark.parametrize("unauthorized", ["401", "403"])
def test_trap_01_a_token_that_ran_out_is_renewed_once(unauthorized: str) -> None:
    with press(token_uses=1, unauthorized=unauthorized) as store:
        ours = store.add(resource())
        assert ours.id in store.ids
        assert store.calls == ["POST /products/4711/files", "GET /products/4711/files", "GET /products/4711/files"]
        assert store.logins == 2


def test_many_calls_at_once_sign_in_once() -> None:
    with press() as store:

        async def all_at_once(service: ReadClient) -> None:
            await asyncio.gather(*(service.get(LIST, product="4711") for _ in range(8)))

        store.at_work(ReadClient, all_at_once)
        assert store.logins == 1


def test_only_the_token_that_was_refused_is_given_up() -> None:
    async def run() -> list[int]:
        signed_in = 0

        async def sign_in(_endpoint: Any, _form: Any) -> Any:
            nonlocal signed_in
            signed_in += 1
            return Answer(200, {}, b'{"auth_token":"t%d","ok":"ok"}' % signed_in)

        session = Session("openpub", Secret("key"))
        first = await session.headers(sign_in)
        counts = [signed_in]
        assert await session.renew(first)
        await session.headers(sign_in)
        assert await session.renew(first)
        await session.headers(sign_in)
        return [*counts, signed_in]

    assert asyncio.run(run()) == [1, 2]


@pytest.mark.parametrize("bad", ["403", "error_in_200"])
def test_a_key_that_is_refused_is_told_as_such(bad: str) -> None:
    with press(bad_credentials=bad) as store, pytest.raises(CredentialsRefused):
        replace(store, key="refused").look(want(resource()))


@pytest.mark.parametrize(
    "body",
    [b"", b"null", b"5", b"[" * 5000 + b"]" * 5000, b"\xff\xfe", b"{}", b'{"auth_token":null,"ok":"ok"}', b'{"auth_token":"a\\nb"}'],
    ids=lambda body: body[:20].decode(errors="replace"),
)
def test_a_login_that_is_answered_with_nonsense_says_nothing_of_the_key(body: bytes) -> None:
    async def sign_in(_endpoint: Any, _form: Any) -> Any:
        return Answer(200, {}, body)

    with pytest.raises(Unavailable) as failed:
        asyncio.run(Session("openpub", Secret("key")).headers(sign_in))
    assert failed.value.diagnostic.detail == "openpub: the answer to POST /auth/auth has no auth_token that could be used."


def test_a_403_on_everything_is_the_key_and_on_one_product_that_product() -> None:
    with press() as store:
        store.sandbox.seed([{"product": 4712}])
        one, other = resource(), resource(edition(options={"product": 4712}))
        fault = Fault(kind=FaultKind.FAIL, method="GET", path=r"/products/4712/files", status=403, count=None)
        store.server.inject(fault)
        listing = store.look(want(one), want(other))
        assert [(item.code, item.severity.value) for item in listing.diagnostics] == [("store-refused", "error")]
        with pytest.raises(CredentialsRefused):
            store.look(want(other))


# ── files ──


@pytest.mark.parametrize("answer", ["created_object", "ok_object", "ok_empty"])
def test_trap_02_a_file_is_added_verified_and_only_then_the_old_one_deleted(answer: str) -> None:
    with press(add_answer=answer) as store:
        old = store.add(resource())
        store.sandbox.clear_log()
        new = store.supersede(with_content(resource(), SECOND), old.id)
        assert store.calls == ["GET /products/4711/files", "POST /products/4711/files", "GET /products/4711/files"]
        assert store.ids == {old.id, new.id}
        assert store.supersede(with_content(resource(), SECOND), old.id).id == new.id, "taken up again, nothing is sent twice"
        assert store.ids == {old.id, new.id}
        store.delete(old.id, resource().key)
        assert store.ids == {new.id}


@pytest.mark.parametrize("one_per_type", ["replaces", "conflict"])
def test_trap_02_where_one_file_is_allowed_the_old_one_is_gone_when_the_new_one_is_there(one_per_type: str) -> None:
    with press(one_per_type=one_per_type) as store:
        old = store.add(resource())
        new = store.supersede(with_content(resource(), SECOND), old.id)
        assert store.ids == {new.id}
        store.delete(old.id, resource().key)
        assert store.ids == {new.id}


def test_trap_02_a_conflict_with_a_file_that_is_not_ours_is_left_to_people() -> None:
    with press(one_per_type="conflict") as store:
        store.sandbox.seed([{**BOOK_ROW, "sha1": "0" * 40}])
        there = store.ids
        with pytest.raises(Refused) as refused:
            store.add(resource())
        assert refused.value.status == 409
        assert store.ids == there


def test_trap_03_a_file_that_is_there_already_is_adopted() -> None:
    with press() as store:
        store.sandbox.seed([BOOK_ROW])
        seen = store.look(want(resource())).objects[0]
        assert seen is not None
        assert {seen.id} == store.ids
        assert seen.key == resource().key


def test_trap_03_of_two_wanted_ones_a_file_is_only_one() -> None:
    with press() as store:
        store.sandbox.seed([BOOK_ROW])
        by_ean = resource(edition(options={"product": {"ean": EAN}}))
        first, second = store.look(want(resource()), want(by_ean)).objects
        assert first is not None
        assert second is None


def test_a_lost_answer_to_an_upload_is_settled_by_looking() -> None:
    with press() as store:
        store.server.inject(Fault(kind=FaultKind.DROP_AFTER, method="POST", path="/files"))
        with pytest.raises(Ambiguous):
            store.add(resource())
        found = store.find(want(resource()))
        assert found is not None
        assert {found.id} == store.ids
        assert store.find(replace(want(resource()), taken=frozenset({found.id}))) is None


def test_a_store_that_is_busy_may_have_taken_an_upload() -> None:
    with press(busy_every=1) as store, pytest.raises(Ambiguous):
        store.add(resource())


def test_who_does_not_say_how_long_to_wait_is_not_waited_for_for_long() -> None:
    with press(rate_limit=1, retry_after="none") as store, pytest.raises(Unavailable):
        store.look(want(resource()))


def test_trap_04_a_cover_that_the_service_made_anew_is_told_by_its_new_sha1() -> None:
    with press(covers="normalised") as store:
        written = store.add(cover())
        told = written.observed["file"]
        assert not cover().type.attributes["file"].same(told, COVER)
        again = store.look(want(cover(), written.id)).objects[0]
        assert again is not None
        assert again.attributes["file"] == told


def test_trap_04_a_cover_alone_in_its_place_is_adopted_and_one_of_two_is_not() -> None:
    row = {"product": 4711, "type": "cover_marketing", "file_name": "faro.jpg", "sha1": "1" * 40}
    with press() as store:
        store.sandbox.seed([row])
        seen = store.look(want(cover())).objects[0]
        assert seen is not None
        store.sandbox.seed([row])
        listing = store.look(want(cover()))
        assert listing.objects == (None,)
        assert [item.code for item in listing.diagnostics] == ["slot-occupied"]
        assert listing.present[cover().address] == store.ids


def test_a_book_with_other_bytes_in_its_place_is_left_alone_with_a_warning() -> None:
    with press() as store:
        store.sandbox.seed([{**BOOK_ROW, "sha1": "0" * 40}])
        listing = store.look(want(resource()))
        assert listing.objects == (None,)
        assert [(item.code, item.severity.value) for item in listing.diagnostics] == [("slot-occupied", "warning")]


def test_bytes_that_are_not_ours_after_an_upload_are_refused() -> None:
    with press() as store:
        lying = replace(SECOND, sha1="2" * 40)
        with pytest.raises(Refused) as refused:
            store.add(with_content(resource(), lying))
        assert refused.value.diagnostic.code == "upload-mismatch"


def test_a_file_from_a_saved_plan_is_known_by_its_size() -> None:
    with press() as store:
        store.add(with_content(resource(), replace(BOOK, sha1="")))
        with pytest.raises(Refused):
            store.add(with_content(resource(), replace(BOOK, sha1="", size=7)))


def test_trap_06_labels_are_sent_each_and_are_no_order() -> None:
    labelled = resource(edition(options={"labels": ["distribution:b", "distribution:a"]}))
    with press() as store:
        written = store.add(labelled)
        assert sorted(map(str, labels_of(store))) == ["distribution:a", "distribution:b"]
        store.sandbox.edit(written.id, labels=["distribution:b", "distribution:a"])
        seen = store.look(want(labelled, written.id)).objects[0]
        assert seen is not None
        assert seen.attributes["labels"] == labelled.attributes["labels"]


@pytest.mark.parametrize(("read_as", "right"), [("fields", "repeated"), ("commas", "joined")])
@pytest.mark.parametrize("said", ["repeated", "joined"])
@pytest.mark.parametrize("answer", ["created_object", "ok_empty"])
def test_trap_06_labels_that_the_service_reads_in_another_form_are_told_with_the_setting(
    read_as: str, right: str, said: str, answer: str
) -> None:
    labels = ["distribution:a", "distribution:b"]
    with press(labels_in=read_as, add_answer=answer) as store:
        store.settings = Settings.model_validate({"label_form": said})
        labelled = resource(edition(options={"labels": labels}))
        if said == right:
            store.add(labelled)
            assert labels_of(store) == labels
            return
        with pytest.raises(Refused) as refused:
            store.add(labelled)
        assert refused.value.diagnostic.code == "labels-not-kept"
        assert refused.value.diagnostic.hint.endswith(f"label_form: {right}")


def test_a_list_that_shows_a_file_twice_each_time_is_believed_for_finding_and_what_it_may_hide_is_not_sent() -> None:
    one, other = resource(), resource(edition(options={"labels": ["distribution:a"]}))
    with press() as store:
        written = store.add(one)
        store.server.inject(Fault(kind=FaultKind.DISTORT, method="GET", path=r"/files(\?|$)", rows="doubled", count=None))
        listing = store.look(want(one, written.id), want(other))
        assert [None if seen is None else seen.id for seen in listing.objects] == [written.id, None]
        assert listing.uncertain == {other.address}
        assert [problem.code for problem in listing.diagnostics] == ["listing-in-doubt"]
        store.server.clear_faults()
        assert store.look(want(other)).uncertain == frozenset()


def test_trap_08_what_the_service_finds_is_passed_on_and_nothing_else_comes_of_it() -> None:
    with press(validation="object") as store:
        written = store.add(resource())
        assert store.look(want(resource(), written.id)).diagnostics == ()
    with press() as store:
        written = store.add(resource())
        store.sandbox.edit(written.id, validation={"valid": False, "messages": ["no cover"]})
        listing = store.look(want(resource(), written.id))
        assert listing.objects[0] is not None
        assert [(item.code, item.severity.value) for item in listing.diagnostics] == [("file-validated", "note")]


def test_trap_10_a_delete_looks_first_and_leaves_another_file_alone() -> None:
    with press() as store:
        written = store.add(resource())
        store.sandbox.edit(written.id, labels=["distribution:other"])
        with pytest.raises(Refused) as refused:
            store.delete(written.id, resource().key)
        assert refused.value.diagnostic.code == "not-the-same"
        assert store.ids == {written.id}
        store.sandbox.seed([{"product": 4712}])
        store.delete(f"4712/{written.id.partition('/')[2]}", resource().key)
        assert store.ids == {written.id}


@pytest.mark.parametrize("answer", ["204", "200_empty", "200_ok"])
def test_a_delete_may_be_answered_in_any_way_and_be_done_twice(answer: str) -> None:
    with press(delete_answer=answer) as store:
        written = store.add(resource())
        store.delete(written.id, resource().key)
        store.delete(written.id, resource().key)
        assert store.ids == set()


def test_trap_12_what_the_service_makes_of_a_file_is_never_ours() -> None:
    with press(byproducts="yes", byproduct_seconds=0.0) as store:
        store.sandbox.seed([{**BOOK_ROW, "type": "screenshot"}])
        (screenshot,) = store.ids
        written = store.add(resource())
        shown = store.at_work(ReadClient, lambda service: list_files("openpub", service, "4711"))
        assert {file.type for file in shown} == {"ebook_epub", "screenshot", "extract"}
        listing = store.look(want(resource(), written.id))
        assert (listing.diagnostics, listing.present[resource().address]) == ((), frozenset())
        store.delete(written.id, resource().key)
        assert store.ids == {screenshot}


def test_trap_13_an_error_in_a_200_is_an_error() -> None:
    with press(errors_in_200="yes") as store:
        assert store.read(lambda reader: reader.read(resource().type, "4711/1")) is None
        listing = store.look(want(resource(edition(options={"product": 9}))))
        assert [item.code for item in listing.diagnostics] == ["product-missing"]
        with pytest.raises(Refused) as refused:
            store.add(resource(edition(options={"product": 9})))
        assert refused.value.status == 404


@pytest.mark.parametrize("envelope", ["items", "links_items", "bare"])
def test_a_list_comes_in_any_envelope(envelope: str) -> None:
    with press(envelope=envelope) as store:
        by_ean = resource(edition(options={"product": {"ean": EAN}}))
        written = store.add(by_ean)
        assert written.id in store.ids


def test_trap_19_a_name_that_is_not_ascii_arrives() -> None:
    named = resource()
    named = replace(named, attributes={**named.attributes, "file_name": "Ñandú “ü”.epub"})
    with press() as store:
        assert store.add(named).observed["file_name"] == "Ñandú “ü”.epub"


# ── products ──


@pytest.mark.parametrize("said", [{"ean": EAN}, {"external_identifier": {"type": "house", "value": "B-1"}}])
def test_trap_18_a_product_is_looked_up_once_and_only_for_what_has_no_id(said: Any) -> None:
    files, cover_too = edition(cover=COVER, options={"product": said}), ("ebook_epub", "cover_marketing")
    wanted = [resource(files, key) for key in cover_too]
    with press() as store:
        assert store.look(*map(want, wanted)).objects == (None, None)
        assert [call.partition("?")[0] for call in store.calls] == ["GET /products", "GET /products/4711/files"]
        written = store.add(wanted[0])
        assert written.id.startswith("4711/")
        store.sandbox.clear_log()
        seen = store.look(want(wanted[0], written.id)).objects[0]
        assert store.calls == ["GET /products/4711/files"]
        assert seen is not None
        assert "product" not in seen.attributes
        assert seen.key == wanted[0].key
        both = store.look(want(wanted[0], written.id), want(wanted[1])).objects[0]
        assert both is not None
        assert both.attributes["product"] == wanted[0].attributes["product"]


@pytest.mark.parametrize("said", [9, {"ean": "9788437604947"}, {"external_identifier": {"type": "other", "value": "B-1"}}])
def test_trap_18_a_product_that_is_not_there_is_an_error_before_anything_is_sent(said: Any) -> None:
    with press() as store:
        for missing in (resource(edition(options={"product": said})), switch(said)):
            listing = store.look(want(missing))
            assert listing.objects == (None,)
            assert [(item.code, item.severity.value) for item in listing.diagnostics] == [("product-missing", "error")]


def test_two_products_with_one_ean_are_an_error() -> None:
    with press() as store:
        store.sandbox.seed([{"product": 4712, "ean": EAN}])
        by_ean = resource(edition(options={"product": {"ean": EAN}}))
        assert [item.code for item in store.look(want(by_ean)).diagnostics] == ["product-ambiguous"]
        with pytest.raises(Refused):
            store.add(by_ean)


def test_a_product_that_is_gone_takes_its_files_along_and_blocks_nothing() -> None:
    with press() as store:
        listing = store.look(want(resource(edition(options={"product": 9})), "9/1"))
        assert listing.objects == (None,)
        assert [(item.code, item.severity.value) for item in listing.diagnostics] == [("product-gone", "warning")]


def test_what_is_no_id_is_not_there() -> None:
    with press() as store:
        for id_ in ("4711", "4711/", "../1", "4711/1/2", "/"):
            assert store.look(want(resource(), id_)).objects == (None,)
        assert store.read(lambda reader: reader.read(switch().type, "a/b/c")) is None


# ── distribution ──


@pytest.mark.parametrize("written", ["json_true", "text", "one"])
def test_trap_16_a_switch_is_read_however_it_is_written(written: str) -> None:
    with press(enabled_as=written) as store:
        seen = store.look(want(switch())).objects[0]
        assert seen is not None
        assert (seen.id, seen.attributes["enabled"]) == ("4711", False)
        store.turn("4711", switch().attributes, "enabled")
        seen = store.look(want(switch(), "4711")).objects[0]
        assert seen is not None
        assert seen.attributes["enabled"] is True


def test_trap_17_channels_are_switches_of_their_own() -> None:
    said = {"distribution": {"enabled": False, "channels": {"kobo": True}}}
    kobo = resource(edition(content=None, options=said), "kobo")
    with press() as store:
        assert store.turn("4711/kobo", kobo.attributes, "enabled").id == "4711/kobo"
        assert store.calls == ["POST /products/4711/distribution/kobo?enabled=true"]
        own, channel = store.look(want(resource(edition(content=None, options=said), "")), want(kobo)).objects
        assert own is not None
        assert channel is not None
        assert (own.attributes["enabled"], channel.attributes["enabled"]) == (False, True)


def test_another_products_switch_is_set_where_the_product_changes() -> None:
    with press() as store:
        by_ean = switch({"ean": EAN})
        assert store.turn("9", by_ean.attributes, "product").id == "4711"
        store.write(lambda writer: writer.delete(by_ean.type, "4711", by_ean.key))
        assert [call.partition("?")[0] for call in store.calls] == ["GET /products", "POST /products/4711/distribution"]


@pytest.mark.parametrize("field", ["ean", "external_identifiers"])
def test_a_product_whose_answer_does_not_repeat_what_was_asked_for_is_refused(field: str) -> None:
    selector = {"ean": EAN} if field == "ean" else {"external_identifier": {"type": "house", "value": "B:1"}}
    with press() as store:
        silent = {"items": [{"_id": 4711, "title": "A book", field: None}]}
        store.server.inject(Fault(kind=FaultKind.FAIL, method="GET", path=r"/products\?", status=200, body=json.dumps(silent), count=None))
        wanted = resource(edition(options={"product": selector}))
        [problem] = [one for one in store.look(want(wanted)).diagnostics if one.severity is Severity.ERROR]
        assert problem.code == "product-unconfirmed"
        assert problem.hint.endswith("\nproduct: 4711")
        with pytest.raises(Refused) as refused:
            store.add(wanted)
        assert refused.value.diagnostic.code == "product-unconfirmed"
        assert not [call for call in store.calls if call.startswith("POST /products")]


@pytest.mark.parametrize("paging", [{"pages": 2}, {"count": 2}, {"has_more": True}, {"next": 2}, {"whatever": 2}])
def test_a_list_of_files_that_says_more_than_it_shows_is_not_believed(paging: dict[str, object]) -> None:
    with press() as store:
        written = store.add(resource())
        row = {"_id": 7, "type": "extract", "labels": [], "file_name": "x.pdf", "sha1": "0" * 40, "file_size": 1, "timestamp": 1}
        body = json.dumps({"items": [row], "_pagination": paging})
        store.server.inject(Fault(kind=FaultKind.FAIL, method="GET", path=r"/files$", status=200, body=body, count=None))
        with pytest.raises(Unavailable):
            store.look(want(resource(), written.id))
