"""What doctor names, and what validate and plan say of an extra that is missing."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import chdir, suppress
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, ClassVar

import pytest

from shop import TOKEN, Shop, catalogctl

BUCKET = "assets: {publish: {type: s3, url: 's3://low-pier/catalog/', sign_for: 2h}}\n"


def in_a_bucket(shop: Shop) -> None:
    """Write a project whose assets are in a bucket."""
    shop.write("catalogctl.yaml", f"version: 1\naccounts: {{store: {{provider: publicala, base_url: sandbox}}}}\n{BUCKET}")
    shop.title()


@pytest.mark.parametrize(
    "command", [["validate"], ["plan"], ["drift"], ["apply", "--auto-approve"], ["destroy", "--auto-approve"]], ids=lambda it: it[0]
)
def test_an_extra_that_is_missing_ends_every_command_that_reads_the_catalog(
    shop: Shop, command: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    in_a_bucket(shop)
    monkeypatch.setitem(sys.modules, "obstore", None)
    ran = shop.run(*command).ended(1)
    assert "error: An extra is missing\n  catalogctl.yaml:3:26\n" in ran.err
    assert "`objectstore`" in ran.err
    assert "install 'obstore>=0.12,<0.13'\n" in ran.err


def test_extras_are_printed_without_a_secret_and_without_the_extra(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    in_a_bucket(shop)
    monkeypatch.setitem(sys.modules, "obstore", None)
    monkeypatch.delenv("PUBLICALA_TOKEN")
    ran = shop.run("doctor", "--extras").ended(0)
    assert (ran.out, ran.err) == ("objectstore\n", "")


def test_no_extra_is_no_line(shop: Shop) -> None:
    assert shop.run("doctor", "--extras").ended(0).all == ""


# -- what is open --------------------------------------------------------------------------------------------------------


def told(shop: Shop, *arguments: str, code: int | None = None) -> dict[str, list[dict[str, Any]]]:
    """Run doctor, and give its findings by their codes."""
    ran = shop.run("doctor", "--format", "json", *arguments)
    assert ran.code in {0, 1}
    assert code is None or ran.code == code, ran
    found: dict[str, list[dict[str, Any]]] = {}
    for check in ran.json["checks"]:
        assert (check["says"] is None) == bool(check["findings"])
        for item in check["findings"]:
            found.setdefault(item["code"], []).append(item)
    return found


def git(shop: Shop, *arguments: str) -> None:
    identity = ("-c", "user.name=e", "-c", "user.email=e@example.com")
    subprocess.run(["git", *identity, *arguments], cwd=shop.folder, check=True, capture_output=True)


def committed(shop: Shop, *paths: str) -> None:
    git(shop, "add", "-f", *paths)
    git(shop, "commit", "-qm", "x")


@pytest.fixture
def checkout(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """A project with a title in a repository, in which nothing is open."""
    monkeypatch.setenv("CATALOGCTL_ORIGINS", f"store={shop.url}#PUBLICALA_TOKEN")
    shop.title()
    shop.write(".gitignore", ".catalogctl/\nstate/*.lock*\nstate/history/\n")
    git(shop, "init", "-q")
    committed(shop, ".")
    return shop


def link_outside(shop: Shop) -> None:
    (shop.folder / "catalog" / "there.yaml").symlink_to("/etc/hosts")


def link_in_state(shop: Shop) -> None:
    (shop.folder / "state").mkdir()
    (shop.folder / "state" / "default.json.part").symlink_to("../catalog/faro.json")


def link_for_the_sandbox(shop: Shop) -> None:
    (shop.folder / ".catalogctl").symlink_to("/tmp")


def bare_repository(shop: Shop) -> None:
    shop.write("catalog/HEAD", "ref: refs/heads/main\n")
    (shop.folder / "catalog" / "objects").mkdir()


def repository_inside(shop: Shop) -> None:
    subprocess.run(["git", "init", "-q", "catalog/theirs"], cwd=shop.folder, check=True)


def submodules(shop: Shop) -> None:
    shop.write(".gitmodules", '[submodule "x"]\n\tpath = x\n\turl = https://git.example.com/x\n')


def filters(shop: Shop) -> None:
    shop.write("catalog/.gitattributes", "# none\n*.json filter=x -text\n*.epub filter=lfs diff=lfs merge=lfs -text\n")


def hooks(shop: Shop) -> None:
    shop.write("hooks/pre-commit", "#!/bin/sh\n")
    git(shop, "config", "core.hooksPath", "hooks")


def monitor(shop: Shop) -> None:
    git(shop, "config", "core.fsmonitor", "watch-it")


def sandbox_committed(shop: Shop) -> None:
    shop.write(".catalogctl/sandbox/x.json", "{}").chmod(0o600)
    committed(shop, ".catalogctl")


def lock_committed(shop: Shop) -> None:
    shop.write("state/default.lock.json", "{}").chmod(0o600)
    shop.write("state/history/default.000001.json", "{}").chmod(0o600)
    committed(shop, "state")


def secret_committed(shop: Shop) -> None:
    shop.write("catalog/.env", "A=b\n")
    committed(shop, "catalog/.env")


def secret_lying_about(shop: Shop) -> None:
    shop.write("deploy.pem", "x")


def open_state(shop: Shop) -> None:
    shop.write("state/default.json", "{}").chmod(0o644)


def open_key(shop: Shop) -> None:
    text = (shop.folder / "catalogctl.yaml").read_text(encoding="utf-8")
    shop.write("catalogctl.yaml", text.replace("${env:PUBLICALA_TOKEN}", "${file:key.txt}"))
    shop.write("key.txt", TOKEN).chmod(0o644)
    os.environ["CATALOGCTL_ORIGINS"] = f"store={shop.url}#file:key.txt"


OPEN: tuple[tuple[Callable[[Shop], None], str, str], ...] = (
    (link_outside, "link-leads-out", "warning"),
    (link_in_state, "link-where-written", "error"),
    (link_for_the_sandbox, "link-where-written", "error"),
    (bare_repository, "repository-bare", "error"),
    (repository_inside, "repository-inside", "warning"),
    (submodules, "submodules", "warning"),
    (filters, "git-attributes", "warning"),
    (hooks, "git-runs-checkout", "error"),
    (monitor, "git-setting", "warning"),
    (sandbox_committed, "sandbox-committed", "warning"),
    (lock_committed, "state-committed", "warning"),
    (secret_committed, "secret-committed", "error"),
    (secret_lying_about, "secret-not-ignored", "warning"),
    (open_state, "mode-open", "warning"),
    (open_key, "mode-open", "warning"),
)


def test_nothing_is_open_in_a_checkout_that_is_in_order(checkout: Shop) -> None:
    assert told(checkout, code=0) == {}
    ran = checkout.run("doctor").ended(0)
    assert ran.out.endswith("\n\nNothing is open; 13 checks.\n")
    assert "✓ ok       Every key is there: PUBLICALA_TOKEN.\n" in ran.out
    assert ran.out.count("✓ ok ") == 13
    assert checkout.requests == ()


def test_a_key_in_a_file_is_a_key_that_is_there(checkout: Shop) -> None:
    checkout.write(".catalogctl/key", "secret").chmod(0o600)
    project = checkout.folder / "catalogctl.yaml"
    project.write_text(project.read_text(encoding="utf-8").replace("${env:PUBLICALA_TOKEN}", "${file:.catalogctl/key}"), encoding="utf-8")
    assert "Every key is there: .catalogctl/key." in " ".join(checkout.run("doctor").out.split())


@pytest.mark.parametrize(("spoil", "code", "severity"), OPEN, ids=[spoil.__name__ for spoil, _, _ in OPEN])
def test_what_is_open_is_found_and_following_its_hint_closes_it(
    checkout: Shop, spoil: Callable[[Shop], None], code: str, severity: str
) -> None:
    spoil(checkout)
    found = told(checkout, code=1 if severity == "error" else 0)
    assert {item["severity"] for item in found[code]} == {severity}
    assert found.keys() <= {code, "link-leads-out"}
    checkout.run("doctor", "--strict").ended(1)
    for item in found[code]:
        _, *commands = item["hint"].splitlines()
        assert commands
        for command in commands:
            subprocess.run(command, shell=True, cwd=checkout.folder, check=True)
    if code == "secret-committed":
        checkout.write(".gitignore", ".env\n.catalogctl/\n")
    assert told(checkout, "--strict", code=0) == {}


def test_a_hint_works_in_a_folder_below_the_project(checkout: Shop) -> None:
    secret_lying_about(checkout)
    open_state(checkout)
    below = checkout.folder / "catalog"
    for _ in range(2):
        with chdir(below):
            checks = catalogctl("doctor", "--format", "json").json["checks"]
        commands = [item["hint"].splitlines()[1] for check in checks for item in check["findings"]]
        for command in commands:
            subprocess.run(command, shell=True, cwd=below, check=True)
    assert commands == []


def test_a_missing_key_is_named_and_never_shown_where_it_is_there(checkout: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    assert TOKEN not in checkout.run("doctor").all
    monkeypatch.delenv("PUBLICALA_TOKEN")
    [missing] = told(checkout, code=1)["secret-missing"]
    assert "PUBLICALA_TOKEN is not set" in missing["detail"]
    assert (missing["file"], missing["line"]) == ("catalogctl.yaml", 6)
    monkeypatch.setenv("CI_COMMIT_REF_PROTECTED", "false")
    assert "variable-protected" in told(checkout, code=1)


def test_an_account_without_a_pin_is_named_as_in_ci(checkout: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    more = "  far: {provider: publicala, base_url: https://far.example.com, token: '${env:PUBLICALA_TOKEN}'}\n"
    text = (checkout.folder / "catalogctl.yaml").read_text(encoding="utf-8")
    checkout.write("catalogctl.yaml", text.replace("assets:", f"{more}assets:"))
    [item] = told(checkout, code=1)["account-unpinned"]
    assert "far" in item["detail"]
    assert told(checkout, "store", code=0) == {}
    monkeypatch.delenv("CATALOGCTL_ORIGINS")
    assert told(checkout, code=0).keys() == {"keys-unpinned"}


def test_an_account_that_there_is_not_is_refused_with_the_nearest(checkout: Shop) -> None:
    assert "Did you mean store?" in checkout.run("doctor", "stroe").ended(1).err


@pytest.mark.parametrize(
    ("variables", "code"),
    [
        ({"GITHUB_EVENT_NAME": "pull_request_target"}, "job-target"),
        ({"CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "7", "CI_PROJECT_ID": "3"}, "job-fork"),
        ({"CI_DEBUG_TRACE": "true"}, "job-trace"),
    ],
    ids=lambda it: it if isinstance(it, str) else "",
)
def test_a_job_that_gives_keys_away_is_named(checkout: Shop, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], code: str) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert told(checkout).keys() == {code}


def test_a_workflow_for_strangers_is_named_at_its_line(checkout: Shop) -> None:
    checkout.write(".github/workflows/a.yml", "on:\n  # pull_request_target: no\n  pull_request:\n")
    assert told(checkout, code=0) == {}
    checkout.write(".github/workflows/b.yaml", "name: x\non: [push, pull_request_target]\n")
    [item] = told(checkout, code=1)["workflow-target"]
    assert (item["file"], item["line"], item["column"]) == (".github/workflows/b.yaml", 2, 12)


def test_a_clock_behind_the_last_commit_is_named(checkout: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2099-01-01T00:00:00Z")
    git(checkout, "commit", "-q", "--allow-empty", "-m", "from the future")
    assert told(checkout, code=1).keys() == {"clock-behind"}


def test_a_path_of_python_into_the_checkout_is_named(checkout: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(checkout.folder / "catalog"))
    assert told(checkout, code=1).keys() == {"python-path"}


def test_extras_are_named_needed_as_errors_and_optional_as_notes(checkout: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("obstore", "tinytag"):
        monkeypatch.setitem(sys.modules, module, None)
    found = told(checkout, code=0)
    assert found["extra-optional"][0]["severity"] == "note"
    checkout.run("doctor", "--strict").ended(0)
    text = (checkout.folder / "catalogctl.yaml").read_text(encoding="utf-8")
    checkout.write("catalogctl.yaml", text[: text.index("assets:")] + BUCKET)
    assert told(checkout, code=1).keys() == {"extra-missing", "extra-optional"}


def test_a_broken_project_file_is_a_finding_beside_the_others(checkout: Shop) -> None:
    secret_lying_about(checkout)
    checkout.write("catalogctl.yaml", "version: 1\nacounts: {}\n")
    assert told(checkout, code=1).keys() == {"unknown-field", "secret-not-ignored"}


def test_text_keeps_to_the_width_and_reads_without_colour(checkout: Shop) -> None:
    for spoil, _, _ in OPEN:
        if spoil is not link_for_the_sandbox:
            with suppress(FileExistsError):
                spoil(checkout)
    ran = checkout.run("doctor").ended(1)
    copied = re.compile(r"^ {17}\S")
    assert all(len(line) <= 80 for line in ran.out.splitlines() if not copied.match(line))
    assert "\n✗ error    A link where files are written (link-where-written)\n" in ran.out
    assert "\n! warning  " in ran.out
    assert re.search(r"\n\d+ errors, \d+ warnings; \d+ of 13 checks found nothing\.\n$", ran.out)


def test_extras_go_with_nothing_else(shop: Shop) -> None:
    assert "goes with no account" in shop.run("doctor", "--extras", "--strict").ended(1).err


class _Past(BaseHTTPRequestHandler):
    """A store whose clock is an hour behind; it would send whoever comes on to another address."""

    asked: ClassVar[list[tuple[str, str, list[str]]]] = []

    def do_HEAD(self) -> None:
        self.asked.append((self.command, self.path, list(self.headers)))
        self.send_response_only(302)
        self.send_header("Date", formatdate(time.time() - 3600, usegmt=True))
        self.send_header("Location", "http://127.0.0.1:9/")
        self.end_headers()


def test_online_the_clock_is_held_against_those_of_the_stores(checkout: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    _Past.asked.clear()
    server = HTTPServer(("127.0.0.1", 0), _Past)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        url = f"http://127.0.0.1:{server.server_port}"
        text = (checkout.folder / "catalogctl.yaml").read_text(encoding="utf-8")
        checkout.write("catalogctl.yaml", text.replace(checkout.url, url))
        monkeypatch.setenv("CATALOGCTL_ORIGINS", f"store={url}#PUBLICALA_TOKEN")
        assert told(checkout, code=0) == {}
        assert _Past.asked == []
        [item] = told(checkout, "--online", code=1)["clock-differs"]
        assert re.match(r"It is (59|60) minutes ahead of that of http://127", item["detail"])
        [(method, path, headers)] = _Past.asked
        assert (method, path) == ("HEAD", "/")
        assert {"authorization", "x-user-token"} & {name.lower() for name in headers} == set()
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert told(checkout, "--online", code=0).keys() == {"clock-unknown"}


def test_online_a_store_whose_clock_agrees_is_fine(checkout: Shop) -> None:
    assert "The clock agrees with those of store." in checkout.run("doctor", "--online").all
