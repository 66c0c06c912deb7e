from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from catalogctl.config.resolve import Resolved
from catalogctl.config.syntax.source import Part
from catalogctl.model.address import Address
from catalogctl.model.diagnostics import Pointer
from catalogctl.model.measure import Measure
from catalogctl.model.title import Edition, Format, Ignore, Lifecycle, Series
from unit.config.folder import TITLE, resolved, told

DEFAULTS = """
kind: defaults
publisher: House
language: es
territories: [AR, UY]
series: {name: House classics, number: 1}
edition:
  prices: {USD: 9.99, EUR: 8.99}
  publish: {store: {collections: [All], free: false}, store-mx: {}}
  lifecycle: {protect: true}
"""

NEARER = """
kind: defaults
imprint: Nearer
language: pt
territories:
edition:
  prices: {EUR: 7.99, MXN: 150}
  publish: {store: {collections: [Nearer]}}
"""

LAYERED = """
kind: title
id: a
title: A
series: {name: Other}
editions:
  plain: {format: epub}
  special:
    format: pdf
    title: A in large type
    language: en
    prices: {USD: , EUR: 1}
    publish: {store: {free: true, collections: }, store-mx: false}
    lifecycle: {protect: false, ignore_changes: [description]}
"""

FILES = {"catalog/defaults.yaml": DEFAULTS, "catalog/near/defaults.yaml": NEARER, "catalog/near/deep/a.yaml": LAYERED}


def editions(catalog: Resolved) -> dict[str, Edition]:
    assert not catalog.diagnostics.errors, told(catalog.diagnostics)
    return {edition.id: edition for title in catalog.titles for edition in title.editions}


def test_a_whole_title_is_resolved(tmp_path: Path) -> None:
    text = """
        kind: title
        id: mirror-work
        title: Trabalhando com o Espelho
        subtitle: Sub
        language: pt
        contributors: [{name: Louise Hay, role: author}]
        publisher: publica.la
        publication_date: 2019-09-13
        description: <p>Blurb</p>
        subjects: {bisac: [SEL009000], thema: [VS]}
        keywords: [espelho]
        editions:
          epub:
            format: epub
            isbn: 9781496822482
            external_id: isbn112233441
            prices: {USD: 2.00}
            files: {content: https://cdn.example.com/a.epub?X-Amz-Signature=1}
            publish: {store: {stock: 3}}
            height: 34
          audio:
            format: audiobook
            tracks: [{id: intro, title: Introduction, file: https://cdn.example.com/intro.mp3}]
    """
    found = editions(resolved(tmp_path, {"catalog/a.yaml": text}))
    epub, audio = found["epub"], found["audio"]
    assert (epub.format, epub.isbn, epub.external_id) == (Format.EPUB, "9781496822482", "isbn112233441")
    assert epub.height == Measure(Decimal(34))
    assert epub.prices == {"USD": Decimal("2.00")}
    assert epub.content is not None
    assert epub.content.location == "https://cdn.example.com/a.epub?X-Amz-Signature=1"
    assert epub.publish == {"store": {"stock": 3}}
    assert epub.metadata.publication_date == date(2019, 9, 13)
    assert epub.metadata.contributors[0].role == "A01"
    assert (epub.metadata.bisac, epub.metadata.thema, epub.metadata.keywords) == (("SEL009000",), ("VS",), ("espelho",))
    assert audio.external_id == "mirror-work-audio"
    assert [track.id for track in audio.tracks] == ["intro"]
    assert audio.metadata is epub.metadata


def test_the_external_id_is_the_isbn_unless_one_is_given(tmp_path: Path) -> None:
    assert editions(resolved(tmp_path, {"catalog/a.yaml": TITLE}))["epub"].external_id == "9781496822482"


def test_the_nearest_word_wins_field_by_field(tmp_path: Path) -> None:
    found = editions(resolved(tmp_path, FILES))
    plain = found["plain"]
    assert (plain.metadata.publisher, plain.metadata.imprint, plain.metadata.language) == ("House", "Nearer", "pt")
    assert plain.metadata.title == "A"
    assert plain.prices == {"USD": Decimal("9.99"), "EUR": Decimal("7.99"), "MXN": Decimal("150.00")}
    assert plain.publish == {"store": {"collections": ["Nearer"], "free": False}, "store-mx": {}}
    assert plain.lifecycle == Lifecycle(protect=True)


def test_an_edition_may_say_otherwise_and_take_back(tmp_path: Path) -> None:
    special = editions(resolved(tmp_path, FILES))["special"]
    assert (special.metadata.title, special.metadata.language) == ("A in large type", "en")
    assert special.prices == {"EUR": Decimal("1.00"), "MXN": Decimal("150.00")}
    assert special.publish == {"store": {"free": True}}
    assert special.lifecycle == Lifecycle(protect=False, ignore_changes=(Ignore("description"),))


def test_a_null_takes_back_what_stands_further_out_and_lists_and_series_replace(tmp_path: Path) -> None:
    metadata = editions(resolved(tmp_path, FILES))["plain"].metadata
    assert metadata.territories == ()
    assert metadata.series == Series("Other", "")


def test_defaults_of_a_folder_beside_change_nothing(tmp_path: Path) -> None:
    found = editions(resolved(tmp_path, {"catalog/a/a.yaml": TITLE, "catalog/ab/defaults.yaml": DEFAULTS}))
    assert found["epub"].metadata.publisher is None


@pytest.mark.parametrize(
    ("field", "place"),
    [
        (("prices", "USD"), "catalog/defaults.yaml:7"),
        (("prices", "EUR"), "catalog/near/defaults.yaml:6"),
        (("publish", "store", "free"), "catalog/defaults.yaml:8"),
        (("publish", "store", "nothing"), "catalog/near/defaults.yaml:7"),
        (("publish", "store-mx"), "catalog/defaults.yaml:8"),
        (("title",), "catalog/near/deep/a.yaml:3"),
        (("series", "name"), "catalog/near/deep/a.yaml:4"),
        (("publisher",), "catalog/defaults.yaml:2"),
        (("isbn",), "catalog/near/deep/a.yaml:6"),
        ((), "catalog/near/deep/a.yaml:6"),
    ],
)
def test_any_field_of_an_edition_leads_to_the_line_where_it_was_said(tmp_path: Path, field: Pointer, place: str) -> None:
    catalog = resolved(tmp_path, FILES)
    found = catalog.place(catalog.titles[0], "plain", field, Part.VALUE)
    assert f"{found.path}:{found.line}" == place


def test_fields_are_also_found_by_the_names_an_edition_has_for_them(tmp_path: Path) -> None:
    text = TITLE.replace("isbn:", "files: {content: https://cdn.example.com/a.epub}, isbn:")
    catalog = resolved(tmp_path, {"catalog/a.yaml": text})
    (title,) = catalog.titles
    assert catalog.origin(title, "epub", "content").pointer == ("editions", "epub", "files", "content")
    assert catalog.origin(title, "epub", "external_id").pointer == ("editions", "epub", "isbn")
    assert catalog.origin(title, "epub", "publish.store").pointer == ("editions", "epub", "publish", "store")


def test_the_second_of_two_titles_with_one_id_is_refused_and_names_the_first(tmp_path: Path) -> None:
    catalog = resolved(tmp_path, {"catalog/a.yaml": TITLE, "catalog/b.yaml": TITLE})
    (problem,) = catalog.diagnostics
    assert str(problem.source) == "catalog/b.yaml:2:5"
    assert "catalog/a.yaml:2:5" in problem.detail
    assert [title.origin.path for title in catalog.titles] == ["catalog/a.yaml"]


def test_an_unknown_account_gets_the_nearest_name_wherever_it_was_said(tmp_path: Path) -> None:
    text = TITLE.replace("{store: {}}", "{stoer: {}}")
    (problem,) = resolved(tmp_path, {"catalog/a.yaml": text}).diagnostics
    assert (problem.code, problem.hint, str(problem.source)) == ("unknown-account", "Did you mean store?", "catalog/a.yaml:5:57")
    defaults = "kind: defaults\nedition: {publish: {stoer: }}\n"
    found = resolved(tmp_path, {"catalog/a.yaml": TITLE, "catalog/d.yaml": defaults}).diagnostics
    (problem,) = (one for one in found if one.code == "unknown-account")
    assert str(problem.source) == "catalog/d.yaml:2:21"


def test_a_provider_in_the_place_of_an_account_is_told_with_its_accounts(tmp_path: Path) -> None:
    text = TITLE.replace("{store: {}}", "{publicala: {}}")
    (problem,) = resolved(tmp_path, {"catalog/a.yaml": text}).diagnostics
    assert problem.hint == "`publicala` is a provider. Write its account: store or store-mx"


def test_a_folder_has_one_defaults_document(tmp_path: Path) -> None:
    catalog = resolved(tmp_path, {"catalog/a.yaml": "kind: defaults\n", "catalog/b.yaml": "kind: defaults\n"})
    assert told(catalog.diagnostics) == ["catalog/b.yaml:1:1 duplicate-defaults"]


def test_a_title_without_editions_is_worth_a_warning(tmp_path: Path) -> None:
    catalog = resolved(tmp_path, {"catalog/a.yaml": "kind: title\nid: a\ntitle: A\n"})
    assert told(catalog.diagnostics) == ["catalog/a.yaml:2:5 title-without-editions"]
    assert not catalog.diagnostics.errors
    assert catalog.titles[0].editions == ()


def test_a_file_is_looked_for_beside_its_document_and_a_flaw_is_told_at_the_value(tmp_path: Path) -> None:
    text = TITLE.replace("isbn:", "files: {content: assets/a.epub, cover: ../../x.jpg}, isbn:")
    catalog = resolved(tmp_path, {"catalog/deep/a.yaml": text, "catalog/deep/assets/a.epub": b"%PDF-1.7"})
    assert told(catalog.diagnostics) == ["catalog/deep/a.yaml:5:41 asset-kind", "catalog/deep/a.yaml:5:63 asset-missing"]
    assert catalog.titles == ()


def test_a_flaw_of_a_file_that_several_editions_name_is_one_error_with_all_places(tmp_path: Path) -> None:
    text = TITLE.replace("isbn:", "files: {content: b.epub, cover: b.jpg}, isbn:")
    more = [text.replace("mirror-work", f"title-{number}") for number in range(8)]
    files = {f"catalog/deep/{number}.yaml": one for number, one in enumerate(more)}
    catalog = resolved(tmp_path, {**files, "catalog/other.yaml": text, "catalog/deep/b.epub": b"%PDF-1.7", "catalog/b.epub": b"%PDF-1.7"})
    found = [item for item in catalog.diagnostics if item.code == "asset-kind"]
    assert told(found) == ["catalog/deep/0.yaml:5:41 asset-kind", "catalog/other.yaml:5:41 asset-kind"]
    places = ", ".join(f"catalog/deep/{number}.yaml:5:41" for number in range(1, 6))
    assert found[0].detail.endswith(f"It is named as well at {places}, 2 other places.")
    assert catalog.titles == ()


def test_a_currency_without_an_amount_is_told_where_it_takes_nothing_back(tmp_path: Path) -> None:
    defaults = "kind: defaults\nedition: {prices: {EUR: 8.99}}\n"
    text = TITLE.replace("isbn:", "prices: {USD: , EUR: , COP: 4000}, isbn:")
    catalog = resolved(tmp_path, {"catalog/a.yaml": text, "catalog/defaults.yaml": defaults})
    assert told(catalog.diagnostics) == ["catalog/a.yaml:5:33 price-null"]
    assert list(catalog.titles[0].editions[0].prices) == ["COP"]


def test_a_price_that_is_routed_past_all_accounts_of_its_edition_is_told(tmp_path: Path) -> None:
    accounts = """
        version: 1
        accounts:
          a: {provider: publicala, base_url: sandbox, currencies: [USD]}
          b: {provider: publicala, base_url: sandbox, currencies: [EUR]}
          c: {provider: publicala, base_url: sandbox}
    """
    for publish, expected in (
        ("{a: {}, b: {}}", ["catalog/a.yaml:5:49 price-nowhere"]),
        ("{a: {}, b: {}, c: {}}", []),
        ("{a: {}, b: {prices: {JPY: 900}}}", ["catalog/a.yaml:5:49 price-nowhere"]),
        ("{}", []),
    ):
        text = TITLE.replace("isbn:", "prices: {USD: 1, EUR: 1, JPY: 900}, isbn:").replace("{store: {}}", publish)
        catalog = resolved(tmp_path, {"catalogctl.yaml": accounts, "catalog/a.yaml": text})
        assert told(catalog.diagnostics) == expected


def test_only_what_was_asked_for_is_resolved_but_against_the_whole_catalog(tmp_path: Path) -> None:
    files = {
        "catalog/a/a.yaml": TITLE,
        "catalog/a/broken.yaml": "kind: titel\n",
        "catalog/b/a.yaml": TITLE,
        "catalog/b/b.yaml": TITLE.replace("mirror-work", "other"),
        "catalog/defaults.yaml": "kind: defaults\npublisher: House\n",
    }
    catalog = resolved(tmp_path, files, "catalog/b/")
    assert told(catalog.diagnostics) == ["catalog/b/a.yaml:2:5 duplicate-title"]
    assert [title.id for title in catalog.titles] == ["other"]
    assert catalog.titles[0].editions[0].metadata.publisher == "House"
    assert [title.id for title in resolved(tmp_path, files, "catalog/b/b.yaml").titles] == ["other"]
    assert told(resolved(tmp_path, files, "catalog/c").diagnostics) == ["None path-not-in-catalog"]


def test_blocks_are_collected_from_documents_and_the_project_file(tmp_path: Path) -> None:
    project = "version: 1\nmoved: [{from: store/content/a.epub, to: store/content/b.epub}]\n"
    text = "removed: [{address: store/content/c.epub}]\nimport: [{address: store/track/d.audio/x, id: 468166}]\n"
    blocks = resolved(tmp_path, {"catalogctl.yaml": project, "catalog/x.yaml": text}).blocks
    assert blocks.moved[0].target == Address("store", "content", "b", "epub")
    assert blocks.moved[0].origin.path == "catalogctl.yaml"
    assert (blocks.removed[0].destroy, blocks.removed[0].origin.pointer) == (False, ("removed", 0))
    assert (blocks.imports[0].id, blocks.imports[0].address.key) == ("468166", "x")


def test_titles_read_are_those_of_the_files_asked_for_with_or_without_errors(tmp_path: Path) -> None:
    files = {
        "catalog/a.yaml": TITLE,
        "catalog/b.yaml": TITLE.replace("mirror-work", "b").replace("store:", "shop:"),
        "catalog/c.yaml": TITLE.replace("format", "fromat") + "---\nkind: title\n---\nkind: defaults\n",
    }
    assert resolved(tmp_path, files).read == 4
    assert [resolved(tmp_path, files, f"catalog/{name}.yaml").read for name in "abcd"] == [1, 1, 2, 0]
