"""What a command was started with, and where it writes."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from catalogctl.events import Listener
from catalogctl.model.diagnostics import CatalogError, Diagnostic, error
from catalogctl.view import diagnostics_text
from catalogctl.view.style import Style, style_for, width_for

_TELL_TOO_MUCH = ("httpx", "httpcore", "hpack")
"""Loggers that write down signed URLs, and what stores answer in headers, before anybody has taken a key out of it."""


class Console:
    """The global options of one run, and its two streams: results on stdout, problems and progress on stderr."""

    def __init__(self, folder: str, environment: str | None, no_color: bool, quiet: bool, log_level: str, as_json: bool) -> None:
        self.folder = Path(folder)
        self.environment = environment or "default"
        self.quiet = quiet
        self.as_json = as_json
        self.no_color = no_color
        logging.basicConfig(stream=sys.stderr, level=log_level.upper(), format="%(levelname)s %(name)s: %(message)s")
        for name in _TELL_TOO_MUCH:
            logging.getLogger(name).setLevel(logging.WARNING)
        if not self.folder.is_dir():
            raise CatalogError(error("no-folder", "There is no such folder", f"{folder} is not a folder."))

    @property
    def out(self) -> Style:
        """How to write on stdout."""
        return style_for(sys.stdout, no_color=self.no_color)

    @property
    def err(self) -> Style:
        """How to write on stderr."""
        return style_for(sys.stderr, no_color=self.no_color)

    @property
    def width(self) -> int:
        """Cells of a line on stdout."""
        return width_for(sys.stdout)

    def write(self, lines: Iterable[str]) -> None:
        """Write results for people; with --json, stdout is for events alone and they go to stderr."""
        for line in lines:
            _echo(line, err=self.as_json)

    def tell(self, *sentences: str) -> None:
        """Write sentences as results for people, a paragraph each, none wider than the lines are."""
        from catalogctl.view.layout import paragraph, plain

        for sentence in sentences:
            self.write(paragraph([plain(self.out.safe(sentence))], self.width, self.out, hanging=0))

    def say(self, text: str) -> None:
        """Write one line for people beside the results; not when they asked for quiet."""
        if not self.quiet:
            click.echo(text, err=True, color=True)

    @contextmanager
    def listening(self) -> Iterator[Listener]:
        """Show what happens while it happens: as JSON lines on stdout, or as progress on stderr."""
        if self.as_json:
            from catalogctl.view.events_json import line

            yield lambda event: _echo(line(event))
            return
        from catalogctl.view.progress import progress

        with progress(sys.stderr, style=self.err, width=width_for(sys.stderr), quiet=self.quiet) as listen:
            yield listen

    def problems(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Write problems on stderr."""
        for line in diagnostics_text.render(diagnostics, width=width_for(sys.stderr), style=self.err):
            click.echo(line, err=True, color=True)


def _echo(line: str, *, err: bool = False) -> None:
    """Write a line; whoever reads our output may have seen enough, which is no reason to leave a plan half applied."""
    try:
        click.echo(line, err=err, color=True)
    except BrokenPipeError:
        stream = sys.stderr if err else sys.stdout
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def environment_option(function: Any) -> Any:
    """Let a command name the environment after its own name, too."""

    def choose(ctx: click.Context, _parameter: click.Parameter, value: str | None) -> None:
        if value is not None:
            ctx.obj.environment = value

    return click.option("--env", metavar="NAME", expose_value=False, callback=choose, help="The environment.")(function)
