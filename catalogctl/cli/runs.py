"""Runs by what people type: the beginning of an id, or `latest`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from catalogctl.history.run import Heading, Run, RunOutcome
    from catalogctl.model.diagnostics import Diagnostic
    from catalogctl.state.backend import Backend
    from catalogctl.state.statefile import Types

LATEST = "latest"


def name_of(backend: Backend, text: str) -> str:
    """Find the record of one run: the newest for `latest`, else the one whose id begins so.

    Raises:  CatalogError (run-unknown, run-ambiguous).
    """
    from catalogctl.model.diagnostics import CatalogError, error

    names = backend.runs().names()
    hint = "To see the runs there are:\ncatalogctl history"
    found = names[:1] if text == LATEST else tuple(name for name in names if text and _id(name).startswith(text.lower()))
    if not found:
        none = f"No run of environment {backend.environment} was recorded yet."
        detail = f"No run of environment {backend.environment} has an id that begins with {text!r}." if names else none
        raise CatalogError(error("run-unknown", "There is no such run", detail, hint))
    if len(found) > 1:
        detail = f"{text!r} is the beginning of {', '.join(map(_id, found[:5]))}{' and more' if len(found) > 5 else ''}."
        raise CatalogError(error("run-ambiguous", "More than one run begins so", detail, hint))
    return found[0]


def run_of(backend: Backend, name: str, types: Types) -> Run:
    """Read all of a run.

    Raises:  CatalogError (run-unknown, run-damaged, run-too-new, plan-type-unknown).
    """
    from catalogctl.history.run_file import decode

    return decode(_data(backend, name), name, types)


def headings(backend: Backend, most: int) -> tuple[list[Heading], list[Diagnostic]]:
    """Read the newest runs, without their changes and requests; one whose record is damaged is a warning and stops no other."""
    from dataclasses import replace

    from catalogctl.history.run_file import heading
    from catalogctl.model.diagnostics import CatalogError, Severity

    found: list[Heading] = []
    problems: list[Diagnostic] = []
    for name in backend.runs().names()[:most]:
        try:
            data = backend.runs().read(name)
            if data is None:  # too old, and just now taken away by another run
                continue
            found.append(heading(data, name))
        except CatalogError as damaged:
            problems.extend(replace(problem, severity=Severity.WARNING) for problem in damaged.diagnostics)
    return found, problems


def outcome_of(backend: Backend, heading: Heading) -> RunOutcome:
    """Say how a run ended, or whether it still is under way."""
    holder = backend.holder() if heading.ended is None else None
    return heading.outcome(None if holder is None else holder.info.id)


def _id(name: str) -> str:
    return name.rpartition("-")[2]


def _data(backend: Backend, name: str) -> bytes:
    from catalogctl.model.diagnostics import CatalogError, error

    data = backend.runs().read(name)
    if data is None:
        raise CatalogError(error("run-unknown", "There is no such run", f"The record {name} is gone.", "catalogctl history"))
    return data
