"""Asking somebody on the terminal before anything is done."""

from __future__ import annotations

import sys

import click


def needs_somebody_to_ask(detail: str, hint: str) -> None:
    """Make sure that there is a terminal to ask on.

    Raises:  CatalogError (no-approval); `detail` says what somebody has to agree to, `hint` how to agree beforehand.
    """
    from catalogctl.model.diagnostics import CatalogError, error

    if not sys.stdin.isatty():
        raise CatalogError(error("no-approval", "Nobody can be asked", detail, hint))


def agreed(question: str) -> bool:
    """Ask; only `yes` is taken for an answer."""
    answer: str = click.prompt(f"\n{question} Only `yes` is taken for an answer", default="", show_default=False)
    return answer.strip() == "yes"
