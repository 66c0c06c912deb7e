"""Which paths there are, and what each answers to.

Creating, changing and deleting products is documented without a body and is not emulated: 405.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto
from urllib.parse import unquote

from catalogctl.providers.openpublishing.sandbox.answers import RequestRefused

_ID = re.compile(r"[1-9][0-9]{0,14}")


class Place(Enum):
    """What a path stands for."""

    LOGIN = auto()
    PRODUCTS = auto()
    PRODUCT = auto()
    FILES = auto()
    FILE = auto()
    DISTRIBUTION = auto()


_VERBS = {
    Place.LOGIN: ("POST",),
    Place.PRODUCTS: ("GET", "HEAD"),
    Place.PRODUCT: ("GET", "HEAD"),
    Place.FILES: ("GET", "HEAD", "POST"),
    Place.FILE: ("DELETE", "GET", "HEAD"),
    Place.DISTRIBUTION: ("GET", "HEAD", "POST"),
}


@dataclass(frozen=True, slots=True)
class Route:
    """A path taken apart."""

    place: Place
    product: str = ""
    part: str = ""
    """The id of a file, or the name of a channel; empty for all channels."""


def route(path: str) -> Route:
    """Take a path apart. Raises Refused (404) for one that is not there; a slash at its end means nothing."""
    match tuple(unquote(segment) for segment in path.removesuffix("/").split("/")[1:]):
        case ("auth", "auth"):
            return Route(Place.LOGIN)
        case ("resource", "v3", "products"):
            return Route(Place.PRODUCTS)
        case ("resource", "v3", "products", product):
            return Route(Place.PRODUCT, product)
        case ("resource", "v3", "products", product, "files"):
            return Route(Place.FILES, product)
        case ("resource", "v3", "products", product, "files", file):
            return Route(Place.FILE, product, file)
        case ("rpc", "v2", "products", product, "distribution"):
            return Route(Place.DISTRIBUTION, product)
        case ("rpc", "v2", "products", product, "distribution", channel) if channel:
            return Route(Place.DISTRIBUTION, product, channel)
        case _:
            raise RequestRefused(404, "request::no_such_path", "There is nothing at this address.")


def check_verb(method: str, place: Place) -> None:
    """Raises Refused (405) for a verb that a place does not know."""
    if method not in _VERBS[place]:
        headers = {"Allow": ", ".join(_VERBS[place])}
        raise RequestRefused(405, "request::method_not_allowed", "This address does not know that method.", headers, method=method)


def number(text: str) -> int | None:
    """Read an id as paths write it; None where it cannot be one."""
    return int(text) if _ID.fullmatch(text) else None
