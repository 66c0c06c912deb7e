"""`apply --max-operations` and `--resume`: a run that ended before its plan was done, and the one that goes on from its plan."""

import signal
from pathlib import Path

import pytest

from catalogctl.provider.emulation import LoggedRequest
from shop import Shop, ended, until


def plans(shop: Shop) -> list[Path]:
    return sorted((shop.folder / "state/runs").glob("*.plan.json"))


def creates(shop: Shop) -> list[LoggedRequest]:
    return [request for request in shop.writes if request.method == "POST"]


def test_a_load_that_is_cut_into_many_runs_sends_each_create_once(shop: Shop) -> None:
    shop.titles(7)
    first = shop.run("apply", "--auto-approve", "--max-operations", "3").ended(6)
    assert "--max-operations was reached" in first.out
    assert "3 done (3 created), 0 failed, 4 not started" in first.out
    assert "catalogctl apply --resume latest --auto-approve --max-operations 3" in first.out
    second = shop.run("apply", "--resume", "latest", "--auto-approve", "--max-operations", "3").ended(6)
    assert "catalogctl apply --resume latest --auto-approve --max-operations 3" in second.out
    assert "4 to create" in second.out
    assert len(plans(shop)) == 1
    shop.run("apply", "--resume", "latest", "--auto-approve").ended(0)
    assert len(creates(shop)) == 7
    assert plans(shop) == []
    assert "No changes" in shop.run("plan").ended(0).out
    assert "Nothing is left of this run" in shop.run("apply", "--resume", "latest", "--auto-approve").ended(1).err


def test_a_run_that_was_killed_is_resumed_by_its_id(shop: Shop) -> None:
    shop.titles(6)
    shop.server.latency = 0.05
    process = shop.start("apply", "--auto-approve", "--parallelism", "1")
    until(lambda: len(shop.writes) >= 2, "the second write")
    process.send_signal(signal.SIGKILL)
    ended(process).ended(-signal.SIGKILL)
    [plan] = plans(shop)
    id_ = plan.name.removesuffix(".plan.json").rpartition("-")[2]
    shop.run("apply", "--resume", id_, "--auto-approve").ended(0)
    assert len(creates(shop)) == 6
    assert "No changes" in shop.run("plan").ended(0).out


def test_a_resumed_run_asks_as_any_other_and_touches_nothing_else(shop: Shop) -> None:
    shop.titles(3)
    shop.run("apply", "--auto-approve", "--max-operations", "1").ended(6)
    shop.title("later")
    asked = shop.run("apply", "--resume", "latest").ended(1)
    assert "no terminal" in asked.err
    assert "apply --resume latest --auto-approve" in asked.err
    shop.run("apply", "--resume", "latest", "--auto-approve").ended(0)
    assert len(creates(shop)) == 3
    assert "1 to create" in shop.run("plan").ended(0).out


@pytest.mark.parametrize(("edited", "code"), [("t00", 0), ("t02", 5)])
def test_a_file_that_was_edited_matters_where_its_title_is_not_done(shop: Shop, edited: str, code: int) -> None:
    shop.titles(3)
    shop.run("apply", "--auto-approve", "--max-operations", "1").ended(6)
    shop.title(edited, title="La marea")
    resumed = shop.run("apply", "--resume", "latest", "--auto-approve").ended(code)
    assert ("Files changed after the plan" in resumed.err) == bool(code)
    assert len(creates(shop)) == (1 if code else 3)


def test_the_plan_of_a_long_load_stays_while_other_runs_are_done(shop: Shop) -> None:
    shop.titles(4)
    shop.run("apply", "--auto-approve", "--max-operations", "1").ended(6)
    shop.title("hotfix")
    shop.run("apply", "--auto-approve", "--target", "hotfix").ended(0)
    shop.run("apply", "--resume", "latest", "--auto-approve").ended(0)
    assert len(creates(shop)) == 5


def test_a_plan_and_a_run_to_resume_contradict_each_other(shop: Shop) -> None:
    shop.titles(1)
    shop.run("plan", "--out", "plan.json").ended(0)
    assert "plan.json is another one" in shop.run("apply", "plan.json", "--resume", "latest").ended(1).err
    assert "belong to the plan" in shop.run("apply", "--resume", "latest", "--target", "t00").ended(1).err
    assert "No run of environment default was recorded yet" in shop.run("apply", "--resume", "latest", "--auto-approve").ended(1).err
