"""The stores a catalog is about: accounts, their providers, and where each can be reached."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from catalogctl.model.account import Account
from catalogctl.model.resource import ResourceType
from catalogctl.planning.order import Operation
from catalogctl.provider import discovery
from catalogctl.provider.endpoint import Endpoint
from catalogctl.provider.pace import Timing
from catalogctl.provider.protocol import Provider, Step, Verb

if TYPE_CHECKING:
    from catalogctl.provider.service import Transports


@dataclass(frozen=True, slots=True)
class Landscape:
    """The stores a catalog is about: accounts, their providers, and where each can be reached."""

    accounts: Mapping[str, Account]
    providers: Mapping[str, Provider]
    """By provider name."""
    urls: Mapping[str, str] = field(default_factory=dict)
    """Account → base URL, for those whose own is not one (the embedded emulation)."""
    timing: Timing = field(default_factory=Timing)
    """The clock by which the stores are waited for."""
    transports: Transports | None = None
    """How requests reach the stores; `None`: by connections of this machine."""

    def provider_of(self, account: str) -> Provider:
        """Give the provider of an account."""
        return self.providers[self.accounts[account].provider]

    @property
    def kinds(self) -> Mapping[str, Collection[str]]:
        """Give the names of the resource types that each account has."""
        return {account: self.provider_of(account).types for account in self.accounts}

    def url(self, account: str) -> str:
        """Give the address to talk to."""
        return self.urls.get(account, self.accounts[account].base_url)

    def type_of(self, provider: str, name: str) -> ResourceType | None:
        """Look a resource type up, also of an installed provider that no account uses any more; `None` when none has it."""
        known = self.providers.get(provider)
        if known is None and provider in discovery.names():
            known = discovery.provider(provider)
        return None if known is None else known.types.get(name)

    def endpoints(self, operation: Operation) -> tuple[Endpoint, ...]:
        """Say which requests a step sends."""
        if operation.silent:
            return ()
        change = operation.change
        before = None if operation.verb is Verb.CREATE and not operation.beside else change.before
        after = None if operation.verb is Verb.DELETE else change.after
        return self.provider_of(operation.address.account).calls(Step(change.type, operation.verb, before, after, operation.changed))
