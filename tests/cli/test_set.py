"""set and unset: fields of many editions, in their files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from catalogctl.editing import write_files
from catalogctl.editing.write_files import Edited, write_all
from catalogctl.model.diagnostics import CatalogError
from catalogctl.system.safe_folder import SafeFolder
from shop import Ran, Shop

DEFAULTS = "kind: defaults\nlanguage: es\nimprint: Ribera  # the house\nedition:\n  prices: {MXN: 100}\n  publish: {store: {}}\n"
ONE = """\
# the first
kind: title
id: one
title: Uno
series: {name: Faro, number: 1}
keywords: [mar]
editions:
  epub:
    format: epub
    prices: {EUR: 9.99, USD: 10.00}  # by hand
  print:
    format: print
    prices:
      EUR: "20.00"
"""
TWO = "kind: title\nid: two\ntitle: Dos\nimprint: Mar\neditions:\n  epub: {format: epub, prices: {EUR: 5.00, JPY: 700}}\n"


@pytest.fixture
def catalog(shop: Shop) -> Shop:
    shop.project()
    for name, text in (("defaults", DEFAULTS), ("one", ONE), ("two", TWO)):
        shop.write(f"catalog/{name}.yaml", text)
    return shop


def text(shop: Shop, name: str) -> str:
    return (shop.folder / f"catalog/{name}.yaml").read_text(encoding="utf-8")


def changed(shop: Shop, *arguments: str) -> dict[str, str]:
    """Run an edit, and return what its files say now."""
    shop.run(*arguments, "--yes").ended(0)
    return {name: text(shop, name) for name in ("defaults", "one", "two")}


def refused(shop: Shop, *arguments: str) -> str:
    ran = shop.run(*arguments, "--yes").ended(1)
    assert {name: text(shop, name) for name in ("defaults", "one", "two")} == {"defaults": DEFAULTS, "one": ONE, "two": TWO}
    return ran.err


BEFORE = {"defaults": DEFAULTS, "one": ONE, "two": TWO}


@pytest.mark.parametrize(
    ("arguments", "name", "old", "new"),
    [
        (("set", "prices.EUR=4.99", "--where", "id = one and format = epub"), "one", "EUR: 9.99", "EUR: 4.99"),
        (("set", "prices.EUR*=0.8", "--where", "id = one and format = epub"), "one", "EUR: 9.99", "EUR: 7.99"),
        (("set", "prices.EUR*=0.7", "--ending", ".49", "--where", "id = one and format = epub"), "one", "EUR: 9.99", "EUR: 6.49"),
        (("set", "prices.EUR*=0.8", "--where", "format = print"), "one", 'EUR: "20.00"', 'EUR: "16.00"'),
        (("set", "prices.EUR/=2", "--where", "id = two"), "two", "EUR: 5.00", "EUR: 2.50"),
        (("set", "prices.JPY-=1", "--where", "id = two"), "two", "JPY: 700", "JPY: 699"),
        (
            ("set", "prices*=2", "--where", "id = one and format = epub"),
            "one",
            "{EUR: 9.99, USD: 10.00}",
            "{EUR: 19.98, USD: 20.00, MXN: 200.00}",
        ),
        (("set", "keywords+=verano,mar", "--where", "id = one"), "one", "keywords: [mar]", "keywords: [mar, verano]"),
        (("set", "keywords-=mar", "--where", "id = one"), "one", "keywords: [mar]", "keywords: []"),
        (("set", "keywords+=luz", "--where", "id = two"), "two", "imprint: Mar\n", "imprint: Mar\nkeywords: [luz]\n"),
        (("set", "imprint=Sol", "--where", "imprint = Ribera"), "defaults", "imprint: Ribera", "imprint: Sol"),
        (("set", "series.name=Luz", "--where", "id = one"), "one", "{name: Faro, number: 1}", "{name: Luz, number: 1}"),
        (
            ("set", "imprint=Sol", "--where", "id = one and format = print"),
            "one",
            "    format: print\n",
            "    format: print\n    imprint: Sol\n",
        ),
        (("set", "imprint=Sol", "--at", "title", "--where", "id = one"), "one", "number: 1}\n", "number: 1}\nimprint: Sol\n"),
        (("set", "prices.MXN=90", "--at", "defaults", "--where", "id = one"), "defaults", "MXN: 100", "MXN: 90"),
        (("set", "publish.store.free=true", "--where", "id = two"), "two", "JPY: 700}}", "JPY: 700}, publish: {store: {free: true}}}"),
        (("unset", "imprint", "--where", "id = two"), "two", "imprint: Mar\n", "imprint: null\n"),
        (("unset", "imprint", "--where", "id = two", "--at", "title"), "two", "imprint: Mar\n", ""),
        (("unset", "imprint", "--where", "id = two", "--expand"), "two", "imprint: Mar\n", "imprint: null\n"),
        (("unset", "series", "--where", "id = one"), "one", "series: {name: Faro, number: 1}\n", ""),
        (("unset", "series.number", "--where", "id = one"), "one", "{name: Faro, number: 1}", "{name: Faro}"),
        (("unset", "prices.USD", "--where", "id = one and format = epub"), "one", "{EUR: 9.99, USD: 10.00}", "{EUR: 9.99}"),
        (("unset", "prices.MXN", "--where", "id = two"), "two", "JPY: 700}", "JPY: 700, MXN: null}"),
    ],
)
def test_a_value_is_written_in_its_place_and_nothing_else_changes(
    catalog: Shop, arguments: tuple[str, ...], name: str, old: str, new: str
) -> None:
    assert old in BEFORE[name]
    assert changed(catalog, *arguments) == {**BEFORE, name: BEFORE[name].replace(old, new, 1)}


def test_the_difference_and_the_counts_are_shown_first(catalog: Shop) -> None:
    shown = catalog.run("set", "prices.EUR=4.99", "--where", "format = epub", "--diff").ended(0)
    assert "-    prices: {EUR: 9.99, USD: 10.00}  # by hand\n+    prices: {EUR: 4.99, USD: 10.00}  # by hand\n" in shown.out
    assert shown.out.endswith("2 editions in 2 files would change; nothing is written.\n")
    assert catalog.run("set", "prices.EUR=4.99", "--where", "format = epub", "--check").ended(1).out.startswith("2 editions in 2 files")
    assert text(catalog, "one") == ONE
    catalog.run("set", "prices.EUR=4.99", "--where", "format = epub", "--yes").ended(0)
    assert "say so already" in catalog.run("set", "prices.EUR=4.99", "--where", "format = epub", "--check").ended(0).out
    catalog.run("fmt", "--check").ended(0)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("set", "prices.EUR=4.99"), "Nothing is edited without --where"),
        (("unset", "subtitle"), "Nothing is edited without --where"),
        (("set", "prices.EUR=4.99", "--where", "id = three"), "is true of none"),
        (("set", "price.EUR=4.99", "--where", "id = one"), "Did you mean prices.EUR?"),
        (("set", "prices.EUR=4.99", "--where", "imprnt = Ribera"), "Did you mean imprint?"),
        (("set", "prices.EUR", "--where", "id = one"), "does not say which field becomes what"),
        (("set", "id=x", "--where", "id = one"), "catalogctl mv OLD NEW"),
        (("set", "contributors.name=X", "--where", "id = one"), "`contributors` is a list"),
        (("set", "prices.EUR=1", "prices={EUR: 2}", "--where", "id = one"), "about the same field"),
        (("set", "prices.EUR*=x", "--where", "id = one"), "no number"),
        (("set", "prices.JPY*=0.8", "--ending", ".99", "--where", "id = two"), "No price in JPY ends in .99"),
        (("set", "prices.EUR*=0.01", "--ending", ".99", "--where", "id = two"), "not above 0.05"),
        (("set", "prices.EUR=1", "--at", "title", "--where", "id = one"), "A title cannot say"),
        (("set", "isbn=123", "--where", "id = one and format = epub"), "an ISBN has 13"),
        (("set", "language=klingon", "--where", "imprint = Ribera"), "catalog/one.yaml:10"),
    ],
)
def test_what_cannot_be_meant_is_refused_and_nothing_is_written(catalog: Shop, arguments: tuple[str, ...], told: str) -> None:
    assert told in " ".join(refused(catalog, *arguments).split())


def test_an_edit_needs_agreement(catalog: Shop) -> None:
    ran: Ran = catalog.run("set", "prices.EUR=4.99", "--where", "id = one")
    assert "Agree beforehand with --yes" in ran.ended(1).err
    assert text(catalog, "one") == ONE


def test_errors_that_were_there_before_are_no_reason_to_refuse(catalog: Shop) -> None:
    catalog.write("catalog/broken.yaml", "kind: title\nid: broken\ntitle: B\nlanguage: klingon\neditions: {}\n")
    catalog.run("set", "prices.EUR=4.99", "--where", "id = one", "--yes").ended(0)


def test_a_sheet_of_edits_is_carried_out(catalog: Shop) -> None:
    catalog.write("edits.csv", "\ufefftitle;edition;prices.EUR;keywords\r\none;epub;4.99;\r\none;print;15;\r\ntwo;;3.49;a,b\r\n")
    after = changed(catalog, "set", "--from", "edits.csv")
    assert after["one"] == ONE.replace("9.99", "4.99").replace("20.00", "15")
    assert after["two"] == TWO.replace("5.00", "3.49").replace("Mar\n", "Mar\nkeywords: [a, b]\n")


@pytest.mark.parametrize(
    ("sheet", "told"),
    [
        ("", "It is empty"),
        ("title,prices.EUR\n", "It names the title, the edition, and each field once"),
        ("title,edition,prises.EUR\none,epub,1\n", "Did you mean prices.EUR?"),
        ("title,edition,prices.USD,prises.EUR\none,epub,1,1\n", "edits.csv:1:26"),
        ("title,edition,prices.EUR\nonne,epub,1\n", "Did you mean one?"),
        ("title,edition,prices.EUR\none,epib,1\n", "Did you mean epub?"),
        ("title,edition,prices.EUR\none,epub,1\none,,2\n", "Two rows for one edition"),
        ("title,edition,prices.EUR\none,epub,1,2\n", "A row that is too long"),
        ("title,edition,prices.EUR\none,epub,x\n", "catalog/one.yaml:10"),
    ],
)
def test_a_sheet_that_cannot_be_meant_is_refused(catalog: Shop, sheet: str, told: str) -> None:
    catalog.write("edits.csv", sheet)
    assert told in " ".join(refused(catalog, "set", "--from", "edits.csv").split())


def test_an_alias_is_refused_or_written_out(catalog: Shop) -> None:
    shared = ONE.replace("    prices: {EUR: 9.99, USD: 10.00}  # by hand", "    prices: &p {EUR: 9.99}").replace(
        '    prices:\n      EUR: "20.00"\n', "    prices: *p\n"
    )
    catalog.write("catalog/one.yaml", shared)
    edit = ("set", "prices.EUR=4.99", "--where")
    assert "--expand" in catalog.run(*edit, "id = one and format = epub", "--yes").ended(1).err
    catalog.run(*edit, "id = one", "--diff").ended(0)
    catalog.run(*edit, "id = one and format = epub", "--expand", "--yes").ended(0)
    assert text(catalog, "one") == shared.replace("&p {EUR: 9.99}", "{EUR: 4.99}").replace("*p", "{EUR: 9.99}")


def test_an_edit_that_is_cut_off_is_told_and_completed(catalog: Shop) -> None:
    catalog.write("catalog/one.yaml", ONE.replace("9.99", "4.99"))  # and the second file was not written
    after = TWO.replace("5.00", "4.99")
    record = [{"path": "catalog/two.yaml", "before": write_files.digest(TWO.encode()), "after": write_files.encoded(after.encode())}]
    catalog.write(".catalogctl/edit.json", json.dumps(record))
    told = catalog.run("validate").ended(1).err
    assert "An edit that was cut off" in told
    assert "catalogctl fmt catalogctl.yaml" in told
    catalog.run("fmt", "catalogctl.yaml").ended(0)
    assert text(catalog, "two") == TWO.replace("5.00", "4.99")
    assert "cut off" not in catalog.run("validate").err


def test_what_was_changed_by_hand_since_is_left_alone(catalog: Shop) -> None:
    record = [{"path": "catalog/two.yaml", "before": write_files.digest(b"other"), "after": write_files.encoded(b"new")}]
    catalog.write(".catalogctl/edit.json", json.dumps(record))
    assert "catalog/two.yaml was changed since" in catalog.run("fmt", "catalogctl.yaml").ended(0).err
    assert text(catalog, "two") == TWO


def test_several_files_are_written_or_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = [Edited(name, b"old", b"new") for name in ("a.yaml", "b.yaml", "c.yaml")]
    for one in files:
        (tmp_path / one.path).write_bytes(one.before)
    written = SafeFolder.write

    def full(self: SafeFolder, name: str, data: bytes, mode: int) -> object:
        if name == "c.yaml":
            raise OSError(28, "No space left on device", name)
        return written(self, name, data, mode)

    monkeypatch.setattr(SafeFolder, "write", lambda self, name, data, mode=0o600: full(self, name, data, mode))
    with pytest.raises(CatalogError) as failed:
        write_all(tmp_path, files)
    assert "No space left" in failed.value.diagnostics[0].detail
    assert {path.read_bytes() for path in tmp_path.glob("*.yaml")} == {b"old"}
    assert not list((tmp_path / ".catalogctl").iterdir())


def test_a_file_that_was_changed_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(b"other")
    with pytest.raises(CatalogError) as failed:
        write_all(tmp_path, [Edited("a.yaml", b"old", b"new")])
    assert failed.value.diagnostics[0].code == "edit-not-written"
    assert (tmp_path / "a.yaml").read_bytes() == b"other"


@pytest.mark.parametrize(
    ("assignment", "line"),
    [
        (
            "contributors+={name: Luz, role: narrator}",
            "[{name: Ana, role: author}, {name: Ana, role: illustrator}, {name: Luz, role: translator}, {name: Luz, role: narrator}]",
        ),
        ("contributors=[{name: Ana, role: editor}]", "[{name: Ana, role: editor}]"),
        ("keywords=verano,MAR", '[verano, "MAR"]'),
        ("keywords+=verano,MAR", '[Verano, "mar", verano, MAR]'),
    ],
)
def test_an_item_of_a_list_is_what_was_asked_for_and_no_other_is_touched(shop: Shop, assignment: str, line: str) -> None:
    people = "[{name: Ana, role: author}, {name: Ana, role: illustrator}, {name: Luz, role: translator}]"
    text = (
        'kind: title\nid: one\ntitle: Uno\nlanguage: es\npublication_date: 2021-03-04\ncontributors: PEOPLE\nkeywords: [Verano, "mar"]\n'
        'editions:\n  epub:\n    format: epub\n    files: {content: "https://files.example.com/a.epub"}\n    publish: {store: {}}\n'
    )
    shop.write("catalog/one.yaml", text.replace("PEOPLE", people))
    shop.run("set", assignment, "--where", "id = one", "--yes").ended(0)
    field = assignment.partition("+")[0].partition("=")[0]
    after = (shop.folder / "catalog/one.yaml").read_text(encoding="utf-8")
    assert f"{field}: {line}\n" in after
    other = f"contributors: {people}\n" if field == "keywords" else 'keywords: [Verano, "mar"]\n'
    assert other in after


@pytest.mark.parametrize("said", ["{except: [US, CA]}", "[ALL]"])
@pytest.mark.parametrize("sign", ["+=", "-="])
def test_territories_that_are_no_list_are_not_added_to(shop: Shop, said: str, sign: str) -> None:
    shop.title("faro")
    shop.write("catalog/defaults.yaml", f"kind: defaults\nterritories: {said}\n")
    refused = shop.run("set", f"territories{sign}US", "--where", "id = faro", "--yes").ended(1)
    assert "A value that is no list" in refused.err


def test_what_only_shows_an_edit_leaves_one_that_was_cut_off(shop: Shop) -> None:
    shop.title("faro")
    shop.write(".catalogctl/edit.json", "[]")
    refused = shop.run("set", "title=Q", "--where", "id = faro", "--diff").ended(1)
    assert "cut off" in refused.err
    assert (shop.folder / ".catalogctl/edit.json").is_file()


def test_what_a_killed_run_left_beside_the_files_goes_when_its_edit_is_completed(shop: Shop) -> None:
    shop.title("faro")
    left = shop.folder / "catalog/.faro.json.0123456789abcdef.tmp"
    left.write_text("half", encoding="utf-8")
    record = [{"path": "catalog/faro.json", "before": "0" * 64, "after": ""}]
    shop.write(".catalogctl/edit.json", json.dumps(record))
    shop.run("set", "title=Q", "--where", "id = faro", "--yes").ended(0)
    assert not left.exists()


def test_what_is_unset_has_no_value_and_a_second_run_changes_nothing(catalog: Shop) -> None:
    ran = catalog.run("unset", "imprint", "--where", "id = two", "--yes").ended(0)
    assert "taken back by null at 1 place. To let it hold instead: --at edition." in " ".join(ran.out.split())
    again = catalog.run("unset", "imprint", "--where", "id = two", "--yes").ended(0)
    assert "the files say so already" in again.out
    # Where all is selected that it is said to, nothing needs taking back.
    catalog.run("unset", "imprint", "--where", "edition exists", "--yes").ended(0)
    assert "imprint" not in text(catalog, "defaults") + text(catalog, "one")


def test_the_value_that_holds_in_the_place_of_one_that_is_unset_is_named(catalog: Shop) -> None:
    ran = catalog.run("unset", "imprint", "--where", "id = two", "--at", "title", "--yes").ended(0)
    assert "imprint becomes Ribera, which catalog/defaults.yaml says, for two.epub." in " ".join(ran.out.split())
    assert "the files say so already" in catalog.run("unset", "imprint", "--where", "id = two", "--at", "title", "--yes").ended(0).out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (
            ("set", "series.name=Luz", "--at", "title", "--where", "id = one and format = epub"),
            ["series.name Faro → Luz of one.print", "2 editions (1 of them not selected) in 1 file"],
        ),
        (
            ("set", "prices.MXN=90", "--at", "defaults", "--where", "id = two"),
            ["prices.MXN 100 → 90 of one.epub, one.print.", "3 editions (2 of them not selected) in 1 file"],
        ),
        (("unset", "prices.MXN", "--at", "defaults", "--where", "id = two"), ["prices.MXN 100 → none of one.epub, one.print."]),
    ],
)
def test_editions_that_change_unselected_are_counted_and_named(catalog: Shop, arguments: tuple[str, ...], told: list[str]) -> None:
    shown = " ".join(catalog.run(*arguments, "--diff").ended(0).out.split())
    for sentence in told:
        assert sentence in shown


def test_a_place_that_serves_another_environment_stays_as_it_is(shop: Shop) -> None:
    shop.project("catalog: [catalog/here/, catalog/defaults.yaml]\nenvironments: {all: {catalog: [catalog/]}}\n")
    shop.write("catalog/defaults.yaml", DEFAULTS)
    shop.write("catalog/here/two.yaml", TWO)
    there = TWO.replace("two", "three")
    shop.write("catalog/there/three.yaml", there)
    shop.run("set", "prices.MXN=90", "--where", "id = two", "--yes").ended(0)
    assert text(shop, "defaults") == DEFAULTS
    assert "MXN: 90" in text(shop, "here/two")
    shown = " ".join(shop.run("set", "prices.MXN=80", "--at", "defaults", "--where", "id = two", "--diff").ended(0).out.split())
    assert "Not selected, and changed as well in the environment all: prices.MXN 100 → 80 of three.epub." in shown
    shop.run("set", "language=pt", "--at", "defaults", "--where", "id = two", "--yes").ended(0)
    assert (shop.folder / "catalog/there/three.yaml").read_text(encoding="utf-8") == there


def test_an_edit_that_another_environment_cannot_be_read_with_is_refused(shop: Shop) -> None:
    shop.project("environments: {far: {territory_groups: {far: [AU, NZ]}}}\n")
    shop.title("faro", territories=["ES"])
    before = (shop.folder / "catalog/faro.json").read_bytes()
    ran = shop.run("--env", "far", "set", "territories=[far]", "--where", "id = faro", "--yes").ended(1)
    assert "In the environment default:" in ran.err
    assert (shop.folder / "catalog/faro.json").read_bytes() == before


def test_values_that_an_account_keeps_for_itself_are_told(shop: Shop) -> None:
    shop.project()
    shop.title("faro", edition={"publish": {"store": {"prices": {"USD": "3.33"}}}})
    shown = " ".join(shop.run("set", "prices.USD=5", "--where", "id = faro", "--diff").ended(0).out.split())
    assert "store keeps a value of its own, publish.store.prices.USD 3.33, for faro.epub." in shown


def test_what_an_account_keeps_is_no_matter_of_an_empty_cell(shop: Shop) -> None:
    shop.project()
    for name in ("faro", "luz"):
        shop.title(name, edition={"publish": {"store": {"keywords": ["z"]}}})
    shop.write("edits.csv", "title,edition,subtitle,keywords\nfaro,epub,Mar,\nluz,epub,Sol,verano\n")
    shown = " ".join(shop.run("set", "--from", "edits.csv", "--diff").ended(0).out.split())
    assert "publish.store.keywords z, for luz.epub." in shown
