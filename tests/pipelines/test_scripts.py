"""The scripts of ci/ by themselves: what a host answers when it does not answer, and a state that others record as well."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from catalogctl.config.trust.extras import PACKAGES, Extra
from pipelines.hosts import BOT, READ_ONLY, REPOSITORY, TOKEN, Answer
from pipelines.workplace import ROOT, OnGitHub, equipped, git

HEAD = "a" * 40
BODY = f"<!-- catalogctl:comment:default head={HEAD} digest={'b' * 64} -->\n## Plan\n"


def said(github: OnGitHub, *, token: str = TOKEN, number: int | None = 5, fork: bool = False) -> dict[str, str]:
    """Give the environment of a step."""
    pull = {"number": number, "head": {"sha": HEAD, "repo": {"full_name": "stranger/catalog" if fork else REPOSITORY}}}
    event = github.folder / "event.json"
    event.write_text(json.dumps({"pull_request": pull} if number else {}), encoding="utf-8")
    return {
        "PATH": os.environ["PATH"],
        "GITHUB_ACTIONS": "true",
        "GITHUB_API_URL": github.host.url,
        "GITHUB_SERVER_URL": "https://github.example",
        "GITHUB_REPOSITORY": REPOSITORY,
        "GITHUB_RUN_ID": "1",
        "GITHUB_SHA": HEAD,
        "GITHUB_EVENT_PATH": str(event),
        "GITHUB_TOKEN": token,
    }


def on_host(github: OnGitHub) -> dict[str, str]:
    """Give what a host says of a run that is in no pull request."""
    return {name: value for name, value in said(github, number=None).items() if name.startswith("GITHUB_")}


def comment(github: OnGitHub, environment: dict[str, str], body: str = BODY) -> subprocess.CompletedProcess[str]:
    file = github.folder / "comment.md"
    file.write_text(body, encoding="utf-8")
    command = [sys.executable, "-I", str(ROOT / "ci/comment.py"), str(file), "default", BOT]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
    assert TOKEN not in done.stdout + done.stderr
    return done


def test_without_a_pull_request_there_is_nothing_to_comment_on(github: OnGitHub) -> None:
    done = comment(github, said(github, number=None))
    assert (done.returncode, github.host.requests) == (0, [])


def test_a_missing_permission_is_told_with_what_to_do_as_an_annotation_too(github: OnGitHub) -> None:
    done = comment(github, said(github, token=READ_ONLY))
    assert done.returncode == 1
    assert f"POST {github.host.url}/repos/{REPOSITORY}/issues/5/comments was answered with 403: Resource not accessible" in done.stderr
    assert "The token lacks a permission" in done.stderr
    assert "::error title=GitHub refuses::" in done.stdout


def test_a_comment_that_is_deleted_meanwhile_is_written_anew(github: OnGitHub) -> None:
    github.host.said(5, BODY)
    github.host.failing.append(("PATCH", "comments", Answer(404, {"message": "Not Found"})))
    assert comment(github, said(github)).returncode == 0
    assert len(github.host.write("POST")) == 1


@pytest.mark.parametrize("instead", [Answer(502, data=b"<html>"), Answer(429, {"message": "wait"}, headers={"Retry-After": "0"})])
def test_what_may_be_repeated_is_tried_again(github: OnGitHub, instead: Answer) -> None:
    github.host.said(5, BODY)
    github.host.failing += [("GET", "comments", instead), ("PATCH", "comments", instead)]
    assert comment(github, said(github)).returncode == 0
    assert len(github.host.write("PATCH")) == 2


def test_a_comment_whose_answer_was_lost_is_not_written_twice(github: OnGitHub) -> None:
    github.host.failing.append(("POST", "comments", Answer(500, {"message": f"Oops {TOKEN}"})))
    done = comment(github, said(github))
    assert done.returncode == 1
    assert "was answered with 500: Oops ***" in done.stderr
    assert len(github.host.write("POST")) == 1


def test_a_list_that_goes_on_elsewhere_is_not_followed_with_the_token(github: OnGitHub) -> None:
    link = {"Link": f'<{github.host.elsewhere}/more>; rel="next"'}
    github.host.failing.append(("GET", "comments", Answer(200, [], headers=link)))
    done = comment(github, said(github))
    assert done.returncode == 1
    assert "would be at another origin" in done.stderr


def test_a_text_that_no_comment_holds_is_not_lost(github: OnGitHub) -> None:
    assert comment(github, said(github), BODY + "x" * 70_000).returncode == 0
    [body] = github.comments(5)
    assert body.startswith(BODY.partition("\n")[0])
    assert "It is in the summary of [this run](https://github.example/" in body


def test_a_host_that_is_not_there_is_told(github: OnGitHub) -> None:
    done = comment(github, {**said(github), "GITHUB_API_URL": "http://127.0.0.1:1"})
    assert done.returncode == 1
    assert "GitHub cannot be reached" in done.stderr


# The state on its branch.


def script(name: str, place: Path, tools: Path, **more: str) -> subprocess.CompletedProcess[str]:
    if not tools.exists():
        equipped(tools)
    environment = {"PATH": f"{tools}/env/bin:{os.environ['PATH']}", "HOME": str(tools), "CATALOG_OUT": f"{tools}/out"}
    environment |= {"CATALOG_STATE_BRANCH": "catalogctl-state"}
    command = [str(ROOT / "ci" / name)]
    return subprocess.run(command, cwd=place, env={**environment, **more}, capture_output=True, text=True, check=False)


def test_states_of_several_environments_share_a_branch_whoever_comes_first(github: OnGitHub) -> None:
    tools, sha = github.folder / "tools", git(github.at, "rev-parse", "HEAD")
    first, second = github.checkout(sha), github.checkout(sha)
    for place, environment in ((first, "default"), (second, "staging")):
        assert script("state-get", place, tools, CATALOG_ENVIRONMENT=environment).returncode == 0
    (first / "state/default.json").write_text('{"of": "the first"}', encoding="utf-8")
    (second / "state").mkdir()
    (second / "state/staging.json").write_text('{"of": "the second"}', encoding="utf-8")
    (second / "state/staging.journal").write_text("an intent", encoding="utf-8")
    assert script("state-put", first, tools).returncode == 0
    later = script("state-put", second, tools, CATALOG_ENVIRONMENT="staging")
    assert later.returncode == 0, later.stderr
    assert github.state() == {"of": "the first"}
    assert git(github.origin, "show", "catalogctl-state:state/staging.journal") == "an intent"
    assert "recorded already" in script("state-put", second, tools, CATALOG_ENVIRONMENT="staging").stdout

    # The journal goes when it is gone.
    (second / "state/staging.journal").unlink()
    assert script("state-put", second, tools, CATALOG_ENVIRONMENT="staging").returncode == 0
    assert [path for path in github.recorded() if "/runs/" not in path] == ["state/default.json", "state/staging.json"]


def test_records_of_runs_share_a_branch_each_environment_has_its_own_and_the_oldest_go(github: OnGitHub) -> None:
    tools, sha = github.folder / "tools", git(github.at, "rev-parse", "HEAD")

    def at(environment: str) -> Path:
        place = github.checkout(sha)
        assert script("state-get", place, tools, CATALOG_ENVIRONMENT=environment).returncode == 0
        return place

    def put(place: Path, environment: str) -> str:
        done = script("state-put", place, tools, CATALOG_ENVIRONMENT=environment)
        assert done.returncode == 0, done.stderr
        return done.stdout

    first, second, other = at("default"), at("default"), at("staging")
    [old] = (first / "state/runs").iterdir()
    assert old.stat().st_mode & 0o777 == 0o600
    old.unlink()
    (first / "state/runs/default.1.jsonl").write_text("of the first", encoding="utf-8")
    put(first, "default")
    # It left the state as it was, so what another run has to record is added; what it took off stays off.
    (second / "state/runs/default.2.jsonl").write_text("of the second", encoding="utf-8")
    with (second / "state/runs/default.3.jsonl").open("wb") as large:
        large.truncate(95 * 1024 * 1024 + 1)
    assert "default.3.jsonl is too large for a branch" in put(second, "default")
    (other / "state/runs").mkdir(parents=True)
    (other / "state/runs/staging.4.jsonl").write_text("a first run that did nothing", encoding="utf-8")
    put(other, "staging")
    of = [f"state/runs/default.{number}.jsonl" for number in (1, 2)]
    assert github.recorded() == ["state/default.json", *of, "state/runs/staging.4.jsonl"]
    assert [path.name for path in (at("staging") / "state/runs").iterdir()] == ["staging.4.jsonl"]


def test_the_state_can_be_on_the_main_branch_whose_other_files_stay_as_they_are(github: OnGitHub) -> None:
    tools, place = github.folder / "tools", github.checkout(git(github.at, "rev-parse", "HEAD"))
    (place / "state").mkdir()
    (place / "state/default.json").write_text('{"of": "main"}', encoding="utf-8")
    github.shop.write("README.md", "Merged while it was applied")
    merged = github.pushed("main")
    done = script("state-put", place, tools, CATALOG_STATE_BRANCH="main")
    assert done.returncode == 0, done.stderr
    assert git(github.origin, "rev-parse", "main~1") == merged
    assert git(github.origin, "diff", "--name-only", "main~1", "main") == "state/default.json"
    assert git(github.origin, "show", "main:state/default.json") == '{"of": "main"}'


def test_a_state_that_another_run_recorded_meanwhile_is_not_written_over(github: OnGitHub) -> None:
    tools, sha = github.folder / "tools", git(github.at, "rev-parse", "HEAD")
    first, second = github.checkout(sha), github.checkout(sha)
    for number, place in enumerate((first, second)):
        assert script("state-get", place, tools).returncode == 0
        (place / "state/default.json").write_text(f'{{"of": {number}}}', encoding="utf-8")
    assert script("state-put", first, tools).returncode == 0
    refused = script("state-put", second, tools)
    assert refused.returncode == 5
    assert "another run has recorded a state" in refused.stderr
    assert github.state() == {"of": 0}


def test_a_repository_that_cannot_be_asked_is_not_one_without_a_state(github: OnGitHub) -> None:
    tools, place = github.folder / "tools", github.checkout(git(github.at, "rev-parse", "HEAD"))
    none = script("state-get", place, tools, CATALOG_STATE_BRANCH="another")
    assert (none.returncode, "nothing was recorded" in none.stdout) == (0, True)
    unread = script("state-get", place, tools, CATALOG_STATE_REMOTE=str(github.folder / "nowhere.git"))
    assert unread.returncode == 9
    assert "cannot be read" in unread.stderr
    (place / "state").symlink_to(github.folder)
    assert script("state-get", place, tools).returncode == 5


def test_the_token_is_in_no_command_line_that_git_starts(github: OnGitHub) -> None:
    """git runs a helper of ours, which writes down how it was started."""
    tools, place = github.folder / "tools", github.checkout(git(github.at, "rev-parse", "HEAD"))
    told = github.folder / "told.txt"
    helper = github.folder / "bin"
    helper.mkdir()
    (helper / "git-remote-spy").write_text(
        f'#!/bin/sh\necho "$0 $*" >> "{told}"\ncat /proc/[0-9]*/cmdline | tr "\\0" " " >> "{told}"\nexit 1\n', encoding="utf-8"
    )
    (helper / "git-remote-spy").chmod(0o755)
    equipped(tools)
    path = f"{helper}:{tools}/env/bin:{os.environ['PATH']}"
    secret = {"GITHUB_TOKEN": TOKEN, "GITHUB_SERVER_URL": "https://github.example", "GIT_TRACE": "1", "PATH": path}
    done = script("state-get", place, tools, CATALOG_STATE_REMOTE="spy://x", **secret)
    assert done.returncode == 9
    assert "git-remote-spy" in told.read_text(encoding="utf-8")
    assert TOKEN not in told.read_text(encoding="utf-8") + done.stdout + done.stderr


# What an apply says.

CHATTY = """\
#!/bin/sh
for word; do case $word in apply|plan|show) command=$word ;; esac; done
case $command in
    apply) head -c 700000 /dev/zero | tr '\\0' x | fold -w 70; echo; echo 'The end of it'; exit 5 ;;
    plan) printf '{"digest": "%s", "summary": {"delete": 9}}' "$DIGEST" > "$CATALOG_OUT/now.json"; exit 3 ;;
    show) head -c 900000 /dev/zero | tr '\\0' y ;;
esac
"""


def test_a_summary_holds_what_an_apply_said_however_long_it_is_and_how_to_approve_what_a_limit_refuses(github: OnGitHub) -> None:
    """A catalogctl that says as much as it can is in for it."""
    tools, place = github.folder / "tools", github.checkout(git(github.at, "rev-parse", "HEAD"))
    equipped(tools)
    (tools / "env/bin/catalogctl").write_text(CHATTY, encoding="utf-8")
    digest, summary = "d" * 64, github.folder / "summary.md"
    told = {"GITHUB_STEP_SUMMARY": str(summary), "CATALOG_APPROVED": "a" * 64}
    done = script("apply", place, tools, DIGEST=digest, **on_host(github), **told)
    assert done.returncode == 5
    text = summary.read_text(encoding="utf-8")
    assert 1_000_000 < len(text.encode()) < 1024 * 1024
    assert "The end of it" in text
    for told_as in (text, done.stdout):
        assert f"    {digest}\n" in told_as
        assert "What its hints say is to be allowed goes along with the digest, in the input allow." in told_as


def test_a_run_that_is_none_is_not_taken_back_and_none_without_a_digest(github: OnGitHub) -> None:
    tools, place = github.folder / "tools", github.checkout(git(github.at, "rev-parse", "HEAD"))
    for told, code, word in (
        ({"CATALOG_REVERT": "zz", "CATALOG_APPROVED": "a" * 64}, 1, "There is no such run"),
        ({"CATALOG_REVERT": "latest"}, 1, "by hand only, with the digest"),
        ({"CATALOG_REVERT": "--force"}, 1, "is no run"),
    ):
        done = script("apply", place, tools, **on_host(github), **told)
        assert (done.returncode, word in done.stdout + done.stderr) == (code, True), done.stdout + done.stderr
    assert github.shop.writes == []


# Which branch is applied, which inputs there are, what is installed.

ON_GITLAB = {
    "GITLAB_CI": "true",
    "CI_API_V4_URL": "http://127.0.0.1:9",
    "CI_SERVER_URL": "https://gitlab.example",
    "CI_PROJECT_ID": "7",
    "CI_COMMIT_SHA": HEAD,
    "CI_JOB_URL": "https://gitlab.example/1",
    "CI_DEFAULT_BRANCH": "main",
}
APPLIED = {"CATALOG_APPROVED": "a" * 64}


@pytest.mark.parametrize(
    ("host", "told", "words"),
    [
        ("github", {"GITHUB_REF": "refs/heads/side", "GITHUB_EVENT_NAME": "workflow_dispatch", **APPLIED}, "This run is of branch side"),
        ("github", {"GITHUB_REF": "refs/heads/side", "GITHUB_EVENT_NAME": "push"}, "This run is of branch side"),
        ("github", {"GITHUB_REF": "refs/heads/gh-readonly-queue/main/pr-5-x", **APPLIED}, "This run is of branch gh-readonly-queue/main"),
        ("github", {"GITHUB_REF": "refs/tags/main", **APPLIED}, "This run is of no branch"),
        ("github", {"GITHUB_REF": "refs/heads/main", "CATALOG_BRANCHES": "live late", **APPLIED}, "live and late alone may be applied"),
        ("gitlab", {"CI_PIPELINE_SOURCE": "web", "CI_COMMIT_BRANCH": "side", **APPLIED}, "This run is of branch side"),
        ("gitlab", {"CI_PIPELINE_SOURCE": "web", "CI_COMMIT_TAG": "main", **APPLIED}, "This run is of no branch"),
    ],
)
def test_another_branch_than_the_default_one_or_one_that_is_named_is_not_applied(
    github: OnGitHub, host: str, told: dict[str, str], words: str
) -> None:
    place = github.checkout(git(github.at, "rev-parse", "HEAD"))
    done = script("apply", place, github.folder / "tools", **(on_host(github) if host == "github" else ON_GITLAB), **told)
    assert done.returncode == 5
    assert "This branch is not to be applied" in done.stdout
    assert words in " ".join(done.stdout.split())
    assert github.shop.writes == []


def test_a_branch_that_a_setting_names_is_applied(github: OnGitHub) -> None:
    place = github.checkout(git(github.at, "rev-parse", "HEAD"))
    told = {"GITHUB_REF": "refs/heads/side", "CATALOG_BRANCHES": "main side", "CATALOG_REVERT": "zz", **APPLIED}
    done = script("apply", place, github.folder / "tools", **on_host(github), **told)
    assert "There is no such run" in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"MODE": "aply"}, "The input mode is to be plan, apply or drift"),
        ({"MODE": ""}, "The input mode is to be plan, apply or drift"),
        ({"COMMENT": "yes"}, "The input comment is to be true or false"),
        ({"ALLOW": "deletes=1\nCATALOG_APPROVED=x"}, "The input for ALLOW has a line break"),
        ({"OUT": "catalogctl-ci"}, "is in the checkout"),
    ],
)
def test_an_input_that_is_none_is_an_error(tmp_path: Path, told: dict[str, str], words: str) -> None:
    inputs = {"MODE": "plan", "COMMENT": "true", "OUT": str(tmp_path / "out"), **told}
    place = tmp_path / "checkout"
    place.mkdir()
    environment = {"PATH": os.environ["PATH"], "GITHUB_ENV": str(tmp_path / "env"), **inputs}
    done = subprocess.run([ROOT / "ci/tell"], cwd=place, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert words in done.stderr
    assert not (tmp_path / "out").exists()


def test_what_an_earlier_use_of_the_action_wrote_is_gone(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out/comment.md").write_text("of another catalog", encoding="utf-8")
    (tmp_path / "checkout").mkdir()
    environment = {"PATH": os.environ["PATH"], "GITHUB_ENV": str(tmp_path / "env"), "MODE": "plan", "COMMENT": "true"}
    environment |= {"OUT": str(tmp_path / "out"), "NAME": "shop"}
    subprocess.run([ROOT / "ci/tell"], cwd=tmp_path / "checkout", env=environment, check=True)
    assert list((tmp_path / "out").iterdir()) == []
    assert (tmp_path / "out").stat().st_mode & 0o777 == 0o700
    assert "CATALOG_NAME=shop\n" in (tmp_path / "env").read_text(encoding="utf-8")


def test_the_extras_that_the_project_file_needs_are_installed_from_their_lock(github: OnGitHub) -> None:
    tools, place = github.folder / "tools", github.checkout(git(github.at, "rev-parse", "HEAD"))

    def asked(code: int = 0, **told: str) -> list[str]:
        (tools / "pip").unlink(missing_ok=True)
        done = script("extras", place, tools, **told)
        assert done.returncode == code, done.stdout + done.stderr
        lines = (tools / "pip").read_text(encoding="utf-8").splitlines() if (tools / "pip").exists() else []
        assert all(line.startswith("-I -m pip install ") and " --require-hashes --only-binary :all: -r " in line for line in lines)
        return [line.rpartition(" ")[2] for line in lines]

    assert asked() == []
    project = place / "catalogctl.yaml"
    text = project.read_text(encoding="utf-8")
    bucket = text.replace("type: directory, url: public/, base_url: https://files.example.com/", "type: s3, url: 's3://low-pier/catalog/'")
    assert bucket != text
    project.write_text(bucket, encoding="utf-8")
    assert asked() == ["requirements-objectstore.txt"]
    assert asked(CATALOG_EXTRAS="report objectstore") == ["requirements-report.txt", "requirements-objectstore.txt"]
    assert asked(1, CATALOG_EXTRAS="dev") == []
    project.write_text("accounts: [", encoding="utf-8")
    assert asked() == []


@pytest.mark.parametrize("extra", Extra)
def test_each_extra_has_a_lock_that_the_action_can_install(extra: Extra) -> None:
    text = (ROOT / f"requirements-{extra}.txt").read_text(encoding="utf-8")
    for package in PACKAGES[extra]:
        assert f"\n{package.requirement.partition('>')[0].lower()}==" in text
    assert set(re.search(r"\n +(\w+(?: \| \w+)*)\) ;;", (ROOT / "ci/extras").read_text(encoding="utf-8"))[1].split(" | ")) == set(Extra)  # type: ignore[index]
