"""A product as the service shows it → the edition that would declare it. Pure, and the reverse of `compile`.

Declaring a file takes the file, and only the service has it: what an import can declare is whether the product is distributed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from stdnum import isbn as isbns

from catalogctl.model.title import Edition, Format, Metadata
from catalogctl.provider.importing import FoundEdition, Unimportable
from catalogctl.providers.openpublishing.compile import CONTENT_TYPES
from catalogctl.providers.openpublishing.convert import StoredFile
from catalogctl.providers.openpublishing.types import slot

_NAMES = {Format.EPUB: "epub", Format.PDF: "pdf", Format.AUDIOBOOK: "audio", Format.PRINT: "print"}


@dataclass(frozen=True, slots=True)
class FoundProduct:
    """A product with what hangs on it."""

    id: str
    name: str
    """Empty where the service tells none."""
    ean: str
    """As the service has it; empty where it tells none."""
    files: tuple[StoredFile, ...]
    """From the oldest to the newest."""
    enabled: bool
    """Whether it is distributed."""


def decompile(account: str, product: FoundProduct) -> FoundEdition | Unimportable:
    """Say how a product would be declared: as one edition, of the format of its first content file."""
    if not product.id.isdecimal():
        return Unimportable(product.id, product.name, "Its id is no number, by which alone a product is named here.")
    ean = product.ean.replace("-", "")
    kinds = {file.type for file in product.files}
    form = next((form for form in Format if CONTENT_TYPES[form] in kinds), Format.EPUB)
    edition = Edition(
        id=_NAMES[form],
        format=form,
        metadata=Metadata(product.name or f"Product {product.id}"),
        external_id="",
        isbn=ean if isbns.is_valid(ean) else None,
        publish={account: {"product": int(product.id), "distribution": {"enabled": product.enabled}}},
    )
    return FoundEdition(product.id, edition, tuple(_remarks(product)))


def _remarks(product: FoundProduct) -> Iterator[str]:
    if product.files:
        named = ", ".join(f"{file.name} as {slot(file.type, file.labels)}" for file in product.files)
        yield (
            f"At Open Publishing it has {named}. To manage one, put the very file here, and name it under `files` or in the "
            "publish block: equal bytes are taken for it, others are added beside it."
        )
    yield "Switches of single channels are not listed by the service. Add `channels` to manage some."
