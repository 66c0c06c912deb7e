"""Putting off garbage collection while things are made that are all kept."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def keeping_all() -> Iterator[None]:
    """Collect no garbage meanwhile, and never look through again what was made: it lives as long as the command does.

    Reading a large catalog makes millions of objects, and walking all of them over and over would be a fifth of the work.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.freeze()
            gc.enable()
