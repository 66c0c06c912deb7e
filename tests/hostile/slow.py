"""A line to a store that carries only so many bytes a second."""

from __future__ import annotations

import socket
import time
from contextlib import closing, suppress
from threading import Thread
from typing import Self
from urllib.parse import urlsplit

_PIECE = 65_536


class SlowLine:
    """Listens on a port of its own and passes on what is sent there; what comes back is not slowed."""

    def __init__(self, url: str, rate: float | None = None) -> None:
        parts = urlsplit(url)
        self._there = (parts.hostname or "", parts.port or 0)
        self.rate = rate
        """Bytes a second; `None` is as fast as may be."""
        self.passed = 0
        """Bytes that reached the store."""
        self._listening = socket.create_server(("127.0.0.1", 0))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listening.getsockname()[1]}"

    def __enter__(self) -> Self:
        Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                here, _ = self._listening.accept()
                there = socket.create_connection(self._there)
                Thread(target=self._carry, args=(here, there, True), daemon=True).start()
                Thread(target=self._carry, args=(there, here, False), daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket, outward: bool) -> None:
        with suppress(OSError), closing(source), closing(target):
            while piece := source.recv(_PIECE):
                if outward and self.rate is not None:
                    time.sleep(len(piece) / self.rate)
                target.sendall(piece)
                self.passed += len(piece) if outward else 0
            target.shutdown(socket.SHUT_WR)
