"""A made-up resource type with an attribute of each kind and shape, and resources of it."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from catalogctl.model.address import Address
from catalogctl.model.asset import Asset
from catalogctl.model.resource import Attribute, Identity, Kind, Recorded, ReplaceOrder, ResourceType, Shape
from catalogctl.model.value import Value
from catalogctl.state.backend import LockInfo
from catalogctl.state.journal import End, Intent, Outcome
from catalogctl.state.local import LocalBackend
from catalogctl.state.local_lock import LocalLock
from catalogctl.state.snapshot import Snapshot
from catalogctl.state.statefile import encode
from catalogctl.system.safe_folder import SafeFolder

LINEAGE = "5f0c1f3e"
WHEN = datetime(2026, 11, 22, 6, 4, 5, tzinfo=UTC)

BOOK = ResourceType(
    "acme",
    "book",
    {f"{kind}-{shape}": Attribute(f"{kind}-{shape}", kind, shape) for kind in Kind for shape in Shape},
    "text-one",
    identity=Identity.ENFORCED,
    replace_order=ReplaceOrder.DELETE_FIRST,
    loss="the book",
)

VALUES: dict[str, Value] = {
    "text-one": "Mirror Work",
    "long-text-one": "<p>Ünïcode, “quotes” and\nlines</p>",
    "integer-one": 288,
    "boolean-one": True,
    "money-map": {"USD": Decimal("2.00"), "EUR": Decimal("2.355")},
    "date-one": date(2019, 9, 13),
    "datetime-one": datetime(2019, 9, 13, 8, 30),
    "json-one": '{"a":[1]}',
    "asset-one": Asset("book.epub", sha256="ab" * 32, size=12),
    "text-list": ("b", "a"),
    "text-set": ("a", "b"),
}


def types(provider: str, name: str) -> ResourceType | None:
    return BOOK if (provider, name) == ("acme", "book") else None


def address(number: int) -> Address:
    return Address("store", "book", f"title-{number:03d}", "epub")


def recorded(number: int, **values: Value) -> Recorded:
    attributes = {**VALUES, **values}
    return Recorded(address(number), BOOK, "https://acme.example", f"id-{number}", f"key-{number}", attributes, {"text-one": "Mirror Work"})


def intent(number: int, verb: str = "create") -> Intent:
    where = address(number)
    id_ = None if verb == "create" else f"id-{number}"
    expected = None if verb == "delete" else replace(recorded(number), id=id_ or "")
    return Intent(f"{verb} {where}", verb, where, BOOK, "https://acme.example", f"key-{number}", id_, "00" * 32, WHEN, ("7",), expected)


def done(number: int, verb: str = "note", **values: Value) -> Outcome:
    """Record a resource; a note needs no intent before it, as a create does."""
    return Outcome(f"{verb} {address(number)}", verb, address(number), End.DONE, recorded(number, **values))


def gone(number: int, verb: str = "forget") -> Outcome:
    return Outcome(f"{verb} {address(number)}", verb, address(number), End.DONE)


def snapshot(*numbers: int, serial: int = 1) -> Snapshot:
    return Snapshot(LINEAGE, serial, {address(number): recorded(number) for number in numbers})


def content(*numbers: int, serial: int = 1) -> bytes:
    return encode(snapshot(*numbers, serial=serial), "default")


def lock(backend: LocalBackend, timeout: float = 0, command: str = "catalogctl apply") -> AbstractContextManager[LocalLock]:
    return backend.lock(LockInfo.of_this_process(backend.environment, command, id_="hold-1", since=WHEN), timeout)


def backend(folder: Path) -> LocalBackend:
    return LocalBackend(SafeFolder(folder / "state"), "default")
