"""A product as the service shows it becomes the edition that would declare it."""

from __future__ import annotations

import pytest

from catalogctl.model.title import Format
from catalogctl.provider.importing import FoundEdition, Unimportable
from catalogctl.providers.openpublishing.convert import StoredFile
from catalogctl.providers.openpublishing.decompile import FoundProduct, decompile


def file(type_: str, *labels: str) -> StoredFile:
    return StoredFile("1", type_, labels, f"faro.{type_}", "", 1, 0, None)


def found(*files: StoredFile, name: str = "El faro", id_: str = "4711", enabled: bool = True) -> FoundEdition | Unimportable:
    return decompile("openpub", FoundProduct(id_, name, "", files, enabled))


@pytest.mark.parametrize(
    ("types", "form", "name"),
    [
        (("cover_marketing", "ebook_pdf"), Format.PDF, "pdf"),
        (("pod_bookblock", "ebook_epub"), Format.EPUB, "epub"),
        (("audiobook",), Format.AUDIOBOOK, "audio"),
        ((), Format.EPUB, "epub"),
    ],
)
def test_a_product_is_one_edition_of_its_first_content_and_declares_its_switch(types: tuple[str, ...], form: Format, name: str) -> None:
    holding = found(*map(file, types))
    assert isinstance(holding, FoundEdition)
    assert (holding.edition.format, holding.edition.id) == (form, name)
    assert holding.edition.publish == {"openpub": {"product": 4711, "distribution": {"enabled": True}}}


def test_files_are_named_with_their_labels() -> None:
    holding = found(file("ebook_epub", "distribution:retail"))
    assert isinstance(holding, FoundEdition)
    assert "faro.ebook_epub as ebook_epub (distribution:retail)" in holding.remarks[0]


def test_a_product_without_a_title_is_called_by_its_number() -> None:
    holding = found(name="")
    assert isinstance(holding, FoundEdition)
    assert holding.edition.metadata.title == "Product 4711"


def test_a_product_whose_id_is_no_number_cannot_be_named() -> None:
    assert isinstance(found(id_="0b1e-77"), Unimportable)
