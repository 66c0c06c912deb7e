"""A cell → the value that it means for its column, repaired where only a spreadsheet's habit is between the two."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from catalogctl.config.schema import codes
from catalogctl.config.schema.meant import days_meant
from catalogctl.config.syntax import amounts
from catalogctl.config.syntax.scalars import CodeError, FormError
from catalogctl.config.syntax.source import Source, parse
from catalogctl.model.money import minor_digits
from catalogctl.sheets.columns import ENDS, Column, Form, person_text
from catalogctl.sheets.grid import Cell, Listed
from catalogctl.sheets.people import as_written

UNSET: Final = None
"""The value of an empty cell: the field is not said."""
_UNSEEN: Final = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad\u202a-\u202e\u2066-\u2069]")
_YES: Final = frozenset("yes y true 1 x si sí sim s ja oui ✓ ✔ wahr verdadero verdadeiro".split())
_NO: Final = frozenset("no n false 0 - não nao non nein falsch falso ✗ ✘".split())
_AMOUNT: Final = re.compile("[0-9]{1,12}(?:[.][0-9]{1,6})?")
_AROUND: Final = re.compile(
    r"(?P<before>[^0-9.,]*?)[\s\u00a0]*(?P<number>[0-9][0-9.,'\u2019\u00a0\u202f ]*?)[\s\u00a0]*(?P<after>[^0-9.,]*)", re.DOTALL
)
_SIGNS: Final[Mapping[str, tuple[str, ...]]] = {
    "$": tuple(
        "USD CAD AUD NZD MXN ARS CLP COP UYU DOP CUP BRL HKD SGD TWD BBD BMD BND BSD BZD FJD GYD JMD KYD LRD NAD SBD SRD TTD XCD".split()
    ),
    "€": ("EUR",),
    "£": ("GBP", "EGP", "LBP", "SYP", "SDG", "SSP", "FKP", "GIP", "SHP"),
    "¥": ("JPY", "CNY"),
    "₹": ("INR",),
    "₩": ("KRW", "KPW"),
    "R$": ("BRL",),
    "US$": ("USD",),
    "zł": ("PLN",),
    "Kč": ("CZK",),
    "kr": ("SEK", "NOK", "DKK", "ISK"),
}
"""Signs of money → the currencies that are written with them."""
_BINARY: Final = re.compile(r"[0-9]+\.[0-9]{14,}")
"""How a program writes a binary number that is close to a decimal one."""
_DATE_ORDERS: Final = {"dmy": (2, 1, 0), "mdy": (2, 0, 1), "ymd": (0, 1, 2)}
_PERSON: Final = re.compile(r"(?P<name>.*\S)\s*\((?P<roles>[^()]*)\)")


@dataclass(frozen=True, slots=True)
class Locale:
    """How numbers and days are written in a sheet; empty where it does not say, and nothing is guessed then."""

    decimal: str = ""
    """`.` or `,`."""
    date: str = ""
    """dmy, mdy or ymd."""
    list: str = ";"
    """What is between the items of a list."""
    is_ours: bool = False
    """Whether it is a sheet of ours, which writes three digits after a point where the currency has three."""


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to say about a cell that is read all the same."""

    code: str
    summary: str
    detail: str


@dataclass(slots=True)
class Reading:
    """What one cell means."""

    value: Any
    remarks: list[Remark] = field(default_factory=list)


class CellError(ValueError):
    """A cell that has no meaning for its column; the fields are a diagnostic's."""

    def __init__(self, code: str, summary: str, detail: str, hint: str) -> None:
        super().__init__(summary)
        self.code, self.summary, self.detail, self.hint = code, summary, detail, hint


def read_cell(column: Column, cell: Cell, locale: Locale, epoch: date, before: Any = None) -> Reading:
    """Return what a cell means: a value as the title files write it, `None` for an empty one.

    Shapes:  `before` is what the files say: of people who are still there, what a cell does not show is kept.
    Raises:  CellError.
    """
    value = cell.value
    if isinstance(value, Listed):
        return Reading([dict(item) for item in value.value])
    if isinstance(value, str):
        value = value.strip(ENDS) or None
    if value is None:
        return Reading(False if column.form is Form.YES_NO else UNSET)
    match column.form:
        case Form.ISBN:
            return _isbn(value)
        case Form.DAY:
            return _day(value, locale, epoch)
        case Form.AMOUNT:
            return _amount(value, column.currency, locale)
        case Form.NUMBER:
            return _number(value)
        case Form.WORDS:
            return _words(_text(value), locale.list)
        case Form.PEOPLE:
            return _people(_text(value), locale.list, before or ())
        case Form.YES_NO:
            return _yes_no(value)
        case _:
            return Reading(_text(value))


def _text(value: object) -> str:
    match value:
        case bool():
            return "TRUE" if value else "FALSE"
        case Decimal():
            return _plain(value)
        case _:
            return str(value).replace("\r\n", "\n").replace("\r", "\n")


def _plain(number: Decimal) -> str:
    return format(number.normalize(), "f") if number == number.to_integral_value() else format(number, "f")


def _isbn(value: object) -> Reading:
    text = _text(value)
    remarks: list[Remark] = []
    digits = _UNSEEN.sub("", text).strip(ENDS)
    if digits != text:
        remarks.append(Remark("sheet-code-space", "Invisible characters in an ISBN", f"They were removed; read as {digits}."))
    if re.fullmatch(r"[0-9]{9,13}\.0+", digits):
        digits = digits.partition(".")[0]
        remarks.append(Remark("sheet-isbn-number", "An ISBN was stored as a number", f"`{text}` is read as {digits}."))
    elif isinstance(value, Decimal):
        remarks.append(Remark("sheet-isbn-number", "An ISBN was stored as a number", f"It is read as {digits}. Format the column as text."))
    if re.fullmatch(r"[0-9](?:[.,][0-9]+)?[eE]\+?[0-9]+", digits) or (isinstance(value, Decimal) and digits.endswith("0000000")):
        detail = f"`{text}` is what a spreadsheet makes of an ISBN that it takes for a number: its last digits are lost."
        hint = "Take the ISBN from where it came from, into a column that is formatted as text."
        raise CellError("sheet-digits-lost", "Digits of an ISBN are lost", detail, hint)
    if re.fullmatch("[0-9]{8}[0-9Xx]", digits):
        try:
            whole = codes.isbn13(f"0{digits}")
        except CodeError:
            pass
        else:
            detail = f"`{digits}` has lost its leading zero; with it the check digit is right. Read as {whole}."
            return Reading(whole, [*remarks, Remark("sheet-isbn-zero", "An ISBN has lost its leading zero", detail)])
    try:
        return Reading(codes.isbn13(digits), remarks)
    except CodeError as wrong:
        raise CellError("bad-isbn", wrong.summary, wrong.detail, wrong.hint) from None


def _day(value: object, locale: Locale, epoch: date) -> Reading:
    if isinstance(value, date):
        return Reading(value.isoformat())
    if isinstance(value, Decimal) and value == value.to_integral_value() and 0 < value < 200_000:
        day = epoch + timedelta(days=int(value))
        detail = f"The cell has the number {value}, which is {day.isoformat()} as the workbook counts days."
        return Reading(day.isoformat(), [Remark("sheet-date-number", "A number is read as a day", detail)])
    text = _text(value)
    if re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", text) and text in days_meant(text):
        return Reading(text)
    if locale.date and (found := _in_order(text, locale.date)):
        return Reading(found)
    readings = days_meant(text)
    both = " or ".join(readings)
    detail = f"`{text[:60]}` may be {both}." if len(readings) > 1 else f"`{text[:60]}` is no day as YYYY-MM-DD."
    hint = "Say in which order the sheet writes days: --dates dmy, --dates mdy or --dates ymd" if readings else "Write it as YYYY-MM-DD."
    raise CellError("sheet-date", "A day is not clear", detail, hint)


def _in_order(text: str, order: str) -> str:
    numbers = re.findall("[0-9]+", text)
    if len(numbers) != 3:
        return ""
    year, month, day = (numbers[place] for place in _DATE_ORDERS[order])
    try:
        return date(int(year) if len(year) == 4 else 2000 + int(year), int(month), int(day)).isoformat() if len(year) in {2, 4} else ""
    except ValueError:
        return ""


def _goes_with(sign: str, currency: str) -> bool:
    """Return whether an amount in a currency may have a sign or a code before or behind it."""
    return sign == currency or currency in _SIGNS.get(sign, ())


def _amount(value: object, currency: str, locale: Locale) -> Reading:
    digits = minor_digits(currency) if currency else 2
    if isinstance(value, Decimal):
        text = format(value, "f")
    else:
        text = _text(value)
        found = _AROUND.fullmatch(text)
        signs = [] if found is None else [sign for sign in (found["before"].strip(ENDS), found["after"].strip(ENDS)) if sign]
        if found is None or any(not _goes_with(sign, currency) for sign in signs):
            other = next((sign for sign in signs if sign in _SIGNS or sign in codes.currencies()), "")
            detail = f"`{text[:60]}` is no amount in {currency}." + (f" `{other}` is another currency." if other else "")
            raise CellError("sheet-amount", "Not an amount", detail, "Write a number such as 9.99.")
        number = re.sub("[ '\u2019\u00a0\u202f]", "", found["number"])
        if locale.decimal:
            other = "," if locale.decimal == "." else "."
            text = number.replace(other, "").replace(locale.decimal, ".")
        elif _BINARY.fullmatch(number):
            text = format(Decimal(format(float(number), ".15g")), "f")
        elif digits == 3 and locale.is_ours and re.fullmatch(r"[0-9]+\.[0-9]{3}", number):
            text = number  # as our own sheet writes it
        elif _AMOUNT.fullmatch(number) and not re.fullmatch(r"[1-9][0-9]{0,2}\.[0-9]{3}", number):
            text = number
        else:
            text = _one_reading(number)
    if text.startswith("-"):
        raise CellError("sheet-amount", "Not an amount", f"{text} is below zero.", "Write what a customer pays; 0 gives it away.")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    if len(text.partition(".")[2]) > digits:
        detail = f"{text} has more digits than {currency} has: {digits} after the point."
        raise CellError("sheet-amount-digits", "An amount has too many digits", detail, f"Round it to {digits} digits after the point.")
    try:
        amounts.amount(text, currency)
    except (CodeError, FormError):
        raise CellError("sheet-amount", "Not an amount", f"`{text[:60]}` is no amount.", "Write a number such as 9.99.") from None
    return Reading(format(Decimal(text).quantize(Decimal(1).scaleb(-digits)), "f"))


def _one_reading(number: str) -> str:
    """Return the only thing that a number with points or commas can mean.

    Raises:  CellError.
    """
    if re.fullmatch(r"[1-9][0-9]{0,2}[.,][0-9]{3}", number):
        whole = re.sub("[.,]", "", number)
        readings = [whole, f"{whole[:-3]}.{whole[-3:]}"]
    else:
        readings = [number] if _AMOUNT.fullmatch(number) else list(amounts.readings(number))
    if len(readings) == 1:
        return readings[0]
    detail = f"`{number}` may be {' or '.join(readings)}." if readings else f"`{number}` is no amount."
    hint = "Say which sign the sheet writes before the cents: --decimal , or --decimal ." if readings else "Write a number such as 9.99."
    raise CellError("sheet-amount", "An amount is not clear" if readings else "Not an amount", detail, hint)


def _number(value: object) -> Reading:
    text = _text(value)
    text = text.partition(".")[0] if re.fullmatch(r"[0-9]+\.0+", text) else text
    if not re.fullmatch("[0-9]{1,9}", text):
        raise CellError("sheet-number", "Not a whole number", f"`{text[:60]}` is no whole number.", "Write it with digits alone.")
    return Reading(int(text))


def split(text: str, separator: str) -> list[str]:
    """Take a list apart; a separator after a backslash is part of an item. Line breaks separate as well."""
    items = re.findall(rf"(?:\\.|[^\\\n{re.escape(separator)}])+", text)
    return [re.sub(r"\\(.)", r"\1", item).strip(ENDS) for item in items if item.strip(ENDS)]


def _words(text: str, separator: str) -> Reading:
    if text.startswith("{") and text.endswith("}"):
        parsed = parse(Source("cell.yaml", text.encode()))
        if len(parsed.documents) == 1 and isinstance(parsed.documents[0], dict):
            return Reading(parsed.documents[0])
    return Reading([word for item in split(text, separator) for word in [item] if word])


def _people(text: str, separator: str, before: Sequence[Mapping[str, Any]]) -> Reading:
    known = {person_text(person): person for person in before}
    people: list[Any] = []
    for item in split(text, separator):
        if item in known:
            people.append(as_written(known[item]))
            continue
        found = _PERSON.fullmatch(item)
        if found is None:
            detail = f"`{item[:80]}` has no role in parentheses."
            raise CellError("sheet-contributor", "A contributor has no role", detail, f"Write it as: {item[:60]} (author)")
        roles = [role.strip() for role in found["roles"].split(",") if role.strip()]
        people.append({"name": found["name"].strip(), "role": roles[0] if len(roles) == 1 else roles})
    return Reading(people)


def _yes_no(value: object) -> Reading:
    word = _text(value).strip().casefold()
    if word in _YES or word in _NO:
        return Reading(word in _YES)
    raise CellError("sheet-yes-no", "Neither yes nor no", f"`{word[:60]}` is neither yes nor no.", "Write yes or no.")
