"""What may be wrong with the contributors of a title, its edition or its defaults: parts that do not fit the name, commas, repeats."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any, Final

from catalogctl.config.schema.meant import role_meant
from catalogctl.config.schema.problem import Problem
from catalogctl.config.schema.wording import flow
from catalogctl.config.syntax.source import Part
from catalogctl.model.diagnostics import Pointer, Severity
from catalogctl.model.person import has_words, is_suffix, name_parts
from catalogctl.model.role import role_title

_COMPANY: Final = frozenset("inc ltd llc llp gmbh ag kg co corp sa sas sarl sl slu srl spa lda ltda bv plc".split())
"""Words behind a comma that only an organization has, in lower case and without points."""
_AND: Final = frozenset("& and und y e et".split())
_ANY_COMMA: Final = re.compile(r"\s*[,\uff0c\u060c\u3001]\s*")
"""The comma and those of Chinese, Japanese and Arabic."""
_DATES: Final = re.compile(r",?\s*(?:\([^()]*[0-9]{3}[^()]*\)|,\s*[0-9]{4}\s*[-\u2013]\s*(?:[0-9]{4})?)$")


def contributor_problems(block: Mapping[str, Any], here: Pointer) -> Iterator[Problem]:
    """List what may be wrong with the contributors that a block declares."""
    seen: dict[tuple[str, str], int] = {}
    for place, person in enumerate(block.get("contributors") or ()):
        way = (*here, "contributors", place)
        roles = person["role"] if isinstance(person["role"], list) else [person["role"]]
        yield from _repeated_role(roles, way)
        if "name" not in person:
            continue
        parts = tuple(_misplaced_parts(person, way))
        yield from parts
        if not parts:
            yield from _comma(person, way)
        name = " ".join(person["name"].split())
        same = unicodedata.normalize("NFKC", name).casefold()
        firsts = [first for role in dict.fromkeys(roles) if (first := seen.setdefault((same, role), place)) != place]
        if firsts:
            detail = f"`{name}` is listed here with the same role as item {firsts[0] + 1} of the list, and a store would be sent both."
            hint = "Remove one of the two, or correct its name or its role."
            yield Problem((*way, "name"), Part.VALUE, "contributor-twice", "Contributor listed twice", detail, hint, Severity.WARNING)


def _repeated_role(roles: list[str], way: Pointer) -> Iterator[Problem]:
    for place, role in enumerate(roles):
        if role in roles[:place]:
            detail = f"The role {role_title(role)} stands further up in this list already."
            yield Problem(
                (*way, "role", place), Part.VALUE, "repeated-word", "Listed twice", detail, "Remove one of the two.", Severity.WARNING
            )


def _misplaced_parts(person: Mapping[str, Any], way: Pointer) -> Iterator[Problem]:
    name, first, last = person["name"], person.get("first_name"), person.get("last_name")
    if person.get("corporate") and (first or last):
        detail = "An organization has a name and no first or last name."
        hint = "Remove `corporate`, or the parts of the name."
        yield Problem((*way, "corporate"), Part.VALUE, "corporate-with-parts", "An organization with a first or last name", detail, hint)
    elif last and not first and not has_words(name, last):
        detail = f"`{last}` is not part of `{name}` as whole words: a last name is the part of the name by which it is sorted."
        whole = _whole_word(name, last)
        rest = _beside(name, last) or (name_parts(name, last_name=whole) if whole != last else name_parts(name))[0]
        both = f"first_name: {rest or name}\nlast_name: {whole}"
        hint = f"Write it exactly as in the name, or give both parts:\n{both}"
        yield Problem((*way, "last_name"), Part.VALUE, "last-name-not-in-name", "A last name that is not in the name", detail, hint)
    elif first and not last and not has_words(name, first):
        detail = f"`{first}` is not part of `{name}` as whole words, so the last name cannot be derived from it."
        whole = _whole_word(name, first)
        rest = _beside(name, first) or (name_parts(name, first_name=whole) if whole != first else name_parts(name))[1]
        hint = f"Write it exactly as in the name, or give both parts:\nfirst_name: {whole}\nlast_name: {rest}"
        yield Problem((*way, "first_name"), Part.VALUE, "first-name-not-in-name", "A first name that is not in the name", detail, hint)


def _comma(person: Mapping[str, Any], way: Pointer) -> Iterator[Problem]:
    """Warn of a comma in the name of a person whose two parts are not said: stores show the name as it is written."""
    name = person["name"].strip()
    if ";" in name and not person.get("corporate"):
        role = role_title(person["role"][0] if isinstance(person["role"], list) else person["role"])
        items = ", ".join(f"{{name: {flow(' '.join(name_parts(one)).strip())}, role: {role}}}" for one in name.split(";") if one.strip())
        detail = f"`{name}` contains a semicolon, and stores show a name as it is written. It looks like the names of several people."
        hint = f"Write an item for each:\n{items}"
        yield Problem((*way, "name"), Part.VALUE, "name-comma", "Several names in one", detail, hint, Severity.WARNING)
        return
    plain = _DATES.sub("", _ANY_COMMA.sub(", ", name)).strip()
    before, comma, after = (part.strip() for part in plain.partition(","))
    if not comma or person.get("corporate") or (person.get("first_name") and person.get("last_name")):
        return
    first, last = name_parts(plain)
    lead = f"`{name}` contains a comma, and stores show a name as it is written."
    words = [word.replace(".", "").strip(",").lower() for word in after.split()]
    people = _people(plain)
    if is_suffix(after):
        why = f" `{after}` follows the name and is not the first name."
        both = f"first_name: {first}\nlast_name: {last}"
        hint = f"Write it without the comma:\nname: {before} {after}\nOr keep it, and say its parts beside it:\n{both}"
    elif role := role_meant(after.strip(".")):
        why = f" `{after}` is a role and no part of the name."
        hint = f"Say the role beside the name:\nname: {before}\nrole: {role}"
    elif len(people) > 1 and _COMPANY.isdisjoint(words):
        why = " It looks like the names of several people."
        role = role_title(person["role"][0] if isinstance(person["role"], list) else person["role"])
        items = ", ".join(f"{{name: {flow(one)}, role: {role}}}" for one in people)
        hint = f"Write an item for each:\n{items}"
    elif not (_COMPANY | _AND).isdisjoint(words):
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


def _whole_word(name: str, part: str) -> str:
    """Return the word of a name that a part is one side of: `Mary-Kim` for `Mary`; the part itself where there is none."""
    return next((word for word in name.split() if "-" in word and part in word.split("-")), part)


def _beside(name: str, part: str) -> str:
    """Return the rest of a name that is written without blanks, as Chinese and Japanese names are; empty for any other."""
    if name.lower() != name.upper() or len(name.split()) != 1:
        return ""
    return name.removeprefix(part) if name.startswith(part) else name.removesuffix(part) if name.endswith(part) else ""


def _people(text: str) -> list[str]:
    """Return the names of the people that a text with commas lists; empty where it may as well be one name."""
    groups = re.split(r"\s*;\s*|\s*,?\s+(?:&|and|und|et|y|e)\s+", text)
    if len(groups) > 1 and all(group.count(",") == 1 for group in groups):  # each is sorted by its last name
        return [" ".join(name_parts(group)) for group in groups]
    names = [name.strip() for group in groups for name in group.split(",")]
    several = len(groups) > 1 or len(names) > 2
    return names if several and all(len(name.split()) > 1 for name in names) else []
