"""Foreign text made safe, one function per format. Everything a store or a file says passes through here before it is shown."""

from __future__ import annotations

import html as markup
import re
import unicodedata
from collections.abc import Iterable
from typing import Final

NEWLINE: Final = "↵"

_SEEN_BY_NOBODY = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0d\uffa0\ufffc\U000e0100-\U000e01ef]")
"""Letters and marks that print as nothing: Unicode calls them printable all the same."""

_MANY_MARKS = re.compile("[\u0300-\u1fff\u20d0-\U0010ffff]{5}")
"""More letters in a row than `_MARKS_BORNE` of which each may be a combining mark; no mark is among the others."""
_MARKS_BORNE = 4
"""Combining marks on one letter that some language needs; more of them climb into the lines above and below."""

_LINE_BREAK = re.compile(r"\r\n|\n")

_NAMED: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_MARKUP: Final = str.maketrans({character: f"&#{ord(character)};" for character in "\\`*_~[]|$^{}"} | _NAMED)
"""What makes Markdown, its tables or HTML, as what is only ever text: a backslash in front would not do inside HTML."""

_REFERENCES = re.compile(
    r"(?<=[@#])(?=\S)"  # @someone, #123, name@host
    r"|(?<=[!$%&~^])(?=[\w\"'])"  # GitLab's !merge request, $snippet, %milestone, &epic, ~label, ^alert
    r"|(?<=:)(?=//|[\w+-]+:)"  # https://, :emoji:
    r"|(?<=\b[Ww][Ww][Ww])(?=\.)"
    r"|(?<=[A-Z]-)(?=\d)"  # GH-1, a tracker's ABC-1
    r"|(?<=[\[{])(?=[+-]|\w+:)"  # GitLab's {+marks+} and [issue:1]
)
"""Places at which text would become a link, or a message to someone, on one of the hosts that show Markdown."""

_COMMIT = re.compile(r"\b(?=[0-9]*[a-f])[0-9a-f]{7,}\b")
"""What could be the digest of a commit; a row of nothing but digits is an ISBN, and is left in one piece."""
_DIGEST = re.compile(
    r"\b(?:sha(?:1|256):)?(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?=[0-9]*[a-f])(?=[a-f]*[0-9])[0-9a-f]{7,})(?:…(?!\w)|\b)"
)
"""The same with its kind, and with the sign that it goes on; or a UUID: what people copy in one piece."""
_TOO_SHORT = 6
"""So many digits are never taken for a commit."""

_BREAKER: Final = "&#8203;"
"""A space of no width."""

_BLOCK_START = re.compile(r"#(?=[#\s]|$)|[+=-](?=[\s=-]|$)|/|\d{1,9}[.)](?=\s|$)")
"""What begins a heading, a list, a rule or a command for a bot, where it begins a line."""
_IN_A_WORD = re.compile(r"(?<=[^\W_])_(?=[^\W_])")
"""An underscore that marks nothing, as in the name of an attribute."""

_NO_NAME = re.compile(r"[^A-Za-z0-9._-]|(?<=-)-")

_ISOLATED: Final = ("&#8296;", "&#8297;")
"""Around text that runs from right to left, so that what is beside it stays where it was put."""


def _visible(character: str) -> str:
    code = ord(character)
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def terminal(text: str, *, newline: str = NEWLINE) -> str:
    """Make text fit to be printed inside a line of a terminal or of a log.

    Shapes:  no control character, bidi override or isolate, zero-width or otherwise invisible character, private-use
             character, lone surrogate or line separator is left: each becomes a visible `\\x1b`, `\\u202e`. Line breaks become `newline`.
             Letters of all scripts, combining marks and spaces of any width stay.
    """
    if text.isprintable() and (text.isascii() or not _needs_a_closer_look(text)):
        return text
    safe: list[str] = []
    marks = 0
    for character in _LINE_BREAK.sub("\n", text):
        marks = marks + 1 if _is_mark(character) else 0
        if character == "\n":
            safe.append(newline)
        elif character.isprintable() or unicodedata.category(character) == "Zs":
            hidden = marks > _MARKS_BORNE or _SEEN_BY_NOBODY.match(character)
            safe.append(_visible(character) if hidden else character)
        else:
            safe.append(_visible(character))
    return "".join(safe)


def _needs_a_closer_look(text: str) -> bool:
    if _SEEN_BY_NOBODY.search(text):
        return True
    if not _MANY_MARKS.search(text):
        return False
    marks = 0
    for character in text:
        marks = marks + 1 if _is_mark(character) else 0
        if marks > _MARKS_BORNE:
            return True
    return False


def _is_mark(character: str) -> bool:
    return unicodedata.category(character) in {"Mn", "Me"}


def revealed(text: str) -> str:
    """Spell out what two texts that look the same may differ in: all that is not ASCII, line breaks and tabs.

    `caf\\u00e9` and `cafe\\u0301` are both shown as café by a terminal; here they are distinguished.
    """
    return "".join(character if " " <= character <= "~" else _visible(character) for character in text)


def looks_alike(left: str, right: str) -> bool:
    """Return whether a reader could take two different texts for the same."""
    return _appearance(left) == _appearance(right)


def _appearance(text: str) -> str:
    return unicodedata.normalize("NFKC", terminal(text))


def has_right_to_left(text: str) -> bool:
    """Return whether a terminal may show parts of this text, and what is between them, from right to left."""
    return not text.isascii() and any(unicodedata.bidirectional(character) in {"R", "AL", "AN"} for character in text)


def markdown(text: str) -> str:
    """Make text fit to stand anywhere in a line of Markdown, be it in a table or inside an HTML element, as text and nothing else.

    Shapes:  one line, whatever `text` holds. It ends no table cell and no element, opens none, is no link, mentions no one and refers to
             nothing on GitHub, GitLab, Azure DevOps or Bitbucket. What no one could see is spelled out, as by `terminal`; several
             spaces stay several. What a reader sees of it is what `terminal` gives.
    Source:  GitHub Flavored Markdown 0.29, 6.2 and 6.9; docs.gitlab.com, "GitLab Flavored Markdown", of 2026-11.
    """
    shown = terminal(text, newline=f"{NEWLINE} ")
    return _isolated(shown, _escaped(shown, begins_line=True))


def markdown_prose(text: str) -> str:
    """Make text fit for a line of Markdown, with digests and UUIDs as code, so that they can be copied.

    Shapes:  as `markdown`, but not for the inside of an HTML block, where no one reads the marks of code.
    """
    shown = terminal(text, newline=f"{NEWLINE} ")
    safe: list[str] = []
    at = 0
    for found in _DIGEST.finditer(shown):
        safe += [_escaped(shown[at : found.start()], begins_line=not at), f"`{found[0]}`"]
        at = found.end()
    return _isolated(shown, "".join([*safe, _escaped(shown[at:], begins_line=not at)]))


def _escaped(shown: str, *, begins_line: bool) -> str:
    broken = _COMMIT.sub(_in_pieces, _REFERENCES.sub("\0", shown))
    safe = _IN_A_WORD.sub("\1", broken).translate(_MARKUP).replace("\1", "_")
    lead = _BLOCK_START.match(broken) if begins_line else None
    if lead is not None:
        at = lead.end() - 1
        safe = f"{safe[:at]}&#{ord(safe[at])};{safe[at + 1 :]}"
    return safe.replace("\0", _BREAKER).replace("  ", " &#160;")


def _isolated(shown: str, safe: str) -> str:
    return f"{_ISOLATED[0]}{safe}{_ISOLATED[1]}" if has_right_to_left(shown) else safe


def _in_pieces(found: re.Match[str]) -> str:
    digits = found[0]
    return "\0".join(digits[start : start + _TOO_SHORT] for start in range(0, len(digits), _TOO_SHORT))


def markdown_code(text: str) -> str:
    """Make text fit for a line of Markdown, as code where that can hold it: a name, an address, a path.

    Shapes:  as `markdown`, but not for the inside of an HTML element. Nothing refers to anything inside code, so that it can be copied.
    """
    shown = terminal(text)
    plain = shown.strip() == shown and shown and not any(mark in shown for mark in "`|") and not has_right_to_left(shown)
    return f"`{shown}`" if plain else markdown(text)


def markdown_fence(lines: Iterable[str], margin: int) -> list[str]:
    """Write lines as a block of code in Markdown, that can be copied as it is, so many spaces from the left.

    Shapes:  lines without line breaks; longer fences around lines that hold fences themselves.
    """
    shown = [terminal(line) for line in lines]
    longest = max((len(run) for line in shown for run in re.findall("`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    return [f"{' ' * margin}{line}" for line in (fence, *shown, fence)]


def comment(text: str) -> str:
    """Make text fit for the name inside a hidden comment: letters, digits, points and single dashes stay, all else is in hex."""
    return _NO_NAME.sub(lambda found: f"%{ord(found[0]):x}", text)


def github_message(text: str) -> str:
    """Make text fit for the message of a GitHub workflow command; its line breaks are kept."""
    lines = (terminal(line) for line in _LINE_BREAK.split(text))
    return "\n".join(lines).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def github_property(text: str) -> str:
    """Make text fit for a property of a GitHub workflow command (`file=`, `title=`)."""
    return github_message(text).replace(":", "%3A").replace(",", "%2C")


def html(text: str) -> str:
    """Make text fit for an HTML page, between tags or as the quoted value of an attribute; its line breaks are kept.

    Shapes:  no character is left that a browser takes for markup, nor one that is not seen or turns round what is beside it.
    """
    return markup.escape("\n".join(terminal(line) for line in _LINE_BREAK.split(text)))


def json_text(text: str) -> str:
    """Make text fit for UTF-8 encoded JSON: half a surrogate pair, as in an undecodable file name, is spelled out."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
