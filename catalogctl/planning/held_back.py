"""Leave out of a plan what may exist already, where a store's listing never adds up. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from catalogctl.model.address import Address
from catalogctl.model.diagnostics import Diagnostic, warning
from catalogctl.planning.action import Action
from catalogctl.planning.change import Change
from catalogctl.planning.planner import Verdicts


def hold_back(verdicts: Verdicts, uncertain: Collection[Address]) -> Verdicts:
    """Return the verdicts without the creates of objects that may exist, and without what depends on these.

    Shapes:  owners are before their parts in `verdicts.changes`.
    Source:  PRODUCT.md 5.10.
    """
    if not uncertain:
        return verdicts
    held: dict[Address, Change] = {}
    for change in verdicts.changes:
        is_new = change.action is Action.CREATE and change.address in uncertain
        if is_new or (change.action.changes_anything and any(needed in held for needed in change.dependencies)):
            held[change.address] = change
    kept = tuple(change for change in verdicts.changes if change.address not in held)
    drift = tuple(item for item in verdicts.drift if item.address not in held)
    told = tuple(_told(change) for change in held.values() if change.address in uncertain)
    return replace(verdicts, changes=kept, drift=drift, diagnostics=(*verdicts.diagnostics, *told))


def _told(change: Change) -> Diagnostic:
    detail = f"The store's list does not show {change.key!r}, and the list does not add up: {change.address} may be there all the same."
    hint = f"Look for it in the store. If it is there, adopt it by its id:\ncatalogctl import {change.address} ID"
    return warning("create-held-back", "An object that may exist is not created", detail, hint, address=str(change.address))
