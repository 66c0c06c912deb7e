"""Measures of a printed book: an amount and its unit."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

LENGTHS: Final = {"mm": Decimal(1), "cm": Decimal(10), "in": Decimal("25.4")}
"""Units of length, in millimetres."""
MASSES: Final = {"g": Decimal(1), "kg": Decimal(1000), "oz": Decimal("28.349523125"), "lb": Decimal("453.59237")}
"""Units of mass, in grams."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A length or a mass."""

    amount: Decimal
    unit: str = ""
    """`mm`, `cm`, `in`, `g`, `kg`, `oz` or `lb`; empty: in the unit that the store's shop uses, which no store documents."""

    def __str__(self) -> str:
        return f"{self.amount.normalize():f} {self.unit}".strip()

    def in_unit(self, unit: str) -> Decimal:
        """Return the amount in another unit of the same quantity.

        Raises:  KeyError for a unit of another quantity, and for a measure without a unit.
        """
        table = LENGTHS if unit in LENGTHS else MASSES
        return self.amount * table[self.unit] / table[unit]
