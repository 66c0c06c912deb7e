"""What is wrong with the environments that a command does not run in: a misspelt setting waits there until it does."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

from catalogctl.config.accounts import accounts
from catalogctl.config.project import DEFAULT_ENVIRONMENT, Project, load_project
from catalogctl.model.diagnostics import CatalogError, Diagnostic
from catalogctl.provider import discovery

_OF_THE_JOB: Final = frozenset({"address-variable", "variable-missing", "store-twice"})
"""Codes of what depends on variables, which the jobs of another environment may have."""


def problems_elsewhere(project: Project, found: Collection[Diagnostic]) -> Iterator[Diagnostic]:
    """Yield what is wrong with the accounts of each other environment, beside what was found in this one.

    Raises:  nothing.
    """
    seen = {(item.code, item.source) for item in found}
    for name in sorted({DEFAULT_ENVIRONMENT, *project.environments} - {project.environment}):
        for item in _problems(project, name):
            if item.code not in _OF_THE_JOB and (item.code, item.source) not in seen:
                seen.add((item.code, item.source))
                yield item


def _problems(project: Project, environment: str) -> Collection[Diagnostic]:
    try:
        other = load_project(project.root, environment)
    except CatalogError as broken:
        return broken.diagnostics
    named = {str(block.get("provider")) for block in other.accounts.values()} & set(discovery.names())
    _, problems = accounts(other, {provider: discovery.provider(provider) for provider in named})
    return tuple(problems)
