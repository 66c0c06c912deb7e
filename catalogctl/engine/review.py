"""A saved plan, before it is applied: planned again for what was reviewed and nothing else, and held against that."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from catalogctl.engine.plan import Planned, PlanRequest, catalog_of, propose
from catalogctl.engine.stores import Stores
from catalogctl.events import Listener, PlanMade
from catalogctl.history.revert_scope import RevertScope
from catalogctl.history.run import Fate, Run
from catalogctl.model.address import Address
from catalogctl.model.diagnostics import CatalogError, Diagnostic, Refusal, Severity
from catalogctl.planning.blocks.relocate import relocate
from catalogctl.planning.calls import calls, estimate
from catalogctl.planning.catalog import Catalog
from catalogctl.planning.change import Change
from catalogctl.planning.order import OperationGraph
from catalogctl.planning.plan import Base, Plan, Refresh
from catalogctl.planning.review.approval import approve, needing, reviewed, without
from catalogctl.planning.review.basis import basis_changed
from catalogctl.planning.risk.safety import refusals
from catalogctl.state.backend import Backend
from catalogctl.state.ledger import Recalled, recall


def approved_plan(
    saved: Plan, desired: Catalog | RevertScope, backend: Backend, stores: Stores, request: PlanRequest, listen: Listener
) -> Planned:
    """Return what of a saved plan may be done now; only the objects that it would change are read. Writes nothing anywhere.

    1. Recall state, and refuse a plan that was made from other files, accounts or another state.
    2. Plan again what was reviewed and nothing else, without what cannot be planned any more.
    3. Approve, change by change, what is as it was reviewed.
    4. Narrow the new plan to that, and hold it against the safety limits.

    Shapes:  the scope and refresh of `request` are those of `saved`: the stores are asked, whatever it was made from.
    Raises:  CatalogError: stale when it was made from other files, assets, accounts or another state; and as `make_plan`.
    Source:  PRODUCT.md 5.2, 6.3.
    """
    catalog, recalled = catalog_of(desired), recall(backend, stores.type_of)
    changed = basis_changed(saved, _here(saved, catalog, recalled, stores, request), catalog)
    if changed:
        raise CatalogError(*changed, refusal=Refusal.STALE)
    asked = replace(request, scope=reviewed(saved, relocate(recalled.snapshot.resources, catalog).recorded), refresh=Refresh.STORES)
    planned, impossible = _planned_anew(saved, desired, recalled, stores, asked, listen)
    fresh = planned.plan
    approval = approve(saved, fresh, impossible)
    joined = {str(change.address) for change in approval.review.settled}
    told = replace(fresh, diagnostics=tuple(item for item in fresh.diagnostics if item.address in joined))
    narrowed = _narrowed(replace(planned, plan=told), approval.changes, approval.graph, stores, request)
    listen(PlanMade(narrowed.plan))
    return replace(narrowed, refusals=tuple(map(catalog.located, narrowed.refusals)), review=approval.review)


def left_of(saved: Plan, run: Run) -> Plan:
    """Return what a run has not done of its plan, of which nothing else is read again."""
    done = {one.change.address for one in run.changes if one.fate in {Fate.DONE, Fate.SETTLED}}
    changes = tuple(change for change in saved.changes if change.address not in done)
    whole = {change.address.title for change in saved.changes} - {change.address.title for change in changes}
    # Files of titles that are done may have been edited meanwhile: `catalog/faro.yaml#faro`.
    documents = {name: known for name, known in saved.base.documents.items() if name.rpartition("#")[2] not in whole}
    return replace(saved, changes=changes, graph=without(saved.graph, done), base=replace(saved.base, documents=documents))


def confirmed_plan(planned: Planned, declined: Collection[Address], stores: Stores, request: PlanRequest) -> Planned:
    """Return what is left of a plan when some of its changes, and what needs these, are not wanted.

    Shapes:  `declined` has all that needs what was declined, as `needing` gives it. Safety limits are held against what is left.
    """
    plan = planned.plan
    names = {str(address) for address in declined}
    told = replace(plan, diagnostics=tuple(item for item in plan.diagnostics if item.address not in names))
    changes = tuple(change for change in plan.changes if change.address not in declined)
    return _narrowed(replace(planned, plan=told), changes, without(plan.graph, declined), stores, request)


def _narrowed(planned: Planned, changes: tuple[Change, ...], graph: OperationGraph, stores: Stores, request: PlanRequest) -> Planned:
    """Have a plan do no more than some of its changes, by these steps, and judge it again."""
    requests = calls(graph, stores.endpoints)
    limits = {account: stores.accounts[account].limits for account in planned.plan.base.accounts}
    plan = replace(planned.plan, changes=changes, graph=graph, requests=requests, estimate=estimate(requests, limits))
    return replace(planned, plan=plan, refusals=refusals(plan, request.safety, planned.relocated.recorded))


def _here(saved: Plan, catalog: Catalog, recalled: Recalled, stores: Stores, request: PlanRequest) -> Base:
    """Return what a plan would be made from now, as far as it concerns the titles of a saved one."""
    touched = {change.address.title for change in saved.changes if change.action.changes_anything}
    return Base(
        environment=request.environment,
        lineage=recalled.snapshot.lineage,
        serial=recalled.snapshot.serial,
        configuration=request.configuration,
        accounts={name: account.base_url for name, account in stores.accounts.items()},
        documents=catalog.document_digests(touched),
    )


def _planned_anew(
    saved: Plan, desired: Catalog | RevertScope, recalled: Recalled, stores: Stores, request: PlanRequest, listen: Listener
) -> tuple[Planned, Mapping[Address, Diagnostic]]:
    """Plan what was reviewed, but for what cannot be planned any more and what needs that.

    Raises:  CatalogError for what is wrong with more than one of its objects.
    """
    impossible: dict[Address, Diagnostic] = {}
    while True:
        try:
            return propose(desired, recalled, stores, _but_for(request, needing(saved, impossible)), listen), impossible
        except CatalogError as problem:
            impossible.update(_impossible(saved, problem, impossible))


def _but_for(request: PlanRequest, left_out: frozenset[Address]) -> PlanRequest:
    return replace(request, scope=request.scope.within((request.scope.only or frozenset()) - left_out))


def _impossible(saved: Plan, problem: CatalogError, known: Mapping[Address, Diagnostic]) -> dict[Address, Diagnostic]:
    """Return the objects of a plan that its planning again failed for, with why.

    Raises:  the problem itself where it is not one of these objects, each by itself.
    """
    wrong = [item for item in problem.diagnostics if item.severity is Severity.ERROR]
    addresses = {str(change.address): change.address for change in saved.changes if change.action.changes_anything}
    found = {addresses[item.address]: item for item in wrong if item.address is not None and item.address in addresses}
    if problem.refusal is not Refusal.ERROR or any(item.address not in addresses for item in wrong) or not found.keys() - known.keys():
        raise problem
    return found
