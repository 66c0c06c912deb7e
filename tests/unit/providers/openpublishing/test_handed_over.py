"""Files that change products: what one gives up another may take, and no file is lost by it, whatever bytes they have."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

import small
from catalogctl.model.diagnostics import Refusal
from catalogctl.planning.scope import Scope
from catalogctl.testing.kit import Kit, doing, opened
from catalogctl.testing.specimen import Document, Specimen
from unit.providers.openpublishing.press import on_show

FILES: Mapping[str, bytes] = {"files/faro.epub": small.epub("faro"), "files/mapa.epub": small.epub("mapa")}
PRODUCTS = tuple({"product": number} for number in (1, 2, 3))
ALIKE = {"a": "files/faro.epub", "b": "files/faro.epub", "c": "files/faro.epub"}
APART = {"a": "files/faro.epub", "b": "files/mapa.epub", "c": "files/faro.epub"}


def on_sale(declared: Document, **switches: Any) -> Specimen:
    return replace(on_show(declared, *PRODUCTS, **switches), files=FILES)


def titles(products: Mapping[str, Any], files: Mapping[str, str]) -> dict[str, Document]:
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
    ({"b": 2}, {"b": 3, "c": 2}),
)


@pytest.mark.parametrize(("was", "now"), MOVES)
@pytest.mark.parametrize("files", [ALIKE, APART], ids=["alike", "apart"])
@pytest.mark.parametrize("allowed", ["no", "replaces", "conflict"])
def test_files_that_change_products_are_all_there_afterwards(
    was: Mapping[str, int], now: Mapping[str, int], files: Mapping[str, str], allowed: str
) -> None:
    documents = titles(was, files)
    with opened(on_sale(next(iter(documents.values())), one_per_type=allowed)) as kit:
        kit.titles = documents
        kit.apply(kit.plan())
        shas = {id_: hashlib.sha1(FILES[file], usedforsecurity=False).hexdigest() for id_, file in files.items()}
        kit.titles = titles(now, files)
        assert kit.apply(kit.plan()).execution.refusal is None
        assert held(kit) == {str(product): shas[id_] for id_, product in now.items()}
        assert not doing(kit.plan())


@pytest.mark.parametrize("left_out", ["a", "b"])
def test_an_exchange_of_which_one_half_was_done_goes_on(left_out: str) -> None:
    with opened(on_sale(next(iter(titles({"a": 1, "b": 2}, APART).values())))) as kit:
        kit.titles = titles({"a": 1, "b": 2}, APART)
        kit.apply(kit.plan())
        before = held(kit)
        kit.titles = titles({"a": 2, "b": 1}, APART)
        kit.apply(kit.plan(scope=Scope(excludes=(left_out,))))
        kit.apply(kit.plan())
        assert held(kit) == {"1": before["2"], "2": before["1"]}
        assert not doing(kit.plan())


def test_a_file_that_is_not_ours_takes_no_file_of_ours_along() -> None:
    with opened(on_sale(titles({"a": 1}, ALIKE)["a"], one_per_type="conflict")) as kit:
        kit.apply(kit.plan())
        kit.emulator.seed([{"product": 2, "type": "ebook_epub", "sha1": "0" * 40, "file_name": "theirs.epub"}])
        before = kit.rows()
        kit.titles = titles({"a": 2}, ALIKE)
        assert kit.apply(kit.plan()).execution.refusal is Refusal.PARTIAL
        assert kit.rows() == before


def test_a_file_given_up_may_be_taken_in_other_words() -> None:
    ean = "9781496822482"
    with opened(replace(on_show(titles({"b": 2}, ALIKE)["b"], {"product": 2, "ean": ean}, {"product": 3}), files=FILES)) as kit:
        kit.apply(kit.plan())
        kit.titles = titles({"c": {"ean": ean}}, ALIKE)
        kit.apply(kit.plan())
        assert held(kit).keys() == {"2"}
        assert not doing(kit.plan())
