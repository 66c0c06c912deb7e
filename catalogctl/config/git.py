"""What git knows of a project: asked by its own command, which writes nothing, asks nobody and fetches nothing."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Final

_PATIENCE: Final = 5.0
"""Seconds for one question."""
_ENVIRONMENT: Final = {"GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "GIT_NO_LAZY_FETCH": "1", "LC_ALL": "C"}


def ask(root: Path, *arguments: str) -> bytes | None:
    """Run a question to git in a folder and give what it answers; `None` where it has no answer, or there is no git.

    Raises:  nothing.
    """
    try:
        ran = subprocess.run(  # noqa: S603 -- git itself, with arguments that are no options
            ["git", "--no-pager", "-c", "core.fsmonitor=false", *arguments],  # noqa: S607 -- the git of whoever runs this
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
