"""The command itself, also as `python -m catalogctl`: an interrupt ends it in order from its first instant on."""

from __future__ import annotations

import os
import signal
from typing import NoReturn

_INTERRUPTED = 130


def main() -> NoReturn:
    """Import the command line, which takes a while and has nothing to put in order yet, and run a command."""
    listens = signal.getsignal(signal.SIGINT) is signal.default_int_handler  # ignored, as of a job in the background, it is to end nothing
    if listens:
        signal.signal(signal.SIGINT, lambda _number, _frame: os._exit(_INTERRUPTED))
    from catalogctl.cli import main as line

    if listens:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    line.main()


if __name__ == "__main__":
    main()
