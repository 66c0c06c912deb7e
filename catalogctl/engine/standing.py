"""How each edition is on each account, next to what is declared of it: by state alone, or by what the stores answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import TypeAlias

from catalogctl.engine.refresh import remembered
from catalogctl.planning.action import Action
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


def standings(changes: Iterable[Change], drifted: Iterable[Drift], by_state: Mapping[Place, Standing]) -> Mapping[Place, Standing]:
    """Return how each edition stands that the changes are about: those that are declared, and those that are recorded.

    Shapes:  `by_state` is how each edition that drifted stands by state alone: whether the files say something else than what was applied,
             whatever the store has now.
    """
    several: dict[Place, list[Change]] = {}
    for change in changes:
        several.setdefault(_place(change), []).append(change)
    drift = {_place(one) for one in drifted if one.matters}
    return {
        place: _drifted(standing, by_state.get(place)) if place in drift else standing
        for place, standing in ((place, _standing(some)) for place, some in several.items())
    }


def standings_by_state(catalog: Catalog, snapshot: Snapshot) -> Mapping[Place, Standing]:
    """Return how each edition stands as far as state can tell; no store is asked, whatever a plan would have to ask."""
    recorded = relocate(snapshot.resources, catalog).recorded
    seen = remembered(recorded)
    verdicts = plan_changes(catalog, recorded, seen.observed, Scope(), seen.present)
    return standings(verdicts.changes, (), {})


def _place(one: Change | Drift) -> Place:
    return (one.address.title, one.address.edition, one.address.account)


def _drifted(standing: Standing, by_state: Standing | None) -> Standing:
    if standing is Standing.REMOVED:
        return standing
    return Standing.BOTH if by_state is Standing.CHANGED else Standing.DRIFTED


def _standing(changes: Sequence[Change]) -> Standing:
    if all(change.after is None for change in changes):
        return Standing.REMOVED
    acting = {change.action for change in changes if change.action is not Action.NO_OP}
    if not acting:
        return Standing.APPLIED
    if acting <= {Action.CREATE, Action.ADOPT} and all(change.action in {Action.CREATE, Action.ADOPT} for change in changes):
        return Standing.NEW
    return Standing.CHANGED
