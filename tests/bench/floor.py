"""The floor: what no plan of the same catalog can cost less than, with the same libraries.

It reads the title files, parses them with libyaml's events into plain dicts, reads the captured list pages with orjson, and compares each
title with its record. No models, no places, no codes checked, no state, no order, no output, no HTTP.

    python tests/bench/floor.py CATALOG PAGES      prints how many titles were compared and how many differ
"""

import gc
import sys
from pathlib import Path

import orjson
from yaml import CParser
from yaml.events import MappingEndEvent, MappingStartEvent, ScalarEvent, SequenceEndEvent, SequenceStartEvent

_COMPARED = ("external_id", "name", "lang", "description", "free")


def parse(text: str) -> object:
    """Build the value of a file's one document, every scalar as text."""
    following = CParser(text).get_event
    following()  # the start of the stream
    following()  # the start of the document
    return _build(following, following())


def _build(following, event):  # type: ignore[no-untyped-def]  # libyaml's events have no common type that names their fields
    kind = event.__class__
    if kind is ScalarEvent:
        return event.value
    if kind is MappingStartEvent:
        mapping = {}
        while (event := following()).__class__ is not MappingEndEvent:
            mapping[event.value] = _build(following, following())
        return mapping
    if kind is SequenceStartEvent:
        sequence = []
        while (event := following()).__class__ is not SequenceEndEvent:
            sequence.append(_build(following, event))
        return sequence
    raise ValueError(event)


def wanted(title: dict) -> dict:  # type: ignore[type-arg]  # as it was parsed
    """Say what the store must answer for one title of `catalogs`."""
    edition = title["editions"]["epub"]
    return {
        "external_id": edition["isbn"],
        "name": title["title"],
        "lang": title["language"],
        "description": title["description"],
        "free": edition["publish"]["store"]["free"] == "true",
    }


def main() -> None:
    """Read, parse, compare; print the two counts."""
    catalog, pages = (Path(text) for text in sys.argv[1:])
    gc.disable()
    titles = [wanted(parse(path.read_bytes().decode())) for path in sorted(catalog.rglob("*.yaml"))]  # type: ignore[arg-type]
    records = {}
    for page in sorted(pages.glob("*.json")):
        for row in orjson.loads(page.read_bytes())["data"]["paginator"]["data"]:
            records[row["external_id"]] = row
    differ = 0
    for title in titles:
        record = records[title["external_id"]]
        differ += title != {name: record[name] for name in _COMPARED}
    print(len(titles), differ)


if __name__ == "__main__":
    main()
