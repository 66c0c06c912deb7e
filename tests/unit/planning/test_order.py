"""Changes → the graph of steps that apply will take, no more and no fewer."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from catalogctl.model.diagnostics import CatalogError
from catalogctl.model.resource import ResourceType
from catalogctl.model.value import Reference
from catalogctl.planning.order import Operation, order
from catalogctl.planning.planner import Verdicts
from catalogctl.provider.protocol import Verb
from unit.planning.shelf import BOOK, BOX, NEW_FILE, OLD_FILE, at, have, seen, verdicts, want

LATE = frozenset({"sale_from"})


def steps(found: Verdicts) -> list[Operation]:
    return list(order(found.changes).operations)


def names(found: Verdicts) -> list[str]:
    return [step.name.removesuffix(".epub").replace("store/", "") for step in steps(found)]


def test_a_create_is_one_step_about_all_that_is_declared() -> None:
    (step,) = steps(verdicts([want(name="x", pages=3)]))
    assert (step.verb, step.changed, step.withheld, step.requires) == (Verb.CREATE, frozenset({"name", "pages"}), frozenset(), ())


def test_what_create_refuses_is_withheld_and_sent_by_an_update_right_after() -> None:
    create, update = steps(verdicts([want(name="x", sale_from=date(2027, 1, 1))]))
    assert (create.verb, create.changed, create.withheld) == (Verb.CREATE, frozenset({"name"}), LATE)
    assert (update.verb, update.changed, update.withheld) == (Verb.UPDATE, LATE, frozenset())
    assert update.requires == (create.name,)
    assert update.name == "update store/book/azul.epub after create"


def test_a_late_attribute_with_no_value_needs_no_second_step() -> None:
    assert names(verdicts([want(name="x", sale_from=None)])) == ["create book/azul"]


def test_an_update_is_about_what_differs() -> None:
    (step,) = steps(verdicts([want(name="y", lang="en")], [have(name="x", lang="en")], [seen(name="x", lang="en")]))
    assert (step.verb, step.changed) == (Verb.UPDATE, frozenset({"name"}))


def test_a_replace_deletes_first_where_a_store_allows_one_object_a_key() -> None:
    delete, create = steps(verdicts([want(file=NEW_FILE)], [have(file=OLD_FILE)], [seen()]))
    assert (delete.verb, create.verb, create.requires) == (Verb.DELETE, Verb.CREATE, (delete.name,))


def test_a_replace_creates_first_where_a_store_allows_two() -> None:
    recorded = have(type_=BOX, file=OLD_FILE)
    create, update, delete = steps(verdicts([want(type_=BOX, file=NEW_FILE, sale_from=date(2027, 1, 1))], [recorded], [seen(type_=BOX)]))
    assert [create.verb, update.verb, delete.verb] == [Verb.CREATE, Verb.UPDATE, Verb.DELETE]
    assert delete.requires == (update.name,)


@pytest.mark.parametrize(("type_", "actions"), [(BOOK, ("delete", "create")), (BOX, ("create", "delete"))])
def test_the_actions_of_a_replace_say_which_half_goes_first(type_: ResourceType, actions: tuple[str, ...]) -> None:
    found = verdicts([want(type_=type_, file=NEW_FILE)], [have(type_=type_, file=OLD_FILE)], [seen(type_=type_)])
    assert found.changes[0].actions == actions
    assert tuple(step.verb.value for step in steps(found)) == actions


def test_what_changes_no_store_takes_no_step() -> None:
    unchanged, adopted, forgotten = want("a", name="x"), want("b", name="x"), have("c", name="x")
    found = verdicts([unchanged, adopted], [have("a", name="x"), forgotten], [seen("a", name="x"), seen("b", id_="2", name="x")])
    assert [change.action.value for change in found.changes] == ["no-op", "adopt", "forget"]
    assert steps(found) == []


def test_an_adoption_that_changes_something_is_an_update() -> None:
    assert names(verdicts([want(name="y")], (), [seen(name="x")])) == ["update book/azul"]


def test_a_resource_comes_after_those_it_depends_on() -> None:
    found = verdicts([want("a", needs=[at("b")], name="x"), want("b", needs=[at("c")], name="x"), want("c", name="x")])
    assert names(found) == ["create book/c", "create book/b", "create book/a"]
    assert steps(found)[2].requires == ("create store/book/b.epub",)


def test_a_resource_waits_for_the_last_step_of_the_one_it_depends_on() -> None:
    found = verdicts([want("a", needs=[at("b")], name="x"), want("b", name="x", sale_from=date(2027, 1, 1))])
    assert names(found)[2] == "create book/a"
    assert steps(found)[2].requires == ("update store/book/b.epub after create",)


def test_nothing_waits_for_what_is_left_as_it_is() -> None:
    found = verdicts([want("a", needs=[at("b")], name="x"), want("b", name="x")], [have("b", name="x")], [seen("b", name="x")])
    assert [step.requires for step in steps(found)] == [()]


def test_deletes_go_against_the_arrows_on_the_dependencies_kept_in_state() -> None:
    found = verdicts((), [have("a", name="x"), have("b", needs=[at("a")], name="x")], [seen("a", name="x"), seen("b", name="x")])
    assert names(found) == ["delete book/b", "delete book/a"]


def test_when_parent_and_child_are_replaced_the_child_goes_first_and_comes_last() -> None:
    found = verdicts(
        [want("parent", file=NEW_FILE), want("child", needs=[at("parent")], file=NEW_FILE)],
        [have("parent", file=OLD_FILE), have("child", needs=[at("parent")], file=OLD_FILE)],
        [seen("parent"), seen("child")],
    )
    assert names(found) == ["delete book/child", "delete book/parent", "create book/parent", "create book/child"]


def test_a_parent_that_is_deleted_first_and_a_child_that_is_created_first_can_both_be_replaced() -> None:
    found = verdicts(
        [want("parent", file=NEW_FILE), want("child", BOX, needs=[at("parent")], file=NEW_FILE)],
        [have("parent", file=OLD_FILE), have("child", BOX, needs=[at("parent")], file=OLD_FILE)],
        [seen("parent"), seen("child", BOX)],
    )
    assert names(found) == ["delete box/child", "delete book/parent", "create book/parent", "create box/child"]


def test_an_old_object_is_deleted_only_after_those_that_referred_to_it_refer_to_the_new_one() -> None:
    parent = at("parent", BOX)
    found = verdicts(
        [want("parent", BOX, file=NEW_FILE), want("child", needs=[parent], series=Reference(parent))],
        [have("parent", BOX, id_="7", file=OLD_FILE), have("child", needs=[parent], series="7")],
        [seen("parent", BOX, id_="7"), seen("child", series="7")],
    )
    assert names(found) == ["create box/parent", "update book/child", "delete box/parent"]
    assert steps(found)[2].requires == ("create store/box/parent.epub", "update store/book/child.epub")


def test_a_circle_is_an_error_that_names_the_way_round() -> None:
    first, second = (verdicts([want(title, name="x")]).changes[0] for title in "ab")
    circle = [replace(first, dependencies=(at("b"),)), replace(second, dependencies=(at("a"),))]
    with pytest.raises(CatalogError) as caught:
        order(circle)
    (problem,) = caught.value.diagnostics
    assert problem.code == "dependency-cycle"
    assert "create store/book/a.epub → create store/book/b.epub" in f"{problem.detail} {problem.detail}".replace(". ", " → ")


def test_the_graph_does_not_depend_on_the_order_of_the_changes() -> None:
    found = verdicts([want(title, needs=[at("a")] if title != "a" else [], name="x") for title in "dcba"])
    assert order(found.changes) == order(reversed(found.changes))
