"""Links, repositories inside the repository, and who may read and write the files of a project."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from catalogctl.engine.checkup.surroundings import Surroundings, Tree
from catalogctl.model.check import Check
from catalogctl.model.diagnostics import Diagnostic, error, warning

_SECRET: Final = re.compile(r"\.env(\..+)?|.*\.(pem|key|p12|pfx)|\.netrc|\.pypirc|id_(rsa|ed25519)|credentials(\.json)?", re.IGNORECASE)
_NO_SECRET: Final = re.compile(r".*\.(example|sample|template|dist)", re.IGNORECASE)
_KEY_FILE: Final = re.compile(r"\$\{file:([^}]+)\}")
_MOST: Final = 500_000
"""Entries of a checkout that are looked at."""
_OPEN: Final = stat.S_IRWXG | stat.S_IRWXO
_OURS: Final = ".catalogctl"
_STATE_FILES: Final = (".json", ".jsonl", ".journal", ".lock", ".token", ".part")


def walk(root: Path) -> Tree:
    """Look through a checkout once; what cannot be read and environments of Python are passed over."""
    tree = Tree()
    met = 0
    for folder, folders, files in os.walk(root, followlinks=False):
        here = Path(folder)
        met += len(folders) + len(files)
        if met > _MOST:
            break
        entries = {*folders, *files}
        tree.links.extend(here / name for name in sorted(entries) if (here / name).is_symlink())
        if here != root and ".git" in entries:
            tree.repositories.append(here)
        if "HEAD" in files and ("objects" in folders or "refs" in folders):
            tree.repositories.append(here)
        if ".gitattributes" in files:
            tree.attributes.append(here / ".gitattributes")
        if ".gitmodules" in files:
            tree.modules.append(here / ".gitmodules")
        tree.secrets.extend(here / name for name in files if _SECRET.fullmatch(name) and not _NO_SECRET.fullmatch(name))
        left = {".git", "node_modules", *(name for name in folders if (here / name / "pyvenv.cfg").exists())}
        folders[:] = sorted(set(folders) - left)
    return tree


def written_places(where: Surroundings) -> tuple[Path, ...]:
    """Return the folders that commands write into."""
    places = [where.root / _OURS]
    if where.project is not None:
        places.append(where.root / where.project.backend.path)
        if where.project.assets is not None and where.project.assets.type == "directory":
            places.append(where.root / where.project.assets.url)
    return tuple(Path(os.path.normpath(place)) for place in places)


def links(where: Surroundings, tree: Tree) -> Check:
    """Find links that lead out of the checkout, and those that stand where files are written."""

    def found() -> Iterator[Diagnostic]:
        written = written_places(where)
        for link in tree.links:
            target = Path(os.path.realpath(link))
            shown, hint = where.shown(link), f"Remove the link, and put the file or folder itself there:\nrm {where.typed(link)}"
            if any(link == place or place in link.parents for place in written):
                detail = f"{shown} is a link to {target}, in a place where commands write files: they would write there."
                yield error("link-where-written", "A link where files are written", detail, hint)
            elif not target.is_relative_to(where.root):
                detail = f"{shown} is a link to {target}, which is not reviewed with the project."
                yield warning("link-leads-out", "A link out of the checkout", detail, hint)

    return Check.of("links", "No link leads out of the checkout, and none is in a place where files are written.", found())


def repositories(where: Surroundings, tree: Tree) -> Check:
    """Find folders that git would take for repositories, with settings that run commands."""

    def found() -> Iterator[Diagnostic]:
        for folder in tree.repositories:
            shown = where.shown(folder)
            if (folder / ".git").exists() and folder != where.root:
                detail = f"{shown} has a repository of its own, with its own settings and hooks; its files are not reviewed with these."
                hint = f"Where its history is kept elsewhere:\nrm -rf {where.typed(folder / '.git')}"
                yield warning("repository-inside", "A repository inside the checkout", detail, hint)
            else:
                detail = f"To git, {shown} is a bare repository, and the settings in its `config` can run commands."
                hint = f"Remove what makes it one:\nrm {where.typed(folder / 'HEAD')}"
                yield error("repository-bare", "A bare repository in the checkout", detail, hint)
        for file in tree.modules:
            detail = f"{where.shown(file)} adds repositories whose contents are not reviewed with this one."
            hint = f"Keep the files themselves here, without the submodule:\nrm {where.typed(file)}"
            yield warning("submodules", "The checkout has submodules", detail, hint)

    return Check.of("repositories", "No other repository is in the checkout.", found())


def modes(where: Surroundings) -> Check:
    """Find files of state, keys and runs that other users of this machine can read or write, or that belong to one."""

    def found() -> Iterator[Diagnostic]:
        if not hasattr(os, "geteuid"):
            return
        for file in _key_files(where):
            if file.is_file() and file.stat().st_mode & _OPEN:
                detail = f"{where.shown(file)} holds a key, and can be read or written by other users of this machine."
                hint = f"Take their rights away:\nchmod go-rwx {where.typed(file)}"
                yield warning("mode-open", "A key that others can read", detail, hint)
        for place in written_places(where)[:2]:
            files = [path for path in _kept(place) if not path.is_symlink()]
            exposed = [path for path in files if path.lstat().st_mode & _OPEN and place.name != _OURS]
            strange = sorted({path.lstat().st_uid for path in files} - {os.geteuid(), 0})
            if exposed:
                detail = f"{_several(where, exposed)} can be read or written by other users of this machine."
                hint = f"Take their rights away:\nchmod -R go-rwx {where.typed(place)}"
                yield warning("mode-open", "Files that others can read", detail, hint)
            if strange:
                owners = ", ".join(map(str, strange))
                detail = f"Files in {where.shown(place)} belong to user {owners}, and this command runs as {os.geteuid()}."
                hint = f"If they are yours:\nsudo chown -R {os.geteuid()} {where.typed(place)}"
                yield warning("owner-differs", "Files of another user", detail, hint)

    return Check.of("modes", "Keys and files of state are readable for their owner alone.", found())


def _key_files(where: Surroundings) -> list[Path]:
    """List the files that accounts refer to for their keys."""
    blocks = {} if where.project is None else where.project.accounts
    said = (value for name, block in blocks.items() if where.account in {None, name} for value in block.values())
    named = {name for value in said if isinstance(value, str) for name in _KEY_FILE.findall(value)}
    return [where.root / Path(os.path.expanduser(name)) for name in sorted(named)]  # noqa: PTH111 -- Path.expanduser raises for no such user


def _kept(place: Path) -> list[Path]:
    """List the files of state in a folder, and everything in catalogctl's own."""
    if place.is_symlink() or not place.is_dir():
        return []
    return sorted(path for path in place.rglob("*") if path.is_file() and (place.name == _OURS or path.suffix in _STATE_FILES))


def _several(where: Surroundings, paths: list[Path]) -> str:
    first, more = where.shown(paths[0]), len(paths) - 1
    return first if not more else f"{first} and {more:,} more files"
