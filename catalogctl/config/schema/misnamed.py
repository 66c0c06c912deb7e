"""Fields that are not there under the name they were given → where what they say belongs, one problem for each mistake."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from catalogctl.config.schema.meant import FIELDS, file_meant, people_meant, person_role, snake
from catalogctl.config.schema.problem import Problem
from catalogctl.config.schema.wording import flow
from catalogctl.config.syntax.scalars import shown
from catalogctl.config.syntax.source import Part
from catalogctl.model.alike import most_alike
from catalogctl.model.diagnostics import Pointer
from catalogctl.model.quantity import listed

Judge: TypeAlias = Callable[[Mapping[str, Any], object], tuple[Problem, ...]]
"""Finds what keeps a value from being what a part of the schema says."""
ALIKE: Final = 0.7
"""From which likeness on a name is taken for a slip of another one."""


@dataclass(frozen=True, slots=True)
class _Aim:
    """Where what a field says belongs."""

    field: str = ""
    """The field of this mapping that it is, or that holds it."""
    inside: str = ""
    """The name of the field within `field`; empty where it is `field` itself."""
    home: str = ""
    """Another mapping that has a field of this name."""


def misnamed(
    pointer: Pointer, block: Mapping[str, Any], schema: Mapping[str, Any], root: Mapping[str, Any], judge: Judge
) -> Iterator[Problem]:
    """Tell the fields of a mapping that it does not have, those that have one mistake together."""
    known = list(schema.get("properties", {}))
    if (person := _by_role(pointer, block, known)) is not None:
        yield person
        return
    if (countries := _by_country(pointer, block, schema)) is not None:
        yield countries
        return
    aims: dict[object, list[tuple[str, _Aim]]] = {}
    unknown = [str(name) for name in block if name not in known]
    options = {name: owners for name in unknown if (owners := _owners(name, block[name], schema))}
    for name, owners in options.items():
        hint = f"`{name}` is an option of {listed(owners)} accounts: write it in `publish` of the edition, under the account."
        yield Problem((*pointer, name), Part.KEY, "unknown-field", "Unknown field", _detail([name], str(schema["title"])), hint)
    for name in [name for name in unknown if name not in options]:
        aim = _aim(name, schema, root)
        if aim == _Aim() and len(unknown) == 1:
            aim = _Aim(_lacking(block[name], block, schema, root, judge))
        together: object = schema.get("title") if schema.get("title") == "files" else (aim.field, bool(aim.inside), aim.home)
        aims.setdefault(together if together != ("", False, "") else name, []).append((name, aim))
    for found in aims.values():
        names = [name for name, _ in found]
        hint, means = _hint(found, block, schema, root, judge)
        detail = _detail(names, str(schema.get("title") or "this mapping"))
        yield Problem((*pointer, names[0]), Part.KEY, "unknown-field", "Unknown field", detail, hint, means=frozenset(means))


def _owners(name: str, value: object, schema: Mapping[str, Any]) -> list[str]:
    """Return the providers that have an option of this name, which an edition or a title was given; none where another field is meant."""
    if schema.get("title") not in {"an edition", "a title"} or (name in FIELDS and not isinstance(value, bool)):
        return []
    # Each provider is imported here, which only a broken document is worth.
    from catalogctl.provider import discovery

    return [provider for provider in discovery.names() if name in discovery.provider(provider).options.model_fields]


def _lacking(value: object, block: Mapping[str, Any], schema: Mapping[str, Any], root: Mapping[str, Any], judge: Judge) -> str:
    """Return the one required field that a mapping lacks, if a value is well-formed for it; empty otherwise."""
    lacking = [name for name in schema.get("required", ()) if name not in block]
    if len(lacking) != 1:
        return ""
    part = {"properties": {lacking[0]: schema["properties"][lacking[0]]}, "definitions": root.get("definitions", {})}
    return "" if judge(part, {lacking[0]: value}) else lacking[0]


def _by_role(pointer: Pointer, block: Mapping[str, Any], known: list[str]) -> Problem | None:
    """Return the problem of a contributor whose role is in the place of `name`; `None` for any other mapping."""
    if not {"name", "role"} <= set(known) or len(block) != 1:
        return None
    [(key, value)] = block.items()
    role = person_role(str(key))
    people = people_meant(value, role) if role and key not in known else []
    if len(people) != 1:
        return None
    detail = f"`{shown(str(key))}` is a role and no field: a contributor has a name, and a role beside it."
    means = frozenset({"name", "role"})
    return Problem((*pointer, str(key)), Part.KEY, "unknown-field", "Unknown field", detail, f"Write\n{people[0]}", means=means)


def _by_country(pointer: Pointer, block: Mapping[str, Any], schema: Mapping[str, Any]) -> Problem | None:
    """Return the problem of territories that are the keys of a mapping; `None` for any other mapping."""
    if schema.get("title") != "territories" or "except" in block or not all(re.fullmatch("[A-Z]{2,3}", str(key)) for key in block):
        return None
    sold = [str(key) for key, value in block.items() if value is not False]
    out = [str(key) for key, value in block.items() if value is False]
    meant = flow(sold) if sold else flow({"except": out})
    detail = "Territories are a list of countries and groups, or a mapping with `except`."
    return Problem(
        (*pointer, str(next(iter(block)))),
        Part.KEY,
        "unknown-field",
        "Unknown field",
        detail,
        f"Write\n{meant}",
        means=frozenset({"except"}),
    )


def _detail(names: list[str], what: str) -> str:
    are, them = ("is not a field", "it") if len(names) == 1 else ("are not fields", "them")
    return f"{listed([f'`{shown(name)}`' for name in names])} {are} of {what}, and nothing would read {them}."


def _aim(name: str, schema: Mapping[str, Any], root: Mapping[str, Any]) -> _Aim:
    known = schema.get("properties", {})
    word = snake(name)
    if schema.get("title") == "files":
        return _Aim(file_meant(word))
    meant = FIELDS.get(word, "")
    if person_role(word) and "contributors" in known and meant not in known:
        meant = "contributors"
    if meant in known and meant:
        held = block_of(known[meant], root).get("properties", {})
        inside = word if word in held else file_meant(word) if meant == "files" else ""
        return _Aim(meant, inside)
    if word in known:
        return _Aim(word)
    home = _home(word, schema, root)
    for field in schema.get("required", ()):
        if home and any(word in one.get("properties", {}) for one in _alternatives(known[field], root)):
            return _Aim(field, word)
    close = most_alike(word, list(known), cutoff=ALIKE)
    if home and not (close and _is_slip(word, close[0])):
        return _Aim(home=home)
    return _Aim(close[0]) if close else _Aim()


def _is_slip(word: str, field: str) -> bool:
    """Return whether a word is a field but for a letter at its end."""
    return word.rstrip("s") == field.rstrip("s")


def _hint(
    found: list[tuple[str, _Aim]], block: Mapping[str, Any], schema: Mapping[str, Any], root: Mapping[str, Any], judge: Judge
) -> tuple[str, set[str]]:
    """Return what to write, and the fields of the mapping that are there once it is written."""
    known = schema.get("properties", {})
    names, aim = [name for name, _ in found], found[0][1]
    if schema.get("title") == "files":
        return _files(found, block)
    if aim.home:
        return _at_home(names, aim.home, block, "editions" in known and "editions" not in block), set()
    if not aim.field:
        return ("Known fields: " + ", ".join(sorted(known)) if known else "Remove it; nothing is known by that name here."), set()
    if aim.field == "contributors":
        people = [person for name in names for person in people_meant(block[name], person_role(snake(name)) or "author")]
        return _put("contributors", f"[{', '.join(people)}]", block) if people else _rename(aim.field), {aim.field}
    is_whole = aim.inside and not any(_is_block(one, aim.inside, root) for one in _alternatives(known[aim.field], root))
    if is_whole and len(names) == 1 and isinstance(block[names[0]], dict):
        return f"Write\n{aim.field}: {flow(block[names[0]])}", {aim.field}
    if aim.inside:
        inner = ", ".join(f"{one.inside}: {flow(block[name])}" for name, one in found)
        if isinstance(block.get(aim.field), dict):
            return f"It belongs in `{aim.field}`:\n{inner}", {aim.field}
        return f"Write\n{aim.field}: {{{inner}}}", {aim.field}
    part = {"properties": {aim.field: known[aim.field]}, "definitions": root.get("definitions", {})}
    written = _fitted(judge(part, {aim.field: block[names[0]]}), (aim.field,))
    return (f"Write\n{aim.field}: {written}" if written else _rename(aim.field)), {aim.field}


def _rename(field: str) -> str:
    return f"Did you mean `{field}`?"


def _put(field: str, written: str, block: Mapping[str, Any]) -> str:
    return f"Add to `{field}`:\n{written.removeprefix('[').removesuffix(']')}" if field in block else f"Write\n{field}: {written}"


def _fitted(wrong: tuple[Problem, ...], place: Pointer) -> str:
    """Return a value as its place takes it, which a single problem's hint tells; empty where it takes it as it is, or none is given."""
    if len(wrong) != 1 or wrong[0].pointer != place or wrong[0].part is not Part.VALUE:
        return ""
    first, *more = wrong[0].hint.split("\n")
    if more and (first == "Write" or first.startswith("Write a list")):
        return more[0]
    said = re.fullmatch(r"Write ([^\s`]+)", first)
    return said[1] if said else ""


def _files(found: list[tuple[str, _Aim]], block: Mapping[str, Any]) -> tuple[str, set[str]]:
    meant = {aim.field: block[name] for name, aim in found if aim.field}
    rest = {name: value for name, value in block.items() if name not in dict(found)}
    if len(meant) < len(found) or meant.keys() & rest.keys():
        return "An edition has two files: its `content`, which is the book itself, and its `cover`.", set()
    said = ", ".join(f"{name}: {flow(value)}" for name, value in sorted({**rest, **meant}.items()))
    return f"Write\nfiles: {{{said}}}", set(meant)


def _at_home(names: list[str], home: str, block: Mapping[str, Any], is_new: bool) -> str:
    those = "It is a field" if len(names) == 1 else "They are fields"
    if home == "edition defaults":
        inner = "\n".join(f"  {name}: {flow(block[name])}" for name in names)
        return f"{those} of editions. Write\nedition:\n{inner}"
    if home != "an edition":
        return f"{those} of {home}."
    if not is_new:
        return f"{those} of an edition: move {'it' if len(names) == 1 else 'them'} below `editions`, into the edition that is meant."
    id_ = block.get("format") if isinstance(block.get("format"), str) else "epub"
    inner = "\n".join(f"    {name}: {flow(block[name])}" for name in names)
    return f"{those} of an edition: write\neditions:\n  {id_}:\n{inner}"


def block_of(schema: Mapping[str, Any], root: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the mapping that a field holds, in the schema's own words; an empty one where it holds none."""
    for part in (schema, *schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("allOf", ())):
        ref = part.get("$ref", "")
        block = root.get("definitions", {}).get(ref.rpartition("/")[2], {}) if ref else part
        if "properties" not in block and block is not schema:
            block = block_of(block, root)
        if "properties" in block:
            found: Mapping[str, Any] = block
            return found
    return {}


def _alternatives(schema: Mapping[str, Any], root: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the mappings that a field may hold."""
    return [block_of(part, root) for part in (schema, *schema.get("anyOf", ()), *schema.get("oneOf", ()))]


def _is_block(schema: Mapping[str, Any], field: str, root: Mapping[str, Any]) -> bool:
    """Return whether a field of a mapping holds a mapping itself."""
    return bool(block_of(schema.get("properties", {}).get(field, {}), root))


def _home(name: str, here: Mapping[str, Any], root: Mapping[str, Any]) -> str:
    """Return which other mapping of the document has a field of this name; nothing where none has."""
    for block in (root, *root.get("definitions", {}).values()):
        title = block.get("title")
        if block is not here and title and title != here.get("title") and name in block.get("properties", {}):
            return str(title)
    return ""


_USUAL: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "content": {
        "epub": ("ebook_epub", "ebook_content"),
        "pdf": ("ebook_pdf", "ebook_content"),
        "audiobook": ("audiobook",),
        "print": ("pod_content", "pod_bookblock"),
    },
    "cover": {
        "epub": ("ebook_cover", "cover_marketing"),
        "pdf": ("ebook_cover", "cover_marketing"),
        "audiobook": ("audio_cover", "cover_marketing"),
        "print": ("pod_cover",),
    },
}
"""Which of a store's kinds of file an edition's `content` and `cover` are, by the edition's format."""
_OF_ONE_FORMAT: Final = {"ebook_": {"epub", "pdf"}, "ebook_epub": {"epub"}, "ebook_pdf": {"pdf"}, "audio": {"audiobook"}, "pod_": {"print"}}
"""How the kinds begin that are for some formats alone."""


def neither(pointer: Pointer, value: Mapping[str, Any], blocks: list[Mapping[str, Any]], root: Mapping[str, Any], alone: str) -> Problem:
    """Tell a mapping that has no field of any of the mappings that it may be; `alone` is what it says, where that needs no mapping."""
    titles = " or ".join(str(block.get("title") or "this mapping") for block in blocks)
    fields = [name for block in blocks for name in block.get("required", block["properties"])]
    if not value:
        hint = "Write one of these:\n" + "\n".join(one for block in blocks for one in _example(block, root))
        detail = f"Expected {titles}, which needs {' or '.join(f'`{name}`' for name in fields)}."
        return Problem(pointer, Part.VALUE, "missing-field", f"Missing field: `{fields[0]}`", detail, hint)
    names = [str(name) for name in value]
    hint = f"Write {alone}" if alone else "Known fields: " + ", ".join(fields)
    return Problem((*pointer, names[0]), Part.KEY, "unknown-field", "Unknown field", _detail(names, titles), hint)


def _example(block: Mapping[str, Any], root: Mapping[str, Any]) -> Iterator[str]:
    """Yield a mapping of each field that has an example, as it is written."""
    for name, part in block.get("properties", {}).items():
        for value in (part.get("examples") or block_of(part, root).get("examples") or ())[:1]:
            yield flow({name: value})


def unknown_files(pointer: Pointer, names: list[str], known: list[str], format_: str = "") -> Problem:
    """Tell the kinds of files that a store does not have, with those that it has for a format and those that were meant."""
    fit = [one for one in known if not format_ or all(format_ in forms for start, forms in _OF_ONE_FORMAT.items() if one.startswith(start))]
    meant = [(name, _file_of(name, fit, format_)) for name in names]
    many = len(names) > 1
    lines = [f"Did you mean `{file}`{f' for `{shown(name)}`' if many else ''}?" for name, file in meant if file]
    if len(lines) < len(names):
        lines.append("The book itself and its cover are the `content` and the `cover` of the edition's own `files`.")
    named = " and ".join(f"`{shown(name)}`" for name in names)
    kinds = f"For the format {format_} there" if format_ else "There"
    detail = f"{named} {'are' if many else 'is'} no kind of file here. {kinds} are: {', '.join(fit)}."
    way, hint = (*pointer, names[0]), "\n".join(lines)
    return Problem(way, Part.KEY, "not-one-of", "Unknown kind of file", detail, hint, keys=tuple(names), known=tuple(known))


def _file_of(name: str, known: list[str], format_: str) -> str:
    """Return the kind of file that a name stands for; empty where none can be determined."""
    word = snake(name)
    if word in known:
        return word
    near = [one for one in _USUAL.get(file_meant(word), {}).get(format_, ()) if one in known]
    return next(iter(near or most_alike(word, known, cutoff=0.75)), "")
