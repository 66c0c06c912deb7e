"""The parts of a person's name, for stores that ask for a first and a last name."""

from __future__ import annotations

import re
from typing import Final

_WORD: Final = re.compile(r"\S+")
_SUFFIXES: Final = frozenset("jr sr junior senior ii iii iv phd md esq filho neto júnior hijo".split())
"""What follows a name and is not the name, in lower case and without points; it stays with the last name."""


def name_parts(name: str, first_name: str = "", last_name: str = "") -> tuple[str, str]:
    """Return the first and the last name of a person.

    A name is cut between words only. What is declared (`first_name`, `last_name`) is taken as it is, and the rest of the name is the
    other part; of words that are in the name more than once, a first name takes the first and a last name the last. Without either, the
    last word is the last name, together with a suffix behind it; `Hay, Louise` is read as the inverted name that it looks like.

    Shapes:  a name of one word is a last name. No part has blanks at its ends, and Unicode's other blanks are blanks, too.
    """
    name, first_name, last_name = name.strip(), first_name.strip(), last_name.strip()
    if first_name and last_name:
        return first_name, last_name
    if last_name:
        places = _places(name, last_name)
        return _without(name, places[-1]) if places else name, last_name
    if first_name:
        places = _places(name, first_name)
        return first_name, _without(name, places[0]) if places else name
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
    return bool(_places(name, part))


def _without(name: str, place: tuple[int, int]) -> str:
    """Return what is left of a name without the words at a place."""
    start, end = place
    return " ".join(rest for rest in (name[:start].strip(" ,"), name[end:].strip(" ,")) if rest).strip()


def _places(name: str, part: str) -> list[tuple[int, int]]:
    """Return where the words of a part are in a name, in their order."""
    words, wanted = list(_WORD.finditer(name)), part.split()
    runs = [words[start : start + len(wanted)] for start in range(len(words) - len(wanted) + 1)] if wanted else []
    found = [run for run in runs if all(_same(word.group(), want) for word, want in zip(run, wanted, strict=True))]
    return [(run[0].start(), run[-1].end()) for run in found]


def _same(word: str, wanted: str) -> bool:
    return word == wanted or word.rstrip(",") == wanted
