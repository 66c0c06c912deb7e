"""`catalogctl state list` and `catalogctl state show`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from catalogctl.cli.console import Console, environment_option

if TYPE_CHECKING:
    from catalogctl.state.snapshot import Snapshot


@click.group()
def command() -> None:
    """Look at what is remembered."""


@command.command("list")
@click.argument("patterns", metavar="[GLOB]...", nargs=-1)
@environment_option
@click.pass_obj
def list_(console: Console, patterns: tuple[str, ...]) -> None:
    """List the addresses in state, all or those that some globs select."""
    from catalogctl.model.address import selector
    from catalogctl.view.state_text import render_list

    selected = selector(patterns)
    resources = [have for address, have in sorted(_snapshot(console).resources.items()) if not patterns or selected(address)]
    console.write(render_list(resources, console.out))


@command.command()
@click.argument("addresses", metavar="[ADDRESS]...", nargs=-1)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How to show it.")
@environment_option
@click.pass_obj
def show(console: Console, addresses: tuple[str, ...], form: str) -> None:
    """Show what state remembers of some resources (addresses or globs), or of all."""
    show_all(console, form, addresses)


def show_all(console: Console, form: str, patterns: tuple[str, ...] = ()) -> None:
    """Show the state, or the part of it that some globs select.

    Raises:  CatalogError when they select nothing.
    """
    from dataclasses import replace

    from catalogctl.model.address import selector
    from catalogctl.model.diagnostics import CatalogError, error
    from catalogctl.state.statefile import encode
    from catalogctl.view.state_text import render_one

    snapshot = _snapshot(console)
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
        console.write(render_one(have, width=console.width, style=console.out))


def _snapshot(console: Console) -> Snapshot:
    from catalogctl.cli.backend import open_backend
    from catalogctl.cli.types import known_type
    from catalogctl.config.project import load_project
    from catalogctl.state.ledger import recall

    return recall(open_backend(load_project(console.folder, console.environment)), known_type, "").snapshot
