"""What amounts of a currency can be paid: its digits after the point, and its smallest coin."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final

_DIGITS: Final = {
    **dict.fromkeys("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(), 0),
    **dict.fromkeys("BHD IQD JOD KWD LYD OMR TND".split(), 3),
    **dict.fromkeys("CLF UYW".split(), 4),
}

_COINS: Final = {
    currency: Decimal(amount)
    for amount, currencies in {
        "0.05": "AED AUD BRL CAD CHF GTQ HNL MXN MYR SGD XCD",
        "0.1": "BOB GHS HKD ILS NZD PEN QAR UAH ZAR ZMW",
        "0.25": "EGP JMD NIO NPR SAR THB",
        "0.5": "CUP DKK DZD INR MAD MZN PHP TND TWD",
        "1": "ALL ARS AOA BDT BWP CZK DOP ETB HTG ISK JPY KES LKR MKD MUR NOK PKR RSD SEK UYU VES XAF XOF",
        "5": "AMD CRC DJF HUF RWF SYP XPF YER",
        "10": "CLP KRW MGA MNT NGN",
        "50": "COP GNF IDR KHR KMF MMK PYG TZS UGX",
        "100": "BIF IRR MWK SLL UZS VND",
        "250": "IQD LBP",
        "500": "LAK",
    }.items()
    for currency in currencies.split()
}
"""The smallest coin or note in use, where it is more than the smallest unit. Source: the central banks' pages, 2026-11-30."""


def minor_digits(currency: str) -> int:
    """Return how many digits after the point an amount of a currency has.

    Source:  ISO 4217, minor units.
    """
    return _DIGITS.get(currency, 2)


def smallest_coin(currency: str) -> Decimal:
    """Return the smallest amount of a currency that can be paid in cash; nothing is sold for less."""
    return _COINS.get(currency, Decimal(1).scaleb(-minor_digits(currency)))


def nearest_payable(currency: str, amount: str) -> str:
    """Return the amount with the digits of its currency that comes nearest to another; never zero for what is more than that."""
    least = Decimal(1).scaleb(-minor_digits(currency))
    rounded = Decimal(amount).quantize(least, ROUND_HALF_EVEN)
    return format(rounded or (least if Decimal(amount) else rounded), "f")


def too_precise(currency: str, amount: str) -> tuple[str, str] | None:
    """Return what is wrong with an amount of more digits than its currency has, and what to write; `None` where it has no more.

    Also where the digits are zeros: a point may set thousands apart.
    """
    digits = minor_digits(currency)
    whole, _, fraction = amount.partition(".")
    if len(fraction) <= digits or not Decimal(amount):  # nothing is nothing, however it is written
        return None
    most = f"{digits} digit{'' if digits == 1 else 's'} after the point" if digits else "no digits after the point"
    detail = f"An amount in {currency} has {most}; `{amount}` has {len(fraction)}."
    short = f"{whole}.{fraction[:digits]}".rstrip(".")
    lossless = not fraction[digits:].strip("0")
    nearest = short if lossless else nearest_payable(currency, amount)
    if len(fraction) == 3 and whole != "0":
        detail += " The point may set thousands apart."
        return detail, f"Write {whole}{fraction}\nOr, where the point is the decimal point, write {nearest}"
    if lossless:
        return detail, f"Write {short}"
    detail += " It cannot be charged, and a store would round it or refuse it."
    return detail, f"Write an amount that can be paid, such as {nearest}"
