"""A file → the same file in the one layout that all files have; what it says and its comments stay as they are.

    UTF-8 without a mark, \\n at the end of each line, no blanks before it · two blanks a level, one in `{a: b}` · fields in their order ·
    quotes where another reader of YAML would take a text for something else · the schema's address as it is seen from the file

Brackets stay brackets as long as they fit into a line, lines stay lines, texts are not broken otherwise, and quotes are not taken away.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence
from typing import Final

from catalogctl.config.field_order import BLOCKS, Ordering, order_at
from catalogctl.config.syntax.source import Source, parse
from catalogctl.config.syntax.tree import Value
from catalogctl.editing.layout_json import json_layout
from catalogctl.editing.layout_yaml import yaml_layout
from catalogctl.editing.patch import same
from catalogctl.editing.written import documents, read, readable
from catalogctl.model.diagnostics import CatalogError, Pointer, SourceRange, error

_MODELINE: Final = re.compile(r"(?P<head>#\s*yaml-language-server:\s*\$schema=)(?P<address>\S+)")
_SCHEMA: Final = re.compile(r"(?:.*/)?(?P<name>(?:title|defaults|blocks|catalogctl)\.schema\.json)")


def laid_out(source: Source, schemas: str | None = None) -> bytes:
    """Return a file in the one layout.

    Shapes:  `schemas` is the folder of the project's schemas, seen from the project as the source's path is; `None` where it has none.
    Raises:  CatalogError where the file cannot be read, or where the layout would change what it says.
    """
    parsed, text, is_json = readable(source)
    for order in (order_at, _as_written):  # put in order, a repetition could come before what it repeats
        new = _text(text, order, is_json=is_json)
        if schemas is not None and not is_json:
            new = _with_schema(new, posixpath.relpath(schemas, posixpath.dirname(source.path) or "."))
        for end in ("\n", new[len(new.rstrip("\n")) :]):  # the other for a text that keeps the empty lines at its end (`|+`)
            data = f"{new.rstrip(chr(10))}{end}".encode() if new.strip("\n") else b""
            if data == source.data:
                return data
            if _says(source, data, parsed.documents) and _comments(data.decode(), is_json=is_json) == _comments(text, is_json=is_json):
                return data
    detail = "In the one layout the file would say something else, or lose a comment. Nothing is written."
    hint = "Write what is unusual in it as other files have it: an explicit key (`? `), a comment inside a value."
    raise CatalogError(error("layout-refused", "A file that cannot be laid out", detail, hint).at(SourceRange(source.path, 1, 1, 2, "")))


def _text(text: str, order: Ordering, *, is_json: bool) -> str:
    return "".join([_laid_out(piece, order, is_json=is_json) for piece in documents(text, is_json=is_json)]).lstrip("\n")


def _says(source: Source, data: bytes, documents_: Sequence[Value]) -> bool:
    said = parse(Source(source.path, data)).documents
    return len(said) == len(documents_) and all(map(same, said, documents_))


def _laid_out(piece: str, order: Ordering, *, is_json: bool) -> str:
    written = read(piece, is_json=is_json)
    if written is None:
        return "".join(f"{line.rstrip()}\n" for line in piece.replace("\r\n", "\n").replace("\r", "\n").split("\n")[:-1]) or piece.rstrip()
    order = order if _is_of_a_catalog(written.value) else _as_written
    return json_layout(written, order) if is_json else yaml_layout(written, order)


def _is_of_a_catalog(value: Value) -> bool:
    return isinstance(value, dict) and (value.get("kind") in ("title", "defaults") or value.keys() <= BLOCKS)


def _as_written(_pointer: Pointer) -> Sequence[str]:
    return ()


def _with_schema(text: str, folder: str) -> str:
    """Correct the address of one of the project's own schemas."""

    def corrected(found: re.Match[str]) -> str:
        address = found["address"]
        named = _SCHEMA.fullmatch(address)
        return found.group() if "://" in address or named is None else f"{found['head']}{folder}/{named['name']}"

    return "\n".join(_MODELINE.sub(corrected, line) if line.startswith("#") else line for line in text.split("\n"))


def _comments(text: str, *, is_json: bool) -> list[str]:
    """List the comments of a file, sorted: fields take theirs along. The address of a schema is none."""
    found: list[str] = []
    for piece in documents(text, is_json=is_json):
        written = read(piece, is_json=is_json)
        comments = [piece[one.start : one.end] for one in written.comments()] if written else re.findall("#[^\r\n]*", piece)
        found += [_MODELINE.sub(r"\g<head>", one).rstrip() for one in comments]
    return sorted(found)
