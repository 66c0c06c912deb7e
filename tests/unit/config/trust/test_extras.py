"""The extras that a project needs are read from its project file, and a missing one comes with a command that installs it."""

from __future__ import annotations

import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from catalogctl.config.project import load_project
from catalogctl.config.trust import extras
from catalogctl.config.trust.extras import Extra, install_command, missing, needed, needed_anywhere
from catalogctl.model.diagnostics import CatalogError

BUCKETS = {"s3": "s3://low-pier/catalog/", "gcs": "gs://low-pier/catalog/", "azure": "az://low-pier/catalog/"}


def project(folder: Path, text: str) -> Path:
    (folder / "catalogctl.yaml").write_text(f"version: 1\n{text}", encoding="utf-8")
    return folder


def without(monkeypatch: pytest.MonkeyPatch, *modules: str) -> None:
    """Have Python find no module of these names, as where the packages are not installed."""
    for module in modules:
        monkeypatch.setitem(sys.modules, module, None)


@pytest.mark.parametrize("kind", BUCKETS)
def test_a_bucket_needs_the_extra_for_object_stores(tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    without(monkeypatch, "obstore")
    found = load_project(project(tmp_path, f"assets:\n  publish:\n    type: {kind}\n    url: {BUCKETS[kind]}\n"))
    assert [need.extra for need in needed(found)] == [Extra.OBJECTSTORE]
    [problem] = missing(found)
    assert (problem.code, problem.severity, str(problem.source)) == ("extra-missing", "error", "catalogctl.yaml:4:11")
    assert "`objectstore`" in problem.detail


@pytest.mark.parametrize(
    "text",
    [
        "",
        "assets: {publish: {type: directory, url: public/, base_url: https://cdn.example.com/}}\n",
        "accounts: {s3: {provider: publicala}}\n",
    ],
)
def test_a_project_without_a_bucket_needs_no_extra(tmp_path: Path, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    without(monkeypatch, "obstore", "PIL", "tinytag")
    assert missing(load_project(project(tmp_path, text))) == ()
    assert needed_anywhere(tmp_path, "default") == ()


def test_an_extra_of_one_environment_is_missing_there_alone_and_is_needed_by_the_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without(monkeypatch, "obstore")
    folder = project(tmp_path, "environments:\n  eu:\n    assets: {publish: {type: gcs, url: 'gs://low-pier/'}}\n")
    assert missing(load_project(folder)) == ()
    [problem] = missing(load_project(folder, "eu"))
    assert str(problem.source) == "catalogctl.yaml:4:30"
    assert needed_anywhere(folder, "default") == needed_anywhere(folder, "eu") == (Extra.OBJECTSTORE,)


def test_an_environment_that_takes_the_bucket_away_needs_no_extra(tmp_path: Path) -> None:
    folder = project(tmp_path, "assets: {publish: {type: s3, url: 's3://low-pier/'}}\nenvironments: {local: {assets: {publish: null}}}\n")
    assert needed(load_project(folder, "local")) == ()
    assert needed_anywhere(folder, "local") == (Extra.OBJECTSTORE,)


def test_an_overlay_that_is_broken_elsewhere_hides_no_extra(tmp_path: Path) -> None:
    text = "assets: {publish: {type: s3, url: 's3://low-pier/'}}\nenvironments: {odd: {accounts: {ghost: {}}}}\n"
    folder = project(tmp_path, text)
    assert needed_anywhere(folder, "default") == (Extra.OBJECTSTORE,)
    with pytest.raises(CatalogError):
        needed_anywhere(folder, "odd")


def test_an_extra_that_is_installed_is_not_missing(tmp_path: Path) -> None:
    pytest.importorskip("obstore")
    assert missing(load_project(project(tmp_path, "assets: {publish: {type: s3, url: 's3://low-pier/'}}\n"))) == ()


def test_the_packages_of_the_extras_are_those_of_the_project() -> None:
    told = tomllib.loads((Path(__file__).parents[4] / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    assert {extra: list(told[extra]) for extra in told if extra != "dev"} == {
        extra: [package.requirement for package in packages] for extra, packages in extras.PACKAGES.items()
    }


@pytest.mark.parametrize("extra", Extra)
def test_the_command_that_installs_an_extra_asks_pip_for_its_packages(extra: Extra) -> None:
    """They are installed where tests run, so that pip, kept off every network, has nothing left to do."""
    command = shlex.split(install_command(extra))
    assert command[0] == sys.executable
    install = command.index("install") + 1
    ran = subprocess.run(
        [*command[:install], "--no-index", "--dry-run", "--disable-pip-version-check", *command[install:]],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert "catalogctl" not in command[install:]


def test_the_command_installs_also_where_pip_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    without(monkeypatch, "pip")
    monkeypatch.setattr("shutil.which", lambda _: "/usr/bin/uv")
    assert install_command(Extra.OBJECTSTORE) == f"uv pip install --python {shlex.quote(sys.executable)} 'obstore>=0.12,<0.13'"
    monkeypatch.setattr("shutil.which", lambda _: None)
    assert install_command(Extra.OBJECTSTORE) == f"pip --python {shlex.quote(sys.executable)} install 'obstore>=0.12,<0.13'"
