"""Judge whether what is beside a list says that the list is longer than what it shows, whatever word it says so with.

Documents rarely say what is in an envelope, and services change it. Names are compared word by word, so that `hasMore`, `has_more` and
`has-more` are one. What says that there is more is never passed over; the size of a page says something only where nothing else does.
Source:  PRODUCT.md 5.10.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Final

_MORE: Final = frozenset("more next after continuation continue following remaining truncated incomplete partial left".split())
"""A field with one of these words says something only where there is more: a link, a cursor, a number or `true`."""
_END: Final = frozenset("complete end done final exhausted last".split())
"""One with one of these says `false` where there is more."""
_CURSOR: Final = frozenset({"cursor", "token"})
_BEHIND: Final = frozenset("prev previous self current start end before first".split())
"""A cursor with one of these leads to nothing further."""
_SIZE: Final = frozenset("per limit size max maximum capacity pagesize perpage".split())
"""How much a page may hold."""
_PAGE: Final = frozenset({"page", "pages", "last"})
"""How many pages there are, or which of them this is."""
_START: Final = frozenset({"offset", "skip", "start", "from", "index"})
"""Where in the list it begins."""
_PLACE: Final = frozenset({"to", "current", "number", "first", "prev", "previous", "self"})
_COUNT: Final = frozenset("total totals count counts found hits matches items results records elements entries rows objects all".split())
"""How many rows there are."""
_ENVELOPE: Final = re.compile(r"pag|cursor|links?$")
"""Names of the objects that are about the list and nothing else; a number in one of them counts rows unless its name says otherwise."""
_ABOUT: Final = re.compile(r"meta|info|envelope")
"""Names of the objects that may be about the list."""
_WORD: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_PAGE_IN_ADDRESS: Final = re.compile(r"[?&]page(?:%5B\w+%5D|\[\w+\])?=(\d+)", re.IGNORECASE)
_COUNTED: Final = re.compile(
    r"(\d{1,18})(?:\.0+)?(?:\s+(?:entries|files|hits|items|matches|objects|pages|products|records|results|rows))?", re.IGNORECASE | re.ASCII
)
"""A whole number as text may have it: `12`, `12.0`, `12 files`."""
_OUT_OF: Final = re.compile(
    r"(?:[a-z]+\s+)?(\d{1,18})(\s*(?:-|\u2013|\.\.|to)\s*\d{1,18})?\s*(?:/|of|out of)\s*(\d{1,18})\b(?!\s*[/.:-]\d)",
    re.IGNORECASE | re.ASCII,
)
"""A part of a whole: `1/2`, `page 1 of 2`, `1-20 of 43`."""
_NOTHING: Final = frozenset({"", "false", "no", "null", "none", "0"})


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    words: frozenset[str]
    value: object
    inside: bool
    """Whether it is in an object that is about the list and nothing else."""

    @property
    def number(self) -> int | None:
        """Its value as a whole number; `None` where it is none."""
        if isinstance(self.value, bool) or not isinstance(self.value, str | int | float | Decimal):
            return None
        found = _COUNTED.fullmatch(str(self.value))
        return None if found is None else int(found[1])

    def is_part(self, shown: int) -> bool:
        """Return whether its value is a text that says that the `shown` rows, or this page, are a part of more."""
        found = _OUT_OF.match(self.value.strip()) if isinstance(self.value, str) else None
        if found is None:
            return False
        place, reach, whole = found.groups()
        return int(whole) > shown or (reach is None and int(place) < int(whole))

    @property
    def is_set(self) -> bool:
        """Return whether it has a value that is not empty, zero or false."""
        return self.value.casefold() not in _NOTHING if isinstance(self.value, str) else bool(self.value)


def says_more(envelope: Mapping[str, object], shown: int, headers: Mapping[str, str] = MappingProxyType({})) -> str | None:
    """Return the field that says that there are more than the `shown` rows; `None` where nothing says so.

    Shapes:  `envelope` is the answer without its rows; `headers` are the answer's, with names in lower case.
    """
    if 'rel="next"' in headers.get("link", "").replace("'", '"') or "rel=next" in headers.get("link", ""):
        return "link"
    counted = [_Field(name, _words(name), value, inside=False) for name, value in headers.items() if "total" in name]
    fields = [*_fields(envelope, inside=False), *counted]
    ended = any({"more", "next"} & one.words and one.value is False for one in fields)
    for one in fields:
        if _is_more(one, shown, ended=ended):
            return one.name
    full = [one for one in fields if _SIZE & one.words and one.number is not None and 0 < one.number <= shown]
    telling = [one for one in fields if ((one.words & (_MORE | _END | _COUNT)) and not one.words & _SIZE) or one.words & {"pages"}]
    return full[0].name if full and not telling else None


def says_more_follows(answer: object, headers: Mapping[str, str], besides: Collection[str]) -> str | None:
    """Return the field by which the answer that should be a list's last page says that another one follows; `None` where none does.

    Shapes:  `besides` names the fields that are read otherwise: the rows, and what is held against their number.
    """
    holder = answer if isinstance(answer, Mapping) else {}
    said = {name: value for name, value in holder.items() if name not in besides}
    return next((one.name for one in _fields(said, inside=False) if one.words & _MORE and one.is_set), says_more({}, 0, headers))


def _fields(holder: Mapping[str, object], *, inside: bool) -> Iterator[_Field]:
    for name, value in holder.items():
        words = _words(name)
        inner = bool(_ENVELOPE.search(name.casefold()))
        if isinstance(value, list) and not words & _MORE:
            yield from _listed(name, words, value, inside=inner or inside)
            continue
        if not isinstance(value, Mapping) or words & _MORE:
            yield _Field(name, words, value, inside)
        elif inside and isinstance(value.get("href"), str):
            yield _Field(name, words, value["href"], inside)
        elif inner or inside or _ABOUT.search(name.casefold()):
            yield from _fields(value, inside=inner or inside)


def _listed(name: str, words: frozenset[str], value: Sequence[object], *, inside: bool) -> Iterator[_Field]:
    """Return the links of a list by what they lead to, and a list of pages by its length."""
    for row in value:
        if isinstance(row, Mapping):
            leads_to = str(row.get("rel") or row.get("label") or "")
            yield _Field(f"{name}.{leads_to}", _words(leads_to), row.get("href") or row.get("url"), inside)
    if words & _PAGE:
        yield _Field(name, words, len(value), inside)


def _words(name: str) -> frozenset[str]:
    return frozenset(word.casefold() for word in _WORD.findall(name))


def _is_more(field: _Field, shown: int, *, ended: bool) -> bool:
    words, number = field.words, field.number
    if field.value is False:
        return bool(words & _END)
    if field.is_part(shown):
        return True
    if words & _MORE:
        return field.is_set
    if words & _CURSOR and not words & _BEHIND:
        return field.is_set and not ended
    if number is None:
        page = _PAGE_IN_ADDRESS.search(field.value) if isinstance(field.value, str) and words & {"last"} else None
        return page is not None and int(page[1]) > 1
    if words & _SIZE:
        return bool(words & {"page", "pages"}) and bool(words & {"max", "maximum"}) and not words & {"size", "per"} and number > 1
    if words & (_PAGE | _START):
        return number > 1
    if words & _COUNT:
        return number > shown
    return field.inside and not words & _PLACE and number > shown
