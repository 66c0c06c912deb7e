"""What a publish block says: facts of the edition for one account alone, beside the provider's own options."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from catalogctl.config.documents import load
from catalogctl.config.project import load_project
from catalogctl.config.resolve import Resolved, resolve
from catalogctl.config.schema.document import SharedFacts, StoreFacts
from catalogctl.config.store_facts import FACTS, SHARED_FACTS, split
from catalogctl.model.title import Edition, Series, Track
from unit.config.folder import PROJECT, told, write

OPTIONS: Mapping[str, tuple[str, ...]] = {"store": ("free", "subjects", "countries"), "drive": ("published", "subjects", "files")}
WORDS = {"subjects": ["FIC"], "copyright": "SELF", "files": {"pod_cover": "a"}, "audience": "adults"}
ACCOUNTS = PROJECT + "  drive: {provider: publishdrive, base_url: sandbox}\n"


def catalog(folder: Path, files: Mapping[str, str | bytes], environment: str = "default") -> Resolved:
    return resolve(load(load_project(write(folder, {"catalogctl.yaml": ACCOUNTS, **files}), environment)), options=OPTIONS)


def title(publish: str, edition: str = "") -> str:
    return (
        "kind: title\nid: a\ntitle: A\nsubtitle: Of all\nlanguage: pt\nseries: {name: Norte, number: 3}\nterritories: [ALL]\n"
        "subjects: {bisac: [FIC000000], thema: [FB]}\nkeywords: [sea]\n"
        "editions:\n  epub:\n    format: epub\n    isbn: 9781496822482\n    prices: {USD: 9.99, EUR: 8.99}\n"
        f"{edition}    publish: {publish}\n"
    )


def seen(folder: Path, publish: str, *accounts: str, defaults: str = "", edition: str = "") -> list[Edition]:
    files = {"catalog/x/a.yaml": title(publish, edition)} | ({"catalog/defaults.yaml": defaults} if defaults else {})
    found = catalog(folder, files)
    assert told(found.diagnostics) == []
    return [found.titles[0].editions[0].seen_by(account) for account in accounts]


def test_the_names_of_facts_are_those_of_the_models() -> None:
    assert set(StoreFacts.model_fields) == FACTS
    assert set(SharedFacts.model_fields) == SHARED_FACTS


@pytest.mark.parametrize(
    ("said", "own", "facts", "options"),
    [
        ({"free": True, "prices": {"USD": 1}}, ["free"], {"prices": {"USD": 1}}, {"free": True}),
        ({"subjects": ["FIC"]}, ["subjects"], {}, {"subjects": ["FIC"]}),
        ({"subjects": {"bisac": []}}, ["subjects"], {"subjects": {"bisac": []}}, {}),
        ({"subjects": None}, ["subjects"], {}, {"subjects": None}),
        ({"subjects": None}, [], {"subjects": None}, {}),
        ({"files": {"cover": "a", "pod_cover": "b"}}, ["files"], {"files": {"cover": "a"}}, {"files": {"pod_cover": "b"}}),
        ({"files": {"cover": "a"}}, ["files"], {"files": {"cover": "a"}}, {}),
        ({"files": {"other": "a"}}, [], {"files": {"other": "a"}}, {}),
        ({"files": {}}, ["files"], {}, {"files": {}}),
        ({"copyright": "SELF"}, ["copyright"], {}, {"copyright": "SELF"}),
        ({"copyright": {"year": 2019}}, ["copyright"], {"copyright": {"year": 2019}}, {}),
        ({"audience": "adults", "pages": 3}, ["audience"], {"pages": 3}, {"audience": "adults"}),
        (
            {"subjects": ["FIC"], "copyright": "SELF", "files": {"pod_cover": "a"}, "pages": 3},
            None,
            {"pages": 3},
            {"subjects": ["FIC"], "copyright": "SELF", "files": {"pod_cover": "a"}},
        ),
        ({"pages": [1, 2]}, ["pages"], {}, {"pages": [1, 2]}),
        ({"territories": ["ALL"]}, ["published"], {"territories": ["ALL"]}, {}),
    ],
)
def test_facts_and_options_are_told_apart(said: dict[str, object], own: list[str] | None, facts: object, options: object) -> None:
    assert split(said, own) == (facts, options)


def test_an_account_sees_what_it_alone_is_told_and_the_others_do_not(tmp_path: Path) -> None:
    publish = (
        "{store: {free: true, title: B, subtitle: , prices: {USD: 4.99, EUR: , ARS: 100}, series: {name: Sur}, territories: {except: [US]},"
        " keywords: [mar], publication_date: 2030-01-02, isbn: 978-0-306-40615-7, pages: 9, contributors: [{name: Ana, role: author}],"
        " subjects: {bisac: [FIC019000]}, language: pt-BR}, drive: {}}"
    )
    store, drive = seen(tmp_path, publish, "store", "drive")
    assert store.prices == {"USD": Decimal("4.99"), "ARS": Decimal(100)}
    about = store.metadata
    assert (about.title, about.subtitle, about.series, about.language) == ("B", None, Series("Sur"), "pt-BR")
    assert (about.keywords, about.publication_date, len(about.territories)) == (("mar",), date(2030, 1, 2), 248)
    assert (about.bisac, about.thema) == (("FIC019000",), ("FB",))
    assert [person.name for person in about.contributors] == ["Ana"]
    assert (store.isbn, store.external_id, store.pages) == ("9780306406157", "9780306406157", 9)
    assert store.publish["store"] == {"free": True}
    assert drive.prices == {"USD": Decimal("9.99"), "EUR": Decimal("8.99")}
    assert (drive.metadata.title, drive.metadata.subtitle, drive.isbn) == ("A", "Of all", "9781496822482")
    assert drive.metadata.series == Series("Norte", "3")


def test_what_an_account_is_told_nearest_wins_and_goes_before_what_all_are_told(tmp_path: Path) -> None:
    told_to_store = "{subtitle: S, imprint: I, prices: {USD: 3, EUR: 2}}"
    defaults = f"kind: defaults\nsubtitle: D\nedition:\n  prices: {{MXN: 1}}\n  publish: {{store: {told_to_store}}}\n"
    publish = "{store: {prices: {USD: 1, MXN: }}}"
    [store] = seen(tmp_path, publish, "store", defaults=defaults)
    assert store.prices == {"USD": Decimal(1), "EUR": Decimal(2)}
    assert (store.metadata.subtitle, store.metadata.imprint) == ("S", "I")
    [store] = seen(tmp_path, "{store: {subtitle: , prices: }}", "store", defaults=defaults)
    assert (store.metadata.subtitle, store.prices) == (None, {})


def test_an_account_that_is_taken_back_takes_its_facts_along(tmp_path: Path) -> None:
    above = "kind: defaults\nedition: {publish: {store: {imprint: Far}}}\n"
    nearer = "kind: defaults\nedition: {publish: {store: false}}\n"
    files = {"catalog/defaults.yaml": above, "catalog/x/defaults.yaml": nearer, "catalog/x/a.yaml": title("{store: {pages: 3}}")}
    store = catalog(tmp_path, files).titles[0].editions[0].seen_by("store")
    assert (store.metadata.imprint, store.pages) == (None, 3)


def test_files_and_tracks_may_be_an_accounts_own(tmp_path: Path) -> None:
    audio = """
        kind: title
        id: a
        title: A
        editions:
          audio:
            format: audiobook
            files: {cover: "https://x.example/all.jpg"}
            tracks: [{id: one, title: One, file: "https://x.example/1.mp3"}]
            publish:
              store: {tracks: [{id: uno, title: Uno, file: "https://x.example/uno.mp3"}], files: {cover: }}
              drive: {files: {cover: "https://x.example/drive.jpg", audio_cover: "https://x.example/other.jpg"}}
    """
    found = catalog(tmp_path, {"catalog/a.yaml": audio})
    assert told(found.diagnostics) == []
    [edition] = found.titles[0].editions
    store, drive = edition.seen_by("store"), edition.seen_by("drive")
    assert [(track.id, track.file and track.file.location) for track in store.tracks] == [("uno", "https://x.example/uno.mp3")]
    assert store.cover is None
    assert drive.cover is not None
    assert drive.cover.location == "https://x.example/drive.jpg"
    assert [(track.id, type(track)) for track in drive.tracks] == [("one", Track)]
    assert {account: sorted(files) for account, files in drive.files.items()} == {"drive": ["audio_cover"]}


def test_a_file_of_an_account_is_looked_at_as_what_it_is_used_as(tmp_path: Path) -> None:
    publish = "{store: {files: {cover: no.jpg}}}"
    found = catalog(tmp_path, {"catalog/a.yaml": title(publish), "catalog/no.jpg": b"no picture"})
    assert [(item.code, item.source and item.source.line) for item in found.diagnostics] == [("asset-kind", 15)]


@pytest.mark.parametrize(
    ("publish", "code", "at"),
    [
        ("{store: {prices: {USD: 1.999}}}", "price-precision", "1.999"),
        ("{store: {prices: {ABC: 1}}}", "bad-currency", "ABC"),
        ("{store: {prices: 3}}", "wrong-type", "3"),
        ("{store: {territories: [latam]}}", "bad-country", "latam"),
        ('{store: {territories: {except: ["001"]}}}', "territories-none", '{except: ["001"]}'),
        ("{store: {publication_date: 2026-02-30}}", "bad-date", "2026-02-30"),
        ('{store: {files: {kover: "https://x.example/a.jpg"}}}', "unknown-field", "kover"),
        ("{store: {tracks: [{id: one, title: One}]}}", "tracks-not-audiobook", "tracks"),
        ("{store: {contributors: [{name: Ana}]}}", "missing-field", "{name: Ana}"),
    ],
)
def test_what_is_wrong_with_a_fact_is_told_in_the_publish_block(tmp_path: Path, publish: str, code: str, at: str) -> None:
    found = catalog(tmp_path, {"catalog/a.yaml": title(publish)})
    [problem] = found.diagnostics
    place = problem.source
    assert place is not None
    assert (problem.code, place.line, place.text[place.column - 1 : place.end_column - 1]) == (code, 15, at)
    assert found.titles == ()


@pytest.mark.parametrize("fact", ["isbn: 9781496822482", "title: B", "external_id: one", "tracks: []", "files: {cover: a.jpg}"])
def test_defaults_may_not_say_what_only_one_edition_can_have(tmp_path: Path, fact: str) -> None:
    files = {"catalog/defaults.yaml": f"kind: defaults\nedition:\n  publish:\n    store: {{{fact}}}\n"}
    assert told(catalog(tmp_path, files).diagnostics) == ["catalog/defaults.yaml:4:13 unknown-field"]


def test_what_defaults_say_wrong_to_an_account_is_told_once(tmp_path: Path) -> None:
    files = {"catalog/defaults.yaml": "kind: defaults\nedition: {publish: {store: {pages: none}}}\n"}
    files |= {f"catalog/{name}.yaml": title("{store: {}}").replace("id: a", f"id: {name}") for name in "abc"}
    assert told(catalog(tmp_path, files).diagnostics) == ["catalog/defaults.yaml:2:36 wrong-type"]


def test_a_fact_of_an_account_stands_where_it_is_said(tmp_path: Path) -> None:
    defaults = "kind: defaults\nedition:\n  publish:\n    store: {imprint: I}\n"
    found = catalog(tmp_path, {"catalog/defaults.yaml": defaults, "catalog/a.yaml": title("{store: {prices: {USD: 1}}, drive: {}}")})
    a = found.titles[0]
    lines = {
        (field, account): str(found.place(a, "epub", field, account=account)).rpartition(":")[0]
        for field in ("prices.USD", "prices.EUR", "imprint", "title", "external_id")
        for account in ("store", "drive")
    }
    assert lines["prices.USD", "store"] == "catalog/a.yaml:15"
    assert lines["prices.USD", "drive"] == lines["prices.EUR", "store"] == lines["prices.EUR", "drive"] == "catalog/a.yaml:14"
    assert lines["imprint", "store"] == "catalog/defaults.yaml:4"
    assert lines["title", "store"] == "catalog/a.yaml:3"
    assert lines["external_id", "store"] == "catalog/a.yaml:13"


def test_an_account_takes_the_prices_in_its_currencies_and_those_said_to_it(tmp_path: Path) -> None:
    project = ACCOUNTS.replace("store: {", "store: {currencies: [USD, ARS], ")
    found = catalog(tmp_path, {"catalogctl.yaml": project, "catalog/a.yaml": title("{store: {prices: {MXN: 5}}, drive: {}}")})
    store, drive = (found.titles[0].editions[0].seen_by(account) for account in ("store", "drive"))
    assert store.prices == {"USD": Decimal("9.99"), "MXN": Decimal(5)}
    assert sorted(drive.prices) == ["EUR", "USD"]


def test_an_environment_may_route_currencies_otherwise(tmp_path: Path) -> None:
    project = ACCOUNTS + "environments: {staging: {accounts: {store: {currencies: [EUR]}}}}\n"
    found = catalog(tmp_path, {"catalogctl.yaml": project, "catalog/a.yaml": title("{store: {}}")}, "staging")
    assert sorted(found.titles[0].editions[0].seen_by("store").prices) == ["EUR"]


def test_a_title_is_seen_by_an_account_with_all_its_editions(tmp_path: Path) -> None:
    files = {"catalog/a.yaml": title("{store: {pages: 3}, drive: {}}") + "  pdf: {format: pdf, publish: {store: {}, drive: {}}}\n"}
    a = catalog(tmp_path, files).titles[0]
    assert [edition.pages for edition in a.seen_by("store").editions] == [3, None]
    assert a.seen_by("drive") is a
