"""What an emulation of a store's API is made of: requests, answers, and the protocol the server speaks to it.

An emulator is synchronous and knows no sockets: values in, values out. `catalogctl.sandbox` puts it on 127.0.0.1,
makes it misbehave, and keeps its contents between commands.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from math import ceil
from threading import RLock
from typing import Generic, Literal, Protocol, TypeVar
from urllib.parse import parse_qsl

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]

Clock = Callable[[], datetime]
"""Tells the present instant, aware and in UTC."""


def utc_now() -> datetime:
    """Tell the present instant by this machine's clock."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class SandboxRequest:
    """One HTTP request as it arrived."""

    method: str
    """In capitals."""
    path: str
    """As on the wire: percent-encoded, without the query."""
    query: str = ""
    """As on the wire, without the question mark."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Names in lower case; a repeated header is joined with commas."""
    body: bytes = b""

    def argument(self, name: str) -> str | None:
        """Return the last value of a query parameter, or None where it is not in the query."""
        if not self.query:
            return None
        return dict(parse_qsl(self.query, keep_blank_values=True)).get(name)


@dataclass(frozen=True, slots=True)
class SandboxResponse:
    """One HTTP answer; the server adds Content-Length and Date."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


class Minute:
    """The requests of the present minute, which begins with the first one after the last minute has ended."""

    def __init__(self, limit: int | None, retry_after: Literal["seconds", "date", "none"]) -> None:
        self.limit = limit
        """Requests a minute that are answered; `None` for any number."""
        self.used = 0
        self.ends: datetime | None = None
        self._retry_after = retry_after

    def take(self, now: datetime) -> bool:
        """Count one request; whether it is answered. One too many is not counted."""
        if self.ends is None or now >= self.ends:
            self.ends, self.used = now + timedelta(minutes=1), 0
        if self.limit is not None and self.used >= self.limit:
            return False
        self.used += 1
        return True

    def wish(self, now: datetime) -> dict[str, str]:
        """Return the header that tells a refused client when to come back; none where none is given."""
        ends = self.ends or now
        match self._retry_after:
            case "seconds":
                return {"Retry-After": str(ceil((ends - now).total_seconds()))}
            case "date":
                # A date has whole seconds: it is rounded up, lest whoever obeys it comes too early.
                return {"Retry-After": format_datetime((ends + timedelta(seconds=1)).replace(microsecond=0), usegmt=True)}
            case "none":
                return {}

    def clear(self) -> None:
        """Let the next request begin a minute of its own."""
        self.ends = None


@dataclass(frozen=True, slots=True)
class LoggedRequest:
    """One request that reached an emulator, and what came of it."""

    method: str
    path: str
    query: str
    body: Json
    """The decoded JSON body; None where there was none or it was not JSON."""
    status: int
    at: datetime
    ignored_keys: tuple[str, ...] = ()
    """Keys of the body that the service takes silently and does nothing with, sorted."""


@dataclass(frozen=True, slots=True)
class StoredChange:
    """One change of an emulator's contents, complete in itself, so that replaying commits in order gives the contents.

    Shapes:  a `value` of None means that `key` is gone; what keys mean is the emulator's own business.
    """

    key: str
    value: dict[str, Json] | None


class Contents(Protocol):
    """What an emulator holds; it tells its listener of each commit of its own, and of none that it replays."""

    listener: Callable[[StoredChange], None] | None

    def snapshot(self) -> tuple[StoredChange, ...]:
        """Return the fewest commits that rebuild it."""

    def replay(self, commits: Iterable[StoredChange]) -> None:
        """Apply commits."""


_Shelf = TypeVar("_Shelf", bound=Contents)

LOG_LENGTH = 100_000
"""Requests that an emulator remembers."""


class InMemory(Generic[_Shelf]):
    """What every emulator does alike: it keeps its contents and its requests, one request at a time."""

    def __init__(self, empty: Callable[[], _Shelf], clock: Clock) -> None:
        self._empty = empty
        self._clock = clock
        self._lock = RLock()
        self._log: deque[LoggedRequest] = deque(maxlen=LOG_LENGTH)
        self._shelf = empty()

    @property
    def requests(self) -> tuple[LoggedRequest, ...]:
        """The requests answered since the start or the last `clear_log`, oldest first."""
        with self._lock:
            return tuple(self._log)

    def clear_log(self) -> None:
        """Forget the requests."""
        with self._lock:
            self._log.clear()

    def snapshot(self) -> tuple[StoredChange, ...]:
        """Return the fewest commits that rebuild the present contents."""
        with self._lock:
            return self._shelf.snapshot()

    def restore(self, commits: Iterable[StoredChange]) -> None:
        """Replace the contents by what the commits build, telling the listener nothing."""
        with self._lock:
            listener, self._shelf = self._shelf.listener, self._empty()
            self._shelf.replay(commits)
            self._shelf.listener = listener

    def replay(self, commits: Iterable[StoredChange]) -> None:
        """Apply commits on top of the present contents, telling the listener nothing."""
        with self._lock:
            self._shelf.replay(commits)

    def listen(self, listener: Callable[[StoredChange], None] | None) -> None:
        """Have `listener` called with every commit, in order."""
        with self._lock:
            self._shelf.listener = listener


class Emulator(Protocol):
    """A store's API in memory. Every method is safe to call from any thread."""

    @property
    def name(self) -> str:
        """The provider that this emulates."""

    def respond(self, request: SandboxRequest) -> SandboxResponse:
        """Answer one request, having applied it."""

    @property
    def requests(self) -> tuple[LoggedRequest, ...]:
        """The requests answered since the start or the last `clear_log`, oldest first."""

    def clear_log(self) -> None:
        """Forget the requests."""

    def rows(self) -> tuple[dict[str, Json], ...]:
        """Show everything that is stored, with what the API never gives back."""

    def seed(self, rows: Iterable[Mapping[str, object]]) -> None:
        """Put objects into the store behind everybody's back."""

    def edit(self, key: str, **changes: object) -> None:
        """Change an object, by the id that was given to it or by its client key, behind everybody's back; a part of another is OWNER/PART.

        Raises:  KeyError for an unknown object, ValueError for an unknown field.
        """

    def remove(self, key: str) -> None:
        """Take an object away, as `edit` names it, behind everybody's back. Raises KeyError for an unknown object."""

    def reset(self) -> None:
        """Return to the contents of a new sandbox and forget the requests."""

    def snapshot(self) -> tuple[StoredChange, ...]:
        """Return the fewest commits that rebuild the present contents."""

    def restore(self, commits: Iterable[StoredChange]) -> None:
        """Replace the contents by what the commits build, telling the listener nothing."""

    def replay(self, commits: Iterable[StoredChange]) -> None:
        """Apply commits on top of the present contents, telling the listener nothing."""

    def listen(self, listener: Callable[[StoredChange], None] | None) -> None:
        """Have `listener` called with every commit, in order, before the answer to its request is given."""

    def account_block(self, base_url: str) -> dict[str, str]:
        """Return the account of catalogctl.yaml that uses this emulator at `base_url`; its secrets are references."""
