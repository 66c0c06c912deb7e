"""A mapping that may be written as the one text that it most often is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter
from pydantic_core import core_schema

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler


@dataclass(frozen=True, slots=True)
class OrText:
    """As an annotation of a model, lets a text stand for the mapping that has this text in one of its fields, and nothing else."""

    field: str
    text: Any
    """The annotated type of that field."""

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        """Let pydantic read both."""
        return core_schema.no_info_before_validator_function(self._written_out, handler(source))

    def __get_pydantic_json_schema__(self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """Let pydantic describe both."""
        return {"anyOf": [TypeAdapter(self.text).json_schema(), handler(schema)]}

    def _written_out(self, value: object) -> object:
        return {self.field: value} if isinstance(value, str) else value
