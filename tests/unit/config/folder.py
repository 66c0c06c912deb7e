"""A project folder in a few words, for the tests of config."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from textwrap import dedent

from catalogctl.config.cache import NO_CACHE, Cache
from catalogctl.config.documents import Documents, load
from catalogctl.config.project import load_project
from catalogctl.config.resolve import Resolved, resolve
from catalogctl.model.diagnostics import Diagnostic

PROJECT = """
version: 1
accounts:
  store: {provider: publicala, base_url: sandbox}
  store-mx: {provider: publicala, base_url: sandbox}
"""

TITLE = """
kind: title
id: mirror-work
title: Mirror Work
editions:
  epub: {format: epub, isbn: "9781496822482", publish: {store: {}}}
"""


def write(root: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write the files of a project below `root`; the project file is a usual one unless given."""
    for name, content in {"catalogctl.yaml": PROJECT, **files}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else dedent(content).lstrip("\n").encode())
    (root / "catalog").mkdir(exist_ok=True)
    return root


def loaded(root: Path, files: Mapping[str, str | bytes], cache: Cache = NO_CACHE) -> Documents:
    return load(load_project(write(root, files)), cache)


def resolved(root: Path, files: Mapping[str, str | bytes], *only: str) -> Resolved:
    return resolve(loaded(root, files), only=only)


def told(diagnostics: Iterable[Diagnostic]) -> list[str]:
    """Say each diagnostic's place and code in a line: `catalog/a.yaml:3:5 unknown-field`."""
    return [f"{item.source} {item.code}" for item in diagnostics]
