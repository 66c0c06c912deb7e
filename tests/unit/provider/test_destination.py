"""Where files may be sent that a store asks for: by what its address says, by what its name leads to, and by the connection made."""

from __future__ import annotations

import asyncio
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from catalogctl.model.account import Account, CallLimits
from catalogctl.model.value import Secret
from catalogctl.provider import pace
from catalogctl.provider.answer import Answer
from catalogctl.provider.authentication import FixedHeaders
from catalogctl.provider.destination import RefusedAddress, judged, looked_up
from catalogctl.provider.failure import Refused, Unavailable
from catalogctl.provider.service import ClientHooks, WriteClient, connect
from unit.provider.test_sending import KEY, PUT, Host, NoSettings, Stream, Tongue, hosting

PUBLIC = "93.184.216.34"


def refused(url: str, *, from_loopback: bool = False, hosts: Sequence[str] = (), leads_to: Sequence[str] = (PUBLIC,)) -> str:
    """Say why nothing may be sent to an address; empty where it may."""

    async def resolve(_host: str, _port: int) -> Sequence[str]:
        return leads_to

    try:
        asyncio.run(looked_up(judged(url, hosts, from_loopback=from_loopback), resolve, from_loopback=from_loopback))
    except RefusedAddress as why:
        return str(why)
    return ""


@pytest.mark.parametrize(
    "url",
    [
        "https://bucket.s3.eu-west-1.amazonaws.com/k%20ey?X-Amz-Signature=a%2Fb",
        "https://my_bucket.storage.example.com",
        "HTTPS://Storage.Example.com:443/x",
        "https://storage.example.com:8443?x",
        "https://93.184.216.34/x",
        "https://[2606:2800:220:1:248:1893:25c8:1946]:8443/x",
        "https://[64:ff9b::5db8:d822]/x",
        "https://xn--bcher-kva.example/x",
    ],
)
def test_a_public_address_is_taken(url: str) -> None:
    assert refused(url) == ""


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("", "is no web address"),
        ("/b", "is no web address"),
        ("//storage.example.com/b", "is no web address"),
        ("ftp://storage.example.com/b", "is no web address"),
        ("javascript:alert(1)", "is no web address"),
        ("http://storage.example.com/b", "is not encrypted"),
        ("https://joe:word@storage.example.com/b", "has a user name"),
        ("https://@storage.example.com/b", "has a user name"),
        ("https://storage.example.com#@169.254.169.254/", "has a fragment"),
        ("https://storage.example.com/b#c", "has a fragment"),
        ("https://storage.example.com\\@127.0.0.1/b", "has a user name"),
        ("https://storage.example.com/b\\c", "usual form"),
        ("https://storage.example.com /b", "usual form"),
        ("https://storage.example.com/b\r\nHost: x", "usual form"),
        ("https://storage.example.com./b", "full stop"),
        ("https://storage.example.com.:443/b", "full stop"),
        ("https://localhost./b", "full stop"),
        ("https://bücher.example/b", "usual form"),
        ("https://１２７.0.0.1/b", "usual form"),
        ("https://%31%32%37.0.0.1/b", "usual form"),
        ("https://storage.example.com:22/b", "names the port 22"),
        ("https://storage.example.com:0/b", "names the port 0"),
        ("https://storage.example.com:99999/b", "names the port 99999"),
        ("https://2130706433/b", "neither a name nor an IP address"),
        ("https://0x7f000001/b", "neither a name nor an IP address"),
        ("https://0x7f.1/b", "neither a name nor an IP address"),
        ("https://0177.0.0.1/b", "neither a name nor an IP address"),
        ("https://127.1/b", "neither a name nor an IP address"),
        ("https://10.1/b", "neither a name nor an IP address"),
        ("https://127.0.0.1/b", "a loopback address"),
        ("https://[::1]/b", "a loopback address"),
        ("https://169.254.169.254/b", "a link-local address"),
        ("https://10.11.12.13/b", "a private address"),
        ("https://172.16.0.1/b", "a private address"),
        ("https://192.168.1.1/b", "a private address"),
        ("https://100.64.0.1/b", "a reserved address"),
        ("https://0.0.0.0/b", "a private address"),
        ("https://255.255.255.255/b", "a private address"),
        ("https://224.0.0.251/b", "a multicast address"),
        ("https://[ff0e::1]/b", "a multicast address"),
        ("https://[fe80::1]/b", "a link-local address"),
        ("https://[fd00::1]/b", "a private address"),
        ("https://[::]/b", "address, which is not"),
        ("https://[::ffff:10.0.0.1]/b", "address, which is not"),
        ("https://[::ffff:7f00:1]/b", "address, which is not"),
        ("https://[::127.0.0.1]/b", "address, which is not"),
        ("https://[64:ff9b::10.0.0.1]/b", "a private address"),
        ("https://[64:ff9b::a9fe:a9fe]/b", "a link-local address"),
        ("https://[2002:7f00:1::]/b", "address, which is not"),
        ("https://[2002:0a00:0001::1]/b", "a private address"),
        ("https://[2001:0:c000:201:0:0:f5ff:fffe]/b", "address, which is not"),
        ("https://[fec0::1]/b", "address, which is not"),
    ],
)
def test_an_address_that_is_not_one_of_the_public_internet_is_refused(url: str, why: str) -> None:
    assert why in refused(url)
    assert "word" not in refused(url)


@pytest.mark.parametrize(
    "leads_to",
    [("10.0.0.1",), (PUBLIC, "127.0.0.1"), ("fe80::1%eth0",), ("::ffff:192.168.0.1",), ("64:ff9b::a9fe:a9fe",), ("100.127.255.255",)],
)
def test_a_name_is_refused_when_any_of_its_addresses_is_not_public(leads_to: tuple[str, ...]) -> None:
    assert "storage.example.com, which is" in refused("https://storage.example.com/b", leads_to=leads_to)


def test_loopback_is_for_accounts_on_loopback() -> None:
    for url in ("http://127.0.0.1:18772/b", "http://[::1]:80/b", "https://127.0.0.1/b"):
        assert refused(url, from_loopback=True) == ""
        assert refused(url) != ""
    assert refused("http://localhost:8080/b", from_loopback=True, leads_to=("127.0.0.1", "::1")) == ""
    assert "is not this machine" in refused("http://localhost:8080/b", from_loopback=True, leads_to=(PUBLIC,))
    assert "is not encrypted" in refused("http://storage.example.com/b", from_loopback=True)
    assert "private" in refused("https://10.11.12.13/b", from_loopback=True)
    assert "user name" in refused("http://joe:word@127.0.0.1:18772/b", from_loopback=True)


def test_hosts_that_an_account_names_are_the_only_ones() -> None:
    hosts = ("uploads.example.com", "*.s3.amazonaws.com")
    for host in ("uploads.example.com", "UPLOADS.example.com", "a.s3.amazonaws.com", "a.b.s3.amazonaws.com"):
        assert refused(f"https://{host}/b", hosts=hosts) == ""
    others = ("example.com", "x.uploads.example.com", "s3.amazonaws.com", "a.s3.amazonaws.com.example.org", "evils3.amazonaws.com", PUBLIC)
    for host in others:
        assert "not among the account's upload_hosts" in refused(f"https://{host}/b", hosts=hosts)
    assert "private" in refused("https://a.s3.amazonaws.com/b", hosts=hosts, leads_to=("10.0.0.1",))


# The connection that is made.


class Names:
    """Looks names up as reported, and counts how often."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self._answers = answers
        self.asked: list[tuple[str, int]] = []

    async def resolve(self, host: str, port: int) -> Sequence[str]:
        self.asked.append((host, port))
        found = self._answers[min(len(self.asked), len(self._answers)) - 1]
        if not found:
            raise socket.gaierror(-2, "Name or service not known")
        return found


def put(home: str, url: str, names: Names, hosts: Sequence[str] = ()) -> Answer:
    """Put a small file to an address, from an account that is at `home`."""
    limits = CallLimits(concurrency=2, requests_per_minute=None, timeout=5.0, latency=0.0)
    account = Account("store", "any", home, NoSettings(), limits)

    async def run() -> Answer:
        tongue, around = Tongue(FixedHeaders({"apikey": Secret(KEY)})), ClientHooks(resolve=names.resolve)
        async with connect(WriteClient, account, home, tongue, around) as service:
            return await service.put_file(PUT, url, lambda: Stream(b"all of it"), hosts=hosts)

    return asyncio.run(run())


@pytest.fixture
def host(monkeypatch: pytest.MonkeyPatch) -> Iterator[Host]:
    monkeypatch.setattr(pace, "FIRST_BACKOFF", 0.0)
    for name in ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with hosting() as one:
        yield one


def test_a_name_is_looked_up_once_and_the_connection_goes_to_what_was_judged(host: Host) -> None:
    """A second look-up would lead to another address, as a name server of someone who means harm would have it."""
    answers = iter([(500, b""), (200, b"")])
    host.answer = lambda _: next(answers)
    names = Names(["127.0.0.1"], ["10.0.0.1"])
    port = host.url.rpartition(":")[2]
    assert put(host.url, f"http://storage.localhost:{port}/b?X-Amz-Signature=s", names).status == 200
    assert names.asked == [("storage.localhost", int(port))]
    assert [(came.path, came.headers["host"]) for came in host.came] == [("/b?X-Amz-Signature=s", f"storage.localhost:{port}")] * 2


def test_an_address_where_nobody_answers_is_followed_by_the_next_one_of_the_name(host: Host) -> None:
    port = host.url.rpartition(":")[2]
    assert put(host.url, f"http://storage.localhost:{port}/b", Names(["127.0.0.9", "127.0.0.1"])).status == 200
    assert len(host.came) == 1


@pytest.mark.parametrize(
    ("url", "leads_to"),
    [
        ("https://169.254.169.254/b?X-Amz-Signature=s3cret", [PUBLIC]),
        ("https://storage.example.com/b?X-Amz-Signature=s3cret", ["10.11.12.13"]),
        ("http://joe:s3cret@127.0.0.1:1/b", [PUBLIC]),
    ],
)
def test_a_refused_address_is_told_with_its_reason_and_without_its_signature(host: Host, url: str, leads_to: list[str]) -> None:
    with pytest.raises(Unavailable) as failed:
        put(host.url, url, Names(leads_to))
    told = failed.value.diagnostic
    assert told.code == "upload-address-refused"
    assert "PUT (upload address)" in told.detail
    assert "s3cret" not in told.detail
    assert host.came == []


def test_a_redirect_of_a_storage_is_not_followed(host: Host) -> None:
    host.answer = lambda _: (307, b"")
    with pytest.raises(Unavailable) as failed:
        put(host.url, f"{host.url}/b", Names([]))
    assert failed.value.diagnostic.code == "store-redirects"


def test_a_name_that_nobody_knows_is_a_store_out_of_order(host: Host) -> None:
    with pytest.raises(Unavailable) as failed:
        put(host.url, "https://storage.example.com/b", Names([]))
    assert failed.value.diagnostic.code == "store-unavailable"
    assert "storage.example.com" in failed.value.diagnostic.detail


def test_a_web_proxy_looks_names_up_by_itself_and_what_the_address_says_is_judged(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    """Behind a proxy this machine may know no names of the internet; the proxy is given the name, and nothing private that is one."""
    monkeypatch.setenv("https_proxy", host.url)
    names = Names([PUBLIC])
    with pytest.raises(Unavailable) as failed:
        put(host.url, "https://storage.example.com/b", names)
    assert failed.value.diagnostic.code == "store-unavailable"  # the host here takes no CONNECT
    assert names.asked == []
    for url in ("https://10.11.12.13/b", "https://storage.example.org/b"):
        with pytest.raises(Unavailable) as failed:
            put(host.url, url, names, hosts=["storage.example.com"])
        assert failed.value.diagnostic.code == "upload-address-refused"


@pytest.mark.skipif(shutil.which("openssl") is None, reason="certificates are made with openssl")
def test_tls_proves_the_name_and_not_the_address(host: Host, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The connection goes to an IP address, and the certificate must be that of the name; one for another name is refused."""
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    made = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    made += ["-subj", "/CN=storage.example.com", "-addext", "subjectAltName=DNS:storage.example.com"]
    subprocess.run([*made, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    seen: list[str | None] = []
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    context.sni_callback = lambda _socket, name, _context: seen.append(name)
    with hosting(context) as storage:
        port = storage.url.rpartition(":")[2]
        names = Names(["127.0.0.1"])
        assert put(host.url, f"https://storage.example.com:{port}/b", names).status == 200
        assert (seen, [came.headers["host"] for came in storage.came]) == (["storage.example.com"], [f"storage.example.com:{port}"])
        assert "apikey" not in storage.came[0].headers
        for other in (f"https://other.example.com:{port}/b", f"https://127.0.0.1:{port}/b"):
            with pytest.raises(Unavailable) as failed:
                put(host.url, other, names)
            assert "certificate" in failed.value.diagnostic.detail
        assert len(storage.came) == 1


def test_what_a_storage_refuses_is_not_about_the_key(host: Host) -> None:
    host.answer = lambda _: (403, b"<Error/>")
    with pytest.raises(Refused):
        put(host.url, f"{host.url}/b", Names([]))
