"""An earlier version of a file, as git keeps it: a cover that was replaced under its own name is still to be seen there."""

from __future__ import annotations

import hashlib
import os
import subprocess
from pathlib import Path
from typing import Final

_COMMITS: Final = 12
"""So many commits that changed a file are looked at."""
_PATIENCE: Final = 5.0
"""Seconds for one question to git."""
_ENVIRONMENT: Final = {"GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "GIT_NO_LAZY_FETCH": "1", "LC_ALL": "C"}
"""Nothing is written, asked or fetched."""


def earlier_version(root: Path, location: str, sha256: str, largest: int) -> bytes:
    """Find the bytes with a digest among the earlier versions of a file.

    Shapes:  `location` is relative to `root`; empty when there is no such version, it has more than `largest` bytes, or there is no git.
    Raises:  nothing.
    """
    asked = _git(root, "log", f"--max-count={_COMMITS}", "--format=%H", "--", f":(literal){location}")
    for commit in (asked or b"").decode("ascii", "replace").split():
        for version in (f"{commit}^:./{location}", f"{commit}:./{location}"):
            size = _git(root, "cat-file", "-s", version)
            if not size or not size.strip().isdigit() or int(size) > largest:
                continue
            data = _git(root, "cat-file", "blob", version)
            if data and hashlib.sha256(data).hexdigest() == sha256:
                return data
    return b""


def _git(root: Path, *arguments: str) -> bytes | None:
    try:
        ran = subprocess.run(  # noqa: S603 -- git itself, with arguments that are no options
            ["git", "--no-pager", *arguments],  # noqa: S607 -- the git of whoever runs this
            cwd=root,
            env=os.environ | _ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=_PATIENCE,
        )
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return None
    return ran.stdout if ran.returncode == 0 else None
