"""Every fact that few services have a place for, declared at once."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from catalogctl.model.asset import Asset
from catalogctl.model.facts import (
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
    TerritoryPrice,
    WorkFacts,
)
from catalogctl.model.measure import Measure

WORK: dict[str, Any] = {
    "title_prefix": "The",
    "original_title": "Habits",
    "original_language": "en",
    "edition_statement": "Second",
    "edition_number": 2,
    "edition_types": ("revised",),
    "edition_year": 2026,
    "audience": ("children",),
    "ages": Ages(6, 9),
    "short_description": "Short.",
    "tagline": "Look!",
    "table_of_contents": "<p>1</p>",
    "reviews": (Review("Good."),),
    "awards": (Award("Premio"),),
    "place": "Salta",
    "country": "AR",
    "copyright": Copyright(2019),
    "status": "active",
    "rights": "exclusive",
}
DATES = {"on_sale": "2026-03-31", "preorder_from": "2026-02-01", "announced": "2026-01", "first_published": "1998", "print": "2019"}
OWN: dict[str, Any] = {
    "parts": (Part(count=2),),
    "accessibility": Accessibility(hazards=("none",)),
    "duration": 60,
    "replaces": ("9780306406157",),
    "replaced_by": ("9781496822482",),
    "prices_in": (TerritoryPrice("EUR", Decimal(9), ("AT",)),),
    "price_changes": (PriceChange("2027-01-01", {"EUR": Decimal(9)}),),
    "promotions": (Promotion("a", "2027-01-01", "2027-01-02", {"EUR": Decimal(1)}),),
    "drm": "none",
    "form": ("BC",),
}
ABOUT: dict[str, Any] = {"facts": WorkFacts(**WORK, dates=DATES, subjects={"dewey": ("1",)}, own_subjects={"own": ("A",)})}
"""Metadata with all of them."""
EDITION: dict[str, Any] = {
    "facts": EditionFacts(**OWN, identifiers={"doi": "10.1/a"}, onix=OnixFacts("com.a")),
    "thickness": Measure(Decimal(18), "mm"),
    "extract": Asset("https://cdn.example/extract.epub"),
}
"""An edition with all of them."""
FIELDS = frozenset(
    {
        *WORK,
        *OWN,
        *(f"dates.{name}" for name in DATES),
        *("subjects.dewey", "subjects.proprietary", "identifiers.doi", "thickness", "files.extract"),
    }
)
"""What of it is reported where none of it is sent; what `onix` says never is."""
