"""Judges the content of a file that catalogctl wrote by the model of its kind, before any value in it is used.

A checksum tells that a file is as someone wrote it; whoever can write the file can compute the checksum. The shape is judged as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any, Final

import jsonschema_rs
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import PydanticCustomError

from catalogctl.model.address import Address, print_path
from catalogctl.model.diagnostics import CatalogError, Diagnostic

MOST: Final = 2**53 - 1
"""The largest serial or count that is read: every reader of JSON holds it exactly."""


class MisshapenError(ValueError):
    """Content that no version of catalogctl writes; as text, the place in the file and what is wrong there."""


def _address(text: str) -> str:
    try:
        Address.parse(text)
    except ValueError:
        raise PydanticCustomError("address", "{found} is not an address", {"found": shown(text)}) from None
    return text


def _moment(text: str) -> str:
    try:
        known = datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        known = False
    if not known:
        raise PydanticCustomError("moment", "{found} is not a date and time with a time zone", {"found": shown(text)})
    return text


AddressText = Annotated[str, AfterValidator(_address)]
MomentText = Annotated[str, AfterValidator(_moment)]
"""An ISO 8601 date and time with its zone."""
DigestText = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
"""A sha256, 64 hex digits."""
LineageText = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
Count = Annotated[int, Field(ge=0, le=MOST)]


class FileModel(BaseModel):
    """A part of a file: each member has exactly its type, and no other member is allowed."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    @classmethod
    def check(cls, value: object, *at: str | int) -> None:
        """Make sure that a value read from JSON has this shape.

        Shapes:  `at` is the way from the root of the file to the value.
        Raises:  MisshapenError.
        """
        try:
            cls.model_validate(value)
        except ValidationError as refused:
            problem = refused.errors(include_url=False)[0]
            raise misshapen(_sentence(problem["type"], problem), *at, *problem["loc"]) from None


def judge(schema: dict[str, Any]) -> jsonschema_rs.Draft4Validator:
    """Make the judge of a JSON Schema; unlike later drafts, draft 4 takes 1.0 for no whole number."""
    return jsonschema_rs.Draft4Validator(schema)


def check(value: object, judged_by: jsonschema_rs.Draft4Validator, *at: str | int) -> None:
    """Make sure that a value read from JSON fits a schema.

    Shapes:  `at` is the way from the root of the file to the value.
    Raises:  MisshapenError.
    """
    if judged_by.is_valid(value):
        return
    problem = next(iter(judged_by.iter_errors(value)))
    way = [step if isinstance(step, int) else str(step) for step in problem.instance_path]
    raise misshapen(problem.message[:300], *at, *way)


def misshapen(what: str, *at: str | int) -> MisshapenError:
    """Make the error about the value at a place; `what` is a sentence without its full stop."""
    return MisshapenError(f"{shown_path(at)}: {what}" if at else what)


def shown_path(at: tuple[str | int, ...]) -> str:
    """Print the way to a value in a file; a name in it may be anything, and is cut where it is long."""
    return print_path(tuple(step if isinstance(step, int) or len(step) <= _LONGEST else f"{step[:_LONGEST]}…" for step in at))


def shown(value: object) -> str:
    """Print a value from a file for a message: texts in quotes and cut, everything else by its type."""
    match value:
        case str():
            cut = value if len(value) <= _LONGEST else f"{value[:_LONGEST]}…"
            return f'"{cut}"'
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int() | float():
            text = str(value)
            return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
        case list():
            return "a list"
        case _:
            return "an object"


@contextmanager
def naming(name: str) -> Iterator[None]:
    """Name the file in the diagnostics of what is raised about its content.

    Raises:  CatalogError as the block does, its places and details with `name` in them.
    """
    try:
        yield
    except CatalogError as problem:
        named = [_named(one, name) for one in problem.diagnostics]
        raise CatalogError(*named, refusal=problem.refusal) from problem


def _named(one: Diagnostic, name: str) -> Diagnostic:
    if one.source is None:
        return replace(one, detail=f"{name}: {one.detail}")
    if one.source.path:
        return one
    # A line of such a file is long and not meant for reading: it is named, and not shown.
    return replace(one, detail=f"{name}, line {one.source.line}: {one.detail}", source=None)


_LONGEST: Final = 60
"""Characters of a name or text from a file that a message repeats."""
_WANTED: Final = {
    "string_type": "a text",
    "int_type": "a whole number",
    "bool_type": "true or false",
    "float_type": "a number",
    "list_type": "a list",
    "dict_type": "an object",
    "is_instance_of": "an object",
    "model_type": "an object",
    "none_required": "null",
}


def _sentence(kind: str, problem: Mapping[str, Any]) -> str:
    """Return what a model refused, in a sentence without its full stop."""
    found, context = shown(problem["input"]), problem.get("ctx", {})
    if kind in _WANTED:
        return f"{_WANTED[kind]} is needed here, and not {found}"
    match kind:
        case "missing":
            return "this member is missing"
        case "extra_forbidden":
            return "this member is unknown"
        case "literal_error":
            return f"{found} is unknown; {context['expected']} is needed here"
        case "string_pattern_mismatch":
            return f"{found} does not have the right form"
        case "greater_than_equal" | "less_than_equal":
            return f"{found} is out of range"
        case _:
            return str(problem["msg"])
