"""One configured instance of a provider, as the project file declares it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from catalogctl.model.diagnostics import SourceRange
from catalogctl.model.value import Secret

if TYPE_CHECKING:
    from pydantic import BaseModel


class Unsupported(StrEnum):
    """What becomes of declared facts that a store has no place for."""

    WARN = "warn"
    REFUSE = "refuse"
    IGNORE = "ignore"


@dataclass(frozen=True, slots=True)
class CallLimits:
    """What the service bears, as far as its documents say; an account may set each otherwise."""

    concurrency: int
    requests_per_minute: int | None
    """`None`: no limit known."""
    timeout: float
    """Seconds for one call, from its first byte to its last."""
    latency: float
    """Seconds that a call usually takes; for the plan's estimate only."""


class SecretPlace(StrEnum):
    """What kind of place a secret is kept in."""

    ENVIRONMENT = "env"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class SecretReference:
    """Where the project file says that a secret is kept."""

    place: SecretPlace
    name: str
    """The environment variable, or the path as it is written."""
    source: SourceRange

    def __str__(self) -> str:
        return self.name if self.place is SecretPlace.ENVIRONMENT else f"the file {self.name}"


@dataclass(frozen=True, slots=True)
class Account:
    """One configured instance of a provider."""

    name: str
    provider: str
    base_url: str
    """With no slash at its end; `sandbox` for the embedded emulation."""
    settings: BaseModel
    """The provider's own, judged by its `settings` model."""
    limits: CallLimits
    secrets: Mapping[str, Callable[[], Secret]] = field(default_factory=dict)
    """By setting name; each is looked up only when called, and raises CatalogError when it is not there."""
    consistency_window: float = 30.0
    """Seconds within which an object just created may still be missing from answers."""
    unsupported: Unsupported = Unsupported.WARN
    """Of every field that has no rule of its own."""
    unsupported_fields: Mapping[str, Unsupported] = field(default_factory=dict)
    """By a field of an edition, with all that is in it: `series`, `prices.EUR`, `price_windows`."""
    references: Mapping[str, SecretReference] = field(default_factory=dict)
    """By setting name, for the secrets that the project file refers to."""

    @property
    def is_sandbox(self) -> bool:
        """Return whether this account is the embedded emulation."""
        return self.base_url == "sandbox"

    def rule_for(self, path: str) -> Unsupported:
        """Return what becomes of an unsupported field, by its path within the edition: the rule nearest to it."""
        return self._own_rule(path) or self.unsupported

    def refuses(self, path: str) -> bool:
        """Return whether this very field is refused, and not only every field."""
        return self._own_rule(path) is Unsupported.REFUSE

    def _own_rule(self, path: str) -> Unsupported | None:
        steps = path.removeprefix(f"publish.{self.name}.").split(".")
        ways = (".".join(steps[:length]) for length in range(len(steps), 0, -1))
        return next((self.unsupported_fields[way] for way in ways if way in self.unsupported_fields), None)
