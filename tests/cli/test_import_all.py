"""import ACCOUNT --all --write DIR: what a store holds becomes title files, and the plan after that is empty."""

from __future__ import annotations

import re
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from catalogctl.providers.openpublishing.sandbox import OpenPublishingSandbox, OpenPublishingSwitches
from catalogctl.providers.publishdrive.sandbox import PublishdriveSandbox, PublishdriveSwitches
from catalogctl.sandbox import Fault, FaultKind, SandboxServer
from shop import Environment, Ran, Shop, catalogctl, ended, opened, until

CHECKOUT = Path(__file__).parents[2]
"""Where the sample catalog lies, whatever is installed."""
ACCOUNTS = ("store", "publishdrive", "openpub")


@pytest.fixture(scope="module")
def sold(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The embedded stores as they are once the sample catalog has been applied."""
    folder = tmp_path_factory.mktemp("sold")
    for name in ("catalog", "schemas"):
        shutil.copytree(CHECKOUT / name, folder / name)
    shutil.copy(CHECKOUT / "catalogctl.yaml", folder)
    with pytest.MonkeyPatch.context() as environment:
        for name, value in Environment(tmp_path_factory.mktemp("cache")).items():
            environment.setenv(name, value)
        catalogctl("-C", str(folder), "--quiet", "apply", "--auto-approve").ended(0)
    return folder


@pytest.fixture
def empty(sold: Path, tmp_path: Path, piped: None) -> Path:  # noqa: ARG001 -- a fixture that needs another
    """A project that declares nothing, over the stores that the sample catalog was applied to."""
    (tmp_path / "catalog").mkdir()
    shutil.copy(sold / "catalogctl.yaml", tmp_path)
    shutil.copytree(sold / "schemas", tmp_path / "schemas")
    shutil.copytree(sold / ".catalogctl", tmp_path / ".catalogctl")
    return tmp_path


def run(folder: Path, *arguments: str) -> Ran:
    return catalogctl("-C", str(folder), "--quiet", *arguments)


def files(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}


@pytest.mark.parametrize("account", ACCOUNTS)
def test_what_was_applied_comes_back_and_the_plan_is_empty(empty: Path, account: str) -> None:
    done = run(empty, "import", account, "--all", "--write", f"catalog/{account}").ended(0)
    assert "A plan would change nothing about them." in done.out
    run(empty, "validate").ended(0)
    run(empty, "fmt", "--check", "catalog").ended(0)
    assert "No changes" in run(empty, "plan", "--detailed-exitcode").ended(0).out
    before = files(empty / "catalog" / account)
    again = run(empty, "import", account, "--all", "--write", f"catalog/{account}").ended(0)
    assert "There is nothing new to write." in again.out
    assert files(empty / "catalog" / account) == before


def test_all_accounts_together_are_one_catalog(empty: Path) -> None:
    for account in ACCOUNTS:
        run(empty, "import", account, "--all", "--write", f"catalog/{account}").ended(0)
    assert "No changes" in run(empty, "plan", "--detailed-exitcode").ended(0).out


def test_what_several_accounts_hold_is_one_title_a_work(empty: Path) -> None:
    done = run(empty, "import", *ACCOUNTS, "--all", "--write", "catalog/imported").ended(0)
    assert "8 objects of publishdrive joined with titles of the catalog (8 by ISBN)." in done.out
    assert "6 objects of openpub joined with titles of the catalog (6 by ISBN)." in done.out
    assert "doce-lunas-en-el-salar.audio  contributors" in done.out
    written = files(empty / "catalog/imported")
    assert not [name for name in written if name.endswith("-2.yaml") or name.startswith("product-")]
    assert "publishdrive: {published: true, final_version: true, territories: [ALL]}" in written["la-casa-de-las-mareas.yaml"]
    assert "      # publishdrive had it otherwise when it was imported: contributors.\n" in written["dom-casmurro.yaml"]
    run(empty, "validate").ended(0)
    run(empty, "fmt", "--check", "catalog").ended(0)
    assert "No changes" in run(empty, "plan", "--detailed-exitcode").ended(0).out
    again = run(empty, "import", *ACCOUNTS, "--all", "--write", "catalog/imported").ended(0)
    assert again.out.count("There is nothing new to write.") == 3
    assert files(empty / "catalog/imported") == written


def test_what_the_files_declare_already_is_recorded_and_no_file_changes(sold: Path, empty: Path) -> None:
    shutil.copytree(sold / "catalog", empty / "catalog", dirs_exist_ok=True)
    done = run(empty, "import", *ACCOUNTS, "--all", "--write", "catalog/imported").ended(0)
    assert done.out.count("There is nothing new to write.") == 3
    assert done.out.count("A plan would change nothing about them.") == 3
    assert "6 objects of openpub are managed or declared already." in done.out
    assert "44 objects recorded (8 book, 1 chapters, 27 file, 8 publication)" in " ".join(done.out.split())
    assert "store does not return these fields, so they count as declared: binding, cover," in done.out
    assert not (empty / "catalog/imported").exists()
    assert {path.relative_to(sold): path.read_bytes() for path in sold.rglob("catalog/**/*.*") if path.is_file()} == {
        path.relative_to(empty): path.read_bytes() for path in empty.rglob("catalog/**/*.*") if path.is_file()
    }
    assert "No changes" in run(empty, "plan", "--detailed-exitcode").ended(0).out


def test_a_title_file_is_as_a_person_would_have_written_it(empty: Path) -> None:
    run(empty, "import", "store", "--all", "--write", "catalog/imported").ended(0)
    written = files(empty / "catalog/imported")
    assert written["defaults.yaml"] == (
        "# yaml-language-server: $schema=../../schemas/defaults.schema.json\n"
        "kind: defaults\npublisher: Grupo Tres Orillas\nedition:\n  publish:\n    store: {content_api: v3}\n"
    )
    assert written["deferred.yaml"] == (
        "# yaml-language-server: $schema=../../schemas/title.schema.json\n"
        "# The store does not return the content file. To manage it, add `files: {content: …}`.\n"
        "kind: title\n"
        "id: deferred\n"
        "title: Deferred\n"
        "language: en\n"
        "contributors:\n"
        "  - {name: Tobias Okonedo-Finch, role: author}\n"
        "publication_date: 2025-02-27\n"
        "description: |\n"
        "  <p>The ship left with eleven thousand sleepers and one appointment to keep. It is now <em>two hundred years late</em>,\n"
        "  and somebody has been rescheduling it.</p>\n"
        "  <p>Mina Adeyemi-Holt is woken out of turn to find out who. She has a clipboard, a union card and forty days of air.</p>\n"
        "subjects: {bisac: [FIC028000, FIC028030]}\n"
        "keywords: [bureaucracy, generation ship, science fiction]\n"
        "editions:\n"
        "  epub:\n"
        "    format: epub\n"
        '    isbn: "9780948999130"\n'
        "    prices: {AUD: 11.99, EUR: 7.49, INR: 299.00, USD: 7.99}\n"
        "    publish:\n"
        "      store: {collections: [Saltmarsh House], categories: [Science fiction]}\n"
        "  pdf:\n"
        "    format: pdf\n"
        '    isbn: "9780948999161"\n'
        "    prices: {EUR: 7.49, USD: 7.99}\n"
        "    publish:\n"
        "      store: {collections: [Saltmarsh House], categories: [Science fiction]}\n"
    )


def test_what_was_imported_is_managed_like_anything_else(empty: Path) -> None:
    run(empty, "import", "store", "--all", "--write", "catalog/imported").ended(0)
    file = empty / "catalog/imported/deferred.yaml"
    dearer = file.read_text(encoding="utf-8").replace("USD: 7.99", "USD: 8.99")
    file.write_text(dearer, encoding="utf-8")
    assert "price_windows: []" in run(empty, "plan").ended(1).err
    file.write_text(dearer.replace("store: {", "store: {price_windows: [], "), encoding="utf-8")
    planned = run(empty, "plan", "--detailed-exitcode").ended(2)
    assert "Plan: 0 to create, 2 to update, 0 to replace, 0 to delete" in planned.out
    run(empty, "apply", "--auto-approve").ended(0)
    run(empty, "plan", "--detailed-exitcode").ended(0)


def test_a_file_that_is_added_later_is_taken_to_be_the_one_in_the_store(empty: Path) -> None:
    """It must not delete the content and create it again."""
    run(empty, "import", "store", "--all", "--write", "catalog/imported").ended(0)
    file = empty / "catalog/imported/deferred.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("  epub:\n", "  epub:\n    files: {content: https://files.example.com/d.epub}\n"), encoding="utf-8")
    run(empty, "plan", "--detailed-exitcode").ended(0)


def test_what_is_imported_and_gone_since_cannot_be_made_without_its_file(empty: Path) -> None:
    run(empty, "import", "store", "--all", "--write", "catalog/imported").ended(0)
    shutil.rmtree(empty / ".catalogctl/sandbox")
    told = run(empty, "plan", "--target", "deferred").ended(1).err
    assert "No content file" in told
    assert "catalog/imported/deferred.yaml:" in told


# ── what is there already ──

ROW = {"extension": "epub", "lang": "es", "publication_date": "2021-03-04", "author": ["Ana Ruiz"]}


def many(count: int) -> list[dict[str, Any]]:
    return [{**ROW, "external_id": f"key-{number:03}", "name": f"Tomo {number:03}", "prices": {"USD": 9.9}} for number in range(count)]


@pytest.fixture(params=["none", "A", "B"])
def stocked(request: pytest.FixtureRequest, tmp_path: Path, piped: None) -> Iterator[Shop]:  # noqa: ARG001 -- as above
    """A store with and without v3, and some contents that no one manages."""
    with opened(tmp_path, v3_docs=request.param) as shop:
        shop.sandbox.seed(many(20))
        yield shop


def test_what_is_declared_or_managed_is_not_written_again(stocked: Shop) -> None:
    stocked.title("mine", edition={"external_id": "key-003"})
    stocked.title("made", edition={"external_id": "key-made"})
    stocked.applied("--target", "made")
    done = stocked.run("import", "store", "--all", "--write", "catalog/imported").ended(0)
    assert "19 titles with 19 editions written to catalog/imported." in done.out
    assert "2 objects of store are managed or declared already." in done.out
    assert stocked.writes == []
    assert "store/content/mine.epub" in stocked.addresses, "its id is recorded: what is declared and there is adopted"


def test_what_a_person_wrote_is_recorded_as_the_store_has_it_where_that_is_known(stocked: Shop) -> None:
    """What no API of a store returns, such as authors by v1, counts as declared, and the import says so."""
    options: dict[str, Any] = {"categories": [], "collections": [], "countries": []}
    edition = {"external_id": "key-003", "publish": {"store": options}}
    said: dict[str, Any] = {"publisher": "Casa", "keywords": [], "subjects": {"bisac": []}}
    stocked.title("mine", edition=edition, title="Tomo 003", contributors=[{"name": "Eva Sol", "role": "author"}], **said)
    done = " ".join(stocked.run("import", "store", "--all", "--write", "catalog").ended(0).out.split())
    assert len(stocked.addresses) == 20
    if stocked.sandbox.switches.v3_docs == "none":
        assert "store does not return these fields, so they count as declared: " in done
        assert "contributors (author)" in done
        stocked.run("plan", "--detailed-exitcode").ended(0)
    else:
        assert "store has these fields otherwise than the files say, and the next plan changes them there: mine.epub contributors" in done
        assert "Eva Sol" in stocked.run("plan", "--detailed-exitcode").ended(2).out


def test_no_file_is_written_over_and_no_name_taken_twice(stocked: Shop) -> None:
    kept = stocked.write("catalog/imported/tomo-003.yaml", "removed: []\n")
    stocked.title("tomo-004", edition={"external_id": "key-other"})
    stocked.run("import", "store", "--all", "--write", "catalog/imported").ended(0)
    assert kept.read_text(encoding="utf-8") == "removed: []\n"
    names = {path.name for path in (stocked.folder / "catalog/imported").glob("*.yaml")}
    assert {"tomo-003-2021.yaml", "tomo-004-2021.yaml"} <= names
    assert "tomo-004.yaml" not in names


def test_what_most_titles_say_is_said_once_and_none_of_the_others_inherits_it(tmp_path: Path, piped: None) -> None:  # noqa: ARG001 -- as above
    with opened(tmp_path, v3_docs="A") as shop:
        houses: list[dict[str, Any]] = [*[{"publisher": ["Casa"]}] * 6, {"publisher": ["Otra"]}, {"lang": "pt"}]
        shop.sandbox.seed([{**row, **house} for row, house in zip(many(8), houses, strict=True)])
        shop.run("import", "store", "--all", "--write", "catalog/imported").ended(0)
        written = files(shop.folder / "catalog/imported")
        assert written["defaults.yaml"].startswith("kind: defaults\nlanguage: es\npublisher: Casa\n")
        assert sorted(name for name, text in written.items() if "publisher:" in text) == ["defaults.yaml", "tomo-006.yaml", "tomo-007.yaml"]
        assert "publisher: null" in written["tomo-007.yaml"]
        assert "language: pt" in written["tomo-007.yaml"]
        assert "No changes" in shop.run("plan", "--detailed-exitcode").ended(0).out


def test_defaults_that_hold_for_the_folder_are_reckoned_with(stocked: Shop) -> None:
    stocked.write(
        "catalog/defaults.yaml",
        "kind: defaults\nlanguage: pt\npublisher: Casa\nkeywords: [uno]\nedition: {prices: {EUR: 1.00}, publish: {store: {free: true}}}\n",
    )
    stocked.run("import", "store", "--all", "--write", "catalog/imported").ended(0)
    stocked.run("plan", "--detailed-exitcode").ended(0)
    assert not (stocked.folder / "catalog/imported/defaults.yaml").exists()


def test_only_what_is_named_is_imported(stocked: Shop) -> None:
    ids = {str(row["external_id"]): str(row["id"]) for row in stocked.sandbox.rows()}
    arguments = ("import", "store", "--all", "--write", "catalog/imported", "--only", ids["key-003"])
    stocked.run(*arguments, "--only", ids["key-007"]).ended(0)
    assert stocked.addresses == ["store/content/tomo-003.epub", "store/content/tomo-007.epub"]
    assert "shows no object with the id 999" in stocked.run(*arguments, "--only", "999").ended(1).err


def test_a_list_that_never_adds_up_is_imported_with_a_warning(tmp_path: Path, piped: None) -> None:  # noqa: ARG001 -- as above
    with opened(tmp_path, v3_docs="none") as shop:
        shop.sandbox.seed(many(2))
        shop.server.inject(Fault(kind=FaultKind.DISTORT, path="/issues\\?", count=None, rows="doubled"))
        told = shop.run("import", "store", "--all", "--write", "catalog/imported").ended(0)
        assert "there may be more contents" in " ".join(told.err.split())


def test_what_a_store_without_v3_does_not_tell_is_said_in_the_file(tmp_path: Path, piped: None) -> None:  # noqa: ARG001 -- as above
    with opened(tmp_path, v3_docs="none") as shop:
        shop.sandbox.seed(many(1))
        shop.run("import", "store", "--all", "--write", "catalog/imported").ended(0)
        text = " ".join((tmp_path / "catalog/imported/tomo-000.yaml").read_text(encoding="utf-8").split())
        assert "By its v1 API the store does not return authors" in text
        shop.run("plan", "--detailed-exitcode").ended(0)


def test_what_cannot_be_declared_is_left_alone_and_named(stocked: Shop) -> None:
    stocked.sandbox.seed([{**ROW, "external_id": "odd", "name": "Odd \x1b[31mone", "extension": "cbz"}])
    done = stocked.run("import", "store", "--all", "--write", "catalog/imported").ended(0)
    assert "Left alone, 1 object:" in done.out
    assert "Its type 'cbz' is none that an edition could have." in " ".join(done.out.split())
    assert "\x1b" not in done.all
    stocked.run("plan", "--detailed-exitcode").ended(0)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("nobody", "catalog/imported"), "Unknown account"),
        (("store", "elsewhere"), "A folder that no plan reads"),
        (("store", "../outside"), "A folder that no plan reads"),
        (("store", "catalog/there.json"), "A folder that no plan reads"),
    ],
)
def test_what_cannot_be_written_is_refused_before_any_request(shop: Shop, arguments: tuple[str, str], told: str) -> None:
    shop.title("there")
    account, folder = arguments
    assert told in shop.run("import", account, "--all", "--write", folder).ended(1).err
    assert shop.requests == ()


# ── interrupted ──


def _expected(tmp_path: Path, rows: list[dict[str, Any]]) -> dict[str, str]:
    folder = tmp_path / "in-one-go"
    folder.mkdir()
    with opened(folder, v3_docs="A") as shop:
        shop.sandbox.seed(rows)
        shop.run("import", "store", "--all", "--write", "catalog/imported").ended(0)
        return files(folder / "catalog/imported")


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_run_that_is_cut_off_is_gone_on_with(tmp_path: Path, piped: None, how: signal.Signals) -> None:  # noqa: ARG001 -- as above
    rows = many(400)
    expected = _expected(tmp_path, rows)
    folder = tmp_path / "in-two"
    folder.mkdir()
    with opened(folder, v3_docs="A") as shop:
        shop.sandbox.seed(rows)
        imported = folder / "catalog/imported"
        process = shop.start("import", "store", "--all", "--write", "catalog/imported")
        until(lambda: process.poll() is not None or len(list(imported.glob("*.yaml"))) > 20, "some files")
        process.send_signal(how)
        told = " ".join(ended(process).err.split())
        if how is signal.SIGINT:
            assert "catalogctl import store --all --write catalog/imported" in told
            written = re.search(r"this run has written (\d+) titles to catalog/imported and recorded 0 objects", told)
            assert written is not None
            assert int(written[1]) <= len(list(imported.glob("*.yaml"))) <= int(written[1]) + 2  # the defaults, and the one under way
        shop.run("import", "store", "--all", "--write", "catalog/imported").ended(0)
        assert files(imported) == expected
        assert len(shop.addresses) == 400
        shop.run("plan", "--detailed-exitcode").ended(0)


def test_a_run_that_is_cut_off_before_it_recorded_anything_is_gone_on_with(tmp_path: Path, piped: None) -> None:  # noqa: ARG001 -- as above
    with opened(tmp_path, v3_docs="A") as shop:
        shop.sandbox.seed(many(30))
        shop.server.latency = 0.5
        process = shop.start("import", "store", "--all", "--write", "catalog/imported")
        until(lambda: len(list((tmp_path / "catalog/imported").glob("*.yaml"))) == 31, "all files")
        process.kill()
        ended(process)
        assert not (tmp_path / "state/default.json").exists()
        shop.server.latency = 0.0
        done = shop.run("import", "store", "--all", "--write", "catalog/imported").ended(0)
        assert "There is nothing new to write." in done.out
        assert "30 objects recorded" in done.out
        shop.run("plan", "--detailed-exitcode").ended(0)


# ── every reading of the documents ──

LONG = "<p>" + "Un párrafo largo sobre el faro. " * 8 + "</p>\n<p>Y otro...</p>"


@pytest.mark.parametrize(
    "switches",
    [
        {},
        {"html_echo": "crlf"},
        {"list_descriptions": "truncated"},
        {"list_descriptions": "truncated", "single_get": "issue"},
        {"audio_file_type": "mpga", "empty_prices": "object"},
        {"v3_docs": "A"},
        {"v3_docs": "A", "audio_file_type": "audio", "file_is_track": True, "html_echo": "crlf"},
        {"v3_docs": "A", "metadata_names": "singular"},
        {"v3_docs": "A", "metadata_terms": "documented"},
        {"v3_docs": "B"},
        {"v3_docs": "B", "isbn_echo": "hyphenated"},
    ],
    ids=str,
)
def test_the_plan_is_empty_however_the_documents_are_read(tmp_path: Path, piped: None, switches: dict[str, Any]) -> None:  # noqa: ARG001
    with opened(tmp_path, **switches) as shop:
        shop.title(
            "faro", description=LONG, subtitle="Una luz", publisher="Casa", subjects={"bisac": ["FIC000000"]}, keywords=["mar", "luz"]
        )
        shop.title(
            "isbn", edition={"external_id": None, "isbn": "9781496822482", "publish": {"store": {"free": True, "collections": ["Uno"]}}}
        )
        shop.title(
            "papel", edition={"format": "print", "files": None, "pages": 9, "binding": "Rústica", "publish": {"store": {"stock": 3}}}
        )
        shop.title("voz", edition={"format": "audiobook", "files": {"content": "https://files.example.com/voz.mp3"}, "prices": None})
        if "v3_docs" in switches:
            tracks = [{"id": f"t{number}", "title": "Capítulo", "file": f"https://files.example.com/{number}.mp3"} for number in range(3)]
            shop.title("serie", edition={"format": "audiobook", "files": None, "tracks": tracks})
        shop.applied()
        for name in ("catalog", "state"):
            shutil.rmtree(tmp_path / name)
        (tmp_path / "catalog").mkdir()
        done = shop.run("import", "store", "--all", "--write", "catalog/imported").ended(0)
        assert "A plan would change nothing about them." in done.out
        assert "Left alone" not in done.out
        shop.run("plan", "--detailed-exitcode").ended(0)
        assert shop.writes == []


def _served(name: str, switches: dict[str, Any]) -> PublishdriveSandbox | OpenPublishingSandbox:
    if name == "publishdrive":
        return PublishdriveSandbox(PublishdriveSwitches(enums="open", **switches))
    return OpenPublishingSandbox(OpenPublishingSwitches(products="as_asked", **switches))


def _project(folder: Path, name: str, account: str, url: str) -> None:
    """Write a project whose one account is on a served emulation, and which takes the editions of others for its own."""
    folder.mkdir()
    (folder / "catalog").mkdir()
    block = f"{{provider: {name}, base_url: {url}, api_key: '${{env:THE_KEY}}', requests_per_minute: 100000}}"
    others = "".join(f"  {other}: {{provider: {PROVIDERS[other]}, base_url: sandbox}}\n" for other in ACCOUNTS if other != account)
    assets = "assets:\n  publish: {type: directory, url: public/, base_url: https://files.example.com/}\n"
    (folder / "catalogctl.yaml").write_text(f"version: 1\naccounts:\n  {account}: {block}\n{others}{assets}", encoding="utf-8")


PROVIDERS = {"store": "publicala", "publishdrive": "publishdrive", "openpub": "openpublishing"}


@pytest.mark.parametrize(
    ("account", "switches"),
    [
        ("publishdrive", {}),
        ("publishdrive", {"files_echo_sha256": "yes", "language_case": "as_sent", "attach_same_role": "adds"}),
        ("publishdrive", {"details_when_other_format": "absent", "review": "at_once", "meta_per_page": "twenty"}),
        ("openpub", {}),
        ("openpub", {"envelope": "bare", "enabled_as": "text", "covers": "normalised"}),
        ("openpub", {"envelope": "links_items", "enabled_as": "one", "byproducts": "yes"}),
        ("openpub", {"errors_in_200": "yes", "validation": "object"}),
    ],
    ids=str,
)
def test_the_plan_of_the_other_services_is_empty_too(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    piped: None,  # noqa: ARG001 -- as above
    account: str,
    switches: dict[str, Any],
) -> None:
    monkeypatch.setenv("THE_KEY", "key-5ecret")
    name = PROVIDERS[account]
    sandbox = _served(name, switches)
    with SandboxServer({name: sandbox}) as server:
        first, second = tmp_path / "first", tmp_path / "second"
        for folder in (first, second):
            _project(folder, name, account, server.url(name))
        shutil.copytree(CHECKOUT / "catalog", first / "catalog", dirs_exist_ok=True)
        run(first, "apply", "--auto-approve", "--target", f"{account}/*").ended(0)
        sandbox.clear_log()
        done = run(second, "import", account, "--all", "--write", "catalog").ended(0)
        assert "A plan would change nothing about them." in done.out
        assert "Left alone" not in done.out
        run(second, "plan", "--detailed-exitcode").ended(0)
        assert all(request.method == "GET" or request.path.endswith("/auth") for request in sandbox.requests)


CREDITS = (
    ("Seneca", ""),
    ("", "Seneca"),
    (" Inés ", "Brandt\u00a0"),
    ("Ana  María", "de la  Cruz"),
    ("", "Harbour Survey Office"),
    ("Gabriel", "García Márquez"),
    ("Martin Luther", "King, Jr."),
    ("Hay,", "Louise"),
    ("Kimberly Kim", "Kim"),
    ("Ana\nB", "Ruiz (ed.)"),
    ("李白", ""),
    ("true", "1e3 # x"),
)
"""First and last names as stores have them."""


def test_the_plan_is_empty_whatever_the_names_of_contributors_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, piped: None) -> None:  # noqa: ARG001
    monkeypatch.setenv("THE_KEY", "key-5ecret")
    sandbox = _served("publishdrive", {})
    nobody = {"firstName": " ", "lastName": "", "role": "Author"}
    translator = {"firstName": "Emil", "lastName": "Vass", "role": "Translator"}
    authors = [{"firstName": first, "lastName": last, "role": "Author"} for first, last in CREDITS]
    usual = {"title": " El faro ", "isbn": "0-306-40615-2"}
    sandbox.seed(
        {**usual, "externalId": f"k{number}", "contributor": [nobody, translator, author, author]} for number, author in enumerate(authors)
    )
    with SandboxServer({"publishdrive": sandbox}) as server:
        _project(tmp_path / "p", "publishdrive", "publishdrive", server.url("publishdrive"))
        done = run(tmp_path / "p", "import", "publishdrive", "--all", "--write", "catalog").ended(0)
        assert f"{len(CREDITS)} titles" in done.out
        assert "A plan would change nothing about them." in done.out
        assert "Left alone" not in done.out
        assert not any("ignore_changes" in text for text in files(tmp_path / "p/catalog").values())
        run(tmp_path / "p", "plan", "--detailed-exitcode").ended(0)


@pytest.mark.parametrize("docs", ["A", "B"])
def test_the_plan_is_empty_whatever_a_store_has_for_authors_and_publishers(tmp_path: Path, piped: None, docs: str) -> None:  # noqa: ARG001
    told: tuple[dict[str, Any], ...] = (
        {"publisher": ["Otra", "Casa"], "author": ["Seneca", "Hay, Louise"]},
        {"publisher": [" Casa"], "author": [" Inés Brandt\u00a0", "", "A", "A"]},
        {"publisher": [""], "category": ["Novela "], "keyword": [" mar ", "luz", "luz"]},
    )
    with opened(tmp_path, v3_docs=docs, required_fields="lenient") as shop:
        project = tmp_path / "catalogctl.yaml"
        text = project.read_text(encoding="utf-8")
        project.write_text(text.replace("    provider: publicala\n", "    provider: publicala\n    content_api: v3\n"), encoding="utf-8")
        shop.sandbox.seed({"external_id": f"k{number}", "name": " El faro", "lang": "es", **row} for number, row in enumerate(told))
        done = shop.run("import", "store", "--all", "--write", "catalog/imported").ended(0)
        assert "A plan would change nothing about them." in done.out
        assert "Left alone" not in done.out
        written = "".join(files(tmp_path / "catalog/imported").values())
        assert "publishers: [Otra, Casa]" in written
        assert "ignore_changes" not in written
        shop.run("plan", "--detailed-exitcode").ended(0)
        # They are managed from then on.
        titles = [path for path in (tmp_path / "catalog/imported").iterdir() if "[Otra, Casa]" in path.read_text(encoding="utf-8")]
        titles[0].write_text(titles[0].read_text(encoding="utf-8").replace("[Otra, Casa]", "[Casa, Otra]"), encoding="utf-8")
        shop.applied()
        assert shop.rows["k0"]["publisher"] == ["Casa", "Otra"]


def test_where_a_service_does_not_list_all_the_ids_are_asked_for(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    piped: None,  # noqa: ARG001 -- as above
) -> None:
    monkeypatch.setenv("THE_KEY", "key-5ecret")
    sandbox = OpenPublishingSandbox(OpenPublishingSwitches())
    sandbox.seed([{"product": 4711, "title": "El faro"}, {"product": 4711, "type": "ebook_pdf", "file_name": "faro.pdf"}])
    with SandboxServer({"openpublishing": sandbox}) as server:
        _project(tmp_path / "p", "openpublishing", "openpub", server.url("openpublishing"))
        server.inject(Fault(kind=FaultKind.FAIL, path="/products$", status=400))
        arguments = ("import", "openpub", "--all", "--write", "catalog")
        told = run(tmp_path / "p", *arguments).ended(1).err
        assert " import openpub --all --write DIR --only 4711" in " ".join(told.split())
        run(tmp_path / "p", *arguments, "--only", "4711").ended(0)
        text = (tmp_path / "p/catalog/el-faro.yaml").read_text(encoding="utf-8")
        assert "openpub: {product: 4711, distribution: {enabled: false}}" in text
        assert "faro.pdf as ebook_pdf" in text
        run(tmp_path / "p", "plan", "--detailed-exitcode").ended(0)


def test_every_account_is_known_before_anything_is_written_for_the_first(shop: Shop) -> None:
    refused = shop.run("import", "store", "stroe", "--all", "--write", "catalog/in").ended(1)
    assert "stroe" in refused.err
    assert not (shop.folder / "catalog/in").exists()
    assert not (shop.folder / "state").exists()
