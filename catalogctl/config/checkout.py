"""Which version of a project's files lies in its folder."""

from __future__ import annotations

import re
from typing import Final

from catalogctl.config.git import ask, edits
from catalogctl.config.project import Project
from catalogctl.model.commit import Commit

_ID: Final = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")


def checkout(project: Project) -> Commit | None:
    """Give the commit that the project's folder is of; `None` where there is none, or no git.

    Shapes:  only what is declared counts as edited: the project file and the catalog.
    Raises:  nothing.
    """
    found = (ask(project.root, "rev-parse", "--verify", "HEAD") or b"").decode("ascii", "replace").strip()
    if _ID.fullmatch(found) is None:
        return None
    changed = edits(project.root, (project.source.path, *project.catalog))
    return Commit(found, edited=changed is None or bool(changed.strip()))
