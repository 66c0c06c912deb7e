"""What each way of ending a command is called by the shell. Source: PRODUCT.md 3."""

from __future__ import annotations

from typing import Final

from catalogctl.model.diagnostics import Refusal

DONE: Final = 0
ERROR: Final = 1
CHANGES: Final = 2
INTERRUPTED: Final = 130
TERMINATED: Final = 143

_CODES = {
    Refusal.ERROR: ERROR,
    Refusal.SAFETY: 3,
    Refusal.LOCKED: 4,
    Refusal.STALE: 5,
    Refusal.PARTIAL: 6,
    Refusal.UNKNOWN_OUTCOME: 7,
    Refusal.CREDENTIALS: 8,
    Refusal.UNAVAILABLE: 9,
}


class StoppedAtOnce(KeyboardInterrupt):
    """A second interrupt or termination: nothing more is waited for."""

    def __init__(self, code: int) -> None:
        super().__init__()
        self.code = code


def exit_code(refusal: Refusal) -> int:
    """Return the exit code of a refusal."""
    return _CODES[refusal]
