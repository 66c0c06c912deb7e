"""Files that are not in the one layout, found without reading those with care that were found in it before."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from catalogctl.config.cache import Cache
from catalogctl.config.syntax.encoding import MAX_BYTES
from catalogctl.config.syntax.source import Source
from catalogctl.editing.known_layout import IN_ORDER, key_of_all, layout_rules
from catalogctl.editing.layout import laid_out
from catalogctl.model.diagnostics import CatalogError, Diagnostic, SourceRange, error
from catalogctl.system.file import read_bounded


@dataclass(frozen=True, slots=True)
class Unformatted:
    """A file that another layout was found for, or that has none because something is wrong with it."""

    path: str
    """As problems name it."""
    before: bytes
    after: bytes
    problems: tuple[Diagnostic, ...] = ()


def unformatted(files: Sequence[tuple[str, Path]], schemas: str | None, known: Cache) -> Iterator[Unformatted]:
    """Lay files out, and list those that this changes, in order.

    Shapes:  each file by its name in problems, which is relative to the project folder where it is in it, and by its path;
             `schemas` as for `laid_out`.
    """
    rules = layout_rules(schemas)
    sums: list[tuple[str, bytes]] = []
    read: list[tuple[str, bytes, bytes]] = []
    for path, file in files:
        try:
            data = read_bounded(file, MAX_BYTES)
        except OSError as broken:
            detail = f"`{path}`: {broken.strerror or 'it cannot be read'}."
            hint = "Check that it exists and who may read it."
            problem = error("file-unreadable", "File cannot be read", detail, hint).at(SourceRange(path, 1, 1, 2, ""))
            yield Unformatted(path, b"", b"", (problem,))
            continue
        # The address of the schema depends on the folder, and the reader on the ending.
        place = f"{path.rpartition('/')[0]}\0{path.rpartition('.')[2].lower()}\0".encode(errors="surrogateescape")
        sum_ = hashlib.sha256(data).digest()
        sums.append((path, sum_))
        read.append((path, data, hashlib.sha256(rules + place + sum_).digest()))
    remembered = known.parses([key for _, _, key in read])
    fresh: list[tuple[bytes, bytes]] = []
    in_order = 0
    for path, data, key in read:
        if remembered.get(key) == IN_ORDER:
            in_order += 1
            continue
        try:
            after = laid_out(Source(path, data), schemas)
        except CatalogError as wrong:
            yield Unformatted(path, data, data, wrong.diagnostics)
            continue
        if after == data:
            fresh.append((key, IN_ORDER))
            in_order += 1
        else:
            yield Unformatted(path, data, after)
    if in_order == len(files):
        fresh.append((key_of_all(rules, sums), IN_ORDER))
    known.remember_parses(fresh)
