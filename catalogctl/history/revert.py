"""A run → what a catalog would have to want for the stores to be as they were before it.

    the run …                       wanted is …
    changed attributes              the object as it is now, with what there was before at those paths
    created an object               that it is gone
    deleted one                     an object with the attributes it had
    took one into the state         that state forgets it
    forgot one that is still there  that state knows it again
    gave one another address        its address before

The planner makes a plan of that as of any catalog. What was changed since is left alone and reported, as is what cannot be had back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from catalogctl.history.references import addresses_by_id, as_recorded, wanted_with
from catalogctl.history.revert_scope import (
    REVERTED_FATES,
    ProjectFiles,
    RevertScope,
    address_before,
    assets_in,
    dependents_of,
    is_half_replaced,
    move_from,
)
from catalogctl.history.run import Run
from catalogctl.history.undo import Undo
from catalogctl.model.address import Address, in_order
from catalogctl.model.blocks import Move
from catalogctl.model.diagnostics import Diagnostic
from catalogctl.model.resource import Observed, Recorded
from catalogctl.model.title import NOWHERE
from catalogctl.planning.action import Action
from catalogctl.planning.catalog import Catalog
from catalogctl.planning.plan import Revert
from catalogctl.planning.scope import Scope


@dataclass(frozen=True, slots=True)
class RevertTarget:
    """What there is to want, and of what nothing is wanted."""

    catalog: Catalog
    selected: frozenset[Address]
    diagnostics: tuple[Diagnostic, ...]
    reverts: Revert
    """Which run is taken back, and how much of it is not."""


def files_before(run: Run) -> frozenset[str]:
    """List the contents of local files that a run took from the stores, as `Asset.identity` gives them."""
    gone = (one.change.before or {} for one in run.changes if one.fate in REVERTED_FATES or one.change.action is Action.REPLACE)
    return frozenset(asset.identity for attributes in gone for asset in assets_in(attributes) if asset.is_local)


def inverse(
    run: Run,
    files: ProjectFiles,
    recorded: Mapping[Address, Recorded],
    scope: Scope,
    *,
    force: bool,
    reviewed: bool,
) -> RevertScope:
    """Say where one has to look for a run to be taken back.

    Shapes:  `recorded` is what state remembers now; `scope` narrows what is put back. What binds such a plan is the record of the run,
             in the place of what the files say.
    """
    back = {one.change.address: one.change.moved_from for one in run.changes if one.change.moved_from is not None}
    moves = tuple(Move(source, target, NOWHERE) for source, target in back.items() if source in recorded and target not in recorded)
    ids = addresses_by_id(run, recorded)
    half_replaced = frozenset(one.change.address for one in run.changes if is_half_replaced(one.change, recorded))
    taken_back = [one.change for one in run.changes if one.fate in REVERTED_FATES or one.change.address in half_replaced]
    gone = {
        change.address: wanted_with(change.address, change, change.before, files.catalog, ids)
        for change in taken_back
        if (change.action in {Action.DELETE, Action.FORGET} or change.address in half_replaced) and change.before is not None
    }
    # A move leads somewhere only where something is wanted there.
    gone.update({move.target: as_recorded(replace(recorded[move.source], address=move.target)) for move in moves})
    placed = {move.target if (move := move_from(moves, address)) else address: have for address, have in recorded.items()}
    touched = {address_before(change) for change in taken_back}
    return RevertScope(
        run=run,
        catalog=Catalog(
            resources=gone,
            moved=moves,
            titles=files.catalog.titles,
            place=files.catalog.place,
            document_digests=lambda _: {f"run {run.begun.id}": run.digest},
        ),
        files=files,
        force=force,
        scope=scope,
        touched=frozenset(touched | dependents_of(touched, placed, back)),
        reviewed=reviewed,
        half_replaced=half_replaced,
    )


def wanted(inverse: RevertScope, recorded: Mapping[Address, Recorded], observed: Mapping[Address, Observed]) -> RevertTarget:
    """Return what to want, now that the stores were read.

    1. Take back what the run did, address by address.
    2. Leave what could only be made again without one of its parts.
    3. Keep what something that is kept needs.
    4. Want as it is what depends on what changes.

    Shapes:  `recorded` has the addresses of before the run; `observed` has what is there of all that was to be looked at.
    """
    undoing = Undo(inverse, recorded, observed)
    for one in sorted(inverse.run.changes, key=lambda one: in_order(one.change.address)):
        if inverse.scope.selects(address_before(one.change)):
            undoing.take_back(one)
    undoing.leave_what_would_be_incomplete()
    undoing.keep_what_needs_the_kept()
    undoing.take_along()
    catalog = replace(inverse.catalog, resources=undoing.resources, removed=tuple(undoing.released))
    chosen = frozenset({*undoing.resources, *undoing.going, *(one.address for one in undoing.released)})
    findings = undoing.findings
    told = tuple(findings.diagnostics(chosen))
    reverts = replace(inverse.reverts, impossible=len(findings.lost), left=len({item.address for item in findings.conflicts}))
    return RevertTarget(catalog, chosen, told, reverts)
