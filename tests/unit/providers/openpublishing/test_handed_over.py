"""Files that change products: what one gives up another may take, and no file is lost by it, whatever bytes they have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

import small
from catalogctl.testing.kit import Kit, doing, opened
from catalogctl.testing.specimen import Document, Specimen
from unit.providers.openpublishing.press import on_show

FILES: Mapping[str, bytes] = {"files/faro.epub": small.epub("faro"), "files/mapa.epub": small.epub("mapa")}
PRODUCTS = tuple({"product": number} for number in (1, 2, 3))
ALIKE = {"a": "files/faro.epub", "b": "files/faro.epub", "c": "files/faro.epub"}
APART = {"a": "files/faro.epub", "b": "files/mapa.epub", "c": "files/faro.epub"}


def on_sale(declared: Document, **switches: Any) -> Specimen:
    return replace(on_show(declared, *PRODUCTS, **switches), files=FILES)


def titles(products: Mapping[str, int], files: Mapping[str, str]) -> dict[str, Document]:
    return {
        id_: {
            "kind": "title",
            "id": id_,
            "title": id_,
            "editions": {"epub": {"format": "epub", "files": {"content": files[id_]}, "publish": {"store": {"product": product}}}},
        }
        for id_, product in products.items()
    }


def held(kit: Kit) -> dict[str, str]:
    """Return by product the sha1 of its file; one file each."""
    rows = kit.emulator.rows()
    found = {str(row["product"]): str(row["sha1"]) for row in rows}
    assert len(found) == len(rows)
    return found


MOVES = (
    ({"a": 1, "b": 2}, {"a": 2, "b": 1}),
    ({"a": 1, "b": 2}, {"a": 2, "b": 3}),
    ({"a": 1, "b": 2}, {"a": 2}),
    ({"a": 1, "b": 2, "c": 3}, {"a": 2, "b": 3, "c": 1}),
)


@pytest.mark.parametrize(("was", "now"), MOVES)
@pytest.mark.parametrize("files", [ALIKE, APART], ids=["alike", "apart"])
def test_files_that_change_products_are_all_there_afterwards(
    was: Mapping[str, int], now: Mapping[str, int], files: Mapping[str, str]
) -> None:
    documents = titles(was, files)
    with opened(on_sale(documents["a"])) as kit:
        kit.titles = documents
        kit.apply(kit.plan())
        shas = {id_: held(kit)[str(product)] for id_, product in was.items()}
        kit.titles = titles(now, files)
        kit.apply(kit.plan())
        assert held(kit) == {str(product): shas[id_] for id_, product in now.items()}
        assert not doing(kit.plan())
