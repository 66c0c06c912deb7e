"""Where a resource is, how it is selected, and the way to one of its attributes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import translate
from operator import attrgetter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_PART = r"[^/\s]+"
_ADDRESS = re.compile(rf"(?P<account>{_PART})/(?P<type>{_PART})/(?P<title>[^/.\s]+)\.(?P<edition>[^/\s]+)(?:/(?P<key>\S+))?")
_PLAIN_STEP = re.compile(r"[A-Za-z_][\w-]*")

AttributePath = tuple[str | int, ...]
"""The way to a value inside a resource's attributes: `("prices", "USD")`."""


@dataclass(frozen=True, slots=True, order=True)
class Address:
    """The name of one resource: `ACCOUNT/TYPE/TITLE.EDITION[/KEY]`; sorts as it prints, part by part."""

    account: str
    type: str
    title: str
    edition: str
    key: str = ""
    """Tells apart the resources of one type within an edition (a track's id); empty where there is but one."""

    @classmethod
    def parse(cls, text: str) -> Address:
        """Read an address back from its printed form.

        Raises:  ValueError, with the form that was expected.
        """
        found = _ADDRESS.fullmatch(text)
        if found is None:
            message = f"{text!r} is no address; an address looks like ACCOUNT/TYPE/TITLE.EDITION or ACCOUNT/TYPE/TITLE.EDITION/KEY"
            raise ValueError(message)
        return cls(found["account"], found["type"], found["title"], found["edition"], found["key"] or "")

    def __str__(self) -> str:
        text = f"{self.account}/{self.type}/{self.title}.{self.edition}"
        return f"{text}/{self.key}" if self.key else text


in_order = attrgetter("account", "type", "title", "edition", "key")
"""The key by which addresses sort as they compare, several times faster than comparing them does."""


def everywhere(_: Address) -> bool:
    """Select all addresses."""
    return True


def selector(patterns: Iterable[str]) -> Callable[[Address], bool]:
    """Make the test for being selected by any of some globs.

    A glob with a slash is held against the whole address, and its `*` also crosses slashes
    (`publishdrive/*`, `store/*/mirror-work.*`). One without is held against the title, and
    against TITLE.EDITION (`mirror-work`, `*.epub`).
    """
    whole: list[re.Pattern[str]] = []
    titles: list[re.Pattern[str]] = []
    for pattern in patterns:
        # A bracket that nothing closes is itself; left to `translate`, each of many is looked for to the end.
        closed, bracket, rest = pattern.rpartition("]")
        (whole if "/" in pattern else titles).append(re.compile(translate(closed + bracket + rest.replace("[", "[[]"))))

    def selected(address: Address) -> bool:
        if whole and any(pattern.match(str(address)) for pattern in whole):
            return True
        edition = f"{address.title}.{address.edition}"
        return any(pattern.match(address.title) or pattern.match(edition) for pattern in titles)

    return selected


def print_path(path: AttributePath) -> str:
    """Print an attribute path the way people write it: `prices.USD`, `author[0]`, `terms["a b"]`."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif _PLAIN_STEP.fullmatch(step):
            text += f".{step}" if text else step
        else:
            escaped = step.replace("\\", "\\\\").replace('"', '\\"')
            text += f'["{escaped}"]'
    return text
