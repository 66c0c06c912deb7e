"""The three stores with no socket between, so that thousands of answers can be spoilt on their way in a minute."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from catalogctl.provider import pace, service
from catalogctl.provider.emulation import Emulator, SandboxRequest, SandboxResponse

Spoil = Callable[[SandboxRequest, SandboxResponse], SandboxResponse]
"""What becomes of an answer on its way."""

RAW: tuple[str, ...] = (
    *("NaN", "-Infinity", "1e999", "-1e999", "1e-999", "1e400", "9" * 400, f"0.{'1' * 400}", '"\ud800"', '"\\ud800"', '"\\u0000"'),
    *("[" * depth + "]" * depth for depth in (100, 300, 5_000)),
    '{"a":' * 300 + "0" + "}" * 300,
    '{"id": 1, "id": [2]}',
    "[" + "{}," * 400_000 + "0]",
)
"""What no JSON writer writes; the text `«3»` stands for the fourth of them in a value that is to be written."""
_RAW = re.compile(r'"«([0-9]+)»"')


def intact(_request: SandboxRequest, response: SandboxResponse) -> SandboxResponse:
    """Leave an answer as it is."""
    return response


@dataclass
class Wire:
    """Takes requests to the emulators, and their answers back through `spoil`."""

    emulators: Mapping[str, Emulator]
    """By the port that their base URLs name."""
    spoil: Spoil = field(default=intact)

    def transport(self, base_url: str) -> httpx.AsyncBaseTransport:
        return _Line(self, self.emulators.get(str(urlsplit(base_url).port)))


@dataclass
class _Line(httpx.AsyncBaseTransport):
    wire: Wire
    emulator: Emulator | None
    """Whom it leads to; `None`: no one is there."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.emulator is None:
            raise httpx.ConnectError("nobody listens there")
        body = await request.aread()
        headers = {name.lower(): value for name, value in request.headers.items()}
        asked = SandboxRequest(request.method, request.url.raw_path.decode().partition("?")[0], request.url.query.decode(), headers, body)
        answer = self.wire.spoil(asked, self.emulator.respond(asked))
        return httpx.Response(answer.status, headers=dict(answer.headers), stream=_Body(answer.body))


@dataclass
class _Body(httpx.AsyncByteStream):
    data: bytes

    async def __aiter__(self) -> Any:
        yield self.data


@contextmanager
def wired(emulators: Mapping[str, Emulator], urls: Mapping[str, str]) -> Iterator[Wire]:
    """Have every client speak to the emulators at these addresses directly, and wait for no store that asks for patience."""
    wire = Wire({str(urlsplit(urls[name]).port): emulator for name, emulator in emulators.items()})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(service, "plain_transport", wire.transport)
        patch.setattr(pace, "FIRST_BACKOFF", 0.0)
        patch.setattr(pace, "LONGEST_PATIENCE", 1.0)
        yield wire


@contextmanager
def served(emulators: Mapping[str, Emulator], _urls: Mapping[str, str]) -> Iterator[Wire]:
    """Leave the sockets between, and spoil what each store's server sends on them; wait for no store that asks for patience."""
    wire = Wire({})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pace, "FIRST_BACKOFF", 0.0)
        patch.setattr(pace, "LONGEST_PATIENCE", 1.0)
        for emulator in emulators.values():
            patch.setattr(emulator, "respond", partial(_respond, wire, emulator.respond), raising=False)
        yield wire


def _respond(wire: Wire, respond: Callable[[SandboxRequest], SandboxResponse], request: SandboxRequest) -> SandboxResponse:
    return wire.spoil(request, respond(request))


def written(value: object) -> bytes:
    """Write a value as JSON, with what stands for something raw in it."""
    return _RAW.sub(lambda found: RAW[int(found[1])], json.dumps(value, ensure_ascii=False)).encode(errors="surrogatepass")
