"""PublishDrive as a provider: its limits, its types, and the pieces that speak to it."""

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
from catalogctl.provider.protocol import Assets, Compiled, Offer, Provider, Step, Verb
from catalogctl.providers.publishdrive import endpoints as api
from catalogctl.providers.publishdrive.compile import compile_edition
from catalogctl.providers.publishdrive.options import Options, Settings, settings_of
from catalogctl.providers.publishdrive.types import BOOK, CHAPTERS, FILE, PUBLICATION, TYPES

# What speaks HTTP is imported when something is to be said: compiling, and so `validate`, does without.
if TYPE_CHECKING:
    from catalogctl.provider.answer import Answer
    from catalogctl.provider.service import ReadClient, WriteClient
    from catalogctl.providers.publishdrive.imports import PublishdriveImporter
    from catalogctl.providers.publishdrive.reader import PublishdriveReader
    from catalogctl.providers.publishdrive.writer import PublishdriveWriter


class Publishdrive:
    """The adapter for PublishDrive."""

    name: str = "publishdrive"
    service: str = "PublishDrive"
    types: Mapping[str, ResourceType] = TYPES
    limits: CallLimits = CallLimits(concurrency=4, requests_per_minute=None, timeout=30.0, latency=0.5)
    secrets: tuple[str, ...] = ("api_key",)
    settings: type[BaseModel] = Settings
    options: type[BaseModel] = Options
    sandbox: str = "catalogctl.providers.publishdrive.sandbox:emulator"
    addresses: Mapping[str, str] = MappingProxyType(
        {
            "production": "https://api.publishdrive.com/v2/distribution",
            "staging": "https://api.sandbox.dev.publishdrive.com/v2/distribution",
        }
    )
    api_paths: tuple[str, ...] = ("/books",)

    def compile(self, offer: Offer) -> Compiled:
        """Say which book, files, chapters and publication an edition is."""
        if not isinstance(offer.options, Options):
            message = f"options of {type(offer.options).__name__} are not PublishDrive's"
            raise TypeError(message)
        return compile_edition(offer, offer.options)

    def calls(self, step: Step) -> tuple[Endpoint, ...]:
        """Say which requests one step will send: what makes, hands in, takes back or deletes looks first."""
        match step.type.name, step.verb:
            case BOOK.name, Verb.CREATE:
                return (api.FIND, api.CREATE)
            case BOOK.name, Verb.DELETE:
                return (api.READ, api.DELETE)
            case FILE.name, Verb.CREATE:
                return (api.REQUEST, api.PUT, api.ATTACH)
            case FILE.name, Verb.UPDATE:
                return (api.READ, api.REQUEST, api.PUT, api.ATTACH)
            case PUBLICATION.name, Verb.CREATE | Verb.UPDATE if (step.after or {}).get("published"):
                return (api.READ, api.PUBLISH)
            case PUBLICATION.name, Verb.DELETE if (step.before or {}).get("published") is False:
                return (api.READ,)
            case PUBLICATION.name, _:
                return (api.READ, api.UNPUBLISH)
            case BOOK.name, Verb.UPDATE if "contributor" in step.changed:
                return (api.READ, api.UPDATE)
            case (BOOK.name, Verb.UPDATE) | (CHAPTERS.name, Verb.CREATE | Verb.UPDATE):
                return (api.UPDATE,)
            case _:
                message = f"PublishDrive has no request for {step.verb} of a {step.type.name}"
                raise AssertionError(message)

    def explain(self, answer: Answer) -> str:
        """Put into words what the store says in an answer that refuses."""
        from catalogctl.providers.publishdrive.refusals import explain

        return explain(answer)

    def status(self, answer: Answer) -> int:
        """Return the status that an answer stands for: a 400 may hide another one."""
        from catalogctl.providers.publishdrive.refusals import status

        return status(answer)

    def authentication(self, account: Account) -> Authentication:
        """Put the API key into its header."""
        return FixedHeaders({"apikey": Secret("sandbox") if account.is_sandbox else account.secrets["api_key"]()})

    def reader(self, account: Account, service: ReadClient) -> PublishdriveReader:
        """Return the reader of an account."""
        from catalogctl.providers.publishdrive.reader import PublishdriveReader

        return PublishdriveReader(account.name, service, settings_of(account))

    def writer(self, account: Account, service: WriteClient, assets: Assets) -> PublishdriveWriter:
        """Return the writer of an account."""
        from catalogctl.providers.publishdrive.writer import PublishdriveWriter

        return PublishdriveWriter(account.name, service, assets, settings_of(account))

    def importer(self, account: Account, service: ReadClient) -> PublishdriveImporter:
        """Return what reads all that an account holds."""
        from catalogctl.providers.publishdrive.imports import PublishdriveImporter

        return PublishdriveImporter(account.name, service, settings_of(account))


provider: Provider = Publishdrive()
