"""What an interrupt does in a process of ours where nothing else was said."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

_IMPORTS: Final = "<frozen importlib._bootstrap>"
_BUILDS: Final = "pydantic"
"""It makes models in native code, which loses an exception or takes it for a fault of the model."""


def heed() -> None:
    """Heed interrupts from now on, unless they are ignored, as in a job in the background."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _interrupted)


@contextmanager
def left_to_the_loop() -> Iterator[None]:
    """Leave interrupts to an event loop that is run meanwhile, where no other has taken them."""
    if signal.getsignal(signal.SIGINT) is not _interrupted:
        yield
        return
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, _interrupted)


def leave_if_preparing(number: int, frame: FrameType | None) -> None:
    """End the process at once, with the exit code of this signal, while something is being imported or built.

    Nothing is left behind of that, and an exception in it can be lost.
    """
    while frame is not None:
        if frame.f_code.co_filename == _IMPORTS or str(frame.f_globals.get("__name__")).startswith(_BUILDS):
            os._exit(128 + number)
        frame = frame.f_back


def _interrupted(number: int, frame: FrameType | None) -> None:
    leave_if_preparing(number, frame)
    raise KeyboardInterrupt
