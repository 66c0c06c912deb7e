"""Each step on disk before it is taken, and once more when its end is known."""

import zlib
from dataclasses import replace
from typing import Any

import pytest

from catalogctl.model.address import Address
from catalogctl.model.diagnostics import CatalogError, Refusal
from catalogctl.model.value import canonical
from catalogctl.state.journal import End, Journal, Outcome, Replay, header, replay
from catalogctl.state.snapshot import Snapshot
from catalogctl.state.statefile import StateStamp, encode, entry, stamp
from unit.state.samples import LINEAGE, WHEN, address, content, done, gone, intent, recorded, snapshot, types

NEW = StateStamp(LINEAGE, 0, "")


class Shelf:
    """A journal's bytes in memory."""

    name = "a journal"

    def __init__(self) -> None:
        self.data: bytes | None = None
        self.full = False

    def read(self) -> bytes | None:
        return self.data

    def begin(self, data: bytes) -> None:
        self.data = data

    def append(self, data: bytes) -> None:
        if self.full:
            self.data = self.content + data[: len(data) // 2]
            raise CatalogError
        self.data = self.content + data

    def cut(self, length: int) -> None:
        self.data = self.content[:length]

    def remove(self) -> None:
        self.data = None

    @property
    def content(self) -> bytes:
        assert self.data is not None
        return self.data


def begun(on: StateStamp = NEW) -> tuple[Shelf, Journal]:
    shelf = Shelf()
    return shelf, Journal.begin(shelf, on, "default")


def replayed(shelf: Shelf, on: Snapshot | None = None, at: StateStamp = NEW) -> Replay:
    return replay(shelf.content, on or Snapshot.empty(LINEAGE), at, types, "default")


def refusal(data: bytes, on: Snapshot | None = None, at: StateStamp = NEW) -> CatalogError:
    with pytest.raises(CatalogError) as refused:
        replay(data, on or Snapshot.empty(LINEAGE), at, types, "default")
    return refused.value


def test_outcomes_are_added_to_the_state_they_go_on_from_and_its_serial_stays() -> None:
    base = snapshot(1, 2, serial=4)
    at = stamp(encode(base, "default"), base)
    shelf, journal = begun(at)
    journal.append([intent(3), intent(2, "delete"), intent(1, "update")])
    journal.append([done(3, "create"), gone(2, "delete"), done(1, "update", **{"integer-one": 5})])
    result = replayed(shelf, base, at)
    assert result.snapshot == Snapshot(LINEAGE, 4, {address(1): recorded(1, **{"integer-one": 5}), address(3): recorded(3)})
    assert result.open_intents == ()
    assert result.outcomes == (done(3, "create"), gone(2, "delete"), done(1, "update", **{"integer-one": 5}))


def test_an_intent_is_open_until_its_end_is_known() -> None:
    shelf, journal = begun()
    journal.append([intent(1), intent(2), intent(3), intent(4)])
    journal.append([done(1, "create"), Outcome(intent(2).operation, "create", address(2), End.FAILED)])
    journal.append([Outcome(intent(3).operation, "create", address(3), End.UNKNOWN)])
    result = replayed(shelf)
    assert result.open_intents == (intent(3), intent(4))
    assert set(result.snapshot.resources) == {address(1)}


def test_a_step_announced_twice_has_both_intents_open_and_one_outcome_ends_both() -> None:
    shelf, journal = begun()
    first, second = intent(1), replace(intent(1), request="11" * 32)
    journal.append([first])
    journal.append([second])
    assert replayed(shelf).open_intents == (first, second)
    journal.append([done(1, "create")])
    assert replayed(shelf).open_intents == ()


def test_one_line_may_hold_as_many_steps_as_were_taken_together() -> None:
    shelf, journal = begun()
    journal.append([done(number) for number in range(3_000)])
    assert shelf.content.count(b"\n") == 2
    assert len(replayed(shelf).outcomes) == 3_000


def test_a_line_cut_short_counts_as_never_written_and_the_journal_goes_on_before_it() -> None:
    shelf, journal = begun()
    journal.append([done(1)])
    whole = shelf.content
    journal.append([done(2)])
    shelf.cut(len(shelf.content) - 1)
    result = replayed(shelf)
    assert (result.torn, result.length, set(result.snapshot.resources)) == (True, len(whole), {address(1)})
    Journal.resume(shelf, result).append([done(3)])
    after = replayed(shelf)
    assert (after.torn, set(after.snapshot.resources)) == (False, {address(1), address(3)})


def test_blocks_that_a_power_cut_left_unwritten_count_as_never_written() -> None:
    shelf, journal = begun()
    journal.append([done(1)])
    whole = len(shelf.content)
    journal.append([done(2)])
    line = shelf.content[whole:]
    for lost in (b"\0" * len(line), b"\0" * 100 + line[100:], line[:50] + b"\0" * (len(line) - 50)):
        shelf.data = shelf.content[:whole] + lost
        assert replayed(shelf).torn
        assert set(replayed(shelf).snapshot.resources) == {address(1)}


def test_a_broken_line_that_others_follow_is_damage() -> None:
    shelf, journal = begun()
    journal.append([done(1)])
    journal.append([done(2)])
    problem = refusal(shelf.content.replace(b"id-1", b"\0\0\0\0"))
    assert problem.refusal is Refusal.STALE
    assert problem.diagnostics[0].code == "journal-damaged"
    assert "line 2" in problem.diagnostics[0].detail


def test_a_line_taken_out_put_in_twice_or_moved_is_damage() -> None:
    shelf, journal = begun()
    for number in range(3):
        journal.append([done(number)])
    first, a, b, c = shelf.content.splitlines(keepends=True)
    for lines in ((first, b, c), (first, a, a, b, c), (first, b, a, c), (a, b, c), (first, first, a)):
        assert refusal(b"".join(lines)).diagnostics[0].code == "journal-damaged"


def test_every_byte_changed_is_noticed() -> None:
    shelf, journal = begun()
    journal.append([intent(1)])
    data = shelf.content
    for place in range(len(data)):
        assert refusal(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]).refusal is Refusal.STALE


def test_a_journal_left_after_its_state_was_written_adds_nothing_but_keeps_its_open_intents() -> None:
    shelf, journal = begun()
    journal.append([intent(1), intent(2)])
    journal.append([done(1, "create")])
    after = Snapshot(LINEAGE, 1, {address(1): recorded(1)})
    at = stamp(encode(after, "default"), after)
    journal.close(at)
    assert replayed(shelf).snapshot.resources == after.resources  # that state was not written: all counts
    result = replayed(shelf, after, at)
    assert (result.outcomes, result.open_intents, result.snapshot) == ((), (intent(2),), after)
    journal.append([done(2, "create")])
    assert replayed(shelf, after, at).outcomes == (done(2, "create"),)


def test_a_journal_of_another_version_of_the_state_is_refused_when_something_would_be_lost_with_it() -> None:
    base = snapshot(1, serial=5)
    at = stamp(encode(base, "default"), base)
    for other in (StateStamp(LINEAGE, 4, "00" * 32), StateStamp(LINEAGE, 6, "00" * 32), StateStamp(LINEAGE, 5, "00" * 32)):
        shelf, journal = begun(other)
        assert replayed(shelf, base, at).snapshot == base
        journal.append([intent(2)])
        problem = refusal(shelf.content, base, at)
        assert (problem.refusal, problem.diagnostics[0].code) == (Refusal.STALE, "journal-of-another-state")
        assert f"serial {other.serial}" in problem.diagnostics[0].detail


def test_a_journal_of_another_lineage_is_refused_even_when_it_is_empty() -> None:
    shelf, _ = begun(StateStamp("another", 0, ""))
    assert refusal(shelf.content).diagnostics[0].code == "journal-of-another-state"


def test_a_journal_of_another_environment_is_refused() -> None:
    shelf = Shelf()
    Journal.begin(shelf, NEW, "staging")
    assert '"staging"' in refusal(shelf.content).diagnostics[0].detail


def test_the_first_line_names_the_state() -> None:
    at = stamp(content(1), snapshot(1))
    shelf, _ = begun(at)
    assert header(shelf.content, "default") == at


def test_intents_can_be_carried_over_to_a_new_journal() -> None:
    shelf = Shelf()
    journal = Journal.begin(shelf, NEW, "default", [intent(1), intent(2)])
    journal.append([done(2, "create")])
    assert replayed(shelf).open_intents == (intent(1),)


def test_after_a_failed_write_nothing_more_is_taken_and_what_was_durable_is_read_back() -> None:
    shelf, journal = begun()
    journal.append([done(1)])
    shelf.full = True
    with pytest.raises(CatalogError):
        journal.append([done(2)])
    shelf.full = False
    with pytest.raises(ValueError, match="takes nothing more"):
        journal.append([done(3)])
    assert replayed(shelf).outcomes == (done(1),)


ENTRY = entry(recorded(1))
INTENT: dict[str, Any] = {
    "operation": f"create {address(1)}",
    "verb": "create",
    "address": str(address(1)),
    "provider": "acme",
    "type": "book",
    "base_url": "https://acme.example",
    "key": "key-1",
    "id": None,
    "request": "00" * 32,
    "at": WHEN.isoformat(),
    "before": [],
    "expected": {**ENTRY, "id": ""},
}
OUTCOME: dict[str, Any] = {"operation": f"note {address(1)}", "verb": "note", "address": str(address(1)), "end": "done", "recorded": ENTRY}


def of_lines(*contents: object) -> bytes:
    """Write lines with right checksums, whatever is in them."""
    texts = [canonical(content) for content in contents]
    return b"".join(b"%08x %s\n" % (zlib.crc32(text), text) for text in texts)


def of_records(*records: object) -> bytes:
    header = {"version": 1, "environment": "default", "lineage": LINEAGE, "serial": 0, "checksum": ""}
    return of_lines({"sequence": 0, "header": header}, {"sequence": 1, "records": list(records)})


def test_the_records_that_the_following_test_changes_are_believed() -> None:
    at = StateStamp(LINEAGE, 0, "")
    assert len(replay(of_records({"intent": INTENT}), Snapshot.empty(LINEAGE), at, types, "default").open_intents) == 1
    assert len(replay(of_records({"outcome": OUTCOME}), Snapshot.empty(LINEAGE), at, types, "default").outcomes) == 1


@pytest.mark.parametrize(
    ("record", "told"),
    [
        *(
            ({"intent": {**INTENT, **change}}, told)
            for change, told in (
                ({"verb": "smash"}, "records[0].intent.verb: \"smash\" is unknown; 'create', 'update' or 'delete' is needed here"),
                ({"verb": ["create"]}, "records[0].intent.verb: a list is unknown"),
                ({"operation": 17.5}, "records[0].intent.operation: a text is needed here, and not 17.5"),
                ({"operation": f"delete {address(1)}"}, "does not name its verb and address"),
                ({"operation": f"create {address(1)}23"}, "does not name its verb and address"),
                ({"address": str(address(2))}, "does not name its verb and address"),
                ({"address": "store"}, '"store" is not an address'),
                ({"key": 4}, "records[0].intent.key: a text is needed here, and not 4"),
                ({"id": "7"}, "a create has no id yet"),
                ({"id": ["7"]}, "records[0].intent.id: a text is needed here, and not a list"),
                ({"expected": None}, "a create has no id yet"),
                ({"expected": ENTRY}, "a create has no id yet"),
                ({"expected": {**ENTRY, "id": "", "protect": "no"}}, "records[0].intent.expected.protect: true or false is needed here"),
                ({"expected": {**entry(recorded(2)), "id": ""}}, "expected is about another resource"),
                ({"base_url": "https://other.example"}, "expected is about another resource"),
                ({"request": "x"}, '"x" does not have the right form'),
                ({"at": "2026-11-22T06:04:05"}, "is not a date and time with a time zone"),
                ({"at": 5}, "records[0].intent.at: a text is needed here, and not 5"),
                ({"before": [1]}, "records[0].intent.before[0]: a text is needed here, and not 1"),
                ({"more": 1}, "records[0].intent.more: this member is unknown"),
                (
                    {"verb": "update", "operation": f"update {address(1)}", "id": "8", "expected": ENTRY},
                    "an update has an id, and expects the resource to keep it",
                ),
                (
                    {"verb": "delete", "operation": f"delete {address(1)}", "id": "8"},
                    "a delete expects no resource, but for one that is created again",
                ),
            )
        ),
        *(
            ({"outcome": {**OUTCOME, **change}}, told)
            for change, told in (
                ({"verb": "create", "operation": f"create {address(1)}"}, "has no intent before it"),
                ({"verb": "explode"}, "records[0].outcome.verb"),
                ({"end": "perhaps"}, '"perhaps" is unknown'),
                ({"end": "failed"}, "although the step was not done"),
                ({"recorded": None}, "records no resource although the step was done"),
                ({"recorded": entry(recorded(2))}, "a resource of another address"),
                ({"recorded": {**ENTRY, "id": ""}}, "a resource without an id"),
                ({"recorded": []}, "records[0].outcome.recorded: an object is needed here, and not a list"),
                ({"operation": "note"}, "does not name its verb and address"),
            )
        ),
        ({"stage": {"account": "store", "upload": "a", "token": 1}}, "records[0].stage.token: a text"),
        ({"stage": {"account": "store", "upload": "a"}}, "records[0].stage.token: this member is missing"),
        ({"closing": {"serial": True, "checksum": "00" * 32}}, "records[0].closing.serial: a whole number is needed here, and not true"),
        ({"closing": {"serial": 1, "checksum": []}}, "records[0].closing.checksum: a text"),
        ({"wish": {}}, "records[0]: this is neither"),
        ({"intent": INTENT, "outcome": OUTCOME}, "records[0]: this is neither"),
        ([], "records[0]: this is neither"),
    ],
)
def test_a_record_of_another_shape_is_damage_that_names_its_line_and_place(record: object, told: str) -> None:
    problem = refusal(of_records(record))
    [diagnostic] = problem.diagnostics
    assert (problem.refusal, diagnostic.code) == (Refusal.STALE, "journal-damaged")
    assert told in diagnostic.detail
    assert diagnostic.source is not None
    assert diagnostic.source.line == 2


def test_an_outcome_must_be_about_the_step_that_its_intent_announced() -> None:
    outcome = {**OUTCOME, "verb": "create", "operation": f"create {address(1)}"}
    assert "has no intent" in refusal(of_records({"outcome": outcome}, {"intent": INTENT})).diagnostics[0].detail
    elsewhere = {**ENTRY, "account": {"name": "store", "base_url": "https://other.example"}}
    told = refusal(of_records({"intent": INTENT}, {"outcome": {**outcome, "recorded": elsewhere}})).diagnostics[0].detail
    assert "is about another resource than its intent" in told
    other = {**outcome, "address": str(address(2)), "recorded": entry(recorded(2))}
    assert "is about another step than its intent" in refusal(of_records({"intent": INTENT}, {"outcome": other})).diagnostics[0].detail


@pytest.mark.parametrize("header", [None, [], {}, {"version": 1}, {"version": True}, {"version": "1"}, {"version": 1.0}])
def test_a_first_line_of_another_shape_is_damage(header: object) -> None:
    problem = refusal(of_lines({"sequence": 0, "header": header}))
    assert (problem.refusal, problem.diagnostics[0].code) == (Refusal.STALE, "journal-damaged")


def test_an_address_that_would_not_be_read_back_is_refused_before_anything_is_written() -> None:
    shelf, journal = begun()
    before = shelf.content
    with pytest.raises(ValueError, match="no address"):
        journal.append([replace(intent(1), address=Address("store", "book", "a", "epub", "with space"))])
    with pytest.raises(ValueError, match="not be read back"):
        journal.append([replace(intent(1), address=Address("store", "book", "a", "epub/x", ""))])
    assert shelf.content == before


def test_a_type_that_no_provider_knows_is_named() -> None:
    shelf, journal = begun()
    journal.append([intent(1)])
    with pytest.raises(CatalogError) as refused:
        replay(shelf.content, Snapshot.empty(LINEAGE), NEW, lambda _provider, _name: None, "default")
    assert refused.value.diagnostics[0].address == str(address(1))
