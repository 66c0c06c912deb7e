"""The sentence, a function each: load and compile, plan, apply."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from enum import Enum

from catalogctl.engine.clients import open_reader, run_to_end, without_key
from catalogctl.engine.recover import Settlement, WaitPolicy, look_up_steps
from catalogctl.engine.refresh import Refreshed, refresh, remembered, together
from catalogctl.engine.stores import Stores, moved_accounts, refuse_steps_elsewhere
from catalogctl.events import (
    Listener,
    PlanMade,
)
from catalogctl.history.revert import inverse, wanted
from catalogctl.history.revert_scope import ProjectFiles, RevertScope
from catalogctl.history.run import Run
from catalogctl.model.address import Address
from catalogctl.model.diagnostics import CatalogError, Diagnostic, Diagnostics, Refusal, Severity, error, note, warning
from catalogctl.model.quantity import counted
from catalogctl.model.resource import Observed, Recorded
from catalogctl.planning.action import Action
from catalogctl.planning.blocks.relocate import Relocated, leading_nowhere, relocate
from catalogctl.planning.blocks.renames import renamed_nowhere
from catalogctl.planning.calls import calls, estimate
from catalogctl.planning.catalog import Catalog
from catalogctl.planning.change import Change, Missing
from catalogctl.planning.held_back import hold_back
from catalogctl.planning.order import order
from catalogctl.planning.plan import Base, Plan, Refresh
from catalogctl.planning.planner import Verdicts, plan_changes
from catalogctl.planning.review.approval import Review
from catalogctl.planning.risk.safety import SafetyLimits, refusals
from catalogctl.planning.scope import Purpose, Scope
from catalogctl.provider.failure import CredentialsRefused, StoreFailure
from catalogctl.provider.protocol import Completes, Reader, TellsParts
from catalogctl.state.backend import Backend
from catalogctl.state.journal import Intent, entered
from catalogctl.state.ledger import Recalled, recall
from catalogctl.state.snapshot import Snapshot
from catalogctl.system.gc_pause import keeping_all


class Coverage(Enum):
    """What becomes of a plan when the store of an account cannot be asked."""

    ALL = "there is no plan"
    REACHABLE = "the other accounts are planned, and the plan says so"


@dataclass(frozen=True, slots=True)
class PlanRequest:
    """What is asked of a plan. Data: it can be saved and shown."""

    scope: Scope = field(default_factory=Scope)
    refresh: Refresh = Refresh.STORES
    coverage: Coverage = Coverage.ALL
    safety: SafetyLimits = field(default_factory=SafetyLimits)
    environment: str = "default"
    configuration: str = ""
    """Digest of what the files say."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan, and whether it may be applied."""

    plan: Plan
    refusals: tuple[Diagnostic, ...]
    """Safety limits and protected resources that it would break."""
    relocated: Relocated
    """State's entries under the addresses that `moved` blocks give them."""
    review: Review = field(default_factory=Review)
    """For a saved plan: what of it is not in `plan`, and why."""

    @property
    def plan_with_refusals(self) -> Plan:
        """The plan as it is written for others, with what refuses it among its diagnostics."""
        return replace(self.plan, diagnostics=(*self.plan.diagnostics, *self.refusals)) if self.refusals else self.plan


def make_plan(desired: Catalog | RevertScope, backend: Backend, stores: Stores, request: PlanRequest, listen: Listener) -> Planned:
    """Read state and stores, and say what would make the stores hold what the files say, or what they held before a run. Writes nothing.

    1. Recall state and journal; look up, where the stores are asked, the steps that an interrupted run left open.
    2. Give what is recorded the addresses of `moved` blocks, and make sure that its accounts are those of the project.
    3. Refresh: ask the stores, or take state's word for what they hold.
    4. For a revert, find out what is wanted now.
    5. Decide about each address, order the steps and list their requests.
    6. Hold the plan against the safety limits.

    Raises:  CatalogError: stale (state), credentials, unavailable, error.
    Source:  PRODUCT.md 5.1, 5.3, 5.10.
    """
    planned = propose(desired, recall(backend, stores.type_of), stores, request, listen)
    listen(PlanMade(planned.plan))
    return planned


def propose(desired: Catalog | RevertScope, recalled: Recalled, stores: Stores, request: PlanRequest, listen: Listener) -> Planned:
    """Make a plan from what is remembered, as `make_plan` does, without telling of it: it may not be the last word.

    Raises:  as `make_plan`.
    """
    with _located(catalog_of(desired)):
        return _proposed(desired, recalled, stores, request, listen)


@contextmanager
def _located(catalog: Catalog) -> Iterator[None]:
    """Say of problems that end a plan where in the files is what they are about."""
    try:
        yield
    except CatalogError as failure:
        raise CatalogError(*map(catalog.located, failure.diagnostics), refusal=failure.refusal) from failure


def catalog_of(desired: Catalog | RevertScope) -> Catalog:
    """Return what has to be looked for."""
    return desired.catalog if isinstance(desired, RevertScope) else desired


def _proposed(desired: Catalog | RevertScope, recalled: Recalled, stores: Stores, request: PlanRequest, listen: Listener) -> Planned:
    catalog, reverts = catalog_of(desired), None
    snapshot = recalled.snapshot
    looked_at = Settlement()
    refuse_steps_elsewhere(recalled.open_intents, stores)
    if recalled.open_intents and request.refresh is Refresh.STORES:
        looked_at = run_to_end(look_up_steps(recalled.open_intents, snapshot.resources, stores, WaitPolicy.NONE, listen))
    relocated = settled_addresses(entered(snapshot, looked_at.outcomes), catalog, stores, recalled.name)
    recorded = relocated.recorded
    if request.scope.purpose is Purpose.CONVERGE:
        what = "what is selected" if request.scope.is_narrowed else "everything"
        refuse_emptied(catalog, recorded, f"If {what} is to go, say so:\ncatalogctl destroy{request.scope.options}")
    if request.refresh is Refresh.STATE:
        seen = remembered(recorded)
    else:
        asked = {address.account for address in (*catalog.resources, *recorded) if request.scope.selects(address)}
        seen = look(catalog, recorded, stores, request, asked, listen)
        if seen.failed:
            reached = (address for address in (*catalog.resources, *recorded) if address.account not in seen.failed)
            request = replace(request, scope=request.scope.within(reached))
    if isinstance(desired, RevertScope):
        target = wanted(desired, recorded, seen.observed)
        catalog, reverts = target.catalog, target.reverts
        request = replace(request, scope=request.scope.within(target.selected))
        seen = replace(seen, diagnostics=(*target.diagnostics, *seen.diagnostics))
    if recalled.open_intents:
        seen = replace(seen, diagnostics=(_cut_off(recalled.open_intents), *seen.diagnostics))
    with keeping_all():
        verdicts, seen = decide(catalog, recorded, seen, stores, request, listen)
        plan = _with_moves(assemble(catalog, verdicts, seen, stores, request, snapshot), relocated)
    plan = replace(plan, reverts=reverts, diagnostics=tuple(map(catalog.located, plan.diagnostics)))
    return Planned(
        plan,
        tuple(map(catalog.located, refusals(plan, request.safety, recorded))),
        relocated,
    )


def settled_addresses(snapshot: Snapshot, catalog: Catalog, stores: Stores, name: str) -> Relocated:
    """Give what is recorded the addresses of `moved` blocks, and make sure that its accounts are those of the project.

    Raises:  CatalogError: error, stale (account-moved).
    """
    known = snapshot.resources
    relocated = relocate(known, catalog)
    problems = [
        *relocated.diagnostics,
        *leading_nowhere(known, catalog),
        *renamed_nowhere(known, catalog),
        *moved_accounts(relocated.recorded, stores, name),
    ]
    if problems:
        raise CatalogError(*problems, refusal=Refusal.STALE if any(one.code == "account-moved" for one in problems) else Refusal.ERROR)
    return relocated


def decide(
    catalog: Catalog, recorded: Mapping[Address, Recorded], seen: Refreshed, stores: Stores, request: PlanRequest, listen: Listener
) -> tuple[Verdicts, Refreshed]:
    """Decide about each address, having asked the stores for more of what an update would replace; return what is known by then as well.

    Raises:  CatalogError: credentials, unavailable.
    """
    verdicts = _decide(catalog, recorded, seen, request)
    lacking = [change for change in verdicts.changes if change.needs_more]
    if not lacking:
        return verdicts, seen
    if request.refresh is Refresh.STATE and not Diagnostics.of(verdicts.diagnostics).errors:
        seen = _looked_at(catalog, recorded, seen, lacking, stores, listen)
        verdicts = _decide(catalog, recorded, seen, request)
        lacking = [change for change in verdicts.changes if change.needs_more]
    # Also where state is taken at its word: it does not hold what no file declares.
    closed = without_key(stores, {change.address.account for change in lacking})
    seen = _completed(seen, [change for change in lacking if change.address.account not in closed], stores, listen)
    verdicts = _decide(catalog, recorded, seen, request)
    return _left_open(verdicts, {str(change.address) for change in lacking if change.address.account in closed}), seen


def _with_moves(plan: Plan, relocated: Relocated) -> Plan:
    """Note at each change where state has its object until now."""
    if not relocated.moved:
        return plan
    sources = {target: source for source, target in relocated.moved.items()}
    changes = tuple(replace(change, moved_from=sources.get(change.address)) for change in plan.changes)
    return replace(plan, changes=changes)


def _cut_off(intents: Sequence[Intent]) -> Diagnostic:
    names = ", ".join(intent.operation for intent in intents[:3]) + (", …" if len(intents) > 3 else "")
    summary = f"An earlier run was interrupted; the outcome of {counted(len(intents), 'step')} is unknown"
    detail = f"The journal announces {names}, without an outcome. This plan read from the stores what they hold."
    hint = "If that run is not still in progress, apply settles these steps first:\ncatalogctl apply"
    return warning("run-cut-off", summary, detail, hint)


def _decide(catalog: Catalog, recorded: Mapping[Address, Recorded], seen: Refreshed, request: PlanRequest) -> Verdicts:
    verdicts = hold_back(plan_changes(catalog, recorded, seen.observed, request.scope, seen.present), seen.uncertain)
    if request.refresh is Refresh.STORES:
        return verdicts
    return replace(verdicts, diagnostics=(*verdicts.diagnostics, *_to_be_looked_up(verdicts.changes)))


def _left_open(verdicts: Verdicts, addresses: Collection[str]) -> Verdicts:
    """Leave open what updates of some objects would clear: without a key a plan asks no one, and nothing can be applied either."""
    kept = (one for one in verdicts.diagnostics if one.code != "update-would-clear" or one.address not in addresses)
    return replace(verdicts, diagnostics=tuple(kept))


def _to_be_looked_up(changes: Sequence[Change]) -> Iterator[Diagnostic]:
    """Say of changes that may be none, since two names may be one thing, that the store has to be asked."""
    for change in changes:
        for item in change.attributes:
            before, after, aliases, name = item.before, item.after, item.attribute.aliases, item.attribute.name
            if aliases is None or isinstance(before, Missing) or isinstance(after, Missing) or not aliases(before, after):
                continue
            detail = (
                f"State records {before} as the {name} of {change.address}, and the files name {after}. Both may be the same one, and only "
                "the store can tell."
            )
            hint = "Plan without `--no-refresh`, so that the store is asked."
            yield error("refresh-needed", "The store has to be asked", detail, hint, address=str(change.address), attribute=name)


def _looked_at(
    catalog: Catalog, recorded: Mapping[Address, Recorded], seen: Refreshed, lacking: Sequence[Change], stores: Stores, listen: Listener
) -> Refreshed:
    """Return what state remembers, with what the stores hold of objects that are created again, and of their parts: only they tell a loss.

    Raises:  CatalogError: credentials, unavailable.
    """
    doomed = {change.address for change in lacking if change.action is Action.REPLACE}
    keyless = without_key(stores, {address.account for address in doomed})
    doomed = {address for address in doomed if address.account not in keyless}
    if not doomed:
        return seen

    def is_part(address: Address) -> bool:
        one = catalog.resources.get(address) or recorded[address]
        return bool(one.type.owner) and not doomed.isdisjoint(one.dependencies)

    asked = doomed | {address for address in (*catalog.resources, *recorded) if is_part(address)}
    now = run_to_end(
        refresh(catalog, recorded, asked.__contains__, lambda account: open_reader(stores, account, listen), stores.timing, listen)
    )
    if now.failed:
        raise together(now.failed)
    kept = {address: one for address, one in seen.observed.items() if address not in asked}
    return replace(now, observed={**kept, **now.observed}, requests=seen.requests + now.requests)


def _completed(seen: Refreshed, lacking: Sequence[Change], stores: Stores, listen: Listener) -> Refreshed:
    """Return what the stores hold, with more of the objects whose update would replace what has not been told.

    Raises:  CatalogError: credentials, unavailable.
    """

    async def read() -> tuple[dict[Address, Observed], int]:
        found: dict[Address, Observed] = {}
        requests = 0
        for account in sorted({change.address.account for change in lacking}):
            async with open_reader(stores, account, listen) as (reader, service):
                for kind in {change.type.name: change.type for change in lacking}.values():
                    mine = [change for change in lacking if change.address.account == account and change.type is kind]
                    found.update(await _completed_by(reader, mine, seen.observed))
                requests += service.pace.requests
        return found, requests

    try:
        found, requests = run_to_end(read())
    except StoreFailure as failure:
        refusal = Refusal.CREDENTIALS if isinstance(failure, CredentialsRefused) else Refusal.UNAVAILABLE
        raise CatalogError(failure.diagnostic, refusal=refusal) from failure
    return replace(seen, observed={**seen.observed, **found}, requests=seen.requests + requests)


async def _completed_by(reader: Reader, lacking: Sequence[Change], observed: Mapping[Address, Observed]) -> dict[Address, Observed]:
    """Return more of some objects of one type, and of those that are created again what is part of them.

    Raises:  StoreFailure.
    """
    found = {change.address: observed[change.address] for change in lacking}
    if found and isinstance(reader, Completes):
        told = await reader.complete(lacking[0].type, list(found.values()))
        found = dict(zip(found, told, strict=True))
    doomed = [change.address for change in lacking if change.action is Action.REPLACE]
    if doomed and isinstance(reader, TellsParts):
        parts = await reader.parts(lacking[0].type, [found[address] for address in doomed])
        found |= {address: replace(found[address], parts=several) for address, several in zip(doomed, parts, strict=True)}
    return found


def assemble(catalog: Catalog, verdicts: Verdicts, seen: Refreshed, stores: Stores, request: PlanRequest, snapshot: Snapshot) -> Plan:
    """Put a plan together from what was decided. Pure.

    Raises:  CatalogError when two things cannot both be done (adopt-conflict, dependency-cycle).
    """
    used = {change.address.account for change in verdicts.changes}
    touched = {change.address.title for change in verdicts.changes if change.action.changes_anything}
    sent = {change.address for change in verdicts.changes if change.after is not None and change.action.changes_anything}
    # How far a store has come with what it was given is the business of who takes stock; it comes and goes, and changes no plan.
    refreshing = request.scope.purpose is Purpose.REFRESH
    read = (one for one in seen.diagnostics if refreshing or one.severity is not Severity.NOTE)
    wrong = Diagnostics.of(verdicts.diagnostics, read)
    if wrong.errors:
        raise CatalogError(*wrong)
    told = Diagnostics.of(wrong, catalog.unsupported(sent.__contains__) if sent else _left_unsaid(catalog, verdicts, request))
    graph = order(verdicts.changes)
    requests = calls(graph, stores.endpoints)
    return Plan(
        changes=verdicts.changes,
        graph=graph,
        drift=verdicts.drift,
        base=Base(
            environment=request.environment,
            lineage=snapshot.lineage if snapshot.serial else "",
            serial=snapshot.serial,
            configuration=request.configuration,
            accounts={account: stores.accounts[account].base_url for account in sorted(used)},
            documents=catalog.document_digests(touched),
        ),
        requests=requests,
        estimate=estimate(requests, {account: stores.accounts[account].limits for account in used}),
        reads=seen.requests,
        diagnostics=tuple(told),
        titles={
            title: catalog.titles[title]
            for title in sorted({change.address.title for change in verdicts.changes})
            if title in catalog.titles
        },
        purpose=request.scope.purpose,
        refresh=request.refresh,
        steep=request.safety.steep(sorted(used)),
    )


def _left_unsaid(catalog: Catalog, verdicts: Verdicts, request: PlanRequest) -> Iterator[Diagnostic]:
    """Count what the stores have no place for in a plan that sends nothing: such a plan must not read as if they held all."""
    planned = {change.address for change in verdicts.changes}
    count = catalog.count_unsupported(planned.__contains__) if request.scope.purpose is Purpose.CONVERGE else 0
    if count:
        fields = f"{counted(count, 'declared field')} {'is' if count == 1 else 'are'}"
        yield note("fact-not-held", f"{fields} not supported by these stores; catalogctl validate lists them")


def look(
    catalog: Catalog, recorded: Mapping[Address, Recorded], stores: Stores, request: PlanRequest, accounts: set[str], listen: Listener
) -> Refreshed:
    """Ask the stores, having made sure before any call to any of them that every account that will be asked has its key.

    Raises:  CatalogError (credentials, unavailable) with what is wrong with all accounts; where a plan of the others is enough,
             only when nothing is left of it.
    """
    failed = without_key(stores, accounts)
    if failed and (request.coverage is Coverage.ALL or failed.keys() == accounts):
        raise together(failed)

    beside = _taken_from_sale(catalog, recorded, request.scope)

    def selected(address: Address) -> bool:
        return (request.scope.selects(address) or address in beside) and address.account not in failed

    seen = run_to_end(refresh(catalog, recorded, selected, lambda account: open_reader(stores, account, listen), stores.timing, listen))
    failed.update(seen.failed)
    if seen.failed and (request.coverage is Coverage.ALL or failed.keys() == accounts):
        raise together(seen.failed)
    left_out = [_left_out(account, problem) for account, problem in sorted(failed.items())]
    return replace(seen, failed=failed, diagnostics=(*left_out, *seen.diagnostics))


def _taken_from_sale(catalog: Catalog, recorded: Mapping[Address, Recorded], scope: Scope) -> frozenset[Address]:
    """Return the objects that a plan leaves out and that a change of their parts may take from sale: whether they are on sale is read."""
    if not scope.is_narrowed and scope.only is None:
        return frozenset()
    parts = (want for address, want in catalog.resources.items() if want.type.owner and scope.selects(address))
    owners = (needed for want in parts for needed in want.dependencies)
    return frozenset(needed for needed in owners if needed in recorded and recorded[needed].type.resubmission)


def _left_out(account: str, problem: CatalogError) -> Diagnostic:
    first = problem.diagnostics[0]
    detail = f"This plan says nothing about account {account}, whose store could not be asked. {first.detail}"
    return warning("account-left-out", "An account is left out of the plan", detail, first.hint).at(first.source)


def refuse_emptied(catalog: Catalog, recorded: Mapping[Address, Recorded], hint: str) -> None:
    """Make sure that files which declare nothing are not taken at their word over a state that has something.

    Shapes:  `hint`: what to do if they are right.
    Raises:  CatalogError: safety (catalog-empty).
    Source:  PRODUCT.md 6.8.
    """
    given_up = {removal.address for removal in catalog.removed}
    left = len(recorded.keys() - given_up)
    if left and not catalog.resources:
        detail = f"The files declare nothing at all, and state records {left} resources: a wrong `catalog:` path looks like this."
        raise CatalogError(error("catalog-empty", "No titles over a state that has some", detail, hint), refusal=Refusal.SAFETY)


def reverting(
    run: Run, files: ProjectFiles, recorded: Mapping[Address, Recorded], request: PlanRequest, *, force: bool, reviewed: bool
) -> tuple[RevertScope, PlanRequest]:
    """Return what to look for and what to ask, for a plan of taking a run back.

    Shapes:  `request` narrows it, and may be of any purpose; the stores are asked in any case. `reviewed`: a saved plan is held against
             it.
    """
    back = inverse(run, files, recorded, request.scope, force=force, reviewed=reviewed)
    scope = replace(request.scope, purpose=Purpose.REVERT, replaces=(), replaced=frozenset()).within(back.touched)
    return back, replace(request, scope=scope, refresh=Refresh.STORES)
