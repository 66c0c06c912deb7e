"""Promotions whose last day is over wherever a store is: they can have no effect any more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from catalogctl.config.resolve import Resolved
from catalogctl.config.syntax.source import Part
from catalogctl.model.diagnostics import Diagnostic, Subject, warning
from catalogctl.model.title import Edition, Title

_DAY = len("2026-12-24")


def promotions_over(places: Resolved, title: Title, edition: Edition, today: date) -> Iterator[Diagnostic]:
    """Warn of each promotion of an edition that is over, also of those that one account alone is given."""
    told = set[str]()
    for account, view in (("", edition), *sorted(edition.views.items())):
        for number, promotion in enumerate(view.facts.promotions):
            if date.fromisoformat(promotion.ends[:_DAY]) + timedelta(days=1) < today and promotion.id not in told:
                told.add(promotion.id)
                place = places.place(title, edition.id, ("promotions", number, "until"), Part.VALUE, account)
                detail = f"`{promotion.id}` ended on {promotion.ends}, so that it has no effect any more."
                found = warning("window-over", "A promotion that is over", detail, "Remove it, or change its dates.").at(place)
                yield replace(found, subject=Subject(title.origin.path, title.id, edition.id, f"promotions.{number}.until"))
