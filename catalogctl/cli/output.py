"""The forms in which a plan is shown, and how what is shown gets to its place."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from catalogctl.system.safe_folder import PRIVATE, PUBLIC
from catalogctl.system.typed_path import read_typed, write_typed

if TYPE_CHECKING:
    from catalogctl.cli.console import Console
    from catalogctl.planning.change import Change
    from catalogctl.planning.plan import Plan
    from catalogctl.system.file import SizeLimit
    from catalogctl.view.markdown.marks import Limit

_Function = TypeVar("_Function", bound=Callable[..., Any])


class _Limit(click.ParamType["Limit"]):
    """A number of bytes, or the name of a host that has a limit of its own."""

    name = "limit"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Limit:
        from catalogctl.view.markdown.marks import LEAST, LIMITS, Limit

        text = str(value)
        if text in LIMITS:
            return LIMITS[text]
        if not text.isascii() or not text.isdecimal() or int(text[:12]) < LEAST:
            self.fail(f"{text!r} is neither a number from {LEAST} on nor one of {', '.join(LIMITS)}", param, ctx)
        return Limit(int(text[:12]))


class Report(click.ParamType[str]):
    """FORM=FILE, of which the file is given; there is but one form."""

    name = "report"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Take the form off."""
        form, equals, file = str(value).partition("=")
        if form != "gitlab-terraform" or not equals or not file:
            self.fail(f"{str(value)!r}: write it as gitlab-terraform=FILE", param, ctx)
        return file


def form_options(function: _Function) -> _Function:
    """Add in which form a plan is shown, and how long one in Markdown may be."""
    form = click.Choice(["text", "json", "markdown", "html"])
    function = click.option(
        "--max-bytes",
        "limit",
        metavar="N|HOST",
        type=_Limit(),
        default="65000",
        show_default=True,
        help="Of Markdown: a number of bytes, or what a comment holds on github, gitlab, azure or bitbucket.",
    )(function)
    return click.option("--format", "form", type=form, default="text", show_default=True, help="How to show it.")(function)


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
