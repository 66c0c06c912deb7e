"""State and journal over generated content, at every cut and every flip, and under kill -9."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogctl.model.address import Address
from catalogctl.model.asset import Asset
from catalogctl.model.diagnostics import CatalogError, Refusal
from catalogctl.model.resource import Kind, Recorded, Shape
from catalogctl.model.value import Value
from catalogctl.state.backend import LockInfo
from catalogctl.state.journal import End, Journal, Outcome, replay
from catalogctl.state.ledger import Held, Ledger, recall
from catalogctl.state.local import LocalBackend
from catalogctl.state.snapshot import Snapshot
from catalogctl.state.statefile import StateStamp, decode, encode
from catalogctl.system.safe_folder import SafeFolder
from unit.state.endless import counted, step
from unit.state.samples import BOOK, LINEAGE, address, content, done, gone, intent, recorded, snapshot, types

NEW = StateStamp(LINEAGE, 0, "")

SCALARS: Mapping[Kind, st.SearchStrategy[Value]] = {
    Kind.TEXT: st.text(),
    Kind.LONG_TEXT: st.text(),
    Kind.JSON: st.text(),
    Kind.INTEGER: st.integers(-(2**63), 2**63 - 1),
    Kind.BOOLEAN: st.booleans(),
    # + 0: there is no negative zero in money
    Kind.MONEY: st.decimals(-(10**12), 10**12, allow_nan=False, places=4).map(lambda amount: amount + 0),
    Kind.DATE: st.dates(),
    Kind.DATETIME: st.datetimes() | st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(minutes=330))])),
    Kind.ASSET: st.binary(min_size=32, max_size=32).map(lambda sha: Asset("a.epub", sha256=sha.hex(), size=9))
    | st.sampled_from([Asset("https://cdn.example/a?id=1"), Asset("https://cdn.example/a?sig=secret"), Asset("assets/a.epub")]),
}


def values(kind: Kind, shape: Shape) -> st.SearchStrategy[Value]:
    one = SCALARS[kind]
    match shape:
        case Shape.ONE:
            return st.none() | one
        case Shape.LIST | Shape.SET:
            return st.lists(one, max_size=4).map(tuple)  # type: ignore[arg-type]
        case Shape.MAP:
            return st.dictionaries(st.text(), one, max_size=3)  # type: ignore[arg-type]


attributes = st.fixed_dictionaries({}, optional={name: values(one.kind, one.shape) for name, one in BOOK.attributes.items()})
words = st.text(st.characters(categories=["L", "N"], include_characters="-_"), min_size=1, max_size=5)
addresses = st.builds(Address, words, st.just("book"), words, words, st.just("") | words)
resources = st.builds(
    Recorded,
    addresses,
    st.just(BOOK),
    st.text(),
    st.text(min_size=1),
    st.text(),
    attributes,
    attributes,
    st.lists(addresses, max_size=2).map(tuple),
    st.booleans(),
    st.just(()),
    st.booleans(),
)
snapshots = st.builds(
    Snapshot,
    st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", fullmatch=True),
    st.integers(0, 10**6),
    st.lists(resources, max_size=4).map(lambda several: {one.address: one for one in several}),
)


@given(snapshots)
def test_what_is_encoded_is_decoded_as_it_was(whole: Snapshot) -> None:
    data = encode(whole, "default")
    assert decode(data, types, "default") == whole
    assert encode(decode(data, types, "default"), "default") == data


@given(snapshots, st.randoms(use_true_random=False))
def test_equal_states_are_equal_bytes(whole: Snapshot, chance: random.Random) -> None:
    def shuffled(one: Mapping[str, Value]) -> dict[str, Value]:
        return dict(chance.sample(list(one.items()), len(one)))

    entries = [replace(one, attributes=shuffled(one.attributes), observed=shuffled(one.observed)) for one in whole.resources.values()]
    chance.shuffle(entries)
    same = Snapshot(whole.lineage, whole.serial, {one.address: one for one in entries})
    assert encode(same, "default") == encode(whole, "default")


@given(resources, resources)
def test_different_states_are_different_bytes(left: Recorded, right: Recorded) -> None:
    one, other = (encode(Snapshot(LINEAGE, 1, {item.address: item}), "default") for item in (left, right))
    assert (one == other) == (left == right)


def believed_only_if_identical(data: bytes, whole: Snapshot) -> None:
    try:
        found: Snapshot | Refusal = decode(data, types, "default")
    except CatalogError as refused:
        found = refused.refusal
    assert found is Refusal.STALE or found == whole


def test_a_state_cut_anywhere_is_refused_or_is_the_same_state() -> None:
    data = content(1, 2)
    for length in range(len(data)):
        believed_only_if_identical(data[:length], snapshot(1, 2))
    with pytest.raises(CatalogError):
        decode(data[:-2], types, "default")


@pytest.mark.parametrize("mask", [0x01, 0x04, 0x20, 0x80, 0xFF])
def test_a_state_with_any_byte_flipped_is_refused_or_is_the_same_state(mask: int) -> None:
    data = content(1)
    for place in range(len(data)):
        believed_only_if_identical(data[:place] + bytes([data[place] ^ mask]) + data[place + 1 :], snapshot(1))


class Bytes:
    """A journal in memory."""

    name = "a journal"

    def __init__(self) -> None:
        self.data = b""

    def read(self) -> bytes:
        return self.data

    def begin(self, data: bytes) -> None:
        self.data = data

    def append(self, data: bytes) -> None:
        self.data += data

    def cut(self, length: int) -> None:
        self.data = self.data[:length]

    def remove(self) -> None:
        self.data = b""


steps = st.builds(lambda number, pages: done(number, "create", **{"integer-one": pages}), st.integers(0, 4), st.integers(0, 2)) | st.builds(
    lambda number: gone(number, "delete"), st.integers(0, 4)
)


def applied(batches: list[list[Outcome]]) -> dict[Address, Recorded]:
    held = {address(1): recorded(1)}
    for outcome in (one for batch in batches for one in batch):
        held.pop(outcome.address, None)
        if outcome.recorded is not None:
            held[outcome.address] = outcome.recorded
    return held


@given(st.lists(st.lists(steps, min_size=1, max_size=3, unique_by=lambda one: one.operation), max_size=4), st.data())
def test_a_journal_cut_anywhere_gives_what_was_durable_before_the_cut(batches: list[list[Outcome]], data: st.DataObject) -> None:
    store = Bytes()
    journal = Journal.begin(store, NEW, "default")
    ends = [len(store.data)]
    for batch in batches:
        journal.append([intent(int(one.address.title[-3:]), one.verb) for one in batch])
        ends.append(len(store.data))
        journal.append(batch)
        ends.append(len(store.data))
    base = snapshot(1, serial=0)
    length = data.draw(st.integers(ends[0], ends[-1]))
    result = replay(store.data[:length], base, NEW, types, "default")
    whole_lines = sum(end <= length for end in ends)
    assert result.lines == whole_lines
    assert result.torn == (length not in ends)
    assert result.snapshot.resources == applied(batches[: (whole_lines - 1) // 2])
    announced = whole_lines % 2 == 0
    assert {one.address for one in result.open_intents} == ({one.address for one in batches[whole_lines // 2 - 1]} if announced else set())


@pytest.mark.parametrize("serial", [0, 7])
def test_a_journal_cut_within_its_first_line_has_recorded_nothing_and_one_of_another_state_is_refused(serial: int) -> None:
    store, other = Bytes(), Bytes()
    base, at = replace(snapshot(1), serial=serial), StateStamp(LINEAGE, serial, "0" * 64 if serial else "")
    Journal.begin(store, at, "default")
    Journal.begin(other, replace(at, checksum="1" * 64), "default")
    for length in range(len(store.data) - 1):
        for data in (store.data[:length], store.data[:length] + bytes(len(store.data) - length - 1) + b"\n"):
            result = replay(data, base, at, types, "default")
            assert (result.snapshot, result.outcomes, result.open_intents, result.stages) == (base, (), (), ())
            assert (result.torn, result.lines, result.length) == (True, 0, 0)
    for length in range(100, len(other.data)):
        with pytest.raises(CatalogError) as refused:
            replay(other.data[:length], base, at, types, "default")
        assert refused.value.refusal is Refusal.STALE


def expected(steps_done: int) -> dict[Address, Recorded]:
    held: dict[Address, Recorded] = {}
    for number in range(1, steps_done + 1):
        for outcome in step(number):
            held.pop(outcome.address, None)
            if outcome.recorded is not None:
                held[outcome.address] = outcome.recorded
    return held


def test_after_kill_9_at_any_time_the_state_holds_exactly_what_was_acknowledged(tmp_path: Path) -> None:
    """Twenty-four runs over one state, each killed at a random time; each goes on from where the one before was."""
    chance = random.Random(20260119)
    tests = str(Path(__file__).parents[1])
    paths = [tests, *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
    place = LocalBackend(SafeFolder(tmp_path), "default")
    announced = settled = 0
    for _ in range(24):
        command = [sys.executable, "-m", "unit.state.endless", str(tmp_path)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as run:
            assert run.stdout is not None
            said = [run.stdout.readline() for _ in range(chance.randint(1, 12))]
            time.sleep(chance.uniform(0, 0.02))
            run.kill()
            said += run.stdout.readlines()
        for line in said:
            word, number = line.split()
            if word == "announced":
                announced = int(number)
            else:
                settled = int(number)
        now = recall(place, types, LINEAGE)
        known = counted(now.snapshot.resources.get(address(0)))
        assert settled <= known <= settled + 1  # a step may be durable whose word did not get out any more
        assert now.snapshot.resources == expected(known)
        if known < announced:
            assert f"create {address(0)}" in {one.operation for one in now.open_intents}
        settled = known
    assert settled > 24
    assert not [kept for kept in place.history() if kept.serial > now.stored.serial + 1]


@given(st.binary(max_size=200))
def test_no_bytes_are_taken_for_a_state_or_a_journal_and_none_makes_another_error(data: bytes) -> None:
    with pytest.raises(CatalogError):
        decode(data, types, "default")
    with pytest.raises(CatalogError):
        replay(b"#" + data, Snapshot.empty(LINEAGE), NEW, types, "default")


def test_an_unknown_end_leaves_the_intent_open_through_any_number_of_runs(tmp_path: Path) -> None:
    place = LocalBackend(SafeFolder(tmp_path), "default")
    for run in range(4):
        info = LockInfo.of_this_process("default", "catalogctl apply", id_=str(run), since=datetime.now(UTC))
        with place.lock(info, 0) as held:
            ledger = Ledger.open(Held(place, held, types, LINEAGE))
            if run == 0:
                ledger.commit([intent(9)])
            assert ledger.open_intents == (intent(9),)
            ledger.commit([Outcome(intent(9).operation, "create", address(9), End.UNKNOWN), done(run)])
            assert ledger.close().serial == run + 1
