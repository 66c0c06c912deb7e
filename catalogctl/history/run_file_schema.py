"""The JSON Schema of a run: the shape that `runfile.document` writes and others may rely on."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, Final, TypeAlias

from catalogctl.config.json_schemas import ADDRESS
from catalogctl.config.schema.draft7 import DIALECT
from catalogctl.history.run import FORMAT, Fate, RunOutcome
from catalogctl.planning.plan import Summary
from catalogctl.planning.planfile.schema import list_schema, nullable, object_schema, plan_schema, reverts_schema
from catalogctl.planning.scope import Purpose

_Schema: TypeAlias = dict[str, Any]

_TEXT: Final[_Schema] = {"type": "string"}
_COUNT: Final[_Schema] = {"type": "integer", "minimum": 0}
_BOOLEAN: Final[_Schema] = {"type": "boolean"}
_SECONDS: Final[_Schema] = {"type": "number", "minimum": 0}
_ADDRESS: Final[_Schema] = {"$ref": "#/definitions/address"}
_TIME: Final[_Schema] = {"type": "string", "format": "date-time"}
_OUTCOME: Final[_Schema] = {"enum": [outcome.value for outcome in RunOutcome]}
_FATE: Final[_Schema] = {"enum": [fate.value for fate in Fate]}


def run_schema() -> _Schema:
    """Make the schema, draft-07, of a run in the format that this version writes.

    Shapes:  as that of a plan, whose changes it has: members that are not named are allowed in no object but among values.
    Source:  docs/history.md.
    """
    of_plan = plan_schema()["definitions"]
    change = of_plan["resource_change"]
    also = {"operations": list_schema(_TEXT), "fate": _FATE}
    definitions = {
        **{name: of_plan[name] for name in ("address", "attribute_change", "change")},
        "resource_change": {
            **change,
            "required": sorted([*change["required"], *also]),
            "properties": {**change["properties"], **also},
        },
        "step": _step(),
    }
    document = {
        "format_version": {"const": FORMAT},
        "run": _begun(),
        "outcome": _OUTCOME,
        "ended": nullable(_ended()),
        "summary": object_schema({field.name: _COUNT for field in fields(Summary)}),
        "resource_changes": list_schema({"$ref": "#/definitions/resource_change"}),
        "steps": list_schema({"$ref": "#/definitions/step"}),
        "recovered": list_schema({"$ref": "#/definitions/step"}),
        "calls": list_schema(_call()),
    }
    return {
        "$schema": DIALECT,
        "$id": f"{ADDRESS}/run.schema.json",
        "title": "a run",
        "description": "What one apply did, as catalogctl history show RUN --format json writes it.",
        **object_schema(document),
        "definitions": definitions,
    }


def line_schemas() -> dict[str, _Schema]:
    """Make the schemas of the lines of a record, by the member that each has and no other: what is read back is judged by them."""
    of_plan = plan_schema()
    definitions = {name: of_plan["definitions"][name] for name in ("address", "attribute_change", "change", "resource_change")}
    begun, step = _begun(), _step()
    also = {
        "format_version": {"enum": [FORMAT]},
        "summary": object_schema({field.name: _COUNT for field in fields(Summary)}),
        "operations": _COUNT,
        "hold": _TEXT,
    }
    of_step = {**step, "required": [*step["required"], "recovered"], "properties": {**step["properties"], "recovered": _BOOLEAN}}
    lines = {
        "begun": {**begun, "required": sorted([*begun["required"], *also]), "properties": {**begun["properties"], **also}},
        "step": of_step,
        "recovered": of_step,
        "call": _call(),
        "noted": {"enum": [True]},
        "ended": _ended(),
    }
    assets = of_plan["properties"]["assets"]
    change = {"change": {"$ref": "#/definitions/resource_change"}, "operations": list_schema(_TEXT), "assets": assets}
    whole = {**{name: object_schema({name: line}) for name, line in lines.items()}, "change": object_schema(change)}
    return {name: {**line, "definitions": definitions} for name, line in whole.items()}


def _ended() -> _Schema:
    return object_schema({"at": _TIME, "outcome": _OUTCOME, "reason": _TEXT, "serial": nullable(_COUNT), "cut_off": _BOOLEAN})


def _begun() -> _Schema:
    return object_schema(
        {
            "id": {"type": "string", "pattern": "^[0-9a-f]{8}$"},
            "environment": _TEXT,
            "started": _TIME,
            "actor": _TEXT,
            "host": _TEXT,
            "command": _TEXT,
            "job": _TEXT,
            "version": _TEXT,
            "commit": nullable(object_schema({"id": _TEXT, "edited": _BOOLEAN})),
            "digest": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
            "saved": _BOOLEAN,
            "purpose": {"enum": [purpose.name.lower() for purpose in Purpose]},
            "reverts": nullable(reverts_schema()),
            "lineage": _TEXT,
            "serial": _COUNT,
            "accounts": {"type": "object", "additionalProperties": _TEXT},
        },
        approved=_BOOLEAN,
    )


def _step() -> _Schema:
    return object_schema(
        {
            "operation": _TEXT,
            "verb": _TEXT,
            "address": _ADDRESS,
            "fate": _FATE,
            "seconds": nullable(_SECONDS),
            "code": _TEXT,
            "detail": _TEXT,
        }
    )


def _call() -> _Schema:
    return object_schema(
        {
            "account": _TEXT,
            "method": _TEXT,
            "path": _TEXT,
            "address": nullable(_ADDRESS),
            "operation": _TEXT,
            "attempt": {"type": "integer", "minimum": 1},
            "status": nullable(_COUNT),
            "seconds": _SECONDS,
        }
    )
