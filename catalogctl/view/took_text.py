"""A time that was measured → text."""

from __future__ import annotations


def took_text(seconds: float) -> str:
    """Write a time that was measured: `0.4 s`, `41 s`, `3 min 5 s`, `1 h 2 min`."""
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 1:
        return f"{rest} s"
    hours, minutes_left = divmod(minutes, 60)
    return f"{hours} h {minutes_left} min" if hours else f"{minutes} min {rest} s"
