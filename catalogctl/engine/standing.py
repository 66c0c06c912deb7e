"""How each edition is on each account, next to what is declared of it: by state alone, or by what the stores answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import TypeAlias

from catalogctl.engine.refresh import remembered
from catalogctl.planning.action import Action, Reason
from catalogctl.planning.blocks.relocate import relocate
from catalogctl.planning.catalog import Catalog
from catalogctl.planning.change import Change, Drift
from catalogctl.planning.planner import plan_changes
from catalogctl.planning.scope import Scope
from catalogctl.state.snapshot import Snapshot

Place: TypeAlias = tuple[str, str, str]
"""Title, edition, account."""


class Standing(StrEnum):
    """The status of an edition on an account."""

    DECLARED = "declared"
    """The files say so; nothing was compared."""
    UNSOLD = "not sold"
    """No account sells it."""
    APPLIED = "applied"
    """As the files say."""
    NEW = "not applied"
    """Not made yet, or not managed yet."""
    CHANGED = "changed"
    """The files say something else than what was applied."""
    DRIFTED = "drifted"
    """The store has something else than what was applied."""
    BOTH = "changed and drifted"
    """The files and the store both say something else than what was applied."""
    REMOVED = "to be removed"
    """Managed, and no longer declared."""
    UNDECIDED = "undecided"
    """A plan would ask first: it may be another one that got a new name."""


def standings(changes: Iterable[Change], drifted: Iterable[Drift]) -> Mapping[Place, Standing]:
    """Return how each edition stands that the changes are about: those that are declared, and those that are recorded."""
    several: dict[Place, list[Change]] = {}
    for change in changes:
        several.setdefault(_place(change), []).append(change)
    drift: dict[Place, list[Drift]] = {}
    for one in drifted:
        if one.matters:
            drift.setdefault(_place(one), []).append(one)
    return {place: _standing(some, drift.get(place, ())) for place, some in several.items()}


def standings_by_state(catalog: Catalog, snapshot: Snapshot) -> Mapping[Place, Standing]:
    """Return how each edition stands as far as state can tell; no store is asked, whatever a plan would have to ask."""
    recorded = relocate(snapshot.resources, catalog).recorded
    seen = remembered(recorded)
    verdicts = plan_changes(catalog, recorded, seen.observed, Scope(), seen.present)
    return standings(verdicts.changes, ())


def _place(one: Change | Drift) -> Place:
    return (one.address.title, one.address.edition, one.address.account)


def _standing(changes: Sequence[Change], drift: Sequence[Drift]) -> Standing:
    if all(change.after is None for change in changes):
        return Standing.REMOVED
    if drift:
        by_drift = {(one.address, item.path) for one in drift for item in one.attributes}
        gone = {one.address for one in drift if one.gone}
        of_files = any(
            change.action in {Action.DELETE, Action.FORGET}
            or change.reason is Reason.BOTH
            or (change.address not in gone and any((change.address, item.path) not in by_drift for item in change.attributes))
            for change in changes
            if change.action is not Action.NO_OP
        )
        return Standing.BOTH if of_files else Standing.DRIFTED
    acting = {change.action for change in changes if change.action is not Action.NO_OP}
    if not acting:
        return Standing.APPLIED
    if acting <= {Action.CREATE, Action.ADOPT} and all(change.action in {Action.CREATE, Action.ADOPT} for change in changes):
        return Standing.NEW
    return Standing.CHANGED
