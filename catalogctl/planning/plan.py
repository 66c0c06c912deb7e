"""A plan: everything that will happen, and what it was made from. Shown, saved and executed as it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import Enum

from catalogctl.model.address import Address
from catalogctl.model.diagnostics import Diagnostic
from catalogctl.planning.action import Action
from catalogctl.planning.change import Change, Drift
from catalogctl.planning.order import OperationGraph
from catalogctl.planning.scope import Purpose


class Refresh(Enum):
    """Where a plan takes the stores' present contents from."""

    STORES = "they are asked"
    STATE = "state's word is taken for it"


@dataclass(frozen=True, slots=True)
class PlannedRequest:
    """One HTTP request that apply will make."""

    method: str
    path: str
    """Template below the account's base URL: ids stay `{id}`."""
    address: Address
    operation: str
    """The name of the operation it belongs to."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What apply will cost."""

    requests: int
    seconds: float
    """From each account's concurrency, rate and usual latency; accounts run side by side."""


@dataclass(frozen=True, slots=True)
class Base:
    """What a plan was made from; it is refused where this is no longer so."""

    environment: str
    lineage: str
    """Empty when there was no state yet."""
    serial: int
    configuration: str
    """Digest of all files and the project file."""
    accounts: Mapping[str, str] = field(default_factory=dict)
    """Account → base URL."""
    documents: Mapping[str, str] = field(default_factory=dict)
    """Digest of each thing said in the files that has a say in what the plan does: `FILE#TITLE`, `FILE#defaults`, `FILE#blocks`, and the
    project file. What is said of other titles is not in it."""


@dataclass(frozen=True, slots=True)
class Summary:
    """How many addresses meet with which action."""

    create: int = 0
    update: int = 0
    replace: int = 0
    delete: int = 0
    adopt: int = 0
    forget: int = 0
    no_op: int = 0

    @classmethod
    def of(cls, changes: tuple[Change, ...]) -> Summary:
        """Count."""
        counts = Counter(change.action for change in changes)
        return cls(**{action.name.lower(): counts[action] for action in Action})


@dataclass(frozen=True, slots=True)
class Revert:
    """Which run a plan takes back."""

    run: str
    """Its id."""
    started: datetime
    actor: str
    commit: str
    """That was applied by it; empty where that is not known."""
    force: bool
    """Whether also what was changed since is put back."""
    impossible: int = 0
    """How many objects cannot be put back, or not as they were."""
    left: int = 0
    """How many are left as they are, since they were changed since."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What apply will do."""

    changes: tuple[Change, ...]
    """Ordered by address; those that change nothing included."""
    graph: OperationGraph
    drift: tuple[Drift, ...]
    base: Base
    requests: tuple[PlannedRequest, ...]
    estimate: Estimate
    reads: int
    """How many requests it took to make this plan."""
    diagnostics: tuple[Diagnostic, ...] = ()
    titles: Mapping[str, str] = field(default_factory=dict)
    """Title id → its name, for people."""
    purpose: Purpose = Purpose.CONVERGE
    refresh: Refresh = Refresh.STORES
    """Whether the fingerprints of its changes are those of what the stores reported."""
    reverts: Revert | None = None
    """Where its purpose is to take a run back."""
    steep: Mapping[str, Decimal] = field(default_factory=dict, compare=False)
    """Account → percent from which on the rise of a price is a risk there, as `assess` takes it. For eyes only, and not saved."""

    @property
    def command(self) -> str:
        """What creates such a plan again, after `catalogctl`: of its options those that decide what it is for."""
        if self.reverts is not None:
            return f"revert {self.reverts.run}{' --force' if self.reverts.force else ''}"
        return {Purpose.DESTROY: "plan --destroy", Purpose.REFRESH: "plan --refresh-only"}.get(self.purpose, "plan")

    @property
    def summary(self) -> Summary:
        """How many addresses meet with which action."""
        return Summary.of(self.changes)

    def done(self, finished: Mapping[Address, int], *, noted: bool) -> dict[Address, Action]:
        """Say what was done of this plan in the plan's own words, so that its counts are those of the plan where all of it was.

        Shapes:  `finished` counts the steps that were taken of each address; `noted`: state has learned what it learns without any.
        """
        steps = Counter(operation.address for operation in self.graph.operations)
        changing = [change for change in self.changes if change.action.changes_anything]
        return {
            change.address: change.action
            for change in changing
            if (finished.get(change.address, 0) >= steps[change.address] if steps[change.address] else noted)
        }

    @property
    def is_empty(self) -> bool:
        """Return whether apply would send nothing, and adopt and forget nothing. Notes of state that are out of date do not count."""
        return not any(change.action.changes_anything for change in self.changes)

    @property
    def held_back(self) -> int:
        """How many objects are declared and not created, since a list that never adds up may hide them."""
        return sum(item.code == "create-held-back" for item in self.diagnostics)

    @property
    def puts_all_back(self) -> bool:
        """Return whether a plan that takes a run back has found everything as it was before it."""
        left = self.reverts is not None and (self.reverts.impossible or self.reverts.left)
        return self.is_empty and not left and not any(change.moved_from for change in self.changes)
