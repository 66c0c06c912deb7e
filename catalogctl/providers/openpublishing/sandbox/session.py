"""Logins and the tokens that they give."""

from __future__ import annotations

from hashlib import sha512
from urllib.parse import parse_qsl

from catalogctl.provider.emulation import SandboxRequest
from catalogctl.providers.openpublishing.sandbox.switches import OpenPublishingSwitches

REFUSED_KEY = "refused"
"""The API key that is a bad one."""
_TOKEN_LENGTH = 250


class Sessions:
    """The tokens that are good for something. They are no contents of the store: a restored store knows them still."""

    def __init__(self, switches: OpenPublishingSwitches) -> None:
        self._switches = switches
        self._given = 0
        self._good: dict[str, tuple[float | None, int | None]] = {}
        """The Unix time at which a token runs out, and the calls that it is still good for; None: no such limit."""

    def log_in(self, key: str, now: float) -> str | None:
        """Return a new token, the same for the same number of logins; None for a bad key."""
        if key in ("", REFUSED_KEY):
            return None
        self._good = {token: limits for token, limits in self._good.items() if limits[0] is None or now < limits[0]}
        self._given += 1
        token = "".join(sha512(f"token {self._given} {half}".encode()).hexdigest() for half in range(2))[:_TOKEN_LENGTH]
        lifetime = self._switches.token_seconds
        self._good[token] = (None if lifetime is None else now + lifetime, self._switches.token_uses)
        return token

    def admit(self, request: SandboxRequest, now: float) -> bool:
        """Return whether a request carries a token that is good, and count the call."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        ends, left = self._good.get(token.strip(), (now, 0))
        if scheme.lower() != "bearer" or (ends is not None and now >= ends) or left == 0:
            return False
        self._good[token.strip()] = (ends, None if left is None else left - 1)
        return True

    def clear(self) -> None:
        """Forget every token and count logins again."""
        self._given = 0
        self._good.clear()


def form(request: SandboxRequest) -> dict[str, str]:
    """Read an urlencoded body, of which the last value of a name counts; nothing where the body is none."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/x-www-form-urlencoded":
        return {}
    return dict(parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True))
