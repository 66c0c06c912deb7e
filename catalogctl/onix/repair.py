"""What is mended in the characters of a feed before a parser sees them, so that it sees no entity and no document type at all.

    entity of HTML          → its character           a feed without a DTD has no such names
    control character       → nothing                 XML has none of them
    <!DOCTYPE …>            → its line breaks         nothing is declared, loaded or expanded
    the XML declaration     → its line breaks         the text is decoded already

Lines stay where they are.
"""

from __future__ import annotations

import re
from enum import Enum, auto
from html.entities import html5
from typing import Final
from xml.sax.saxutils import escape

from catalogctl.model.diagnostics import error, note, warning
from catalogctl.onix.findings import Findings

_CONTROL: Final = "\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff"
_CONTROLS: Final = re.compile(f"[{_CONTROL}]")
_BODY: Final = re.compile(rf"[{_CONTROL}]|&(?!(?:amp|lt|gt|quot|apos);)|<!--|<!\[CDATA\[|<\?")
_PROLOG: Final = re.compile(rf"{_BODY.pattern}|<!DOCTYPE|<(?P<root>[A-Za-z_][\w.:-]*)(?=[\s/>])")
_ENTITY: Final = re.compile(r"&(?:#(?P<decimal>[0-9]{1,8})|#[xX](?P<hex>[0-9A-Fa-f]{1,7})|(?P<name>[A-Za-z][A-Za-z0-9]{0,40}));")
_IN_DOCTYPE: Final = re.compile(r"[\[\]>\"']|<!--")
_LONGEST_TOKEN: Final = 64
_LONGEST_DOCTYPE: Final = 1 << 20
_ALLOWED_CONTROLS: Final = {0x9, 0xA, 0xD}


class _State(Enum):
    TEXT = auto()
    COMMENT = auto()
    CDATA = auto()
    INSTRUCTION = auto()
    DECLARATION = auto()
    DOCTYPE = auto()


_ENDS: Final = {_State.COMMENT: "-->", _State.CDATA: "]]>", _State.INSTRUCTION: "?>", _State.DECLARATION: "?>"}


class Repair:
    """Mends a text that comes by pieces, and tells of what it mended."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._held = ""
        self._state = _State.TEXT
        self._line = 1
        """Of the first character held."""
        self._counted = (0, 1)
        """A place in what is held, and its line."""
        self.root: str | None = None
        """The name of the first element, once it was seen."""
        self._doctype = (0, "", 0)
        """How deep in brackets, within which quote, and how many characters so far."""

    def feed(self, text: str, *, final: bool = False) -> str:
        """Return what is certain by now of the text so far."""
        self._held += text
        self._counted = (0, self._line)
        limit = len(self._held) if final else self._limit()
        out: list[str] = []
        at = 0
        while at < limit:
            at = self._text(at, limit, out) if self._state is _State.TEXT else self._inside(at, limit, out)
        self._line = self._line_at(at)
        self._held = self._held[at:]
        return "".join(out)

    def _limit(self) -> int:
        """Return the place from which on more text may change what is meant."""
        start = max(0, len(self._held) - _LONGEST_TOKEN)
        if self._state in _ENDS or self._state is _State.DOCTYPE:
            return max(0, len(self._held) - len("<!--"))
        last = max(self._held.rfind("<", start), self._held.rfind("&", start))
        return len(self._held) if last < 0 else last

    def _line_at(self, place: int) -> int:
        at, line = self._counted
        self._counted = (place, line + self._held.count("\n", at, place))
        return self._counted[1]

    def _text(self, at: int, limit: int, out: list[str]) -> int:
        found = (_BODY if self.root else _PROLOG).search(self._held, at)
        if found is None or found.start() >= limit:
            out.append(self._held[at:limit])
            return limit
        out.append(self._held[at : found.start()])
        token = found.group()
        match token:
            case "<!--":
                self._state = _State.COMMENT
            case "<![CDATA[":
                self._state = _State.CDATA
            case "<?":
                self._state = (
                    _State.DECLARATION if self._held.startswith(("<?xml ", "<?xml\t", "<?xml\n"), found.start()) else _State.INSTRUCTION
                )
                if self._state is _State.DECLARATION:
                    return found.end()
            case "<!DOCTYPE":
                self._state = _State.DOCTYPE
                self._doctype = (0, "", 0)
                return found.end()
            case "&":
                return self._entity(found.start(), out)
            case _ if token.startswith("<"):
                self.root = found["root"]
            case _:
                self._control(found.start(), token)
                return found.end()
        out.append(token)
        return found.end()

    def _control(self, place: int, sign: str) -> None:
        detail = f"The character U+{ord(sign):04X} is none that XML has. It is left out."
        item = warning(
            "onix-control-character", "A control character", detail, "Delete it; it often comes from a database or a word processor."
        )
        self._findings.add(item, self._line_at(place), sign)

    def _entity(self, place: int, out: list[str]) -> int:
        found = _ENTITY.match(self._held, place)
        line = self._line_at(place)
        if found is None:
            detail = "An `&` begins the name of a character, and here none follows. Other readers stop at this place."
            self._findings.add(error("onix-entity", "A bare ampersand", detail, "Write &amp;"), line, "&")
            out.append("&amp;")
            return place + 1
        if found["name"] is None:
            number = int(found["decimal"]) if found["decimal"] else int(found["hex"], 16)
            is_text = (number >= 0x20 or number in _ALLOWED_CONTROLS) and not 0xD800 <= number <= 0xDFFF and number <= 0x10FFFF
            if is_text and number not in {0xFFFE, 0xFFFF}:
                out.append(found.group())
            else:
                detail = f"`{found.group()}` stands for a character that XML does not have. It is left out."
                self._findings.add(warning("onix-control-character", "A control character", detail, "Delete it."), line, found.group())
            return found.end()
        character = html5.get(f"{found['name']};")
        if character is None:
            detail = f"The entity `{found.group()}` is declared nowhere that is read: what a document type declares is never loaded."
            self._findings.add(error("onix-entity", "An unknown entity", detail, "Write the character itself."), line, found.group())
            out.append("\ufffd")
            return found.end()
        detail = f"`{found.group()}` is a name of HTML, and XML does not have it. It is read as {character}"
        self._findings.add(warning("onix-entity", "An entity of HTML", detail, "Write the character itself."), line, found.group())
        out.append(escape(character))
        return found.end()

    def _inside(self, at: int, limit: int, out: list[str]) -> int:
        if self._state is _State.DOCTYPE:
            return self._in_doctype(at, limit, out)
        mark = _ENDS[self._state]
        end = self._held.find(mark, at)
        is_over = end >= 0
        stop = end + len(mark) if is_over else limit
        inner = self._held[at:stop]
        if self._state is _State.DECLARATION:
            inner = "\n" * inner.count("\n")
        else:
            for wrong in _CONTROLS.finditer(inner):
                self._control(at + wrong.start(), wrong.group())
            inner = _CONTROLS.sub("", inner)
        out.append(inner)
        if is_over:
            self._state = _State.TEXT
        return stop

    def _in_doctype(self, at: int, limit: int, out: list[str]) -> int:
        """Pass over a document type, or what is there of it, and keep its line breaks."""
        depth, quote, size = self._doctype
        start = at
        while at < limit and self._state is _State.DOCTYPE:
            if quote:
                end = self._held.find(quote, at)
                at, quote = (limit, quote) if end < 0 or end >= limit else (end + len(quote), "")
                continue
            found = _IN_DOCTYPE.search(self._held, at)
            if found is None or found.start() >= limit:
                at = limit
                break
            at = found.end()
            match found.group():
                case "[":
                    if not depth:
                        detail = "The document type declares names of its own. None of them is read, and no entity is expanded."
                        item = note("onix-doctype", "A document type with declarations", detail)
                        self._findings.add(item, self._line_at(found.start()), "<!DOCTYPE")
                    depth += 1
                case "]":
                    depth -= 1
                case ">":
                    self._state = _State.TEXT if depth <= 0 else self._state
                case "<!--":
                    quote = "-->"
                case mark:
                    quote = mark
        size += at - start
        out.append("\n" * self._held.count("\n", start, at))
        if size > _LONGEST_DOCTYPE and self._state is _State.DOCTYPE:
            detail = f"The document type has more than {_LONGEST_DOCTYPE:,} characters."
            self._findings.add(error("onix-doctype", "A document type without end", detail, "Delete it."), self._line_at(at))
            self._state = _State.TEXT
        self._doctype = (depth, quote, size)
        return at
