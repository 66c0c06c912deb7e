"""The JSON Schema of plan JSON: the shape that `planfile_document.document` writes and others may rely on."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, Final, TypeAlias

from catalogctl.config.json_schemas import ADDRESS
from catalogctl.config.schema.draft7 import DIALECT
from catalogctl.model.diagnostics import Severity
from catalogctl.planning.action import Reason
from catalogctl.planning.plan import Refresh, Summary
from catalogctl.planning.planfile.encode import FORMAT, reason_name
from catalogctl.planning.risk.risk import Risk
from catalogctl.planning.scope import Purpose

_Schema: TypeAlias = dict[str, Any]

_ACTIONS: Final = (
    ["no-op"],
    ["create"],
    ["update"],
    ["delete"],
    ["delete", "create"],
    ["create", "delete"],
    ["adopt"],
    ["adopt", "update"],
    ["forget"],
)
_COUNT: Final[_Schema] = {"type": "integer", "minimum": 0}
_TEXT: Final[_Schema] = {"type": "string"}
_OPTIONAL: Final[_Schema] = {"type": ["string", "null"]}
_BOOLEAN: Final[_Schema] = {"type": "boolean"}
_DIGEST: Final[_Schema] = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
_ADDRESS: Final[_Schema] = {"$ref": "#/definitions/address"}
_ATTRIBUTES: Final[_Schema] = {"type": ["object", "null"], "description": "By name; null where there is no object."}
_TEXTS: Final[_Schema] = {"type": "object", "additionalProperties": _TEXT}


def plan_schema() -> _Schema:
    """Make the schema, draft-07, of a plan in the format that this version writes.

    Shapes:  members that are not named are allowed in no object but among the values of attributes: a reader finds here all there is.
    Source:  PRODUCT.md 4; docs/plan.md.
    """
    top = {
        "format_version": {"const": FORMAT},
        "catalogctl_version": _TEXT,
        "purpose": {"enum": [purpose.name.lower() for purpose in Purpose]},
        "refresh": {"enum": [refresh.name.lower() for refresh in Refresh]},
        "resource_changes": list_schema(_ref("resource_change")),
        "drift": list_schema(_ref("drift")),
        "diagnostics": list_schema(_ref("diagnostic")),
        "summary": object_schema({field.name: _COUNT for field in fields(Summary)}),
        "requests": list_schema(object_schema({"method": _TEXT, "path": _TEXT, "address": _ADDRESS, "operation": _TEXT})),
        "estimate": object_schema({"requests": _COUNT, "seconds": {"type": "number", "minimum": 0}}),
        "reads": _COUNT,
        "titles": _TEXTS,
        "base": object_schema(
            {
                "environment": _TEXT,
                "lineage": _TEXT,
                "serial": _COUNT,
                "configuration": _TEXT,
                "accounts": _TEXTS,
                "documents": _TEXTS,
            }
        ),
        "assets": {"type": "object", "additionalProperties": object_schema({"path": _TEXT, "size": _COUNT, "sha1": _TEXT})},
        "digest": _DIGEST,
        "checksum": _DIGEST,
    }
    definitions = {
        "address": {"type": "string", "pattern": "^[^/]+/[^/]+/[^/]+", "examples": ["store/content/mirror-work.epub"]},
        "attribute_change": object_schema(
            {"path": _path()},
            before={},
            after={},
            before_missing={"enum": ["absent", "unreadable"]},
            after_missing={"enum": ["absent", "unreadable"]},
            before_unknown={},
            after_unknown={},
            before_references=_TEXTS,
            after_references=_TEXTS,
        ),
        "change": object_schema(
            {
                "actions": {"enum": [list(actions) for actions in _ACTIONS]},
                "after": _ATTRIBUTES,
                "after_unknown": {"type": "object"},
                "replace_paths": list_schema(_path()),
            },
            before=_ATTRIBUTES,
            before_unknown={"type": "object"},
            references=_TEXTS,
            before_references=_TEXTS,
        ),
        "diagnostic": object_schema(
            {
                "severity": {"enum": [severity.value for severity in Severity]},
                "code": _TEXT,
                "summary": _TEXT,
                "detail": _TEXT,
                "hint": _TEXT,
                "address": _OPTIONAL,
                "attribute": _OPTIONAL,
                "source": nullable(object_schema({"file": _TEXT, "line": _COUNT, "column": _COUNT, "end_column": _COUNT, "text": _TEXT})),
            }
        ),
        "drift": object_schema(
            {
                "address": _ADDRESS,
                "type": _TEXT,
                "provider_name": _TEXT,
                "attributes": list_schema(_ref("attribute_change")),
                "gone": _BOOLEAN,
                "matters": _BOOLEAN,
            },
            parts=_TEXTS,
        ),
        "resource_change": _resource_change(),
    }
    return {
        "$schema": DIALECT,
        "$id": f"{ADDRESS}/plan.schema.json",
        "title": "a plan",
        "description": "What apply would do, as catalogctl plan --format json writes it.",
        **object_schema(top, reverts=reverts_schema()),
        "definitions": definitions,
    }


def reverts_schema() -> _Schema:
    """Make the schema of which run a plan takes back."""
    return object_schema(
        {"run": _TEXT, "started": _TEXT, "actor": _TEXT, "commit": _TEXT, "force": _BOOLEAN, "impossible": _COUNT, "left": _COUNT}
    )


def _resource_change() -> _Schema:
    return object_schema(
        {
            "address": _ADDRESS,
            "type": _TEXT,
            "provider_name": _TEXT,
            "account": _TEXT,
            "title": _TEXT,
            "edition": _TEXT,
            "key": _TEXT,
            "change": _ref("change"),
            "source": nullable(
                object_schema({"file": _TEXT, "line": {"type": ["integer", "null"]}, "document": _COUNT, "pointer": _path()})
            ),
            "id": _OPTIONAL,
            "natural_key": _TEXT,
            "fingerprint": _TEXT,
            "protect": _BOOLEAN,
            "dependencies": list_schema(_ADDRESS),
            "attributes": list_schema(_ref("attribute_change")),
            "record": _BOOLEAN,
            "observed": {"type": "object"},
            "observed_as_before": list_schema(_TEXT),
        },
        action_reason={"enum": sorted(reason_name(reason) for reason in Reason if reason is not Reason.NONE)},
        owner=_ADDRESS,
        previous_address=_ADDRESS,
        deposed=list_schema(object_schema({"id": _TEXT, "key": _TEXT})),
        follows=list_schema(_ADDRESS),
        withdraws={"const": True},
        parts=_TEXTS,
        risks=list_schema({"enum": [risk.value for risk in Risk]}),
        ignored=list_schema(object_schema({"path": _path(), "by": _TEXT, "reason": _TEXT, "until": _OPTIONAL})),
    )


def object_schema(always: _Schema, **sometimes: _Schema) -> _Schema:
    """Make the schema of an object that has some members always and others where there is something to say."""
    return {"type": "object", "required": sorted(always), "properties": {**always, **sometimes}, "additionalProperties": False}


def list_schema(items: _Schema) -> _Schema:
    """Make the schema of a list of such items."""
    return {"type": "array", "items": items}


def _path() -> _Schema:
    return {"type": "array", "items": {"type": ["string", "integer"]}}


def nullable(schema: _Schema) -> _Schema:
    """Make the schema of what may be missing."""
    return {"anyOf": [{"type": "null"}, schema]}


def _ref(name: str) -> _Schema:
    return {"$ref": f"#/definitions/{name}"}
