"""`moved`, `removed` and `import`, collected from wherever they stand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from catalogctl.model.address import Address
from catalogctl.model.blocks import Import, Move, Removal
from catalogctl.model.title import Origin


@dataclass(frozen=True, slots=True)
class Blocks:
    """All that the documents and the project file declare, in the order of the files."""

    moved: tuple[Move, ...] = ()
    removed: tuple[Removal, ...] = ()
    imports: tuple[Import, ...] = ()


def gather(declared: Iterable[tuple[Mapping[str, Any], Origin]]) -> Blocks:
    """Collect the blocks out of documents' canonical data."""
    moved: list[Move] = []
    removed: list[Removal] = []
    imports: list[Import] = []
    for data, origin in declared:
        for place, block in enumerate(data.get("moved") or ()):
            moved.append(Move(Address.parse(block["from"]), Address.parse(block["to"]), origin.at("moved", place)))
        for place, block in enumerate(data.get("removed") or ()):
            removed.append(Removal(Address.parse(block["address"]), block.get("destroy", False), origin.at("removed", place)))
        for place, block in enumerate(data.get("import") or ()):
            imports.append(Import(Address.parse(block["address"]), block["id"], origin.at("import", place)))
    return Blocks(tuple(moved), tuple(removed), tuple(imports))
