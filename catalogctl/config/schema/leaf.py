"""One kind of scalar, in its two halves.

JSON Schema can say part of what a scalar must be (a pattern, a list of codes); the rest (a check digit, a day that exists) is code.
A `Leaf` holds both, so that the models, the schemas and the error messages are made from one thing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter
from pydantic_core import core_schema

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from pydantic_core import PydanticCustomError

from catalogctl.config.syntax.scalars import CodeError

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler


@dataclass(frozen=True, slots=True)
class Leaf:
    """One kind of scalar. As an annotation, it makes a model's field of that kind."""

    name: str
    """Unique; is in schemas as `$comment`, and its diagnostics have the code `bad-NAME`."""
    form: str
    """What it is, in words that follow "is not": `an ISBN`."""
    schema: Mapping[str, object]
    read: Callable[[Any], Any]
    """Gives the canonical value: text, a number, a boolean or a mapping. Raises CodeError, or FormError where the schema knows better."""
    native: core_schema.CoreSchema | None = None
    """For a kind that the schema describes in full: the same in pydantic's own terms, which need no call of ours."""

    def __post_init__(self) -> None:
        LEAVES[self.name] = self

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        """Let pydantic read this kind of scalar."""
        del source, handler
        return self.native or core_schema.no_info_plain_validator_function(self._validated)

    def __get_pydantic_json_schema__(self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """Let pydantic describe it."""
        del schema, handler
        return self.described

    @property
    def described(self) -> dict[str, Any]:
        """Its JSON Schema."""
        return {**self.schema, "$comment": self.name}

    def _validated(self, value: object) -> object:
        try:
            return self.read(value)
        except CodeError as wrong:
            context = {"summary": wrong.summary, "detail": wrong.detail, "hint": wrong.hint}
            raise PydanticCustomError(f"bad-{self.name}", "{summary}", context) from None

    def __hash__(self) -> int:
        return hash(self.name)


LEAVES: Final[dict[str, Leaf]] = {}
"""Every kind by its name."""


@dataclass(frozen=True, slots=True)
class OneNode:
    """As an annotation of a union, describes it by one node whose keywords hold for one type each: errors are about the form meant."""

    schema: Mapping[str, object]

    def __get_pydantic_json_schema__(self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """Let pydantic describe it."""
        del schema, handler
        return dict(self.schema)

    def __hash__(self) -> int:
        return id(self.schema)


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


@dataclass(frozen=True, slots=True)
class OrOnlyItem:
    """As an annotation of a list of mappings, lets a mapping stand for the list that has it as its only item."""

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        """Let pydantic read both."""
        return core_schema.no_info_before_validator_function(self._listed, handler(source))

    def __get_pydantic_json_schema__(self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """Let pydantic describe both."""
        many = handler(schema)
        return {"anyOf": [many["items"], many]}

    @staticmethod
    def _listed(value: object) -> object:
        return [value] if isinstance(value, dict) else value


@dataclass(frozen=True, slots=True)
class OneOrMany:
    """As an annotation of a model's field, makes it one value of a type, or a list of at least one."""

    item: Any
    """The annotated type of a value."""

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        """Let pydantic read both."""
        del source
        one = handler.generate_schema(self.item)
        many = core_schema.list_schema(one, min_length=1, strict=True)
        return core_schema.tagged_union_schema({"one": one, "many": many}, _number)


def _number(value: object) -> str:
    return "many" if isinstance(value, list) else "one"
