"""The readiness of a catalog in a screenful: the page has the rest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from catalogctl.model.quantity import counted
from catalogctl.model.value import decimal_text
from catalogctl.query.readiness import Readiness
from catalogctl.view.paint.layout import pad, paragraph, plain
from catalogctl.view.paint.style import Style, Tone

_FEW = 5
_LABEL = 16


def render(facts: Readiness, *, width: int, style: Style) -> Iterator[str]:
    """Write a line or two for each section."""
    head = f"{counted(facts.editions, 'edition')} of {counted(facts.titles, 'title')} on {counted(len(facts.accounts), 'account')}"
    yield from paragraph([(head, Tone.STRONG)], width, style)
    yield from _line("coming", _coming(facts), width, style)
    yield from _line("covers", _missing([f"{one.title}.{one.edition}" for one in facts.without_cover], "without a cover"), width, style)
    access = ", ".join(f"{number:,} {access.value}" for access, number in facts.access.items() if number)
    yield from _line("accessibility", access or "no digital edition", width, style)
    markets = "; ".join(
        f"{market.name} " + ", ".join(f"{number:,} on {account}" for account, number in zip(facts.accounts, market.numbers, strict=True))
        for market in facts.markets[-1:]
    )
    countries = sum(market.code != "ALL" for market in facts.markets)
    yield from _line("territories", f"{counted(countries, 'country', 'countries')} with rules of their own; {markets}", width, style)
    for ladder in facts.ladders[:_FEW]:
        low, high = decimal_text(ladder.rungs[0].amount), decimal_text(ladder.rungs[-1].amount)
        lacking = f"; {counted(ladder.without, 'edition')} without one" if ladder.lacking else ""
        said = f"{counted(ladder.number, 'edition')} from {low} to {high}, half at {decimal_text(ladder.middle)} or less{lacking}"
        yield from _line(f"prices {ladder.currency}", said, width, style)
    if len(facts.ladders) > _FEW:
        yield from _line("", f"and {counted(len(facts.ladders) - _FEW, 'more currency', 'more currencies')}", width, style)
    yield from _line("no price", _missing([f"{one.title}.{one.edition}" for one in facts.without_price], "on some account"), width, style)
    spoken = ", ".join(f"{one.name} {one.titles:,}" for one in facts.languages)
    yield from _line("languages", spoken, width, style)


def _coming(facts: Readiness) -> str:
    if not facts.coming:
        return f"nothing within {counted(facts.days, 'day')}"
    some = [f"{one.day} {one.place.title}.{one.place.edition} {one.what}" for one in facts.coming[:_FEW]]
    more = f"; and {len(facts.coming) - _FEW:,} more" if len(facts.coming) > _FEW else ""
    return "; ".join(some) + more


def _missing(names: Sequence[str], what: str) -> str:
    if not names:
        return "none"
    more = f" and {len(names) - _FEW:,} more" if len(names) > _FEW else ""
    return f"{counted(len(names), 'edition')} {what}: {', '.join(names[:_FEW])}{more}"


def _line(label: str, text: str, width: int, style: Style) -> Iterator[str]:
    pieces = [(pad(label, _LABEL), Tone.FAINT), plain(style.safe(text))]
    yield from paragraph(pieces, width, style, margin=2, hanging=_LABEL)
