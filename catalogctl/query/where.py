"""`--where`: which editions are meant, as an expression over what is true of them.

    series.name = "Quiroga" and (format in (epub, pdf) or prices.EUR >= 4.99) and not cover exists

    any      all { "or" all }
    all      one { "and" one }
    one      "not" one | "(" any ")" | test
    test     FIELD ( = | != | < | > | <= | >= ) VALUE
             FIELD ( ~ | !~ ) GLOB
             FIELD [ "not" ] "in" "(" VALUE { "," VALUE } ")"
             FIELD [ "not" ] "exists"

A value is a word, or a text in single or double quotes. It is read as the files are read: an ISBN with hyphens is the ISBN, a role has
its name or its code, an amount is an exact decimal, a code that does not exist is a mistake. A list has a value where one of its items
has it. A test that begins with a negation (`!=`, `!~`, `not in`, `not exists`) holds exactly where the one without it does not.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from fnmatch import translate
from typing import Any, Final, NoReturn, Protocol

from catalogctl.config.syntax.scalars import CodeError, FormError
from catalogctl.model.alike import most_alike
from catalogctl.model.diagnostics import CatalogError, SourceRange, error
from catalogctl.query.fields import Field, FieldKind, Fields, UnknownFieldError
from catalogctl.query.view import EditionView

MAX_LENGTH: Final = 10_000
"""Characters of an expression."""
MAX_DEPTH: Final = 64
"""Parentheses and negations inside each other."""
_NAMED: Final = 12
"""Fields that are listed where none is like the one that was written."""

_TOKEN: Final = re.compile(
    r"""(?P<blank>\s+)
      | (?P<open>[(\[]) | (?P<close>[)\]]) | (?P<comma>,)
      | (?P<operator>!=|!~|<=|>=|=|~|<|>)
      | (?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
      | (?P<word>[^\s()\[\],=~<>!"']+)
      | (?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
_KEYWORDS: Final = frozenset({"and", "or", "not", "in", "exists"})
_OTHER_WORDS: Final = {"==": "=", "<>": "!=", "&&": "and", "||": "or", "=~": "~", "=<": "<=", "=>": ">="}
"""How other languages write it."""


class _Selects(Protocol):
    def selects(self, view: EditionView) -> bool:
        """Return whether it holds of an edition."""


@dataclass(frozen=True, slots=True)
class AllOf:
    """Holds where each of its parts does."""

    parts: tuple[_Selects, ...]

    def selects(self, view: EditionView) -> bool:
        """Return whether it holds of an edition."""
        return all(part.selects(view) for part in self.parts)


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Holds where one of its parts does."""

    parts: tuple[_Selects, ...]

    def selects(self, view: EditionView) -> bool:
        """Return whether it holds of an edition."""
        return any(part.selects(view) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Not:
    """Holds where its part does not."""

    part: _Selects

    def selects(self, view: EditionView) -> bool:
        """Return whether it holds of an edition."""
        return not self.part.selects(view)


@dataclass(frozen=True, slots=True)
class Exists:
    """Holds where a field is said and is not empty."""

    field: Field

    def selects(self, view: EditionView) -> bool:
        """Return whether it holds of an edition."""
        path = self.field.path
        if path[0] == "publish" and len(path) == 2:
            return path[1] in view.accounts
        return any(map(_is_something, view.values(path)))


@dataclass(frozen=True, slots=True)
class OneOf:
    """Holds where a value of a field is one of some."""

    field: Field
    values: frozenset[object]
    """As `comparable` reads them."""

    def selects(self, view: EditionView) -> bool:
        """Return whether it holds of an edition."""
        return any(comparable(value, self.field.kind) in self.values for value in view.values(self.field.path))


class Order(StrEnum):
    """How a value lies to another."""

    LESS = "<"
    MORE = ">"
    AT_MOST = "<="
    AT_LEAST = ">="


@dataclass(frozen=True, slots=True)
class Compared:
    """Holds where a value of a field lies before or behind another."""

    field: Field
    order: Order
    value: Any
    """As `comparable` reads it."""

    def selects(self, view: EditionView) -> bool:
        """Return whether it holds of an edition."""
        return any(self._holds(comparable(value, self.field.kind)) for value in view.values(self.field.path))

    def _holds(self, value: Any) -> bool:
        if isinstance(value, Decimal) is not isinstance(self.value, Decimal):
            return False  # a text among numbers, as in a series' number
        match self.order:
            case Order.LESS:
                return bool(value < self.value)
            case Order.MORE:
                return bool(value > self.value)
            case Order.AT_MOST:
                return bool(value <= self.value)
            case Order.AT_LEAST:
                return bool(value >= self.value)


@dataclass(frozen=True, slots=True)
class Matches:
    """Holds where a value of a field looks like a glob, from its beginning to its end."""

    field: Field
    pattern: re.Pattern[str]

    def selects(self, view: EditionView) -> bool:
        """Return whether it holds of an edition."""
        return any(self.pattern.match(as_text(value)) is not None for value in view.values(self.field.path) if not isinstance(value, dict))


@dataclass(frozen=True, slots=True)
class Where:
    """Which editions are meant."""

    text: str
    """As it was written."""
    expression: _Selects
    fields: tuple[Field, ...]
    """Those that it asks for, in its order."""

    def selects(self, view: EditionView) -> bool:
        """Return whether an edition is one of them."""
        return self.expression.selects(view)


def parse(text: str, fields: Fields | None = None, option: str = "--where") -> Where:
    """Read an expression.

    Shapes:  `option` is where it was written, as its diagnostics have it.
    Raises:  CatalogError with one problem, at its place: where-syntax, where-field, where-value, where-too-large.
    """
    return _Parser(text, fields or Fields(), option).where()


def comparable(value: Any, kind: FieldKind) -> Any:
    """Return what a value of a field is compared by: a number by its amount, a text by its characters in their composed form.

    Shapes:  what is no number though its field holds numbers, and a day, stay text: days in ISO form sort as they follow each other.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, Decimal)):
        return Decimal(value)
    text = as_text(value)
    if kind is FieldKind.NUMBER or kind is FieldKind.EITHER:
        return _number(text) if _NUMBER.fullmatch(text) else text
    return text


def as_text(value: Any) -> str:
    """Return a value as it is written in a test."""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = value if isinstance(value, str) else str(value)
    return text if text.isascii() else unicodedata.normalize("NFC", text)


_NUMBER: Final = re.compile(r"-?[0-9]{1,40}(\.[0-9]{1,40})?", re.ASCII)


def _number(text: str) -> Decimal | str:
    try:
        return Decimal(text)
    except InvalidOperation:
        return text


def _is_something(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_is_something, value.values()))
    return value is not None and value not in ("", [])


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    """A group of `_TOKEN`, or `end`."""
    text: str
    start: int
    end: int

    @property
    def keyword(self) -> str:
        """The keyword that it is; empty where it is none."""
        word = self.text.lower() if self.kind == "word" else ""
        return word if word in _KEYWORDS else ""


class _Parser:
    """One reading of one expression, left to right."""

    def __init__(self, text: str, fields: Fields, option: str) -> None:
        self._text = text
        self._known = fields
        self._option = option
        self._asked: list[Field] = []
        self._depth = 0
        if len(text) > MAX_LENGTH:
            detail = f"It has {len(text):,} characters; {MAX_LENGTH:,} are read."
            self.fail("where-too-large", "An expression is too long", detail, "Ask for less at once.", 0, 1)
        self._tokens = [
            _Token(str(found.lastgroup), found[0], found.start(), found.end())
            for found in _TOKEN.finditer(text)
            if found.lastgroup != "blank"
        ]
        self._tokens.append(_Token("end", "", len(text.rstrip()), len(text.rstrip()) + 1))
        self._next = 0

    def where(self) -> Where:
        if len(self._tokens) == 1:
            self.fail("where-syntax", "An expression is empty", "", "For instance:\nformat = epub and prices.EUR < 5", 0, 1)
        expression = self._any()
        if self._token.kind != "end":
            self._refuse_rest()
        return Where(self._text, expression, tuple(dict.fromkeys(self._asked)))

    @property
    def _token(self) -> _Token:
        return self._tokens[self._next]

    def _take(self) -> _Token:
        token = self._token
        self._next += token.kind != "end"
        return token

    def _any(self) -> _Selects:
        parts = [self._all()]
        while self._token.keyword == "or":
            self._take()
            parts.append(self._all())
        return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))

    def _all(self) -> _Selects:
        parts = [self._one()]
        while self._token.keyword == "and":
            self._take()
            parts.append(self._one())
        return parts[0] if len(parts) == 1 else AllOf(tuple(parts))

    def _one(self) -> _Selects:
        token = self._token
        if token.keyword != "not" and token.kind != "open":
            return self._test()
        self._take()
        self._depth += 1
        if self._depth > MAX_DEPTH:
            detail = f"More than {MAX_DEPTH} parentheses and negations are inside each other."
            self.fail("where-too-large", "An expression is nested too deeply", detail, "Write it flatter.", token.start, token.end)
        if token.kind == "open":
            inner = self._any()
            if self._token.kind != "close":
                if self._token.kind != "end":
                    self._refuse_rest()
                detail = "The parenthesis that is opened here is not closed."
                self.fail("where-syntax", "A parenthesis is not closed", detail, "Close it.", token.start, token.end)
            self._take()
        else:
            inner = Not(self._one())
        self._depth -= 1
        return inner

    def _test(self) -> _Selects:
        field = self._field()
        sign = self._take()
        negated = sign.keyword == "not"
        if negated:
            sign = self._take()
        if sign.keyword == "exists":
            test: _Selects = Exists(field)
        elif sign.keyword == "in":
            test = self._in(field)
        elif sign.kind == "operator" and not negated:
            negated = sign.text.startswith("!")
            test = self._operation(field, sign)
        else:
            self._refuse_sign(field, sign)
        return Not(test) if negated else test

    def _field(self) -> Field:
        token = self._take()
        if token.kind == "text":
            detail = "A field is written without quotes, in front of what it is compared with."
            self.fail("where-syntax", "A field is missing", detail, "For instance:\nimprint = Ribera", token.start, token.end)
        if token.kind != "word" or token.keyword:
            if token.keyword == "exists":
                detail, hint = "The field stands in front of `exists`.", "For instance:\ncover exists"
            else:
                detail = (
                    "The expression ends where a field is expected." if token.kind == "end" else f"Expected a field, got `{token.text}`."
                )
                hint = "For instance:\nformat = epub"
            self.fail("where-syntax", "A field is missing", detail, hint, token.start, token.end)
        steps = tuple(token.text.split("."))
        try:
            field = self._known.find(steps)
        except UnknownFieldError as wrong:
            self._refuse_field(token, steps, wrong)
        self._asked.append(field)
        return field

    def _refuse_field(self, token: _Token, steps: tuple[str, ...], wrong: UnknownFieldError) -> NoReturn:
        start = token.start + sum(len(step) + 1 for step in steps[: wrong.step])
        here = steps[wrong.step]
        above = ".".join(steps[: wrong.step])
        if not wrong.known:
            detail = f"`{above}` is a value, in which there are no fields."
        elif above == "publish":
            detail = f"No account is called `{here}`."
        else:
            detail = f"`{above}` has no field `{here}`." if above else f"Editions have no field `{here}`."
        if wrong.nearest:
            hint = f"Did you mean {'.'.join((*steps[: wrong.step], wrong.nearest, *steps[wrong.step + 1 :]))}?"
        elif not wrong.known:
            hint = f"Write\n{above}"
        else:
            some = sorted(wrong.known)[:_NAMED]
            hint = f"There are: {', '.join(some)}{', …' if len(wrong.known) > _NAMED else ''}"
        self.fail("where-field", "Unknown field", detail, hint, start, start + max(1, len(here)))

    def _in(self, field: Field) -> _Selects:
        opened = self._take()
        if opened.kind != "open":
            detail = f"Behind `in` there is a list in parentheses; got `{opened.text}`." if opened.text else "The list is missing."
            hint = f"For instance:\n{field} in (a, b)"
            self.fail("where-syntax", "A list is missing", detail, hint, opened.start, opened.end)
        values = [self._value(field, self._taken_value())]
        while self._token.kind == "comma":
            self._take()
            values.append(self._value(field, self._taken_value()))
        closed = self._take()
        if closed.kind != "close":
            detail = "The values of a list are separated by commas, and a parenthesis ends it."
            hint = 'A value with blanks is quoted: "two words"'
            self.fail("where-syntax", "A list is not closed", detail, hint, closed.start, closed.end)
        return OneOf(field, frozenset(values))

    def _operation(self, field: Field, sign: _Token) -> _Selects:
        follows = self._token
        if follows.kind == "operator" and follows.start == sign.end:
            meant = _OTHER_WORDS.get(sign.text + follows.text, "")
            hint = f"Write {meant}" if meant else "The comparisons are = != ~ !~ < > <= >="
            detail = f"`{sign.text}{follows.text}` is no comparison."
            self.fail("where-syntax", "Unknown comparison", detail, hint, sign.start, follows.end)
        token = self._taken_value()
        match sign.text:
            case "=" | "!=":
                return OneOf(field, frozenset({self._value(field, token)}))
            case "~" | "!~":
                if field.kind is FieldKind.GROUP:
                    self._value(field, token)
                return Matches(field, _glob(as_text(_content(token))))
            case _:
                return Compared(field, Order(sign.text), self._ordered(field, token))

    def _ordered(self, field: Field, token: _Token) -> Any:
        """Read a value that has an order; the number of a series may be written as a number or as a text."""
        if field.kind is FieldKind.TRUTH:
            detail = f"`{field}` is true or false, which have no order."
            self.fail("where-value", "Values without an order", detail, f"Write\n{field} = true", token.start, token.end)
        return self._value(field, token)

    def _taken_value(self) -> _Token:
        token = self._take()
        if token.kind == "other":
            self._refuse_other(token)
        if token.kind not in ("word", "text") or token.keyword:
            if token.keyword:
                detail = f"`{token.text}` is a word of the expression itself."
                hint = f'If it is the value, quote it: "{token.text}"'
            else:
                detail = f"Expected a value, got `{token.text}`." if token.text else "The expression ends where a value is expected."
                hint = 'A value with blanks or signs is quoted: "two words"'
            self.fail("where-syntax", "A value is missing", detail, hint, token.start, token.end)
        return token

    def _value(self, field: Field, token: _Token) -> Any:
        """Read a value as the files have it."""
        text = _content(token)
        if field.kind is FieldKind.GROUP:
            inside = "its fields have the values" if field.path[0] != "publish" else "the options in it have the values"
            detail = f"`{field}` is a group: {inside}."
            self.fail(
                "where-value", "A group has no value", detail, f"To ask whether there is any:\n{field} exists", token.start, token.end
            )
        choices = ("true", "false") if field.kind is FieldKind.TRUTH else field.choices
        if choices and text not in choices:
            near = most_alike(text, choices)
            hint = f"Did you mean {near[0]}?" if near else f"It is one of: {', '.join(choices)}"
            detail = f"`{field}` is never `{text}`."
            self.fail("where-value", "Not a value of this field", detail, hint, token.start, token.end)
        if field.kind is FieldKind.NUMBER and not _NUMBER.fullmatch(text):
            detail = f"`{field}` is a number, and `{text}` is not."
            self.fail("where-value", "Not a value of this field", detail, "Write it as 9.99 or 12", token.start, token.end)
        if field.leaf is None or field.kind is FieldKind.NUMBER:
            return comparable(text, field.kind)
        try:
            return comparable(field.leaf.read(text), field.kind)
        except CodeError as wrong:
            self.fail("where-value", wrong.summary, wrong.detail, wrong.hint, token.start, token.end)
        except FormError:
            detail = f"`{text}` is not {field.leaf.form}, so `{field}` cannot be it."
            pattern = "2026-*" if field.kind is FieldKind.DATE else "*…*"
            hint = f"Part of a value is found with a glob:\n{field} ~ {pattern}"
            self.fail("where-value", "Not a value of this field", detail, hint, token.start, token.end)

    def _refuse_sign(self, field: Field, sign: _Token) -> NoReturn:
        """Tell what belongs behind a field."""
        meant = _OTHER_WORDS.get(sign.text, "")
        if sign.kind == "other":
            self._refuse_other(sign)
        if sign.kind == "end":
            detail = f"The expression ends behind `{field}`."
        else:
            detail = f"Expected a comparison behind `{field}`, got `{sign.text}`."
        if meant:
            hint = f"Write {meant}"
        elif field.kind is FieldKind.TRUTH:
            hint = f"For instance:\n{field} = true"
        else:
            hint = f"The comparisons are = != ~ !~ < > <= >= in exists. To ask whether it is said:\n{field} exists"
        self.fail("where-syntax", "A comparison is missing", detail, hint, sign.start, sign.end)

    def _refuse_rest(self) -> NoReturn:
        """Tell of what stands where `and`, `or` or the end is expected."""
        token = self._token
        if token.kind == "other":
            self._refuse_other(token)
        if token.kind == "close":
            self.fail("where-syntax", "A parenthesis too many", "Nothing was opened that it closes.", "Remove it.", token.start, token.end)
        before = self._tokens[self._next - 1]
        detail = f"Expected `and`, `or` or the end, got `{token.text}`."
        hint = f"Write {_OTHER_WORDS[token.text]}" if token.text in _OTHER_WORDS else "Tests are joined by `and` or `or`."
        if token.kind == "comma" and before.text.isdecimal():
            hint = "The decimals of a number are behind a point: 4.99"
        elif token.kind == "word" and before.kind == "word" and not before.keyword and token.text not in _OTHER_WORDS:
            last = self._next
            while self._tokens[last + 1].kind == "word" and not self._tokens[last + 1].keyword:
                last += 1
            hint = f'A value with blanks is quoted: "{self._text[before.start : self._tokens[last].end]}"'
        self.fail("where-syntax", "Two tests without a word between them", detail, hint, token.start, token.end)

    def _refuse_other(self, token: _Token) -> NoReturn:
        if token.text in "\"'":
            detail = f"The quote that is opened here is not closed. In the quotes, write \\{token.text} for the sign itself."
            inside = token.start > 0 and self._text[token.start - 1].isalnum()
            hint = 'A value with a quote in it is quoted whole: "O\'Reilly"' if inside else "Close it."
            self.fail("where-syntax", "A quote is not closed", detail, hint, token.start, token.end)
        detail = f"`{token.text}` has no meaning here."
        self.fail("where-syntax", "Unknown sign", detail, "A value with signs in it is quoted.", token.start, token.end)

    def fail(self, code: str, summary: str, detail: str, hint: str, start: int, end: int) -> NoReturn:
        """Stop at a place of the expression."""
        before = self._text[:start]
        line = before.count("\n")
        column = start - (before.rfind("\n") + 1)
        rows = self._text.split("\n")
        source = SourceRange(self._option, line + 1, column + 1, column + 1 + max(1, end - start), rows[line])
        raise CatalogError(error(code, summary, detail, hint).at(source))


def _content(token: _Token) -> str:
    return re.sub(r"\\(.)", r"\1", token.text[1:-1], flags=re.DOTALL) if token.kind == "text" else token.text


def _glob(text: str) -> re.Pattern[str]:
    """Make the test for a glob; a bracket that nothing closes is itself."""
    closed, bracket, rest = text.rpartition("]")
    return re.compile(translate(closed + bracket + rest.replace("[", "[[]")))
