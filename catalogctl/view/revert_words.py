"""Which run a plan takes back, in words that all forms of a plan share."""

from __future__ import annotations

from collections.abc import Callable

from catalogctl.planning.plan import Revert

_DIGITS = 12
"""Hex digits of a commit that are shown."""

Written = Callable[[str], str]
"""Writes what a form must not take for its own."""


def revert_words(revert: Revert, safe: Written, code: Written) -> tuple[str, str]:
    """Name the run, and say when it was, whose it was, what it applied, and how far it is taken back; `code` writes what can be copied."""
    commit = f", commit {code(revert.commit[:_DIGITS])}" if revert.commit else ""
    since = "what was changed since is put back, too" if revert.force else "what was changed since is left alone"
    when = f"{revert.started:%Y-%m-%d %H:%M %Z}"
    return f"Revert of run {code(revert.run)}", f"applied {safe(when)} by {safe(revert.actor)}{commit}; {since}"
