"""All checks, in the order in which they are shown."""

from __future__ import annotations

from collections.abc import Mapping

from catalogctl.engine.checkup import files, keys, machine, pipelines, versioned
from catalogctl.engine.checkup.surroundings import Surroundings
from catalogctl.model.check import Check
from catalogctl.model.diagnostics import Diagnostic
from catalogctl.provider.protocol import Provider


def checkup(where: Surroundings, providers: Mapping[str, Provider], project_problems: tuple[Diagnostic, ...]) -> tuple[Check, ...]:
    """Look at a checkout and its environment.

    Shapes:  `providers` are the installed ones by name, also those that no account names; `project_problems` are why there is no project.
             Without one, what only its file can tell is left out.
    """
    tree = files.walk(where.root)
    of_project = () if where.project is None else (keys.keys(where, providers), keys.pins(where, providers), machine.installed(where))
    return (
        Check.of("project", _described(where), project_problems),
        *of_project,
        files.links(where, tree),
        files.repositories(where, tree),
        versioned.attributes(where, tree),
        versioned.settings(where),
        versioned.committed(where, tree),
        files.modes(where),
        pipelines.workflows(where),
        machine.python(where),
        machine.clock(where),
    )


def _described(where: Surroundings) -> str:
    if where.project is None:
        return ""
    accounts = ", ".join(sorted(where.project.accounts)) or "none"
    return f"The project file can be read. Environment: {where.project.environment}; accounts: {accounts}."
