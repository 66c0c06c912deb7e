"""Where states are kept: what any place must be able to do, for one environment."""

from __future__ import annotations

import getpass
import hashlib
import os
import socket
from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from catalogctl.model.diagnostics import CatalogError, Refusal, error

LEASE: Final = 60.0
"""Seconds for which other hosts believe in a hold that they do not hear of again."""
HEARTBEAT: Final = 15.0
"""Seconds after which a holder is heard of again at the latest."""


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


@dataclass(frozen=True, slots=True)
class Hold:
    """One hold of an environment, as others see it."""

    info: LockInfo
    token: int
    """Greater than that of every hold before: what comes from a smaller one comes from a holder that lost its lock."""
    until: datetime
    """When its lease ends unless it is renewed, with its zone."""


class Lock(Protocol):
    """An environment held against all others, until the context that gave it ends or its process does, or someone takes it away."""

    info: LockInfo
    token: int
    """Greater than that of every hold of this environment before."""

    def verify(self) -> None:
        """Make sure that it still is held; asked before each write to a store.

        A holder that was suspended beyond its lease still holds what no one took meanwhile.
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

    @property
    def name(self) -> str:
        """What messages call it: a path or an address, without credentials."""
        ...

    def read(self) -> bytes | None:
        """Return its content; `None` when there is none."""
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
        """Drop what is after its first `length` bytes."""
        ...

    def remove(self) -> None:
        """Take it away; it is no error when there is none."""
        ...


class RunStore(Protocol):
    """Records of runs beside a state, each a text that only grows. All but `names` and `read` is for the holder of the lock alone.

    A name has letters, digits and `-`; records were begun in the order of their names.
    """

    def names(self) -> tuple[str, ...]:
        """List the records there are, the newest first."""
        ...

    def read(self, name: str) -> bytes | None:
        """Return a record as far as it has come; `None` when there is none of that name.

        Raises:  CatalogError (state-unreadable).
        """
        ...

    def begin(self, name: str, pieces: Iterable[bytes]) -> None:
        """Make a new record that holds these pieces, whole or not at all, durably.

        Raises:  CatalogError (run-not-recorded).
        """
        ...

    def append(self, name: str, data: bytes) -> None:
        """Add to a record what outlasts this process; the power it outlasts only once the record is sealed.

        Raises:  CatalogError (run-not-recorded); then the record may end in a piece of `data`.
        """
        ...

    def seal(self, name: str, data: bytes) -> None:
        """Add the last of a record, and make all of it durable.

        Raises:  CatalogError (run-not-recorded).
        """
        ...

    def remove(self, name: str) -> None:
        """Take a record away, and the plan beside it; it is no error when there is none."""
        ...

    def keep_plan(self, name: str, data: bytes) -> None:
        """Keep what a run is about to do beside its record, whole or not at all, durably: the run can be resumed from it.

        Raises:  CatalogError (run-not-recorded).
        """
        ...

    def plan(self, name: str) -> bytes | None:
        """Return the plan of a run that has not done all of it; `None` where none is kept.

        Raises:  CatalogError (state-unreadable).
        """
        ...

    def drop_plan(self, name: str) -> None:
        """Take the plan of a run away; it is no error when there is none."""
        ...


class Backend(Protocol):
    """Keeps the state of one environment."""

    environment: str
    name: str
    """What messages call the state: a path or an address, without credentials."""

    def read(self) -> bytes | None:
        """Return the state; `None` when there never was one.

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

        While it is held its lease is renewed. A holder that is known to be dead, or whose lease has ended, is not waited for.
        Raises:  CatalogError: locked (state-locked), naming the holder.
        """
        ...

    def holder(self) -> Hold | None:
        """Tell who holds it now, as far as that can be known."""
        ...

    def break_lock(self, id_: str) -> None:
        """Take the environment from the one hold that has this id: its holder's next `verify` fails, and the next who asks gets it.

        Raises:  CatalogError (no-such-lock), naming the hold there is.
        """
        ...

    def history(self) -> tuple[Kept, ...]:
        """List the states that can be had back, newest first; the present one may be among them."""
        ...

    def read_history(self, serial: int) -> bytes:
        """Return an earlier state.

        Raises:  CatalogError (state-not-kept), naming those that are.
        """
        ...

    def journal(self) -> JournalStore:
        """Return what lies beside the state."""
        ...

    def runs(self) -> RunStore:
        """Return the records of runs."""
        ...

    def keep_aside(self) -> tuple[str, ...]:
        """Keep copies of state and journal, in whatever condition they are, where nothing reads or removes them; give their names.

        For the holder of the lock alone.
        Raises:  CatalogError (state-not-written).
        """
        ...


def content_digest(data: bytes) -> str:
    """Return the digest by which `Backend.write` knows the state that it replaces."""
    return hashlib.sha256(data).hexdigest()


def locked(hold: Hold | None, environment: str, waited: float) -> CatalogError:
    """Make the refusal of an environment that someone else holds, naming who, where, since when and what."""
    hint = "Wait until that run ends, or wait longer:\ncatalogctl apply --lock-timeout 10m"
    if hold is None:
        detail = "Another process holds it and has left no name."
    else:
        detail = f"{held_by(hold)} Its lease ends at {moment(hold.until)} unless it is renewed."
        hint += f"\nIf that run is no more, take the lock from it:\ncatalogctl state unlock {hold.info.id}"
    summary = f"The state of environment {environment} is locked"
    return CatalogError(error("state-locked", summary, f"{detail} Waited {waited:g} s.", hint), refusal=Refusal.LOCKED)


def held_by(hold: Hold) -> str:
    """Say in a sentence who holds an environment, since when, with which command, and where."""
    info = hold.info
    return f"{info.who} has held it since {moment(info.since)}: `{info.command}`, process {info.pid} on {info.host}, lock {info.id}."


def moment(when: datetime) -> str:
    """Write a moment for people: to the second, with its zone."""
    return when.isoformat(sep=" ", timespec="seconds")


def lock_lost(environment: str, why: str) -> CatalogError:
    """Make the stop of a run whose lock is gone; `why` is a sentence."""
    problem = error(
        "lock-lost",
        f"The lock of environment {environment} is gone",
        f"{why} Another run may have begun, so this one sends nothing more. What it did is recorded.",
        "Run apply again; it goes on from what was done.",
    )
    return CatalogError(problem, refusal=Refusal.LOCKED)


def no_such_lock(id_: str, hold: Hold | None, environment: str) -> CatalogError:
    """Make the refusal to break a lock that is not there, naming the one that is."""
    there = "It is not locked." if hold is None else held_by(hold)
    hint = "" if hold is None else f"If that is the one:\ncatalogctl state unlock {hold.info.id}"
    return CatalogError(
        error("no-such-lock", f"Environment {environment} is not held by that lock", f"There is no lock {id_}. {there}", hint)
    )
