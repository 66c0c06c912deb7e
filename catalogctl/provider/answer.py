"""What a store answered, decoded within limits, and how a failed call is put into words."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum

import orjson

from catalogctl.model.diagnostics import error
from catalogctl.provider import advice
from catalogctl.provider.endpoint import Endpoint
from catalogctl.provider.failure import StoreFailure, Unavailable

LARGEST_ANSWER = 32 * 1024 * 1024
"""Bytes of an answer, unpacked, beyond which it is refused."""


MOST_VALUES = 1_000_000
"""Values in an answer beyond which it is refused: each takes thirty times the memory of the three bytes it may be written with."""


DEEPEST = 250
"""Collections inside collections of an answer: whoever walks it recurses. The encoder, which is asked, allows a few more."""


LONGEST_WORDS = 1000
"""Characters of a store's explanation that are passed on."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a store answered."""

    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes
    disguised: bool = False
    """Whether `status` is what it stands for, and it came with another one."""

    def json(self) -> object:
        """Decode the body.

        Raises:  ValueError when it is no JSON, or such that it would take all memory or end the stack of whoever walks it.
        """
        collections = self.body.count(b"[") + self.body.count(b"{")
        if collections + self.body.count(b",") > MOST_VALUES:
            message = f"has more than {MOST_VALUES:,} values"
            raise ValueError(message)
        whole: object = orjson.loads(self.body)
        if collections > DEEPEST:
            try:
                orjson.dumps(whole)
            except TypeError as failure:
                message = "has too many collections inside each other"
                raise ValueError(message) from failure
        return whole


_WORDLESS = {
    "ConnectTimeout": "the connection was not made in time",
    "ReadTimeout": "the answer stopped coming",
    "WriteTimeout": "the request could not be sent in time",
    "TimeoutError": "it took longer than the account's timeout",
    "ReadError": "the connection broke while reading",
    "WriteError": "the connection broke while sending",
    "ConnectError": "no connection was made",
}
"""What is said of failures that bring no words of their own."""


class Failed(Exception):
    """One attempt did not bring a usable answer."""

    def __init__(self, why: str, *, sent: bool, retryable: bool = True, hint: str = advice.LATER) -> None:
        super().__init__(why)
        self.why = why
        self.hint = hint
        self.sent = sent
        """Whether the store may have acted on it."""
        self.retryable = retryable


class PutOff(Failed):
    """The store asked to send the request later: its last word, where the account's patience is over."""

    def __init__(self, why: str, sent_at: float, asked: float | None, *, sent: bool) -> None:
        super().__init__(why, sent=sent, retryable=False, hint=advice.SLOWER)
        self.sent_at = sent_at
        self.asked = asked


def nonsense(account: str, endpoint: Endpoint, why: str, hint: str = advice.CHANGING) -> StoreFailure:
    """Make the failure for an answer that is not what the store's documents promise."""
    detail = f"{account}: the answer to {endpoint} {shortened(why)}."
    return Unavailable(error("store-nonsense", "A store answers what cannot be understood", detail, hint))


def shortened(text: str) -> str:
    """Cut a text that a store sent to what fits into a message."""
    return text if len(text) <= LONGEST_WORDS else f"{text[:LONGEST_WORDS]}…"


def unpacking(encoding: str, largest: int) -> Callable[[bytes], bytes]:
    """Return what unpacks an answer piece by piece, and learns of its end by an empty one; no piece makes more than may come in all.

    Raises:  _Failed, as what it gives does for an answer that is too large, or is not packed as it says.
    """
    packed = encoding.strip().lower()
    if packed not in {"", "identity", "gzip", "x-gzip"}:
        message = f"its answer is packed in a way that was not asked for ({packed})"
        raise Failed(message, sent=True, retryable=False)
    inflater = None if packed in {"", "identity"} else zlib.decompressobj(zlib.MAX_WBITS | 16)
    size = 0

    def unpack(piece: bytes) -> bytes:
        nonlocal size
        if inflater is not None:
            if not piece and size and not inflater.eof:
                message = "its answer ends in the middle"
                raise Failed(message, sent=True)
            try:
                piece = inflater.decompress(piece, largest + 1 - size)
            except zlib.error as failure:
                message = "its answer is not packed as it says"
                raise Failed(message, sent=True) from failure
        size += len(piece)
        if size > largest:
            message = f"its answer is larger than {largest} bytes"
            raise Failed(message, sent=True, retryable=False)
        return piece

    return unpack


def words(failure: BaseException) -> str:
    """Return what an exception says, or what its kind means where it says nothing."""
    said = str(failure).rstrip(".")
    return said or _WORDLESS.get(type(failure).__name__, "it fell silent")


class Deletion(Enum):
    """What a delete came to."""

    DONE = "the store took the object away"
    NOT_THERE = "the store says that there is no such object: the engine reads it again before it is forgotten"
