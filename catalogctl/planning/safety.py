"""The limits on harm, held against a finished plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from catalogctl.model.diagnostics import Diagnostic, error
from catalogctl.model.resource import Kind, Shape
from catalogctl.planning.action import Action
from catalogctl.planning.change import Change
from catalogctl.planning.plan import Plan


class Harm(StrEnum):
    """What can be limited; the words of `safety: max_…` and of `--allow`."""

    DELETES = "deletes"
    UPDATES = "updates"
    CREATES = "creates"
    REPLACES = "replaces"
    PRICE_CHANGE = "price-change"


@dataclass(frozen=True, slots=True)
class Bound:
    """How much of one harm a plan may do."""

    amount: Decimal
    percent: bool
    """Of the recorded resources of one account; for a price, of the price before."""

    def __str__(self) -> str:
        return f"{self.amount.normalize():f}{'%' if self.percent else ''}"


@dataclass(frozen=True, slots=True)
class SafetyLimits:
    """What the project file allows, and what the command line allows this once."""

    bounds: Mapping[Harm, Bound] = field(default_factory=dict)
    min_existing: int = 10
    """A percent applies only to an account with at least this many recorded resources."""
    allowed: Mapping[Harm, Decimal] = field(default_factory=dict)
    """One limit lifted once, to a number."""


_ACTIONS = {
    Harm.DELETES: frozenset({Action.DELETE}),
    Harm.UPDATES: frozenset({Action.UPDATE}),
    Harm.CREATES: frozenset({Action.CREATE}),
    Harm.REPLACES: frozenset({Action.REPLACE}),
}


def refusals(plan: Plan, limits: SafetyLimits, recorded: Mapping[str, int]) -> tuple[Diagnostic, ...]:
    """List why a plan must not be applied; empty when it may.

    Shapes:  `recorded` counts state's resources by account.
    Source:  PRODUCT.md 5.9, 6.9.
    """
    found = [*_protected(plan)]
    for account in sorted({change.address.account for change in plan.changes}):
        changes = [change for change in plan.changes if change.address.account == account]
        for harm, actions in _ACTIONS.items():
            count = sum(change.action in actions for change in changes)
            if harm is Harm.DELETES:
                count += sum(change.takes_away for change in changes)
            found.extend(_too_many(harm, account, count, recorded.get(account, 0), limits))
    found.extend(_prices(plan, limits))
    return tuple(found)


def _protected(plan: Plan) -> list[Diagnostic]:
    return [
        error(
            "protected",
            "A protected resource would be destroyed",
            f"{change.address} is protected, and this plan would {' and '.join(change.actions)} it. {change.type.loss}",
            "Take `protect` out of its lifecycle and apply that first, if this is really meant.",
            address=str(change.address),
        )
        for change in plan.changes
        if change.protect and (change.action.destroys or change.takes_away)
    ]


def _too_many(harm: Harm, account: str, count: int, existing: int, limits: SafetyLimits) -> list[Diagnostic]:
    bound = limits.bounds.get(harm)
    if bound is None or count == 0:
        return []
    if harm in limits.allowed:
        most = limits.allowed[harm]
    elif bound.percent:
        if existing < limits.min_existing:
            return []
        most = bound.amount * existing / 100
    else:
        most = bound.amount
    if count <= most:
        return []
    of = f" of {existing} recorded" if bound.percent else ""
    detail = f"On account {account!r} this plan makes {count} {harm}{of}; safety allows {bound}."
    hint = f"If this is meant, allow it this once:\n--allow {harm}={count}"
    return [error("safety-limit", f"Too many {harm} at once", detail, hint)]


def _prices(plan: Plan, limits: SafetyLimits) -> list[Diagnostic]:
    bound = limits.bounds.get(Harm.PRICE_CHANGE)
    if bound is None:
        return []
    most = limits.allowed.get(Harm.PRICE_CHANGE, bound.amount)
    found: list[Diagnostic] = []
    for change in plan.changes:
        if change.action in {Action.UPDATE, Action.ADOPT, Action.REPLACE}:
            found.extend(_price(change, most, bound))
    return found


def _price(change: Change, most: Decimal, bound: Bound) -> list[Diagnostic]:
    found = []
    for item in change.attributes:
        before, after = item.before, item.after
        if item.attribute.kind is not Kind.MONEY or item.attribute.shape is not Shape.MAP:
            continue
        if not (isinstance(before, Decimal) and isinstance(after, Decimal) and before > 0):
            continue
        percent = abs(after - before) / before * 100
        if percent > most:
            whole = percent.to_integral_value(rounding="ROUND_CEILING")
            detail = f"{change.address}: {item.path[-1]} {before:.2f} → {after:.2f} is a change of {percent:.0f}%; safety allows {bound}."
            hint = f"If this is meant, allow it this once:\n--allow price-change={whole}"
            found.append(
                error("safety-price", "A price moves too far at once", detail, hint, address=str(change.address), attribute="prices")
            )
    return found
