"""What an interrupt does in a process of ours where nothing else was said."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

INTERRUPTED: Final = 130
_IMPORTS: Final = "<frozen importlib._bootstrap>"
_BUILDS: Final = "pydantic"
"""It makes models in native code, which loses an exception or takes it for a fault of the model."""


def heed() -> None:
    """Heed interrupts from now on, unless they are ignored, as in a job in the background."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _interrupted)


@contextmanager
def left_to_the_loop() -> Iterator[None]:
    """Leave interrupts to an event loop that is run meanwhile, where nobody else has taken them."""
    if signal.getsignal(signal.SIGINT) is not _interrupted:
        yield
        return
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, _interrupted)


def is_preparing(frame: FrameType | None) -> bool:
    """Whether something is being imported or built, of which nothing is left behind and in which an exception can be lost."""
    while frame is not None:
        if frame.f_code.co_filename == _IMPORTS or str(frame.f_globals.get("__name__")).startswith(_BUILDS):
            return True
        frame = frame.f_back
    return False


def _interrupted(_number: int, frame: FrameType | None) -> None:
    if is_preparing(frame):
        os._exit(INTERRUPTED)
    raise KeyboardInterrupt
