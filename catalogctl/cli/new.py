"""`catalogctl new`."""

from __future__ import annotations

import posixpath
import sys
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING

import click

from catalogctl.cli.command import Command
from catalogctl.cli.console import Console
from catalogctl.cli.exit_codes import DONE
from catalogctl.cli.option_group import given, takes

if TYPE_CHECKING:
    from catalogctl.config.documents import Documents
    from catalogctl.config.project import Project
    from catalogctl.editing.new_title import NewTitle


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOptions:
    """The options of `new`."""

    title: str | None = given(click.option("--title", metavar="TEXT", help="The title of the work."), None)
    language: str | None = given(click.option("--language", metavar="TAG", help="Its language: es, pt-BR."), None)
    author: str | None = given(click.option("--author", metavar="NAME", help="Who wrote it."), None)
    form: str | None = given(
        click.option("--format", "form", type=click.Choice(["epub", "pdf", "audiobook", "print"]), help="Of its first edition."), None
    )
    isbn: str | None = given(click.option("--isbn", metavar="ISBN", help="Of its first edition."), None)
    prices: tuple[str, ...] = given(
        click.option("--price", "prices", metavar="CURRENCY=AMOUNT", multiple=True, help="For instance EUR=9.99; may be repeated."), ()
    )
    accounts: tuple[str, ...] = given(
        click.option("--account", "accounts", metavar="NAME", multiple=True, help="An account that sells it; may be repeated."), ()
    )
    folder: str | None = given(click.option("--in", "folder", metavar="DIR", type=click.Path(), help="A folder of the catalog."), None)


@click.command(cls=Command)
@takes(NewOptions)
@click.argument("title_id", metavar="TITLE")
@click.pass_obj
def command(console: Console, options: NewOptions, title_id: str) -> int:
    """Write the file of a new title, with comments for what is still to be said. On a terminal it asks for what the options leave out."""
    from catalogctl.config.cache import open_cache
    from catalogctl.config.documents import load
    from catalogctl.config.project import load_project
    from catalogctl.editing.new_title import text_of
    from catalogctl.system.safe_folder import PUBLIC, PUBLIC_FOLDER, SafeFolder

    project = load_project(console.project_folder, console.environment)
    with open_cache() as cache:
        documents = load(project, cache)
    folder = _folder(project, options.folder)
    new = _asked(documents, folder, title_id, options)
    has_schemas = (project.root / "schemas" / "title.schema.json").is_file()
    data = text_of(new, posixpath.relpath("schemas/title.schema.json", folder) if has_schemas else "").encode()
    path = posixpath.join(folder, f"{title_id}.yaml")
    _refuse_if_unfit(documents, title_id, path, data)
    try:
        SafeFolder.below(project.root, folder, mode=PUBLIC_FOLDER).write_new(posixpath.basename(path), data, PUBLIC)
    except FileExistsError:
        from catalogctl.model.diagnostics import CatalogError, error

        detail = f"{path} is there already."
        raise CatalogError(error("new-refused", "A title that cannot be written", detail, "Choose another folder with --in.")) from None
    console.tell(f"{path} is written. It has as comments what is still to be said.")
    return DONE


def _folder(project: Project, typed: str | None) -> str:
    """Return the folder of the file, relative to the project's.

    Raises:  CatalogError (new-refused) for one that is not of the catalog.
    """
    from catalogctl.config.write_titles import below
    from catalogctl.model.diagnostics import CatalogError, error

    if typed is None:
        return posixpath.normpath(project.catalog[0])
    whole = Path(typed).resolve()
    folder = whole.relative_to(project.root).as_posix() if whole.is_relative_to(project.root) else ""
    if not folder or not below(project.catalog, folder):
        detail = f"{typed} is not in a folder of the catalog ({', '.join(project.catalog)})."
        raise CatalogError(error("new-refused", "A title that cannot be written", detail, ""))
    return folder


def _asked(documents: Documents, folder: str, title_id: str, options: NewOptions) -> NewTitle:
    """Put together what is known; ask for the rest where there is someone to ask."""
    from catalogctl.config.defaults import Layers
    from catalogctl.editing.new_title import NewTitle

    inherited = Layers(documents.items).defaults(folder)
    asks = sys.stdin.isatty()

    def answer(given_: str | None, question: str, default: str, known: str = "") -> str:
        if given_ is not None or not asks or (known and known in inherited):
            return given_ if given_ is not None else (default if not known else "")
        said: str = click.prompt(question, default=default, show_default=bool(default), err=True)
        return said.strip()

    title = answer(options.title, "Title", title_id.replace("-", " ").capitalize())
    language = answer(options.language, "Language", "", "language")
    author = answer(options.author, "Author", "")
    form = answer(options.form, "Format (epub, pdf, audiobook, print)", "epub")
    isbn = answer(options.isbn, "ISBN", "")
    prices = tuple(map(_price, options.prices))
    accounts = options.accounts or (() if inherited.get("publish") else tuple(documents.project.accounts))
    return NewTitle(title_id, title, language, author, form, isbn, prices, accounts, frozenset(inherited))


def _price(text: str) -> tuple[str, Decimal]:
    currency, _, amount = text.partition("=")
    try:
        return currency, Decimal(amount)
    except InvalidOperation:
        message = f"--price {text}: write it as CURRENCY=AMOUNT, such as EUR=9.99"
        raise click.UsageError(message) from None


def _refuse_if_unfit(documents: Documents, title_id: str, path: str, data: bytes) -> None:
    """Stop where the file would not be as the catalog's files have to be.

    Raises:  CatalogError.
    """
    from catalogctl.config.documents import read_file
    from catalogctl.config.syntax.source import Source
    from catalogctl.model.diagnostics import CatalogError, Severity, error

    there = next((item for item in documents.items if item.kind == "title" and item.data["id"] == title_id), None)
    if there is not None:
        detail = f"A title is called `{title_id}` already, in {there.path}."
        raise CatalogError(error("new-refused", "A title that cannot be written", detail, "Choose another id."))
    _, wrong, _ = read_file(Source(path, data))
    errors = [item for item in wrong if item.severity is Severity.ERROR]
    if errors:
        raise CatalogError(*errors)
