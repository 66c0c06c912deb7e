"""What decides how the bytes of a catalog's files are read: known by its digest, and found without loading any of it."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from catalogctl import __version__

SUFFIXES: Final = (".yaml", ".yml", ".json")
"""What the name of a catalog's file ends with."""


@cache
def digest_of_rules() -> bytes:
    """Return the digest of everything that decides how bytes become a document: this package's code and the tables of codes."""
    rules = hashlib.sha256(f"catalogctl {__version__}".encode())
    for package in ("pycountry", "pydantic", "PyYAML"):
        try:
            rules.update(f"{package} {version(package)}\n".encode())
        except PackageNotFoundError:
            rules.update(package.encode())
    for file in sorted(Path(__file__).parent.rglob("*.py")):
        rules.update(file.read_bytes())
    return rules.digest()
