"""Read all that one account holds, for an import."""

from __future__ import annotations

from collections.abc import Collection

from catalogctl.engine.clients import open_client, run_to_end, without_key
from catalogctl.engine.refresh import together
from catalogctl.engine.stores import Stores
from catalogctl.events import Listener, RefreshProgressed
from catalogctl.model.diagnostics import CatalogError, Refusal, error
from catalogctl.provider.failure import CredentialsRefused, StoreFailure
from catalogctl.provider.importing import Imports, Inventory
from catalogctl.provider.service import ReadClient


def read_inventory(stores: Stores, account: str, only: Collection[str], listen: Listener) -> Inventory:
    """Read all that an account holds, or only the objects with some ids.

    Raises:  CatalogError: credentials, unavailable; error (import-unsupported) where its provider has no way to.
    """
    provider = stores.provider_of(account)
    if not isinstance(provider, Imports):
        detail = f"The provider {provider.name!r} cannot list what an account holds."
        hint = "Declare its objects by hand, and import them one by one:\ncatalogctl import ADDRESS ID"
        raise CatalogError(error("import-unsupported", "All of an account cannot be imported", detail, hint))

    async def read() -> Inventory:
        async with open_client(ReadClient, stores, account, listen) as service:
            importer = provider.importer(stores.accounts[account], service)
            return await importer.read_inventory(only, lambda done, total: listen(RefreshProgressed(account, done, total)))

    missing = without_key(stores, [account])
    if missing:
        raise together(missing)
    try:
        return run_to_end(read())
    except StoreFailure as failure:
        refusal = Refusal.CREDENTIALS if isinstance(failure, CredentialsRefused) else Refusal.UNAVAILABLE
        raise CatalogError(failure.diagnostic, refusal=refusal) from failure
