"""Measures of a printed book as a publica.la store takes them: whole numbers in the unit of its shop, which no document names. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from catalogctl.model.measure import Measure
from catalogctl.model.title import Edition, Format
from catalogctl.provider.protocol import UnsupportedField
from catalogctl.providers.publicala.options import Settings

MEASURES = ("height", "width", "weight")
_SETTINGS = {"height": "length_unit", "width": "length_unit", "weight": "weight_unit"}


def measured(edition: Edition, settings: Settings, name: str) -> int | None:
    """Return a measure as the store is sent it; `None` where none is declared, or none that it could hold."""
    said: Measure | None = getattr(edition, name)
    if said is None or (said.unit and getattr(settings, _SETTINGS[name]) is None):
        return None
    amount = said.in_unit(getattr(settings, _SETTINGS[name])) if said.unit else said.amount
    return int(amount) if amount == amount.to_integral_value() else None


def unmeasured(edition: Edition, settings: Settings) -> Iterator[UnsupportedField]:
    """List the measures that the store cannot be sent."""
    for name in MEASURES:
        said: Measure | None = getattr(edition, name)
        if said is None or edition.format is not Format.PRINT or measured(edition, settings, name) is not None:
            continue
        unit = getattr(settings, _SETTINGS[name])
        why = f"which is no whole number of {unit}" if unit else f"until `{_SETTINGS[name]}` on the account says the unit of the shop"
        yield UnsupportedField(name, f"the {name} {said}, {why}")
