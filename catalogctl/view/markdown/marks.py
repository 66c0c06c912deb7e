"""Pieces of text → lines of Markdown, as different hosts show it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from catalogctl.view.paint.escape import comment, markdown_prose
from catalogctl.view.paint.style import Piece, Style, Tone

STYLE: Final = Style()
"""What is written into a file: UTF-8, no colours."""


class Markup(Enum):
    """What a host understands beside Markdown."""

    HTML = "some HTML: parts that unfold, and what is removed and added"
    NONE = "nothing: it would show HTML as text"


@dataclass(frozen=True, slots=True)
class Limit:
    """How much one comment of a host may hold, and how it is written."""

    bytes: int
    """Of UTF-8."""
    markup: Markup = Markup.HTML


LIMITS: Final[Mapping[str, Limit]] = {
    "github": Limit(65_000),
    "gitlab": Limit(990_000),
    "azure": Limit(148_000),
    "bitbucket": Limit(32_000, Markup.NONE),
}
"""By host, with room for a line or two of one's own. Source: hosts count characters, of which there are never more than bytes: GitHub
65,536; GitLab 1,000,000; Azure DevOps 150,000; Bitbucket Cloud 32,768, which shows HTML as text. Seen 2026-11."""

LEAST: Final = 2_000
"""Bytes below which no plan can be shown: its counts, its risks and its digest."""


_NAME_SHOWN = 60
_PADDING = re.compile(" {2,}")
_TAGS: Final = {Tone.ADDED: "ins", Tone.REMOVED: "del"}


def marker(name: str, markup: Markup) -> str:
    """Write a line that no one sees, by which a program finds the comment that it wrote before."""
    said = f"catalogctl:plan:{comment(name[:_NAME_SHOWN])}"
    return f"<!-- {said} -->\n" if markup is Markup.HTML else f"[//]: # ({said})\n"


def clipped(text: str, most: int) -> str:
    """Shorten a text to so many characters, with an ellipsis where something was cut."""
    return text if len(text) <= most else text[: most - 1].rstrip() + STYLE.ellipsis


def line(pieces: Iterable[Piece], markup: Markup, most: int) -> str:
    """Write pieces as one stretch of Markdown; of more than `most` characters the first."""
    written: list[str] = []
    left = most
    side = Tone.PLAIN
    for text, tone in pieces:
        if markup is Markup.HTML and tone in {Tone.ADDED_MARK, Tone.REMOVED_MARK}:
            continue
        if markup is Markup.HTML and tone in _TAGS and text in {"+ ", "- "}:
            side = tone  # of all that is on this line and has no tone of its own
            continue
        if markup is Markup.HTML and tone in _TAGS and not written:
            text = text.removeprefix("+ ").removeprefix("- ")  # noqa: PLW2901 -- the element says it
        shown = text[:left]
        left -= len(shown)
        written.append(_toned(shown, side if tone is Tone.PLAIN else tone, markup))
        if len(shown) < len(text):
            written.append(f"{STYLE.ellipsis} ({len(text) - len(shown):,} characters more)")
            break
    return _PADDING.sub(" ", "".join(written)).strip()


def fold(summary: str, body: Sequence[str], markup: Markup) -> str:
    """Write lines that unfold below their summary; where a host has no such thing, below a heading.

    Shapes:  `summary` is safe inside an HTML element; `body` are lines without line breaks. The last line is empty.
    """
    lines = "\n".join(body)
    if markup is Markup.HTML:
        return f"<details>\n<summary>{summary}</summary>\n\n{lines}\n\n</details>\n\n"
    return f"#### {summary}\n\n{lines}\n\n"


def strong(text: str, markup: Markup) -> str:
    """Write safe text in bold, inside an HTML element or not."""
    return f"<b>{text}</b>" if markup is Markup.HTML else f"**{text}**"


def _toned(text: str, tone: Tone, markup: Markup) -> str:
    # What pads a column is of no use here: of spaces around a piece one is kept, and inside only those that may be the change itself.
    core = text.strip(" ") if tone in _TAGS else " ".join(text.split())
    if tone is Tone.UPDATE:
        core = core.removeprefix("~").lstrip()
    if not core:
        return " " if text else ""
    safe = markdown_prose(core)
    if tone in _TAGS and markup is Markup.HTML:
        safe = f"<{_TAGS[tone]}>{safe}</{_TAGS[tone]}>"
    return f"{' ' if text[0] == ' ' else ''}{safe}{' ' if text[-1] == ' ' else ''}"
