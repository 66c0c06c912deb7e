"""Plan JSON and the saved plan."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, cast

import pytest

from catalogctl.model.address import Address
from catalogctl.model.asset import Asset
from catalogctl.model.diagnostics import CatalogError, Refusal, Severity, SourceRange, warning
from catalogctl.model.resource import Observed, Recorded, Resource
from catalogctl.model.title import Origin
from catalogctl.model.value import UNKNOWN, Reference, Secret
from catalogctl.model.value import digest as digest_of
from catalogctl.planning.calls import calls
from catalogctl.planning.change import Drift
from catalogctl.planning.order import order
from catalogctl.planning.plan import Base, Estimate, Plan, PlannedRequest, Refresh
from catalogctl.planning.planfile.file import decode, digest, encode, sources
from catalogctl.planning.scope import Purpose
from catalogctl.provider.endpoint import Endpoint
from unit.planning.shelf import BOX, NEW_FILE, OLD_FILE, at, have, seen, types, verdicts, want

USD, EUR, MORE = Decimal("2.00"), Decimal("2.35"), Decimal("2.50")
POST = Endpoint("POST", "/books", frozenset({201}), repeatable=False)
HERE = Base("default", "lineage", 7, "c" * 64, {"store": "https://store"}, {"catalog/azul.yaml#azul": "d" * 64})


def a_plan(
    wanted: Iterable[Resource] = (), recorded: Iterable[Recorded] = (), observed: Iterable[tuple[Address, Observed]] = (), **more: Any
) -> Plan:
    found = verdicts(wanted, recorded, observed)
    graph = order(found.changes)
    requests = calls(graph, lambda _: (POST,))
    plan = Plan(found.changes, graph, found.drift, HERE, requests, Estimate(len(requests), 1.5), 3, found.diagnostics)
    return replace(plan, **more)


def place(origin: Origin) -> SourceRange | None:
    return SourceRange(origin.path, 12, 3, 9, "  name: x") if "azul" in origin.path else None


def written(plan: Plan) -> dict[str, Any]:
    return cast("dict[str, Any]", json.loads(encode(plan, place=place)))


def entry(plan: Plan, title: str = "azul") -> dict[str, Any]:
    return next(one for one in written(plan)["resource_changes"] if one["title"] == title)


def refusal(data: bytes, known: Callable[[str, str], Any] = types) -> CatalogError:
    with pytest.raises(CatalogError) as caught:
        decode(data, known)
    assert caught.value.refusal is Refusal.STALE
    return caught.value


def sealed(document: dict[str, Any]) -> bytes:
    """A document someone changed by hand, with a checksum that is right again."""
    rest = {name: part for name, part in document.items() if name != "checksum"}
    return json.dumps({**rest, "checksum": digest_of(rest)}).encode()


UPDATE = a_plan([want(name="new", pages=3)], [have(name="old")], [seen(name="old")])


def test_a_change_has_the_members_of_terraforms_plan_json_and_ours_beside_them() -> None:
    found = entry(a_plan([want(name="new", pages=3, protect=True)], [have(name="old")], [seen(name="old")]))
    assert found == {
        "address": "store/book/azul.epub",
        "type": "book",
        "provider_name": "shelf",
        "account": "store",
        "title": "azul",
        "edition": "epub",
        "key": "",
        "change": {
            "actions": ["update"],
            "before": {"name": "old"},
            "after": {"name": "new", "pages": 3},
            "after_unknown": {},
            "replace_paths": [],
        },
        "action_reason": "edited",
        "source": {"file": "catalog/azul.yaml", "line": 12, "document": 0, "pointer": []},
        "id": "1",
        "natural_key": "key-azul",
        "fingerprint": UPDATE.changes[0].fingerprint,
        "protect": True,
        "dependencies": [],
        "attributes": [{"path": ["name"]}, {"path": ["pages"], "before_missing": "unreadable"}],
        "observed": {},
        "observed_as_before": ["name"],
        "record": False,
    }


def test_the_whole_says_what_it_was_made_from_and_what_it_costs() -> None:
    found = written(replace(UPDATE, titles={"azul": "Azul…"}))
    names = ("format_version", "summary", "requests", "estimate", "reads", "titles", "base", "purpose", "refresh", "drift", "assets")
    assert {name: found[name] for name in names} == {
        "format_version": "1.0",
        "summary": {"create": 0, "update": 1, "replace": 0, "delete": 0, "adopt": 0, "forget": 0, "no_op": 0},
        "requests": [{"method": "POST", "path": "/books", "address": "store/book/azul.epub", "operation": "update store/book/azul.epub"}],
        "estimate": {"requests": 1, "seconds": 1.5},
        "reads": 3,
        "titles": {"azul": "Azul…"},
        "base": {
            "environment": "default",
            "lineage": "lineage",
            "serial": 7,
            "configuration": "c" * 64,
            "accounts": {"store": "https://store"},
            "documents": {"catalog/azul.yaml#azul": "d" * 64},
        },
        "purpose": "converge",
        "refresh": "stores",
        "drift": [],
        "assets": {},
    }


def test_the_file_is_in_canonical_form() -> None:
    data = encode(UPDATE, place=place)
    assert data.decode() == json.dumps(json.loads(data), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def test_what_turns_text_round_or_is_not_seen_is_escaped_in_it() -> None:
    plan = a_plan([want(name="n\u202ey \u2066\u200b", lang="en")], [], [])
    data = encode(plan, place=place)
    assert rb"n\u202ey \u2066\u200b" in data
    assert "\u202e" not in data.decode()
    assert decode(data, types) == plan


def test_a_no_op_is_slim_and_is_rebuilt_whole() -> None:
    plan = a_plan([want(name="x", lang="en", pages=3)], [have(name="x", lang="en", pages=3)], [seen(name="x", lang="EN")])
    found = entry(plan)
    assert "action_reason" not in found
    assert found["change"]["actions"] == ["no-op"]
    same = a_plan([want(name="x", pages=3)], [have(name="x", pages=3)], [seen(name="x")])
    assert "before" not in entry(same)["change"]
    assert found["change"]["before"] == {"name": "x", "lang": "EN", "pages": 3}
    for one in (plan, same):
        assert decode(encode(one, place=place), types) == one


def test_what_is_declared_nowhere_has_no_source() -> None:
    assert entry(a_plan((), [have(name="x")], [seen(name="x")]))["source"] is None


def test_a_source_that_cannot_be_placed_has_a_file_and_no_line() -> None:
    assert entry(a_plan([want("other", name="x")]), "other")["source"]["line"] is None


def test_replace_paths_are_lists_of_steps() -> None:
    found = entry(a_plan([want(type_=BOX, file=NEW_FILE)], [have(type_=BOX, file=OLD_FILE)], [seen(type_=BOX)]))
    assert (found["change"]["replace_paths"], found["change"]["actions"]) == ([["file"]], ["create", "delete"])
    assert found["action_reason"] == "cannot-change-in-place"


def test_values_are_written_exactly() -> None:
    declared = want(prices={"USD": Decimal(2), "PYG": Decimal("1E+3")}, published=date(2019, 9, 13), bisac=("A", "B"))
    assert entry(a_plan([declared]))["change"]["after"] == {
        "prices": {"USD": "2.00", "PYG": "1000.00"},
        "published": "2019-09-13",
        "bisac": ["A", "B"],
    }


# What is not known yet.

OPEN = a_plan(
    [
        want(
            needs=[at("parent")],
            name=UNKNOWN,
            series=Reference(at("parent")),
            shelves=("top", Reference(at("parent"))),
            links={"up": UNKNOWN, "to": "x"},
        ),
        want("parent", name="p"),
    ]
)


def test_what_is_not_known_yet_is_null_and_true_at_its_place() -> None:
    change = entry(OPEN)["change"]
    assert change["after"] == {"name": None, "series": None, "shelves": ["top", None], "links": {"up": None, "to": "x"}}
    assert change["after_unknown"] == {"name": True, "series": True, "shelves": [False, True], "links": {"up": True}}
    assert change["references"] == {"series": "store/book/parent.epub", "shelves[1]": "store/book/parent.epub"}


def test_what_is_not_known_yet_is_rebuilt() -> None:
    again = decode(encode(OPEN, place=place), types)
    assert again == OPEN
    assert again.changes[0].after == {
        "name": UNKNOWN,
        "series": Reference(at("parent")),
        "shelves": ("top", Reference(at("parent"))),
        "links": {"up": UNKNOWN, "to": "x"},
    }


# Round trips.


def everything() -> Plan:
    remark = warning("w", "s", "d", "h", address="a", attribute="b").at(SourceRange("catalog/x.yaml", 3, 4, 5, "  café: x"))
    return a_plan(
        [
            want("created", needs=[at("updated")], name="x", prices={"USD": USD}, sale_from=date(2027, 1, 1), file=NEW_FILE),
            want("updated", name="new", pages=3, prices={"USD": MORE, "MXN": USD}, ignore=("lang",), protect=True),
            want("replaced", file=NEW_FILE, name="x"),
            want("boxed", BOX, file=NEW_FILE),
            want("adopted", name="x"),
            want("changed", name="y", pages=None),
            want("same", name="x"),
            want("noted", name="x"),
        ],
        [
            have("updated", name="old", prices={"USD": USD, "EUR": EUR}, author=("A", "B")),
            have("replaced", file=OLD_FILE, name="y"),
            have("boxed", BOX, file=OLD_FILE),
            have("same", name="x"),
            have("noted", name="y"),
            have("deleted", needs=[at("updated")], name="x", blurb="…", file=OLD_FILE),
            have("forgotten", name="x"),
        ],
        [
            seen("updated", name="drifted", prices={"USD": USD, "EUR": EUR}, free=True),
            seen("replaced", name="y"),
            seen("boxed", BOX),
            seen("adopted", id_="5", name="x"),
            seen("changed", id_="6", name="x"),
            seen("same", name="x"),
            seen("noted", name="x"),
            seen("deleted", name="x"),
        ],
        diagnostics=(remark,),
        titles={"same": "Same"},
    )


def test_a_plan_that_was_saved_is_the_plan_that_was_made() -> None:
    plan = everything()
    data = encode(plan, place=place)
    again = decode(data, types)
    assert again == plan
    assert again.graph.operations == plan.graph.operations
    assert encode(again, place=sources(data).get) == data


def test_the_places_of_a_saved_plan_are_those_of_when_it_was_made() -> None:
    assert sources(encode(UPDATE, place=place)) == {Origin("catalog/azul.yaml", 0): SourceRange("catalog/azul.yaml", 12, 1, 1, "")}


def test_a_plan_that_version_control_laid_out_anew_is_the_same_plan() -> None:
    data = encode(everything(), place=place)
    assert decode(json.dumps(json.loads(data)).replace(", ", ",\r\n").encode(), types) == everything()


def test_a_local_file_that_will_be_sent_is_found_again() -> None:
    saved = encode(a_plan([want(file=NEW_FILE, pictures=(OLD_FILE,))]), place=place)
    (change,) = decode(saved, types).changes
    assert change.after is not None
    differing = {item.path: item.after for item in change.attributes}
    files = [change.after["file"], *cast("tuple[Asset, ...]", change.after["pictures"]), differing["file",]]
    assert [(file.location, file.sha256, file.size) for file in files if isinstance(file, Asset)] == [
        ("assets/new.epub", "b" * 64, 20),
        ("assets/old.epub", "a" * 64, 10),
        ("assets/new.epub", "b" * 64, 20),
    ]


@pytest.mark.parametrize("path", ["../secrets", "/etc/passwd", "a/../../b", "https://elsewhere/x"])
def test_a_file_outside_the_project_is_refused(path: str) -> None:
    document = written(a_plan([want(file=NEW_FILE)]))
    document["assets"][NEW_FILE.identity]["path"] = path
    assert refusal(sealed(document)).diagnostics[0].code == "plan-damaged"


# What must never be in it.


def test_a_secret_cannot_be_written() -> None:
    for value in (Secret("hunter2"), (Secret("hunter2"),), {"a": Secret("hunter2")}, 1.5, b"x", Severity.ERROR):
        with pytest.raises(TypeError, match="cannot be written down"):
            encode(a_plan([want(name=cast("Any", value))]), place=place)


def test_the_signature_of_a_url_is_not_in_it() -> None:
    signed = Asset("https://cdn/x.epub?X-Amz-Signature=hunter2&X-Amz-Date=1")
    line = SourceRange("catalog/azul.yaml", 1, 1, 2, f'content: "{signed.location}"')
    plan = a_plan([want(file=signed, pictures=(signed,))], diagnostics=(warning("w", "s", f"See {signed.location} now.").at(line),))
    data = encode(plan, place=place)
    assert b"hunter2" not in data
    assert b'content: \\"https://cdn/x.epub\\"' in data
    assert decode(data, types).changes == plan.changes


# What is not believed.


def test_an_empty_file_is_refused() -> None:
    assert "It is empty." in refusal(b"").diagnostics[0].detail
    assert refusal(b" \n").diagnostics[0].code == "plan-damaged"


def test_a_file_that_was_cut_is_refused_wherever_it_was_cut() -> None:
    data = encode(UPDATE, place=place)
    for length in range(len(data) - 1):
        assert refusal(data[:length]).diagnostics[0].code == "plan-damaged"


@pytest.mark.parametrize("text", ["[]", "null", "3", '"plan"', "{}", '{"format_version": 1}'])
def test_json_that_is_no_plan_is_refused(text: str) -> None:
    assert refusal(text.encode()).diagnostics[0].detail.startswith("It is JSON, but no plan.")


@pytest.mark.parametrize("version", ["0.9", "1.1", "2.0", ""])
def test_another_format_is_refused_and_says_so(version: str) -> None:
    (problem,) = refusal(sealed({**written(UPDATE), "format_version": version})).diagnostics
    assert problem.code == "plan-format-unknown"
    assert repr(version) in problem.detail


def test_what_another_version_wrote_otherwise_is_told_as_that_and_not_as_damage() -> None:
    document = {**written(UPDATE), "catalogctl_version": "0.0.1"}
    del document["purpose"]
    (problem,) = refusal(sealed(document)).diagnostics
    assert problem.code == "plan-format-unknown"
    assert "catalogctl 0.0.1 wrote this plan" in problem.detail


@pytest.mark.parametrize("purpose", Purpose)
@pytest.mark.parametrize("refresh", Refresh)
def test_what_a_plan_is_for_and_where_it_took_the_contents_from_is_kept(purpose: Purpose, refresh: Refresh) -> None:
    plan = replace(UPDATE, purpose=purpose, refresh=refresh)
    assert decode(encode(plan, place=place), types) == plan


def test_a_type_that_nobody_here_knows_is_refused_and_named() -> None:
    plan = a_plan([want(name="x"), want("boxed", BOX, name="x")])
    problems = refusal(encode(plan, place=place), lambda *_: None).diagnostics
    assert [(problem.code, problem.address) for problem in problems] == [
        ("plan-type-unknown", "store/book/azul.epub"),
        ("plan-type-unknown", "store/box/boxed.epub"),
    ]


def test_a_value_changed_by_hand_is_refused() -> None:
    data = encode(UPDATE, place=place)
    assert "checksum" in refusal(data.replace(b'"new"', b'"now"')).diagnostics[0].detail


def change_of(document: dict[str, Any]) -> dict[str, Any]:
    return cast("dict[str, Any]", document["resource_changes"][0])


@pytest.mark.parametrize(
    "tamper",
    [
        lambda document: change_of(document)["change"].update(actions=["no-op"]),
        lambda document: change_of(document)["change"].update(actions=["burn"]),
        lambda document: change_of(document)["change"].update(replace_paths=[["name"]]),
        lambda document: change_of(document)["change"]["after"].update(pages=4),
        lambda document: change_of(document)["change"]["after"].update(pages="4"),
        lambda document: change_of(document)["change"]["after"].update(nonsense=4),
        lambda document: change_of(document)["change"]["after"].update(prices={"USD": "two"}),
        lambda document: change_of(document)["change"].update(after_unknown={"name": True}),
        lambda document: change_of(document).update(address="nonsense"),
        lambda document: change_of(document).update(title="other"),
        lambda document: change_of(document).update(action_reason="because"),
        lambda document: change_of(document).update(protect=1),
        lambda document: change_of(document)["attributes"].append({"path": ["nonsense"]}),
        lambda document: change_of(document)["attributes"].append({"path": []}),
        lambda document: change_of(document).pop("fingerprint"),
        lambda document: document["summary"].update(update=0),
        lambda document: document["base"].update(serial=True),
        lambda document: document["base"]["accounts"].update(store="https://elsewhere"),
        lambda document: document.update(digest="0" * 64),
        lambda document: document.update(more=1),
        lambda document: document.update(purpose="fun"),
        lambda document: document.update(refresh=None),
        lambda document: document.pop("purpose"),
        lambda document: document.pop("requests"),
    ],
)
def test_a_document_that_says_otherwise_than_it_does_is_refused_whatever_its_checksum(tamper: Callable[[dict[str, Any]], object]) -> None:
    document = written(UPDATE)
    tamper(document)
    assert refusal(sealed(document)).diagnostics[0].code == "plan-damaged"


def test_a_circle_in_a_saved_plan_is_refused() -> None:
    document = written(a_plan([want(name="x"), want("b", name="x")]))
    first, second = document["resource_changes"]
    first["dependencies"], second["dependencies"] = [second["address"]], [first["address"]]
    assert refusal(sealed(document)).diagnostics[0].code == "dependency-cycle"


# The digest of what is done.


def test_the_digest_is_over_what_is_done_and_not_over_how_it_was_found_out() -> None:
    remark = warning("w", "s")
    drift = Drift(at("x"), UPDATE.changes[0].type, (), gone=True, matters=True)
    call = PlannedRequest("GET", "/", at("azul"), "x")
    other = replace(UPDATE, reads=9, estimate=Estimate(7, 7.0), drift=(drift,), diagnostics=(remark,), requests=(call,), titles={"a": "b"})
    assert digest(other) == digest(UPDATE)
    assert digest(replace(UPDATE, base=Base("other", "l", 8, "", HERE.accounts))) == digest(UPDATE)
    wanted, recorded, observed = want(name="new", pages=3), have(name="old"), seen(name="old")
    beside = a_plan([wanted, want("b", name="x")], [recorded, have("b", name="x")], [observed, seen("b", name="x")])
    assert digest(beside) == digest(UPDATE)


def others() -> dict[str, Plan]:
    recorded = have(name="old")
    return {
        "another value": a_plan([want(name="newer", pages=3)], [recorded], [seen(name="old")]),
        "another object": a_plan([want(name="new", pages=3)], [have(id_="2", name="old")], [seen(id_="2", name="old")]),
        "an object that moved": a_plan([want(name="new", pages=3)], [recorded], [seen(name="older")]),
        "another action": a_plan([want(name="new", pages=3)], [recorded]),
        "another difference": a_plan([want(name="new", pages=3)], [have(name="old", pages=3)], [seen(name="old")]),
        "protection": a_plan([want(name="new", pages=3, protect=True)], [recorded], [seen(name="old")]),
        "dependencies": a_plan([want(name="new", pages=3, needs=[at("b")])], [recorded], [seen(name="old")]),
        "nothing any more": a_plan([want(name="new", pages=3)], [have(name="new", pages=3)], [seen(name="new")]),
        "no longer known": a_plan(),
        "another store": replace(UPDATE, base=replace(HERE, accounts={"store": "https://elsewhere"})),
    }


@pytest.mark.parametrize("what", others())
def test_a_plan_that_does_anything_else_has_another_digest(what: str) -> None:
    assert digest(others()[what]) != digest(UPDATE)
