"""`catalogctl state push`."""

from __future__ import annotations

import sys

import click

from catalogctl.cli.command import Command
from catalogctl.cli.console import Console
from catalogctl.cli.options import lock_options
from catalogctl.cli.state.edit import backend_of


@click.command("push", cls=Command)
@click.argument("file", metavar="FILE", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@click.option("--force", is_flag=True, help="Also in place of a state with another lineage, a greater serial, or damage.")
@lock_options
@click.pass_obj
def command(console: Console, file: str, force: bool, lock_timeout: float) -> None:
    """Put the state in FILE (`-`: stdin) in place of the present one, which is kept."""
    from catalogctl.cli.backend import hold, known_type
    from catalogctl.cli.output import read_named
    from catalogctl.state.replacement import Rule, push, read_pushed
    from catalogctl.state.statefile import STATE_LIMIT
    from catalogctl.system.file import read_stream

    data = read_stream(sys.stdin.buffer, STATE_LIMIT) if file == "-" else read_named(console, file, STATE_LIMIT)
    backend = backend_of(console)
    pushed = read_pushed(data, "stdin" if file == "-" else file, known_type, backend.environment)
    with hold(backend, lock_timeout) as held:
        done = push(held, pushed, Rule.ANY if force else Rule.SUCCESSOR)
    if not done.changed:
        console.write([f"This is the present state already (serial {done.snapshot.serial})."])
        return
    console.write([f"State has serial {done.snapshot.serial} now, with {len(done.snapshot.resources):,} resources."])
    if done.before is not None:
        console.write([f"The one before, with serial {done.before.serial}, is kept: {console.command} state history"])
    console.write(f"What was there is kept as {console.out.safe(name)}" for name in done.aside)
