"""`catalogctl import ACCOUNT --all --write DIR`: titles for all that an account holds, and a state that knows it."""

from __future__ import annotations

import os
import shlex
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from catalogctl.cli.console import Console
from catalogctl.cli.exit_codes import DONE

if TYPE_CHECKING:
    from catalogctl.cli.options import ImportOptions
    from catalogctl.config.write_titles import Folder
    from catalogctl.engine.adopt_found import Adoptions
    from catalogctl.engine.import_join import SameTitle
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


@dataclass(slots=True)
class _Progress:
    """How far an import has come."""

    titles: int = 0
    """Written to files."""
    joined: int = 0
    """Objects that titles which were there declare from now on."""
    objects: int = 0
    """Made durable in the journal or the state."""
    remarked: set[Diagnostic] = field(default_factory=set)
    """What was said of the files already: each account is imported into what they are by then."""


def import_all(console: Console, accounts: Sequence[str], options: ImportOptions) -> int:
    """Declare all that accounts hold and no file declares, one account after another, and record it; interrupted, tell how far it came.

    Raises:  CatalogError, OSError where a file cannot be written, and KeyboardInterrupt.
    """
    progress = _Progress()
    accounts = tuple(dict.fromkeys(accounts))
    try:
        for account in accounts:
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
    if options.by_title is not None:
        only += " --join-by-title" if options.by_title else " --no-join-by-title"
    again = f"catalogctl import {' '.join(accounts)} --all --write {shlex.quote(options.folder)}{only}"
    return warning("import-unfinished", "The import is not finished", detail, f"The same command goes on from there:\n{again}")


def _import_all(console: Console, account: str, options: ImportOptions, progress: _Progress, accounts: Sequence[str]) -> None:
    from catalogctl.cli.backend import hold, open_backend
    from catalogctl.cli.workspace import open_workspace, reachable
    from catalogctl.config.cache import open_cache
    from catalogctl.config.write_titles import Folder
    from catalogctl.editing.write_files import complete
    from catalogctl.engine.import_titles import Target
    from catalogctl.engine.inventory import read_inventory
    from catalogctl.engine.kept_answers import KeptAnswers
    from catalogctl.engine.recover import recover

    complete(console.project_folder.resolve(), console.say)
    with console.listening() as listen:
        workspace = open_workspace(console, listen)
    console.remarks(item for item in workspace.diagnostics if item not in progress.remarked)
    progress.remarked.update(workspace.diagnostics)
    for one in accounts:  # before anything is written for the first
        _is_there(workspace, one)
    command = f"catalogctl import {' '.join(accounts)} --all"
    folder = Folder(workspace.documents, workspace.resolved.layers, folder_within(workspace, console, options.folder, command))
    with reachable(workspace) as served, hold(open_backend(workspace.project), options.lock_timeout) as held, open_cache() as cache:
        kept = KeptAnswers.begin(cache, str(workspace.project.root), served.accounts[account])
        if kept.is_resumed:
            console.say(f"An import of {account} was not finished. What it read of single objects is not read again.")
        stores = replace(served, kept=kept)
        with console.listening() as listen:
            recover(held, served, listen)
            stock = read_inventory(stores, account, options.only, listen)
        console.remarks(stock.diagnostics)
        _has_all(stock, account, options.only)
        target = Target(account, workspace.resolved, workspace.catalog, _same_title(options.by_title))
        found = _sorted_out(workspace, held, stores, target, folder, stock)
        found = _join(console, workspace, found, account, progress)
        _write(console, folder, found, account, progress)
        with console.listening() as listen:
            workspace = open_workspace(console, listen)
        reachable_now = replace(workspace.stores, urls=stores.urls, kept=kept)
        wanted = _unrecorded(workspace, account, held, None if not options.only else found)
        adoptions, serial = _record(console, replace(workspace, stores=reachable_now), wanted, held, progress)
        kept.done()
    _tell_recorded(console, account, adoptions, serial, found)


def _same_title(said: bool | None) -> SameTitle:
    from catalogctl.engine.import_join import SameTitle

    if said is None:
        return SameTitle.MAYBE
    return SameTitle.JOINED if said else SameTitle.APART


def _has_all(stock: Inventory, account: str, only: Collection[str]) -> None:
    from catalogctl.model.diagnostics import CatalogError, error

    missing = set(only) - {one.id for one in stock.holdings} - {one.id for one in stock.strangers}
    if missing:
        detail = f"{account} shows no object with the id {' or '.join(sorted(missing))}."
        raise CatalogError(error("import-missing", "Nothing to import", detail, "Correct the id: it is the one that the store gave it."))


def _is_there(workspace: Workspace, account: str) -> None:
    from catalogctl.model.alike import most_alike
    from catalogctl.model.diagnostics import CatalogError, error

    known = workspace.stores.accounts
    if account not in known:
        detail = f"No account called `{account}` is declared in {workspace.project.source.path}."
        near = most_alike(account, sorted(known))
        hint = f"Did you mean {near[0]}?" if near else f"The accounts are: {', '.join(sorted(known)) or 'none'}."
        raise CatalogError(error("unknown-account", "Unknown account", detail, hint))


def folder_within(workspace: Workspace, console: Console, given: str, command: str) -> str:
    """Return the folder to write into as the project knows it; `command` is what would write into it.

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
        hint = f"Only what is there is declared:\n{command} --write {seen}"
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
    if titles or not (found.joins or found.alike):
        console.tell(new if titles else "There is nothing new to write.")
    if found.known:
        console.tell(f"{counted(found.known, 'object')} of {account} {'is' if found.known == 1 else 'are'} managed or declared already.")
    console.write(render_strangers(strangers, "Left alone", width=console.width, style=console.out))
    if found.alike:
        console.write(render_strangers(found.alike, "Left out, may be in the catalog", width=console.width, style=console.out))
        console.tell("To join them by title: --join-by-title", "To make titles of their own of them: --no-join-by-title")


def _unrecorded(workspace: Workspace, account: str, held: Held, alone: Sorted | None) -> set[Address]:
    """List what is declared on an account and not recorded; of what is imported `alone`, if that is not all."""
    from catalogctl.engine.likeness import Likeness

    known = held.recall().snapshot.resources
    return {
        address
        for address, resource in workspace.catalog.resources.items()
        if address.account == account
        and address not in known
        and (alone is None or (address.title, address.edition) in alone.declared or Likeness.of(resource) in alone.likenesses)
    }


def _record(console: Console, workspace: Workspace, wanted: Collection[Address], held: Held, progress: _Progress) -> tuple[Adoptions, int]:
    """Put into the state what an account holds of what is declared; return it, with the serial of the state.

    What the store does not return is taken to be as declared: a plan could not tell either, and would send it again.
    """
    from catalogctl.cli.options import request_about
    from catalogctl.engine.adopt_found import Adoptions, find_adoptions
    from catalogctl.engine.import_one import Untold, noted
    from catalogctl.planning.plan import Refresh
    from catalogctl.planning.scope import Scope
    from catalogctl.state.ledger import Ledger

    stores, request = workspace.stores, request_about(workspace, Refresh.STORES, Scope(only=frozenset(wanted)))
    with console.listening() as listen:
        found = find_adoptions(workspace.catalog, held, stores, request, listen) if wanted else Adoptions()
    ledger = Ledger.open(held)
    for batch in _batches(found.changes):
        ledger.commit([noted(change, stores, Untold.AS_DECLARED) for change in batch])
        progress.objects += len(batch)
    return found, ledger.close().serial


def _batches(changes: Sequence[Change]) -> Iterator[Sequence[Change]]:
    return (changes[first : first + _AT_ONCE] for first in range(0, len(changes), _AT_ONCE))


def _tell_recorded(console: Console, account: str, found: Adoptions, serial: int, sorted_out: Sorted) -> None:
    from catalogctl.model.quantity import counted
    from catalogctl.provider.importing import Unimportable
    from catalogctl.view.text.imports import render_differing, render_strangers

    declared = {f"{title}.{edition}" for title, edition in sorted_out.declared}
    named = [(problem, (problem.address or "").split("/")[2]) for problem in found.refused]
    refused = [Unimportable(edition, "", f"{problem.summary}: {problem.detail}") for problem, edition in named if edition in declared]
    console.write(render_strangers(refused, "Declared, and not recorded", width=console.width, style=console.out))
    if not found.changes:
        console.tell("There is nothing new to record.")
        return
    kinds = Counter(change.address.type for change in found.changes)
    of = ", ".join(f"{count:,} {kind}" for kind, count in sorted(kinds.items()))
    console.tell(f"{counted(len(found.changes), 'object')} recorded ({of}); state serial {serial}.")
    if found.untold:
        console.tell(f"{account} does not return these fields, so they count as declared: {', '.join(found.untold)}.")
    head = f"{account} has these fields otherwise than the files say, and the next plan changes them there:"
    console.write(render_differing(head, found.differing, "", width=console.width, style=console.out))
    if found.lacking:
        console.tell(f"{account} lacks {counted(found.lacking, 'declared object')}, which the next plan creates.")
    if found.differing or found.lacking:
        console.tell("See:")
        console.write([f"  {console.command} plan"])
    else:
        console.tell("A plan would change nothing about them.")
