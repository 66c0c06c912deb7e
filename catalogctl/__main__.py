"""The command itself, also as `python -m catalogctl`: an interrupt ends it in order from its first instant on."""

from __future__ import annotations

from typing import NoReturn

from catalogctl.system import interrupt


def main() -> NoReturn:
    """Import the command line, which takes a while, and run a command."""
    interrupt.heed()
    from catalogctl.cli import main as line

    line.main()


if __name__ == "__main__":
    main()
