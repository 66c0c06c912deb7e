"""publica.la's v1 content API and its v3 API in memory, written from their documents alone and sharing nothing with the provider."""

from catalogctl.providers.publicala.sandbox.api import PublicalaSandbox
from catalogctl.providers.publicala.sandbox.switches import PublicalaSwitches

__all__ = ["PublicalaSandbox", "PublicalaSwitches", "emulator"]


def emulator() -> PublicalaSandbox:
    """Make this provider's emulator, with both versions of the API and every other switch at its default."""
    return PublicalaSandbox(PublicalaSwitches(v3_docs="A"))
