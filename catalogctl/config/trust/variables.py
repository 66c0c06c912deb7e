"""Settings that a pull request cannot change: environment variables of the job."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

ORIGINS: Final = "CATALOGCTL_ORIGINS"
"""The pins: which key may go where; `store=https://your-store.publica.la#PUBLICALA_TOKEN …`, separated by blanks."""
ADDRESS_VARIABLES: Final = "CATALOGCTL_ADDRESS_VARIABLES"
"""The names of the variables that an address may contain, separated by blanks."""
SECRET_FILES: Final = "CATALOGCTL_SECRET_FILES"  # noqa: S105 -- the name of a variable
"""Files and folders outside the project from which CI may read keys, separated as in PATH."""
STATE_FOLDERS: Final = "CATALOGCTL_STATE_FOLDERS"
"""Folders outside the project that may hold state, separated as in PATH."""
ASSET_STORES: Final = "CATALOGCTL_ASSET_STORES"
"""Where assets may be published: folders and bucket URLs, each with its public address if wanted, separated by blanks:
`s3://bucket/books=https://cdn.example.com/books public/`. Once it is set, nothing else may be published to."""

VARIABLE_NAME: Final = re.compile("[A-Za-z_][A-Za-z0-9_]*")

_NO_CI: Final = {"", "0", "false"}


def in_ci(environment: Mapping[str, str]) -> bool:
    """Return whether a command runs in a CI system: `CI` is set to anything but `0` or `false`."""
    return environment.get("CI", "").strip().lower() not in _NO_CI


def names(environment: Mapping[str, str], variable: str) -> tuple[str, ...]:
    """Return the entries of a variable that are separated by blanks; an empty variable has none, as one that is not set."""
    return tuple(environment.get(variable, "").split())


def paths(environment: Mapping[str, str], variable: str) -> tuple[str, ...]:
    """Return the paths of a variable that are separated as in PATH."""
    return tuple(entry for entry in environment.get(variable, "").split(os.pathsep) if entry.strip())


def expanded(path: str) -> Path:
    """Return a path with `~` filled in; of a user that does not exist it stays as it is."""
    return Path(os.path.expanduser(path))  # noqa: PTH111 -- Path.expanduser raises RuntimeError for such a user
