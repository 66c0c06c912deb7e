"""What amounts of a currency can be paid: its digits after the point, and its smallest coin."""

from __future__ import annotations

from decimal import Decimal
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
