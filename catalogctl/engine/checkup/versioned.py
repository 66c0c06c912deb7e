"""What git does with a checkout, and what was committed that should not be."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from catalogctl.config.git import ask
from catalogctl.engine.checkup.surroundings import Surroundings, Tree
from catalogctl.model.check import Check
from catalogctl.model.diagnostics import Diagnostic, error, warning
from catalogctl.system.file import read_bounded

_FILTER: Final = re.compile(r"(?:^|\s)(filter|diff|merge)=(?!lfs(?:\s|$)|text(?:\s|$)|union(?:\s|$)|binary(?:\s|$))(\S+)")
_LARGEST: Final = 1024 * 1024
_LOCAL: Final = re.compile(r"(^|/)[a-z0-9][a-z0-9_-]*\.(lock(\.json|\.token)?|journal)$|(^|/)history/[^/]*\.json$")
"""What state is on one machine, and belongs in no branch with the files."""


def attributes(where: Surroundings, tree: Tree) -> Check:
    """Find attributes that have git run a command on files."""

    def found() -> Iterator[Diagnostic]:
        for file in tree.attributes:
            text = "" if file.is_symlink() else read_bounded(file, _LARGEST).decode("utf-8", "replace")
            named = sorted({f"{kind}={name}" for line in text.splitlines() if line[:1] != "#" for kind, name in _FILTER.findall(line)})
            if named:
                detail = f"{where.shown(file)} says {', '.join(named)}: where git is set up for it, it runs a command on these files."
                hint = f"Where that is not meant, take the attributes out:\nsed -i -E 's/ (filter|diff|merge)=[^ ]+//g' {where.typed(file)}"
                yield warning("git-attributes", "Attributes that run a command", detail, hint)

    return Check.of("git-attributes", "No .gitattributes runs a command, but for those of Git LFS.", found())


def settings(where: Surroundings) -> Check:
    """Find settings of the checkout's own git that run what a pull request can change."""

    def found() -> Iterator[Diagnostic]:
        for name in ("core.hooksPath", "core.fsmonitor", "core.sshCommand", "core.pager", "core.worktree"):
            said = (ask(where.root, "config", "--local", "--get", name) or b"").decode("utf-8", "replace").strip()
            if not said or said in {"true", "false"}:
                continue
            inside = (where.root / said).exists() and Path(os.path.realpath(where.root / said)).is_relative_to(where.root)
            hint = f"Where that is not meant:\ngit config --local --unset {name}"
            if inside:
                detail = f"{name} is {said}, in the checkout: anyone who edits that decides what git runs."
                yield error("git-runs-checkout", "Git runs programs of the checkout", detail, hint)
            elif name != "core.worktree":
                yield warning("git-setting", "Git runs a command of this checkout's settings", f"{name} is {said}.", hint)

    return Check.of("git-settings", "Git is set up to run nothing of the checkout.", found())


def committed(where: Surroundings, tree: Tree) -> Check:
    """Find files in git that belong to one machine, and secrets that are in git or could get there."""
    tracked = _listed(ask(where.root, "ls-files", "-z"))

    def found() -> Iterator[Diagnostic]:
        ours = [path for path in tracked if path.startswith(".catalogctl/") or path == ".catalogctl"]
        if ours:
            detail = "`.catalogctl/` has the contents of the embedded sandbox and caches; in git, a pull request can change them."
            hint = f"Keep it out of git:\ngit rm -r -q --cached {where.typed(where.root / '.catalogctl')}"
            yield warning("sandbox-committed", "Contents of the sandbox are in git", detail, hint)
        folder = "" if where.project is None else f"{os.path.normpath(where.project.backend.path)}/"
        local = [path for path in tracked if folder and path.startswith(folder) and _LOCAL.search(path)]
        if local:
            which = f"{local[0]}{' and others belong' if local[1:] else ' belongs'}"
            detail = f"{which} to the machine that applies, and decides about every clone once it is in git."
            paths = " ".join(where.typed(where.root / path) for path in local)
            hint = f"Keep locks, journals and earlier states out of git:\ngit rm -q --cached {paths}"
            yield warning("state-committed", "Local parts of state are in git", detail, hint)
        for file in tree.secrets:
            shown, typed = where.shown(file), where.typed(file)
            if shown in tracked:
                detail = f"{shown} has the name of a file of secrets, and everybody who can read the repository can read it."
                hint = f"Take it out of git, and have new keys issued:\ngit rm -q --cached {typed}"
                yield error("secret-committed", "A file of secrets is in git", detail, hint)
            elif _in_git(where.root) and ask(where.root, "check-ignore", "-q", "--", shown) is None:
                detail = f"{shown} has the name of a file of secrets, and the next `git add .` takes it."
                hint = f"Have git ignore it:\necho {where.typed(file.relative_to(where.root))} >> {where.typed(where.root / '.gitignore')}"
                yield warning("secret-not-ignored", "A file of secrets is not ignored by git", detail, hint)

    return Check.of("committed", "No secret, lock or sandbox is in git, or could get there unseen.", found())


def _in_git(root: Path) -> bool:
    return ask(root, "rev-parse", "--show-toplevel") is not None


def _listed(answer: bytes | None) -> frozenset[str]:
    return frozenset(os.fsdecode(path) for path in (answer or b"").split(b"\0") if path)
