"""An earlier version of a file, as git keeps it: a cover that was replaced under its own name is still to be seen there."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

from catalogctl.config.git import ask

_COMMITS: Final = 12
"""So many commits that changed a file are looked at."""


def earlier_version(root: Path, location: str, sha256: str, largest: int) -> bytes:
    """Find the bytes with a digest among the earlier versions of a file.

    Shapes:  `location` is relative to `root`; empty when there is no such version, it has more than `largest` bytes, or there is no git.
    Raises:  nothing.
    """
    asked = ask(root, "rev-list", f"--max-count={_COMMITS}", "HEAD", "--", f":(literal){location}")
    for commit in (asked or b"").decode("ascii", "replace").split():
        for version in (f"{commit}^:./{location}", f"{commit}:./{location}"):
            size = ask(root, "cat-file", "-s", version)
            if not size or not size.strip().isdigit() or int(size) > largest:
                continue
            data = ask(root, "cat-file", "blob", version)
            if data and hashlib.sha256(data).hexdigest() == sha256:
                return data
    return b""
