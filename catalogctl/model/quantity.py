"""Quantities as people write them: numbers with their noun, sizes of files, lists of names."""

from __future__ import annotations

from collections.abc import Sequence


def size_text(size: int) -> str:
    """Write a number of bytes the way file managers do (1 kB = 1000 bytes)."""
    if size < 1000:
        return counted(size, "byte")
    amount = float(size)
    for unit in ("kB", "MB", "GB"):
        amount /= 1000
        if amount < 999.5:
            return f"{amount:.1f} {unit}" if amount < 9.95 else f"{amount:.0f} {unit}"
    return f"{amount / 1000:.1f} TB"


def counted(number: int, one: str, many: str | None = None) -> str:
    """Write a number with its noun: `1 item`, `1,204 characters`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def listed(names: Sequence[str]) -> str:
    """Write names one after the other: `a`, `a and b`, `a, b and c`."""
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last
