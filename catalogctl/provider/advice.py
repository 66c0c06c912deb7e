"""What to look at when a store does not answer as it should, by what came."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

LATER: Final = "Look at the store's status page, and run the same command again later; it goes on where this one ended."
UNREACHED: Final = "Check the account's `base_url`, and that this machine reaches it: a network, a proxy or a firewall may be in the way."
STORAGE_UNREACHED: Final = "Check that this machine can look up names on the internet; the address is that of the store's own storage."
SLOW: Final = "Run the same command again. If it takes as long each time, raise the account's `timeout`, or see the store's status page."
SLOWER: Final = "Run the same command again later, or lower the account's `requests_per_minute` and `concurrency`."
SEND_AGAIN: Final = "Run the same command again: attached files are not sent twice. If it fails each time, raise the account's `timeout`."
ANOTHER: Final = (
    "Check the account's `base_url`: another server, a proxy, a login page or another version of the API may answer there. If it is right, "
    "look at the store's status page, and send its support this message."
)
CHANGING: Final = (
    "Run the same command again: the store may have been changed while it was read. If it answers so each time, send its support this "
    "message."
)
NO_API: Final = "No API answers at this path: check the account's `base_url`, which is the address without the path of a request."


def moved(location: str) -> str:
    """Return what to do about a redirect, by where it leads; of that, the scheme and the host alone are shown."""
    try:
        where = urlsplit(location)
        host = where.hostname if where.scheme == "https" else None
    except ValueError:
        host = None
    if not host or not host.isascii():
        return "Check the account's `base_url`."
    return f"If the store has moved there, write it as the account's `base_url`; else another server answers in its place:\nhttps://{host}"
