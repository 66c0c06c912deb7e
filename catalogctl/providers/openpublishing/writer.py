"""Writing to Open Publishing: files are added and deleted, switches are set."""

from __future__ import annotations

from collections.abc import Container

from catalogctl.model.resource import ResourceType
from catalogctl.model.value import Attributes
from catalogctl.provider.answer import Deletion
from catalogctl.provider.protocol import Assets, Written
from catalogctl.provider.service import WriteClient
from catalogctl.providers.openpublishing import distribution
from catalogctl.providers.openpublishing.distribution import SwitchWriter
from catalogctl.providers.openpublishing.file import FileWriter
from catalogctl.providers.openpublishing.options import Settings
from catalogctl.providers.openpublishing.types import DISTRIBUTION, FILE


class OpenPublishingWriter:
    """Writes to one account."""

    def __init__(self, account: str, service: WriteClient, assets: Assets, settings: Settings | None = None) -> None:
        self._files = FileWriter(account, service, assets, settings or Settings())
        self._switches = SwitchWriter(account, service)

    async def create(self, type_: ResourceType, attributes: Attributes) -> Written:
        """Add a file, or set a switch."""
        if type_ is FILE:
            return await self._files.add(attributes, None)
        return await self._switches.set(attributes, None)

    async def supersede(
        self, type_: ResourceType, attributes: Attributes, old: str, held: Container[str], leaving: Container[str]
    ) -> Written:
        """Add a file before the old one is deleted, or after it where the product may have one only."""
        if type_ is FILE:
            return await self._files.add(attributes, old, held, leaving)
        return await self._switches.set(attributes, None)

    async def update(self, type_: ResourceType, id_: str, attributes: Attributes, changed: frozenset[str]) -> Written:
        """Set a switch; a file cannot be changed."""
        if type_ is not DISTRIBUTION:
            message = f"a {type_.name} has nothing that can change in place: {sorted(changed)}"
            raise AssertionError(message)
        parts = distribution.split_id(id_)
        return await self._switches.set(attributes, None if parts is None or "product" in changed else parts[0])

    async def delete(self, type_: ResourceType, id_: str, key: str) -> Deletion:
        """Delete a file; a switch stays as it is."""
        return await self._files.delete(id_, key) if type_ is FILE else Deletion.DONE
