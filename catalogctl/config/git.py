"""Git, asked about a project by its own command: it writes nothing, fetches nothing, and runs nothing that a checkout could name.

A pull request decides which files lie beside the project file. Some of them would mean something to git: a bare repository with a config
of its own, an attribute that names a filter, a hook, a submodule. So git is asked in one way alone:

- a repository is one only by its `.git`; a folder that looks like a bare one hides the repository around it, and no question is asked;
- hooks, the file system monitor, the pager and signature checks are off, and so is each filter that a config names;
- it is found on PATH outside the checkout, and has none of our environment but what locates programs and its settings: no key.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from catalogctl.config.project import Project
from catalogctl.model.commit import Commit

_TIMEOUT: Final = 5.0
"""Seconds for one question, which no one depends on."""
_PATIENT: Final = 120.0
"""Seconds for a file that a job cannot do without."""
_ENVIRONMENT: Final = {
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}
_KEPT: Final = ("HOME", "XDG_CONFIG_HOME", "USERPROFILE", "SYSTEMROOT")
"""Variables that git has from our environment: where its settings are. PATH is given in part."""
_SETTINGS: Final = {
    "core.attributesFile": os.devnull,
    "core.fsmonitor": "false",
    "core.hooksPath": os.devnull,
    "core.pager": "cat",
    "log.showSignature": "false",
    "protocol.ext.allow": "never",
    "safe.bareRepository": "explicit",
    "submodule.recurse": "false",
}


def ask(root: Path, *arguments: str) -> bytes | None:
    """Return git's answer to a question about a folder; `None` where it has none, or there is no git or no repository to ask.

    Raises:  nothing.
    """
    return _ask(root, _SETTINGS, arguments)


def blob(root: Path, commit: str, path: str) -> bytes | None:
    """Return a file as a commit has it; `None` where git does not give it within two minutes.

    Shapes:  `path` is relative to the top of the checkout.
    Raises:  nothing.
    """
    return _ask(root, _SETTINGS, ("cat-file", "blob", f"{commit}:{path}"), _PATIENT)


def edits(root: Path, paths: Sequence[str]) -> bytes | None:
    """Return a line for each file at `paths` that differs from the last commit or is new; `None` where git cannot tell.

    Shapes:  the paths are relative to `root`. A file that a filter keeps in another form, as Git LFS does, counts as edited once it was
             written after git last looked: no filter is run to find out.
    Raises:  nothing.
    """
    # Exit code 1, and so no answer: no filter is set.
    named = _ask(root, _SETTINGS, ("config", "--null", "--name-only", "--get-regexp", r"^filter\."))
    filters = {key.rpartition(".")[0] for key in (named or b"").decode("utf-8", "surrogateescape").split("\0") if key}
    if any("=" in name for name in filters):
        return None  # no option can name it
    off = {f"{name}.{key}": value for name in filters for key, value in (("clean", ""), ("process", ""), ("required", "false"))}
    status = ("status", "--porcelain", "--untracked-files=normal", "--ignore-submodules=all")
    return _ask(root, _SETTINGS | off, (*status, "--", *(f":(literal){path}" for path in paths)))


def _ask(root: Path, settings: Mapping[str, str], arguments: Sequence[str], timeout: float = _TIMEOUT) -> bytes | None:
    checkout = _checkout(root.resolve())
    if checkout is None:
        return None
    path = _path(checkout)
    git = shutil.which("git", path=path)
    if git is None:
        return None
    given = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    try:
        ran = subprocess.run(  # noqa: S603 -- git itself, with arguments that are no options
            [git, "--no-pager", *given, *arguments],
            cwd=root,
            env={**kept, "PATH": path, **_ENVIRONMENT},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=timeout,
        )
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return None
    return ran.stdout if ran.returncode == 0 else None


def _checkout(root: Path) -> Path | None:
    """Return the folder of the checkout that `root` is in; `None` where there is none, or where something else looks like a repository.

    Git before 2.38 does not know `safe.bareRepository`. Whatever version is asked, a folder with a HEAD of its own is left alone, unless it
    has a `.git` as well: that comes first.
    """
    for folder in (root, *root.parents):
        if (folder / ".git").is_file() or (folder / ".git/HEAD").is_file():
            return folder
        if (folder / "HEAD").exists():
            return None
    return None


def _path(checkout: Path) -> str:
    """Return the folders of PATH that no checkout can fill: none that is relative, none below the checkout."""
    folders = (Path(folder) for folder in os.environ.get("PATH", os.defpath).split(os.pathsep))
    return os.pathsep.join(str(one) for one in folders if one.is_absolute() and not one.resolve().is_relative_to(checkout))


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


_ID: Final = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")


def checkout(project: Project) -> Commit | None:
    """Return the commit that the project's folder is of; `None` where there is none, or no git.

    Shapes:  only what is declared counts as edited: the project file and the catalog.
    Raises:  nothing.
    """
    found = (ask(project.root, "rev-parse", "--verify", "HEAD") or b"").decode("ascii", "replace").strip()
    if _ID.fullmatch(found) is None:
        return None
    changed = edits(project.root, (project.source.path, *project.catalog))
    return Commit(found, edited=changed is None or bool(changed.strip()))
