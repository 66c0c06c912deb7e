"""What is wrong with a value, in our own words: the reference validator finds it, this module tells it.

Only broken documents come here, so the reference validator (slow to load and to run) is imported by no other module.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from functools import cache
from typing import Any, Final

from jsonschema import Draft7Validator, ValidationError
from jsonschema.validators import extend

from catalogctl.config.schema.codes import currencies
from catalogctl.config.schema.correction import correction, quantity, truth
from catalogctl.config.schema.leaf import LEAVES, Leaf
from catalogctl.config.schema.meant import block_meant, format_meant, list_meant, snake
from catalogctl.config.schema.misnamed import ALIKE, block_of, misnamed, neither, unknown_files
from catalogctl.config.schema.problem import AS_WRITTEN, Problem
from catalogctl.config.schema.wording import example, flow, said, span_of, what, written
from catalogctl.config.syntax.amounts import amount
from catalogctl.config.syntax.scalars import CodeError, plain
from catalogctl.config.syntax.source import Part
from catalogctl.model.alike import most_alike
from catalogctl.model.diagnostics import Pointer

MAX_PROBLEMS: Final = 50
"""Of one document; past that it is another kind of document, and a longer list helps no one."""

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
    found = _found(_validator_of(_Key(schema)), value, schema)
    mistyped = {(item.pointer, item.part) for item in found if item.code == "wrong-type"}
    told = tuple(item for item in found if item.code == "wrong-type" or (item.pointer, item.part) not in mistyped)
    return _once(_listed(told, value))[:MAX_PROBLEMS]


def _listed(found: tuple[Problem, ...], value: object) -> tuple[Problem, ...]:
    """Make one problem of a list of texts whose items all should be mappings: who writes one so writes all of them so."""
    items: dict[Pointer, list[Problem]] = {}
    for item in found:
        last = item.pointer[-1] if item.pointer else ""
        if item.code == "wrong-type" and isinstance(last, int) and item.hint.startswith("Write"):
            items.setdefault(item.pointer[:-1], []).append(item)
    whole = dict[Pointer, Problem]()
    for pointer, several in items.items():
        meant = [item.hint.removeprefix("Write").strip() for item in several]
        if len(several) > 1 and len(several) == len(_at(value, pointer)) and all(text.startswith("{") for text in meant):
            hint = f"Write\n[{', '.join(meant)}]"
            whole[pointer] = replace(several[0], pointer=pointer, detail="Expected a list of mappings, got a list of texts.", hint=hint)
    first = {one[0].pointer: pointer for pointer, one in items.items() if pointer in whole}
    gone = {item.pointer for pointer in whole for item in items[pointer][1:]}
    return tuple(whole[first[item.pointer]] if item.pointer in first else item for item in found if item.pointer not in gone)


def _at(value: Any, pointer: Pointer) -> Any:
    for step in pointer:
        value = value[step]
    return value


def _once(found: tuple[Problem, ...]) -> tuple[Problem, ...]:
    """Leave out the fields that are missing and that the hint of another problem puts there."""
    meant = {(item.pointer[:-1], name) for item in found for name in item.means}
    return tuple(item for item in found if not (item.missing and (item.pointer, item.missing) in meant))


def _resolved(part: Mapping[str, Any], root: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a part of the schema, or the definition that it refers to."""
    ref = part.get("$ref", "")
    return root.get("definitions", {}).get(ref.rpartition("/")[2], part) if ref else part


def _with_items(schema: Mapping[str, Any], root: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the schema of a list with the definition of its items in its place."""
    items = schema.get("items")
    if not isinstance(items, dict):
        return schema
    blocks = [_resolved(part, root) for part in (items, *items.get("anyOf", ()))]
    return {**schema, "items": next((block for block in blocks if "properties" in block), items)}


def _text_field(schema: Any) -> str:
    """Return the one field that a mapping needs and that is text, for which a text alone may stand; empty where there is none."""
    required: list[str] = schema.get("required", []) if isinstance(schema, dict) else []
    return required[0] if len(required) == 1 and schema["properties"][required[0]].get("type") == "string" else ""


def _likeness(value: Mapping[str, Any], block: Mapping[str, Any]) -> int:
    """Return how far a mapping is like one of the alternatives: two for each field that it has, one for each that is nearly one."""
    known = list(block.get("properties", {}))
    return sum(2 if name in known else bool(most_alike(snake(str(name)), known, cutoff=ALIKE)) for name in value)


def _is_one_slip(errors: list[ValidationError], root: Mapping[str, Any]) -> bool:
    """Return whether all errors are one mistake, whose hint puts it right."""
    told = _once(tuple(_problems(errors, root)))
    return len(told) == 1 and bool(told[0].means)


def _in_another_branch(value: Mapping[str, Any], branches: list[Any], root: Mapping[str, Any]) -> str:
    """Return what a mapping with one value says where that alone is one of the alternatives: `4711` of `{id: 4711}`."""
    alone = next(iter(value.values())) if len(value) == 1 else None
    fits = (not _found(Reference({**part, "definitions": root.get("definitions", {})}), alone, root) for part in branches)
    return written(alone) if isinstance(alone, (int, str)) and any(fits) else ""


def _found(validator: Any, value: object, root: Mapping[str, Any]) -> tuple[Problem, ...]:
    return tuple(dict.fromkeys(_problems(validator.iter_errors(value), root)))


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
    keys: dict[tuple[Any, ...], list[ValidationError]] = {}
    for wrong in sorted(errors, key=lambda item: [str(step) for step in item.absolute_path]):
        if wrong.validator == "enum" and "propertyNames" in wrong.absolute_schema_path:
            keys.setdefault(tuple(wrong.absolute_path), []).append(wrong)
        else:
            yield from _told(wrong, root)
    for pointer, unknown in keys.items():
        yield from _unknown_keys(pointer, unknown)


def _unknown_keys(pointer: Pointer, errors: list[ValidationError]) -> Iterator[Problem]:
    """Tell the keys of a mapping that are none of those it may have, as one mistake where they are files."""
    schema: Any = errors[0].schema
    leaf = LEAVES.get(schema.get("$comment", ""))
    for wrong in errors if leaf is not None or pointer[-1:] != ("files",) else errors[:1]:
        instance: Any = wrong.instance
        key = str(instance)
        if leaf is not None:
            yield _leaf_problem(leaf, (*pointer, key), Part.KEY, key, schema)
        elif pointer[-1:] == ("files",):
            yield unknown_files(pointer, [str(one.instance) for one in errors], list(schema["enum"]))
        else:
            yield _not_listed((*pointer, key), Part.KEY, key, schema["enum"])


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
            yield from misnamed(pointer, value, schema, root, lambda part, one: _found(Reference(part), one, root))
        case "required":
            for name in argument:
                if name not in value:
                    yield _missing_field(pointer, name, schema, value)
        case "type" | "pattern" if "items" in schema and "properties" in schema:  # a list, or what stands for one
            yield _wrong_type(pointer, value, _with_items({**schema, "type": "array"}, root), leaf)
        case "type":
            yield _wrong_type(pointer, value, _with_items(schema, root), leaf)
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
            yield Problem(pointer, part, "repeated-item", "Repeated item", "An item may be listed only once.", "Remove the repeated ones.")
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


def _missing_field(pointer: Pointer, name: str, schema: Mapping[str, Any], block: Mapping[str, Any]) -> Problem:
    field = schema.get("properties", {}).get(name, {})
    what = str(schema.get("title") or "this mapping")
    about = f" {field['description']}" if "description" in field else ""
    examples = field.get("examples")
    hint = f"Add it, for instance\n{name}: {written(examples[0])}" if examples else f"Add `{name}:`."
    parts = [part for part in (block.get("first_name"), block.get("last_name")) if isinstance(part, str)]
    if name == "name" and parts:
        hint = f"Add the whole name beside its parts:\nname: {flow(' '.join(parts))}"
    are_several = what.partition(" of ")[0].endswith("s") and not what.startswith(("a ", "an "))
    detail = f"{what[:1].upper()}{what[1:]} {'need' if are_several else 'needs'} `{name}`.{about}"
    return Problem(pointer, Part.KEY, "missing-field", f"Missing field: `{name}`", detail, hint, missing=name)


# Values


def _leaf_problem(leaf: Leaf, pointer: Pointer, part: Part, value: Any, schema: Mapping[str, Any]) -> Problem:
    """Ask the code that reads this kind of scalar what is wrong: it knows more than the schema."""
    try:
        if leaf.name == "price" and pointer and pointer[-1] in currencies():
            amount(value, str(pointer[-1]))
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
        correction(leaf, value) or example(schema),
    )


def _wrong_type(pointer: Pointer, value: Any, schema: Mapping[str, Any], leaf: Leaf | None) -> Problem:
    wanted = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    kinds = [_KINDS[kind] for kind in wanted if kind != "null"] or [_KINDS["null"]]
    form = leaf.form if leaf is not None else " or ".join(kinds)
    is_number = isinstance(value, (int, Decimal)) and not isinstance(value, bool)
    stands = f"the number {AS_WRITTEN}" if is_number else what(value)
    detail = f"Expected {form}, got {stands}."
    why, hint = _surprise(value, wanted, schema, leaf)
    field = next((step for step in reversed(pointer) if isinstance(step, str)), "")
    is_block = {"object", "array"} & set(wanted) and not (field == "files" and "propertyNames" in schema)
    if meant := block_meant(str(schema.get("title", "")), field, value) if is_block else "":
        hint = f"Write\n{meant}"
    elif leaf is not None and (meant := correction(leaf, value)):
        why, hint = "", meant
    return Problem(pointer, Part.VALUE, "wrong-type", "Wrong kind of value", f"{detail}{why}", hint)


def _surprise(value: Any, wanted: list[str], schema: Mapping[str, Any], leaf: Leaf | None) -> tuple[str, str]:
    """Say why a value is not what its writer thought, and how to write what they meant."""
    if near := most_alike(written(value), [str(one) for one in schema.get("enum", ())]) if "string" in wanted else []:
        return "", f"Write {near[0]}"
    if "string" in wanted and isinstance(value, (bool, int, Decimal)) and _reads(leaf, written(value)):
        kind = "a truth value" if isinstance(value, bool) else "a number"
        return f" Without quotes, {AS_WRITTEN} is {kind}.", f'Quote it: "{AS_WRITTEN}"'
    if "string" in wanted and isinstance(value, (int, Decimal)) and (meant := _code_meant(leaf, written(value))):
        return "", meant
    if value is None:
        return " Nothing is written after the colon.", f"Write a value, or leave the field out. {example(schema)}".strip()
    if "boolean" in wanted and isinstance(value, (int, Decimal)) and value in {0, 1}:
        return "", f"Write {'true' if value else 'false'}"
    if "boolean" in wanted and truth(value):
        where = "In quotes" if plain(value) != value else "In YAML 1.2"
        return f" {where}, {value} is text.", f"Write {truth(value)}"
    if {"integer", "number"} & set(wanted) and isinstance(value, str):
        guess = quantity(value)
        if guess is not None and ("number" in wanted or guess == guess.to_integral_value()):
            return " In quotes, with a leading zero or with a unit, digits are text.", f"Write {guess.normalize():f}"
        return "", example(schema)
    if "array" in wanted and isinstance(value, str) and re.match(r"-[^\s-]", value):
        items = "\n".join(f"- {item}" for item in re.split(r"(?:^| )-(?=\S)", value)[1:])
        return " A hyphen begins an item where a blank is behind it.", f"Put a blank behind the hyphen:\n{items}"
    if "array" in wanted and isinstance(value, str) and (field := _text_field(schema.get("items"))):
        return "", f"Write\n{flow([{field: value}])}"
    if "array" in wanted and "properties" in (schema.get("items") or {}) and not isinstance(value, dict):
        return "", f"Write a list of mappings. {example(schema) or _made_example(schema['items'], many=True)}".strip()
    if "array" in wanted and not isinstance(value, (list, dict)):
        value = _parted(value, schema)
        return "", f"Write a list, with one item if there is but one:\n{list_meant(value, _item_of(schema))}"
    if "array" in wanted and isinstance(value, dict):
        known = (schema.get("items") or {}).get("properties", {})
        return "", f"Write\n{flow([value])}" if known.keys() & value.keys() else "Begin each item with a hyphen."
    if "object" in wanted and isinstance(value, str) and (field := _text_field(schema)):
        return "", f"Write {flow({field: value})}"
    if "object" in wanted and isinstance(value, list):
        return "", f"Write `name: value` lines, without hyphens. {example(schema)}".strip()
    return "", example(schema) or (_made_example(schema) if "object" in wanted else "")


def _made_example(block: Mapping[str, Any], *, many: bool = False) -> str:
    """Return as a hint what a mapping needs, from the examples of its fields; empty where one of them has none."""
    needed = {name: block["properties"][name].get("examples", ()) for name in block.get("required", ())}
    if not needed or not all(needed.values()):
        return ""
    mapping = {name: examples[0] for name, examples in needed.items()}
    return f"For instance:\n{flow([mapping] if many else mapping)}"


def _parted(value: Any, schema: Mapping[str, Any]) -> Any:
    """Return a text of codes with commas in the place of the blanks between them: `US CA`; any other value as it is."""
    items = schema.get("items")
    leaf = LEAVES.get(items.get("$comment", "")) if isinstance(items, dict) else None
    codes = value.split() if isinstance(value, str) else []
    are_codes = leaf is not None and not _reads(leaf, value) and all(_reads(leaf, code) for code in codes)
    return ",".join(codes) if are_codes and len(codes) > 1 else value


def _item_of(schema: Mapping[str, Any]) -> Callable[[str], str]:
    """Return what turns a text into the item of a list that it was meant to be; into itself where nothing better is known."""
    items = schema.get("items")
    leaf = LEAVES.get(items.get("$comment", "")) if isinstance(items, dict) else None

    def meant(text: str) -> str:
        hint = ""
        try:
            if leaf is not None:
                leaf.read(text)
        except CodeError as wrong:
            hint = wrong.hint
        except ValueError:
            hint = correction(leaf, text) if leaf is not None else ""
        found = re.fullmatch(r"(?:Write|Did you mean) ([^\n]+?)(?: \(.*\)\.?|\?)?", hint)
        return found[1] if found else text

    return meant


def _code_meant(leaf: Leaf | None, text: str) -> str:
    """Return the hint that says how a code is written which was read as a number; empty where none can be determined."""
    try:
        if leaf is not None:
            leaf.read(text)
    except CodeError as wrong:
        return wrong.hint if wrong.hint.startswith("Write ") and text in re.sub("[^0-9A-Za-z]", "", wrong.hint) else ""
    except ValueError:
        pass
    return ""


def _reads(leaf: Leaf | None, text: str) -> bool:
    """Return whether a text is of a kind; where there is none, any is."""
    try:
        return leaf is None or leaf.read(text) is not None
    except ValueError:
        return False


def _not_listed(pointer: Pointer, part: Part, value: Any, allowed: list[Any]) -> Problem:
    names = [written(item) for item in allowed if item is not None]
    word = str(value).strip().lower()
    meant = format_meant(word) if "audiobook" in names else _store_meant(word) if "directory" in names else ""
    near = [word] if word in names else most_alike(word, names, cutoff=0.6)
    hint = meant or (f"Did you mean {near[0]}?" if near else "")
    return Problem(pointer, part, "not-one-of", "Unknown value", f"{said(value)} is not one of: {', '.join(names)}.", hint)


def _store_meant(word: str) -> str:
    """Return the hint for a kind of place that has another name here; empty where none is known."""
    kinds = {
        "directory": {"local", "folder", "dir", "file", "files", "path", "filesystem", "disk"},
        "s3": {"aws", "amazon", "bucket", "minio", "r2"},
        "gcs": {"google", "gs", "gcp"},
        "azure": {"az", "blob", "abfs"},
    }
    kind = next((kind for kind, names in kinds.items() if word in names), "")
    return f"Write {kind}" if kind else ""


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
    schema: Any = wrong.schema
    if len(meant) > 1:
        blocks = {place: block_of(part, root) for place, part in enumerate(schema[wrong.validator])}
        if isinstance(wrong.instance, dict) and (fits := {place: _likeness(wrong.instance, blocks[place]) for place in branches}):
            meant = [errors for place, errors in branches.items() if fits[place] == max(fits.values())]
            if not any(fits.values()) and not (meant := [errors for errors in meant if _is_one_slip(errors, root)]):
                known = [block for block in blocks.values() if "properties" in block]
                alone = _in_another_branch(wrong.instance, schema[wrong.validator], root)
                yield neither(tuple(wrong.absolute_path), wrong.instance, known, root, alone)
                return
        meant = [min(meant, key=len)]
    if meant:
        yield from _once(tuple(_problems(meant[0], root)))
        return
    if wrong.validator == "oneOf":  # one thing, or a list of several: what is neither was meant to be one
        yield from _problems(branches[min(branches)], root)
        return
    kinds: list[str] = []
    for error in wrong.context or ():
        if error.validator == "type" and not error.relative_path:
            wanted: Any = error.validator_value
            kinds += [kind for kind in (wanted if isinstance(wanted, list) else [wanted]) if kind not in kinds]
    words = [word for part in schema[wrong.validator] for word in _resolved(part, root).get("enum", ())]
    form = {**schema, "type": kinds or ["null"], **({"enum": words} if words else {})}
    listed = next((_resolved(part, root) for part in schema[wrong.validator] if "items" in _resolved(part, root)), None)
    if listed is not None:
        form.setdefault("items", listed["items"])
    yield _wrong_type(tuple(wrong.absolute_path), wrong.instance, _with_items(form, root), None)
