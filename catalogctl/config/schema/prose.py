"""What is wrong with texts that people wrote, and no code can be wrong about: letters of another encoding, and HTML that is open."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from typing import Any, Final

from catalogctl.config.schema.problem import Problem
from catalogctl.config.syntax.scalars import shown
from catalogctl.config.syntax.source import Part
from catalogctl.model.diagnostics import Pointer, Severity

_REST: Final = "\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u2026\u2030\u2039\u203a\u20ac\u2122"
"""The second and later bytes of a letter in UTF-8, read as Latin-1 or as Windows-1252."""
_MOJIBAKE: Final = re.compile(f"[\u00c2-\u00df][{_REST}]|[\u00e0-\u00ef][{_REST}]{{2}}|[\u00f0-\u00f4][{_REST}]{{3}}")
_AMBIGUOUS: Final = frozenset("»«”“’‘…–—ºª° \u00a0")
"""Signs that may be behind a capital letter with an accent: `«AMANHÃ»`."""

_VOID: Final = frozenset("area base br col embed hr img input link meta source track wbr".split())
_MAY_STAY_OPEN: Final = frozenset("p li dt dd tr td th thead tbody tfoot option colgroup rt rp html head body".split())
"""Elements whose end tag HTML lets writers leave out."""
_CLOSED: Final = frozenset(
    (
        "a abbr acronym address article aside b bdi bdo big blockquote caption center cite code del details dfn div dl em figcaption "
        "figure font footer h1 h2 h3 h4 h5 h6 header i ins kbd main mark nav ol pre q ruby s samp section small span strike strong sub "
        "summary sup table time tt u ul var"
    ).split()
)
_NO_TEXT: Final = frozenset(
    (
        "applet audio button canvas datalist dialog fieldset form frame frameset iframe label legend map math menu meter noscript object "
        "output picture progress script select slot style svg template textarea title video"
    ).split()
)
"""Elements of HTML that no description has."""
_NESTED: Final = 200


def prose_problems(data: Mapping[str, Any], here: Pointer) -> Iterator[Problem]:
    """Warn of texts of a title or an edition that were read with the wrong encoding, and of HTML in a description that is not whole."""
    for name, value in data.items():
        if isinstance(value, str):
            yield from _encoding(value, (*here, name))
    text = data.get("description")
    if isinstance(text, str) and "<" in text and (wrong := _html(text)):
        summary = "HTML that is not whole"
        hint = "Correct the tag. A < that begins no tag is written &lt;"
        yield Problem((*here, "description"), Part.VALUE, "html-open", summary, wrong, hint, Severity.WARNING)


def _encoding(text: str, pointer: Pointer) -> Iterator[Problem]:
    found = [(spoilt, letter) for spoilt in _MOJIBAKE.finditer(text) if (letter := _letter(spoilt[0]))]
    clear = next(((spoilt[0], letter) for spoilt, letter in found if _is_clear(spoilt)), None)
    if clear is not None:
        word = next(word for word in text.split() if clear[0] in word)
        detail = f"`{shown(clear[0])}` is what becomes of {clear[1]} where UTF-8 is read as Latin-1."
        hint = f"Write {_MOJIBAKE.sub(lambda one: _letter(one[0]) or one[0], word)}\nThen look for others in this text."
        yield Problem(pointer, Part.VALUE, "mojibake", "Letters of another encoding", detail, hint, Severity.WARNING)


def _is_clear(spoilt: re.Match[str]) -> bool:
    """Return whether signs are no capital letter with a sign behind it: a small letter is beside them, or no such sign does."""
    beside = f"{spoilt.string[: spoilt.start()][-1:]}{spoilt.string[spoilt.end() :][:1]}"
    return len(spoilt[0]) > 2 or spoilt[0][1] not in _AMBIGUOUS or any(letter.islower() for letter in beside)


def _letter(spoilt: str) -> str:
    """Return the character whose bytes were read one by one; empty where they are none."""
    try:
        return b"".join(_byte(one) for one in spoilt).decode("utf-8")
    except ValueError:
        return ""


def _byte(sign: str) -> bytes:
    try:
        return sign.encode("cp1252")
    except UnicodeEncodeError:
        return sign.encode("latin-1")


class _Tags(HTMLParser):
    """Keeps what is open, and the first mistake."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong = ""

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002 -- the parser's interface
        if tag in _NO_TEXT:
            self.wrong = self.wrong or f"`<{tag}>` has no place in a description: stores leave it out, or show it as text."
        elif tag not in _CLOSED | _MAY_STAY_OPEN | _VOID:
            self.wrong = self.wrong or f"`<{shown(tag)}>` is no element of HTML."
        elif tag in _CLOSED and len(self.open) < _NESTED:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.open:
            inner = self.open.pop()
            if inner != tag:
                self.wrong = self.wrong or f"`<{inner}>` is not closed before `</{tag}>`."
                while self.open and self.open.pop() != tag:
                    pass
        elif tag in _CLOSED:
            self.wrong = self.wrong or f"`</{tag}>` closes nothing."


_TAG: Final = re.compile(r'<(?P<end>/?)(?P<name>[a-z][a-z0-9]*)(?:\s+[a-z-]+="[^"<>&]*")*\s*/?>')


def _is_whole(text: str) -> bool:
    """Return whether the tags of a text are all plain and closed in order: of nearly all descriptions this is known without a parser."""
    inside: list[str] = []
    count = 0
    for found in _TAG.finditer(text):
        count += 1
        name = found["name"]
        if name not in _CLOSED:
            if name not in _MAY_STAY_OPEN and name not in _VOID:
                return False
        elif not found["end"]:
            inside.append(name)
        elif not inside or inside.pop() != name:
            return False
    return not inside and count == text.count("<")


def _html(text: str) -> str:
    """Return the first thing that is wrong with a text's tags, as a sentence; empty where nothing is."""
    if _is_whole(text):
        return ""
    tags = _Tags()
    tags.feed(text)
    tags.close()
    return tags.wrong or (f"`<{tags.open[-1]}>` is never closed." if tags.open else "")
