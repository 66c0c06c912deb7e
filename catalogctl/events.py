"""What happens while it happens. The engine tells; views listen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from catalogctl.model.address import Address
from catalogctl.model.diagnostics import Diagnostic
from catalogctl.model.link import Links
from catalogctl.planning.plan import Plan


@dataclass(frozen=True, slots=True)
class AssetRead:
    """A part of a large local file has been read, to know it by its digest; the last such event of a file has `read` equal to `size`."""

    path: str
    read: int
    """Bytes so far."""
    size: int


@dataclass(frozen=True, slots=True)
class LoadFinished:
    """The files have been read."""

    titles: int
    files: int
    reused: int
    """Files whose parse was remembered from an earlier run."""


@dataclass(frozen=True, slots=True)
class RefreshProgressed:
    """Some of an account's objects have been read."""

    account: str
    done: int
    total: int
    """In pages or objects, whichever the account is read by."""


@dataclass(frozen=True, slots=True)
class RefreshFinished:
    """An account has been read."""

    account: str
    requests: int


@dataclass(frozen=True, slots=True)
class Recovered:
    """What an interrupted run left open has been settled."""

    done: int
    """Steps that had been taken: state knows it now."""
    free: int
    """Steps that had not: the plan decides again."""
    open: int
    """Steps whose stores could not be asked, or whose object may still show itself."""


@dataclass(frozen=True, slots=True)
class PlanMade:
    """It is known what would change."""

    plan: Plan = field(repr=False)
    """Whoever writes it down must take the signatures of URLs out of it, as the plan's own forms do."""


@dataclass(frozen=True, slots=True)
class ObjectSettled:
    """An object is already as a saved plan would leave it: nothing is sent to it."""

    action: str
    """What was planned."""
    address: Address


@dataclass(frozen=True, slots=True)
class ObjectRefused:
    """An object is not what a saved plan was reviewed on: it is left alone."""

    action: str
    """What was planned."""
    address: Address
    diagnostic: Diagnostic


@dataclass(frozen=True, slots=True)
class OperationWithheld:
    """A step of a saved plan is not tried, because it needs an object that is refused, is part of it or would take it along."""

    name: str
    verb: str
    address: Address
    because: str
    """What was refused: the action and the address."""


@dataclass(frozen=True, slots=True)
class ApplyStarted:
    """The first step is about to be taken."""

    operations: int
    accounts: Mapping[str, int]
    """How many of them are on each account."""


@dataclass(frozen=True, slots=True)
class OperationStarted:
    """A step is announced in the journal and sent."""

    name: str
    verb: str
    address: Address


@dataclass(frozen=True, slots=True)
class OperationProgressed:
    """A step is still under way; reported again and again as long as it is."""

    name: str
    verb: str
    address: Address
    seconds: float
    """Since it was sent."""


@dataclass(frozen=True, slots=True)
class OperationFinished:
    """A step has been taken and recorded."""

    name: str
    verb: str
    address: Address
    id: str
    seconds: float
    links: Links = field(default_factory=dict)
    """Where it can be seen now, all on the store itself; empty where the store gives no such address, and of what is deleted."""


@dataclass(frozen=True, slots=True)
class OperationFailed:
    """A step was refused or its end is not known."""

    name: str
    verb: str
    address: Address
    diagnostic: Diagnostic
    unknown: bool
    """Whether it may have happened all the same."""


@dataclass(frozen=True, slots=True)
class OperationSkipped:
    """A step was not tried because one it needs did not succeed, or because the run was stopped."""

    name: str
    verb: str
    address: Address
    because: str
    """The operation that failed; empty when the run was stopped."""
    given_up: bool = False
    """Whether it does not need that one: nothing more is sent to the account after it."""


@dataclass(frozen=True, slots=True)
class ApplyFinished:
    """The last step has been taken, or nothing more is."""

    done: int
    failed: int
    skipped: int
    refused: int
    """Objects that are not what a saved plan was reviewed on."""
    serial: int
    """Of the state that was written."""


@dataclass(frozen=True, slots=True)
class CallStarted:
    """A request is being sent; of one that is tried again each attempt is reported."""

    account: str
    number: int
    """Among the calls on this account."""
    method: str
    path: str
    """Template: ids stay `{id}`."""
    address: Address | None
    """What it is about; `None` for a request about many objects."""


@dataclass(frozen=True, slots=True)
class CallFinished:
    """The answer to a request is in, or no one waits for it any more."""

    account: str
    number: int


@dataclass(frozen=True, slots=True)
class Waited:
    """Nothing is sent to a store for some time: it asked for patience, or the account's rate is used up."""

    account: str
    seconds: float
    """That the wait is going to take."""
    why: str


@dataclass(frozen=True, slots=True)
class AssetPublished:
    """A local file has been put where stores can fetch it."""

    path: str
    size: int
    reused: bool
    """It was there already."""


@dataclass(frozen=True, slots=True)
class AssetSent:
    """A part of a local file is on its way; the last such event of a file has `sent` equal to `size`."""

    account: str
    """Whose store it is sent to; empty on its way to where all stores can fetch it."""
    path: str
    sent: int
    """Bytes so far."""
    size: int


@dataclass(frozen=True, slots=True)
class AssetCutOff:
    """A local file is no longer on its way, although not all of it was sent: it may be sent again."""

    account: str
    path: str
    sent: int
    """Bytes so far."""
    size: int


Event: TypeAlias = (
    AssetRead
    | LoadFinished
    | RefreshProgressed
    | RefreshFinished
    | Recovered
    | PlanMade
    | ObjectSettled
    | ObjectRefused
    | OperationWithheld
    | ApplyStarted
    | ApplyFinished
    | OperationStarted
    | OperationProgressed
    | OperationFinished
    | OperationFailed
    | OperationSkipped
    | CallStarted
    | CallFinished
    | Waited
    | AssetPublished
    | AssetSent
    | AssetCutOff
)

Listener: TypeAlias = Callable[[Event], None]
