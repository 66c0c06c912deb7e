"""`catalogctl import ACCOUNT --all --write DIR`: titles for all that an account holds, and a state that knows it."""

from __future__ import annotations

import os
import shlex
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from catalogctl.cli.console import Console
from catalogctl.cli.exit_codes import DONE

if TYPE_CHECKING:
    from catalogctl.cli.options import ImportOptions
    from catalogctl.config.write_titles import Folder
    from catalogctl.engine.import_titles import Sorted, Target
    from catalogctl.engine.stores import Stores
    from catalogctl.engine.workspace import Workspace
    from catalogctl.model.address import Address
    from catalogctl.model.diagnostics import Diagnostic
    from catalogctl.planning.change import Change
    from catalogctl.provider.importing import Inventory
    from catalogctl.state.ledger import Held

_AT_ONCE: Final = 500
"""How many objects are recorded together: what is lost by an interrupt is looked up again."""
_NAMED: Final = 3
"""How many of many are named."""


@dataclass(frozen=True, slots=True)
class _Recorded:
    """What came of putting objects into the state."""

    changes: tuple[Change, ...]
    """The adoptions."""
    unlike: tuple[Address, ...]
    """Those that are not as their file says."""
    serial: int


@dataclass(slots=True)
class _Progress:
    """How far an import has come."""

    titles: int = 0
    """Written to files."""
    joined: int = 0
    """Objects that titles which were there declare from now on."""
    objects: int = 0
    """Made durable in the journal or the state."""


def import_all(console: Console, accounts: Sequence[str], options: ImportOptions) -> int:
    """Declare all that accounts hold and no file declares, one account after another, and record it; interrupted, tell how far it came.

    Raises:  CatalogError, OSError where a file cannot be written, and KeyboardInterrupt.
    """
    progress = _Progress()
    try:
        for account in dict.fromkeys(accounts):
            if len(accounts) > 1:
                console.tell(f"{account}:")
            _import_all(console, account, options, progress, accounts)
    except KeyboardInterrupt:
        console.problems((_unfinished(accounts, options, progress),))
        raise
    return DONE


def _unfinished(accounts: Sequence[str], options: ImportOptions, progress: _Progress) -> Diagnostic:
    from catalogctl.model.diagnostics import warning
    from catalogctl.model.quantity import counted

    titles, objects = counted(progress.titles, "title"), counted(progress.objects, "object")
    joined = f", joined {counted(progress.joined, 'object')} with titles of the catalog" if progress.joined else ""
    detail = (
        f"By now this run has written {titles} to {options.folder}{joined} and recorded {objects} in the state. Nothing is half written."
    )
    only = "".join(f" --only {shlex.quote(one)}" for one in options.only)
    only += " --join-by-title" if options.by_title else ""
    again = f"catalogctl import {' '.join(accounts)} --all --write {shlex.quote(options.folder)}{only}"
    return warning("import-unfinished", "The import is not finished", detail, f"The same command goes on from there:\n{again}")


def _import_all(console: Console, account: str, options: ImportOptions, progress: _Progress, accounts: Sequence[str]) -> None:
    from catalogctl.cli.backend import hold, open_backend
    from catalogctl.cli.workspace import open_workspace, reachable
    from catalogctl.config.write_titles import Folder
    from catalogctl.editing.write_files import complete
    from catalogctl.engine.import_titles import Target
    from catalogctl.engine.inventory import read_inventory
    from catalogctl.engine.recover import recover

    complete(console.project_folder.resolve(), console.say)
    with console.listening() as listen:
        workspace = open_workspace(console, listen)
    console.remarks(workspace.diagnostics)
    for one in accounts:  # before anything is written for the first
        _is_there(workspace, one)
    folder = Folder(workspace.documents, workspace.resolved.layers, _within(workspace, console, options.folder))
    with reachable(workspace) as stores, hold(open_backend(workspace.project), options.lock_timeout) as held:
        with console.listening() as listen:
            recover(held, stores, listen)
            stock = read_inventory(stores, account, options.only, listen)
        console.remarks(stock.diagnostics)
        _has_all(stock, account, options.only)
        target = Target(account, workspace.resolved, workspace.catalog, options.by_title)
        found = _sorted_out(workspace, held, stores, target, folder, stock)
        found = _join(console, workspace, found, account, progress)
        _write(console, folder, found, account, progress)
        _tell_alike(console, found, account)
        with console.listening() as listen:
            workspace = open_workspace(console, listen)
        reachable_now = replace(workspace.stores, urls=stores.urls)
        recorded = _record(console, replace(workspace, stores=reachable_now), account, found, held, progress)
    console.tell(*_summary(recorded, console.command))


def _has_all(stock: Inventory, account: str, only: Collection[str]) -> None:
    from catalogctl.model.diagnostics import CatalogError, error

    missing = set(only) - {one.id for one in stock.holdings} - {one.id for one in stock.strangers}
    if missing:
        detail = f"{account} shows no object with the id {' or '.join(sorted(missing))}."
        raise CatalogError(error("import-missing", "Nothing to import", detail, "Correct the id: it is the one that the store gave it."))


def _is_there(workspace: Workspace, account: str) -> None:
    from catalogctl.model.diagnostics import CatalogError, error

    known = workspace.stores.accounts
    if account not in known:
        detail = f"No account called `{account}` is declared in {workspace.project.source.path}."
        hint = f"The accounts are: {', '.join(sorted(known)) or 'none'}."
        raise CatalogError(error("unknown-account", "Unknown account", detail, hint))


def _within(workspace: Workspace, console: Console, given: str) -> str:
    """Return the folder to write into as the project knows it.

    Raises:  CatalogError where no plan would read what is written there.
    """
    from catalogctl.config.write_titles import below
    from catalogctl.model.diagnostics import CatalogError, error

    root, path = workspace.project.root, (console.folder / given).resolve()
    folder = path.relative_to(root).as_posix() if path.is_relative_to(root) else ""
    if not folder or not below(workspace.project.catalog, folder) or (path.exists() and not path.is_dir()):
        inside = f"{workspace.project.catalog[0].rstrip('/')}/imported" if workspace.project.catalog else "catalog/imported"
        detail = f"{given} is no folder that is, or lies in, one of the catalog ({', '.join(workspace.project.catalog)})."
        seen = os.path.relpath(root / inside, console.folder.resolve())
        hint = f"Only what is there is declared:\ncatalogctl import ACCOUNT --all --write {seen}"
        raise CatalogError(error("write-outside-catalog", "A folder that no plan reads", detail, hint))
    return folder


def _sorted_out(workspace: Workspace, held: Held, stores: Stores, target: Target, folder: Folder, stock: Inventory) -> Sorted:
    from catalogctl.engine.import_titles import sort_out
    from catalogctl.planning.blocks.relocate import relocate

    recorded = relocate(held.recall().snapshot.resources, workspace.catalog).recorded
    names = {*workspace.titles, *folder.names()}
    return sort_out(stock, target, stores, recorded.values(), names)


def _join(console: Console, workspace: Workspace, found: Sorted, account: str, progress: _Progress) -> Sorted:
    """Say in the files of titles that are there what more accounts sell, all of them or none, and tell where the stores disagree.

    Shapes:  what a file cannot be made to say is left alone in what is returned.
    """
    from catalogctl.editing.join_titles import Addition, with_additions
    from catalogctl.editing.write_files import write_all
    from catalogctl.provider.importing import Unimportable
    from catalogctl.view.text.imports import render_joins

    if not found.joins:
        return found
    additions = [
        Addition(
            join.title.origin,
            ("editions", join.edition) if join.is_new else ("editions", join.edition, "publish", account),
            join.block,
            join.comment,
        )
        for join in found.joins
    ]
    edits, refused = with_additions(workspace.documents, additions)
    write_all(workspace.project.root, edits)
    made = [join for join in found.joins if join.title.origin.path not in refused]
    progress.joined += len(made)
    differing = [(f"{join.title.id}.{join.edition}", ", ".join(join.differs)) for join in made if join.differs and not join.is_new]
    console.write(render_joins(account, [join.how for join in made], differing, width=console.width, style=console.out))
    names = {title: one.editions[0].metadata.title for title, one in workspace.titles.items() if one.editions}
    left = tuple(
        Unimportable(join.id, names.get(join.title.id, ""), f"{join.title.origin.path}: {refused[join.title.origin.path]}")
        for join in found.joins
        if join.title.origin.path in refused
    )
    return replace(found, strangers=(*found.strangers, *left))


def _tell_alike(console: Console, found: Sorted, account: str) -> None:
    from catalogctl.model.quantity import counted

    if found.alike:
        what = f"{counted(found.alike, 'object')} of {account} may be titles of the catalog: equal title and authors."
        console.tell(what, "To join by title: --join-by-title")


def _write(console: Console, folder: Folder, found: Sorted, account: str, progress: _Progress) -> None:
    """Write the titles, and tell how many and what is left alone."""
    from catalogctl.config.write_titles import Unfit
    from catalogctl.model.quantity import counted
    from catalogctl.provider.importing import Unimportable
    from catalogctl.view.text.imports import render_strangers

    strangers = list(found.strangers)
    draft = folder.defaults([work.title for work in found.works])
    if draft is not None:
        folder.write(draft)
    titles = editions = 0
    for work in found.works:
        drafted = folder.title(work.title, work.remarks)
        if isinstance(drafted, Unfit):
            strangers += [Unimportable(id_, work.title.editions[0].metadata.title, drafted.why) for id_ in work.ids]
            continue
        folder.write(drafted)
        progress.titles += 1
        titles += 1
        editions += len(work.title.editions)
    new = f"{counted(titles, 'title')} with {counted(editions, 'edition')} written to {folder.name}."
    if titles or not found.joins:
        console.tell(new if titles else "There is nothing new to write.")
    if found.known:
        console.tell(f"{counted(found.known, 'object')} of {account} {'is' if found.known == 1 else 'are'} managed or declared already.")
    console.write(render_strangers(strangers, width=console.width, style=console.out))


def _record(console: Console, workspace: Workspace, account: str, found: Sorted, held: Held, progress: _Progress) -> _Recorded:
    """Put into the state what is declared just as it would have been written: by this run, or by one that was cut off.

    What the store does not tell is as declared then. Of anything that a person wrote that is not known, and a plan finds out.
    """
    from catalogctl.cli.options import request_about
    from catalogctl.engine.import_one import Untold, noted
    from catalogctl.engine.likeness import Likeness
    from catalogctl.engine.plan import make_plan
    from catalogctl.planning.action import Action
    from catalogctl.planning.plan import Refresh
    from catalogctl.planning.scope import Scope
    from catalogctl.state.ledger import Ledger

    stores, known = workspace.stores, held.recall().snapshot.resources
    wanted = {
        address
        for address, resource in workspace.catalog.resources.items()
        if address.account == account and address not in known and Likeness.of(resource) in found.likenesses
    }
    request = request_about(workspace, Refresh.STORES, Scope(only=frozenset(wanted)))
    with console.listening() as listen:
        planned = make_plan(workspace.catalog, held.backend, stores, request, listen) if wanted else None
    changes = [] if planned is None else [change for change in planned.plan.changes if change.action is Action.ADOPT]
    ledger = Ledger.open(held)
    for batch in _batches(changes):
        ledger.commit([noted(change, stores, Untold.AS_DECLARED) for change in batch])
        progress.objects += len(batch)
    unlike = tuple(change.address for change in changes if _is_unlike(change))
    return _Recorded(tuple(changes), unlike, ledger.close().serial)


def _batches(changes: list[Change]) -> Iterator[list[Change]]:
    return (changes[first : first + _AT_ONCE] for first in range(0, len(changes), _AT_ONCE))


def _is_unlike(change: Change) -> bool:
    from catalogctl.planning.change import UNREADABLE

    return any(item.before is not UNREADABLE for item in change.attributes)


def _summary(recorded: _Recorded, command: str) -> list[str]:
    from catalogctl.model.quantity import counted

    if not recorded.changes:
        return ["There is nothing new to record."]
    kinds = Counter(change.address.type for change in recorded.changes)
    of = ", ".join(f"{count:,} {kind}" for kind, count in sorted(kinds.items()))
    lines = [f"{counted(len(recorded.changes), 'object')} recorded ({of}); state serial {recorded.serial}."]
    if recorded.unlike:
        named = ", ".join(str(address) for address in recorded.unlike[:_NAMED]) + (" and more" if len(recorded.unlike) > _NAMED else "")
        return [*lines, f"Not wholly as the store has it: {named}. See:", f"  {command} plan"]
    return [*lines, "A plan would change nothing about them."]
