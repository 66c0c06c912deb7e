"""Every trap of PublishDrive's API, by its number in our survey of the documents, and that we do not fall into it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from catalogctl.model.account import Account
from catalogctl.model.diagnostics import CatalogError
from catalogctl.model.resource import RemovalRule, ResourceType, Trait
from catalogctl.model.title import Contributor, Format
from catalogctl.model.value import Attributes, Secret, Value
from catalogctl.planning.action import Action
from catalogctl.provider.authentication import FixedHeaders
from catalogctl.provider.dialect import TellsStatus
from catalogctl.provider.emulation import Json
from catalogctl.provider.failure import Ambiguous, Refused, Unavailable
from catalogctl.provider.protocol import HasAddresses, Step, Verb
from catalogctl.providers.publishdrive import endpoints as api
from catalogctl.providers.publishdrive import provider
from catalogctl.providers.publishdrive.options import Settings
from catalogctl.providers.publishdrive.types import BOOK, CHAPTERS, FILE, PUBLICATION
from catalogctl.sandbox import Fault, FaultKind
from catalogctl.testing.kit import Kit, doing, opened
from conformance.publishdrive import specimen
from unit.providers.publishdrive.desk import COVER, EPUB, account, audiobook, codes, desk, ebook, edition, named, want


@pytest.fixture
def kit() -> Iterator[Kit]:
    """The whole engine on the specimen, everything made and published."""
    with opened(specimen()) as made:
        made.converge()
        made.emulator.clear_log()
        yield made


def statuses(kit: Kit) -> dict[str, Any]:
    return {str(row["externalId"]): row["status"] for row in kit.emulator.rows() if row.get("externalId")}


def writes(kit: Kit) -> list[str]:
    return [f"{one.method} {one.path.rpartition('/')[2]}" for one in kit.writes()]


def edit(kit: Kit, title: str, **fields: Any) -> None:
    kit.titles = {**kit.titles, title: {**kit.titles[title], **fields}}


def retracked(kit: Kit, *tracks: dict[str, str]) -> None:
    audio = {**kit.titles["mareas"]["editions"]["audio"], "tracks": list(tracks)}
    edit(kit, "mareas", editions={"audio": audio})


UNO = {"id": "uno", "title": "Introducción", "file": "uno.mp3"}
DOS = {"id": "dos", "title": "Dos", "file": "dos.mp3"}


def test_trap_01_a_strict_service_takes_every_name_that_is_sent(kit: Kit) -> None:
    assert [one.status for one in kit.emulator.requests if one.status >= 400 and one.method != "GET"] == []
    assert statuses(kit) == {"key-faro": "in_review", "key/mareas": "in_review", "key-sal": "in_review"}


@pytest.mark.parametrize("shape", ["data_id", "book_id"])
def test_trap_02_both_answers_to_a_create_tell_the_id(shape: str) -> None:
    with desk(create_answer=shape) as store:
        assert store.make(edition())["book"] == store.row("faro")["id"]


def test_trap_02_an_answer_without_an_id_leaves_the_outcome_open() -> None:
    with desk() as store:
        store.server.inject(Fault(kind=FaultKind.FAIL, method="POST", status=201, body='{"data":{}}'))
        with pytest.raises(Ambiguous):
            store.make(edition())


@pytest.mark.parametrize("case", ["upper", "as_sent"])
def test_trap_03_languages_come_back_in_any_case(case: str) -> None:
    with desk(language_case=case) as store:
        store.make(edition())
        asked = named(edition())["book"]
        seen = store.look(want(asked)).objects[0]
        assert seen is not None
        assert BOOK.attributes["language"].same(seen.attributes["language"], asked.attributes["language"])


def test_trap_04_a_subtitle_is_read_back_like_everything_else() -> None:
    with desk() as store:
        one = edition(about={"subtitle": "Una historia"})
        store.make(one)
        seen = store.look(want(named(one)["book"])).objects[0]
        assert seen is not None
        assert seen.attributes["subtitle"] == "Una historia"
        assert not BOOK.attributes["subtitle"].write_only


@pytest.mark.parametrize("missing", [404, 422])
def test_trap_05_absent_is_said_in_two_ways(missing: int) -> None:
    with desk(missing_external_id=missing) as store:
        assert store.look(want(named(edition())["book"])).objects == (None,)


def test_trap_05_any_other_422_is_an_error_and_not_absence() -> None:
    problem = '{"title":"Unprocessable","detail":"no","invalidParams":[{"name":"apikey","reason":"odd"}]}'
    with desk() as store:
        store.server.inject(Fault(kind=FaultKind.FAIL, status=422, body=problem))
        with pytest.raises(Refused) as refused:
            store.look(want(named(edition())["book"]))
        assert "apikey: odd" in refused.value.diagnostic.detail


def test_trap_06_a_400_that_hides_a_403_is_a_403() -> None:
    assert isinstance(provider, TellsStatus)
    with desk(forbidden_as_400=True) as store:
        store.key = "forbidden"
        with pytest.raises(Refused) as refused:
            store.make(edition())
        assert refused.value.status == 403


def test_trap_07_a_402_is_about_the_state_and_is_not_sent_again() -> None:
    with desk() as store:
        ids = store.make(ebook(store), published=True, final_version=True)
        store.sandbox.clear_log()
        with pytest.raises(Refused) as refused:
            store.write(lambda writer: writer.delete(BOOK, ids["book"], "faro"))
        assert store.calls == ["GET /books/BOOK", "DELETE /books/BOOK"]
        told = refused.value.diagnostic
        assert (told.code, refused.value.status) == ("delete-refused", 402)
        assert "published: false" in told.hint
        assert "in_review" in told.detail


@pytest.mark.parametrize("code", [204, 202, 200])
def test_trap_08_empty_answers_are_answers(code: int) -> None:
    with desk(publish_code=code) as store:
        store.make(ebook(store), published=True, final_version=True)
        assert store.row("faro")["status"] == "in_review"


def test_trap_09_a_second_apply_sends_nothing_and_the_books_stay_handed_in(kit: Kit) -> None:
    kit.carry_out(kit.plan())
    assert writes(kit) == []
    assert set(statuses(kit).values()) == {"in_review"}


def test_trap_10_a_draft_that_shall_be_published_is_whatever_this_run_has_done(kit: Kit) -> None:
    kit.emulator.edit("key-faro", status="draft")  # as a run leaves it that ends before its last request
    planned = kit.plan()
    assert [(str(one.address), set(one.changed)) for one in doing(planned)] == [("store/publication/faro.epub", {"published"})]
    kit.carry_out(planned)
    assert writes(kit) == ["POST publish"]


def test_trap_10_all_edits_come_before_one_publish(kit: Kit) -> None:
    edit(kit, "mareas", description="Otra cosa.")
    retracked(kit, {**UNO, "title": "Uno"}, {**DOS, "file": "tres.mp3"})
    kit.one_at_a_time = True
    kit.carry_out(kit.plan())
    sent = writes(kit)
    assert sent.count("POST publish") == 1
    assert sent[-1] == "POST publish"
    kit.settled()


@pytest.mark.parametrize("status", ["in_review", "published", "action_needed"])
def test_trap_11_what_is_handed_in_is_not_handed_in_again(kit: Kit, status: str) -> None:
    kit.emulator.edit("key-faro", status=status)
    planned = kit.plan()
    assert doing(planned) == []
    assert [item.code for item in planned.plan.diagnostics] == (["action-needed"] if status == "action_needed" else [])


def test_trap_11_a_book_that_was_handed_in_since_the_plan_is_left_at_that() -> None:
    with desk() as store:
        ids = store.make(ebook(store, external_id="faro"), final_version=True)
        store.sandbox.edit("faro", status="in_review")
        store.sandbox.clear_log()
        store.write(
            lambda writer: writer.update(PUBLICATION, ids["book"], {"book": ids["book"], "published": True}, frozenset({"published"}))
        )
        assert store.calls == ["GET /books/BOOK"]


def test_trap_12_whether_a_book_may_be_published_depends_on_the_day_of_the_plan() -> None:
    one = edition(about={"publication_date": datetime(2026, 12, 6, tzinfo=UTC).date()})
    assert "final-version-required" in [code for code, _ in codes(one, published=True)]


def test_trap_13_an_upload_address_that_has_expired_is_asked_for_again() -> None:
    with desk(url_lifetime_seconds=60) as store:
        one = edition(cover=store.assets.hold("a.jpg", COVER, "jpeg"))
        delays = iter([120.0])
        store.assets.before = lambda: store.time.pass_(next(delays, 0.0))
        ids = store.make(one)
        upload = ["POST /books/BOOK/upload", "PUT /storage"]
        assert store.calls[2:] == [*upload, *upload, "PATCH /books/BOOK/file/FILE/attach"]
        assert [file["sha256"] for file in store.files()] == [hashlib.sha256(COVER).hexdigest()]
        assert "X-Amz" not in json.dumps(ids)


def test_trap_13_an_address_that_expires_again_and_again_is_given_up() -> None:
    with desk(url_lifetime_seconds=60) as store:
        one = edition(cover=store.assets.hold("a.jpg", COVER, "jpeg"))
        store.assets.before = lambda: store.time.pass_(120)
        with pytest.raises(Refused) as refused:
            store.make(one)
        assert refused.value.status == 403
        assert store.calls.count("PUT /storage") == 2
        assert "Signature" not in refused.value.diagnostic.detail


def test_a_403_that_is_no_expiry_names_the_header_that_the_address_is_signed_for() -> None:
    with desk(signed_headers="content-type;host") as store:
        with pytest.raises(Refused) as refused:
            store.make(edition(cover=store.assets.hold("a.jpg", COVER, "jpeg")))
        problem = refused.value.diagnostic
        assert (problem.code, refused.value.status) == ("upload-forbidden", 403)
        assert "the header content-type, which is not sent" in problem.detail
        assert store.files() == []


def test_an_upload_is_asked_for_with_a_reference_of_its_own() -> None:
    with desk(reference_echo="yes") as store:
        store.make(ebook(store))
        references = [body[0]["referenceId"] for body in store.bodies("POST") if isinstance(body, list)]
        assert len(references) == len(set(references)) == 2


@pytest.mark.parametrize("echo", ["yes", "no"])
def test_an_earlier_cover_that_is_attached_already_is_not_attached_again(echo: str) -> None:
    """The first cover comes back after a second one: it has to be sent, to be the newest again."""
    with opened(specimen(attach_same_role="adds", files_echo_sha256=echo)) as kit:
        kit.converge()
        first = kit.titles["faro"]["editions"]["epub"]
        edit(kit, "faro", editions={"epub": {**first, "files": {**first["files"], "cover": "mareas.jpg"}}})
        kit.converge()
        earlier = {row["id"] for row in kit.emulator.rows() if row.get("role") == "ebook_cover"}
        edit(kit, "faro", editions={"epub": first})
        kit.converge()
        covers = [row for row in kit.emulator.rows() if row.get("role") == "ebook_cover"]
        assert [row["filename"] for row in covers] == ["faro.jpg", "mareas.jpg", "faro.jpg"]
        assert covers[-1]["id"] not in earlier


EMIL = {"firstName": "Emil", "lastName": "Vass", "role": "Translator"}


def test_contributors_with_roles_that_no_document_names_stay_as_the_book_has_them() -> None:
    with desk(enums="open") as store:
        ids = store.make(edition())
        store.sandbox.edit("faro", contributor=[EMIL, *store.row("faro")["contributor"]])
        book = named(edition())["book"]
        seen = store.look(want(book, ids["book"])).objects[0]
        assert seen is not None
        assert seen.attributes["contributor"] == book.attributes["contributor"]
        more = named(edition(about={"contributors": (Contributor("Luz Paz", "A01"),)}))["book"].attributes
        store.write(lambda writer: writer.update(BOOK, ids["book"], more, frozenset({"contributor"})))
        assert [(one["lastName"], one["role"]) for one in store.row("faro")["contributor"]] == [("Paz", "Author"), ("Vass", "Translator")]


def test_a_contributor_whose_role_the_account_has_a_word_for_is_managed() -> None:
    with desk(enums="open") as store:
        store.settings = Settings(roles={"translator": "Translator"})
        ids = store.make(edition())
        store.sandbox.edit("faro", contributor=[*store.row("faro")["contributor"], EMIL])
        book = named(edition())["book"]
        seen = store.look(want(book, ids["book"])).objects[0]
        assert seen is not None
        assert not BOOK.attributes["contributor"].same(seen.attributes["contributor"], book.attributes["contributor"])
        store.write(lambda writer: writer.update(BOOK, ids["book"], book.attributes, frozenset({"contributor"})))
        assert [one["role"] for one in store.row("faro")["contributor"]] == ["Author"]


def test_blanks_at_the_ends_of_names_are_no_difference() -> None:
    with desk() as store:
        ids = store.make(edition())
        store.sandbox.edit("faro", contributor=[{"firstName": " Ana", "lastName": "Ruiz\u00a0", "role": "Author"}])
        book = named(edition())["book"]
        seen = store.look(want(book, ids["book"])).objects[0]
        assert seen is not None
        assert BOOK.attributes["contributor"].same(seen.attributes["contributor"], book.attributes["contributor"])


def test_trap_14_each_file_is_asked_for_alone() -> None:
    with desk() as store:
        store.make(audiobook(store, "uno", "dos"))
        asked = [body for body in store.bodies("POST") if isinstance(body, list)]
        assert [len(body) for body in asked] == [1, 1, 1]
        assert {body[0]["filename"] for body in asked} == {"uno.mp3", "dos.mp3", "cover.jpg"}


@pytest.mark.parametrize("body", ["[]", "{}", "no", '[{"id":"f"}]', '[{"id":"f","url":"https://a"},{"id":"g","url":"https://b"}]'])
def test_trap_14_an_answer_that_is_not_one_address_is_not_believed(body: str) -> None:
    with desk() as store:
        one = edition(cover=store.assets.hold("a.jpg", COVER, "jpeg"))
        store.server.inject(Fault(kind=FaultKind.FAIL, status=200, body=body, path="upload$"))
        with pytest.raises(Unavailable):
            store.make(one)


def test_trap_15_every_file_is_attached() -> None:
    with desk() as store:
        ids = store.make(ebook(store))
        assert {f"{file['book']}/{file['id']}" for file in store.files()} == {ids["file/ebook_content"], ids["file/ebook_cover"]}


def test_trap_15_an_audio_file_that_an_interrupted_run_attached_is_taken_and_not_sent_again() -> None:
    with desk() as store:
        ids = store.make(audiobook(store, "uno", "dos"))
        other = store.assets.hold("tres.mp3", b"tres", "mp3")
        attributes: dict[str, Value] = {"book": ids["book"], "role": "audio_content", "filename": "tres.mp3", "file": other}
        old, changed = ids["file/audio_content/dos"], frozenset({"filename", "file"})
        left = store.write(lambda writer: writer.update(FILE, old, attributes, changed)).id
        store.sandbox.clear_log()
        assert store.write(lambda writer: writer.update(FILE, old, attributes, changed)).id == left, "the next run does it again"
        assert [call.partition(" ")[0] for call in store.calls] == ["GET", "PATCH"]
        another = store.assets.hold("tres.mp3", b"not tres", "mp3")
        later = store.write(lambda writer: writer.update(FILE, old, {**attributes, "file": another}, changed)).id
        assert later not in {left, old}, "the service compares digests: one with other bytes is none of ours"


def test_trap_15_a_file_whose_bytes_are_there_already_is_only_attached_after_a_crash() -> None:
    with desk() as store:
        ids = store.make(audiobook(store, "uno"))
        file = store.assets.hold("dos.mp3", b"dos", "mp3")
        attributes: dict[str, Value] = {"book": ids["book"], "role": "audio_content", "filename": "dos.mp3", "file": file}
        store.server.inject(Fault(kind=FaultKind.FAIL, status=422, path="attach$"))
        with pytest.raises(Refused):
            store.write(lambda writer: writer.create(FILE, attributes))
        store.sandbox.clear_log()
        made = store.write(lambda writer: writer.create(FILE, attributes)).id
        assert [call.partition(" ")[0] for call in store.calls] == ["GET", "PATCH"], "the bytes are not sent a second time"
        other = store.write(lambda writer: writer.create(FILE, attributes)).id
        assert other != made, "another track with the same bytes gets a file of its own"


def test_trap_15_what_the_service_no_longer_has_is_sent_again() -> None:
    with desk() as store:
        ids = store.make(audiobook(store, "uno"))
        file = store.assets.hold("dos.mp3", b"dos", "mp3")
        attributes: dict[str, Value] = {"book": ids["book"], "role": "audio_content", "filename": "dos.mp3", "file": file}
        store.assets.kept = dict.fromkeys(
            [f"{file.sha256} as audio_content dos.mp3 of {ids['book']}"], "5f0c1f3e-0000-4000-8000-000000000000"
        )
        made = store.write(lambda writer: writer.create(FILE, attributes)).id
        assert made in {f"{one['book']}/{one['id']}" for one in store.files()}


def test_trap_15_two_tracks_of_one_recording_do_not_share_what_was_sent_for_one() -> None:
    with desk() as store:
        ids = store.make(audiobook(store, "uno", "dos"))
        same = store.assets.hold("silence.mp3", b"...", "mp3")
        attributes: dict[str, Value] = {"book": ids["book"], "role": "audio_content", "filename": "silence.mp3", "file": same}

        async def both(writer: Any) -> set[str]:
            made = [
                await writer.update(FILE, ids[f"file/audio_content/{name}"], attributes, frozenset({"file"})) for name in ("uno", "dos")
            ]
            return {written.id for written in made}

        assert len(store.write(both)) == 2


def test_trap_16_the_digest_is_of_the_bytes_that_were_sent_and_is_said_twice() -> None:
    with desk() as store:
        store.make(edition(content=store.assets.hold("a.epub", EPUB, "epub")))
        digest = hashlib.sha256(EPUB).hexdigest()
        assert [body[0]["hashSha256"] for body in store.bodies("POST") if isinstance(body, list)] == [digest]
        assert [body["hashSha256"] for body in store.bodies("PATCH")] == [digest]
        assert [(file["sha256"], file["size"]) for file in store.files()] == [(digest, len(EPUB))]


def test_trap_16_bytes_that_are_not_as_said_are_refused_and_no_file_is_made() -> None:
    with desk() as store:
        file = store.assets.hold("a.epub", EPUB, "epub")
        store.assets.data[file.sha256] = b"other"
        with pytest.raises(Refused, match="refused"):
            store.make(edition(content=file))
        assert store.files() == []


def test_trap_17_the_storage_is_not_shown_the_key() -> None:
    # The service in memory refuses an upload that carries an `apikey` header.
    with desk() as store:
        store.make(ebook(store))
        assert len(store.files()) == 2


def test_trap_17_a_storage_that_fails_leaves_nothing_in_doubt() -> None:
    with desk() as store:
        store.server.inject(Fault(kind=FaultKind.FAIL, method="PUT", status=503, body="<Error/>", count=None))
        with pytest.raises(Unavailable) as failed:
            store.make(ebook(store))
        assert failed.value.diagnostic.code == "upload-failed"
        assert store.files() == []


def test_trap_18_fewer_chapters_than_the_store_has_are_refused_and_nothing_is_sent(kit: Kit) -> None:
    retracked(kit, UNO)
    with pytest.raises(CatalogError) as refused:
        kit.plan()
    problems = [item for item in refused.value.diagnostics if item.severity == "error"]
    assert [(item.code, item.attribute) for item in problems] == [("change-impossible", "tracks")]
    assert "number 2" in problems[0].detail
    assert "--replace store/book/mareas.audio" in problems[0].hint
    assert writes(kit) == []


def test_trap_18_chapters_that_others_added_are_no_convergence(kit: Kit) -> None:
    row = next(row for row in kit.emulator.rows() if row.get("externalId") == "key/mareas")
    chapters = row["chapters"]
    assert isinstance(chapters, list)
    ninth: dict[str, Json] = {"sequence": 9, "fileId": "x", "title": "Nine"}
    kit.emulator.edit("key/mareas", chapters=[*chapters, ninth])
    with pytest.raises(CatalogError, match="cannot make"):
        kit.plan()


def test_trap_19_two_chapters_exchange_their_files_in_one_request(kit: Kit) -> None:
    retracked(kit, {**DOS, "title": "Introducción"}, {**UNO, "title": "Dos"})
    kit.one_at_a_time = True
    kit.carry_out(kit.plan())
    assert writes(kit)[-1] == "POST publish"
    assert [line.partition(" ")[0] for line in writes(kit)] == ["PATCH", "POST"]
    kit.settled()


def test_trap_20_and_21_chapters_have_their_title_file_and_ascii_title_always() -> None:
    with desk() as store:
        made = audiobook(store, "uno", "dos")
        tracks = (replace(made.tracks[0], title="Introducción"), made.tracks[1])
        store.make(replace(made, tracks=tracks))
        (sent,) = [body for body in store.bodies("PATCH") if "chapters" in body]
        assert [(row["title"], row["titleAscii"]) for row in sent["chapters"]] == [("Introducción", "Introduccion"), ("Dos", None)]
        assert all(row["fileId"] for row in sent["chapters"])


def test_trap_22_chapters_come_after_their_files_and_never_with_the_book() -> None:
    with opened(specimen()) as fresh:
        fresh.one_at_a_time = True
        fresh.carry_out(fresh.plan())
        bodies = [(one.method, one.path, one.body) for one in fresh.requests() if one.method in {"POST", "PATCH"}]
        with_chapters = [place for place, (_, _, body) in enumerate(bodies) if isinstance(body, dict) and "chapters" in body]
        book = bodies[with_chapters[0]][1]
        attaches = [place for place, (_, path, _) in enumerate(bodies) if path.startswith(book) and path.endswith("/attach")]
        assert len(with_chapters) == 1
        assert bodies[with_chapters[0]][0] == "PATCH"
        assert max(attaches) < with_chapters[0]


def test_trap_23_a_print_book_is_made_with_its_isbn_and_without_one_not_at_all() -> None:
    assert [code for code, _ in codes(edition(Format.PRINT, isbn=None))] == ["isbn-required"]
    with desk() as store:
        store.make(edition(Format.PRINT))
        assert store.row("faro")["isbn"] == "9781234567897"


def test_trap_24_every_update_says_the_format_and_another_format_is_another_book() -> None:
    with desk() as store:
        one = edition()
        ids = store.make(one)
        attributes = {**named(one)["book"].attributes, "title": "Otro"}
        store.write(lambda writer: writer.update(BOOK, ids["book"], attributes, frozenset({"title"})))
        assert store.bodies("PATCH") == [{"format": "ebook", "title": "Otro"}]
    assert Trait.REPLACES in BOOK.attributes["format"].traits


def test_trap_25_nothing_is_compared_with_the_list() -> None:
    with desk() as store:
        store.sandbox.seed({"externalId": f"k{number}"} for number in range(3))
        asked = [want(named(edition(external_id=f"k{number}"))["book"]) for number in range(3)]
        assert all(seen is not None and "description" in seen.attributes for seen in store.look(*asked).objects)


@pytest.mark.parametrize("meta", ["true_value", "twenty"])
def test_trap_26_pages_are_counted_by_last_page_and_their_addresses_are_ours(meta: str) -> None:
    with desk(meta_per_page=meta) as store:
        store.sandbox.seed({"externalId": f"k{number}"} for number in range(150))
        asked = [want(named(edition(external_id=f"k{number}"))["book"]) for number in range(150)]
        assert all(store.look(*asked).objects)
        assert store.calls.count("GET /books") == 2


def test_trap_27_a_422_without_params_is_explained_by_its_detail() -> None:
    body = '{"title":"Unprocessable","status":422,"detail":"The cover is too small.","invalidParams":[]}'
    with desk() as store:
        ids = store.make(ebook(store))
        store.server.inject(Fault(kind=FaultKind.FAIL, path="publish$", status=422, body=body))
        published: Attributes = {"book": ids["book"], "published": True}
        with pytest.raises(Refused) as refused:
            store.write(lambda writer: writer.update(PUBLICATION, ids["book"], published, frozenset({"published"})))
        assert "The cover is too small." in refused.value.diagnostic.detail


@pytest.mark.parametrize("same_role", ["replaces", "adds"])
def test_trap_28_another_cover_is_sent_in_the_same_role_whatever_becomes_of_the_old_one(same_role: str) -> None:
    with opened(specimen(attach_same_role=same_role)) as kit:
        kit.converge()
        faro = kit.titles["faro"]
        epub = {**faro["editions"]["epub"], "files": {"content": "faro.epub", "cover": "mareas.jpg"}}
        edit(kit, "faro", editions={"epub": epub})
        kit.converge()
        covers = [row["filename"] for row in kit.emulator.rows() if row.get("role") == "ebook_cover"]
        assert covers == (["mareas.jpg"] if same_role == "replaces" else ["faro.jpg", "mareas.jpg"])


def test_trap_28_a_file_that_is_no_longer_declared_stays_and_is_told_of(kit: Kit) -> None:
    faro = kit.titles["faro"]
    edit(kit, "faro", editions={"epub": {**faro["editions"]["epub"], "files": {"content": "faro.epub"}}})
    planned = kit.plan()
    assert [(change.action, str(change.address)) for change in planned.plan.changes if change.action is Action.FORGET] == [
        (Action.FORGET, "store/file/faro.epub/ebook_cover")
    ]
    assert "left-in-store" in [item.code for item in planned.plan.diagnostics]
    assert FILE.removal is RemovalRule.LEFT


def test_trap_29_what_the_service_fills_in_is_nobodys_difference() -> None:
    with desk() as store:
        store.make(edition())
        store.sandbox.edit("faro", imprint={"id": 9, "name": "Other"}, ebookDetails={"pageCount": 99})
        asked = named(edition())["book"]
        seen = store.look(want(asked)).objects[0]
        assert seen is not None
        assert all(BOOK.attributes[name].same(seen.attributes[name], value) for name, value in asked.attributes.items())


def test_trap_30_staging_and_production_are_two_accounts() -> None:
    assert isinstance(provider, HasAddresses)
    assert list(provider.addresses) == ["production", "staging"]
    assert len(set(provider.addresses.values())) == 2


# ── and what the survey says beside them ──
def test_a_create_looks_first_and_does_not_double_what_appeared_meanwhile() -> None:
    with desk(duplicate_external_id="accepted") as store:
        store.make(edition())
        with pytest.raises(Refused) as refused:
            store.make(edition())
        assert refused.value.diagnostic.code == "appeared-since"
        assert len(store.sandbox.rows()) == 1


def test_a_create_whose_answer_is_lost_is_not_sent_again() -> None:
    with desk() as store:
        store.server.inject(Fault(kind=FaultKind.DROP_AFTER, method="POST"))
        with pytest.raises(Ambiguous):
            store.make(edition())
        assert store.calls == ["GET /books/external-id/faro", "POST /books"]


def test_a_delete_makes_sure_of_the_book_and_does_not_mind_that_it_is_gone() -> None:
    with desk() as store:
        ids = store.make(edition())
        with pytest.raises(Refused) as refused:
            store.write(lambda writer: writer.delete(BOOK, ids["book"], "another"))
        assert refused.value.diagnostic.code == "not-the-same"
        store.write(lambda writer: writer.delete(BOOK, ids["book"], "faro"))
        store.write(lambda writer: writer.delete(BOOK, ids["book"], "faro"))
        assert store.sandbox.rows() == ()


def test_a_withdrawn_book_is_made_a_draft_before_it_is_published_again() -> None:
    with desk() as store:
        ids = store.make(ebook(store), published=True, final_version=True)
        off: Attributes = {"book": ids["book"], "published": False}
        on: Attributes = {"book": ids["book"], "published": True}
        store.write(lambda writer: writer.update(PUBLICATION, ids["book"], off, frozenset({"published"})))
        assert store.row("faro")["status"] == "withdrawn"
        before = store.row("faro")
        store.write(lambda writer: writer.update(PUBLICATION, ids["book"], on, frozenset({"published"})))
        after = store.row("faro")
        assert after["status"] == "in_review"
        changed = {name for name in before if before[name] != after[name]}
        assert changed <= {"status", "submittedAt", "updatedAt"}


def test_taking_back_what_is_not_out_sends_nothing() -> None:
    with desk() as store:
        ids = store.make(ebook(store))
        store.sandbox.clear_log()
        store.write(lambda writer: writer.delete(PUBLICATION, ids["book"], "faro"))
        assert store.calls == ["GET /books/BOOK"]


def test_a_withdrawal_whose_answer_is_lost_is_looked_at() -> None:
    with desk() as store:
        ids = store.make(ebook(store), published=True, final_version=True)
        store.server.inject(Fault(kind=FaultKind.DROP_AFTER, path="unpublish$"))
        store.write(lambda writer: writer.delete(PUBLICATION, ids["book"], "faro"))
        store.sandbox.edit("faro", status="in_review")
        store.server.inject(Fault(kind=FaultKind.DROP_BEFORE, path="unpublish$"))
        with pytest.raises(Ambiguous):
            store.write(lambda writer: writer.delete(PUBLICATION, ids["book"], "faro"))


def test_what_is_gone_since_the_plan_is_said_to_be() -> None:
    with desk() as store:
        ids = store.make(ebook(store))
        store.sandbox.remove("faro")
        published: Attributes = {"book": ids["book"], "published": True}
        with pytest.raises(Refused) as refused:
            store.write(lambda writer: writer.update(PUBLICATION, ids["book"], published, frozenset({"published"})))
        assert (refused.value.diagnostic.code, refused.value.status) == ("gone-since", 404)


def test_taking_a_published_edition_off_the_account_withdraws_it_first(kit: Kit) -> None:
    kit.titles = {name: document for name, document in kit.titles.items() if name != "faro"}
    kit.carry_out(kit.plan())
    assert writes(kit)[0] == "POST unpublish"
    assert [line.partition(" ")[0] for line in writes(kit)] == ["POST", "DELETE"]
    assert "key-faro" not in statuses(kit)


@pytest.mark.parametrize("type_", [FILE, CHAPTERS])
def test_what_cannot_be_deleted_has_no_request_for_it(type_: ResourceType) -> None:
    with pytest.raises(AssertionError, match="no request"):
        provider.calls(Step(type_, Verb.DELETE, {}, None, frozenset()))
    with desk() as store:
        ids = store.make(edition())
        with pytest.raises(AssertionError, match="no request"):
            store.write(lambda writer: writer.delete(type_, ids["book"], "faro"))


def test_the_key_goes_into_its_header() -> None:
    made = provider.authentication(account(key="abc"))
    assert isinstance(made, FixedHeaders)
    assert made.fixed == {"apikey": Secret("abc")}
    embedded: Account = replace(account(), base_url="sandbox", secrets={})
    assert provider.authentication(embedded) is not None


def test_what_may_be_repeated_is_what_does_nothing_the_second_time() -> None:
    written = [api.CREATE, api.UPDATE, api.DELETE, api.REQUEST, api.PUT, api.ATTACH, api.PUBLISH, api.UNPUBLISH]
    assert [end for end in written if not end.repeatable] == [api.CREATE, api.PUBLISH, api.UNPUBLISH]
    assert [end for end in written if end.elsewhere] == [api.PUT]


def test_files_have_ids_within_their_book(kit: Kit) -> None:
    recorded = kit.recorded()
    book = recorded[kit.address("book/faro.epub")].id
    assert recorded[kit.address("file/faro.epub/ebook_cover")].id.startswith(f"{book}/")
    assert recorded[kit.address("publication/faro.epub")].id == book
