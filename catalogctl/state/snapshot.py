"""One version of what is remembered, and the draft of the next one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from catalogctl.model.address import Address
from catalogctl.model.resource import Recorded


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All resources of one environment as they were last recorded."""

    lineage: str
    """Born with the first snapshot and never changed: two states of one lineage are versions of each other."""
    serial: int
    """0 before anything was ever recorded, then one more for each snapshot that differs from the one before."""
    resources: Mapping[Address, Recorded] = field(default_factory=dict)

    @classmethod
    def empty(cls, lineage: str) -> Snapshot:
        """Return the snapshot before the first one."""
        return cls(lineage, 0)


class SnapshotDraft:
    """The next snapshot while it is being made: each step costs the same however many resources there are.

    It belongs to one owner, which alone changes it.
    """

    __slots__ = ("_base", "_before", "_resources")

    def __init__(self, base: Snapshot) -> None:
        self._base = base
        self._resources = dict(base.resources)
        # What was there before, of the addresses touched only: it tells a change from a change that was undone.
        self._before: dict[Address, Recorded | None] = {}

    def get(self, address: Address) -> Recorded | None:
        """Look up what is recorded of a resource by now."""
        return self._resources.get(address)

    @property
    def addresses(self) -> Iterable[Address]:
        """All addresses that are recorded by now."""
        return self._resources

    def put(self, recorded: Recorded) -> None:
        """Record a resource, in place of what was recorded of it."""
        address = recorded.address
        self._before.setdefault(address, self._resources.get(address))
        self._resources[address] = recorded

    def drop(self, address: Address) -> None:
        """Forget a resource; one that is not recorded is forgotten already."""
        before = self._resources.pop(address, None)
        self._before.setdefault(address, before)

    @property
    def changed(self) -> bool:
        """Return whether the entries differ from those of the snapshot this began with."""
        return any(self._resources.get(address) != before for address, before in self._before.items())

    def snapshot(self) -> Snapshot:
        """Return the entries as they are now: as the next version if they differ from the last, else as that one itself."""
        return replace(self._base, serial=self._base.serial + 1, resources=dict(self._resources)) if self.changed else self._base
