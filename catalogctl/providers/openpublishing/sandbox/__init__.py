"""Open Publishing's API in memory, written from its documents alone (last read on 2026-11-22) and sharing nothing with the provider."""

from catalogctl.providers.openpublishing.sandbox.api import OpenPublishingSandbox
from catalogctl.providers.openpublishing.sandbox.switches import OpenPublishingSwitches

__all__ = ["OpenPublishingSandbox", "OpenPublishingSwitches", "emulator"]


def emulator() -> OpenPublishingSandbox:
    """Make this provider's emulator for trying out: products need no set-up, each is there once it is asked for."""
    return OpenPublishingSandbox(OpenPublishingSwitches(products="as_asked"))
