"""Editions become books, files, chapters and publications, and what PublishDrive would refuse is refused before it is asked."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from catalogctl.model.asset import Asset
from catalogctl.model.measure import Measure
from catalogctl.model.title import Contributor, Format, Ignore, Lifecycle, Series, Track
from catalogctl.model.value import Reference
from catalogctl.provider.protocol import Compiled
from catalogctl.providers.publishdrive.options import Options, Settings
from unit.providers.publishdrive.desk import TODAY, asset, codes, compiled, edition, named

POD: dict[str, Any] = {
    "trim_size_id": 3,
    "binding_type": "PAPERBACK",
    "cover_laminate_type": "GLOSS",
    "interior_color_type": "B&W",
    "paper_color_type": "CREAM",
}
TRACKS = (
    Track("intro", "Introducción", asset("intro.mp3", b"1", "mp3")),
    Track("one", "One", asset("one.m4b", b"2", "mp4")),
)


def test_an_ebook_is_a_book_with_what_is_declared_of_it_and_nothing_else() -> None:
    about = {"subtitle": "Una historia", "keywords": ("mar", "faro", "mar"), "bisac": ("FIC019000", "ANT018000")}
    about["territories"] = ("ES", "AR")
    book = named(edition(about=about, prices={"USD": Decimal("9.90"), "JPY": Decimal(1200)}))["book"]
    assert (book.key, str(book.address)) == ("faro", "store/book/faro.one")
    assert dict(book.attributes) == {
        "external_id": "faro",
        "format": "ebook",
        "title": "El faro",
        "subtitle": "Una historia",
        "language": ("es",),
        "description": "Un faro que se apaga.",
        "contributor": ('{"firstName":"Ana","lastName":"Ruiz","role":"Author"}',),
        "category": ("ANT018000", "FIC019000"),
        "keyword": ("faro", "mar"),
        "sale_territory": ("AR", "ES"),
        "publication_date": date(2021, 3, 4),
        "price": {"USD": Decimal("9.90"), "JPY": Decimal(1200)},
    }


@pytest.mark.parametrize(
    ("form", "theirs"), [(Format.EPUB, "ebook"), (Format.PDF, "ebook"), (Format.AUDIOBOOK, "audio"), (Format.PRINT, "print")]
)
def test_each_form_of_edition_has_its_format(form: Format, theirs: str) -> None:
    assert named(edition(form))["book"].attributes["format"] == theirs


@pytest.mark.parametrize(
    ("said", "first", "last"),
    [
        (Contributor("Ana Ruiz", "A01"), "Ana", "Ruiz"),
        (Contributor("Ana María Ruiz", "A01"), "Ana María", "Ruiz"),
        (Contributor("Gabriel García Márquez", "A01", "García Márquez"), "Gabriel", "García Márquez"),
        (Contributor("Mao Zedong", "A01", "Mao"), "Zedong", "Mao"),
        (Contributor("Homero", "A01"), "", "Homero"),
    ],
)
def test_a_name_is_parted_where_it_is_said_to_be_or_before_its_last_word(said: Contributor, first: str, last: str) -> None:
    people = named(edition(about={"contributors": (said,)}))["book"].attributes["contributor"]
    assert isinstance(people, tuple)
    assert [json.loads(str(person)) for person in people] == [{"firstName": first, "lastName": last, "role": "Author"}]


PEOPLE = (Contributor("A B", "B01"), Contributor("C D", "B06"), Contributor("E F", "A12"), Contributor("G H", "Z99"))


def roles_of(result: Compiled) -> list[str]:
    people = result.resources[0].attributes["contributor"]
    assert isinstance(people, tuple)
    return [json.loads(str(person))["role"] for person in people]


def test_documented_roles_are_sent_and_the_others_are_told_not_to_be_held() -> None:
    result = compiled(edition(about={"contributors": PEOPLE}))
    assert roles_of(result) == ["Editor"]
    [fact] = result.unsupported
    assert fact.field == "contributors"
    assert fact.what.startswith("contributors with the role Z99, illustrator, translator ")
    narrated = edition(Format.AUDIOBOOK, {"contributors": (Contributor("A B", "A01"), Contributor("C D", "E07"))}, tracks=TRACKS)
    assert roles_of(compiled(narrated)) == ["Author", "Narrated by"]
    assert compiled(narrated).unsupported == ()


def test_an_account_gives_a_role_a_word_of_its_own() -> None:
    result = compiled(edition(about={"contributors": PEOPLE[:2]}), roles={"Translator": "Author"})
    assert (roles_of(result), result.unsupported, result.diagnostics) == (["Editor", "Author"], (), ())
    result = compiled(edition(about={"contributors": PEOPLE[:2]}), roles={"B06": "Translated by"})
    assert roles_of(result) == ["Editor", "Translated by"]
    [problem] = result.diagnostics
    assert (problem.code, problem.severity, problem.attribute) == ("word-undocumented", "warning", "contributors.1.role")


@pytest.mark.parametrize(
    "said", [{"translatr": "Author"}, {"narrator": "Author", "reader": "Editor"}, {"translator": " Author"}, {"B06": ""}]
)
def test_a_role_that_is_none_or_is_said_twice_is_refused(said: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        Settings.model_validate({"roles": said})


def test_a_book_needs_a_contributor_and_an_audiobook_a_reader_whom_the_service_has_a_word_for() -> None:
    only = {"contributors": (Contributor("C D", "B06"),)}
    [problem] = compiled(edition(about=only)).diagnostics
    assert (problem.code, problem.attribute) == ("contributors-required", "contributors")
    assert problem.hint.endswith("roles: {translator: Author}")
    assert compiled(edition(about=only), roles={"translator": "Author"}).diagnostics == ()
    spoken = {"contributors": (Contributor("A B", "A01"), Contributor("C D", "E03"))}
    assert codes(edition(Format.AUDIOBOOK, spoken, tracks=TRACKS)) == [("narrator-required", "contributors")]
    assert compiled(edition(Format.AUDIOBOOK, spoken, tracks=TRACKS), roles={"E03": "Narrated by"}).diagnostics == ()


def test_words_that_no_document_shows_are_warned_of_before_apply_could_learn_it() -> None:
    assert codes(edition(), copyright="SELF") == []
    assert codes(edition(), copyright="Holm") == [("word-undocumented", "publish.store.copyright")]
    paper = edition(Format.PRINT, pages=200)
    assert codes(paper, pod_details=POD) == []
    assert codes(paper, pod_details={**POD, "binding_type": "HARDCOVER"}) == [
        ("word-undocumented", "publish.store.pod_details.binding_type")
    ]


def test_what_has_no_place_in_a_book_is_told() -> None:
    about = {"publisher": "Ribera", "imprint": "Mare", "series": Series("Faros", "1"), "thema": ("FB",)}
    cover = asset("sal.jpg", b"", "jpeg")
    paper = edition(
        Format.PRINT,
        about,
        pages=200,
        height=Measure(Decimal(210)),
        width=Measure(Decimal(140)),
        weight=Measure(Decimal(320)),
        binding="Rústica",
        editing_location="Salta",
        cover=cover,
    )
    fields = [fact.field for fact in compiled(paper).unsupported]
    physical = ["height", "width", "weight", "binding", "editing_location", "pages", "files.cover"]
    assert fields == ["publisher", "imprint", "series", "subjects.thema", *physical]
    assert "pages" not in [fact.field for fact in compiled(paper, pod_details=POD).unsupported]


def test_details_are_attributes_of_their_own_so_that_those_not_declared_are_not_managed() -> None:
    book = named(edition(), ebook_details={"kdp_enrolled": False})["book"]
    assert book.attributes["kdp_enrolled"] is False
    assert book.attributes.keys().isdisjoint({"page_count", "published_on_amazon"})
    assert named(edition(Format.AUDIOBOOK), audio_details={"audio_edition": "UBR"})["book"].attributes["audio_edition"] == "UBR"


def test_the_pages_of_a_print_edition_are_its_own_unless_said_otherwise() -> None:
    paper = edition(Format.PRINT, pages=200)
    assert named(paper, pod_details=POD)["book"].attributes["page_count"] == 200
    assert named(paper, pod_details={**POD, "page_count": 208})["book"].attributes["page_count"] == 208
    assert codes(edition(Format.PRINT), pod_details=POD) == [("pages-required", "publish.store.pod_details")]


def test_files_have_the_role_that_their_edition_gives_them() -> None:
    epub, jpeg, pdf = asset("a.epub", b"1", "epub"), asset("a.jpg", b"2", "jpeg"), asset("a.pdf", b"3", "pdf")
    assert set(named(edition(content=epub, cover=jpeg))) == {"book", "file/ebook_content", "file/ebook_cover"}
    spoken = named(edition(Format.AUDIOBOOK, tracks=TRACKS, cover=jpeg))
    assert set(spoken) == {"book", "file/audio_cover", "file/audio_content/intro", "file/audio_content/one", "chapters"}
    wrapped = edition(Format.PRINT, content=pdf, files={"store": {"pod_cover": asset("b.pdf", b"4", "pdf")}})
    assert set(named(wrapped)) == {"book", "file/pod_content", "file/pod_cover"}


def test_a_file_that_the_options_name_stands_for_the_general_one() -> None:
    own = asset("own.epub", b"2", "epub")
    file = named(edition(content=asset("a.epub", b"1", "epub"), files={"store": {"ebook_content": own}, "other": {"ebook_cover": own}}))
    assert set(file) == {"book", "file/ebook_content"}
    assert dict(file["file/ebook_content"].attributes) == {
        "book": Reference(file["book"].address),
        "role": "ebook_content",
        "filename": "own.epub",
        "file": own,
    }
    assert file["file/ebook_content"].key == "faro/ebook_content"


def test_chapters_are_the_tracks_in_order_after_their_files() -> None:
    made = named(edition(Format.AUDIOBOOK, tracks=TRACKS), published=True, final_version=True)
    chapters, files = made["chapters"], [made["file/audio_content/intro"].address, made["file/audio_content/one"].address]
    assert chapters.attributes["titles"] == ("Introducción", "One")
    assert chapters.attributes["ascii_titles"] == ("Introduccion", None)
    assert chapters.attributes["files"] == tuple(map(Reference, files))
    assert set(chapters.dependencies) == {made["book"].address, *files}
    assert set(made["publication"].dependencies) == {made["book"].address, *files, chapters.address}


def test_a_track_without_a_file_keeps_the_one_that_its_chapter_has() -> None:
    made = named(edition(Format.AUDIOBOOK, tracks=(TRACKS[0], Track("two", "Two", None))))
    assert set(made) == {"book", "file/audio_content/intro", "chapters"}
    files = made["chapters"].attributes["files"]
    assert files == (Reference(made["file/audio_content/intro"].address), None)
    assert made["chapters"].type.attributes["files"].same(("b/f1", "b/f2"), ("b/f1", None))
    assert not made["chapters"].type.attributes["files"].same(("b/f3", "b/f2"), ("b/f1", None))


def test_an_audiobook_that_is_one_file_has_one_chapter_of_its_own_title() -> None:
    made = named(edition(Format.AUDIOBOOK, content=asset("whole.mp3", b"1", "mp3")))
    assert set(made) == {"book", "file/audio_content/content", "chapters"}
    assert made["chapters"].attributes["titles"] == ("El faro",)


@pytest.mark.parametrize("published", [True, False])
def test_a_publication_is_there_where_it_is_declared_whether_to_publish(published: bool) -> None:
    assert named(edition(), published=published, final_version=True)["publication"].attributes["published"] is published
    assert "publication" not in named(edition())


def test_what_protects_an_edition_protects_all_that_it_is() -> None:
    made = named(edition(lifecycle=Lifecycle(protect=True, ignore_changes=(Ignore("price.*"),))), published=False)
    assert {(one.protect, one.ignore) for one in made.values()} == {(True, (Ignore("price.*"),))}


@pytest.mark.parametrize(
    ("about", "code", "attribute"),
    [
        ({"language": None}, "language-required", "language"),
        ({"description": None}, "description-required", "description"),
        ({"description": " \n"}, "description-required", "description"),
        ({"bisac": ()}, "subjects-required", "subjects"),
        ({"publication_date": None}, "publication-date-required", "publication_date"),
        ({"contributors": ()}, "contributors-required", "contributors"),
        ({"contributors": (Contributor("A B", "Z99"),)}, "contributors-required", "contributors"),
        ({"territories": ()}, "territories-required", "publish.store.territories"),
    ],
)
def test_what_every_book_needs_must_be_declared(about: dict[str, Any], code: str, attribute: str) -> None:
    assert codes(edition(about=about)) == [(code, attribute)]


def test_a_language_without_a_two_letter_code_is_not_advised_as_one_the_service_has() -> None:
    [problem] = compiled(edition(about={"language": "gsw"})).diagnostics
    assert (problem.code, problem.hint.splitlines()[-1]) == ("language-required", "languages: [en]")
    assert codes(edition(about={"language": "gsw"}), languages=["de"]) == []


def test_a_book_needs_a_price() -> None:
    assert codes(edition(prices={})) == [("prices-required", "prices")]


@pytest.mark.parametrize("key", [".", ".."])
def test_an_external_id_that_would_be_another_address_is_refused(key: str) -> None:
    assert codes(edition(external_id=key)) == [("external-id-unusable", "external_id")]


@pytest.mark.parametrize("isbn", [None, "9781234567890", "123"])
def test_a_print_edition_needs_an_isbn_that_is_one(isbn: str | None) -> None:
    assert [code for code, _ in codes(edition(Format.PRINT, isbn=isbn))] == ["isbn-required"]
    assert codes(edition(isbn=None)) == []


def test_an_audiobook_needs_a_narrator() -> None:
    silent = edition(Format.AUDIOBOOK, {"contributors": (Contributor("Ana Ruiz", "A01"),)})
    assert codes(silent) == [("narrator-required", "contributors")]


@pytest.mark.parametrize(
    ("form", "details"),
    [(Format.EPUB, "pod_details"), (Format.PRINT, "audio_details"), (Format.AUDIOBOOK, "ebook_details")],
)
def test_details_of_another_format_are_refused(form: Format, details: str) -> None:
    said = POD if details == "pod_details" else {}
    assert codes(edition(form), **{details: said}) == [("details-misplaced", f"publish.store.{details}")]


@pytest.mark.parametrize(
    ("form", "role", "file"),
    [
        (Format.EPUB, "ebook_content", asset("a.mp3", b"", "mp3")),
        (Format.EPUB, "ebook_content", asset("a.doc", b"")),
        (Format.EPUB, "ebook_cover", asset("a.pdf", b"", "pdf")),
        (Format.AUDIOBOOK, "audio_cover", asset("a.mp3", b"", "mp3")),
        (Format.PRINT, "pod_content", asset("a.epub", b"", "epub")),
        (Format.PRINT, "pod_cover", asset("a.jpg", b"", "jpeg")),
    ],
)
def test_a_file_of_a_kind_that_its_role_does_not_take_is_refused(form: Format, role: str, file: Asset) -> None:
    assert codes(edition(form, files={"store": {role: file}})) == [("file-kind-unfit", f"publish.store.files.{role}")]


def test_a_file_whose_bytes_say_nothing_is_what_its_name_says() -> None:
    assert codes(edition(cover=asset("a.JPG"))) == []
    assert codes(edition(Format.AUDIOBOOK, tracks=(Track("a", "A", asset("a.m4b")),))) == []


def test_a_track_of_another_kind_is_refused() -> None:
    assert codes(edition(Format.AUDIOBOOK, tracks=(Track("a", "A", asset("a.wav", b"", "wav")),))) == [("file-kind-unfit", "tracks")]


def test_a_role_of_another_format_is_refused() -> None:
    found = codes(edition(files={"store": {"pod_cover": asset("a.pdf", b"", "pdf")}}))
    assert found == [("file-role-unfit", "publish.store.files.pod_cover")]


@pytest.mark.parametrize("field", ["content", "cover"])
def test_a_file_at_an_address_is_refused_since_bytes_are_sent(field: str) -> None:
    files: dict[str, Any] = {field: Asset("https://cdn.example/a.epub")}
    assert codes(edition(**files)) == [("upload-needs-local-file", f"files.{field}")]


@pytest.mark.parametrize(
    ("days", "final", "refused"),
    [(-400, None, True), (0, False, True), (14, None, True), (15, None, False), (14, True, False), (-400, True, False)],
)
def test_from_14_days_before_its_date_on_a_book_is_only_published_as_final(days: int, final: bool | None, refused: bool) -> None:
    one = edition(about={"publication_date": TODAY + timedelta(days=days)})
    found = [code for code, _ in codes(one, published=True, final_version=final)]
    assert ("final-version-required" in found) is refused
    assert "final-version-required" not in [code for code, _ in codes(one, published=False, final_version=final)]


def test_the_same_files_pass_one_day_and_not_the_next() -> None:
    one = edition(about={"publication_date": date(2026, 12, 24)}, content=asset("a.epub"), cover=asset("a.jpg"))
    assert compiled(one, today=date(2026, 12, 9), published=True).diagnostics == ()
    (problem,) = compiled(one, today=date(2026, 12, 10), published=True).diagnostics
    assert (problem.code, problem.attribute) == ("final-version-required", "publish.store.published")


def test_making_and_publishing_with_something_missing_is_refused() -> None:
    (told,) = compiled(edition(cover=asset("a.jpg")), published=True, final_version=True).resources[0].create_errors
    assert (told.severity, told.code) == ("error", "published-incomplete")
    assert "no ebook_content file (`files.content`)" in told.detail
    (paper,) = compiled(edition(Format.PRINT), published=True, final_version=True).resources[0].create_errors
    lacking = (
        "no pod_content file (`files.content`) and no pod_cover file (`publish.store.files.pod_cover`) and no `publish.store.pod_details`"
    )
    assert lacking in paper.detail


@pytest.mark.parametrize(
    "said",
    [
        {"published": "yes please"},
        {"languages": ["es "]},
        {"copyright": " SELF"},
        {"pod_details": {"trim_size_id": 3}},
        {"files": {"audio_content": "a.mp3"}},
        {"unknown": 1},
    ],
)
def test_options_that_mean_nothing_are_refused(said: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Options.model_validate(said)


def test_an_account_is_on_one_of_two_systems() -> None:
    assert Settings.model_validate({"environment": "staging"}).environment == "staging"
    with pytest.raises(ValidationError):
        Settings.model_validate({"environment": "demo"})
