"""plan, drift and show: what they read, what they write, and what their options do."""

from __future__ import annotations

import json
import shlex
import stat
from pathlib import Path

import pytest

from shop import Shop, catalogctl


def actions(shop: Shop, *arguments: str) -> dict[str, str]:
    """Plan, and give what is to be done by title."""
    changes = shop.run("plan", "--format", "json", *arguments).ended(0).json["resource_changes"]
    return {change["title"]: "-".join(change["change"]["actions"]) for change in changes if change["change"]["actions"] != ["no-op"]}


def test_a_plan_only_reads(shop: Shop) -> None:
    shop.titles(3)
    shop.applied()
    shop.title("t00", title="Otro")
    shop.title("t01", edition={"files": {"content": "https://files.example.com/2.epub"}})
    (shop.folder / "catalog/t02.json").unlink()
    for arguments in ([], ["--destroy"], ["--refresh-only"], ["--replace", "*"], ["--lock"], ["--detailed-exitcode"], ["--requests"]):
        shop.run("plan", *arguments)
    shop.run("drift")
    assert {request.method for request in shop.requests} == {"GET"}


def test_a_plan_leaves_state_as_it_was(shop: Shop) -> None:
    shop.title()
    shop.applied()
    before = {path: path.read_bytes() for path in shop.written_files() if "state" in path.parts}
    shop.sandbox.edit("key-faro", name="OFERTA")
    shop.run("plan").ended(0)
    shop.run("plan", "--refresh-only").ended(0)
    assert {path: path.read_bytes() for path in shop.written_files() if "state" in path.parts} == before


def test_the_first_plan_writes_nothing_at_all(shop: Shop) -> None:
    shop.title()
    before = set(shop.written_files())
    shop.run("plan").ended(0)
    assert set(shop.written_files()) == before


def test_target_and_exclude_select_by_address_title_or_edition(shop: Shop) -> None:
    shop.titles(4)
    assert actions(shop, "--target", "t00") == {"t00": "create"}
    assert actions(shop, "--target", "t00", "--target", "store/content/t03.epub") == {"t00": "create", "t03": "create"}
    assert actions(shop, "--target", "t0[12].epub") == {"t01": "create", "t02": "create"}
    assert actions(shop, "--exclude", "store/*/t00.*", "--exclude", "t03") == {"t01": "create", "t02": "create"}
    assert actions(shop, "--target", "t0*", "--exclude", "*") == {}


def test_a_target_narrows_apply_and_destroy_too(shop: Shop) -> None:
    shop.titles(3)
    shop.run("apply", "--auto-approve", "--target", "t00", "--target", "t01").ended(0)
    assert sorted(shop.rows) == ["key-t00", "key-t01"]
    shop.run("destroy", "--auto-approve", "--exclude", "t01").ended(0)
    assert sorted(shop.rows) == ["key-t01"]
    assert shop.addresses == ["store/content/t01.epub"]


def test_replace_deletes_and_creates_what_it_selects(shop: Shop) -> None:
    shop.titles(2)
    shop.applied()
    old = shop.rows["key-t00"]["id"]
    assert actions(shop, "--replace", "t00") == {"t00": "delete-create"}
    shop.run("apply", "--auto-approve", "--replace", "t00").ended(0)
    assert [request.method for request in shop.writes] == ["DELETE", "POST"]
    assert shop.rows["key-t00"]["id"] != old


def test_no_refresh_reads_only_what_an_update_would_replace_and_nobody_declares(shop: Shop) -> None:
    shop.titles(2)
    shop.applied()
    shop.title("t00", title="Otro")
    shop.sandbox.edit("key-t01", name="Nadie lo ve")
    assert actions(shop, "--no-refresh") == {"t00": "update"}
    id_ = shop.rows["key-t00"]["id"]
    assert {request.path.rpartition("/")[2] for request in shop.requests} == {str(id_)}
    assert shop.writes == []


def test_refresh_only_shows_drift_and_apply_takes_note_of_it_without_a_write(shop: Shop) -> None:
    shop.titles(2)
    shop.applied()
    shop.sandbox.edit("key-t00", name="OFERTA")
    shop.sandbox.remove("key-t01")
    shop.run("drift").ended(2)
    shop.run("plan", "--refresh-only", "--detailed-exitcode").ended(2)
    shop.run("apply", "--refresh-only", "--auto-approve").ended(0)
    assert shop.writes == []
    assert shop.addresses == ["store/content/t00.epub"]
    shop.run("drift").ended(0)
    assert actions(shop) == {"t00": "update", "t01": "create"}


def test_destroy_removes_what_is_managed_and_nothing_else(shop: Shop) -> None:
    shop.titles(2)
    shop.applied()
    shop.sandbox.seed([{"external_id": "by-hand"}, {"external_id": "theirs", "owned": False}])
    assert actions(shop, "--destroy") == {"t00": "delete", "t01": "delete"}
    shop.run("destroy", "--auto-approve").ended(0)
    assert [row["external_id"] for row in shop.sandbox.rows()] == ["by-hand", "theirs"]
    assert shop.state["resources"] == []
    shop.run("destroy", "--auto-approve").ended(0)


def test_a_saved_plan_is_private_even_where_the_file_was_not(shop: Shop) -> None:
    shop.title()
    plan = shop.write("plan.json", "old")
    plan.chmod(0o644)
    shop.run("plan", "--out", str(plan)).ended(0)
    assert stat.S_IMODE(plan.stat().st_mode) == 0o600


def test_show_tells_of_a_saved_plan_what_plan_told(shop: Shop) -> None:
    shop.title()
    plan = str(shop.folder / "plan.json")
    planned = shop.run("plan", "--out", plan).ended(0)
    (shop.folder / "catalog/faro.json").unlink()
    assert shop.run("show", plan).ended(0).out == planned.out
    assert shop.run("show", plan, "--format", "json").ended(0).out == Path(plan).read_text(encoding="utf-8")


def test_plan_json_is_the_saved_plan_and_the_same_each_time(shop: Shop) -> None:
    shop.titles(2)
    shop.applied()
    shop.title("t00", title="Otro")
    plan = shop.folder / "plan.json"
    first = shop.run("plan", "--format", "json", "--out", str(plan)).ended(0)
    assert first.out == shop.run("plan", "--format", "json").ended(0).out == plan.read_text(encoding="utf-8")


def test_plan_json_has_the_members_that_are_promised(shop: Shop) -> None:
    shop.titles(2)
    shop.applied()
    shop.title("t00", title="Otro")
    shop.sandbox.remove("key-t01")
    plan = shop.run("plan", "--format", "json").ended(0).json
    assert plan["format_version"] == "1.0"
    assert {"resource_changes", "drift", "diagnostics", "summary", "requests", "estimate"} <= plan.keys()
    assert plan["summary"] == {"create": 1, "update": 1, "replace": 0, "delete": 0, "adopt": 0, "forget": 0, "no_op": 0}
    update = plan["resource_changes"][0]
    assert {name: update[name] for name in ("address", "type", "provider_name", "account", "title", "edition", "action_reason")} == {
        "address": "store/content/t00.epub",
        "type": "content",
        "provider_name": "publicala",
        "account": "store",
        "title": "t00",
        "edition": "epub",
        "action_reason": "edited",
    }
    assert {"actions", "before", "after", "after_unknown", "replace_paths"} <= update["change"].keys()
    assert update["source"]["file"] == "catalog/t00.json"
    assert isinstance(update["source"]["line"], int)
    path = "/integration-api/v1/dashboard/issues"
    assert [(call["method"], call["path"], call["address"]) for call in plan["requests"]] == [
        ("PUT", f"{path}/{{id}}", "store/content/t00.epub"),
        ("POST", path, "store/content/t01.epub"),
    ]
    assert plan["estimate"]["requests"] == 2
    assert [item["address"] for item in plan["drift"]] == ["store/content/t01.epub"]


def test_output_writes_a_file_in_place_of_stdout(shop: Shop) -> None:
    shop.title()
    for form in ("text", "json"):
        file = shop.folder / f"plan.{form}"
        assert shop.run("plan", "--format", form, "--output", str(file)).ended(0).out == ""
        assert "faro" in file.read_text(encoding="utf-8")


@pytest.mark.parametrize("option", ["--out", "--output"])
def test_a_plan_that_cannot_be_written_where_it_was_asked_for_is_no_fault_of_ours(shop: Shop, option: str) -> None:
    shop.title()
    refused = shop.run("plan", option, str(shop.folder / "nowhere/plan.json")).ended(1)
    assert "nowhere:Nosuchfileordirectory" in "".join(refused.err.split())  # a long path is broken where the line ends
    assert "fault of catalogctl" not in refused.err


def test_a_warning_about_the_files_is_told_by_plan_and_apply(shop: Shop) -> None:
    shop.title(edition={"prices": {"USD": 0}})
    for command in (["validate"], ["plan"], ["apply", "--auto-approve"]):
        assert "warning: A price of zero" in shop.run(*command).ended(0).err


def test_environments_have_states_of_their_own(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.project("environments: {staging: {accounts: {store: {base_url: sandbox}}}}\n")
    shop.title()
    shop.run("--env", "staging", "apply", "--auto-approve").ended(0)
    assert shop.requests == ()
    shop.applied()
    assert sorted(path.name for path in (shop.folder / "state").glob("*.json")) == ["default.json", "staging.json"]
    monkeypatch.setenv("CATALOGCTL_ENV", "staging")
    assert "No changes" in shop.run("plan").ended(0).out
    shop.run("destroy", "--auto-approve").ended(0)
    assert list(shop.rows) == ["key-faro"]
    assert json.loads((shop.folder / "state/staging.json").read_bytes())["resources"] == []
    assert "nowhere" in shop.run("plan", "--env", "nowhere").ended(1).err


def test_a_key_with_blanks_at_its_ends_is_refused_before_the_store_trims_it(shop: Shop) -> None:
    shop.title(edition={"external_id": "key "})
    assert "external-id-blanks" in shop.run("validate", "--format", "json").ended(1).out


def test_a_target_that_selects_nothing_is_refused(shop: Shop) -> None:
    """A misspelt one would look like a catalog in perfect order."""
    shop.title()
    for command in (["plan"], ["apply", "--auto-approve"], ["destroy", "--auto-approve"], ["drift"]):
        assert "--target selects nothing" in shop.run(*command, "--target", "nosuch").ended(1).err
    assert shop.rows == {}


def test_commands_that_are_offered_are_for_the_same_folder_and_environment(shop: Shop) -> None:
    """In hints as people and as programs read them, and in what is beside a result."""
    shop.project("environments: {staging: {}}\n")
    shop.titles(1)
    begun = ("-C", str(shop.folder), "--env", "staging")
    typed = shlex.join(("catalogctl", *begun))
    assert f"{typed} state list\n" in catalogctl(*begun, "plan", "--target", "nothing").ended(1).err
    *_, told = map(json.loads, catalogctl(*begun, "--json", "plan", "--target", "nothing").ended(1).out.splitlines())
    assert told["diagnostic"]["hint"] == f"To see the addresses there are:\n{typed} state list"
    saved = str(shop.folder / "plan.json")
    assert f"{typed} apply {saved}\n" in catalogctl(*begun, "plan", "--out", saved).ended(0).err


def test_a_plan_without_changes_counts_the_fields_that_the_store_does_not_support(shop: Shop) -> None:
    shop.title(subtitle="Of a kind", imprint="Norte")
    shop.applied()
    planned = shop.run("plan").ended(0)
    assert "note: 2 declared fields are not supported by these stores; catalogctl validate lists them" in " ".join(planned.out.split())
    assert "No changes. The stores hold what they can of the files: 1 object of 1 title." in " ".join(planned.out.split())
    offline = " ".join(shop.run("plan", "--no-refresh").ended(0).out.split())
    assert "No changes. The state has what the stores can hold of the files: 1 object of 1 title." in offline
    [told] = shop.run("plan", "--format", "json").ended(0).json["diagnostics"]
    assert (told["severity"], told["code"]) == ("note", "fact-not-held")
    markdown = shop.run("plan", "--format", "markdown").ended(0).out
    assert "## No changes · 1 object as the files say, as far as the stores can hold it" in markdown
    for form in ("markdown", "html"):
        assert "2 declared fields are not supported by these stores" in shop.run("plan", "--format", form).ended(0).out
    shop.run("plan", "--detailed-exitcode").ended(0)
    assert "hold what state remembers: 1 object" in " ".join(shop.run("plan", "--refresh-only").ended(0).out.split())


def test_a_plan_without_changes_passes_over_what_was_acknowledged_and_what_the_account_ignores(shop: Shop) -> None:
    read = [{"code": "fact-not-held", "field": "subtitle", "reason": "the store shows it in the description", "until": "2999-12-31"}]
    shop.title(subtitle="Of a kind", acknowledge=read)
    shop.applied()
    whole = "No changes. The stores hold what the files say: 1 object of 1 title."
    assert whole in " ".join(shop.run("plan").ended(0).out.split())
    shop.title(subtitle="Of a kind")
    assert whole not in " ".join(shop.run("plan").ended(0).out.split())
    project = shop.folder / "catalogctl.yaml"
    text = project.read_text(encoding="utf-8").replace("    provider: publicala\n", "    provider: publicala\n    unsupported: ignore\n")
    assert "unsupported: ignore" in text
    project.write_text(text, encoding="utf-8")
    assert whole in " ".join(shop.run("plan").ended(0).out.split())


def test_validate_says_that_no_edition_is_declared_for_an_account(shop: Shop) -> None:
    shop.title()
    assert "1 title in 1 file, all in order; 1 declared for store." in shop.run("validate").ended(0).out
    shop.title(edition={"publish": {}})
    told = " ".join(shop.run("validate").ended(0).out.split())
    assert "1 title in 1 file, all in order; no edition is declared for an account yet." in told
