"""Reading and setting the switches of a product's distribution."""

from __future__ import annotations

from catalogctl.model.resource import Observed
from catalogctl.model.value import Attributes, Value
from catalogctl.provider.protocol import Written
from catalogctl.provider.service import ReadClient, WriteClient, undocumented
from catalogctl.providers.openpublishing import convert
from catalogctl.providers.openpublishing.assumptions import ENABLED_PARAMETER
from catalogctl.providers.openpublishing.endpoints import READ_CHANNEL, READ_SWITCH, SET_CHANNEL, SET_SWITCH
from catalogctl.providers.openpublishing.product import the_product
from catalogctl.providers.openpublishing.types import switch_key


def switch_id(product: str, channel: str) -> str:
    """Return the id of a switch: its product's, and the channel's name where it is one's."""
    return f"{product}/{channel}" if channel else product


def split_id(id_: str) -> tuple[str, str] | None:
    """Take apart the id of a switch into product and channel; `None` for what is none."""
    product, slash, channel = id_.partition("/")
    fits = product not in {"", ".", ".."} and "/" not in channel and channel not in {".", ".."} and bool(channel) == bool(slash)
    return (product, channel) if fits else None


async def read_switch(account: str, service: ReadClient, product: str, channel: str) -> bool:
    """Read whether a switch is on.

    Raises:  StoreFailure; Refused (404) where there is no such product.
    """
    endpoint = READ_CHANNEL if channel else READ_SWITCH
    parts = {"product": product, "channel": channel} if channel else {"product": product}
    answer = await service.get(endpoint, **parts)
    try:
        return convert.read_enabled(answer)
    except ValueError as failure:
        raise undocumented(account, endpoint, failure) from failure


def observed(product: str, channel: str, selector: str, told_product: str | None, *, enabled: bool) -> Observed:
    """Show a switch as the engine sees it; `told_product` as for files."""
    key = switch_key(selector, channel)
    attributes: dict[str, Value] = {"switch": key, "channel": channel, "enabled": enabled}
    if told_product is not None:
        attributes["product"] = told_product
    return Observed(switch_id(product, channel), key, attributes)


class SwitchWriter:
    """Sets switches."""

    def __init__(self, account: str, service: WriteClient) -> None:
        self._account = account
        self._service = service

    async def set(self, attributes: Attributes, product: str | None) -> Written:
        """Set a switch; `product` is the id of its product where that is known.

        Raises:  StoreFailure.
        """
        channel = str(attributes["channel"])
        known = product or await the_product(self._account, self._service, str(attributes["product"]))
        fields = {ENABLED_PARAMETER: "true" if attributes["enabled"] else "false"}
        if channel:
            await self._service.send_form(SET_CHANNEL, fields, fields, product=known, channel=channel)
        else:
            await self._service.send_form(SET_SWITCH, fields, fields, product=known)
        return Written(switch_id(known, channel), {})
