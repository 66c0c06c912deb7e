"""The facts of an edition → what its document says of them: the reverse of `facts`. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from catalogctl.config.schema.trade_codes import written_time
from catalogctl.model.facts import EditionFacts, Part, TerritoryPrice, WorkFacts
from catalogctl.model.money import minor_digits

_NOT_AS_THEY_ARE = frozenset({"ages", "subjects", "own_subjects"})


def amount_text(currency: str, amount: Decimal) -> str:
    """Write an amount with the digits that its currency has; more only where it has more itself."""
    exact = amount.normalize()
    least = Decimal(1).scaleb(-minor_digits(currency))
    return format(amount.quantize(least) if amount == amount.quantize(least) else exact, "f")


def said_of_work(facts: WorkFacts) -> Iterator[tuple[str, Any]]:
    """List the fields that declare the facts of a work, in canonical form; without subjects, which stand among others."""
    for name, value in asdict(facts).items():
        if name not in _NOT_AS_THEY_ARE and value:
            yield (
                name,
                _award_codes(_plain(value)) if name == "awards" else _one_or_list(_plain(value)) if name == "audience" else _plain(value),
            )
    if facts.ages is not None:
        ages = {"from": facts.ages.first, "to": facts.ages.last}
        yield "ages", {name: age for name, age in ages.items() if age is not None}


def said_subjects(facts: WorkFacts) -> Mapping[str, Any]:
    """Return the subjects of a work by schemes other than the main two."""
    own = {name: list(codes) for name, codes in facts.own_subjects.items()}
    return {**{scheme: list(codes) for scheme, codes in facts.subjects.items()}, **({"proprietary": own} if own else {})}


def said_of_edition(facts: EditionFacts) -> Iterator[tuple[str, Any]]:
    """List the fields that declare the facts of an edition alone, in canonical form."""
    if facts.identifiers:
        yield "identifiers", dict(facts.identifiers)
    if facts.parts:
        yield "parts", [_part(part) for part in facts.parts]
    if facts.accessibility is not None:
        yield "accessibility", _plain(asdict(facts.accessibility))
    if facts.duration is not None:
        yield "duration", written_time(facts.duration)
    for name in ("replaces", "replaced_by", "form"):
        if value := getattr(facts, name):
            yield name, _one_or_list(list(value))
    if facts.prices_in:
        yield "prices_in", [_territory_price(price) for price in facts.prices_in]
    if facts.price_changes:
        yield "price_changes", [{"from": one.begins, "prices": _amounts(one.prices)} for one in facts.price_changes]
    if facts.promotions:
        yield (
            "promotions",
            [
                {"id": one.id, "from": one.begins, "until": one.ends, "prices": _amounts(one.prices), **_countries(one.territories)}
                for one in facts.promotions
            ],
        )
    if facts.drm:
        yield "drm", facts.drm
    if record := _plain(asdict(facts.onix)):
        yield "onix", record


def _plain(value: Any) -> Any:
    """Write a value without what is empty in it."""
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items() if item not in ("", None, (), {})}
    return [_plain(item) for item in value] if isinstance(value, (list, tuple)) else value


def _award_codes(awards: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"code" if name == "achievement" else name: value for name, value in award.items()} for award in awards]


def _one_or_list(values: list[Any]) -> Any:
    return values[0] if len(values) == 1 else values


def _amounts(prices: Mapping[str, Decimal]) -> dict[str, str]:
    return {currency: amount_text(currency, amount) for currency, amount in prices.items()}


def _countries(territories: tuple[str, ...]) -> dict[str, list[str]]:
    return {"territories": list(territories)} if territories else {}


def _part(part: Part) -> dict[str, Any]:
    said = {"isbn": part.isbn, "format": part.format, "count": part.count if part.count != 1 else None}
    return {name: value for name, value in said.items() if value}


def _territory_price(price: TerritoryPrice) -> dict[str, Any]:
    said: dict[str, Any] = {
        **_countries(price.territories), "currency": price.currency, "amount": amount_text(price.currency, price.amount)
    }  # fmt: skip
    if price.tax is not None:
        rate = price.tax.rate
        said["tax"] = {
            "included": price.tax.included,
            **({} if rate is None else {"rate": f"{rate:f}"}),
            **({"level": price.tax.level} if price.tax.level else {}),
        }
    return said
