"""What a revert says about what it does not put back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from catalogctl.model.address import Address
from catalogctl.model.diagnostics import Diagnostic

MOST_NAMED = 20
"""So many addresses are named in one problem; of more, the rest is counted."""


def at_most(problems: list[Diagnostic]) -> Iterator[Diagnostic]:
    """Yield the first of some problems, and count the others of each kind."""
    yield from problems[:MOST_NAMED]
    rest = problems[MOST_NAMED:]
    for code, summary in dict.fromkeys((item.code, item.summary) for item in rest):
        others = [item for item in rest if item.code == code]
        detail = "\n".join(address_lines([item.address for item in others]))
        yield replace(others[0], summary=f"{summary}, {len(others):,} times more", detail=detail, address=None)


def address_lines(addresses: Sequence[Address | str | None]) -> Iterator[str]:
    """Name the first of some addresses, a line each, and count the others."""
    yield from (f"- {address}" for address in addresses[:MOST_NAMED])
    if len(addresses) > MOST_NAMED:
        yield f"- and {len(addresses) - MOST_NAMED:,} more"
