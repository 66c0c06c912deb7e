"""The action and the workflows for GitHub, step by step as they are written, against GitHub's API and a store."""

from __future__ import annotations

import io
import json
import re
import shutil
import zipfile
from pathlib import Path

from pipelines.hosts import BOT
from pipelines.workplace import ROOT, OnGitHub, git

PAGE = (ROOT / "docs/ci.md").read_text(encoding="utf-8")
MARK = re.compile(r"<!-- catalogctl:comment:default head=(\w{40}) digest=(\w+) -->\n")


def names(github: OnGitHub) -> list[str]:
    return [str(row["name"]) for _, row in sorted(github.shop.rows.items())]


def test_one_comment_is_kept_up_to_date_and_the_merge_does_what_it_said(github: OnGitHub) -> None:
    shop, host = github.shop, github.host
    spoof = f"<!-- catalogctl:comment:default head={'0' * 40} digest={'0' * 64} -->\nLooks fine to me"
    for author in ("stranger", "someone", "maintainer"):
        host.said(5, spoof, author)
    shop.title("t00", title="La luz")
    first = github.pull_request(5, github.proposed(5)).ended(well=True)
    [before] = github.comments(5)
    number = host.comments[5][-1]["id"]
    assert "1 to update" in before
    assert "La luz" in before
    assert "1 to update" in first.summary

    # Another push: the same comment, also where two runs at once had written two.
    shop.title("t00", title="La sombra")
    shop.title("t02", title="@mare-alta/editors | </details> <!-- -->")
    head = github.proposed(5)
    host.said(5, before)
    second = github.pull_request(5, head).ended(well=True)
    [comment] = github.comments(5)
    assert host.comments[5][-1]["id"] == number
    assert [one["body"] for one in host.comments[5][:-1]] == [spoof] * 3
    mark = MARK.match(comment)
    assert mark is not None
    assert mark.groups() == (head, second.outputs["digest"])
    assert "1 to create, 1 to update" in comment
    assert "@mare" not in comment
    assert comment.count("<!--") == 2, "its own marks"
    assert second.outputs["changes"] == "2"

    # Another title came to the main branch, and the run that was to apply it was cancelled while it waited.
    git(github.at, "checkout", "--quiet", "main")
    shop.title("t03")
    github.pushed("main")
    done = github.run("push", github.merge(5, head)).ended(well=True)
    assert [name for name, _ in done.commands] == ["warning title=The files say more than was applied"]
    assert names(github)[:2] == ["La sombra", "El faro"]
    assert len(shop.writes) == 2
    assert "## Applied" in done.summary
    assert [entry["address"] for entry in github.state()["resources"]][-1] == "store/content/t02.epub"
    assert git(github.origin, "log", "--format=%s", "-1", "catalogctl-state").endswith("[skip ci]")
    assert [path.partition(".2")[0] for path in github.recorded()] == ["state/default.json", *["state/runs/default"] * 2]


def test_a_run_that_was_cut_off_is_recorded_by_the_next_one_and_can_be_taken_back_from_the_branch(github: OnGitHub) -> None:
    shop = github.shop
    place = github.checkout("catalogctl-state")
    [record] = (place / "state/runs").iterdir()
    record.write_bytes(b"".join(record.read_bytes().splitlines(keepends=True)[:-1]))
    git(place, "commit", "--quiet", "--all", "-m", "Killed")
    git(place, "push", "--quiet", "origin", "HEAD:catalogctl-state")
    shop.title("t00", title="La luz")
    head = github.proposed(5)
    github.pull_request(5, head).ended(well=True)
    sha = github.merge(5, head)
    github.run("push", sha).ended(well=True)
    with zipfile.ZipFile(io.BytesIO(github.host.artifacts[-1]["data"])) as artifact:
        assert {"state.json", *(Path(path).name for path in github.recorded()[1:])} <= set(artifact.namelist())

    # As docs/ci.md has it, in a clone.
    shutil.rmtree(github.at / "state")
    for line in re.findall(r"^git .*catalogctl-state.*|^git restore .*", PAGE, re.MULTILINE):
        git(github.at, *line.split()[1:])
    assert [run["outcome"] for run in shop.run("history", "--format", "json").ended(0).json] == ["done", "interrupted"]
    assert "El faro" in shop.run("revert", "latest").ended(0).out

    # In CI: planned by hand, approved by its digest.
    planned = github.run("workflow_dispatch", sha, inputs={"revert": "latest"}).ended(well=True)
    assert names(github) == ["La luz", "El faro"]
    [digest] = re.findall(r"\n    (\w{64})\n\nand with the same run to revert:\n\n    latest\n", planned.summary)
    refused = github.run("workflow_dispatch", sha, inputs={"revert": "latest", "approved": "0" * 64}).ended(well=False)
    assert f"    {digest}\n" in refused.log
    done = github.run("workflow_dispatch", sha, inputs={"revert": "latest", "approved": digest}).ended(well=True)
    assert names(github) == ["El faro", "El faro"]
    assert "The files still say what the run did" in done.summary
    assert len(github.recorded()) == 4


def test_files_with_errors_are_told_at_their_lines_and_nothing_is_planned(github: OnGitHub) -> None:
    github.shop.title("t00", language="xx", edition={"prices": {"ZZZ": "1"}})
    ran = github.pull_request(5, github.proposed(5)).ended(well=False)
    errors = [line for line in ran.log.splitlines() if line.startswith("::error file=catalog/t00.json,line=")]
    assert len(errors) == 2
    assert "Plan" not in ran.steps
    [comment] = github.comments(5)
    assert "The files have errors" in comment
    assert "digest=none" in comment
    assert github.host.artifacts == []


def test_what_moved_since_is_refused_alone_and_what_was_done_is_recorded(github: OnGitHub) -> None:
    shop = github.shop
    shop.title("t00", title="La luz")
    shop.title("t01", title="La luz")
    head = github.proposed(5)
    github.pull_request(5, head).ended(well=True)
    shop.sandbox.edit("key-t00", name="OFERTA")
    done = github.run("push", github.merge(5, head)).ended(well=False)
    assert names(github) == ["OFERTA", "La luz"]
    assert done.outputs["exit-code"] == "5"
    assert "An object is not what the plan was reviewed on" in done.summary
    assert github.state()["serial"] == 2


def test_without_the_saved_plan_a_plan_made_now_must_have_the_digest_of_the_comment(github: OnGitHub) -> None:
    shop = github.shop
    shop.title("t00", title="La luz")
    head = github.proposed(5)
    github.pull_request(5, head).ended(well=True)
    github.host.artifacts[0]["expired"] = True
    sha = github.merge(5, head)
    shop.sandbox.edit("key-t01", name="OFERTA")
    refused = github.run("push", sha).ended(well=False)
    assert refused.outputs["exit-code"] == "5"
    assert "This is not the plan that was approved" in refused.log
    now = refused.summary.partition("## What would be done now")[2]
    assert "OFERTA" in now
    assert re.search(r'"Run workflow".*\n\n    \w{64}\n', now)
    assert re.search(r'"Run workflow".*\n\n    \w{64}\n', refused.log)
    assert shop.writes == []
    shop.sandbox.edit("key-t01", name="El faro")
    github.run("push", sha).ended(well=True)
    assert names(github) == ["La luz", "El faro"]


def test_a_fork_has_a_plan_from_the_recorded_state_without_a_key_and_its_merge_approves_none(github: OnGitHub) -> None:
    shop, host = github.shop, github.host
    shop.sandbox.clear_log()
    shop.title("t00", title="La luz")
    head = github.proposed(5)
    ran = github.pull_request(5, head, fork=True).ended(well=True)
    assert "**From a fork: planned without credentials, from the state recorded 20" in ran.summary
    assert "No store was asked: this plan is made from what was last recorded (serial 1 of the state)." in ran.summary
    assert "1 to update" in ran.summary
    assert "::notice title=The plan is not a comment" in ran.log
    assert host.comments == {}
    assert shop.requests == ()
    assert len(host.artifacts) == 1

    sha = github.merge(5, head, fork=True)
    refused = github.run("push", sha).ended(well=False)
    assert refused.outputs["exit-code"] == "5"
    assert "came from a fork" in refused.summary
    assert shop.writes == []

    # What was refused is shown, and can be approved by hand; so can a plan that was made by hand.
    assert "## What would be done now" in refused.summary
    digest = re.findall(r"Digest of the whole plan: `(\w{64})`", refused.summary)[-1]
    assert github.run("workflow_dispatch", sha).ended(well=True).outputs["digest"] == digest
    github.run("workflow_dispatch", sha, inputs={"approved": digest}).ended(well=True)
    assert names(github) == ["La luz", "El faro"]


def test_a_fork_can_plan_from_the_copy_that_a_run_on_the_main_branch_left(github: OnGitHub) -> None:
    """Where the state is on no branch, but in a place that needs credentials."""
    copy = github.shop.run("state", "pull").ended(0).out.encode()
    github.host.upload("catalogctl-state-default", {"state.json": copy}, "b" * 40, "main")
    github.host.upload("catalogctl-state-default", {"state.json": b"{}"}, "a" * 40, "main", repository=2)
    github.host.upload("catalogctl-state-default", {"state.json": b"{}"}, "c" * 40, "a-branch")
    github.shop.title("t00", title="La luz")
    ran = github.pull_request(5, github.proposed(5), fork=True, given={"state-branch": ""}).ended(well=True)
    assert "from the state recorded 2026-11-25T10:00" in ran.summary
    assert "1 to update" in ran.summary
    github.host.artifacts.clear()
    none = github.pull_request(6, github.proposed(6), fork=True, given={"state-branch": ""}).ended(well=True)
    assert "there is no recorded state to plan from" in none.summary


def test_a_push_that_nobody_planned_and_that_changes_nothing_is_no_failure(github: OnGitHub) -> None:
    github.shop.write("README.md", "Read me")
    done = github.run("push", github.pushed("main")).ended(well=True)
    assert "Nobody approved a plan, and nothing is to be done." in done.log


def test_a_merge_that_a_queue_tries_is_checked_and_planned_and_approves_nothing(github: OnGitHub) -> None:
    github.shop.title("t00", title="La luz")
    head = github.proposed(5)
    group = {"merge_group": {"head_sha": head, "head_ref": "refs/heads/gh-readonly-queue/main/pr-5-x", "base_ref": "refs/heads/main"}}
    ran = github.run("merge_group", head, group, ref="refs/heads/gh-readonly-queue/main/pr-5-x").ended(well=True)
    assert "1 to update" in ran.summary
    assert ran.outputs["artifact"] == f"catalogctl-plan-default-{head}"
    assert "Run workflow" not in ran.summary + ran.log
    assert "There is no pull request to comment on" in ran.log


def test_a_large_plan_with_hostile_words_fits_into_a_comment_and_a_summary(github: OnGitHub) -> None:
    words = "<script>x</script> --> | `a` [x](javascript:y) @here " * 8
    for number in range(150):
        github.shop.title(f"big{number:03}", description=words, title=words[:60])
    github.shop.title("t00", title="::set-output name=artifact::mine")
    github.shop.title("t01", title="::error title=Forged::x")
    ran = github.pull_request(5, github.proposed(5), given={"allow": "creates=200 updates=9"}).ended(well=True)
    [comment] = github.comments(5)
    assert 50_000 < len(comment) <= 65_536
    assert MARK.match(comment)
    assert "<script" not in comment
    assert "150 to create" in comment
    assert "::error title=Forged" in ran.log
    # Nothing of the words is a command: all there is are remarks about the descriptions.
    assert not any("Forged" in name or name.startswith(("error", "set-")) for name, _ in ran.commands)
    assert ran.outputs["artifact"].startswith("catalogctl-plan-default-")
    assert len(comment) < len(ran.summary.encode()) < 1024 * 1024


def test_one_issue_about_drift_is_opened_kept_up_to_date_and_closed(github: OnGitHub) -> None:
    shop, host = github.shop, github.host
    sha = git(github.at, "rev-parse", "HEAD")

    def drift() -> str:
        return github.run("schedule", sha, template="drift.github.yml").ended(well=True).log

    for number in (1, 2):
        host.issues.append({"number": number, "title": "Hm", "body": "", "state": "open", "user": {"login": BOT}, "pull_request": {}})
    stranger = {"number": 3, "title": "x", "body": "<!-- catalogctl:drift:default -->", "state": "open", "user": {"login": "stranger"}}
    host.issues.append(stranger)
    assert "No drift, and no issue about it." in drift()
    shop.sandbox.edit("key-t00", name="OFERTA")
    assert "Opened issue" in drift()
    issue = host.issues[-1]
    assert "OFERTA" in issue["body"]
    shop.sandbox.edit("key-t01", name="GRATIS")
    assert "is up to date" in drift()
    assert len(host.issues) == 4
    assert "GRATIS" in issue["body"]
    shop.sandbox.edit("key-t00", name="El faro")
    shop.sandbox.edit("key-t01", name="El faro")
    assert "Closed issue" in drift()
    assert (issue["state"], stranger["state"]) == ("closed", "open")


def test_drift_that_cannot_be_looked_for_leaves_the_issue_as_it_is(github: OnGitHub) -> None:
    ran = github.run("schedule", git(github.at, "rev-parse", "HEAD"), template="drift.github.yml", keys=False).ended(well=False)
    assert ran.outputs["exit-code"] == "8"
    assert github.host.write("POST") == github.host.write("PATCH") == []


def test_a_plan_without_a_key_says_why_there_is_none(github: OnGitHub) -> None:
    """A key that was forgotten in the settings, not a fork."""
    github.shop.write("catalogctl.yaml", (github.at / "catalogctl.yaml").read_text().replace("PUBLICALA_TOKEN", "FORGOTTEN_TOKEN"))
    github.pull_request(5, github.proposed(5)).ended(well=False)
    [comment] = github.comments(5)
    assert "There is no plan" in comment
    assert "a store refused the credentials, or a key is missing" in comment
    assert json.dumps(github.host.artifacts) == "[]"
