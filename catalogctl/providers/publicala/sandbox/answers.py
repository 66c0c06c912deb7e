"""The answers that both versions of the API give alike."""

from __future__ import annotations

from collections.abc import Mapping

import orjson

from catalogctl.provider.emulation import SandboxRequest, SandboxResponse

JSON_HEADERS = {"Content-Type": "application/json"}


def origin(request: SandboxRequest) -> str:
    """Return the address of the store that a request was sent to."""
    return f"http://{request.headers.get('host', 'your-store.com')}"


def answer(status: int, body: object) -> SandboxResponse:
    """Answer with JSON."""
    return SandboxResponse(status, JSON_HEADERS, orjson.dumps(body))


def message(status: int, text: str) -> SandboxResponse:
    """Answer with a sentence, as Laravel does."""
    return answer(status, {"message": text})


def invalid(errors: Mapping[str, list[str]]) -> SandboxResponse:
    """Refuse what was sent; errors are by field in Laravel's dotted form."""
    return answer(422, {"message": "The given data was invalid.", "errors": errors})


def not_allowed(method: str, allowed: str) -> SandboxResponse:
    """Refuse a verb; `allowed` are those that the route takes, as in the header Allow."""
    text = f"The {method} method is not supported for this route. Supported methods: {allowed}."
    return SandboxResponse(405, JSON_HEADERS | {"Allow": allowed}, orjson.dumps({"message": text}))


def login_page(store: str) -> SandboxResponse:
    """Send whoever does not ask for JSON to the login page."""
    page = f"<!DOCTYPE html><html><body>Redirecting to {store}/login.</body></html>"
    return SandboxResponse(302, {"Content-Type": "text/html; charset=UTF-8", "Location": f"{store}/login"}, page.encode())
