"""A description as readers see it: the text of its HTML, with paragraphs and lists and nothing that could act."""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser
from typing import Final

_BLOCKS: Final = frozenset(
    "address article aside blockquote center dd details div dl dt fieldset figure footer h1 h2 h3 h4 h5 h6 header hr main nav ol p pre "
    "section table tr ul".split()
)
"""Elements that begin and end on a line of their own."""
_CELLS: Final = frozenset({"td", "th"})
_NO_PROSE: Final = frozenset({"script", "style", "iframe", "object", "embed", "form", "input", "svg", "math", "template", "noscript"})
"""Elements that have no place in a description: they are shown as they are written."""
_HARMLESS: Final = ("http://", "https://", "mailto:")
_BLANKS = re.compile(r"[ \t\r\n\f]+")
_GAP = re.compile(r"\n{3,}")


def as_read(text: str) -> str:
    """Reduce HTML to what is read of it.

    Shapes:  paragraphs are separated by an empty line, items of lists begin with a bullet, and images are shown by their text. Where a link
             leads is behind it in brackets. A script, the end of what never began, and all else that a description should not have
             are left as they are written, to be seen. Text without any markup keeps its lines.
    Raises:  nothing: broken markup is text.
    """
    if "<" not in text and "&" not in text:
        return text.strip()
    reader = _Reader()
    try:
        reader.feed(text)
        reader.close()
    except AssertionError:  # what the library has for a section that it has no word for: `<![b[`
        return text.strip()
    return reader.text()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._parts: list[str] = []
        self._links: list[str] = []
        self._open: Counter[str] = Counter()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open[tag] += 1
        said = {name: value or "" for name, value in attrs}
        if tag in _NO_PROSE or any(name.startswith("on") for name in said):
            self._parts.append(self.get_starttag_text() or "")
        if tag == "br":
            self._break(1)
        elif tag == "li":
            self._break(1)
            self._parts.append("• ")
        elif tag in _BLOCKS:
            self._break(2)
        elif tag in _CELLS:
            self._parts.append("  ")
        elif tag == "img":
            self._parts.append(f"[image: {said.get('alt') or said.get('src') or 'without a text'}]")
        elif tag == "a":
            self._links.append(said.get("href", ""))

    def handle_endtag(self, tag: str) -> None:
        if not self._open[tag]:  # the end of nothing is no markup
            self._parts.append(f"</{tag}>")
            return
        self._open[tag] -= 1
        if tag in _NO_PROSE:
            self._parts.append(f"</{tag}>")
        if tag in _BLOCKS:
            self._break(2)
        elif tag == "li":
            self._break(1)
        elif tag == "a" and self._links:
            target = self._links.pop()
            if target:
                self._parts.append(f" [{target}]" if target.lower().startswith(_HARMLESS) else f" [leads to {target}]")

    def handle_data(self, data: str) -> None:
        shown = _BLANKS.sub(" ", data)
        begins_line = not self._parts or self._parts[-1].endswith(("\n", " "))
        self._parts.append(shown.lstrip(" ") if begins_line else shown)

    def handle_comment(self, data: str) -> None:
        self._parts.append(f"<!--{data}-->")

    def handle_decl(self, decl: str) -> None:
        self._parts.append(f"<!{decl}>")

    def handle_pi(self, data: str) -> None:
        self._parts.append(f"<?{data}>")

    def unknown_decl(self, data: str) -> None:
        self._parts.append(f"<![{data}]>")

    def _break(self, lines: int) -> None:
        """End the line, unless that many have just been ended."""
        if not self._parts:
            return
        self._parts[-1] = self._parts[-1].rstrip(" ")
        there = 0
        for part in reversed(self._parts):
            there += len(part) - len(part.rstrip("\n"))
            if part.strip("\n"):
                break
        self._parts.append("\n" * max(0, lines - there))

    def text(self) -> str:
        return _GAP.sub("\n\n", "".join(self._parts)).strip()
