"""One row of a service's API: sent, listed in the plan and judged for repetition from the same data."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote

_PLACEHOLDER = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A method and a path template, with what its answers mean."""

    method: str
    path: str
    """Below the account's base URL, with `{names}` for the parts that vary."""
    successes: frozenset[int]
    repeatable: bool
    """Whether sending it twice leaves the store as sending it once does."""
    elsewhere: bool = False
    """Whether it goes to an address that the service gives when asked, and not below the base URL; `path` then only says what it is."""

    def fill(self, **parts: str) -> str:
        """Return the path with its names replaced, each percent-encoded as one segment.

        Raises:  KeyError when a name is missing, ValueError for a part that cannot be a segment of its own: `""`, `.` and `..`
                 would make it another path.
        """
        for name, part in parts.items():
            if part in {"", ".", ".."}:
                message = f"{name} cannot be {part!r}"
                raise ValueError(message)
        return _PLACEHOLDER.sub(lambda found: quote(parts[found[1]], safe=""), self.path)

    @property
    def writes(self) -> bool:
        """Return whether it can change anything on the store."""
        return self.method not in {"GET", "HEAD"}

    def __str__(self) -> str:
        return f"{self.method} {self.path}"
