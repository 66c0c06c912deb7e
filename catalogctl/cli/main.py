"""The command line: global options, the commands by name, and the one place where errors end."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Mapping
from importlib import import_module
from types import FrameType
from typing import TYPE_CHECKING, Any, NoReturn

import click

from catalogctl.system.interrupt import leave_if_preparing

if TYPE_CHECKING:
    from catalogctl.cli.console import Console

COMMANDS: Mapping[str, tuple[str, str]] = {
    "init": ("init", "Write a working project into a folder."),
    "validate": ("validate", "Check every file, offline."),
    "plan": ("plan", "Show what would change in every store."),
    "apply": ("apply", "Make the stores hold what the files say."),
    "destroy": ("destroy", "Remove from the stores everything that is managed."),
    "drift": ("drift", "Show what was changed in the stores by somebody else."),
    "history": ("history", "List the runs of apply, and what came of each."),
    "revert": ("revert", "Plan to put back what a run changed."),
    "show": ("show", "Show a saved plan, or the state."),
    "import": ("import_", "Manage what a store holds already."),
    "state": ("state", "Look at what is remembered, and change it."),
    "doctor": ("doctor", "Look at this checkout and its environment, and name what is open."),
    "schema": ("schema", "Print the JSON Schemas of the files."),
    "providers": ("providers", "List the providers and what they can do."),
    "sandbox": ("sandbox", "Serve emulations of the stores on this machine."),
    "demo": ("demo", "Run the whole main job in a scratch copy."),
    "completion": ("completion", "Print the completion script of a shell."),
    "version": ("version", "Print the version."),
}
"""Command → its module in this package, and what it does; a module is imported when its command runs."""


class Commands(click.Group):
    """The commands, each imported only when it is asked for: help and completion stay fast."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """List the commands in the order in which one meets them."""
        return list(COMMANDS)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"catalogctl.cli.{COMMANDS[cmd_name][0]}")
        command: click.Command = module.command
        return command

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in COMMANDS.items()])


@click.command(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "auto_envvar_prefix": None},
    epilog="Each command says more: catalogctl COMMAND --help",
)
@click.option("-C", "folder", metavar="DIR", default=".", help="Work in this folder instead of the present one.")
@click.option("--env", "environment", metavar="NAME", envvar="CATALOGCTL_ENV", default=None, help="The environment.  [default: default]")
@click.option("--no-color", is_flag=True, help="Write no colours (also NO_COLOR).")
@click.option("--quiet", "-q", is_flag=True, help="Write results and problems only, no progress.")
@click.option("--log-level", type=click.Choice(["debug", "info", "warning", "error"]), default="warning", help="What to log to stderr.")
@click.option("--json", "as_json", is_flag=True, help="Write one JSON event per line to stdout.")
@click.option(
    "--json-into", metavar="FILE", type=click.Path(dir_okay=False), help="Write these events into a file, beside what people read."
)
@click.pass_context
def cli(ctx: click.Context, /, **options: Any) -> None:
    """The catalog as code: titles are files in git, plan shows what every store would change, apply makes it so."""
    from catalogctl.cli.console import Console

    opened: list[Console] = ctx.obj
    ctx.obj = Console(**options)
    opened.append(ctx.obj)


def main() -> NoReturn:
    """Run a command and leave the process with its exit code; a termination ends it as an interrupt does."""
    terminated: list[int] = []

    def end(number: int, frame: FrameType | None) -> None:
        leave_if_preparing(number, frame)
        # An interrupt is what the event loop knows how to end on; an exception out of the middle of it could get lost there.
        terminated.append(number)
        signal.raise_signal(signal.SIGINT)

    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:  # ignored, as of a job in the background, it would end nothing
        signal.signal(signal.SIGTERM, end)
    code = run(sys.argv[1:])
    if terminated:
        from catalogctl.cli.exit_codes import INTERRUPTED, TERMINATED

        code = TERMINATED if code == INTERRUPTED else code
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # all is done: what comes now could only break the interpreter's own end
    sys.exit(code)


def run(arguments: list[str]) -> int:
    """Run a command and give its exit code; whatever goes wrong is told, and nothing is raised."""
    opened: list[Console] = []
    try:
        return _run(arguments, opened)
    finally:
        for console in opened:
            console.close()


def _run(arguments: list[str], opened: list[Console]) -> int:
    from catalogctl.cli.exit_codes import DONE, ERROR, INTERRUPTED, StoppedAtOnce, exit_code
    from catalogctl.model.diagnostics import CatalogError

    try:
        code = cli.main(args=arguments, prog_name="catalogctl", standalone_mode=False, obj=opened)
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.ClickException as wrong:
        wrong.show()
        return ERROR
    except CatalogError as refused:
        _tell(refused.diagnostics, arguments, opened)
        return exit_code(refused.refusal)
    except (click.Abort, KeyboardInterrupt) as stopped:
        click.echo("Interrupted.", err=True)
        cause = stopped.__cause__ if isinstance(stopped, click.Abort) else stopped  # click makes an Abort of what it catches
        return cause.code if isinstance(cause, StoppedAtOnce) else INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has seen enough; what is still in the buffer must not raise once more at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except OSError as failure:
        return _no_such_file(failure, arguments, opened)
    except Exception as fault:  # noqa: BLE001 -- the last resort: our own fault, told as such
        return _own_fault(fault, arguments, opened)
    return code if isinstance(code, int) else DONE


def _tell(diagnostics: tuple[Any, ...], arguments: list[str], opened: list[Console]) -> None:
    if opened:
        opened[0].problems(diagnostics)
        return
    from catalogctl.view import diagnostics_text
    from catalogctl.view.style import style_for, width_for

    style = style_for(sys.stderr, no_color="--no-color" in arguments)
    for line in diagnostics_text.render(diagnostics, width=width_for(sys.stderr), style=style):
        click.echo(line, err=True, color=True)


def _no_such_file(failure: OSError, arguments: list[str], opened: list[Console]) -> int:
    from catalogctl.cli.exit_codes import ERROR
    from catalogctl.model.diagnostics import error

    _trace(failure, arguments)
    detail = f"{failure.filename}: {failure.strerror}." if failure.filename else f"{failure}."
    hint = "Check the path, and who may read and write there."
    _tell((error("file-unusable", "A file or folder cannot be used", detail, hint),), arguments, opened)
    return ERROR


def _trace(fault: Exception, arguments: list[str]) -> None:
    if "debug" in arguments or "--log-level=debug" in arguments:
        import traceback

        traceback.print_exception(fault, file=sys.stderr)


def _own_fault(fault: Exception, arguments: list[str], opened: list[Console]) -> int:
    from catalogctl.cli.exit_codes import ERROR
    from catalogctl.model.diagnostics import error

    _trace(fault, arguments)
    detail = f"{type(fault).__name__}: {fault}"
    hint = "Please report it, with what this prints:\ncatalogctl --log-level debug " + " ".join(arguments)
    _tell((error("internal", "A fault of catalogctl itself", detail, hint),), arguments, opened)
    return ERROR
