"""Documents → titles: defaults and overrides settled, files looked at, names checked."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

from catalogctl.config.assets import UNTOLD, Mention, MentionedFile, Told, Use, find
from catalogctl.config.cache import NO_CACHE, Cache
from catalogctl.config.defaults import METADATA, Layers, lay_over
from catalogctl.config.documents import Document, Documents, locate_origin
from catalogctl.config.facts import edition_facts, listed, measure, work_facts
from catalogctl.config.syntax.source import Part
from catalogctl.config.terms import term_problems
from catalogctl.model.address import Address
from catalogctl.model.alike import most_alike
from catalogctl.model.asset import Asset
from catalogctl.model.blocks import Import, Move, Removal
from catalogctl.model.diagnostics import Diagnostic, Diagnostics, Pointer, Severity, SourceRange, Subject, error, warning
from catalogctl.model.title import Contributor, Edition, Format, Ignore, Lifecycle, Metadata, Origin, Series, Title, Track

_FORMATS: Final = {form.value: form for form in Format}
_CONTENT: Final = {Format.EPUB: Use.EPUB, Format.PDF: Use.PDF, Format.AUDIOBOOK: Use.AUDIO, Format.PRINT: Use.PDF}
_NO_LIFECYCLE: Final = Lifecycle()
_PARTS_OF_PEOPLE: Final = ("last_name", "first_name", "sort_name", "unnamed", "bio", "website", "from_language")


@dataclass(frozen=True, slots=True)
class Resolved:
    """What the files of a catalog come to."""

    documents: Documents
    titles: tuple[Title, ...]
    """Those without an error, in the order of their files."""
    blocks: Blocks
    diagnostics: Diagnostics
    """Of reading and of resolving, both."""
    layers: Layers
    read: int = 0
    """Titles that were read, also those with an error."""

    def origin(self, title: Title, edition: str, field: str | Pointer) -> Origin:
        """Find where a field of an edition was declared: on it, on its title, or in a defaults document.

        Shapes:  `field` as `Edition` or as a document names it, as steps or with dots: `prices.USD`.
        """
        steps: Pointer = tuple(field.split(".")) if isinstance(field, str) else field
        document = self.documents.at(title.origin)
        return title.origin.at("editions", edition) if document is None else self.layers.origin(document, edition, steps)

    def place(self, title: Title, edition: str, field: str | Pointer, part: Part = Part.VALUE) -> SourceRange:
        """Find the line on which a field of an edition was declared."""
        return locate_origin(self.documents, self.origin(title, edition, field), part)


def resolve(documents: Documents, cache: Cache = NO_CACHE, only: Sequence[str] = (), told: Told = UNTOLD) -> Resolved:
    """Settle what every edition is, and check what takes more than one document to check.

    Shapes:  `only` names files and folders relative to the project folder: titles and problems of other files are left out. Empty: all.
             `told` hears how far a large file of an edition has been read.
    Raises:  nothing.
    Source:  PRODUCT.md 2.2.
    """
    problems: list[Diagnostic] = []
    layers = Layers(documents.items)
    problems.extend(_defaults_twice(documents, layers))
    declared = [item for item in _unique_titles(documents, problems) if _is_within(item.path, only)]
    found = find(str(documents.project.root), _mentions(declared), cache, told)
    titles: list[Title] = []
    for document in declared:
        known = len(problems)
        title = _Resolving(documents, layers, found, problems, document).title()
        if not any(item.severity is Severity.ERROR for item in problems[known:]):
            titles.append(title)
    everything = Diagnostics.of(documents.diagnostics, problems, _unknown_paths(documents, only))
    shown = [item for item in everything if not only or item.source is None or _is_within(item.source.path, only)]
    project = documents.project
    declaring = [(project.blocks, Origin(project.source.path, 0)), *((item.data, item.origin) for item in documents.items)]
    said = [*(item.path for item in documents.items if item.kind == "title"), *documents.broken_titles]
    read = sum(_is_within(path, only) for path in said)
    return Resolved(documents, tuple(titles), gather(declaring), Diagnostics.of(shown), layers, read)


def _is_within(path: str, only: Sequence[str]) -> bool:
    return not only or any(path == one or one in {"", "."} or path.startswith(one.rstrip("/") + "/") for one in only)


def _unknown_paths(documents: Documents, only: Sequence[str]) -> Iterator[Diagnostic]:
    for one in only:
        if not any(_is_within(path, (one,)) for path in documents.paths):
            hint = f"The catalog is in: {', '.join(documents.project.catalog)}"
            yield error("path-not-in-catalog", "No catalog file there", f"No file of the catalog is `{one}` or below it.", hint)


def _defaults_twice(documents: Documents, layers: Layers) -> Iterator[Diagnostic]:
    for second, first in layers.twice:
        place = locate_origin(documents, first.origin.at("kind"), Part.KEY)
        detail = f"The folder has defaults already, at {place}; where the two differ, neither would be right."
        source = locate_origin(documents, second.origin.at("kind"), Part.KEY)
        yield error("duplicate-defaults", "Two defaults documents in one folder", detail, "Put both into one document.").at(source)


def _unique_titles(documents: Documents, problems: list[Diagnostic]) -> Iterator[Document]:
    known: dict[str, Document] = {}
    for item in documents.items:
        if item.kind != "title":
            continue
        first = known.setdefault(item.data["id"], item)
        if first is item:
            yield item
            continue
        place = locate_origin(documents, first.origin.at("id"))
        detail = (
            f"The id `{item.data['id']}` is declared at {place} already; a title's id is its identity, so only one of the two can be meant."
        )
        source = locate_origin(documents, item.origin.at("id"))
        problems.append(error("duplicate-title", "Duplicate title id", detail, "Give one of them another id, or remove it.").at(source))


def _mentions(declared: Iterable[Document]) -> Iterator[Mention]:
    """List every file that titles mention."""
    for document in declared:
        folder = posixpath.dirname(document.path)
        for block in document.data.get("editions", {}).values():
            for _, mention in _edition_mentions(folder, block):
                yield mention


def _edition_mentions(folder: str, block: Mapping[str, Any]) -> Iterator[tuple[Pointer, Mention]]:
    files = block.get("files")
    if files:
        if files.get("content") is not None:
            yield ("files", "content"), Mention(folder, files["content"], _CONTENT[_FORMATS[block["format"]]])
        if files.get("cover") is not None:
            yield ("files", "cover"), Mention(folder, files["cover"], Use.COVER)
        if files.get("extract") is not None:
            yield ("files", "extract"), Mention(folder, files["extract"], Use.ANY)
    for place, track in enumerate(block.get("tracks") or ()):
        if track.get("file") is not None:
            yield ("tracks", place, "file"), Mention(folder, track["file"], Use.AUDIO)
    for account, options in (block.get("publish") or {}).items():
        for kind, written in _own_files(options).items():
            yield ("publish", account, "files", kind), Mention(folder, written, Use.ANY)


def _own_files(options: object) -> Mapping[str, str]:
    """List what an edition's options for an account name under `files`; whether the provider knows that option is its own business."""
    named = options.get("files") if isinstance(options, dict) else None
    if not isinstance(named, dict):
        return {}
    return {kind: written for kind, written in named.items() if isinstance(kind, str) and isinstance(written, str) and written.strip()}


class _Resolving:
    """One title on its way from its document."""

    def __init__(
        self, documents: Documents, layers: Layers, found: Mapping[Mention, MentionedFile], problems: list[Diagnostic], document: Document
    ) -> None:
        self.documents = documents
        self.layers = layers
        self.found = found
        self.problems = problems
        self.document = document
        self.folder = posixpath.dirname(document.path)

    def title(self) -> Title:
        data = self.document.data
        said = {name: data[name] for name in METADATA if name in data}
        outer = lay_over(said, self.layers.defaults(self.folder))
        shared = _metadata(outer)
        editions = data.get("editions", {})
        if not editions:
            detail = f"`{data['id']}` declares nothing that a store could sell."
            source = locate_origin(self.documents, self.document.origin.at("id"))
            problem = warning("title-without-editions", "Title without editions", detail, "Add `editions:`.").at(source)
            self.problems.append(replace(problem, subject=Subject(self.document.path, data["id"], "", "editions")))
        return Title(data["id"], tuple(self.edition(name, block, outer, shared) for name, block in editions.items()), self.document.origin)

    def edition(self, name: str, block: Mapping[str, Any], outer: Mapping[str, Any], shared: Metadata) -> Edition:
        merged = lay_over(block, outer)
        title: str = self.document.data["id"]
        isbn = merged.get("isbn")
        assets = {pointer: self.asset(name, pointer, mention) for pointer, mention in _edition_mentions(self.folder, block)}
        self.problems.extend(self.between_terms(name, merged))
        lifecycle = merged.get("lifecycle")
        return Edition(
            id=name,
            format=_FORMATS[merged["format"]],
            metadata=shared if METADATA.isdisjoint(block) else _metadata(merged),
            external_id=merged.get("external_id") or isbn or f"{title}-{name}",
            isbn=isbn,
            prices={currency: Decimal(amount) for currency, amount in (merged.get("prices") or {}).items() if amount is not None},
            content=assets.get(("files", "content")),
            cover=assets.get(("files", "cover")),
            tracks=tuple(self.tracks(merged.get("tracks") or (), assets)),
            height=measure(merged.get("height")),
            width=measure(merged.get("width")),
            weight=measure(merged.get("weight")),
            thickness=measure(merged.get("thickness")),
            pages=merged.get("pages"),
            binding=merged.get("binding"),
            editing_location=merged.get("editing_location"),
            publish=self.publish(name, merged.get("publish") or {}),
            files=_by_account(assets),
            lifecycle=_lifecycle(lifecycle) if lifecycle else _NO_LIFECYCLE,
            extract=assets.get(("files", "extract")),
            facts=edition_facts(merged),
        )

    def between_terms(self, edition: str, merged: Mapping[str, Any]) -> Iterator[Diagnostic]:
        """Tell what does not fit together in an edition's prices and days, where the later of them is said."""
        for problem in term_problems(merged):
            origin = self.layers.origin(self.document, edition, problem.pointer)
            yield problem.diagnostic(lambda _, part, origin=origin: locate_origin(self.documents, origin, part))  # type: ignore[misc]

    @staticmethod
    def tracks(blocks: Sequence[Mapping[str, Any]], assets: Mapping[Pointer, Asset | None]) -> Iterator[Track]:
        for place, block in enumerate(blocks):
            yield Track(block["id"], block["title"], assets.get(("tracks", place, "file")))

    def asset(self, edition: str, pointer: Pointer, mention: Mention) -> Asset | None:
        found = self.found[mention]
        if found.flaw is not None:
            source = locate_origin(self.documents, self.document.origin.at("editions", edition, *pointer))
            flaw = found.flaw
            subject = Subject(self.document.path, self.document.data["id"], edition, ".".join(map(str, pointer)))
            problem = Diagnostic(flaw.severity, flaw.code, flaw.summary, flaw.detail, flaw.hint, source=source, subject=subject)
            self.problems.append(problem)
        return found.asset

    def publish(self, edition: str, accounts: Mapping[str, Any]) -> Mapping[str, Mapping[str, object]]:
        """Return the accounts that sell the edition with the options said for each; `false` takes an account back."""
        known = self.documents.project.accounts
        published: dict[str, Mapping[str, object]] = {}
        for account, options in accounts.items():
            if account not in known:
                self.problems.append(self.unknown_account(edition, account))
            elif options is not False:
                published[account] = {name: value for name, value in options.items() if value is not None}
        return published

    def unknown_account(self, edition: str, account: str) -> Diagnostic:
        blocks = self.documents.project.accounts
        known = sorted(blocks)
        of_provider = [name for name in known if blocks[name].get("provider") == account]
        near = most_alike(account, known)
        if of_provider:
            hint = f"`{account}` is a provider. Write its account: {' or '.join(of_provider)}"
        elif near:
            hint = f"Did you mean {near[0]}?"
        else:
            hint = f"Declared accounts: {', '.join(known) or 'none'}. Add it to {self.documents.project.source.path}."
        origin = self.layers.origin(self.document, edition, ("publish", account))
        detail = f"No account called `{account}` is declared in {self.documents.project.source.path}."
        return error("unknown-account", "Unknown account", detail, hint).at(locate_origin(self.documents, origin, Part.KEY))


def _lifecycle(block: Mapping[str, Any]) -> Lifecycle:
    ignored = (
        Ignore(entry["path"], entry.get("reason") or "", None if entry.get("until") is None else date.fromisoformat(entry["until"]))
        for entry in block.get("ignore_changes") or ()
    )
    return Lifecycle(bool(block.get("protect")), tuple(ignored))


def _by_account(assets: Mapping[Pointer, Asset | None]) -> Mapping[str, Mapping[str, Asset]]:
    found: dict[str, dict[str, Asset]] = {}
    for pointer, asset in assets.items():
        if pointer[0] == "publish" and asset is not None:
            found.setdefault(str(pointer[1]), {})[str(pointer[3])] = asset
    return found


def _contributor(block: Mapping[str, Any]) -> Contributor:
    said = {part: (block.get(part) or "").strip() for part in _PARTS_OF_PEOPLE}
    role, *further = listed(block["role"])
    ids = block.get("ids") or {}
    return Contributor(
        name=(block.get("label" if "unnamed" in block else "name") or "").strip(),
        role=role,
        corporate=bool(block.get("corporate")),
        further_roles=tuple(further),
        orcid=ids.get("orcid") or "",
        isni=ids.get("isni") or "",
        **said,
    )


def _series(block: Mapping[str, Any]) -> Series:
    return Series(block["name"], block.get("number") or "", block.get("subtitle") or "", block.get("issn") or "")


def _metadata(merged: Mapping[str, Any]) -> Metadata:
    said = merged.get
    series = tuple(_series(block) for block in listed(said("series")))
    published = said("publication_date")
    subjects = said("subjects") or {}
    return Metadata(
        title=merged["title"],
        language=said("language"),
        subtitle=said("subtitle"),
        contributors=tuple([_contributor(block) for block in said("contributors") or ()]),
        publisher=said("publisher"),
        imprint=said("imprint"),
        series=series[0] if series else None,
        further_series=series[1:],
        publication_date=None if published is None else date.fromisoformat(published),
        description=said("description"),
        bisac=tuple(subjects.get("bisac") or ()),
        thema=tuple(subjects.get("thema") or ()),
        keywords=tuple(said("keywords") or ()),
        territories=tuple(said("territories") or ()),
        facts=work_facts(merged),
        emptied=_emptied(merged, subjects),
    )


def _emptied(merged: Mapping[str, Any], subjects: Mapping[str, Any]) -> frozenset[str]:
    """Return the names of what is declared as empty."""
    lists = (merged, ("contributors", "keywords", "territories")), (subjects, ("bisac", "thema"))
    none = {name for said, names in lists for name in names if said.get(name) == []}
    return frozenset(none | ({"publisher"} if "publisher" in merged and not merged["publisher"] else set()))


@dataclass(frozen=True, slots=True)
class Blocks:
    """All that the documents and the project file declare, in the order of the files."""

    moved: tuple[Move, ...] = ()
    removed: tuple[Removal, ...] = ()
    imports: tuple[Import, ...] = ()


def gather(declared: Iterable[tuple[Mapping[str, Any], Origin]]) -> Blocks:
    """Collect the blocks out of documents' canonical data."""
    moved: list[Move] = []
    removed: list[Removal] = []
    imports: list[Import] = []
    for data, origin in declared:
        for place, block in enumerate(data.get("moved") or ()):
            moved.append(Move(Address.parse(block["from"]), Address.parse(block["to"]), origin.at("moved", place)))
        for place, block in enumerate(data.get("removed") or ()):
            removed.append(Removal(Address.parse(block["address"]), block.get("destroy", False), origin.at("removed", place)))
        for place, block in enumerate(data.get("import") or ()):
            imports.append(Import(Address.parse(block["address"]), block["id"], origin.at("import", place)))
    return Blocks(tuple(moved), tuple(removed), tuple(imports))
