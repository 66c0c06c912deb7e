"""Reads the products that an Open Publishing account shows, with their files and the switch of their distribution."""

from __future__ import annotations

from collections.abc import Callable, Collection

from catalogctl.model.diagnostics import CatalogError, error
from catalogctl.provider import strict
from catalogctl.provider.answer import nonsense
from catalogctl.provider.concurrent import for_each
from catalogctl.provider.failure import FORBIDDEN, NOT_FOUND, CredentialsRefused, Refused
from catalogctl.provider.importing import FoundEdition, Inventory, Unimportable
from catalogctl.provider.service import ReadClient, decoded, undocumented
from catalogctl.providers.openpublishing import convert, decompile
from catalogctl.providers.openpublishing.answers import Product
from catalogctl.providers.openpublishing.distribution import read_switch
from catalogctl.providers.openpublishing.endpoints import FIND_PRODUCT, READ_PRODUCT
from catalogctl.providers.openpublishing.file import list_files


class OpenPublishingImporter:
    """Reads products: all that the list shows, or those that are named."""

    def __init__(self, account: str, service: ReadClient) -> None:
        self._account = account
        self._service = service

    async def read_inventory(self, only: Collection[str], progress: Callable[[int, int], None]) -> Inventory:
        """Read products.

        Raises:  StoreFailure; CatalogError (import-needs-ids) where the list is not whole, or is not shown without a filter.
        """
        known = dict.fromkeys(sorted(only)) if only else await self._listed()
        found: dict[str, FoundEdition | Unimportable] = {}
        done = 0

        async def read(id_: str) -> None:
            nonlocal done
            try:
                row = known[id_]
                row = row if row is not None and _title(row) else await self._product(id_)
                files = await list_files(self._account, self._service, id_)
                enabled = await read_switch(self._account, self._service, id_, "")
                found[id_] = decompile.decompile(
                    self._account, decompile.FoundProduct(id_, _title(row), row.ean or "", tuple(files), enabled)
                )
            except Refused as refusal:
                if refusal.status == FORBIDDEN:
                    named = known[id_]
                    found[id_] = Unimportable(id_, "" if named is None else _title(named), "The service does not show it to this account.")
                elif refusal.status != NOT_FOUND:
                    raise
            done += 1
            progress(done, len(known))

        await for_each(known, self._service.width, read)
        there = [found[id_] for id_ in sorted(found, key=lambda id_: (len(id_), id_))]
        return Inventory(
            tuple(one for one in there if isinstance(one, FoundEdition)), tuple(one for one in there if isinstance(one, Unimportable))
        )

    async def _listed(self) -> dict[str, Product | None]:
        """Return all products by id."""
        try:
            answer = await self._service.get(FIND_PRODUCT)
            rows = convert.read_list(answer)
            listed = [convert.read_product(row, f"[{place}]") for place, row in enumerate(rows)]
            return {one.id: one for one in listed}
        except Refused as refusal:
            if refusal.status == FORBIDDEN:
                raise CredentialsRefused(refusal.diagnostic) from refusal
            why = f"is refused: {refusal.diagnostic.detail}"
        except ValueError as failure:
            why = str(failure)
        detail = f"{self._account}: the list of all products {why}."
        hint = f"Name the products, by their ids:\ncatalogctl import {self._account} --all --write DIR --only 4711 --only 4712"
        raise CatalogError(error("import-needs-ids", "The service does not list all that there is", detail, hint))

    async def _product(self, id_: str) -> Product:
        answer = await self._service.get(READ_PRODUCT, product=id_)
        try:
            product = convert.read_product(decoded(self._account, READ_PRODUCT, answer))
        except ValueError as failure:
            raise undocumented(self._account, READ_PRODUCT, f"{failure} (of the product {id_})") from failure
        if product.id != id_:
            raise nonsense(self._account, READ_PRODUCT, f"is about the product {strict.quoted(product.id)}, and {id_} was asked for")
        return product


def _title(row: Product) -> str:
    return " ".join((row.title or "").split())
