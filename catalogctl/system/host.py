"""What the host of a web address can be, and which are this machine itself."""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import Final

_NO_HOST: Final = re.compile(r"""[\s\x00-\x1f\x7f-\x9f"#%&'()*+,/;<=>?@\[\\\]^`{|}~!$]|^\.|\.\.""")
_LONGEST: Final = 253
"""Characters of a name that can be looked up. Source: RFC 1035, 2.3.4."""


def is_host(host: str) -> bool:
    """Tell whether a host, as `urlsplit` gives it, has the characters of a name or of an IP address; one may be in any script."""
    return 0 < len(host) <= _LONGEST and _NO_HOST.search(host) is None


def is_loopback(host: str) -> bool:
    """Tell whether a host name is this machine."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
