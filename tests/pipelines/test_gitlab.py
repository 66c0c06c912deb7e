"""The template for GitLab, job by job as it is written, against GitLab's API and a store."""

from __future__ import annotations

import json
import re

from pipelines.workplace import OnGitLab, git

BY_HAND = {"CI_PIPELINE_SOURCE": "web", "CI_COMMIT_BRANCH": "main"}
SCHEDULED = {"CI_PIPELINE_SOURCE": "schedule", "CI_COMMIT_BRANCH": "main"}
PUSHED = {"CI_PIPELINE_SOURCE": "push", "CI_COMMIT_BRANCH": "main"}


def test_a_merge_request_has_a_widget_and_one_comment_and_the_merge_does_what_it_said(gitlab: OnGitLab) -> None:
    shop, host = gitlab.shop, gitlab.host
    for author in (1, 2, 3):
        host.said(5, f"<!-- catalogctl:comment:default head={'0' * 40} digest={'0' * 64} -->", author)
    shop.title("t00", title="La luz")
    first = gitlab.merge_request(5, gitlab.proposed(5)).ended(well=True)
    assert first.steps == ["catalogctl:validate", "catalogctl:plan"]
    assert json.loads(first.outputs["catalogctl-ci/plan.gitlab.json"]) == {"create": 0, "update": 1, "delete": 0}
    assert first.outputs["catalogctl-ci/codequality.json"].strip() == "[]"
    shop.title("t02")
    head = gitlab.proposed(5)
    gitlab.merge_request(5, head).ended(well=True)
    [comment] = gitlab.comments(5)
    assert f"head={head}" in comment
    assert "1 to create, 1 to update" in comment

    done = gitlab.run(gitlab.merge(5, head), PUSHED).ended(well=True)
    assert done.steps == ["catalogctl:apply"]
    assert "To be applied: the plan that was saved" in done.log
    assert len(shop.writes) == 2
    assert [entry["address"] for entry in gitlab.state()["resources"]][-1] == "store/content/t02.epub"


def test_files_with_errors_are_reported_and_nothing_is_planned(gitlab: OnGitLab) -> None:
    gitlab.shop.title("t00", language="xx")
    ran = gitlab.merge_request(5, gitlab.proposed(5)).ended(well=False)
    assert ran.steps == ["catalogctl:validate"]
    [problem] = json.loads(ran.outputs["catalogctl-ci/codequality.json"])
    assert problem["location"]["path"] == "catalog/t00.json"
    [comment] = gitlab.comments(5)
    assert "The files have errors" in comment


def test_a_fork_has_a_plan_from_the_state_of_the_project_that_it_is_for(gitlab: OnGitLab) -> None:
    gitlab.shop.sandbox.clear_log()
    gitlab.shop.title("t00", title="La luz")
    ran = gitlab.merge_request(5, gitlab.proposed(5), fork=True).ended(well=True)
    comment = (ran.folder / "catalogctl-ci/comment.md").read_text(encoding="utf-8")
    assert "**From a fork: planned without credentials, from the state recorded 20" in comment
    assert "digest=none" in comment
    assert "1 to update" in comment
    assert gitlab.comments(5) == []
    assert "It is among the artifacts of this run" in " ".join(ran.log.split())
    assert ("main/catalogctl:plan", "catalogctl-ci/comment.md") in gitlab.host.files
    assert gitlab.shop.requests == ()


def test_what_no_merge_request_showed_is_refused_and_can_be_approved_by_hand(gitlab: OnGitLab) -> None:
    shop = gitlab.shop
    shop.title("t00", title="La luz")
    sha = gitlab.pushed("main")
    refused = gitlab.run(sha, PUSHED).ended(well=False)
    assert "was not merged from a pull request" in " ".join(refused.log.split())
    assert shop.writes == []
    approve = re.compile(r"^ +(CATALOG_APPROVED)=(\w{64})$", re.MULTILINE)
    [shown] = approve.findall(refused.log)
    assert approve.findall(gitlab.host.files["main/catalogctl:apply", "catalogctl-ci/now.md"].decode()) == [shown]
    planned = gitlab.run(sha, BY_HAND).ended(well=True)
    assert planned.steps == ["catalogctl:plan-by-hand"]
    assert approve.findall(planned.log) == [shown]
    gitlab.run(sha, {**BY_HAND, **dict([shown])}).ended(well=True)
    assert [row["name"] for row in shop.rows.values()].count("La luz") == 1


def test_one_issue_about_drift_is_opened_kept_up_to_date_and_closed(gitlab: OnGitLab) -> None:
    shop, host = gitlab.shop, gitlab.host
    sha = git(gitlab.at, "rev-parse", "HEAD")
    shop.sandbox.edit("key-t00", name="OFERTA")
    assert gitlab.run(sha, SCHEDULED).ended(well=True).steps == ["catalogctl:drift"]
    shop.sandbox.edit("key-t01", name="GRATIS")
    gitlab.run(sha, SCHEDULED).ended(well=True)
    [issue] = host.issues
    assert "OFERTA" in issue["description"]
    assert "GRATIS" in issue["description"]
    shop.sandbox.edit("key-t00", name="El faro")
    shop.sandbox.edit("key-t01", name="El faro")
    gitlab.run(sha, SCHEDULED).ended(well=True)
    assert issue["state"] == "closed"
