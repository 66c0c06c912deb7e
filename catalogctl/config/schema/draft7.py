"""One model → its JSON Schema, in the dialect that editors' YAML servers know best.

draft-07: `definitions` and not `$defs`, nothing beside a `$ref`, and a type that may be null is a list of types where that can be said.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue

if TYPE_CHECKING:
    from pydantic import BaseModel
    from pydantic_core import core_schema

DIALECT: Final = "http://json-schema.org/draft-07/schema#"


@cache
def model_schema(model: type[BaseModel]) -> dict[str, Any]:
    """Make the schema of one model; it is shared, so it must not be changed."""
    made = model.model_json_schema(by_alias=True, ref_template="#/definitions/{model}", schema_generator=_Draft7)
    definitions = made.pop("$defs", None)
    schema = {"$schema": DIALECT, **made}
    if definitions:
        schema["definitions"] = dict(sorted(definitions.items()))
    return {key: _without_siblings(value) for key, value in schema.items()}


class _Draft7(GenerateJsonSchema):
    """Pydantic's generator without what editors only trip over: titles made from field names, defaults, unions with null."""

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        inner = self.generate_inner(schema["schema"])
        if "type" not in inner:
            return {"anyOf": [inner, {"type": "null"}]}
        kinds = inner["type"] if isinstance(inner["type"], list) else [inner["type"]]
        nullable = {**inner, "type": [*kinds, *(() if "null" in kinds else ("null",))]}
        if "enum" in inner:
            nullable["enum"] = [*inner["enum"], None]
        return nullable

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def dict_schema(self, schema: core_schema.DictSchema) -> JsonSchemaValue:
        keys = self.generate_inner(schema["keys_schema"]) if "keys_schema" in schema else {}
        values = self.generate_inner(schema["values_schema"]) if "values_schema" in schema else {}
        made: JsonSchemaValue = {"type": "object", "additionalProperties": values or True}
        if set(keys) - {"type"}:
            made["propertyNames"] = keys
        return made

    def field_title_should_be_set(self, schema: Any) -> bool:
        del schema
        return False


def _without_siblings(node: Any) -> Any:
    """Move each `$ref` that has words beside it into an `allOf`: draft-07 ignores what is beside a `$ref`."""
    if isinstance(node, list):
        return [_without_siblings(item) for item in node]
    if not isinstance(node, dict):
        return node
    walked = {key: value if key == "examples" else _without_siblings(value) for key, value in node.items()}
    if "$ref" in walked and len(walked) > 1:
        reference = {"$ref": walked.pop("$ref")}
        return {"allOf": [reference], **walked}
    return walked
