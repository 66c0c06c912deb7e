"""The package as it is installed."""

import os
import subprocess
import sys
from importlib import metadata
from importlib.resources import files
from pathlib import Path

import pytest

import catalogctl

over_the_wheel = pytest.mark.skipif(os.environ.get("CATALOGCTL_TEST_CHECKOUT") == "1", reason="running over the checkout, as asked")


@over_the_wheel
def test_the_tests_run_over_the_installed_wheel_and_not_over_the_checkout() -> None:
    assert "site-packages" in Path(catalogctl.__file__).parts


@over_the_wheel
def test_the_wheel_carries_the_version_the_package_names() -> None:
    assert metadata.version("catalogctl") == catalogctl.__version__


@over_the_wheel
def test_the_wheel_installs_the_command() -> None:
    [command] = metadata.entry_points(group="console_scripts", name="catalogctl")
    assert command.value == "catalogctl.__main__:main"


def test_the_package_says_that_it_is_typed() -> None:
    assert files("catalogctl").joinpath("py.typed").is_file()


@over_the_wheel
def test_the_wheel_carries_what_each_diagnostic_means() -> None:
    assert "| `bad-isbn` |" in files("catalogctl.view.words").joinpath("diagnostics.md").read_text(encoding="utf-8")


def test_importing_the_package_imports_nothing_else() -> None:
    code = "import sys; before = set(sys.modules); import catalogctl; print(*sorted(set(sys.modules) - before))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert loaded == ["catalogctl"]
