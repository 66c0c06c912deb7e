"""publica.la as a provider: its limits, its types, and the pieces that speak to it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from pydantic import BaseModel

from catalogctl.model.account import Account, Limits
from catalogctl.model.resource import ResourceType
from catalogctl.model.title import Edition, Origin, Title
from catalogctl.model.value import Secret
from catalogctl.provider.authentication import Authentication, FixedHeaders
from catalogctl.provider.endpoint import Endpoint
from catalogctl.provider.protocol import AssetUrls, Compiled, Provider, Verb
from catalogctl.providers.publicala.assumptions import REQUESTS_PER_MINUTE
from catalogctl.providers.publicala.compile import compile_content
from catalogctl.providers.publicala.endpoints import CREATE, DELETE, READ, UPDATE
from catalogctl.providers.publicala.options import Options, Settings
from catalogctl.providers.publicala.types import CONTENT

# What speaks HTTP is imported when something is to be said: compiling, and so `validate`, does without.
if TYPE_CHECKING:
    from catalogctl.provider.service import Answer, Reading, Writing
    from catalogctl.providers.publicala.content import ContentReader, ContentWriter


class Publicala:
    """The adapter for publica.la."""

    name: str = "publicala"
    service: str = "publica.la"
    types: Mapping[str, ResourceType] = MappingProxyType({CONTENT.name: CONTENT})
    limits: Limits = Limits(concurrency=4, requests_per_minute=REQUESTS_PER_MINUTE, timeout=30.0, latency=0.4)
    secrets: tuple[str, ...] = ("token",)
    settings: type[BaseModel] = Settings
    options: type[BaseModel] = Options
    sandbox: str = "catalogctl.providers.publicala.sandbox:emulator"

    def compile(self, account: Account, title: Title, edition: Edition, options: BaseModel, origin: Origin) -> Compiled:
        """Say which content an edition is."""
        if not isinstance(options, Options):
            message = f"options of {type(options).__name__} are not publica.la's"
            raise TypeError(message)
        return compile_content(account, title, edition, options, origin)

    def calls(self, kind: ResourceType, verb: Verb, changed: frozenset[str]) -> tuple[Endpoint, ...]:  # noqa: ARG002 -- the same for all
        """Say which requests one step will send: a delete looks first."""
        match verb:
            case Verb.CREATE:
                return (CREATE,)
            case Verb.UPDATE:
                return (UPDATE,)
            case Verb.DELETE:
                return (READ, DELETE)

    def explain(self, answer: Answer) -> str:
        """Put into words what the store says in an answer that refuses."""
        from catalogctl.providers.publicala.content import explain

        return explain(answer)

    def authentication(self, account: Account) -> Authentication:
        """Put the admin user's token into its header."""
        return FixedHeaders({"X-User-Token": Secret("sandbox") if account.is_sandbox else account.secrets["token"]()})

    def reader(self, account: Account, service: Reading) -> ContentReader:
        """Give the reader of an account."""
        from catalogctl.providers.publicala.content import ContentReader

        return ContentReader(account.name, service)

    def writer(self, account: Account, service: Writing, assets: AssetUrls) -> ContentWriter:
        """Give the writer of an account."""
        from catalogctl.providers.publicala.content import ContentWriter

        return ContentWriter(account.name, service, assets)


provider: Provider = Publicala()
