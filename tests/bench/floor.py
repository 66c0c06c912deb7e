"""The floor: what no plan of the same catalog can cost less than, with the same libraries.

It reads the title files, parses them with libyaml's events into plain dicts, reads the captured list pages with orjson, and compares each
title with its record. No models, no places, no codes checked, no state, no order, no output, no HTTP.

    python tests/bench/floor.py CATALOG PAGES      prints how many titles were compared and how many differ
"""

import gc
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
from yaml._yaml import CParser
from yaml.events import MappingEndEvent, MappingStartEvent, ScalarEvent, SequenceEndEvent, SequenceStartEvent


def parse(text: str) -> Any:
    """Build the value of a file's one document, every scalar as text."""
    following = CParser(text).get_event
    following()  # the start of the stream
    following()  # the start of the document
    return _build(following, following())


def _build(following: Callable[[], Any], event: Any) -> Any:
    kind = event.__class__
    if kind is ScalarEvent:
        return event.value
    if kind is MappingStartEvent:
        mapping: dict[str, Any] = {}
        while (event := following()).__class__ is not MappingEndEvent:
            mapping[event.value] = _build(following, following())
        return mapping
    if kind is SequenceStartEvent:
        sequence: list[Any] = []
        while (event := following()).__class__ is not SequenceEndEvent:
            sequence.append(_build(following, event))
        return sequence
    raise ValueError(event)


def wanted(title: dict[str, Any]) -> dict[str, object]:
    """Say what the store must hold of one title of `catalogs`."""
    edition = title["editions"]["epub"]
    return {
        "external_id": edition["isbn"],
        "name": title["title"],
        "lang": title["language"],
        "description": title["description"].strip(),
        "free": edition["publish"]["store"]["free"] == "true",
        "prices": {currency: float(amount) for currency, amount in edition["prices"].items()},
        "date": title["publication_date"],
    }


def held(row: dict[str, Any]) -> dict[str, object]:
    """Say the same of one row of the list."""
    return {
        "external_id": row["external_id"],
        "name": row["name"],
        "lang": row["lang"],
        "description": row["description"],
        "free": row["free"],
        "prices": row["prices"],
        "date": row["publication_date"]["date"][:10],
    }


def main() -> None:
    """Read, parse, compare; print the two counts."""
    catalog, pages = (Path(text) for text in sys.argv[1:])
    gc.disable()
    titles = [wanted(parse(path.read_bytes().decode())) for path in sorted(catalog.rglob("*.yaml"))]
    records: dict[object, dict[str, object]] = {}
    for page in sorted(pages.glob("*.json")):
        for row in orjson.loads(page.read_bytes())["data"]["paginator"]["data"]:
            records[row["external_id"]] = held(row)
    differ = sum(title != records[title["external_id"]] for title in titles)
    print(len(titles), differ)


if __name__ == "__main__":
    main()
