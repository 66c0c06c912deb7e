"""One version of what is remembered, and the draft of the next."""

from catalogctl.state.snapshot import Snapshot, SnapshotDraft
from unit.state.samples import LINEAGE, address, recorded, snapshot


def test_the_snapshot_before_the_first_has_serial_0_and_nothing_in_it() -> None:
    assert Snapshot.empty(LINEAGE) == Snapshot(LINEAGE, 0, {})


def test_a_draft_that_changed_something_gives_the_next_version_and_leaves_the_first_alone() -> None:
    base = snapshot(1, 2)
    draft = SnapshotDraft(base)
    draft.put(recorded(3))
    draft.drop(address(1))
    assert draft.get(address(1)) is None
    assert draft.get(address(3)) == recorded(3)
    assert draft.snapshot() == snapshot(2, 3, serial=2)
    assert base == snapshot(1, 2)


def test_a_change_that_is_undone_is_no_new_version() -> None:
    base = snapshot(1, 2)
    draft = SnapshotDraft(base)
    draft.put(recorded(1, **{"integer-one": 3}))
    draft.drop(address(2))
    assert draft.snapshot().serial == base.serial + 1
    draft.put(recorded(1))
    draft.put(recorded(2))
    draft.put(recorded(9))
    draft.drop(address(9))
    draft.drop(address(8))
    assert not draft.changed
    assert draft.snapshot() is base
