"""The floor: what no plan of the same catalog can cost less than, with the same libraries.

It reads the title files, parses them into exact values (with catalogctl's own reader, which is libyaml's events and YAML 1.2's
scalars and nothing else), reads the captured list pages with orjson, and compares each title with its record. No models, no places,
no codes checked, no state, no order, no output, no HTTP.

    python tests/bench/floor.py CATALOG PAGES      prints how many titles were compared and how many differ
"""

import gc
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson

from catalogctl.config.syntax.source import Source, parse


def wanted(title: Any) -> dict[str, object]:
    """Say what the store must hold of one title of `catalogs`."""
    edition = title["editions"]["epub"]
    return {
        "external_id": edition["isbn"],
        "name": title["title"],
        "lang": title["language"],
        "description": title["description"].strip(),
        "free": edition["publish"]["store"]["free"],
        "prices": edition["prices"],
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
        "prices": {currency: Decimal(str(amount)) for currency, amount in row["prices"].items()},
        "date": row["publication_date"]["date"][:10],
    }


def main() -> None:
    """Read, parse, compare; print the two counts."""
    catalog, pages = (Path(text) for text in sys.argv[1:])
    gc.disable()
    titles = [wanted(parse(Source(path.name, path.read_bytes())).documents[0]) for path in sorted(catalog.rglob("*.yaml"))]
    records: dict[object, dict[str, object]] = {}
    for page in sorted(pages.glob("*.json")):
        for row in orjson.loads(page.read_bytes())["data"]["paginator"]["data"]:
            records[row["external_id"]] = held(row)
    differ = sum(title != records[title["external_id"]] for title in titles)
    print(len(titles), differ)


if __name__ == "__main__":
    main()
