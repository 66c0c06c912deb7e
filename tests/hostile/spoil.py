"""Good files and answers with something wrong put into them: into their bytes, their lines, or any value that they hold."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from hostile.wire import RAW, written

ODD: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 10**18, 2**63, -(2**63), 1.5, "", " ", "0", "-1", "x", [], {}, [None], [[]], [{}], {"": None}),
    *("x" * 70_000, "9" * 5_000, "²", "1e999999999", "NaN", "-Infinity", "0x10", "..", "a/b", "%2e%2e", "2021-13-45", "0000-00-00"),
    *("\x1b[31m\x1b]0;x\x07", "\u202egnp.exe", "\0", "\u2028", "<script>alert(1)</script>", "| a | b |\n@everyone", "…"),
    *(f"«{number}»" for number in range(len(RAW))),
    *([0] * 2_000, {str(number): number for number in range(500)}),
)
"""What may stand anywhere instead of what should."""

PIECES: tuple[bytes, ...] = (
    *(
        b"\0",
        b"\xff",
        b"\xed\xa0\x80",
        b"\xe2\x80\xae",
        b"\x1b[31m",
        b"\r",
        b"\n",
        b"\t",
        b" ",
        b"-",
        b"- ",
        b": ",
        b"? ",
        b"#",
        b"&a ",
        b"*a",
    ),
    *(b'"', b"'", b"{", b"}", b"[", b"]", b",", b"|", b">", b"%", b"!", b"!!binary ", b"<<: *a", b"---\n", b"...\n", b"\\ud800", b"\\"),
    *(b"9" * 5_000, b"1e999", b".nan", b"NaN", b"[" * 2_000, b"{a: " * 2_000, b"- " * 2_000, b"x" * 100_000, b"\n" * 100_000),
)
"""What may are between any two bytes."""


_MOST = 300_000
"""Bytes that one change may add: what is too large as a whole has tests of its own."""


@dataclass(frozen=True)
class Value:
    """One change to a value in a JSON text."""

    place: int
    """Which value in it, in the order of its text; counted round where it has fewer."""
    how: str
    odd: int
    """Which of the odd values, where one is put in."""


@dataclass(frozen=True)
class Bytes:
    """One change to bytes, whatever they say."""

    place: int
    """Which byte, in parts of a million of all."""
    how: str
    piece: int
    """Which piece is put in; and how many bytes are taken, or which bit is turned."""


values = st.builds(
    Value,
    st.integers(0, 400),
    st.sampled_from(["replace", "replace", "replace", "drop", "double", "wrap", "rename", "cut", "twice"]),
    st.integers(0, len(ODD) - 1),
)
pieces = st.builds(
    Bytes,
    st.integers(0, 999_999),
    st.sampled_from(["insert", "insert", "flip", "cut", "behead", "drop", "line", "lines", "zero"]),
    st.integers(0, len(PIECES) - 1),
)


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """List every place in a value as what holds it and under which key or index, from the outside to the inside."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in list(inner):
        yield value, key
        yield from places(child)


def spoilt(text: bytes, change: Value) -> bytes:
    """Make one change to a value in a JSON text; what is none any more, or is nested beyond what can be read here, is left as it is."""
    try:
        holder = {"whole": json.loads(text)}
    except (ValueError, RecursionError):
        return text
    found = list(places(holder))
    holding, key = found[change.place % len(found)]
    match change.how:
        case "drop" if holding is not holder:
            del holding[key]
        case "double" if isinstance(holding, list):
            holding.extend([holding[key]] * 3)
        case "wrap":
            holding[key] = [holding[key]]
        case "rename" if isinstance(holding, dict) and holding is not holder:
            holding[f"{key}s"] = holding.pop(key)
        case "cut":
            return text[: change.place]
        case "twice":
            return text * 2
        case _:
            holding[key] = ODD[change.odd]
    return written(holder["whole"])


def torn(data: bytes, change: Bytes) -> bytes:
    """Make one change to bytes."""
    at = len(data) * change.place // 1_000_000
    piece = PIECES[change.piece]
    match change.how:
        case "insert":
            return data[:at] + piece + data[at:]
        case "flip" if data:
            return data[:at] + bytes([data[at] ^ 1 << change.piece % 8]) + data[at + 1 :]
        case "cut":
            return data[:at]
        case "behead":
            return data[at:]
        case "drop":
            return data[:at] + data[at + 1 + change.piece :]
        case "zero":
            return data[:at] + bytes(len(data) - at)
        case _:
            lines = data.splitlines(keepends=True)
            if not lines:
                return data
            number = len(lines) * change.place // 1_000_000
            often = max(1, min(300, _MOST // len(lines[number]))) if change.how == "lines" else 1
            lines[number:number] = lines[number : number + 1] * often
            return b"".join(lines)
