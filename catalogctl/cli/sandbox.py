"""`catalogctl sandbox`."""

from __future__ import annotations

import click

from catalogctl.cli.command import Command
from catalogctl.cli.console import Console


@click.command(cls=Command)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8765,
    show_default=True,
    help="Of the first emulation; the others get the next ones. 0: any free.",
)
@click.option("--latency", type=click.FloatRange(0, 60), default=0.0, help="Seconds that every answer takes longer.")
@click.option(
    "--keep",
    "folder",
    type=click.Path(file_okay=False),
    default=None,
    help="Keep the contents in this folder; otherwise they end with the process.",
)
@click.pass_obj
def command(console: Console, port: int, latency: float, folder: str | None) -> None:
    """Serve emulations of the stores on 127.0.0.1, until interrupted.

    Prints the account blocks to paste into catalogctl.yaml. Whoever asks /_sandbox/ is shown its contents and can make it misbehave.
    """
    from threading import Event

    from catalogctl.provider import discovery
    from catalogctl.provider.emulation import Emulator
    from catalogctl.sandbox import EmbeddedSandbox, SandboxServer
    from catalogctl.system.safe_folder import PRIVATE_FOLDER
    from catalogctl.system.typed_path import folder_at

    emulators: dict[str, Emulator] = {}
    for name in discovery.names():
        emulator = discovery.emulator(name)
        if folder is None:
            emulators[name] = emulator
        else:
            kept = folder_at(folder, console.folder, mode=PRIVATE_FOLDER)
            emulators[name] = EmbeddedSandbox(kept, f"{name}.jsonl", emulator)
    with SandboxServer(emulators, port=port, latency=latency) as server:
        click.echo("# Paste into catalogctl.yaml:\naccounts:")
        for name, block in server.account_blocks().items():
            click.echo(f"  {name}-sandbox:")
            for setting, value in block.items():
                click.echo(f"    {setting}: {value}")
        console.say("Serving. Interrupt to stop (Ctrl-C).")
        try:
            Event().wait()
        except KeyboardInterrupt:
            console.say("Stopped.")
