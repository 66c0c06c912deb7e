"""What a reviewer should look at first."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from catalogctl.model.resource import Attribute, Kind, Shape, Trait
from catalogctl.planning.action import Action, Reason
from catalogctl.planning.change import AttributeChange, Change
from catalogctl.planning.risk.risk import Risk, assess, going_along
from unit.planning.house import book, chapter, decided
from unit.view import samples

COUNTRIES = Attribute("countries", Kind.TEXT, Shape.SET, frozenset({Trait.TERRITORIES}))
PUBLISHED = Attribute("published", Kind.BOOLEAN, traits=frozenset({Trait.ON_SALE}))
FREE = Attribute("free", Kind.BOOLEAN, traits=frozenset({Trait.FREE}))
OPEN = Attribute("open", Kind.BOOLEAN, traits=frozenset({Trait.ON_SALE, Trait.UNDONE}))
MORE = {"countries": COUNTRIES, "published": PUBLISHED, "free": FREE, "open": OPEN}
KIND = replace(samples.CONTENT, attributes={**samples.CONTENT.attributes, **MORE})


def changed(title: str, *, action: Action = Action.UPDATE, **sides: tuple[object, object]) -> Change:
    before = {name: side[0] for name, side in sides.items()}
    after = {name: side[1] for name, side in sides.items()}
    items = tuple(AttributeChange((name,), KIND.attributes[name], *side) for name, side in sorted(sides.items()))  # type: ignore[arg-type]
    return Change(samples.at(title), KIND, action, Reason.EDITED, "1", "key", before, after, items)  # type: ignore[arg-type]


def prices(before: str, after: str) -> tuple[object, object]:
    return {"USD": Decimal(before)}, {"USD": Decimal(after)}


def order(*changes: Change) -> list[str]:
    return [one.change.address.title for one in assess(changes)]


def test_risks_are_ordered_by_how_much_harm_they_do() -> None:
    changes = (
        changed("a", pages=(1, 2)),
        changed("b", countries=(("AR", "MX", "UY"), ("AR",))),
        changed("c", prices=prices("10", "4")),
        changed("d", published=(True, False)),
        replace(changed("s", open=(False, True)), observed={"open": True}),
        changed("u", prices=prices("12.99", "1299")),
        changed("v", prices=({}, {"USD": Decimal(0)})),
        changed("w", prices=({}, {"COP": Decimal(3)})),
        changed("r", prices=prices("1", "2")),
        changed("e", action=Action.REPLACE, pages=(1, 2)),
        changed("f", action=Action.DELETE),
        changed("g", action=Action.CREATE),
    )
    assert order(*changes) == ["f", "e", "d", "s", "u", "v", "w", "c", "r", "b", "a", "g"]
    assert [one.risks for one in assess(changes)] == [*((risk,) for risk in Risk), (), ()]


def test_steeper_falls_and_larger_losses_come_first() -> None:
    assert order(changed("a", prices=prices("10", "9")), changed("b", prices=prices("10", "1"))) == ["b", "a"]
    lost = changed("b", countries=(("AR", "MX", "UY"), ("AR",)))
    assert order(changed("a", countries=(("AR", "MX"), ("AR",))), lost) == ["b", "a"]


def test_a_rise_by_much_is_a_risk_whatever_the_limit() -> None:
    moves = {"a": prices("0.99", "120"), "b": prices("10", "15"), "c": prices("10", "15.01")}
    found = assess([changed(title, prices=move) for title, move in moves.items()])
    assert {one.change.address.title: one.risks for one in found} == {"a": (Risk.PRICE_RISE,), "c": (Risk.PRICE_RISE,), "b": ()}
    assert found[0].rises[0].before == Decimal("0.99")


def new(**after: object) -> Change:
    return replace(changed("a", action=Action.CREATE), before=None, after=after)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("amounts", "risks"),
    [
        ({"USD": "0"}, (Risk.PRICE_ZERO,)),
        ({"COP": "3"}, (Risk.PRICE_COIN,)),
        ({"COP": "45"}, (Risk.PRICE_COIN,)),
        ({"CLP": "5", "EUR": "0"}, (Risk.PRICE_ZERO, Risk.PRICE_COIN)),
        ({"COP": "50", "USD": "0.01", "JPY": "1", "KWD": "0.001"}, ()),
    ],
)
def test_a_price_that_no_shop_would_have_is_a_risk_of_something_new(amounts: dict[str, str], risks: tuple[Risk, ...]) -> None:
    (one,) = assess([new(prices={currency: Decimal(amount) for currency, amount in amounts.items()})])
    assert one.risks == risks


def test_a_price_of_zero_is_no_risk_where_it_is_given_away() -> None:
    (one,) = assess([new(prices={"USD": Decimal(0)}, free=True)])
    assert one.risks == ()


def test_an_odd_price_is_a_risk_only_of_the_change_that_sets_it() -> None:
    kept = changed("a", prices=({"USD": Decimal(1), "COP": Decimal(3)}, {"USD": Decimal(2), "COP": Decimal(3)}))
    made = changed("b", prices=({"USD": Decimal(1)}, {"USD": Decimal(1), "COP": Decimal(3)}))
    fell = changed("c", prices=prices("1", "0"))
    assert {one.change.address.title: one.risks for one in assess([kept, made, fell])} == {
        "a": (Risk.PRICE_RISE,),
        "b": (Risk.PRICE_COIN,),
        "c": (Risk.PRICE_ZERO, Risk.PRICE_FALL),
    }


def test_a_small_rise_and_a_first_price_are_no_risk() -> None:
    assert [one.risks for one in assess([changed("a", prices=prices("9", "10")), changed("b", prices=({}, {"USD": Decimal(1)}))])] == [
        (),
        (),
    ]


@pytest.mark.parametrize(
    ("before", "after", "seen", "risks"),
    [
        (False, True, True, (Risk.REVIEW,)),
        (False, True, False, ()),
        (True, False, True, (Risk.UNPUBLISH,)),
        (True, None, True, (Risk.UNPUBLISH,)),
    ],
)
def test_what_the_store_takes_from_sale_by_itself_goes_back_to_review(
    before: bool, after: bool | None, seen: bool, risks: tuple[Risk, ...]
) -> None:
    (one,) = assess([replace(changed("a", open=(before, after)), observed={"open": seen})])
    assert one.risks == risks


def test_a_change_may_carry_several_risks() -> None:
    (one,) = assess([changed("a", action=Action.REPLACE, prices=prices("10", "5"), published=(True, False))])
    assert one.risks == (Risk.REPLACE, Risk.UNPUBLISH, Risk.PRICE_FALL)
    assert [(fall.before, fall.price.amount) for fall in one.falls] == [(Decimal(10), Decimal(5))]


def test_what_changes_nothing_is_not_assessed() -> None:
    assert assess([samples.unchanged("a")]) == ()


def test_a_part_that_goes_with_its_owner_is_no_risk_of_its_own() -> None:
    changes = decided([], [book(), chapter("one")]).changes
    assert {str(address) for address in going_along(changes)} == {"house/chapter/odisea.audio/one"}
    assert {str(one.change.address): one.risks for one in assess(changes)} == {
        "house/audiobook/odisea.audio": (Risk.DELETE,),
        "house/chapter/odisea.audio/one": (),
    }


def test_a_rise_beyond_the_limit_comes_before_a_fall_within_it_and_the_steepest_first() -> None:
    moves = {"a": ("10", "8"), "b": ("10", "4"), "c": ("10", "16"), "d": ("10", "90"), "e": ("10", "5")}
    found = assess([changed(title, prices=prices(*move)) for title, move in moves.items()])
    assert [one.change.address.title for one in found] == ["b", "d", "c", "e", "a"]
    limited = assess([changed(title, prices=prices(*move)) for title, move in moves.items()], {"store": Decimal(10)})
    assert [one.change.address.title for one in limited] == ["b", "e", "a", "d", "c"]
