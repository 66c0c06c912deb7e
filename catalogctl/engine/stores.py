"""The stores a catalog is about: accounts, their providers, and where each can be reached."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from catalogctl.model.account import Account
from catalogctl.model.address import Address
from catalogctl.model.diagnostics import CatalogError, Diagnostic, Refusal, error
from catalogctl.model.resource import Recorded, ResourceType
from catalogctl.planning.order import Operation
from catalogctl.provider import discovery
from catalogctl.provider.endpoint import Endpoint
from catalogctl.provider.pace import Timing
from catalogctl.provider.protocol import Provider, Step, Verb
from catalogctl.state.journal import Intent

if TYPE_CHECKING:
    from catalogctl.provider.service import Kept
    from catalogctl.provider.transport import Transports


@dataclass(frozen=True, slots=True)
class Stores:
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
    kept: Kept | None = None
    """Where readers look for answers about single objects first; `None`: they ask the stores."""

    def provider_of(self, account: str) -> Provider:
        """Return the provider of an account."""
        return self.providers[self.accounts[account].provider]

    @property
    def kinds(self) -> Mapping[str, Collection[str]]:
        """Return the names of the resource types that each account has."""
        return {account: self.provider_of(account).types for account in self.accounts}

    def url(self, account: str) -> str:
        """Return the address to talk to."""
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
        before = None if operation.verb is Verb.CREATE and not operation.create_before_destroy else change.before
        after = None if operation.verb is Verb.DELETE else change.after
        return self.provider_of(operation.address.account).calls(Step(change.type, operation.verb, before, after, operation.changed))


def refuse_steps_elsewhere(intents: Sequence[Intent], stores: Stores) -> None:
    """Make sure that open steps are about the stores that their accounts point at; an account that is gone is reported elsewhere.

    Raises:  CatalogError: stale (account-moved).
    """
    for intent in intents:
        account = stores.accounts.get(intent.address.account)
        if account is None or (account.provider, account.base_url) == (intent.type.provider, intent.base_url):
            continue
        detail = (
            f"The journal announces {intent.operation} on {intent.base_url}, a store of {intent.type.provider}; "
            f"the account now points at {account.base_url}, a store of {account.provider}. The end of that step is not known."
        )
        hint = "Point the account back and apply, so that the step is looked up where it was sent."
        raise CatalogError(
            error("account-moved", "An account points at another store than the journal announces", detail, hint), refusal=Refusal.STALE
        )


def moved_accounts(recorded: Mapping[Address, Recorded], stores: Stores, state: str) -> list[Diagnostic]:
    """Find accounts that state knows and the project does not, or knows elsewhere: their resources are not these."""
    problems: dict[str, Diagnostic] = {}
    for address, have in recorded.items():
        account = stores.accounts.get(address.account)
        renamed = f"catalogctl state mv-account {address.account}"
        if account is None:
            count = sum(other.account == address.account for other in recorded)
            objects = "1 object" if count == 1 else f"{count:,} objects"
            detail = (
                f"{state} records {objects} on {address.account!r}, which the project file no longer names. "
                "Removing an account takes nothing off sale: its objects stay in the store."
            )
            hint = (
                "To take the editions off sale, put the account back, take them off it (`publish: {ACCOUNT: false}`), apply, and only then "
                f"remove it. To leave them in the store and forget them:\ncatalogctl state rm '{address.account}/**'\n"
                f"If the account only has another name now:\n{renamed} NAME"
            )
            problems[address.account] = error("account-unknown", "An account is missing from the project file", detail, hint)
        elif account.provider != have.type.provider:
            detail = f"{state} records resources of {have.type.provider} on {address.account!r}, which is an account of {account.provider}."
            hint = "Point it back, or use another environment for the other store."
            problems[address.account] = error("account-moved", "An account points at another store than state records", detail, hint)
        elif account.base_url != have.base_url:
            made = f"By {state}, the resources of {address.account!r} were made on {have.base_url}"
            detail = f"{made}; it now points at {account.base_url}, where they are not."
            hint = f"Point it back, or use another environment for the other store. If the store itself has moved:\n{renamed}"
            problems[address.account] = error("account-moved", "An account points at another store than state records", detail, hint)
    return list(problems.values())
