"""The diagnostic of a path that is not used, because a link or something else that is no regular file is there."""

from __future__ import annotations

import shlex

from catalogctl.model.diagnostics import CatalogError, Refusal, error
from catalogctl.system.safe_folder import UnsafePathError


def unsafe_path(problem: UnsafePathError) -> CatalogError:
    """Return the refusal of a path."""
    detail = (
        f"{problem.filename}: {problem.strerror}. Files of catalogctl are regular files in folders that no link leads to: "
        "a link that was committed could lead anywhere."
    )
    hint = f"Look at what it is, move it away, and run the command again:\nls -l {shlex.quote(str(problem.filename))}"
    return CatalogError(error("unsafe-path", "A path is not safe to use", detail, hint), refusal=Refusal.STALE)
