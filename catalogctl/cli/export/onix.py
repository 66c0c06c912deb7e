"""`catalogctl export onix`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from catalogctl.cli.command import Command
from catalogctl.cli.console import Console
from catalogctl.cli.exit_codes import DONE
from catalogctl.cli.option_group import given, takes
from catalogctl.cli.output import write_public, write_stdout

if TYPE_CHECKING:
    from catalogctl.config.documents import Documents
    from catalogctl.config.resolve import Resolved
    from catalogctl.events import Listener
    from catalogctl.model.diagnostics import Diagnostic
    from catalogctl.model.title import Edition, Title
    from catalogctl.onix.export import ExportFault, ExportRequest

_RECIPIENTS = ("google", "ebsco", "kobo")


class _Moment(click.ParamType[datetime]):
    """A day, or a moment, in ISO 8601; without a zone it is in UTC."""

    name = "moment"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Read it."""
        try:
            moment = datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{str(value)!r} is no moment: write it as 2026-12-01T09:00:00Z", param, ctx)
        return moment.replace(microsecond=0, tzinfo=moment.tzinfo or UTC)


class _Deletion(click.ParamType[tuple[str, str]]):
    """REFERENCE=ISBN."""

    name = "deletion"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        """Read it, and check the ISBN."""
        from catalogctl.config.schema.codes import isbn13
        from catalogctl.config.syntax.scalars import CodeError

        reference, equals, isbn = str(value).rpartition("=")
        if not reference.strip() or not equals:
            self.fail(f"{str(value)!r}: write it as REFERENCE=ISBN", param, ctx)
        try:
            return reference.strip(), isbn13(isbn)
        except CodeError as wrong:
            self.fail(wrong.detail, param, ctx)


@dataclass(frozen=True, slots=True, kw_only=True)
class OnixExportOptions:
    """The options of `export onix`."""

    output: str | None = given(
        click.option("--output", metavar="FILE", type=click.Path(dir_okay=False), help="Write the message to this file, not to stdout."),
        None,
    )
    release: str = given(
        click.option("--release", type=click.Choice(["3.1", "3.0"]), default="3.1", show_default=True, help="The release of ONIX."), "3.1"
    )
    to: str | None = given(
        click.option("--to", type=click.Choice(_RECIPIENTS), help="Write what this recipient wants otherwise than ONIX has it."), None
    )
    since: str | None = given(
        click.option("--since", metavar="COMMIT", help="Only editions that are declared otherwise than in this commit."), None
    )
    where: str | None = given(
        click.option("--where", metavar="EXPRESSION", help="Only editions of which this is true: 'format = epub'."), None
    )
    split: int | None = given(
        click.option(
            "--split", metavar="N", type=click.IntRange(min=1), help="Write files of at most N products: FILE-001.xml, FILE-002.xml."
        ),
        None,
    )
    sent_at: datetime | None = given(
        click.option("--sent-at", metavar="MOMENT", type=_Moment(), help="When the message is sent, as it says; by default now."), None
    )
    early: bool = given(
        click.option("--early", is_flag=True, help="Call books that are not confirmed yet early notifications (01)."), False
    )
    deleted: tuple[tuple[str, str], ...] = given(
        click.option(
            "--delete",
            "deleted",
            metavar="REFERENCE=ISBN",
            type=_Deletion(),
            multiple=True,
            help="Add the order to delete a record (05); may be repeated.",
        ),
        (),
    )


@click.command("onix", cls=Command)
@takes(OnixExportOptions)
@click.pass_obj
def command(console: Console, options: OnixExportOptions) -> int:
    """Write the catalog as ONIX for Books. Offline. On an error nothing is written."""
    from catalogctl.config.trust.extras import Extra, require

    if options.split is not None and not options.output:
        message = "--split writes several files: name the first part of their names by --output FILE"
        raise click.UsageError(message)
    require(Extra.ONIX, "export onix")
    from catalogctl.model.diagnostics import CatalogError, Diagnostics
    from catalogctl.onix.export import export, messages

    with console.listening() as listen:
        resolved = _resolved(console, listen)
    request = _request(options, resolved)
    chosen = tuple(_chosen(console, resolved, options))
    made = export(chosen, request)
    found = Diagnostics.of(_told(made.faults, resolved))
    if found.errors:
        raise CatalogError(*found)
    console.problems(found)
    names = _write(console, options, list(messages(made, request, options.split)))
    console.say(_summary(len(made.products), request, names))
    return DONE


def _resolved(console: Console, listen: Listener) -> Resolved:
    """Read the catalog, which must be without errors.

    Raises:  CatalogError with every problem.
    """
    from catalogctl.config.cache import open_cache
    from catalogctl.config.documents import load
    from catalogctl.config.project import load_project
    from catalogctl.config.resolve import resolve
    from catalogctl.events import AssetRead, LoadFinished
    from catalogctl.model.diagnostics import CatalogError

    project = load_project(console.project_folder, console.environment)
    with open_cache() as cache:
        documents = load(project, cache)
        resolved = resolve(documents, cache, told=lambda path, read, size: listen(AssetRead(path, read, size)))
    listen(LoadFinished(resolved.read, documents.files, documents.reused))
    if resolved.diagnostics.errors:
        raise CatalogError(*resolved.diagnostics.errors)
    return resolved


def _request(options: OnixExportOptions, resolved: Resolved) -> ExportRequest:
    from catalogctl.onix.export import ExportRequest
    from catalogctl.onix.known import kept_records
    from catalogctl.onix.recipients import RECIPIENTS
    from catalogctl.onix.schemas import Release

    sent = options.sent_at or datetime.now(tz=UTC).replace(microsecond=0)
    to = None if options.to is None else RECIPIENTS[options.to]
    settings = resolved.documents.project.onix
    kept = kept_records(resolved.documents, resolved.layers)
    return ExportRequest(settings, sent, Release(options.release), to, options.early, dict(options.deleted), kept)


def _chosen(console: Console, resolved: Resolved, options: OnixExportOptions) -> Iterator[tuple[Title, Edition]]:
    """Yield the editions that are asked for; report those that are no longer declared."""
    from catalogctl.query.since import changed_since

    selected = None if options.where is None else _selected(resolved.documents, options.where)
    changed = None
    if options.since is not None:
        changed = changed_since(resolved.documents, options.since)
        for title, name in sorted(changed.gone):
            console.say(f"{title}.{name} is declared no longer. Nothing is sent of it, unless --delete names its record.")
    for work in resolved.titles:
        for edition in work.editions:
            key = (work.id, edition.id)
            if (selected is None or key in selected) and (changed is None or key in changed.editions):
                yield work, edition


def _selected(documents: Documents, where: str) -> frozenset[tuple[str, str]]:
    from catalogctl.config.defaults import Layers
    from catalogctl.query.fields import Fields
    from catalogctl.query.view import catalog_views
    from catalogctl.query.where import parse

    condition = parse(where, Fields(tuple(sorted(documents.project.accounts)), ()))
    views = catalog_views(documents.items, Layers(documents.items), documents.project.territory_groups)
    return frozenset((view.title, view.edition) for view in views if condition.selects(view))


def _told(faults: Iterable[ExportFault], resolved: Resolved) -> Iterator[Diagnostic]:
    """Yield each fault with the place that it is about."""
    for fault in faults:
        if fault.title is None:
            yield fault.item
            continue
        place = resolved.place(fault.title, fault.edition, fault.field) if fault.field else resolved.place(fault.title, fault.edition, ())
        yield replace(fault.item, address=f"{fault.title.id}.{fault.edition}", source=place)


def _write(console: Console, options: OnixExportOptions, whole: list[bytes]) -> list[str]:
    """Write the messages; return the names of the files."""
    if options.output is None:
        write_stdout(whole[0])
        return []
    path = Path(options.output)
    names = (
        [options.output]
        if options.split is None
        else [str(path.with_name(f"{path.stem}-{number:03}{path.suffix}")) for number in range(1, len(whole) + 1)]
    )
    for name, data in zip(names, whole, strict=True):
        write_public(console, name, data)
    return names


def _summary(products: int, request: ExportRequest, names: list[str]) -> str:
    from catalogctl.model.quantity import counted

    to = "" if request.to is None else f" for {request.to.name}"
    where = f" written to {', '.join(names[:3])}{' and more' if len(names) > 3 else ''}" if names else ""
    return f"{counted(products, 'product')} of ONIX {request.release.value}{to}{where}."
