"""An apply's memory: what the state says, what the journal adds, and each step written down as it is taken."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from catalogctl.model.address import Address
from catalogctl.model.diagnostics import CatalogError, Refusal, error
from catalogctl.model.resource import Recorded
from catalogctl.model.shape import naming
from catalogctl.state.backend import Backend, JournalStore, Lock, content_digest
from catalogctl.state.journal import Intent, Journal, Outcome, Record, Replay, Stage, enter, entered, header, replay
from catalogctl.state.snapshot import Snapshot, SnapshotDraft
from catalogctl.state.statefile import RESTORE, StateStamp, Types, decode, encode, stamp


@dataclass(frozen=True, slots=True)
class Recalled:
    """What is remembered of an environment right now."""

    snapshot: Snapshot
    """The stored state with all that an unfinished run did since; its serial is the stored one's."""
    open_intents: tuple[Intent, ...]
    """Steps of an unfinished run whose end is not known."""
    stored: Snapshot
    """The state as it is stored; with serial 0 when none is."""
    stamp: StateStamp
    digest: str | None
    """Of the stored bytes; `None` when there are none."""
    replayed: Replay | None
    """`None` when there is no journal."""
    name: str
    """What messages call the state: a path or an address."""


def recall(backend: Backend, types: Types, lineage: str = "") -> Recalled:
    """Read what is remembered of an environment. Needs no lock, and never sees half of what a run does at the same time.

    Shapes:  `lineage` is for the first state, when there is none yet.
    Raises:  CatalogError: stale for a state or journal that cannot be believed, or for a state that is gone.
    """
    journal = backend.journal()
    environment = backend.environment
    while True:
        # The journal names its state, and a run that ends replaces or removes it: the same first line before and after
        # means that the state read in between is the one that this journal goes on from.
        begun = _begun(journal, journal.read(), environment)
        data = backend.read()
        lines = journal.read()
        if _begun(journal, lines, environment) == begun:
            break
    if data is not None:
        with naming(backend.name):
            stored = decode(data, types, environment)
        _belongs(backend, stored, len(data), types)
        stored_stamp = stamp(data, stored)
    else:
        stored, stored_stamp = _before_the_first(backend, begun, lineage)
    digest = None if data is None else content_digest(data)
    if lines is None:
        return Recalled(stored, (), stored, stored_stamp, digest, None, backend.name)
    with naming(journal.name):
        replayed = replay(lines, stored, stored_stamp, types, environment)
    return Recalled(replayed.snapshot, replayed.open_intents, stored, stored_stamp, digest, replayed, backend.name)


def next_state(recalled: Recalled) -> Snapshot:
    """Return the state as the next run will store it: one serial on if an interrupted run changed anything, else as it is stored."""
    return entered(recalled.stored, recalled.replayed.outcomes if recalled.replayed is not None else ())


def _belongs(backend: Backend, stored: Snapshot, size: int, types: Types) -> None:
    """Make sure that a state is a version of those that are kept: one of another lineage would be gone on from as if it were theirs.

    An earlier version may be put back; what is recorded after that is numbered on from all that are kept.
    Raises:  CatalogError: stale (state-of-another-lineage).
    """
    newest = next(iter(backend.history()), None)
    if newest is None or newest.serial < stored.serial or (newest.serial == stored.serial and newest.size == size):
        return
    try:
        kept = decode(backend.read_history(newest.serial), types, backend.environment)
    except CatalogError:
        return  # one that is damaged, or was just taken away as too old, tells nothing
    if kept.lineage != stored.lineage:
        problem = error(
            "state-of-another-lineage",
            f"The state of environment {backend.environment} is another one's",
            f"{backend.name} has lineage {stored.lineage or '(none)'}, and those that are kept have {kept.lineage or '(none)'}.",
            f"If it is to take their place all the same, put theirs back and push it:\ncatalogctl state push --force FILE\n{RESTORE}",
        )
        raise CatalogError(problem, refusal=Refusal.STALE)


def above_all(backend: Backend, snapshot: Snapshot, present: int = 0) -> Snapshot:
    """Return a state a serial above those of all that are kept and of the present one: one that is kept is never written over."""
    newest = max((present, *(kept.serial for kept in backend.history())))
    return snapshot if snapshot.serial > newest else replace(snapshot, serial=newest + 1)


def _begun(journal: JournalStore, lines: bytes | None, environment: str) -> StateStamp | None:
    with naming(journal.name):
        return None if lines is None else header(lines, environment)


def _before_the_first(backend: Backend, begun: StateStamp | None, lineage: str) -> tuple[Snapshot, StateStamp]:
    if begun is not None and begun.serial == 0:
        lineage = begun.lineage
    elif begun is not None or backend.history():
        raise CatalogError(
            error(
                "state-missing",
                f"The state of environment {backend.environment} is gone",
                f"{backend.name} is not there. There was one: its journal or its earlier snapshots are still there. "
                "Going on without it would create everything a second time.",
                RESTORE,
            ),
            refusal=Refusal.STALE,
        )
    return Snapshot.empty(lineage), StateStamp(lineage, 0, "")


@dataclass(frozen=True, slots=True)
class Held:
    """The state of one environment, held against other runs."""

    backend: Backend
    lock: Lock
    types: Types
    lineage: str
    """For the first state, when there is none yet."""

    def recall(self) -> Recalled:
        """Read what is remembered.

        Raises:  CatalogError as `recall`.
        """
        return recall(self.backend, self.types, self.lineage)


class Ledger:
    """The state of one environment while a run changes it: journalled step by step, stored as a whole at the end.

    It belongs to one owner, which calls it from one place at a time. A run that is killed, or that leaves it without
    `close`, loses nothing: the next one opens it with all that was recorded.
    """

    def __init__(self, held: Held, recalled: Recalled) -> None:
        self._backend = backend = held.backend
        self._lock = held.lock
        self._stamp = recalled.stamp
        self._digest = recalled.digest
        self._draft = SnapshotDraft(recalled.stored)
        self._open: dict[str, list[Intent]] = {}
        self._note_open(recalled.open_intents)
        self._stages: dict[tuple[str, str], Stage] = {}
        self._journal: Journal | None = None
        self._closed = False
        if recalled.replayed is not None:
            store = backend.journal()
            whole = recalled.replayed.lines > 0
            self._journal = Journal.resume(store, recalled.replayed) if whole else Journal.begin(store, self._stamp, backend.environment)
            self._stages = {(stage.account, stage.upload): stage for stage in recalled.replayed.stages}
            for outcome in recalled.replayed.outcomes:
                enter(outcome, self._draft)

    @classmethod
    def open(cls, held: Held) -> Ledger:
        """Begin with what is remembered, the steps of an interrupted run included.

        Raises:  CatalogError as `recall`.
        """
        return cls(held, held.recall())

    @property
    def open_intents(self) -> tuple[Intent, ...]:
        """Steps announced, by this run or an earlier one, whose end is not known."""
        return tuple(intent for several in self._open.values() for intent in several)

    def stage(self, account: str, upload: str) -> str | None:
        """Return how far an upload has come, in this run or in one that was cut off; `None` when it has not begun."""
        stage = self._stages.get((account, upload))
        return None if stage is None else stage.token

    def get(self, address: Address) -> Recorded | None:
        """Look up what is recorded of a resource by now."""
        return self._draft.get(address)

    def id_of(self, address: Address) -> str | None:
        """Return the id of the object that is recorded of an address by now; `None` where there is none, or a replace has deleted it."""
        recorded = self._draft.get(address)
        return None if recorded is None or recorded.half_replaced else recorded.id

    @property
    def addresses(self) -> Iterable[Address]:
        """All addresses that are recorded by now."""
        return self._draft.addresses

    def check(self) -> None:
        """Make sure that the environment still is held: asked right before each write to a store, whatever it waited for.

        Raises:  CatalogError: locked (lock-lost).
        """
        self._lock.verify()

    def commit(self, records: Iterable[Record]) -> None:
        """Make intents and outcomes durable together, all or none, for the price of one sync.

        Raises:  CatalogError: locked (lock-lost), error (journal-not-written); then the ledger takes nothing more.
        """
        assert not self._closed, "a ledger is closed once, at the end"
        records = list(records)
        if not records:
            return
        self._lock.verify()
        try:
            if self._journal is None:
                self._journal = Journal.begin(self._backend.journal(), self._stamp, self._backend.environment)
            self._journal.append(records)
        except CatalogError:
            self._lock.verify()  # whoever was suspended since, and lost it, is told that, and not what became of the file
            raise
        for record in records:
            match record:
                case Intent():
                    self._note_open((record,))
                case Outcome():
                    if record.settles:
                        self._open.pop(record.operation, None)
                    enter(record, self._draft)
                case Stage():
                    self._stages[record.account, record.upload] = record

    def pause(self) -> Snapshot:
        """Store the state as `close` does, and keep for the run that follows how far uploads have come.

        Raises:  CatalogError as `close`.
        """
        return self._end((*self.open_intents, *self._stages.values()))

    def close(self) -> Snapshot:
        """Store the state, one serial on if it differs from what was stored, and end the journal; intents still open are kept.

        Killed at any point, the next run finds either the old state with its journal, or the new one with nothing to add.
        Raises:  CatalogError: locked (lock-lost), stale (state-moved-on), error (state-not-written, journal-not-written).
        """
        return self._end(self.open_intents)

    def _end(self, carried: Sequence[Record]) -> Snapshot:
        assert not self._closed, "a ledger is closed once, at the end"
        self._lock.verify()
        snapshot = self._draft.snapshot()
        if self._draft.changed and self._journal is not None:
            snapshot, data = self._numbered(snapshot)
            self._stamp = stamp(data, snapshot)
            self._journal.close(self._stamp)
            self._backend.write(data, snapshot.serial, self._digest)
        store = self._backend.journal()
        if carried:
            Journal.begin(store, self._stamp, self._backend.environment, carried)
        elif self._journal is not None:
            store.remove()
        self._closed = True
        return snapshot

    def _numbered(self, snapshot: Snapshot) -> tuple[Snapshot, bytes]:
        """Return a state a serial that no other state has which is kept: an earlier one may have been put back by hand."""
        backend = self._backend
        data = encode(snapshot, backend.environment)
        above = above_all(backend, snapshot)
        if above is snapshot or (above.serial == snapshot.serial + 1 and backend.read_history(snapshot.serial) == data):
            return snapshot, data
        return above, encode(above, backend.environment)

    def _note_open(self, intents: Iterable[Intent]) -> None:
        for intent in intents:
            self._open.setdefault(intent.operation, []).append(intent)
