"""Putting off garbage collection while things are made that are all kept."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_SELDOM = (50_000, 50, 100)
"""How many objects may come before it is looked for garbage among them again, once much is kept."""


@contextmanager
def keeping_all() -> Iterator[None]:
    """Collect no garbage meanwhile, and never look through again what was made: it lives as long as the command does.

    Reading a large catalog makes millions of objects, and walking all of them over and over would be a fifth of the work.
    """
    was_on = gc.isenabled()
    gc.disable()
    gc.set_threshold(*_SELDOM)
    try:
        yield
    finally:
        if was_on:
            gc.freeze()
            gc.enable()
