"""Canonical data of an edition → the facts that it declares. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from catalogctl.config.schema.trade_codes import seconds_of
from catalogctl.model.facts import (
    NO_EDITION_FACTS,
    NO_WORK_FACTS,
    Accessibility,
    Ages,
    Award,
    Copyright,
    EditionFacts,
    OnixFacts,
    Part,
    PriceChange,
    Promotion,
    Review,
    Tax,
    TerritoryPrice,
    WorkFacts,
)
from catalogctl.model.measure import Measure
from catalogctl.model.vocabulary import SUBJECT_SCHEMES

_WORK_TEXTS = (
    *("title_prefix", "original_title", "original_language", "edition_statement", "short_description", "tagline", "table_of_contents"),
    *("place", "country", "status", "rights"),
)
_WORK = frozenset(
    (
        *_WORK_TEXTS,
        "edition_number",
        "edition_types",
        "edition_year",
        "audience",
        "ages",
        "reviews",
        "awards",
        "copyright",
        "dates",
    )
)
_MAIN_SUBJECTS = frozenset({"bisac", "thema"})
_EDITION = frozenset(
    "identifiers parts accessibility duration replaces replaced_by prices_in price_changes promotions drm form onix".split()
)


def listed(value: Any) -> tuple[Any, ...]:
    """Return what is one value or a list of them as a tuple; empty where nothing is declared."""
    return tuple(value) if isinstance(value, list) else () if value is None else (value,)


def measure(value: str | int | None) -> Measure | None:
    """Return a measure as it is declared: `230 mm`, or a number alone."""
    if value is None:
        return None
    amount, _, unit = str(value).partition(" ")
    return Measure(Decimal(amount), unit)


def work_facts(merged: Mapping[str, Any]) -> WorkFacts:
    """Return the facts of a work that its canonical data declares."""
    said = merged.get
    subjects = said("subjects") or {}
    if _WORK.isdisjoint(merged) and _MAIN_SUBJECTS.issuperset(subjects):
        return NO_WORK_FACTS
    ages, notice = said("ages"), said("copyright") or {}
    return WorkFacts(
        **{name: said(name) or "" for name in _WORK_TEXTS},
        edition_number=said("edition_number"),
        edition_types=listed(said("edition_types")),
        edition_year=said("edition_year"),
        audience=listed(said("audience")),
        ages=None if ages is None else Ages(ages.get("from"), ages.get("to")),
        subjects={scheme: tuple(codes) for scheme, codes in subjects.items() if scheme in SUBJECT_SCHEMES and codes},
        own_subjects={scheme: tuple(codes) for scheme, codes in (subjects.get("proprietary") or {}).items() if codes},
        reviews=tuple(Review(one["text"], one.get("author") or "", one.get("source") or "") for one in said("reviews") or ()),
        awards=tuple(Award(one["name"], one.get("year"), one.get("country") or "", one.get("code") or "") for one in said("awards") or ()),
        copyright=Copyright(notice.get("year"), notice.get("owner") or "") if any(notice.values()) else None,
        dates={name: day for name, day in (said("dates") or {}).items() if day is not None},
    )


def edition_facts(merged: Mapping[str, Any]) -> EditionFacts:
    """Return the facts of an edition alone that its canonical data declares."""
    if _EDITION.isdisjoint(merged):
        return NO_EDITION_FACTS
    said = merged.get
    duration, record = said("duration"), said("onix") or {}
    return EditionFacts(
        identifiers={name: value for name, value in (said("identifiers") or {}).items() if value is not None},
        parts=tuple(Part(one.get("isbn") or "", one.get("format") or "", one.get("count") or 1) for one in said("parts") or ()),
        accessibility=_accessibility(said("accessibility") or {}),
        duration=None if duration is None else seconds_of(duration),
        replaces=listed(said("replaces")),
        replaced_by=listed(said("replaced_by")),
        prices_in=tuple(map(_territory_price, said("prices_in") or ())),
        price_changes=tuple(PriceChange(one["from"], _amounts(one["prices"])) for one in said("price_changes") or ()),
        promotions=tuple(
            Promotion(one["id"], one["from"], one["until"], _amounts(one["prices"]), _countries(one)) for one in said("promotions") or ()
        ),
        drm=said("drm") or "",
        form=listed(said("form")),
        onix=OnixFacts(**{name: value for name, value in record.items() if value}),
    )


def _accessibility(said: Mapping[str, Any]) -> Accessibility | None:
    facts: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in said.items() if value}
    return Accessibility(**facts) if facts else None


def _amounts(prices: Mapping[str, str]) -> Mapping[str, Decimal]:
    return {currency: Decimal(amount) for currency, amount in prices.items()}


def _countries(block: Mapping[str, Sequence[str] | None]) -> tuple[str, ...]:
    return tuple(block.get("territories") or ())


def _territory_price(block: Mapping[str, Any]) -> TerritoryPrice:
    said = block.get("tax")
    tax = None
    if said is not None:
        rate = said.get("rate")
        tax = Tax(said["included"], None if rate is None else Decimal(rate), said.get("level") or "")
    return TerritoryPrice(block["currency"], Decimal(block["amount"]), _countries(block), tax)
