"""What a saved plan was made from, held against what there is now: where that is something else, the whole plan is refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from catalogctl.model.asset import Asset
from catalogctl.model.diagnostics import Diagnostic, error
from catalogctl.model.value import Attributes
from catalogctl.planning.catalog import Catalog
from catalogctl.planning.change import Change
from catalogctl.planning.plan import Base, Plan

_NAMED = 20
"""So many files are named; of more, the rest is counted."""
_DIGEST_SHOWN = 8


def again(command: str) -> str:
    """Return the hint to make a plan once more; `command` makes it, after `catalogctl`."""
    return f"Make and review a new plan:\ncatalogctl {command} --out FILE"


def basis_changed(saved: Plan, here: Base, catalog: Catalog) -> tuple[Diagnostic, ...]:
    """Name everything that a saved plan was made from and that is otherwise now; empty where the plan still has its ground.

    Shapes:  `here` has all accounts, and in `documents` those that have a say in the titles of `saved`. An environment of another
             name has other files, accounts and state as well, and they are not reported.
    Source:  PRODUCT.md 5.2; 6.16.
    """
    if saved.base.environment != here.environment:
        detail = f"It was made for environment {saved.base.environment!r}; this is {here.environment!r}."
        hint = f"catalogctl --env {saved.base.environment} apply …"
        return (error("plan-environment", "The plan is for another environment", detail, hint),)
    return (*_lineage(saved, here), *_accounts(saved, here), *_files(saved, here), *_assets(saved, catalog))


def _lineage(saved: Plan, here: Base) -> Iterator[Diagnostic]:
    was = saved.base
    # A plan made when there was no state yet is held against the state that came since, object by object.
    if was.serial == 0 or was.lineage == here.lineage:
        return
    now = f"has lineage {here.lineage}" if here.serial else "is empty here"
    detail = f"It was made from lineage {was.lineage}; the state of environment {here.environment} {now}."
    yield error("plan-lineage", "The plan was made from another state", detail, again(saved.command))


def _accounts(saved: Plan, here: Base) -> Iterator[Diagnostic]:
    for account in sorted({change.address.account for change in saved.changes if change.action.changes_anything}):
        was, now = saved.base.accounts.get(account, "no store"), here.accounts.get(account)
        if was != now:
            there = f"it points at {now} now" if now else "the project file no longer names it"
            yield error(
                "plan-account",
                "The plan is for another store",
                f"Account {account!r} was {was} in the plan; {there}.",
                again(saved.command),
            )


def _files(saved: Plan, here: Base) -> Iterator[Diagnostic]:
    was = saved.base
    found = [
        f"- {_said(name)} {_fate(was.documents.get(name), here.documents.get(name))}"
        for name in sorted({*was.documents, *here.documents})
        if was.documents.get(name) != here.documents.get(name)
    ]
    if found:
        rest = [f"- and {len(found) - _NAMED:,} more"] if len(found) > _NAMED else []
        detail = "\n".join(["What the plan does comes from these, and they are no longer as they were:", *found[:_NAMED], *rest])
        yield error("plan-files-changed", "Files changed after the plan", detail, again(saved.command))


def _said(name: str) -> str:
    """Name a piece of what the files say: `catalog/faro.yaml (title faro)`."""
    path, _, what = name.rpartition("#")
    if not path:
        return name
    return f"{path} ({what if what in {'defaults', 'blocks'} else f'title {what}'})"


def _fate(was: str | None, now: str | None) -> str:
    if was is None:
        return "is new"
    return "is gone" if now is None else "changed"


def _assets(saved: Plan, catalog: Catalog) -> Iterator[Diagnostic]:
    """Find local files that were to be sent, and lie where they did with something else in them."""
    here: dict[str, Asset] = {}
    for change in _doing(saved):
        here.update({asset.location: asset for asset in _local(_wanted(change, catalog))})
    for path, asset in planned_files(saved).items():
        now = here.get(path, asset)
        if now != asset:
            yield _other_file(saved, path, asset, now.sha256)


def planned_files(saved: Plan) -> dict[str, Asset]:
    """Return the local files that a saved plan may send, by path and ordered by it."""
    planned = {asset.location: asset for change in _doing(saved) for asset in _local(change.after or {})}
    return dict(sorted(planned.items()))


def other_files(saved: Plan, digests: Mapping[str, str]) -> tuple[Diagnostic, ...]:
    """Name each file of a saved plan whose bytes are not those that it was planned with.

    Shapes:  `digests` has the sha256 of each path of `planned_files`, as just read; empty for a file that cannot be read.
    Source:  PRODUCT.md 6.16, 6.23.
    """
    return tuple(_other_file(saved, path, one, digests[path]) for path, one in planned_files(saved).items() if digests[path] != one.sha256)


def _other_file(saved: Plan, path: str, planned: Asset, now: str) -> Diagnostic:
    is_ = f"now {now[:_DIGEST_SHOWN]}…" if now else "now it cannot be read"
    detail = f"{path} is no longer the file that this was planned with (sha256 {planned.sha256[:_DIGEST_SHOWN]}…, {is_})."
    return error("plan-asset-changed", "A file changed after the plan", detail, again(saved.command))


def _doing(saved: Plan) -> list[Change]:
    return [change for change in saved.changes if change.action.changes_anything]


def _wanted(change: Change, catalog: Catalog) -> Attributes:
    resource = catalog.resources.get(change.address)
    return {} if resource is None else resource.attributes


def _local(attributes: Attributes) -> Iterator[Asset]:
    for value in attributes.values():
        for item in value.values() if isinstance(value, Mapping) else value if isinstance(value, tuple) else (value,):
            if isinstance(item, Asset) and item.sha256 and item.is_local and item.location:
                yield item
