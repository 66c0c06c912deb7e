"""Objects that editions of one title declare together, and that two titles cannot: what keeps them from being parted, with the way out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from catalogctl.cli.console import Console
from catalogctl.model.asset import Asset

if TYPE_CHECKING:
    from catalogctl.editing.regroup import Regrouping
    from catalogctl.model.resource import Resource
    from catalogctl.model.title import Edition


def refuse_shared(console: Console, change: Regrouping, edited: Mapping[str, bytes]) -> None:
    """Stop where editions that part declare one object, such as the cover of an Open Publishing product.

    Raises:  CatalogError (regroup-refused) with what to write on the edition under whose name the object is not recorded.
    """
    from catalogctl.engine.workspace import read_workspace
    from catalogctl.model.diagnostics import CatalogError, error

    after = read_workspace(console.project_folder, console.environment, lambda _: None, edited=edited)
    if all(one.code != "key-not-unique" for one in after.diagnostics.errors):
        return
    before = read_workspace(console.project_folder, console.environment, lambda _: None)
    held = {_key(one): address for address, one in before.catalog.resources.items() if address.title == change.source}
    shared: list[str] = []
    blocks: dict[str, dict[str, dict[str, str]]] = {}
    for address, one in after.catalog.resources.items():
        first = held.get(_key(one))
        if first is None or change.new(first).edition == address.edition or address.title not in {change.source, change.target}:
            continue
        edition = next(item for item in after.titles[address.title].editions if item.id == address.edition)
        shared.append(f"{change.source}.{first.edition} and {change.source}.{address.edition} both declare {one.key} on {address.account}.")
        taken_back = blocks.setdefault(f"{change.source}.{address.edition}", {}).setdefault(address.account, {})
        taken_back.update(_said_of(one, edition.seen_by(address.account)))
    if shared:
        detail = f"{' '.join(shared)} Editions of one title can share it, those of two titles cannot."
        hint = "\n".join(["Let one edition alone declare it.", *(line for name, block in blocks.items() for line in _lines(name, block))])
        raise CatalogError(error("regroup-refused", "A split or a merge that is refused", detail, hint))


def _key(resource: Resource) -> tuple[str, str, str]:
    return (resource.address.account, resource.type.name, resource.key)


def _said_of(resource: Resource, edition: Edition) -> Iterator[tuple[str, str]]:
    """List the fields of a `publish` block that say a resource, each with what takes it back."""
    files = [value for value in resource.attributes.values() if isinstance(value, Asset)]
    if not files:
        declared = [one.declared.rpartition(".")[2] for one in resource.type.attributes.values() if one.declared]
        yield (declared[-1], "null")
        return
    own = edition.files.get(resource.address.account, {})
    named = {"content": edition.content, "cover": edition.cover, "extract": edition.extract, **own}
    names = [name for name, asset in named.items() if asset in files]
    yield ("files", f"{{{', '.join(f'{name}: null' for name in names)}}}")


def _lines(edition: str, block: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    yield f"On {edition}, write"
    yield "publish:"
    for account, fields in block.items():
        yield f"  {account}:"
        yield from (f"    {name}: {value}" for name, value in fields.items())
