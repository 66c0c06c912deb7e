"""What `split` and `merge` have in common: the facts of every edition stay, and so do the objects in the stores."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

import click

from catalogctl.cli.console import Console
from catalogctl.cli.edit_run import EditOptions, Proposal, carry_out, refuse_new_errors, settle, write
from catalogctl.cli.option_group import given, group
from catalogctl.cli.options import LOCK_TIMEOUT, lock_options
from catalogctl.cli.readdress import write_with_state
from catalogctl.cli.regroup_shared import refuse_shared
from catalogctl.model.address import Address
from catalogctl.model.title import Origin
from catalogctl.model.value import Reference, Value

if TYPE_CHECKING:
    from catalogctl.config.defaults import Layers
    from catalogctl.config.documents import Documents
    from catalogctl.editing.regroup import RegroupEdits, Regrouping
    from catalogctl.engine.workspace import Workspace
    from catalogctl.model.title import Edition


@dataclass(frozen=True, slots=True, kw_only=True)
class RegroupOptions:
    """The options of `split` and `merge`."""

    with_block: bool = given(
        click.option("--moved", "with_block", is_flag=True, help="Write the moved block that an apply takes, and leave the state to it."),
        False,
    )
    lock_timeout: float = given(lock_options, LOCK_TIMEOUT)
    edit: EditOptions = group(EditOptions)


def regroup(
    console: Console, options: RegroupOptions, what: str, made: Callable[[Documents, Layers], tuple[Regrouping, RegroupEdits]]
) -> int:
    """Make the edit, compare every edition before and after, show it, ask, and write files and state.

    Shapes:  `what` says what is changed, as in "faro into luz".
    Raises:  CatalogError (regroup-refused) where an edition would not be what it was.
    """
    from catalogctl.config.cache import open_cache
    from catalogctl.config.defaults import Layers
    from catalogctl.config.documents import load
    from catalogctl.config.project import load_project

    settle(console, writes=not (options.edit.diff or options.edit.check))
    project = load_project(console.project_folder, console.environment)
    with open_cache() as cache:
        documents = load(project, cache)
    change, edits = made(documents, Layers(documents.items))
    if edits.pinned:
        console.tell(f"The stores know {', '.join(edits.pinned)} by the old name: it is kept as external_id.")
    edited = {one.path: one.after for one in edits.files}
    refuse_shared(console, change, edited)
    refuse_new_errors(console, edited)
    _refuse_other_facts(console, change, edited)

    def written() -> None:
        if options.with_block:
            write(console, edits.files)
        else:
            write_with_state(console, project, change, lambda: write(console, edits.files), options.lock_timeout)

    return carry_out(console, Proposal(edits.files, what, edited, written), options.edit)


def _refuse_other_facts(console: Console, change: Regrouping, edited: dict[str, bytes]) -> None:
    """Stop where an edition, as any account sees it, or what its stores are sent would be other than now."""
    from catalogctl.engine.workspace import read_workspace
    from catalogctl.model.diagnostics import CatalogError, error

    before, after = (read_workspace(console.project_folder, console.environment, lambda _: None, edited=files) for files in ({}, edited))
    if change.source not in before.titles:
        detail = f"What is wrong in {change.source} keeps its editions from being compared before and after."
        raise CatalogError(
            error("regroup-refused", "A split or a merge that is refused", detail, "To see what is wrong:\ncatalogctl validate")
        )
    different = sorted({*_other_facts(change, before, after), *_other_resources(change, before, after)})
    if different:
        detail = f"Other than now would be: {', '.join(different)}."
        hint = (
            "Give both titles the same folder, for files and defaults are looked for from there, and say on the edition what it is to keep."
        )
        raise CatalogError(error("regroup-refused", "A split or a merge that is refused", detail, hint))


def _other_facts(change: Regrouping, before: Workspace, after: Workspace) -> Iterator[str]:
    for name in (change.source, change.target):
        for edition in before.titles[name].editions if name in before.titles else ():
            goes = name == change.source and (not change.editions or edition.id in change.editions)
            title = after.titles.get(change.target if goes else name)
            same_name = next((one for one in title.editions if one.id == edition.id), None) if title else None
            namespace = before.project.onix.namespace
            wanted = _with_reference(edition, f"{namespace}.{name}.{edition.id}") if goes and namespace else edition
            if same_name != wanted:
                yield from (f"{name}.{edition.id} {field}" for field in _differing(wanted, same_name))


def _with_reference(edition: Edition, made: str) -> Edition:
    """Return an edition with the reference of its ONIX record written down, as every account sees it."""
    onix = edition.facts.onix
    facts = edition.facts if onix.reference else replace(edition.facts, onix=replace(onix, reference=made))
    return replace(edition, facts=facts, views={account: _with_reference(view, made) for account, view in edition.views.items()})


def _differing(one: Edition, other: Edition | None) -> Iterator[str]:
    for item in fields(one) if other is not None else ():
        if getattr(one, item.name) != getattr(other, item.name):
            yield item.name
    if other is None:
        yield "is not there"


def _other_resources(change: Regrouping, before: Workspace, after: Workspace) -> Iterator[str]:
    """List the addresses whose resources differ in more than where they are declared.

    A switch of an Open Publishing product waits for all files that its title has on the product. Whether editions are of one title is
    thus no difference of what they are: what waits for what is compared among those that go, and among those that stay.
    """

    def new(address: Address) -> Address:
        return change.new(address) if change.moved(address) else address

    gone = {change.new(address) for address in before.catalog.resources if change.moved(address)}

    def together(address: Address, others: Iterable[Address]) -> tuple[Address, ...]:
        return tuple(sorted(one for one in others if (one in gone) is (address in gone)))

    origin = Origin("", 0)
    wanted = {
        new(address): replace(
            one,
            address=new(address),
            attributes={name: _with_addresses(value, new) for name, value in one.attributes.items()},
            origin=origin,
            dependencies=together(new(address), map(new, one.dependencies)),
            follows=together(new(address), map(new, one.follows)),
            create_errors=(),
        )
        for address, one in before.catalog.resources.items()
        if address.title in {change.source, change.target}
    }
    found = {
        address: replace(
            one,
            origin=origin,
            dependencies=together(address, one.dependencies),
            follows=together(address, one.follows),
            create_errors=(),
        )
        for address, one in after.catalog.resources.items()
        if address.title in {change.source, change.target}
    }
    return (str(address) for address in wanted.keys() | found.keys() if wanted.get(address) != found.get(address))


def _with_addresses(value: Value, new: Callable[[Address], Address]) -> Value:
    """Return an attribute with the new addresses of the resources that it refers to."""
    match value:
        case Reference(address):
            return Reference(new(address))
        case tuple():
            return tuple(Reference(new(one.address)) if isinstance(one, Reference) else one for one in value)
        case Mapping():
            return {name: Reference(new(one.address)) if isinstance(one, Reference) else one for name, one in value.items()}
        case _:
            return value
