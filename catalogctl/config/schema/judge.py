"""A document's value → what it says in canonical form, or everything that is wrong with it.

1. is it valid?      the schema made from the model, by the fast validator
2. what is wrong?    the same schema, by the reference validator; `explain` finds the words
3. what does it say? the model reads it, and the codes in it are checked (ISBN, dates that exist, …)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import jsonschema_rs
from pydantic import BaseModel, ValidationError

from catalogctl.config.schema.draft7 import model_schema
from catalogctl.config.schema.problem import Problem
from catalogctl.config.syntax.source import Part

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

__all__ = ["Judge", "Problem", "judge"]

_Model = TypeVar("_Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Judge(Generic[_Model]):
    """Reads the values of one model."""

    model: type[_Model]
    schema: Mapping[str, Any]
    valid: Callable[[object], bool]
    """By the schema alone."""

    def read(self, value: object) -> _Model | tuple[Problem, ...]:
        """Return the model of a value, or all problems of it at once.

        Raises:  nothing.
        """
        wrong: tuple[Problem, ...] = ()
        if not self.valid(value):
            from catalogctl.config.schema.explain import problems

            wrong = problems(self.schema, value)
        try:
            model = self.model.model_validate(value)
        except ValidationError as refused:
            found = tuple(_problem(item) for item in refused.errors(include_url=False))
            told = {problem.pointer for problem in wrong}
            # Where the schema has spoken, only a wrong code elsewhere is news; the rest is the same in worse words.
            return (
                *wrong,
                *(
                    item
                    for item in found
                    if not wrong or (item.code.startswith("bad-") and item.code != "bad-value" and item.pointer not in told)
                ),
            )
        return wrong or model


@cache
def judge(model: type[_Model]) -> Judge[_Model]:
    """Make the judge of a model, once."""
    schema = model_schema(model)
    return Judge(model, schema, jsonschema_rs.validator_for(schema).is_valid)


def _problem(item: ErrorDetails) -> Problem:
    """Return what a model refused that its schema let through: a code, as a rule."""
    pointer = item["loc"]
    part = Part.VALUE
    if pointer and pointer[-1] == "[key]":
        pointer, part = pointer[:-1], Part.KEY
    context = item.get("ctx", {})
    if "summary" in context:
        return Problem(pointer, part, item["type"], context["summary"], context["detail"], context["hint"])
    return Problem(pointer, part, "bad-value", "Value refused", f"{item['msg'].removeprefix('Value error, ')}.")
