"""What libyaml says, in words for people who did not write a parser."""

from __future__ import annotations

import re
from typing import NamedTuple

from yaml import MarkedYAMLError

from catalogctl.config.syntax.encoding import lines
from catalogctl.config.syntax.scalars import quoted, shown
from catalogctl.config.syntax.tree import SyntaxProblem


class _Words(NamedTuple):
    code: str
    summary: str
    detail: str
    hint: str


_TAB = _Words(
    "yaml-tab", "Tab as indentation", "YAML is indented with spaces; the width of a tab is undefined.", "Replace the tab by spaces."
)
_INDENTATION = _Words(
    "yaml-indentation",
    "Bad indentation, or a stray character",
    "This line fits neither the block it follows nor any block around it.",
    "Put keys of one mapping in one column, and double a quote inside single quotes: 'it''s'.",
)
_MISSING_COLON = _Words(
    "yaml-syntax",
    "Colon missing",
    "A key is expected here, and no colon follows it.",
    "Write `key: value`, with a space after the colon, or indent the line if it continues a text.",
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
    ("could not find expected ':'", _MISSING_COLON),
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


_OF_ITS_LINE = (
    "mapping values are not allowed",
    "block sequence entries are not allowed",
    "did not find expected key",
    "cannot start any token",
    "did not find expected alphabetic or numeric character",
)
_UNCLOSED = ("did not find expected ',' or ", "did not find expected node content", "found unexpected end of stream")
_ROWS_BACK = 3
"""Lines before an error in which the comment that caused it is looked for."""
_COMMENT = re.compile(r"[\s,\[{](#[^\s,\]}]*)")


_BEFORE_BRACES = re.compile(r"\s*(?:- +)*([A-Za-z_][\w-]*) +[{\[].*[}\]]\s*$")
"""A line of a block on which no colon is before the braces."""
_FIELD = re.compile(r"""(\s*(?:- +)*)([\w.-]+|"[^"]*"|'[^']*'): +(\S.*)""")
"""A line of a block: what it is indented by, its key and its text."""


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _misplaced(words: _Words, rows: list[str], row: int) -> _Words | None:
    """Return the words for a line that is in no column of a block above it, with the nearest; `None` where it is in one."""
    before = [line for line in rows[:row] if line.strip() and not line.lstrip().startswith("#")]
    items = [line for line in before if line.lstrip().startswith("- ") == rows[row].lstrip().startswith("- ")] if row < len(rows) else []
    indents = {_indent(line) for line in items}
    if not indents or _indent(rows[row]) in indents:
        return None
    near = min(indents, key=lambda indent: (abs(indent - _indent(rows[row])), abs(indent - _indent(before[-1]))))
    hint = f"Put it in one column with the lines of its block:\n{' ' * near}{rows[row].strip()}"
    return words._replace(summary="Line indented differently", detail="No block above it is indented like this.", hint=hint)


def _left_behind(rows: list[str], row: int) -> int | None:
    """Return the line above where that one is in the wrong column: the first of a block that begins where the block's key does."""
    above = [at for at in range(row) if rows[at].strip() and not rows[at].lstrip().startswith("#")][-2:]
    if len(above) < 2:
        return None
    key, first = (rows[at] for at in above)
    return above[1] if key.rstrip().endswith(":") and _indent(key) == _indent(first) < _indent(rows[row]) else None


def _of_line(words: _Words, said: str, rows: list[str], row: int, column: int) -> _Words:
    """Return the words for an error on a line that is a key with a text, with the line as it may have been meant."""
    found = _FIELD.fullmatch(rows[row]) if row < len(rows) else None
    if found is None:
        return words
    indentation, key, text = found[1], found[2], found[3].rstrip()
    if column <= len(indentation) + len(key) and "mapping values are not allowed" in said:
        above = next((line for line in reversed(rows[:row]) if line.strip()), "")
        if len(indentation) > len(above) - len(above.lstrip()):
            hint = f"Put it in one column with the line above it:\n{' ' * (len(above) - len(above.lstrip()))}{rows[row].strip()}"
            return words._replace(summary="Line indented too far", detail="It is indented further than the line above it.", hint=hint)
        return words
    if text[:1] in "\"'" and text[-2:] == f"{text[0]},":
        return words._replace(detail="There is a comma after the text.", hint=f"Remove the comma:\n{key}: {text[:-1]}")
    inner = text
    if len(text) > 2 and text[0] == text[-1] == "'":
        inner = text[1:-1]
    whole = f"'{inner}'" if '"' in inner and "'" not in inner else quoted(inner)
    return words._replace(hint=f"If this is text, quote it whole:\n{key}: {whole}")


def _never_closed(rows: list[str], row: int, column: int) -> tuple[int, int] | None:
    """Return where a text in double quotes was opened that the first quote of a later line has closed; `None` where none was."""
    if not 0 < row < len(rows) or rows[row][:column].count('"') != 1 or rows[row][column - 1 : column] != '"':
        return None
    for above in range(row - 1, -1, -1):
        if '"' in rows[above]:
            found = re.fullmatch(r"""\s*(?:- +)*[\w.-]+: +(")[^"]*""", rows[above])
            return (above, found.start(1)) if found else None
    return None


def _colon(line: str) -> dict[str, str]:
    """Return what to say of a line on which a colon is missing, with the line as it may have been meant."""
    if found := re.fullmatch(r"([A-Za-z_][\w-]*)(?::|\s*[=\uff1a]\s*)(?!//)(\S.*)", line.strip()):
        meant = f"{found[1]}: {found[2]}"
        detail = f"`{shown(line.strip())}` has no colon with a space behind it, and a key is expected here."
        return {"detail": detail.replace("{", "{{").replace("}", "}}"), "hint": f"Write it with a colon and a space behind it:\n{meant}"}
    word, _, rest = line.strip().partition(" ")
    if not re.fullmatch(r"[A-Za-z_][\w-]*", word):
        return {"hint": "Write `key: value`, with a space after the colon, or quote the text."}
    meant = f"{word}: {rest.strip()}" if rest.strip() else f"{word}:"
    return {
        "detail": f"`{shown(line.strip())}` has no colon, and a key is expected here.".replace("{", "{{").replace("}", "}}"),
        "hint": f"Write it with a colon and a space behind it:\n{meant}\nOr indent the line, if it continues the text before it.",
    }


def _without_colon(rows: list[str], row: int) -> tuple[int, int] | None:
    """Return where the line above stands, if it is a key that has lost its colon: it has none, and is not indented further."""
    if not 0 < row < len(rows):
        return None
    above, here = rows[row - 1], rows[row]
    column = len(above) - len(re.sub(r"^\s*(?:- +)*", "", above))
    if column > len(here) - len(here.lstrip()) or not re.fullmatch(r"[A-Za-z_][\w-]*( [^:#]*)?", above[column:].strip()):
        return None
    return row - 1, column


def _comment(rows: list[str], first: int, last: int) -> tuple[int, int, str] | None:
    """Return where in an unclosed list or mapping a comment begins with no blank behind its sign, and the item it cuts."""
    for row in range(max(0, first - _ROWS_BACK), min(last + 1, len(rows))):
        found = _COMMENT.search(rows[row])
        if found is None or found[1] == "#":
            continue
        before = rows[row][: found.start(1)]
        if row > first or sum(before.count(sign) for sign in "[{") > sum(before.count(sign) for sign in "]}"):
            item = re.split(r"[,\[{]|: ", rows[row][: found.end(1)])[-1].strip()
            return row, found.start(1), item
    return None


def _swallowed(text: str) -> _Words:
    return _Words(
        "yaml-syntax",
        "A comment inside brackets",
        "From the # on, the rest of this line is a comment, with the comma or the bracket that closes what is open here.",
        f"If it belongs to the text, quote it:\n{quoted(text)}",
    )


_REFERENCE = re.compile(r"""(?<!["'])\$\{([^{}"']*)\}(?!["'])""")


def _bare_reference(line: str, column: int) -> _Words | None:
    """Return the words for a reference that is not quoted where a mapping is in braces; `None` where the error is about another."""
    if not any(found.start() <= column <= found.end() for found in _REFERENCE.finditer(line)):
        return None
    detail = "Inside braces, `${{` opens another mapping: a reference that stands there has to be quoted."

    def quoted_reference(found: re.Match[str]) -> str:
        name = found[1] if ":" in found[1] else f"env:{found[1]}"
        return f'"${{{name}}}"'

    found = next(found for found in _REFERENCE.finditer(line) if found.start() <= column <= found.end())
    return _Words("yaml-syntax", "A reference without quotes", detail, f"Quote it: {quoted_reference(found)}")


def explain(broken: MarkedYAMLError, text: str) -> SyntaxProblem:
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
    if "could not find expected ':'" in said and broken.context_mark:
        row, column = broken.context_mark.line, broken.context_mark.column  # where the key without a colon is
        words = words._replace(**_colon(rows[row][column:] if row < len(rows) else ""))
    if "did not find expected key" in said and (bare := _BEFORE_BRACES.match(line)) is not None:
        column = bare.start(1)
        words = _MISSING_COLON._replace(**_colon(line[column:]))
    elif "mapping values are not allowed" in said and (above := _without_colon(rows, row)) is not None:
        row, column = above
        words = _MISSING_COLON._replace(**_colon(rows[row][column:]))
    elif any(part in said for part in _OF_ITS_LINE) and words is not _TAB:
        left = _left_behind(rows, row) if "mapping values are not allowed" in said else None
        if left is not None:
            meant = f"{' ' * _indent(rows[row])}{rows[left].strip()}"
            row, column = left, _indent(rows[left])
            hint = f"Put it in one column with the line below it:\n{meant}"
            words = words._replace(summary="Line indented too little", detail="It begins where the key of its block does.", hint=hint)
        else:
            words = _of_line(words, said, rows, row, column)
    if words is not _TAB and ("expected key" in said or "expected '-' indicator" in said):
        words = _misplaced(words, rows, row) or words
    if "did not find expected key" in said and (start := _never_closed(rows, row, column)) is not None:
        row, column = start
        words = _QUOTE
    if any(part in said for part in _UNCLOSED) and broken.context_mark:
        comment = _comment(rows, broken.context_mark.line, row)
        if comment is not None:
            row, column, text_of = comment
            words = _swallowed(text_of)
    if "did not find expected ',' or " in said:
        words = _bare_reference(line, column) or words
    if words is _QUOTE and broken.context_mark and "did not find expected key" not in said:
        row, column = broken.context_mark.line, broken.context_mark.column  # the rest of the file is inside the quotes
    return SyntaxProblem(words.code, words.summary, words.detail.format(line=opened), words.hint, (row, column, row, column + 1))
