"""`catalogctl state unlock`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from catalogctl.cli.command import Command
from catalogctl.cli.console import Console
from catalogctl.cli.exit_codes import DONE, ERROR
from catalogctl.cli.state.edit import agreed_to, backend_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalogctl.state.backend import Hold


@click.command("unlock", cls=Command)
@click.argument("id_", metavar="ID")
@click.option("--force", is_flag=True, help="Do not ask.")
@click.pass_obj
def command(console: Console, id_: str, force: bool) -> int:
    """Take the lock ID from a run that is no more, or that has to stop. `state-locked` and `plan` tell the ID."""
    backend = backend_of(console)
    hold = backend.holder()
    if hold is not None and hold.info.id == id_:
        console.write(_what_breaks(hold, console))
        if not force and not agreed_to("Shall the lock be taken away?", f"catalogctl state unlock --force {id_}"):
            console.say("Nothing was done.")
            return ERROR
    backend.break_lock(id_)
    console.write([f"The state of environment {console.environment} is free."])
    return DONE


def _what_breaks(hold: Hold, console: Console) -> Iterator[str]:
    from catalogctl.state.backend import held_by, moment
    from catalogctl.view.paint.layout import paragraph, plain

    lease = f"{held_by(hold)} Its lease ends at {moment(hold.until)} unless it is renewed."
    loss = (
        "If that run is still under way, it stops before its next write to a store. What it has sent by then the store may still do; "
        "its journal is kept, and the next run goes on from it."
    )
    for text in (lease, loss):
        yield from paragraph([plain(console.out.safe(text))], console.width, console.out, hanging=0)
