"""An edition as expressions and lists see it: what is true of it once defaults and overrides are settled."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from catalogctl.config.defaults import METADATA, Layers, lay_over
from catalogctl.config.documents import Document
from catalogctl.config.store_facts import AccountFacts
from catalogctl.config.territories import Groups, expand


@dataclass(frozen=True, slots=True)
class EditionView:
    """One edition and what is true of it."""

    title: str
    """The id of its title."""
    edition: str
    path: str
    """The file that declares it, relative to the project folder."""
    facts: Mapping[str, Any]
    """Canonical data, as `EditionBlock` has it, with what the title and the defaults say. Never to be changed."""
    accounts: tuple[str, ...] = ()
    """Those that sell it; of a row of a list the row's one."""
    status: str = ""
    """Of a row of a list, how it stands; empty elsewhere."""
    document: Document | None = None
    """What declares it; `None` where nothing does any more."""
    groups: Groups = field(default_factory=dict)
    """The project's groups of countries: `territories` are asked for by country, and stay as they are said."""

    def values(self, path: tuple[str, ...]) -> Iterator[Any]:
        """List what a field holds; nothing where it is not said, and of a list what each of its items holds."""
        match path[0]:
            case "id":
                yield self.title
            case "edition":
                yield self.edition
            case "path":
                yield self.path
            case "account":
                yield from self.accounts
            case "status":
                yield self.status
            case "territories":
                yield from expand(self.facts.get("territories"), self.groups)
            case "external_id" if len(path) == 1:
                yield self.facts.get("external_id") or self.facts.get("isbn") or f"{self.title}-{self.edition}"
            case _:
                yield from _inside(self.facts, path)


def _inside(value: Any, steps: tuple[str, ...]) -> Iterator[Any]:
    if isinstance(value, list):
        for item in value:
            yield from _inside(item, steps)
    elif not steps:
        if value is not None:
            yield value
    elif isinstance(value, Mapping) and steps[0] in value:
        yield from _inside(value[steps[0]], steps[1:])


def on_each_account(view: EditionView, facts: AccountFacts) -> Iterator[EditionView]:
    """List an edition as each of the accounts that sell it sees it; as it is, where none does."""
    for account in view.accounts:
        told = facts.told_to(view.document, view.edition, account, view.facts) if view.document is not None else view.facts
        yield replace(view, accounts=(account,), facts=told)
    if not view.accounts:
        yield view


def edition_views(document: Document, layers: Layers, groups: Groups = MappingProxyType({})) -> Iterator[EditionView]:
    """List the editions of a title's document; `groups` are the project's groups of countries."""
    data = document.data
    said = {name: data[name] for name in METADATA if name in data}
    outer = lay_over(said, layers.defaults(posixpath.dirname(document.path)))
    for name, block in data.get("editions", {}).items():
        facts = lay_over(block, outer)
        accounts = tuple(account for account, options in (facts.get("publish") or {}).items() if options is not False)
        yield EditionView(data["id"], name, document.path, facts, accounts, document=document, groups=groups)


def catalog_views(documents: Iterable[Document], layers: Layers, groups: Groups = MappingProxyType({})) -> Iterator[EditionView]:
    """List the editions of all titles, in the order of their files."""
    for document in documents:
        if document.kind == "title":
            yield from edition_views(document, layers, groups)
