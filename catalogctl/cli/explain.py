"""`catalogctl explain`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from catalogctl.cli.command import Command
from catalogctl.cli.console import Console
from catalogctl.cli.exit_codes import DONE, ERROR
from catalogctl.cli.option_group import given, takes
from catalogctl.cli.output import write_stdout

if TYPE_CHECKING:
    from catalogctl.engine.workspace import Workspace
    from catalogctl.model.diagnostics import CatalogError, Diagnostic, SourceRange
    from catalogctl.query.explained import ExplainedEdition
    from catalogctl.query.provenance import Statement
    from catalogctl.view.words.codes import ExplainedCode


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainOptions:
    """The options of `explain`."""

    form: str = given(
        click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How to show it.")
    )


@click.command(cls=Command)
@click.argument("what", metavar="TITLE[.EDITION]|CODE")
@click.argument("field", metavar="[FIELD]", required=False)
@takes(ExplainOptions)
@click.pass_obj
def command(console: Console, options: ExplainOptions, what: str, field: str | None) -> int:
    """Explain where each value of a title comes from and what each account makes of it; or what a diagnostic's code means. Offline."""
    from catalogctl.view.words.codes import explained_codes

    code = explained_codes().get(what)
    if code is not None and field is None and not _is_title(console, what):
        _show_code(console, options, code)
        return DONE
    return _explain(console, options, what, field)


def _is_title(console: Console, what: str) -> bool:
    """Return whether a project is here that has a title of that name, which goes before a code."""
    if console.found_project() is None:
        return False
    from catalogctl.config.cache import open_cache
    from catalogctl.config.documents import load
    from catalogctl.config.project import load_project
    from catalogctl.model.diagnostics import CatalogError

    try:
        project = load_project(console.project_folder, console.environment)
    except CatalogError:
        return False
    with open_cache() as cache:
        return any(item.kind == "title" and item.data["id"] == what for item in load(project, cache).items)


def _show_code(console: Console, options: ExplainOptions, code: ExplainedCode) -> None:
    if options.form == "json":
        from catalogctl.view.formats.explain_json import code_json

        write_stdout(code_json(code))
        return
    from catalogctl.view.text.explain import render_code

    console.write(render_code(code, width=console.width, style=console.out))


def _explain(console: Console, options: ExplainOptions, what: str, field: str | None) -> int:
    """Explain a title, an edition of it, or a field of either; a title with mistakes is reported with them.

    Raises:  CatalogError (explain-unknown, explain-field), with the nearest names.
    """
    from catalogctl.config.documents import locate_origin
    from catalogctl.engine.explain_edition import explain_editions
    from catalogctl.engine.workspace import read_workspace

    with console.listening() as listen:
        workspace = read_workspace(console.project_folder, console.environment, listen)
    title, dot, edition = what.partition(".")
    path = _path(workspace, field)
    found = list(explain_editions(workspace, title, edition if dot else None, path))
    if not found:
        raise _unknown(workspace, title, edition if dot else None, what)

    def source(said: Statement) -> SourceRange:
        return locate_origin(workspace.documents, said.origin)

    _show(console, options, found, path, source)
    wrong = [one for one in workspace.diagnostics.errors if one.subject is not None and one.subject.title == title]
    if wrong:
        console.problems(wrong)
    return ERROR if wrong else DONE


def _show(
    console: Console,
    options: ExplainOptions,
    found: list[ExplainedEdition],
    path: tuple[str, ...],
    source: Callable[[Statement], SourceRange],
) -> None:
    if options.form == "json":
        from catalogctl.view.formats.explain_json import editions_json

        write_stdout(editions_json(found, path, source))
        return
    from catalogctl.view.text.explain import render_edition

    def place(said: Statement) -> str:
        where = source(said)
        return f"{where.path}:{where.line}"

    for number, one in enumerate(found):
        console.write([""] if number else [])
        console.write(render_edition(one, path, place, width=console.width, style=console.out))


def _path(workspace: Workspace, field: str | None) -> tuple[str, ...]:
    """Return the steps of a field as files write it."""
    if field is None:
        return ()
    from catalogctl.model.diagnostics import CatalogError, error
    from catalogctl.query.fields import Fields, UnknownFieldError

    steps = tuple(field.split("."))
    try:
        path = Fields(tuple(sorted(workspace.project.accounts))).find(steps).path
        if path[0] == "publish" and len(path) > 2:
            _is_said_to(workspace, path[1], path[2])
    except UnknownFieldError as wrong:
        meant = ".".join([*steps[: wrong.step], wrong.nearest, *steps[wrong.step + 1 :]])
        hint = f"Did you mean {meant}?" if wrong.nearest else "Without a field, all that is said is shown."
        raise CatalogError(error("explain-field", "Unknown field", f"Editions have no field `{field}`.", hint)) from None
    return path


def _is_said_to(workspace: Workspace, account: str, name: str) -> None:
    """Make sure that something can be said to an account: a fact, or an option of its provider.

    Raises:  UnknownFieldError.
    """
    from catalogctl.config.store_facts import FACTS
    from catalogctl.model.alike import most_alike
    from catalogctl.query.fields import UnknownFieldError

    options = workspace.stores.provider_of(account).options.model_fields
    known = (*(one.alias or own for own, one in options.items()), *sorted(FACTS))
    if name not in known:
        raise UnknownFieldError(2, known, next(iter(most_alike(name, known)), ""))


def _unknown(workspace: Workspace, title: str, edition: str | None, what: str) -> CatalogError:
    """Tell what is not there, with the nearest that is; a title that has a mistake is reported with its mistakes."""
    from catalogctl.model.alike import most_alike
    from catalogctl.model.diagnostics import CatalogError, error
    from catalogctl.view.words.codes import explained_codes

    known = workspace.titles.get(title)
    if known is not None:
        editions = [one.id for one in known.editions]
        near = most_alike(edition or "", editions)
        hint = f"Did you mean {title}.{near[0]}?" if near else f"It has: {', '.join(editions) or 'none'}"
        return CatalogError(error("explain-unknown", "Unknown edition", f"`{title}` has no edition `{edition}`.", hint))
    about = [one for one in workspace.diagnostics.errors if one.subject is not None and one.subject.title == title]
    if about:
        return CatalogError(*about)
    broken = _broken(workspace, title)
    if broken:
        return CatalogError(*broken)
    near = most_alike(title, workspace.titles) or most_alike(what, explained_codes())
    hint = f"Did you mean {near[0]}?" if near else "To see the titles there are:\ncatalogctl list"
    detail = f"`{what}` is neither a title nor the code of a diagnostic."
    return CatalogError(error("explain-unknown", "Nothing of that name", detail, hint))


def _broken(workspace: Workspace, title: str) -> list[Diagnostic]:
    """Return what is wrong with the files that cannot be read, and have a line that says the id of a title or are called by it."""
    import re
    from pathlib import PurePosixPath

    from catalogctl.config.syntax.encoding import MAX_BYTES
    from catalogctl.system.file import read_bounded

    said = re.compile(rb"^\s*[\"']?id[\"']?\s*:\s*[\"']?" + re.escape(title).encode() + rb"[\"']?\s*(?:,|#|$)", re.MULTILINE)
    found: list[Diagnostic] = []
    for path in sorted({one.source.path for one in workspace.documents.diagnostics.errors if one.source is not None}):
        try:
            data = read_bounded(workspace.project.root / path, MAX_BYTES)
        except OSError:
            data = b""
        if PurePosixPath(path).stem == title or said.search(data):
            found += [one for one in workspace.diagnostics.errors if one.source is not None and one.source.path == path]
    return found
