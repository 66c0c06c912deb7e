"""Editions that more accounts sell from now on → the files that say so: their text is changed at these places, and nowhere else."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from textwrap import wrap
from typing import Any, Final

from catalogctl.config.documents import Documents, read_file
from catalogctl.config.syntax.encoding import MAX_BYTES
from catalogctl.config.syntax.source import Part, Source, locate, parse
from catalogctl.config.write_titles import SCHEMAS
from catalogctl.config.yaml_writer import WIDTH, role_word
from catalogctl.editing.layout import laid_out
from catalogctl.editing.patch import Wish, patch, same
from catalogctl.editing.write_files import Edited
from catalogctl.model.diagnostics import CatalogError, Pointer, Severity
from catalogctl.model.title import Origin
from catalogctl.system.file import read_bounded

_AMOUNTS: Final = frozenset({"prices"})


@dataclass(frozen=True, slots=True)
class Addition:
    """What one edition of a title says beside what it says already."""

    title: Origin
    """The document of the title."""
    way: Pointer
    """Where it is said: the edition's `publish` of an account, or the edition."""
    block: Mapping[str, Any]
    """In canonical form; laid over what is there."""
    comment: tuple[str, ...] = ()
    """Sentences for a comment above it."""


def with_additions(documents: Documents, additions: Iterable[Addition]) -> tuple[list[Edited], dict[str, str]]:
    """Return the files with the additions, and why others cannot have theirs, by path; a file in the one layout stays in it.

    Raises:  OSError where a file cannot be read.
    """
    root = documents.project.root
    schemas = SCHEMAS if (root / SCHEMAS).is_dir() else None
    by_path: dict[str, list[Addition]] = {}
    for one in additions:
        by_path.setdefault(one.title.path, []).append(one)
    edits: list[Edited] = []
    refused: dict[str, str] = {}
    for path, mine in sorted(by_path.items()):
        before = read_bounded(root / path, MAX_BYTES)
        try:
            after = _edited(Source(path, before), mine, schemas)
        except CatalogError as wrong:
            refused[path] = wrong.diagnostics[0].detail
        else:
            edits.append(Edited(path, before, after))
    return edits, refused


def _edited(source: Source, additions: Sequence[Addition], schemas: str | None) -> bytes:
    said = parse(source).documents
    wishes: dict[int, Any] = {}
    for one in additions:
        whole = wishes.setdefault(one.title.document, copy.deepcopy(said[one.title.document]))
        *above, last = one.way
        place: Any = whole
        for step in above:
            if not isinstance(place.get(step), dict):
                place[step] = {}
            place = place[step]
        there = place.get(last)
        place[last] = _laid_over(_written(one.block), there) if isinstance(there, dict) else _written(one.block)
    data = patch(source, {index: Wish(value) for index, value in wishes.items()})
    commented = _commented(Source(source.path, data), additions)
    if _is_laid_out(source, schemas) and laid_out(Source(source.path, commented), schemas) != commented:
        # What gets a line of its own by the layout has its comment above that line.
        data = laid_out(Source(source.path, data), schemas)
        commented = laid_out(Source(source.path, _commented(Source(source.path, data), additions)), schemas)
    _, wrong, _ = read_file(Source(source.path, commented))
    errors = [item for item in wrong if item.severity is Severity.ERROR]
    if errors:
        raise CatalogError(*errors)
    return commented


def _is_laid_out(source: Source, schemas: str | None) -> bool:
    try:
        return laid_out(source, schemas) == source.data
    except CatalogError:
        return False


def _laid_over(upper: Mapping[str, Any], lower: Mapping[str, Any]) -> dict[str, Any]:
    """Lay a block over another one; a null stays, since it takes back what stands further out."""
    both = dict(upper)
    for name, value in upper.items():
        if isinstance(value, dict) and isinstance(lower.get(name), dict) and name != "series":
            both[name] = _laid_over(value, lower[name])
    return {**lower, **both}


def _written(value: Any, name: str = "") -> Any:
    """Return canonical data as a person writes it: amounts are numbers, and roles have names."""
    if name in _AMOUNTS and isinstance(value, dict):
        return {currency: Decimal(amount) if isinstance(amount, str) else amount for currency, amount in value.items()}
    if isinstance(value, dict):
        return {key: role_word(item) if key == "role" and isinstance(item, str) else _written(item, key) for key, item in value.items()}
    return [_written(item) for item in value] if isinstance(value, list | tuple) else value


def _commented(source: Source, additions: Sequence[Addition]) -> bytes:
    """Put the comments above what they are about; JSON has none, and what is in braces has them above its line."""
    if source.path.lower().endswith(".json"):
        return source.data
    text = source.data.decode()
    ending = "\r\n" if "\r\n" in text else "\n"
    lines = text.split("\n")
    for place, margin, one in sorted(((*_line_above(source, one), one) for one in additions if one.comment), key=lambda row: -row[0]):
        rows = [
            f"{margin}# {row}{ending.removesuffix(chr(10))}"
            for sentence in one.comment
            for row in wrap(_harmless(sentence), max(40, WIDTH - len(margin) - 2), break_long_words=False, break_on_hyphens=False)
        ]
        lines[place:place] = rows
    data = "\n".join(lines).encode()
    before, after = parse(source).documents, parse(Source(source.path, data)).documents
    return data if len(before) == len(after) and all(map(same, after, before)) else source.data


def _line_above(source: Source, addition: Addition) -> tuple[int, str]:
    """Return the number of the line, from 0, above which a comment stands, and its margin."""
    for length in range(len(addition.way), 0, -1):
        place = locate(source, addition.title.document, addition.way[:length], Part.KEY)
        margin = place.text[: place.column - 1]
        if not margin.strip():
            return place.line - 1, margin
    place = locate(source, addition.title.document, (), Part.KEY)
    return place.line - 1, ""


def _harmless(sentence: str) -> str:
    return "".join(sign if sign.isprintable() else " " for sign in sentence)
