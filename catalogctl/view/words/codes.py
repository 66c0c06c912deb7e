"""What each code of a diagnostic means, and what to do about it: the tables of docs/diagnostics.md, which the package brings along."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Final

_ROW: Final = re.compile(r"^\| (?P<codes>`[a-z0-9-]+`(?:, `[a-z0-9-]+`)*) \| (?P<meaning>.*?) \| (?P<remedy>.*?) \|$")
_LINK: Final = re.compile(r"\[([^\]]*)\]\([^)]*\)")


@dataclass(frozen=True, slots=True)
class ExplainedCode:
    """One code."""

    code: str
    section: str
    """The heading under which the page has it."""
    meaning: str
    remedy: str


@cache
def explained_codes() -> Mapping[str, ExplainedCode]:
    """Return every code that a diagnostic can have, in the order of the page."""
    found: dict[str, ExplainedCode] = {}
    section = ""
    for line in _page().splitlines():
        if line.startswith("## "):
            section = line.removeprefix("## ")
        row = _ROW.match(line)
        if row is not None:
            for code in re.findall("`([^`]+)`", row["codes"]):
                found[code] = ExplainedCode(code, section, _words(row["meaning"]), _words(row["remedy"]))
    return found


def _page() -> str:
    """Read the page: a wheel has it beside this module, a checkout at its own place."""
    packaged = resources.files(__package__).joinpath("diagnostics.md")
    if packaged.is_file():
        return packaged.read_text(encoding="utf-8")
    return (Path(__file__).parents[3] / "docs" / "diagnostics.md").read_text(encoding="utf-8")


def _words(cell: str) -> str:
    """Take links off: where there are no links, their text is what is read."""
    return _LINK.sub(r"\1", cell).replace("\\|", "|")
