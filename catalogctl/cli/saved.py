"""A plan that was saved and reviewed: to be done exactly, or not at all."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from catalogctl.engine.landscape import Landscape
from catalogctl.engine.workflow import Planned, Question, make_plan
from catalogctl.events import Listener
from catalogctl.model.diagnostics import CatalogError, Diagnostic, Refusal, error
from catalogctl.model.file import read_whole
from catalogctl.planning.action import Action
from catalogctl.planning.catalog import Catalog
from catalogctl.planning.plan import Plan
from catalogctl.planning.planfile import AGAIN, LARGEST, decode, differences
from catalogctl.planning.planner import Purpose, Scope
from catalogctl.state.backend import Backend


def approved(path: Path, catalog: Catalog, backend: Backend, landscape: Landscape, question: Question, listen: Listener) -> Planned:
    """Plan anew for what was approved and nothing else, and make sure that the outcome is the same.

    Raises:  CatalogError: stale (5), naming everything that is no longer as it was reviewed.
    """
    saved = decode(read_whole(path, LARGEST), landscape.type_of)
    moved_on = _other_files(saved, question)
    if moved_on:
        raise CatalogError(*moved_on, refusal=Refusal.STALE)
    fresh = make_plan(catalog, backend, landscape, replace(question, scope=_reviewed(saved, catalog)), listen)
    changed = (*_other_state(saved, fresh.plan), *differences(saved, fresh.plan), *_beyond(saved, fresh.plan))
    if changed:
        raise CatalogError(*changed, refusal=Refusal.STALE)
    return fresh


def _other_files(saved: Plan, question: Question) -> tuple[Diagnostic, ...]:
    if saved.base.environment != question.environment:
        detail = f"It was made for environment {saved.base.environment!r}; this is {question.environment!r}."
        return (
            error("plan-environment", "The plan is for another environment", detail, f"catalogctl --env {saved.base.environment} apply …"),
        )
    if saved.base.configuration != question.configuration:
        detail = "The files have changed since the plan was made, so that it no longer shows what they ask for."
        return (
            error(
                "plan-files-changed", "The plan is older than the files", detail, "Plan and review anew:\ncatalogctl plan --out plan.json"
            ),
        )
    return ()


def _reviewed(saved: Plan, catalog: Catalog) -> Scope:
    """Give the scope in which a plan made now can do what the saved one does, and no more."""
    doing = frozenset(change.address for change in saved.changes if change.action.changes_anything or change.record)
    renewed = frozenset(change.address for change in saved.changes if change.action is Action.REPLACE)
    return Scope(_purpose(saved, catalog), doing.__contains__, renewed.__contains__)


def _purpose(saved: Plan, catalog: Catalog) -> Purpose:
    """Tell what a saved plan is for: only a refresh minds drift that it does not mend, and only a destroy parts with what is declared."""
    actions = {change.address: change.action for change in saved.changes}
    if any(item.matters and actions.get(item.address) in {Action.NO_OP, Action.FORGET} for item in saved.drift):
        return Purpose.REFRESH
    released = {removal.address for removal in catalog.removed}
    parted = (address for address, action in actions.items() if action in {Action.DELETE, Action.FORGET})
    return Purpose.DESTROY if any(address in catalog.resources and address not in released for address in parted) else Purpose.CONVERGE


def _other_state(saved: Plan, fresh: Plan) -> tuple[Diagnostic, ...]:
    if saved.base.serial == 0 or saved.base.lineage == fresh.base.lineage:
        return ()
    detail = f"It was made from lineage {saved.base.lineage}; the state of environment {fresh.base.environment} has {fresh.base.lineage}."
    return (error("plan-lineage", "The plan was made from another state", detail, AGAIN),)


def _beyond(saved: Plan, fresh: Plan) -> tuple[Diagnostic, ...]:
    """Name what the saved plan only takes note of and a plan made now would change."""
    noted = {change.address for change in saved.changes if not change.action.changes_anything}
    return tuple(
        error(
            "plan-stale",
            "The plan is no longer what would be done",
            f"{change.address}: planned to be left alone, now {' and '.join(change.actions)}.",
            AGAIN,
            address=str(change.address),
        )
        for change in fresh.changes
        if change.address in noted and change.action.changes_anything
    )
