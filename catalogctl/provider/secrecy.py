"""Keeps the keys that were sent out of everything that comes back: a store that answers with one must not have it shown or stored."""

from __future__ import annotations

import base64
import json
import re
from functools import cached_property
from typing import Final
from urllib.parse import quote

HIDDEN: Final = "…"
"""What stands where a key stood; inside a JSON text it leaves the JSON whole."""
SHORTEST: Final = 8
"""Characters of a key from which on it is looked for in contents: a shorter one could be a part of any word."""

_TELLING: Final = 6
"""Characters of base64 that are too few to tell anything."""
_ESCAPES = re.compile(rb"\\u00[2-7]")
"""ASCII written as an escape, which few who write JSON ever do."""


class Secrecy:
    """Everything secret that an account has sent, and how to take it out of bytes and words again."""

    def __init__(self) -> None:
        self._all: dict[str, _Key] = {}

    def learn(self, secret: str) -> None:
        """Remember a secret; of a header's value that is a scheme and a key, also the key alone."""
        for text in (secret, secret.rpartition(" ")[2]):
            if text and text not in self._all:
                self._all[text] = _Key(text)

    def words(self, body: bytes) -> bytes:
        """Take every key out of what a store says, in whichever way it is written, character by character if need be.

        Shapes:  found are plain text, JSON and HTML escapes, percent-encoding and any mixture of them; hexadecimal; base64 of a text that
                 it is a part of.
        """
        for key in self._all.values():
            body = key.everywhere.sub(HIDDEN.encode(), body)
        return body

    def contents(self, body: bytes) -> bytes:
        """Take every key that is long enough out of an answer that may be large: written as a whole, or with JSON's escapes."""
        for text, key in self._all.items():
            if len(text) < SHORTEST:
                continue
            if _ESCAPES.search(body):
                body = key.everywhere.sub(HIDDEN.encode(), body)
            for form in key.forms:
                if form in body:
                    body = body.replace(form, HIDDEN.encode())
        return body


class _Key:
    """One secret in all the ways in which it may be written: `forms` as a whole, `everywhere` also character by character, in any case."""

    def __init__(self, text: str) -> None:
        data = text.encode()
        self._data = data
        self._packed = sorted({form for before in range(3) for form in _in_base64(data, before) if len(form) >= _TELLING})
        quoted = (json.dumps(text)[1:-1], json.dumps(text)[1:-1].replace("/", r"\/"), quote(text, safe=""))
        self.forms = (data, *map(str.encode, quoted), data.hex().encode(), data.hex().upper().encode(), *self._packed)

    @cached_property
    def everywhere(self) -> re.Pattern[bytes]:
        mixed = b"".join(_any_form(byte) for byte in self._data)
        return re.compile(b"|".join([mixed, self._data.hex().encode(), *map(re.escape, self._packed)]), re.IGNORECASE)


def _any_form(byte: int) -> bytes:
    plain, code = re.escape(bytes([byte])), b"%02x" % byte
    return rb"(?:\\?%b|%%%b|\\u00%b|\\x%b|&#x0*%b;|&#0*%d;)" % (plain, code, code, code, code, byte)


def _in_base64(data: bytes, before: int) -> tuple[bytes, bytes]:
    """Write what base64 makes of data behind so many other bytes: the characters that depend on nothing around it, in both alphabets."""
    whole = base64.b64encode(bytes(before) + data)
    first = -(-before * 8 // 6)
    last = (before + len(data)) * 8 // 6
    told = whole[first:last]
    return told, told.translate(bytes.maketrans(b"+/", b"-_"))
