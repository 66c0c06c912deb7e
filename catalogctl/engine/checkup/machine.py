"""The Python that runs catalogctl, its extras, and the clock."""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import catalogctl
from catalogctl.config.git import ask
from catalogctl.config.trust import extras
from catalogctl.engine.checkup.surroundings import Surroundings
from catalogctl.model.check import Check
from catalogctl.model.diagnostics import Diagnostic, Severity, error

_SLACK: Final = timedelta(minutes=5)
"""What two clocks may differ by before anything comes of it: signed addresses and leases are good for longer."""


def python(where: Surroundings) -> Check:
    """Find folders of the checkout that Python would import from."""
    ours = Path(catalogctl.__file__).resolve().parents[1]

    def found() -> Iterator[Diagnostic]:
        for entry in dict.fromkeys(sys.path):
            folder = Path(entry or ".").resolve()
            if folder.is_dir() and folder.is_relative_to(where.root) and folder != ours and not folder.is_relative_to(sys.prefix):
                shown = where.shown(folder)
                detail = f"Python imports from {shown}, so a file that is committed there, such as json.py, runs in place of Python's own."
                hint = "Take it off the path of this command:\nunset PYTHONPATH; export PYTHONSAFEPATH=1"
                yield error("python-path", "Python imports from the checkout", detail, hint)

    fine = f"catalogctl {catalogctl.__version__} runs on Python {platform.python_version()}, {platform.system()} {platform.machine()}."
    return Check.of("python", fine, found())


def installed(where: Surroundings) -> Check:
    """Find extras that the project needs and that are missing, and those that would add something."""
    assert where.project is not None, "extras are needed by a project file"
    absent = [extra for extra in extras.OPTIONAL if not extras.is_installed(extra)]
    notes = [
        Diagnostic(
            Severity.NOTE,
            "extra-optional",
            f"The extra `{extra}` is not installed",
            f"It is optional, and adds {extras.OPTIONAL[extra]}.",
            f"To have it:\n{extras.install_command(extra)}",
        )
        for extra in absent
    ]
    return Check.of("extras", "Every extra that the project needs is installed.", extras.missing(where.project), notes)


def clock(where: Surroundings) -> Check:
    """Find a clock that is behind the last commit."""
    told = (ask(where.root, "log", "-1", "--format=%ct") or b"").decode("ascii", "replace").strip()

    def found() -> Iterator[Diagnostic]:
        if not told.isdecimal() or int(told) > 2**40:
            return
        last = datetime.fromtimestamp(int(told), UTC)
        if where.now + _SLACK < last:
            detail = (
                f"It says {where.now:%Y-%m-%d %H:%M} UTC, and the last commit is of {last:%Y-%m-%d %H:%M} UTC. Dates of sale, signed "
                "addresses and the holds on state go by this clock."
            )
            yield error("clock-behind", "The clock is behind", detail, "Set the clock of this machine, for instance by NTP.")

    compared = ", which is after the last commit" if told else ""
    return Check.of("clock", f"The clock says {where.now:%Y-%m-%d %H:%M} UTC{compared}.", found())
