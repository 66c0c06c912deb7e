"""Whatever a store holds, what an import writes is valid, and the plan after it is empty.

Each row has what an API's form allows and no editor would let a person write: empty names, blanks of all kinds, unknown codes.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogctl.providers.openpublishing.sandbox import OpenPublishingSandbox, OpenPublishingSwitches
from catalogctl.providers.publicala.sandbox import PublicalaSandbox, PublicalaSwitches
from catalogctl.providers.publishdrive.sandbox import PublishdriveSandbox, PublishdriveSwitches
from catalogctl.sandbox import SandboxServer
from properties.test_whole import some as few
from shop import Environment, catalogctl

FEW = few(6)
KEYS = {"publicala": "token: '${env:PUBLICALA_TOKEN}'"}
UNDECLARABLE = (
    "It has no external id",
    "of its contributors has a name",
    "The account has no role for the words",
    "requires one for every",
    "without a narrator",
    "without an ISBN",
    "Invisible character",
    "Empty text",
    "has the wrong form",
    "the form asked for here",
    "Unknown c",
    "Price too precise",
    "At most 255 characters",
    "too long for the store",
    "cannot be looked up",
    "has blanks at its ends, which publica.la trims",
    "ALL means every country",
    "cannot be it",
    "objects have its key",
    "A currency that publica.la does not have",
    "is none that an edition could have",
)
"""Why something may be left alone: a fact that no file can say. Any other reason is a fault of the import."""

words = st.sampled_from(
    [
        "El faro",
        "  El faro ",
        "El\xa0faro\xa0",
        "null",
        "1984",
        "1e3",
        "true",
        "El  faro",
        "El\nfaro",
        "x\t",
        "#faro",
        "a: b",
        "a #3",
        "",
        " ",
        "él",
        "\u202ex",
        "x\x00",
        "x" * 300,
        "'",
        '"',
        "El faro\u200b",
        "@x",
        "=1+1",
        "李白",
        "x\x0by",
        "~",
        "<b>x</b>",
        "a\u2028b",
        "Hay, Louise",
    ]
)
descriptions = words | st.sampled_from(
    [
        "<p>Uno <b>dos</b></p>\r\n<p>tres</p>",
        "\n".join(f"línea {number}  \t" for number in range(40)),
        "a\r\nb\r\n\r\n",
        "   a\n  b",
        "a\rb",
        "a\n\n\n\nb",
        "nel\x85ls\u2028ps\u2029x",
        "- dash",
        "---\n...",
        "\n\nstart",
        "trailing   \n  next \n\n",
        "% %% {x} ${env:HOME}",
        "\xa0x\xa0",
        "x" * 5000,
    ]
)
languages = st.sampled_from(
    [
        "es",
        "EN",
        "pt-BR",
        "zh-Hant",
        "zh-Hans-CN",
        "pt_BR",
        "eng",
        "por",
        "fre",
        "iw",
        "ast",
        "es-419",
        "de-1996",
        " es ",
        "",
        "xx",
        "English",
        "i-klingon",
        "x-private",
        "mul",
        "und",
    ]
)
subjects = st.lists(
    st.sampled_from(["FIC000000", "JUV000000", "FIC", "fic000000", "", "Fiction / General", "FIC000000 ", "XX"]), max_size=3
)
terms = st.lists(words, max_size=3)
isbns = st.sampled_from(["9781496822482", "0306406152", "0-306-40615-2", "", "123", "9781496822483", " 9781496822482 ", "nope"])
days = st.sampled_from(["1800-01-01", "2020-02-29", "2199-12-31"])
amounts = st.sampled_from([0, 5, 9.99, 1234567.5])


def some(**told: st.SearchStrategy[Any]) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Draw rows, each with a few of these facts."""
    return st.lists(st.fixed_dictionaries({}, optional=told), min_size=4, max_size=12)


contents = some(
    name=words,
    description=descriptions,
    lang=languages,
    author=terms,
    publisher=terms,
    keyword=terms,
    category=terms,
    collection=terms,
    bisac=subjects,
    prices=st.dictionaries(st.sampled_from(["USD", "ARS", "INR"]), amounts, max_size=3),
    publication_date=days,
    extension=st.sampled_from(["epub", "pdf", "physical", "mp3", "mpga"]),
    free=st.booleans(),
    external_id=isbns | words,
)
people = st.lists(
    st.fixed_dictionaries(
        {
            "firstName": words,
            "lastName": words,
            "role": st.sampled_from(["Author", "Author", "Editor", "Narrated by", "Translator", "author", ""]),
        }
    ),
    max_size=3,
)
books = some(
    title=words,
    subtitle=words,
    description=descriptions,
    language=st.lists(languages, max_size=3),
    contributor=people,
    keyword=terms,
    category=subjects,
    copyright=words,
    isbn=isbns,
    externalId=isbns | words,
    publicationDate=days,
    format=st.sampled_from(["ebook", "audio", "print"]),
    saleTerritory=st.lists(st.sampled_from(["ALL", "US", "DE", "us", "EU", "UK", ""]), max_size=2),
    price=st.lists(st.fixed_dictionaries({"currency": st.sampled_from(["USD", "EUR", "JPY", "XYZ", "usd"]), "price": amounts}), max_size=2),
    status=st.sampled_from(["draft", "published", "withdrawn", "in_review", "action_needed", "odd"]),
    isFinalVersion=st.booleans(),
)
products = some(title=words, enabled=st.booleans())


@pytest.fixture(autouse=True, scope="module")
def _piped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in Environment(tmp_path_factory.mktemp("cache")).items():
            patch.setenv(name, value)
        patch.setenv("THE_KEY", "key-5ecret")
        yield


def imports(folder: Path, sandbox: Any, rows: list[dict[str, Any]], settings_: str = "") -> None:
    """Import all of a store that holds these rows, and demand an empty plan and no reason but those that there may be."""
    sandbox.seed(rows)
    name = sandbox.name
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "catalog").mkdir(parents=True)
    with SandboxServer({name: sandbox}) as server:
        key = KEYS.get(name, "api_key: '${env:THE_KEY}'")
        account = f"{{provider: {name}, base_url: {server.url(name)}, {key}, requests_per_minute: 100000{settings_}}}"
        (folder / "catalogctl.yaml").write_text(f"version: 1\naccounts: {{store: {account}}}\n", encoding="utf-8")
        done = catalogctl("-C", str(folder), "--quiet", "import", "store", "--all", "--write", "catalog").ended(0)
        for reason in done.out.partition("Left alone")[2].replace("\n        ", " ").split("\n      ")[1:]:
            assert any(why in reason for why in UNDECLARABLE), reason
        assert not any("ignore_changes" in path.read_text(encoding="utf-8") for path in (folder / "catalog").iterdir())
        catalogctl("-C", str(folder), "--quiet", "validate").ended(0)
        catalogctl("-C", str(folder), "--quiet", "plan", "--detailed-exitcode").ended(0)
        assert all(request.method == "GET" or request.path.endswith("/auth") for request in sandbox.requests)


def imports_both(folder: Path, shop: PublicalaSandbox, drive: PublishdriveSandbox) -> None:
    """Import two accounts that sell some of the same books, and demand valid files, an empty plan, and one title for each book."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "catalog").mkdir(parents=True)
    with SandboxServer({"publicala": shop, "publishdrive": drive}) as server:
        store = f"{{provider: publicala, base_url: {server.url('publicala')}, {KEYS['publicala']}, requests_per_minute: 100000}}"
        other = (
            f"{{provider: publishdrive, base_url: {server.url('publishdrive')}, api_key: '${{env:THE_KEY}}', requests_per_minute: 100000}}"
        )
        (folder / "catalogctl.yaml").write_text(f"version: 1\naccounts: {{store: {store}, drive: {other}}}\n", encoding="utf-8")
        catalogctl("-C", str(folder), "--quiet", "import", "store", "drive", "--all", "--write", "catalog").ended(0)
        catalogctl("-C", str(folder), "--quiet", "validate").ended(0)
        catalogctl("-C", str(folder), "--quiet", "fmt", "--check", "catalog").ended(0)
        catalogctl("-C", str(folder), "--quiet", "plan", "--detailed-exitcode").ended(0)
        assert all(request.method == "GET" for sandbox in (shop, drive) for request in sandbox.requests)


SHARED = ("9781496822482", "9780306406157", "9781234567897")


@given(first=contents, second=books)
@FEW
def test_books_that_two_stores_have_are_joined_and_declared_as_both_have_them(
    tmp_path_factory: pytest.TempPathFactory, first: Any, second: Any
) -> None:
    shop, drive = PublicalaSandbox(PublicalaSwitches(required_fields="lenient")), PublishdriveSandbox(PublishdriveSwitches(enums="open"))
    ours = [{**row, "external_id": isbn, "extension": "epub"} for row, isbn in zip(first, SHARED, strict=False)]
    theirs = [{**row, "isbn": isbn, "format": "ebook"} for row, isbn in zip(second, SHARED, strict=False)]
    shop.seed(ours + keyed("external_id", [row for row in first[3:] if "external_id" not in row]))
    drive.seed(
        keyed("externalId", [{name: value for name, value in row.items() if name != "externalId"} for row in (*theirs, *second[3:])])
    )
    imports_both(tmp_path_factory.getbasetemp() / "both", shop, drive)


def keyed(name: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give each row a key of its own, where it says none."""
    return [{name: f"k{number}", **row} for number, row in enumerate(rows)]


@pytest.mark.parametrize("switches", [{}, {"v3_docs": "A"}, {"v3_docs": "B"}], ids=str)
@given(rows=contents)
@FEW
def test_contents_of_publicala_are_declared_as_they_are(
    tmp_path_factory: pytest.TempPathFactory, switches: dict[str, Any], rows: Any
) -> None:
    sandbox = PublicalaSandbox(PublicalaSwitches(required_fields="lenient", **switches))
    imports(tmp_path_factory.getbasetemp() / "imported", sandbox, keyed("external_id", rows), ", content_api: v3" if switches else "")


@given(rows=books)
@FEW
def test_books_of_publishdrive_are_declared_as_they_are(tmp_path_factory: pytest.TempPathFactory, rows: Any) -> None:
    sandbox = PublishdriveSandbox(PublishdriveSwitches(enums="open"))
    imports(tmp_path_factory.getbasetemp() / "imported", sandbox, keyed("externalId", rows))


@given(rows=products)
@FEW
def test_products_of_open_publishing_are_declared_as_they_are(tmp_path_factory: pytest.TempPathFactory, rows: Any) -> None:
    sandbox = OpenPublishingSandbox(OpenPublishingSwitches(products="as_asked"))
    imports(tmp_path_factory.getbasetemp() / "imported", sandbox, [{"product": 100 + number, **row} for number, row in enumerate(rows)])
