"""Asking someone on the terminal before anything is done."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from catalogctl.model.address import Address
    from catalogctl.planning.plan import Plan
    from catalogctl.planning.review.items import Item


_ANSWERS = """\
y  do this
n  leave this out, and what needs it
a  do this and all that is left
q  leave this out and all that is left; what was agreed to is done
?  say what the answers mean"""


def needs_somebody_to_ask(detail: str, hint: str) -> None:
    """Make sure that there is a terminal to ask on.

    Raises:  CatalogError (no-approval); `detail` says what someone has to agree to, `hint` how to agree beforehand.
    """
    from catalogctl.model.diagnostics import CatalogError, error

    if not sys.stdin.isatty():
        raise CatalogError(error("no-approval", "No terminal to confirm on", detail, hint))


def agreed(question: str, verb: str = "apply") -> bool:
    """Ask a question, and return whether the answer is `yes`; `verb` says what that does."""
    answer: str = click.prompt(f'\n{question} Type "yes" to {verb}', default="", show_default=False)
    return answer.strip() == "yes"


def declined(plan: Plan, items: Sequence[Item], show: Callable[[Item], None], tell: Callable[[str], None]) -> frozenset[Address]:
    """Ask of each item of a plan whether it is wanted, and give what is not, with all that needs it.

    What goes without being asked about, since it needs what is not wanted, is reported.
    """
    from catalogctl.planning.review.approval import needing

    unwanted: set[Address] = set()
    left_out: frozenset[Address] = frozenset()
    for number, item in enumerate(items, 1):
        addresses = {change.address for change in item}
        if addresses <= left_out:
            continue
        show(item)
        answer = _answer(number, len(items))
        if answer == "a":
            break
        if answer == "y":
            continue
        unwanted |= addresses if answer == "n" else {change.address for later in items[number - 1 :] for change in later}
        before, left_out = left_out, needing(plan, unwanted)
        along = left_out - before - unwanted
        if along:
            tell(f"Left out as well, since they need it: {_named(along)}")
        if answer == "q":
            break
    return left_out


def _answer(number: int, total: int) -> str:
    while True:
        said: str = click.prompt(
            f"({number}/{total}) Shall this be done? [y,n,a,q,?]", default="?", show_default=False, prompt_suffix=" ", err=True
        )
        answer = said.strip().lower()
        if answer in {"y", "n", "a", "q"}:
            return answer
        click.echo(_ANSWERS, err=True)


def _named(addresses: Iterable[Address]) -> str:
    from catalogctl.model.address import in_order

    return ", ".join(str(address) for address in sorted(addresses, key=in_order))
