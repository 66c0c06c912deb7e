"""The names of contributors' roles, and their codes in ONIX code list 17."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

ROLES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "author": "A01",
        "screenwriter": "A03",
        "librettist": "A04",
        "lyricist": "A05",
        "composer": "A06",
        "artist": "A07",
        "photographer": "A08",
        "creator": "A09",
        "designer": "A11",
        "illustrator": "A12",
        "preface": "A15",
        "prologue": "A16",
        "afterword": "A19",
        "notes": "A20",
        "commentaries": "A21",
        "epilogue": "A22",
        "foreword": "A23",
        "introduction": "A24",
        "footnotes": "A25",
        "contributor": "A32",
        "appendix": "A33",
        "indexer": "A34",
        "drawings": "A35",
        "cover-designer": "A36",
        "maps": "A39",
        "interviewer": "A43",
        "interviewee": "A44",
        "editor": "B01",
        "reviser": "B02",
        "abridger": "B04",
        "adapter": "B05",
        "translator": "B06",
        "series-editor": "B09",
        "editor-in-chief": "B11",
        "guest-editor": "B12",
        "volume-editor": "B13",
        "compiler": "C01",
        "selector": "C02",
        "producer": "D01",
        "director": "D02",
        "actor": "E01",
        "narrator": "E07",
        "reader": "E07",
    }
)
"""The usual names of roles, by name; a role without one is written as its code."""

_NAMES: Final[Mapping[str, str]] = MappingProxyType({code: name for name, code in reversed(list(ROLES.items()))})


def role_name(text: str) -> str:
    """Return a role's name in the form of the keys of `ROLES`: `Series editor` is `series-editor`."""
    return re.sub(r"[\s_-]+", "-", text.strip().casefold())


def role_title(code: str) -> str:
    """Return the usual name of a code's role, or the code itself where it has none."""
    return _NAMES.get(code, code)
