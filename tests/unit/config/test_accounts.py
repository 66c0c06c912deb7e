from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pytest
from pydantic import BaseModel, ConfigDict

from catalogctl.config.accounts import accounts
from catalogctl.config.project import load_project
from catalogctl.model.account import Account, Limits, Unheld
from catalogctl.model.diagnostics import CatalogError, Diagnostics, Refusal
from unit.config.folder import told, write


class Settings(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, title="settings")

    zone: str = "UTC"
    mode: Literal["v1", "v3"] = "v1"


class Options(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


LIMITS = Limits(concurrency=4, requests_per_minute=100, timeout=30.0, latency=0.3)


@dataclass(frozen=True)
class Shape:
    limits: Limits = LIMITS
    secrets: tuple[str, ...] = ("token",)
    settings: type[BaseModel] = Settings
    options: type[BaseModel] = Options


def made(root: Path, block: str, environment: Mapping[str, str] | None = None) -> tuple[dict[str, Account], Diagnostics]:
    text = f"version: 1\naccounts:\n  store: {{provider: shop, {block}}}\n"
    return accounts(load_project(write(root, {"catalogctl.yaml": text})), {"shop": Shape()}, environment or {})


def account(root: Path, block: str, environment: Mapping[str, str] | None = None) -> Account:
    found, diagnostics = made(root, block, environment)
    assert not diagnostics, told(diagnostics)
    return found["store"]


def problem(root: Path, block: str, environment: Mapping[str, str] | None = None) -> str:
    found, diagnostics = made(root, block, environment)
    assert found == {}
    (code,) = [item.code for item in diagnostics]
    return code


class AddressedSettings(Settings):
    environment: Literal["production", "staging"] | None = None


@dataclass(frozen=True)
class Addressed(Shape):
    settings: type[BaseModel] = AddressedSettings
    addresses: Mapping[str, str] = field(
        default_factory=lambda: {"production": "https://api.shop.example/v2", "staging": "https://staging.shop.example/v2"}
    )


URL = "base_url: https://shop.example"


def test_an_account_has_its_providers_limits_unless_it_says_otherwise(tmp_path: Path) -> None:
    assert account(tmp_path, URL).limits == Shape().limits
    own = account(tmp_path, f"{URL}, concurrency: 2, requests_per_minute: 10, timeout: 5s, consistency_window: 1m")
    assert own.limits == Limits(concurrency=2, requests_per_minute=10, timeout=5.0, latency=0.3)
    assert own.consistency_window == 60.0


def test_settings_of_the_providers_own_are_judged_by_its_model(tmp_path: Path) -> None:
    assert account(tmp_path, f"{URL}, zone: America/Bogota").settings == Settings(zone="America/Bogota")
    assert problem(tmp_path, f"{URL}, mode: v2") == "not-one-of"
    _, diagnostics = made(tmp_path, f"{URL}, concurency: 3, zoen: x")
    assert [(item.code, item.hint) for item in diagnostics] == [
        ("unknown-field", "Did you mean `concurrency`?"),
        ("unknown-field", "Did you mean `zone`?"),
    ]
    assert told(diagnostics)[0].startswith("catalogctl.yaml:3:59")


def test_an_unknown_provider_gets_the_nearest_name(tmp_path: Path) -> None:
    text = "version: 1\naccounts: {store: {provider: shopp, base_url: sandbox}}\n"
    _, diagnostics = accounts(load_project(write(tmp_path, {"catalogctl.yaml": text})), {"shop": Shape()}, {})
    assert [(item.code, item.hint) for item in diagnostics] == [("unknown-provider", "Did you mean shop?")]


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://shop.example/", "https://shop.example"),
        ("https://shop.example/api/v2/", "https://shop.example/api/v2"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://localhost:8080/", "http://localhost:8080"),
        ("http://[::1]:8080", "http://[::1]:8080"),
        ("${env:SHOP}/x", "https://env.example/x"),
        ("sandbox", "sandbox"),
    ],
)
def test_an_address_is_kept_without_its_last_slash(tmp_path: Path, url: str, kept: str) -> None:
    assert account(tmp_path, f'base_url: "{url}"', {"SHOP": "https://env.example"}).base_url == kept


@pytest.mark.parametrize(
    "url",
    [
        "http://shop.example",
        "http://localhost.example",
        "http://127.0.0.1.example",
        "ftp://shop.example",
        "shop.example",
        "https://",
        "https://user:pass@shop.example",
        "https://shop.example?x=1",
        "https://shop.example#x",
        "https://shop.example:port",
        "https://sh op.example",
    ],
)
def test_an_address_is_encrypted_and_nothing_but_a_base(tmp_path: Path, url: str) -> None:
    assert problem(tmp_path, f'base_url: "{url}"') == "bad-base-url"


def test_a_variable_of_an_address_must_be_set(tmp_path: Path) -> None:
    assert problem(tmp_path, "base_url: 'https://${env:NOT_SET}/'") == "variable-missing"


def test_a_secret_is_looked_up_when_it_is_revealed_and_not_before(tmp_path: Path) -> None:
    environment: dict[str, str] = {}
    found = account(tmp_path, f"{URL}, token: '${{env:TOKEN}}'", environment)
    with pytest.raises(CatalogError) as caught:
        found.secrets["token"]()
    assert caught.value.refusal is Refusal.CREDENTIALS
    (told_,) = caught.value.diagnostics
    assert "store" in told_.detail
    assert "TOKEN" in told_.detail
    assert str(told_.source) == "catalogctl.yaml:3:66"
    again = account(tmp_path, f"{URL}, token: '${{env:TOKEN}}'", {"TOKEN": "s3cret"})
    assert again.secrets["token"]().reveal() == "s3cret"


def test_a_secret_may_stand_in_a_file_without_the_line_break_at_its_end(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("s3cret\n")
    for path in ("key", str(tmp_path / "key")):
        assert account(tmp_path, f"{URL}, token: '${{file:{path}}}'").secrets["token"]().reveal() == "s3cret"
    with pytest.raises(CatalogError) as caught:
        account(tmp_path, f"{URL}, token: '${{file:gone}}'").secrets["token"]()
    assert caught.value.refusal is Refusal.CREDENTIALS


def test_a_secret_that_nothing_is_said_of_is_missed_when_it_is_needed(tmp_path: Path) -> None:
    with pytest.raises(CatalogError) as caught:
        account(tmp_path, URL).secrets["token"]()
    assert "token: ${env:STORE_TOKEN}" in caught.value.diagnostics[0].hint


@pytest.mark.parametrize("literal", ["s3cret", "12345678", "${env:A}${env:B}", "x${env:A}", "[s3cret]"])
def test_a_secret_written_out_is_refused_and_not_shown_again(tmp_path: Path, literal: str) -> None:
    _, diagnostics = made(tmp_path, f"{URL}, token: {literal if literal.startswith('[') else repr(literal)}")
    (item,) = diagnostics
    assert item.code == "secret-literal"
    assert "s3cret" not in repr(item)
    assert "${env:STORE_TOKEN}" in item.hint


def test_the_sandbox_needs_no_key_and_is_given_none(tmp_path: Path) -> None:
    for block in ("base_url: sandbox", "base_url: sandbox, token: '${env:TOKEN}'"):
        assert account(tmp_path, block, {"TOKEN": "s3cret"}).secrets["token"]().reveal() == "sandbox"


def test_a_settings_model_that_names_its_secrets_never_sees_them(tmp_path: Path) -> None:
    class Naming(Settings):
        token: str

    text = f"version: 1\naccounts:\n  store: {{provider: shop, {URL}, token: '${{env:TOKEN}}'}}\n"
    found, _ = accounts(load_project(write(tmp_path, {"catalogctl.yaml": text})), {"shop": Shape(settings=Naming)}, {"TOKEN": "s3cret"})
    assert "s3cret" not in repr(found["store"])


# Services with addresses of their own.


@pytest.mark.parametrize(
    ("block", "url"),
    [
        ("", "https://api.shop.example/v2"),
        ("environment: production", "https://api.shop.example/v2"),
        ("environment: staging", "https://staging.shop.example/v2"),
        ("environment: staging, base_url: https://api.shop.example/v2/", "https://staging.shop.example/v2"),
        ("environment: staging, base_url: http://127.0.0.1:8765", "http://127.0.0.1:8765"),
        ("environment: staging, base_url: sandbox", "sandbox"),
    ],
    ids=["none", "production", "staging", "staging over production", "a test server", "the sandbox"],
)
def test_a_service_with_addresses_of_its_own_is_found_by_environment_unless_another_is_named(tmp_path: Path, block: str, url: str) -> None:
    text = f"version: 1\naccounts:\n  store: {{provider: shop, {block}}}\n"
    found, problems = accounts(load_project(write(tmp_path, {"catalogctl.yaml": text})), {"shop": Addressed()}, {})
    assert ([one.summary for one in problems], found["store"].base_url) == ([], url)


def test_an_account_without_an_address_that_nobody_knows_is_refused(tmp_path: Path) -> None:
    assert problem(tmp_path, "zone: UTC") == "missing-field"


@pytest.mark.parametrize(("block", "rule"), [("", Unheld.WARN), (", unheld: refuse", Unheld.REFUSE), (", unheld: ignore", Unheld.IGNORE)])
def test_an_account_says_what_becomes_of_facts_that_the_store_cannot_hold(tmp_path: Path, block: str, rule: Unheld) -> None:
    assert account(tmp_path, f"{URL}{block}").unheld is rule
