"""Our attributes ↔ PublishDrive's JSON, exactly. Pure.

Source: the service's pages on its operations, 2026-11-22.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

import orjson

from catalogctl.model.asset import Asset
from catalogctl.model.resource import Observed
from catalogctl.model.value import Attributes, Scalar, Value
from catalogctl.provider.strict import quoted, read
from catalogctl.providers.publishdrive import answers
from catalogctl.providers.publishdrive.assumptions import EBOOK_COVER_ROLE, EXTERNAL_ID_FIELD, FIRST_SEQUENCE, LIVE, NOT_LIVE, WHOLE_DETAILS
from catalogctl.providers.publishdrive.types import DETAILS

_NAMES: Final[Mapping[str, str]] = {
    "external_id": EXTERNAL_ID_FIELD,
    "title": "title",
    "subtitle": "subtitle",
    "language": "language",
    "description": "description",
    "contributor": "contributor",
    "category": "category",
    "keyword": "keyword",
    "isbn": "isbn",
    "copyright": "copyright",
    "sale_territory": "saleTerritory",
    "publication_date": "publicationDate",
    "price": "price",
    "final_version": "isFinalVersion",
}
"""Our name of each attribute of a book → the service's, those of its details apart."""

UNWRITABLE: Final = ("series", "imprint", "audience")
"""What the service shows of a book and has no documented way to write."""

_GROUPS: Final[Mapping[str, str]] = {"ebook": "ebookDetails", "audio": "audioDetails", "print": "podDetails"}
"""Format → where its details are."""


_REFERENCE: Final = 16
"""Hex digits of a file's digest that tell its request apart from others."""


# ── to the service ──
def body(attributes: Attributes, names: frozenset[str]) -> bytes:
    """Write the request that creates or changes a book from those of its attributes that are named; its format is always said."""
    kind = str(attributes["format"])
    request: dict[str, object] = {"format": kind}
    for name, theirs in _NAMES.items():
        if name in names and name in attributes:
            request[theirs] = _to_store(name, attributes[name])
    details = {name: theirs for name, theirs in DETAILS[kind].items() if attributes.get(name) is not None}
    if not names.isdisjoint(details):
        request[_GROUPS[kind]] = {theirs: attributes[name] for name, theirs in details.items() if WHOLE_DETAILS or name in names}
    return orjson.dumps(request, option=orjson.OPT_SORT_KEYS)


def _to_store(name: str, value: Value) -> object:
    if name == "contributor" and isinstance(value, tuple):
        return [orjson.Fragment(str(person)) for person in value]
    if isinstance(value, Mapping):
        return [{"currency": currency, "price": _number(value[currency])} for currency in sorted(value)]
    if isinstance(value, tuple):
        return list(value)
    return value


def _number(amount: Scalar) -> orjson.Fragment:
    """Write an amount as the JSON number it is, digit by digit, with no float on the way."""
    if not isinstance(amount, Decimal):
        message = f"{amount!r} is no amount"
        raise TypeError(message)
    return orjson.Fragment(format(amount, "f"))


def person(first: str, last: str, role: str) -> str:
    """Write a contributor as an attribute holds one: canonical JSON with the service's own keys."""
    return orjson.dumps({"firstName": first, "lastName": last, "role": role}, option=orjson.OPT_SORT_KEYS).decode()


def with_roles(contributors: Value, words: Collection[str]) -> tuple[str, ...]:
    """Return the contributors who have a name and whose role is one of some words, in their order."""
    listed = map(str, contributors) if isinstance(contributors, tuple) else ()
    return tuple(one for one in listed if (row := orjson.loads(one))["role"] in words and f"{row['firstName']}{row['lastName']}".strip())


def beside(contributors: Value, there: Value, words: Collection[str]) -> tuple[str, ...]:
    """Return the declared contributors, and after them those that a book has with other roles than some words."""
    declared, held = (tuple(map(str, value)) if isinstance(value, tuple) else () for value in (contributors, there))
    ours = with_roles(held, words)
    return (*declared, *(one for one in held if one not in ours))


def touch_body(kind: str, title: str) -> bytes:
    """Write an update that changes nothing."""
    return orjson.dumps({"format": kind, "title": title}, option=orjson.OPT_SORT_KEYS)


def chapters_body(attributes: Attributes) -> bytes:
    """Write all chapters into one request, so that two of them can exchange their files."""
    columns = [attributes[name] for name in ("titles", "ascii_titles", "files")]
    rows = zip(*(column if isinstance(column, tuple) else () for column in columns), strict=True)
    chapters = [
        {"sequence": sequence, "title": title, "titleAscii": plain, **({} if file is None else {"fileId": file_id(str(file))})}
        for sequence, (title, plain, file) in enumerate(rows, FIRST_SEQUENCE)
    ]
    return orjson.dumps({"format": "audio", "chapters": chapters}, option=orjson.OPT_SORT_KEYS)


def request_body(asset: Asset, attributes: Attributes, ebook_cover: str = EBOOK_COVER_ROLE) -> bytes:
    """Ask for an address to put one file to: answers do not tell apart what several asked for were for.

    Both public samples carry a `referenceId`, which the caller makes up and answers need not repeat.
    """
    reference = f"{attributes['role']}-{asset.sha256[:_REFERENCE]}"
    role = ebook_cover if attributes["role"] == EBOOK_COVER_ROLE else attributes["role"]
    said = {"referenceId": reference, "role": role, "filename": attributes["filename"], "hashSha256": asset.sha256}
    return orjson.dumps([said], option=orjson.OPT_SORT_KEYS)


def attach_body(asset: Asset, attributes: Attributes) -> bytes:
    """Return which file it is that was put there."""
    return orjson.dumps({"filename": attributes["filename"], "hashSha256": asset.sha256}, option=orjson.OPT_SORT_KEYS)


_LATIN: Final = str.maketrans(
    {
        "ß": "ss",
        "ẞ": "SS",
        "æ": "ae",
        "Æ": "Ae",
        "œ": "oe",
        "Œ": "Oe",
        "ø": "o",
        "Ø": "O",
        "ł": "l",
        "Ł": "L",
        "đ": "d",
        "Đ": "D",
        "ð": "d",
        "Ð": "D",
        "þ": "th",
        "Þ": "Th",
        "ı": "i",
        "’": "'",
        "‘": "'",
        "“": '"',
        "”": '"',
        "„": '"',
        "«": '"',
        "»": '"',
        "–": "-",
        "—": "-",
        "−": "-",
    }
)
"""Latin letters that are no letter with a mark, and the signs that print has and ASCII has not."""


def ascii_title(title: str, sequence: int) -> str | None:
    """Return a title in ASCII; `None` where it is that already.

    A script with other letters is not transcribed: the chapter gets its number.
    """
    if title.isascii():
        return None
    pieces = unicodedata.normalize("NFKD", title.translate(_LATIN))
    if any(not sign.isascii() and unicodedata.category(sign)[0] == "L" for sign in pieces):
        return f"Chapter {sequence}"
    return " ".join("".join(sign for sign in pieces if sign.isascii()).split()) or f"Chapter {sequence}"


# ── ids of what is part of a book ──
def composite(book: str, file: str) -> str:
    """Return the id by which a file is known here: its book's and its own."""
    return f"{book}/{file}"


def book_id(id_: str) -> str:
    """Return the book's part of an id."""
    return id_.partition("/")[0]


def file_id(id_: str) -> str:
    """Return the file's own part of an id."""
    return id_.partition("/")[2]


# ── from the service ──
@dataclass(frozen=True, slots=True)
class ShownFile:
    """One file of a book, as an answer shows it."""

    id: str
    role: str
    filename: str
    sha256: str | None
    """Of its bytes, where the service tells it."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A book with everything that is part of it, as one answer shows it."""

    id: str
    key: str
    """Its external id; empty where it has none."""
    attributes: Attributes
    status: str
    """As the service has it, `draft`."""
    files: tuple[ShownFile, ...] = ()
    """As listed."""
    chapters: tuple[tuple[str | None, str | None, str | None], ...] = ()
    """Title, title in ASCII, and the file's own id, by number; a number that is left out has none of them."""
    unwritable: Mapping[str, str] = field(default_factory=dict)
    """Its series, imprint and audience in words, by field, where it has them: no request is known to take them."""

    def book(self, words: Collection[str]) -> Observed:
        """Return the book itself; of its contributors those whose role is one of the words that an account sends."""
        people = with_roles(self.attributes["contributor"], words)
        return Observed(self.id, self.key, {**self.attributes, "contributor": people}, live=self.status in LIVE)

    @property
    def contents(self) -> Observed:
        """Its chapters."""
        columns: tuple[tuple[str | None, ...], ...] = tuple(zip(*self.chapters, strict=True)) or ((), (), ())
        files = tuple(None if file is None else composite(self.id, file) for file in columns[2])
        told: Attributes = {"book": self.id, "titles": columns[0], "ascii_titles": columns[1], "files": files}
        return Observed(self.id, self.key, told, live=self.status in LIVE)

    @property
    def publication(self) -> Observed:
        """Return whether it is on its way to the stores; not reported where the service uses a word that no one knows."""
        told: dict[str, Value] = {"book": self.id}
        if self.status in LIVE | NOT_LIVE:
            told["published"] = self.status in LIVE
        return Observed(self.id, self.key, told)

    def file(self, file: ShownFile, key: str) -> Observed:
        """Return one of its files, known here by a key that the service does not keep."""
        told: dict[str, Value] = {"book": self.id, "role": file.role, "filename": file.filename}
        if file.sha256 is not None:
            told["file"] = Asset("", sha256=file.sha256)
        return Observed(composite(self.id, file.id), key, told, live=self.status in LIVE)

    @property
    def idle(self) -> tuple[ShownFile, ...]:
        """Its audio files that are no chapter's."""
        used = {file for _, _, file in self.chapters}
        return tuple(file for file in self.files if file.role == "audio_content" and file.id not in used)


def new_id(document: object) -> str:
    """Return the id in the answer to a create, which two pages show differently.

    Raises:  ValueError where there is none.
    """
    if isinstance(document, Mapping) and "data" not in document:
        return read(answers.MadeInWalkthrough, document).bookId
    return read(answers.MadeAnswer, document).data.id


def from_store(document: object, ebook_cover: str = EBOOK_COVER_ROLE) -> Shown:
    """Read one book.

    Shapes:  `ebook_cover` is the service's word for the role of an e-book's cover.

    Raises:  ValueError when it is not what the documents promise.
    """
    book = read(answers.BookAnswer, document).data
    told = book.attributes
    return Shown(
        id=book.id,
        key=told.externalId or "",
        attributes=dict(_attributes(told)),
        status=told.status,
        files=tuple(
            ShownFile(
                file.id,
                EBOOK_COVER_ROLE if file.role == ebook_cover else file.role,
                file.filename,
                file.digest.lower() if file.digest else None,
            )
            for file in told.files
        ),
        chapters=_chapters(told.chapters or []),
        unwritable={name: _in_words(value) for name in UNWRITABLE if (value := getattr(told, name)) not in (None, "", [], {})},
    )


def _in_words(value: object) -> str:
    """Return what people call a series, an imprint or an audience: its name or title where it shows one."""
    names = [value.get(key) for key in ("name", "title")] if isinstance(value, Mapping) else [value]
    return quoted(next((name for name in names if isinstance(name, str)), None) or orjson.dumps(value).decode())


def _attributes(told: answers.Attributes) -> Iterator[tuple[str, Value]]:
    yield "format", told.format
    for name, theirs in _NAMES.items():
        yield name, _READERS.get(name, _as_told)(getattr(told, theirs))
    if told.format not in _GROUPS:
        return
    group = _GROUPS[told.format]
    if group not in told.model_fields_set:  # those of the other formats may be left out
        message = f"is not as documented: data.attributes.{group} is missing"
        raise ValueError(message)
    details = getattr(told, group)
    for name, theirs in DETAILS[told.format].items():
        # What is left out inside is not reported; that is not the same as telling that there is none.
        if details is None or theirs in details.model_fields_set:
            yield name, None if details is None else getattr(details, theirs)


def _as_told(value: Value) -> Value:
    return value


def _people(listed: list[answers.Person]) -> tuple[str, ...]:
    return tuple(person(one.firstName, one.lastName, one.role) for one in listed)


def _prices(listed: list[answers.Price]) -> dict[str, Scalar]:
    return {row.currency: row.price for row in listed}


def _terms(listed: list[str]) -> tuple[str, ...]:
    """Read a list whose order and blanks do not count."""
    return tuple(sorted({term.strip() for term in listed} - {""}))


_READERS: Final[Mapping[str, Callable[[Any], Value]]] = {
    "language": _terms,
    "contributor": _people,
    "category": _terms,
    "keyword": _terms,
    "sale_territory": _terms,
    "price": _prices,
}
"""How each attribute is read that is not kept as it is reported."""


def _chapters(listed: list[answers.ChapterAnswer]) -> tuple[tuple[str | None, str | None, str | None], ...]:
    """Order chapters by their number; those with a number before the first one are at the end, where nothing of ours can be."""
    rows = {chapter.sequence: (chapter.title, chapter.titleAscii, chapter.fileId) for chapter in listed}
    last = max(rows, default=FIRST_SEQUENCE - 1)
    return (
        *(rows.get(sequence, (None, None, None)) for sequence in range(FIRST_SEQUENCE, last + 1)),
        *(rows[sequence] for sequence in sorted(rows) if sequence < FIRST_SEQUENCE),
    )
