"""How what is shown gets to its place, and what names that place."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from catalogctl.system.safe_folder import PRIVATE, PUBLIC
from catalogctl.system.typed_path import read_typed, write_typed

if TYPE_CHECKING:
    from catalogctl.cli.console import Console
    from catalogctl.planning.change import Change
    from catalogctl.planning.plan import Plan
    from catalogctl.sheets.mapping import MappingBlock
    from catalogctl.system.file import SizeLimit
    from catalogctl.view.markdown.marks import Limit


def markdown(plan: Plan, limit: Limit, place: Callable[[Change], str]) -> bytes:
    """Write a plan as Markdown, no longer than the limit."""
    from catalogctl.view.markdown.plan import render

    return render(plan, limit=limit, place=place).encode("utf-8")


def write_stdout(data: bytes) -> None:
    """Write bytes on stdout, line ends and all as they are."""
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def write_private(console: Console, path: str, data: bytes) -> None:
    """Write a file that a person named, whole or not at all, readable by its owner alone: a plan tells what is not published yet.

    Raises:  OSError, UnsafePathError among them.
    """
    write_typed(path, console.found_project() or console.folder, data, PRIVATE)


def write_public(console: Console, path: str, data: bytes) -> None:
    """Write a file that a person named, whole or not at all, for others to read as the umask says.

    Raises:  OSError, UnsafePathError among them.
    """
    write_typed(path, console.found_project() or console.folder, data, PUBLIC)


def read_named(console: Console, path: str, limit: int | SizeLimit) -> bytes:
    """Read a file that a person named, or one byte more of it than the limit where it has that many.

    Raises:  OSError, UnsafePathError among them.
    """
    return read_typed(path, console.found_project() or console.folder, limit)


def read_layout(console: Console, name: str) -> MappingBlock:
    """Return the mapping of a sheet: one that is built in, or a file that a person named.

    Raises:  CatalogError with all that is wrong with the file; OSError.
    """
    from catalogctl.config.syntax.encoding import MAX_BYTES
    from catalogctl.config.syntax.source import Source
    from catalogctl.sheets.layout import BUILT_IN, built_in
    from catalogctl.sheets.mapping import read_mapping

    return built_in(name) if name in BUILT_IN else read_mapping(Source(name, read_named(console, name, MAX_BYTES)))
