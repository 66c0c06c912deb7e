"""PublishDrive's Distribution API in memory, written from its documents alone and sharing nothing with the provider."""

from catalogctl.providers.publishdrive.sandbox.api import PublishdriveSandbox
from catalogctl.providers.publishdrive.sandbox.switches import PublishdriveSwitches

__all__ = ["PublishdriveSandbox", "PublishdriveSwitches", "emulator"]

emulator = PublishdriveSandbox
"""What makes this provider's emulator: a call without arguments."""
