"""Look for what a write may have made whose answer never came: by its natural key, or by its not having been there before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Final

from catalogctl.engine.absence import PAUSE, looks
from catalogctl.model.diagnostics import error
from catalogctl.model.resource import Observed, ResourceType
from catalogctl.planning.diff import diff
from catalogctl.provider.failure import Ambiguous
from catalogctl.provider.pace import Timing
from catalogctl.provider.protocol import Lookup, Reader

FIRST_PAUSE: Final = 2.0
"""Seconds between the first two looks."""

LONGER: Final = 3
"""How many times as long each further pause is, up to the end of the window: a few looks, since they come out of the budget of retries."""


@dataclass(frozen=True, slots=True)
class OutcomeProbe:
    """Who can tell what became of a write."""

    reader: Reader
    window: float
    """Seconds within which an object just created may still be missing from answers."""
    timing: Timing
    """The clock by which it is waited for."""
    may_look: Callable[[], bool] = field(default=lambda: True)
    """Takes one look from the account's budget of extra requests; `False` when it is used up."""


async def look_for(probe: OutcomeProbe, want: Lookup, window_left: float, least: int | None = None) -> Observed | None:
    """Look for an object that may have been made; `None` when it was not, as far as can be known.

    What has no beginning of its own was made when it is as it was to become. Anything is absent only when it did not show itself until
    the window was over, also where the store would refuse a second object with one key: by the time it comes late, no one may declare
    that key any more.
    One answer that lacks it is never enough: it is looked for `least` times at least, by default as often as its type demands.
    Units:   `window_left` in seconds: what is left of the consistency window.
    Raises:  StoreFailure when that cannot be found out.
    """
    timing = probe.timing
    until = timing.monotonic() + window_left
    pause = FIRST_PAUSE
    demanded = looks(want.type) if least is None else least
    for look in count(1):
        if not probe.may_look():
            detail = f"{want.address}: the account's budget of extra requests is used up, so its outcome was not looked up."
            raise Ambiguous(error("outcome-unknown", "It was not looked what became of a step", detail))
        seen = await probe.reader.find(want)
        if seen is not None and seen.id not in want.taken:
            return None if want.type.singleton is not None and diff(seen.attributes, want.expected, want.type) else seen
        left = until - timing.monotonic()
        if left <= 0 and look >= demanded:
            break
        await timing.sleep(min(pause, left) if left > 0 else PAUSE)
        pause *= LONGER
    return None


async def is_there(probe: OutcomeProbe, type_: ResourceType, id_: str) -> bool:
    """Return whether an object is there still; what has no end of its own is gone when it is as its owner has it by itself.

    It is gone only when as many readings lack it as its type demands, with a pause between them.
    Raises:  StoreFailure.
    """
    for look in range(looks(type_)):
        if look:
            await probe.timing.sleep(PAUSE)
        seen = await probe.reader.read(type_, id_)
        if seen is not None:
            return type_.singleton is None or bool(diff(seen.attributes, type_.singleton, type_))
    return False
