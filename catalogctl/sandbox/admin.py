"""The back doors of a served emulator: look at it and tell it to misbehave from another process."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import cast

import orjson

from catalogctl.provider.emulation import Emulator, Json, SandboxRequest, SandboxResponse
from catalogctl.sandbox.faults import Faults, fault_from

PREFIX = "/_sandbox/"


def administer(request: SandboxRequest, emulator: Emulator, faults: Faults) -> SandboxResponse:
    """Answer a request under `/_sandbox/`: 200 with JSON, 400 for a body that makes no sense, 404 for what is unknown."""
    door = request.path.removeprefix(PREFIX).rstrip("/")
    try:
        body: Json = orjson.loads(request.body) if request.body else {}
        return _json(200, _opened(request.method, door, body, emulator, faults))
    except LookupError as problem:
        return _json(404, {"message": f"not found: {problem.args[0] if problem.args else ''}"})
    except (TypeError, ValueError, AttributeError, ArithmeticError, re.error) as problem:
        return _json(400, {"message": str(problem)})


def _opened(method: str, door: str, body: Json, emulator: Emulator, faults: Faults) -> object:
    match method, door:
        case "GET", "requests":
            return emulator.requests
        case "DELETE", "requests":
            emulator.clear_log()
        case "GET", "rows":
            return emulator.rows()
        case "POST", "rows":
            emulator.seed(cast("list[Mapping[str, object]]", _field(body, "rows", list)))
        case "POST", "edit":
            emulator.edit(cast("str", _field(body, "key", str)), **cast("dict[str, object]", _field(body, "changes", dict)))
        case "POST", "remove":
            emulator.remove(cast("str", _field(body, "key", str)))
        case "POST", "reset":
            emulator.reset()
            faults.clear()
        case "GET", "faults":
            return {"waiting": faults.waiting, "met": faults.met}
        case "POST", "faults":
            described = body if isinstance(body, list) else [body]
            faults.add(*(fault_from(cast("dict[str, Json]", item)) for item in described))
        case "DELETE", "faults":
            faults.clear()
        case _:
            raise LookupError(f"{method} {PREFIX}{door}")
    return {"done": True}


def _field(body: Json, name: str, kind: type) -> object:
    value = body.get(name) if isinstance(body, dict) else None
    if not isinstance(value, kind):
        raise TypeError(f"the body needs {name!r}, a {kind.__name__}")
    return value


def _json(status: int, value: object) -> SandboxResponse:
    return SandboxResponse(status, {"Content-Type": "application/json"}, orjson.dumps(value))
