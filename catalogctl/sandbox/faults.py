"""Ways to misbehave that can be set while a server runs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from threading import Lock

import orjson

from catalogctl.provider.emulation import Json, SandboxRequest, SandboxResponse
from catalogctl.sandbox.listing import DISTORTIONS

_JSON = {"Content-Type": "application/json"}


class FaultKind(StrEnum):
    """What goes wrong; whether the request is applied is part of it."""

    DELAY = "delay"
    """Applied and answered after `seconds`; goes together with any other fault."""
    FAIL = "fail"
    """Not applied; answered with `status` and `body`."""
    FAIL_AFTER = "fail_after"
    """Applied; answered with `status` and `body`."""
    RATE_LIMIT = "rate_limit"
    """Not applied; 429 with a Retry-After of `seconds`, without one where they are 0."""
    DROP_BEFORE = "drop_before"
    """Not applied; the connection ends without an answer."""
    DROP_AFTER = "drop_after"
    """Applied; the connection ends without an answer."""
    TRUNCATE = "truncate"
    """Applied; the connection ends in the middle of the answer's body."""
    DRIP = "drip"
    """Applied; the answer's body comes in small pieces over `seconds`."""
    GARBAGE = "garbage"
    """Not applied; 200 with a page of HTML, as some proxies answer."""
    DISTORT = "distort"
    """Applied; the list in the answer is `rows`: empty, short of its last row, shifted by its first, or doubled in that one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A way to misbehave, and for which requests.

    Raises:  ValueError for an unknown kind, re.error for a pattern that is none.
    """

    kind: FaultKind
    method: str | None = None
    """Only requests of this method; None is any."""
    path: str | None = None
    """Only requests in whose path and query, as on the wire, this regular expression is found."""
    emulator: str | None = None
    """Only requests to this emulator."""
    skip: int = 0
    """Matching requests that pass unharmed before."""
    count: int | None = 1
    """Matching requests that it hits; None is all."""
    seconds: float = 0.0
    status: int = 500
    body: str = '{"message":"Server Error"}'
    headers: Mapping[str, str] = field(default_factory=dict)
    rows: str = "empty"
    """What becomes of the rows of a list: one of `DISTORTIONS`."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "kind", FaultKind(self.kind))
        if self.rows not in DISTORTIONS:
            message = f"{self.rows!r} is none of {', '.join(DISTORTIONS)}"
            raise ValueError(message)
        re.compile(self.path or "")

    def matches(self, emulator: str, request: SandboxRequest) -> bool:
        """Return whether it is meant for this request, count and skip apart."""
        if self.emulator not in (None, emulator) or self.method not in (None, request.method):
            return False
        target = f"{request.path}?{request.query}" if request.query else request.path
        return self.path is None or re.search(self.path, target) is not None

    def answer(self) -> SandboxResponse:
        """Return the answer of a fault that has one of its own."""
        match self.kind:
            case FaultKind.GARBAGE:
                page = b"<!DOCTYPE html><html><body><h1>It works!</h1></body></html>"
                return SandboxResponse(200, {"Content-Type": "text/html; charset=UTF-8", **self.headers}, page)
            case FaultKind.RATE_LIMIT:
                wait = {"Retry-After": f"{self.seconds:g}"} if self.seconds else {}
                return SandboxResponse(429, {**_JSON, **wait, **self.headers}, b'{"message":"Too Many Attempts."}')
            case _:
                return SandboxResponse(self.status, {**_JSON, **self.headers}, self.body.encode())


@dataclass(frozen=True, slots=True)
class FaultedRequest:
    """A request that met a fault."""

    kind: FaultKind
    emulator: str
    method: str
    path: str


class Faults:
    """The faults still to come, in the order they were reported, and the requests that met one. Safe for threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._waiting: list[Fault] = []
        self._met: list[FaultedRequest] = []

    def add(self, *faults: Fault) -> None:
        """Add faults behind the waiting ones."""
        with self._lock:
            self._waiting.extend(faults)

    def clear(self) -> None:
        """Forget the waiting faults and who met one."""
        with self._lock:
            self._waiting.clear()
            self._met.clear()

    @property
    def waiting(self) -> tuple[Fault, ...]:
        """The faults still to come, with the counts that are left."""
        return tuple(self._waiting)

    @property
    def met(self) -> tuple[FaultedRequest, ...]:
        """The requests that met a fault, oldest first."""
        return tuple(self._met)

    def strike(self, emulator: str, request: SandboxRequest) -> tuple[float, Fault | None]:
        """Return the delay for a request, in seconds, and the first other fault meant for it; both are used up by this."""
        if not self._waiting:
            return 0.0, None
        delay, chosen, left = 0.0, None, []
        with self._lock:
            for fault in self._waiting:
                delays = fault.kind is FaultKind.DELAY
                if (chosen is not None and not delays) or not fault.matches(emulator, request):
                    left.append(fault)
                elif fault.skip > 0:
                    left.append(replace(fault, skip=fault.skip - 1))
                else:
                    self._met.append(FaultedRequest(fault.kind, emulator, request.method, request.path))
                    delay += fault.seconds if delays else 0.0
                    chosen = chosen if delays else fault
                    if fault.count is None:
                        left.append(fault)
                    elif fault.count > 1:
                        left.append(replace(fault, count=fault.count - 1))
            self._waiting = left
        return delay, chosen


def fault_from(values: Mapping[str, Json]) -> Fault:
    """Read a fault from JSON: `Fault`'s fields by name; a `body` that is no text is sent as the JSON it is.

    Raises:  ValueError for an unknown or missing field, or as `Fault` does; re.error as `Fault` does.
    """
    known = {one.name for one in fields(Fault)}
    unknown = sorted(set(values) - known)
    if unknown or "kind" not in values:
        message = f"a fault has a kind, and no {', '.join(unknown)}; it may have {', '.join(sorted(known))}"
        raise ValueError(message)
    body = values.get("body")
    said = {**values, "body": orjson.dumps(body).decode()} if "body" in values and not isinstance(body, str) else values
    return Fault(**said)  # type: ignore[arg-type]  # Fault checks what can do harm
