"""`catalogctl import ACCOUNT --all`."""

from __future__ import annotations

from typing import Any

from catalogctl.cli.console import Console


def import_all(console: Console, account: str, chosen: dict[str, Any]) -> int:
    """Write title files for all that an account holds, and record it."""
    raise NotImplementedError
