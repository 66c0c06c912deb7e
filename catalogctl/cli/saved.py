"""A plan that was saved and reviewed: to be done exactly, or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from catalogctl.engine.landscape import Landscape
from catalogctl.engine.workflow import Planned, Question, make_plan
from catalogctl.events import Listener
from catalogctl.model.diagnostics import CatalogError, Diagnostic, Refusal, error
from catalogctl.planning.catalog import Catalog
from catalogctl.planning.planfile import decode, differences
from catalogctl.state.backend import Backend

if TYPE_CHECKING:
    from catalogctl.planning.plan import Plan


def approved(path: Path, catalog: Catalog, backend: Backend, landscape: Landscape, question: Question, listen: Listener) -> Planned:
    """Plan anew and make sure that the outcome is what was approved.

    Raises:  CatalogError: stale (5), naming everything that is no longer as it was reviewed.
    """
    saved = decode(path.read_bytes(), landscape.type_of)
    moved_on = _other_files(saved, question)
    if moved_on:
        raise CatalogError(*moved_on, refusal=Refusal.STALE)
    fresh = make_plan(catalog, backend, landscape, question, listen)
    changed = differences(saved, fresh.plan)
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
