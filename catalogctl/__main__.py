"""The command itself, also as `python -m catalogctl`: an interrupt ends it in order from its first instant on."""

from __future__ import annotations

import os
import sys
from typing import NoReturn

from catalogctl.system import interrupt


def main() -> NoReturn:
    """Import the command line, which takes a while, and run a command; what a shell asks for while someone types is answered sooner."""
    interrupt.heed()
    if os.environ.get("_CATALOGCTL_COMPLETE", "").endswith("_complete"):
        from catalogctl.cli.complete import complete

        complete()
        sys.exit()
    from catalogctl.cli import main as line

    line.main()


if __name__ == "__main__":
    main()
