"""What an unquoted word means: the scalars of YAML 1.2 core, kept from turning silently into something else.

null   ~ null Null NULL, and nothing at all
bool   true True TRUE false False FALSE
int    5, -12                    as one writes a number; 007, 1_000, 0x1F, 0o17, +5 and -0 are text
float  2.00, .5, 1e-3            exact decimals; 007.5 is text; .nan and .inf are refused
text   everything else           no, on, 12:30:00, 2019-09-13, 0306406152
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from catalogctl.config.syntax.tree import Value

_WORDS: dict[str, None | bool] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip

SUSPECT = frozenset("0123456789-+.~nNtTfF")
"""First characters of every word that may be something other than text; the hot loop asks for no more."""

_INT = re.compile(r"0|-?[1-9][0-9]*")
_FLOAT = re.compile(r"-?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*(?:[eE][-+]?[0-9]+)?|[eE][-+]?[0-9]+)|\.[0-9]+(?:[eE][-+]?[0-9]+)?)")
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")

MAX_NUMBER = 100
"""Characters of a number. Longer ones are no prices or sizes, and Python's own limits begin soon after."""
_MAX_EXPONENT = 308


class ScalarError(Exception):
    """A scalar that has no value: a kebab-case code, and what a diagnostic says."""

    def __init__(self, code: str, summary: str, detail: str, hint: str) -> None:
        super().__init__(summary)
        self.code = code
        self.summary = summary
        self.detail = detail
        self.hint = hint


def plain(text: str) -> Value:
    """Return the value of an unquoted scalar.

    Raises:  ScalarError for .nan and .inf, and for numbers too long to compute with.
    """
    if text in _WORDS:
        return _WORDS[text]
    if _INT.fullmatch(text):
        return _int(text)
    if _FLOAT.fullmatch(text):
        return decimal(text)
    if _NOT_FINITE.fullmatch(text):
        raise ScalarError(
            "not-a-number",
            "Not a number",
            f"`{text}` is not a finite number, and no price or size can be.",
            f'Write the number, leave the field out, or quote it if text is meant: "{text}"',
        )
    return text


def tagged(tag: str, text: str) -> Value:
    """Return the value of a scalar with an explicit tag, in its long form (`tag:yaml.org,2002:int`).

    Raises:  ScalarError for a tag other than !!str, !!int and !!float, and for text that is not what the tag says.
    """
    short = tag.replace("tag:yaml.org,2002:", "!!")
    if short == "!!str":
        return text
    if short == "!!int" and _INT.fullmatch(text):
        return _int(text)
    if short == "!!float" and (_FLOAT.fullmatch(text) or _INT.fullmatch(text)):
        return decimal(text)
    if short in ("!!int", "!!float"):
        kind = "a whole number" if short == "!!int" else "a decimal number"
        raise ScalarError(
            "yaml-tag",
            "Tag and value disagree",
            f"`{shown(text)}` is tagged `{short}` but is not {kind}.",
            "Remove the tag, or write a plain number such as 12.50",
        )
    raise unknown_tag(tag)


def unknown_tag(tag: str) -> ScalarError:
    """Say that a tag means nothing here."""
    short = tag.replace("tag:yaml.org,2002:", "!!")
    return ScalarError(
        "yaml-tag",
        "Unknown tag",
        f"The tag `{shown(short)}` means nothing in a catalog; only !!str, !!int and !!float do, on scalars.",
        "Remove the tag, or quote the value if it is text that begins with `!`.",
    )


def decimal(text: str) -> Decimal:
    """Return the number exactly as written: `2.00` keeps both zeros.

    Raises:  ScalarError when it is too long, or its exponent too large, to compute with.
    """
    try:
        number = Decimal(text) if len(text) <= MAX_NUMBER else None
    except InvalidOperation:  # an exponent beyond Decimal's own
        number = None
    if number is None or abs(number.adjusted()) > _MAX_EXPONENT:
        raise _too_large(text)
    return number


def _int(text: str) -> int:
    if len(text) > MAX_NUMBER:
        raise _too_large(text)
    return int(text)


def _too_large(text: str) -> ScalarError:
    return ScalarError(
        "number-too-large",
        "Number too large",
        f"`{shown(text)}` is longer, or has a larger exponent, than any number in a catalog.",
        "Quote it if text is meant.",
    )


def shown(text: str) -> str:
    """Shorten text from a file to what fits in a sentence."""
    line = text if len(text) <= 60 else text[:59] + "…"
    return "".join(character if character.isprintable() else "�" for character in line)


def quoted(text: str) -> str:
    """Write a text of one line in YAML's quotes: double ones, or single ones where it has a double quote or a backslash."""
    if '"' not in text and "\\" not in text:
        return f'"{text}"'
    return "'" + text.replace("'", "''") + "'"


class CodeError(ValueError):
    """What was written is not a code of its kind; the three fields are a diagnostic's."""

    def __init__(self, summary: str, detail: str, hint: str) -> None:
        super().__init__(f"{summary}: {detail}")
        self.summary = summary
        self.detail = detail
        self.hint = hint


class FormError(ValueError):
    """A scalar that does not have the form its schema asks for; the schema's own error says it better."""
