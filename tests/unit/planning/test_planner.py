"""The planner, tested with no engine, by the list it returns."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from catalogctl.model.address import Address
from catalogctl.model.asset import Asset
from catalogctl.model.diagnostics import CatalogError, Severity
from catalogctl.model.resource import Observed, Recorded, Resource
from catalogctl.model.title import Ignore, Origin
from catalogctl.model.value import Reference
from catalogctl.planning.action import Action, Reason
from catalogctl.planning.blocks.relocate import leading_nowhere, relocate
from catalogctl.planning.catalog import Catalog, Move, Removal
from catalogctl.planning.change import ABSENT, UNREADABLE, LeftAlone
from catalogctl.planning.scope import Purpose, Scope
from unit.planning.shelf import BOX, NEW_FILE, OLD_FILE, at, have, only, seen, shown, verdicts, want

ORIGIN = Origin("catalog/moves.yaml", 0)
USD, EUR, MORE = Decimal("2.00"), Decimal("2.35"), Decimal("2.50")


# Each action and its reason.


def test_what_is_declared_and_nowhere_else_is_created() -> None:
    change = only(verdicts([want(name="Azul", prices={"USD": USD})]))
    assert (change.action, change.reason, change.id, change.before) == (Action.CREATE, Reason.DECLARED, None, None)
    assert change.after == {"name": "Azul", "prices": {"USD": USD}}
    assert shown(change) == [("name", ABSENT, "Azul"), ("prices", "USD", ABSENT, USD)]
    assert change.fingerprint == ""


def test_what_everybody_agrees_on_is_left_alone() -> None:
    found = verdicts([want(name="Azul")], [have(name="Azul")], [seen(name="Azul", free=True)])
    change = only(found)
    assert (change.action, change.reason, change.attributes, change.updates_state_only) == (Action.NO_OP, Reason.NONE, (), False)
    assert found.drift == ()


@pytest.mark.parametrize(
    ("files", "state", "store", "reason"),
    [
        ("new", "old", "old", Reason.EDITED),
        ("old", "old", "other", Reason.DRIFTED),
        ("new", "old", "other", Reason.BOTH),
    ],
)
def test_an_update_says_who_changed_what(files: str, state: str, store: str, reason: Reason) -> None:
    change = only(verdicts([want(name=files)], [have(name=state)], [seen(name=store)]))
    assert (change.action, change.reason, change.id) == (Action.UPDATE, reason, "1")
    assert shown(change) == [("name", store, files)]


def test_a_store_that_was_told_by_hand_what_the_files_say_is_only_noted() -> None:
    change = only(verdicts([want(name="new")], [have(name="old")], [seen(name="new")]))
    assert (change.action, change.updates_state_only) == (Action.NO_OP, True)


def test_what_somebody_removed_from_the_store_is_created_anew() -> None:
    found = verdicts([want(name="Azul")], [have(name="Azul")])
    assert (only(found).action, only(found).reason, only(found).id) == (Action.CREATE, Reason.GONE, None)
    (drift,) = found.drift
    assert (drift.gone, drift.matters, drift.attributes) == (True, True, ())


def test_what_is_no_longer_declared_is_deleted() -> None:
    found = only(verdicts((), [have(name="Azul", pages=3, protect=True)], [seen(name="Bleu", free=True)]))
    assert (found.action, found.reason, found.id, found.after, found.protect) == (Action.DELETE, Reason.NO_LONGER_DECLARED, "1", None, True)
    assert found.before == {"name": "Bleu", "pages": 3}
    assert shown(found) == [("name", "Bleu", ABSENT), ("pages", 3, ABSENT)]


@pytest.mark.parametrize("store", [[], [seen(id_="2", name="Azul")]])
def test_what_is_neither_declared_nor_there_is_forgotten_and_a_stranger_is_left_alone(store: list[tuple[Address, Observed]]) -> None:
    change = only(verdicts((), [have(name="Azul")], store))
    assert (change.action, change.reason, change.attributes) == (Action.FORGET, Reason.ALREADY_GONE, ())


def test_what_a_removed_block_releases_is_forgotten_and_stays_in_the_store() -> None:
    removed = (Removal(at("azul"), destroy=False, origin=ORIGIN),)
    change = only(verdicts((), [have(name="Azul")], [seen(name="Azul")], removed=removed))
    assert (change.action, change.reason) == (Action.FORGET, Reason.RELEASED)


def test_what_a_removed_block_destroys_is_deleted() -> None:
    removed = (Removal(at("azul"), destroy=True, origin=ORIGIN),)
    assert only(verdicts((), [have(name="Azul")], [seen(name="Azul")], removed=removed)).action is Action.DELETE


def test_what_the_store_holds_under_our_key_is_adopted() -> None:
    change = only(verdicts([want(name="Azul", lang="en")], (), [seen(id_="9", name="Azul", lang="EN", free=True)]))
    assert (change.action, change.reason, change.id, change.attributes) == (Action.ADOPT, Reason.FOUND_BY_KEY, "9", ())
    assert change.actions == ("adopt",)


def test_another_object_under_our_key_than_recorded_is_adopted() -> None:
    change = only(verdicts([want(name="new")], [have(id_="1", name="old")], [seen(id_="2", name="old")]))
    assert (change.action, change.reason, change.id, change.actions) == (Action.ADOPT, Reason.RECREATED, "2", ("adopt", "update"))


def test_what_cannot_change_in_place_is_replaced_and_says_by_what() -> None:
    change = only(verdicts([want(name="new", medium="pdf")], [have(name="old", medium="epub")], [seen(name="old", medium="epub")]))
    assert (change.action, change.reason, change.id) == (Action.REPLACE, Reason.CANNOT_CHANGE_IN_PLACE, "1")
    assert change.replace_paths == (("medium",),)
    assert shown(change) == [("medium", "epub", "pdf"), ("name", "old", "new")]


def test_a_replace_can_be_asked_for() -> None:
    scope = Scope(replaces=("azul",))
    change = only(verdicts([want(name="Azul")], [have(name="Azul")], [seen(name="Azul")], scope))
    assert (change.action, change.reason, change.replace_paths) == (Action.REPLACE, Reason.REQUESTED, ())


def test_destroying_deletes_what_is_declared_as_well_and_creates_nothing() -> None:
    found = verdicts([want(name="Azul"), want("new", name="x")], [have(name="Azul")], [seen(name="Azul")], Scope(Purpose.DESTROY))
    assert [(str(change.address), change.action, change.reason) for change in found.changes] == [
        ("store/book/azul.epub", Action.DELETE, Reason.DESTROY)
    ]


def test_destroying_leaves_what_is_not_managed() -> None:
    assert verdicts([want(name="Azul")], (), [seen(name="Azul")], Scope(Purpose.DESTROY)).changes == ()


# Refreshing: only state changes.


def test_refreshing_takes_note_of_drift_and_changes_no_store() -> None:
    found = verdicts([want(name="new")], [have(name="old")], [seen(name="other")], Scope(Purpose.REFRESH))
    assert (only(found).action, only(found).updates_state_only, only(found).after) == (Action.NO_OP, True, {"name": "old"})
    (drift,) = found.drift
    assert (drift.matters, [(item.path, item.before, item.after) for item in drift.attributes]) == (True, [(("name",), "old", "other")])


def test_refreshing_forgets_what_is_gone() -> None:
    found = verdicts([want(name="x")], [have(name="x")], (), Scope(Purpose.REFRESH))
    assert (only(found).action, only(found).reason) == (Action.FORGET, Reason.ALREADY_GONE)
    assert found.drift[0].gone


def test_refreshing_takes_no_note_where_nothing_moved() -> None:
    found = verdicts([want(name="new", lang="en")], [have(name="old", lang="en")], [seen(name="old", lang="EN")], Scope(Purpose.REFRESH))
    assert (only(found).updates_state_only, found.drift) == (False, ())


def test_refreshing_does_not_create_or_adopt() -> None:
    assert verdicts([want("a", name="x"), want("b", name="x")], (), [seen("b", name="x")], Scope(Purpose.REFRESH)).changes == ()


# What is compared with what.


def test_drift_that_the_plan_does_not_undo_does_not_matter() -> None:
    found = verdicts([want(name="x")], [have(name="x", free=True)], [seen(name="x", free=False)])
    assert only(found).action is Action.NO_OP
    assert [(item.matters, item.gone) for item in found.drift] == [(False, False)]


def test_drift_is_measured_from_what_the_store_told_and_not_from_what_it_was_asked() -> None:
    recorded = have(name="Azul ", told={"name": "Azul"})
    assert verdicts([want(name="Azul ")], [recorded], [seen(name="Azul")]).drift == ()


def test_server_managed_attributes_are_no_drift() -> None:
    assert verdicts([want(name="x")], [have(name="x", told={"name": "x", "free": True})], [seen(name="x", free=False)]).drift == ()


def test_what_is_no_longer_declared_is_unset_where_the_store_can_do_that() -> None:
    recorded = have(name="x", blurb="b", prices={"USD": USD}, author=("A",), pages=3)
    change = only(verdicts([want(name="x")], [recorded], [seen(name="x", blurb="b", prices={"USD": USD})]))
    assert shown(change) == [("author", ("A",), ()), ("blurb", "b", ""), ("prices", "USD", USD, ABSENT)]
    assert change.after == {"name": "x", "blurb": "", "prices": {}, "author": ()}


def test_what_was_unset_is_managed_no_more_and_asks_for_nothing() -> None:
    recorded = have(name="x", blurb="", author=(), prices={})
    change = only(verdicts([want(name="x")], [recorded], [seen(name="x", blurb="Somebody else's")]))
    assert (change.action, change.updates_state_only, change.after) == (Action.NO_OP, True, {"name": "x"})


def test_what_cannot_be_unset_is_forgotten() -> None:
    change = only(verdicts([want(name="x")], [have(name="x", pages=3)], [seen(name="x")]))
    assert (change.action, change.updates_state_only, change.after) == (Action.NO_OP, True, {"name": "x"})


def test_a_write_only_attribute_is_compared_with_what_was_recorded() -> None:
    recorded, store = have(name="x", pages=3, author=("A",)), seen(name="x")
    assert only(verdicts([want(name="x", pages=3, author=("A",))], [recorded], [store])).action is Action.NO_OP
    assert shown(only(verdicts([want(name="x", pages=4, author=("A",))], [recorded], [store]))) == [("pages", 3, 4)]


def test_a_write_only_attribute_that_is_new_to_the_files_is_sent() -> None:
    change = only(verdicts([want(name="x", pages=3)], [have(name="x")], [seen(name="x")]))
    assert (change.action, change.reason, shown(change)) == (Action.UPDATE, Reason.EDITED, [("pages", UNREADABLE, 3)])
    assert change.before == {"name": "x"}


@pytest.mark.parametrize(
    ("declared", "differs"),
    [(10, []), (12, [("stock", 10, 12)])],
)
def test_stock_is_compared_with_the_last_decision_and_not_with_what_is_left(declared: int, differs: list[object]) -> None:
    assert shown(only(verdicts([want(stock=declared)], [have(stock=10)], [seen(stock=7)]))) == differs


def test_a_file_that_was_signed_anew_is_the_same_file() -> None:
    signed = [Asset(f"https://cdn/x.epub?X-Amz-Signature={number}") for number in (1, 2)]
    assert only(verdicts([want(file=signed[0])], [have(file=signed[1])], [seen()])).action is Action.NO_OP


def test_another_file_is_a_replace() -> None:
    assert only(verdicts([want(file=NEW_FILE)], [have(file=OLD_FILE)], [seen()])).replace_paths == (("file",),)


@pytest.mark.parametrize("changed", ["protect", "key", "needs"])
def test_what_only_state_needs_to_know_is_noted(changed: str) -> None:
    asked = {"protect": want(name="x", protect=True), "needs": want(name="x", needs=[at("b")])}.get(changed, want(name="x"))
    if changed == "key":
        asked = Resource(asked.address, asked.type, "another", asked.attributes, asked.origin)
    found = verdicts([asked, want("b", name="x")], [have(name="x"), have("b", name="x")], [seen(name="x"), seen("b", name="x")])
    assert [(change.action, change.updates_state_only) for change in found.changes] == [(Action.NO_OP, True), (Action.NO_OP, False)]


def test_a_change_knows_the_object_it_was_computed_from() -> None:
    store = seen(name="old")
    change = only(verdicts([want(name="new")], [have(name="old")], [store]))
    assert change.fingerprint == store[1].fingerprint
    assert change.observed == {"name": "old"}


def test_only_what_is_selected_is_decided() -> None:
    scope = Scope(targets=("a",))
    found = verdicts([want("a", name="x"), want("b", name="x")], [have("c", name="x")], [seen("c", name="x")], scope)
    assert [change.address for change in found.changes] == [at("a")]


def test_changes_come_by_address() -> None:
    found = verdicts([want("b", needs=[at("c")], name="x"), want("a", name="x"), want("c", name="x")])
    assert [change.address.title for change in found.changes] == ["a", "b", "c"]


# Adoption.


def test_an_adoption_sends_what_the_store_does_not_tell() -> None:
    change = only(verdicts([want(name="Azul", pages=3, author=("A",))], (), [seen(name="Azul")]))
    assert shown(change) == [("author", UNREADABLE, ("A",)), ("pages", UNREADABLE, 3)]
    assert (change.actions, change.before) == (("adopt", "update"), {"name": "Azul"})


def test_an_adoption_takes_the_file_for_the_declared_one_and_says_so() -> None:
    found = verdicts([want(name="Azul", file=NEW_FILE)], (), [seen(name="Azul")])
    assert (only(found).actions, only(found).after) == (("adopt",), {"name": "Azul", "file": NEW_FILE})
    (warning,) = found.diagnostics
    assert (warning.severity, warning.code, warning.attribute) == (Severity.WARNING, "adopt-unverified", "file")


def test_an_object_of_another_kind_under_our_key_is_an_error_and_left_alone() -> None:
    found = verdicts([want(name="Azul", medium="epub")], (), [seen(id_="9", name="Azul", medium="pdf")])
    assert found.changes == ()
    (problem,) = found.diagnostics
    assert (problem.severity, problem.code, problem.address) == (Severity.ERROR, "adopt-conflict", "store/book/azul.epub")
    assert "medium" in problem.detail


# ignore_changes.


def test_an_ignored_difference_is_left_alone_and_a_full_write_keeps_what_the_store_has() -> None:
    asked = want(name="new", lang="pt", ignore=("lang",))
    change = only(verdicts([asked], [have(name="old", lang="pt")], [seen(name="old", lang="es")]))
    assert shown(change) == [("name", "old", "new")]
    assert change.after == {"name": "new", "lang": "es"}
    assert asked.attributes["lang"] == "pt"


def test_an_ignored_entry_keeps_what_the_store_has_while_its_neighbours_change() -> None:
    asked = want(prices={"USD": USD, "EUR": MORE, "MXN": USD}, ignore=("prices.USD", "prices.MXN"))
    old = {"USD": USD, "EUR": EUR}
    change = only(verdicts([asked], [have(prices=old)], [seen(prices={"USD": MORE, "EUR": EUR})]))
    assert shown(change) == [("prices", "EUR", EUR, MORE)]
    assert change.after == {"prices": {"USD": MORE, "EUR": MORE}}
    assert asked.attributes["prices"] == {"USD": USD, "EUR": MORE, "MXN": USD}


def test_when_all_differences_are_ignored_there_is_nothing_to_do() -> None:
    change = only(verdicts([want(medium="epub", ignore=("*",))], [have(medium="epub")], [seen(medium="pdf")]))
    assert change.action is Action.NO_OP


def test_an_ignored_attribute_that_nobody_can_read_is_not_sent() -> None:
    change = only(verdicts([want(name="new", pages=3, ignore=("pages",))], [have(name="old")], [seen(name="old")]))
    assert change.after == {"name": "new"}


def test_ignoring_is_for_what_exists_and_a_create_sends_all() -> None:
    assert only(verdicts([want(name="x", lang="pt", ignore=("lang",))])).after == {"name": "x", "lang": "pt"}


def test_what_is_left_alone_is_in_the_plan_with_the_entry_that_says_so() -> None:
    rule = Ignore("prices.*", "the store runs a campaign")
    prices = {"USD": MORE, "EUR": EUR}
    change = only(verdicts([want(prices={"USD": USD, "EUR": EUR}, ignore=(rule,))], [have(prices=prices)], [seen(prices=prices)]))
    assert (change.action, change.ignored) == (Action.NO_OP, (LeftAlone(("prices", "USD"), rule),))


def test_what_is_left_alone_is_drift_where_the_store_was_changed() -> None:
    found = verdicts([want(lang="pt", ignore=("lang",))], [have(lang="pt")], [seen(lang="es")])
    assert [[item.path for item in drift.attributes] for drift in found.drift] == [[("lang",)]]


def test_an_ignored_difference_does_not_pass_for_an_edit() -> None:
    asked = want(prices={"USD": USD, "EUR": EUR}, ignore=("prices.USD",))
    for remembered in (USD, MORE):
        recorded = have(prices={"USD": remembered, "EUR": EUR})
        change = only(verdicts([asked], [recorded], [seen(prices={"USD": Decimal(9), "EUR": MORE})]))
        assert (change.reason, shown(change)) == (Reason.DRIFTED, [("prices", "EUR", MORE, EUR)])


# References.


def family(
    parent_now: Resource | None, recorded: list[Recorded], observed: list[tuple[Address, Observed]], scope: Scope | None = None
) -> dict[str, tuple[Action, object]]:
    child = want("child", needs=[at("parent")], name="x", series=Reference(at("parent")))
    wanted = [child] if parent_now is None else [child, parent_now]
    found = verdicts(wanted, recorded, observed, scope)
    return {change.address.title: (change.action, (change.after or {}).get("series")) for change in found.changes}


PARENT, CHILD = have("parent", id_="7", name="p"), have("child", needs=[at("parent")], name="x", series="7")
STORE: list[tuple[Address, Observed]] = [seen("parent", id_="7", name="p"), seen("child", name="x", series="7")]


def test_a_reference_to_what_does_not_exist_yet_stays_open() -> None:
    assert family(want("parent", name="p"), [], [])["child"] == (Action.CREATE, Reference(at("parent")))


def test_a_reference_to_what_exists_is_its_id() -> None:
    assert family(want("parent", name="p"), [PARENT, CHILD], STORE) == {"child": (Action.NO_OP, "7"), "parent": (Action.NO_OP, None)}


def test_a_reference_to_what_is_adopted_is_the_id_it_has() -> None:
    assert family(want("parent", name="p"), [], STORE[:1])["child"] == (Action.CREATE, "7")


def test_a_reference_to_what_is_replaced_is_open_again_and_the_child_is_updated() -> None:
    recorded = have("parent", id_="7", file=OLD_FILE)
    found = family(want("parent", file=NEW_FILE), [recorded, CHILD], STORE)
    assert found == {"child": (Action.UPDATE, Reference(at("parent"))), "parent": (Action.REPLACE, None)}


def test_a_reference_to_what_was_removed_behind_our_back_is_open_again() -> None:
    assert family(want("parent", name="p"), [PARENT, CHILD], STORE[1:])["child"] == (Action.UPDATE, Reference(at("parent")))


def test_a_reference_to_what_is_not_selected_is_the_id_that_is_recorded() -> None:
    scope = Scope(targets=("child",))
    assert family(want("parent", name="p"), [PARENT, CHILD], STORE[1:], scope) == {"child": (Action.NO_OP, "7")}


def test_references_within_a_list_are_filled_too() -> None:
    asked = want("child", needs=[at("parent"), at("other")], shelves=("top", Reference(at("parent")), Reference(at("other"))))
    found = verdicts([asked, want("parent", name="p"), want("other", name="o")], [PARENT], STORE[:1])
    child = next(change for change in found.changes if change.address == at("child"))
    assert child.after == {"shelves": ("top", "7", Reference(at("other")))}


def test_a_circle_is_an_error() -> None:
    with pytest.raises(CatalogError) as caught:
        verdicts([want("a", needs=[at("b")], name="x"), want("b", needs=[at("a")], name="x")])
    assert [problem.code for problem in caught.value.diagnostics] == ["dependency-cycle"]


# Moves.


def move(source: str, target: str) -> Move:
    return Move(at(source), at(target), ORIGIN)


def moving(*moves: Move, recorded: list[Recorded]) -> tuple[dict[str, Recorded], list[str]]:
    found = relocate({one.address: one for one in recorded}, Catalog({}, moves))
    assert all(address == one.address for address, one in found.recorded.items())
    assert {found.moved.get(one.address, one.address) for one in recorded} == set(found.recorded)
    return {address.title: one for address, one in found.recorded.items()}, [problem.code for problem in found.diagnostics]


def test_a_moved_resource_is_the_same_object_under_another_address() -> None:
    placed, problems = moving(move("old", "new"), recorded=[have("old", id_="7", name="x")])
    assert (placed["new"].id, list(placed), problems) == ("7", ["new"], [])
    found = verdicts([want("new", name="x")], placed.values(), [seen("new", id_="7", name="x")])
    assert only(found).action is Action.NO_OP


def test_a_move_that_was_made_already_changes_nothing() -> None:
    placed, problems = moving(move("old", "new"), recorded=[have("new", name="x")])
    assert (list(placed), problems) == (["new"], [])


def test_a_move_onto_an_address_that_is_taken_is_an_error_and_nothing_is_lost() -> None:
    placed, problems = moving(move("old", "new"), recorded=[have("old", name="x"), have("new", name="y")])
    assert (sorted(placed), problems) == (["new", "old"], ["move-conflict"])


def test_those_that_depend_on_what_moved_depend_on_its_new_address() -> None:
    """Else a delete would no longer go against the arrows."""
    placed, _ = moving(move("old", "new"), recorded=[have("old", name="x"), have("child", needs=[at("old"), at("other")], name="y")])
    assert placed["child"].dependencies == (at("new"), at("other"))


@pytest.mark.parametrize("target", [at("azul", BOX), at("azul", account="other")])
def test_a_move_to_another_kind_or_another_store_is_an_error(target: Address) -> None:
    """The id would be that of another object, or of none."""
    recorded = have("azul", name="x", pages=3)
    found = relocate({recorded.address: recorded}, Catalog({}, (Move(recorded.address, target, ORIGIN),)))
    assert (found.recorded, [problem.code for problem in found.diagnostics]) == ({recorded.address: recorded}, ["move-conflict"])


def test_a_move_to_where_nothing_is_declared_is_an_error() -> None:
    """It would be deleted there at once."""
    recorded = have("old", name="x")
    found = leading_nowhere({recorded.address: recorded}, Catalog({}, (move("old", "new"),)))
    assert [problem.code for problem in found] == ["move-undeclared"]


def test_so_is_the_last_of_several_moves_and_no_other() -> None:
    recorded = have("old", name="x")
    found = leading_nowhere({recorded.address: recorded}, Catalog({}, (move("mid", "new"), move("old", "mid"))))
    assert [problem.address for problem in found] == [str(at("new"))]


def test_a_move_to_where_nothing_is_declared_is_none_when_it_is_over() -> None:
    """Blocks stay in the files for those whose state has not moved yet, also when the edition is gone since."""
    assert list(leading_nowhere({}, Catalog({}, (move("old", "new"),)))) == []


def test_what_moves_may_be_released_where_it_comes_to() -> None:
    recorded = have("old", name="x")
    catalog = Catalog({}, (move("old", "new"),), (Removal(at("new"), False, ORIGIN),))
    assert list(leading_nowhere({recorded.address: recorded}, catalog)) == []


@pytest.mark.parametrize("turned", [False, True])
def test_moves_that_follow_each_other_are_one_way_whatever_file_they_stand_in(turned: bool) -> None:
    moves = [move("first", "second"), move("second", "third")]
    placed, problems = moving(*(reversed(moves) if turned else moves), recorded=[have("first", name="x")])
    assert (list(placed), problems) == (["third"], [])


def test_a_child_is_not_made_without_its_parent() -> None:
    """`--target child` leaves the parent out, and a reference to it could never be filled in."""
    found = verdicts([want("parent"), want("child", needs=[at("parent")])], scope=Scope(targets=("child",)))
    assert [problem.code for problem in found.diagnostics] == ["dependency-missing"]


# One object under two addresses, as where two accounts turn out to be one store.


def other(account: str = "shop", base_url: str = "https://STORE:443/", id_: str = "1") -> Recorded:
    return replace(have(name="Azul", id_=id_), address=at("azul", account=account), base_url=base_url)


@pytest.mark.parametrize("purpose", [Purpose.CONVERGE, Purpose.DESTROY])
def test_what_another_address_keeps_is_not_deleted(purpose: Purpose) -> None:
    kept = at("azul", account="shop")
    scope = Scope(purpose, excludes=(str(kept),))
    found = verdicts((), [have(name="Azul"), other()], [seen(name="Azul")], scope)
    assert [(item.code, item.address) for item in found.diagnostics] == [("held-elsewhere", str(at("azul")))]
    assert str(kept) in found.diagnostics[0].detail


def test_nor_is_it_made_anew() -> None:
    scope = Scope(targets=("store/*",), replaces=("*",))
    found = verdicts([want(name="Azul")], [have(name="Azul"), other()], [seen(name="Azul")], scope)
    assert [item.code for item in found.diagnostics] == ["held-elsewhere"]


def test_what_both_addresses_give_up_is_deleted() -> None:
    found = verdicts((), [have(name="Azul"), other()], [seen(name="Azul"), (at("azul", account="shop"), Observed("1", "key-azul", {}))])
    assert ([change.action for change in found.changes], found.diagnostics) == ([Action.DELETE, Action.DELETE], ())


@pytest.mark.parametrize(
    "kept",
    [other(base_url="https://elsewhere"), other(base_url="sandbox"), other(id_="2")],
    ids=["another store", "a sandbox", "another id"],
)
def test_what_another_store_has_under_the_same_id_is_another_object(kept: Recorded) -> None:
    found = verdicts((), [have(name="Azul"), kept], [seen(name="Azul")], Scope(targets=("store/*",)))
    assert ([change.action for change in found.changes], found.diagnostics) == ([Action.DELETE], ())
