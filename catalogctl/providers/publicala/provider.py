"""publica.la as a provider: its limits, its types, and the pieces that speak to it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from pydantic import BaseModel

from catalogctl.model.account import Account, CallLimits
from catalogctl.model.resource import ResourceType
from catalogctl.model.value import Secret
from catalogctl.provider.authentication import Authentication, FixedHeaders
from catalogctl.provider.endpoint import Endpoint
from catalogctl.provider.protocol import Assets, Compiled, Offer, Provider, Step
from catalogctl.providers.publicala.assumptions import REQUESTS_PER_MINUTE
from catalogctl.providers.publicala.calls import calls
from catalogctl.providers.publicala.compile import compile_edition
from catalogctl.providers.publicala.options import Options, Settings
from catalogctl.providers.publicala.types import CONTENT, TRACK, TRACK_ORDER

# What speaks HTTP is imported when something is to be said: compiling, and so `validate`, does without.
if TYPE_CHECKING:
    from catalogctl.provider.answer import Answer
    from catalogctl.provider.service import ReadClient, WriteClient
    from catalogctl.providers.publicala.imports import StoreImporter
    from catalogctl.providers.publicala.reader import StoreReader
    from catalogctl.providers.publicala.writer import StoreWriter


class Publicala:
    """The adapter for publica.la."""

    name: str = "publicala"
    service: str = "publica.la"
    types: Mapping[str, ResourceType] = MappingProxyType({kind.name: kind for kind in (CONTENT, TRACK, TRACK_ORDER)})
    limits: CallLimits = CallLimits(concurrency=4, requests_per_minute=REQUESTS_PER_MINUTE, timeout=30.0, latency=0.4)
    secrets: tuple[str, ...] = ("token",)
    api_paths: tuple[str, ...] = ("/integration-api/v1", "/api/v1", "/api/v3")
    settings: type[BaseModel] = Settings
    options: type[BaseModel] = Options
    sandbox: str = "catalogctl.providers.publicala.sandbox:emulator"

    def compile(self, offer: Offer) -> Compiled:
        """Say what an edition is on the store: a content, and for an audiobook its tracks."""
        if not isinstance(offer.options, Options):
            message = f"options of {type(offer.options).__name__} are not publica.la's"
            raise TypeError(message)
        return compile_edition(offer, offer.options)

    def calls(self, step: Step) -> tuple[Endpoint, ...]:
        """Say which requests one step will send."""
        return calls(step)

    def explain(self, answer: Answer) -> str:
        """Put into words what the store says in an answer that refuses."""
        from catalogctl.providers.publicala.explain import explain

        return explain(answer)

    def authentication(self, account: Account) -> Authentication:
        """Put the admin user's token into its header."""
        return FixedHeaders({"X-User-Token": Secret("sandbox") if account.is_sandbox else account.secrets["token"]()})

    def reader(self, account: Account, service: ReadClient) -> StoreReader:
        """Return the reader of an account."""
        from catalogctl.providers.publicala.reader import StoreReader

        return StoreReader(account, service)

    def writer(self, account: Account, service: WriteClient, assets: Assets) -> StoreWriter:
        """Return the writer of an account."""
        from catalogctl.providers.publicala.writer import StoreWriter

        return StoreWriter(account, service, assets)

    def importer(self, account: Account, service: ReadClient) -> StoreImporter:
        """Return what reads all that an account holds."""
        from catalogctl.providers.publicala.imports import StoreImporter

        return StoreImporter(account, service)


provider: Provider = Publicala()
