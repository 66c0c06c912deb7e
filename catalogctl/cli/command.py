"""What every command is: global options at any place of its line, and a console that is made when all of them were read."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import click

from catalogctl.cli.options import GlobalOptions

if TYPE_CHECKING:
    from catalogctl.cli.console import Console


_PREFIX: Final = "global_"
"""Begins the names of global options in a click context, so that none is a command's own."""


@dataclass
class Invocation:
    """One run of the program: the global options that were read so far, and the console that they make."""

    options: GlobalOptions = field(default_factory=GlobalOptions)
    given: set[str] = field(default_factory=set)
    """Names of the fields of `options` that the line gave a value."""
    console: Console | None = None

    def note(self, option: click.Option, value: Any) -> None:
        """Take the value of a global option.

        Raises:  click.UsageError when it was given another value before.
        """
        assert option.name is not None, "a global option is named after a field of GlobalOptions"
        name = option.name.removeprefix(_PREFIX)
        earlier = getattr(self.options, name)
        if name in self.given and earlier != value:
            message = f"{option.opts[0]} is given twice, with different values: {earlier} and {value}"
            raise click.UsageError(message)
        self.given.add(name)
        self.options = replace(self.options, **{name: value})

    def open(self) -> Console:
        """Make the console of the options that were read."""
        from catalogctl.cli.console import Console

        self.console = Console(self.options)
        return self.console


def opened_console(ctx: click.Context) -> Console:
    """Make the console of a command whose line was read to its end."""
    session = ctx.find_object(Invocation)
    assert session is not None, "commands are run by catalogctl.cli.main"
    return session.open()


def _note(ctx: click.Context, option: click.Parameter, value: Any) -> None:
    session = None if ctx.resilient_parsing else ctx.find_object(Invocation)
    if session is None:  # a shell completes the line
        return
    assert isinstance(option, click.Option), "an argument is of one command"
    if isinstance(value, tuple):
        for one in value:
            session.note(option, one)
    elif value:
        session.note(option, value)


def _flag(parameter: str, *names: str, explained: str) -> click.Option:
    return click.Option((_PREFIX + parameter, *names), is_flag=True, expose_value=False, callback=_note, help=explained)


def _option(parameter: str, *names: str, metavar: str, kind: click.ParamType[Any] = click.STRING, explained: str) -> click.Option:
    # "multiple": all values reach `_note`, which takes no two different ones; click alone would pass over all but the last.
    names = (_PREFIX + parameter, *names)
    return click.Option(names, metavar=metavar, type=kind, multiple=True, expose_value=False, callback=_note, help=explained)


GLOBAL: Final = (
    _option("folder", "-C", metavar="DIR", explained="The project folder. By default it is looked for from this folder upward."),
    _option("environment", "--env", metavar="NAME", explained="The environment (also CATALOGCTL_ENV).  [default: default]"),
    _flag("no_color", "--no-color", explained="Write no colours (also NO_COLOR)."),
    _flag("quiet", "--quiet", "-q", explained="Write results and problems only, no progress."),
    _option(
        "log_level",
        "--log-level",
        metavar="LEVEL",
        kind=click.Choice(["debug", "info", "warning", "error"]),
        explained="What to log to stderr: debug, info, warning or error.  [default: warning]",
    ),
    _flag("as_json", "--json", explained="Write one JSON event per line to stdout."),
    _option(
        "json_into",
        "--json-into",
        metavar="FILE",
        kind=click.Path(dir_okay=False),
        explained="Write these events into a file, beside what people read.",
    ),
)
"""The options of every command, before or after its name."""


class _WithGlobalOptions(click.Command):
    """Takes the global options beside its own, and tells of them in a section of their own."""

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """List the options of the command's own, then the global ones."""
        return [*super().get_params(ctx), *GLOBAL]

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the command's own options one by one, and the names of the global ones."""
        own = [item for item in super().get_params(ctx) if isinstance(item, click.Option)]
        with formatter.section("Options"):
            formatter.write_dl([record for item in own if (record := item.get_help_record(ctx)) is not None])
        self.format_global_options(ctx, formatter)

    def format_global_options(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the names of the global options, which the program's own help explains."""
        with formatter.section("Global options, explained by catalogctl --help"):
            indent = " " * formatter.current_indent
            line = "   ".join(_named(item).replace(" ", "\xa0") for item in GLOBAL)
            lines = textwrap.wrap(line, formatter.width, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False)
            formatter.write("".join(f"{line}\n" for line in lines).replace("\xa0", " "))


def _named(option: click.Option) -> str:
    names = ", ".join(sorted(option.opts, key=len))
    return names if option.metavar is None else f"{names} {option.metavar}"


class Command(_WithGlobalOptions):
    """One command: `pass_obj` gives it the console of the whole line."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command with the console that its global options make."""
        ctx.obj = opened_console(ctx)
        return super().invoke(ctx)


class CommandWithForms(Command):
    """A command that a first word turns into another: `import csv FILE` beside `import ADDRESS ID`."""

    forms: Mapping[str, click.Command] = MappingProxyType({})
    """By their first word."""

    def make_context(self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: object) -> click.Context:
        """Read the rest of a line as the form that its first word names, or as this command."""
        form = self.forms.get(args[0]) if args else None
        if form is None:
            return super().make_context(info_name, args, parent, **extra)
        made: click.Context = form.make_context(f"{info_name} {args[0]}", args[1:], parent, **extra)
        return made

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the forms."""
        super().format_epilog(ctx, formatter)
        with formatter.section("Other forms"):
            formatter.write_dl([(f"{ctx.info_name} {name}", form.get_short_help_str(80)) for name, form in self.forms.items()])


class CommandGroup(_WithGlobalOptions, click.Group):
    """Commands under one name."""

    command_class = Command

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write options, then the commands."""
        super().format_options(ctx, formatter)
        self.format_commands(ctx, formatter)
