"""A specimen at work: its titles in files, its service on a real socket, the engine between them, its state in memory."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from graphlib import TopologicalSorter
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any, TypeVar
from urllib.parse import urlsplit

import orjson

from catalogctl.config.accounts import accounts
from catalogctl.config.project import load_project
from catalogctl.engine.apply import Applied, ApplyFlags, apply_plan
from catalogctl.engine.plan import Planned, PlanRequest, make_plan, reverting
from catalogctl.engine.publish import DirectoryStore, Publisher, Uploads
from catalogctl.engine.recover import recover
from catalogctl.engine.review import approved_plan
from catalogctl.engine.stores import Stores
from catalogctl.engine.workspace import compile_workspace
from catalogctl.events import Event
from catalogctl.history.revert_scope import ProjectFiles
from catalogctl.history.run_file import decode as decode_run
from catalogctl.model.account import Account
from catalogctl.model.address import Address
from catalogctl.model.diagnostics import Diagnostics
from catalogctl.model.resource import Observed, Recorded, Resource, ResourceType
from catalogctl.model.value import fill
from catalogctl.planning.catalog import Catalog
from catalogctl.planning.change import Change
from catalogctl.planning.order import Operation
from catalogctl.planning.plan import Refresh
from catalogctl.planning.planfile.file import decode
from catalogctl.planning.scope import Purpose, Scope
from catalogctl.provider.emulation import Emulator, LoggedRequest, StoredChange
from catalogctl.provider.endpoint import Endpoint
from catalogctl.provider.protocol import Listing, Lookup, Reader
from catalogctl.provider.service import ClientHooks, ReadClient, WriteClient, connect
from catalogctl.sandbox import SandboxServer
from catalogctl.state.backend import LockInfo
from catalogctl.state.ledger import Held, Ledger, recall
from catalogctl.system.safe_folder import SafeFolder
from catalogctl.testing.clock import BEGINNING, VirtualClock
from catalogctl.testing.comparison import demand_same_lines
from catalogctl.testing.memory import Memory, MemoryBackend
from catalogctl.testing.specimen import ACCOUNT, Document, Specimen

SECRET = "s3cret-c0ffee-41"  # noqa: S105 -- it opens nothing; it is what must not be found anywhere
"""What every secret of the account is: it must be seen nowhere but on the wire."""
LINEAGE = "7d0f3f1e-conformance"
_REFERENCE = re.compile(r"\$\{env:([^}]+)\}")
_VARIES = re.compile(r"\\\{\w+\\\}")
_FILES = "https://files.example.com/"
_PUBLISH = {"type": "directory", "url": "public/", "base_url": _FILES}

_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class Compilation:
    """What the titles come to."""

    catalog: Catalog
    diagnostics: Diagnostics


@dataclass(frozen=True, slots=True)
class Saved:
    """A moment to return to."""

    store: tuple[StoredChange, ...]
    state: Memory
    titles: Mapping[str, Document]


class Kit:
    """One store, one project over it, and one state; everything begins empty."""

    def __init__(self, specimen: Specimen, folder: Path, emulator: Emulator, server: SandboxServer, clock: VirtualClock) -> None:
        self.specimen = specimen
        self.provider = specimen.provider
        self.clock = clock
        self.server = server
        self.emulator = emulator
        self.backend = MemoryBackend()
        self.events: list[tuple[Event, int]] = []
        """What the engine reported, each with how many requests the service had seen by then."""
        self._folder = folder
        self.titles: Mapping[str, Document] = specimen.titles
        """What the files say; assign to edit them."""
        self.one_at_a_time = False
        """Whether no two calls are under way together."""
        self._last: tuple[bytes, Catalog] | None = None
        """The titles that were compiled last, and what came of them."""
        self._catalog = SafeFolder(folder, "catalog")
        self._catalog.make()
        for name, data in specimen.files.items():
            *above, last = PurePosixPath(name).parts
            self._catalog.folder(*above).write(last, data)
        said = {"version": 1, "accounts": {ACCOUNT: self.block}, "assets": {"publish": _PUBLISH}}
        SafeFolder(folder).write("catalogctl.yaml", orjson.dumps(said))
        self._project = load_project(folder)

    # ── the files ──

    @property
    def block(self) -> dict[str, Any]:
        """The account block."""
        return {**self.emulator.account_block(self.server.url(self.provider.name)), **self.specimen.settings}

    def compiled(self, environment: Mapping[str, str]) -> Compilation:
        """Write the titles, read them, and compile them; `environment` holds the secrets."""
        for old in self._catalog.names():
            if old.endswith(".json"):
                self._catalog.remove(old)
        for id_, document in self.titles.items():
            self._catalog.write(f"{id_}.json", orjson.dumps(document))
        workspace = compile_workspace(self._project, self._stores(environment), lambda _: None)
        return Compilation(workspace.catalog, workspace.diagnostics)

    @property
    def secrets(self) -> dict[str, str]:
        """The environment in which every secret is there."""
        return dict.fromkeys(_REFERENCE.findall(str(self.block)), SECRET)

    def _stores(self, environment: Mapping[str, str] | None = None) -> Stores:
        providers = {self.provider.name: self.provider}
        made, problems = accounts(self._project, providers, self.secrets if environment is None else environment)
        assert ACCOUNT in made, f"the account block of the emulator is no account: {_told(problems)}"
        account = made[ACCOUNT]
        if self.one_at_a_time:
            account = replace(account, limits=replace(account.limits, concurrency=1))
        return Stores({ACCOUNT: account}, providers, timing=self.clock.timing)

    def catalog(self) -> Catalog:
        """Compile the titles, which must be without errors; the same ones once."""
        titles = orjson.dumps(self.titles)
        if self._last is None or self._last[0] != titles:
            compiled = self.compiled(self.secrets)
            assert not compiled.diagnostics.errors, f"the titles do not compile: {_told(compiled.diagnostics)}"
            self._last = (titles, compiled.catalog)
        return self._last[1]

    # ── the engine ──

    def plan(self, purpose: Purpose = Purpose.CONVERGE, scope: Scope | None = None, refresh: Refresh = Refresh.STORES) -> Planned:
        """Make a plan; the request log then holds what it sent and nothing else."""
        self.emulator.clear_log()
        request = PlanRequest(scope or Scope(purpose), refresh)
        return make_plan(self.catalog(), self.backend, self._stores(), request, self._listen)

    def taking_back(self) -> Planned:
        """Plan to put back what the last run changed, with the titles as they are; the request log then holds what that sent."""
        self.emulator.clear_log()
        stores = self._stores()
        runs = self.backend.runs()
        newest = runs.names()[0]
        run = decode_run(runs.read(newest) or b"", newest, stores.type_of)
        request = PlanRequest(Scope(Purpose.REVERT))
        back, asked = reverting(run, ProjectFiles(self.catalog()), self.recorded(), request, force=False, reviewed=False)
        return make_plan(back, self.backend, stores, asked, self._listen)

    def approved(self, saved: bytes) -> Planned:
        """Return what of a saved plan may be done now; the request log then holds what finding that out sent and nothing else."""
        self.emulator.clear_log()
        stores = self._stores()
        plan = decode(saved, stores.type_of)
        return approved_plan(plan, self.catalog(), self.backend, stores, PlanRequest(), self._listen)

    def apply(self, planned: Planned) -> Applied:
        """Take a plan's steps, whatever becomes of them; the request log then holds what they sent and nothing else."""
        self.emulator.clear_log()
        stores = self._stores()
        assert not planned.refusals, f"a plan without limits is refused: {planned.refusals}"
        with self._held() as held:
            return apply_plan(planned, held, stores, self._publisher(), self._listen, ApplyFlags())

    def recover(self) -> None:
        """Settle what the last apply left open, as the next command that takes the lock does first."""
        with self._held() as held:
            recover(held, self._stores(), self._listen)

    @contextmanager
    def _held(self) -> Iterator[Held]:
        info = LockInfo.of_this_process("default", "conformance", id_=LINEAGE, since=BEGINNING)
        with self.backend.lock(info, 0) as lock:
            yield Held(self.backend, lock, self._stores().type_of, LINEAGE)

    def carry_out(self, planned: Planned) -> Applied:
        """Take a plan's steps, all of which must succeed."""
        applied = self.apply(planned)
        told = "; ".join(f"{one.operation.name}: {one.diagnostic.summary}. {one.diagnostic.detail}" for one in applied.execution.failed)
        assert not applied.execution.failed, f"an apply failed: {told}"
        assert not applied.execution.skipped, f"an apply skipped {[one.name for one in applied.execution.skipped]}"
        return applied

    def converge(self) -> Planned:
        """Plan, apply, and plan again: the last plan, which must be empty."""
        self.carry_out(self.plan())
        return self.settled()

    def settled(self) -> Planned:
        """Make a plan that must be empty."""
        planned = self.plan()
        demand_same_lines("a plan after apply is empty", [], [telling(change) for change in doing(planned)])
        return planned

    def resources(self) -> dict[Address, Resource]:
        """Return what the files want, parents before their children."""
        wanted = self.catalog().resources
        order = TopologicalSorter({address: resource.dependencies for address, resource in wanted.items()}).static_order()
        return {address: wanted[address] for address in order}

    def recorded(self) -> Mapping[Address, Recorded]:
        """Return what state remembers."""
        stores = Stores({}, {self.provider.name: self.provider})
        return recall(self.backend, stores.type_of, LINEAGE).snapshot.resources

    def address(self, short: str) -> Address:
        """Read an address that leaves the account out."""
        return Address.parse(f"{ACCOUNT}/{short}")

    def _listen(self, event: Event) -> None:
        self.events.append((event, len(self.emulator.requests)))

    def said(self, operation: Operation) -> tuple[Endpoint, ...]:
        """Return the requests that the provider says a step sends."""
        return self._stores().endpoints(operation)

    # ── the store ──

    @property
    def account(self) -> Account:
        """The account as the engine sees it."""
        return self._stores().accounts[ACCOUNT]

    def seen(self, type_: ResourceType, id_: str) -> Observed | None:
        """Have the provider's reader read one object."""
        return self._read(lambda reader: reader.read(type_, id_))

    def found(self, want: Lookup) -> Observed | None:
        """Have the provider's reader look for an object that has no known id."""
        return self._read(lambda reader: reader.find(want))

    def wanted(self, address: Address) -> Lookup:
        """Ask for an object as the engine would that has lost its id: with what is declared of it, its references filled in from state."""
        resource, recorded = self.resources()[address], self.recorded()
        others = frozenset(have.id for other, have in recorded.items() if other.type == address.type and other != address)
        expected = fill(resource.attributes, lambda other: recorded[other].id)
        return Lookup(address, resource.type, resource.key, None, expected, others)

    def handle(self, address: Address) -> str:
        """Return the name by which the service in memory knows an object: the id that it gave it."""
        return self.recorded()[address].id

    def listed(self, *wanted: Lookup) -> Listing:
        """Have the provider's reader find several objects at once."""
        return self._read(lambda reader: reader.list_objects(wanted, lambda _done, _total: None))

    def delete(self, type_: ResourceType, id_: str, key: str) -> None:
        """Have the provider's writer delete one object, without plan or state."""
        account = self.account

        async def run(ledger: Ledger) -> None:
            uploads = Uploads(self._publisher(), ledger, ACCOUNT)
            async with connect(WriteClient, account, account.base_url, self.provider, ClientHooks(timing=self.clock.timing)) as service:
                await self.provider.writer(account, service, uploads).delete(type_, id_, key)

        with self._held() as held:
            asyncio.run(run(Ledger.open(held)))

    def _read(self, work: Callable[[Reader], Awaitable[_Result]]) -> _Result:
        account = self.account

        async def run() -> _Result:
            async with connect(ReadClient, account, account.base_url, self.provider, ClientHooks(timing=self.clock.timing)) as service:
                return await work(self.provider.reader(account, service))

        return asyncio.run(run())

    def _publisher(self) -> Publisher:
        public = SafeFolder(self._folder, "public")
        return Publisher(self._folder, lambda: DirectoryStore(public, _FILES), self._listen)

    def rows(self) -> Counter[str]:
        """Return what the store holds, each object as one line."""
        return Counter(orjson.dumps(row, option=orjson.OPT_SORT_KEYS, default=str).decode() for row in self.emulator.rows())

    def save(self) -> Saved:
        """Return the present contents of store, state and files."""
        return Saved(self.emulator.snapshot(), self.backend.memory.copy(), self.titles)

    def restore(self, saved: Saved) -> None:
        """Return to what was saved."""
        self.emulator.restore(saved.store)
        self.backend = MemoryBackend(memory=saved.state.copy())
        self.titles = saved.titles
        self.server.clear_faults()

    def requests(self) -> list[LoggedRequest]:
        """Return the requests that the service took since the last plan or apply began, those beside any step left out."""
        return self.of_steps(self.emulator.requests)

    def of_steps(self, requests: Iterable[LoggedRequest]) -> list[LoggedRequest]:
        """Leave out what belongs to no step (a login), and what the service put off (429) and saw again later."""
        beside = self.specimen.beside
        return [one for one in requests if one.status != 429 and not any(self.answers(other, one) for other in beside)]

    def writes(self) -> list[LoggedRequest]:
        """Return those of the requests that can change something."""
        return [request for request in self.requests() if request.method not in {"GET", "HEAD"}]

    def answers(self, endpoint: Endpoint, request: LoggedRequest) -> bool:
        """Return whether a request was sent to an endpoint."""
        return endpoint.method == request.method and re.fullmatch(self.pattern(endpoint), request.path) is not None

    def pattern(self, endpoint: Endpoint) -> str:
        """Return the regular expression of the paths of an endpoint, as the service sees them."""
        if not endpoint.path.startswith("/"):  # words for an address that the service gave
            return ".+"
        root = urlsplit(str(self.block["base_url"])).path.rstrip("/")
        return re.escape(root) + _VARIES.sub("[^/]+", re.escape(endpoint.path))


@contextmanager
def opened(specimen: Specimen) -> Iterator[Kit]:
    """Return a specimen at work, and in the end make sure that its service never failed by a fault of its own."""
    clock = VirtualClock()
    emulator = specimen.emulator(clock)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="catalogctl-conformance-"))).resolve()
        server = stack.enter_context(SandboxServer({specimen.provider.name: emulator}))
        yield Kit(specimen, folder, emulator, server, clock)
        assert server.errors == [], f"the service in memory failed: {server.errors}"


def doing(planned: Planned) -> list[Change]:
    """List what a plan changes."""
    return [change for change in planned.plan.changes if change.action.changes_anything]


def telling(change: Change) -> str:
    """Put a change into one line."""
    items = ", ".join(f"{'.'.join(map(str, item.path))}: {item.before!r} → {item.after!r}" for item in change.attributes)
    return f"{change.action.value} {change.address} because {change.reason.value or 'nothing'} ({items})"


def _told(problems: Diagnostics) -> str:
    return "; ".join(f"{problem.source or problem.address}: {problem.summary}. {problem.detail}" for problem in problems)
