"""What is wrong with a value, in our own words: the reference validator finds it, this module tells it.

Only broken documents come here, so the reference validator (slow to load and to run) is imported by no other module.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from functools import cache
from typing import Any, Final

from jsonschema import Draft7Validator, ValidationError
from jsonschema.validators import extend

from catalogctl.config.codes import CodeError
from catalogctl.config.leaf import LEAVES, Leaf
from catalogctl.config.meant import FIELDS, block_meant, days_meant, format_meant, is_part_of_a_day, list_meant
from catalogctl.config.problem import AS_WRITTEN, Problem
from catalogctl.config.scalars import shown
from catalogctl.config.source import Part
from catalogctl.config.wording import example, said, span_of, what, written
from catalogctl.model.alike import most_alike
from catalogctl.model.diagnostics import Pointer

MAX_PROBLEMS: Final = 50
"""Of one document; past that it is another kind of document, and a longer list helps nobody."""

_KINDS: Final = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a mapping",
    "null": "nothing",
}


def problems(schema: Mapping[str, Any], value: object) -> tuple[Problem, ...]:
    """List everything that keeps a value from being what its schema says, in the order of the schema's errors.

    Raises:  nothing.
    """
    found = tuple(dict.fromkeys(_problems(_validator_of(_Key(schema)).iter_errors(value), schema)))
    mistyped = {(item.pointer, item.part) for item in found if item.code == "wrong-type"}
    meant = {(item.pointer[:-1], item.hint) for item in found if item.code == "unknown-field"}
    return tuple(
        item
        for item in found
        if (item.code == "wrong-type" or (item.pointer, item.part) not in mistyped)
        and not (item.missing and (item.pointer, f"Did you mean `{item.missing}`?") in meant)
    )[:MAX_PROBLEMS]


class _Key:
    """A schema as a key: the same object, since schemas are made once."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self.schema = schema

    def __hash__(self) -> int:
        return id(self.schema)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and other.schema is self.schema


@cache
def _validator_of(key: _Key) -> Any:
    return Reference(key.schema)


def _is_number(_checker: object, value: object) -> bool:
    return isinstance(value, (int, Decimal)) and not isinstance(value, bool)


def _is_integer(_checker: object, value: object) -> bool:
    """`2.0` is a whole number to JSON Schema since draft-06."""
    return _is_number(None, value) and value == int(value)  # type: ignore[call-overload]  # only numbers get here


def _pattern(_validator: object, pattern: str, value: object, _schema: object) -> Iterator[ValidationError]:
    """Search as ECMA 262 does, where `$` is the end and not the line break before it."""
    if isinstance(value, str) and re.search(re.sub(r"\$$", r"\\Z", pattern), value) is None:
        yield ValidationError(f"{value!r} does not match {pattern!r}")


Reference: Final[Any] = extend(  # type: ignore[no-untyped-call]  # jsonschema's stubs leave it untyped
    Draft7Validator,
    {"pattern": _pattern},
    type_checker=Draft7Validator.TYPE_CHECKER.redefine_many({"number": _is_number, "integer": _is_integer}),
)
"""The reference validator, reading our values: numbers are exact decimals."""


def _problems(errors: Iterable[ValidationError], root: Mapping[str, Any]) -> Iterator[Problem]:
    for wrong in sorted(errors, key=lambda item: [str(step) for step in item.absolute_path]):
        yield from _told(wrong, root)


def _told(wrong: ValidationError, root: Mapping[str, Any]) -> Iterator[Problem]:
    """Tell one error of the validator; it may be several problems."""
    pointer: Pointer = tuple(wrong.absolute_path)
    value: Any = wrong.instance
    schema: Any = wrong.schema
    argument: Any = wrong.validator_value
    way = tuple(wrong.absolute_schema_path)
    part = Part.VALUE
    if "propertyNames" in way:
        pointer, part = (*pointer, str(value)), Part.KEY
    leaf = LEAVES.get(schema.get("$comment", "")) if isinstance(schema, dict) else None
    if leaf is not None and wrong.validator != "type":
        yield _leaf_problem(leaf, pointer, part, value, schema)
        return
    match wrong.validator:
        case "additionalProperties":
            for name in value:
                if name not in schema.get("properties", {}):
                    yield _unknown_field(pointer, str(name), schema, root)
        case "required":
            for name in argument:
                if name not in value:
                    yield _missing_field(pointer, name, schema)
        case "type":
            yield _wrong_type(pointer, value, schema, leaf)
        case "anyOf" | "oneOf":
            yield from _no_branch(wrong, root)
        case "enum" | "const":
            yield _not_listed(pointer, part, value, [schema["const"]] if wrong.validator == "const" else schema["enum"])
        case "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum":
            yield Problem(pointer, part, "out-of-range", "Number out of range", f"{said(value)} is not {span_of(schema)}.")
        case "minItems":
            yield Problem(
                pointer,
                part,
                "too-few",
                "Too few items",
                f"At least {schema['minItems']} must stand here.",
                "Add one, or leave the field out.",
            )
        case "maxItems":
            yield Problem(
                pointer, part, "too-many", "Too many items", f"At most {schema['maxItems']} may stand here; there are {len(value)}."
            )
        case "uniqueItems":
            yield Problem(
                pointer, part, "repeated-item", "Repeated item", "Each item of this list may stand in it once.", "Remove the repeated ones."
            )
        case "minLength":
            yield Problem(pointer, part, "empty-text", "Empty text", "Something must be written here.", "Write it, or leave the field out.")
        case "maxLength":
            yield Problem(
                pointer, part, "text-too-long", "Text too long", f"At most {schema['maxLength']} characters fit; there are {len(value)}."
            )
        case _:
            hint = example(schema)
            yield Problem(
                pointer, part, "wrong-form", "Value has the wrong form", f"{said(value)} does not have the form asked for here.", hint
            )


# Fields


def _unknown_field(pointer: Pointer, name: str, schema: Mapping[str, Any], root: Mapping[str, Any]) -> Problem:
    known = list(schema.get("properties", {}))
    what = str(schema.get("title") or "this mapping")
    near = FIELDS.get(name) if FIELDS.get(name) in known else None
    if near is None:
        close = most_alike(_snake(name), known, cutoff=0.7)
        near = close[0] if close else None
    if near is not None:
        hint = f"Did you mean `{near}`?"
    elif home := _home(name, schema, root):
        hint = f"It is a field of {home}."
    else:
        hint = "Known fields: " + ", ".join(sorted(known)) if known else "Remove it; nothing is known by that name here."
    detail = f"`{shown(name)}` is not a field of {what}, and nothing would read it."
    return Problem((*pointer, name), Part.KEY, "unknown-field", "Unknown field", detail, hint)


def _snake(name: str) -> str:
    """Write a name the way fields are written: publicationDate and Publication Date are publication_date."""
    return re.sub(r"[\s-]+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name.strip())).lower()


def _home(name: str, here: Mapping[str, Any], root: Mapping[str, Any]) -> str:
    """Say which other mapping of the document has a field of this name; nothing where none has."""
    for block in (root, *root.get("definitions", {}).values()):
        title = block.get("title")
        if block is not here and title and title != here.get("title") and name in block.get("properties", {}):
            return str(title)
    return ""


def _missing_field(pointer: Pointer, name: str, schema: Mapping[str, Any]) -> Problem:
    field = schema.get("properties", {}).get(name, {})
    what = str(schema.get("title") or "this mapping")
    about = f" {field['description']}" if "description" in field else ""
    examples = field.get("examples")
    hint = f"Add it, for instance\n{name}: {written(examples[0])}" if examples else f"Add `{name}:`."
    detail = f"{what[:1].upper()}{what[1:]} needs `{name}`.{about}"
    return Problem(pointer, Part.KEY, "missing-field", f"Missing field: `{name}`", detail, hint, missing=name)


# Values


def _leaf_problem(leaf: Leaf, pointer: Pointer, part: Part, value: Any, schema: Mapping[str, Any]) -> Problem:
    """Ask the code that reads this kind of scalar what is wrong: it knows more than the schema."""
    try:
        leaf.read(value)
    except CodeError as wrong:
        return Problem(pointer, part, f"bad-{leaf.name}", wrong.summary, wrong.detail, wrong.hint)
    except ValueError:
        pass
    if isinstance(value, str) and not value.strip():
        return Problem(
            pointer,
            part,
            "empty-text",
            "Empty text",
            f"Nothing is written here that could be {leaf.form}.",
            "Write it, or leave the field out.",
        )
    return Problem(
        pointer,
        part,
        f"bad-{leaf.name}",
        "Value has the wrong form",
        f"{said(value)} is not {leaf.form}.",
        _correction(leaf, value) or example(schema),
    )


def _correction(leaf: Leaf, value: Any) -> str:
    """Guess what was meant, where a guess that the leaf accepts can be made."""
    if leaf.name == "date" and isinstance(value, int) and not isinstance(value, bool):
        return _day_hint(str(value), leaf.name)
    if not isinstance(value, str):
        return ""
    plain = unicodedata.normalize("NFKD", value.strip()).encode("ascii", "ignore").decode()
    guesses = [value.strip(), value.strip().replace(",", "."), " ".join(value.split())]
    if leaf.name == "slug":
        guesses.append(re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-"))
    if leaf.name in {"date", "moment"}:
        return _day_hint(value, leaf.name)
    for guess in guesses:
        try:
            leaf.read(guess)
        except ValueError:
            continue
        if guess != value:
            return f"Write {guess}"
    return ""


def _day_hint(text: str, kind: str) -> str:
    """Return the day, or the day and time, that was probably meant, as it is written here."""
    if kind == "moment":
        found = re.fullmatch(r"\s*(\d{4}-\d{2}-\d{2})[T ]+(\d{2}:\d{2})(:\d{2})?(?:\.\d+)?\s*(Z|[+-]\d{2}:?\d{2})?\s*", text)
        if found:
            hint = f"Write {found[1]} {found[2]}{found[3] or ':00'}"
            return f"{hint}\nThe time is that of the store's own zone, without an offset: convert it first." if found[4] else hint
    days = days_meant(text)
    time = " 00:00:00" if kind == "moment" else ""
    if not days:
        return "Write the day as well, as in 2019-06-01" + time if is_part_of_a_day(text) else ""
    return f"Write {days[0]}{time}" + (f"\nOr, where the month stands first, write {days[1]}{time}" if len(days) > 1 else "")


def _wrong_type(pointer: Pointer, value: Any, schema: Mapping[str, Any], leaf: Leaf | None) -> Problem:
    wanted = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    kinds = [_KINDS[kind] for kind in wanted if kind != "null"] or [_KINDS["null"]]
    form = leaf.form if leaf is not None else " or ".join(kinds)
    is_number = isinstance(value, (int, Decimal)) and not isinstance(value, bool)
    stands = f"the number {AS_WRITTEN}" if is_number else what(value)
    detail = f"Here stands {stands}; it must be {form}."
    why, hint = _surprise(value, wanted, schema)
    field = next((step for step in reversed(pointer) if isinstance(step, str)), "")
    if meant := block_meant(str(schema.get("title", "")), field, value) if {"object", "array"} & set(wanted) else "":
        hint = f"Write\n{meant}"
    elif leaf is not None and (correction := _correction(leaf, value)):
        why, hint = "", correction
    return Problem(pointer, Part.VALUE, "wrong-type", "Wrong kind of value", f"{detail}{why}", hint)


def _surprise(value: Any, wanted: list[str], schema: Mapping[str, Any]) -> tuple[str, str]:
    """Say why a value is not what its writer thought, and how to write what they meant."""
    if "string" in wanted and isinstance(value, (bool, int, Decimal)):
        kind = "a truth value" if isinstance(value, bool) else "a number"
        return f" Without quotes, {AS_WRITTEN} is {kind}.", f'Quote it: "{AS_WRITTEN}"'
    if value is None:
        return " Nothing is written after the colon.", f"Write a value, or leave the field out. {example(schema)}".strip()
    if "boolean" in wanted and isinstance(value, str) and value.lower() in _TRUTH:
        return f" In YAML 1.2, {value} is text.", f"Write {_TRUTH[value.lower()]}"
    if {"integer", "number"} & set(wanted) and isinstance(value, str):
        guess = re.sub(r"[^0-9.,-]", "", value).replace(",", ".").lstrip("0") or "0"
        if re.fullmatch(r"[0-9]+(\.[0-9]+)?" if "number" in wanted else "[0-9]+", guess):
            return " In quotes, or with a leading zero, digits are text.", f"Write {guess}"
    if "array" in wanted and not isinstance(value, (list, dict)):
        return "", f"Write a list, with one item if there is but one:\n{list_meant(value)}"
    if "array" in wanted and isinstance(value, dict):
        return "", "Begin each item with a hyphen."
    if "object" in wanted and isinstance(value, list):
        return "", f"Write `name: value` lines, without hyphens. {example(schema)}".strip()
    return "", example(schema)


_TRUTH: Final = {"yes": "true", "on": "true", "y": "true", "true": "true", "no": "false", "off": "false", "n": "false", "false": "false"}


def _not_listed(pointer: Pointer, part: Part, value: Any, allowed: list[Any]) -> Problem:
    names = [written(item) for item in allowed if item is not None]
    word = str(value).strip().lower()
    meant = format_meant(word) if "audiobook" in names else ""
    near = [word] if word in names else most_alike(word, names, cutoff=0.6)
    hint = meant or (f"Did you mean {near[0]}?" if near else "")
    return Problem(pointer, part, "not-one-of", "Unknown value", f"{said(value)} is not one of: {', '.join(names)}.", hint)


def _no_branch(wrong: ValidationError, root: Mapping[str, Any]) -> Iterator[Problem]:
    """Tell the errors of the one alternative that was meant, or of which kinds the alternatives are."""
    branches: dict[Any, list[ValidationError]] = {}
    for error in wrong.context or ():
        branches.setdefault(error.relative_schema_path[0], []).append(error)
    meant = [
        errors
        for errors in branches.values()
        if not any(error.validator in ("type", "const") and not error.relative_path for error in errors)
    ]
    if len(meant) > 1:
        meant = [min(meant, key=len)]
    if meant:
        yield from _problems(meant[0], root)
        return
    kinds: list[str] = []
    for error in wrong.context or ():
        if error.validator == "type" and not error.relative_path:
            wanted: Any = error.validator_value
            kinds += wanted if isinstance(wanted, list) else [wanted]
    schema: Any = wrong.schema
    yield _wrong_type(tuple(wrong.absolute_path), wrong.instance, {**schema, "type": kinds or ["null"]}, None)
