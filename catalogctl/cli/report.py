"""The HTML report of a plan, with what the files of the project add to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from catalogctl.planning.plan import Plan

if TYPE_CHECKING:
    from catalogctl.model.asset import Asset
    from catalogctl.model.picture import Previews
    from catalogctl.view.html.page import Where


def html_report(plan: Plan, root: Path, where: Where) -> bytes:
    """Write a plan as an HTML page.

    Shapes:  `root` is the project's folder: covers and recordings that lie in it are shown. UTF-8.
    Raises:  TypeError for what must never be written: a Secret.
    """
    from catalogctl.planning.planfile.file import digest
    from catalogctl.view.html.render import render

    return render(plan, digest=digest(plan), where=where, previews=_previews(plan, root)).encode()


def _previews(plan: Plan, root: Path) -> Previews:
    """Look at all files that the page shows, each where the plan knows it or in the history of the one that takes its place."""
    from catalogctl.config.media import Media
    from catalogctl.model.asset import Asset

    changing = (change for change in plan.changes if change.action.changes_anything)
    differences = [item for drift in plan.drift for item in drift.attributes]
    differences += [item for change in changing for item in change.attributes]
    pairs = [(item.before, item.after) for item in differences]
    successors = {old.sha256: new for old, new in pairs if isinstance(old, Asset) and isinstance(new, Asset)}
    media = Media(root, _assets(plan))
    shown = [*(value for pair in pairs for value in pair if isinstance(value, Asset)), *_assets(plan)]
    return {asset.sha256: media.preview(asset, successors.get(asset.sha256)) for asset in shown if asset.sha256}


def _assets(plan: Plan) -> Iterator[Asset]:
    """List the files that the plan knows the places of: what a store is remembered to have may be one of them."""
    from catalogctl.model.asset import Asset

    for change in plan.changes:
        for attributes in (change.before, change.after):
            for value in (attributes or {}).values():
                items = value.values() if isinstance(value, Mapping) else value if isinstance(value, tuple) else (value,)
                yield from (item for item in items if isinstance(item, Asset))
