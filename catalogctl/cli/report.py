"""The HTML report of a plan, with what the files of the project add to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from catalogctl.planning.plan import Plan

if TYPE_CHECKING:
    from catalogctl.model.asset import Asset
    from catalogctl.view.html.page import Where


def html_report(plan: Plan, root: Path, where: Where) -> bytes:
    """Write a plan as an HTML page.

    Shapes:  `root` is the project's folder: covers and recordings that lie in it are shown. UTF-8.
    Raises:  TypeError for what must never be written: a Secret.
    """
    from catalogctl.config.media import Media
    from catalogctl.planning.planfile.file import digest
    from catalogctl.view.html.render import render

    return render(plan, digest=digest(plan), where=where, media=Media(root, _assets(plan))).encode()


def _assets(plan: Plan) -> Iterator[Asset]:
    """List the files that the plan knows the places of: what a store is remembered to have may be one of them."""
    from catalogctl.model.asset import Asset

    for change in plan.changes:
        for attributes in (change.before, change.after):
            for value in (attributes or {}).values():
                items = value.values() if isinstance(value, Mapping) else value if isinstance(value, tuple) else (value,)
                yield from (item for item in items if isinstance(item, Asset))
