"""Finding the product that is meant, where it is not named by its id."""

from __future__ import annotations

from dataclasses import dataclass

from catalogctl.model.diagnostics import Diagnostic, error
from catalogctl.provider.failure import FORBIDDEN, NOT_FOUND, CredentialsRefused, Refused
from catalogctl.provider.service import ReadClient, undocumented
from catalogctl.providers.openpublishing import convert
from catalogctl.providers.openpublishing.endpoints import FIND_PRODUCT
from catalogctl.providers.openpublishing.types import selector_is_id


@dataclass(frozen=True, slots=True)
class FoundProducts:
    """The products that an answer shows for a selector, by their ids."""

    ids: tuple[str, ...] = ()
    """Those that the selector fits."""
    silent: tuple[str, ...] = ()
    """Those that do not repeat what was asked for: nothing but the service's filter says that they fit."""


async def find_products(account: str, service: ReadClient, selector: str) -> FoundProducts:
    """Find the products that a selector fits; of one that is an id, that id is returned and nothing is sent.

    Raises:  StoreFailure.
    """
    if selector_is_id(selector):
        return FoundProducts((selector,))
    try:
        answer = await service.get(FIND_PRODUCT, convert.product_filter(selector))
    except Refused as refusal:
        if refusal.status == NOT_FOUND:
            return FoundProducts()
        if refusal.status == FORBIDDEN:
            # Not to be shown any product is about the key, not about this one.
            raise CredentialsRefused(refusal.diagnostic) from refusal
        raise
    try:
        rows = [convert.read_product(row, f"[{place}]") for place, row in enumerate(convert.read_list(answer))]
        judged = {row.id: convert.is_meant(row, selector) for row in rows}
    except ValueError as failure:
        raise undocumented(account, FIND_PRODUCT, failure) from failure
    ids = tuple(id_ for id_, meant in judged.items() if meant)
    return FoundProducts(ids, tuple(id_ for id_, meant in judged.items() if meant is None))


def not_one(selector: str, found: FoundProducts, address: str | None = None) -> Diagnostic:
    """Say that a selector names no product, several, or one that does not say that it is the one."""
    if found.silent and len(found.ids) != 1:
        ids = ", ".join(found.silent)
        detail = (
            f"Open Publishing answers {selector} with the product {ids}, and that answer does not repeat what was asked for: "
            "the files could go to another book."
        )
        hint = f"Look at that product at Open Publishing. If it is the right one, name it by its number:\nproduct: {found.silent[0]}"
        summary = "A product that does not say which one it is"
        return error("product-unconfirmed", summary, detail, hint, address=address, attribute="product")
    if found.ids:
        ids = ", ".join(found.ids)
        detail = f"{selector} fits {len(found.ids)} products at Open Publishing ({ids}); the files would go to a chance one."
        return error(
            "product-ambiguous", "More than one product", detail, "Name the product by its id.", address=address, attribute="product"
        )
    detail = f"Open Publishing shows no product {selector} to this account. Products are not made here, only their files."
    hint = "Correct `product`, or have the product made at Open Publishing first."
    return error("product-missing", "No such product", detail, hint, address=address, attribute="product")


async def the_product(account: str, service: ReadClient, selector: str) -> str:
    """Return the id of the one product that a selector fits.

    Raises:  Refused when it is not one; StoreFailure.
    """
    found = await find_products(account, service, selector)
    if len(found.ids) != 1:
        raise Refused(not_one(selector, found), NOT_FOUND)
    return found.ids[0]
