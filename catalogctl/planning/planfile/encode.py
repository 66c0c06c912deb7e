"""A plan as one JSON document, in the shape of `terraform show -json`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from typing import Final, TypeAlias

from catalogctl.model.address import Address, AttributePath
from catalogctl.model.asset import Asset
from catalogctl.model.diagnostics import Diagnostic, SourceRange
from catalogctl.model.title import Origin
from catalogctl.model.value import Attributes, Value
from catalogctl.planning.action import Action, Reason
from catalogctl.planning.change import UNREADABLE, AttributeChange, Change, Drift, LeftAlone, Missing
from catalogctl.planning.json_values import Json, lookup, value_json, without_signature, written
from catalogctl.planning.plan import Plan, PlannedRequest, Revert
from catalogctl.planning.risk.risk import assess

FORMAT: Final = "1.0"
"""Of the document written here; a reader refuses any other."""

Place: TypeAlias = Callable[[Origin], SourceRange | None]
"""Turns an origin into the place in the file, if it can be determined."""


def document(plan: Plan, place: Place, version: str) -> Json:
    """Return a plan as plain JSON values, but for its `digest` and `checksum`.

    Shapes:  `resource_changes[]`: `change` has Terraform's members; where `before` is left out (a no-op) it is as `after`.
             A value that is not known yet is `null` in `after` and `true` at its place in `after_unknown`; `references` says
             whose id it will be. `attributes[]` lists the paths that differ: a side that is left out is what `before` or
             `after` holds at that path, and absent where they hold nothing. What was observed is what `before` holds under the names of
             `observed_as_before`, and `observed`.
    Raises:  TypeError for what must never be written: a Secret.
    """
    risks = {one.change.address: {"risks": [risk.value for risk in one.risks]} for one in assess(plan.changes) if one.risks}
    return {
        "format_version": FORMAT,
        "catalogctl_version": version,
        "purpose": plan.purpose.name.lower(),
        "refresh": plan.refresh.name.lower(),
        **({} if plan.reverts is None else {"reverts": revert_document(plan.reverts)}),
        "resource_changes": [{**change_document(change, place), **risks.get(change.address, {})} for change in plan.changes],
        "drift": [_drift(item) for item in plan.drift],
        "diagnostics": [_diagnostic(item) for item in plan.diagnostics],
        "summary": asdict(plan.summary),
        "requests": [_request(call) for call in plan.requests],
        "estimate": {"requests": plan.estimate.requests, "seconds": float(plan.estimate.seconds)},
        "reads": plan.reads,
        "titles": dict(plan.titles),
        "base": {
            "environment": plan.base.environment,
            "lineage": plan.base.lineage,
            "serial": plan.base.serial,
            "configuration": plan.base.configuration,
            "accounts": dict(plan.base.accounts),
            "documents": dict(plan.base.documents),
        },
        "assets": assets_document(plan.changes),
    }


def deeds(plan: Plan) -> Json:
    """Return what a plan does and nothing else of it: two plans with equal deeds make the same requests and leave the same state."""
    return {
        "accounts": dict(plan.base.accounts),
        "changes": [_deed(change) for change in plan.changes if change.action.changes_anything or change.updates_state_only],
    }


def reason_name(reason: Reason) -> str:
    """Return the name of a reason as `action_reason` has it."""
    return reason.name.lower().replace("_", "-")


def revert_document(revert: Revert) -> Json:
    """Return which run is taken back."""
    return {**asdict(revert), "started": revert.started.isoformat()}


def change_document(change: Change, place: Place) -> Json:
    """Return a change as `resource_changes` has it.

    Raises:  TypeError for what must never be written: a Secret.
    """
    address = change.address
    entry: Json = {
        "address": str(address),
        "type": change.type.name,
        "provider_name": change.type.provider,
        "account": address.account,
        "title": address.title,
        "edition": address.edition,
        "key": address.key,
        "change": _sides(change),
        "source": _source(change.origin, place),
        "id": change.id,
        "natural_key": change.key,
        "fingerprint": change.fingerprint,
        "protect": change.protect,
        "dependencies": [str(other) for other in change.dependencies],
        "attributes": [_attribute(item, change.before, change.after) for item in change.attributes],
        "record": change.updates_state_only,
        **_observed(change),
    }
    if change.reason is not Reason.NONE:
        entry["action_reason"] = reason_name(change.reason)
    if change.moved_from is not None:
        entry["previous_address"] = str(change.moved_from)
    if change.owner is not None:
        entry["owner"] = str(change.owner)
    if change.withdraws:
        entry["withdraws"] = True
    if change.deposed:
        entry["deposed"] = [{"id": one.id, "key": one.key} for one in change.deposed]
    if change.parts:
        entry["parts"] = _parts(change.parts)
    if change.follows:
        entry["follows"] = [str(other) for other in change.follows]
    if change.ignored:
        entry["ignored"] = [_left_alone(item) for item in change.ignored]
    return entry


def _parts(parts: Mapping[str, Address]) -> Json:
    return {id_: str(address) for id_, address in sorted(parts.items())}


def _left_alone(item: LeftAlone) -> Json:
    rule = item.rule
    until = None if rule.until is None else rule.until.isoformat()
    return {"path": list(item.path), "by": rule.path, "reason": rule.reason, "until": until}


def _sides(change: Change) -> Json:
    after, unknown, references = (None, {}, {}) if change.after is None else written(change.after)
    sides: Json = {
        "actions": list(change.actions),
        "after": after,
        "after_unknown": unknown,
        "replace_paths": [list(path) for path in change.replace_paths],
    }
    if references:
        sides["references"] = references
    before, before_unknown, before_references = (None, {}, {}) if change.before is None else written(change.before)
    if change.action is not Action.NO_OP or (before, before_unknown, before_references) != (after, unknown, references):
        sides["before"] = before
        if before_unknown:
            sides["before_unknown"] = before_unknown
        if before_references:
            sides["before_references"] = before_references
    return sides


def _observed(change: Change) -> Json:
    before = change.before or {}
    same = sorted(name for name, value in change.observed.items() if name in before and before[name] == value)
    values, unknown, _ = written({name: value for name, value in change.observed.items() if name not in set(same)})
    if unknown:
        message = f"{change.address}: what a store told cannot be unknown"
        raise TypeError(message)
    return {"observed": values, "observed_as_before": same}


def _attribute(item: AttributeChange, before: Attributes | None, after: Attributes | None) -> Json:
    return {
        "path": list(item.path),
        **_side("before", item.path, item.before, lookup(before, item.path)),
        **_side("after", item.path, item.after, lookup(after, item.path)),
    }


def _side(name: str, path: AttributePath, value: Value | Missing, otherwise: Value | Missing) -> Json:
    if value == otherwise:
        return {}
    if isinstance(value, Missing):
        return {f"{name}_missing": "unreadable" if value is UNREADABLE else "absent"}
    references: dict[str, str] = {}
    plain, unknown = value_json(path, value, references)
    entry: Json = {name: plain}
    if unknown is not None:
        entry[f"{name}_unknown"] = unknown
    if references:
        entry[f"{name}_references"] = references
    return entry


def _source(origin: Origin | None, place: Place) -> Json | None:
    if origin is None:
        return None
    where = place(origin)
    return {
        "file": origin.path,
        "line": None if where is None else where.line,
        "document": origin.document,
        "pointer": list(origin.pointer),
    }


def assets_document(changes: Iterable[Change]) -> dict[str, Json]:
    """List the local files that will be sent: where they lie, for one who has only the plan. A URL is not reported: it may be signed."""
    found: dict[str, Asset] = {}
    for change in changes:
        if not change.action.changes_anything:
            continue
        for value in (change.after or {}).values():
            for item in value.values() if isinstance(value, Mapping) else value if isinstance(value, tuple) else (value,):
                if isinstance(item, Asset) and item.sha256 and item.is_local and item.location:
                    known = found.setdefault(item.identity, item)
                    found[item.identity] = min(known, item, key=lambda asset: (asset.location, asset.size))
    return {identity: {"path": asset.location, "size": asset.size, "sha1": asset.sha1} for identity, asset in found.items()}


def _drift(item: Drift) -> Json:
    return {
        "address": str(item.address),
        "type": item.type.name,
        "provider_name": item.type.provider,
        "attributes": [_attribute(change, None, None) for change in item.attributes],
        "gone": item.gone,
        "matters": item.matters,
        **({"parts": _parts(item.parts)} if item.parts else {}),
    }


def _diagnostic(item: Diagnostic) -> Json:
    source = item.source
    return {
        "severity": item.severity.value,
        "code": item.code,
        "summary": item.summary,
        "detail": without_signature(item.detail),
        "hint": item.hint,
        "address": item.address,
        "attribute": item.attribute,
        "source": None
        if source is None
        else {
            "file": source.path,
            "line": source.line,
            "column": source.column,
            "end_column": source.end_column,
            "text": without_signature(source.text),
        },
    }


def _request(call: PlannedRequest) -> Json:
    return {"method": call.method, "path": call.path, "address": str(call.address), "operation": call.operation}


def _deed(change: Change) -> Json:
    after, unknown, references = (None, {}, {}) if change.after is None else written(change.after)
    return {
        "address": str(change.address),
        "actions": list(change.actions),
        "after": after,
        "after_unknown": unknown,
        "references": references,
        "changed": sorted(change.changed),
        "id": change.id,
        "natural_key": change.key,
        "fingerprint": change.fingerprint,
        "protect": change.protect,
        "deposed": [one.id for one in change.deposed],
        **({"withdraws": True} if change.withdraws else {}),
        "dependencies": [str(other) for other in change.dependencies],
        "noted": written(change.observed)[0] if change.updates_state_only else None,
    }
