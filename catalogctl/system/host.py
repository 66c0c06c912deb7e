"""What the host of a web address can be, and which are this machine itself."""

from __future__ import annotations

import posixpath
import re
import unicodedata
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final
from urllib.parse import SplitResult, urlsplit

_NO_HOST: Final = re.compile(r"""[\s\x00-\x1f\x7f-\x9f"#%&'()*+,/;<=>?@\[\\\]^`{|}~!$]|^\.|\.\.""")
_LONGEST: Final = 253
"""Characters of a name that can be looked up. Source: RFC 1035, 2.3.4."""


def is_host(host: str) -> bool:
    """Return whether a host, as `urlsplit` gives it, has the characters of a name or of an IP address; one may be in any script."""
    return 0 < len(host) <= _LONGEST and _NO_HOST.search(host) is None


def is_loopback(host: str) -> bool:
    """Return whether a host name is this machine."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


_DEFAULT_PORTS: Final = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class WebOrigin:
    """Who answers at a web address: two addresses with equal origins reach the same server.

    Shapes:  `host` is in lower case, without a dot at its end, an IP address in its shortest form. A name that is not ASCII stays as it
             is written: it never equals its punycode form.
    """

    scheme: str
    host: str
    port: int

    @classmethod
    def of(cls, url: str | SplitResult) -> WebOrigin:
        """Read the origin of an address.

        Raises:  ValueError for what is no http or https address with a host.
        """
        parts = urlsplit(url) if isinstance(url, str) else url
        usual = _DEFAULT_PORTS.get(parts.scheme)
        if usual is None or not parts.hostname or parts.port == 0:
            message = "no web address with a host"
            raise ValueError(message)
        host = parts.hostname.lower().removesuffix(".")
        with suppress(ValueError):
            host = str(ip_address(host))
        return cls(parts.scheme, host, usual if parts.port is None else parts.port)

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if _DEFAULT_PORTS[self.scheme] == self.port else f":{self.port}"
        return f"{self.scheme}://{host}{port}"


def canonical(url: str) -> str:
    """Write an address in the one way that its spellings share; what is no web address stays as it is.

    Shapes:  for telling that two addresses are one place, never for allowing one: `localhost` and ::1 are 127.0.0.1, a punycode host
             its letters, and `.` and `..` are followed.
    """
    try:
        parts = urlsplit(url)
        origin = WebOrigin.of(parts)
    except ValueError:
        return url
    host = "127.0.0.1" if origin.host in {"localhost", "::1"} else ".".join(map(_letters, origin.host.split(".")))
    path = posixpath.normpath(f"/{parts.path.strip('/')}").strip("/")
    return f"{WebOrigin(origin.scheme, host, origin.port)}/{path}"


def _letters(label: str) -> str:
    if label.startswith("xn--"):
        with suppress(UnicodeError):
            label = label[4:].encode().decode("punycode")
    return unicodedata.normalize("NFKC", label).lower()
