"""How a call to a store can go wrong, said once for all providers.

Exception
└── StoreFailure
    ├── Refused              the store understood and said no (4xx)
    ├── CredentialsRefused   the store does not accept the key (401)
    ├── Unavailable          the store is down, limiting or answering nonsense; nothing was changed
    └── Ambiguous            a write may or may not have happened
"""

from __future__ import annotations

from catalogctl.model.diagnostics import Diagnostic

FORBIDDEN = 403
"""The status by which a service says that a key is not good for this."""
NOT_FOUND = 404
"""The status by which a service says that there is no such object."""


class StoreFailure(Exception):
    """A call that did not do what it was sent for."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.summary)
        self.diagnostic = diagnostic


class Refused(StoreFailure):
    """The store understood the request and said no; sending it again would end the same."""

    def __init__(self, diagnostic: Diagnostic, status: int) -> None:
        super().__init__(diagnostic)
        self.status = status


class CredentialsRefused(StoreFailure):
    """The store does not accept the account's key."""


class Unavailable(StoreFailure):
    """The store cannot be reached, limits us, or answers what it should not; nothing was changed by this call."""


class Ambiguous(StoreFailure):
    """The request may have reached the store and its answer did not reach us."""
