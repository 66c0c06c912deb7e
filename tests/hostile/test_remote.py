"""Answers that no store should give, over real sockets: refused in words, in little time and memory, and the key goes nowhere else."""

from __future__ import annotations

import gzip
import json
import socket
import zlib
from contextlib import suppress
from threading import Thread
from typing import Self

import pytest

from hostile.test_files import run
from shop import TOKEN, Shop

LIST = {"data": {"paginator": {"data": [], "total": 0, "last_page": 1}}}
GIGABYTE = 1 << 30


class Liar:
    """Answers every request with the same bytes, and keeps what it was asked."""

    def __init__(self, head: bytes = b"", body: bytes = b"", *, times: int = 1) -> None:
        self._answer = (head, body, times)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.asked: list[bytes] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listening.getsockname()[1]}"

    def __enter__(self) -> Self:
        Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _serve(self) -> None:
        head, body, times = self._answer
        with suppress(OSError):
            while True:
                connection, _ = self._listening.accept()
                with connection, suppress(OSError):
                    self.asked.append(connection.recv(65_536))
                    connection.sendall(head)
                    for _ in range(times):
                        connection.sendall(body)


def answer(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    lines = [f"HTTP/1.1 {status}", "Content-Type: application/json", "Connection: close", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


def bomb(layers: int) -> bytes:
    """Pack a gigabyte of nothing, once or several times."""
    packing = zlib.compressobj(9, wbits=31)
    data = b"".join(packing.compress(bytes(1 << 20)) for _ in range(GIGABYTE >> 20)) + packing.flush()
    for _ in range(layers - 1):
        data = gzip.compress(data)
    return data


def plan(shop: Shop, head: bytes, body: bytes = b"", times: int = 1) -> str:
    """Plan over a store that gives this answer: exit 9, with words and within bounds."""
    shop.title()
    with Liar(head, body, times=times) as liar:
        _point(shop, liar.url)
        return run(shop, "plan").ended(9).err


def _point(shop: Shop, url: str) -> None:
    path = shop.folder / "catalogctl.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace(shop.url, url), encoding="utf-8")


@pytest.fixture(scope="module")
def packed() -> bytes:
    return bomb(1)


def test_the_cap_holds_for_what_is_unpacked(shop: Shop, packed: bytes) -> None:
    assert "larger than" in plan(shop, answer(packed, "Content-Encoding: gzip"))


def test_nothing_is_unpacked_twice(shop: Shop, packed: bytes) -> None:
    told = plan(shop, answer(gzip.compress(packed), "Content-Encoding: gzip, gzip"))
    assert "packed in a way that was not asked for" in told


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"not gzip at all", "not packed as it says"),
        (gzip.compress(json.dumps(LIST).encode() * 99)[:60], "ends in the middle"),
        (gzip.compress(b"x")[:-8] + b"\0" * 8, "not packed as it says"),
    ],
    ids=range(3),  # the packed bytes have the time in them
)
def test_what_is_not_packed_as_it_says_is_nonsense(shop: Shop, data: bytes, why: str) -> None:
    assert why in plan(shop, answer(data, "Content-Encoding: gzip"))


def test_what_is_packed_as_it_says_is_read(shop: Shop) -> None:
    shop.title()
    with Liar(answer(gzip.compress(json.dumps(LIST).encode()), "Content-Encoding: gzip")) as liar:
        _point(shop, liar.url)
        assert "1 to create" in run(shop, "plan").ended(0).out


def test_a_hundred_megabytes_are_not_read_to_their_end(shop: Shop) -> None:
    assert "larger than" in plan(shop, answer(b'{"data": "'), b"x" * (1 << 20), 100)


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000 + b"]" * 100_000,
        b'{"data": ' + b"[" * 400 + b"]" * 400 + b"}",
        b'{"data": [' + b"{}," * 5_000_000 + b"{}]}",
        b'{"data": {"paginator": {"data": [], "total": 1e999, "last_page": 1}}}',
        b'{"data": {"paginator": {"data": [], "total": NaN, "last_page": 1}}}',
        b'{"data": {"paginator": {"data": [], "total": 0, "total": "x", "last_page": 1}}}',
        (
            b'{"data": {"paginator": {"data": [{"id": 1, "external_id": "key-faro", "prices": {"USD": "1e999999999"}}], '
            b'"total": 1, "last_page": 1}}}'
        ),
        b'{"data": "\\ud800"}',
        b"\xff\xfe{\0}\0",
        b"\x1b[31m\x1b]0;x\x07",
    ],
    ids=range(10),
)
def test_what_is_no_list_is_nonsense(shop: Shop, body: bytes) -> None:
    plan(shop, answer(body))


def test_another_kind_of_content_is_nonsense(shop: Shop) -> None:
    plan(shop, answer(b"%PDF-1.7 \x1b[31m", "Content-Type: application/pdf"))


@pytest.mark.parametrize(
    "head", [b"", b"\0" * 200_000, b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 200_000, b"HTTP/1.1 999999 \x1b[31m\r\n\r\n", b"SSH-2.0-x\r\n"]
)
def test_what_is_no_http_is_nonsense(shop: Shop, head: bytes) -> None:
    plan(shop, head)


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "307 Temporary Redirect", "308 Permanent Redirect"])
def test_a_redirect_is_not_followed_and_the_key_goes_nowhere_else(shop: Shop, status: str) -> None:
    with Liar(answer(json.dumps(LIST).encode())) as other:
        told = plan(shop, answer(b"", f"Location: {other.url}/x?{TOKEN}", status=status))
        assert "redirect" in told
        assert TOKEN not in told
        assert other.asked == []
