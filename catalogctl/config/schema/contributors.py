"""What may be wrong with the contributors of a title, its edition or its defaults: parts that do not fit the name, commas, repeats."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from catalogctl.config.schema.problem import Problem
from catalogctl.config.syntax.source import Part
from catalogctl.model.diagnostics import Pointer, Severity
from catalogctl.model.person import has_words, is_suffix, name_parts

_COMPANY: Final = frozenset("inc ltd llc llp gmbh ag kg co corp sa sas sl srl ltda bv plc & and und y e et".split())
"""Words behind a comma that only an organization has, in lower case and without points."""


def contributor_problems(block: Mapping[str, Any], here: Pointer) -> Iterator[Problem]:
    """List what may be wrong with the contributors that a block declares."""
    seen: dict[tuple[str, str], int] = {}
    for place, person in enumerate(block.get("contributors") or ()):
        way = (*here, "contributors", place)
        parts = tuple(_misplaced_parts(person, way))
        yield from parts
        if not parts:
            yield from _comma(person, way)
        name = " ".join(person["name"].split())
        first = seen.setdefault((name.casefold(), person["role"]), place)
        if first != place:
            detail = f"`{name}` is listed here with the same role as item {first + 1} of the list, and a store would be sent both."
            hint = "Remove one of the two, or correct its name or its role."
            yield Problem((*way, "name"), Part.VALUE, "contributor-twice", "Contributor listed twice", detail, hint, Severity.WARNING)


def _misplaced_parts(person: Mapping[str, Any], way: Pointer) -> Iterator[Problem]:
    name, first, last = person["name"], person.get("first_name"), person.get("last_name")
    if person.get("corporate") and (first or last):
        detail = "An organization has a name and no first or last name."
        hint = "Remove `corporate`, or the parts of the name."
        yield Problem((*way, "corporate"), Part.VALUE, "corporate-with-parts", "An organization with a first or last name", detail, hint)
    elif last and not first and not has_words(name, last):
        detail = f"`{last}` is not part of `{name}` as whole words: a last name is the part of the name by which it is sorted."
        both = f"first_name: {name_parts(name)[0] or name}\nlast_name: {last}"
        hint = f"Write it exactly as in the name, or give both parts:\n{both}"
        yield Problem((*way, "last_name"), Part.VALUE, "last-name-not-in-name", "A last name that is not in the name", detail, hint)
    elif first and not last and not has_words(name, first):
        detail = f"`{first}` is not part of `{name}` as whole words, so the last name cannot be derived from it."
        hint = f"Write it exactly as in the name, or give both parts:\nfirst_name: {first}\nlast_name: {name_parts(name)[1]}"
        yield Problem((*way, "first_name"), Part.VALUE, "first-name-not-in-name", "A first name that is not in the name", detail, hint)


def _comma(person: Mapping[str, Any], way: Pointer) -> Iterator[Problem]:
    """Warn of a comma in the name of a person whose two parts are not said: stores show the name as it is written."""
    name = person["name"].strip()
    before, comma, after = (part.strip() for part in name.partition(","))
    if not comma or person.get("corporate") or (person.get("first_name") and person.get("last_name")):
        return
    first, last = name_parts(name)
    lead = f"`{name}` contains a comma, and stores show a name as it is written."
    words = [word.strip(".,").lower() for word in after.split()]
    if is_suffix(after):
        why = f" `{after}` follows the name and is not the first name."
        both = f"first_name: {first}\nlast_name: {last}"
        hint = f"Write it without the comma:\nname: {before} {after}\nOr keep it, and say its parts beside it:\n{both}"
    elif not _COMPANY.isdisjoint(words):
        why = " It looks like the name of an organization."
        hint = "If it is one, say so beside the name:\ncorporate: true"
    elif "," in after or not before or not after:
        why = " It looks like several names, or like one that is cut."
        hint = "Write an item for each contributor; for an organization, say so beside the name:\ncorporate: true"
    else:
        why = " It looks like a name that is sorted by its last name."
        hint = f"Write it as the title page has it:\nname: {first} {last}"
        if len(words) > 1 and len(before.split()) > 1:
            hint += "\nIf these are two people, write an item for each."
    yield Problem((*way, "name"), Part.VALUE, "name-comma", "A comma in a name", lead + why, hint, Severity.WARNING)
