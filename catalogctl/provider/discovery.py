"""Provider names → providers, imported only when an account names them."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from typing import cast

from catalogctl.provider.emulation import Emulator
from catalogctl.provider.protocol import Provider

GROUP = "catalogctl.providers"
"""The entry-point group in which other packages offer providers, each entry a Provider object; and the package of our own."""


@cache
def names() -> tuple[str, ...]:
    """List the providers that are installed, ours and others', sorted."""
    return tuple(sorted(ours() | {entry.name for entry in entry_points(group=GROUP)}))


@cache
def provider(name: str) -> Provider:
    """Import one provider; where another package offers one by the name of ours, ours it is.

    Raises:  KeyError when none of that name is installed.
    """
    if name in ours():
        return cast("Provider", import_module(f"{GROUP}.{name}").provider)
    for entry in entry_points(group=GROUP):
        if entry.name == name:
            return cast("Provider", entry.load())
    raise KeyError(name)


def emulator(name: str) -> Emulator:
    """Make the service of a provider in memory.

    Raises:  KeyError when no provider of that name is installed.
    """
    module, _, factory = provider(name).sandbox.partition(":")
    return cast("Emulator", getattr(import_module(module), factory)())


def ours() -> set[str]:
    """List the providers that come with catalogctl."""
    return {module.name for module in pkgutil.iter_modules(import_module(GROUP).__path__)}
