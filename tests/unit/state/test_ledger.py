"""An apply's memory: journalled step by step, stored as a whole at the end."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from catalogctl.model.diagnostics import CatalogError, Refusal
from catalogctl.state.backend import content_digest
from catalogctl.state.journal import End, Outcome, Stage
from catalogctl.state.ledger import Held, Ledger, recall
from catalogctl.state.local import LocalBackend, LocalJournal
from catalogctl.state.snapshot import Snapshot
from catalogctl.state.statefile import encode
from unit.state.samples import LINEAGE, address, backend, content, done, gone, intent, lock, recorded, snapshot, types


class Stopped(Exception):
    """The process is no more."""


@contextmanager
def opened(place: LocalBackend, lineage: str = LINEAGE) -> Iterator[Ledger]:
    with lock(place) as held:
        yield Ledger.open(Held(place, held, types, lineage))


def remembered(place: LocalBackend) -> Snapshot:
    return recall(place, types, "unused").snapshot


def test_a_first_run_makes_the_first_state_under_the_lineage_given(tmp_path: Path) -> None:
    place = backend(tmp_path)
    with opened(place) as ledger:
        ledger.commit([intent(1)])
        ledger.commit([done(1, "create")])
        assert ledger.get(address(1)) == recorded(1)
        assert ledger.close() == snapshot(1)
    assert place.read() == content(1)
    assert place.journal().read() is None
    assert remembered(place) == snapshot(1)


def test_a_run_that_records_nothing_writes_nothing(tmp_path: Path) -> None:
    place = backend(tmp_path)
    with opened(place) as ledger:
        ledger.commit([])
        assert ledger.close() == Snapshot.empty(LINEAGE)
    assert place.read() is None
    assert place.journal().read() is None


def test_a_state_that_ends_as_it_was_keeps_its_serial_and_its_bytes(tmp_path: Path) -> None:
    place = backend(tmp_path)
    place.write(content(1, serial=4), 4, None)
    with opened(place) as ledger:
        ledger.commit([done(2), done(1)])
        ledger.commit([gone(2)])
        assert ledger.close() == snapshot(1, serial=4)
    assert place.read() == content(1, serial=4)
    assert place.journal().read() is None


def test_intents_and_outcomes_are_seen_by_others_as_soon_as_they_are_durable(tmp_path: Path) -> None:
    place = backend(tmp_path)
    with opened(place) as ledger:
        ledger.commit([intent(1), intent(2)])
        ledger.commit([done(1, "create"), intent(3)])
        now = recall(place, types, "unused")
        assert now.snapshot == snapshot(1, serial=0)
        assert now.open_intents == ledger.open_intents == (intent(2), intent(3))


def test_a_run_that_was_killed_is_gone_on_with_by_the_next(tmp_path: Path) -> None:
    place = backend(tmp_path)
    with opened(place) as ledger:
        ledger.commit([intent(1), intent(2)])
        ledger.commit([done(1, "create")])
    with opened(place, "another-lineage") as ledger:
        assert ledger.open_intents == (intent(2),)
        assert ledger.get(address(1)) == recorded(1)
        ledger.commit([done(2, "create")])
        assert ledger.close() == snapshot(1, 2)
    assert remembered(place) == snapshot(1, 2)


def test_steps_whose_end_is_not_known_outlast_the_close(tmp_path: Path) -> None:
    place = backend(tmp_path)
    with opened(place) as ledger:
        ledger.commit([intent(1), intent(2)])
        ledger.commit([done(1, "create"), Outcome(intent(2).operation, "create", address(2), End.UNKNOWN)])
        ledger.close()
    assert json.loads(place.read() or b"")["serial"] == 1
    with opened(place) as ledger:
        assert ledger.open_intents == (intent(2),)
        ledger.commit([Outcome(intent(2).operation, "create", address(2), End.FAILED)])
        assert ledger.close().serial == 1
    assert place.journal().read() is None


@pytest.mark.parametrize("still_open", [False, True])
@pytest.mark.parametrize("point", ["before the state", "after the state", "before the journal ends"])
def test_a_close_that_is_killed_at_any_point_has_happened_or_happens_next_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, point: str, still_open: bool
) -> None:
    place = backend(tmp_path)
    place.write(content(1, serial=3), 3, None)
    write = LocalBackend.write

    def stop(*_: object, **__: object) -> None:
        raise Stopped

    def write_and_stop(self: LocalBackend, data: bytes, serial: int, after: str | None) -> None:
        write(self, data, serial, after)
        raise Stopped

    with opened(place) as ledger, monkeypatch.context() as patched:
        ledger.commit([intent(1, "delete"), intent(2), *([intent(3)] if still_open else [])])
        ledger.commit([gone(1, "delete"), done(2, "create")])
        match point:
            case "before the state":
                patched.setattr(LocalBackend, "write", stop)
            case "after the state":
                patched.setattr(LocalBackend, "write", write_and_stop)
            case _:
                patched.setattr(LocalJournal, "remove", stop)
                patched.setattr(LocalJournal, "begin", stop)
        with pytest.raises(Stopped):
            ledger.close()
    assert remembered(place).resources == snapshot(2).resources
    with opened(place) as ledger:
        assert ledger.open_intents == ((intent(3),) if still_open else ())
        assert ledger.close() == snapshot(2, serial=4)
    assert place.read() == content(2, serial=4)
    assert (place.journal().read() is None) is not still_open


def test_what_is_recorded_after_a_close_that_failed_late_is_not_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = backend(tmp_path)

    def stop(*_: object) -> None:
        raise Stopped

    with opened(place) as ledger:
        ledger.commit([done(1)])
        with monkeypatch.context() as patched:
            patched.setattr(LocalJournal, "remove", stop)
            with pytest.raises(Stopped):
                ledger.close()
    with opened(place) as ledger:
        ledger.commit([done(2)])
    with opened(place) as ledger:
        assert ledger.close() == snapshot(1, 2, serial=2)


def test_a_state_replaced_during_a_run_is_not_written_over(tmp_path: Path) -> None:
    place = backend(tmp_path)
    first = content(1, serial=1)
    place.write(first, 1, None)
    with opened(place) as ledger:
        ledger.commit([done(2)])
        place.write(content(7, serial=2), 2, content_digest(first))
        with pytest.raises(CatalogError) as refused:
            ledger.close()
    assert refused.value.diagnostics[0].code == "state-moved-on"
    assert place.read() == content(7, serial=2)
    with pytest.raises(CatalogError) as stale:
        remembered(place)
    assert (stale.value.refusal, stale.value.diagnostics[0].code) == (Refusal.STALE, "journal-of-another-state")


def test_a_run_that_lost_its_lock_writes_nothing_more(tmp_path: Path) -> None:
    place = backend(tmp_path)
    with opened(place) as ledger:
        ledger.commit([intent(1)])
        before = place.journal().read()
        (tmp_path / "state" / "default.lock").unlink()
        for write in (lambda: ledger.commit([done(1, "create")]), ledger.close):
            with pytest.raises(CatalogError) as refused:
                write()
            assert refused.value.refusal is Refusal.LOCKED
    assert place.journal().read() == before
    assert place.read() is None


def test_a_run_that_lost_its_lock_and_its_journal_right_before_it_writes_is_told_of_the_lock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = backend(tmp_path)
    with opened(place) as ledger:
        ledger.commit([intent(1)])
        append = LocalJournal.append

        def suspended(journal: LocalJournal, data: bytes) -> None:
            (tmp_path / "state" / "default.lock").unlink()
            (tmp_path / "state" / "default.journal").unlink()
            append(journal, data)

        monkeypatch.setattr(LocalJournal, "append", suspended)
        with pytest.raises(CatalogError) as refused:
            ledger.commit([done(1)])
        assert refused.value.refusal is Refusal.LOCKED


@pytest.mark.parametrize("journal", [False, True])
def test_a_state_that_is_gone_while_its_history_or_journal_is_there_is_not_taken_for_none(tmp_path: Path, journal: bool) -> None:
    place = backend(tmp_path)
    place.write(content(1), 1, None)
    if journal:
        with opened(place) as ledger:
            ledger.commit([intent(2)])
    (tmp_path / "state" / "default.json").unlink()
    with pytest.raises(CatalogError) as refused:
        remembered(place)
    assert (refused.value.refusal, refused.value.diagnostics[0].code) == (Refusal.STALE, "state-missing")


def test_a_first_state_that_was_kept_but_not_yet_put_in_place_is_made_from_its_journal(tmp_path: Path) -> None:
    place = backend(tmp_path)
    with opened(place) as ledger:
        ledger.commit([done(1)])
    (tmp_path / "state" / "history").mkdir()
    (tmp_path / "state" / "history" / "default.000001.json").write_bytes(content(1))
    with opened(place) as ledger:
        assert ledger.close() == snapshot(1)


def test_a_reader_never_mixes_the_state_of_before_with_the_journal_of_after(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run ends, and another begins, between a reader's look at the state and its look at the journal."""
    place = backend(tmp_path)
    place.write(content(1, serial=1), 1, None)
    read = LocalBackend.read
    meanwhile = [True]

    def read_slowly(self: LocalBackend) -> bytes | None:
        seen = read(self)
        if meanwhile:
            meanwhile.clear()
            with opened(place) as ledger:
                ledger.commit([done(2)])
                ledger.close()
            with opened(place) as ledger:
                ledger.commit([done(3)])
        return seen

    monkeypatch.setattr(LocalBackend, "read", read_slowly)
    assert remembered(place) == snapshot(1, 2, 3, serial=2)


def test_how_far_an_upload_has_come_outlasts_a_kill_and_the_settling_after_it_and_ends_with_the_run(tmp_path: Path) -> None:
    place = backend(tmp_path)
    with opened(place) as ledger:
        ledger.commit([intent(1), Stage("store", "a.mp3", "first"), Stage("other", "a.mp3", "theirs"), Stage("store", "a.mp3", "second")])
    with opened(place) as ledger:
        assert (ledger.stage("store", "a.mp3"), ledger.stage("other", "a.mp3"), ledger.stage("store", "b")) == ("second", "theirs", None)
        ledger.commit([done(1, "create")])
        assert ledger.pause() == snapshot(1)
    with opened(place) as ledger:
        assert ledger.stage("store", "a.mp3") == "second"
        assert ledger.open_intents == ()
        ledger.close()
    assert place.journal().read() is None
    with opened(place) as ledger:
        assert ledger.stage("store", "a.mp3") is None


def test_a_state_of_another_lineage_than_those_that_are_kept_is_refused(tmp_path: Path) -> None:
    place = backend(tmp_path)
    place.write(content(1, serial=3), 3, None)
    (tmp_path / "state/default.json").write_bytes(content(1, serial=2).replace(LINEAGE.encode(), b"another1"))
    with pytest.raises(CatalogError):
        remembered(place)
    foreign = encode(Snapshot("another", 2, snapshot(1).resources), "default")
    (tmp_path / "state/default.json").write_bytes(foreign)
    with pytest.raises(CatalogError) as refused:
        remembered(place)
    assert (refused.value.refusal, refused.value.diagnostics[0].code) == (Refusal.STALE, "state-of-another-lineage")


def test_after_an_earlier_state_was_put_back_nothing_that_is_kept_is_written_over(tmp_path: Path) -> None:
    place = backend(tmp_path)
    place.write(content(1, serial=2), 2, None)
    place.write(content(1, 2, serial=3), 3, content_digest(content(1, serial=2)))
    (tmp_path / "state/default.json").write_bytes(content(1, serial=2))
    with opened(place) as ledger:
        ledger.commit([done(4)])
        assert ledger.close().serial == 4
    assert place.read_history(3) == content(1, 2, serial=3)
    assert remembered(place) == snapshot(1, 4, serial=4)
