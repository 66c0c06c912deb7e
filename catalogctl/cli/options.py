"""The options that several commands share, and the request for a plan that they add up to."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Final

import click

from catalogctl.cli.option_group import given, group
from catalogctl.cli.option_types import Digest, Limited, Report, Seconds

if TYPE_CHECKING:
    from catalogctl.config.project import Safety, SafetySettings
    from catalogctl.engine.plan import Planned, PlanRequest
    from catalogctl.engine.workspace import Workspace
    from catalogctl.planning.catalog import Catalog
    from catalogctl.planning.plan import Refresh
    from catalogctl.planning.risk.safety import Harm, SafetyLimits
    from catalogctl.planning.scope import Purpose, Scope
    from catalogctl.view.markdown.marks import Limit

LOCK_TIMEOUT: Final = 30.0
"""The seconds that a command waits for the lock where none are given."""

_COUNT = re.compile("[0-9]{1,9}")
_PERCENT = re.compile(r"[0-9]{1,9}(\.[0-9]{1,3})?%?")


lock_options = click.option(
    "--lock-timeout",
    metavar="SECONDS",
    type=Seconds(),
    default=LOCK_TIMEOUT,
    help="How long to wait for another run: 30, 45s, 5m.",
)
refresh_option = click.option("--refresh/--no-refresh", default=True, help="Ask the stores, or take state's word for what they hold.")


def extent_options(function: Callable[..., int | None]) -> Callable[..., int | None]:
    """Add how much of a plan is shown as text."""
    whole = click.option(
        "--full", "extent", flag_value="full", help="As text: each member of equal changes, and all of what is created or deleted."
    )
    briefly = click.option("--summary", "extent", flag_value="summary", help="As text: counts, risks and what changes alike.")
    return briefly(whole(function))


output_option = click.option("--output", metavar="FILE", type=click.Path(dir_okay=False), help="Show it in this file instead of on stdout.")


@dataclass(frozen=True, slots=True, kw_only=True)
class GlobalOptions:
    """The options of every command."""

    folder: str | None = None
    environment: str | None = None
    no_color: bool = False
    quiet: bool = False
    log_level: str = "warning"
    as_json: bool = False
    json_into: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetOptions:
    """What narrows a plan."""

    targets: tuple[str, ...] = given(
        click.option(
            "--target", "targets", metavar="GLOB", multiple=True, help="Only these: addresses, titles or TITLE.EDITION; may be repeated."
        ),
        (),
    )
    excludes: tuple[str, ...] = given(
        click.option("--exclude", "excludes", metavar="GLOB", multiple=True, help="All but these; may be repeated."), ()
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeOptions(TargetOptions):
    """What narrows a plan, and how it is made."""

    allowed: tuple[str, ...] = given(
        click.option(
            "--allow",
            "allowed",
            metavar="HARM=N",
            multiple=True,
            help="Lift one safety limit this once: deletes=12, price-change=80, …",
        ),
        (),
    )
    parallelism: int | None = given(
        click.option("--parallelism", metavar="N", type=click.IntRange(1, 64), default=None, help="Calls at once on each account."), None
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeOptions:
    """What makes a plan another one."""

    replaces: tuple[str, ...] = given(
        click.option("--replace", "replaces", metavar="GLOB", multiple=True, help="Delete these and create them again."), ()
    )
    refresh: bool = given(refresh_option, True)
    refresh_only: bool = given(click.option("--refresh-only", is_flag=True, help="Only take note of what the stores hold."), False)
    partial: bool = given(click.option("--partial", is_flag=True, help="Plan the other accounts where a store cannot be asked."), False)


@dataclass(frozen=True, slots=True, kw_only=True)
class FormOptions:
    """In which form a plan is shown, how much of it as text, and how long one in Markdown may be."""

    extent: str | None = given(extent_options, None)
    form: str = given(
        click.option(
            "--format",
            "form",
            type=click.Choice(["text", "json", "markdown", "html"]),
            default="text",
            show_default=True,
            help="How to show it.",
        ),
        "text",
    )
    limit: Limit = given(
        click.option(
            "--max-bytes",
            "limit",
            metavar="N|HOST",
            type=Limited(),
            default="65000",
            show_default=True,
            help="Of Markdown: a number of bytes, or what a comment holds on github, gitlab, azure or bitbucket.",
        )
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputOptions(FormOptions):
    """In which form a plan is shown, and where."""

    output: str | None = given(output_option, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class SavingOptions(OutputOptions):
    """How a plan is shown and saved, and what the exit code says of it."""

    out: str | None = given(
        click.option("--out", metavar="FILE", type=click.Path(dir_okay=False), help="Save the plan, for apply to do exactly that."), None
    )
    reports: tuple[str, ...] = given(
        click.option("--report", "reports", metavar="FORM=FILE", type=Report(), multiple=True, help="Also write gitlab-terraform=FILE."), ()
    )
    show_requests: bool = given(
        click.option("--requests", "show_requests", is_flag=True, help="List every request that apply would make."), False
    )
    detailed_exitcode: bool = given(click.option("--detailed-exitcode", is_flag=True, help="Exit with 2 when there are changes."), False)
    lock: bool = given(click.option("--lock/--no-lock", default=False, help="Hold the state while planning. A plan needs no lock."), False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalOptions:
    """How a person or a job agrees to what is done, and how much of it is shown before."""

    extent: str | None = given(extent_options, None)
    auto_approve: bool = given(click.option("--auto-approve", is_flag=True, help="Do not ask."), False)
    confirm: str = given(
        click.option(
            "--confirm", type=click.Choice(["once", "each"]), default="once", help="Ask once about the plan, or about each of its changes."
        ),
        "once",
    )
    fail_fast: bool = given(click.option("--fail-fast", is_flag=True, help="Start nothing new after a failure."), False)

    @property
    def each(self) -> bool:
        """Whether each change is asked about."""
        return self.confirm == "each"


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundOptions:
    """How far a run goes before it ends by itself."""

    duration: float | None = given(
        click.option(
            "--max-duration",
            "duration",
            metavar="TIME",
            type=Seconds(),
            default=None,
            help="Begin nothing more after this time, such as 5h30m; what is under way is ended.",
        ),
        None,
    )
    operations: int | None = given(
        click.option(
            "--max-operations",
            "operations",
            metavar="N",
            type=click.IntRange(1),
            default=None,
            help="Begin nothing more after N operations.",
        ),
        None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplyOptions:
    """The options of `apply`."""

    scope: ScopeOptions = group(ScopeOptions)
    change: ChangeOptions = group(ChangeOptions)
    approval: ApprovalOptions = group(ApprovalOptions)
    bound: BoundOptions = group(BoundOptions)
    resume: str | None = given(
        click.option(
            "--resume", metavar="RUN", default=None, help="Go on with what a run has not done of its plan: latest, or the run's id."
        ),
        None,
    )
    approved: str | None = given(
        click.option("--approved", metavar="DIGEST", type=Digest(), help="Do not ask, and do it only if this is the digest of the plan."),
        None,
    )
    lock_timeout: float = given(lock_options, LOCK_TIMEOUT)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOptions:
    """The options of `import`."""

    everything: bool = given(
        click.option("--all", "everything", is_flag=True, help="Everything on the account that is not managed yet; needs --write."), False
    )
    folder: str = given(
        click.option(
            "--write", "folder", metavar="DIR", default="", help="Write title files into this folder, below a folder of the catalog."
        ),
        "",
    )
    only: tuple[str, ...] = given(
        click.option(
            "--only", metavar="ID", multiple=True, help="With --all: only these objects, by their ids in the store; may be repeated."
        ),
        (),
    )
    by_title: bool | None = given(
        click.option(
            "--join-by-title/--no-join-by-title",
            "by_title",
            default=None,
            help="With --all: a work is, or is not, the title of the catalog with equal title and authors; else such works are left out.",
        ),
        None,
    )
    lock_timeout: float = given(lock_options, LOCK_TIMEOUT)


def plan_request(workspace: Workspace, purpose: Purpose, scope: ScopeOptions, change: ChangeOptions) -> PlanRequest:
    """Return the request that the options of a command add up to."""
    from catalogctl.engine.plan import Coverage, PlanRequest
    from catalogctl.planning.plan import Refresh
    from catalogctl.planning.scope import Scope

    return PlanRequest(
        scope=Scope(purpose, scope.targets, scope.excludes, replaces=change.replaces),
        refresh=Refresh.STORES if change.refresh else Refresh.STATE,
        coverage=Coverage.REACHABLE if change.partial else Coverage.ALL,
        safety=safety_limits(workspace.project.safety, scope.allowed),
        environment=workspace.project.environment,
        configuration=workspace.documents.digest,
    )


def request_about(workspace: Workspace, refresh: Refresh, scope: Scope) -> PlanRequest:
    """Ask for a plan of some addresses, whatever limits there are on plans: nothing is to be sent."""
    from catalogctl.engine.plan import PlanRequest

    environment, configuration = workspace.project.environment, workspace.documents.digest
    return PlanRequest(scope=scope, refresh=refresh, environment=environment, configuration=configuration)


def refuse_idle_globs(catalog: Catalog, planned: Planned, scope: TargetOptions, change: ChangeOptions) -> None:
    """Stop where a glob selects nothing: a misspelt target looks like a catalog in perfect order, a misspelt exclude does too much.

    Raises:  CatalogError (target-matches-nothing), naming each.
    """
    from catalogctl.model.address import selector
    from catalogctl.model.diagnostics import CatalogError, Diagnostics, error

    known = {*catalog.resources, *planned.relocated.recorded}
    idle = [
        error("target-matches-nothing", f"--{option} selects nothing", f"Neither the files nor state have anything at {glob}.")
        for option, globs in (("target", scope.targets), ("exclude", scope.excludes), ("replace", change.replaces))
        for glob in dict.fromkeys(globs)
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

    def limits(said: SafetySettings) -> AccountLimits:
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
