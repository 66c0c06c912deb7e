"""A catalog of some sixty requests, and a store that kills the process which sends them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from pathlib import Path

from catalogctl.provider.emulation import SandboxRequest, SandboxResponse
from catalogctl.providers.openpublishing.sandbox import OpenPublishingSandbox, OpenPublishingSwitches
from catalogctl.providers.publicala.sandbox import PublicalaSandbox, PublicalaSwitches
from catalogctl.providers.publishdrive.sandbox import PublishdriveSandbox
from catalogctl.sandbox import SandboxServer
from shop import PROJECT, TITLE, TOKEN, Shop, ended

BOOKS, AUDIOBOOKS, TRACKS = 12, 9, 4
CALLS = 59
"""Requests of an apply that nothing happens to: lists, a POST for each object, and what the store is asked besides."""


class Instant(Enum):
    """When the process is killed, seen from one request."""

    ARRIVED = "its request has arrived, and the store does not act on it"
    DONE = "the store has done it, and the answer is not sent"
    ANSWERED = "the answer is in the process's hands, or on its way"


class Trap:
    """Kills a store's client at one request; the instant after an answer is that before the next request."""

    def __init__(self) -> None:
        self.seen = 0
        """Requests so far."""
        self.kill: Callable[[], None] = lambda: None
        self.at: int | None = None
        self.instant = Instant.ARRIVED

    def around(self, request: SandboxRequest, answer: Callable[[SandboxRequest], SandboxResponse]) -> SandboxResponse:
        """Answer, as far as the client lives to hear it."""
        number, self.seen = self.seen, self.seen + 1
        struck = number == self.at
        if struck and self.instant is Instant.ARRIVED:
            self.kill()
            return SandboxResponse(503)
        answered = answer(request)
        if struck and self.instant is Instant.DONE:
            self.kill()
        return answered


class DeadlyPublicala(PublicalaSandbox):
    """publica.la, with a trap."""

    def __init__(self) -> None:
        super().__init__(PublicalaSwitches(v3_docs="A"), token=TOKEN)
        self.trap = Trap()

    def respond(self, request: SandboxRequest) -> SandboxResponse:
        """Answer, or kill."""
        return self.trap.around(request, super().respond)


class DeadlyPublishdrive(PublishdriveSandbox):
    """PublishDrive, with a trap."""

    def __init__(self) -> None:
        super().__init__()
        self.trap = Trap()

    def respond(self, request: SandboxRequest) -> SandboxResponse:
        """Answer, or kill."""
        return self.trap.around(request, super().respond)


class DeadlyOpenPublishing(OpenPublishingSandbox):
    """Open Publishing, with a trap."""

    def __init__(self) -> None:
        super().__init__(OpenPublishingSwitches(products="as_asked"))
        self.trap = Trap()

    def respond(self, request: SandboxRequest) -> SandboxResponse:
        """Answer, or kill."""
        return self.trap.around(request, super().respond)


@contextmanager
def opened(folder: Path) -> Iterator[tuple[Shop, DeadlyPublicala]]:
    """Give a project of some books and audiobooks over an empty store."""
    store = DeadlyPublicala()
    with SandboxServer({"publicala": store}) as server:
        shop = Shop(folder, store, server)
        settings = PROJECT.replace("    timeout:", "    concurrency: 1\n    timeout:")
        shop.write("catalogctl.yaml", settings.format(url=shop.url, more="", timeout="20s", window="0s"))
        (folder / "catalog").mkdir()
        for number in range(BOOKS):
            shop.title(f"book-{number}")
        for number in range(AUDIOBOOKS):
            tracks = [
                {"id": f"p{part}", "title": f"Parte {part}", "file": f"https://files.example.com/{number}/{part}.mp3"}
                for part in range(TRACKS)
            ]
            audio = {"format": "audiobook", "external_id": f"key-audio-{number}", "tracks": tracks, "publish": {"store": {}}}
            shop.write(f"catalog/audio-{number}.json", json.dumps({**TITLE, "id": f"audio-{number}", "editions": {"audio": audio}}))
        yield shop, store
        assert server.errors == []


def named(store: DeadlyPublicala) -> Counter[str]:
    """Count what the store holds by what it is: a content by its key, a track by its content and title."""
    keys = {str(row["id"]): str(row["external_id"]) for row in store.rows() if "content_id" not in row}
    return Counter(
        f"{keys[str(row['content_id'])]}/{row['title']}" if "content_id" in row else str(row["external_id"]) for row in store.rows()
    )


DECLARED = Counter(
    [
        *(f"key-book-{number}" for number in range(BOOKS)),
        *(f"key-audio-{number}" for number in range(AUDIOBOOKS)),
        *(f"key-audio-{number}/Parte {part}" for number in range(AUDIOBOOKS) for part in range(TRACKS)),
    ]
)


def killed(shop: Shop, trap: Trap, instant: Instant, number: int) -> None:
    """Have an apply killed at a request; `number` counts from 0, reads included."""
    trap.instant = Instant.ARRIVED if instant is Instant.ANSWERED else instant
    trap.at = number + 1 if instant is Instant.ANSWERED else number
    process = shop.start("apply", "--auto-approve")
    trap.kill = lambda: _kill(process)
    run = ended(process)
    if trap.seen > trap.at:
        assert run.code == -signal.SIGKILL
    trap.at = None


def _kill(process: subprocess.Popen[str]) -> None:
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
