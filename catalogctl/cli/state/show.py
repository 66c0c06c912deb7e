"""`catalogctl state show`, and `catalogctl show` without a plan."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from catalogctl.cli.command import Command
from catalogctl.cli.console import Console
from catalogctl.cli.state.edit import backend_of, recalled

if TYPE_CHECKING:
    from catalogctl.state.snapshot import Snapshot


@click.command("show", cls=Command)
@click.argument("addresses", metavar="[ADDRESS]...", nargs=-1)
@click.option("--serial", metavar="N", type=click.IntRange(min=1), default=None, help="Show an earlier state, by its serial.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How to show it.")
@click.pass_obj
def command(console: Console, addresses: tuple[str, ...], serial: int | None, form: str) -> None:
    """Show what state remembers of some resources (addresses or globs), or of all."""
    snapshot = recalled(backend_of(console)).snapshot if serial is None else _earlier(console, serial)
    _show(console, snapshot, form, addresses)


def show_all(console: Console, form: str) -> None:
    """Show the whole present state."""
    _show(console, recalled(backend_of(console)).snapshot, form, ())


def _show(console: Console, snapshot: Snapshot, form: str, patterns: tuple[str, ...]) -> None:
    """Show a state, or the part of it that some globs select.

    Raises:  CatalogError when they select nothing.
    """
    from dataclasses import replace

    from catalogctl.model.address import selector
    from catalogctl.model.diagnostics import CatalogError, error
    from catalogctl.state.statefile import encode
    from catalogctl.view.text.state import render_one

    selected = selector(patterns)
    chosen = {address: have for address, have in sorted(snapshot.resources.items()) if not patterns or selected(address)}
    if patterns and not chosen:
        detail = f"State has nothing at {', '.join(patterns)}."
        raise CatalogError(error("not-in-state", "Nothing of that name is in state", detail, "To see what is:\ncatalogctl state list"))
    if form == "json":
        sys.stdout.buffer.write(encode(replace(snapshot, resources=chosen), console.environment))
        sys.stdout.buffer.flush()
        return
    if not chosen:
        console.say(f"The state of environment {console.environment} holds nothing yet.")
    for number, have in enumerate(chosen.values()):
        console.write([""] if number else [])
        parts = {snapshot.resources[one].id: one for one in have.dependencies if one in snapshot.resources}
        console.write(render_one(have, parts, width=console.width, style=console.out))


def _earlier(console: Console, serial: int) -> Snapshot:
    from catalogctl.cli.backend import known_type
    from catalogctl.state.statefile import decode

    backend = backend_of(console)
    return decode(backend.read_history(serial), known_type, backend.environment)
