"""`catalogctl explain`: where a value comes from, what accounts make of it, and what a code means."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hostile.trio import BOOK, Trio, keys, trio
from shop import Shop

pytestmark = pytest.mark.usefixtures("piped")

DEFAULTS = """\
kind: defaults
publisher: Ribera
subtitle: Una novela
edition:
  prices: {USD: 2.99, EUR: 1.99}
"""


@pytest.fixture
def three(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Trio]:
    for name, value in keys().items():
        monkeypatch.setenv(name, value)
    with trio(tmp_path) as one:
        yield one


def explained(shop: Shop, *what: str) -> dict[str, Any]:
    [found] = shop.run("explain", *what, "--format", "json").ended(0).json
    return dict(found)


def test_value_has_its_line_and_those_it_is_said_over(shop: Shop) -> None:
    shop.title("faro", edition={"prices": {"USD": "9.90"}}, subtitle=None)
    shop.write("catalog/defaults.yaml", DEFAULTS)
    out = shop.run("explain", "faro.epub", "prices").ended(0).out
    assert "prices.USD  9.90\n              from catalog/faro.json:18 (edition)" in out
    assert "over 2.99 from catalog/defaults.yaml:5 (defaults)" in out
    assert "prices.EUR  1.99\n              from catalog/defaults.yaml:5 (defaults)" in out
    assert 'prices  {"EUR": 1.99, "USD": 9.90}' in out
    assert shop.requests == ()


def test_null_takes_back_and_is_shown_as_nothing(shop: Shop) -> None:
    shop.title("faro", subtitle=None)
    shop.write("catalog/defaults.yaml", DEFAULTS)
    [subtitle] = explained(shop, "faro", "subtitle")["fields"]
    assert (subtitle["value"], subtitle["layer"], [over["value"] for over in subtitle["over"]]) == (None, "title", ["Una novela"])


def test_account_shows_the_very_fields_of_its_request(shop: Shop) -> None:
    shop.title("faro")
    [account] = explained(shop, "faro.epub", "title")["accounts"]
    [request] = account["requests"]
    assert (request["request"], request["fields"]) == ("POST /integration-api/v1/dashboard/issues", {"name": "El faro"})
    whole = explained(shop, "faro.epub")["accounts"][0]["requests"][0]["fields"]
    assert whole["external_id"] == "key-faro"
    assert whole["prices"] == {"USD": 9.9}


def test_requests_of_explain_are_those_that_apply_sends(shop: Shop) -> None:
    shop.title("faro")
    told = explained(shop, "faro.epub")["accounts"][0]["requests"]
    shop.run("apply", "--auto-approve").ended(0)
    [sent] = shop.writes
    assert told[0]["request"] == f"{sent.method} {sent.path}"
    assert told[0]["fields"] == sent.body


def test_unsupported_field_is_said_by_account(three: Trio) -> None:
    three.title(BOOK, imprint="Norte")
    edition = explained(three, f"{BOOK['id']}.epub", "imprint")
    assert all(account["requests"] == [] for account in edition["accounts"])
    assert {account["account"]: bool(account["unsupported"]) for account in edition["accounts"]} == dict.fromkeys(
        BOOK["editions"]["epub"]["publish"], True
    )
    assert "Unsupported, not sent:" in three.run("explain", f"{BOOK['id']}.epub", "imprint").ended(0).out


def test_every_account_makes_something_of_a_book(three: Trio) -> None:
    three.title(BOOK)
    edition = explained(three, f"{BOOK['id']}.epub")
    calls = {account["account"]: [request["request"] for request in account["requests"]] for account in edition["accounts"]}
    assert all(calls.values())
    assert any("POST /books" in requests for requests in calls.values())


@pytest.mark.parametrize(
    ("what", "hint"),
    [
        (["fara"], "Did you mean faro?"),
        (["faro.eub"], "Did you mean faro.epub?"),
        (["faro", "pricez"], "Did you mean prices?"),
        (["faro", "series.nam"], "Did you mean series.name?"),
        (["where-feild"], "Did you mean where-field?"),
        (["faro.epub", "publish.store.colections"], "Did you mean publish.store.collections?"),
        (["faro.epub", "publish.store.series.nam"], "Did you mean publish.store.series.name?"),
        (["faro.epub", "publish.store.nonsense"], "Without a field, all that is said is shown."),
    ],
)
def test_unknown_name_is_refused_with_the_nearest(shop: Shop, what: list[str], hint: str) -> None:
    shop.title("faro")
    ran = shop.run("explain", *what).ended(1)
    assert hint in ran.err


def test_title_with_a_mistake_is_explained_by_it(shop: Shop) -> None:
    shop.title("faro", titel="x")
    assert "Did you mean `title`?" in shop.run("explain", "faro").ended(1).err


def test_code_is_explained_without_a_project_in_the_words_of_the_page(shop: Shop, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("empty")
    (shop.folder / "catalogctl.yaml").unlink()
    out = shop.run("explain", "bad-isbn").ended(0).out
    assert "check digit" in out
    assert "What to do: " in out
    told = shop.run("-C", str(elsewhere), "explain", "bad-isbn", "--format", "json").ended(0).json
    assert (told["code"], told["section"]) == ("bad-isbn", "Values")


def test_title_goes_before_a_code_of_its_name(shop: Shop) -> None:
    shop.title("internal")
    assert "El faro" in shop.run("explain", "internal").ended(0).out


def test_account_tells_its_settings_and_the_environment_that_changes_them(shop: Shop) -> None:
    shop.project("environments: {staging: {accounts: {store: {currencies: [EUR]}}}}\n")
    shop.title("faro", edition={"prices": {"USD": "9.90", "EUR": "8.50"}})
    assert "environment staging" not in shop.run("explain", "faro", "prices").ended(0).out
    [edition] = shop.run("--env", "staging", "explain", "faro", "prices", "--format", "json").ended(0).json
    [account] = edition["accounts"]
    assert [(one["field"], one["value"], one["layer"], one["file"]) for one in account["settings"]] == [
        ("currencies", ["EUR"], "environment staging", "catalogctl.yaml")
    ]
    assert account["requests"][0]["fields"] == {"prices": {"EUR": 8.5}}


def test_what_one_account_is_told_is_said_beside_what_it_sends(shop: Shop) -> None:
    shop.title("faro", edition={"prices": {"USD": "9.90"}, "publish": {"store": {"prices": {"USD": "4.99"}}}})
    [edition] = shop.run("explain", "faro", "prices.USD", "--format", "json").ended(0).json
    [account] = edition["accounts"]
    assert [field["value"] for field in edition["fields"]] == ["9.90"]
    assert [(one["field"], one["value"]) for one in account["own"]] == [("publish.store.prices.USD", "4.99")]
    assert account["requests"][0]["fields"] == {"prices": {"USD": 4.99}}


def test_account_that_a_mistake_keeps_from_sending_says_so(three: Trio) -> None:
    edition = {**BOOK["editions"]["epub"], "files": {"content": "https://files.example.com/a.epub"}}
    three.title(BOOK, editions={"epub": edition})
    ran = three.run("explain", f"{BOOK['id']}.epub", "title").ended(1)
    assert "Nothing can be sent: it has a mistake." in ran.out
    assert "PublishDrive is sent the bytes of every file" in " ".join(ran.err.split())


@pytest.mark.parametrize("text", ["kind: title\nid: luz\ntitle: [x\n", "kind: title\nid: 'luz'   # ours\nlanguage: {a\n"])
def test_title_whose_file_cannot_be_read_is_explained_by_what_is_wrong_with_it(shop: Shop, text: str) -> None:
    shop.title("faro")
    shop.write("catalog/otro.yaml", text)
    shop.write("catalog/mar.yaml", "kind: title\nid: mar\ntitle: [y\n")
    err = shop.run("explain", "luz").ended(1).err
    assert "catalog/otro.yaml:" in err
    assert "catalog/mar.yaml" not in err
    assert "catalog/mar.yaml:" in shop.run("explain", "mar.epub").ended(1).err


def test_field_inside_a_list_is_explained_by_the_list_with_roles_in_words(shop: Shop) -> None:
    shop.title("faro", contributors=[{"name": "Ana Ruiz", "role": "author"}, {"name": "Eva Sol", "role": "illustrator"}])
    [people] = explained(shop, "faro.epub", "contributors.role")["fields"]
    assert people["field"] == "contributors"
    assert [person["role"] for person in people["value"]] == ["author", "illustrator"]
    assert '"role": "author"' in shop.run("explain", "faro", "contributors").ended(0).out
    assert "A01" not in shop.run("list", "--columns", "title,contributors,contributors.role", "--format", "csv").ended(0).out
