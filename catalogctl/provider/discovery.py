"""Provider names → providers, imported only when an account names them."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from typing import cast

import catalogctl.providers
from catalogctl.provider.protocol import Provider

GROUP = "catalogctl.providers"
"""The entry-point group in which other packages offer providers; each entry is a Provider object."""


@cache
def names() -> tuple[str, ...]:
    """List the providers that are installed, ours and others', sorted."""
    ours = {module.name for module in pkgutil.iter_modules(catalogctl.providers.__path__)}
    others = {entry.name for entry in entry_points(group=GROUP)}
    return tuple(sorted(ours | others))


@cache
def provider(name: str) -> Provider:
    """Import one provider.

    Raises:  KeyError when none of that name is installed.
    """
    for entry in entry_points(group=GROUP):
        if entry.name == name:
            return cast("Provider", entry.load())
    if name not in names():
        raise KeyError(name)
    return cast("Provider", import_module(f"{catalogctl.providers.__name__}.{name}").provider)
