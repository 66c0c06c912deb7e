"""What a command was started with, and where it writes."""

from __future__ import annotations

import logging
import os
import shlex
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TextIO

import click

from catalogctl.config.find_project import FILE, find_project, highest, missing_project
from catalogctl.events import Event, Listener
from catalogctl.model.diagnostics import CatalogError, Diagnostic, error
from catalogctl.system.typed_path import open_typed
from catalogctl.view.paint.style import PROGRAM, Style, style_for, width_for
from catalogctl.view.text import diagnostics as diagnostics_text

if TYPE_CHECKING:
    from catalogctl.cli.options import GlobalOptions
    from catalogctl.view.formats.events_json import EventStream

_TELL_TOO_MUCH = ("httpx", "httpcore", "hpack")
"""Loggers that write down signed URLs, and what stores answer in headers, before anybody has taken a key out of it."""


class Console:
    """The global options of one run, and its two streams: results on stdout, problems and progress on stderr."""

    def __init__(self, options: GlobalOptions) -> None:
        self._is_project_named = options.folder is not None
        self.folder = Path(options.folder or ".")
        self.environment = options.environment or os.environ.get("CATALOGCTL_ENV") or "default"
        self.quiet = options.quiet
        self.as_json = options.as_json
        self.no_color = options.no_color
        logging.basicConfig(handlers=[_Log()], level=options.log_level.upper(), format="%(levelname)s %(name)s: %(message)s")
        for name in _TELL_TOO_MUCH:
            logging.getLogger(name).setLevel(logging.WARNING)
        if not self.folder.is_dir():
            raise CatalogError(error("no-folder", "There is no such folder", f"{options.folder} is not a folder."))
        writers: list[Callable[[str], None]] = [_echo] if options.as_json else []
        self._event_file = None if options.json_into is None else _EventFile(options.json_into, self.folder, self.say)
        if self._event_file is not None:
            writers.append(self._event_file.write)
        self._streams = _streams(writers, self.command)
        self._has_told_problems = False

    def close(self) -> None:
        """Close what was opened for events; nothing is written after that."""
        if self._event_file is not None:
            self._event_file.close()

    @cached_property
    def project_folder(self) -> Path:
        """The folder of the project: the one of -C, else the present one or the nearest above it; one above is said on stderr.

        Raises:  CatalogError where there is no project file to be found, or a stranger's.
        """
        found = self.found_project()
        if found is None:
            last = highest(self.folder)
            above = "" if last == self.folder.resolve() else f", nor in a folder above it up to {last}"
            raise missing_project(f"There is no {FILE} in {self.folder.resolve()}{above}.")
        if found != self.folder and not self.as_json:
            self.say(f"Project: {found / FILE}")
        return found

    def found_project(self) -> Path | None:
        """Return the folder of the project as it is seen from the present one; `None` where there is none."""
        if self._is_project_named:
            return self.folder
        found = find_project(self.folder)
        return None if found is None else Path(os.path.relpath(found))

    @property
    def command(self) -> str:
        """How a command line for the same project begins, where it is typed in the present folder."""
        folder = "" if self.folder == Path() else f" -C {shlex.quote(str(self.folder))}"
        environment = "" if self.environment == "default" else f" --env {shlex.quote(self.environment)}"
        return f"{PROGRAM}{folder}{environment}"

    @property
    def out(self) -> Style:
        """How to write on stdout."""
        return replace(style_for(sys.stdout, no_color=self.no_color), command=self.command)

    @property
    def err(self) -> Style:
        """How to write on stderr."""
        return replace(style_for(sys.stderr, no_color=self.no_color), command=self.command)

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
        from catalogctl.view.paint.layout import paragraph, plain

        for sentence in sentences:
            self.write(paragraph([plain(self.out.safe(sentence))], self.width, self.out, hanging=0))

    def say(self, text: str) -> None:
        """Write a sentence for people beside the results, no wider than the lines are; not when they asked for quiet.

        Shapes:  a further line of `text` is a command to copy, and stays in one piece.
        """
        from catalogctl.view.paint.layout import paragraph, plain

        if self.quiet:
            return
        sentence, *commands = text.splitlines()
        said = paragraph([plain(self.err.safe(sentence))], width_for(sys.stderr), self.err, hanging=0)
        for line in (*said, *map(self.err.safe, commands)):
            _tell(line)

    @contextmanager
    def listening(self) -> Iterator[Listener]:
        """Show what happens while it happens: as JSON lines where asked for, and unless they take its place as progress on stderr."""
        if self.as_json:
            yield self._stream_all
            return
        from catalogctl.view.live.progress import manner_for, progress

        manner = manner_for(sys.stderr, quiet=self.quiet, no_color=self.no_color)
        with progress(sys.stderr, manner, style=self.err, width=width_for(sys.stderr)) as listen:

            def both(event: Event) -> None:
                listen(event)
                self._stream_all(event)

            yield both if self._streams else listen

    def _stream_all(self, event: Event) -> None:
        for stream in self._streams:
            stream(event)

    def problems(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Write problems on stderr, and where events are written also there."""
        self._tell(tuple(diagnostics), diagnostics_text.render)

    def remarks(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Write problems that are beside a result: of many warnings of one kind a few; where events are written, all."""
        self._tell(tuple(diagnostics), partial(diagnostics_text.render_by_kind, whole=f"{self.command} validate"))

    def _tell(self, diagnostics: tuple[Diagnostic, ...], render: Callable[..., Iterator[str]]) -> None:
        for stream in self._streams:
            stream.problems(diagnostics)
        if diagnostics and self._has_told_problems:
            click.echo(err=True)
        self._has_told_problems = self._has_told_problems or bool(diagnostics)
        for line in render(diagnostics, width=width_for(sys.stderr), style=self.err):
            _tell(line)


class _Log(logging.StreamHandler[TextIO]):
    """Writes what is logged on stderr as it is at the moment."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record."""
        self.setStream(sys.stderr)
        super().emit(record)


class _EventFile:
    """A file that events are written into, as they come. One that takes no more is no reason to leave a plan half applied."""

    def __init__(self, path: str, project: Path, say: Callable[[str], None]) -> None:
        self._path = path
        self._say = say
        # Only its owner can read it: it tells what is not published yet.
        self._file: BinaryIO | None = os.fdopen(open_typed(path, project), "wb", buffering=0)

    def write(self, line: str) -> None:
        """Write one line."""
        if self._file is None:
            return
        try:
            self._file.write(line.encode("utf-8") + b"\n")
        except OSError as failure:
            self.close()
            self._say(f"No more events are written into {self._path}: {failure.strerror}.")

    def close(self) -> None:
        """Take no more lines."""
        if self._file is not None:
            self._file.close()
            self._file = None


def _streams(writers: Sequence[Callable[[str], None]], command: str) -> tuple[EventStream, ...]:
    if not writers:
        return ()
    from catalogctl.view.formats.events_json import EventStream

    return tuple(EventStream(write, lambda: datetime.now(tz=UTC), command) for write in writers)


def _tell(line: str) -> None:
    """Write a line on stderr as it is at the moment: above what is shown live, for as long as something is."""
    if sys.stderr is not None:
        sys.stderr.write(f"{line}\n")
        sys.stderr.flush()


def _echo(line: str, *, err: bool = False) -> None:
    """Write a line; whoever reads our output may have seen enough, which is no reason to leave a plan half applied."""
    try:
        click.echo(line, err=err, color=True)
    except BrokenPipeError:
        stream = sys.stderr if err else sys.stdout
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
