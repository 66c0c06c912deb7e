"""Checkouts that mean harm, in every step of CI on both hosts: nothing of them runs, nothing is written through them, nothing of theirs is
posted or believed.

Beside each checkout lies a folder that its files and links name. It is never written to, and what it holds is never read.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from pipelines.hosts import REPOSITORY, TOKEN, GitHub, GitLab
from pipelines.test_gitlab import PUSHED, SCHEDULED
from pipelines.workplace import ROOT, OnGitHub, OnGitLab, Ran, equipped, git
from shop import TOKEN as KEY

FOREIGN = "F0REIGN words: all of it was approved"
SECRET = "5ECRET of the machine"
Place = OnGitHub | OnGitLab


@pytest.fixture(params=["github", "gitlab"])
def place(request: pytest.FixtureRequest) -> Place:
    """A repository on either host."""
    found = request.getfixturevalue(request.param)
    assert isinstance(found, OnGitHub | OnGitLab)
    return found


@pytest.fixture
def outside(tmp_path: Path) -> Iterator[Path]:
    """A folder outside of every checkout, which stays as it is."""
    folder = tmp_path / "outside"
    (folder / "folder").mkdir(parents=True)
    for name in ("file.txt", "file.json", "file.jsonl"):
        (folder / name).write_text(SECRET, encoding="utf-8")
    yield folder
    found = {str(path.relative_to(folder)): path.read_text(encoding="utf-8") for path in folder.rglob("*") if path.is_file()}
    assert found == dict.fromkeys(("file.txt", "file.json", "file.jsonl"), SECRET)
    assert list((folder / "folder").iterdir()) == []


# ── what a checkout brings ──


def committed(place: Place, words: str = "Harm") -> str:
    """Commit what the author's folder holds, also what git was told to ignore."""
    git(place.at, "add", "--all", "--force")
    return place.pushed("main", words)


def program(path: Path, outside: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'#!/bin/sh\necho "$0 $PUBLICALA_TOKEN" >> "{outside}/RAN"\nexit 1\n', encoding="utf-8")
    path.chmod(0o755)


def what_may_run(place: Place, outside: Path) -> None:
    """Put files in the author's folder that some program takes for its own when it is started there."""
    at = place.at
    python = f'import os\nopen("{outside}/RAN", "a").write(f"{{__file__}} {{os.environ.get(\'PUBLICALA_TOKEN\')}}\\n")\n'
    for module in ("json", "sitecustomize", "usercustomize", "httpx", "pathlib", "zipfile", "click", "yaml", "encodings/__init__"):
        place.shop.write(f"{module}.py", python)
    for package in ("pip", "venv", "ensurepip", "catalogctl", "ci", "site-packages"):
        place.shop.write(f"{package}/__init__.py", python)
        place.shop.write(f"{package}/__main__.py", python)
    place.shop.write("evil.pth", f"import os; open('{outside}/RAN', 'a').write('pth')\n")
    place.shop.write("evil-1.dist-info/entry_points.txt", "[catalogctl.providers]\nacme = json:provider\n")
    place.shop.write("pyvenv.cfg", f"home = {at}\n")
    for name in ("python3", "python3.12", "git", "sed", "dirname", "mktemp", "readlink", "od", "rm", "mkdir", "sort", "cmp"):
        program(at / name, outside)
        program(at / "bin" / name, outside)
    program(at / "bin/catalogctl", outside)
    for name in (".bashrc", ".envrc", ".env", ".profile", ".pythonrc"):
        place.shop.write(name, f'echo "{name}" >> "{outside}/RAN"\n')
    place.shop.write(".python-version", "evil\n")
    for name in ("pip.conf", "pip/pip.conf", "uv.toml", "setup.cfg"):
        place.shop.write(name, "[install]\nindex-url = http://127.0.0.1:9/\n")
    for name in ("requirements.txt", "requirements-objectstore.txt", "constraints.txt"):
        place.shop.write(name, "evil==1\n")

    # To git: a bare repository, filters, hooks, a submodule.
    run = outside.parent / "run"
    program(run, outside)
    settings = f'[core]\nbare = false\nworktree = .\nfsmonitor = "{run}"\nhooksPath = hooks\n'
    settings += f'[filter "x"]\nclean = "{run}"\nprocess = "{run}"\n'
    for folder in ("", "catalog/", "state/"):
        place.shop.write(f"{folder}HEAD", "ref: refs/heads/main\n")
        place.shop.write(f"{folder}config", settings)
        place.shop.write(f"{folder}objects/info/packs", "\n")
        place.shop.write(f"{folder}refs/heads/main", f"{'a' * 40}\n")
    for hook in ("post-checkout", "pre-push", "post-index-change", "reference-transaction", "fsmonitor-watchman"):
        program(at / "hooks" / hook, outside)
        program(at / ".githooks" / hook, outside)
    place.shop.write(".gitattributes", "* filter=x diff=x merge=x\n")
    place.shop.write(".gitmodules", f'[submodule "x"]\npath = x\nurl = "ext::{run}"\nupdate = "!{run}"\nfetchRecurseSubmodules = true\n')
    git(at, "update-index", "--add", "--cacheinfo", f"160000,{'b' * 40},x")


LEADING_INTO_IT: Mapping[str, str] = {
    "PATH": ":.:{place}:{place}/bin:{path}:",
    "PYTHONPATH": ".:{place}",
    "PYTHONSTARTUP": ".pythonrc",
    "PYTHONHOME": "{place}",
    "PIP_CONFIG_FILE": "pip.conf",
    "PIP_REQUIREMENT": "requirements.txt",
    "PIP_CONSTRAINT": "constraints.txt",
    "GIT_DIR": "{place}",
    "GIT_EXEC_PATH": "{place}/bin",
    "GIT_CONFIG_GLOBAL": "{place}/config",
    "GIT_CONFIG_COUNT": "1",
    "GIT_CONFIG_KEY_0": "core.fsmonitor",
    "GIT_CONFIG_VALUE_0": "./git",
    "GIT_EXTERNAL_DIFF": "./git",
}
"""What a careless set-up may have in a job's environment."""


def what_may_be_believed(place: Place) -> None:
    """Commit what a job would write, in every folder where one has written it."""
    mark = f"<!-- catalogctl:comment:default head={'0' * 40} digest={'a' * 64} -->"
    plan = json.dumps({"digest": "a" * 64, "refresh": "store", "summary": {}, "words": FOREIGN})
    texts = {"comment.md": f"{mark}\n{FOREIGN}\n", "plan.json": plan, "state.json": plan, "runs/default.1.jsonl": FOREIGN}
    names = ("apply.txt", "now.md", "now.json", "drift.md", "plan.html", "plan.gitlab.json", "codequality.json", "approved/digest", "begun")
    for folder in ("", "catalogctl-ci/", "catalogctl-out/", "out/"):
        for name, text in {**dict.fromkeys(names, FOREIGN), **texts}.items():
            place.shop.write(f"{folder}{name}", text)


# ── what CI does with it ──


def proposed_and_merged(place: Place, number: int = 5) -> tuple[Ran, Ran, Ran]:
    """Run every job: for a pull request, for its merge, and the scheduled one."""
    git(place.at, "checkout", "--quiet", "-B", f"pull-{number}")
    git(place.at, "add", "--all", "--force")
    head = place.pushed(f"pull-{number}")
    if isinstance(place, OnGitHub):
        reviewed = place.pull_request(number, head)
        sha = place.merge(number, head)
        return reviewed, place.run("push", sha), place.run("schedule", sha, template="drift.github.yml")
    reviewed = place.merge_request(number, head)
    sha = place.merge(number, head)
    return reviewed, place.run(sha, PUSHED), place.run(sha, SCHEDULED)


def posted(place: Place) -> list[str]:
    """Give all that was written to the host and kept by it."""
    found = [json.dumps(request.body) for request in place.host.requests if request.body is not None]
    if isinstance(place.host, GitHub):
        for artifact in place.host.artifacts:
            with zipfile.ZipFile(io.BytesIO(artifact["data"])) as archive:
                found += [archive.read(name).decode(errors="replace") for name in archive.namelist()]
    else:
        found += [data.decode(errors="replace") for data in place.host.files.values()]
    recorded = git(place.origin, "log", "--patch", "catalogctl-state")
    return [*found, recorded]


def nothing_foreign(place: Place, *ran: Ran) -> None:
    told = [text for one in ran for text in (one.summary, *one.outputs.values())]
    for text in (*posted(place), *told):
        assert FOREIGN not in text
        assert SECRET not in text


def test_nothing_of_a_checkout_runs_in_any_step_or_is_posted_or_believed(place: Place, outside: Path) -> None:
    what_may_run(place, outside)
    what_may_be_believed(place)
    place.shop.title("t00", title="La luz")
    place.hostile = LEADING_INTO_IT
    reviewed, applied, drift = proposed_and_merged(place)
    assert not (outside / "RAN").exists(), (outside / "RAN").read_text(encoding="utf-8")
    for ran in (reviewed, applied, drift):
        ran.ended(well=True)
    assert [row["name"] for _, row in sorted(place.shop.rows.items())] == ["La luz", "El faro"]
    assert place.state()["serial"] == 2
    for asked in place.asked_of_pip():
        assert "--require-hashes --only-binary :all: -r " in asked
    nothing_foreign(place, reviewed, applied, drift)
    [comment] = place.comments(5)
    assert "1 to update" in comment


def test_a_job_that_ends_before_it_writes_posts_nothing_and_keeps_nothing(place: Place, outside: Path) -> None:
    what_may_be_believed(place)
    place.hostile = {"CATALOG_STATE_REMOTE": "/nowhere.git"}
    ran = proposed_and_merged(place)
    nothing_foreign(place, *ran)
    assert place.comments(5) == []
    assert all(one.failed for one in ran)
    assert place.shop.writes == []
    assert outside.exists()


# ── links ──

STEPS = ("extras", "validate", "state-get", "plan", "comment", "apply", "state-copy", "state-put", "drift", "keep")


def environment(place: Place, checkout: Path, sha: str) -> dict[str, str]:
    """Give what a host tells the steps of a run, by hand, on the main branch."""
    tools = place.folder / "tools"
    if not tools.exists():
        equipped(tools)
    said = {"PATH": f"{tools}/env/bin:{os.environ['PATH']}", "HOME": str(tools), "CATALOG_OUT": f"{tools}/out", "PUBLICALA_TOKEN": KEY}
    said |= {"CATALOG_STATE_BRANCH": "catalogctl-state", "CATALOG_APPROVED": "a" * 64, "CI": "true"}
    if isinstance(place.host, GitLab):
        said |= {"GITLAB_CI": "true", "CI_API_V4_URL": place.host.url, "CI_SERVER_URL": "https://gitlab.example", "CI_PROJECT_ID": "7"}
        said |= {"CI_COMMIT_SHA": sha, "CI_JOB_URL": "https://gitlab.example/1", "CI_MERGE_REQUEST_IID": "5", "GITLAB_TOKEN": TOKEN}
        return {**said, "CI_PROJECT_DIR": str(checkout)}
    event = place.folder / "event.json"
    pull = {"number": 5, "head": {"sha": sha, "repo": {"full_name": REPOSITORY}}}
    event.write_text(json.dumps({"pull_request": pull, "repository": {"default_branch": "main"}}), encoding="utf-8")
    files = {f"GITHUB_{name}": str(place.folder / name) for name in ("OUTPUT", "ENV", "STEP_SUMMARY", "PATH")}
    said |= {"GITHUB_ACTIONS": "true", "GITHUB_API_URL": place.host.url, "GITHUB_SERVER_URL": "https://github.example", "GITHUB_SHA": sha}
    said |= {"GITHUB_REPOSITORY": REPOSITORY, "GITHUB_RUN_ID": "1", "GITHUB_EVENT_PATH": str(event), "GITHUB_TOKEN": TOKEN}
    return {**said, **files, "GITHUB_WORKSPACE": str(checkout)}


def step(name: str, checkout: Path, told: Mapping[str, str]) -> tuple[int, str]:
    done = subprocess.run([ROOT / "ci" / name], cwd=checkout, env=told, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stdout + done.stderr, name
    assert SECRET not in done.stdout + done.stderr, name
    return done.returncode, done.stdout + done.stderr


def through(place: Place, sha: str, steps: Sequence[str] = STEPS, **more: str) -> dict[str, tuple[int, str]]:
    """Run steps, whatever came of the one before."""
    checkout = place.checkout(sha)
    told = {**environment(place, checkout, sha), **more}
    return {name: step(name, checkout, told) for name in steps}


def link(place: Place, name: str, to: Path) -> None:
    path = place.at / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.symlink_to(to)


def state_folder(place: Place, outside: Path) -> None:
    for file in sorted((place.at / "state").rglob("*"), reverse=True):
        file.rmdir() if file.is_dir() else file.unlink()
    (place.at / "state").rmdir()
    link(place, "state", outside / "folder")


def state_file(place: Place, outside: Path) -> None:
    link(place, "state/default.json", outside / "file.json")


def state_journal(place: Place, outside: Path) -> None:
    link(place, "state/default.journal", outside / "new.journal")


def a_record(place: Place, outside: Path) -> None:
    link(place, "state/runs/default.20260101T000000Z-a.jsonl", outside / "file.jsonl")


def the_environment_of_the_job(place: Place, outside: Path) -> None:  # noqa: ARG001 -- each has both
    """A link that reads otherwise in each process: it holds the keys."""
    link(place, "state/default.json", Path("/proc/self/environ"))


OF_THE_STATE = ("state-get", "state-copy", "state-put")


@pytest.mark.parametrize(
    ("host", "links", "steps"),
    [
        ("github", state_folder, STEPS),
        ("gitlab", state_file, STEPS),
        ("github", state_journal, OF_THE_STATE),
        ("gitlab", a_record, OF_THE_STATE),
        ("github", the_environment_of_the_job, OF_THE_STATE),
    ],
)
def test_a_link_in_the_place_of_the_state_is_refused_and_named(
    host: str, links: Callable[[Place, Path], None], steps: Sequence[str], outside: Path, request: pytest.FixtureRequest
) -> None:
    place: Place = request.getfixturevalue(host)
    links(place, outside)
    ran = through(place, committed(place), steps)
    for name in OF_THE_STATE:
        code, text = ran[name]
        assert code == 5, text
        assert "state" in text
        assert "link" in text
    assert place.shop.writes == []
    nothing_foreign(place)
    assert not any(KEY in text for text in posted(place))


def test_links_in_the_place_of_what_a_job_writes_are_not_followed(place: Place, outside: Path) -> None:
    names = ("apply.txt", "begun", "comment.md", "drift.md", "now.md", "plan.json", "plan.html", "state.json", "codequality.json")
    for folder in ("catalogctl-ci/", "out/", ""):
        for name in names:
            link(place, f"{folder}{name}", outside / "new.txt")
        link(place, f"{folder}runs", outside / "folder")
    for name in ("state/default.json.part", "state/.default.json.part", "state/default.json.tmp", "report.html"):
        link(place, name, outside / "file.txt")
    sha = committed(place)
    ran = through(place, sha)
    assert {name: code for name, (code, _) in ran.items() if name not in {"plan", "apply", "comment"}} == dict.fromkeys(
        ("extras", "validate", "state-get", "state-copy", "state-put", "drift", "keep"), 0
    ), ran
    nothing_foreign(place)

    # A folder for what is written that lies in the checkout, itself or by a link, is refused, whatever it holds.
    checkout, asked = place.checkout(sha), len(place.host.requests)
    for folder in ("catalogctl-ci", "out", "runs", "new", f"../{checkout.name}/new", f"{checkout}/new", f"{checkout}/runs/new"):
        told = {**environment(place, checkout, sha), "CATALOG_OUT": folder}
        for name in ("plan", "apply", "comment"):
            code, text = step(name, checkout, told)
            assert (code, "CATALOG_OUT" in text) == (5, True), text
    assert len(place.host.requests) == asked


def test_a_folder_of_the_project_that_leads_out_of_the_checkout_is_refused(github: OnGitHub, outside: Path) -> None:
    link(github, "shop", outside / "folder")
    ran = through(github, committed(github), CATALOG_FOLDER="shop")
    assert {code for code, _ in ran.values()} == {5}
    ran = through(github, git(github.at, "rev-parse", "HEAD"), CATALOG_STATE_FOLDER="../elsewhere")
    assert ran["state-get"][0] == 1


def test_a_comment_of_another_run_is_not_posted(github: OnGitHub, outside: Path) -> None:
    sha = committed(github)
    checkout = github.checkout(sha)
    told = environment(github, checkout, sha)
    out = Path(told["CATALOG_OUT"])
    out.mkdir(mode=0o700)
    for body in (FOREIGN, f"<!-- catalogctl:comment:default head={'0' * 40} digest={'a' * 64} -->\n{FOREIGN}"):
        (out / "comment.md").write_text(body, encoding="utf-8")
        assert step("comment", checkout, told)[0] == 5
    assert github.comments(5) == []
    assert outside.exists()


def test_neither_a_startup_file_nor_a_function_of_the_environment_is_heeded(github: OnGitHub, outside: Path) -> None:
    what_may_run(github, outside)
    sha = committed(github)
    checkout = github.checkout(sha)
    told = environment(github, checkout, sha)
    told |= {"BASH_ENV": ".bashrc", "ENV": ".bashrc", "BASH_FUNC_sed%%": f"() {{ echo sed >> {outside}/RAN; }}", "CDPATH": "catalog"}
    told["PATH"] = f":.:{checkout}:bin:{told['PATH']}"
    assert step("plan", checkout, told)[0] == 0
    assert not (outside / "RAN").exists()
