"""Where states are kept: what any place must be able to do, for one environment."""

from __future__ import annotations

import getpass
import hashlib
import os
import socket
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from catalogctl.model.diagnostics import CatalogError, Refusal, error


@dataclass(frozen=True, slots=True)
class LockInfo:
    """Who holds an environment, as the next one to ask is told."""

    id: str
    """Of this one hold; no two are alike."""
    who: str
    """user@host."""
    pid: int
    host: str
    since: datetime
    """With its zone."""
    command: str
    """As it was typed, without secrets."""
    environment: str

    @classmethod
    def of_this_process(cls, environment: str, command: str, *, id_: str, since: datetime) -> LockInfo:
        """Describe the process that asks."""
        host = socket.gethostname()
        try:
            user = getpass.getuser()
        except (KeyError, OSError):  # a container may run as a number that no account has
            user = "somebody"
        return cls(id_, f"{user}@{host}", os.getpid(), host, since, command, environment)


class Lock(Protocol):
    """An environment held against all others, until the context that gave it ends or its process does."""

    info: LockInfo

    def verify(self) -> None:
        """Make sure that it still is held; asked before each write to a store.

        Raises:  CatalogError: locked (lock-lost).
        """
        ...


@dataclass(frozen=True, slots=True)
class Kept:
    """An earlier state that can be had back."""

    serial: int
    time: datetime
    """When it was written, in UTC."""
    size: int
    """Bytes."""


class JournalStore(Protocol):
    """A file that only grows, beside a state. All but `read` is for the holder of the lock alone."""

    def read(self) -> bytes | None:
        """Give its content; `None` when there is none."""
        ...

    def begin(self, data: bytes) -> None:
        """Put a new one in place of any there is, whole or not at all, durably."""
        ...

    def append(self, data: bytes) -> None:
        """Add at its end; durable when this returns.

        Raises:  CatalogError (journal-not-written); then it may end in a piece of `data`.
        """
        ...

    def cut(self, length: int) -> None:
        """Drop what stands after its first `length` bytes."""
        ...

    def remove(self) -> None:
        """Take it away; it is no error when there is none."""
        ...


class Backend(Protocol):
    """Keeps the state of one environment."""

    environment: str

    def read(self) -> bytes | None:
        """Give the state; `None` when there never was one.

        Raises:  CatalogError (state-unreadable).
        """
        ...

    def write(self, data: bytes, serial: int, after: str | None) -> None:
        """Put a state in place of the one whose `content_digest` is `after` (`None`: of no state), whole or not at all, durably.

        The one with this serial can be had back later, until many more were written.

        Raises:  CatalogError: stale (state-moved-on) when another state is there by now, error (state-not-written).
        """
        ...

    def lock(self, info: LockInfo, timeout: float) -> AbstractContextManager[Lock]:
        """Hold the environment; wait up to `timeout` seconds for whoever holds it now.

        Raises:  CatalogError: locked (state-locked), naming the holder.
        """
        ...

    def holder(self) -> LockInfo | None:
        """Tell who holds it now, as far as that can be known."""
        ...

    def history(self) -> tuple[Kept, ...]:
        """List the states that can be had back, newest first; the present one may be among them."""
        ...

    def read_history(self, serial: int) -> bytes:
        """Give an earlier state.

        Raises:  CatalogError (state-not-kept), naming those that are.
        """
        ...

    def journal(self) -> JournalStore:
        """Give what lies beside the state."""
        ...


def content_digest(data: bytes) -> str:
    """Give the digest by which `Backend.write` knows the state that it replaces."""
    return hashlib.sha256(data).hexdigest()


def locked(info: LockInfo | None, environment: str, waited: float) -> CatalogError:
    """Make the refusal of an environment that somebody else holds, naming who, where, since when and what."""
    if info is None:
        detail = "Another process holds it and has left no name."
    else:
        since = info.since.isoformat(sep=" ", timespec="seconds")
        detail = f"{info.who} has held it since {since}: `{info.command}`, process {info.pid} on {info.host}, lock {info.id}."
    problem = error(
        "state-locked",
        f"The state of environment {environment} is locked",
        f"{detail} Waited {waited:g} s.",
        "Wait until that run ends, or wait longer:\ncatalogctl apply --lock-timeout 10m",
    )
    return CatalogError(problem, refusal=Refusal.LOCKED)
