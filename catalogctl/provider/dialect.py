"""How a service says things that HTTP has several ways for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

from catalogctl.model.account import Account
from catalogctl.provider.authentication import Authentication

if TYPE_CHECKING:
    from catalogctl.provider.answer import Answer
from collections.abc import Callable
from dataclasses import dataclass, field

from catalogctl.provider.answer import Answer


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a service's answers are read."""

    explain: Callable[[Answer], str]
    """Puts into words what is said in an answer that refuses."""
    status: Callable[[Answer], int] = field(default=lambda answer: answer.status)
    """Gives the status that an answer stands for, where the service disguises it."""

    @classmethod
    def of(cls, speaker: Speaker) -> Dialect:
        """Return the dialect of a provider's service."""
        return cls(speaker.explain, speaker.status) if isinstance(speaker, TellsStatus) else cls(speaker.explain)


class Speaker(Protocol):
    """What it takes to speak to a service and to understand it."""

    def explain(self, answer: Answer) -> str:
        """Put into words what the store says in an answer that refuses; empty when it says nothing."""
        ...

    def authentication(self, account: Account) -> Authentication:
        """Return what puts the account's key on requests.

        Raises:  CatalogError (credentials) when a secret is missing.
        """
        ...


@runtime_checkable
class TellsStatus(Protocol):
    """A provider whose service disguises what it answers: an error in a 200, a 403 in a 400."""

    def status(self, answer: Answer) -> int:
        """Return the status that an answer stands for; its own where it is what it says."""
        ...
