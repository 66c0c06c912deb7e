"""Events for programs: one JSON object a line, as they happen."""

from __future__ import annotations

import re
from dataclasses import fields

from catalogctl.events import Event
from catalogctl.model.address import Address
from catalogctl.model.diagnostics import Diagnostic
from catalogctl.model.value import canonical
from catalogctl.view.diagnostics_json import record
from catalogctl.view.escape import json_line, json_text

_WORD = re.compile(r"(?<!^)(?=[A-Z])")


def line(event: Event) -> str:
    """Write an event without a line break: `type` is its name in kebab-case, the others are its fields."""
    said: dict[str, object] = {field.name: _plain(getattr(event, field.name)) for field in fields(event)}
    return json_line(canonical({"type": _WORD.sub("-", type(event).__name__).lower(), **said}).decode())


def _plain(value: object) -> object:
    match value:
        case Address():
            return json_text(str(value))
        case Diagnostic():
            return record(value)
        case str():
            return json_text(value)
        case _:
            return value
