"""The models → the published JSON Schemas, which editors complete and check with.

They are the schemas that documents are judged by, with more in them: what each installed provider takes in an account block and
in an edition's `publish`, and words for an editor's hovers.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from pydantic import BaseModel

from catalogctl.config.accounts import ProviderShape
from catalogctl.config.schema.document import DefaultsDocument, SharedFacts, StoreFacts, TitleDocument
from catalogctl.config.schema.draft7 import DIALECT, model_schema
from catalogctl.config.schema.projectfile import COMMON, AccountBlock, ProjectDocument
from catalogctl.config.schema.wording import written
from catalogctl.config.store_facts import MAPPINGS, OWN_FILES

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
        facts = _facts(SharedFacts if name == "defaults" else StoreFacts, schema)
        options = [_part(f"{provider}-options", _with_facts(model_schema(shape.options), facts), added) for provider, shape in ordered]
        if options:
            schema = _with_options(schema, [*options, {"type": ["boolean", "null"]}])
    lists: dict[str, Any] = {}
    whole = _listed_once({**schema, "definitions": {**schema.get("definitions", {}), **added}}, lists)
    whole["definitions"] = dict(sorted({**whole["definitions"], **lists}.items()))
    shown: dict[str, Any] = _for_editors(whole)
    shown.pop("$schema", None)
    return {"$schema": DIALECT, "$id": f"{ADDRESS}/{name}.schema.json", **shown}


def _facts(model: type[BaseModel], schema: dict[str, Any]) -> dict[str, Any]:
    """Return the facts that one account can be given, by name, having added what they refer to to the definitions of a schema."""
    made = model_schema(model)
    own = {key: value for key, value in made.items() if key not in {"$schema", "definitions"}}
    schema["definitions"] = {**made.get("definitions", {}), **schema.get("definitions", {}), model.__name__: own}
    way = f"{_OUTSIDE}{model.__name__}/properties"
    return {name: {**_words(fact), "allOf": [{"$ref": f"{way}/{name}"}]} for name, fact in made["properties"].items()}


def _with_facts(options: Mapping[str, Any], facts: Mapping[str, Any]) -> dict[str, Any]:
    """Let what is said to an account of a provider be facts as well; one with the name of a fact stays one, as in `store_facts`."""
    own: Mapping[str, Any] = options.get("properties", {})
    both = {**facts, **own}
    for name in MAPPINGS & own.keys() & facts.keys():
        both[name] = {**_words(own[name]), "anyOf": [own[name], facts[name]]}
    if "files" in own and "files" in facts and "enum" in own["files"].get("propertyNames", {}):
        kinds = [*own["files"]["propertyNames"]["enum"], *OWN_FILES]
        both["files"] = {**own["files"], "propertyNames": {"enum": kinds}, "additionalProperties": {"type": ["string", "null"]}}
    return {**options, "properties": both}


_OUTSIDE: Final = "#/definitions//"
"""Begins references to the definitions of the whole schema, which no part has under names of its own."""


def _words(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {key: schema[key] for key in ("description", "examples") if key in schema}


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
        key: _reference(value, name) if key == "$ref" and isinstance(value, str) else _renamed(value, name) for key, value in node.items()
    }


def _reference(value: str, name: str) -> str:
    outside = value.startswith(_OUTSIDE)
    return value.replace(_OUTSIDE, "#/definitions/") if outside else value.replace("#/definitions/", f"#/definitions/{name}-")


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


_LONG_LISTS: Final = frozenset({"country", "currency"})
"""Kinds of scalars with some hundred codes, which are in many places."""


def _listed_once(node: Any, lists: dict[str, Any]) -> Any:
    """Refer to long lists of codes that have no words of their own; `lists` gets each of them once."""
    if isinstance(node, list):
        return [_listed_once(item, lists) for item in node]
    if not isinstance(node, dict):
        return node
    if (name := node.get("$comment")) in _LONG_LISTS and "description" not in node:
        lists[name] = node
        return {"$ref": f"#/definitions/{name}"}
    return {key: value if key == "examples" else _listed_once(value, lists) for key, value in node.items()}


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
