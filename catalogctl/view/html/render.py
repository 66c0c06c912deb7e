"""A plan as one HTML page that needs nothing beside it: no network, no other file, and no script for anything but finding one's way.

Nothing that a store or a file says is markup there: every value passes `escape.html` on its way out of a template, and the page's own
policy lets a browser run and fetch nothing that the page did not bring along.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib import resources
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from catalogctl.model.picture import Previews
from catalogctl.model.quantity import counted
from catalogctl.planning.action import Action
from catalogctl.planning.plan import Plan
from catalogctl.view.html.page import Where, page
from catalogctl.view.paint import escape
from catalogctl.view.paint.hint import parted
from catalogctl.view.words.problem_kinds import subject_text
from catalogctl.view.words.risks import RISK_NAMES

_LONG_TABLE: Final = 60
"""Titles up to which their table stands open, and requests up to which their list does."""


def render(plan: Plan, *, digest: str, where: Where, previews: Previews) -> str:
    """Write a plan as an HTML page; the same plan and the same files give the same bytes.

    Shapes:  a whole document, UTF-8. `digest` is that of what the plan does, by which people name it; `where` tells the place in the
             files; `previews` has covers and recordings whose files are at hand.
    Source:  PRODUCT.md 5.12, 6.17.
    """
    css, script = part("report.css"), part("report.js")
    template = environment().get_template("plan.html.j2")
    return template.render(
        page=page(plan, digest, where, previews),
        css=Markup(css),  # noqa: S704 -- ours, and not a word of it from outside
        script=Markup(script),  # noqa: S704 -- as the style sheet
        policy=Markup(policy(css, script)),  # noqa: S704 -- digests
        actions=[action for action in Action if action.changes_anything],
        risk_names=RISK_NAMES,
        long_table=_LONG_TABLE,
    )


def policy(css: str, script: str) -> str:
    """Allow the page's own style sheet and script, by their digests, and pictures that are part of it; nothing else."""
    style_digest, script_digest = (base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in (css, script))
    return (
        f"default-src 'none'; style-src 'sha256-{style_digest}'; script-src 'sha256-{script_digest}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


@cache
def part(name: str) -> str:
    """Return a file of this package: a style sheet, or a script."""
    return resources.files("catalogctl.view.html").joinpath(name).read_text(encoding="utf-8")


@cache
def environment() -> Environment:
    """Return what the templates of all pages are made with: whatever they put out is escaped."""
    made = Environment(
        loader=PackageLoader("catalogctl.view.html", ""),
        autoescape=True,
        finalize=_shown,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"counted": counted, "parted": parted, "subject": subject_text}
    return made


def _shown(value: object) -> object:
    """Escape what a template puts out; what another template made is safe already."""
    return value if isinstance(value, Markup) else Markup(escape.html(str(value)))  # noqa: S704 -- it is escaped right there
