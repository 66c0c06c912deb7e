"""Signing in to Open Publishing: an API key is exchanged for a token, and once more when that is refused."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING

from catalogctl.model.value import Secret
from catalogctl.provider.answer import Answer, nonsense
from catalogctl.provider.service import is_sendable
from catalogctl.providers.openpublishing.endpoints import LOGIN

if TYPE_CHECKING:
    from catalogctl.provider.authentication import SignIn
    from catalogctl.provider.endpoint import Endpoint


class Session:
    """Keeps the token of an account; however many calls need one at once, one login is sent."""

    login: Endpoint | None = LOGIN
    refusals: frozenset[int] = frozenset({401, 403})
    """What a token that has run out is answered with is not documented: either."""

    def __init__(self, account: str, api_key: Secret) -> None:
        self._account = account
        self._api_key = api_key
        self._token: Secret | None = None
        self._one_at_a_time = asyncio.Lock()

    async def headers(self, sign_in: SignIn) -> Mapping[str, Secret]:
        """Return the header that carries the token, having signed in if there is none.

        Raises:  CredentialsRefused when the key is not taken; Unavailable when the answer has no token, or otherwise as `sign_in`.
        """
        async with self._one_at_a_time:
            if self._token is None:
                self._token = await self._signed_in(sign_in)
            return _carrying(self._token)

    async def renew(self, refused: Mapping[str, Secret]) -> bool:
        """Return up a token that was refused, unless another call has got a new one since."""
        if self._token is not None and _carrying(self._token) == refused:
            self._token = None
        return True

    async def _signed_in(self, sign_in: SignIn) -> Secret:
        token = _token(await sign_in(LOGIN, {"type": "api_key", "api_key": self._api_key}))
        if token is None:
            raise nonsense(self._account, LOGIN, "has no auth_token that could be used")
        return token


def _carrying(token: Secret) -> Mapping[str, Secret]:
    return {"Authorization": Secret(f"Bearer {token.reveal()}")}


def _token(answer: Answer) -> Secret | None:
    try:
        whole = answer.json()
    except ValueError:
        return None
    token = whole.get("auth_token") if isinstance(whole, Mapping) else None
    return Secret(token) if isinstance(token, str) and token and is_sendable(token) else None
