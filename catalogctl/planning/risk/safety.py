"""The limits on harm, held against a finished plan."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from enum import StrEnum
from typing import Final

from catalogctl.model.address import Address
from catalogctl.model.diagnostics import Diagnostic, Diagnostics, error
from catalogctl.model.quantity import counted
from catalogctl.model.resource import Recorded, ResourceType
from catalogctl.model.value import Attributes, decimal_text
from catalogctl.planning.action import Action
from catalogctl.planning.change import Change
from catalogctl.planning.plan import Plan
from catalogctl.planning.risk.consequence import (
    GIVEN_AWAY,
    PriceMove,
    TerritoryLoss,
    can_leave_sale,
    leaves_sale,
    price_moves,
    territory_losses,
)
from catalogctl.planning.risk.risk import STEEP, Steep

_SHOWN: Final = 10
"""So many prices or territories beyond a limit are named, the worst first."""
_NAMED: Final = 5
"""Up to so many lost countries are named."""


class Harm(StrEnum):
    """What can be limited; the words of `safety: max_…` and of `--allow`."""

    DELETES = "deletes"
    UPDATES = "updates"
    CREATES = "creates"
    REPLACES = "replaces"
    UNPUBLISH = "unpublish"
    PRICE_CHANGE = "price-change"
    TERRITORY_LOSS = "territory-loss"


@dataclass(frozen=True, slots=True)
class Bound:
    """How much of one harm a plan may do."""

    amount: Decimal
    percent: bool
    """Of the recorded resources of one account; for a price or territories, of what they were before."""

    def __str__(self) -> str:
        return f"{self.amount.normalize():f}{'%' if self.percent else ''}"


@dataclass(frozen=True, slots=True)
class AccountLimits:
    """What may be done on one account."""

    bounds: Mapping[Harm, Bound] = field(default_factory=dict)
    """What is missing is not limited."""
    min_existing: int = 10
    """A percent of what is recorded applies only where at least so much is."""


@dataclass(frozen=True, slots=True)
class SafetyLimits:
    """What the project file allows, and what the command line allows this once."""

    usual: AccountLimits = field(default_factory=AccountLimits)
    """For every account that has none of its own."""
    accounts: Mapping[str, AccountLimits] = field(default_factory=dict)
    """By account, each complete by itself."""
    allowed: Mapping[Harm, Decimal] = field(default_factory=dict)
    """Limits lifted once, each to a number: of objects, of percent of a price, of countries of one object."""

    def of(self, account: str) -> AccountLimits:
        """Return the limits of one account."""
        return self.accounts.get(account, self.usual)

    def steep(self, accounts: Iterable[str]) -> Steep:
        """Return from which rise of a price on each account a plan warns: the limit, whatever is allowed this once, and `STEEP` at most."""
        bounds = {account: self.of(account).bounds.get(Harm.PRICE_CHANGE) for account in accounts}
        return {account: min(STEEP, bound.amount) for account, bound in bounds.items() if bound is not None}


@dataclass(frozen=True, slots=True)
class _Excess:
    """One limit that a plan goes beyond."""

    harm: Harm
    needed: int
    """The number to which the limit would have to be lifted."""
    problem: Diagnostic
    """Without its hint, which is one for all that a plan goes beyond."""


_ACTIONS: Final = {Action.DELETE: Harm.DELETES, Action.UPDATE: Harm.UPDATES, Action.CREATE: Harm.CREATES, Action.REPLACE: Harm.REPLACES}
_COUNTED: Final[Mapping[Harm, tuple[str, str]]] = {
    Harm.DELETES: ("Too many deletes at once", "deletes {objects}"),
    Harm.UPDATES: ("Too many updates at once", "updates {objects}"),
    Harm.CREATES: ("Too many creates at once", "creates {objects}"),
    Harm.REPLACES: ("Too many replaces at once", "replaces {objects}"),
    Harm.UNPUBLISH: ("Too much taken from sale at once", "takes {objects} from sale"),
}
"""Harm that is counted over an account → its name, and what a plan does."""


def refusals(plan: Plan, limits: SafetyLimits, recorded: Mapping[Address, Recorded]) -> tuple[Diagnostic, ...]:
    """List why a plan must not be applied; empty when it may.

    Shapes:  `recorded` is all that state knows, whatever the plan selects of it. The hint that lifts all limits together is that of
             the last problem that a limit caused.
    Source:  PRODUCT.md 5.9, 6.9.
    """

    def applied(change: Change) -> Attributes:
        have = recorded.get(change.address)
        return {} if have is None else have.attributes

    beyond: list[_Excess] = []
    existing = _existing(recorded)
    by_account: dict[str, list[Change]] = {}
    for change in plan.changes:
        if change.action.changes_anything:
            by_account.setdefault(change.address.account, []).append(change)
    for account, changes in sorted(by_account.items()):
        bounds = limits.of(account)
        beyond += _counts(account, changes, bounds, limits.allowed, existing)
        beyond += _prices(account, [move for change in changes for move in price_moves(change, applied(change))], bounds, limits.allowed)
        losses = [loss for change in changes for loss in territory_losses(change, applied(change))]
        beyond += _territories(account, losses, bounds, limits.allowed)
    return (*_protected(plan, recorded), *_with_hint(beyond))


def lifting(refused: Iterable[Diagnostic]) -> str:
    """Give the options that lift, this once, all limits for which a plan is refused; empty where there are none, or where they do not help.

    Shapes:  `refused` as `refusals` gives it, which tells these options in a hint. No option lifts the protection of a resource.
    """
    problems = tuple(refused)
    if any(item.code == "protected" for item in problems):
        return ""
    return next((line for item in problems for line in item.hint.splitlines() if line.startswith("--allow ")), "")


# -- protected resources -------------------------------------------------------------------------------------------------


def _protected(plan: Plan, recorded: Mapping[Address, Recorded]) -> Iterator[Diagnostic]:
    """Find what would be lost of what the files or state protect: what state protects, no plan that lifts it destroys as well."""
    gone = {change.address for change in plan.changes if change.action.destroys}
    for change in plan.changes:
        have = recorded.get(change.address)
        if not (change.protect or (have is not None and have.protect)):
            continue
        if change.action.destroys or change.takes_away:
            loss = f"this plan would {' and '.join(change.actions)} it. {change.type.loss}"
        elif leaves_sale(change, gone):
            loss = "this plan would take it from sale."
        else:
            continue
        yield error(
            "protected",
            "A protected resource would be destroyed",
            f"{change.address} is protected, and {loss}",
            _way_out(change),
            address=str(change.address),
        )


def _way_out(change: Change) -> str:
    if change.origin is not None:
        return "Take `protect` out of its lifecycle and apply that first, if this is really meant."
    return (
        "If this is really meant, declare it again without `protect` and apply that first. To keep it in the store and only forget it:\n"
        f"removed: [{{address: {change.address}}}]"
    )


# -- what is counted over an account -------------------------------------------------------------------------------------


def _existing(recorded: Mapping[Address, Recorded]) -> Mapping[tuple[str, Harm], int]:
    """Count what the percents of each account are of: its recorded resources, and those that can be taken from sale."""
    totals: Counter[tuple[str, Harm]] = Counter()
    types: dict[int, tuple[ResourceType, bool]] = {}
    for address, have in recorded.items():
        kind = have.type
        _, offered = types.setdefault(id(kind), (kind, can_leave_sale(kind)))
        totals[address.account, Harm.DELETES] += 1
        totals[address.account, Harm.UNPUBLISH] += offered
    return totals


def _counts(
    account: str,
    changes: Iterable[Change],
    limits: AccountLimits,
    allowed: Mapping[Harm, Decimal],
    existing: Mapping[tuple[str, Harm], int],
) -> Iterator[_Excess]:
    done: Counter[Harm] = Counter()
    gone = {change.address for change in changes if change.action.destroys}
    for change in changes:
        if change.action in _ACTIONS:
            done[_ACTIONS[change.action]] += 1
        done[Harm.DELETES] += change.takes_away
        done[Harm.UNPUBLISH] += leaves_sale(change, gone)
    known = existing.get((account, Harm.DELETES), 0)
    for harm in _COUNTED:
        if not done[harm]:
            continue
        if not known and harm in {Harm.DELETES, Harm.UNPUBLISH}:
            if done[harm] > allowed.get(harm, 0):
                yield _from_nothing(account, harm, done[harm])
            continue
        of = existing.get((account, Harm.UNPUBLISH), 0) if harm is Harm.UNPUBLISH else known
        yield from _too_many(account, harm, done[harm], limits, allowed, of)


def _most(harm: Harm, limits: AccountLimits, allowed: Mapping[Harm, Decimal], existing: int) -> Decimal | None:
    """Return how many there may be; `None` where nothing limits them."""
    bound = limits.bounds.get(harm)
    if bound is None:
        return None
    if harm in allowed:
        return allowed[harm]
    if not bound.percent:
        return bound.amount
    return bound.amount * existing / 100 if existing >= limits.min_existing else None


def _too_many(
    account: str, harm: Harm, count: int, limits: AccountLimits, allowed: Mapping[Harm, Decimal], existing: int
) -> Iterator[_Excess]:
    most = _most(harm, limits, allowed, existing)
    if most is None or count <= most:
        return
    bound, (summary, deed) = limits.bounds[harm], _COUNTED[harm]
    recorded = f" of {existing:,} recorded" if bound.percent and harm is not Harm.CREATES else ""
    whole = most.to_integral_value(ROUND_FLOOR)
    share = f", which is {whole}" if bound.percent and harm not in allowed else ""
    what = deed.format(objects=f"{counted(count, 'object')}{recorded}")
    detail = f"On account {account!r} this plan {what}; {_allows(bound, allowed.get(harm))}{share}."
    yield _Excess(harm, count, error("safety-limit", summary, detail))


def _from_nothing(account: str, harm: Harm, count: int) -> _Excess:
    what = _COUNTED[harm][1].format(objects=counted(count, "object"))
    detail = (
        f"State records nothing on account {account!r}, and this plan {what} that the store has already. A state that was lost, or that "
        "belongs to another environment, looks like this."
    )
    return _Excess(harm, count, error("safety-first-plan", "A first plan that takes something away", detail))


# -- what is measured on each object -------------------------------------------------------------------------------------


def _prices(account: str, moves: Iterable[PriceMove], limits: AccountLimits, allowed: Mapping[Harm, Decimal]) -> Iterator[_Excess]:
    """Find prices that move too far, and those that look like an amount in another unit, which no limit but `--allow` lets pass."""
    bound, most = limits.bounds.get(Harm.PRICE_CHANGE), allowed.get(Harm.PRICE_CHANGE)
    least = most if most is not None else bound.amount if bound is not None else None
    far: list[PriceMove] = []
    units: list[PriceMove] = []
    for move in moves:
        if move.unit is not None:
            if most is None or move.percent > most:
                units.append(move)
        elif bound is not None and least is not None and move.percent > least:
            far.append(move)
    if far and bound is not None:
        far.sort(key=lambda move: (-move.percent, move.address))
        allows = _allows(bound, most)
        lead = f"On account {account!r} {len(far):,} prices move too far; {allows}:"
        yield telling(Harm.PRICE_CHANGE, "safety-price", "A price moves too far at once", lead, far, allows)
    if units:
        units.sort(key=lambda move: (-move.percent, move.address))
        lead = f"On account {account!r} {len(units):,} prices look like amounts in another unit, cents for instance:"
        looks = "it looks like an amount in another unit, cents for instance"
        yield telling(Harm.PRICE_CHANGE, "safety-price-unit", "A price in the wrong unit", lead, units, looks)


def _territories(
    account: str, losses: Iterable[TerritoryLoss], limits: AccountLimits, allowed: Mapping[Harm, Decimal]
) -> Iterator[_Excess]:
    bound, lifted = limits.bounds.get(Harm.TERRITORY_LOSS), allowed.get(Harm.TERRITORY_LOSS)
    if bound is None:
        return
    far: list[TerritoryLoss] = []
    for loss in losses:
        most = lifted if lifted is not None else bound.amount * loss.before / 100 if bound.percent else bound.amount
        if loss.lost > most:
            far.append(loss)
    if far:
        far.sort(key=lambda loss: (-loss.lost, loss.address))
        allows = _allows(bound, lifted)
        lead = f"On account {account!r} {len(far):,} objects lose too many of the countries they are sold in; {allows}:"
        yield telling(Harm.TERRITORY_LOSS, "safety-territory", "Too many territories lost at once", lead, far, allows)


def telling(harm: Harm, code: str, summary: str, lead: str, found: list[PriceMove] | list[TerritoryLoss], verdict: str) -> _Excess:
    """Make one problem of what is too much in one way on one account, with the address of the worst."""
    first = found[0]
    address, attribute = str(first.address), _path(first)
    needed = _percent(first) if isinstance(first, PriceMove) else first.lost
    if len(found) == 1:
        detail = f"{address}: {_told(first)}; {verdict}."
        return _Excess(harm, needed, error(code, summary, detail, address=address, attribute=attribute))
    lines = [f"- {one.address}: {_told(one)}" for one in found[:_SHOWN]]
    rest = [f"- and {len(found) - _SHOWN:,} more"] if len(found) > _SHOWN else []
    return _Excess(harm, needed, error(code, summary, "\n".join([lead, *lines, *rest]), address=address, attribute=attribute))


def _path(one: PriceMove | TerritoryLoss) -> str:
    """Return the attribute that one is about, with the currency of a price that always holds."""
    always = isinstance(one, PriceMove) and not one.price.term and one.why != GIVEN_AWAY
    return f"{one.attribute}.{one.price.currency}" if always and isinstance(one, PriceMove) else one.attribute


def _told(one: PriceMove | TerritoryLoss) -> str:
    match one:
        case PriceMove():
            currency = " ".join(part for part in (one.price.currency, one.price.term) if part)
            after = f"nothing ({one.why})" if one.why else decimal_text(one.price.amount)
            return f"{currency} {decimal_text(one.before)} → {after} is a change of {_tenths(one.percent)}%"
        case TerritoryLoss():
            named = f" ({', '.join(one.names)})" if 0 < len(one.names) <= _NAMED else ""
            if one.lifted:
                return f"it is sold everywhere, and no longer in {one.before} {'country' if one.before == 1 else 'countries'} alone{named}"
            return f"it is no longer sold in {one.lost} of {one.before} {'country' if one.before == 1 else 'countries'}{named}"


def _percent(move: PriceMove) -> int:
    return int(move.percent.to_integral_value(ROUND_CEILING))


def _tenths(percent: Decimal) -> str:
    """Write a percentage with one digit after the point where it has any, never less than it is."""
    return f"{percent.quantize(Decimal('0.1'), ROUND_CEILING):f}".removesuffix(".0")


# -- words ---------------------------------------------------------------------------------------------------------------


def _allows(bound: Bound, lifted: Decimal | None) -> str:
    return f"safety allows {bound}" if lifted is None else f"safety allows {bound}, and --allow no more than {lifted.normalize():f}"


def _with_hint(beyond: Iterable[_Excess]) -> tuple[Diagnostic, ...]:
    """Return the problems in the order in which they are shown, the last with the one hint that allows them all."""
    needed: dict[Harm, int] = {}
    for excess in beyond:
        needed[excess.harm] = max(needed.get(excess.harm, 0), excess.needed)
    problems = tuple(Diagnostics.of(excess.problem for excess in beyond))
    if not problems:
        return ()
    this = "this" if len(problems) == 1 else "all of this"
    options = " ".join(f"--allow {harm}={needed[harm]}" for harm in Harm if harm in needed)
    return (*problems[:-1], replace(problems[-1], hint=f"If {this} is meant, allow it this once:\n{options}"))
