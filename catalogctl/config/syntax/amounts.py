"""Amounts as people write them: with a decimal comma, with thousands set apart, with the sign of a currency."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from catalogctl.config.syntax.scalars import CodeError, FormError, shown
from catalogctl.model.money import minor_digits, nearest_payable

PATTERN: Final = "^[0-9]{1,12}(\\.[0-9]{1,6})?$"
LARGEST: Final = 10**12 - 1

_AMOUNT: Final = re.compile(PATTERN.removeprefix("^").removesuffix("$"))
_GAPS: Final = " \u00a0\u2007\u2009\u202f'\u2019_"
"""What sets thousands apart, besides points and commas."""
_NUMBER: Final = re.compile(rf"[0-9](?:[0-9.,{_GAPS}]*[0-9])?[.,]?-?")
_AROUND: Final = re.compile(rf"(?P<before>[^0-9.,-]*)(?P<number>{_NUMBER.pattern})(?P<after>[^0-9]*)")
_GROUPED: Final = re.compile(
    rf"(?P<whole>[0-9]{{1,3}}(?P<gap>[.,{_GAPS}])[0-9]{{3}}(?:(?P=gap)[0-9]{{3}})*)(?:(?P<decimal>[.,])(?P<fraction>[0-9]+))?"
)
_INDIAN: Final = re.compile(r"(?P<whole>[0-9]{1,2}(?:,[0-9]{2})+,[0-9]{3})(?:\.(?P<fraction>[0-9]+))?")
"""Lakhs and crores: `1,00,000` has a hundred thousand."""
_DASH: Final = re.compile("[.,]-+$")
"""`12,-` for a whole amount."""
_LONGEST: Final = 40
_FREE: Final = frozenset({"free", "gratis", "grátis", "gratuit", "kostenlos", "zero"})


def amount(value: object, currency: str = "") -> str:
    """Return an amount with the digits that were written, so that they can be held against those of its currency.

    Raises:  CodeError whose hint is the amount that was meant, FormError where none can be determined; of `currency`, where that is known.
    """
    if isinstance(value, str):
        if _AMOUNT.fullmatch(value):
            return value
        raise _told(value, currency)
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool) and value < 0:
        raise _below_zero(str(value))
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)) or value > LARGEST:
        raise FormError
    return format(Decimal(value), "f").removeprefix("-")


def comma_in_braces(before: str, after: str, currency: str) -> CodeError | None:
    """Return what is wrong with an amount that braces took apart at its comma; `None` where the two are no amount.

    Shapes:  `{EUR: 8,99}` is 8 and a key 99 without a value; the two are given as they are written, with any further comma of theirs.
    """
    written = f"{before},{after}"
    if not re.fullmatch(r"[0-9][0-9.,]*", before) or not re.match(r"[0-9]{1,3}(?![0-9])", after):
        return None
    wrong = _told(written, currency)
    return wrong if isinstance(wrong, CodeError) else None


def readings(text: str) -> tuple[str, ...]:
    """Return what a number may mean that is not written with a decimal point, the likelier first; empty where it is no number."""
    dash = _DASH.search(text)
    bare = text[: dash.start()] if dash else text
    if indian := _INDIAN.fullmatch(bare):
        return (indian["whole"].replace(",", "") + (f".{indian['fraction']}" if indian["fraction"] else ""),)
    found = _GROUPED.fullmatch(bare)
    if found and found["decimal"] != found["gap"]:
        whole, fraction = re.sub("[^0-9]", "", found["whole"]), found["fraction"]
        is_open = found["gap"] in ".," and len(whole) <= 6 and not fraction and not dash
        return (whole, f"{whole[:-3]}.{whole[-3:]}") if is_open else (f"{whole}.{fraction}" if fraction else whole,)
    return (bare.replace(",", "."),) if re.fullmatch("[0-9]+([.,][0-9]+)?", bare) else ()


def _below_zero(text: str) -> CodeError:
    detail = f"`{shown(text)}` is below zero; an amount is zero or more."
    return CodeError("Not an amount", detail, "Write what a customer pays; 0 gives it away.")


def _told(text: str, currency: str) -> CodeError | FormError:
    if text.strip().lower() in _FREE:
        return CodeError("Not an amount", f"`{shown(text)}` is a word; an amount is a number.", "Write 0")
    if re.fullmatch(r"\s*[-\u2212]\s*[0-9.,]+\s*", text):
        return _below_zero(text)
    around = _AROUND.fullmatch(text.strip()) if len(text) <= _LONGEST else None
    if around is None:
        return FormError()
    number = around["number"]
    found = [one for one in readings(number) if _AMOUNT.fullmatch(one)]
    if not found:
        return FormError()
    payable = [one for one in found if not currency or len(one.partition(".")[2]) <= minor_digits(currency)]
    hint = "\nOr, where it has a decimal sign, write ".join(payable)
    hint = f"Write {hint}"
    if not payable:
        hint = f"Write an amount that can be paid, such as {nearest_payable(currency, found[0])}"
    written = shown(text)
    if around["before"].strip() or around["after"].strip():
        detail = f"`{written}` is more than a number. The currency is the key, the amount is the value."
        return CodeError("Not an amount", detail, hint)
    if len(payable) > 1:
        detail = f"The comma in `{written}` may set thousands apart, or be a decimal comma; an amount has a decimal point and nothing else."
        return CodeError("Comma in an amount", detail, hint)
    if re.search(rf"[0-9][.,{_GAPS}][0-9]{{3}}(?![0-9])", number):
        detail = f"`{written}` has its thousands set apart; an amount has a decimal point and nothing else."
        return CodeError("Thousands set apart in an amount", detail, hint)
    if "," in number:
        return CodeError("Decimal comma", f"`{written}` has a decimal comma; an amount has a decimal point.", hint)
    return CodeError("Not an amount", f"`{written}` is not written as an amount is.", hint)
