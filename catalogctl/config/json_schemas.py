"""The models → the published JSON Schemas, which editors complete and check with.

They are the schemas that documents are judged by, with more in them: what each installed provider takes in an account block and
in an edition's `publish`, and words for an editor's hovers.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from catalogctl.config.accounts import ProviderShape
from catalogctl.config.schema.document import DefaultsDocument, TitleDocument
from catalogctl.config.schema.draft7 import DIALECT, model_schema
from catalogctl.config.schema.projectfile import COMMON, AccountBlock, ProjectDocument
from catalogctl.config.schema.wording import written

VERSION: Final = 1
"""Of the schemas; part of each `$id`, raised when a file that was valid would no longer be."""

ADDRESS: Final = f"https://catalogctl.dev/schemas/{VERSION}"

_MODELS: Final = {"title": TitleDocument, "defaults": DefaultsDocument, "catalogctl": ProjectDocument}
_SECRET: Final = {
    "type": "string",
    "pattern": "^\\$\\{(env|file):[^}]+\\}$",
    "description": "A reference to a secret that is kept outside the repository.",
    "examples": ["${env:STORE_TOKEN}", "${file:/run/secrets/token}"],
}


def schemas(providers: Mapping[str, ProviderShape]) -> dict[str, dict[str, Any]]:
    """Make the published schemas: `title`, `defaults` and `catalogctl`, each for a file NAME.schema.json.

    Shapes:  `providers` by the name that account blocks use. Equal providers give equal schemas, in the same order of keys.
    """
    return {name: _published(name, dict(model_schema(model)), providers) for name, model in _MODELS.items()}


def _published(name: str, schema: dict[str, Any], providers: Mapping[str, ProviderShape]) -> dict[str, Any]:
    added: dict[str, Any] = {}
    ordered = sorted(providers.items())
    if name == "catalogctl":
        then = [_settings(provider, shape, added) for provider, shape in ordered]
        account = {**schema["definitions"][AccountBlock.__name__], "allOf": then} if then else schema["definitions"][AccountBlock.__name__]
        schema = {**schema, "definitions": {**schema["definitions"], AccountBlock.__name__: account}}
    else:
        options = [_part(f"{provider}-options", model_schema(shape.options), added) for provider, shape in ordered]
        if options:
            schema = _with_options(schema, [*options, {"type": ["boolean", "null"]}])
    whole = {**schema, "definitions": dict(sorted({**schema.get("definitions", {}), **added}.items()))}
    shown: dict[str, Any] = _for_editors(whole)
    shown.pop("$schema", None)
    return {"$schema": DIALECT, "$id": f"{ADDRESS}/{name}.schema.json", **shown}


def _part(name: str, schema: Mapping[str, Any], added: dict[str, Any]) -> dict[str, Any]:
    """Take a schema in among the definitions, its own definitions under names that no other part has."""
    own = schema.get("definitions", {})
    for inner, block in own.items():
        added[f"{name}-{inner}"] = _renamed(block, name)
    added[name] = _renamed({key: value for key, value in schema.items() if key not in {"$schema", "definitions"}}, name)
    return {"$ref": f"#/definitions/{name}"}


def _renamed(node: Any, name: str) -> Any:
    if isinstance(node, list):
        return [_renamed(item, name) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        key: value.replace("#/definitions/", f"#/definitions/{name}-")
        if key == "$ref" and isinstance(value, str)
        else _renamed(value, name)
        for key, value in node.items()
    }


def _settings(provider: str, shape: ProviderShape, added: dict[str, Any]) -> dict[str, Any]:
    """Say what an account block takes when it names this provider: what all take, its secrets and its own settings."""
    _part(f"{provider}-settings", model_schema(shape.settings), added)
    own = added.pop(f"{provider}-settings")
    known = {**dict.fromkeys(sorted(COMMON), True), **own.get("properties", {}), **dict.fromkeys(shape.secrets, _SECRET)}
    then = {"properties": known, "additionalProperties": False}
    return {"if": {"properties": {"provider": {"const": provider}}, "required": ["provider"]}, "then": then}


def _with_options(node: Any, options: list[dict[str, Any]]) -> Any:
    """Put what providers take in the place of every `publish: {ACCOUNT: …}`."""
    if isinstance(node, list):
        return [_with_options(item, options) for item in node]
    if not isinstance(node, dict):
        return node
    if node.get("$comment") == "options":
        return {"anyOf": options}
    return {key: _with_options(value, options) for key, value in node.items()}


def _for_editors(node: Any) -> Any:
    """Say every description in Markdown as well, with an example; editors show that one when they can."""
    if isinstance(node, list):
        return [_for_editors(item) for item in node]
    if not isinstance(node, dict):
        return node
    walked = {
        key: value if key in {"examples", "enum", "const"} else _for_editors(value) for key, value in node.items() if key != "$comment"
    }
    description = walked.get("description")
    if isinstance(description, str):
        examples = walked.get("examples")
        shown = f"\n\nFor instance: `{written(examples[0])}`" if examples else ""
        walked["markdownDescription"] = description + shown
    return walked
