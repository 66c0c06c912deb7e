"""Titles × accounts → the catalog of resources; what providers find wrong gets its place in the files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date
from functools import partial

import orjson
from pydantic import BaseModel

from catalogctl.config.acknowledge import Acknowledgements
from catalogctl.config.digests import document_digests
from catalogctl.config.documents import locate_origin
from catalogctl.config.resolve import Resolved
from catalogctl.config.schema.judge import judge
from catalogctl.config.schema.misnamed import unknown_files
from catalogctl.config.schema.problem import Problem
from catalogctl.config.syntax.source import Part
from catalogctl.engine.elsewhere import elsewhere
from catalogctl.engine.over import promotions_over
from catalogctl.engine.publish import no_asset_store
from catalogctl.engine.stores import Stores
from catalogctl.model.account import Account
from catalogctl.model.account import Unsupported as Rule
from catalogctl.model.address import Address
from catalogctl.model.asset import Asset
from catalogctl.model.diagnostics import Diagnostic, Diagnostics, Pointer, SourceRange, Subject, error, note, warning
from catalogctl.model.quantity import listed
from catalogctl.model.resource import Resource, ResourceType, Trait
from catalogctl.model.title import Edition, Ignore, Origin, Title
from catalogctl.planning.blocks.renames import moves_of, uneven
from catalogctl.planning.blocks.rules import among_themselves, beside_titles
from catalogctl.planning.catalog import Catalog
from catalogctl.planning.diff import could_ignore
from catalogctl.provider.protocol import Offer, Provider, UnsupportedField

_NAMED = 3
"""Editions that are named where many have the same thing about them."""


def compile_catalog(
    resolved: Resolved, stores: Stores, publishes_files: bool, acknowledged: Acknowledgements | None = None
) -> tuple[Catalog, tuple[Diagnostic, ...]]:
    """Turn every edition into the resources it is on each account it is published to.

    Shapes:  `publishes_files` says whether the project names a place from which stores can fetch local files. The
             diagnostics have their place; with an error among them the catalog is not whole. A fact that a store cannot hold is not
             reported where `acknowledged` covers it.
    """
    compiler = _Compiler(resolved, stores, publishes_files, acknowledged or Acknowledgements(()))
    names: dict[str, str] = {}
    for title in resolved.titles:
        for edition in title.editions:
            names.setdefault(title.id, edition.metadata.title)
            compiler.problems.extend(promotions_over(resolved, title, edition, compiler.today))
            for account in edition.publish:
                if account in stores.accounts:
                    compiler.add(title, edition, account)
    compiler.problems.extend(compiler.ignored.problems())
    blocks = resolved.blocks
    place = partial(locate_origin, resolved.documents)
    catalog = Catalog(
        compiler.resources,
        (*blocks.moved, *moves_of(blocks.renamed, compiler.resources)),
        blocks.removed,
        blocks.imports,
        names,
        compiler.tell_unsupported,
        compiler.count_unsupported,
        compiler.unsupported_fields,
        place,
        compiler.field_place,
        partial(document_digests, resolved.documents),
        blocks.renamed,
    )
    problems = [*compiler.problems, *compiler.doubled(), *among_themselves(catalog, stores.kinds), *uneven(catalog)]
    if not Diagnostics.of(resolved.diagnostics, problems).errors:
        problems += beside_titles(catalog)
    return catalog, tuple(problems)


class _Compiler:
    """Collects resources and problems, and notices two resources with one natural key."""

    def __init__(self, places: Resolved, stores: Stores, publishes_files: bool, acknowledged: Acknowledgements) -> None:
        self._acknowledged = acknowledged
        self._places = places
        self._stores = stores
        self._publishes_files = publishes_files
        self._options: dict[tuple[str, bytes], BaseModel | tuple[Problem, ...]] = {}
        self._titles: dict[str, Title] = {}
        self._doubled: dict[tuple[tuple[str, str], tuple[str, str]], list[tuple[Address, Resource]]] = {}
        """Two editions with one key → what they have it for: the first's address, the second's resource."""
        self._keys: dict[tuple[str, str, str], Address] = {}
        self.today = stores.timing.now().astimezone(UTC).date()
        self.ignored = IgnoredPaths(places, self.today)
        self.resources: dict[Address, Resource] = {}
        self.problems: list[Diagnostic] = []
        self._unsupported: dict[tuple[str, str, str], tuple[Title, Edition, list[UnsupportedField]]] = {}
        """Account, title and edition → the facts that the account's store cannot hold."""
        self._all_unsupported: dict[tuple[str, str, str], tuple[UnsupportedField, ...]] = {}
        """The same, with those that the account's rule hides."""

    def add(self, title: Title, edition: Edition, account_name: str) -> None:
        account = self._stores.accounts[account_name]
        provider = self._stores.provider_of(account_name)
        seen, view = title.seen_by(account_name), edition.seen_by(account_name)
        options = self._read_options(provider, edition.publish[account_name])
        if isinstance(options, tuple):
            inside: Pointer = ("publish", account_name)
            for problem in options:
                if problem.keys:
                    problem = unknown_files(problem.pointer[:-1], list(problem.keys), list(problem.known), str(edition.format))  # noqa: PLW2901
                where = self._places.place(title, edition.id, (*inside, *problem.pointer), problem.part)
                self.problems.append(problem.diagnostic(lambda _pointer, _part, where=where: where))  # type: ignore[misc]
            return
        compiled = provider.compile(Offer(account, seen, view, options, title.origin.at("editions", edition.id), self.today))
        for found in compiled.diagnostics:
            place = self._places.place(title, edition.id, _steps(found.attribute), Part.VALUE, account_name)
            subject = Subject(title.origin.path, title.id, edition.id, found.attribute or "")
            address = found.address or f"{account_name}: {title.id}.{edition.id}"
            self.problems.append(replace(found, source=place, address=address, subject=subject))
        ignored = self.ignored.in_force(title, edition, compiled.resources)
        for resource in compiled.resources:
            self._keep(title, resource if resource.ignore == ignored else replace(resource, ignore=ignored))
            self._check_files(title, edition, resource)
        if compiled.unsupported:
            self._all_unsupported[account.name, title.id, edition.id] = compiled.unsupported
        for fact in compiled.unsupported:
            self._note_unsupported(account, title, edition, fact)

    def _note_unsupported(self, account: Account, title: Title, edition: Edition, fact: UnsupportedField) -> None:
        rule = account.rule_for(fact.field)
        match rule:
            case Rule.WARN if self._acknowledged.covers("fact-not-held", Subject(title.origin.path, title.id, edition.id, fact.field)):
                pass
            case Rule.WARN | Rule.REFUSE if rule is Rule.WARN or (fact.always and not account.refuses(fact.field)):
                self._unsupported.setdefault((account.name, title.id, edition.id), (title, edition, []))[2].append(fact)
            case Rule.REFUSE:
                service = self._stores.provider_of(account.name).service
                detail = f"{service} does not support {fact.what}, and account {account.name} refuses unsupported fields."
                place = self._places.place(title, edition.id, _steps(fact.field), Part.KEY, account.name)
                address = f"{account.name}: {title.id}.{edition.id}"
                hint = "Take the edition off this account, or have the account warn instead:\nunsupported: warn"
                if account.unsupported_fields:
                    hint = f"Take the edition off this account, or have its `unsupported` warn instead:\n{fact.field}: warn"
                problem = error("fact-not-held", "Field this store does not support", detail, hint, address=address).at(place)
                subject = Subject(title.origin.path, title.id, edition.id, fact.field)
                self.problems.append(replace(problem, subject=subject))
            case Rule.IGNORE:
                pass

    def tell_unsupported(self, selected: Callable[[Address], bool]) -> tuple[Diagnostic, ...]:
        """Tell what the stores cannot hold of the editions that have a selected address, one problem for each account."""
        facts: dict[str, dict[str, list[tuple[Title, Edition, UnsupportedField]]]] = {}
        for place in sorted(self._unsupported_places(selected)):
            title, edition, found = self._unsupported[place]
            for fact in found:
                facts.setdefault(place[0], {}).setdefault(fact.what, []).append((title, edition, fact))
        return tuple(self._told(account, of_account) for account, of_account in facts.items())

    def count_unsupported(self, selected: Callable[[Address], bool]) -> int:
        """Count the facts that `tell_unsupported` lists."""
        return sum(len(self._unsupported[place][2]) for place in self._unsupported_places(selected))

    def unsupported_fields(self, title: str, edition: str, account: str) -> tuple[UnsupportedField, ...]:
        """List what the store of an account cannot hold of an edition, whatever the account's rule about it."""
        return self._all_unsupported.get((account, title, edition), ())

    def _unsupported_places(self, selected: Callable[[Address], bool]) -> set[tuple[str, str, str]]:
        places = {(address.account, address.title, address.edition) for address in self.resources if selected(address)}
        return places & self._unsupported.keys()

    def _told(self, account: str, facts: Mapping[str, list[tuple[Title, Edition, UnsupportedField]]]) -> Diagnostic:
        """Write one problem: a line for each fact, and one line for all that the service takes of no edition, which alone is a note."""
        service = self._stores.provider_of(account).service
        always = [what for what, who in facts.items() if who[0][2].always]
        lines = [f"- {what}: {_editions(facts[what])}" for what in sorted(facts.keys() - set(always))]
        if always:
            everyone = [one for what in always for one in facts[what]]
            lines.append(f"- {', '.join(always)}, of any edition: {_editions(everyone)}")
        detail = "\n".join([f"{service} does not support these fields, so they are not sent to account {account}:", *lines])
        hint = "To make this an error, or to hide it, set on the account:\nunsupported: refuse     # or ignore"
        title, edition, fact = facts[min(facts.keys() - set(always), default=min(facts))][0]
        place = self._places.place(title, edition.id, _steps(fact.field), Part.KEY, account)
        if len(always) == len(facts):
            hint = "To hide this, set on the account:\nunsupported: ignore"
            return replace(note("fact-not-held", "Fields this store does not support", detail, hint), source=place)
        return warning("fact-not-held", "Fields this store does not support", detail, hint).at(place)

    def _read_options(self, provider: Provider, raw: object) -> BaseModel | tuple[Problem, ...]:
        """Judge options once for all the editions that say the same."""
        key = (provider.name, orjson.dumps(raw, default=str))
        if key not in self._options:
            read = judge(provider.options).read(raw)
            self._options[key] = tuple(elsewhere(problem, provider) for problem in read) if isinstance(read, tuple) else read
        return self._options[key]

    def _keep(self, title: Title, resource: Resource) -> None:
        address = resource.address
        key = (address.account, resource.type.name, resource.key)
        other = self._keys.setdefault(key, address)
        if other != address:
            pair = ((other.title, other.edition), (address.title, address.edition))
            self._doubled.setdefault(pair, []).append((other, resource))
        self._titles[title.id] = title
        self.resources[address] = resource

    def field_place(self, address: Address, attribute: str) -> SourceRange | None:
        """Find where an attribute of an address, or a field of its edition, was declared, by its path; the edition, where none was."""
        resource, title = self.resources.get(address), self._titles.get(address.title)
        if resource is None or title is None:
            return None
        name, *further = _steps(attribute) or ("",)
        known = resource.type.attributes.get(str(name))
        declared = known.declared.format(account=address.account) if known is not None else str(name)
        return self._places.place(title, address.edition, (*_steps(declared), *further) if declared else (), account=address.account)

    def doubled(self) -> Iterator[Diagnostic]:
        """Tell of each two editions that have one key on some account, once: what else of theirs is alike follows from it."""
        for found in self._doubled.values():
            first, resource = found[0]
            address, kind = resource.address, resource.type
            accounts = list(dict.fromkeys(one.address.account for _, one in found))
            isbn = self._edition(address).isbn
            what = f"the ISBN {isbn}" if resource.key == isbn else f"the {kind.key} {resource.key!r}" if kind.key else f"{resource.key!r}"
            here, there = (self.field_place(one, kind.key) for one in (address, first))
            detail = (
                f"`{first.title}.{first.edition}` ({there}) and `{address.title}.{address.edition}` ({here}) both have {what}; "
                f"{' and '.join(accounts)} would take them for one."
            )
            hint = "Give each edition a key of its own: an ISBN, an external_id, or what its options name it by."
            yield error("key-not-unique", "Two editions with one key", detail, hint, address=str(address)).at(here)

    def _edition(self, address: Address) -> Edition:
        edition = next(edition for edition in self._titles[address.title].editions if edition.id == address.edition)
        return edition.seen_by(address.account)

    def _check_files(self, title: Title, edition: Edition, resource: Resource) -> None:
        """Find local files that no store could fetch, now and not in the middle of an apply."""
        if self._publishes_files:
            return
        for name, value in resource.attributes.items():
            attribute = resource.type.attributes[name]
            if isinstance(value, Asset) and value.is_local and Trait.UPLOADED not in attribute.traits:
                way = attribute.declared.format(account=resource.address.account) or "files.content"
                place = self._places.place(title, edition.id, _steps(way), Part.VALUE, resource.address.account)
                self.problems.append(replace(no_asset_store(value), address=str(resource.address), source=place))


def _editions(facts: list[tuple[Title, Edition, UnsupportedField]]) -> str:
    return _named(list(dict.fromkeys(f"{title.id}.{edition.id}" for title, edition, _ in facts)))


def _named(editions: list[str]) -> str:
    """Name the first few of some editions, and count the rest."""
    shown = ", ".join(editions[:_NAMED])
    return shown if len(editions) <= _NAMED else f"{shown} and {len(editions) - _NAMED:,} more"


def _steps(attribute: str | None) -> Pointer:
    return tuple(int(step) if step.isdecimal() else step for step in attribute.split(".")) if attribute else ()


class IgnoredPaths:
    """Judges each entry of `ignore_changes` once, wherever it is said and however many editions it is true of."""

    def __init__(self, places: Resolved, today: date) -> None:
        self._places = places
        self._today = today
        self._types: dict[Origin, tuple[Ignore, dict[str, ResourceType]]] = {}
        """Where it is said → the entry, and the types of the resources that it was held against."""

    def in_force(self, title: Title, edition: Edition, resources: Iterable[Resource]) -> tuple[Ignore, ...]:
        """Return the entries that still hold for some resources of an edition, and remember all of them."""
        rules = edition.lifecycle.ignore_changes
        if not rules:
            return ()
        types = {f"{resource.type.provider}/{resource.type.name}": resource.type for resource in resources}
        for place, rule in enumerate(rules):
            where = self._places.origin(title, edition.id, ("lifecycle", "ignore_changes", place))
            self._types.setdefault(where, (rule, {}))[1].update(types)
        return tuple(rule for rule in rules if rule.holds_on(self._today))

    def problems(self) -> Iterator[Diagnostic]:
        """Tell what no longer holds, and what matches no attribute of any edition that it was said of."""
        for where, (rule, types) in self._types.items():
            place = locate_origin(self._places.documents, where)
            if rule.until is not None and not rule.holds_on(self._today):
                because = f" It was there because: {rule.reason}." if rule.reason else ""
                detail = f"`{rule.path}` was to be left alone until {rule.until.isoformat()}; since then it is managed again.{because}"
                hint = "Take the entry out, or give it another `until`."
                yield warning("ignore-expired", "An ignore_changes entry that no longer holds", detail, hint).at(place)
            if types and not any(could_ignore(rule, kind) for kind in types.values()):
                detail = f"`{rule.path}` matches no attribute of {listed(sorted(types))}, so nothing is left alone by it."
                hint = "The attributes of each provider are listed by\ncatalogctl providers"
                yield warning("ignore-matches-nothing", "An ignore_changes entry that is about nothing", detail, hint).at(place)
