"""The closed sets and the forms of codes that the documents show."""

from __future__ import annotations

import re
from collections.abc import Mapping

FORMATS = ("ebook", "print", "audio")
COPYRIGHTS = ("SELF",)
CONTRIBUTOR_ROLES = ("Author", "Editor", "Narrated by")
NARRATOR = "Narrated by"
AUDIO_EDITIONS = ("UBR",)
BINDINGS = ("PAPERBACK",)
LAMINATES = ("GLOSS",)
INTERIOR_COLORS = ("B&W",)
PAPER_COLORS = ("CREAM",)

FILE_ROLES: Mapping[str, tuple[str, ...]] = {
    "ebook": ("ebook_content", "ebook_cover"),
    "print": ("pod_content", "pod_cover"),
    "audio": ("audio_content", "audio_cover"),
}


def file_roles(book_format: str, ebook_cover: str) -> tuple[str, ...]:
    """Return what the files of a book can be; `ebook_cover` is what the switch calls the cover of an e-book."""
    return tuple(ebook_cover if role == "ebook_cover" else role for role in FILE_ROLES[book_format])


AUDIO_CONTENT = "audio_content"
"""The one role of which a book has many files."""

BISAC = re.compile(r"[A-Z]{3}\d{6}")
CURRENCY = re.compile(r"[A-Z]{3}")
LANGUAGE = re.compile(r"[A-Za-z]{2}")
TERRITORIES = {"alpha_2": re.compile(r"ALL|[A-Z]{2}"), "alpha_3": re.compile(r"[A-Z]{3}")}
"""Switch → the words for where a book is sold."""
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
SHA256 = re.compile(r"[0-9a-fA-F]{64}")
UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_ISBN = re.compile(r"97[89]\d{10}")


def is_isbn(text: str) -> bool:
    """Return whether a text is an ISBN of thirteen digits with the right last one."""
    return _ISBN.fullmatch(text) is not None and text[12] == isbn_check_digit(text[:12])


def isbn_check_digit(stem: str) -> str:
    """Compute the last digit of an ISBN from its first twelve."""
    weighted = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(stem))
    return str(-weighted % 10)
