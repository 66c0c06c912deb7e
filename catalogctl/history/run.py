"""One run of apply as it is remembered: what it was to do, each request that it sent, and what became of each step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from catalogctl.model.address import Address
from catalogctl.model.commit import Commit
from catalogctl.planning.change import Change
from catalogctl.planning.plan import Revert, Summary

FORMAT: Final = "1.0"
"""Of the records of runs that are written; a reader refuses any other."""


class RunOutcome(StrEnum):
    """How a run ended."""

    RUNNING = "running"
    """It has not ended yet."""
    DONE = "done"
    PARTIAL = "partial"
    """Something failed, was refused or was not started; what was done is recorded."""
    INTERRUPTED = "interrupted"
    """It was stopped, or cut off."""
    FAILED = "failed"
    """It could not record what it did, or lost its lock."""


class Fate(StrEnum):
    """What became of a step, or of a change as a whole."""

    DONE = "done"
    FAILED = "failed"
    UNKNOWN = "unknown"
    """It may have been done or not."""
    NOT_STARTED = "not-started"
    SETTLED = "settled"
    """The object was already as a saved plan would have left it."""
    REFUSED = "refused"
    """The object was not what a saved plan was reviewed on."""


@dataclass(frozen=True, slots=True)
class Begun:
    """What is known of a run before its first step."""

    id: str
    """8 hex digits."""
    environment: str
    started: datetime
    """With its zone."""
    actor: str
    """Who applied it: the CI system's word for it, else user@host."""
    host: str
    command: str
    """As it was typed."""
    job: str
    """Where its log is, as the CI system says; empty outside of one."""
    version: str
    """Of catalogctl."""
    commit: Commit | None
    """`None` where there is no git."""
    digest: str
    """Of the plan: a saved one's as it was reviewed."""
    saved: bool
    """Whether a saved plan was applied."""
    purpose: str
    """Of the plan, by its name: `converge`, `destroy`, `refresh`, `revert`."""
    reverts: Revert | None
    lineage: str
    serial: int
    """Of the state that it began with."""
    accounts: Mapping[str, str]
    """Account → base URL."""
    summary: Summary
    operations: int
    """How many steps it was to take."""
    hold: str
    """The id of the lock that it held."""
    approved: bool = False
    """Whether the plan's digest was named as the one that was approved; records of before this was reported say nothing of it."""


@dataclass(frozen=True, slots=True)
class RunChange:
    """What a run was to do about one address."""

    change: Change
    """Of an update, the attributes that differ and no others."""
    operations: tuple[str, ...]
    """Its steps, by name; empty where only state learns of it."""
    fate: Fate


@dataclass(frozen=True, slots=True)
class RunStep:
    """What became of one step."""

    operation: str
    verb: str
    address: Address
    fate: Fate
    seconds: float | None = None
    """`None` where nothing was sent, or the run was cut off."""
    code: str = ""
    """Of the problem that it failed for."""
    detail: str = ""
    """That problem in words, or which other step is to blame."""
    recovered: bool = False
    """Whether it was found out by a later run."""


@dataclass(frozen=True, slots=True)
class RunCall:
    """One request that was sent."""

    account: str
    method: str
    path: str
    """Template below the account's base URL: ids stay `{id}`."""
    address: Address | None
    operation: str
    attempt: int
    """Counts from 1."""
    status: int | None
    """`None` where no whole answer came."""
    seconds: float


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended."""

    at: datetime
    """Of a run that was cut off: when that was noticed."""
    outcome: RunOutcome
    reason: str = ""
    """Why the command's exit code is what it is: `partial`, `unknown-outcome`, …; empty when all is done."""
    serial: int | None = None
    """Of the state that it stored; `None` where it came to none."""
    cut_off: bool = False


@dataclass(frozen=True, slots=True)
class Heading:
    """A run without its changes and requests: a line of a list."""

    begun: Begun
    steps: Mapping[Fate, int]
    calls: int
    ended: Ended | None

    def outcome(self, holder: str | None) -> RunOutcome:
        """Say how it ended, given the id of the lock that is held now: without an end and without its lock, a run was cut off."""
        if self.ended is not None:
            return self.ended.outcome
        return RunOutcome.RUNNING if self.begun.hold == holder else RunOutcome.INTERRUPTED


@dataclass(frozen=True, slots=True)
class Run:
    """All that is remembered of a run."""

    begun: Begun
    changes: tuple[RunChange, ...]
    """Ordered by address."""
    steps: tuple[RunStep, ...]
    calls: tuple[RunCall, ...]
    recovered: tuple[RunStep, ...]
    """Steps of an earlier run, cut off, whose end this one found out."""
    ended: Ended | None
    digest: str
    """Of what it was to do, before and after: what a plan that reverts it was made from."""

    @property
    def heading(self) -> Heading:
        """The run without its changes and requests."""
        return Heading(self.begun, Counter(step.fate for step in self.steps), len(self.calls), self.ended)


@dataclass(frozen=True, slots=True)
class Fates:
    """What became of the steps of a run, by name: of each the last that is known."""

    steps: Mapping[str, Fate]
    by_address: Mapping[Address, Fate] = field(default_factory=dict)
    """Of what has no step, or was left alone as a whole."""
    noted: bool = False
    """Whether state has learned what it learns without any request."""

    def of(self, address: Address, operations: tuple[str, ...]) -> Fate:
        """Say what became of a change: as good as its worst step."""
        if address in self.by_address:
            return self.by_address[address]
        if not operations:
            return Fate.DONE if self.noted else Fate.UNKNOWN
        found = {self.steps.get(name, Fate.NOT_STARTED) for name in operations}
        return next(fate for fate in (Fate.UNKNOWN, Fate.FAILED, Fate.NOT_STARTED, Fate.DONE, Fate.SETTLED, Fate.REFUSED) if fate in found)
