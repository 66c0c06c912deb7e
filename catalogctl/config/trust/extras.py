"""Extras: the optional packages that a project needs, and how they get into the Python that runs catalogctl."""

from __future__ import annotations

import importlib.util
import shlex
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from catalogctl.config.project import DEFAULT_ENVIRONMENT, Project, load_project
from catalogctl.model.diagnostics import CatalogError, Diagnostic, SourceRange, error

BUCKETS: Final = ("s3", "gcs", "azure")
"""The types of asset store that a library speaks to; a directory needs none."""


class Extra(StrEnum):
    """A group of optional packages, under its name in pyproject.toml."""

    OBJECTSTORE = "objectstore"
    ONIX = "onix"
    REPORT = "report"
    XLSX = "xlsx"


@dataclass(frozen=True, slots=True)
class Package:
    """One package of an extra."""

    requirement: str
    """What pip is asked for, as pyproject.toml says it."""
    module: str
    """What is imported; the extra is there when each of its modules is found."""


PACKAGES: Final[dict[Extra, tuple[Package, ...]]] = {
    Extra.OBJECTSTORE: (Package("obstore>=0.12,<0.13", "obstore"),),
    Extra.ONIX: (Package("lxml>=6.1,<7", "lxml"), Package("onixcheck>=0.9.12,<0.10", "onixcheck")),
    Extra.REPORT: (Package("pillow>=13,<14", "PIL"), Package("tinytag>=2.3,<3", "tinytag")),
    Extra.XLSX: (Package("python-calamine>=0.9,<0.10", "python_calamine"), Package("XlsxWriter>=3.3,<4", "xlsxwriter")),
}

OPTIONAL: Final[dict[Extra, str]] = {
    Extra.ONIX: "the commands that read, check and write ONIX",
    Extra.REPORT: "small covers and running times in the HTML report",
    Extra.XLSX: "the commands that read and write workbooks",
}
"""Extras that no project needs, and what each adds."""


@dataclass(frozen=True, slots=True)
class Need:
    """An extra that a setting of the project file cannot do without."""

    extra: Extra
    purpose: str
    """What it is for, as the end of a sentence."""
    place: SourceRange
    """The setting."""


def needed(project: Project) -> tuple[Need, ...]:
    """Return the extras that a project needs in its environment, from the project file alone."""
    return tuple(_needed(project))


def _needed(project: Project) -> Iterator[Need]:
    if project.assets is not None and project.assets.type in BUCKETS:
        yield Need(Extra.OBJECTSTORE, f"assets are published to {project.assets.url}", project.place(("assets", "publish", "type")))


def needed_anywhere(folder: Path, environment: str) -> tuple[Extra, ...]:
    """Return the extras that any environment of a project needs, in alphabetical order.

    Raises:  CatalogError when the project file cannot be read for `environment`; an overlay that is broken elsewhere is passed over.
    """
    project = load_project(folder, environment)
    found = {need.extra for need in needed(project)}
    for other in (DEFAULT_ENVIRONMENT, *project.environments):
        try:
            found.update(need.extra for need in needed(load_project(folder, other)))
        except CatalogError:
            continue
    return tuple(sorted(found))


def is_installed(extra: Extra) -> bool:
    """Return whether the Python that runs catalogctl has every package of an extra."""
    return all(importlib.util.find_spec(package.module) is not None for package in PACKAGES[extra])


def missing(project: Project) -> tuple[Diagnostic, ...]:
    """Return an error for each extra that a project needs and that is not installed, at the setting that needs it."""
    return tuple(_missing(need) for need in needed(project) if not is_installed(need.extra))


def _missing(need: Need) -> Diagnostic:
    detail = f"The extra `{need.extra}` is not installed, and {need.purpose}: an apply would end there."
    return error("extra-missing", "An extra is missing", detail, _installation(need.extra)).at(need.place)


def _installation(extra: Extra) -> str:
    return f"Install it where catalogctl is installed:\n{install_command(extra)}"


def require(extra: Extra, command: str) -> None:
    """Refuse a command whose extra is not installed.

    Raises:  CatalogError (extra-missing), with the command line that installs it.
    """
    if not is_installed(extra):
        detail = f"`{command}` needs the extra `{extra}`, and it is not installed."
        raise CatalogError(error("extra-missing", "An extra is missing", detail, _installation(extra)))


def install_command(extra: Extra) -> str:
    """Return the command line that adds an extra to the Python that runs catalogctl, however that was installed.

    It names the packages of the extra and never catalogctl itself, which may have come from a checkout, a wheel or git.
    """
    requirements = " ".join(shlex.quote(package.requirement) for package in PACKAGES[extra])
    python = shlex.quote(sys.executable)
    if importlib.util.find_spec("pip") is not None:
        return f"{python} -m pip install {requirements}"
    if shutil.which("uv"):
        return f"uv pip install --python {python} {requirements}"
    return f"pip --python {python} install {requirements}"
