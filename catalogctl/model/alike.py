"""What someone may have meant by a word that is none."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final

LONGEST: Final = 200
"""Characters of a word that is looked for among names; of a longer one no misspelling is reported, which would take as long as it is."""


def most_alike(word: str, names: Iterable[str], cutoff: float = 0.6) -> list[str]:
    """Return the one of some names that is most like a word, or none.

    Units:   `cutoff` is how much of both is alike, from 0 to 1.
    """
    return [] if len(word) > LONGEST else get_close_matches(word, list(names), n=1, cutoff=cutoff)
