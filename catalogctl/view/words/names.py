"""What things are called by people who make books, and not by machines."""

from __future__ import annotations

from typing import Final

from catalogctl.config.schema.names import country_names, currency_names

_SPECIAL: Final = {
    "bisac": "BISAC subjects",
    "isbn": "ISBN",
    "lang": "Language",
    "external_id": "External ID",
    "author": "Authors",
    "contributor": "Contributors",
    "keyword": "Keywords",
    "collection": "Collections",
    "country": "Countries",
    "category": "Categories",
    "price": "Prices",
    "sale_territory": "Territories",
    "publication_date": "Date of publication",
    "cover": "Cover",
}
EVERYWHERE: Final = "ALL"


def label(attribute: str) -> str:
    """Return the name of an attribute as a heading."""
    return _SPECIAL.get(attribute) or attribute.replace("_", " ").strip().capitalize()


def country(written: str) -> str:
    """Return the name of a country that is reported by its code or by its name."""
    return "Everywhere" if written == EVERYWHERE else country_names().get(written, written)


def currency(code: str) -> str:
    """Return the name of a currency; empty for a code that no one has given out."""
    return currency_names().get(code, "")


def clock(seconds: float) -> str:
    """Write a running time: `4:05`, `11:32:08`."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
