"""Links to where people see an object, as a store gives them: shown only where they lead to that store."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeAlias
from urllib.parse import urlsplit

from catalogctl.system.host import is_loopback

Links: TypeAlias = Mapping[str, str]
"""By what is there: `product`, the page on which it is offered, and `reader`, where it is read."""

_LONGEST: Final = 500
"""Characters of a link beyond which no one would follow it."""


def leading_home(links: Links, base_url: str) -> dict[str, str]:
    """Return those of a store's links that lead to the store itself, encrypted; within this machine they need not be."""
    return {what: link for what, link in links.items() if _leads_to(base_url, link)}


def _leads_to(base_url: str, link: str) -> bool:
    if len(link) > _LONGEST or not link.isprintable() or " " in link or "\\" in link:
        return False
    try:
        there, home = urlsplit(link), urlsplit(base_url)
        same = (there.scheme, there.hostname, there.port) == (home.scheme, home.hostname, home.port)
    except ValueError:
        return False
    if not same or "@" in there.netloc or not there.hostname:
        return False
    return there.scheme == "https" or (there.scheme == "http" and is_loopback(there.hostname))
