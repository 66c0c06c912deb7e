"""A request for a plan is data."""

from __future__ import annotations

from decimal import Decimal

from pydantic import TypeAdapter

from catalogctl.engine.plan import Coverage, PlanRequest
from catalogctl.model.address import Address
from catalogctl.planning.plan import Refresh
from catalogctl.planning.risk.safety import AccountLimits, Bound, Harm, SafetyLimits
from catalogctl.planning.scope import Purpose, Scope

FARO = Address("store", "book", "faro", "epub")
LIMITS = AccountLimits({Harm.DELETES: Bound(Decimal(5), percent=True)}, 3)
REQUEST = PlanRequest(
    scope=Scope(Purpose.REVERT, ("faro",), ("*/audiobook/*",), frozenset({FARO}), ("azul",), frozenset({FARO})),
    refresh=Refresh.STATE,
    coverage=Coverage.REACHABLE,
    safety=SafetyLimits(
        accounts={"store": AccountLimits({Harm.DELETES: Bound(Decimal(5), percent=True)}, 3)}, allowed={Harm.CREATES: Decimal(9)}
    ),
    environment="staging",
    configuration="abc",
)


def test_a_plan_request_is_the_same_after_it_was_saved() -> None:
    form = TypeAdapter(PlanRequest)

    assert form.validate_json(form.dump_json(REQUEST)) == REQUEST


def test_a_plan_request_shows_what_it_asks() -> None:
    shown = repr(REQUEST)

    assert "targets=('faro',)" in shown
    assert "<function" not in shown
