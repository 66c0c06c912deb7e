"""YAML whose every line is usual, read fast: the hot path of a catalog of ten thousand files.

libyaml tells the events; a value is built from them and no place is kept. Whatever needs a second thought (anchors, tags, a duplicate key,
an error) ends the attempt, and `yaml_places` reads the file again with care. Both give the same values for every file this one can read.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeAlias

from yaml import YAMLError
from yaml._yaml import CParser
from yaml.events import (
    DocumentEndEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from catalogctl.config.syntax.invisible import is_usual
from catalogctl.config.syntax.scalars import SUSPECT, ScalarError, plain
from catalogctl.config.syntax.tree import MAX_DEPTH, Value

_Next: TypeAlias = Callable[[], Any]
"""Gives libyaml's next event. Untyped on purpose: each event's class is compared before its fields are read."""


_COMMENT = re.compile(r"[ \t\[{,:-]#[^\s]")
"""What may be a comment right behind a text, and needs the careful reader."""
_DIGITS = frozenset("0123456789")


class _Unusual(Exception):
    """This file is for the careful reader."""


def values(text: str) -> tuple[tuple[Value, ...], tuple[int, ...]] | None:
    """Read the documents of a usual file and the line each begins on, or give None when it must be read with care.

    Shapes:  documents and lines go in pairs; a file of comments has none.
    Units:   lines count from 1.
    Raises:  nothing.
    """
    if _COMMENT.search(text) or not is_usual(text):
        return None
    try:
        return _documents(CParser(text).get_event)
    except (YAMLError, ScalarError, _Unusual):
        return None


def _documents(following: _Next) -> tuple[tuple[Value, ...], tuple[int, ...]]:
    documents: list[Value] = []
    lines: list[int] = []
    following()  # the start of the stream
    while True:
        event = following()
        if event.__class__ is StreamEndEvent:
            return tuple(documents), tuple(lines)
        if event.version is not None or event.tags is not None:
            raise _Unusual
        event = following()
        empty = event.__class__ is ScalarEvent and not event.value and not event.style and event.tag is None and event.anchor is None
        if not empty:
            lines.append(event.start_mark.line + 1)
            documents.append(_node(following, event, 1))
        event = following()
        if event.__class__ is not DocumentEndEvent:
            raise _Unusual


def _node(following: _Next, event: Any, depth: int) -> Value:
    if event.__class__ is ScalarEvent:
        if event.anchor is not None or event.tag is not None:
            raise _Unusual
        text: str = event.value
        if event.style or (text and text[0] not in SUSPECT):
            return text
        return plain(text)
    # An alias ends here too: it has an anchor.
    if event.anchor is not None or event.tag is not None or depth > MAX_DEPTH:
        raise _Unusual
    if event.__class__ is MappingStartEvent:
        return _mapping(following, depth)
    if event.__class__ is SequenceStartEvent:
        return _sequence(following, depth)
    raise _Unusual


def _mapping(following: _Next, depth: int) -> Value:
    mapping: dict[str, Value] = {}
    while True:
        event = following()
        if event.__class__ is not ScalarEvent:
            if event.__class__ is MappingEndEvent:
                return mapping
            raise _Unusual
        key: str = event.value
        if key in mapping or not key or key == "<<" or event.anchor is not None or event.tag is not None:
            raise _Unusual
        event = following()
        # `{EUR: 8,99}` is a decimal comma, which the careful reader puts into words.
        if key[0] in _DIGITS and event.__class__ is ScalarEvent and not event.value and not event.style:
            raise _Unusual
        # Most values are plain text: they are taken here, without a call.
        if event.__class__ is ScalarEvent and event.anchor is None and event.tag is None:
            text: str = event.value
            mapping[key] = text if event.style or (text and text[0] not in SUSPECT) else plain(text)
        else:
            mapping[key] = _node(following, event, depth + 1)


def _sequence(following: _Next, depth: int) -> Value:
    sequence: list[Value] = []
    while True:
        event = following()
        if event.__class__ is SequenceEndEvent:
            return sequence
        sequence.append(_node(following, event, depth + 1))
