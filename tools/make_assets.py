# /// script
# requires-python = ">=3.11"
# dependencies = ["pillow==13.0.0", "pyyaml==6.0.3", "reportlab==5.1.0"]
# ///
"""Make the files that the sample catalog's editions name: EPUB, PDF, MP3 and JPEG, small and valid.

    uv run tools/make_assets.py            writes them below catalog/
    uv run tools/make_assets.py --check    says which of them are not what this script makes

The same title files give the same bytes: no clock, no random number, no compression whose output is a matter of the zlib at
hand. The covers and the PDFs are Pillow's and ReportLab's, hence the exact versions above; they are this script's own
requirements and no one else's. The EPUBs and MP3s need the standard library only.
"""

from __future__ import annotations

import hashlib
import html
import io
import sys
import textwrap
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path, PurePosixPath
from typing import Any

import yaml

CATALOG = Path(__file__).resolve().parent.parent / "catalog"

MARC_RELATORS = {"author": "aut", "editor": "edt", "illustrator": "ill", "narrator": "nrt", "translator": "trl"}
ABOUT = {"en": "About this book", "es": "Sobre este libro", "pt": "Sobre este livro"}
CONTENTS = {"en": "Contents", "es": "Índice", "pt": "Índice"}
SPECIMEN = {
    "en": "A specimen: it holds the title page and this note, and stands in for the whole book.",
    "es": "Un espécimen: contiene la portada y esta nota, y hace las veces del libro entero.",
    "pt": "Um espécime: contém a folha de rosto e esta nota, e faz as vezes do livro inteiro.",
}


@dataclass(frozen=True, slots=True)
class Book:
    """An edition as it reads on its title page."""

    id: str
    format: str
    title: str
    subtitle: str
    language: str
    contributors: tuple[tuple[str, str], ...]
    """(name, role), in the order of the title page."""
    publisher: str
    imprint: str
    publication_date: str
    description: str
    """HTML."""
    identifier: str
    """`urn:isbn:` and 13 digits, else the external id."""
    content: Path | None
    """Where its content file lies; None for a web address and where there is none."""
    cover: Path | None
    tracks: tuple[tuple[str, Path], ...]
    """(title, file) of an audiobook's tracks, in listening order."""
    wrapper: Path | None
    """Where the cover of a printed book lies, front, spine and back in one."""

    @property
    def authors(self) -> list[str]:
        """Who the cover names."""
        return [name for name, role in self.contributors if role == "author"]


def read_books(catalog: Path) -> Iterator[Book]:
    """Yield every edition below `catalog`, its title's and its folders' values filled in.

    Reads on its own, values as the text they are written in, so that the assets can be made before there is a catalogctl.
    """
    documents = [(file, document) for file in sorted(catalog.rglob("*")) for document in _documents(file)]
    defaults = {file.parent: document for file, document in documents if document["kind"] == "defaults"}
    for file, title in documents:
        if title["kind"] != "title":
            continue
        folders = [defaults[folder] for folder in reversed(file.parents) if folder in defaults]
        for name, edition in title["editions"].items():
            said: dict[str, Any] = {}
            for source in (*folders, title, edition):
                said |= source
            files = edition.get("files", {})
            isbn = edition.get("isbn", "").replace("-", "")
            yield Book(
                id=title["id"],
                format=edition["format"],
                title=said["title"],
                subtitle=said.get("subtitle", ""),
                language=said["language"],
                contributors=tuple((person["name"], person["role"]) for person in said.get("contributors", ())),
                publisher=said.get("publisher", ""),
                imprint=said.get("imprint", ""),
                publication_date=said["publication_date"],
                description=said.get("description", ""),
                identifier=f"urn:isbn:{isbn}" if isbn else edition.get("external_id", f"{title['id']}-{name}"),
                content=_beside(file, files.get("content")),
                cover=_beside(file, files.get("cover")),
                tracks=tuple((track["title"], _here(file, track["file"])) for track in edition.get("tracks", ())),
                wrapper=_beside(file, _wrapper(edition)),
            )


def _documents(file: Path) -> Iterator[Mapping[str, Any]]:
    if file.suffix in {".yaml", ".yml", ".json"}:
        # BaseLoader makes nothing but text, lists and mappings; JSON is YAML to it.
        yield from yaml.load_all(file.read_text(encoding="utf-8"), yaml.BaseLoader)


def _wrapper(edition: Mapping[str, Any]) -> str | None:
    said = (options.get("files", {}).get("pod_cover") for options in edition.get("publish", {}).values() if isinstance(options, dict))
    return next((location for location in said if location), None)


def _beside(file: Path, location: str | None) -> Path | None:
    return None if location is None or "://" in location else _here(file, location)


def _here(file: Path, location: str) -> Path:
    return file.parent / PurePosixPath(location)


# --- EPUB -----------------------------------------------------------------------------------------------------------

CONTAINER = """<?xml version="1.0" encoding="UTF-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
  <rootfiles>
    <rootfile full-path="EPUB/package.opf" media-type="application/oebps-package+xml"/>
  </rootfiles>
</container>
"""

PACKAGE = """<?xml version="1.0" encoding="UTF-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id" xml:lang="{language}">
  <metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
    <dc:identifier id="id">{identifier}</dc:identifier>
    <dc:title>{title}</dc:title>
    <dc:language>{language}</dc:language>
{people}
    <dc:publisher>{publisher}</dc:publisher>
    <dc:date>{date}</dc:date>
    <meta property="dcterms:modified">{date}T00:00:00Z</meta>
    <meta property="schema:accessMode">textual</meta>
    <meta property="schema:accessModeSufficient">textual</meta>
    <meta property="schema:accessibilityFeature">structuralNavigation</meta>
    <meta property="schema:accessibilityFeature">tableOfContents</meta>
    <meta property="schema:accessibilityHazard">none</meta>
  </metadata>
  <manifest>
    <item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>
    <item id="title" href="title.xhtml" media-type="application/xhtml+xml"/>
    <item id="about" href="about.xhtml" media-type="application/xhtml+xml"/>
    <item id="style" href="style.css" media-type="text/css"/>
  </manifest>
  <spine>
    <itemref idref="title"/>
    <itemref idref="about"/>
  </spine>
</package>
"""

PAGE = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" lang="{language}" xml:lang="{language}">
<head><title>{heading}</title><link rel="stylesheet" type="text/css" href="style.css"/></head>
<body>
{body}
</body>
</html>
"""

STYLE = "body { margin: 8%; line-height: 1.5; }\nh1 { line-height: 1.2; }\n.people, .note { font-style: italic; }\n"


def epub(book: Book) -> bytes:
    """Make an EPUB 3 of two pages: the title page, and the description."""
    title, subtitle, language = html.escape(book.title), html.escape(book.subtitle), book.language
    people = "".join(f'<p class="people">{html.escape(name)}</p>\n' for name, _ in book.contributors)
    about, contents = ABOUT[language], CONTENTS[language]
    title_page = f"<h1>{title}</h1>\n" + (f"<p>{subtitle}</p>\n" if subtitle else "") + people
    about_page = f'<h1>{about}</h1>\n{book.description}\n<p class="note">{SPECIMEN[language]}</p>'
    nav_page = (
        f'<nav epub:type="toc" id="toc">\n<h1>{contents}</h1>\n<ol>\n<li><a href="title.xhtml">{title}</a></li>\n'
        f'<li><a href="about.xhtml">{about}</a></li>\n</ol>\n</nav>'
    )
    package = PACKAGE.format(
        language=language,
        identifier=html.escape(book.identifier),
        title=title,
        people="\n".join(_people(book)),
        publisher=html.escape(book.publisher),
        date=book.publication_date,
    )
    members = {
        "mimetype": "application/epub+zip",  # the container format wants it first and uncompressed
        "META-INF/container.xml": CONTAINER,
        "EPUB/package.opf": package,
        "EPUB/nav.xhtml": PAGE.format(language=language, heading=contents, body=nav_page),
        "EPUB/title.xhtml": PAGE.format(language=language, heading=title, body=title_page),
        "EPUB/about.xhtml": PAGE.format(language=language, heading=about, body=about_page),
        "EPUB/style.css": STYLE,
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, text in members.items():
            entry = zipfile.ZipInfo(name)  # dated 1980, like every entry
            entry.create_system = 3  # as if packed on Unix, wherever it is packed
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, text)
    return buffer.getvalue()


def _people(book: Book) -> Iterator[str]:
    """Name the authors as creators and everybody else as contributors, each with what they did."""
    for number, (name, role) in enumerate(book.contributors, start=1):
        element = "creator" if role == "author" else "contributor"
        yield f'    <dc:{element} id="p{number}">{html.escape(name)}</dc:{element}>'
        yield f'    <meta refines="#p{number}" property="role" scheme="marc:relators">{MARC_RELATORS[role]}</meta>'


# --- MP3 ------------------------------------------------------------------------------------------------------------

BIT_RATE, SAMPLE_RATE = 32_000, 44_100
FRAMES = 192  # five seconds: a frame is 1152 samples
TRACK_FRAMES = 48


def mp3(book: Book) -> bytes:
    """Make five seconds of silence for a whole audiobook."""
    return _silence(book, book.title, FRAMES)


def track_mp3(book: Book, title: str) -> bytes:
    """Make a little over a second of silence for one track."""
    return _silence(book, title, TRACK_FRAMES)


def _silence(book: Book, title: str, count: int) -> bytes:
    """Make silence, MPEG-1 Layer III at a constant rate, mono, with the title in an ID3v2.4 tag.

    A frame whose side information is all zero has no spectrum: decoders give 1152 samples of nothing.
    """
    frames = []
    for number in range(count):
        length = _bytes_until(number + 1) - _bytes_until(number)
        padded = length > 144 * BIT_RATE // SAMPLE_RATE
        # sync, MPEG-1, Layer III, no CRC | 32 kbit/s, 44.1 kHz, padding | mono
        frames.append(bytes([0xFF, 0xFB, 0x10 | padded << 1, 0xC0]).ljust(length, b"\0"))
    return _id3({"TIT2": title, "TPE1": ", ".join(book.authors), "TPUB": book.publisher}) + b"".join(frames)


def _bytes_until(frame: int) -> int:
    """Return how many bytes the frames before this one fill: padding keeps the sum at the bit rate."""
    return 144 * BIT_RATE * frame // SAMPLE_RATE


def _id3(texts: Mapping[str, str]) -> bytes:
    frames = b""
    for name, text in texts.items():
        value = b"\x03" + text.encode()  # 3 is UTF-8
        frames += name.encode() + _seven_bits(len(value)) + b"\0\0" + value
    return b"ID3\x04\0\0" + _seven_bits(len(frames)) + frames


def _seven_bits(size: int) -> bytes:
    """Spell a size in four bytes of seven bits, which no decoder takes for the start of a frame."""
    return bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0))


# --- PDF ------------------------------------------------------------------------------------------------------------


def pdf(book: Book) -> bytes:
    """Make a PDF of two pages, 15 by 23 cm: the title page, and the description."""
    from reportlab.lib.units import cm  # type: ignore[import-not-found, import-untyped, unused-ignore]
    from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-not-found, import-untyped, unused-ignore]

    width, height = 15 * cm, 23 * cm
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(width, height), invariant=1, pageCompression=0, lang=book.language)
    canvas.setTitle(book.title)
    canvas.setAuthor(", ".join(book.authors))
    canvas.setSubject(book.identifier)
    canvas.setCreator(book.publisher)

    page = canvas.beginText(2 * cm, height - 6 * cm)
    _write(page, book.title, "Helvetica-Bold", size=20, columns=30)
    _write(page, book.subtitle, "Helvetica", size=12, columns=50)
    for name, _ in book.contributors:
        _write(page, name, "Helvetica-Oblique", size=12, columns=50)
    canvas.drawText(page)
    canvas.showPage()

    page = canvas.beginText(2 * cm, height - 3 * cm)
    _write(page, ABOUT[book.language], "Helvetica-Bold", size=14, columns=40)
    for paragraph in (*_paragraphs(book.description), SPECIMEN[book.language]):
        _write(page, paragraph, "Helvetica", size=10, columns=62)
    canvas.drawText(page)
    canvas.save()
    return buffer.getvalue()


def wrapper(book: Book) -> bytes:
    """Make the cover of a printed book as one PDF page, 31 by 23 cm: the back, the spine, and the front with the words."""
    from reportlab.lib.colors import HexColor  # type: ignore[import-not-found, import-untyped, unused-ignore]
    from reportlab.lib.units import cm  # type: ignore[import-not-found, import-untyped, unused-ignore]
    from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-not-found, import-untyped, unused-ignore]

    ground, accent, paper = PALETTES[hashlib.sha256(book.id.encode()).digest()[0] % len(PALETTES)]
    width, height, spine = 31 * cm, 23 * cm, 1 * cm
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(width, height), invariant=1, pageCompression=0, lang=book.language)
    canvas.setTitle(book.title)
    canvas.setAuthor(", ".join(book.authors))
    canvas.setFillColor(HexColor(ground))
    canvas.rect(0, 0, width, height, stroke=0, fill=1)
    canvas.setFillColor(HexColor(accent))
    canvas.rect((width - spine) / 2, 0, spine, height, stroke=0, fill=1)
    canvas.setFillColor(HexColor(paper))
    front = canvas.beginText(width / 2 + spine + cm, height - 5 * cm)
    _write(front, book.title, "Helvetica-Bold", size=22, columns=24)
    _write(front, ", ".join(book.authors), "Helvetica", size=13, columns=40)
    canvas.drawText(front)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def _write(page: Any, text: str, font: str, *, size: int, columns: int) -> None:
    """Set one paragraph, and the gap after it."""
    page.setFont(font, size, leading=size * 1.4)
    for line in textwrap.wrap(text, columns):
        page.textLine(line)
    page.moveCursor(0, size)


class _Paragraphs(HTMLParser):
    """Collects the text of each block of an HTML fragment."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks = [""]

    def handle_starttag(self, tag: str, attrs: object) -> None:
        del attrs
        if tag in {"p", "li"}:
            self.blocks.append("– " if tag == "li" else "")

    def handle_data(self, data: str) -> None:
        self.blocks[-1] += data


def _paragraphs(fragment: str) -> list[str]:
    parser = _Paragraphs()
    parser.feed(fragment)
    return [" ".join(block.split()) for block in parser.blocks if block.strip()]


# --- JPEG -----------------------------------------------------------------------------------------------------------

PORTRAIT, SQUARE = (800, 1280), (1000, 1000)
PALETTES = (
    ("#123c4a", "#e8b04b", "#f4ede0"),
    ("#5b2333", "#e3a587", "#f7efe5"),
    ("#2f4a36", "#c9d27d", "#f3f1e4"),
    ("#27264f", "#e07a5f", "#f4f1ec"),
    ("#7a3e1d", "#f2c14e", "#fbf3e4"),
    ("#0f5257", "#f0a6a0", "#f2f5ef"),
)


def cover(book: Book) -> bytes:
    """Draw a cover: rings whose place and colours come of the title's id, above them the words. Square for an audiobook."""
    import reportlab  # type: ignore[import-not-found, import-untyped, unused-ignore]
    from PIL import Image, ImageDraw, ImageFont

    # Bitstream Vera comes with ReportLab: a font with every accent, and the same one on every machine.
    fonts = Path(reportlab.__file__).parent / "fonts"

    def font(name: str, size: int) -> ImageFont.FreeTypeFont:
        return ImageFont.truetype(str(fonts / name), size, layout_engine=ImageFont.Layout.BASIC)

    digest = hashlib.sha256(book.id.encode()).digest()
    ground, accent, paper = PALETTES[digest[0] % len(PALETTES)]
    size = width, height = SQUARE if book.format == "audiobook" else PORTRAIT
    image = Image.new("RGB", size, ground)
    draw = ImageDraw.Draw(image)
    x, y = width * (30 + digest[1] % 40) // 100, height * (74 + digest[2] % 16) // 100
    for ring in range(2 + digest[3] % 3, 0, -1):  # four at most, so that they stay below the words
        radius = ring * width // 11
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=accent if ring % 2 else ground)
    lines = "\n".join(textwrap.wrap(book.title, 15, break_long_words=False))
    draw.text((60, 40), book.imprint, accent, font("VeraIt.ttf", 30))
    draw.multiline_text((60, 110), lines, paper, font("VeraBd.ttf", 72), spacing=20)
    top = 110 + 96 * (lines.count("\n") + 1) + 30
    draw.multiline_text((60, top), "\n".join(book.authors), paper, font("Vera.ttf", 36), spacing=12)
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=32, progressive=True)
    return buffer.getvalue()


# --------------------------------------------------------------------------------------------------------------------

MAKERS = {".epub": epub, ".jpg": cover, ".mp3": mp3, ".pdf": pdf}


def assets(catalog: Path) -> dict[Path, bytes]:
    """Make every file that an edition below `catalog` names by a path; editions of a title may share one."""
    made: dict[Path, bytes] = {}
    for book in read_books(catalog):
        for file in (book.content, book.cover):
            if file is not None and file not in made:
                made[file] = MAKERS[file.suffix](book)
        made.update((file, track_mp3(book, title)) for title, file in book.tracks)
        if book.wrapper is not None:
            made[book.wrapper] = wrapper(book)
    return made


def main() -> int:
    """Write the files, or with --check name those that differ."""
    made = assets(CATALOG)
    if sys.argv[1:] == ["--check"]:
        other = [file for file, content in made.items() if not file.is_file() or file.read_bytes() != content]
        for file in other:
            print(f"{file.relative_to(CATALOG.parent)} is not what this script makes")
        return 1 if other else 0
    for file, content in made.items():
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(content)
    print(f"{len(made)} files, {sum(map(len, made.values())):,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
