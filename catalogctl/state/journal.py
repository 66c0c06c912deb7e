"""Each step of an apply, on disk before it is taken and once more when its end is known.

A journal is lines. The first names the state that the rest goes on from; each other one holds what was
made durable together, and stands as a whole or not at all:

    crc32    {"sequence": 0, "header": {lineage, serial, checksum, environment}}
    crc32    {"sequence": 1, "records": [{intent}, {intent}]}
    crc32    {"sequence": 2, "records": [{outcome}]}
    crc32    {"sequence": 3, "records": [{closing}]}      the state that holds all of the above is about to be written

A kill can only cut the last line short, and a power cut can only leave blocks of it unwritten; no one had
been told that line was durable, so it counts as never written. So does the first one, where it is the only
one and what is there of it is how the journal of the state beside it begins. Anything else that is wrong is damage.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, TypeAlias

import orjson

from catalogctl.model.address import Address
from catalogctl.model.diagnostics import UPGRADE, CatalogError, Diagnostic, Refusal, SourceRange, error
from catalogctl.model.resource import Recorded, ResourceType
from catalogctl.model.shape import MisshapenError, misshapen, shown
from catalogctl.model.value import canonical
from catalogctl.state.backend import JournalStore
from catalogctl.state.durable import LARGEST_FOREIGN, LARGEST_OWN
from catalogctl.state.shapes import ClosingModel, HeaderModel, IntentModel, OutcomeModel, StageModel
from catalogctl.state.snapshot import Snapshot, SnapshotDraft
from catalogctl.state.statefile import RESTORE, Entries, StateStamp, Types, entry
from catalogctl.system.file import SizeLimit
from catalogctl.system.gc_pause import keeping_all

VERSION: Final = 1
_ANNOUNCED: Final = frozenset({"create", "update", "delete"})
"""The verbs of steps that are announced by an intent; the others change only what is recorded."""
_LEAVES_A_RESOURCE: Final = frozenset({"create", "update", "adopt", "note", "import"})
_HEXADECIMAL: Final = re.compile(rb"[0-9a-f]*")
_LINE_START: Final = re.compile(rb"[0-9a-f]{8} ")
_LONGEST_FIRST_LINE: Final = 1_000
"""Bytes; it has names of bounded length and three numbers."""


@dataclass(frozen=True, slots=True)
class Intent:
    """A step that is about to be taken: all that is needed to find out later whether it was."""

    operation: str
    """Its name in the plan."""
    verb: str
    address: Address
    type: ResourceType
    base_url: str
    """Of the account it is sent to."""
    key: str
    """The natural key by which what it makes can be found."""
    id: str | None
    """On the store; `None` when the step is to make it."""
    request: str
    """Digest of what is sent."""
    at: datetime
    """When it was announced, in UTC: what the step makes may be missing from answers for a while after that."""
    before: tuple[str, ...] = ()
    """Ids that the object to be made does not have: those there in its place before, and that of the one it replaces."""
    expected: Recorded | None = None
    """What is to be remembered of the resource when the step is done, its id empty where the step makes it; `None` when it is gone then
    and is not to be created again."""


class End(StrEnum):
    """What became of a step."""

    DONE = "done"
    FAILED = "failed"
    """It did not happen."""
    UNKNOWN = "unknown"
    """It may have happened: its intent stays open."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a step, or of an entry that changes without one (adopted, forgotten, moved)."""

    operation: str
    verb: str
    address: Address
    end: End
    recorded: Recorded | None = None
    """What is remembered of the resource from now on when the step is done; `None`: nothing, it is gone."""

    @property
    def settles(self) -> bool:
        """Return whether the end of the step is known by this."""
        return self.end is not End.UNKNOWN


@dataclass(frozen=True, slots=True)
class Stage:
    """How far an upload of several requests has come: what the next run goes on from when this one is cut off."""

    account: str
    upload: str
    """Which one, in the words of the account's provider: what is sent, and where it belongs."""
    token: str
    """What the store knows it by; no secret, and no signed URL."""


Record: TypeAlias = Intent | Outcome | Stage


@dataclass(frozen=True, slots=True)
class Replay:
    """What a journal adds to the state beside it."""

    snapshot: Snapshot
    """The state with these outcomes in it; same serial."""
    outcomes: tuple[Outcome, ...]
    """Those that the state did not hold yet, in the order in which they were recorded."""
    open_intents: tuple[Intent, ...]
    """Announced, and not known to be done or failed; in the order they were announced."""
    stages: tuple[Stage, ...]
    """Of each upload the last."""
    torn: bool
    """Whether the last line was cut short."""
    lines: int
    """How many whole lines there are, the header included; 0 where not even that one is whole, and nothing was recorded."""
    length: int
    """Of these, in bytes."""


def header(data: bytes, environment: str) -> StateStamp | None:
    """Tell which state a journal goes on from; `None` where its first line was cut short.

    Raises:  CatalogError: stale (journal-damaged, journal-too-new, journal-of-another-state).
    """
    lines, _, _ = _lines(data, environment)
    return _header(lines[0], environment) if lines else None


def replay(data: bytes, snapshot: Snapshot, stamp: StateStamp, types: Types, environment: str) -> Replay:
    """Add to a state what its journal knows and it does not.

    Shapes:  `stamp` is that of `snapshot` as it is stored; before the first state, lineage and serial 0 with no checksum.
    Raises:  CatalogError: stale (journal-damaged, journal-of-another-state, state-type-unknown), placed at a line without a file.
    """
    with keeping_all():
        return _replay(data, snapshot, stamp, types, environment)


def _replay(data: bytes, snapshot: Snapshot, stamp: StateStamp, types: Types, environment: str) -> Replay:
    lines, torn, length = _lines(data, environment)
    if not lines:
        if not _begins(data, stamp, environment):
            raise _no_beginning(environment)
        return Replay(snapshot, (), (), (), torn, 0, 0)
    begun = _header(lines[0], environment)
    entries = Entries(types)
    outcomes: list[Outcome] = []
    intents: dict[str, list[Intent]] = {}
    stages: dict[tuple[str, str], Stage] = {}
    # Outcomes count from the point at which the journal names the state at hand: in its header or, when a crash came
    # after that state was written and before the journal was removed, in a closing.
    reached = begun == stamp
    for line_number, line in enumerate(lines[1:], 2):
        try:
            for number, record in enumerate(_records(line)):
                match _read(record, entries, "records", number):
                    case StateStamp() as closing:
                        if replace(closing, lineage=begun.lineage) == stamp:
                            reached = True
                            outcomes.clear()
                    case Intent() as intent:
                        intents.setdefault(intent.operation, []).append(intent)
                    case Outcome() as outcome:
                        _believable(outcome, intents.get(outcome.operation, ()))
                        if outcome.settles:
                            intents.pop(outcome.operation, None)
                            outcomes.append(outcome)
                    case Stage() as stage:
                        stages[stage.account, stage.upload] = stage
        except MisshapenError as problem:
            raise _damaged(environment, f"It holds what no version of catalogctl writes: {problem}.", line_number) from problem
        except CatalogError as problem:
            raise CatalogError(*(_at(one, line_number) for one in problem.diagnostics), refusal=problem.refusal) from problem
    # A journal of another version of the state may be passed over only if nothing is lost with it.
    if begun.lineage != stamp.lineage or (not reached and (outcomes or intents)):
        raise _foreign(environment, begun, stamp)
    merged = replace(entered(snapshot, outcomes), serial=snapshot.serial)
    still_open = tuple(intent for several in intents.values() for intent in several)
    return Replay(merged, tuple(outcomes), still_open, tuple(stages.values()), torn, len(lines), length)


def enter(outcome: Outcome, draft: SnapshotDraft) -> None:
    """Put into a draft what an outcome says of its resource."""
    if outcome.end is not End.DONE:
        return
    if outcome.recorded is None:
        draft.drop(outcome.address)
    else:
        draft.put(outcome.recorded)


def entered(snapshot: Snapshot, outcomes: Iterable[Outcome]) -> Snapshot:
    """Return a snapshot with outcomes in it: as the next version if anything differs by them, else as that one itself."""
    draft = SnapshotDraft(snapshot)
    for outcome in outcomes:
        enter(outcome, draft)
    return draft.snapshot()


class Journal:
    """The journal of an environment that is held, open for what happens next.

    After a failure to write it takes nothing more: what is on the disk is then not certain, and the next run reads it.
    """

    def __init__(self, store: JournalStore, lines: int) -> None:
        self._store = store
        self._lines = lines
        self._broken = False

    @classmethod
    def begin(cls, store: JournalStore, stamp: StateStamp, environment: str, carried: Sequence[Record] = ()) -> Journal:
        """Start one that goes on from a stored state, in place of any there is; what is not over yet is carried over.

        Raises:  CatalogError (journal-not-written).
        """
        first = _first_line(stamp, environment)
        store.begin(first + _line({"sequence": 1, "records": [_stored(one) for one in carried]}) if carried else first)
        return cls(store, 2 if carried else 1)

    @classmethod
    def resume(cls, store: JournalStore, replayed: Replay) -> Journal:
        """Go on with one that an earlier run left."""
        if replayed.torn:
            store.cut(replayed.length)
        return cls(store, replayed.lines)

    def append(self, records: Iterable[Record]) -> None:
        """Make records durable together: one write, one sync. When this returns, they outlast the process and the power.

        Raises:  CatalogError (journal-not-written); ValueError or TypeError, before anything is written, for what could not be read back.
        """
        self._append([_stored(record) for record in records])

    def close(self, stamp: StateStamp) -> None:
        """Say that a state which holds all outcomes so far is about to be stored.

        Raises:  CatalogError (journal-not-written).
        """
        self._append([{"closing": {"serial": stamp.serial, "checksum": stamp.checksum}}])

    def _append(self, records: list[dict[str, object]]) -> None:
        line = _line({"sequence": self._lines, "records": records})
        if self._broken:
            message = "the journal could not be written before; it takes nothing more"
            raise ValueError(message)
        self._broken = True
        self._store.append(line)
        self._broken = False
        self._lines += 1


def _first_line(stamp: StateStamp, environment: str) -> bytes:
    return _line({"sequence": 0, "header": {"version": VERSION, "environment": environment, **asdict(stamp)}})


def _begins(data: bytes, stamp: StateStamp, environment: str) -> bool:
    """Return whether a journal without a whole line is the beginning of the one that goes on from a state."""
    whole = _first_line(stamp, environment)
    data = data.rstrip(b"\n").rstrip(b"\0")
    if stamp.serial:
        return whole.startswith(data)
    # Before the first state its lineage is made up again by each run, and with it the checksum of the line.
    known = whole[8 : whole.index(b'"lineage":"') + len(b'"lineage":"')]
    return _HEXADECIMAL.fullmatch(data[:8]) is not None and (known.startswith(data[8:]) or data[8:].startswith(known))


def _begins_well(beginning: bytes) -> bool:
    """Return whether the first bytes of a file have the whole first line of a journal, as it was written."""
    line, end, _ = beginning.partition(b"\n")
    return bool(end) and _checked(memoryview(line)) is not None


JOURNAL_LIMIT: Final = SizeLimit(LARGEST_FOREIGN, LARGEST_OWN, _begins_well)
"""How large a journal may be: that of an interrupted run on a very large catalog is to be settled, whatever it takes."""


def _line(content: object) -> bytes:
    text = canonical(content)
    return b"%08x %s\n" % (zlib.crc32(text), text)


def _checked(line: memoryview) -> dict[str, Any] | None:
    text = line[9:]
    # Most of what was spoilt does not even begin as a line, and a sum over megabytes of it need not be made.
    if _LINE_START.fullmatch(line[:9]) is None or bytes(line[:9]) != b"%08x " % zlib.crc32(text):
        return None
    try:
        content = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return content if isinstance(content, dict) else None


def _lines(data: bytes, environment: str) -> tuple[list[dict[str, Any]], bool, int]:
    # Gives the whole lines, whether something cut short follows them, and their length in bytes. A line may be as long as the
    # journal (one batch of steps is one line), so that none is copied before it is known to be as it was written.
    lines: list[dict[str, Any]] = []
    length, view = 0, memoryview(data)
    while (end := data.find(b"\n", length)) >= 0:
        number = len(lines)
        content = _checked(view[length:end])
        if content is None:
            # Blocks that a power cut left unwritten read as zeros, and only what was written last can have any.
            if end == len(data) - 1 and data.find(b"\0", length) >= 0:
                break
            raise _damaged(environment, f"Its line {number + 1} was changed.", number + 1)
        if content.get("sequence") != number:
            raise _damaged(environment, f"Its line {number + 1} is not the one that belongs there.", number + 1)
        lines.append(content)
        length = end + 1
    if not lines:
        if len(data) > _LONGEST_FIRST_LINE:
            raise _no_beginning(environment)
        return lines, True, 0
    rest = view[length:]
    if rest and _checked(rest[:-1]) is not None:
        raise _damaged(environment, "Its last byte was changed.", len(lines) + 1)
    return lines, bool(rest), length


def _header(line: dict[str, Any], environment: str) -> StateStamp:
    begun = line.get("header")
    version = begun.get("version") if isinstance(begun, dict) else None
    if type(version) is int and version > VERSION:
        too_new = error(
            "journal-too-new",
            "Journal of a newer catalogctl",
            f"The journal of environment {environment} has format version {version}; this catalogctl knows version {VERSION}.",
            UPGRADE,
        )
        raise CatalogError(_at(too_new, 1), refusal=Refusal.STALE)
    try:
        HeaderModel.check(begun, "header")
    except MisshapenError as problem:
        raise _damaged(environment, f"Its first line does not name the state that it belongs to: {problem}.", 1) from problem
    assert isinstance(begun, dict)
    if begun["environment"] != environment:
        raise _damaged(environment, f"It is the journal of environment {shown(begun['environment'])}.", 1)
    return StateStamp(begun["lineage"], begun["serial"], begun["checksum"])


def _stored(record: Record) -> dict[str, object]:
    if not isinstance(record, Stage) and Address.parse(str(record.address)) != record.address:
        message = f"{record.address} would not be read back as it is"
        raise ValueError(message)
    match record:
        case Intent():
            return {
                "intent": {
                    "operation": record.operation,
                    "verb": record.verb,
                    "address": str(record.address),
                    "provider": record.type.provider,
                    "type": record.type.name,
                    "base_url": record.base_url,
                    "key": record.key,
                    "id": record.id,
                    "request": record.request,
                    "at": record.at.isoformat(),
                    "before": record.before,
                    "expected": None if record.expected is None else entry(record.expected),
                }
            }
        case Stage():
            return {"stage": asdict(record)}
        case Outcome():
            recorded = None if record.recorded is None else entry(record.recorded)
            return {
                "outcome": {
                    "operation": record.operation,
                    "verb": record.verb,
                    "address": str(record.address),
                    "end": record.end.value,
                    "recorded": recorded,
                }
            }


def _records(line: dict[str, Any]) -> list[Any]:
    records = line.get("records")
    if not isinstance(records, list):
        raise misshapen("a list is needed here", "records")
    return records


def _read(record: object, entries: Entries, *at: str | int) -> Record | StateStamp:
    """Read one record; a closing as the stamp of its state, without the lineage.

    Raises:  MisshapenError for what no record is, and CatalogError as `Entries.kind`.
    """
    if not isinstance(record, dict) or len(record) != 1:
        raise misshapen("this is neither an intent, an outcome, a stage nor a closing", *at)
    match record:
        case {"intent": stored}:
            IntentModel.check(stored, *at, "intent")
            return _intent(stored, entries, *at, "intent")
        case {"outcome": stored}:
            OutcomeModel.check(stored, *at, "outcome")
            recorded = _recorded(stored["recorded"], entries, *at, "outcome", "recorded")
            return Outcome(stored["operation"], stored["verb"], Address.parse(stored["address"]), End(stored["end"]), recorded)
        case {"stage": stored}:
            StageModel.check(stored, *at, "stage")
            return Stage(**stored)
        case {"closing": stored}:
            ClosingModel.check(stored, *at, "closing")
            return StateStamp("", stored["serial"], stored["checksum"])
        case _:
            raise misshapen("this is neither an intent, an outcome, a stage nor a closing", *at)


def _intent(stored: dict[str, Any], entries: Entries, *at: str | int) -> Intent:
    intent = Intent(
        stored["operation"],
        stored["verb"],
        Address.parse(stored["address"]),
        entries.kind(stored["provider"], stored["type"], stored["address"]),
        stored["base_url"],
        stored["key"],
        stored["id"],
        stored["request"],
        datetime.fromisoformat(stored["at"]),
        tuple(stored["before"]),
        _recorded(stored["expected"], entries, *at, "expected"),
    )
    wrong = _unbelievable(intent)
    if wrong:
        raise misshapen(wrong, *at)
    return intent


def _unbelievable(intent: Intent) -> str:
    """Return why no run announces such a step; empty where a run may have."""
    expected, address = intent.expected, intent.address
    if not f"{intent.operation} ".startswith(f"{intent.verb} {address} "):
        return f"operation {shown(intent.operation)} does not name its verb and address"
    if address.type != intent.type.name:
        return f"{shown(str(address))} is not an address of type {shown(intent.type.name)}"
    if expected is not None and (expected.address, expected.type, expected.base_url) != (address, intent.type, intent.base_url):
        return "expected is about another resource"
    match intent.verb:
        case "create" if intent.id is not None or expected is None or expected.id:
            return "a create has no id yet, and expects a resource without one"
        case "update" if not intent.id or expected is None or expected.id != intent.id:
            return "an update has an id, and expects the resource to keep it"
        case "delete" if expected is not None and not (expected.half_replaced and expected.id == intent.id):
            return "a delete expects no resource, but for one that is created again"
        case _:
            return ""


def _believable(outcome: Outcome, announced: Sequence[Intent]) -> None:
    """Make sure that a run may have recorded an outcome, given the open intents of its step.

    Raises:  MisshapenError.
    """
    name, recorded = shown(outcome.operation), outcome.recorded
    if outcome.verb in _ANNOUNCED:
        for intent in announced:
            if (intent.verb, intent.address) != (outcome.verb, outcome.address):
                raise misshapen(f"the outcome of {name} is about another step than its intent")
            if recorded is not None and (recorded.type, recorded.base_url) != (intent.type, intent.base_url):
                raise misshapen(f"the outcome of {name} is about another resource than its intent")
        if not announced:
            raise misshapen(f"the outcome of {name} has no intent before it")
    elif outcome.operation != f"{outcome.verb} {outcome.address}":
        raise misshapen(f"operation {name} does not name its verb and address")
    if recorded is not None and recorded.address != outcome.address:
        raise misshapen(f"the outcome of {name} records a resource of another address")
    if recorded is not None and not recorded.id:
        raise misshapen(f"the outcome of {name} records a resource without an id")
    if outcome.end is not End.DONE and (recorded is not None or outcome.verb not in _ANNOUNCED):
        raise misshapen(f"the outcome of {name} records a resource although the step was not done")
    if outcome.end is End.DONE and recorded is None and outcome.verb in _LEAVES_A_RESOURCE:
        raise misshapen(f"the outcome of {name} records no resource although the step was done")


def _recorded(stored: dict[str, Any] | None, entries: Entries, *at: str | int) -> Recorded | None:
    return None if stored is None else entries.read_one(stored, *at)


def _at(problem: Diagnostic, line: int) -> Diagnostic:
    """Place a problem at a line of the journal, whose name its reader knows."""
    return problem if problem.source is not None else replace(problem, source=SourceRange("", line, 1, 1, ""))


def _damaged(environment: str, detail: str, line: int) -> CatalogError:
    problem = error(
        "journal-damaged",
        f"The journal of environment {environment} is damaged",
        f"{detail} It says what an interrupted run did; going on without it could do that a second time, so nothing was done.",
        "Restore the file. If that is not possible, rebuild the state from the stores:\ncatalogctl state rebuild",
    )
    return CatalogError(_at(problem, line), refusal=Refusal.STALE)


def _no_beginning(environment: str) -> CatalogError:
    return _damaged(environment, "Its first line is not how the journal of the state beside it begins.", 1)


def _foreign(environment: str, begun: StateStamp, stamp: StateStamp) -> CatalogError:
    theirs, ours = f"serial {begun.serial} of lineage {begun.lineage}", f"serial {stamp.serial} of lineage {stamp.lineage}"
    problem = error(
        "journal-of-another-state",
        f"The journal of environment {environment} belongs to another state",
        f"It goes on from {theirs}; the state beside it is {ours}. The state was replaced after a run was interrupted, "
        "and what that run did is in the journal only.",
        f"Put back the state that the journal belongs to.\n{RESTORE}",
    )
    return CatalogError(problem, refusal=Refusal.STALE)
