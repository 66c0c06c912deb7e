"""Texts of a feed as HTML that a title file can have: the content is believed, whatever `textformat` says of it."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Final

from lxml import etree

from catalogctl.model.diagnostics import Diagnostic, note
from catalogctl.onix.record import local_name
from catalogctl.onix.text import has_tags

_KEPT: Final = frozenset("p br em strong b i ul ol li dl dt dd h1 h2 h3 h4 h5 h6 blockquote a sub sup".split())
_VOID: Final = frozenset({"br"})
_WITHOUT_TEXT: Final = frozenset({"script", "style", "head", "title", "iframe", "object", "svg", "math"})
"""Elements whose content is no text either."""
_TAG: Final = re.compile(r"<(?P<end>/?)(?P<name>[A-Za-z][A-Za-z0-9]*)(?P<rest>[^<>]*)>")
_PLAIN_LINK: Final = re.compile(r'\s+href="https?://[^"<>\s]*"\s*')
_LINK: Final = re.compile(r"https?://[^\s\"<>]+", re.IGNORECASE)
_DEEPEST: Final = 200


@dataclass(frozen=True, slots=True)
class ReadText:
    """A text, and what was left out of it."""

    text: str
    problem: Diagnostic | None = None


def as_html(element: etree._Element) -> ReadText:
    """Return the text of an element: HTML where it has tags, plain text otherwise."""
    whole = _markup(element, 0) if len(element) else element.text or ""
    if "&lt;" in whole and not has_tags(whole) and has_tags(html.unescape(whole)):
        whole = html.unescape(whole)
    whole = _without_controls(whole).strip()
    if not has_tags(whole) and "<!--" not in whole:
        return ReadText(whole)
    if all(_is_kept(tag) for tag in _TAG.finditer(whole)) and "<!" not in whole and "<?" not in whole:
        return ReadText(whole)
    cleaner = _Cleaner()
    cleaner.feed(whole)
    cleaner.close()
    problem = None
    if cleaner.dropped:
        names = ", ".join(f"<{name}>" for name in sorted(cleaner.dropped)[:6])
        detail = f"<{local_name(element)}> has markup that no description has ({names}). It is left out, and its text is kept."
        problem = note("onix-text-reduced", "Markup that is left out", detail)
    return ReadText(cleaner.text().strip(), problem)


def _markup(element: etree._Element, depth: int) -> str:
    """Write what is in an element of XHTML, without namespaces."""
    parts = [html.escape(element.text or "", quote=False)]
    for child in element:
        name = local_name(child)
        inner = _markup(child, depth + 1) if depth < _DEEPEST else "".join(map(str, child.itertext()))
        link = f' href="{html.escape(child.get("href") or "")}"' if name == "a" and child.get("href") else ""
        parts.append(f"<{name}{link}/>" if name in _VOID else f"<{name}{link}>{inner}</{name}>")
        parts.append(html.escape(child.tail or "", quote=False))
    return "".join(parts)


def _without_controls(text: str) -> str:
    return "".join(sign for sign in text.replace("\r\n", "\n").replace("\r", "\n") if sign in "\n\t" or sign >= " ")


def _is_kept(tag: re.Match[str]) -> bool:
    rest = tag["rest"].strip().rstrip("/").strip()
    return tag["name"].lower() in _KEPT and (not rest or (tag["name"].lower() == "a" and _PLAIN_LINK.fullmatch(f" {rest}") is not None))


class _Cleaner(HTMLParser):
    """Writes a text again with the tags that descriptions have."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.dropped: set[str] = set()
        self._parts: list[str] = []
        self._open: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _WITHOUT_TEXT:
            self._silent += 1
            self.dropped.add(tag)
        elif tag not in _KEPT:
            self.dropped.add(tag)
            if tag == "div":
                self._parts.append("\n")
        else:
            link = (
                next((value for name, value in attrs if name == "href" and value and _LINK.fullmatch(value)), None) if tag == "a" else None
            )
            if len(attrs) > (link is not None):
                self.dropped.add(tag)
            self._parts.append(f'<{tag} href="{html.escape(link)}">' if link else f"<{tag}/>" if tag in _VOID else f"<{tag}>")
            if tag not in _VOID:
                self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in _WITHOUT_TEXT:
            self._silent = max(0, self._silent - 1)
        elif tag in self._open:
            while self._open:
                last = self._open.pop()
                self._parts.append(f"</{last}>")
                if last == tag:
                    break

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._parts.append(html.escape(data, quote=False))

    def handle_comment(self, data: str) -> None:
        del data
        self.dropped.add("!--")

    def text(self) -> str:
        """Return what was written, with all that is open closed."""
        return "".join(self._parts) + "".join(f"</{tag}>" for tag in reversed(self._open))
