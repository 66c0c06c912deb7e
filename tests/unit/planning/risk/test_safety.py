"""The limits on harm, held against a finished plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

import pytest

from catalogctl.model.address import Address
from catalogctl.model.resource import Attribute, Kind, Recorded, Shape, Trait
from catalogctl.planning.order import OperationGraph
from catalogctl.planning.plan import Base, Estimate, Plan
from catalogctl.planning.planner import Verdicts
from catalogctl.planning.risk.safety import AccountLimits, Bound, Harm, SafetyLimits, refusals
from catalogctl.planning.scope import Purpose, Scope
from unit.planning.shelf import BOOK, NEW_FILE, OLD_FILE, have, seen, verdicts, want


def a_plan(found: Verdicts) -> Plan:
    return Plan(found.changes, OperationGraph(), found.drift, Base("default", "", 0, ""), (), Estimate(0, 0.0), 0)


def deleting(count: int) -> Plan:
    titles = [f"t{number}" for number in range(count)]
    return a_plan(verdicts((), [have(title, name="x") for title in titles], [seen(title, name="x") for title in titles]))


def knowing(count: int, *records: Recorded) -> Mapping[Address, Recorded]:
    """State as it is with some records among so many."""
    fill = [have(f"other{number}") for number in range(count - len(records))]
    return {one.address: one for one in (*fill, *records)}


def codes(plan: Plan, limits: SafetyLimits, recorded: int) -> list[str]:
    return [item.code for item in refusals(plan, limits, knowing(recorded))]


def limits(harm: Harm, amount: int, *, percent: bool = False, allowed: int | None = None) -> SafetyLimits:
    return SafetyLimits(AccountLimits({harm: Bound(Decimal(amount), percent)}), allowed={} if allowed is None else {harm: Decimal(allowed)})


def repricing(before: str, after: str) -> Plan:
    old = {"USD": Decimal(before)}
    return a_plan(verdicts([want(prices={"USD": Decimal(after)})], [have(prices=old)], [seen(prices=old)]))


@pytest.mark.parametrize(("most", "refused"), [(2, True), (3, False)])
def test_a_count_is_a_limit_however_little_is_recorded(most: int, refused: bool) -> None:
    assert codes(deleting(3), limits(Harm.DELETES, most), 3) == (["safety-limit"] if refused else [])


@pytest.mark.parametrize(("recorded", "refused"), [(9, False), (10, True), (29, True), (30, False)])
def test_a_percent_is_of_what_is_recorded_and_applies_from_ten_on(recorded: int, refused: bool) -> None:
    assert codes(deleting(3), limits(Harm.DELETES, 10, percent=True), recorded) == (["safety-limit"] if refused else [])


def test_the_floor_of_a_percent_can_be_set() -> None:
    bounds = {Harm.DELETES: Bound(Decimal(10), percent=True)}
    assert codes(deleting(3), SafetyLimits(AccountLimits(bounds, min_existing=3)), 3) == ["safety-limit"]
    assert codes(deleting(3), SafetyLimits(AccountLimits(bounds, min_existing=100)), 99) == []


@pytest.mark.parametrize(("allowed", "refused"), [(2, True), (3, False)])
def test_allow_lifts_one_limit_to_a_number(allowed: int, refused: bool) -> None:
    assert codes(deleting(3), limits(Harm.DELETES, 10, percent=True, allowed=allowed), 10) == (["safety-limit"] if refused else [])


def test_the_hint_of_a_refusal_names_what_would_allow_it() -> None:
    (refusal,) = refusals(deleting(3), limits(Harm.DELETES, 10, percent=True), knowing(20))
    assert refusal.detail == "On account 'store' this plan deletes 3 objects of 20 recorded; safety allows 10%, which is 2."
    assert refusal.hint.endswith("--allow deletes=3")


def test_each_harm_counts_its_own_action() -> None:
    found = a_plan(
        verdicts(
            [want("new", name="x"), want("edited", name="y"), want("other", file=NEW_FILE)],
            [have("edited", name="x"), have("other", file=OLD_FILE), have("gone", name="x")],
            [seen("edited", name="x"), seen("other"), seen("gone", name="x")],
        )
    )
    for harm in (Harm.CREATES, Harm.UPDATES, Harm.REPLACES, Harm.DELETES):
        assert codes(found, limits(harm, 0), 3) == ["safety-limit"]
        assert codes(found, limits(harm, 1), 3) == []


def test_what_no_limit_is_set_for_is_not_limited() -> None:
    assert codes(deleting(3), SafetyLimits(), 3) == []


@pytest.mark.parametrize(
    ("before", "after", "refused"),
    [("2.00", "3.00", False), ("2.00", "3.01", True), ("2.00", "1.00", False), ("2.00", "0.99", True), ("0.00", "9.00", False)],
)
def test_a_price_may_move_by_so_many_percent_of_what_it_was(before: str, after: str, refused: bool) -> None:
    assert codes(repricing(before, after), limits(Harm.PRICE_CHANGE, 50, percent=True), 1) == (["safety-price"] if refused else [])


def test_the_number_that_a_price_refusal_names_allows_it() -> None:
    plan = repricing("3.00", "7.00")
    (refusal,) = refusals(plan, limits(Harm.PRICE_CHANGE, 50, percent=True), knowing(1))
    assert refusal.hint.endswith("--allow price-change=134")
    assert codes(plan, limits(Harm.PRICE_CHANGE, 50, percent=True, allowed=134), 1) == []


def test_a_protected_resource_is_neither_deleted_nor_replaced() -> None:
    protected = have("kept", name="x", file=OLD_FILE, protect=True)
    by_removal = a_plan(verdicts((), [protected], [seen("kept", name="x")]))
    by_replace = a_plan(verdicts([want("kept", file=NEW_FILE, protect=True)], [protected], [seen("kept", name="x")]))
    assert codes(by_removal, SafetyLimits(), 1) == ["protected"]
    assert codes(by_replace, SafetyLimits(), 1) == ["protected"]


def test_a_protected_resource_is_updated_like_any_other() -> None:
    plan = a_plan(verdicts([want(name="y", protect=True)], [have(name="x", protect=True)], [seen(name="x")]))
    assert codes(plan, SafetyLimits(), 1) == []


def test_protection_lives_in_state_and_outlasts_the_line_that_asked_for_it() -> None:
    """Taking `protect` out and replacing in one step is refused; taking it out alone is not."""
    recorded, store = have(file=OLD_FILE, protect=True), seen()
    assert codes(a_plan(verdicts([want(file=NEW_FILE)], [recorded], [store])), SafetyLimits(), 1) == ["protected"]
    assert codes(a_plan(verdicts([want(file=OLD_FILE)], [recorded], [store])), SafetyLimits(), 1) == []


def test_protection_holds_from_the_moment_it_is_declared() -> None:
    destroying = Scope(Purpose.DESTROY)
    plan = a_plan(verdicts([want(name="x", protect=True)], [have(name="x")], [seen(name="x")], destroying))
    assert codes(plan, SafetyLimits(), 1) == ["protected"]


# What goes out of a list and is deleted by that.

STRANGERS = replace(BOOK.attributes["shelves"], traits=frozenset({Trait.TAKES_AWAY}))
GUARDED = replace(BOOK, attributes={**BOOK.attributes, "shelves": STRANGERS})


def sweeping(count: int, *, protect: bool = False) -> Plan:
    others = tuple(f"o{number}" for number in range(count))
    found = verdicts(
        [want(type_=GUARDED, shelves=(), protect=protect)],
        [have(type_=GUARDED, shelves=(), told={"shelves": others})],
        [seen(shelves=others)],
    )
    return a_plan(found)


@pytest.mark.parametrize(("most", "refused"), [(2, True), (3, False)])
def test_objects_that_an_update_deletes_are_counted_as_deletes(most: int, refused: bool) -> None:
    plan = sweeping(3)
    assert (plan.summary.update, plan.summary.delete) == (1, 0)
    assert codes(plan, limits(Harm.DELETES, most), 1) == (["safety-limit"] if refused else [])


def test_what_is_protected_is_not_deleted_by_an_update() -> None:
    assert codes(sweeping(1, protect=True), SafetyLimits(), 1) == ["protected"]
    assert codes(sweeping(0, protect=True), SafetyLimits(), 1) == []


# Several limits, and several accounts.


def test_all_limits_that_are_exceeded_are_told_and_one_hint_lifts_them_all() -> None:
    wanted = [want(f"n{number}", name="x") for number in range(4)]
    gone = [have(f"g{number}", name="x") for number in range(2)]
    plan = a_plan(verdicts(wanted, gone, [seen(f"g{number}", name="x") for number in range(2)]))
    none = {harm: Bound(Decimal(0), percent=False) for harm in Harm}
    found = refusals(plan, SafetyLimits(AccountLimits(none)), knowing(2, *gone))
    assert sorted(item.summary for item in found) == ["Too many creates at once", "Too many deletes at once"]
    assert [bool(item.hint) for item in found] == [False, True]
    assert found[-1].hint == "If all of this is meant, allow it this once:\n--allow deletes=2 --allow creates=4"
    assert refusals(plan, SafetyLimits(AccountLimits(none), allowed={Harm.DELETES: Decimal(2), Harm.CREATES: Decimal(4)}), knowing(2)) == ()


def test_an_account_with_limits_of_its_own_has_these_and_the_others_the_usual_ones() -> None:
    of_store, of_other = (
        SafetyLimits(accounts={"store": AccountLimits({Harm.DELETES: Bound(Decimal(0), percent=False)})}),
        SafetyLimits(limits(Harm.DELETES, 0).usual, {"store": AccountLimits()}),
    )
    assert codes(deleting(1), of_store, 1) == ["safety-limit"]
    assert codes(deleting(1), of_other, 1) == []


def test_an_allowance_that_is_too_small_says_what_it_allows() -> None:
    (refusal,) = refusals(deleting(13), limits(Harm.DELETES, 10, percent=True, allowed=12), knowing(20))
    assert (
        refusal.detail == "On account 'store' this plan deletes 13 objects of 20 recorded; safety allows 10%, and --allow no more than 12."
    )
    assert refusal.hint.endswith("--allow deletes=13")


# Prices.


def test_many_prices_beyond_the_limit_are_one_problem_that_names_the_worst_first() -> None:
    titles = [f"t{number:02}" for number in range(12)]
    old = {"USD": Decimal("10.00")}
    plan = a_plan(
        verdicts(
            [want(title, prices={"USD": Decimal(20 + number)}) for number, title in enumerate(titles)],
            [have(title, prices=old) for title in titles],
            [seen(title, prices=old) for title in titles],
        )
    )
    (refusal,) = refusals(plan, limits(Harm.PRICE_CHANGE, 50, percent=True), knowing(12))
    first, second, *_, last = refusal.detail.splitlines()
    assert first == "On account 'store' 12 prices move too far; safety allows 50%:"
    assert second == "- store/book/t11.epub: USD 10.00 → 31.00 is a change of 210%"
    assert last == "- and 2 more"
    assert refusal.hint.endswith("--allow price-change=210")


@pytest.mark.parametrize("unit", ["100", "1000"])
@pytest.mark.parametrize("direction", ["up", "down"])
def test_an_amount_in_another_unit_is_refused_whatever_the_limit_on_prices_is(unit: str, direction: str) -> None:
    low, high = "12.99", str(Decimal("12.99") * Decimal(unit))
    plan = repricing(low, high) if direction == "up" else repricing(high, low)
    assert codes(plan, SafetyLimits(), 1) == ["safety-price-unit"]
    assert codes(plan, limits(Harm.PRICE_CHANGE, 10**9, percent=True), 1) == ["safety-price-unit"]


@pytest.mark.parametrize(("after", "refused"), [("1299", True), ("1311.9", True), ("1313", False), ("1287", True), ("1285", False)])
def test_a_ratio_within_a_hundredth_of_two_units_is_taken_for_theirs(after: str, refused: bool) -> None:
    assert codes(repricing("12.99", after), SafetyLimits(), 1) == (["safety-price-unit"] if refused else [])


def test_what_looks_like_another_unit_is_allowed_by_the_number_that_is_named() -> None:
    plan = repricing("12.99", "1299")
    (refusal,) = refusals(plan, SafetyLimits(), knowing(1))
    assert refusal.address == "store/book/azul.epub"
    assert refusal.hint.endswith("--allow price-change=9900")
    for allowed, told in ((9899, ["safety-price-unit"]), (9900, [])):
        assert codes(plan, SafetyLimits(allowed={Harm.PRICE_CHANGE: Decimal(allowed)}), 1) == told


def test_a_currency_that_is_dropped_and_a_book_that_is_given_away_fall_by_all_of_the_price() -> None:
    old = {"EUR": Decimal(8), "USD": Decimal(9)}
    dropped = a_plan(verdicts([want(prices={"USD": Decimal(9)})], [have(prices=old)], [seen(prices=old)]))
    undeclared = a_plan(verdicts([want(name="x")], [have(name="x", prices=old)], [seen(name="x", prices=old)]))
    for plan in (dropped, undeclared, repricing("9.00", "0")):
        assert codes(plan, limits(Harm.PRICE_CHANGE, 99, percent=True), 1) == ["safety-price"]
        assert codes(plan, limits(Harm.PRICE_CHANGE, 100, percent=True), 1) == []


# Countries, and what is on offer.

OFFERED = replace(
    BOOK,
    attributes={
        **BOOK.attributes,
        "countries": Attribute("countries", Kind.TEXT, Shape.SET, frozenset({Trait.TERRITORIES}), everywhere=("ALL",)),
        "live": Attribute("live", Kind.BOOLEAN, traits=frozenset({Trait.ON_SALE})),
        "gift": Attribute("gift", Kind.BOOLEAN, traits=frozenset({Trait.FREE})),
    },
)


def from_to(before: Mapping[str, object], after: Mapping[str, object], *, protect: bool = False) -> tuple[Plan, Recorded]:
    recorded = have(type_=OFFERED, protect=protect, **before)  # type: ignore[arg-type]
    return a_plan(verdicts([want(type_=OFFERED, **after)], [recorded], [seen(**before)])), recorded  # type: ignore[arg-type]


def test_a_book_that_is_given_away_falls_in_price_although_the_prices_stay() -> None:
    prices = {"USD": Decimal(9)}
    plan, _ = from_to({"gift": False, "prices": prices}, {"gift": True, "prices": prices})
    (refusal,) = refusals(plan, limits(Harm.PRICE_CHANGE, 99, percent=True), knowing(1))
    assert refusal.detail == "store/book/azul.epub: USD 9.00 → nothing (it is given away) is a change of 100%; safety allows 99%."


@pytest.mark.parametrize(
    ("before", "after", "lost"),
    [
        (("AR", "MX", "UY"), ("AR",), 2),
        (("AR", "MX"), ("AR", "MX", "UY"), 0),
        (("AR",), ("ALL",), 0),
        (("ALL",), ("AR", "MX"), 247),
        (("AR",), ("MX",), 1),
    ],
)
def test_the_countries_that_one_object_loses_are_counted_and_all_is_the_world(
    before: tuple[str, ...], after: tuple[str, ...], lost: int
) -> None:
    plan, _ = from_to({"countries": before}, {"countries": after})
    assert codes(plan, limits(Harm.TERRITORY_LOSS, lost), 1) == []
    if lost:
        assert codes(plan, limits(Harm.TERRITORY_LOSS, lost - 1), 1) == ["safety-territory"]
        assert codes(plan, limits(Harm.TERRITORY_LOSS, 0, allowed=lost), 1) == []


def test_to_put_back_the_countries_that_were_applied_is_no_loss() -> None:
    recorded = have(type_=OFFERED, countries=("AR",))
    plan = a_plan(verdicts([want(type_=OFFERED, countries=("AR",))], [recorded], [seen(countries=("ALL",))]))
    assert refusals(plan, limits(Harm.TERRITORY_LOSS, 0), knowing(1, recorded)) == ()
    assert codes(plan, limits(Harm.TERRITORY_LOSS, 0), 1) == ["safety-territory"]


def test_a_percent_of_territories_is_of_those_that_the_object_had() -> None:
    plan, _ = from_to({"countries": ("AR", "MX", "UY")}, {"countries": ("AR", "MX")})
    assert codes(plan, limits(Harm.TERRITORY_LOSS, 33, percent=True), 1) == ["safety-territory"]
    assert codes(plan, limits(Harm.TERRITORY_LOSS, 34, percent=True), 1) == []
    (refusal,) = refusals(plan, limits(Harm.TERRITORY_LOSS, 0, percent=True), knowing(1))
    assert refusal.detail == "store/book/azul.epub: it is no longer sold in 1 of 3 countries (UY); safety allows 0%."
    assert refusal.hint.endswith("--allow territory-loss=1")


def test_what_is_taken_from_sale_is_counted_against_what_can_be_on_sale() -> None:
    plan, recorded = from_to({"live": True}, {"live": False})
    offered = {one.address: one for one in (have(f"t{number}", OFFERED) for number in range(9))}
    others = knowing(100)
    few = {**others, recorded.address: recorded}
    many = {**offered, **few}
    for harm_limit, known, told in (
        (limits(Harm.UNPUBLISH, 0), few, ["safety-limit"]),
        (limits(Harm.UNPUBLISH, 5, percent=True), few, []),
        (limits(Harm.UNPUBLISH, 5, percent=True), many, ["safety-limit"]),
        (limits(Harm.UNPUBLISH, 10, percent=True), many, []),
        (limits(Harm.UNPUBLISH, 0, allowed=1), few, []),
    ):
        assert [item.code for item in refusals(plan, harm_limit, known)] == told


@pytest.mark.parametrize(("before", "after"), [(False, True), (True, True), (None, False)])
def test_what_was_not_on_sale_is_not_taken_from_it(before: bool | None, after: bool) -> None:
    plan, _ = from_to({} if before is None else {"live": before}, {"live": after})
    assert codes(plan, limits(Harm.UNPUBLISH, 0), 1) == []


def test_what_is_protected_is_not_taken_from_sale_also_by_the_plan_that_lifts_the_protection() -> None:
    plan, recorded = from_to({"live": True}, {"live": False}, protect=True)
    assert [item.code for item in refusals(plan, SafetyLimits(), knowing(1, recorded))] == ["protected"]


# Nothing recorded.


def test_where_nothing_is_recorded_nothing_is_deleted_unless_it_is_allowed() -> None:
    assert codes(sweeping(3), SafetyLimits(), 0) == ["safety-first-plan"]
    for allowed, told in ((2, ["safety-first-plan"]), (3, [])):
        assert codes(sweeping(3), SafetyLimits(allowed={Harm.DELETES: Decimal(allowed)}), 0) == told
    assert codes(sweeping(0), SafetyLimits(), 0) == []


def test_where_nothing_is_recorded_nothing_is_taken_from_sale() -> None:
    adopted = a_plan(verdicts([want(type_=OFFERED, live=False)], (), [seen(live=True)]))
    assert codes(adopted, SafetyLimits(), 0) == ["safety-first-plan"]
    assert codes(adopted, SafetyLimits(allowed={Harm.UNPUBLISH: Decimal(1)}), 0) == []


def test_the_way_out_of_protection_that_outlasts_its_file_is_named() -> None:
    protected = have(name="x", protect=True)
    (refusal,) = refusals(a_plan(verdicts((), [protected], [seen(name="x")])), SafetyLimits(), knowing(1, protected))
    assert "removed: [{address: store/book/azul.epub}]" in refusal.hint


@pytest.mark.parametrize(("limit", "steep"), [(20, 20), (50, 50), (80, 50), (100_000, 50)])
def test_the_rise_from_which_a_plan_warns_is_the_limit_and_half_the_price_at_most(limit: int, steep: int) -> None:
    assert limits(Harm.PRICE_CHANGE, limit, percent=True).steep(["store"]) == {"store": Decimal(steep)}
    assert limits(Harm.PRICE_CHANGE, limit, percent=True, allowed=400).steep(["store"]) == {"store": Decimal(steep)}, (
        "not what is let through once"
    )


def test_without_a_limit_nothing_is_said_of_the_rise_of_an_account() -> None:
    assert SafetyLimits(AccountLimits({})).steep(["store"]) == {}
