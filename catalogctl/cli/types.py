"""Resource types by the names that state and plan files use."""

from __future__ import annotations

from catalogctl.model.resource import ResourceType
from catalogctl.provider import discovery


def known_type(provider: str, name: str) -> ResourceType | None:
    """Look a resource type up among all providers that are installed."""
    return discovery.provider(provider).types.get(name) if provider in discovery.names() else None
