"""The sample catalog's assets are real files of their kinds, and say what the title files say."""

from __future__ import annotations

import importlib.util
import io
import sys
import zipfile
from collections import Counter
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree as ET

import pytest
from PIL import Image
from pypdf import PdfReader
from stdnum import isbn

ROOT = Path(__file__).resolve().parents[2]
CATALOG = ROOT / "catalog"

CONTAINER = "{urn:oasis:names:tc:opendocument:xmlns:container}"
OPF = "{http://www.idpf.org/2007/opf}"
DC = "{http://purl.org/dc/elements/1.1/}"
XHTML = "{http://www.w3.org/1999/xhtml}"
OPS = "{http://www.idpf.org/2007/ops}"


def _maker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_assets", ROOT / "tools" / "make_assets.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


MAKER = _maker()
BOOKS = tuple(MAKER.read_books(CATALOG))
WITH_CONTENT = {book.content: book for book in BOOKS if book.content is not None}
TRACKS = {file: title for book in BOOKS for title, file in book.tracks}
WRAPPERS = {book.wrapper: book for book in BOOKS if book.wrapper is not None}
NAMED = {*WITH_CONTENT, *TRACKS, *WRAPPERS, *(book.cover for book in BOOKS if book.cover is not None)}


def files(suffix: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("file", sorted(file for file in NAMED if file.suffix == suffix), ids=lambda file: file.name)


def text(element: ET.Element, path: str) -> list[str | None]:
    return [found.text for found in element.iterfind(path)]


def test_the_catalog_is_of_a_realistic_size_in_three_languages_and_four_formats() -> None:
    assert len({book.id for book in BOOKS}) >= 28
    assert len(BOOKS) >= 45
    assert {book.language for book in BOOKS} == {"en", "es", "pt"}
    assert {book.format for book in BOOKS} == {"epub", "pdf", "audiobook", "print"}


def test_every_isbn_passes_its_checksum_and_no_two_editions_share_an_identifier() -> None:
    identifiers = [book.identifier for book in BOOKS]
    isbns = [identifier.removeprefix("urn:isbn:") for identifier in identifiers if identifier.startswith("urn:isbn:")]
    assert len(isbns) > 40
    assert [number for number in isbns if not isbn.is_valid(number)] == []
    assert [identifier for identifier, count in Counter(identifiers).items() if count > 1] == []


def test_the_asset_folders_hold_what_the_title_files_name_and_nothing_else() -> None:
    assert {file for file in CATALOG.glob("*/assets/*") if file.is_file()} == NAMED


def test_assets_are_small_enough_to_live_in_a_repository() -> None:
    sizes = {file.name: file.stat().st_size for file in NAMED}
    assert {name: size for name, size in sizes.items() if size > 30_000} == {}
    assert sum(sizes.values()) < 1_500_000


@files(".epub")
def test_an_epub_is_a_container_with_its_type_first_and_uncompressed(file: Path) -> None:
    with zipfile.ZipFile(file) as archive:
        first = archive.infolist()[0]
        assert archive.testzip() is None
        assert (first.filename, first.compress_type, first.extra) == ("mimetype", zipfile.ZIP_STORED, b"")
        assert archive.read("mimetype") == b"application/epub+zip"
        container = ET.fromstring(archive.read("META-INF/container.xml"))
        [rootfile] = container.iter(f"{CONTAINER}rootfile")
        assert rootfile.get("full-path") in archive.namelist()


@files(".epub")
def test_an_epub_package_lists_its_files_and_has_a_table_of_contents(file: Path) -> None:
    with zipfile.ZipFile(file) as archive:
        package = ET.fromstring(archive.read("EPUB/package.opf"))
        items = {item.attrib["id"]: item for item in package.iter(f"{OPF}item")}
        documents = {item.attrib["href"]: archive.read(f"EPUB/{item.attrib['href']}") for item in items.values()}
        unlisted = set(archive.namelist()) - {f"EPUB/{href}" for href in documents}
    assert unlisted == {"mimetype", "META-INF/container.xml", "EPUB/package.opf"}

    spine = [items[ref.attrib["idref"]].attrib["href"] for ref in package.iter(f"{OPF}itemref")]
    pages = {href: ET.fromstring(data) for href, data in documents.items() if href.endswith(".xhtml")}
    [nav] = [item.attrib["href"] for item in items.values() if item.get("properties") == "nav"]
    [toc] = [element for element in pages[nav].iter(f"{XHTML}nav") if element.get(f"{OPS}type") == "toc"]
    assert spine == [link.get("href") for link in toc.iter(f"{XHTML}a")]
    assert package.get("version") == "3.0"


@files(".epub")
def test_an_epub_says_of_itself_what_its_title_file_says(file: Path) -> None:
    book = WITH_CONTENT[file]
    with zipfile.ZipFile(file) as archive:
        [metadata] = ET.fromstring(archive.read("EPUB/package.opf")).iter(f"{OPF}metadata")
    modified = [meta.text for meta in metadata.iter(f"{OPF}meta") if meta.get("property") == "dcterms:modified"]
    assert text(metadata, f"{DC}title") == [book.title]
    assert text(metadata, f"{DC}identifier") == [book.identifier]
    assert text(metadata, f"{DC}language") == [book.language]
    assert text(metadata, f"{DC}creator") == [name for name, role in book.contributors if role == "author"]
    assert text(metadata, f"{DC}contributor") == [name for name, role in book.contributors if role != "author"]
    assert modified == [f"{book.publication_date}T00:00:00Z"]


@files(".pdf")
def test_a_pdf_opens_and_names_its_title_authors_and_language(file: Path) -> None:
    book = {**WITH_CONTENT, **WRAPPERS}[file]
    reader = PdfReader(file, strict=True)
    assert len(reader.pages) == (1 if file in WRAPPERS else 2)
    assert reader.metadata is not None
    assert (reader.metadata.title, reader.metadata.author) == (book.title, ", ".join(book.authors))
    assert reader.root_object["/Lang"] == book.language
    assert " ".join(reader.pages[0].extract_text().split()).startswith(book.title)


@files(".mp3")
def test_an_mp3_is_a_tag_and_then_frames_to_its_last_byte(file: Path) -> None:
    data = file.read_bytes()
    assert data[:5] == b"ID3\x04\0"
    assert (TRACKS[file] if file in TRACKS else WITH_CONTENT[file].title).encode() in data
    at, frames = 10 + (data[6] << 21 | data[7] << 14 | data[8] << 7 | data[9]), 0
    while at < len(data):
        sync, rates = int.from_bytes(data[at : at + 2]), data[at + 2]
        assert sync == 0xFFFB  # MPEG-1, Layer III, no CRC
        assert rates & 0xFC == 0x10  # 32 kbit/s at 44.1 kHz
        at += 144 * 32_000 // 44_100 + (rates >> 1 & 1)
        frames += 1
    assert at == len(data)
    assert frames == (MAKER.TRACK_FRAMES if file in TRACKS else MAKER.FRAMES)


def test_there_is_an_audiobook_of_twelve_tracks_and_a_book_printed_on_demand() -> None:
    assert [len(book.tracks) for book in BOOKS if book.tracks] == [12]
    [printed] = WRAPPERS.values()
    assert (printed.format, printed.content is not None) == ("print", True)


@files(".jpg")
def test_a_cover_decodes_and_is_upright_for_a_book_and_square_for_an_audiobook(file: Path) -> None:
    with Image.open(io.BytesIO(file.read_bytes())) as image:
        image.load()
        assert (image.format, image.mode) == ("JPEG", "RGB")
        assert image.size == ((1000, 1000) if file.stem.endswith("-audio") else (800, 1280))


@pytest.mark.parametrize("suffix", [".epub", ".mp3"])
def test_the_same_title_files_give_the_same_bytes(suffix: str) -> None:
    make = MAKER.MAKERS[suffix]
    assert [file.name for file, book in WITH_CONTENT.items() if file.suffix == suffix and make(book) != file.read_bytes()] == []
