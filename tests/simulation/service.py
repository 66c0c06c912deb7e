"""A store behind a transport in this process: requests reach its emulation as values, and what is to go wrong goes wrong on the way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any, assert_never

import httpx

from catalogctl.provider.emulation import Emulator, SandboxRequest, SandboxResponse
from catalogctl.providers.openpublishing.sandbox import OpenPublishingSandbox, OpenPublishingSwitches
from catalogctl.providers.publicala.sandbox import PublicalaSandbox, PublicalaSwitches
from catalogctl.providers.publishdrive.sandbox import PublishdriveSandbox, PublishdriveSwitches
from catalogctl.sandbox.faults import Fault, FaultKind
from catalogctl.testing.clock import VirtualClock
from simulation.disk import Crash
from simulation.library import FIRST_PRODUCT, Store
from simulation.schedule import Boundary, Hand, Mishap, Outlet, Strike
from simulation.weather import Weather

LATE = (1.0, 8.0, 25.0)
"""Seconds after which a request arrives whose sender is gone, or an object shows: within the accounts' consistency window."""
AGES = 1200.0
"""Seconds that are longer than an address for uploading lasts."""
PRODUCTS = 30

Row = Mapping[str, Any]


def row_id(store: Store, row: Row) -> str:
    """Give the id by which the engine and the back doors of an emulation know what is in a row."""
    match store:
        case Store.PUBLICALA:
            return f"{row['content_id']}/{row['id']}" if "content_id" in row else str(row["id"])
        case Store.PUBLISHDRIVE:
            return f"{row['book']}/{row['id']}" if "book" in row else str(row["id"])
        case Store.OPENPUBLISHING:
            return f"{row['product']}/{row['id']}"
        case _:
            assert_never(store)


@dataclass(slots=True)
class Service:
    """One store and what is on its way to it."""

    outlet: Outlet
    clock: VirtualClock
    emulator: Emulator = field(init=False)
    foreign: dict[str, Row] = field(default_factory=dict)
    """What others made and no other may touch, by id, as it was when they made it."""
    twins: set[str] = field(default_factory=set)
    """What others made as it is declared: ours from when we know of it, and theirs if no file declares it any more by then."""
    hidden: list[tuple[float, frozenset[str]]] = field(default_factory=list)
    """Ids that do not show until an instant."""
    late: list[tuple[float, SandboxRequest]] = field(default_factory=list)
    """Requests that arrive at an instant."""

    def __post_init__(self) -> None:
        self.emulator = _emulator(self.outlet, self.clock)
        for _ in range(self.outlet.foreign):
            self.add_foreign(None)

    @property
    def store(self) -> Store:
        """Which store it is."""
        return self.outlet.store

    def rows(self) -> dict[str, Row]:
        """Give what the store holds by id, once everything that is due has arrived."""
        self._deliver()
        return {row_id(self.store, row): row for row in self.emulator.rows()}

    def answer(self, request: SandboxRequest) -> SandboxResponse:
        """Have the store answer."""
        self._deliver()
        self.hidden = [(until, ids) for until, ids in self.hidden if until > self.clock.passed]
        if request.method != "GET" or not self.hidden:
            return self.emulator.respond(request)
        there = self.emulator.snapshot()
        for id_ in [id_ for id_ in self.rows() if any(id_ in ids for _, ids in self.hidden)]:
            self.emulator.remove(id_)
        try:
            return self.emulator.respond(request)
        finally:
            self.emulator.restore(there)

    def answer_hiding(self, request: SandboxRequest, seconds: float) -> SandboxResponse:
        """Have the store answer, and not show for some seconds what it made by that."""
        before = self.rows().keys()
        response = self.answer(request)
        made = frozenset(self.rows().keys() - before)
        self.hidden.append((self.clock.passed + seconds, made))
        return response

    def send_late(self, request: SandboxRequest, seconds: float) -> None:
        """Have a request arrive later."""
        self.late.append((self.clock.passed + seconds, request))

    def _deliver(self) -> None:
        due = [request for at, request in self.late if at <= self.clock.passed]
        self.late = [(at, request) for at, request in self.late if at > self.clock.passed]
        for request in due:
            self.emulator.respond(request)

    # ── someone else's hands ──

    def lay_hand(self, hand: Hand, pick: int, known: frozenset[str], twin: Row | None = None) -> None:
        """Do something behind our back.

        Shapes:  `known` are the ids that state knows: no one could tell what an object was meant to be that was edited before we knew
                 of it. `twin` is what is declared, as the emulation's rows have it.
        """
        ours = sorted(self.rows().keys() & known)
        match hand:
            case Hand.TOUCH if ours:
                self._touch(ours[pick % len(ours)], pick)
            case Hand.REMOVE if ours:
                self._remove(ours[pick % len(ours)], known)
            case Hand.ADD:
                self.add_foreign(ours[pick % len(ours)] if ours and pick % 2 else None)
            case Hand.TWIN if twin is not None:
                before = self.rows().keys()
                self.emulator.seed([twin])
                self.twins |= self.rows().keys() - before
            case Hand.TOUCH | Hand.REMOVE | Hand.TWIN:
                pass
            case _:
                assert_never(hand)

    def _remove(self, id_: str, known: frozenset[str]) -> None:
        """Take an object away, but never the last one: a store that shows nothing any more is not believed."""
        there = self.emulator.snapshot()
        self.emulator.remove(id_)
        if not self.rows().keys() & known:
            self.emulator.restore(there)

    def _touch(self, id_: str, pick: int) -> None:
        row = self.rows()[id_]
        if row.get("role") == "audio_content":
            # One that has no chapter yet can never be taken away once it is to be another.
            id_ = str(row["book"])
            row = self.rows()[id_]
        match self.store:
            case Store.PUBLICALA:
                self.emulator.edit(id_, **{"title" if "content_id" in row else "name": f"¡Oferta {pick}!"})
            case Store.PUBLISHDRIVE:
                self.emulator.edit(id_, **({"filename": f"otro-{pick}.bin"} if "book" in row else {"title": f"¡Oferta {pick}!"}))
            case Store.OPENPUBLISHING:
                self.emulator.edit(id_, labels=["distribution:other"] if pick % 3 == 0 else row["labels"], file_name=f"otro-{pick}.bin")
            case _:
                assert_never(self.store)

    def add_foreign(self, beside: str | None) -> None:
        """Have someone add an object of their own, where the store has such a thing as a part of the object `beside`."""
        before = self.rows().keys()
        number = len(self.foreign) + 1
        match self.store:
            case Store.PUBLICALA:
                self.emulator.seed([{"external_id": f"other-{number}", "name": f"De otros {number}"}])
            case Store.PUBLISHDRIVE:
                self.emulator.seed([{"externalId": f"other-{number}", "title": f"De otros {number}"}])
            case Store.OPENPUBLISHING:
                product = int(beside.partition("/")[0]) if beside else FIRST_PRODUCT
                self.emulator.seed([{"product": product, "type": "shop_preview", "file_name": f"de-otros-{number}.pdf"}])
            case _:
                assert_never(self.store)
        rows = self.rows()
        self.foreign.update((id_, rows[id_]) for id_ in rows.keys() - before)


def _emulator(outlet: Outlet, clock: VirtualClock) -> Emulator:
    readings = dict(outlet.readings)
    match outlet.store:
        case Store.PUBLICALA:
            return PublicalaSandbox(PublicalaSwitches(**{"v3_docs": "A", **readings}), clock=clock)
        case Store.PUBLISHDRIVE:
            return PublishdriveSandbox(PublishdriveSwitches(**readings), clock=clock)
        case Store.OPENPUBLISHING:
            service = OpenPublishingSandbox(OpenPublishingSwitches(**readings), clock=clock)
            service.seed({"product": FIRST_PRODUCT + number} for number in range(PRODUCTS))
            return service
        case _:
            assert_never(outlet.store)


class Wire(httpx.AsyncBaseTransport):
    """The way to one store, in the weather of one run."""

    def __init__(self, service: Service, weather: Weather) -> None:
        self._service = service
        self._weather = weather

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Carry a request to the store and its answer back, as far as the weather lets them."""
        self._weather.must_live()
        path, _, query = request.url.raw_path.decode("ascii").partition("?")
        body = await request.aread()
        arrived = SandboxRequest(request.method, path, query, _headers(request), body)
        login = path == "/auth/auth"
        boundary = Boundary.READ if request.method == "GET" or login else Boundary.WRITE
        strike = self._weather.strike(boundary)
        await self._weather.pass_time()
        if boundary is Boundary.WRITE:
            self._weather.sent(self._service.store, arrived)
        if strike is None:
            return _response(self._service.answer(arrived))
        return await self._struck(strike, arrived, request)

    async def _struck(self, strike: Strike, arrived: SandboxRequest, request: httpx.Request) -> httpx.Response:
        service, delay = self._service, LATE[strike.pick % len(LATE)]
        match strike.mishap:
            case Mishap.CRASH_BEFORE | Mishap.TORN | Mishap.ZEROED:
                self._weather.die()
                raise Crash
            case Mishap.CRASH_AFTER:
                service.answer(arrived)
                self._weather.die()
                raise Crash
            case Mishap.CRASH_LATE:
                service.send_late(arrived, delay)
                self._weather.die()
                raise Crash
            case Mishap.REFUSED:
                message = "Connection refused"
                raise httpx.ConnectError(message, request=request)
            case Mishap.DROP_BEFORE:
                raise _dropped(request)
            case Mishap.DROP_AFTER:
                service.answer(arrived)
                raise _dropped(request)
            case Mishap.DROP_LATE:
                service.send_late(arrived, delay)
                raise _dropped(request)
            case Mishap.HIDDEN:
                service.answer_hiding(arrived, delay)
                raise _dropped(request)
            case Mishap.TRUNCATE:
                answer = service.answer(arrived)
                return httpx.Response(answer.status, headers=dict(answer.headers), stream=_CutOff(answer.body, request))
            case Mishap.FAIL:
                return _response(Fault(kind=FaultKind.FAIL).answer())
            case Mishap.FAIL_AFTER:
                service.answer(arrived)
                return _response(Fault(kind=FaultKind.FAIL_AFTER, status=502).answer())
            case Mishap.RATE_LIMIT:
                return _response(Fault(kind=FaultKind.RATE_LIMIT, seconds=strike.pick % 20).answer())
            case Mishap.GARBAGE:
                return _response(Fault(kind=FaultKind.GARBAGE).answer())
            case Mishap.SLOW:
                await self._service.clock.sleep(AGES)
                return _response(service.answer(arrived))
            case Mishap.LOCK_LOST:
                self._weather.lose_lock()
                return _response(service.answer(arrived))
            case Mishap.TOUCHED:
                # Not its labels: a file that got others between the halves of its replace is left alone for good.
                service.lay_hand(Hand.TOUCH, 3 * strike.pick + 1, self._weather.known())
                return _response(service.answer(arrived))
            case Mishap.TAKEN:
                service.lay_hand(Hand.REMOVE, strike.pick, self._weather.known())
                return _response(service.answer(arrived))
            case Mishap.ADDED:
                service.lay_hand(Hand.ADD, strike.pick, self._weather.known())
                return _response(service.answer(arrived))
            case _:
                assert_never(strike.mishap)


class _CutOff(httpx.AsyncByteStream):
    """Half of a body, and then the end of the connection."""

    def __init__(self, body: bytes, request: httpx.Request) -> None:
        self._body = body
        self._request = request

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._body[: len(self._body) // 2]
        await asyncio.sleep(0)
        raise _dropped(self._request)


def _dropped(request: httpx.Request) -> httpx.RemoteProtocolError:
    return httpx.RemoteProtocolError("Server disconnected without sending a response.", request=request)


def _headers(request: httpx.Request) -> dict[str, str]:
    return {name.lower(): value for name, value in request.headers.items()}


class _Body(httpx.AsyncByteStream):
    """A body that has come."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._body


def _response(answer: SandboxResponse) -> httpx.Response:
    return httpx.Response(answer.status, headers=dict(answer.headers), stream=_Body(answer.body))
