"""Documents → titles: defaults and overrides settled, files looked at, names checked."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

from catalogctl.config.assets import UNTOLD, Mention, MentionedFile, Told, Use, find
from catalogctl.config.cache import NO_CACHE, Cache
from catalogctl.config.defaults import METADATA, Layers, lay_over
from catalogctl.config.documents import Document, Documents, locate_origin
from catalogctl.config.facts import edition_facts, listed, measure, work_facts
from catalogctl.config.schema.problem import Problem
from catalogctl.config.store_facts import OWN_FILES, AccountFacts, OptionNames
from catalogctl.config.syntax.source import Part
from catalogctl.config.terms import term_problems
from catalogctl.config.territories import PRICED_BY_COUNTRY, Groups, block_problems, expand
from catalogctl.model.address import Address
from catalogctl.model.alike import most_alike
from catalogctl.model.asset import Asset
from catalogctl.model.blocks import Import, Move, Removal, Rename
from catalogctl.model.diagnostics import Diagnostic, Diagnostics, Pointer, Severity, SourceRange, Subject, error, warning
from catalogctl.model.title import Contributor, Edition, Format, Ignore, Lifecycle, Metadata, Origin, Series, Title, Track

_FORMATS: Final = {form.value: form for form in Format}
_CONTENT: Final = {Format.EPUB: Use.EPUB, Format.PDF: Use.PDF, Format.AUDIOBOOK: Use.AUDIO, Format.PRINT: Use.PDF}
_NO_LIFECYCLE: Final = Lifecycle()
_PARTS_OF_PEOPLE: Final = ("last_name", "first_name", "sort_name", "unnamed", "bio", "website", "from_language")
_PLACES: Final = 5
"""Places of which each is named, where one file is named at several."""
_MEASURES: Final = ("height", "width", "weight", "thickness")


@dataclass(frozen=True, slots=True)
class Resolved:
    """What the files of a catalog come to."""

    documents: Documents
    titles: tuple[Title, ...]
    """Those without an error, in the order of their files."""
    blocks: Blocks
    diagnostics: Diagnostics
    """Of reading and of resolving, both."""
    facts: AccountFacts
    read: int = 0
    """Titles that were read, also those with an error."""

    @property
    def layers(self) -> Layers:
        """The defaults of every folder."""
        return self.facts.layers

    def said_of_title(self, title: Title) -> Mapping[str, Any]:
        """Return what is true of every edition of a title that says nothing itself, in canonical form."""
        document = self.documents.at(title.origin)
        return {} if document is None else _outer(document, self.facts.layers)

    def said_to(self, title: Title, edition: str, account: str) -> Mapping[str, Any]:
        """Return what is said of an edition as an account sees it, or would see it if it sold it, in canonical form."""
        document = self.documents.at(title.origin)
        if document is None:
            return {}
        general = lay_over(document.data["editions"].get(edition, {}), _outer(document, self.facts.layers))
        return self.facts.told_to(document, edition, account, general)

    def origin(self, title: Title, edition: str, field: str | Pointer, account: str = "") -> Origin:
        """Find where a field of an edition was declared: on it, on its title, in a defaults document, or for one account in `publish`.

        Shapes:  `field` as `Edition` or as a document names it, as steps or with dots: `prices.USD`.
        """
        steps: Pointer = tuple(field.split(".")) if isinstance(field, str) else field
        document = self.documents.at(title.origin)
        return title.origin.at("editions", edition) if document is None else self.layers.origin(document, edition, steps, account)

    def place(self, title: Title, edition: str, field: str | Pointer, part: Part = Part.VALUE, account: str = "") -> SourceRange:
        """Find the line on which a field of an edition was declared, or on which one account is given otherwise."""
        return locate_origin(self.documents, self.origin(title, edition, field, account), part)


def resolve(
    documents: Documents,
    cache: Cache = NO_CACHE,
    only: Sequence[str] = (),
    told: Told = UNTOLD,
    options: OptionNames = MappingProxyType({}),
) -> Resolved:
    """Settle what every edition is, and check what takes more than one document to check.

    Shapes:  `only` names files and folders relative to the project folder: titles and problems of other files are left out. Empty: all.
             `told` hears how far a large file of an edition has been read. `options` are those of each account's provider, by name.
    Raises:  nothing.
    Source:  PRODUCT.md 2.2.
    """
    problems: list[Diagnostic] = []
    layers = Layers(documents.items)
    problems.extend(_defaults_twice(documents, layers))
    declared = [item for item in _unique_titles(documents, problems) if _is_within(item.path, only)]
    found = find(str(documents.project.root), _mentions(declared), cache, told)
    facts = AccountFacts(documents, layers, options)
    facts.judge_defaults(documents.items)
    problems.extend(_territory_problems(documents))
    titles: list[Title] = []
    for document in declared:
        known, known_facts = len(problems), len(facts.problems)
        title = _Resolving(documents, facts, found, problems, document).title()
        wrong = (*problems[known:], *facts.problems[known_facts:])
        if not any(item.severity is Severity.ERROR for item in wrong):
            titles.append(title)
    everything = Diagnostics.of(documents.diagnostics, _once_a_file(problems), facts.problems, _unknown_paths(documents, only))
    shown = [item for item in everything if not only or item.source is None or _is_within(item.source.path, only)]
    project = documents.project
    declaring = [(project.blocks, Origin(project.source.path, 0)), *((item.data, item.origin) for item in documents.items)]
    said = [*(item.path for item in documents.items if item.kind == "title"), *documents.broken_titles]
    read = sum(_is_within(path, only) for path in said)
    return Resolved(documents, tuple(titles), gather(declaring), Diagnostics.of(shown), facts, read)


def _is_within(path: str, only: Sequence[str]) -> bool:
    return not only or any(path == one or one in {"", "."} or path.startswith(one.rstrip("/") + "/") for one in only)


def _once_a_file(problems: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """Make one error of those about one file that several editions of a folder name, and pass the other problems on."""
    files: dict[tuple[str, str, str], list[Diagnostic]] = {}
    for item in problems:
        if item.code.startswith("asset-") and item.severity is Severity.ERROR and item.source is not None:
            files.setdefault((posixpath.dirname(item.source.path), item.code, item.detail), []).append(item)
        else:
            yield item
    for first, *others in files.values():
        places = [str(item.source) for item in others[:_PLACES]]
        places += [f"{len(others) - _PLACES:,} other places"] if len(others) > _PLACES else []
        yield replace(first, detail=f"{first.detail} It is named as well at {', '.join(places)}.") if others else first


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
    for account, said in (block.get("publish") or {}).items():
        for inner, written in _files_told(said):
            yield ("publish", account, *inner), Mention(folder, written, _use_told(inner, block["format"]))


def _files_told(said: object) -> Iterator[tuple[Pointer, str]]:
    """List the files that one account is given; what is no fact and no option of its provider is judged later."""
    block = said if isinstance(said, dict) else {}
    files, tracks = block.get("files"), block.get("tracks")
    for kind, written in files.items() if isinstance(files, dict) else ():
        if isinstance(kind, str) and isinstance(written, str) and written.strip():
            yield ("files", kind), written
    for place, track in enumerate(tracks if isinstance(tracks, list) else ()):
        written = track.get("file") if isinstance(track, dict) else None
        if isinstance(written, str) and written.strip():
            yield ("tracks", place, "file"), written


def _use_told(way: Pointer, form: str) -> Use:
    match way:
        case "files", "content":
            return _CONTENT[_FORMATS[form]]
        case "files", "cover":
            return Use.COVER
        case "tracks", *_:
            return Use.AUDIO
        case _:
            return Use.ANY


def _territory_problems(documents: Documents) -> Iterator[Diagnostic]:
    """Find territories that name what is no country and no group, where they are said to all accounts."""
    groups = documents.project.territory_groups
    for item in documents.items:
        blocks = [((), item.data), *((("editions", name), block) for name, block in (item.data.get("editions") or {}).items())]
        blocks += [(("edition",), item.data.get("edition") or {})]
        for here, block in blocks:
            for problem in block_problems(block, groups, here):
                yield problem.diagnostic(lambda way, part, item=item: locate_origin(documents, item.origin.at(*way), part))  # type: ignore[misc]


class _Resolving:
    """One title on its way from its document."""

    def __init__(
        self,
        documents: Documents,
        facts: AccountFacts,
        found: Mapping[Mention, MentionedFile],
        problems: list[Diagnostic],
        document: Document,
    ) -> None:
        self.documents = documents
        self.facts = facts
        self.found = found
        self.problems = problems
        self.document = document
        self.folder = posixpath.dirname(document.path)

    def title(self) -> Title:
        data = self.document.data
        outer = _outer(self.document, self.facts.layers)
        shared = _metadata(outer, self.facts.groups)
        editions = data.get("editions", {})
        if not editions:
            detail = f"`{data['id']}` declares nothing that a store could sell."
            source = locate_origin(self.documents, self.document.origin.at("id"))
            problem = warning("title-without-editions", "Title without editions", detail, "Add `editions:`.").at(source)
            self.problems.append(replace(problem, subject=Subject(self.document.path, data["id"], "", "editions")))
        return Title(data["id"], tuple(self.edition(name, block, outer, shared) for name, block in editions.items()), self.document.origin)

    def edition(self, name: str, block: Mapping[str, Any], outer: Mapping[str, Any], shared: Metadata) -> Edition:
        """Settle an edition, and what each account that is reported otherwise sees of it."""
        assets = {pointer: self.asset(name, pointer, mention) for pointer, mention in _edition_mentions(self.folder, block)}
        merged = self.titled(name, lay_over(_with_assets(block, assets), outer))
        self.problems.extend(self.between_terms(name, merged))
        lifecycle = merged.get("lifecycle")
        edition = Edition(
            id=name,
            format=_FORMATS[merged["format"]],
            metadata=shared if METADATA.isdisjoint(block) else _metadata(merged, self.facts.groups),
            publish=self.publish(name, merged.get("publish") or {}),
            files=_by_account(assets),
            lifecycle=_lifecycle(lifecycle) if lifecycle else _NO_LIFECYCLE,
            **_terms(self.document.data["id"], name, merged, self.facts.groups),
        )
        self.problems.extend(self.prices_of_nothing(name, block, outer))
        self.problems.extend(self.prices_nowhere(edition))
        views = {account: self.view(edition, account, merged, assets) for account in edition.publish}
        views = {account: view for account, view in views.items() if view is not edition}
        return replace(edition, views=views) if views else edition

    def titled(self, edition: str, merged: Mapping[str, Any], account: str = "") -> Mapping[str, Any]:
        """Return what an edition says, with the title of its work where `null` takes the title back, which is an error."""
        if merged.get("title") is not None:
            return merged
        detail = f"`{edition}` takes back the title, and every edition needs one{f' on {account}' if account else ''}."
        hint = "Remove `title: null`, or write the title."
        way = ("publish", account, "title") if account else ("title",)
        source = locate_origin(self.documents, self.document.origin.at("editions", edition, *way))
        problem = error("missing-field", "Missing field: `title`", detail, hint).at(source)
        self.problems.append(replace(problem, subject=Subject(self.document.path, self.document.data["id"], edition, "title")))
        return {**merged, "title": self.document.data["title"]}

    def between_terms(
        self, edition: str, merged: Mapping[str, Any], account: str = "", known: Collection[Problem] = ()
    ) -> Iterator[Diagnostic]:
        """Tell what does not fit together in an edition's prices and days, where the later of them is said.

        Shapes:  with an `account`, in those that it sees, but for the problems of all accounts that are `known`.
        """
        for problem in term_problems(merged):
            if problem not in known:
                origin = self.facts.layers.origin(self.document, edition, problem.pointer, account)
                yield problem.diagnostic(lambda _, part, origin=origin: locate_origin(self.documents, origin, part))  # type: ignore[misc]

    def prices_of_nothing(self, edition: str, block: Mapping[str, Any], outer: Mapping[str, Any]) -> Iterator[Diagnostic]:
        """Warn of currencies with nothing behind their colon, where no defaults have a price that this would take back."""
        for currency, amount in (block.get("prices") or {}).items():
            if amount is None and (outer.get("prices") or {}).get(currency) is None:
                detail = f"Nothing is written behind `{currency}`, and no defaults have a price in it that this would take back."
                found = warning("price-null", "A currency without an amount", detail, "Write what a customer pays, or remove the currency.")
                place = locate_origin(self.documents, self.document.origin.at("editions", edition, "prices", currency), Part.KEY)
                subject = Subject(self.document.path, self.document.data["id"], edition, f"prices.{currency}")
                yield replace(found.at(place), subject=subject)

    def prices_nowhere(self, edition: Edition) -> Iterator[Diagnostic]:
        """Warn of prices in a currency that is routed past every account that sells the edition."""
        routes = [self.documents.project.accounts[account].get("currencies") for account in edition.publish]
        for currency in edition.prices if routes else ():
            if all(route is not None and currency not in route for route in routes):
                origin = self.facts.layers.origin(self.document, edition.id, ("prices", currency))
                detail = f"`currencies` of {', '.join(sorted(edition.publish))} has no {currency}, so that this price is sent to no store."
                hint = f"Add {currency} to `currencies` of an account, or remove the price."
                found = warning("price-nowhere", "A price that no account takes", detail, hint)
                subject = Subject(self.document.path, self.document.data["id"], edition.id, f"prices.{currency}")
                yield replace(found.at(locate_origin(self.documents, origin, Part.KEY)), subject=subject)

    def view(self, edition: Edition, account: str, general: Mapping[str, Any], assets: Mapping[Pointer, Asset | None]) -> Edition:
        """Return an edition as one account sees it: what that account is given laid over what all are reported."""
        merged = self.facts.told_to(
            self.document, edition.id, account, general, lambda facts: _with_assets(facts, assets, ("publish", account))
        )
        if merged is general:
            return edition
        merged = self.titled(edition.id, merged, account)
        self.problems.extend(self.between_terms(edition.id, merged, account, tuple(term_problems(general))))
        about = _metadata(merged, self.facts.groups)
        return replace(edition, metadata=about, **_terms(self.document.data["id"], edition.id, merged, self.facts.groups))

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
                said = self.facts.options(account, options)
                published[account] = {name: value for name, value in said.items() if value is not None}
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
        origin = self.facts.layers.origin(self.document, edition, ("publish", account))
        detail = f"No account called `{account}` is declared in {self.documents.project.source.path}."
        return error("unknown-account", "Unknown account", detail, hint).at(locate_origin(self.documents, origin, Part.KEY))


def _lifecycle(block: Mapping[str, Any]) -> Lifecycle:
    ignored = (
        Ignore(entry["path"], entry.get("reason") or "", None if entry.get("until") is None else date.fromisoformat(entry["until"]))
        for entry in block.get("ignore_changes") or ()
    )
    return Lifecycle(bool(block.get("protect")), tuple(ignored))


def _terms(title: str, edition: str, merged: Mapping[str, Any], groups: Groups) -> dict[str, Any]:
    """Return what is an edition's own, by the names that `Edition` has for it."""
    isbn, files = merged.get("isbn"), merged.get("files") or {}
    return {
        "external_id": merged.get("external_id") or isbn or f"{title}-{edition}",
        "isbn": isbn,
        "prices": {currency: Decimal(amount) for currency, amount in (merged.get("prices") or {}).items() if amount is not None},
        "content": files.get("content"),
        "cover": files.get("cover"),
        "tracks": tuple(merged.get("tracks") or ()),
        **{name: measure(merged.get(name)) for name in _MEASURES},
        "pages": merged.get("pages"),
        "binding": merged.get("binding"),
        "editing_location": merged.get("editing_location"),
        "extract": files.get("extract"),
        "facts": edition_facts({**merged, **{name: _in_countries(merged[name], groups) for name in PRICED_BY_COUNTRY if merged.get(name)}}),
    }


def _in_countries(priced: Sequence[Mapping[str, Any]], groups: Groups) -> list[Mapping[str, Any]]:
    """Return prices for some territories with the countries in the place of groups."""
    return [{**one, "territories": list(expand(one["territories"], groups))} if one.get("territories") else one for one in priced]


def _outer(document: Document, layers: Layers) -> Mapping[str, Any]:
    said = {name: document.data[name] for name in METADATA if name in document.data}
    return lay_over(said, layers.defaults(posixpath.dirname(document.path)))


def edition_from(title: str, edition: str, merged: Mapping[str, Any], groups: Groups) -> Edition:
    """Return an edition of which something is said, in canonical form; it has no files, is sold nowhere, and may be anything."""
    tracks = [Track(track["id"], track["title"], None) for track in merged.get("tracks") or ()]
    own = _terms(title, edition, {**merged, "files": None, "tracks": tracks}, groups)
    return Edition(id=edition, format=_FORMATS[merged["format"]], metadata=_metadata(merged, groups), **own)


def _by_account(assets: Mapping[Pointer, Asset | None]) -> Mapping[str, Mapping[str, Asset]]:
    """Return the files that single accounts are given of and that are of a store's own kinds."""
    found: dict[str, dict[str, Asset]] = {}
    for pointer, asset in assets.items():
        if pointer[0] == "publish" and pointer[2] == "files" and pointer[3] not in OWN_FILES and asset is not None:
            found.setdefault(str(pointer[1]), {})[str(pointer[3])] = asset
    return found


def _with_assets(block: Mapping[str, Any], assets: Mapping[Pointer, Asset | None], way: Pointer = ()) -> Mapping[str, Any]:
    """Return a block with the files that it names in the place of their paths; `way` leads to it within the edition."""
    found: dict[str, Any] = {}
    if block.get("files"):
        found["files"] = {kind: None if path is None else assets.get((*way, "files", kind)) for kind, path in block["files"].items()}
    if block.get("tracks"):
        found["tracks"] = [
            Track(track["id"], track["title"], assets.get((*way, "tracks", place, "file"))) for place, track in enumerate(block["tracks"])
        ]
    return {**block, **found} if found else block


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


def _metadata(merged: Mapping[str, Any], groups: Groups) -> Metadata:
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
        territories=expand(said("territories"), groups),
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
    renamed: tuple[Rename, ...] = ()


def gather(declared: Iterable[tuple[Mapping[str, Any], Origin]]) -> Blocks:
    """Collect the blocks out of documents' canonical data."""
    moved: list[Move] = []
    removed: list[Removal] = []
    imports: list[Import] = []
    renamed: list[Rename] = []
    for data, origin in declared:
        for place, block in enumerate(data.get("moved") or ()):
            source, target, at = block["from"], block["to"], origin.at("moved", place)
            if "/" in source and "/" in target:
                moved.append(Move(Address.parse(source), Address.parse(target), at))
            else:
                renamed.append(Rename(source, target, at))
        for place, block in enumerate(data.get("removed") or ()):
            removed.append(Removal(Address.parse(block["address"]), block.get("destroy", False), origin.at("removed", place)))
        for place, block in enumerate(data.get("import") or ()):
            imports.append(Import(Address.parse(block["address"]), block["id"], origin.at("import", place)))
    return Blocks(tuple(moved), tuple(removed), tuple(imports), tuple(renamed))
