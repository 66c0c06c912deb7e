"""What an update would clear and the files do not declare: sent as it is in the store, or refused with what to declare."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import chdir, contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from catalogctl.providers.publishdrive.sandbox import PublishdriveSandbox, PublishdriveSwitches
from catalogctl.sandbox import Fault, FaultKind, SandboxServer
from shop import Ran, Shop, catalogctl, opened

pytestmark = pytest.mark.usefixtures("piped")

LISTS: dict[str, list[Any]] = {
    "author": ["Ana Ruiz"],
    "publisher": ["Ribera"],
    "bisac": ["FIC019000"],
    "category": ["Mar", "Novela"],
    "collection": ["Window"],
    "country": ["Chile", "Peru"],
    "keyword": ["sal"],
}
BARE: dict[str, Any] = {"contributors": None}


def by_hand(shop: Shop, **more: Any) -> None:
    """Put a content into the store as someone would in its panel."""
    row = {"external_id": "key-faro", "name": "El faro", "publication_date": "2021-03-04", "lang": "es", "prices": {"USD": 9.9}}
    shop.sandbox.seed([{**row, "description": "Long.", "free": True, **LISTS, **more}])


def lists_of(shop: Shop) -> dict[str, list[Any]]:
    return {name: shop.rows["key-faro"][name] for name in LISTS}


@pytest.mark.parametrize("omitted", ["keeps", "clears"])
def test_adopting_and_updating_leaves_what_is_not_declared(tmp_path: Path, omitted: str) -> None:
    with opened(tmp_path, omitted_taxonomy=omitted, omitted_optional=omitted) as shop:
        by_hand(shop)
        shop.title(title="El faro nuevo", edition={"prices": None}, **BARE)
        shop.applied()
        row = shop.rows["key-faro"]
        assert row["name"] == "El faro nuevo"
        assert lists_of(shop) == LISTS
        assert (row["amounts_in_cents"], row["description"], row["free"]) == ({"USD": 990}, "Long.", True)
        shop.run("plan", "--detailed-exitcode").ended(0)


def test_what_the_update_carries_is_not_managed_afterwards(tmp_path: Path) -> None:
    with opened(tmp_path) as shop:
        by_hand(shop)
        shop.title(title="El faro nuevo", **BARE)
        shop.applied()
        (entry,) = shop.state["resources"]
        assert not {"author", "category", "country", "keyword"} & entry["attributes"].keys()
        shop.sandbox.edit("key-faro", category=["Otra"], country=["Chile"])
        shop.title(title="Otro faro", **BARE)
        shop.applied()
        assert lists_of(shop) == {**LISTS, "category": ["Otra"], "country": ["Chile"]}


def test_an_update_after_drift_and_one_after_lost_state_carry_too(tmp_path: Path) -> None:
    with opened(tmp_path, omitted_taxonomy="clears") as shop:
        shop.title(**BARE)
        shop.applied()
        shop.sandbox.edit("key-faro", name="¡Oferta!", **LISTS)
        shop.applied()
        assert lists_of(shop) == LISTS
        shutil.rmtree(tmp_path / "state")
        shop.sandbox.edit("key-faro", name="¡Oferta!")
        shop.applied()
        assert shop.rows["key-faro"]["name"] != "¡Oferta!"
        assert lists_of(shop) == LISTS


def test_a_replace_makes_the_new_content_with_what_the_old_one_had(tmp_path: Path) -> None:
    with opened(tmp_path) as shop:
        shop.title(**BARE)
        shop.applied()
        shop.sandbox.edit("key-faro", **LISTS)
        shop.title(edition={"files": {"content": "https://files.example.com/other.epub"}}, **BARE)
        shop.applied("--allow", "replaces=1")
        assert shop.rows["key-faro"]["file_url"] == "https://files.example.com/other.epub"
        assert lists_of(shop) == LISTS


def test_an_empty_list_clears_and_a_loss_of_countries_is_limited(tmp_path: Path) -> None:
    with opened(tmp_path) as shop:
        by_hand(shop)
        shop.title(edition={"publish": {"store": {"categories": [], "countries": ["Chile"]}}}, keywords=[], **BARE)
        shop.project("safety: {max_territory_loss: 10%}")
        refused = shop.run("plan").ended(3)
        assert "no longer sold in 1 of 2 countries (Peru)" in " ".join(refused.all.split())
        shop.applied("--allow", "territory-loss=1")
        assert lists_of(shop) == {**LISTS, "category": [], "country": ["Chile"], "keyword": []}


def test_a_store_without_v3_is_not_cleared_and_the_plan_says_what_to_declare(tmp_path: Path) -> None:
    with opened(tmp_path, v3_docs="none") as shop:
        by_hand(shop)
        shop.title(title="El faro nuevo", **BARE)
        refused = shop.run("apply", "--auto-approve").ended(1)
        assert "update-would-clear" in shop.run("--json", "plan").all
        for field in ("contributors", "publisher", "subjects", "keywords", "categories", "countries"):
            assert field in refused.err
        assert shop.writes == []
        options: dict[str, Any] = {"publish": {"store": {"categories": ["Novela", "Mar"], "collections": [], "countries": []}}}
        shop.title(title="El faro nuevo", edition=options, publisher="Ribera", keywords=["sal"], subjects={"bisac": []}, contributors=[])
        shop.applied()
        empty: dict[str, list[Any]] = {"author": [], "bisac": [], "collection": [], "country": []}
        assert lists_of(shop) == {**LISTS, "category": ["Mar", "Novela"], **empty}


@pytest.mark.parametrize("suffix", ["json", "yaml"])
def test_the_lines_that_the_refusal_writes_can_be_pasted(tmp_path: Path, suffix: str) -> None:
    with opened(tmp_path, v3_docs="none") as shop:
        by_hand(shop)
        shop.title(title="El faro nuevo", **BARE)
        path = tmp_path / "catalog/faro.json"
        if suffix == "yaml":
            path.with_suffix(".yaml").write_bytes(path.read_bytes())  # JSON is YAML
            path.unlink()
        told = [json.loads(line).get("diagnostic", {}) for line in shop.run("--json", "plan").out.splitlines()]
        (hint,) = [item["hint"] for item in told if item.get("code") == "update-would-clear"]
        _, own, options = re.split("\n(?=In the edition|And in its)", hint)
        document = yaml.safe_load(path.read_text() if suffix == "json" else path.with_suffix(".yaml").read_text())
        read = {"json": lambda text: json.loads("{" + text + "}"), "yaml": yaml.safe_load}[suffix]
        lines = [read(part.partition("\n")[2].partition("\nWrite a value")[0]) for part in (own, options)]
        assert set(lines[0]) == {"contributors", "keywords", "publisher", "subjects"}
        edition = document["editions"]["epub"]
        edition.update(lines[0] | {"keywords": ["sal"], "publisher": "Ribera"})
        edition["publish"]["store"].update(lines[1] | {"collections": ["Window"]})
        path.unlink(missing_ok=True)
        path.with_suffix(".yaml").write_text(json.dumps(document), encoding="utf-8")
        shop.applied("--allow", "territory-loss=2")
        assert (shop.rows["key-faro"]["keyword"], shop.rows["key-faro"]["collection"]) == (["sal"], ["Window"])


def test_a_plan_that_takes_states_word_reads_what_it_does_not_hold(tmp_path: Path) -> None:
    with opened(tmp_path, omitted_taxonomy="clears", omitted_optional="clears") as shop:
        shop.title(**BARE)
        shop.applied()
        shop.sandbox.edit("key-faro", description="Long.", **LISTS)
        shop.title(title="Otro faro", **BARE)
        shop.applied("--no-refresh")
        assert lists_of(shop) == LISTS
        assert shop.rows["key-faro"]["description"] == "Long."


def test_a_description_that_the_list_cuts_is_carried_whole(tmp_path: Path) -> None:
    text = "Un faro que se apaga y vuelve, contra el mar y contra todos, durante veinte inviernos seguidos."
    for docs in ("A", "none"):
        with opened(tmp_path / docs, list_descriptions="truncated", omitted_optional="clears", v3_docs=docs) as shop:
            by_hand(shop, description=text)
            options: dict[str, Any] = {"publish": {"store": {"categories": [], "collections": [], "countries": []}}}
            lists: dict[str, Any] = {"contributors": [], "keywords": [], "subjects": {"bisac": []}, "publisher": "Ribera"}
            shop.title(title="El faro nuevo", edition=options, description=None, **lists)
            shop.applied("--allow", "territory-loss=250")
            assert shop.rows["key-faro"]["description"] == text


# ── prices that hold for a time ──

WINDOW = {"currency_id": "USD", "amount": 9, "starts_at": "2031-10-01", "ends_at": "2031-10-15"}


def test_a_price_update_does_not_cancel_what_is_scheduled(tmp_path: Path) -> None:
    with opened(tmp_path) as shop:
        shop.title(edition={"publish": {"store": {"content_api": "v3"}}})
        shop.applied()
        shop.sandbox.edit("key-faro", prices=[{"currency_id": "USD", "amount": 9.9}, WINDOW])
        scheduled = shop.rows["key-faro"]["scheduled_prices"]
        assert len(scheduled) == 1
        shop.title(edition={"prices": {"USD": "10.50"}, "publish": {"store": {"content_api": "v3"}}})
        refused = shop.run("apply", "--auto-approve").ended(1)
        assert "price_windows" in refused.err
        assert shop.rows["key-faro"]["scheduled_prices"] == scheduled
        said = {"currency": "USD", "amount": "9.00", "starts_at": "2031-10-01", "ends_at": "2031-10-15"}
        shop.title(edition={"prices": {"USD": "10.50"}, "publish": {"store": {"content_api": "v3", "price_windows": [said]}}})
        shop.applied()
        assert shop.rows["key-faro"]["scheduled_prices"] == scheduled
        shop.title(edition={"prices": {"USD": "10.50"}, "publish": {"store": {"content_api": "v3", "price_windows": []}}})
        shop.applied()
        assert shop.rows["key-faro"]["scheduled_prices"] == []


def test_another_change_by_v3_needs_no_windows(tmp_path: Path) -> None:
    with opened(tmp_path) as shop:
        shop.title(edition={"publish": {"store": {"content_api": "v3"}}})
        shop.applied()
        shop.sandbox.edit("key-faro", prices=[{"currency_id": "USD", "amount": 9.9}, WINDOW], **LISTS)
        shop.title(title="El faro nuevo", edition={"publish": {"store": {"content_api": "v3"}}}, **BARE)
        shop.applied()
        assert len(shop.rows["key-faro"]["scheduled_prices"]) == 1
        assert lists_of(shop) == {**LISTS, "author": []}


def test_days_go_out_as_days_and_a_time_of_day_is_told(tmp_path: Path) -> None:
    with opened(tmp_path) as shop:
        window = {"currency": "USD", "amount": "2.00", "starts_at": "2031-11-01 18:00:00", "ends_at": "2031-11-08"}
        shop.title(edition={"publish": {"store": {"content_api": "v3", "price_windows": [window]}}})
        told = shop.run("validate").ended(0)
        assert "times of day in price windows" in " ".join(told.all.split())
        shop.run("apply", "--auto-approve").ended(0)
        (create,) = shop.writes
        body: Any = create.body
        terms = [{name: row[name] for name in ("starts_at", "ends_at") if name in row} for row in body["prices"]]
        assert terms == [{}, {"starts_at": "2031-11-01", "ends_at": "2031-11-08"}]
        shop.run("plan", "--detailed-exitcode").ended(0)


# ── what a store says of a conversion, and stores with one API ──


def test_a_conversion_that_is_not_known_to_be_good_is_told_by_apply_and_drift(tmp_path: Path) -> None:
    with opened(tmp_path, conversion_steps=("awaiting_moderation",), conversion_failure="rejected") as shop:
        shop.title()
        applied = shop.run("apply", "--auto-approve").ended(0)
        assert "'awaiting_moderation'" in applied.err
        shop.sandbox.edit("key-faro", conversion_status="rejected")
        assert "'rejected'" in shop.run("drift").ended(0).all
        shop.sandbox.edit("key-faro", conversion_status="converting")
        assert "'converting'" in shop.run("drift").ended(0).all
        assert "'converting'" not in shop.run("plan").ended(0).all


def test_a_content_of_a_store_without_v1_is_deleted_by_v3(tmp_path: Path) -> None:
    with opened(tmp_path, v1=False) as shop:
        shop.title(edition={"publish": {"store": {"content_api": "v3"}}})
        shop.title("sal", edition={"publish": {"store": {"content_api": "v3"}}})
        shop.applied()
        (tmp_path / "catalog/faro.json").unlink()
        shop.applied("--allow", "deletes=1")
        assert shop.rows.keys() == {"key-sal"}
        assert [entry["address"] for entry in shop.state["resources"]] == ["store/content/sal.epub"]


def test_a_removal_that_a_crash_left_unsent_is_sent_by_the_next_apply(tmp_path: Path) -> None:
    with opened(tmp_path) as shop:
        shop.title(keywords=["sal"], description="Long.")
        shop.applied()
        shop.title()
        shop.server.inject(Fault(kind=FaultKind.DROP_BEFORE, method="PUT", count=None))
        assert shop.run("apply", "--auto-approve").code != 0
        shop.server.clear_faults()
        shop.applied()
        row = shop.rows["key-faro"]
        assert (row["keyword"], row["description"]) == ([], None)
        shop.run("plan", "--detailed-exitcode").ended(0)


def test_a_removal_that_the_store_made_already_is_noted_once(tmp_path: Path) -> None:
    with opened(tmp_path) as shop:
        shop.title(description="Long.")
        shop.applied()
        shop.sandbox.edit("key-faro", description=None)
        shop.title()
        shop.applied()
        noted = shop.state["serial"]
        (entry,) = shop.state["resources"]
        assert "description" not in entry["attributes"]
        shop.applied()
        assert shop.state["serial"] == noted


def test_a_saved_plan_that_took_something_out_is_done_once(tmp_path: Path) -> None:
    with opened(tmp_path) as shop:
        shop.title(keywords=["sal"], description="Long.")
        shop.applied()
        shop.title()
        shop.run("plan", "--out", "p.json").ended(0)
        shop.run("apply", "p.json").ended(0)
        shop.sandbox.clear_log()
        again = shop.run("apply", "p.json")
        assert (again.code, shop.writes) in [(0, []), (5, [])]
        assert "An object is not what the plan was reviewed on" not in again.err


@pytest.mark.parametrize("countries", [None, []])
def test_to_lift_a_restriction_is_a_risk_and_limited(tmp_path: Path, countries: list[str] | None) -> None:
    with opened(tmp_path) as shop:
        shop.title(edition={"publish": {"store": {"countries": ["Chile", "Peru"]}}})
        shop.applied()
        shop.title(edition={"publish": {"store": {} if countries is None else {"countries": countries}}})
        refused = " ".join(shop.run("plan").ended(3).all.split())
        assert "RISK: loss of territories: Sold everywhere, and no longer in 2 countries alone: Chile, Peru" in refused
        assert "it is sold everywhere, and no longer in 2 countries alone (Chile, Peru); safety allows 50%." in refused
        shop.applied("--allow", "territory-loss=2")
        assert shop.rows["key-faro"]["country"] == []
        shop.run("plan", "--detailed-exitcode").ended(0)


# ── contents that are written by v3 ──


def by_v3(**options: Any) -> dict[str, Any]:
    return {"publish": {"store": {"content_api": "v3", **options}}}


def test_a_replace_by_v3_makes_the_new_content_with_what_the_old_one_had(tmp_path: Path) -> None:
    with opened(tmp_path) as shop:
        shop.title(edition={**by_v3(), "prices": None}, **BARE)
        shop.applied()
        lists = {**LISTS, "country": []}
        lasting, passing = {"currency_id": "USD", "amount": 9.9}, {"currency_id": "USD", "amount": 5, "starts_at": "2020-01-01"}
        shown = {"audience": "adults", "preview": True, "require_login": True}
        shop.sandbox.edit("key-faro", description="Long.", prices=[lasting, passing], **shown, **lists)
        other = {"prices": None, "files": {"content": "https://files.example.com/other.epub"}}
        shop.title(edition={**by_v3(), **other}, **BARE)
        assert "price_windows" in shop.run("plan").ended(1).err
        window = {"currency": "EUR", "amount": "4.00", "starts_at": "2031-10-01"}
        shop.title(edition={**by_v3(price_windows=[window]), **other}, **BARE)
        shop.applied("--allow", "replaces=1")
        row = shop.rows["key-faro"]
        assert row["file_url"] == "https://files.example.com/other.epub"
        assert lists_of(shop) == lists
        assert (row["description"], row["amounts_in_cents"]) == ("Long.", {"USD": 990})
        assert {name: row[name] for name in shown} == shown
        assert [(one["currency_id"], one["amount_in_cents"]) for one in row["scheduled_prices"]] == [("EUR", 400), ("USD", 500)]


def test_a_loss_of_countries_that_no_store_tells_is_a_warning(tmp_path: Path) -> None:
    with opened(tmp_path, v3_docs="none") as shop:
        by_hand(shop)
        everything = {"categories": [], "collections": [], "countries": ["Chile"], "free": True}
        shop.title(
            edition={"publish": {"store": everything}},
            publisher="Ribera",
            keywords=["sal"],
            subjects={"bisac": ["FIC019000"]},
            description="Long.",
        )
        told = " ".join(shop.run("plan").ended(0).all.split())
        assert "would be sold in Chile alone. The store does not return the countries where it is sold now" in told
        assert "catalog/faro.json:" in told
        shop.applied()
        assert "sold in Chile alone" not in shop.run("plan", "--detailed-exitcode").ended(0).all


def test_a_replace_that_would_lift_a_restriction_is_refused(tmp_path: Path) -> None:
    with opened(tmp_path) as shop:
        shop.title(edition=by_v3(price_windows=[]))
        shop.applied()
        shop.sandbox.edit("key-faro", country=["Chile"])
        shop.title(edition={**by_v3(price_windows=[]), "files": {"content": "https://files.example.com/other.epub"}})
        refused = shop.run("apply", "--auto-approve", "--allow", "replaces=1").ended(1)
        assert "It is sold in Chile alone, and v3 has no field for countries" in " ".join(refused.err.split())
        assert shop.rows["key-faro"]["country"] == ["Chile"]
        shop.title(title="El faro nuevo", edition=by_v3(price_windows=[]))
        shop.applied()
        assert shop.rows["key-faro"]["country"] == ["Chile"]


OURS = {"currency": "EUR", "amount": "8.00", "starts_at": "2020-10-01", "ends_at": "2031-10-15"}
THEIRS = {"currency_id": "USD", "amount": 5, "starts_at": "2020-01-01", "ends_at": "2031-01-01"}


def scheduled(shop: Shop) -> list[tuple[str, int]]:
    return sorted((one["currency_id"], one["amount_in_cents"]) for one in shop.rows["key-faro"]["scheduled_prices"])


def pasted(ran: Ran) -> list[dict[str, Any]]:
    """Return the windows that the hint of a refusal says to declare."""
    told = [json.loads(line).get("diagnostic", {}) for line in ran.out.splitlines()]
    (hint,) = [one["hint"] for one in told if one.get("code") == "update-would-clear"]
    return list(json.loads(f"{{{hint.partition('under `store`:')[2]}}}")["price_windows"])


@pytest.mark.parametrize("declared", [[], [OURS]])
def test_a_window_of_others_beside_declared_ones_refuses_a_price_until_it_is_declared_since_later_ones_are_not_shown(
    tmp_path: Path, declared: list[dict[str, Any]]
) -> None:
    prices = {"USD": "9.90", "EUR": "8.90"}
    with opened(tmp_path) as shop:
        shop.title(edition={"prices": prices, **by_v3(price_windows=declared)})
        shop.applied()
        ours = [{"currency_id": "EUR", "amount": 8, "starts_at": "2020-10-01", "ends_at": "2031-10-15"}] if declared else []
        lasting = [{"currency_id": currency, "amount": float(amount)} for currency, amount in prices.items()]
        shop.sandbox.edit("key-faro", prices=[*lasting, *ours, THEIRS, WINDOW])
        before = scheduled(shop)
        shop.run("plan", "--detailed-exitcode").ended(0)
        dearer = {**prices, "USD": "10.50"}
        shop.title(edition={"prices": dearer, **by_v3(price_windows=declared)})
        refused = shop.run("--json", "apply", "--auto-approve").ended(1)
        assert "USD 5.00 from 2020-01-01 to 2031-01-01" in refused.out
        assert scheduled(shop) == before
        later = {"currency": "USD", "amount": "9.00", "starts_at": "2031-10-01", "ends_at": "2031-10-15"}
        shop.title(edition={"prices": dearer, **by_v3(price_windows=[*pasted(refused), later])})
        shop.applied()
        assert scheduled(shop) == before
        shop.run("plan", "--detailed-exitcode").ended(0)


def test_the_windows_that_the_store_shows_are_filled_in_where_a_price_is_refused(tmp_path: Path) -> None:
    with opened(tmp_path) as shop:
        shop.title(edition=by_v3())
        shop.applied()
        shop.sandbox.edit("key-faro", prices=[{"currency_id": "USD", "amount": 9.9}, THEIRS])
        shop.title(edition={"prices": {"USD": "10.50"}, **by_v3()})
        refused = shop.run("--json", "plan").ended(1)
        assert "the store does not return all of them" in refused.out
        shop.title(edition={"prices": {"USD": "10.50"}, **by_v3(price_windows=pasted(refused))})
        shop.applied()
        assert scheduled(shop) == [("USD", 500)]
        shop.run("plan", "--detailed-exitcode").ended(0)


def test_a_window_of_others_goes_along_where_the_declared_ones_are_taken_out(tmp_path: Path) -> None:
    with opened(tmp_path) as shop:
        shop.title(edition=by_v3(price_windows=[OURS]))
        shop.applied()
        ours = {"currency_id": "EUR", "amount": 8, "starts_at": "2020-10-01", "ends_at": "2031-10-15"}
        shop.sandbox.edit("key-faro", prices=[{"currency_id": "USD", "amount": 9.9}, ours, THEIRS])
        shop.title(edition=by_v3())
        assert "one that is scheduled for later there" in " ".join(shop.run("plan").ended(0).all.split())
        shop.applied()
        assert scheduled(shop) == [("USD", 500)]
        shop.run("plan", "--detailed-exitcode").ended(0)


def test_windows_are_cleared_where_the_files_say_so_for_the_first_time(tmp_path: Path) -> None:
    with opened(tmp_path) as shop:
        shop.title(edition=by_v3())
        shop.applied()
        shop.sandbox.edit("key-faro", prices=[{"currency_id": "USD", "amount": 9.9}, THEIRS])
        shop.title(edition=by_v3(price_windows=[]))
        shop.applied()
        assert scheduled(shop) == []


# ── PublishDrive ──

BOOK: dict[str, Any] = {
    "kind": "title",
    "id": "faro",
    "title": "El faro",
    "language": "es",
    "description": "Un faro.",
    "publication_date": "2031-03-04",
    "contributors": [{"name": "Ana Ruiz", "role": "author"}],
    "subjects": {"bisac": ["FIC019000"]},
    "territories": ["ALL"],
}


@contextmanager
def book_at_publishdrive(folder: Path, **switches: Any) -> Iterator[tuple[PublishdriveSandbox, Callable[..., Ran]]]:
    """Give a sandbox that has one book, and a way to apply a title that says some more about it."""
    sandbox = PublishdriveSandbox(PublishdriveSwitches(**switches), api_key="key")
    with SandboxServer({"publishdrive": sandbox}) as server, chdir(folder):
        account = {**sandbox.account_block(server.url("publishdrive")), "requests_per_minute": 100000}
        (folder / "catalogctl.yaml").write_text(json.dumps({"version": 1, "accounts": {"drive": account}}), encoding="utf-8")
        (folder / "catalog").mkdir()

        def applied(options: dict[str, Any], **said: Any) -> Ran:
            edition = {"format": "epub", "external_id": "key-faro", "prices": {"USD": "9.90"}, "publish": {"drive": options}}
            document = {**BOOK, **said, "editions": {"epub": edition}}
            (folder / "catalog/faro.json").write_text(json.dumps(document), encoding="utf-8")
            return catalogctl("apply", "--auto-approve").ended(0)

        yield sandbox, applied


def test_adopting_a_book_leaves_keywords_and_copyright_that_are_not_declared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUBLISHDRIVE_API_KEY", "key")
    with book_at_publishdrive(tmp_path, enums="open") as (sandbox, applied):
        applied({"copyright": "HEIRS"}, keywords=["mar", "sal"])
        shutil.rmtree(tmp_path / "state")
        applied({}, title="El faro nuevo")
        (row,) = sandbox.rows()
        assert (row["title"], row["keyword"], row["copyright"]) == ("El faro nuevo", ["mar", "sal"], "HEIRS")
        applied({}, title="El faro nuevo", keywords=[])
        (row,) = sandbox.rows()
        assert row["keyword"] == []
        catalogctl("plan", "--detailed-exitcode").ended(0)


@pytest.mark.parametrize("details_in_patch", ["merges", "replaces"])
def test_details_that_are_not_declared_go_along_with_one_that_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, details_in_patch: str
) -> None:
    monkeypatch.setenv("PUBLISHDRIVE_API_KEY", "key")
    with book_at_publishdrive(tmp_path, details_in_patch=details_in_patch) as (sandbox, applied):
        applied({"ebook_details": {"page_count": 120, "published_on_amazon": True}})
        shutil.rmtree(tmp_path / "state")
        applied({"ebook_details": {"kdp_enrolled": True}})
        (row,) = sandbox.rows()
        assert row["ebookDetails"] == {"pageCount": 120, "kdpEnrolled": True, "publishedOnAmazon": True}
        catalogctl("plan", "--detailed-exitcode").ended(0)


def row_of(sandbox: PublishdriveSandbox) -> dict[str, Any]:
    (row,) = (row for row in sandbox.rows() if row.get("externalId") == "key-faro")
    return dict(row)


def test_a_book_that_is_made_anew_has_what_the_old_one_had(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUBLISHDRIVE_API_KEY", "key")
    with book_at_publishdrive(tmp_path, enums="open") as (sandbox, applied):
        applied({})
        details = {"pageCount": 120, "kdpEnrolled": False, "publishedOnAmazon": True}
        had = {
            "subtitle": "Una luz",
            "keyword": ["mar"],
            "copyright": "HEIRS",
            "isbn": "9781496822482",
            "isFinalVersion": True,
            "ebookDetails": details,
        }
        sandbox.edit("key-faro", **had)
        old = row_of(sandbox)["id"]
        catalogctl("apply", "--auto-approve", "--replace", "drive/book/*", "--allow", "replaces=1").ended(0)
        row = row_of(sandbox)
        assert row["id"] != old
        assert {name: row[name] for name in had} == had
        catalogctl("plan", "--detailed-exitcode").ended(0)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"status": "published"}, "that it is published"),
        ({"contributor": [{"firstName": "E", "lastName": "V", "role": "Translator"}]}, "contributors with roles"),
    ],
    ids=str,
)
def test_a_book_that_could_not_be_made_as_it_was_is_not_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: dict[str, Any], why: str
) -> None:
    monkeypatch.setenv("PUBLISHDRIVE_API_KEY", "key")
    with book_at_publishdrive(tmp_path, enums="open") as (sandbox, applied):
        applied({})
        sandbox.edit("key-faro", **{**change, "contributor": [*row_of(sandbox)["contributor"], *change.get("contributor", [])]})
        old = row_of(sandbox)
        told = catalogctl("apply", "--auto-approve", "--replace", "drive/book/*", "--allow", "replaces=1").ended(1)
        assert why in " ".join(told.err.split())
        assert row_of(sandbox) == old


def test_a_file_that_nobody_declares_keeps_a_book_from_being_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUBLISHDRIVE_API_KEY", "key")
    with book_at_publishdrive(tmp_path) as (sandbox, applied):
        applied({})
        sandbox.seed([{"book": "key-faro", "role": "ebook_cover", "filename": "cover.jpg"}])
        told = catalogctl("apply", "--auto-approve", "--replace", "drive/book/*", "--allow", "replaces=1").ended(1)
        assert "the file cover.jpg (ebook_cover)" in " ".join(told.err.split())


def test_codes_of_bisac_go_out_by_v3_in_the_form_that_the_account_names(tmp_path: Path) -> None:
    with opened(tmp_path, v3_bisac="strings") as shop:
        shop.title(edition={"publish": {"store": {"content_api": "v3"}}}, subjects={"bisac": ["FIC019000"]})
        assert "bisac" in shop.run("apply", "--auto-approve").ended(6).all
        project = shop.folder / "catalogctl.yaml"
        project.write_text(
            project.read_text(encoding="utf-8").replace("    timeout:", "    bisac_form: strings\n    timeout:"), encoding="utf-8"
        )
        shop.applied()
        assert shop.rows["key-faro"]["bisac"] == ["FIC019000"]
        shop.run("plan", "--detailed-exitcode").ended(0)


@pytest.mark.parametrize("declared", ["2.50", "3.00"])
def test_a_window_with_a_time_of_day_is_declared_by_its_days_or_the_reason_of_the_refusal_is_given(tmp_path: Path, declared: str) -> None:
    with opened(tmp_path) as shop:
        days = {"starts_at": "2020-01-02", "ends_at": "2090-01-02"}
        options = {"content_api": "v3", "price_windows": [{"currency": "USD", "amount": declared, **days}]}
        shop.title(edition={"publish": {"store": options}})
        shop.applied()
        window = {"currency_id": "USD", "amount_in_cents": 300, "starts_at": 1577980800.0 + 60, "ends_at": 3786998400.0}
        shop.sandbox.edit("key-faro", scheduled_prices=[window])
        shop.title(edition={"publish": {"store": options}, "prices": {"USD": "8.90"}})
        if declared == "3.00":
            shop.applied()
            assert shop.rows["key-faro"]["amounts_in_cents"] == {"USD": 890}
            return
        refused = " ".join(shop.run("plan").ended(1).err.split())
        assert "replaces price_windows as well. The store shows prices that hold for a time and that the files do not declare" in refused
        assert "shown_windows" not in refused


def test_lists_that_an_update_adds_to_are_never_shown_as_done_and_are_refused_once_that_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PUBLISHDRIVE_API_KEY", "key")
    with book_at_publishdrive(tmp_path, lists_in_patch="merges") as (sandbox, applied):
        applied({}, keywords=["mar", "sal"], territories=["CL", "PE"])
        applied({}, keywords=["mar", "luz"], territories=["CL", "UY"])
        row = row_of(sandbox)
        assert (sorted(row["keyword"]), sorted(row["saleTerritory"])) == (["luz", "mar", "sal"], ["CL", "PE", "UY"])
        catalogctl("plan", "--detailed-exitcode").ended(2)
        monkeypatch.setattr("catalogctl.providers.publishdrive.types.LISTS_ARE_REPLACED", False)
        refused = " ".join(catalogctl("plan").ended(1).err.split())
        assert "takes nothing out: sal would stay." in refused
        assert "takes nothing out: PE would stay." in refused
        assert "--replace drive/book/faro.epub" in refused


def test_where_a_book_is_sold_can_be_said_in_the_words_of_publishdrive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUBLISHDRIVE_API_KEY", "key")
    with book_at_publishdrive(tmp_path, territory_codes="alpha_3") as (sandbox, applied):
        applied({"sale_territories": ["GBR", "IRL"]})
        assert row_of(sandbox)["saleTerritory"] == ["GBR", "IRL"]
        catalogctl("plan", "--detailed-exitcode").ended(0)
        shutil.rmtree(tmp_path / "state")
        (tmp_path / "catalog/faro.json").unlink()
        catalogctl("import", "drive", "--all", "--write", "catalog/").ended(0)
        (written,) = (tmp_path / "catalog").glob("*.yaml")
        assert "sale_territories: [GBR, IRL]" in written.read_text(encoding="utf-8")
        catalogctl("plan", "--detailed-exitcode").ended(0)
