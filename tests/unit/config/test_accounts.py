import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pytest
from pydantic import BaseModel, ConfigDict

from catalogctl.config.accounts import accounts
from catalogctl.config.project import load_project
from catalogctl.model.account import Account, CallLimits, Unsupported
from catalogctl.model.diagnostics import CatalogError, Diagnostics, Refusal
from unit.config.folder import told, write


class Settings(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, title="settings")

    zone: str = "UTC"
    mode: Literal["v1", "v3"] = "v1"


class Options(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


LIMITS = CallLimits(concurrency=4, requests_per_minute=100, timeout=30.0, latency=0.3)


@dataclass(frozen=True)
class Shape:
    limits: CallLimits = LIMITS
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
    assert own.limits == CallLimits(concurrency=2, requests_per_minute=10, timeout=5.0, latency=0.3)
    assert own.consistency_window == 60.0


@pytest.mark.parametrize("here", ["sandbox", "http://127.0.0.1:8765", "http://localhost:8765/api", "http://[::1]:1"])
def test_the_providers_rate_is_not_that_of_an_emulation_on_this_machine(tmp_path: Path, here: str) -> None:
    assert account(tmp_path, f"base_url: {here!r}").limits.requests_per_minute is None
    assert account(tmp_path, f"base_url: {here!r}, requests_per_minute: 10").limits.requests_per_minute == 10


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
    environment = {"SHOP": "https://env.example", "CATALOGCTL_ADDRESS_VARIABLES": "OTHER SHOP"}
    assert account(tmp_path, f'base_url: "{url}"', environment).base_url == kept


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
        "https://shop.example?",
        "https://shop.example/#",
        "https://shop.example:port",
        "https://sh op.example",
    ],
)
def test_an_address_is_encrypted_and_nothing_but_a_base(tmp_path: Path, url: str) -> None:
    assert problem(tmp_path, f'base_url: "{url}"') == "bad-base-url"


def test_a_variable_of_an_address_must_be_set(tmp_path: Path) -> None:
    environment = {"CATALOGCTL_ADDRESS_VARIABLES": "NOT_SET"}
    assert problem(tmp_path, "base_url: 'https://${env:NOT_SET}/'", environment) == "variable-missing"


@pytest.mark.parametrize(
    "address", ["https://${env:SHOP}/", "https://shop.example/${env:SHOP}", "${env:SHOP}", "https://h/${env:A}/${env:SHOP}"]
)
@pytest.mark.parametrize("allowed", ["", "A", "SHOP_ A shop", "A,SHOP"])
def test_a_variable_is_filled_in_only_if_it_is_allowed_outside_the_repository(tmp_path: Path, address: str, allowed: str) -> None:
    environment = {"SHOP": "canary", "A": "a", "CATALOGCTL_ADDRESS_VARIABLES": allowed}
    found, (refused,) = made(tmp_path, f'base_url: "{address}"', environment)
    assert (found, refused.code) == ({}, "address-variable")
    assert "SHOP" in refused.detail
    assert "canary" not in repr(refused)


@pytest.mark.parametrize("allowed", ["", "TOKEN"])
def test_a_variable_that_an_account_refers_to_for_its_key_is_in_no_address(tmp_path: Path, allowed: str) -> None:
    environment = {"TOKEN": "s3cret", "CATALOGCTL_ADDRESS_VARIABLES": allowed}
    assert problem(tmp_path, "base_url: 'https://shop.example/${env:TOKEN}', token: '${env:TOKEN}'", environment) == "bad-base-url"


@pytest.mark.parametrize(
    "address", ["https://shop.example/${file:key}", "https://shop.example/${ENV:SHOP}", "https://shop.example/${env:}"]
)
def test_an_address_takes_no_other_reference(tmp_path: Path, address: str) -> None:
    assert problem(tmp_path, f'base_url: "{address}"', {"CATALOGCTL_ADDRESS_VARIABLES": "SHOP", "SHOP": "x"}) == "bad-base-url"


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


def refused(root: Path, block: str, environment: Mapping[str, str] | None = None) -> str:
    """Look the account's key up, make sure that it is refused and not shown, and return the code."""
    with pytest.raises(CatalogError) as caught:
        account(root, f"{URL}, {block}", environment).secrets["token"]()
    (item,) = caught.value.diagnostics
    assert caught.value.refusal is Refusal.CREDENTIALS
    assert "s3cret" not in repr(item)
    assert str(item.source).startswith("catalogctl.yaml:3:")
    return item.code


NO_KEYS = ["s3cret\nother", "s3cret\r\nother\r\n", "\ns3cret\n", "s3cret\0x", "s3cret\x1b[31m", "s3cret\tx", "s3cret\u2028x", "s3cret\x85x"]


@pytest.mark.parametrize("text", [*NO_KEYS, "s3cret" + "x" * 9000])
def test_a_key_file_is_one_line_and_no_larger_than_a_key(tmp_path: Path, text: str) -> None:
    (tmp_path / "key").write_bytes(text.encode())
    assert refused(tmp_path, "token: '${file:key}'") == "secret-form"


@pytest.mark.parametrize(
    ("made_as", "code", "words"),
    [
        ("nothing", "secret-missing", "There is no file key, that is "),
        ("a file below a file", "secret-missing", "There is no file"),
        ("a folder", "secret-form", "is a folder"),
        ("an empty file", "secret-form", "is empty"),
        ("a line break", "secret-form", "is empty"),
        ("bytes", "secret-form", "is no text"),
        ("too many bytes", "secret-form", "has more than 8,192 bytes"),
        ("a pipe", "secret-unreadable", "it is no regular file"),
        ("a link to itself", "secret-unreadable", "cannot be read"),
    ],
)
def test_a_key_file_is_told_by_what_is_wrong_with_it(tmp_path: Path, made_as: str, code: str, words: str) -> None:
    key = tmp_path / "key"
    match made_as:
        case "a folder":
            key.mkdir()
        case "a pipe":
            os.mkfifo(key)
        case "a link to itself":
            key.symlink_to("key")
        case "nothing":
            pass
        case _:
            held = {"an empty file": b"", "a line break": b"\n", "bytes": b"\xff\xfe", "too many bytes": b"s3cret" * 2000}
            key.write_bytes(held.get(made_as, b"x"))
    written = "key/token" if made_as == "a file below a file" else "key"
    with pytest.raises(CatalogError) as caught:
        account(tmp_path, f"{URL}, token: '${{file:{written}}}'").secrets["token"]()
    (item,) = caught.value.diagnostics
    assert (item.code, words in item.detail, bool(item.hint)) == (code, True, True), item


def test_an_empty_variable_is_told_from_one_that_is_not_set(tmp_path: Path) -> None:
    told = []
    for environment in ({}, {"TOKEN": " "}):
        with pytest.raises(CatalogError) as caught:
            account(tmp_path, f"{URL}, token: '${{env:TOKEN}}'", environment).secrets["token"]()
        told.append(caught.value.diagnostics[0].detail)
    assert ["not set" in told[0], "and empty" in told[1]] == [True, True]


@pytest.mark.parametrize("text", [text for text in NO_KEYS if "\0" not in text and text[0] != "\n"] + ["s3cret" + "x" * 9000])
def test_so_is_a_variable(tmp_path: Path, text: str) -> None:
    assert refused(tmp_path, "token: '${env:TOKEN}'", {"TOKEN": text}) == "secret-form"


@pytest.mark.parametrize("length", [1, 8192])
def test_a_key_may_have_any_length_up_to_that_of_a_header(tmp_path: Path, length: int) -> None:
    (tmp_path / "key").write_bytes(b"k" * length)
    assert len(account(tmp_path, f"{URL}, token: '${{file:key}}'").secrets["token"]().reveal()) == length


# In CI no file outside the project is read unless a setting outside the repository names it.


@pytest.mark.parametrize("value", ["true", "1", "TRUE", "yes", "woodpecker"])
@pytest.mark.parametrize("way", ["up", "absolute", "link", "folder link", "link to a link"])
def test_in_ci_no_key_is_read_from_outside_the_project(tmp_path: Path, value: str, way: str) -> None:
    root = tmp_path / "project"
    root.mkdir()
    outer = tmp_path / "outer"
    outer.mkdir()
    (outer / "key").write_text("s3cret\n", encoding="utf-8")
    (root / "link").symlink_to(outer / "key")
    (root / "folder").symlink_to(outer)
    (root / "again").symlink_to("link")
    written = {
        "up": "../outer/key",
        "absolute": str(outer / "key"),
        "link": "link",
        "folder link": "folder/key",
        "link to a link": "again",
    }[way]
    block = f"token: '${{file:{written}}}'"
    assert refused(root, block, {"CI": value}) == "secret-outside"
    for allowed in (outer / "key", outer):
        environment = {"CI": value, "CATALOGCTL_SECRET_FILES": f"/nowhere:{allowed}"}
        assert account(root, f"{URL}, {block}", environment).secrets["token"]().reveal() == "s3cret"
    for elsewhere in (root, tmp_path / "out", outer / "key2", ""):
        assert refused(root, block, {"CI": value, "CATALOGCTL_SECRET_FILES": str(elsewhere)}) == "secret-outside"
    for no_ci in ({}, {"CI": ""}, {"CI": "false"}, {"CI": "0"}):
        assert account(root, f"{URL}, {block}", no_ci).secrets["token"]().reveal() == "s3cret"


def test_a_key_file_of_the_project_is_read_in_ci_also_through_a_link_within_it(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("s3cret\n", encoding="utf-8")
    (tmp_path / "link").symlink_to("key")
    for written in ("key", "./key", "link", str(tmp_path / "key")):
        assert account(tmp_path, f"{URL}, token: '${{file:{written}}}'", {"CI": "true"}).secrets["token"]().reveal() == "s3cret"


def test_an_allowed_file_that_is_not_named_by_its_whole_path_is_an_error(tmp_path: Path) -> None:
    environment = {"CI": "true", "CATALOGCTL_SECRET_FILES": "keys/store"}
    with pytest.raises(CatalogError) as caught:
        account(tmp_path, f"{URL}, token: '${{file:/keys/store}}'", environment).secrets["token"]()
    assert [(item.code, "keys/store" in item.detail) for item in caught.value.diagnostics] == [("allowed-file-form", True)]


def test_a_home_that_nobody_has_is_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert refused(tmp_path, "token: '${file:~no-such-user/key}'") == "secret-missing"


def test_a_secret_that_nothing_is_said_of_is_missed_when_it_is_needed(tmp_path: Path) -> None:
    with pytest.raises(CatalogError) as caught:
        account(tmp_path, URL).secrets["token"]()
    assert 'token: "${env:STORE_TOKEN}"' in caught.value.diagnostics[0].hint


@pytest.mark.parametrize("literal", ["s3cret", "12345678", "${env:A}${env:B}", "x${env:A}", "[s3cret]"])
def test_a_secret_written_out_is_refused_and_not_shown_again(tmp_path: Path, literal: str) -> None:
    _, diagnostics = made(tmp_path, f"{URL}, token: {literal if literal.startswith('[') else repr(literal)}")
    (item,) = diagnostics
    assert item.code == "secret-literal"
    assert "s3cret" not in repr(item)
    assert "${env:STORE_TOKEN}" in item.hint


@pytest.mark.parametrize("name", ["A; rm -rf x", "$(id)", "A B", "1A", "A-B", "Ä"])
def test_a_reference_that_can_be_no_variable_is_refused(tmp_path: Path, name: str) -> None:
    assert problem(tmp_path, f'{URL}, token: "${{env:{name}}}"') == "secret-reference"
    assert problem(tmp_path, f'base_url: "https://h/${{env:{name}}}"', {"CATALOGCTL_ADDRESS_VARIABLES": name}) == "bad-base-url"


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


@pytest.mark.parametrize(
    ("block", "rule"),
    [("", Unsupported.WARN), *((f", unsupported: {rule.value}", rule) for rule in Unsupported)],
)
def test_an_account_says_what_becomes_of_facts_that_the_store_cannot_hold(tmp_path: Path, block: str, rule: Unsupported) -> None:
    assert account(tmp_path, f"{URL}{block}").unsupported is rule


def test_the_old_name_of_a_setting_is_read_with_a_warning_that_has_the_new_one(tmp_path: Path) -> None:
    text = f"version: 1\naccounts:\n  store: {{provider: shop, {URL}, unheld: refuse}}\n"
    found, [warned] = accounts(load_project(write(tmp_path, {"catalogctl.yaml": text})), {"shop": Shape()}, {})
    assert (found["store"].unsupported, warned.code, warned.hint) == (Unsupported.REFUSE, "setting-renamed", "Write\nunsupported: refuse")


# One store under two names.


def twice(root: Path, *blocks: str, more: str = "", env: str = "default", keys: Mapping[str, str] = {}) -> list[str]:
    lines = "".join(f"  {name}: {{{block}}}\n" for name, block in zip("abcd", blocks, strict=False))
    project = load_project(write(root, {"catalogctl.yaml": f"version: 1\naccounts:\n{lines}{more}"}), env)
    _, diagnostics = accounts(project, {"shop": Shape(), "service": Addressed()}, keys)
    return [f"{item.code}: {item.detail}" for item in diagnostics]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://shop.example", "https://shop.example/"),
        ("https://shop.example", "https://SHOP.Example"),
        ("https://shop.example", "https://shop.example:443"),
        ("https://shop.example", "https://shop.example."),
        ("https://shop.example/api", "https://shop.example/x/../api/"),
        ("https://shop.example/api", "https://shop.example//api"),
        ("https://b\u00fccher.example", "https://xn--bcher-kva.example"),
        ("https://stra\u00dfe.example", "https://xn--strae-oqa.example"),
        ("http://127.0.0.1:8080", "http://localhost:8080"),
        ("http://[::1]:8080", "http://[0:0:0:0:0:0:0:1]:8080"),
        ("http://[::1]:8080", "http://localhost:8080"),
    ],
)
def test_two_accounts_of_one_address_are_refused_with_both_lines(tmp_path: Path, one: str, other: str) -> None:
    for keys in (("A", "A"), ("A", "B")):
        blocks = (f"provider: shop, base_url: '{url}', token: '${{env:{key}}}'" for url, key in zip((one, other), keys, strict=True))
        (told_,) = twice(tmp_path, *blocks)
        assert told_.startswith("store-twice: a (catalogctl.yaml:3) and b (catalogctl.yaml:4) both are ")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://a.example", "https://b.example"),
        ("https://a.example", "https://a.example:8443"),
        ("https://a.example/x", "https://a.example/X"),
        ("https://stra\u00dfe.example", "https://strasse.example"),
        ("sandbox", "sandbox"),
    ],
)
def test_two_stores_are_two_stores(tmp_path: Path, one: str, other: str) -> None:
    assert twice(tmp_path, *(f"provider: shop, base_url: '{url}', token: '${{env:A}}'" for url in (one, other))) == []


def test_where_a_service_has_all_publishers_at_one_address_the_key_tells_them_apart(tmp_path: Path) -> None:
    same = "provider: service, token: '${env:A}'"
    assert len(twice(tmp_path, same, same)) == 1
    assert len(twice(tmp_path, same, f"{same}, environment: production")) == 1
    assert len(twice(tmp_path, same, f"{same}, base_url: 'https://API.shop.example/v2/'")) == 1
    assert twice(tmp_path, same, "provider: service, token: '${env:B}'") == []
    assert twice(tmp_path, same, f"{same}, environment: staging") == []
    one, other = (f"provider: service, token: '${{env:{name}}}'" for name in "AB")
    (told_,) = twice(tmp_path, one, other, keys={"A": "s3cret-1", "B": "s3cret-1"})
    assert "s3cret" not in told_
    assert twice(tmp_path, one, other, keys={"A": "s3cret-1", "B": "s3cret-2"}) == []
    assert twice(tmp_path, one, other, keys={"A": "s3cret-1"}) == []
    (tmp_path / "key").write_text("k", encoding="utf-8")
    files = [f"provider: service, token: '${{file:{path}}}'" for path in ("key", "./key", tmp_path / "key")]
    assert len(twice(tmp_path, *files)) == 2
    assert len(twice(tmp_path, one, files[0], keys={"A": "k"})) == 1
    assert twice(tmp_path, one, files[0], keys={"A": "another"}) == []


def test_an_overlay_cannot_make_two_accounts_one_store_either(tmp_path: Path) -> None:
    blocks = [f"provider: shop, base_url: 'https://{name}.example', token: '${{env:A}}'" for name in "ab"]
    more = "environments:\n  trial:\n    accounts: {b: {base_url: 'https://A.example/'}}\n"
    assert twice(tmp_path, *blocks, more=more) == []
    assert len(twice(tmp_path, *blocks, more=more, env="trial")) == 1


def test_what_a_store_does_not_support_may_have_a_rule_by_field(tmp_path: Path) -> None:
    rules = account(tmp_path, f"{URL}, unsupported: {{series: refuse, prices: ignore, prices.JPY: refuse, default: ignore}}")
    fields = ["series", "prices.EUR", "prices.JPY", "publish.store.prices.JPY", "subtitle"]
    assert [rules.rule_for(one).value for one in fields] == ["refuse", "ignore", "refuse", "refuse", "ignore"]
    assert [rules.refuses(one) for one in fields] == [True, False, True, True, False]
    new, [renamed] = made(tmp_path, f"{URL}, unsupported: {{series: refuse}}, unheld: ignore")
    assert (new["store"].rule_for("series"), new["store"].rule_for("imprint")) == (Unsupported.REFUSE, Unsupported.WARN)
    assert renamed.hint == "Write\nunsupported: {series: refuse}"


@pytest.mark.parametrize(("rules", "hint"), [("{serie: refuse}", "Did you mean `series`?"), ("{defualt: warn}", "Did you mean `default`?")])
def test_a_rule_for_no_field_is_an_error(tmp_path: Path, rules: str, hint: str) -> None:
    _, diagnostics = made(tmp_path, f"{URL}, unsupported: {rules}")
    assert [(item.code, item.hint) for item in diagnostics] == [("unknown-field", hint)]


def test_a_rule_of_another_word_is_an_error(tmp_path: Path) -> None:
    for rules in ("refus", "{series: refus}"):
        with pytest.raises(CatalogError) as refused:
            made(tmp_path, f"{URL}, unsupported: {rules}")
        assert [(item.code, item.hint) for item in refused.value.diagnostics] == [("not-one-of", "Did you mean refuse?")]
