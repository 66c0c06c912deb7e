"""Drift taken into the files, for review like any edit."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from catalogctl.cli.console import Console
from catalogctl.cli.edit_run import EditOptions, Proposal, carry_out
from catalogctl.cli.exit_codes import DONE

if TYPE_CHECKING:
    from catalogctl.engine.workspace import Workspace
    from catalogctl.planning.change import Drift


def accept(console: Console, workspace: Workspace, drift: Iterable[Drift], options: EditOptions, unfinished: int) -> int:
    """Write what stores have into the files, where it is said; show it and ask first.

    Shapes:  `unfinished` is the exit code where not all of it can be taken; what can be is written all the same.
    """
    from catalogctl.engine.accept_drift import accept_drift
    from catalogctl.engine.workspace import read_workspace
    from catalogctl.model.quantity import counted

    accepted = accept_drift(
        workspace, drift, lambda edited: read_workspace(console.project_folder, console.environment, lambda _: None, edited=edited)
    )
    for sentence in accepted.left:
        console.tell(sentence)
    code = DONE
    if accepted.values:
        what = f"{counted(accepted.values, 'value')} of the stores in {counted(len(accepted.files), 'file')}"
        code = carry_out(console, Proposal(accepted.files, what), options)
    elif not accepted.left:
        console.tell("Nothing has drifted.")
    if accepted.left:
        console.tell(f"Not taken into the files: {counted(len(accepted.left), 'value')}, named above.")
    return code or (unfinished if accepted.left else DONE)
