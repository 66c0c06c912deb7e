"""What recipients want otherwise than ONIX says it, each with where and when that was seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True)
class Recipient:
    """One recipient of messages."""

    name: str
    """As the header addresses it."""
    source: str
    seen: date
    free_amount: str = ""
    """The amount of a product that is free of charge; empty: no amount, as ONIX says it."""
    alternating_prices: bool = False
    """Whether a promotion ends the regular price and begins it again, in place of a price with a qualifier beside it."""


RECIPIENTS: Final[Mapping[str, Recipient]] = MappingProxyType(
    {
        "google": Recipient(
            "Google Play Books",
            "Publishers' experience with Google Play Books: an unpriced item leaves a book pending, an amount of 0.00 does not",
            date(2024, 3, 5),
            free_amount="0.00",
        ),
        "ebsco": Recipient(
            "EBSCO",
            "The trade's practice with EBSCOhost, which takes no product without an amount above zero",
            date(2026, 12, 1),
            free_amount="0.01",
        ),
        "kobo": Recipient(
            "Rakuten Kobo",
            "Kobo Content Operations, Price Effective Date (ONIX only): the three price method",
            date(2026, 12, 1),
            alternating_prices=True,
        ),
    }
)
"""Recipients by the name that `--to` takes."""
