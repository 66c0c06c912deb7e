"""Every exit code that is promised is produced for real, and comes with words that say why."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import small
from catalogctl.providers.publicala.sandbox import PublicalaSandbox
from catalogctl.sandbox import Fault, FaultKind, SandboxServer
from hostile.trio import BOOK, keys, trio
from shop import Shop, ended, until

SAFETY = "safety: {max_price_change: 10%}\n"


def test_0_no_change_and_0_done(shop: Shop) -> None:
    shop.title()
    shop.run("apply", "--auto-approve").ended(0)
    assert "No changes" in shop.run("plan").ended(0).out
    assert "No changes" in shop.run("apply", "--auto-approve").ended(0).out


def test_0_and_2_a_plan_with_changes_ends_with_2_only_where_that_was_asked_for(shop: Shop) -> None:
    shop.title()
    shop.run("plan").ended(0)
    shop.run("plan", "--detailed-exitcode").ended(2)
    shop.applied()
    shop.run("plan", "--detailed-exitcode").ended(0)


def test_2_drift_ends_with_2_where_there_is_some(shop: Shop) -> None:
    shop.title()
    shop.applied()
    shop.run("drift").ended(0)
    shop.sandbox.edit("key-faro", name="OFERTA")
    assert "OFERTA" in shop.run("drift").ended(2).out
    assert shop.writes == []


@pytest.mark.parametrize(
    "arguments",
    [
        ["no-such-command"],
        ["plan", "--no-such-option"],
        ["plan", "--lock-timeout", "soon"],
        ["plan", "--parallelism", "0"],
        ["plan", "--allow", "deletes"],
        ["plan", "--allow", "sins=7"],
        ["plan", "--destroy", "--refresh-only"],
        ["apply", "no-such-file.json"],
        ["apply", "--auto-approve", "--destroy"],
        ["state"],
        ["state", "no-such"],
        ["--env"],
        ["schema", "no-such"],
    ],
)
def test_1_a_wrong_command_line_ends_with_1_and_not_with_2_which_means_changes(shop: Shop, arguments: list[str]) -> None:
    shop.title()
    wrong = shop.run(*arguments).ended(1)
    assert wrong.out == ""
    assert "Error: " in wrong.err or "Usage: catalogctl" in wrong.err
    assert shop.requests == ()


def test_1_broken_files_end_with_1_before_any_request(shop: Shop) -> None:
    shop.title(language="castellano")
    for command in (["validate"], ["plan"], ["apply", "--auto-approve"], ["destroy", "--auto-approve"], ["drift"]):
        assert "Unknown language" in shop.run(*command).ended(1).err
    assert shop.requests == ()


def test_1_a_folder_without_a_project_ends_with_1(shop: Shop) -> None:
    (shop.folder / "catalogctl.yaml").unlink()
    for command in (["validate"], ["plan"], ["state", "list"]):
        assert "catalogctl.yaml" in shop.run(*command).ended(1).err


def test_1_nothing_is_applied_where_nobody_can_be_asked(shop: Shop) -> None:
    shop.title()
    for command in ("apply", "destroy"):
        assert "No terminal to confirm on" in shop.run(command).ended(1).err
    assert shop.requests == ()
    assert not (shop.folder / "state").exists()


def test_3_a_safety_limit_refuses_the_plan_and_the_apply_and_sends_nothing(shop: Shop) -> None:
    shop.title()
    shop.applied()
    shop.project(SAFETY)
    shop.title(edition={"prices": {"USD": "99.00"}})
    shop.run("plan").ended(3)
    assert "--allow price-change=900" in shop.run("apply", "--auto-approve").ended(3).err
    assert shop.writes == []
    shop.run("apply", "--auto-approve", "--allow", "price-change=900").ended(0)
    assert len(shop.writes) == 1


def test_3_what_is_protected_is_not_destroyed(shop: Shop) -> None:
    shop.title(edition={"lifecycle": {"protect": True}})
    shop.applied()
    shop.run("destroy", "--auto-approve").ended(3)
    assert list(shop.rows) == ["key-faro"]


def test_3_no_titles_over_a_state_that_has_some(shop: Shop) -> None:
    shop.title()
    shop.applied()
    (shop.folder / "catalog/faro.json").unlink()
    shop.run("apply", "--auto-approve").ended(3)
    assert list(shop.rows) == ["key-faro"]


def test_4_a_state_that_another_process_holds(shop: Shop) -> None:
    shop.titles(2)
    shop.server.latency = 1.0
    holder = shop.start("apply", "--auto-approve", "--parallelism", "1")
    until((shop.folder / "state/default.lock.json").exists, "the lock")
    refused = shop.run("apply", "--auto-approve", "--lock-timeout", "0").ended(4)
    assert f"process {holder.pid}" in refused.err
    shop.run("plan", "--lock", "--lock-timeout", "0.1s").ended(4)
    shop.server.latency = 0.0
    ended(holder).ended(0)
    shop.run("apply", "--auto-approve", "--lock-timeout", "0").ended(0)


def test_5_a_saved_plan_whose_object_moved_since(shop: Shop) -> None:
    shop.title()
    shop.applied()
    shop.title(title="La luz")
    plan = str(shop.folder / "plan.json")
    shop.run("plan", "--out", plan).ended(0)
    shop.sandbox.edit("key-faro", name="OFERTA")
    assert "store/content/faro.epub" in shop.run("apply", plan).ended(5).err
    assert shop.writes == []


def test_5_a_saved_plan_older_than_the_files(shop: Shop) -> None:
    shop.title()
    plan = str(shop.folder / "plan.json")
    shop.run("plan", "--out", plan).ended(0)
    shop.title(title="La luz")
    shop.run("apply", plan).ended(5)
    assert shop.requests[1:] == ()


def test_0_a_saved_plan_applied_a_second_time(shop: Shop) -> None:
    shop.title()
    plan = str(shop.folder / "plan.json")
    shop.run("plan", "--out", plan).ended(0)
    shop.run("apply", plan).ended(0)
    assert "Nothing was left to do" in shop.run("apply", plan).ended(0).out
    assert len(shop.writes) == 1


def test_5_a_saved_plan_of_another_environment(shop: Shop) -> None:
    shop.project("environments: {staging: {}}\n")
    shop.title()
    plan = str(shop.folder / "plan.json")
    shop.run("plan", "--out", plan).ended(0)
    shop.run("--env", "staging", "apply", plan).ended(5)
    assert shop.writes == []


def test_5_a_saved_plan_from_another_state(shop: Shop) -> None:
    shop.title()
    shop.applied()
    shop.title(title="La luz")
    plan = str(shop.folder / "plan.json")
    shop.run("plan", "--out", plan).ended(0)
    for path in list((shop.folder / "state").rglob("*")):
        if path.is_file():
            path.unlink()
    shop.run("apply", "--auto-approve").ended(0)
    shop.sandbox.clear_log()
    shop.run("apply", plan).ended(5)
    assert shop.writes == []


@pytest.mark.parametrize("damage", [b"", b"{}", b"\xff\xfe\x00", b"[1,2]", b"null", b'{"version": 1, "lineage"'])
def test_5_a_state_that_is_damaged_is_never_taken_for_none(shop: Shop, damage: bytes) -> None:
    shop.title()
    shop.applied()
    (shop.folder / "state/default.json").write_bytes(damage)
    for command in (["plan"], ["apply", "--auto-approve"], ["state", "list"], ["drift"]):
        shop.run(*command).ended(5)
    assert shop.requests == ()


def test_5_a_state_with_one_letter_changed(shop: Shop) -> None:
    shop.title()
    shop.applied()
    path = shop.folder / "state/default.json"
    path.write_bytes(path.read_bytes().replace(b"El faro", b"El fara"))
    shop.run("plan").ended(5)
    assert shop.requests == ()


@pytest.mark.parametrize("damage", [b"", b"{}", b"not json", b'{"format_version": "99"}'])
def test_5_a_saved_plan_that_is_damaged(shop: Shop, damage: bytes) -> None:
    shop.title()
    plan = shop.folder / "plan.json"
    plan.write_bytes(damage)
    shop.run("apply", str(plan)).ended(5)
    shop.run("show", str(plan)).ended(5)
    assert shop.requests == ()


def test_5_a_saved_plan_with_one_letter_changed(shop: Shop) -> None:
    shop.title()
    plan = shop.folder / "plan.json"
    shop.run("plan", "--out", str(plan)).ended(0)
    plan.write_bytes(plan.read_bytes().replace(b"El faro", b"El fara", 1))
    shop.run("apply", str(plan)).ended(5)
    assert shop.writes == []


def test_5_a_file_that_changed_between_plan_and_apply(shop: Shop) -> None:
    """Not caught by the digest of the files alone: the asset's bytes are read once more before they are published."""
    asset = shop.write("catalog/faro.pdf", small.pdf("one").decode())
    shop.title(edition={"format": "pdf", "files": {"content": "faro.pdf"}})
    plan = str(shop.folder / "plan.json")
    shop.run("plan", "--out", plan).ended(0)
    asset.write_text(small.pdf("two").decode(), encoding="utf-8")
    shop.run("apply", plan).ended(5)
    assert shop.writes == []


def test_5_an_account_that_points_at_another_store_than_state_records(shop: Shop) -> None:
    shop.title()
    shop.applied()
    path = shop.folder / "catalogctl.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("127.0.0.1", "localhost"), encoding="utf-8")
    shop.run("plan").ended(5)
    assert shop.requests == ()


def test_6_a_refused_object_fails_alone_and_the_next_apply_goes_on_from_there(shop: Shop) -> None:
    shop.titles(4)
    body = json.dumps({"message": "The given data was invalid.", "errors": {"name": ["The name is odd."]}})
    shop.server.inject(Fault(kind=FaultKind.FAIL, method="POST", status=422, body=body, skip=1))
    partly = shop.run("apply", "--auto-approve", "--parallelism", "1").ended(6)
    assert "FAILED  create store/content/t01.epub" in partly.out
    assert "name: The name is odd." in partly.out
    assert "3 done (3 created), 1 failed, 0 not started" in partly.out
    assert sorted(shop.rows) == ["key-t00", "key-t02", "key-t03"]
    assert shop.addresses == [f"store/content/t{number}.epub" for number in ("00", "02", "03")]
    shop.sandbox.clear_log()
    shop.run("apply", "--auto-approve").ended(0)
    assert [request.method for request in shop.writes] == ["POST"]


def test_6_fail_fast_starts_nothing_new(shop: Shop) -> None:
    shop.titles(4)
    shop.server.inject(Fault(kind=FaultKind.FAIL, method="POST", status=422, skip=1))
    partly = shop.run("apply", "--auto-approve", "--parallelism", "1", "--fail-fast").ended(6)
    assert "1 done (1 created), 1 failed, 2 not started" in partly.out
    assert sorted(shop.rows) == ["key-t00"]


def test_6_a_403_on_one_object_fails_that_object(shop: Shop) -> None:
    shop.titles(2)
    shop.server.inject(Fault(kind=FaultKind.FAIL, method="POST", status=403))
    shop.run("apply", "--auto-approve", "--parallelism", "1").ended(6)
    assert sorted(shop.rows) == ["key-t01"]


def test_an_update_whose_answers_are_all_lost_is_looked_at_and_done(shop: Shop) -> None:
    shop.title()
    shop.applied()
    shop.title(title="La luz")
    shop.server.inject(Fault(kind=FaultKind.DROP_AFTER, method="PUT", count=None))
    shop.run("apply", "--auto-approve").ended(0)
    assert "No changes" in shop.run("plan", "--detailed-exitcode").ended(0).out


def test_7_an_update_whose_answers_are_all_lost_and_that_cannot_be_looked_at(shop: Shop) -> None:
    shop.title()
    shop.applied()
    shop.title(title="La luz")
    shop.server.inject(Fault(kind=FaultKind.DROP_AFTER, method="PUT", count=None), Fault(kind=FaultKind.FAIL, path="issues/1", count=None))
    unknown = shop.run("apply", "--auto-approve").ended(7)
    assert "OUTCOME UNKNOWN" in unknown.out
    assert (shop.folder / "state/default.journal").exists()
    shop.server.clear_faults()
    shop.run("apply", "--auto-approve").ended(0)
    assert "No changes" in shop.run("plan", "--detailed-exitcode").ended(0).out
    assert not (shop.folder / "state/default.journal").exists()


def test_7_a_create_whose_answer_is_lost_and_that_cannot_be_looked_up(shop: Shop) -> None:
    """It is not known to have failed, although the question about it did."""
    shop.title()
    shop.server.inject(
        Fault(kind=FaultKind.DROP_AFTER, method="POST"), Fault(kind=FaultKind.FAIL, method="GET", path="query=", status=503, count=None)
    )
    shop.run("apply", "--auto-approve").ended(7)
    shop.server.clear_faults()
    shop.run("apply", "--auto-approve").ended(0)
    assert list(shop.rows) == ["key-faro"]
    assert len([request for request in shop.writes if request.method == "POST"]) == 1


@pytest.mark.parametrize("kind", [FaultKind.DROP_AFTER, FaultKind.DROP_BEFORE, FaultKind.TRUNCATE, FaultKind.FAIL_AFTER, FaultKind.FAIL])
def test_0_a_create_whose_answer_is_lost_is_settled_by_looking_it_up(shop: Shop, kind: FaultKind) -> None:
    """Whether the store had done it or not, and with no one's help."""
    shop.titles(3)
    shop.server.inject(Fault(kind=kind, method="POST", skip=1))
    shop.run("apply", "--auto-approve").ended(0)
    assert sorted(shop.rows) == ["key-t00", "key-t01", "key-t02"]
    assert len(shop.sandbox.rows()) == 3
    assert "No changes" in shop.run("plan", "--detailed-exitcode").ended(0).out


def test_8_a_wrong_key(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.title()
    monkeypatch.setenv("PUBLICALA_TOKEN", "wrong")
    assert "401" in shop.run("plan", "--out", str(shop.folder / "plan.json")).ended(8).err
    assert not (shop.folder / "plan.json").exists()
    shop.run("apply", "--auto-approve").ended(8)
    assert shop.rows == {}


def test_8_a_missing_key_is_told_before_any_request(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.title()
    monkeypatch.delenv("PUBLICALA_TOKEN")
    assert "PUBLICALA_TOKEN" in shop.run("plan").ended(8).err
    assert shop.requests == ()
    shop.run("validate").ended(0)


def test_8_a_key_that_is_revoked_in_the_middle(shop: Shop) -> None:
    shop.titles(3)
    shop.server.inject(Fault(kind=FaultKind.FAIL, method="POST", status=401, skip=1, count=None))
    shop.run("apply", "--auto-approve", "--parallelism", "1").ended(8)
    assert sorted(shop.rows) == ["key-t00"]


def test_8_an_account_that_points_elsewhere_than_it_is_pinned_to(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.title()
    monkeypatch.setenv("CATALOGCTL_ORIGINS", "store=https://your-store.publica.la")
    shop.run("plan").ended(8)
    assert shop.requests == ()
    monkeypatch.setenv("CATALOGCTL_ORIGINS", f"store={shop.url}")
    shop.run("plan").ended(0)


def test_9_a_store_that_is_down(shop: Shop) -> None:
    shop.title()
    shop.server.stop()
    shop.run("plan", "--out", str(shop.folder / "plan.json")).ended(9)
    assert not (shop.folder / "plan.json").exists()


@pytest.mark.parametrize(
    "fault",
    [
        Fault(kind=FaultKind.FAIL, status=503, count=None),
        Fault(kind=FaultKind.GARBAGE, count=None),
        Fault(kind=FaultKind.TRUNCATE, count=None),
        Fault(kind=FaultKind.FAIL, status=302, headers={"Location": "https://elsewhere.example/"}, count=None),
        Fault(kind=FaultKind.FAIL, status=200, body='{"data": {"paginator": {"data": [], "total": 20, "last_page": 2}}}', count=None),
        Fault(kind=FaultKind.FAIL, status=200, body="[]", count=None),
        Fault(kind=FaultKind.RATE_LIMIT, seconds=100_000, count=None),
    ],
    ids=lambda fault: f"{fault.kind}-{fault.status}-{len(fault.body)}",
)
def test_9_a_store_that_fails_redirects_limits_or_answers_nonsense(shop: Shop, fault: Fault) -> None:
    shop.title()
    shop.server.inject(fault)
    shop.run("apply", "--auto-approve").ended(9)
    assert shop.rows == {}
    assert not (shop.folder / "state/default.json").exists()


def test_9_a_search_that_is_cut(shop: Shop) -> None:
    """One title among many contents is looked up alone; what that shows must add up like a list does."""
    shop.title()
    body = '{"data": {"paginator": {"data": [], "total": 40, "last_page": 3}}}'
    shop.server.inject(Fault(kind=FaultKind.FAIL, method="GET", status=200, body=body, count=None))
    shop.run("apply", "--auto-approve").ended(9)


def test_9_a_store_that_suddenly_shows_nothing(shop: Shop) -> None:
    shop.titles(12)
    shop.applied()
    for key in list(shop.rows):
        shop.sandbox.remove(key)
    shop.run("apply", "--auto-approve").ended(9)
    assert shop.rows == {}


@pytest.mark.usefixtures("piped")
def test_9_a_store_that_suddenly_shows_no_files_although_its_switches_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable, key in keys().items():
        monkeypatch.setenv(variable, key)
    with trio(tmp_path) as shop:
        shop.only("openpub")
        for number in range(9):
            options = {"product": 4700 + number, "distribution": {"enabled": True}}
            epub = {"format": "epub", "files": {"content": "faro.epub"}, "publish": {"openpub": options}}
            shop.title({**BOOK, "id": f"t{number}"}, editions={"epub": epub})
        shop.run("apply", "--auto-approve").ended(0)
        shop.emulators["openpublishing"].reset()
        refused = shop.run("apply", "--auto-approve", "--allow", "updates=100").ended(9)
        assert "not one of 11 objects of type file that state records on 'openpub'" in " ".join(refused.err.split())
        assert "catalogctl state rm 'openpub/file/*'" in refused.err
        shop.run("state", "rm", "openpub/file/*").ended(0)
        assert "11 to create" in shop.run("plan", "--allow", "updates=100").ended(0).out


def test_9_a_store_that_takes_too_long(shop: Shop) -> None:
    shop.project(timeout="0.3s")
    shop.title()
    shop.server.inject(Fault(kind=FaultKind.DRIP, seconds=5, count=None))
    shop.run("plan").ended(9)


def test_when_several_apply_the_gravest_is_told(shop: Shop) -> None:
    """5, 7, 8, 9, 6: a refused object beside one whose end is not known."""
    shop.titles(2)
    shop.applied()
    for number in range(2):
        shop.title(f"t{number:02}", title="Otro")
    unknown = Fault(kind=FaultKind.DROP_AFTER, method="PUT", path="1000001", count=None)
    unseen = Fault(kind=FaultKind.FAIL, method="GET", path="issues/1000001", count=None)
    shop.server.inject(unknown, unseen, Fault(kind=FaultKind.FAIL, method="PUT", path="1000002", status=422))
    shop.run("apply", "--auto-approve", "--parallelism", "1").ended(7)


def test_a_failure_on_one_of_two_accounts_is_told_together_with_the_other(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.title(edition={"publish": {"store": {}, "zweite": {}}})
    monkeypatch.setenv("ZWEITE_TOKEN", "wrong")
    with SandboxServer({"publicala": PublicalaSandbox(token="right")}) as other:
        second = f"  zweite:\n    provider: publicala\n    base_url: {other.url('publicala')}\n    token: ${{env:ZWEITE_TOKEN}}\n"
        path: Path = shop.folder / "catalogctl.yaml"
        path.write_text(path.read_text(encoding="utf-8").replace("assets:", f"{second}assets:"), encoding="utf-8")
        refused = shop.run("plan").ended(8)
        assert "zweite" in refused.err
        monkeypatch.delenv("ZWEITE_TOKEN")
        shop.server.inject(Fault(kind=FaultKind.FAIL, status=503, count=None))
        both = shop.run("plan").ended(8)
        assert "ZWEITE_TOKEN" in both.err


@pytest.mark.parametrize("spelt", ["{url}/", "{host}", "HTTP://127.0.0.1:{port}//"])
def test_1_one_store_under_two_names_is_refused_by_every_command(shop: Shop, spelt: str) -> None:
    """What one account deletes, the other one would lose."""
    port = shop.url.rpartition(":")[2]
    url = spelt.format(url=shop.url, host=f"http://localhost:{port}", port=port)
    second = f"  shop:\n    provider: publicala\n    base_url: {url}\n    token: ${{env:SHOP_TOKEN}}\n"
    path: Path = shop.folder / "catalogctl.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("assets:", f"{second}assets:"), encoding="utf-8")
    shop.title(edition={"publish": {"store": {}, "shop": {}}})
    for command in ("validate", "plan", "apply --auto-approve"):
        told = " ".join(shop.run(*command.split()).ended(1).err.split())
        assert "shop (catalogctl.yaml:10) and store (catalogctl.yaml:3)" in told
    assert shop.requests == ()
