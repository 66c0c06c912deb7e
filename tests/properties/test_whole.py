"""The demand above all, of random catalogs on stores of every documented kind: apply, then plan is empty.

SYSTEM_EXAMPLES in the environment asks for more examples than CI has time for.
"""

from __future__ import annotations

import os
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from catalogctl.sandbox import Fault, FaultKind
from properties.catalogs import OPTIONAL, Document, as_file, catalogs, expected, held, plain, switches
from shop import Environment, Shop, opened

EXAMPLES = int(os.environ.get("SYSTEM_EXAMPLES", "0"))
"""0: as few as each property names itself."""
faults = st.sampled_from(
    [FaultKind.DROP_BEFORE, FaultKind.DROP_AFTER, FaultKind.TRUNCATE, FaultKind.FAIL, FaultKind.FAIL_AFTER, FaultKind.GARBAGE]
)
forms = st.sampled_from(["json", "ascii", "yaml", "flow"])


def some(few: int) -> settings:
    """Ask for `few` examples, or for as many as were asked for. A failing one is made smaller with SYSTEM_SHRINK only: it takes minutes."""
    phases = [phase for phase in Phase if os.environ.get("SYSTEM_SHRINK") or phase not in {Phase.shrink, Phase.explain}]
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large]
    return settings(max_examples=EXAMPLES or few, phases=phases, deadline=None, suppress_health_check=checks)


@pytest.fixture(autouse=True, scope="module")
def _piped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in Environment(tmp_path_factory.mktemp("cache")).items():
            patch.setenv(name, value)
        yield


MEANT = ("--allow", "price-change=999999999")
NO_LIMITS = "safety: {max_territory_loss: unlimited, max_unpublish: unlimited, max_updates: unlimited}\n"
"""What is generated moves prices and countries as no one would."""


def declare(shop: Shop, catalog: list[Document], form: str) -> None:
    """Make the files say a catalog, and nothing else."""
    shop.project(NO_LIMITS)
    for path in (shop.folder / "catalog").iterdir():
        path.unlink()
    suffix = "yaml" if form in {"yaml", "flow"} else "json"
    for document in catalog:
        shop.write(f"catalog/{document['id']}.{suffix}", as_file(document, form))


def converged(shop: Shop) -> None:
    """Make sure that there is nothing left to do, and that doing it sends nothing."""
    assert "No changes" in shop.run("plan", *MEANT, "--detailed-exitcode").ended(0).out
    shop.sandbox.clear_log()
    shop.run("apply", *MEANT, "--auto-approve").ended(0)
    assert shop.writes == []
    assert "No changes" in shop.run("plan", *MEANT, "--detailed-exitcode").ended(0).out


def as_planned(shop: Shop, plan: dict[str, Any], keys: dict[str, str]) -> None:
    """Make sure that the writes which the store saw are those of the plan, those of one object in the plan's order.

    Shapes:  `keys` tells the external id of the contents that there were, by internal id.
    """
    announced = [call for call in plan["requests"] if call["method"] != "GET"]
    sent = [(request.method, re.sub(r"/\d+$", "/{id}", request.path)) for request in shop.writes]
    assert Counter(sent) == Counter((call["method"], call["path"]) for call in announced)
    assert [request.ignored_keys for request in shop.requests if request.ignored_keys] == []
    after = {change["address"]: (change["change"]["after"] or {}).get("external_id") for change in plan["resource_changes"]}
    had = {change["address"]: keys.get(str(change["id"])) for change in plan["resource_changes"]}
    wanted: dict[object, list[str]] = defaultdict(list)
    for call in announced:
        wanted[had[call["address"]] if call["method"] == "DELETE" else after[call["address"]]].append(call["method"])
    seen: dict[object, list[str]] = defaultdict(list)
    for request in shop.writes:
        body = request.body if isinstance(request.body, dict) else {}
        seen[body.get("external_id") or keys[request.path.rpartition("/")[2]]].append(request.method)
    assert seen == wanted


def holds(shop: Shop, catalog: list[Document]) -> None:
    """Make sure that the store holds what the documents say: nothing more, and nothing less."""
    wanted = {item.key: item for item in expected(catalog)}
    assert shop.rows.keys() == wanted.keys()
    for key, item in wanted.items():
        unsaid = {name for name in item.row if name not in item.told and name not in OPTIONAL}
        names = {name: value for name, value in item.row.items() if name not in unsaid}
        if isinstance(names.get("table_of_contents"), list | dict):
            names["table_of_contents"] = plain(names["table_of_contents"])
        assert held(shop.rows[key], names=names) == names, key


@some(40)
@given(catalogs(), switches, forms)
def test_apply_then_plan_is_empty_and_the_requests_are_those_of_the_plan(catalog: list[Document], kind: dict[str, Any], form: str) -> None:
    with TemporaryDirectory() as folder, opened(Path(folder), **kind) as shop:
        declare(shop, catalog, form)
        shop.run("validate").ended(0)
        plan = shop.run("plan", *MEANT, "--format", "json").ended(0).json
        shop.sandbox.clear_log()
        shop.run("apply", *MEANT, "--auto-approve").ended(0)
        as_planned(shop, plan, {})
        holds(shop, catalog)
        converged(shop)


@some(30)
@given(st.lists(catalogs(), min_size=2, max_size=3), switches, forms, st.randoms(use_true_random=False))
def test_whatever_is_edited_between_two_applies_the_store_ends_as_declared(
    versions: list[list[Document]], kind: dict[str, Any], form: str, chance: Any
) -> None:
    """Fields come and go, files change, titles are taken out, and someone else works in the store meanwhile."""
    with TemporaryDirectory() as folder, opened(Path(folder), **kind) as shop:
        for catalog in versions:
            for key in sorted(shop.rows):
                match chance.randrange(6):
                    case 0:
                        shop.sandbox.remove(key)
                    case 1:
                        shop.sandbox.edit(key, name="OFERTA", description="<b>Rebajas</b>" if shop.rows[key]["description"] else None)
                    case _:
                        pass
            declare(shop, catalog, form)
            keys = {str(row["id"]): key for key, row in shop.rows.items()}
            plan = shop.run("plan", *MEANT, "--format", "json").ended(0).json
            shop.sandbox.clear_log()
            shop.run("apply", *MEANT, "--auto-approve").ended(0)
            as_planned(shop, plan, keys)
            holds(shop, catalog)
        converged(shop)
        shop.run("destroy", "--auto-approve").ended(0)
        assert shop.rows == {}
        assert len(shop.sandbox.rows()) == kind.get("foreign_rows", 0)


@some(30)
@given(catalogs(), switches, forms, st.data())
def test_what_is_in_the_store_already_is_adopted_and_made_as_declared(
    catalog: list[Document], kind: dict[str, Any], form: str, data: st.DataObject
) -> None:
    """A state that was lost is no loss: nothing is created a second time, nothing is destroyed."""
    with TemporaryDirectory() as folder, opened(Path(folder), **kind) as shop:
        declare(shop, catalog, form)
        shop.run("apply", *MEANT, "--auto-approve").ended(0)
        ids = {key: row["id"] for key, row in shop.rows.items()}
        for path in list((shop.folder / "state").rglob("*")):
            if path.is_file():
                path.unlink()
        edited = data.draw(st.sampled_from(sorted(ids)))
        shop.sandbox.edit(edited, name="OFERTA", amounts_in_cents={"USD": 1} if shop.rows[edited]["amounts_in_cents"] else {})
        shop.sandbox.clear_log()
        shop.run("apply", *MEANT, "--auto-approve").ended(0)
        assert {request.method for request in shop.writes} <= {"PUT"}
        assert {key: row["id"] for key, row in shop.rows.items()} == ids
        holds(shop, catalog)
        converged(shop)


@some(10)
@given(catalogs(), switches, st.integers(0, 12), faults)
def test_whatever_request_goes_wrong_the_next_apply_ends_in_the_declared_catalog(
    catalog: list[Document], kind: dict[str, Any], skip: int, fault: FaultKind
) -> None:
    with TemporaryDirectory() as folder, opened(Path(folder), **kind) as shop:
        declare(shop, catalog, "json")
        shop.server.inject(Fault(kind=fault, skip=skip, count=2))
        first = shop.run("apply", *MEANT, "--auto-approve")
        assert first.code in {0, 6, 7, 9}, first
        shop.server.clear_faults()
        shop.run("apply", *MEANT, "--auto-approve").ended(0)
        holds(shop, catalog)
        converged(shop)
