"""`catalogctl fmt`."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from catalogctl.cli.command import Command
from catalogctl.cli.console import Console
from catalogctl.cli.exit_codes import DONE, ERROR
from catalogctl.cli.option_group import given, takes
from catalogctl.cli.output import write_stdout

if TYPE_CHECKING:
    from catalogctl.config.cache import Cache
    from catalogctl.editing.unformatted import Unformatted
    from catalogctl.model.diagnostics import Diagnostic

_STDIN = "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class FormatOptions:
    """The options of `fmt`."""

    check: bool = given(click.option("--check", is_flag=True, help="Write nothing; exit with 1 where a file has another layout."), False)
    diff: bool = given(
        click.option("--diff", is_flag=True, help="Write nothing; show what would change, and exit with 1 if it does."), False
    )


@click.command(cls=Command)
@takes(FormatOptions)
@click.argument("paths", metavar="[PATH|-]...", nargs=-1, type=click.Path())
@click.pass_obj
def command(console: Console, options: FormatOptions, paths: tuple[str, ...]) -> int:
    """Give files the one layout: indentation, blanks, quotes, the order of fields. What they say and their comments stay.

    Without PATHs the whole catalog and the project file; a folder means all files below it; - reads stdin and writes stdout.
    """
    if _STDIN in paths:
        if len(paths) > 1:
            message = "- stands alone: stdin is one file"
            raise click.UsageError(message)
        return _stdin(console, options)
    from catalogctl.config.cache import open_cache
    from catalogctl.editing.known_layout import count_known
    from catalogctl.system.gc_pause import keeping_all

    root = console.found_project() if paths else console.project_folder
    if root is not None and not options.check and not options.diff:
        from catalogctl.editing.write_files import complete

        complete(root, console.say)
    changed = broken = 0
    with open_cache() as cache, keeping_all():
        known = count_known(root, console.environment, _schemas(root), cache) if root is not None and not paths else None
        if known is not None:
            _count(console, options, 0, known)
            return DONE
        from catalogctl.editing.unformatted import unformatted

        files = list(_named(root, paths)) if paths else _whole_catalog(console, root, cache)
        for one in unformatted(files, _schemas(root), cache):
            problems = one.problems
            if not problems and not options.check and not options.diff:
                problems = _written(one, dict(files)[one.path], root or console.folder)
            if problems:
                console.problems(problems)
                broken += 1
                continue
            changed += 1
            _show(console, options, one)
    _count(console, options, changed, len(files) - changed - broken)
    return ERROR if broken or (changed and (options.check or options.diff)) else DONE


def _show(console: Console, options: FormatOptions, one: Unformatted) -> None:
    if options.diff:
        from catalogctl.view.text.edits import render_diff

        console.write(render_diff(one.path, one.before, one.after, console.out))
    else:
        console.write([f"{'Would lay out' if options.check else 'Laid out'} {console.out.safe(one.path)}"])


def _count(console: Console, options: FormatOptions, changed: int, kept: int) -> None:
    from catalogctl.model.quantity import counted

    done = "would be laid out" if options.check or options.diff else "laid out"
    words = f"{counted(kept, 'file')} already in the one layout."
    console.say(f"{counted(changed, 'file')} {done}, {words}" if changed else words)


def _stdin(console: Console, options: FormatOptions) -> int:
    from catalogctl.config.syntax.encoding import MAX_BYTES
    from catalogctl.config.syntax.source import Source
    from catalogctl.editing.layout import laid_out
    from catalogctl.view.text.edits import render_diff

    data = sys.stdin.buffer.read(MAX_BYTES + 1)
    is_json = data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")
    after = laid_out(Source("stdin.json" if is_json else "stdin.yaml", data))
    if options.diff:
        console.write(render_diff("stdin", data, after, console.out))
    elif not options.check:
        write_stdout(after)
    return ERROR if after != data and (options.check or options.diff) else DONE


def _written(one: Unformatted, file: Path, project: Path) -> tuple[Diagnostic, ...]:
    """Write one file; each is whole by itself, so that a run that is cut off is completed by the next."""
    from catalogctl.editing.write_files import Edited, not_written, write_edited
    from catalogctl.system.typed_path import locate

    folder, name = locate(file, project)
    try:
        write_edited(folder, name, Edited(one.path, one.before, one.after))
    except OSError as failure:
        return (not_written(one.path, failure, "It is left as it is."),)
    return ()


def _whole_catalog(console: Console, root: Path | None, cache: Cache) -> list[tuple[str, Path]]:
    """List the files of the catalog and the project file.

    Raises:  CatalogError with what keeps a file or a folder from being read.
    """
    from catalogctl.config.documents import catalog_paths
    from catalogctl.config.find_project import FILE
    from catalogctl.config.project import load_project
    from catalogctl.editing.known_layout import remember_folders
    from catalogctl.model.diagnostics import CatalogError

    project = load_project(console.project_folder if root is None else root, console.environment)
    paths, wrong = catalog_paths(project)
    if wrong:
        raise CatalogError(*wrong)
    remember_folders(cache, console.environment, project.source.data, project.catalog)
    return [(path, project.root / path) for path in [FILE, *paths]]


def _named(root: Path | None, paths: Sequence[str]) -> Iterator[tuple[str, Path]]:
    """List the files that were typed and those in folders that were, each once, by its name in the project where it is in one."""
    whole = Path(os.path.realpath(root)) if root is not None else None
    known: set[Path] = set()
    for typed in paths:
        for found in [Path(typed)] if not Path(typed).is_dir() else _below(Path(typed)):
            path = Path(os.path.realpath(found.parent)) / found.name
            if path not in known:
                known.add(path)
                yield (path.relative_to(whole).as_posix() if whole is not None and path.is_relative_to(whole) else str(found)), path


def _below(folder: Path) -> Iterator[Path]:
    """List the files of a folder and of those in it that a catalog would read; nothing hidden, and no links."""
    from catalogctl.config.read_rules import SUFFIXES

    for entry in sorted(folder.iterdir()):
        if entry.name.startswith(".") or entry.is_symlink():
            continue
        if entry.is_dir():
            yield from _below(entry)
        elif entry.name.lower().endswith(SUFFIXES):
            yield entry


def _schemas(root: Path | None) -> str | None:
    return "schemas" if root is not None and (root / "schemas").is_dir() else None
