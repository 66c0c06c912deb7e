"""The options that plan, apply, destroy and drift share, and the question they add up to."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from functools import partial
from math import inf
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import uuid4

import click

if TYPE_CHECKING:
    from catalogctl.config.project import Safety
    from catalogctl.config.project import SafetySettings as ProjectLimits
    from catalogctl.engine.plan import Planned, PlanRequest
    from catalogctl.engine.workspace import Workspace
    from catalogctl.model.address import Address
    from catalogctl.planning.catalog import Catalog
    from catalogctl.planning.plan import Refresh
    from catalogctl.planning.planner import Purpose
    from catalogctl.planning.risk.safety import Harm, SafetyLimits

_COUNT = re.compile("[0-9]{1,9}")
_PERCENT = re.compile(r"[0-9]{1,9}(\.[0-9]{1,3})?%?")
_Function = TypeVar("_Function", bound=Callable[..., Any])


def target_options(function: _Function) -> _Function:
    """Add what narrows a plan."""
    options = (
        click.option(
            "--target", "targets", metavar="GLOB", multiple=True, help="Only these: addresses, titles or TITLE.EDITION; may be repeated."
        ),
        click.option("--exclude", "excludes", metavar="GLOB", multiple=True, help="All but these; may be repeated."),
    )
    return with_options(options, function)


def scope_options(function: _Function) -> _Function:
    """Add what narrows a plan, and how it is made."""
    options = (
        target_options,
        click.option(
            "--allow",
            "allowed",
            metavar="HARM=N",
            multiple=True,
            help="Lift one safety limit this once: deletes=12, price-change=80, …",
        ),
        click.option("--parallelism", metavar="N", type=click.IntRange(1, 64), default=None, help="Calls at once on each account."),
    )
    return with_options(options, function)


def change_options(function: _Function) -> _Function:
    """Add what makes a plan another one."""
    options = (
        click.option("--replace", "replaces", metavar="GLOB", multiple=True, help="Delete these and create them again."),
        click.option("--refresh/--no-refresh", default=True, help="Ask the stores, or take state's word for what they hold."),
        click.option("--refresh-only", is_flag=True, help="Only take note of what the stores hold."),
        click.option("--partial", is_flag=True, help="Plan the other accounts where a store cannot be asked."),
    )
    return with_options(options, function)


def with_options(options: tuple[Callable[[_Function], _Function], ...], function: _Function) -> _Function:
    """Add options to a command, in the order in which help lists them."""
    for option in reversed(options):
        function = option(function)
    return function


def approval_options(function: _Function) -> _Function:
    """Add how somebody agrees to what is done."""
    options = (
        click.option("--auto-approve", is_flag=True, help="Do not ask."),
        click.option(
            "--confirm", type=click.Choice(["once", "each"]), default="once", help="Ask once about the plan, or about each of its changes."
        ),
        click.option("--fail-fast", is_flag=True, help="Start nothing new after a failure."),
    )
    return with_options(options, function)


def lock_options(function: _Function) -> _Function:
    """Add how long to wait for somebody else's run."""
    option = click.option(
        "--lock-timeout", metavar="SECONDS", type=_Seconds(), default=30.0, help="How long to wait for another run: 30, 45s, 5m."
    )
    return option(function)


class _Seconds(click.ParamType[float]):
    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        text = str(value)
        factor = {"s": 1, "m": 60, "h": 3600}.get(text[-1:])
        try:
            seconds = float(text if factor is None else text[:-1]) * (factor or 1)
        except ValueError:
            seconds = -1.0
        if not 0 <= seconds < inf:
            self.fail(f"{text!r} is no duration; write 30, 45s or 5m", param, ctx)
        return seconds


def question(workspace: Workspace, purpose: Purpose, chosen: dict[str, Any]) -> PlanRequest:
    """Put the options of a command together."""
    from catalogctl.config.digests import sayings
    from catalogctl.engine.plan import Coverage, PlanRequest
    from catalogctl.model.address import everywhere, selector
    from catalogctl.planning.plan import Refresh
    from catalogctl.planning.planner import Scope

    targets, excludes, replaces = chosen["targets"], chosen["excludes"], chosen.get("replaces", ())
    wanted, unwanted, renewed = selector(targets), selector(excludes), selector(replaces)

    def selected(address: Address) -> bool:
        return (not targets or wanted(address)) and not unwanted(address)

    return PlanRequest(
        scope=Scope(purpose, selected if targets or excludes else everywhere, renewed),
        refresh=Refresh.STORES if chosen.get("refresh", True) else Refresh.STATE,
        coverage=Coverage.REACHABLE if chosen.get("partial") else Coverage.ALL,
        safety=safety_limits(workspace.project.safety, chosen["allowed"]),
        environment=workspace.project.environment,
        configuration=workspace.documents.digest,
        lineage=str(uuid4()),
        document_digests=partial(sayings, workspace.documents),
    )


def question_about(workspace: Workspace, refresh: Refresh, selected: Callable[[Address], bool]) -> PlanRequest:
    """Ask for a plan of some addresses, whatever limits there are on plans: nothing is to be sent."""
    from catalogctl.engine.plan import PlanRequest
    from catalogctl.planning.planner import Scope

    return PlanRequest(
        scope=Scope(selected=selected),
        refresh=refresh,
        environment=workspace.project.environment,
        configuration=workspace.documents.digest,
        lineage=str(uuid4()),
    )


def refuse_idle_globs(catalog: Catalog, planned: Planned, chosen: dict[str, Any]) -> None:
    """Stop where a glob selects nothing: a misspelt target looks like a catalog in perfect order, a misspelt exclude does too much.

    Raises:  CatalogError (target-matches-nothing), naming each.
    """
    from catalogctl.model.address import selector
    from catalogctl.model.diagnostics import CatalogError, Diagnostics, error

    known = {*catalog.resources, *planned.relocated.recorded}
    idle = [
        error("target-matches-nothing", f"--{option} selects nothing", f"Neither the files nor state have anything at {glob}.")
        for option in ("target", "exclude", "replace")
        for glob in dict.fromkeys(chosen.get(f"{option}s", ()))
        if not any(map(selector([glob]), known))
    ]
    if idle:
        *others, last = Diagnostics.of(idle)
        raise CatalogError(*others, replace(last, hint="To see the addresses there are:\ncatalogctl state list"))


def safety_limits(safety: Safety, allowed: tuple[str, ...]) -> SafetyLimits:
    """Put together what the project file allows and what is allowed this once.

    Raises:  click.UsageError for an allowance that is none.
    """
    from catalogctl.planning.risk.safety import AccountLimits, Bound, Harm, SafetyLimits

    def limits(said: ProjectLimits) -> AccountLimits:
        return AccountLimits({Harm(name): Bound(bound.amount, bound.percent) for name, bound in said.bounds.items()}, said.min_existing)

    own = {account: limits(said) for account, said in safety.accounts.items()}
    return SafetyLimits(limits(safety.usual), own, _allowances(allowed))


def _allowances(texts: tuple[str, ...]) -> dict[Harm, Decimal]:
    from catalogctl.planning.risk.safety import Harm

    known = {str(harm): harm for harm in Harm}
    allowed: dict[Harm, Decimal] = {}
    for text in texts:
        name, _, number = text.partition("=")
        form = _PERCENT if name == Harm.PRICE_CHANGE else _COUNT
        if name not in known or form.fullmatch(number) is None:
            message = f"--allow {text}: write it as HARM=NUMBER, such as deletes=12, with one of {', '.join(known)}"
            raise click.UsageError(message)
        if known[name] in allowed:
            message = f"--allow {name} is given twice; each limit is lifted to one number"
            raise click.UsageError(message)
        allowed[known[name]] = Decimal(number.removesuffix("%"))
    return allowed
