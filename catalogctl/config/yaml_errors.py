"""What libyaml says, in words for people who did not write a parser."""

from __future__ import annotations

from typing import NamedTuple

from yaml import MarkedYAMLError

from catalogctl.config.encoding import lines
from catalogctl.config.scalars import shown
from catalogctl.config.tree import Problem


class _Words(NamedTuple):
    code: str
    summary: str
    detail: str
    hint: str


_TAB = _Words(
    "yaml-tab", "Tab as indentation", "YAML is indented with spaces; how wide a tab is, nobody can know.", "Replace the tab by spaces."
)
_INDENTATION = _Words(
    "yaml-indentation",
    "Bad indentation, or a stray character",
    "This line fits neither the block it follows nor any block around it.",
    "Put keys of one mapping in one column, and double a quote inside single quotes: 'it''s'.",
)
_QUOTE = _Words("yaml-syntax", "Quote never closed", "The text opened here has no closing quote.", "Add the closing quote.")

# What libyaml complains of, as it is worded there → what it means here.
_MEANINGS = (
    (
        "mapping values are not allowed",
        _Words(
            "yaml-syntax",
            "Unexpected colon",
            "A mapping cannot begin here: either the text has `: ` in it, or this line is indented further than its neighbours.",
            "Quote the text if the colon belongs to it, else put the key in the column of its neighbours.",
        ),
    ),
    (
        "block sequence entries are not allowed",
        _Words(
            "yaml-syntax",
            "Unexpected list item",
            "A list cannot begin in the middle of a line.",
            "Put each `- item` on a line of its own, or quote the text.",
        ),
    ),
    ("did not find expected key", _INDENTATION),
    (
        "did not find expected '-' indicator",
        _INDENTATION._replace(hint="Begin the line with `- ` if it is another item, or align it with the key it belongs to."),
    ),
    (
        "could not find expected ':'",
        _Words(
            "yaml-syntax",
            "Colon missing",
            "A key is expected here, and no colon follows it.",
            "Write `key: value`, with a space after the colon, or indent the line if it continues a text.",
        ),
    ),
    (
        "found unexpected end of stream",
        _QUOTE,
    ),
    (
        "found unexpected document indicator",
        _QUOTE,
    ),
    (
        "did not find expected ',' or ']'",
        _Words(
            "yaml-syntax",
            "Bracket never closed",
            "The list opened on line {line} goes on here without a comma or `]`.",
            "Add the comma or the closing `]`.",
        ),
    ),
    (
        "did not find expected ',' or '}'",
        _Words(
            "yaml-syntax",
            "Brace never closed",
            "The mapping opened on line {line} goes on here without a comma or `}}`.",
            "Add the comma or the closing `}`.",
        ),
    ),
    (
        "found unknown escape character",
        _Words(
            "yaml-syntax",
            "Unknown escape",
            "In double quotes a backslash begins an escape, and this is none.",
            "Use single quotes, or double the backslash.",
        ),
    ),
    (
        "invalid Unicode character escape code",
        _Words(
            "yaml-syntax",
            "Half a character",
            "This escape is not a character of its own.",
            "Write the character itself, or \\U and its eight digits.",
        ),
    ),
    (
        "found undefined tag handle",
        _Words(
            "yaml-tag",
            "Unknown tag",
            "This tag is not defined, and tags mean nothing in a catalog.",
            "Quote the value if it is text that begins with `!`.",
        ),
    ),
    (
        "did not find expected alphabetic or numeric character",
        _Words(
            "yaml-syntax",
            "Name of an anchor missing",
            "`*` and `&` begin an alias and an anchor, and no name follows.",
            "Quote the value if it is text.",
        ),
    ),
    (
        "found incompatible YAML document",
        _Words("yaml-directive", "Unknown YAML version", "A catalog is read as YAML 1.2.", "Remove the %YAML line."),
    ),
    (
        "found unknown directive name",
        _Words(
            "yaml-directive",
            "Unknown directive",
            "A line that begins with `%` is a directive, and this is none.",
            "Remove the line, or quote the text.",
        ),
    ),
    ("found duplicate %", _Words("yaml-directive", "Directive given twice", "A document has each directive once.", "Remove the line.")),
    (
        "found character that cannot start any token",
        _Words("yaml-syntax", "Reserved character", "`@`, `` ` `` and `%` cannot begin unquoted text.", "Quote the text."),
    ),
    (
        "did not find expected node content",
        _Words("yaml-syntax", "Value missing", "A value is expected here.", "Write the value, or remove the comma or bracket."),
    ),
    (
        "did not find expected <document start>",
        _Words(
            "yaml-syntax",
            "Document ends too early",
            "There is more text after the end of the document.",
            "Begin another document with a line `---`, or check the indentation of this line.",
        ),
    ),
    (
        "did not find expected comment or line break",
        _Words(
            "yaml-syntax",
            "Text beside a block sign",
            "After `|` or `>` the text begins on the next line.",
            "Move the text to the next line, indented, or quote it.",
        ),
    ),
)


def explain(broken: MarkedYAMLError, text: str) -> Problem:
    """Turn libyaml's complaint into a problem at its place."""
    mark = broken.problem_mark or broken.context_mark
    row, column = (mark.line, mark.column) if mark else (0, 0)
    opened = broken.context_mark.line + 1 if broken.context_mark else row + 1
    rows = lines(text)
    line = rows[row] if row < len(rows) else ""
    said = broken.problem or ""
    indentation = line[: len(line) - len(line.lstrip())]
    if "tab character" in said or ("cannot start any token" in said and "\t" in indentation and column <= len(indentation)):
        column = indentation.find("\t") if "\t" in indentation else column
        words = _TAB
    else:
        words = next((words for part, words in _MEANINGS if part in said), None) or _Words(
            "yaml-syntax", "Not YAML", f"The text cannot be read from here on: {shown(said)}.", "Quote the text, or check the indentation."
        )
    if words is _QUOTE and broken.context_mark:
        row, column = broken.context_mark.line, broken.context_mark.column  # the rest of the file is inside the quotes
    return Problem(words.code, words.summary, words.detail.format(line=opened), words.hint, (row, column, row, column + 1))
