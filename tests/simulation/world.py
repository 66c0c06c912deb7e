"""One simulation at work: the real engine and providers, stores in memory, a disk that can be cut off, a clock that no one waits for."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, assert_never
from urllib.parse import urlsplit

import httpx
import orjson

from catalogctl.config.accounts import accounts
from catalogctl.config.documents import load
from catalogctl.config.project import Project, load_project
from catalogctl.config.resolve import resolve
from catalogctl.engine.apply import ApplyFlags, apply_plan
from catalogctl.engine.compile import compile_catalog
from catalogctl.engine.execute import Execution
from catalogctl.engine.plan import PlanRequest, make_plan
from catalogctl.engine.publish import Publisher
from catalogctl.engine.recover import recover
from catalogctl.engine.stores import Stores
from catalogctl.model.account import Account
from catalogctl.model.diagnostics import CatalogError, Diagnostic
from catalogctl.planning.catalog import Catalog
from catalogctl.planning.plan import Plan
from catalogctl.planning.scope import Purpose, Scope
from catalogctl.provider import discovery
from catalogctl.provider.emulation import SandboxRequest
from catalogctl.state.backend import LockInfo
from catalogctl.state.ledger import Held, Recalled, recall
from catalogctl.testing.clock import BEGINNING, VirtualClock
from catalogctl.testing.memory import Memory, MemoryBackend
from simulation.disk import Disk
from simulation.library import FILES, FIRST_PRODUCT, Library, Store, document, title_of
from simulation.schedule import ByHand, Hand, Outlet, Strike
from simulation.service import Row, Service, Wire
from simulation.weather import Tally, Weather

LINEAGE = "3f2a-simulation"
PROVIDERS = {store.value: discovery.provider(store.value) for store in Store}
_PORT = {store: 9001 + place for place, store in enumerate(Store)}
_SECRETS = {"PUBLICALA_TOKEN": "one", "PUBLISHDRIVE_API_KEY": "two", "OPENPUBLISHING_API_KEY": "three"}

_Result = TypeVar("_Result")


class Broken(Exception):
    """Something that must always hold does not; says what."""


class Workshop:
    """A folder with a project in it, for one schedule after the other."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name, data in FILES.items():
            path = folder / "catalog" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        self._projects: dict[tuple[Outlet, ...], tuple[Project, Mapping[str, Account]]] = {}

    def project(self, outlets: tuple[Outlet, ...]) -> tuple[Project, Mapping[str, Account]]:
        """Give a project with an account on each store, and the accounts."""
        if outlets not in self._projects:
            blocks = {
                outlet.store.value: {
                    "provider": outlet.store.value,
                    "base_url": f"http://127.0.0.1:{_PORT[outlet.store]}",
                    "concurrency": outlet.width,
                    **_KEYS[outlet.store],
                }
                for outlet in outlets
            }
            assets = {"publish": {"type": "directory", "url": "public/", "base_url": "https://files.example.com/"}}
            (self.folder / "catalogctl.yaml").write_bytes(orjson.dumps({"version": 1, "accounts": blocks, "assets": assets}))
            project = load_project(self.folder)
            made, problems = accounts(project, PROVIDERS, _SECRETS)
            assert not problems.errors, _told(problems.errors)
            self._projects[outlets] = project, made
        return self._projects[outlets]

    def catalog(self, library: Library, stores: Stores, project: Project) -> Catalog:
        """Write a library's files, read them, and compile them."""
        names = frozenset(Store(name) for name in stores.accounts)
        for old in (self.folder / "catalog").glob("*.json"):
            old.unlink()
        for work in library:
            said = document(work, names)
            (self.folder / "catalog" / f"{said['id']}.json").write_bytes(orjson.dumps(said))
        resolved = resolve(load(project))
        catalog, problems = compile_catalog(resolved, stores, publishes_files=True)
        wrong = [*resolved.diagnostics.errors, *(problem for problem in problems if problem.severity == "error")]
        assert not wrong, _told(wrong)
        return catalog


_KEYS = {
    Store.PUBLICALA: {"token": "${env:PUBLICALA_TOKEN}"},
    Store.PUBLISHDRIVE: {"api_key": "${env:PUBLISHDRIVE_API_KEY}"},
    Store.OPENPUBLISHING: {"api_key": "${env:OPENPUBLISHING_API_KEY}"},
}


class _Public:
    """A place that stores can fetch from."""

    async def put(self, source: Path, name: str, sha256: str) -> bool:
        """Take a file."""
        del source, name, sha256
        return False

    async def address(self, name: str) -> str:
        """Give the URL to fetch it from."""
        return f"https://files.example.com/{name}"


@dataclass(frozen=True, slots=True)
class Ran:
    """What a run came to."""

    plan: Plan | None
    execution: Execution | None
    ending: str
    """In a word or two."""
    problems: tuple[Diagnostic, ...]


class World:
    """The stores, the disk and the clock of one schedule."""

    def __init__(self, outlets: tuple[Outlet, ...], workshop: Workshop, tally: Tally) -> None:
        self.clock = VirtualClock()
        self.memory = Memory()
        self.services = {outlet.store: Service(outlet, self.clock) for outlet in outlets}
        self.library: Library = ()
        self._tally = tally
        self._workshop = workshop
        self._project, self._accounts = workshop.project(outlets)

    def pause(self, seconds: int) -> None:
        """Let time pass."""
        asyncio.run(self.clock.sleep(seconds))

    def by_hand(self, done: ByHand) -> None:
        """Have someone do something in a store."""
        service = self.services.get(done.store)
        if service is not None:
            twin = self._twin(service, done.pick) if done.hand is Hand.TWIN else None
            service.lay_hand(done.hand, done.pick, self._known(), twin)

    def _twin(self, service: Service, pick: int) -> Row | None:
        """Give the row of something that is declared and not there, nor on its way."""
        known = {(address.title, address.edition) for address in self.recalled().snapshot.resources if address.account == service.store}
        books = [work for work in self.library if work.book and (f"t{work.number}", "book") not in known]
        if not books or service.late:
            return None
        work = books[pick % len(books)]
        key, product = f"key-{work.number}-{work.key}", FIRST_PRODUCT + work.number
        match service.store:
            case Store.PUBLICALA:
                row: dict[str, Any] = {"external_id": key, "name": title_of(work), "extension": "epub"}
                same = "external_id"
            case Store.PUBLISHDRIVE:
                row = {"externalId": key, "title": title_of(work)}
                same = "externalId"
            case Store.OPENPUBLISHING:
                data = FILES[f"files/{work.file}/book.epub"]
                sha1 = hashlib.sha1(data, usedforsecurity=False).hexdigest()
                slot = {"product": product, "type": "ebook_epub", "labels": ["distribution:retail"]}
                row = {**slot, "file_name": "book.epub", "sha1": sha1, "size": len(data)}
                same = "product"
            case _:
                assert_never(service.store)
        return None if any(other.get(same) == row[same] for other in service.rows().values()) else row

    def run(self, strikes: tuple[Strike, ...]) -> Ran:
        """Plan and apply as a command would that begins with nothing but what is on the disk."""
        self._tally.applies += 1
        weather = Weather(strikes, self._tally, self._lose_lock, self._sent, self._known)
        disk = Disk(self.memory, weather.record)
        stores = self._stores(weather)
        catalog = self._workshop.catalog(self.library, stores, self._project)
        info = LockInfo.of_this_process("default", "simulation", id_=LINEAGE, since=BEGINNING)
        plan: Plan | None = None
        try:
            with _simulated(), disk.lock(info, 0) as lock:
                held = Held(disk, lock, stores.type_of, LINEAGE)
                recover(held, stores, _nothing)
                request = PlanRequest(Scope(Purpose.CONVERGE))
                planned = make_plan(catalog, disk, stores, request, _nothing)
                plan = planned.plan
                publisher = Publisher(self._workshop.folder, _Public, _nothing)
                applied = apply_plan(planned, held, stores, publisher, _nothing, ApplyFlags())
        except CatalogError as problem:
            return Ran(plan, None, problem.refusal.value, problem.diagnostics)
        except BaseException:  # a crash comes out of a task group in a group
            if weather.dead:
                return Ran(plan, None, "crashed", ())
            raise
        execution = applied.execution
        ending = "done" if execution.refusal is None else f"in part: {execution.refusal.value}"
        return Ran(plan, execution, ending, tuple(failure.diagnostic for failure in execution.failed))

    def recalled(self) -> Recalled:
        """Read what is on the disk.

        Raises:  CatalogError where it cannot be read.
        """
        return recall(MemoryBackend(memory=self.memory), self._stores(None).type_of, LINEAGE)

    def _stores(self, weather: Weather | None) -> Stores:
        def wire(url: str) -> httpx.AsyncBaseTransport:
            assert weather is not None, "somebody speaks to a store outside of a run"
            port = urlsplit(url).port
            return Wire(next(service for store, service in self.services.items() if _PORT[store] == port), weather)

        return Stores(self._accounts, PROVIDERS, timing=self.clock.timing, transports=wire)

    def _known(self) -> frozenset[str]:
        return frozenset(have.id for have in self.recalled().snapshot.resources.values())

    def _lose_lock(self) -> None:
        self.memory.holder = None

    def _sent(self, store: Store, request: SandboxRequest) -> None:
        """Hold a writing request, before it arrives, to what is promised of all of them."""
        intents = [intent for intent in self.recalled().open_intents if intent.address.account == store.value]
        if not intents:
            raise Broken(f"{request.method} {request.path} was sent to {store.value} with no intent on the disk")


def _nothing(_event: object) -> None:
    """Hear nothing."""


@contextmanager
def _simulated() -> Iterator[None]:
    """Have what would run in a thread run at once, so that the same schedule is the same simulation, and no one mourn tasks that died."""

    async def at_once(function: Callable[..., _Result], /, *arguments: Any, **named: Any) -> _Result:
        await asyncio.sleep(0)
        return function(*arguments, **named)

    mourner = logging.getLogger("asyncio")
    usual, asyncio.to_thread = asyncio.to_thread, at_once
    mourner.disabled = True
    try:
        yield
    finally:
        asyncio.to_thread = usual
        mourner.disabled = False


def _told(problems: Any) -> str:
    return "; ".join(f"{problem.source or problem.address}: {problem.summary}. {problem.detail}" for problem in problems)
