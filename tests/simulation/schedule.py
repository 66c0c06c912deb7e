"""A schedule: everything that happens in one simulation, as plain data made from a seed, and in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import Any

from simulation.library import Change, Edit, Library, Store, Work, edited, fresh


class Boundary(StrEnum):
    """What a mishap of a run is counted by."""

    READ = "reading request"
    WRITE = "writing request"
    RECORD = "write to state or journal"


class Mishap(StrEnum):
    """What can go wrong at a boundary."""

    CRASH_BEFORE = "the process dies before it"
    CRASH_AFTER = "the process dies after it"
    CRASH_LATE = "the process dies, and the request arrives seconds later"
    TORN = "the process dies in the middle of it"
    ZEROED = "the power fails in the middle of it"
    REFUSED = "no connection is made"
    DROP_BEFORE = "the connection ends, and nothing was done"
    DROP_AFTER = "the connection ends after it was done"
    DROP_LATE = "the connection ends, and it is done seconds later"
    TRUNCATE = "the answer is cut off"
    FAIL = "it is answered with 500, and nothing was done"
    FAIL_AFTER = "it is answered with 502, and was done"
    RATE_LIMIT = "it is answered with 429"
    GARBAGE = "it is answered with a web page"
    HIDDEN = "what it makes does not show for some seconds, and its answer is lost"
    SLOW = "twenty minutes pass before it arrives"
    LOCK_LOST = "the lock is lost before it"
    TOUCHED = "somebody edits an object before it"
    TAKEN = "somebody removes an object before it"
    ADDED = "somebody adds an object of their own before it"


LONG_PAUSE = 90
"""Seconds that are longer than any consistency window."""
_AT_DISK = (Mishap.CRASH_BEFORE, Mishap.CRASH_AFTER, Mishap.TORN, Mishap.ZEROED, Mishap.LOCK_LOST)
_AT_READ = (
    Mishap.CRASH_BEFORE,
    Mishap.CRASH_AFTER,
    Mishap.REFUSED,
    Mishap.DROP_BEFORE,
    Mishap.DROP_AFTER,
    Mishap.TRUNCATE,
    Mishap.FAIL,
    Mishap.RATE_LIMIT,
    Mishap.GARBAGE,
    Mishap.TOUCHED,
    Mishap.TAKEN,
    Mishap.ADDED,
)
_AT_WRITE = tuple(one for one in Mishap if one not in {Mishap.TORN, Mishap.ZEROED})


@dataclass(frozen=True, slots=True)
class Strike:
    """One mishap, at the boundary with this number within a run, counted from 0."""

    mishap: Mishap
    boundary: Boundary
    number: int
    pick: int
    """Which object someone else lays hands on, counting round; which of several lengths a delay has."""
    length: int = 1
    """At how many boundaries of this kind in a row."""

    def __str__(self) -> str:
        several = f", and at the {self.length - 1} after it" if self.length > 1 else ""
        return f"{self.boundary.value} {self.number}{several}: {self.mishap.value} [{self.pick}]"


class Hand(StrEnum):
    """What someone does by hand between two runs."""

    TOUCH = "edits an object"
    REMOVE = "removes an object"
    ADD = "adds an object of their own"
    TWIN = "makes what is declared, before we do"


@dataclass(frozen=True, slots=True)
class ByHand:
    """One thing done behind our back."""

    hand: Hand
    store: Store
    pick: int

    def __str__(self) -> str:
        return f"somebody {self.hand.value} in {self.store.value} [{self.pick}]"


@dataclass(frozen=True, slots=True)
class Round:
    """What happens between two runs, and one run."""

    edits: tuple[Edit, ...]
    by_hand: tuple[ByHand, ...]
    pause: int
    """Seconds that pass before the run."""
    strikes: tuple[Strike, ...]


@dataclass(frozen=True, slots=True)
class Outlet:
    """One store: which, how its documents are read, and how many calls it takes at once."""

    store: Store
    readings: tuple[tuple[str, Any], ...]
    """Switches of its sandbox that are not at their default."""
    width: int
    foreign: int
    """Objects of others that are there from the start."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """One simulation; the last two runs, with nothing going wrong, are not part of it."""

    seed: int
    outlets: tuple[Outlet, ...]
    library: Library
    rounds: tuple[Round, ...]
    last_pause: int
    """Seconds between the last run that anything happens to and the first one without."""

    def words(self) -> Iterator[str]:
        """Tell it, a line for each thing that happens."""
        for outlet in self.outlets:
            readings = ", ".join(f"{name}={value}" for name, value in outlet.readings) or "as documented"
            yield f"store {outlet.store.value}: {readings}; {outlet.width} calls at once, {outlet.foreign} objects of others"
        for work in self.library:
            yield f"title {_said(work)}"
        library = self.library
        for number, one in enumerate(self.rounds, 1):
            if number > 1 or one.pause:
                yield f"{one.pause} s pass"
            for edit in one.edits:
                library = edited(library, edit)
                yield f"edit: {edit}"
            yield from map(str, one.by_hand)
            yield f"apply {number}"
            for strike in one.strikes:
                yield f"    {strike}"
        yield f"{self.last_pause} s pass; then apply, with nothing going wrong"


def _said(work: Work) -> str:
    forms = [form for form, there in (("EPUB", work.book), ("audio", work.audio), ("sound", work.sound)) if there]
    newer = " by the newer API" if work.newer and work.book else ""
    return f"t{work.number}: {', '.join(forms) or 'nothing'}{newer}, {len(work.parts)} tracks, published={work.published}"


_READINGS: dict[Store, tuple[tuple[str, tuple[Any, ...]], ...]] = {
    Store.PUBLICALA: (
        ("v3_docs", ("B",)),
        ("delete_compacts_order", (False,)),
        ("single_get", ("issue", "data")),
        ("omitted_optional", ("clears",)),
        ("list_order", ("asc",)),
        ("html_echo", ("crlf",)),
    ),
    Store.PUBLISHDRIVE: (
        ("create_answer", ("book_id",)),
        ("review", ("at_once", "never")),
        ("missing_external_id", (422,)),
        ("files_echo_sha256", ("yes",)),
        ("duplicate_external_id", ("accepted",)),
    ),
    Store.OPENPUBLISHING: (
        ("covers", ("normalised",)),
        ("one_per_type", ("replaces", "conflict")),
        ("byproducts", ("yes",)),
        ("add_answer", ("ok_object", "ok_empty")),
        ("errors_in_200", ("yes",)),
        ("token_uses", (7,)),
    ),
}


def schedule(seed: int) -> Schedule:
    """Make the schedule of a seed."""
    dice = Random(seed)
    stores = dice.sample(list(Store), k=dice.choices((1, 2, 3), (75, 18, 7))[0])
    outlets = tuple(_outlet(store, dice) for store in stores)
    library = tuple(fresh(number, dice.randrange(60)) for number in range(dice.choices((1, 2, 3, 4), (40, 35, 15, 10))[0]))
    rounds = tuple(_round(dice, stores, first=number == 0) for number in range(dice.choices((1, 2, 3, 4), (15, 40, 30, 15))[0]))
    return Schedule(seed, outlets, library, rounds, dice.choice((0, 3, LONG_PAUSE)))


def _outlet(store: Store, dice: Random) -> Outlet:
    chosen = [(name, dice.choice(values)) for name, values in _READINGS[store] if dice.random() < 0.15]
    return Outlet(store, tuple(chosen), dice.choice((1, 1, 3)), dice.randrange(3))


def _round(dice: Random, stores: list[Store], *, first: bool) -> Round:
    edits = () if first else tuple(_edit(dice, stores) for _ in range(dice.choices((0, 1, 2, 4), (20, 40, 30, 10))[0]))
    hands = tuple(
        ByHand(dice.choice(list(Hand)), dice.choice(stores), dice.randrange(100)) for _ in range(dice.choices((0, 1, 2), (60, 30, 10))[0])
    )
    strikes = tuple(_strike(dice) for _ in range(dice.choices((0, 1, 2, 3), (10, 50, 25, 15))[0]))
    return Round(edits, hands, dice.choice((0, 3, LONG_PAUSE)), strikes)


def _edit(dice: Random, stores: list[Store]) -> Edit:
    # PublishDrive has no way to take a chapter away, so a plan that wants it is refused; nor one to take away a file that was uploaded
    # and got no chapter, which nothing can be published beside: a run that was cut off leaves one where the file is another by the next.
    changes = [change for change in Change if Store.PUBLISHDRIVE not in stores or change not in {Change.DROP_PART, Change.REFILE_PART}]
    return Edit(dice.choice(changes), dice.randrange(8), dice.randrange(60))


def _strike(dice: Random) -> Strike:
    boundary = dice.choices(list(Boundary), (25, 50, 25))[0]
    kinds = {Boundary.READ: _AT_READ, Boundary.WRITE: _AT_WRITE, Boundary.RECORD: _AT_DISK}[boundary]
    number = min(int(dice.expovariate(1 / 4)), 40)
    return Strike(dice.choice(kinds), boundary, number, dice.randrange(100), dice.choices((1, 2, 4), (80, 12, 8))[0])
