"""Holding a folder's environment: a lock of the operating system, and a card that also those read whom such a lock does not reach.

On one host the operating system decides: its lock is gone when its holder is, however that dies. Hosts that share the folder may not see
each other's locks. For them the card decides: it names the holder and its token, and counts for as long as its file was renewed lately. A
card is written once and only touched afterwards, so that a holder which was taken over cannot put itself back by renewing.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread

import orjson
from filelock import FileLock, Timeout

from catalogctl.model.shape import MOST
from catalogctl.state.backend import HEARTBEAT, LEASE, Hold, LockInfo, lock_lost, locked, no_such_lock
from catalogctl.state.durable import telling
from catalogctl.state.shapes import CardModel
from catalogctl.system.safe_folder import PRIVATE, SafeFolder, UnsafePathError

LARGEST_CARD = 64 * 1024
"""Bytes of a card; the command in it is as it was typed."""
_GLANCE = 0.2
"""Seconds between two looks at a card that another host left."""


@dataclass(frozen=True, slots=True)
class Lease:
    """How long a hold is believed in, and how often it is renewed; both in seconds."""

    length: float = LEASE
    heartbeat: float = HEARTBEAT


class Locker:
    """Holds, names and breaks the lock of one environment."""

    def __init__(self, folder: SafeFolder, environment: str, lease: Lease) -> None:
        self._folder = folder
        self._environment = environment
        self._lease = lease
        self._name = f"{environment}.lock"
        self._file = folder.path / self._name
        self._number = f"{environment}.lock.token"
        self._card = Card(folder, f"{environment}.lock.json", lease)

    @contextmanager
    def hold(self, info: LockInfo, timeout: float) -> Iterator[LocalLock]:
        """Hold the environment, and take it over from a holder that is dead or has let its lease end."""
        deadline = time.monotonic() + timeout
        holding = FileLock(self._file, timeout=timeout, mode=PRIVATE, thread_local=False, fallback_to_soft=False)
        try:
            with telling("state-not-locked", "The state could not be locked", self._file):
                self._folder.make_file(self._name)
                holding.acquire()
        except Timeout as late:
            raise locked(self._named(), self._environment, timeout) from late
        try:
            with telling("state-not-locked", "The state could not be locked", self._file):
                self._wait_for_others(deadline, timeout)
                for folder in (self._folder, self._folder.folder("history"), self._folder.folder("runs")):
                    for name in folder.names():
                        if name.startswith(f".{self._environment}.") and name.endswith(".tmp"):
                            folder.remove(name)
                token = self._next_token()
                self._card.write(info, token)
            lock = LocalLock(info, token, self._folder, self._card, self._lease)
            with lock.beating():
                yield lock
        finally:
            # Only ours: whoever took it over has left a card of their own.
            if self._card.names(info):
                self._card.remove()
            holding.release()

    def holder(self) -> Hold | None:
        """Tell who left a card, unless it is a process of this host that is no more, or another host's that has let its lease end."""
        hold = self._card.read()
        if hold is None or (_is_here(hold.info) and not _lives(hold.info)):
            return None
        return hold if _is_here(hold.info) or hold.until > datetime.now(UTC) else None

    def break_lock(self, id_: str) -> None:
        """Take away the card and the file that are locked: whoever holds them notices, and whoever comes next makes new ones."""
        hold = self._card.read()
        if hold is None or hold.info.id != id_:
            raise no_such_lock(id_, hold, self._environment)
        with telling("state-not-locked", "The lock could not be taken away", self._file):
            # The next one's token must be greater also when the file that counts them was lost.
            self._folder.write(self._number, b"%d\n" % max(hold.token, self._last_token()))
            self._card.remove()
            self._folder.remove(self._name)

    def _named(self) -> Hold | None:
        # Between its lock and its card a new holder is without a name for a moment.
        for _ in range(10):
            hold = self._card.read()
            if hold is not None and not (_is_here(hold.info) and not _lives(hold.info)):
                return hold
            time.sleep(0.02)
        return None

    def _wait_for_others(self, deadline: float, timeout: float) -> None:
        # The lock is ours, so a card of this host was left by a process that died. One of another host may be of a live one.
        while (hold := self._card.read()) is not None and not _is_here(hold.info) and hold.until > self._now():
            rest = deadline - time.monotonic()
            if rest <= 0:
                raise locked(hold, self._environment, timeout)
            time.sleep(min(_GLANCE, rest))

    def _now(self) -> datetime:
        # By the clock that dates the files of this folder: that of the host which keeps them may not agree with ours.
        self._folder.touch(self._name)
        return datetime.fromtimestamp(self._folder.status(self._name).st_mtime, UTC)

    def _next_token(self) -> int:
        left = self._card.read()
        token = max(self._last_token(), 0 if left is None else left.token) + 1
        self._folder.write(self._number, b"%d\n" % token)
        return token

    def _last_token(self) -> int:
        try:
            return min(max(int(self._folder.read(self._number, LARGEST_CARD)), 0), MOST)
        except UnsafePathError:
            raise
        except (OSError, ValueError):
            return 0


class Card:
    """The file that names the holder of an environment; when it was last touched is when the holder was last heard of."""

    def __init__(self, folder: SafeFolder, name: str, lease: Lease) -> None:
        self.path = folder.path / name
        self._folder = folder
        self._name = name
        self._lease = timedelta(seconds=lease.length)

    def read(self) -> Hold | None:
        """Tell whose name is on it; `None` when there is none that can be read: the lock itself is the operating system's."""
        try:
            heard = datetime.fromtimestamp(self._folder.status(self._name).st_mtime, UTC)
            stored = orjson.loads(self._folder.read(self._name, LARGEST_CARD))
            CardModel.check(stored)
            token = stored.pop("token")
            info = LockInfo(**{**stored, "since": datetime.fromisoformat(stored["since"])})
            return Hold(info, token, heard + self._lease)
        except (OSError, ValueError, OverflowError):
            return None

    def write(self, info: LockInfo, token: int) -> None:
        """Put a name on it."""
        self._folder.write(self._name, orjson.dumps({**asdict(info), "token": token}))

    def names(self, info: LockInfo) -> bool:
        """Return whether this hold is the one that it names."""
        hold = self.read()
        return hold is not None and hold.info == info

    def renew(self) -> None:
        """Let others hear of the holder."""
        with suppress(OSError):
            self._folder.touch(self._name)

    def remove(self) -> None:
        """Take it away; one that cannot be is worth as much as its lease."""
        with suppress(OSError):
            self._folder.remove(self._name)


class LocalLock:
    """An environment of a folder that this process holds."""

    def __init__(self, info: LockInfo, token: int, folder: SafeFolder, card: Card, lease: Lease) -> None:
        self.info = info
        self.token = token
        self._folder = folder
        self._name = f"{info.environment}.lock"
        self._card = card
        self._lease = lease
        self._file = self._identity()
        self._heard = time.time()

    def verify(self) -> None:
        """Make sure that the file locked is still the one that others would lock, and that the card still names this hold."""
        self._verify()
        if time.time() - self._heard > self._lease.length / 2:
            # This process did not run for a while. From here on others believe in its hold again, unless one of them came before.
            self._renew()
            self._verify()

    @contextmanager
    def beating(self) -> Iterator[None]:
        """Renew the lease from time to time, from a thread of its own."""
        ended = Event()

        def beat() -> None:
            while not ended.wait(self._lease.heartbeat):
                if self._card.names(self.info):
                    self._renew()

        thread = Thread(target=beat, name=f"lease of {self.info.environment}", daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()

    def _renew(self) -> None:
        self._card.renew()
        self._heard = time.time()

    def _verify(self) -> None:
        if self._file is None or self._identity() != self._file:
            raise lock_lost(self.info.environment, f"{self._folder.path / self._name} was removed or replaced while this run held it.")
        hold = self._card.read()
        if hold is None:
            raise lock_lost(self.info.environment, f"{self._card.path} was removed while this run held it: the lock was taken away.")
        if (hold.info.id, hold.token) != (self.info.id, self.token):
            by = f"{hold.info.who} (`{hold.info.command}`, lock {hold.info.id}, number {hold.token})"
            raise lock_lost(self.info.environment, f"{by} took it over; this run had number {self.token}.")

    def _identity(self) -> tuple[int, int] | None:
        try:
            seen = self._folder.status(self._name)
        except OSError:
            return None
        return seen.st_dev, seen.st_ino


def _is_here(info: LockInfo) -> bool:
    return info.host == socket.gethostname()


def _lives(info: LockInfo) -> bool:
    """Return whether a process of this host may still be there: one that has ended and is not asked for by its parent yet is not."""
    if os.name != "posix":
        return True
    with suppress(OSError):
        # Of Linux: the state comes after the name, which is in parentheses and may hold any.
        if Path(f"/proc/{info.pid}/stat").read_bytes().rpartition(b")")[2].split()[0] in {b"Z", b"X"}:
            return False
    try:
        os.kill(info.pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
