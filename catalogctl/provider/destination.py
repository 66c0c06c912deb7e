"""Where a store may have files put: the address that its answer names is judged before any connection is made.

A name is looked up once. Every address that it has must be one of the public internet, and the connection is made to one of
them and not to the name, so that a second look-up cannot lead elsewhere.
"""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Awaitable, Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Final, TypeAlias

from catalogctl.system.host import is_loopback

Resolve: TypeAlias = Callable[[str, int], Awaitable[Sequence[str]]]
"""Look up a host name for a port: its IP addresses, as text. Raises OSError where it has none."""

HTTPS_PORT: Final = 443
_FIRST_FREE_PORT: Final = 1024
"""The ports below it, but for that of HTTPS, belong to services that are no storage for files. Source: RFC 6335, 6."""
_LONGEST_HOST: Final = 253
"""Characters of a name that can be looked up. Source: RFC 1035, 2.3.4."""
_ADDRESS: Final = re.compile(
    r"(?P<scheme>https?)://(?P<host>\[[0-9a-f:.]+\]|[a-z0-9_-]+(?:\.[a-z0-9_-]+)*)(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<rest>(?:[/?][\x21\x22\x24-\x5b\x5d-\x7e]*)?)",
    re.ASCII | re.IGNORECASE,
)
"""A web address with nothing in it that two readers of it could take for two things: no user name, backslash, blank or fragment."""
_NUMBER: Final = re.compile(r"[0-9]+|0x[0-9a-f]*", re.ASCII)
"""The last label of a host that some readers take for an IP address, however it is written. Source: WHATWG URL, 3.5."""
_NAT64: Final = IPv6Network("64:ff9b::/96")
"""Source: RFC 6052, 2.1."""


class RefusedAddress(ValueError):
    """An address that no file may be sent to; its text says why and is the end of a sentence."""


@dataclass(frozen=True, slots=True)
class Destination:
    """A judged address to put a file to."""

    scheme: str
    host: str
    """In lower case; an IPv6 address is in brackets."""
    port: int | None
    """`None`: the scheme's own."""
    rest: str
    """Path and query, which may hold a signature."""
    addresses: tuple[str, ...] = ()
    """IP addresses to connect to, judged as well; empty while the name was not looked up."""

    @property
    def origin(self) -> str:
        """Return scheme, host and port."""
        return f"{self.scheme}://{self.authority}"

    @property
    def authority(self) -> str:
        """Return host and port, as the Host header has them."""
        return self.host if self.port is None else f"{self.host}:{self.port}"

    @property
    def ip(self) -> str | None:
        """Return the host where it is an IP address, without brackets."""
        return _literal(self.host)

    def url(self, address: str | None) -> str:
        """Return the whole address, with an IP address in the place of the host where one is named."""
        if address is None:
            return f"{self.origin}{self.rest}"
        host = f"[{address}]" if ":" in address else address
        return f"{self.scheme}://{host if self.port is None else f'{host}:{self.port}'}{self.rest}"


def judged(url: str, hosts: Collection[str], *, from_loopback: bool) -> Destination:
    """Read an address and judge it as far as its text tells.

    Shapes:  `hosts` are the names that are allowed, `*.example.com` for all below one; empty allows all. `from_loopback`: the
             account itself is on this machine, and so may its storage be.
    Raises:  RefusedAddress.
    """
    found = _ADDRESS.fullmatch(url)
    if found is None:
        raise RefusedAddress(_why_unreadable(url))
    host, port = found["host"].lower(), None if found["port"] is None else int(found["port"])
    destination = Destination(found["scheme"].lower(), host, port, found["rest"])
    if len(host) > _LONGEST_HOST or (destination.ip is None and _NUMBER.fullmatch(host.rpartition(".")[2])):
        raise RefusedAddress(f"has {host[:60]} for a host, which is neither a name nor an IP address in its usual form")
    if destination.scheme == "http" and not (from_loopback and is_loopback(host.strip("[]"))):
        raise RefusedAddress(f"is not encrypted ({destination.origin})")
    if port is not None and not from_loopback and port != HTTPS_PORT and not _FIRST_FREE_PORT <= port <= 65_535:
        raise RefusedAddress(f"names the port {port}, which is no storage's ({destination.origin})")
    if not 0 < (port or HTTPS_PORT) <= 65_535:
        raise RefusedAddress(f"names the port {port}, which does not exist")
    if hosts and not any(fnmatchcase(host, pattern.lower()) for pattern in hosts):
        raise RefusedAddress(f"leads to {host}, which is not among the account's upload_hosts ({', '.join(hosts)})")
    if destination.ip is not None:
        _demand_public(destination, destination.ip, from_loopback=from_loopback)
    return destination


async def looked_up(destination: Destination, resolve: Resolve, *, from_loopback: bool) -> Destination:
    """Return a destination with the IP addresses to connect to, all of which were judged.

    Raises:  RefusedAddress; OSError where the name has no address.
    """
    found = [destination.ip] if destination.ip is not None else await resolve(destination.host, destination.port or HTTPS_PORT)
    if not found:
        raise OSError("the name has no address")
    for address in found:
        _demand_public(destination, address, from_loopback=from_loopback)
    return Destination(destination.scheme, destination.host, destination.port, destination.rest, tuple(dict.fromkeys(found)))


async def system_resolve(host: str, port: int) -> Sequence[str]:
    """Look up a name as this machine does.

    Raises:  OSError.
    """
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError as failure:
        raise OSError("it is no name that can be looked up") from failure
    return [str(address[0]) for *_, address in found]


def _literal(host: str) -> str | None:
    try:
        return str(ip_address(host.strip("[]")))
    except ValueError:
        return None


def _why_unreadable(url: str) -> str:
    scheme, separator, rest = url.partition("://")
    authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
    if not separator or scheme.lower() not in {"https", "http"}:
        return "is no web address"
    if "@" in authority:
        return "has a user name in it"
    if "#" in rest:
        return "has a fragment"
    if authority.endswith(".") or ".:" in authority:
        return "has a host that ends in a full stop"
    return "is no web address in its usual form"


def _demand_public(destination: Destination, address: str, *, from_loopback: bool) -> None:
    """Raise RefusedAddress unless an address is one of the public internet, or loopback where the account is on it."""
    ip = ip_address(address)
    if ip.is_loopback and from_loopback:
        return
    if destination.scheme == "http":
        raise RefusedAddress(f"is not encrypted, and {destination.host} is not this machine")
    for one in _embedded(ip):
        if kind := _kind_of(one):
            leads = destination.host if address == destination.ip else f"{destination.host}, which is {address}"
            raise RefusedAddress(f"leads to {leads}: a {kind} address, which is not on the public internet")


def _embedded(ip: IPv4Address | IPv6Address) -> Iterator[IPv4Address | IPv6Address]:
    """Yield an address and the IPv4 addresses that it stands for in a tunnel; for that of a translator, the IPv4 address alone."""
    if isinstance(ip, IPv6Address) and ip in _NAT64:  # what a network without IPv4 has for every public host of IPv4
        yield IPv4Address(int(ip) & 0xFFFF_FFFF)
        return
    yield ip
    if isinstance(ip, IPv6Address):
        yield from (one for one in (ip.ipv4_mapped, ip.sixtofour, *(ip.teredo or ())) if one is not None)


def _kind_of(ip: IPv4Address | IPv6Address) -> str | None:
    """Name what an address is other than one of the public internet; `None` for one that is of it."""
    kinds = (
        ("loopback", ip.is_loopback),
        ("link-local", ip.is_link_local),
        ("multicast", ip.is_multicast),
        ("private", ip.is_private or (isinstance(ip, IPv6Address) and ip.is_site_local)),
        ("reserved", ip.is_reserved or ip.is_unspecified or not ip.is_global),
    )
    return next((kind for kind, applies in kinds if applies), None)
