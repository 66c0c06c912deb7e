"""What any backend must show. In one line: `for check in CHECKS: check(place)`.

A place is a function that gives a backend for an environment: each time it is called another one, on the same place, which
has nothing in it before the check begins.

    @pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
    def test_my_backend(check, tmp_path):
        check(lambda environment: MyBackend(tmp_path, environment))
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from threading import Event, Thread, Timer
from typing import Final, TypeAlias

from catalogctl.model.diagnostics import CatalogError, Refusal
from catalogctl.state.backend import LEASE, Backend, LockInfo, content_digest
from catalogctl.testing.comparison import demand_same

Place: TypeAlias = Callable[[str], Backend]
Check: TypeAlias = Callable[[Place], None]

_FIRST, _SECOND, _THIRD = b'{"serial": 1}\n', b'{"serial": 2}\n', b'{"serial": 3}\n'
KEPT = 10
"""How many states can be had back at least. Source: PRODUCT.md 6.1."""
LONG = 20.0
"""Seconds after which a lock that is free is taken to be never given."""


def nothing_is_there_at_first(place: Place) -> None:
    """A new place has no state, no history, no journal and no holder."""
    backend = place("default")
    demand_same("the environment of a backend", "default", backend.environment)
    demand_same("the state of a new place", None, backend.read())
    demand_same("the history of a new place", (), backend.history())
    demand_same("the journal of a new place", None, backend.journal().read())
    demand_same("the holder of a new place", None, backend.holder())


def what_is_written_is_read(place: Place) -> None:
    """A state is read back byte for byte, by whoever looks, whatever bytes and however many they are."""
    many = bytes(range(256)) * 8192
    with place("default").lock(_info("a"), 0):
        place("default").write(_FIRST, 1, None)
        demand_same("the state after the first write", _FIRST, place("default").read())
        place("default").write(many, 2, content_digest(_FIRST))
        assert place("default").read() == many, f"{len(many)} bytes were written, and others are read back"
    assert place("default").read() == many, "a state is gone after its writer let go"


def a_lost_update_is_refused(place: Place) -> None:
    """A write that knows another state than the one that is there is refused as stale, and leaves everything as it was."""
    with place("default").lock(_info("a"), 0):
        one, other = place("default"), place("default")
        _is_refused("a write after a state where there is none", Refusal.STALE, lambda: one.write(_SECOND, 2, content_digest(_FIRST)))
        demand_same("the state after a refused write", None, one.read())
        one.write(_FIRST, 1, None)
        _is_refused("a first write where there is a state", Refusal.STALE, lambda: other.write(_SECOND, 1, None))
        one.write(_SECOND, 2, content_digest(_FIRST))
        _is_refused("a write after the state before", Refusal.STALE, lambda: other.write(_THIRD, 2, content_digest(_FIRST)))
        demand_same("the state after a refused write", _SECOND, other.read())
        demand_same("what is kept of serial 2 after a refused write", _SECOND, other.read_history(2))
        other.write(_THIRD, 3, content_digest(_SECOND))
        demand_same("the state after a write by another who knows it", _THIRD, one.read())


def history_keeps_states(place: Place) -> None:
    """The last states can be had back by their serials and are listed newest first; one that was not kept is refused with a reason."""
    written: dict[int, bytes] = {}
    with place("default").lock(_info("a"), 0):
        after: str | None = None
        for serial in range(1, KEPT + 3):
            written[serial] = b'{"serial": %d}\n' % serial
            place("default").write(written[serial], serial, after)
            after = content_digest(written[serial])
    backend = place("default")
    kept = backend.history()
    serials = [one.serial for one in kept]
    demand_same("the order of the history", sorted(serials, reverse=True), serials)
    missing = set(list(written)[-KEPT:]) - set(serials)
    # The present state need not be in its own history: it is there as the state.
    assert missing <= {max(written)}, f"of the last {KEPT} states these are not kept: {sorted(missing)}"
    for one in kept:
        demand_same(f"the state kept with serial {one.serial}", written[one.serial], backend.read_history(one.serial))
        demand_same(f"the size told of serial {one.serial}", len(written[one.serial]), one.size)
        assert one.time.tzinfo is not None, f"the time of serial {one.serial} has no zone"
    problem = _is_refused("a state that was never written", Refusal.ERROR, lambda: backend.read_history(4711))
    told = " ".join(f"{one.summary} {one.detail}" for one in problem.diagnostics)
    assert str(serials[0]) in told, f"the refusal of a serial that is not kept names none that is: {told}"


def environments_are_apart(place: Place) -> None:
    """State, history, journal and lock of one environment are no one else's."""
    one, other = place("default"), place("staging")
    with one.lock(_info("a"), 0), other.lock(_info("b", "staging"), 0):
        one.write(_FIRST, 1, None)
        one.journal().begin(b"one\n")
        demand_same("the state of another environment", None, other.read())
        demand_same("the history of another environment", (), other.history())
        demand_same("the journal of another environment", None, other.journal().read())
        other.write(_SECOND, 1, None)
        other.journal().begin(b"other\n")
        other.journal().remove()
        demand_same("the state after another environment's was written", _FIRST, one.read())
        demand_same("the journal after another environment's was removed", b"one\n", one.journal().read())


def a_lock_excludes_others(place: Place) -> None:
    """Who holds an environment holds it alone, is named to the next who asks, and is asked to wait for no longer than was said."""
    mine = _info("mine")
    with place("default").lock(mine, 0) as lock:
        lock.verify()
        demand_same("what a lock tells of itself", mine, lock.info)
        demand_same("the holder while it is held", mine, _named(place))
        for timeout in (0.0, 0.2):
            problem = _is_refused("a second lock", Refusal.LOCKED, lambda timeout=timeout: _hold(place, "other", timeout))  # type: ignore[misc]
            told = " ".join(one.detail for one in problem.diagnostics)
            assert mine.who in told, f"the refusal of a second lock does not say who holds it: {told}"
            assert mine.command in told, f"the refusal of a second lock does not say what its holder runs: {told}"
            assert mine.id in told, f"the refusal of a second lock does not say which lock it is: {told}"
        demand_same("the holder after a second lock was refused", mine, _named(place))
        lock.verify()
    demand_same("the holder after it was let go", None, place("default").holder())
    _hold(place, "next", 0)


def a_lock_is_let_go_after_a_failure(place: Place) -> None:
    """A holder that fails lets go all the same."""
    with suppress(_Failed), place("default").lock(_info("failing"), 0):
        raise _Failed
    _hold(place, "next", 0)
    demand_same("the holder after one failed", None, place("default").holder())


def a_lock_is_waited_for(place: Place) -> None:
    """Who waits long enough gets the environment once its holder lets go."""
    held, letting_go = Event(), Event()

    def hold() -> None:
        with place("default").lock(_info("first"), 0):
            held.set()
            letting_go.wait(LONG)

    holder = Thread(target=hold)
    holder.start()
    try:
        assert held.wait(LONG), "nobody holds the environment, and it could not be had"
        Timer(0.2, letting_go.set).start()
        _hold(place, "second", LONG)
    finally:
        letting_go.set()
        holder.join()


def each_hold_has_a_greater_token(place: Place) -> None:
    """Of two holds the later one can be identified, also where one was broken; and others see the token, and when the lease ends."""
    tokens: list[int] = []
    for number in range(3):
        with place("default").lock(_info(f"hold {number}"), 0) as lock:
            tokens.append(lock.token)
            hold = place("default").holder()
            assert hold is not None, "an environment that is held has no holder"
            demand_same("the token of a hold as others see it", lock.token, hold.token)
            rest = (hold.until - datetime.now(UTC)).total_seconds()
            assert 0 < rest <= LEASE + 1, f"the lease of a fresh hold ends in {rest} seconds"
            if number == 1:
                place("default").break_lock(lock.info.id)
    demand_same("the tokens of three holds, in order and each once", sorted(set(tokens)), tokens)


def a_lock_can_be_broken(place: Place) -> None:
    """Whoever knows the id of a hold can take it away; its holder notices before its next write, and leaves the next one alone."""
    with place("default").lock(_info("first"), 0) as first:
        place("default").break_lock("first")
        demand_same("the holder after its lock was broken", None, place("default").holder())
        _is_refused("the verification of a broken lock", Refusal.LOCKED, first.verify)
        with place("default").lock(_info("second"), 0) as second:
            second.verify()
            _is_refused("the verification of a lock that another took over", Refusal.LOCKED, first.verify)
            demand_same("the holder after a lock was taken over", second.info, _named(place))
    with ExitStack() as later:
        with place("default").lock(_info("broken"), 0):
            place("default").break_lock("broken")
            second = later.enter_context(place("default").lock(_info("second"), 0))
        second.verify()
        demand_same("the holder after one whose lock was broken let go", second.info, _named(place))
        _is_refused("a lock beside one that was taken over", Refusal.LOCKED, lambda: _hold(place, "third", 0))


def only_the_lock_that_is_meant_is_broken(place: Place) -> None:
    """An id that is not that of the present hold breaks nothing, and the refusal names the one there is."""
    _is_refused("to break a lock where there is none", Refusal.ERROR, lambda: place("default").break_lock("old"))
    with place("default").lock(_info("present"), 0) as lock:
        problem = _is_refused("to break another lock than the present one", Refusal.ERROR, lambda: place("default").break_lock("old"))
        assert "present" in problem.diagnostics[0].detail, "the refusal to break a lock does not name the present one"
        lock.verify()


def what_is_kept_aside_changes_nothing(place: Place) -> None:
    """Keeping state and journal aside leaves them where they are, and each copy has a name of its own."""
    with place("default").lock(_info("a"), 0):
        backend = place("default")
        demand_same("what is kept aside where there is nothing", (), backend.keep_aside())
        backend.write(_FIRST, 1, None)
        backend.journal().begin(b"1\n")
        names = (*backend.keep_aside(), *backend.keep_aside())
        demand_same("the number of names under which state and journal were kept aside twice", 4, len(set(names)))
        demand_same("the state after it was kept aside", _FIRST, place("default").read())
        demand_same("the journal after it was kept aside", b"1\n", place("default").journal().read())
        demand_same("the history after the state was kept aside", [1], [kept.serial for kept in backend.history()])


def a_journal_only_grows(place: Place) -> None:
    """What is appended is behind what was there, is seen by whoever looks, and goes when it is cut or removed."""
    with place("default").lock(_info("a"), 0):
        journal = place("default").journal()
        journal.begin(b"1 begun\n")
        journal.append(b"2\n")
        journal.append(b"3\x00\xff\n")
        demand_same("a journal", b"1 begun\n2\n3\x00\xff\n", place("default").journal().read())
        journal.cut(len(b"1 begun\n2\n"))
        demand_same("a journal that was cut", b"1 begun\n2\n", place("default").journal().read())
        place("default").journal().append(b"4\n")
        demand_same("a journal that was cut and goes on", b"1 begun\n2\n4\n", journal.read())
        journal.begin(b"anew\n")
        demand_same("a journal that was begun anew", b"anew\n", place("default").journal().read())
    demand_same("a journal after its holder let go", b"anew\n", place("default").journal().read())
    with place("default").lock(_info("b"), 0):
        place("default").journal().remove()
        demand_same("a journal that was removed", None, place("default").journal().read())
        place("default").journal().remove()


def a_journal_is_begun_before_it_grows(place: Place) -> None:
    """Appending to a journal that is not there is refused: what no one reads is not durable."""
    with place("default").lock(_info("a"), 0):
        _is_refused("an append to no journal", Refusal.ERROR, lambda: place("default").journal().append(b"1\n"))
        demand_same("the journal after a refused append", None, place("default").journal().read())


def a_journal_outlives_the_state(place: Place) -> None:
    """Writing a state leaves the journal alone: it ends by itself."""
    with place("default").lock(_info("a"), 0):
        backend = place("default")
        backend.journal().begin(b"1\n")
        backend.write(_FIRST, 1, None)
        demand_same("the journal after the state was written", b"1\n", backend.journal().read())


def records_of_runs_only_grow(place: Place) -> None:
    """A record is there with all that it was begun with, grows, is listed newest first, and goes when it is removed; others' are apart."""
    with place("default").lock(_info("a"), 0):
        runs = place("default").runs()
        demand_same("the records of a new place", (), runs.names())
        demand_same("a record that is not there", None, runs.read("20261128T090000000Z-0000000001-aa"))
        _is_refused("an addition to no record", Refusal.ERROR, lambda: runs.append("20261128T090000000Z-0000000001-aa", b"1\n"))
        for name in ("20261128T090000000Z-0000000001-aa", "20261128T090000000Z-0000000002-00"):
            place("default").runs().begin(name, iter([b"1\n", b"2\x00\xff\n"]))
        first, second = sorted(runs.names())
        demand_same("the records, the newest first", (second, first), place("default").runs().names())
        runs.append(first, b"3\n")
        demand_same("a record that grows", b"1\n2\x00\xff\n3\n", place("default").runs().read(first))
        runs.seal(first, b"4\n")
        demand_same("a record that was sealed", b"1\n2\x00\xff\n3\n4\n", place("default").runs().read(first))
        demand_same("another record", b"1\n2\x00\xff\n", runs.read(second))
        demand_same("the records of another environment", (), place("staging").runs().names())
        runs.remove(second)
        runs.remove(second)
        demand_same("the records after one was removed", (first,), place("default").runs().names())
        demand_same("the plan of a run without one", None, runs.plan(first))
        runs.keep_plan(first, b"{\n}\n")
        runs.keep_plan(first, b'{\n"a": 1}\n')
        demand_same("the plan of a run", b'{\n"a": 1}\n', place("default").runs().plan(first))
        demand_same("the records beside a plan", (first,), place("default").runs().names())
        runs.drop_plan(first)
        runs.drop_plan(first)
        demand_same("a plan that was dropped", None, place("default").runs().plan(first))
        runs.keep_plan(first, b"{\n}\n")
        runs.begin(second, iter([b"1\n"]))
        runs.keep_plan(second, b"{\n}\n")
        runs.remove(second)
        demand_same("the plan of a run that was removed", None, place("default").runs().plan(second))
    demand_same("the plan of a run after its holder let go", b"{\n}\n", place("default").runs().plan(first))
    demand_same("a record after its holder let go", b"1\n2\x00\xff\n3\n4\n", place("default").runs().read(first))


CHECKS: Final[tuple[Check, ...]] = (
    nothing_is_there_at_first,
    what_is_written_is_read,
    a_lost_update_is_refused,
    history_keeps_states,
    environments_are_apart,
    a_lock_excludes_others,
    a_lock_is_let_go_after_a_failure,
    a_lock_is_waited_for,
    each_hold_has_a_greater_token,
    a_lock_can_be_broken,
    only_the_lock_that_is_meant_is_broken,
    what_is_kept_aside_changes_nothing,
    a_journal_only_grows,
    a_journal_is_begun_before_it_grows,
    a_journal_outlives_the_state,
    records_of_runs_only_grow,
)


class _Failed(Exception):
    """Something went wrong while an environment was held."""


def _info(id_: str, environment: str = "default") -> LockInfo:
    return LockInfo.of_this_process(environment, f"conformance --as {id_}", id_=id_, since=datetime.now(UTC))


def _named(place: Place) -> LockInfo | None:
    hold = place("default").holder()
    return None if hold is None else hold.info


def _hold(place: Place, id_: str, timeout: float) -> None:
    with place("default").lock(_info(id_), timeout) as lock:
        lock.verify()


def _is_refused(what: str, reason: Refusal, work: Callable[[], object]) -> CatalogError:
    refused = _refusal(work)
    assert refused is not None, f"{what} was not refused"
    demand_same(f"the reason why {what} is refused", reason, refused.refusal)
    assert refused.diagnostics, f"{what} is refused without a word"
    return refused


def _refusal(work: Callable[[], object]) -> CatalogError | None:
    try:
        work()
    except CatalogError as refused:
        return refused
    return None
