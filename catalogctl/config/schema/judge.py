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
from catalogctl.model.diagnostics import Pointer

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
            errors = refused.errors(include_url=False)
            if not wrong:
                # The schema has no objection, so that only a code can be wrong: the rest is what other alternatives would need.
                errors = [item for item in errors if item["type"] == "value_error" or "summary" in item.get("ctx", {})] or errors
            found = tuple(_problem(item, value) for item in errors)
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


def _problem(item: ErrorDetails, value: object) -> Problem:
    """Return what a model refused that its schema let through: a code, as a rule."""
    way = item["loc"]
    part = Part.VALUE
    if way and way[-1] == "[key]":
        way, part = way[:-1], Part.KEY
    pointer = _in_value(way, value)
    context = item.get("ctx", {})
    if "summary" in context:
        return Problem(pointer, part, item["type"], context["summary"], context["detail"], context["hint"])
    return Problem(pointer, part, "bad-value", "Value refused", f"{item['msg'].removeprefix('Value error, ')}.")


def _in_value(way: Pointer, value: object) -> Pointer:
    """Return the steps of a way that lead into a value, without the names of the alternatives that a model puts between them."""
    steps: list[str | int] = []
    for number, step in enumerate(way):
        if isinstance(value, Mapping):
            if step not in value and number + 1 < len(way):
                continue
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            continue
        steps.append(step)
    return tuple(steps)
