"""The published schemas as files, with what the installed providers take."""

from __future__ import annotations

import orjson

from catalogctl.config.schema import schemas
from catalogctl.planning.planfile_schema import plan_schema
from catalogctl.planning.runfile_schema import run_schema
from catalogctl.provider import discovery


def schema_files() -> dict[str, bytes]:
    """Make the schemas, of the files that people write, of a plan and of a run: file name → content."""
    providers = {name: discovery.provider(name) for name in discovery.names()}
    option = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    made = {**schemas(providers), "plan": plan_schema(), "run": run_schema()}
    return {f"{name}.schema.json": orjson.dumps(schema, option=option) for name, schema in made.items()}
