"""Finding the product that is meant, where it is not named by its id."""

from __future__ import annotations

from collections.abc import Mapping

from catalogctl.model.diagnostics import Diagnostic, error
from catalogctl.provider.failure import FORBIDDEN, NOT_FOUND, CredentialsRefused, Refused
from catalogctl.provider.service import Reading, nonsense
from catalogctl.providers.openpublishing import convert
from catalogctl.providers.openpublishing.endpoints import FIND_PRODUCT
from catalogctl.providers.openpublishing.types import selector_is_id


async def find_products(account: str, service: Reading, selector: str) -> tuple[str, ...]:
    """Give the ids of the products that a selector fits; of one that is an id, that id, and nothing is sent.

    Raises:  StoreFailure.
    """
    if selector_is_id(selector):
        return (selector,)
    try:
        answer = await service.get(FIND_PRODUCT, convert.product_filter(selector))
    except Refused as refusal:
        if refusal.status == NOT_FOUND:
            return ()
        if refusal.status == FORBIDDEN:
            # Not to be shown any product is about the key, not about this one.
            raise CredentialsRefused(refusal.diagnostic) from refusal
        raise
    try:
        rows = [row for row in convert.read_list(answer) if isinstance(row, Mapping)]
        return tuple(dict.fromkeys(convert.read_id(row) for row in rows if convert.is_meant(row, selector)))
    except ValueError as failure:
        raise nonsense(account, FIND_PRODUCT, str(failure)) from failure


def not_one(selector: str, found: tuple[str, ...], address: str | None = None) -> Diagnostic:
    """Say that a selector names no product, or several."""
    if found:
        detail = f"{selector} fits {len(found)} products at Open Publishing ({', '.join(found)}); the files would go to a chance one."
        return error(
            "product-ambiguous", "More than one product", detail, "Name the product by its id.", address=address, attribute="product"
        )
    detail = f"Open Publishing shows no product {selector} to this account. Products are not made here, only their files."
    hint = "Correct `product`, or have the product made at Open Publishing first."
    return error("product-missing", "No such product", detail, hint, address=address, attribute="product")


async def the_product(account: str, service: Reading, selector: str) -> str:
    """Give the id of the one product that a selector fits.

    Raises:  Refused when it is not one; StoreFailure.
    """
    found = await find_products(account, service, selector)
    if len(found) != 1:
        raise Refused(not_one(selector, found), NOT_FOUND)
    return found[0]
