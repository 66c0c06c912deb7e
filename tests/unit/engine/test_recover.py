"""An open intent becomes an outcome by asking its store: what was made is adopted, what was not is free, what none can tell stays open."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from catalogctl.engine.absence import PAUSE
from catalogctl.engine.find_written import OutcomeProbe
from catalogctl.engine.recover import Settlement, WaitPolicy, settle
from catalogctl.model.address import Address
from catalogctl.model.diagnostics import error
from catalogctl.model.resource import Attribute, Deposed, Identity, Kind, Observed, ReadBy, Recorded, ReplaceOrder, ResourceType, Trait
from catalogctl.model.value import Attributes
from catalogctl.provider.failure import Unavailable
from catalogctl.provider.protocol import Listing, Lookup
from catalogctl.state.journal import End, Intent, Outcome
from catalogctl.testing.clock import BEGINNING, VirtualClock

BOOK = ResourceType(
    "acme",
    "book",
    {
        "name": Attribute("name", Kind.TEXT),
        "note": Attribute("note", Kind.TEXT),
        "file": Attribute("file", Kind.TEXT, traits=frozenset({Trait.WRITE_ONLY})),
    },
    "name",
    identity=Identity.KEPT,
    replace_order=ReplaceOrder.DELETE_FIRST,
    loss="It is gone.",
)
SALE = replace(BOOK, name="sale", key="", singleton={"note": "off"})
URL = "https://acme.example"


def at(name: str, type_: ResourceType = BOOK) -> Address:
    return Address("store", type_.name, name, "epub")


def recorded(name: str, id_: str, type_: ResourceType = BOOK, **values: str) -> Recorded:
    return Recorded(at(name, type_), type_, URL, id_, name, {"name": name, **values}, {})


def intent(verb: str, name: str, id_: str | None = None, type_: ResourceType = BOOK, before: tuple[str, ...] = (), **values: str) -> Intent:
    address = at(name, type_)
    expected = None if verb == "delete" else recorded(name, id_ or "", type_, **values)
    return Intent(f"{verb} {address}", verb, address, type_, URL, name, id_, "00", BEGINNING, before, expected)


@dataclass
class Library:
    """A store of things by id, as its reader shows it."""

    clock: VirtualClock
    things: dict[str, Attributes] = field(default_factory=dict)
    late: Mapping[str, float] = field(default_factory=dict)
    """By id, the seconds after which a thing first shows itself."""
    down: bool = False
    looks: int = 0
    denials: int = 0
    """How many of the next answers lack everything."""

    def there(self, id_: str) -> Observed | None:
        self.looks += 1
        if self.down:
            raise Unavailable(error("store-unavailable", "Not now"))
        if self.denials:
            self.denials -= 1
            return None
        if id_ not in self.things or self.clock.passed < self.late.get(id_, 0.0):
            return None
        return Observed(id_, str(self.things[id_].get("name", "")), self.things[id_])

    async def read(self, _kind: ResourceType, id_: str) -> Observed | None:
        return self.there(id_)

    async def find(self, want: Lookup) -> Observed | None:
        named = [id_ for id_, thing in self.things.items() if thing.get("name") == want.key and id_ not in want.taken]
        return self.there(named[-1]) if named else self.there("")

    async def list_objects(self, wanted: object, progress: Callable[[int, int], None]) -> Listing:
        raise AssertionError((wanted, progress))


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
def library(clock: VirtualClock) -> Library:
    return Library(clock)


def probe(library: Library, window: float = 30.0) -> OutcomeProbe:
    return OutcomeProbe(library, window, library.clock.timing)


def settled(library: Library, *intents: Intent, held: tuple[Recorded, ...] = (), wait_policy: WaitPolicy = WaitPolicy.WINDOW) -> Settlement:
    return asyncio.run(settle(intents, {one.address: one for one in held}, {"store": probe(library)}, wait_policy))


def ends(settlement: Settlement) -> list[tuple[str, End, str | None]]:
    return [(one.operation.split()[0], one.end, None if one.recorded is None else one.recorded.id) for one in settlement.outcomes]


def test_what_a_create_made_is_adopted_with_all_that_was_sent(library: Library) -> None:
    library.things = {"7": {"name": "a", "note": "as the store says it"}}
    (outcome,) = settled(library, intent("create", "a", note="as it was sent", file="sha256:1")).outcomes
    expected = replace(recorded("a", "7", note="as it was sent", file="sha256:1"), observed={"note": "as the store says it"})
    assert outcome == Outcome(f"create {at('a')}", "create", at("a"), End.DONE, expected)


def test_what_shows_itself_late_is_waited_for_and_no_longer_than_the_window(library: Library) -> None:
    library.things, library.late = {"7": {"name": "a"}}, {"7": 20.0}
    assert ends(settled(library, intent("create", "a"))) == [("create", End.DONE, "7")]
    assert 20.0 <= library.clock.passed <= 30.0


def test_what_never_shows_itself_may_be_made_again_once_the_window_is_over(library: Library) -> None:
    assert ends(settled(library, intent("create", "a"), intent("create", "b"))) == [("create", End.FAILED, None)] * 2
    assert library.clock.passed == pytest.approx(30.0 + PAUSE)
    assert library.looks <= 7, "the second one's window is over by then"


def test_where_the_window_was_over_long_ago_two_looks_are_enough(library: Library) -> None:
    old = replace(intent("create", "a"), at=BEGINNING - timedelta(hours=1))
    assert ends(settled(library, old)) == [("create", End.FAILED, None)]
    assert library.looks == 2
    assert library.clock.passed == pytest.approx(PAUSE)


@pytest.mark.parametrize("verb", ["create", "delete"])
@pytest.mark.parametrize(("read_by", "denials"), [(ReadBy.ID, 1), (ReadBy.OWNER, 2)])
def test_one_answer_that_lacks_an_object_settles_nothing(library: Library, verb: str, read_by: ReadBy, denials: int) -> None:
    library.things, library.denials = {"7": {"name": "a"}}, denials
    step = intent(verb, "a", id_=None if verb == "create" else "7", type_=replace(BOOK, read_by=read_by))
    old = replace(step, at=BEGINNING - timedelta(hours=1))
    made = ("create", End.DONE, "7")
    assert ends(settled(library, old, held=(recorded("a", "7"),) if verb == "delete" else ())) == [
        made if verb == "create" else ("delete", End.FAILED, None)
    ]
    library.things = {}
    [(_, end, _)] = ends(settled(library, old))
    assert end is (End.FAILED if verb == "create" else End.DONE)


def test_a_store_that_refuses_a_second_object_with_one_key_is_waited_for_as_well(library: Library) -> None:
    late = intent("create", "a", type_=replace(BOOK, identity=Identity.ENFORCED))
    library.things, library.late = {"7": {"name": "a"}}, {"7": 20.0}
    assert ends(settled(library, late)) == [("create", End.DONE, "7")]
    assert 20.0 <= library.clock.passed <= 30.0


def test_a_plan_looks_once_and_waits_for_nothing(library: Library) -> None:
    settled(library, intent("create", "a"), wait_policy=WaitPolicy.NONE)
    assert (library.clock.passed, library.looks) == (0, 1)


def test_a_clock_that_was_set_back_costs_one_window_at_most(library: Library) -> None:
    settled(library, replace(intent("create", "a"), at=BEGINNING + timedelta(days=1)))
    assert library.clock.passed == pytest.approx(30.0)


def test_what_was_there_before_or_is_somebody_elses_is_not_what_was_made(library: Library) -> None:
    library.things = {"1": {"name": "a"}, "2": {"name": "a"}, "3": {"name": "a"}}
    other = replace(recorded("other", "2"), key="a")
    settlement = settled(library, intent("create", "a", before=("1",)), held=(other,))
    assert ends(settlement) == [("create", End.DONE, "3")]
    library.things.pop("3")
    assert ends(settled(library, intent("create", "a", before=("1",)), held=(other,))) == [("create", End.FAILED, None)]


def test_two_alike_that_were_made_together_are_two(library: Library) -> None:
    library.things = {"1": {"name": "a"}, "2": {"name": "a"}}
    twin = replace(intent("create", "b"), key="a")
    assert {id_ for _, _, id_ in ends(settled(library, intent("create", "a"), twin))} == {"1", "2"}


@pytest.mark.parametrize(("note", "end"), [("new", End.DONE), ("old", End.FAILED)])
def test_an_update_was_made_when_the_object_is_as_it_was_to_become(library: Library, note: str, end: End) -> None:
    library.things = {"7": {"name": "a", "note": note}}
    (outcome,) = settled(library, intent("update", "a", "7", note="new"), held=(recorded("a", "7", note="old"),)).outcomes
    assert (outcome.end, None if outcome.recorded is None else outcome.recorded.attributes["note"]) == (
        end,
        "new" if end is End.DONE else None,
    )


def test_an_update_of_what_nobody_can_read_is_made_once_more(library: Library) -> None:
    library.things = {"7": {"name": "a"}}
    before = recorded("a", "7", file="sha256:1")
    assert ends(settled(library, intent("update", "a", "7", file="sha256:2"), held=(before,))) == [("update", End.FAILED, None)]
    assert ends(settled(library, intent("update", "a", "7", file="sha256:1"), held=(before,))) == [("update", End.DONE, "7")]


def test_an_update_of_what_is_gone_was_not_made(library: Library) -> None:
    assert ends(settled(library, intent("update", "a", "7"), held=(recorded("a", "7"),))) == [("update", End.FAILED, None)]


def test_a_delete_was_made_when_the_object_is_gone_and_its_successor_stays_remembered(library: Library) -> None:
    assert ends(settled(library, intent("delete", "a", "7"), held=(recorded("a", "7"),))) == [("delete", End.DONE, None)]
    successor = replace(recorded("a", "8"), deposed=(Deposed("7", "a"),))
    (outcome,) = settled(library, intent("delete", "a", "7"), held=(successor,)).outcomes
    assert outcome.recorded == recorded("a", "8")
    library.things = {"7": {"name": "a"}}
    assert ends(settled(library, intent("delete", "a", "7"), held=(recorded("a", "7"),))) == [("delete", End.FAILED, None)]


@pytest.mark.parametrize(("note", "created", "deleted"), [("on", End.DONE, End.FAILED), ("off", End.FAILED, End.DONE)])
def test_what_has_no_beginning_of_its_own_is_judged_by_what_it_is(library: Library, note: str, created: End, deleted: End) -> None:
    library.things = {"7": {"name": "a", "note": note}}
    assert [end for _, end, _ in ends(settled(library, intent("create", "a", type_=SALE, note="on")))] == [created]
    assert [end for _, end, _ in ends(settled(library, intent("delete", "a", "7", type_=SALE)))] == [deleted]


def test_what_no_store_can_be_asked_about_stays_open(library: Library) -> None:
    library.down = True
    one, other = intent("create", "a"), intent("delete", "b", "8")
    assert settled(library, one, other) == Settlement((), (one, other))
    assert asyncio.run(settle((one,), {}, {}, WaitPolicy.WINDOW)) == Settlement((), (one,))
