"""A made-up store of boxes with cards in them, kept in a file, and the provider that speaks to it without any HTTP.

`python -m unit.engine.toy FOLDER [POINT]` applies a small catalog to the store in FOLDER; with POINT the process kills itself
at that many-th of the instants around its writes: before each and after each.
"""

# ruff: noqa: ARG002 -- what a provider is asked for, whether a toy needs it or not
from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from catalogctl.engine.apply import Applied, ApplyFlags, apply_plan
from catalogctl.engine.execute import Bound, Ending, OnFailure, Stop
from catalogctl.engine.plan import Coverage, Planned, PlanRequest, make_plan
from catalogctl.engine.publish import Publisher
from catalogctl.engine.recover import recover
from catalogctl.engine.stores import Stores
from catalogctl.events import Event
from catalogctl.model.account import Account, CallLimits
from catalogctl.model.address import Address
from catalogctl.model.diagnostics import error
from catalogctl.model.resource import Attribute, Identity, Kind, Observed, ReplaceOrder, Resource, ResourceType, Trait
from catalogctl.model.title import Origin
from catalogctl.model.value import Attributes, Reference, Value
from catalogctl.planning.catalog import Catalog
from catalogctl.planning.scope import Scope
from catalogctl.provider.answer import Deletion
from catalogctl.provider.authentication import Authentication, FixedHeaders
from catalogctl.provider.endpoint import Endpoint
from catalogctl.provider.failure import Ambiguous, CredentialsRefused, Refused, StoreFailure, Unavailable
from catalogctl.provider.protocol import Assets, Compiled, Listing, Lookup, Offer, Provider, Step, Verb, Written
from catalogctl.state.backend import LockInfo
from catalogctl.state.ledger import Held
from catalogctl.state.local import LocalBackend
from catalogctl.system.safe_folder import SafeFolder
from catalogctl.testing.clock import VirtualClock


def _type(name: str) -> ResourceType:
    attributes = (
        Attribute("name", Kind.TEXT),
        Attribute("note", Kind.TEXT),
        Attribute("box", Kind.TEXT),
        Attribute("shape", Kind.TEXT, traits=frozenset({Trait.REPLACES})),
        Attribute("opens", Kind.TEXT, traits=frozenset({Trait.AFTER_CREATE})),
    )
    known = {attribute.name: attribute for attribute in attributes}
    return ResourceType(
        "toy", name, known, "name", identity=Identity.ENFORCED, replace_order=ReplaceOrder.DELETE_FIRST, loss="What is in it is lost."
    )


BOX, CARD = _type("box"), _type("card")
JAR = replace(_type("jar"), replace_order=ReplaceOrder.CREATE_FIRST)
CREATE = Endpoint("POST", "/things", frozenset({201}), repeatable=False)
UPDATE = Endpoint("PUT", "/things/{id}", frozenset({204}), repeatable=True)
DELETE = Endpoint("DELETE", "/things/{id}", frozenset({204}), repeatable=True)

Trouble = Callable[[], StoreFailure]


def refused() -> StoreFailure:
    return Refused(error("store-refused", "No"), 422)


def unavailable() -> StoreFailure:
    return Unavailable(error("store-unavailable", "Not now"))


def unauthorized() -> StoreFailure:
    return CredentialsRefused(error("credentials-refused", "Who are you"))


def lost() -> StoreFailure:
    return Ambiguous(error("outcome-unknown", "Perhaps"))


@dataclass
class Shelf:
    """The store: things by id, kept in a file where one is named."""

    file: Path | None = None
    calls: list[tuple[str, str]] = field(default_factory=list)
    """Verb and key of every write that was tried, in order."""
    trouble: dict[tuple[str, str], list[Trouble | None]] = field(default_factory=dict)
    """By verb (`lost`: after it was done; `find`) and key: what goes wrong at the first try, the second …; `None`: nothing."""
    seconds: float = 0.0
    """How long a write takes."""
    under_way: int = 0
    widest: int = 0
    before_write: Callable[[str, str], None] = field(default=lambda _verb, _key: None)
    after_write: Callable[[str, str], None] = field(default=lambda _verb, _key: None)
    things: dict[str, dict[str, Any]] = field(default_factory=dict)
    reads: list[str] = field(default_factory=list)
    """`list` for each listing, and the id of what was read alone, in order."""
    unseen: list[frozenset[str]] = field(default_factory=list)
    """What the first listing lacks, what the second one lacks, …"""
    denied: list[str] = field(default_factory=list)
    """Ids of which the next answer to a delete, or keys of which the next answer to a search, says that they are not there."""
    undeletable: bool = False
    """Whether every delete is answered as if there were no such object."""

    def __post_init__(self) -> None:
        if self.file is not None and self.file.exists():
            self.things = json.loads(self.file.read_bytes())

    def denies(self, name: str) -> bool:
        """Whether the answer about an object says that it is not there, although it may be."""
        if name not in self.denied:
            return False
        self.denied.remove(name)
        return True

    def named(self, key: str) -> list[str]:
        return [id_ for id_, thing in self.things.items() if thing["name"] == key]

    def put(self, attributes: Attributes) -> str:
        id_ = f"#{1 + max((int(one[1:]) for one in self.things), default=0)}"
        self.things[id_] = _plain(attributes)
        return id_

    async def write(self, verb: str, key: str, change: Callable[[], None]) -> None:
        """Take one write: tried, in trouble, done, or lost after it was done."""
        self.calls.append((verb, key))
        self.under_way += 1
        self.widest = max(self.widest, self.under_way)
        try:
            self.before_write(verb, key)
            await asyncio.sleep(self.seconds)
            self.raise_trouble(verb, key)
            change()
            if self.file is not None:
                self.file.write_text(json.dumps(self.things), encoding="utf-8")
            self.after_write(verb, key)
            self.raise_trouble("lost", key)
        finally:
            self.under_way -= 1

    def raise_trouble(self, verb: str, key: str) -> None:
        waiting = self.trouble.get((verb, key), [])
        if waiting and (failure := waiting.pop(0)) is not None:
            raise failure()


@dataclass
class _Reader:
    shelf: Shelf

    async def list_objects(self, wanted: Sequence[Lookup], progress: Callable[[int, int], None]) -> Listing:
        self.shelf.raise_trouble("list", "")
        self.shelf.reads.append("list")
        progress(1, 1)
        unseen = self.shelf.unseen.pop(0) if self.shelf.unseen else frozenset[str]()
        return Listing(tuple(self._one(want, unseen) for want in wanted))

    def _one(self, want: Lookup, unseen: frozenset[str]) -> Observed | None:
        if want.id is not None and want.id in self.shelf.things.keys() - unseen:
            return self._seen(want.id)
        return next((self._seen(id_) for id_ in self.shelf.named(want.key) if id_ not in unseen), None)

    def _seen(self, id_: str) -> Observed | None:
        thing = self.shelf.things.get(id_)
        return None if thing is None else Observed(id_, thing["name"], dict(thing))

    async def read(self, type_: ResourceType, id_: str) -> Observed | None:
        self.shelf.reads.append(id_)
        return self._seen(id_)

    async def find(self, want: Lookup) -> Observed | None:
        self.shelf.raise_trouble("find", want.key)
        found = self.shelf.named(want.key)
        return None if not found or self.shelf.denies(want.key) else self._seen(found[0])


@dataclass
class _Writer:
    shelf: Shelf

    async def create(self, type_: ResourceType, attributes: Attributes) -> Written:
        id_ = ""

        def make() -> None:
            nonlocal id_
            if self.shelf.named(str(attributes["name"])):
                raise refused()
            id_ = self.shelf.put(attributes)

        await self.shelf.write("create", str(attributes["name"]), make)
        return Written(id_, {})

    async def supersede(
        self, type_: ResourceType, attributes: Attributes, old: str, held: Container[str], leaving: Container[str]
    ) -> Written:
        equal = [id_ for id_, thing in self.shelf.things.items() if id_ != old and thing == _plain(attributes)]
        there = [id_ for id_ in equal if id_ not in held]
        if not there:
            await self.shelf.write("supersede", str(attributes["name"]), lambda: there.append(self.shelf.put(attributes)))
        return Written(there[0], {})

    async def update(self, type_: ResourceType, id_: str, attributes: Attributes, changed: frozenset[str]) -> Written:
        await self.shelf.write("update", str(attributes["name"]), lambda: self.shelf.things[id_].update(_plain(attributes)))
        return Written(id_, {})

    async def delete(self, type_: ResourceType, id_: str, key: str) -> Deletion:
        if self.shelf.undeletable or id_ not in self.shelf.things or self.shelf.denies(id_):
            self.shelf.calls.append(("delete", key))
            return Deletion.NOT_THERE
        await self.shelf.write("delete", key, lambda: self.shelf.things.__delitem__(id_))
        return Deletion.DONE


def _plain(attributes: Attributes) -> dict[str, Any]:
    assert not any(isinstance(value, Reference) for value in attributes.values()), "a reference was sent that nobody filled in"
    return dict(attributes)


class Settings(BaseModel):
    """Nothing."""


@dataclass
class Toy:
    """The provider, over shelves by account."""

    shelves: Mapping[str, Shelf]
    name: str = "toy"
    service: str = "the toy shelf"
    types: Mapping[str, ResourceType] = field(default_factory=lambda: {"box": BOX, "card": CARD, "jar": JAR})
    limits: CallLimits = field(default_factory=lambda: CallLimits(concurrency=2, requests_per_minute=None, timeout=5, latency=0.1))
    secrets: tuple[str, ...] = ()
    settings: type[BaseModel] = Settings
    options: type[BaseModel] = Settings
    sandbox: str = ""

    def compile(self, offer: Offer) -> Compiled:
        raise NotImplementedError

    def calls(self, step: Step) -> tuple[Endpoint, ...]:
        return ({Verb.CREATE: CREATE, Verb.UPDATE: UPDATE, Verb.DELETE: DELETE}[step.verb],)

    def explain(self, answer: object) -> str:
        return ""

    def authentication(self, account: Account) -> Authentication:
        return FixedHeaders({})

    def reader(self, account: Account, service: object) -> _Reader:
        return _Reader(self.shelves[account.name])

    def writer(self, account: Account, service: object, assets: Assets) -> _Writer:
        return _Writer(self.shelves[account.name])


def at(type_: ResourceType, title: str, account: str = "toys") -> Address:
    return Address(account, type_.name, title, "set")


def box(title: str, account: str = "toys", *, key: str = "", **attributes: Value) -> Resource:
    where = at(BOX, title, account)
    key = key or f"box {title}"
    return Resource(where, BOX, key, {"name": key, **attributes}, Origin(f"catalog/{title}.yaml", 0))


def jar(title: str, **attributes: Value) -> Resource:
    """A jar is replaced by one that is made while it is still there."""
    key = f"jar {title}"
    return Resource(at(JAR, title), JAR, key, {"name": key, **attributes}, Origin(f"catalog/{title}.yaml", 0))


def card(title: str, inside: str, account: str = "toys", **attributes: Value) -> Resource:
    """A card that lies in a box: it needs the id that the box gets."""
    where, needed = at(CARD, title, account), at(BOX, inside, account)
    declared: dict[str, Value] = {"name": f"card {title}", "box": Reference(needed), **attributes}
    return Resource(where, CARD, f"card {title}", declared, Origin(f"catalog/{title}.yaml", 0), (needed,))


@dataclass
class Room:
    """A folder with a state, and the shelves that it is about."""

    folder: Path
    shelves: dict[str, Shelf] = field(default_factory=lambda: {"toys": Shelf()})
    width: int = 2
    heard: list[Event] = field(default_factory=list)
    stop: Stop = field(default_factory=Stop)
    clock: VirtualClock = field(default_factory=VirtualClock)
    """By which the shelves are waited for."""
    listen: Callable[[Event], None] = field(default=lambda _event: None)

    @property
    def shelf(self) -> Shelf:
        return self.shelves["toys"]

    @property
    def backend(self) -> LocalBackend:
        return LocalBackend(SafeFolder(self.folder / "state"), "default")

    @property
    def stores(self) -> Stores:
        provider: Provider = Toy(self.shelves)
        limits = replace(provider.limits, concurrency=self.width)
        accounts = {name: Account(name, "toy", f"https://{name}.example", Settings(), limits) for name in self.shelves}
        return Stores(accounts, {"toy": provider}, timing=self.clock.timing)

    def plan(self, *wanted: Resource, scope: Scope | None = None, coverage: Coverage = Coverage.ALL) -> Planned:
        catalog = Catalog({one.address: one for one in wanted})
        request = PlanRequest(scope=scope or Scope(), coverage=coverage)
        return make_plan(catalog, self.backend, self.stores, request, self._hear)

    def apply(
        self, *wanted: Resource, on_failure: OnFailure = OnFailure.GO_ON, bound: Bound | None = None, scope: Scope | None = None
    ) -> Applied:
        info = LockInfo.of_this_process("default", "apply", id_="hold", since=datetime.now(UTC))
        with self.backend.lock(info, 5) as lock:
            held = Held(self.backend, lock, self.stores.type_of, "toy-lineage")
            recover(held, self.stores, self._hear)
            planned = self.plan(*wanted, scope=scope)
            publisher = Publisher(self.folder, lambda: None, self._hear)
            flags = ApplyFlags(Ending(on_failure, self.stop, bound or Bound()))
            return apply_plan(planned, held, self.stores, publisher, self._hear, flags)

    def _hear(self, event: Event) -> None:
        self.heard.append(event)
        self.listen(event)


CATALOG: Iterable[Resource] = (box("a"), box("b", opens="late"), card("x", "a"), card("y", "b"), card("z", "b", note="…"))


def killed_at(point: int) -> Callable[[str, str], None]:
    """Make what kills this process when it is called for the point-th time."""
    left = point

    def maybe(_verb: str, _key: str) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    return maybe


def main(folder: Path, point: int) -> None:
    instant = killed_at(point)
    shelf = Shelf(folder / "shelf.json", before_write=instant, after_write=instant)
    applied = Room(folder, {"toys": shelf}).apply(*CATALOG)
    sys.stdout.write(f"{len(applied.execution.done)} done\n")


if __name__ == "__main__":
    with suppress(BrokenPipeError):
        main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0)
