"""What every command that edits files does with an edit: check the result, show it, ask, and write all of it or nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from catalogctl.cli.console import Console
from catalogctl.cli.exit_codes import DONE, ERROR
from catalogctl.cli.option_group import given

if TYPE_CHECKING:
    from catalogctl.editing.write_files import Edited, Renamed
    from catalogctl.model.diagnostics import Diagnostic


@dataclass(frozen=True, slots=True, kw_only=True)
class EditOptions:
    """How an edit is shown, and agreed to."""

    yes: bool = given(click.option("--yes", is_flag=True, help="Do not ask."), False)
    diff: bool = given(click.option("--diff", is_flag=True, help="Show the change and write nothing."), False)
    check: bool = given(click.option("--check", is_flag=True, help="Write nothing; exit with 1 where anything would change."), False)


def settle(console: Console, *, writes: bool) -> None:
    """Complete an edit of several files that was cut off; a command that only shows leaves it, and is refused.

    Raises:  CatalogError (edit-interrupted, edit-not-written).
    """
    from catalogctl.config.documents import EDIT_RECORD, interrupted_edit
    from catalogctl.editing.write_files import complete
    from catalogctl.model.diagnostics import CatalogError

    root = console.project_folder.resolve()
    if writes:
        complete(root, console.say)
    elif root.joinpath(*EDIT_RECORD).is_file():
        raise CatalogError(interrupted_edit())


@dataclass(frozen=True, slots=True)
class Proposal:
    """An edit that is shown before it is made."""

    files: Sequence[Edited]
    what: str
    """What is changed, as in "12 editions in 9 files"."""
    checked: Mapping[str, bytes] | None = None
    """The files to be checked, where they are not quite those that are written."""
    written: Callable[[], None] | None = None
    """Writes, where more is done than writing the files."""
    remarks: Sequence[str] = ()
    """Sentences below the difference."""


def carry_out(console: Console, proposal: Proposal, options: EditOptions) -> int:
    """Check files as they would be, show the difference, ask, and write them.

    Raises:  CatalogError: the errors that the catalog would have and has not now; edit-not-written.
    """
    from catalogctl.view.text.edits import render_diff

    files, what = proposal.files, proposal.what
    if not files:
        console.tell("Nothing would change: the files say so already.")
        return DONE
    refuse_new_errors(console, {one.path: one.after for one in files} if proposal.checked is None else proposal.checked)
    if not options.check or options.diff:
        for one in files:
            console.write(render_diff(one.path, one.before, one.after, console.out))
        console.write([""])
    console.tell(*proposal.remarks)
    if options.diff or options.check:
        console.tell(f"{what} would change; nothing is written.")
        return ERROR if options.check else DONE
    if not options.yes and not _agreed(what):
        console.tell("Nothing is written.")
        return DONE
    (proposal.written or (lambda: write(console, files)))()
    console.tell(f"{what} changed.")
    return DONE


def write(console: Console, files: Sequence[Edited], renames: Sequence[Renamed] = ()) -> None:
    """Write files and rename others, all or none."""
    from catalogctl.editing.write_files import write_all

    write_all(console.project_folder.resolve(), files, renames)


def _agreed(what: str) -> bool:
    from catalogctl.cli.confirm import agreed, needs_somebody_to_ask

    needs_somebody_to_ask(
        "The edit needs a confirmation, and there is no terminal to ask on. Nothing was written.", "Agree beforehand with --yes."
    )
    return agreed(f"{what} would change.", "write it")


def refuse_new_errors(console: Console, edited: Mapping[str, bytes]) -> None:
    """Stop where the edited catalog has errors that it has not without the edit, in this environment or in another one.

    Raises:  CatalogError with them.
    """
    from catalogctl.config.environments import in_its_catalog, other_environments
    from catalogctl.config.project import load_project
    from catalogctl.model.diagnostics import CatalogError

    new = _new_errors(console, console.environment, edited)
    if new:
        raise CatalogError(*new)
    for other in other_environments(load_project(console.project_folder, console.environment)):
        theirs = in_its_catalog(other, edited)
        found = _new_errors(console, other.environment, theirs) if theirs else []
        if found:
            console.say(f"In the environment {other.environment}:")
            raise CatalogError(*found)


def _new_errors(console: Console, environment: str, edited: Mapping[str, bytes]) -> list[Diagnostic]:
    after = _errors(console, environment, edited)
    if not after:
        return []
    before = {(item.code, item.detail) for item in _errors(console, environment, {})}
    return [item for item in after if (item.code, item.detail) not in before]


def _errors(console: Console, environment: str, edited: Mapping[str, bytes]) -> Sequence[Diagnostic]:
    from catalogctl.engine.workspace import read_workspace

    workspace = read_workspace(console.project_folder, environment, lambda _: None, edited=edited)
    return workspace.diagnostics.errors
