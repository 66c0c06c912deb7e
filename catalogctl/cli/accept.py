"""Drift taken into the files: what a store has becomes what the files say, for review like any edit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from catalogctl.cli.console import Console
from catalogctl.cli.edit_run import EditOptions, Proposal, carry_out
from catalogctl.cli.exit_codes import DONE

if TYPE_CHECKING:
    from catalogctl.editing.assign import Edits
    from catalogctl.engine.workspace import Workspace
    from catalogctl.model.address import Address
    from catalogctl.planning.catalog import Catalog
    from catalogctl.planning.change import Drift


@dataclass(frozen=True, slots=True)
class _Taken:
    """One value of a store, and where the files say it."""

    address: Address
    attribute: str
    entry: str
    """The key of an entry of a mapping; empty for a whole value."""
    path: tuple[str, ...]
    value: Any
    """As the store has it; `None`: nothing."""

    @property
    def name(self) -> str:
        """What the value is called, for people."""
        return f"{self.address} {self.attribute}" + (f".{self.entry}" if self.entry else "")

    def is_said(self, catalog: Catalog) -> bool:
        """Return whether a catalog wants exactly this value."""
        resource = catalog.resources.get(self.address)
        said = None if resource is None else resource.attributes.get(self.attribute)
        if self.entry:
            said = said.get(self.entry) if isinstance(said, Mapping) else None
        return said == self.value or (said is None and self.value is None)


def accept(console: Console, workspace: Workspace, drift: Iterable[Drift], options: EditOptions) -> int:
    """Write what stores have into the files, where it is said; show it and ask first.

    Each value is held against what the edited files come to: one that they cannot say so that the store is as declared, or not without
    changing something elsewhere, is left out and reported.
    """
    from catalogctl.model.quantity import counted

    wanted, told = _wanted(workspace, drift)
    taken, edits = _settled(console, workspace, wanted, told)
    for sentence in told:
        console.tell(sentence)
    if not taken or edits is None:
        console.tell("Nothing of what has drifted can be taken into the files." if told else "Nothing has drifted.")
        return DONE
    what = f"{counted(len(taken), 'value')} of the stores in {counted(len(edits.files), 'file')}"
    return carry_out(console, Proposal(edits.files, what), options)


def _wanted(workspace: Workspace, drift: Iterable[Drift]) -> tuple[list[_Taken], list[str]]:
    """List the values that have a place in the files, and say what has none."""
    from catalogctl.planning.change import Missing

    found: list[_Taken] = []
    told: list[str] = []
    for one in drift:
        if one.gone:
            told.append(f"{one.address} is gone from the store: take it out of the files by hand, or apply to make it again.")
            continue
        title = workspace.titles.get(one.address.title)
        edition = next((item for item in title.editions if item.id == one.address.edition), None) if title else None
        for change in one.attributes:
            name, *entry = map(str, change.path)
            declared = change.attribute.declared
            if edition is None or not declared or len(entry) > 1:
                told.append(f"{one.address} {name}: the files have no place for it.")
                continue
            path = (*declared.format(account=one.address.account).split("."), *entry)
            if path[0] != "publish" and len(edition.publish) > 1:
                path = ("publish", one.address.account, *path)
            value = None if isinstance(change.after, Missing) else change.after
            found.append(_Taken(one.address, name, entry[0] if entry else "", path, value))
    return found, told


def _settled(console: Console, workspace: Workspace, wanted: list[_Taken], told: list[str]) -> tuple[list[_Taken], Edits | None]:
    """Leave out value by value what the edited files would not say, until what is left is exactly what they come to."""
    from catalogctl.engine.workspace import read_workspace
    from catalogctl.model.diagnostics import CatalogError

    while wanted:
        try:
            edits = _edits(workspace, wanted)
        except CatalogError as refused:
            told.append(refused.diagnostics[0].detail)
            return [], None
        edited = {one.path: one.after for one in edits.files}
        after = read_workspace(console.project_folder, console.environment, lambda _: None, edited=edited).catalog
        missed = [one for one in wanted if not one.is_said(after)]
        if not missed:
            meant = {one.address for one in wanted}
            before = workspace.catalog.resources
            others = [at for at, have in after.resources.items() if at not in meant and have.attributes != before[at].attributes]
            if others:
                told.append(f"What {wanted[0].address} has cannot be taken alone: {others[0]} would change with it.")
                return [], None
            return wanted, edits
        told += [f"{one.name}: the files cannot say it so that the store is as declared." for one in missed]
        wanted = [one for one in wanted if one not in missed]
    return [], None


def _edits(workspace: Workspace, wanted: list[_Taken]) -> Edits:
    from catalogctl.editing.assign import Assigning
    from catalogctl.editing.assignment import Assignment, Change
    from catalogctl.editing.patch import Aliases
    from catalogctl.query.fields import Field, FieldKind

    assigning = Assigning(workspace.documents, workspace.resolved.layers)
    for one in wanted:
        change = Change.UNSET if one.value is None else Change.SET
        text = ".".join(one.path)
        assignment = Assignment(Field(one.path, FieldKind.EITHER), change, _as_file_has(one.value), text, is_list=False)
        assigning.assign({(one.address.title, one.address.edition): assignment})
    return assigning.edits(Aliases.EXPAND)


def _as_file_has(value: Any) -> Any:
    """Return a value of a store as a reader of a file gives it."""
    match value:
        case Mapping():
            return {name: _as_file_has(item) for name, item in value.items()}
        case list() | tuple():
            return [_as_file_has(item) for item in value]
        case bool() | int() | str() | None:
            return value
        case _:
            return value if hasattr(value, "as_tuple") else str(value)
