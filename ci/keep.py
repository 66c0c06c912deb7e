"""Put what a job of GitLab keeps where its artifacts are: `keep.py FROM`. They are to be in the checkout, in `catalogctl-ci`.

That folder is made here. Whatever a checkout has under its name is removed first, and a link there is not followed.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))  # last: an installed catalogctl comes first

from catalogctl.system.safe_folder import SafeFolder
from ci.ending import leave

KEPT = (
    "apply.txt",
    "codequality.json",
    "comment.md",
    "drift.md",
    "now.md",
    "plan.gitlab.json",
    "plan.html",
    "plan.json",
    "state.json",
)


def main() -> int:
    """Copy what there is of it."""
    written = Path(sys.argv[1])
    target = Path.cwd() / "catalogctl-ci"
    if target.is_symlink() or target.is_file():
        target.unlink()
    elif target.exists():
        shutil.rmtree(target)
    folder = SafeFolder(target.parent, target.name)
    for name in KEPT:
        if (written / name).is_file():
            copy(SafeFolder(written), name, folder)
    records = SafeFolder(written, "runs")
    for name in records.names():
        copy(records, name, folder.folder("runs"))
    return 0


def copy(source: SafeFolder, name: str, target: SafeFolder) -> None:
    """Copy a file of one folder to another."""
    target.write(name, source.read(name, source.status(name).st_size))


if __name__ == "__main__":
    leave(main)
