"""Natural keys that change hands within one plan."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest

from catalogctl.model.address import Address
from catalogctl.model.diagnostics import Severity
from catalogctl.model.resource import Observed, Recorded, Resource
from catalogctl.model.title import NOWHERE
from catalogctl.planning.action import Action
from catalogctl.planning.catalog import Import
from catalogctl.planning.handover import temporary_key
from catalogctl.planning.order import Operation, order
from catalogctl.planning.planner import Verdicts
from catalogctl.planning.scope import Scope
from unit.planning.shelf import NEW_FILE, OLD_FILE, at, have, seen, verdicts, want


def wanted(title: str, key: str) -> Resource:
    return replace(want(title, isbn=key, name=title), key=key)


def held(title: str, key: str) -> tuple[Recorded, tuple[Address, Observed]]:
    """Return an object as state and store have it; its id is its title."""
    recorded = replace(have(title, isbn=key, name=title), id=title, key=key)
    return recorded, (at(title), replace(seen(title, id_=title, isbn=key, name=title)[1], key=key))


def planned(files: Iterable[Resource], *objects: tuple[Recorded, tuple[Address, Observed]], scope: Scope | None = None) -> Verdicts:
    return verdicts(list(files), [one for one, _ in objects], [one for _, one in objects], scope=scope or Scope())


def steps(found: Verdicts) -> list[str]:
    assert errors(found) == []
    return [operation.name.replace("store/book/", "").replace(".epub", "") for operation in order(found.changes).operations]


def errors(found: Verdicts) -> list[str]:
    return [one.code for one in found.diagnostics if one.severity is Severity.ERROR]


def test_a_key_is_given_up_before_it_is_taken_along_a_chain_of_any_length() -> None:
    files = [wanted("a", "K2"), wanted("b", "K3"), wanted("c", "K4")]
    found = planned(files, held("a", "K1"), held("b", "K2"), held("c", "K3"))
    assert steps(found) == ["update c", "update b", "update a"]
    assert [one.code for one in found.diagnostics] == []


def test_a_new_title_takes_the_key_of_an_edited_one_after_it() -> None:
    holder = held("z", "K1")
    new = wanted("a", "K1")
    found = verdicts([wanted("z", "K2"), new], [holder[0]], [holder[1], (at("a"), holder[1][1])])
    assert steps(found) == ["update z", "create a"]
    assert found.changes[0].present == {"z"}, "the other object is not what a lost create has made"


def test_a_delete_goes_before_the_update_that_takes_its_key() -> None:
    assert steps(planned([wanted("a", "K2")], held("a", "K1"), held("z", "K2"))) == ["delete z", "update a"]


def test_the_step_that_takes_a_key_needs_the_one_that_gives_it_up() -> None:
    graph = order(planned([wanted("a", "K2"), wanted("b", "K3")], held("a", "K1"), held("b", "K2")).changes)
    assert [operation.requires for operation in graph.operations] == [(), ("update store/book/b.epub",)]


@pytest.mark.parametrize("count", [2, 3, 5])
def test_in_a_circle_of_any_length_one_object_waits_under_a_temporary_key(count: int) -> None:
    names = "abcde"[:count]
    files = [wanted(name, f"K{(number + 1) % count}") for number, name in enumerate(names)]
    found = planned(files, *(held(name, f"K{number}") for number, name in enumerate(names)))
    assert steps(found) == ["update a to a temporary key", *(f"update {name}" for name in reversed(names[1:])), "update a"]
    first: Operation = order(found.changes).operations[0]
    assert (first.changed, first.meanwhile) == (frozenset({"isbn"}), temporary_key(found.changes[0]))
    (told,) = found.diagnostics
    assert (told.code, told.address) == ("keys-exchanged", "store/book/a.epub")
    assert first.meanwhile in told.detail


def test_two_circles_and_a_chain_beside_them_do_not_mind_each_other() -> None:
    keys = {"a": ("K1", "K2"), "b": ("K2", "K1"), "c": ("K3", "K4"), "d": ("K4", "K3"), "e": ("K5", "K6"), "f": ("K6", "K7")}
    found = planned([wanted(name, new) for name, (_, new) in keys.items()], *(held(name, old) for name, (old, _) in keys.items()))
    names = steps(found)
    assert len(names) == len(keys) + 2
    for giver, taker in (("a to a temporary key", "b"), ("b", "a"), ("c to a temporary key", "d"), ("d", "c"), ("f", "e")):
        assert names.index(f"update {giver}") < names.index(f"update {taker}")


def test_a_replace_that_deletes_first_opens_a_circle() -> None:
    a, b = held("a", "K1"), held("b", "K2")
    files = [replace(wanted("a", "K2"), attributes={"isbn": "K2", "name": "a", "file": NEW_FILE}), wanted("b", "K1")]
    recorded = replace(a[0], attributes={**a[0].attributes, "file": OLD_FILE})
    found = verdicts(files, [recorded, b[0]], [a[1], b[1]])
    assert steps(found) == ["delete a", "update b", "create a"]


def test_a_temporary_key_is_the_same_each_time_and_no_two_objects_have_the_same() -> None:
    swap = [wanted("a", "K2"), wanted("b", "K1")]
    one, other = (planned(swap, held("a", "K1"), held("b", "K2")).changes for _ in range(2))
    assert temporary_key(one[0]) == temporary_key(other[0]) != temporary_key(one[1])


def test_after_a_crash_under_the_temporary_key_the_rest_is_a_chain() -> None:
    swap = [wanted("a", "K2"), wanted("b", "K1")]
    meanwhile = temporary_key(planned(swap, held("a", "K1"), held("b", "K2")).changes[0])
    assert steps(planned(swap, held("a", meanwhile), held("b", "K2"))) == ["update b", "update a"]
    assert steps(planned(swap, held("a", meanwhile), held("b", "K1"))) == ["update a"]


def test_a_target_that_leaves_out_the_one_that_gives_up_is_refused_with_both_named() -> None:
    only_a = Scope(only=frozenset({at("a")}))
    a, b = held("a", "K1"), held("b", "K2")
    found = verdicts([wanted("a", "K2"), wanted("b", "K3")], [a[0], b[0]], [a[1]], scope=only_a)
    (told,) = found.diagnostics
    assert (told.code, told.address) == ("key-held", "store/book/a.epub")
    assert told.hint.splitlines()[-1] == "--target store/book/a.epub --target store/book/b.epub"


def test_a_target_that_leaves_out_the_one_that_takes_is_planned() -> None:
    only_b = Scope(only=frozenset({at("b")}))
    a, b = held("a", "K1"), held("b", "K2")
    assert steps(verdicts([wanted("a", "K2"), wanted("b", "K3")], [a[0], b[0]], [b[1]], scope=only_b)) == ["update b"]


def test_a_key_that_is_kept_because_its_difference_is_left_alone_is_not_given_up() -> None:
    b = replace(want("b", isbn="K3", name="b", ignore=("isbn",)), key="K3")
    found = planned([wanted("a", "K2"), b], held("a", "K1"), held("b", "K2"))
    assert errors(found) == ["key-held"]


def test_keys_of_other_accounts_and_types_are_other_keys() -> None:
    found = planned([wanted("a", "K2")], held("a", "K1"))
    elsewhere = replace(have("b", isbn="K2"), address=at("b", account="other"), key="K2")
    assert errors(verdicts([wanted("a", "K2")], [held("a", "K1")[0], elsewhere], [held("a", "K1")[1]])) == errors(found) == []


def test_objects_that_are_only_imported_cannot_wait_and_the_circle_is_refused_with_what_to_do() -> None:
    both = [held("a", "K1")[1], held("b", "K2")[1]]
    imports = tuple(Import(at(name), name, NOWHERE) for name in ("a", "b"))
    found = verdicts([wanted("a", "K2"), wanted("b", "K1")], (), both, imports=imports)
    assert [change.action for change in found.changes] == [Action.ADOPT, Action.ADOPT]
    (told,) = found.diagnostics
    assert (told.code, told.address) == ("key-circle", "store/book/a.epub")
    assert "in two steps" in told.hint
