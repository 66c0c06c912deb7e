"""The bodies that the emulated service answers with: data, its two error objects, nothing at all, and the storage's XML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from xml.sax.saxutils import escape

import orjson

from catalogctl.provider.emulation import SandboxRequest, SandboxResponse

_TITLES: Mapping[int, str] = {
    400: "Request message failed validation",
    402: "Operation not allowed",
    404: "Not found",
    405: "Method not allowed",
    422: "Validation failed",
    429: "Too many requests",
}


@dataclass(frozen=True, slots=True)
class ValueFault:
    """What is wrong with one value of a request."""

    name: str
    """Its place: a field, a dotted way into an array or object, a parameter, or a header."""
    reason: str


class RequestRefused(Exception):
    """A request is refused, and this is the answer; nothing of it has been applied."""

    def __init__(self, response: SandboxResponse) -> None:
        super().__init__(response.status)
        self.response = response


def success(status: int, value: object) -> SandboxResponse:
    """Answer with JSON."""
    return SandboxResponse(status, {"Content-Type": "application/json"}, orjson.dumps(value))


def empty(status: int) -> SandboxResponse:
    """Answer with no body and no Content-Type."""
    return SandboxResponse(status)


def message(status: int, text: str) -> SandboxResponse:
    """Answer with the short error object."""
    return success(status, {"message": text})


def problem(request: SandboxRequest, status: int, detail: str, *faults: ValueFault, title: str | None = None) -> SandboxResponse:
    """Answer with the long error object; its `instance` is the path by which the service calls itself."""
    body = {
        "title": title or _TITLES[status],
        "status": status,
        "detail": detail,
        "instance": internal_path(request),
        "invalidParams": faults,
    }
    return SandboxResponse(status, {"Content-Type": "application/problem+json"}, orjson.dumps(body))


def leaked_forbidden(request: SandboxRequest) -> SandboxResponse:
    """Answer as the service does whose response validator stumbles over its own empty 403."""
    detail = f"Missing required header Content-Type for Response [{request.method.lower()} {internal_path(request)} 403]"
    return problem(request, 400, detail, title="Response message failed validation")


def storage_error(status: int, code: str, text: str) -> SandboxResponse:
    """Answer as the storage behind the upload URLs does."""
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{escape(code)}</Code><Message>{escape(text)}</Message></Error>'
    return SandboxResponse(status, {"Content-Type": "application/xml"}, body.encode())


def internal_path(request: SandboxRequest) -> str:
    """Return a request's path as the service has it internally."""
    return f"/api{request.path}"
