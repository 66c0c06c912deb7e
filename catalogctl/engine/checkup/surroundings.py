"""What a checkup looks at."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from catalogctl.config.project import Project


@dataclass(frozen=True, slots=True)
class Surroundings:
    """A checkout and its environment."""

    root: Path
    """The project folder, absolute and with no symbolic link in it."""
    project: Project | None
    """`None` where the project file cannot be read."""
    account: str | None
    """The one account that was asked about; `None` for all."""
    variables: Mapping[str, str]
    """Of the environment."""
    now: datetime
    """By the system's clock, in UTC."""

    def typed(self, path: Path) -> str:
        """Write a path for a command that is typed in the current folder."""
        return shlex.quote(os.path.relpath(path))

    def shown(self, path: Path) -> str:
        """Write a path as the project knows it, or in words where it is the project folder."""
        return "the project folder" if path == self.root else os.path.relpath(path, self.root)


@dataclass(frozen=True, slots=True)
class Tree:
    """What one walk through a checkout met, without following links. Git's own folder is not entered."""

    links: list[Path] = field(default_factory=list)
    repositories: list[Path] = field(default_factory=list)
    """Folders that git would take for a repository, though they are not the checkout's own."""
    attributes: list[Path] = field(default_factory=list)
    """Files called .gitattributes."""
    modules: list[Path] = field(default_factory=list)
    """Files called .gitmodules."""
    secrets: list[Path] = field(default_factory=list)
    """Files whose names say that they hold keys."""
