"""What a reviewer should look at first."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from catalogctl.model.resource import Attribute, Kind, Shape, Trait
from catalogctl.planning.action import Action, Reason
from catalogctl.planning.change import AttributeChange, Change
from catalogctl.planning.risk import Risk, assess, going_along
from unit.planning.house import book, chapter, decided
from unit.view import samples

COUNTRIES = Attribute("countries", Kind.TEXT, Shape.SET, frozenset({Trait.TERRITORIES}))
PUBLISHED = Attribute("published", Kind.BOOLEAN, traits=frozenset({Trait.ON_SALE}))
KIND = replace(samples.CONTENT, attributes={**samples.CONTENT.attributes, "countries": COUNTRIES, "published": PUBLISHED})


def changed(title: str, *, action: Action = Action.UPDATE, **sides: tuple[object, object]) -> Change:
    before = {name: side[0] for name, side in sides.items()}
    after = {name: side[1] for name, side in sides.items()}
    items = tuple(AttributeChange((name,), KIND.attributes[name], *side) for name, side in sorted(sides.items()))  # type: ignore[arg-type]
    return Change(samples.at(title), KIND, action, Reason.EDITED, "1", "key", before, after, items)  # type: ignore[arg-type]


def prices(before: str, after: str) -> tuple[object, object]:
    return {"USD": Decimal(before)}, {"USD": Decimal(after)}


def order(*changes: Change) -> list[str]:
    return [one.change.address.title for one in assess(changes)]


def test_deletes_come_before_replaces_before_off_sale_before_units_before_price_falls_before_territories_before_all_else() -> None:
    changes = (
        changed("a", pages=(1, 2)),
        changed("b", countries=(("AR", "MX", "UY"), ("AR",))),
        changed("c", prices=prices("10", "9")),
        changed("d", published=(True, False)),
        changed("u", prices=prices("12.99", "1299")),
        changed("e", action=Action.REPLACE, pages=(1, 2)),
        changed("f", action=Action.DELETE),
        changed("g", action=Action.CREATE),
    )
    assert order(*changes) == ["f", "e", "d", "u", "c", "b", "a", "g"]
    assert [one.risks for one in assess(changes)] == [*((risk,) for risk in Risk), (), ()]


def test_steeper_falls_and_larger_losses_come_first() -> None:
    assert order(changed("a", prices=prices("10", "9")), changed("b", prices=prices("10", "1"))) == ["b", "a"]
    lost = changed("b", countries=(("AR", "MX", "UY"), ("AR",)))
    assert order(changed("a", countries=(("AR", "MX"), ("AR",))), lost) == ["b", "a"]


def test_a_rise_and_a_first_price_are_no_risk() -> None:
    assert [one.risks for one in assess([changed("a", prices=prices("9", "10")), changed("b", prices=({}, {"USD": Decimal(1)}))])] == [
        (),
        (),
    ]


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
