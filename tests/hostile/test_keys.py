"""Keys go only where they belong: what a stranger's socket hears when a pull request points a key at it, and what the command says."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from catalogctl.sandbox import Fault, FaultKind
from shop import TOKEN, Ran, Shop

KEYS = {
    "PUBLICALA_TOKEN": TOKEN,
    "PUBLISHDRIVE_API_KEY": "pd-5ecret-77d1",
    "OPENPUBLISHING_API_KEY": "op:5ecret-4431",
    "DEPLOY_KEY": "dep-5ecret-99",
}

COMMANDS = (
    "plan",
    "plan --refresh-only",
    "plan --destroy",
    "plan --partial",
    "plan --no-refresh",
    "apply --auto-approve",
    "drift",
    "destroy --auto-approve",
    "import store/content/faro.epub 7",
    "import {account} --all --write catalog/new",
    "state rebuild --auto-approve",
    "graph",
)


@dataclass
class Stranger:
    """A server that answers nothing and remembers every byte that it is sent."""

    port: int
    heard: list[bytes] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def listening() -> Iterator[Stranger]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        stranger = Stranger(server.getsockname()[1])

        def hear() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    connection.settimeout(2)
                    try:
                        stranger.heard.append(connection.recv(65536))
                    except OSError:
                        stranger.heard.append(b"")

        thread = threading.Thread(target=hear, daemon=True)
        thread.start()
        yield stranger
        server.shutdown(socket.SHUT_RDWR)
    thread.join(5)


@pytest.fixture
def stranger() -> Iterator[Stranger]:
    with listening() as one:
        yield one


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch, shop: Shop) -> None:
    for name, key in KEYS.items():
        monkeypatch.setenv(name, key)
    shop.title()


def add(shop: Shop, block: str) -> None:
    """Add an account, as a pull request would."""
    path = shop.folder / "catalogctl.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("accounts:\n", f"accounts:\n  {block}\n", 1), encoding="utf-8")


def silent(shop: Shop, stranger: Stranger, told: Ran) -> None:
    """Make sure that nothing was sent to anybody, and that no key is shown."""
    assert stranger.heard == []
    assert shop.requests == ()
    for key in KEYS.values():
        assert key not in told.all


def evil(url: str, kind: str) -> str:
    return {
        "publicala": f"evil: {{provider: publicala, base_url: '{url}', token: '${{env:PUBLICALA_TOKEN}}'}}",
        "publishdrive": f"evil: {{provider: publishdrive, base_url: '{url}', api_key: '${{env:PUBLICALA_TOKEN}}'}}",
        "openpublishing": f"evil: {{provider: openpublishing, base_url: '{url}', api_key: '${{env:DEPLOY_KEY}}'}}",
    }[kind]


@pytest.mark.parametrize("command", COMMANDS)
def test_a_new_account_beside_a_pinned_one_gets_no_key_by_any_command(
    shop: Shop, stranger: Stranger, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    add(shop, evil(stranger.url, "publicala"))
    monkeypatch.setenv("CATALOGCTL_ORIGINS", f"store={shop.url}")
    told = shop.run(*command.format(account="evil").split()).ended(8)
    assert "evil" in told.err
    silent(shop, stranger, told)


@pytest.mark.parametrize("kind", ["publicala", "publishdrive", "openpublishing"])
def test_nor_by_any_provider_or_overlay(shop: Shop, stranger: Stranger, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    monkeypatch.setenv("CATALOGCTL_ORIGINS", f"store={shop.url}#PUBLICALA_TOKEN")
    shop.project(f"environments:\n  trial:\n    accounts:\n      {evil(stranger.url, kind)}\n")
    told = shop.run("--env", "trial", "plan").ended(8)
    assert "account-unpinned" in shop.run("--env", "trial", "--json", "plan").ended(8).out
    silent(shop, stranger, told)
    shop.run("plan").ended(0)


def test_what_is_not_pinned_is_reached_as_long_as_nothing_is(shop: Shop, stranger: Stranger) -> None:
    """Shows that the stranger would have heard."""
    shop.title(edition={"publish": {"evil": {}}})
    add(shop, evil(stranger.url, "publicala").replace("evil: {", "evil: {timeout: 0.2s, "))
    shop.run("plan", "--target", "evil/*").ended(9)
    assert any(TOKEN.encode() in heard for heard in stranger.heard)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (("token: ${env:PUBLICALA_TOKEN}", "token: ${env:PUBLISHDRIVE_API_KEY}"), "secret-unpinned"),
        (("token: ${env:PUBLICALA_TOKEN}", "token: ${env:DEPLOY_KEY}"), "secret-unpinned"),
        (("token: ${env:PUBLICALA_TOKEN}", "token: ${file:key}"), "secret-unpinned"),
        (("provider: publicala\n", "provider: publishdrive\n    api_key: ${env:PUBLISHDRIVE_API_KEY}\n"), "secret-unpinned"),
        (("provider: publicala\n", "provider: openpublishing\n    api_key: ${env:OPENPUBLISHING_API_KEY}\n"), "secret-unpinned"),
        (("{url}", "{stranger}"), "origin-pinned"),
        (("  store:", "  Store:"), "account-unpinned"),
    ],
    ids=["another key", "a deploy key", "a file", "publishdrive", "openpublishing", "address", "name"],
)
def test_a_pinned_account_takes_no_other_key_provider_or_address(
    shop: Shop, stranger: Stranger, monkeypatch: pytest.MonkeyPatch, change: tuple[str, str], code: str
) -> None:
    before, after = (text.format(url=shop.url, stranger=stranger.url) if text.startswith("{") else text for text in change)
    text = (shop.folder / "catalogctl.yaml").read_text(encoding="utf-8").replace(before, after)
    if "api_key" in after:
        text = text.replace("    token: ${env:PUBLICALA_TOKEN}\n", "")
    shop.write("catalogctl.yaml", text)
    shop.write("key", "file-5ecret\n")
    shop.title(edition={"publish": {}})
    monkeypatch.setenv("CATALOGCTL_ORIGINS", f"store={shop.url}")
    told = shop.run("--json", "plan").ended(8)
    assert f'"{code}"' in told.out
    silent(shop, stranger, told)


@pytest.mark.parametrize(
    "entry", ["store", "store:{url}", "shop={url}", "STORE={url}", "={url}", "store=", "store={url}#", "store=http://a.example"]
)
def test_a_slip_in_the_pins_is_an_error_that_names_the_entry(
    shop: Shop, stranger: Stranger, monkeypatch: pytest.MonkeyPatch, entry: str
) -> None:
    entry = entry.format(url=shop.url)
    monkeypatch.setenv("CATALOGCTL_ORIGINS", f"store={shop.url} {entry}")
    for command in ("plan", "apply --auto-approve"):
        told = shop.run(*command.split()).ended(1)
        assert f"`{entry}`" in told.err.replace("\n  ", " ")
        silent(shop, stranger, told)
    shop.run("validate").ended(0)


def test_a_variable_of_the_job_reaches_no_address(shop: Shop, stranger: Stranger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAREHOUSE_DSN", "canary-dsn")
    text = (shop.folder / "catalogctl.yaml").read_text(encoding="utf-8")
    shop.write("catalogctl.yaml", text.replace(shop.url, f"{stranger.url}/${{env:WAREHOUSE_DSN}}"))
    told = shop.run("plan").ended(1)
    assert "WAREHOUSE_DSN" in told.err
    assert "canary-dsn" not in told.all
    silent(shop, stranger, told)


@pytest.mark.parametrize("way", ["outside", "link", "lines", "large"])
def test_no_file_is_sent_that_is_no_key_of_the_project(
    shop: Shop, stranger: Stranger, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory, way: str
) -> None:
    outer = tmp_path_factory.mktemp("outer") / "key"
    outer.write_text("file-5ecret\n", encoding="utf-8")
    inner: Path = shop.folder / "key"
    if way == "link":
        inner.symlink_to(outer)
    elif way == "lines":
        inner.write_text("user:file-5ecret\nother:file-5ecret\n", encoding="utf-8")
    elif way == "large":
        inner.write_text("file-5ecret" * 1000, encoding="utf-8")
    written = outer if way == "outside" else "key"
    text = (shop.folder / "catalogctl.yaml").read_text(encoding="utf-8")
    shop.write("catalogctl.yaml", text.replace("${env:PUBLICALA_TOKEN}", f"${{file:{written}}}").replace(shop.url, stranger.url))
    monkeypatch.setenv("CI", "true")
    told = shop.run("plan").ended(8)
    assert "file-5ecret" not in told.all
    silent(shop, stranger, told)


def test_a_key_that_the_store_refuses_is_named_with_the_line_that_refers_to_it(shop: Shop) -> None:
    shop.server.inject(Fault(kind=FaultKind.FAIL, status=401, body='{"message": "Unauthenticated."}', count=None))
    told = shop.run("plan").ended(8)
    assert "PUBLICALA_TOKEN (catalogctl.yaml:6)" in told.err
    assert "catalogctl.yaml:6:" in told.err
    shop.server.clear_faults()
    shop.server.inject(Fault(kind=FaultKind.FAIL, status=403, body='{"message": "Forbidden."}', count=None))
    assert "PUBLICALA_TOKEN (catalogctl.yaml:6)" in " ".join(shop.run("plan").ended(8).err.split())


def test_in_ci_a_plan_warns_of_keys_that_are_not_pinned_with_the_value_to_set(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (shop.folder / "catalogctl.yaml").read_text(encoding="utf-8")
    shop.write("catalogctl.yaml", text.replace(shop.url, "https://your-store.publica.la"))
    assert "CATALOGCTL_ORIGINS" not in shop.run("plan", "--no-refresh").ended(0).all
    monkeypatch.setenv("CI", "true")
    value = "store=https://your-store.publica.la#PUBLICALA_TOKEN"
    assert value in shop.run("plan", "--no-refresh").ended(0).err
    monkeypatch.setenv("CATALOGCTL_ORIGINS", value)
    assert "CATALOGCTL_ORIGINS" not in shop.run("plan", "--no-refresh").ended(0).all
