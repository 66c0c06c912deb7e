"""A host's API over HTTP: pages followed to their end, failures as diagnostics, the token sent to one origin and shown nowhere."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import Any

import httpx

from catalogctl.model.diagnostics import CatalogError, error

_ATTEMPTS = 3
_PAUSE = 0.4
"""Seconds before a second attempt; twice that before a third."""
_PATIENCE = 20.0
"""Seconds that a host may ask us to wait."""
_PAGES = 200
_LARGEST = 64 * 1024 * 1024
"""Bytes of an answer."""
_REPEATABLE = {"GET", "PUT", "PATCH", "DELETE"}


class ApiError(CatalogError):
    """What a host answered in place of what was asked for."""

    def __init__(self, status: int | None, summary: str, detail: str, hint: str = "") -> None:
        super().__init__(error("ci-api", summary, detail, hint))
        self.status = status
        """Of the answer; `None` where there was none."""


class Api:
    """A connection to one host, in the name of one token."""

    def __init__(self, name: str, base: str, headers: Mapping[str, str], token: str) -> None:
        self._name = name
        self._base = base.rstrip("/")
        self._headers = headers
        self._token = token
        self._client = httpx.Client(timeout=30, follow_redirects=False)

    def get(self, path: str, **params: str | int) -> Any:
        """Read one thing."""
        return self._json(self._request("GET", f"{self._base}{path}", params=params))

    def send(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """Write something; give what came of it."""
        answer = self._request(method, f"{self._base}{path}", body=body)
        return self._json(answer) if answer.content else None

    def every(self, path: str, within: str | None = None, **params: str | int) -> Iterator[Mapping[str, Any]]:
        """Read a list to its end, page by page.

        Shapes:  with `within`, each page is an object that has its items under this name.
        """
        answer = self._request("GET", f"{self._base}{path}", params={**params, "per_page": 100})
        for _ in range(_PAGES):
            page = self._json(answer)
            yield from page[within] if within else page
            following = answer.links.get("next", {}).get("url")
            if not following:
                return
            following = str(httpx.URL(self._base).join(following))
            if _origin(following) != _origin(self._base):
                raise ApiError(None, f"{self._name} refers elsewhere", f"The next page of {path} would be at another origin.")
            answer = self._request("GET", following)
        raise ApiError(None, f"A list of {self._name} has no end", f"{path} has more than {_PAGES} pages.")

    def download(self, path: str) -> bytes | None:
        """Read a file, `None` where it is not there or no longer; from elsewhere where the host says so, and then without the token."""
        try:
            answer = self._request("GET", f"{self._base}{path}")
            if answer.is_redirect:
                answer = self._request("GET", str(answer.request.url.join(answer.headers["location"])))
        except ApiError as failed:
            if failed.status in {404, 410}:
                return None
            raise
        return answer.content

    def _request(self, method: str, url: str, *, params: Mapping[str, str | int] | None = None, body: Any = None) -> httpx.Response:
        headers = {**self._headers, "Accept-Encoding": "identity"} if _origin(url) == _origin(self._base) else {}
        for attempt in range(1, _ATTEMPTS + 1):
            last = attempt == _ATTEMPTS or method not in _REPEATABLE
            try:
                answer = self._client.request(method, url, params=params or None, json=body, headers=headers)
            except httpx.HTTPError as failure:
                if last:
                    raise self._unreachable(method, url, failure) from None
                time.sleep(_PAUSE * attempt)
                continue
            if len(answer.content) > _LARGEST:
                raise ApiError(answer.status_code, f"{self._name} answers too much", f"{_told(url)}: more than {_LARGEST:,} bytes.")
            if answer.is_success or answer.is_redirect:
                return answer
            pause = self._pause(answer, attempt)
            if last or pause is None:
                raise self._refused(method, answer)
            time.sleep(pause)
        raise AssertionError

    def _pause(self, answer: httpx.Response, attempt: int) -> float | None:
        """Return how long to wait before the same is asked once more; `None` where that would be no use."""
        if answer.status_code >= 500:
            return _PAUSE * attempt
        asked = answer.headers.get("retry-after", "")
        limited = answer.status_code == 429 or (answer.status_code == 403 and asked)
        if not limited or not asked.isdecimal() or int(asked) > _PATIENCE:
            return None
        return float(asked)

    def _refused(self, method: str, answer: httpx.Response) -> ApiError:
        try:
            said = answer.json().get("message", "")
        except (ValueError, AttributeError):
            said = ""
        detail = f"{method} {_told(str(answer.request.url))} was answered with {answer.status_code}"
        detail += f": {self._clean(str(said))[:300]}" if said else "."
        hints = {
            401: "The token is not, or no longer, valid.",
            403: "The token lacks a permission; docs/ci.md lists those that each step needs.",
            404: "What it is about is gone, or the token may not see it.",
            429: "The host limits requests. Run the job once more, later.",
        }
        hint = hints.get(answer.status_code, "Run the job once more." if answer.status_code >= 500 else "")
        return ApiError(answer.status_code, f"{self._name} refuses", detail, hint)

    def _unreachable(self, method: str, url: str, failure: httpx.HTTPError) -> ApiError:
        detail = f"{method} {_told(url)}: {self._clean(str(failure)) or type(failure).__name__}"
        return ApiError(None, f"{self._name} cannot be reached", detail, "Run the job once more.")

    def _json(self, answer: httpx.Response) -> Any:
        try:
            return answer.json()
        except ValueError:
            raise ApiError(answer.status_code, f"{self._name} answers no JSON", f"{_told(str(answer.request.url))}.") from None

    def _clean(self, text: str) -> str:
        return text.replace(self._token, "***") if self._token else text


def _origin(url: str) -> tuple[str, str, int | None]:
    parts = httpx.URL(url)
    return parts.scheme, parts.host, parts.port


def _told(url: str) -> str:
    """Name an address without its query, which may be signed."""
    return str(httpx.URL(url).copy_with(query=None))
