"""The bodies of answers: a list in its envelope, a file's object, a product's, and an error's.

Chosen where the documents are silent: an error's ID is `noun::complaint`, as the official wrapper's are; a product shows its
identifiers as `external_identifiers`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal
from uuid import NAMESPACE_URL, uuid5

import orjson

from catalogctl.provider.emulation import Json, SandboxResponse
from catalogctl.providers.openpublishing.sandbox.product import StoredFile, StoredProduct

PUBLIC_URL = "https://api.openpublishing.com"
"""What links begin with, wherever the emulation is served: no one downloads from it, and objects stay the same from run to run."""
JSON_HEADERS: Mapping[str, str] = {"Content-Type": "application/json"}
_VALID: Mapping[str, Json] = {"valid": True, "messages": []}


class RequestRefused(Exception):
    """A request that is not granted."""

    def __init__(self, status: int, identifier: str, text: str, headers: Mapping[str, str] | None = None, **parameters: Json) -> None:
        super().__init__(identifier)
        self.status = status
        self.identifier = identifier
        self.text = text
        self.headers = headers or {}
        self.parameters = parameters

    def answer(self, status: int | None = None) -> SandboxResponse:
        """Return the answer, under another status where there is one."""
        error = {"ID": self.identifier, "LOCALE_STR": self.text, "PARAMETERS": self.parameters}
        return SandboxResponse(status or self.status, {**JSON_HEADERS, **self.headers}, orjson.dumps({"ERROR": error}))


def answer(status: int, value: object) -> SandboxResponse:
    """Return a value as JSON."""
    return SandboxResponse(status, JSON_HEADERS, orjson.dumps(value))


def listing(items: Iterable[object], envelope: Literal["items", "links_items", "bare"]) -> object:
    """Wrap a list, whole as it is: how it would be paged is not documented."""
    match envelope:
        case "items":
            return {"_links": {}, "_pagination": {}, "items": list(items)}
        case "links_items":
            return {"links": {}, "items": list(items)}
        case "bare":
            return list(items)


def product_object(product: StoredProduct) -> dict[str, Json]:
    """Show a product; neither its files nor its distribution are in it."""
    link = f"{PUBLIC_URL}/resource/v3/products/{product.id}"
    return {
        "_id": product.id,
        "_uuid": str(uuid5(NAMESPACE_URL, link)),
        "_version": "3.0",
        "_links": {"self": link},
        "realm": {},
        "title": product.title,
        "ean": product.ean,
        "external_identifiers": [{"type": kind, "value": value} for kind, value in product.identifiers],
        **product.properties,
    }


def file_object(file: StoredFile, validation: Literal["null", "object"]) -> dict[str, object]:
    """Show a file, for orjson alone: `href` is written with its slashes escaped."""
    href = f"{PUBLIC_URL}/rpc/document_admin_upload?method=download&file_id={file.id}"
    return {
        "_id": file.id,
        "file_name": file.file_name,
        "file_size": file.size,
        "href": orjson.Fragment(orjson.dumps(href).replace(b"/", b"\\/")),
        "labels": list(file.labels),
        "mime_type": file.mime_type,
        "properties": file.properties,
        "sha1": file.sha1,
        "timestamp": file.timestamp,
        "type": file.type,
        "validation": file.validation if file.validation is not None or validation == "null" else _VALID,
    }


def enabled_object(enabled: bool, written: Literal["json_true", "text", "one"]) -> dict[str, Json]:
    """Show a distribution switch."""
    match written:
        case "json_true":
            return {"enabled": enabled}
        case "text":
            return {"enabled": "true" if enabled else "false"}
        case "one":
            return {"enabled": int(enabled)}
