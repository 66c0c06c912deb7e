"""The server: connections, faults, and the doors for other processes."""

from __future__ import annotations

import http.client
import json
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from catalogctl.model.diagnostics import CatalogError
from catalogctl.providers.publicala.sandbox import PublicalaSandbox
from catalogctl.sandbox import Fault, FaultKind, SandboxServer
from unit.sandbox.storefront import DIGITAL, HEADERS, ISSUES, UPDATE, Store, connect, serving

LOST = (http.client.RemoteDisconnected, ConnectionResetError)


def exchange(store: Store, raw: bytes) -> bytes:
    """Send bytes and read until the server ends the connection."""
    host, port = store.server.url("publicala").removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        connection.sendall(raw)
        return b"".join(iter(lambda: connection.recv(65_536), b""))


def test_a_connection_is_kept_open_for_many_requests(store: Store) -> None:
    store.list()
    used = store.connection.sock
    store.create()
    store.update(1000003)
    store.list()
    assert store.connection.sock is used


def test_only_this_machine_is_served(store: Store) -> None:
    assert store.server.url("publicala").startswith("http://127.0.0.1:")


def test_ten_connections_at_once_lose_and_double_nothing() -> None:
    with serving(real_time=True) as store:

        def create(worker: int) -> list[int]:
            connection = connect(store.server)
            statuses = []
            for number in range(20):
                connection.request("POST", ISSUES, json.dumps(DIGITAL | {"external_id": f"{worker}-{number}"}), HEADERS)
                response = connection.getresponse()
                statuses.append(response.status)
                response.read()
            connection.close()
            return statuses

        with ThreadPoolExecutor(10) as pool:
            statuses = [status for result in pool.map(create, range(10)) for status in result]
        assert statuses == [201] * 200
        assert len({row["id"] for row in store.sandbox.rows()}) == len({row["external_id"] for row in store.sandbox.rows()}) == 200


def test_latencies_of_concurrent_requests_overlap(store: Store) -> None:
    store.server.latency = 0.2

    def get(_: int) -> int:
        connection = connect(store.server)
        connection.request("GET", ISSUES, headers=HEADERS)
        status = connection.getresponse().status
        connection.close()
        return status

    started = time.monotonic()
    with ThreadPoolExecutor(5) as pool:
        assert list(pool.map(get, range(5))) == [200] * 5
    assert 0.2 <= time.monotonic() - started < 0.6


def test_several_emulators_get_a_port_each() -> None:
    first, second = PublicalaSandbox(), PublicalaSandbox()
    with SandboxServer({"one": first, "two": second}) as server:
        assert server.url("one") != server.url("two")
        connection = connect(server, "two")
        connection.request("POST", ISSUES, json.dumps(DIGITAL), HEADERS)
        assert connection.getresponse().status == 201
        connection.close()
    assert (len(first.rows()), len(second.rows())) == (0, 1)


def test_a_port_that_is_taken_is_told_as_a_diagnostic(store: Store) -> None:
    port = int(store.server.url("publicala").rsplit(":", 1)[1])
    with pytest.raises(CatalogError) as caught:
        SandboxServer({"publicala": PublicalaSandbox()}, port=port).start()
    assert caught.value.diagnostics[0].code == "sandbox-port"


def test_a_stopped_server_ends_its_connections_and_frees_its_port() -> None:
    server = SandboxServer({"publicala": PublicalaSandbox()}).start()
    port = int(server.url("publicala").rsplit(":", 1)[1])
    connection = connect(server)
    connection.request("GET", ISSUES, headers=HEADERS)
    connection.getresponse().read()
    server.stop()
    server.stop()
    assert connection.sock.recv(1) == b""
    connection.close()
    with SandboxServer({"publicala": PublicalaSandbox()}, port=port) as again:
        assert again.url("publicala").endswith(f":{port}")


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"nonsense\r\n\r\n", b"400"),
        (b"GET / HTTP/2\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nno colon\r\n\r\n", b"400"),
        (b"POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n", b"400"),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", b"400"),
        (b"GET / HTTP/1.0\r\n\r\n", b"404"),
        (b"\r\nGET / HTTP/1.1\r\nConnection: close\r\n\r\n", b"404"),
    ],
)
def test_what_is_not_http_is_refused_and_what_wants_no_more_is_closed(store: Store, raw: bytes, status: bytes) -> None:
    assert exchange(store, raw).split()[1] == status


def test_a_body_that_never_comes_whole_is_not_applied(store: Store) -> None:
    host, port = store.server.url("publicala").removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        head = "".join(f"{name}: {value}\r\n" for name, value in HEADERS.items())
        connection.sendall(f"POST {ISSUES} HTTP/1.1\r\n{head}Content-Length: 9999\r\n\r\n".encode() + json.dumps(DIGITAL).encode())
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(100) == b""
    assert store.sandbox.requests == ()


def test_a_client_that_waits_for_leave_to_send_its_body_gets_it(store: Store) -> None:
    body = json.dumps(DIGITAL).encode()
    head = "".join(f"{name}: {value}\r\n" for name, value in HEADERS.items())
    head += f"Expect: 100-continue\r\nConnection: close\r\nContent-Length: {len(body)}\r\n"
    answer = exchange(store, f"POST {ISSUES} HTTP/1.1\r\n{head}\r\n".encode() + body)
    assert answer.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\n")


def test_an_emulator_that_breaks_answers_500_and_is_told_to_the_owner() -> None:
    class Broken(PublicalaSandbox):
        def respond(self, request: object) -> Any:
            raise RuntimeError(f"no answer to {type(request).__name__}")

    with SandboxServer({"publicala": Broken()}) as server:
        connection = connect(server)
        connection.request("GET", ISSUES, headers=HEADERS)
        response = connection.getresponse()
        assert (response.status, response.read()) == (500, b"RuntimeError: no answer to SandboxRequest")
        connection.close()
        assert [str(problem) for problem in server.errors] == ["no answer to SandboxRequest"]


# ── faults ──


def test_a_failure_hits_so_many_matching_requests_and_applies_none(store: Store) -> None:
    store.server.inject(Fault(kind=FaultKind.FAIL, method="POST", status=503, body="busy", headers={"Retry-After": "1"}, count=2))
    assert store.list().status == 200
    refused = store.create()
    assert (refused.status, refused.body, refused.headers["retry-after"]) == (503, b"busy", "1")
    assert [store.create().status, store.create().status] == [503, 201]
    assert [(met.method, met.kind) for met in store.server.faulted] == [("POST", FaultKind.FAIL)] * 2


def test_a_fault_may_let_some_pass_and_look_at_path_and_query(store: Store) -> None:
    store.server.inject(Fault(kind=FaultKind.FAIL, path=r"page=3$", count=1), Fault(kind=FaultKind.FAIL, method="POST", skip=2))
    assert [store.list(f"?page={page}").status for page in (1, 2, 3, 3)] == [200, 200, 500, 200]
    assert [store.create(external_id=key).status for key in "abcd"] == [201, 201, 500, 201]


def test_a_connection_dropped_before_the_commit_leaves_nothing(store: Store) -> None:
    store.server.inject(Fault(kind=FaultKind.DROP_BEFORE))
    with pytest.raises(LOST):
        store.create()
    assert (store.sandbox.rows(), store.sandbox.requests) == ((), ())
    assert store.create().status == 201


def test_a_connection_dropped_after_the_commit_leaves_the_write(store: Store) -> None:
    store.server.inject(Fault(kind=FaultKind.DROP_AFTER, method="POST"), Fault(kind=FaultKind.DROP_AFTER, method="PUT"))
    with pytest.raises(LOST):
        store.create()
    assert list(store.create().errors) == ["external_id"]
    with pytest.raises(LOST):
        store.update(1000003, UPDATE, name="New")
    assert store.row()["name"] == "New"


def test_a_failure_after_the_commit_leaves_the_write(store: Store) -> None:
    store.server.inject(Fault(kind=FaultKind.FAIL_AFTER, status=502))
    assert store.create().status == 502
    assert len(store.sandbox.rows()) == 1


@pytest.mark.parametrize(("seconds", "header"), [(7, "7"), (0, None)])
def test_a_rate_limit_can_come_from_nowhere(store: Store, seconds: int, header: str | None) -> None:
    store.server.inject(Fault(kind=FaultKind.RATE_LIMIT, seconds=seconds))
    answer = store.create()
    assert (answer.status, answer.headers.get("retry-after"), store.sandbox.rows()) == (429, header, ())


def test_a_body_may_end_too_soon(store: Store) -> None:
    store.server.inject(Fault(kind=FaultKind.TRUNCATE))
    with pytest.raises(http.client.IncompleteRead):
        store.create()
    assert len(store.sandbox.rows()) == 1


def test_a_body_may_come_slowly_and_whole(store: Store) -> None:
    store.server.inject(Fault(kind=FaultKind.DRIP, seconds=0.3))
    started = time.monotonic()
    assert store.list().page["total"] == 0
    assert time.monotonic() - started >= 0.3


def test_garbage_is_html_with_a_good_status(store: Store) -> None:
    store.server.inject(Fault(kind=FaultKind.GARBAGE))
    answer = store.create()
    assert (answer.status, answer.headers["content-type"]) == (200, "text/html; charset=UTF-8")
    assert store.sandbox.rows() == ()


def test_a_delay_goes_together_with_another_fault_and_may_last(store: Store) -> None:
    store.server.inject(Fault(kind=FaultKind.DELAY, seconds=0.1, count=None), Fault(kind=FaultKind.FAIL))
    for status in (500, 200):
        started = time.monotonic()
        assert store.list().status == status
        assert time.monotonic() - started >= 0.1
    store.server.clear_faults()
    assert (store.server.faults.waiting, store.server.faulted) == ((), ())


def test_a_fault_can_be_meant_for_one_emulator() -> None:
    with SandboxServer({"one": PublicalaSandbox(), "two": PublicalaSandbox()}) as server:
        server.inject(Fault(kind=FaultKind.FAIL, emulator="two", count=None))
        statuses = []
        for name in ("one", "two"):
            connection = connect(server, name)
            connection.request("GET", ISSUES, headers=HEADERS)
            statuses.append(connection.getresponse().status)
            connection.close()
        assert statuses == [200, 500]


# ── the doors for other processes ──


def test_another_process_can_see_the_requests_and_the_rows(store: Store) -> None:
    store.created(author=["Grace Hopper"])
    (request,) = store.call("GET", "/_sandbox/requests", headers={}).json
    assert (request["method"], request["status"], request["body"]["author"]) == ("POST", 201, ["Grace Hopper"])
    (row,) = store.call("GET", "/_sandbox/rows").json
    assert (row["external_id"], row["author"]) == ("computing-machine", ["Grace Hopper"])
    store.call("DELETE", "/_sandbox/requests")
    assert store.call("GET", "/_sandbox/requests").json == []


def test_another_process_can_change_the_contents(store: Store) -> None:
    assert store.call("POST", "/_sandbox/rows", {"rows": [{"external_id": "a"}, {"external_id": "b"}]}).status == 200
    assert store.call("POST", "/_sandbox/edit", {"key": "a", "changes": {"prices": {"USD": 9.99}}}).status == 200
    assert store.row("a")["prices"] == {"USD": 9.99}
    assert store.call("POST", "/_sandbox/remove", {"key": "b"}).status == 200
    assert store.list().external_ids == ["a"]
    assert store.call("POST", "/_sandbox/reset").status == 200
    assert store.list().rows == []


def test_another_process_can_ask_for_faults(store: Store) -> None:
    faults = [{"kind": "fail", "status": 503, "method": "GET"}, {"kind": "drop_after", "method": "POST", "count": 2}]
    assert store.call("POST", "/_sandbox/faults", faults).status == 200
    assert store.list().status == 503
    told = store.call("GET", "/_sandbox/faults").json
    assert [(fault["kind"], fault["count"]) for fault in told["waiting"]] == [("drop_after", 2)]
    assert [fault["kind"] for fault in told["met"]] == ["fail"]
    assert store.call("DELETE", "/_sandbox/faults").status == 200
    assert store.create().status == 201
    assert store.call("POST", "/_sandbox/faults", {"kind": "garbage"}).status == 200
    assert store.list().headers["content-type"].startswith("text/html")


@pytest.mark.parametrize(
    ("method", "door", "body", "status"),
    [
        ("GET", "nothing", None, 404),
        ("PUT", "rows", None, 404),
        ("POST", "edit", {"key": "nothing", "changes": {}}, 404),
        ("POST", "remove", {"key": "nothing"}, 404),
        ("POST", "edit", {"key": "computing-machine", "changes": {"colour": 1}}, 400),
        ("POST", "edit", {"key": "computing-machine", "changes": {"prices": {"USD": "x"}}}, 400),
        ("POST", "edit", {"key": "computing-machine", "changes": {"key": 1}}, 400),
        ("POST", "edit", {"key": "computing-machine"}, 400),
        ("POST", "edit", [], 400),
        ("POST", "rows", {"rows": "x"}, 400),
        ("POST", "faults", {"kind": "explode"}, 400),
        ("POST", "faults", {"kind": "fail", "path": "("}, 400),
        ("POST", "faults", {"kind": "fail", "color": "red"}, 400),
        ("POST", "faults", ["fail"], 400),
        ("POST", "faults", b"{", 400),
    ],
)
def test_a_door_says_what_it_cannot_do(store: Store, method: str, door: str, body: object, status: int) -> None:
    store.created()
    answer = store.call(method, f"/_sandbox/{door}", body)
    assert answer.status == status
    assert answer.json["message"]


def test_the_doors_are_not_in_the_log_and_meet_no_faults(store: Store) -> None:
    store.server.inject(Fault(kind=FaultKind.FAIL, count=None))
    assert store.call("GET", "/_sandbox/rows").status == 200
    assert store.sandbox.requests == ()


def test_a_page_of_a_large_list_takes_well_under_a_millisecond_of_the_emulators_time(store: Store) -> None:
    store.sandbox.seed({"external_id": f"book-{number}", "description": "word " * 200} for number in range(10_000))
    pages = [f"?page={number}" for number in range(1, 668)]
    assert sum(len(store.list(page).rows) for page in pages) == 10_000
    started = time.process_time()
    for page in pages[:200]:
        store.list(page)
    assert (time.process_time() - started) / 200 < 0.005, "client and server together, with room for a slow machine"
