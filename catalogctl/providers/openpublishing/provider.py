"""Open Publishing as a provider: its limits, its types, and the pieces that speak to it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from pydantic import BaseModel

from catalogctl.model.account import Account, CallLimits
from catalogctl.model.resource import ResourceType
from catalogctl.model.value import Attributes, Secret
from catalogctl.provider.authentication import Authentication
from catalogctl.provider.endpoint import Endpoint
from catalogctl.provider.protocol import Assets, Compiled, Offer, Provider, Step, Verb
from catalogctl.providers.openpublishing import convert
from catalogctl.providers.openpublishing.compile import compile_edition
from catalogctl.providers.openpublishing.endpoints import ADD, DELETE, FIND_PRODUCT, LIST, READ, SET_CHANNEL, SET_SWITCH
from catalogctl.providers.openpublishing.options import Options, Settings
from catalogctl.providers.openpublishing.types import DISTRIBUTION, FILE, has_several_labels, selector_is_id

# What speaks HTTP is imported when something is to be said: compiling, and so `validate`, does without.
if TYPE_CHECKING:
    from catalogctl.provider.answer import Answer
    from catalogctl.provider.service import ReadClient, WriteClient
    from catalogctl.providers.openpublishing.imports import OpenPublishingImporter
    from catalogctl.providers.openpublishing.reader import OpenPublishingReader
    from catalogctl.providers.openpublishing.writer import OpenPublishingWriter


class OpenPublishing:
    """The adapter for Open Publishing."""

    name: str = "openpublishing"
    service: str = "Open Publishing"
    types: Mapping[str, ResourceType] = MappingProxyType({FILE.name: FILE, DISTRIBUTION.name: DISTRIBUTION})
    limits: CallLimits = CallLimits(concurrency=4, requests_per_minute=None, timeout=30.0, latency=0.5)
    secrets: tuple[str, ...] = ("api_key",)
    settings: type[BaseModel] = Settings
    options: type[BaseModel] = Options
    sandbox: str = "catalogctl.providers.openpublishing.sandbox:emulator"
    addresses: Mapping[str, str] = MappingProxyType({"production": "https://api.openpublishing.com"})
    api_paths: tuple[str, ...] = ("/resource/v3", "/rpc/v2", "/auth/auth")

    def compile(self, offer: Offer) -> Compiled:
        """Say which files and switches an edition is."""
        if not isinstance(offer.options, Options):
            message = f"options of {type(offer.options).__name__} are not Open Publishing's"
            raise TypeError(message)
        return compile_edition(offer, offer.options)

    def calls(self, step: Step) -> tuple[Endpoint, ...]:
        """Return the requests that one step sends.

        A file is looked for before it is replaced or deleted, or sent with several labels, and after it was added.
        """
        if step.type is FILE:
            if step.verb is Verb.DELETE:
                return (READ, DELETE)
            looks_first = step.before is not None or (step.after is not None and has_several_labels(step.after))
            return (*_look_up(step.after), *((LIST,) if looks_first else ()), ADD, LIST)
        if step.after is None:
            return ()
        moved = step.verb is Verb.CREATE or "product" in step.changed
        return (*(_look_up(step.after) if moved else ()), SET_CHANNEL if step.after.get("channel") else SET_SWITCH)

    def status(self, answer: Answer) -> int:
        """Return the status that an answer stands for: an error may come as 200."""
        return convert.status(answer)

    def explain(self, answer: Answer) -> str:
        """Put into words what the service says in an answer that refuses."""
        return convert.explain(answer)

    def authentication(self, account: Account) -> Authentication:
        """Sign in with the account's key when the first request is sent."""
        from catalogctl.providers.openpublishing.authentication import Session

        return Session(account.name, Secret("sandbox") if account.is_sandbox else account.secrets["api_key"]())

    def reader(self, account: Account, service: ReadClient) -> OpenPublishingReader:
        """Return the reader of an account."""
        from catalogctl.providers.openpublishing.reader import OpenPublishingReader

        return OpenPublishingReader(account.name, service)

    def writer(self, account: Account, service: WriteClient, assets: Assets) -> OpenPublishingWriter:
        """Return the writer of an account."""
        from catalogctl.providers.openpublishing.writer import OpenPublishingWriter

        return OpenPublishingWriter(account.name, service, assets, account.settings if isinstance(account.settings, Settings) else None)

    def importer(self, account: Account, service: ReadClient) -> OpenPublishingImporter:
        """Return what reads the products of an account."""
        from catalogctl.providers.openpublishing.imports import OpenPublishingImporter

        return OpenPublishingImporter(account.name, service)


def _look_up(after: Attributes | None) -> tuple[Endpoint, ...]:
    """Say what finding a product takes: nothing when it is named by its id."""
    return () if after is None or selector_is_id(str(after["product"])) else (FIND_PRODUCT,)


provider: Provider = OpenPublishing()
