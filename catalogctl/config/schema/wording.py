"""How values are written inside sentences."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from catalogctl.config.syntax.scalars import plain, quoted, shown


def what(value: Any) -> str:
    """Name a value after "here stands"."""
    match value:
        case None:
            return "nothing"
        case bool():
            return f"the truth value {written(value)}"
        case int() | Decimal():
            return f"the number {shown(written(value))}"
        case str():
            return f"the text {said(value)}"
        case list():
            return "a list"
        case _:
            return "a mapping"


def said(value: Any) -> str:
    """Quote a value."""
    return f"`{shown(written(value))}`"


def written(value: Any) -> str:
    """Write a value as it would be in YAML, in the flow style."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case list():
            return "[" + ", ".join(written(item) for item in value) + "]"
        case dict():
            return "{" + ", ".join(f"{name}: {written(item)}" for name, item in value.items()) + "}"
        case _:
            return str(value)


def flow(value: Any) -> str:
    """Write a value as an item within brackets or braces of YAML, so that it is read back as it is."""
    match value:
        case str():
            usual = re.fullmatch(r"[^\W\d_][\w .’/-]*", unicodedata.normalize("NFC", value)) and value.strip() == value
            return value if usual and plain(value) == value else quoted(value)
        case list():
            return "[" + ", ".join(flow(item) for item in value) + "]"
        case dict():
            return "{" + ", ".join(f"{name}: {flow(item)}" for name, item in value.items()) + "}"
        case _:
            return written(value)


def span_of(schema: Mapping[str, Any]) -> str:
    """Say from where to where a number may be."""
    least, most = schema.get("minimum"), schema.get("maximum")
    if least is not None and most is not None:
        return f"from {least} to {most}"
    return f"{least} or more" if least is not None else f"{most} or less"


def example(schema: Mapping[str, Any]) -> str:
    """Return a schema's first example as a hint; nothing where it has none."""
    examples = schema.get("examples")
    return f"For instance: {written(examples[0])}" if examples else ""
