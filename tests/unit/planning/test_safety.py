"""The limits on harm, held against a finished plan."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from catalogctl.model.resource import Trait
from catalogctl.planning.order import OperationGraph
from catalogctl.planning.plan import Base, Estimate, Plan
from catalogctl.planning.planner import Purpose, Scope, Verdicts
from catalogctl.planning.safety import Bound, Harm, SafetyLimits, refusals
from unit.planning.shelf import BOOK, NEW_FILE, OLD_FILE, have, seen, verdicts, want


def a_plan(found: Verdicts) -> Plan:
    return Plan(found.changes, OperationGraph(), found.drift, Base("default", "", 0, ""), (), Estimate(0, 0.0), 0)


def deleting(count: int) -> Plan:
    titles = [f"t{number}" for number in range(count)]
    return a_plan(verdicts((), [have(title, name="x") for title in titles], [seen(title, name="x") for title in titles]))


def codes(plan: Plan, limits: SafetyLimits, recorded: int) -> list[str]:
    return [item.code for item in refusals(plan, limits, {"store": recorded})]


def limits(harm: Harm, amount: int, *, percent: bool = False, allowed: int | None = None) -> SafetyLimits:
    return SafetyLimits({harm: Bound(Decimal(amount), percent)}, allowed={} if allowed is None else {harm: Decimal(allowed)})


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
    assert codes(deleting(3), SafetyLimits(bounds, min_existing=3), 3) == ["safety-limit"]
    assert codes(deleting(3), SafetyLimits(bounds, min_existing=100), 99) == []


@pytest.mark.parametrize(("allowed", "refused"), [(2, True), (3, False)])
def test_allow_lifts_one_limit_to_a_number(allowed: int, refused: bool) -> None:
    assert codes(deleting(3), limits(Harm.DELETES, 10, percent=True, allowed=allowed), 10) == (["safety-limit"] if refused else [])


def test_the_hint_of_a_refusal_names_what_would_allow_it() -> None:
    (refusal,) = refusals(deleting(3), limits(Harm.DELETES, 10, percent=True), {"store": 20})
    assert refusal.detail == "On account 'store' this plan makes 3 deletes of 20 recorded; safety allows 10%."
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
    (refusal,) = refusals(plan, limits(Harm.PRICE_CHANGE, 50, percent=True), {})
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
        [want(kind=GUARDED, shelves=(), protect=protect)],
        [have(kind=GUARDED, shelves=(), told={"shelves": others})],
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
