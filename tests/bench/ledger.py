"""Take steps in a ledger, and say what each part took.

python tests/bench/ledger.py FOLDER RESOURCES STEPS      prints the seconds of opening, of the steps, and of closing
"""

import sys
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

from catalogctl.model.address import Address
from catalogctl.model.resource import Attribute, Identity, Kind, Recorded, ReplaceOrder, ResourceType, Shape
from catalogctl.model.value import Attributes
from catalogctl.state.backend import LockInfo
from catalogctl.state.journal import End, Intent, Outcome
from catalogctl.state.ledger import Held, Ledger
from catalogctl.state.local import LocalBackend
from catalogctl.state.snapshot import Snapshot
from catalogctl.state.statefile import encode
from catalogctl.system.safe_folder import SafeFolder

_ATTRIBUTES: Mapping[str, Attribute] = {
    "key": Attribute("key", Kind.TEXT),
    "name": Attribute("name", Kind.TEXT),
    "description": Attribute("description", Kind.LONG_TEXT),
    "prices": Attribute("prices", Kind.MONEY, Shape.MAP),
    "subjects": Attribute("subjects", Kind.TEXT, Shape.SET),
}
BOOK = ResourceType("acme", "book", _ATTRIBUTES, "key", Identity.ENFORCED, ReplaceOrder.DELETE_FIRST, "the book")
STORE = "https://acme.example"
WHEN = datetime(2026, 1, 1, tzinfo=UTC)


def address(number: int) -> Address:
    """Name a book."""
    return Address("store", "book", f"title-{number:06d}", "epub")


def recorded(number: int) -> Recorded:
    """Give a book as state remembers one."""
    attributes: Attributes = {
        "key": f"key-{number:06d}",
        "name": f"The book {number}",
        "description": "What it is about, in a sentence or two. " * 8,
        "prices": {"USD": Decimal("9.90"), "EUR": Decimal("8.90")},
        "subjects": ("FIC014000", "FIC019000"),
    }
    return Recorded(address(number), BOOK, STORE, str(number), f"key-{number:06d}", attributes, {})


def steps(ledger: Ledger, resources: int, count: int) -> None:
    """Change one price after the other: announced, then settled, as an apply does it."""
    for number in range(count):
        where = address(number % resources)
        name = f"update {where}"
        ledger.commit([Intent(name, "update", where, BOOK, STORE, f"key-{number:06d}", str(number), "00" * 32, WHEN)])
        have = ledger.get(where)
        assert have is not None, f"{where} is not recorded"
        changed = replace(have, attributes={**have.attributes, "prices": {"USD": Decimal(number), "EUR": Decimal("8.90")}})
        ledger.commit([Outcome(name, "update", where, End.DONE, changed)])


def main() -> None:
    """Open, take the steps, close."""
    folder, resources, count = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    backend = LocalBackend(SafeFolder(folder), "default")
    state = Snapshot("bench", 1, {address(number): recorded(number) for number in range(resources)})
    with backend.lock(LockInfo.of_this_process("default", "bench", id_="bench", since=datetime.now(UTC)), 0) as lock:
        backend.write(encode(state, "default"), 1, None)
        del state
        moments = [time.perf_counter()]
        ledger = Ledger.open(Held(backend, lock, lambda *_: BOOK, "bench"))
        moments.append(time.perf_counter())
        steps(ledger, resources, count)
        moments.append(time.perf_counter())
        ledger.close()
        moments.append(time.perf_counter())
    print(*(f"{after - before:.4f}" for before, after in pairwise(moments)))


if __name__ == "__main__":
    main()
