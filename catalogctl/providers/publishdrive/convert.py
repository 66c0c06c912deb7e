"""Our attributes ↔ PublishDrive's JSON, exactly. Pure.

Source: the service's pages on its operations, 2026-11-22.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final

import orjson

from catalogctl.model.asset import Asset
from catalogctl.model.resource import Observed
from catalogctl.model.value import Attributes, Scalar, Value
from catalogctl.providers.publishdrive.assumptions import FIRST_SEQUENCE, LIVE, NOT_LIVE, WHOLE_DETAILS
from catalogctl.providers.publishdrive.types import DETAILS

Row = Mapping[str, object]
"""One JSON object of an answer."""

_NAMES: Final[Mapping[str, str]] = {
    "external_id": "externalId",
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

_GROUPS: Final[Mapping[str, str]] = {"ebook": "ebookDetails", "audio": "audioDetails", "print": "podDetails"}
"""Format → where its details are."""


MOST_DIGITS: Final = 24
"""Before or behind the point of an amount; arithmetic is exact for a few more."""
LONGEST_TEXT: Final = 64
"""Characters in which an amount may be written."""
MOST_CHAPTERS: Final = 10_000
"""The largest number of a chapter that is believed: those before it are counted as missing."""


# ── to the service ──
def body(attributes: Attributes, names: frozenset[str]) -> bytes:
    """Write the request that creates or changes a book from those of its attributes that are named; its format is always said."""
    kind = str(attributes["format"])
    request: dict[str, object] = {"format": kind}
    for name, theirs in _NAMES.items():
        if name in names and name in attributes:
            request[theirs] = _to_store(name, attributes[name])
    details = {name: theirs for name, theirs in DETAILS[kind].items() if name in attributes}
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


def request_body(asset: Asset, attributes: Attributes) -> bytes:
    """Ask for an address to put one file to: answers do not tell apart what several asked for were for."""
    said = {"role": attributes["role"], "filename": attributes["filename"], "hashSha256": asset.sha256}
    return orjson.dumps([said], option=orjson.OPT_SORT_KEYS)


def attach_body(asset: Asset, attributes: Attributes) -> bytes:
    """Say which file it is that was put there."""
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
    """Give a title in ASCII; `None` where it is that already.

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
    """Give the id by which a file is known here: its book's and its own."""
    return f"{book}/{file}"


def book_id(id_: str) -> str:
    """Give the book's part of an id."""
    return id_.partition("/")[0]


def file_id(id_: str) -> str:
    """Give the file's own part of an id."""
    return id_.partition("/")[2]


# ── from the service ──
@dataclass(frozen=True, slots=True)
class ShownFile:
    """One file of a book, as an answer shows it."""

    id: str
    role: str
    filename: str | None
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
    """As the service has it, `draft`; empty where it tells none."""
    files: tuple[ShownFile, ...] = ()
    """As listed."""
    chapters: tuple[tuple[str | None, str | None, str | None], ...] = ()
    """Title, title in ASCII, and the file's own id, by number; a number that is left out has none of them."""

    @property
    def book(self) -> Observed:
        """The book itself."""
        return Observed(self.id, self.key, self.attributes)

    @property
    def contents(self) -> Observed:
        """Its chapters."""
        columns: tuple[tuple[str | None, ...], ...] = tuple(zip(*self.chapters, strict=True)) or ((), (), ())
        files = tuple(None if file is None else composite(self.id, file) for file in columns[2])
        return Observed(self.id, self.key, {"book": self.id, "titles": columns[0], "ascii_titles": columns[1], "files": files})

    @property
    def publication(self) -> Observed:
        """Whether it is on its way to the stores; not told where the service uses a word that nobody knows."""
        told: dict[str, Value] = {"book": self.id}
        if self.status in LIVE | NOT_LIVE:
            told["published"] = self.status in LIVE
        return Observed(self.id, self.key, told)

    def file(self, file: ShownFile, key: str) -> Observed:
        """Give one of its files, known here by a key that the service does not keep."""
        told: dict[str, Value] = {"book": self.id, "role": file.role}
        if file.filename is not None:
            told["filename"] = file.filename
        if file.sha256 is not None:
            told["file"] = Asset("", sha256=file.sha256)
        return Observed(composite(self.id, file.id), key, told)

    @property
    def idle(self) -> tuple[ShownFile, ...]:
        """Its audio files that are no chapter's."""
        used = {file for _, _, file in self.chapters}
        return tuple(file for file in self.files if file.role == "audio_content" and file.id not in used)


def new_id(document: object) -> str | None:
    """Give the id in the answer to a create, which two pages show differently; `None` where there is none."""
    whole = document if isinstance(document, Mapping) else {}
    data = whole.get("data")
    found = data.get("id") if isinstance(data, Mapping) else whole.get("bookId")
    return found if isinstance(found, str) and found else None


def from_store(document: object) -> Shown:
    """Read one book.

    Raises:  ValueError or TypeError when it is not what the documents promise.
    """
    data = _mapping(_mapping(document, "is no object").get("data"), "has no data")
    id_, row = data.get("id"), _mapping(data.get("attributes"), "has a book without attributes")
    if not isinstance(id_, str) or not id_:
        message = "has a book without an id"
        raise ValueError(message)
    key, status = row.get("externalId"), row.get("status")
    return Shown(
        id=id_,
        key=key if isinstance(key, str) else "",
        attributes=dict(_attributes(row)),
        status=status if isinstance(status, str) else "",
        files=tuple(_files(row.get("files"))),
        chapters=_chapters(row.get("chapters")),
    )


def _mapping(value: object, otherwise: str) -> Row:
    if isinstance(value, Mapping):
        return value
    raise TypeError(otherwise)


def _attributes(row: Row) -> Iterator[tuple[str, Value]]:
    # What an answer leaves out altogether it does not tell; that is not the same as telling that there is none.
    for name, theirs in _NAMES.items():
        if theirs in row:
            yield name, _READERS.get(name, _text)(row[theirs])
    kind = row.get("format")
    if not isinstance(kind, str):
        return
    yield "format", kind
    details = row.get(_GROUPS.get(kind, ""))
    for name, theirs in DETAILS.get(kind, {}).items():
        if isinstance(details, Mapping):
            value = details.get(theirs)
            yield name, value if isinstance(value, str | int) else None
        elif _GROUPS[kind] in row:
            yield name, None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _terms(value: object) -> tuple[str, ...]:
    listed = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    return tuple(sorted({str(item) for item in listed}))


def _day(value: object) -> date | None:
    if not isinstance(value, str):
        return None
    try:
        return date.fromisoformat(value[:10])
    except ValueError as failure:
        message = f"has {value!r} for a publicationDate"
        raise ValueError(message) from failure


def _people(value: object) -> tuple[str, ...]:
    rows = [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []
    return tuple(person(*(str(row.get(name) or "") for name in ("firstName", "lastName", "role"))) for row in rows)


def _prices(value: object) -> dict[str, Scalar]:
    prices: dict[str, Scalar] = {}
    for row in value if isinstance(value, list) else []:
        currency = row.get("currency") if isinstance(row, Mapping) else None
        if not isinstance(currency, str):
            message = "has a price without a currency"
            raise TypeError(message)
        prices[currency] = _amount(currency, row.get("price"))
    return prices


def _amount(currency: str, told: object) -> Decimal:
    message = f"has a price in {currency} that is no number"
    text = str(told)
    if len(text) > LONGEST_TEXT:
        raise ValueError(message)
    try:
        amount = Decimal(text)
    except InvalidOperation as failure:
        raise ValueError(message) from failure
    # Written out, what is beyond all money takes as many digits as its exponent says.
    if not amount.is_finite() or not -MOST_DIGITS < amount.adjusted() < MOST_DIGITS:
        raise ValueError(message)
    return amount


_READERS: Final[Mapping[str, Callable[[object], Value]]] = {
    "language": _terms,
    "contributor": _people,
    "category": _terms,
    "keyword": _terms,
    "sale_territory": _terms,
    "publication_date": _day,
    "price": _prices,
    "final_version": bool,
}
"""How each attribute is read that is no text."""


def _files(value: object) -> Iterator[ShownFile]:
    for row in value if isinstance(value, list) else []:
        file = _mapping(row, "has a file that is no object")
        id_, role = file.get("id"), file.get("role")
        if not isinstance(id_, str) or not isinstance(role, str):
            message = "has a file without an id or a role"
            raise TypeError(message)
        told = _text(file.get("hashSha256"))
        yield ShownFile(id_, role, _text(file.get("filename")), told.lower() if told else None)


def _chapters(value: object) -> tuple[tuple[str | None, str | None, str | None], ...]:
    """Read chapters by their number; those with a number before the first one stand at the end, where nothing of ours can be."""
    rows: dict[int, tuple[str | None, str | None, str | None]] = {}
    for row in value if isinstance(value, list) else []:
        chapter = _mapping(row, "has a chapter that is no object")
        sequence = chapter.get("sequence")
        if not isinstance(sequence, int) or isinstance(sequence, bool):
            message = "has a chapter without a sequence"
            raise TypeError(message)
        if abs(sequence) > MOST_CHAPTERS:
            message = f"has a chapter with the number {sequence}"
            raise ValueError(message)
        rows[sequence] = (_text(chapter.get("title")), _text(chapter.get("titleAscii")), _text(chapter.get("fileId")))
    last = max(rows, default=FIRST_SEQUENCE - 1)
    return (
        *(rows.get(sequence, (None, None, None)) for sequence in range(FIRST_SEQUENCE, last + 1)),
        *(rows[sequence] for sequence in _before_first(rows)),
    )


def _before_first(sequences: Iterable[int]) -> list[int]:
    return sorted(sequence for sequence in sequences if sequence < FIRST_SEQUENCE)
