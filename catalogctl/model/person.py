"""The parts of a person's name, for stores that ask for a first and a last name."""

from __future__ import annotations

import re
from typing import Final

_WORD: Final = re.compile(r"\S+")
_SUFFIXES: Final = frozenset("jr sr junior senior ii iii iv phd md esq filho neto júnior hijo".split())
"""What follows a name and is not the name, in lower case and without points; it stays with the last name."""


def name_parts(name: str, first_name: str = "", last_name: str = "") -> tuple[str, str]:
    """Return the first and the last name of a person.

    A name is cut between words only, from its end. What is declared (`first_name`, `last_name`) is taken as it is, and the rest of the
    name is the other part. Without either, the last word is the last name, together with a suffix behind it; `Hay, Louise` is read as
    the inverted name that it looks like.

    Shapes:  a name of one word is a last name. No part has blanks at its ends, and Unicode's other blanks are blanks, too.
    """
    name, first_name, last_name = name.strip(), first_name.strip(), last_name.strip()
    if first_name and last_name:
        return first_name, last_name
    if last_name:
        return _without(name, last_name), last_name
    if first_name:
        return first_name, _without(name, first_name)
    before, comma, after = name.partition(",")
    if comma and before.strip() and after.strip():
        first, last = name_parts(before)
        return (first, f"{last} {after.strip()}") if is_suffix(after) else (after.strip(), before.strip())
    words = list(_WORD.finditer(name))
    cut = len(words) - 1
    while cut > 1 and is_suffix(words[cut].group()):
        cut -= 1
    return (name[: words[cut - 1].end()], name[words[cut].start() :]) if cut > 0 else ("", name)


def is_suffix(text: str) -> bool:
    """Return whether a text is what follows a name: `Jr.`, `III`, `PhD`."""
    return text.strip().replace(".", "").lower() in _SUFFIXES


def has_words(name: str, part: str) -> bool:
    """Return whether a part of a name is in it, as whole words next to each other."""
    return _place(name, part) is not None


def _without(name: str, part: str) -> str:
    """Return what is left of a name without some words of it, which are taken from its end where they are in it more than once."""
    place = _place(name, part)
    if place is None:
        return name
    start, end = place
    return " ".join(rest for rest in (name[:start].strip(" ,"), name[end:].strip(" ,")) if rest).strip()


def _place(name: str, part: str) -> tuple[int, int] | None:
    """Return where the words of a part are in a name; the last place where there are several."""
    words, wanted = list(_WORD.finditer(name)), part.split()
    if not wanted:
        return None
    for start in range(len(words) - len(wanted), -1, -1):
        found = words[start : start + len(wanted)]
        if all(_same(word.group(), want) for word, want in zip(found, wanted, strict=True)):
            return found[0].start(), found[-1].end()
    return None


def _same(word: str, wanted: str) -> bool:
    return word == wanted or word.rstrip(",") == wanted
