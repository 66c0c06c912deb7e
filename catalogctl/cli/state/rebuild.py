"""`catalogctl state rebuild`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from catalogctl.cli.command import Command
from catalogctl.cli.console import Console
from catalogctl.cli.exit_codes import DONE, ERROR
from catalogctl.cli.options import lock_options
from catalogctl.cli.state.edit import agreed_to

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalogctl.engine.rebuild import RebuiltState
    from catalogctl.model.diagnostics import CatalogError
    from catalogctl.state.ledger import Recalled
    from catalogctl.state.replacement import Replaced


@click.command("rebuild", cls=Command)
@click.option("--auto-approve", is_flag=True, help="Do not ask.")
@lock_options
@click.pass_obj
def command(console: Console, auto_approve: bool, lock_timeout: float) -> int:
    """Make the state again from the files and the stores: what is declared is found by its natural key. Nothing is sent that writes."""
    from catalogctl.cli.backend import hold, open_backend
    from catalogctl.cli.workspace import open_workspace, reachable
    from catalogctl.engine.rebuild import find_all
    from catalogctl.state.replacement import overwrite, rebuilt, recall_or_damage, refuse_unsettled

    with console.listening() as listen:
        workspace = open_workspace(console, listen)
    backend = open_backend(workspace.project)
    with reachable(workspace) as stores, hold(backend, lock_timeout) as held:
        present = recall_or_damage(held)
        if not isinstance(present, BaseException):
            refuse_unsettled(present, "The state was not rebuilt")
        remembered = {} if isinstance(present, BaseException) else present.snapshot.resources
        with console.listening() as listen:
            found = find_all(workspace.catalog, remembered, stores, listen)
        console.problems((*workspace.diagnostics, *found.diagnostics))
        console.write(_what_was_found(found, console))
        if not isinstance(present, BaseException) and present.snapshot.resources == found.recorded:
            console.write([f"State is as the stores say already (serial {present.stored.serial})."])
            return DONE
        console.write(_what_is_replaced(present, found, console))
        if not auto_approve and not agreed_to("Shall this be the state?", "catalogctl state rebuild --auto-approve"):
            console.say("Nothing was done.")
            return ERROR
        snapshot = rebuilt(held, found.recorded, present)
        done = overwrite(held, snapshot, present)
    console.write(_what_was_done(done, console))
    return DONE


def _what_was_found(found: RebuiltState, console: Console) -> Iterator[str]:
    from catalogctl.model.quantity import counted
    from catalogctl.view.text.state import render_addresses

    yield f"{counted(len(found.recorded), 'resource')} found in the stores."
    width, style = console.width, console.out
    yield from render_addresses("found that may differ from the files; the next plan says where:", found.differing, width, style)
    whole = "with a file that the store does not return, assumed to be the declared one:"
    yield from render_addresses(whole, found.unverified, width, style)
    yield from render_addresses("not found; the next apply creates them:", found.missing, width, style)
    yield from render_addresses("that cannot be told apart from other objects of the store:", tuple(found.unclear), width, style)


def _what_is_replaced(present: Recalled | CatalogError, found: RebuiltState, console: Console) -> Iterator[str]:
    from catalogctl.view.text.state import render_addresses

    if isinstance(present, BaseException):
        yield "What there is of the present state is of no use, and is kept under another name:"
        yield from (f"  {problem.summary}" for problem in present.diagnostics)
        return
    forgotten = tuple(sorted(present.snapshot.resources.keys() - found.recorded.keys()))
    what = "in the present state that the new one will not have; they stay in their stores, and no plan will delete them:"
    yield from render_addresses(what, forgotten, console.width, console.out)


def _what_was_done(done: Replaced, console: Console) -> Iterator[str]:
    yield f"State has serial {done.snapshot.serial} now, with {len(done.snapshot.resources):,} resources. To see what is left:"
    yield f"{console.command} plan"
    if done.before is not None and done.before.serial:
        yield f"The one before, with serial {done.before.serial}, is kept: {console.command} state history"
    yield from (f"What was there is kept as {console.out.safe(name)}" for name in done.aside)
