"""A repository on a host, and its CI: what the templates and the action say is done step by step, by real processes, in a fresh checkout.

author's folder ──push──► origin.git ◄──fetch── a checkout for each job ──► scripts of ci/ ──► the host's API, the store
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from pipelines.expressions import evaluated, filled, within
from pipelines.hosts import BOT, READ_ONLY, REPOSITORY, TOKEN, GitHub, GitLab
from shop import IMPORTABLE, Shop
from shop import TOKEN as KEY

ROOT = Path(__file__).resolve().parents[2]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))


def git(folder: Path, *arguments: str) -> str:
    said = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_AUTHOR_NAME": "Ana", "GIT_AUTHOR_EMAIL": "ana@example.com"}
    said |= {"GIT_COMMITTER_NAME": "Ana", "GIT_COMMITTER_EMAIL": "ana@example.com"}
    done = subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, text=True, env=said, check=False)
    assert done.returncode == 0, f"git {' '.join(arguments)}\n{done.stderr}"
    return done.stdout.strip()


@dataclass
class Ran:
    """What a job came to."""

    log: str = ""
    summary: str = ""
    outputs: dict[str, str] = field(default_factory=dict)
    failed: bool = False
    steps: list[str] = field(default_factory=list)
    """The names of those that ran."""
    commands: list[tuple[str, str]] = field(default_factory=list)
    """On GitHub, what the runner was told to do: its name and the text."""
    folder: Path = Path()

    def ended(self, *, well: bool) -> Ran:
        assert self.failed is not well, self.log
        return self


@dataclass
class Workplace:
    """A repository and its folder of jobs."""

    folder: Path
    shop: Shop
    hostile: Mapping[str, str] = field(default_factory=dict, kw_only=True)
    """Variables of every job that lead into its checkout, which is {place}; PATH is {path}."""

    def __post_init__(self) -> None:
        self.origin = self.folder / "origin.git"
        git(self.folder, "init", "--quiet", "--bare", "--initial-branch=main", "origin.git")
        git(self.origin, "config", "uploadpack.allowAnySHA1InWant", "true")
        git(self.shop.folder, "init", "--quiet", "--initial-branch=main")
        git(self.shop.folder, "remote", "add", "origin", str(self.origin))
        self.shop.write(".gitignore", ".catalogctl/\nstate/\n")
        self.jobs = 0

    @property
    def at(self) -> Path:
        return self.shop.folder

    def pushed(self, branch: str, words: str = "Edit") -> str:
        """Commit what the author's folder holds and push it."""
        git(self.at, "add", "--all")
        git(self.at, "commit", "--quiet", "--allow-empty", "-m", words)
        git(self.at, "push", "--quiet", "origin", f"HEAD:refs/heads/{branch}")
        return git(self.at, "rev-parse", "HEAD")

    def proposed(self, number: int) -> str:
        """Put what the author's folder holds on a branch for a pull request; give its last commit."""
        git(self.at, "checkout", "--quiet", "-B", f"pull-{number}")
        return self.pushed(f"pull-{number}")

    def squashed(self, number: int) -> str:
        """Put the changes of a pull request on the main branch as one commit."""
        git(self.at, "checkout", "--quiet", "main")
        git(self.at, "merge", "--quiet", "--squash", f"pull-{number}")
        return self.pushed("main", f"Pull request {number}")

    def checkout(self, sha: str) -> Path:
        self.jobs += 1
        place = self.folder / f"job-{self.jobs}"
        place.mkdir()
        git(place, "init", "--quiet")
        git(place, "remote", "add", "origin", f"file://{self.origin}")
        git(place, "fetch", "--quiet", "--depth", "1", "origin", sha)
        git(place, "checkout", "--quiet", "FETCH_HEAD")
        return place

    def recorded(self) -> list[str]:
        """List what is on the branch of the state."""
        return git(self.origin, "ls-tree", "-r", "--name-only", "catalogctl-state").split()

    def state(self) -> dict[str, Any]:
        """Give the state that is recorded on its branch."""
        found: dict[str, Any] = json.loads(git(self.origin, "show", "catalogctl-state:state/default.json"))
        return found

    def environment(self, place: Path, secrets: Mapping[str, str]) -> dict[str, str]:
        """Give a job's environment: of ours nothing but what finds programs."""
        kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        machine = self.folder / "machine"
        if not machine.exists():
            equipped(machine)
        kept["PATH"] = f"{machine}/bin:{kept['PATH']}"
        cache = os.environ.get("CATALOGCTL_CACHE_DIR", "")
        hostile = {name: value.format(place=place, path=kept["PATH"]) for name, value in self.hostile.items()}
        return {**kept, "HOME": str(machine), "CATALOGCTL_CACHE_DIR": cache, "PWD": str(place), **secrets, **hostile}

    def asked_of_pip(self) -> list[str]:
        """List what pip was asked for, a command line each."""
        return _lines(self.folder / "machine/pip")

    def isolated(self, ran: Ran) -> Ran:
        """Make sure that no Python of a job could have imported what lies in the checkout."""
        assert _lines(self.folder / "machine/unisolated") == []
        return ran


PYTHON = """\
#!/bin/sh
# Stands in for a Python: what is not isolated is written down, as is what pip is asked for.
if [ "$1" != -I ]; then echo "$0 $*" >> "{machine}/unisolated"; fi
case "$*" in
    "-I -m venv "*) mkdir -p "$4" && cp -R "{machine}/env/." "$4" ;;
    "-I -m pip "*) echo "$*" >> "{machine}/pip" ;;
    *) exec "{python}" "$@" ;;
esac
"""

CATALOGCTL = """\
#!{python} -I
import sys

sys.path.insert(0, "{importable}")

from catalogctl.__main__ import main

main()
"""


def equipped(machine: Path) -> None:
    """Make a machine that has Pythons, each able to make an environment in which this very catalogctl is."""
    programs = {f"env/bin/{name}": PYTHON for name in ("python", "python3")} | {"env/bin/catalogctl": CATALOGCTL}
    programs |= {f"bin/{name}": PYTHON for name in ("python3.13", "python3.12", "python3.11", "python3")}
    for name, text in programs.items():
        script = machine / name
        script.parent.mkdir(parents=True, exist_ok=True)
        script.write_text(text.format(machine=machine, python=sys.executable, importable=IMPORTABLE), encoding="utf-8")
        script.chmod(0o755)


def _lines(file: Path) -> list[str]:
    return file.read_text(encoding="utf-8").splitlines() if file.exists() else []


def expanded(value: str, variables: Mapping[str, str]) -> str:
    """Put variables in their places in the value of another one, as GitLab does."""
    return re.sub(r"\$(\w+)", lambda found: variables.get(found[1], ""), value)


def bash(script: str, place: Path, environment: Mapping[str, str]) -> tuple[int, str]:
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
        cwd=place,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        check=False,
    )
    return done.returncode, done.stdout


def commands(log: str) -> Iterator[tuple[str, str]]:
    """Read a log as GitHub's runner does: a line that begins with two colons, after blanks, is a command, unless they are stopped."""
    stopped = ""
    for line in log.splitlines():
        found = re.match(r"\s*::([^:]+)::(.*)", line)
        if found is None:
            continue
        if stopped:
            stopped = "" if found[1] == stopped else stopped
        elif found[1] == "stop-commands":
            stopped = found[2]
        else:
            yield found[1], found[2]


def kept(paths: Iterable[Path]) -> list[Path]:
    """Give the files that an artifact of these paths has: a folder's are all that are in it, and what is not there is left out."""
    return [file for path in paths for file in (sorted(path.rglob("*")) if path.is_dir() else [path]) if file.is_file()]


def discreet(ran: Ran, *told: str) -> None:
    """Make sure that no one is reported a key."""
    for text in (ran.log, ran.summary, *ran.outputs.values(), *told):
        assert KEY not in text
        assert TOKEN not in text
        assert READ_ONLY not in text


@dataclass
class OnGitHub(Workplace):
    """A repository on GitHub, with the workflows of templates/."""

    host: GitHub = field(default_factory=GitHub)

    def pull_request(self, number: int, head: str, *, fork: bool = False, given: Mapping[str, str] | None = None) -> Ran:
        """Run the workflow for a pull request; `given` are inputs of the action that a user would add."""
        repo = {"full_name": "stranger/catalog" if fork else REPOSITORY, "id": 2 if fork else 1}
        pull = {"number": number, "head": {"sha": head, "repo": repo}, "base": {"repo": {"id": 1}}}
        return self.run("pull_request", head, {"pull_request": pull}, keys=not fork, given=given)

    def merge(self, number: int, head: str, *, fork: bool = False) -> str:
        sha = self.squashed(number)
        origin = {"id": 2} if fork else {"id": 1}
        self.host.merged[sha] = {
            "number": number,
            "merged_at": "2026-11-25T11:00:00Z",
            "merge_commit_sha": sha,
            "head": {"sha": head, "repo": origin},
            "base": {"repo": {"id": 1}},
        }
        return sha

    def run(
        self,
        event: str,
        sha: str,
        payload: Mapping[str, Any] | None = None,
        *,
        keys: bool = True,
        template: str = "catalogctl.github.yml",
        inputs: Mapping[str, str] | None = None,
        given: Mapping[str, str] | None = None,
        ref: str = "refs/heads/main",
    ) -> Ran:
        """Run the jobs of a workflow that an event starts."""
        workflow = yaml.safe_load((ROOT / "templates" / template).read_text(encoding="utf-8"))
        secrets = {"PUBLICALA_TOKEN": KEY} if keys else {}
        github = {"event_name": event, "event": payload or {}, "ref": ref, "token": TOKEN if keys else READ_ONLY}
        context = {"github": github, "inputs": inputs or {}, "secrets": secrets, "vars": {}}
        ran = Ran()
        for job in workflow["jobs"].values():
            if "if" in job and not evaluated(job["if"].strip("${} "), within(context)):
                continue
            place = ran.folder = self.checkout(sha)
            temp = self.folder / f"temp-{self.jobs}"
            temp.mkdir()
            said_event = {"repository": {"default_branch": "main"}, **(payload or {})}
            (temp / "event.json").write_text(json.dumps(said_event), encoding="utf-8")
            environment = {
                **self.environment(place, {}),
                "GITHUB_ACTIONS": "true",
                "GITHUB_API_URL": self.host.url,
                "GITHUB_SERVER_URL": "https://github.example",
                "GITHUB_REPOSITORY": REPOSITORY,
                "GITHUB_RUN_ID": str(self.jobs),
                "GITHUB_SHA": sha,
                "GITHUB_EVENT_PATH": str(temp / "event.json"),
                "GITHUB_ACTION_PATH": str(ROOT),
                "GITHUB_WORKSPACE": str(place),
                "GITHUB_EVENT_NAME": event,
                "GITHUB_REF": ref,
            }
            checkout, action = job["steps"]
            assert checkout["uses"].startswith("actions/checkout@")
            assert action["uses"] == "OWNER/catalogctl@COMMIT"
            said = {name: filled(str(value), within(context)) for name, value in action.get("with", {}).items()}
            environment |= {name: filled(value, within(context)) for name, value in action["env"].items()}
            self._action({**said, **(given or {})}, environment, place, temp, github, payload or {}, ran)
        discreet(ran, *(comment["body"] for comments in self.host.comments.values() for comment in comments))
        return self.isolated(ran)

    def _action(
        self,
        given: Mapping[str, str],
        environment: dict[str, str],
        place: Path,
        temp: Path,
        github: Mapping[str, Any],
        payload: Mapping[str, Any],
        ran: Ran,
    ) -> None:
        assert given.keys() <= ACTION["inputs"].keys()
        steps: dict[str, Any] = {}
        context: dict[str, Any] = {"github": github, "runner": {"temp": str(temp)}, "steps": steps}
        declared = {name: filled(said["default"], within(context)) for name, said in ACTION["inputs"].items()}
        context |= {"inputs": {**declared, **given}, "always()": True, "cancelled()": False}
        for step in ACTION["runs"]["steps"]:
            condition = step.get("if", "").removeprefix("${{").removesuffix("}}")
            told_always = "always()" in condition or "cancelled()" in condition
            if (ran.failed and not told_always) or (condition and not evaluated(condition, within(context))):
                steps.setdefault(step.get("id", ""), {"outputs": {}, "outcome": "skipped"})
                continue
            ran.steps.append(step["name"])
            if "uses" in step:
                assert step["uses"].startswith("actions/upload-artifact@")
                self._upload({name: filled(str(said), within(context)) for name, said in step["with"].items()}, payload)
                continue
            own = {name: filled(said, within(context)) for name, said in step.get("env", {}).items()}
            files = {name: temp / name for name in ("GITHUB_ENV", "GITHUB_OUTPUT", "GITHUB_PATH", "GITHUB_STEP_SUMMARY")}
            for file in files.values():
                file.write_text("", encoding="utf-8")
            assert step["shell"] == "bash"
            code, log = bash(step["run"], place, {**environment, **own, **{name: str(file) for name, file in files.items()}})
            ran.log += f"▶ {step['name']}\n{log}"
            ran.failed = ran.failed or code != 0
            said = {name: file.read_text(encoding="utf-8") for name, file in files.items()}
            ran.summary += said["GITHUB_STEP_SUMMARY"]
            environment |= dict(line.split("=", 1) for line in said["GITHUB_ENV"].splitlines())
            environment["PATH"] = ":".join([*said["GITHUB_PATH"].splitlines(), environment["PATH"]])
            outputs = dict(line.split("=", 1) for line in said["GITHUB_OUTPUT"].splitlines())
            for name, text in commands(log):
                ran.commands.append((name, text))
                if name.startswith("set-output name="):
                    outputs[name.removeprefix("set-output name=")] = text
            if "id" in step:
                steps[step["id"]] = {"outputs": outputs, "outcome": "failure" if code else "success"}
        ran.outputs = {name: filled(said["value"], within(context)) for name, said in ACTION["outputs"].items()}

    def _upload(self, said: Mapping[str, str], payload: Mapping[str, Any]) -> None:
        files = kept(Path(path) for path in said["path"].split())
        assert files or said["if-no-files-found"] != "error"
        pull = payload.get("pull_request")
        head = pull["head"]["sha"] if pull else git(self.at, "rev-parse", "HEAD")
        branch, repository = ("a-branch", pull["head"]["repo"]["id"]) if pull else ("main", 1)
        self.host.upload(said["name"], {file.name: file.read_bytes() for file in files}, head, branch, repository)

    def comments(self, number: int) -> list[str]:
        return [comment["body"] for comment in self.host.comments.get(number, []) if comment["user"]["login"] == BOT]


@dataclass
class OnGitLab(Workplace):
    """A project on GitLab, with the template of templates/."""

    host: GitLab = field(default_factory=GitLab)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.template = yaml.safe_load((ROOT / "templates/catalogctl.gitlab-ci.yml").read_text(encoding="utf-8"))
        # What a mirror of catalogctl holds, as far as a pipeline needs it.
        self.source = self.folder / "catalogctl"
        self.source.mkdir()
        for name in ("ci", "tools"):
            shutil.copytree(ROOT / name, self.source / name, ignore=shutil.ignore_patterns("__pycache__"))
        for lock in ROOT.glob("requirements*.txt"):
            shutil.copy(lock, self.source)
        (self.source / "catalogctl").symlink_to(Path(IMPORTABLE) / "catalogctl")
        git(self.source, "init", "--quiet")
        git(self.source, "add", "--all")
        git(self.source, "commit", "--quiet", "-m", "catalogctl")
        self.pipeline = 0

    def merge_request(self, iid: int, head: str, *, fork: bool = False) -> Ran:
        """Run the pipeline of a merge request."""
        said = {
            "CI_PIPELINE_SOURCE": "merge_request_event",
            "CI_MERGE_REQUEST_IID": str(iid),
            "CI_MERGE_REQUEST_PROJECT_ID": GitLab.PROJECT,
            "CI_MERGE_REQUEST_PROJECT_URL": str(self.origin).removesuffix(".git"),
            "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "8" if fork else GitLab.PROJECT,
            "CI_PROJECT_ID": "8" if fork else GitLab.PROJECT,
        }
        ran = self.run(head, said, keys=not fork)
        self.host.pipelines.setdefault(iid, []).insert(0, {"id": self.pipeline, "sha": head})
        self.host.requests_by_iid[iid] = {"iid": iid, "head_pipeline": {"id": self.pipeline}}
        return ran

    def merge(self, iid: int, head: str) -> str:
        sha = self.squashed(iid)
        self.host.merged[sha] = {
            "iid": iid,
            "state": "merged",
            "sha": head,
            "merge_commit_sha": None,
            "squash_commit_sha": sha,
            "source_project_id": 7,
            "target_project_id": 7,
        }
        return sha

    def run(self, sha: str, said: Mapping[str, str], *, keys: bool = True) -> Ran:
        """Run the jobs of the template whose rules hold, in their order."""
        self.pipeline += 1
        ran = Ran()
        predefined = {
            "GITLAB_CI": "true",
            "CI_API_V4_URL": self.host.url,
            "CI_SERVER_URL": "https://gitlab.example",
            "CI_PROJECT_ID": GitLab.PROJECT,
            "CI_COMMIT_SHA": sha,
            "CI_DEFAULT_BRANCH": "main",
            "CI_JOB_URL": f"https://gitlab.example/-/jobs/{self.pipeline}",
            "CATALOG_SOURCE": f"file://{self.source}",
            "CATALOG_COMMIT": git(self.source, "rev-parse", "HEAD"),
            **({"PUBLICALA_TOKEN": KEY, "GITLAB_TOKEN": TOKEN} if keys else {}),
            **self.template["variables"],
            **said,
        }
        jobs = {name: job for name, job in self.template.items() if "script" in job and name[0] != "."}
        for name, job in jobs.items():
            if not any(evaluated(rule["if"], lambda wanted: predefined.get(wanted.removeprefix("$"), "")) for rule in job["rules"]):
                continue
            if ran.failed and "needs" in job:
                continue
            ran.steps.append(name)
            self._job(name, {**self.template[job["extends"]], **job}, sha, predefined, ran)
        discreet(ran, *(note["body"] for notes in self.host.comments.values() for note in notes))
        return self.isolated(ran)

    def _job(self, name: str, job: Mapping[str, Any], sha: str, predefined: Mapping[str, str], ran: Ran) -> None:
        number = str(next(self.host.numbers))
        place = ran.folder = self.checkout(sha)
        builds = self.folder / f"builds-{self.jobs}"
        builds.mkdir()
        own = {"CI_BUILDS_DIR": str(builds), "CI_PROJECT_DIR": str(place), "CI_JOB_ID": number}
        environment = self.environment(place, {name: expanded(value, predefined) for name, value in {**predefined, **own}.items()})
        code, log = bash("\n".join([*job["before_script"], *job["script"]]), place, environment)
        ran.log += f"▶ {name}\n{log}"
        ran.failed = ran.failed or code != 0
        if "after_script" in job:
            _, log = bash("\n".join(job["after_script"]), place, environment)
            ran.log += log
            assert list(builds.iterdir()) == [], "a job leaves nothing behind"
        self.host.jobs.setdefault(self.pipeline, []).append({"id": int(number), "name": name, "status": "failed" if code else "success"})
        for file in kept(place / path for path in job.get("artifacts", {}).get("paths", [])):
            path = str(file.relative_to(place))
            self.host.files[number, path] = self.host.files[f"main/{name}", path] = file.read_bytes()
        for file in job.get("artifacts", {}).get("reports", {}).values():
            if (place / file).exists():
                ran.outputs[file] = (place / file).read_text(encoding="utf-8")

    def comments(self, iid: int) -> list[str]:
        return [note["body"] for note in self.host.comments.get(iid, []) if note["author"]["id"] == GitLab.ME]
