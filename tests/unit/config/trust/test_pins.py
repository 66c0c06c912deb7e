"""Which key may go where: every entry that can be written, and everything that a pull request can write against it."""

import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

import pytest

from catalogctl.config.accounts import accounts
from catalogctl.config.project import load_project
from catalogctl.config.trust.pins import bound, findings, keep_to_pins, read_pins
from catalogctl.model.diagnostics import CatalogError, Diagnostic, Refusal, Severity
from catalogctl.provider import discovery
from unit.config.folder import write

SERVICES = {name: discovery.provider(name) for name in ("publicala", "publishdrive", "openpublishing")}
STORE = "store: {provider: publicala, base_url: 'https://a.publica.la', token: '${env:PUBLICALA_TOKEN}'}"


def found(
    root: Path, blocks: str | list[str], environment: Mapping[str, str], *, env: str = "default", more: str = ""
) -> tuple[Diagnostic, ...]:
    """Judge a project with these account blocks."""
    lines = "".join(f"  {block}\n" for block in ([blocks] if isinstance(blocks, str) else blocks))
    project = load_project(write(root, {"catalogctl.yaml": f"version: 1\naccounts:\n{lines}{more}"}), env)
    made, wrong = accounts(project, SERVICES, environment)
    assert not wrong.errors, wrong.errors
    return findings(project, made, SERVICES, environment)


def codes(root: Path, blocks: str | list[str], pins: str, *, env: str = "default", more: str = "", **environment: str) -> list[str]:
    return [item.code for item in found(root, blocks, {"CATALOGCTL_ORIGINS": pins, **environment}, env=env, more=more)]


def publicala(name: str = "store", url: str = "https://a.publica.la", key: str = "env:PUBLICALA_TOKEN") -> str:
    return f"{name}: {{provider: publicala, base_url: '{url}', token: '${{{key}}}'}}"


def publishdrive(name: str = "publishdrive", url: str = "", key: str = "env:PUBLISHDRIVE_API_KEY", more: str = "") -> str:
    return f"{name}: {{provider: publishdrive, api_key: '${{{key}}}'{f', base_url: {url!r}' if url else ''}{more}}}"


def openpublishing(name: str = "openpub", url: str = "", key: str = "env:OPENPUBLISHING_API_KEY") -> str:
    return f"{name}: {{provider: openpublishing, api_key: '${{{key}}}'{f', base_url: {url!r}' if url else ''}}}"


# Entries


@pytest.mark.parametrize(
    "entry",
    [
        "store",
        "store:https://a.publica.la",
        "=https://a.publica.la",
        "store=",
        "store=#PUBLICALA_TOKEN",
        "store=a.publica.la",
        "store=sandbox",
        "store=https://",
        "store=https://a.publica.la#",
        "store=https://a.publica.la#two,names",
        "store=https://a.publica.la#${env:PUBLICALA_TOKEN}",
        "store=https://a.publica.la#file:",
        "store=http://a.publica.la",
        "store=ftp://a.publica.la",
        "store=https://a.publica.la?x=1",
        "store=https://a.publica.la?",
        "store=https://user:s3cret@a.publica.la",
        "store=https://a.publica.la:port",
        "store=https://a.publica.la:0",
        "store=https://*.publica.la",
        "store=https://bücher.example",
        "store=https://a。publica.la",
        "store=https://a.publica.la\\@evil.example",
        "store=https://a.publica.la/x/../y",
        "store=https://a.publica.la/%2e%2e/y",
        "store==https://a.publica.la",
    ],
)
def test_a_malformed_entry_is_an_error_that_names_it(tmp_path: Path, entry: str) -> None:
    for value in (entry, f"store=https://a.publica.la {entry}"):
        problems = found(tmp_path, STORE, {"CATALOGCTL_ORIGINS": value})
        assert "pin-form" in {item.code for item in problems}
        assert f"`{re.sub('//.*@', '//…@', entry)}`" in problems[0].detail
        assert "s3cret" not in repr(problems)
        with pytest.raises(CatalogError) as caught:
            keep_to_pins(problems)
        assert caught.value.refusal is Refusal.ERROR


@pytest.mark.parametrize("blanks", [" ", "\n", "\t \n", "  "])
def test_entries_are_separated_by_any_blanks(blanks: str) -> None:
    pins = read_pins({"CATALOGCTL_ORIGINS": f"{blanks}a=https://a.example{blanks}b=http://localhost:8080/x#B_KEY{blanks}"})
    assert [(pin.account, str(pin.origin), pin.path, pin.secret) for pin in pins.entries] == [
        ("a", "https://a.example", (), ""),
        ("b", "http://localhost:8080", ("x",), "B_KEY"),
    ]


@pytest.mark.parametrize("value", ["", " ", "\n\t"])
def test_an_empty_variable_pins_nothing(tmp_path: Path, value: str) -> None:
    assert codes(tmp_path, STORE, value) == []


def test_an_entry_may_be_repeated_but_not_contradicted(tmp_path: Path) -> None:
    assert codes(tmp_path, STORE, "store=https://a.publica.la store=https://a.publica.la") == []
    assert codes(tmp_path, STORE, "store=https://a.publica.la store=https://a.publica.la#PUBLICALA_TOKEN") == ["pin-form"]
    assert codes(tmp_path, STORE, "store=https://A.publica.la:443 store=https://a.publica.la#PUBLICALA_TOKEN") == ["pin-form"]


@pytest.mark.parametrize(
    ("entry", "hint"),
    [
        ("STORE=https://a.publica.la", "Did you mean store?"),
        ("stroe=https://a.publica.la", "Did you mean store?"),
        ("elsewhere=https://a.publica.la", "give each catalog's jobs their own value"),
    ],
)
def test_an_unknown_account_is_an_error_that_names_the_entry(tmp_path: Path, entry: str, hint: str) -> None:
    unknown, *others = found(tmp_path, STORE, {"CATALOGCTL_ORIGINS": entry})
    assert (unknown.code, entry in unknown.detail, hint in unknown.hint) == ("pin-unknown-account", True, True)
    assert [item.code for item in others] == ["account-unpinned"]
    assert codes(tmp_path, STORE, f"store=https://a.publica.la {entry}") == ["pin-unknown-account"]


def test_an_account_of_another_environment_is_known(tmp_path: Path) -> None:
    more = f"environments:\n  staging:\n    accounts:\n      {publicala('trial', 'https://trial.publica.la', 'env:TRIAL_TOKEN')}\n"
    pins = "store=https://a.publica.la#PUBLICALA_TOKEN trial=https://trial.publica.la"
    assert codes(tmp_path, STORE, pins, more=more) == []
    assert codes(tmp_path, STORE, pins, more=more, env="staging") == []


# Accounts and addresses


def test_once_anything_is_pinned_every_account_that_needs_a_key_has_to_be(tmp_path: Path) -> None:
    blocks = [
        STORE,
        publishdrive("bargain", "https://evil.example", "env:PUBLICALA_TOKEN"),
        openpublishing(),
        "trial: {provider: publicala, base_url: sandbox}",
    ]
    problems = found(tmp_path, blocks, {"CATALOGCTL_ORIGINS": "store=https://a.publica.la"})
    assert [(item.code, item.source and item.source.line) for item in problems] == [("account-unpinned", 4), ("account-unpinned", 5)]
    with pytest.raises(CatalogError) as caught:
        keep_to_pins(problems)
    assert caught.value.refusal is Refusal.CREDENTIALS
    assert "bargain=https://evil.example#PUBLICALA_TOKEN" in problems[0].hint


@pytest.mark.parametrize(
    "url",
    [
        "https://a.publica.la",
        "https://a.publica.la/",
        "https://A.Publica.LA",
        "https://a.publica.la:443/",
        "https://a.publica.la.",
        "https://a.publica.la/shop",
        "HTTPS://a.publica.la",
    ],
)
def test_another_way_of_writing_the_same_origin_is_the_same(tmp_path: Path, url: str) -> None:
    for pin in ("https://a.publica.la", "https://A.publica.la:443/", "https://a.publica.la."):
        assert codes(tmp_path, publicala(url=url), f"store={pin}") == []


@pytest.mark.parametrize(
    "url",
    [
        "https://b.publica.la",
        "https://a.publica.la.evil.example",
        "https://a.publica.la:8443",
        "https://evil.example/a.publica.la",
        "https://a-publica.la",
        "https://а.publica.la",  # the first letter is Cyrillic
        "https://a.publica.la。evil.example",
        "http://127.0.0.1:443",
        "https://xn--80a.publica.la",
    ],
)
def test_any_other_origin_is_refused(tmp_path: Path, url: str) -> None:
    for secret in ("", "#PUBLICALA_TOKEN"):
        assert codes(tmp_path, publicala(url=url), f"store=https://a.publica.la{secret}") == ["origin-pinned"]


@pytest.mark.parametrize(
    ("pinned", "written"),
    [("https://xn--strae-oqa.example", "https://straße.example"), ("https://strasse.example", "https://straße.example")],
)
def test_a_host_beyond_ascii_is_never_taken_for_a_pinned_one(tmp_path: Path, pinned: str, written: str) -> None:
    assert codes(tmp_path, publicala(url=written), f"store={pinned}") == ["origin-pinned"]


def test_an_overlay_cannot_lead_away(tmp_path: Path) -> None:
    for change, code in (
        ("base_url: 'https://evil.example'", "origin-pinned"),
        ("token: '${env:DEPLOY_KEY}'", "secret-unpinned"),
        ("provider: publishdrive, token: null, api_key: '${env:PUBLISHDRIVE_API_KEY}'", "secret-unpinned"),
    ):
        more = f"environments:\n  staging:\n    accounts: {{store: {{{change}}}}}\n"
        assert codes(tmp_path, STORE, "store=https://a.publica.la", more=more, env="staging") == [code]
        assert codes(tmp_path, STORE, "store=https://a.publica.la", more=more) == []


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/shop-a", True),
        ("/shop-a/", True),
        ("/shop-a/api", True),
        ("", False),
        ("/shop-b", False),
        ("/shop-ab", False),
        ("/SHOP-A", False),
        ("/shop-a/../shop-b", False),
        ("/shop-a/%2e%2e/shop-b", False),
        ("/shop-a/..%2fshop-b", False),
        ("/shop-a/.", False),
    ],
)
def test_a_pinned_path_is_where_an_address_must_begin(tmp_path: Path, path: str, allowed: bool) -> None:
    expected = [] if allowed else ["origin-pinned"]
    assert codes(tmp_path, publicala(url=f"https://host.example{path}"), "store=https://host.example/shop-a") == expected


def test_an_account_may_have_several_addresses(tmp_path: Path) -> None:
    pins = "store=https://a.publica.la#PUBLICALA_TOKEN store=https://b.publica.la#SECOND_TOKEN"
    assert codes(tmp_path, publicala(url="https://a.publica.la"), pins) == []
    assert codes(tmp_path, publicala(url="https://b.publica.la", key="env:SECOND_TOKEN"), pins) == []
    assert codes(tmp_path, publicala(url="https://b.publica.la"), pins) == ["secret-unpinned"]
    assert codes(tmp_path, publicala(url="https://c.publica.la"), pins) == ["origin-pinned"]


# Keys


@pytest.mark.parametrize("key", ["PUBLICALA_TOKEN", "STORE_TOKEN"])
def test_a_pin_that_names_no_key_allows_the_usual_variables(tmp_path: Path, key: str) -> None:
    assert codes(tmp_path, publicala(key=f"env:{key}"), "store=https://a.publica.la") == []


@pytest.mark.parametrize(
    "key",
    [
        "env:PUBLISHDRIVE_API_KEY",
        "env:GITHUB_TOKEN",
        "env:publicala_token",
        "env:STORE_API_KEY",
        "env:STORE_MX_TOKEN",
        "file:key",
        "file:/etc/hostname",
    ],
)
def test_it_allows_no_other_key(tmp_path: Path, key: str) -> None:
    (refused,) = found(tmp_path, publicala(key=key), {"CATALOGCTL_ORIGINS": "store=https://a.publica.la"})
    secret = key.removeprefix("env:")
    assert (refused.code, refused.hint.splitlines()[-1]) == ("secret-unpinned", f"store=https://a.publica.la#{secret}")
    assert refused.source is not None
    assert key in refused.source.text
    assert codes(tmp_path, publicala(key=key), f"store=https://a.publica.la#{secret}") == []


def test_a_pin_that_names_a_key_allows_no_other(tmp_path: Path) -> None:
    pins = "store=https://a.publica.la#SHOP_KEY"
    assert codes(tmp_path, publicala(key="env:SHOP_KEY"), pins) == []
    for key in ("env:PUBLICALA_TOKEN", "env:STORE_TOKEN", "env:shop_key", "env:SHOP_KEY2", "file:SHOP_KEY"):
        assert codes(tmp_path, publicala(key=key), pins) == ["secret-unpinned"]


@pytest.mark.parametrize("origin", ["https://a.publica.la", "http://127.0.0.1:8080"])
def test_another_provider_does_not_bring_its_key_along(tmp_path: Path, origin: str) -> None:
    for block in (publishdrive("store", origin), openpublishing("store", origin), publishdrive("store", origin, "env:PUBLICALA_TOKEN")):
        assert codes(tmp_path, block, f"store={origin}") == ["secret-unpinned"]
    pins = "pd=https://api.publishdrive.com publishdrive=https://proxy.example openpub=https://api.openpublishing.com"
    usual = [publishdrive("pd", key="env:PD_API_KEY"), publishdrive(url="https://proxy.example"), openpublishing()]
    assert codes(tmp_path, usual, pins) == []
    for number, block in enumerate(
        (
            publicala("pd", "https://api.publishdrive.com"),
            publicala("publishdrive", "https://proxy.example"),
            publicala("openpub", "https://api.openpublishing.com"),
        )
    ):
        assert codes(tmp_path, [*usual[:number], block, *usual[number + 1 :]], pins) == ["secret-unpinned"]


def test_the_three_services_side_by_side_need_no_names_of_keys(tmp_path: Path) -> None:
    pins = "store=https://a.publica.la publishdrive=https://api.publishdrive.com openpub=https://api.openpublishing.com"
    assert codes(tmp_path, [STORE, publishdrive(), openpublishing()], pins) == []
    local = [f"http://127.0.0.1:{port}" for port in (1, 2, 3)]
    pins = "store={} publishdrive={} openpub={}".format(*local)
    assert codes(tmp_path, [publicala(url=local[0]), publishdrive(url=local[1]), openpublishing(url=local[2])], pins) == []


def test_a_variable_that_may_be_the_key_of_several_accounts_has_to_be_named(tmp_path: Path) -> None:
    blocks = [STORE, publicala("store-mx", "https://b.publica.la", "env:STORE_MX_TOKEN")]
    pins = "store=https://a.publica.la store-mx=https://b.publica.la"
    (open_,) = found(tmp_path, blocks, {"CATALOGCTL_ORIGINS": pins})
    assert (open_.code, "the key of store-mx" in open_.detail) == ("secret-unpinned", True)
    named = "store=https://a.publica.la#PUBLICALA_TOKEN store-mx=https://b.publica.la"
    assert codes(tmp_path, blocks, named) == []
    stolen = [STORE, publicala("store-mx", "https://b.publica.la")]
    assert codes(tmp_path, stolen, named) == ["secret-unpinned"]


def test_accounts_that_have_one_variable_of_their_own_have_to_name_it(tmp_path: Path) -> None:
    blocks = [publicala("store-mx", key="env:STORE_MX_TOKEN"), publicala("store_mx", "https://b.publica.la", "env:OTHER")]
    assert codes(tmp_path, blocks, "store-mx=https://a.publica.la store_mx=https://b.publica.la#OTHER") == []
    assert codes(tmp_path, blocks[:1], "store-mx=https://a.publica.la", more="") == []
    assert "secret-unpinned" in codes(tmp_path, blocks, "store-mx=https://a.publica.la store_mx=https://b.publica.la")


def test_a_key_goes_to_one_of_an_accounts_addresses_and_not_to_the_other(tmp_path: Path) -> None:
    pins = "shop=https://api.publishdrive.com shop=https://a.publica.la"
    assert codes(tmp_path, publicala("shop"), pins) == []
    assert codes(tmp_path, publicala("shop", "https://api.publishdrive.com"), pins) == ["secret-unpinned"]
    assert codes(tmp_path, publishdrive("shop"), pins) == []
    assert codes(tmp_path, publishdrive("shop", "https://a.publica.la"), pins) == ["secret-unpinned"]


def test_staging_is_an_address_of_its_own(tmp_path: Path) -> None:
    assert codes(tmp_path, publishdrive(more=", environment: staging"), "publishdrive=https://api.publishdrive.com") == ["origin-pinned"]
    both = "publishdrive=https://api.publishdrive.com publishdrive=https://api.sandbox.dev.publishdrive.com"
    assert codes(tmp_path, publishdrive(more=", environment: staging"), both) == []


def test_an_account_named_after_two_providers_is_named_after_none(tmp_path: Path) -> None:
    for name in ("p", "publi", "pub-li", "open"):
        assert codes(tmp_path, publishdrive(name, "https://a.publica.la"), f"{name}=https://a.publica.la") == (["secret-unpinned"])


# Files


def test_a_file_is_pinned_by_where_it_lies(tmp_path: Path) -> None:
    root, outer = tmp_path / "project", tmp_path / "my keys"
    outer.mkdir(parents=True)
    (outer / "a").write_text("s3cret-a", encoding="utf-8")
    (outer / "b").write_text("s3cret-b", encoding="utf-8")
    pins = f"store=https://a.publica.la#file:{quote(str(outer / 'a'))}"
    write(root, {"key": "s3cret-c"})
    (root / "link-a").symlink_to(outer / "a")
    (root / "link-b").symlink_to(outer / "b")
    for path, expected in (
        (outer / "a", []),
        ("../my keys/a", []),
        ("link-a", []),
        (outer / "b", ["secret-unpinned"]),
        ("link-b", ["secret-unpinned"]),
    ):
        assert codes(root, publicala(key=f"file:{path}"), pins) == expected
    # What a pin names in the project must lie there: a link is what a pull request may have put in its place.
    assert codes(root, publicala(key="file:key"), "store=https://a.publica.la#file:key") == []
    assert codes(root, publicala(key="file:link-b"), "store=https://a.publica.la#file:link-b") == ["secret-unpinned"]
    # In CI the pin allows its file, and no other.
    project = load_project(root)
    for name, allowed in ((outer / "a", True), (outer / "b", False)):
        write(root, {"catalogctl.yaml": f"version: 1\naccounts:\n  {publicala(key=f'file:{name}')}\n"})
        project = load_project(root)
        made, _ = accounts(project, SERVICES, {"CI": "true", "CATALOGCTL_ORIGINS": pins})
        if allowed:
            assert made["store"].secrets["token"]().reveal() == "s3cret-a"
        else:
            with pytest.raises(CatalogError):
                made["store"].secrets["token"]()


# What comes of it


def test_where_one_account_is_refused_no_key_can_be_looked_up(tmp_path: Path) -> None:
    environment = {"CATALOGCTL_ORIGINS": "store=https://a.publica.la", "PUBLICALA_TOKEN": "s3cret"}
    project = load_project(write(tmp_path, {"catalogctl.yaml": f"version: 1\naccounts:\n  {STORE}\n  {publishdrive()}\n"}))
    made, _ = accounts(project, SERVICES, environment)
    kept = bound(made, findings(project, made, SERVICES, environment))
    for account in kept.values():
        for look_up in account.secrets.values():
            with pytest.raises(CatalogError) as caught:
                look_up()
            assert [item.code for item in caught.value.diagnostics] == ["account-unpinned"]
    assert bound(made, ()) == made


def test_in_ci_keys_that_are_not_pinned_are_warned_of_with_the_value_to_set(tmp_path: Path) -> None:
    blocks = [STORE, publishdrive(), openpublishing(key="file:/run/my keys/op"), "trial: {provider: publicala, base_url: sandbox}"]
    blocks.append(publicala("local", "http://127.0.0.1:8080", "env:LOCAL_TOKEN"))
    (told,) = found(tmp_path, blocks, {"CI": "true"})
    assert (told.severity, told.code) == (Severity.WARNING, "keys-unpinned")
    value = told.hint.splitlines()[-1]
    assert value == (
        "openpub=https://api.openpublishing.com#file:/run/my%20keys/op publishdrive=https://api.publishdrive.com#PUBLISHDRIVE_API_KEY "
        "store=https://a.publica.la#PUBLICALA_TOKEN"
    )
    keep_to_pins((told,))
    pinned = f"{value} local=http://127.0.0.1:8080"
    assert found(tmp_path, blocks, {"CI": "true", "CATALOGCTL_ORIGINS": pinned}) == ()
    for environment in ({}, {"CI": ""}, {"CI": "false"}, {"CI": "0"}):
        assert found(tmp_path, blocks, environment) == ()
    assert found(tmp_path, blocks[3:], {"CI": "true"}) == ()
