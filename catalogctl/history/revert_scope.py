"""What a revert has to look at, before the stores are read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from catalogctl.history.run import Fate, Run, RunChange
from catalogctl.model.address import Address
from catalogctl.model.asset import Asset
from catalogctl.model.blocks import Move
from catalogctl.model.resource import Recorded
from catalogctl.model.value import Attributes
from catalogctl.planning.action import Action
from catalogctl.planning.catalog import Catalog
from catalogctl.planning.change import Change
from catalogctl.planning.plan import Revert
from catalogctl.planning.scope import Scope

REVERTED_FATES = frozenset({Fate.DONE, Fate.UNKNOWN})


def is_half_replaced(change: Change, recorded: Mapping[Address, Recorded]) -> bool:
    """Return whether a replace deleted an object that has not been created again since."""
    have = recorded.get(change.address)
    return change.action is Action.REPLACE and have is not None and have.half_replaced and have.id == change.id


@dataclass(frozen=True, slots=True)
class ProjectFiles:
    """What there is in the project's folder."""

    catalog: Catalog
    """What the titles say."""
    strays: tuple[Asset, ...] = ()
    """ProjectFiles that no title names and the run took from the stores, as far as they are still there."""

    def assets(self) -> Iterator[Asset]:
        """List them, those that a title names last."""
        yield from self.strays
        for want in self.catalog.resources.values():
            yield from assets_in(want.attributes)


@dataclass(frozen=True, slots=True)
class RevertScope:
    """What there is to want before the stores have been looked at."""

    run: Run
    catalog: Catalog
    """What has to be looked for: all that the run deleted or forgot, and the moves back."""
    files: ProjectFiles
    force: bool
    """Whether also what was changed since is put back."""
    scope: Scope
    """What is to be put back of all that there is."""
    touched: frozenset[Address]
    """What the run changed, and what depends on that."""
    reviewed: bool
    """Whether a saved plan is held against what is wanted now: then what is left as it is has to be wanted so, for that to be seen."""

    half_replaced: frozenset[Address] = frozenset()
    """What the run deleted for a replace, and nothing has created again."""

    def takes_back(self, one: RunChange) -> bool:
        """Return whether there is something of a change to take back: it was made, or it is a replace of which only the delete was."""
        return one.fate in REVERTED_FATES or one.change.address in self.half_replaced

    @property
    def reverts(self) -> Revert:
        """Which run is taken back."""
        begun = self.run.begun
        return Revert(begun.id, begun.started, begun.actor, "" if begun.commit is None else begun.commit.id, self.force)

    @property
    def destroyed(self) -> frozenset[Address]:
        """What the run deleted, to create it again or not: its parts went with it."""
        return frozenset(one.change.address for one in self.run.changes if self.takes_back(one) and one.change.action.destroys)


def move_from(moves: Iterable[Move], source: Address) -> Move | None:
    """Find the move that leaves an address."""
    return next((move for move in moves if move.source == source), None)


def address_before(change: Change) -> Address:
    """Return the address at which a change is taken back: that of before, where it was another one."""
    return change.moved_from or change.address


def dependents_of(touched: set[Address], recorded: Mapping[Address, Recorded], back: Mapping[Address, Address]) -> set[Address]:
    """Find what depends on what is touched, step by step, in state."""
    found: set[Address] = set()
    needing: dict[Address, list[Address]] = {}
    for address, have in recorded.items():
        for needed in have.dependencies:
            needing.setdefault(back.get(needed, needed), []).append(address)
    ahead = list(touched)
    while ahead:
        more = [one for one in needing.get(ahead.pop(), ()) if one not in found and one not in touched]
        found.update(more)
        ahead.extend(more)
    return found


def assets_in(attributes: Attributes) -> Iterator[Asset]:
    """List the assets among some attributes."""
    return (value for value in attributes.values() if isinstance(value, Asset))
