"""Titles × accounts → the catalog of resources; what providers find wrong gets its place in the files."""

from __future__ import annotations

from dataclasses import replace

import orjson
from pydantic import BaseModel

from catalogctl.config.judge import judge
from catalogctl.config.problem import Problem
from catalogctl.config.resolve import Resolved
from catalogctl.config.source import Part
from catalogctl.engine.landscape import Landscape
from catalogctl.engine.publish import no_asset_store
from catalogctl.model.address import Address
from catalogctl.model.asset import Asset
from catalogctl.model.diagnostics import Diagnostic, Pointer, error
from catalogctl.model.resource import Resource
from catalogctl.model.title import Edition, Title
from catalogctl.planning.catalog import Catalog
from catalogctl.provider.protocol import Provider


def compile_catalog(resolved: Resolved, landscape: Landscape, publishes_files: bool) -> tuple[Catalog, tuple[Diagnostic, ...]]:
    """Turn every edition into the resources it is on each account it is published to.

    Shapes:  `publishes_files` says whether the project names a place from which stores can fetch local files. The
             diagnostics have their place; with an error among them the catalog is not whole.
    """
    compiler = _Compiler(resolved, landscape, publishes_files)
    names: dict[str, str] = {}
    for title in resolved.titles:
        for edition in title.editions:
            names.setdefault(title.id, edition.metadata.title)
            for account in edition.publish:
                if account in landscape.accounts:
                    compiler.add(title, edition, account)
    blocks = resolved.blocks
    return Catalog(compiler.resources, blocks.moved, blocks.removed, blocks.imports, names), tuple(compiler.problems)


class _Compiler:
    """Collects resources and problems, and notices two resources with one natural key."""

    def __init__(self, places: Resolved, landscape: Landscape, publishes_files: bool) -> None:
        self._places = places
        self._landscape = landscape
        self._publishes_files = publishes_files
        self._options: dict[tuple[str, bytes], BaseModel | tuple[Problem, ...]] = {}
        self._keys: dict[tuple[str, str, str], Address] = {}
        self.resources: dict[Address, Resource] = {}
        self.problems: list[Diagnostic] = []

    def add(self, title: Title, edition: Edition, account_name: str) -> None:
        account = self._landscape.accounts[account_name]
        provider = self._landscape.provider_of(account_name)
        options = self._read_options(provider, edition.publish[account_name])
        if isinstance(options, tuple):
            inside: Pointer = ("publish", account_name)
            for problem in options:
                where = self._places.place(title, edition.id, (*inside, *problem.pointer), problem.part)
                self.problems.append(problem.diagnostic(lambda _pointer, _part, where=where: where))  # type: ignore[misc]
            return
        origin = title.origin.at("editions", edition.id)
        compiled = provider.compile(account, title, edition, options, origin)
        for found in compiled.diagnostics:
            place = self._places.place(title, edition.id, _steps(found.attribute), Part.VALUE)
            self.problems.append(replace(found, source=place, address=found.address or f"{account_name}: {title.id}.{edition.id}"))
        for resource in compiled.resources:
            self._keep(title, edition, resource)
            self._check_files(title, edition, resource)

    def _read_options(self, provider: Provider, raw: object) -> BaseModel | tuple[Problem, ...]:
        """Judge options once for all the editions that say the same."""
        key = (provider.name, orjson.dumps(raw, default=str))
        if key not in self._options:
            self._options[key] = judge(provider.options).read(raw)
        return self._options[key]

    def _keep(self, title: Title, edition: Edition, resource: Resource) -> None:
        address = resource.address
        key = (address.account, resource.type.name, resource.key)
        other = self._keys.setdefault(key, address)
        if other != address:
            detail = f"{address} and {other} both have the {resource.type.key} {resource.key!r}; the store would take them for one."
            place = self._places.place(title, edition.id, (resource.type.key,), Part.VALUE)
            hint = f"Give each edition on {address.account} an ISBN or external_id of its own."
            self.problems.append(error("key-not-unique", "Two editions with one key", detail, hint, address=str(address), source=place))
        self.resources[address] = resource

    def _check_files(self, title: Title, edition: Edition, resource: Resource) -> None:
        """Find local files that no store could fetch, now and not in the middle of an apply."""
        if self._publishes_files:
            return
        for value in resource.attributes.values():
            if isinstance(value, Asset) and value.is_local:
                place = self._places.place(title, edition.id, ("files", "content"), Part.VALUE)
                self.problems.append(replace(no_asset_store(value), address=str(resource.address), source=place))


def _steps(attribute: str | None) -> Pointer:
    return tuple(attribute.split(".")) if attribute else ()
