"""What is wrong in an environment is found from any other."""

from pathlib import Path

import pytest

from catalogctl.config.accounts import accounts
from catalogctl.config.other_environments import problems_elsewhere
from catalogctl.config.project import load_project
from catalogctl.provider import discovery

BASE = """version: 1
accounts:
  store: {provider: publicala, base_url: "https://a.example", token: "${env:A}"}
  drive: {provider: publishdrive, api_key: "${env:B}"}
environments:
  staging:
    accounts:
      OVERLAY
  review: {}
"""


def found(folder: Path, overlay: str, environment: str = "default") -> list[tuple[str, int, str]]:
    (folder / "catalogctl.yaml").write_text(BASE.replace("OVERLAY", overlay), encoding="utf-8")
    project = load_project(folder, environment)
    _, here = accounts(project, {name: discovery.provider(name) for name in ("publicala", "publishdrive")})
    return [(item.code, item.source.line if item.source else 0, item.hint) for item in problems_elsewhere(project, tuple(here))]


@pytest.mark.parametrize("environment", ["default", "review"])
@pytest.mark.parametrize(
    ("overlay", "code", "hint"),
    [
        ("store: {base_ur: sandbox}", "unknown-field", "Did you mean `base_url`?"),
        ("stoer: {base_url: sandbox}", "unknown-account", "Did you mean store?"),
        ("store: {api_key: '${env:A}'}", "unknown-field", "Did you mean `token`?"),
        ("store: {base_url: 'http://a.example'}", "bad-base-url", "Write https://a.example"),
        ("other: {provider: publicla, base_url: sandbox}", "unknown-provider", "Did you mean publicala?"),
    ],
)
def test_a_mistake_in_an_environment_is_found_outside_it(tmp_path: Path, environment: str, overlay: str, code: str, hint: str) -> None:
    assert found(tmp_path, overlay, environment) == [(code, 8, hint)]


def test_a_key_that_is_written_out_in_an_environment_is_found_outside_it(tmp_path: Path) -> None:
    [(code, line, _)] = found(tmp_path, "store: {token: k-123}")
    assert (code, line) == ("secret-literal", 8)


def test_a_mistake_of_all_environments_is_reported_once(tmp_path: Path) -> None:
    (tmp_path / "catalogctl.yaml").write_text(BASE.replace("token:", "tokn:").replace("OVERLAY", "store: {}"), encoding="utf-8")
    project = load_project(tmp_path)
    _, here = accounts(project, {name: discovery.provider(name) for name in ("publicala", "publishdrive")})
    assert [item.code for item in here] == ["unknown-field"]
    assert list(problems_elsewhere(project, tuple(here))) == []


@pytest.mark.parametrize("overlay", ["store: {base_url: sandbox}", "store: {base_url: 'https://${env:STAGING}.example'}"])
def test_what_only_the_job_of_an_environment_can_know_is_no_mistake(tmp_path: Path, overlay: str) -> None:
    assert found(tmp_path, overlay) == []
