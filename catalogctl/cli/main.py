"""The command line: global options, the commands by name, and the one place where errors end."""

from __future__ import annotations

import io
import os
import shlex
import signal
import sys
from collections.abc import Mapping
from importlib import import_module
from types import FrameType
from typing import Any, NoReturn

import click

from catalogctl.cli.command import GLOBAL, CommandGroup, Invocation
from catalogctl.system.interrupt import leave_if_preparing

COMMANDS: Mapping[str, tuple[str, str]] = {
    "init": ("init", "Write a working project into a folder."),
    "validate": ("validate", "Check every file, offline."),
    "list": ("list_", "List every edition on every account."),
    "explain": ("explain", "Tell where a value comes from, or what a message means."),
    "report": ("readiness", "Report on the catalog: what lacks what, where and at which price it is sold."),
    "fmt": ("fmt", "Give files the one layout, comments kept."),
    "set": ("set_", "Set fields of many editions in their files."),
    "unset": ("unset", "Take fields of many editions away."),
    "mv": ("mv", "Rename a title or an edition, in its file and in the state."),
    "split": ("split", "Give editions of a title a title of their own."),
    "merge": ("merge", "Move the editions of a title into another one."),
    "new": ("new", "Write the file of a new title."),
    "plan": ("plan", "Show what would change in every store."),
    "apply": ("apply", "Make the stores hold what the files say."),
    "destroy": ("destroy", "Remove from the stores everything that is managed."),
    "drift": ("drift", "Show what was changed outside catalogctl."),
    "history": ("history", "List the runs of apply, and what came of each."),
    "revert": ("revert", "Plan to put back what a run changed."),
    "show": ("show", "Show a saved plan, or the state."),
    "graph": ("graph", "Show the order of the calls of a plan, as dot or Mermaid."),
    "import": ("import_", "Manage what a store holds already."),
    "onix": ("onix", "Check ONIX feeds: schema, code lists, the trade's rules."),
    "export": ("export", "Write the catalog as ONIX, as a workbook or as CSV."),
    "state": ("state", "Show and change the recorded state."),
    "doctor": ("doctor", "Check this checkout and its environment for open problems."),
    "schema": ("schema", "Print the JSON Schemas of the files."),
    "providers": ("providers", "List the providers and what they can do."),
    "sandbox": ("sandbox", "Serve emulations of the stores on this machine."),
    "demo": ("demo", "Run the whole main job in a scratch copy."),
    "completion": ("completion", "Print the completion script of a shell."),
    "version": ("version", "Print the version."),
}
"""Command → its module in this package, and what it does; a module is imported when its command runs."""

_APPROVAL = "--auto-approve"
_AGREEING = {"--yes", "-y", "--assume-yes", "--approve", "--force", "-f", "--no-confirm", "--non-interactive"}
"""How other programs are told not to ask."""


class Commands(CommandGroup):
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

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command of a line.

        Raises:  NoSuchCommand, with the names that are most alike.
        """
        if args[0] not in COMMANDS and not ctx.resilient_parsing:
            raise click.exceptions.NoSuchCommand(args[0], possibilities=COMMANDS, ctx=ctx)
        return super().resolve_command(ctx, args)

    def format_global_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what each global option means."""
        with formatter.section("Global options, before or after the command"):
            formatter.write_dl([record for item in GLOBAL if (record := item.get_help_record(ctx)) is not None])

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in COMMANDS.items()])


def _print_version(ctx: click.Context, _parameter: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        from catalogctl.cli.version import told

        click.echo(told())
        ctx.exit()


@click.command(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "auto_envvar_prefix": None},
    epilog="Each command says more: catalogctl COMMAND --help",
)
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_print_version, help="Print the version and exit.")
def cli() -> None:
    """The catalog as code: titles are files in git, plan shows what every store would change, apply makes it so."""


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
    """Run a command and give its exit code; whatever goes wrong is reported, and nothing is raised."""
    session = Invocation()
    try:
        return _run(arguments, session)
    finally:
        if session.console is not None:
            session.console.close()


def _run(arguments: list[str], session: Invocation) -> int:
    from catalogctl.cli.exit_codes import DONE, ERROR, INTERRUPTED, StoppedAtOnce, exit_code
    from catalogctl.model.diagnostics import CatalogError
    from catalogctl.system.safe_folder import UnsafePathError

    try:
        code = cli.main(args=arguments, prog_name="catalogctl", standalone_mode=False, obj=session)
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.ClickException as wrong:
        if isinstance(wrong, click.NoSuchOption) and wrong.option_name in _AGREEING and wrong.ctx is not None:
            known = {name for option in wrong.ctx.command.get_params(wrong.ctx) for name in option.opts}
            if _APPROVAL in known:
                wrong = click.UsageError(f"No such option '{wrong.option_name}'. Did you mean '{_APPROVAL}'?", wrong.ctx)
        _show(wrong, arguments)
        return ERROR
    except CatalogError as refused:
        _tell(refused.diagnostics, arguments, session)
        return exit_code(refused.refusal)
    except (click.Abort, KeyboardInterrupt) as stopped:
        click.echo("Interrupted.", err=True)
        cause = stopped.__cause__ if isinstance(stopped, click.Abort) else stopped  # click makes an Abort of what it catches
        return cause.code if isinstance(cause, StoppedAtOnce) else INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has seen enough; what is still in the buffer must not raise once more at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except UnsafePathError as unsafe:
        from catalogctl.model.unsafe_path import unsafe_path

        refusal = unsafe_path(unsafe)
        _tell(refusal.diagnostics, arguments, session)
        return exit_code(refusal.refusal)
    except OSError as failure:
        return _no_such_file(failure, arguments, session)
    except Exception as fault:  # noqa: BLE001 -- the last resort: our own fault, told as such
        return _own_fault(fault, arguments, session)
    return code if isinstance(code, int) else DONE


def _show(wrong: click.ClickException, arguments: list[str]) -> None:
    """Write what is wrong with a command line, in lines no wider than the terminal."""
    from catalogctl.view.paint.layout import paragraph, plain
    from catalogctl.view.paint.style import style_for, width_for

    said = io.StringIO()
    wrong.show(said)
    style, width = style_for(sys.stderr, no_color="--no-color" in arguments), width_for(sys.stderr)
    for line in said.getvalue().splitlines():
        for row in paragraph([plain(line)], width, style) if line else ("",):
            click.echo(row, err=True)


def _tell(diagnostics: tuple[Any, ...], arguments: list[str], session: Invocation) -> None:
    if session.console is not None:
        session.console.problems(diagnostics)
        return
    from catalogctl.view.paint.style import style_for, width_for
    from catalogctl.view.text import diagnostics as diagnostics_text

    style = style_for(sys.stderr, no_color="--no-color" in arguments)
    for line in diagnostics_text.render(diagnostics, width=width_for(sys.stderr), style=style):
        click.echo(line, err=True, color=True)


def _no_such_file(failure: OSError, arguments: list[str], session: Invocation) -> int:
    from catalogctl.cli.exit_codes import ERROR
    from catalogctl.model.diagnostics import error

    _trace(failure, arguments)
    detail = f"{failure.filename}: {failure.strerror}." if failure.filename else f"{failure}."
    hint = "Check the path, and who may read and write there."
    _tell((error("file-unusable", "A file or folder cannot be used", detail, hint),), arguments, session)
    return ERROR


def _trace(fault: Exception, arguments: list[str]) -> None:
    if "debug" in arguments or "--log-level=debug" in arguments:
        import traceback

        traceback.print_exception(fault, file=sys.stderr)


def _own_fault(fault: Exception, arguments: list[str], session: Invocation) -> int:
    from catalogctl.cli.exit_codes import ERROR
    from catalogctl.model.diagnostics import error

    _trace(fault, arguments)
    detail = f"{type(fault).__name__}: {fault}"
    hint = f"Please report it, with what this prints:\n{shlex.join(['catalogctl', *_in_debug(arguments)])}"
    _tell((error("internal", "A fault of catalogctl itself", detail, hint),), arguments, session)
    return ERROR


def _in_debug(arguments: list[str]) -> list[str]:
    """Return a command line that logs all there is, in place of what it logged."""
    kept = [item for before, item in zip(["", *arguments], arguments, strict=False) if "--log-level" not in (before, item.split("=")[0])]
    return ["--log-level", "debug", *kept]
