"""publica.la's v1 content API in memory, written from its document alone and sharing nothing with the provider."""

from catalogctl.providers.publicala.sandbox.api import PublicalaSandbox
from catalogctl.providers.publicala.sandbox.switches import PublicalaSwitches

__all__ = ["PublicalaSandbox", "PublicalaSwitches", "emulator"]

emulator = PublicalaSandbox
"""What makes this provider's emulator: a call without arguments."""
