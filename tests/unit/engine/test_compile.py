"""Titles × accounts: what is wrong is reported where it was said, in whatever file that was."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

import small
from catalogctl.config.accounts import accounts
from catalogctl.config.documents import load
from catalogctl.config.project import load_project
from catalogctl.config.resolve import resolve
from catalogctl.engine.compile import compile_catalog
from catalogctl.engine.stores import Stores
from catalogctl.model.address import everywhere
from catalogctl.model.diagnostics import Diagnostic
from catalogctl.planning.catalog import Catalog
from catalogctl.provider import discovery
from catalogctl.provider.pace import Timing

PROJECT = """\
version: 1
accounts:
  store: {provider: publicala, base_url: sandbox}
  other: {provider: publicala, base_url: sandbox}
"""


TODAY = Timing(now=lambda: datetime(2026, 11, 24, 12, tzinfo=UTC))


def compiled(folder: Path, files: dict[str, str], *, publishes: bool = True) -> tuple[Catalog, tuple[Diagnostic, ...]]:
    for name, text in {"catalogctl.yaml": PROJECT, **files}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    project = load_project(folder)
    providers = {name: discovery.provider(name) for name in ("publicala", "openpublishing")}
    configured, wrong = accounts(project, providers)
    assert not wrong
    resolved = resolve(load(project))
    assert [problem.summary for problem in resolved.diagnostics] == []
    return compile_catalog(resolved, Stores(configured, providers, timing=TODAY), publishes)


def title(id_: str, edition: str = "", publish: str = "{store: {}}", *, date: str = "publication_date: 2020-01-01") -> str:
    return f"""\
kind: title
id: {id_}
title: {id_}
{date}
editions:
  epub:
    format: epub
    files: {{content: "https://files.example.com/{id_}.epub"}}
    publish: {publish}
{edition}"""


def places(problems: tuple[Diagnostic, ...]) -> list[tuple[str, str]]:
    return [(problem.code, f"{problem.source.path}:{problem.source.line}" if problem.source else "") for problem in problems]


def test_an_edition_is_a_resource_on_each_account_that_sells_it(tmp_path: Path) -> None:
    catalog, problems = compiled(tmp_path, {"catalog/a.yaml": title("a", publish="{store: {}, other: {free: true}}")})
    assert problems == ()
    assert [str(address) for address in sorted(catalog.resources)] == ["other/content/a.epub", "store/content/a.epub"]
    assert catalog.titles == {"a": "a"}
    assert [resource.attributes.get("free") for _, resource in sorted(catalog.resources.items())] == [True, None]


def test_two_editions_with_one_key_on_one_account_are_told_at_the_second(tmp_path: Path) -> None:
    key = "    external_id: same\n"
    files = {"catalog/a.yaml": title("a", key), "catalog/b.yaml": title("b", key), "catalog/c.yaml": title("c", key, "{other: {}}")}
    _, (problem,) = compiled(tmp_path, files)
    assert problem.source is not None
    assert (problem.address, problem.source.path, problem.source.line) == ("store/content/b.epub", "catalog/b.yaml", 10)
    assert "`a.epub` (catalog/a.yaml:10:18)" in problem.detail


def test_a_key_may_be_the_default_of_one_and_the_external_id_of_another(tmp_path: Path) -> None:
    _, (problem,) = compiled(tmp_path, {"catalog/a.yaml": title("a"), "catalog/b.yaml": title("b", "    external_id: a-epub\n")})
    assert places((problem,))[0][1] == "catalog/b.yaml:10"


def test_what_a_defaults_document_says_wrong_is_told_there(tmp_path: Path) -> None:
    defaults = "kind: defaults\nedition:\n  prices:\n    USD: 1.00\n    JPY: 900\n"
    defaults += "  publish:\n    store:\n      stock: 3\n"
    _, problems = compiled(tmp_path, {"catalog/defaults.yaml": defaults, "catalog/x/a.yaml": title("a"), "catalog/x/b.yaml": title("b")})
    assert {place for _, place in places(problems)} == {"catalog/defaults.yaml:8"}
    assert [problem.address for problem in problems] == ["store: a.epub", "store: b.epub"]


def test_an_option_from_a_defaults_document_is_told_there_and_one_of_the_edition_there(tmp_path: Path) -> None:
    defaults = "kind: defaults\nedition:\n  publish:\n    store:\n      stock: 3\n"
    _, problems = compiled(tmp_path, {"catalog/defaults.yaml": defaults, "catalog/a.yaml": title("a", publish="{store: {stock: 4}}")})
    assert places(problems) == [("print-only", "catalog/a.yaml:9")]
    _, problems = compiled(tmp_path, {"catalog/a.yaml": title("a", publish="{store: {free: true}}")})
    assert places(problems) == [("print-only", "catalog/defaults.yaml:5")]


def test_options_that_the_provider_does_not_have_are_told_where_they_stand(tmp_path: Path) -> None:
    _, problems = compiled(tmp_path, {"catalog/a.yaml": title("a", publish="\n      store:\n        free: perhaps\n        colour: red")})
    assert sorted(place for _, place in places(problems)) == ["catalog/a.yaml:11", "catalog/a.yaml:12"]


def test_what_is_missing_altogether_is_told_at_the_edition(tmp_path: Path) -> None:
    _, problems = compiled(tmp_path, {"catalog/a.yaml": title("a", date="language: es")})
    assert places(problems) == [("publication-date-required", "catalog/a.yaml:7")]


@pytest.mark.parametrize(("publishes", "codes"), [(True, []), (False, ["asset-store-missing"])])
def test_a_local_file_that_no_store_could_fetch_is_told_while_planning(tmp_path: Path, publishes: bool, codes: list[str]) -> None:
    text = title("a").replace("https://files.example.com/a.epub", "a.pdf").replace("format: epub", "format: pdf")
    _, problems = compiled(tmp_path, {"catalog/a.pdf": small.pdf().decode(), "catalog/a.yaml": text}, publishes=publishes)
    assert [problem.code for problem in problems] == codes
    assert [place for _, place in places(problems)] == ["catalog/a.yaml:8"] * len(codes)


def test_every_problem_of_every_edition_is_told_at_once(tmp_path: Path) -> None:
    files = {f"catalog/{name}.yaml": title(name, date="language: es", publish="{store: {stock: 1}}") for name in "abc"}
    catalog, problems = compiled(tmp_path, files)
    assert len(problems) == 6
    assert catalog.resources == {}


# Facts that a store has no place for.


def with_rule(rule: str) -> dict[str, str]:
    return {"catalogctl.yaml": PROJECT.replace("  store: {provider: publicala,", f"  store: {{unsupported: {rule}, provider: publicala,")}


SUBTITLED = title("a", "subtitle: Of a kind\nimprint: Norte\n")


def test_what_a_store_cannot_hold_is_told_once_for_an_account_with_the_editions_that_say_it(tmp_path: Path) -> None:
    files = {f"catalog/{name}.yaml": title(name, "subtitle: Of a kind\n") for name in "abcde"}
    catalog, problems = compiled(tmp_path, files)
    assert problems == ()
    [told] = catalog.unsupported(everywhere)
    assert (told.code, told.severity.value) == ("fact-not-held", "warning")
    assert told.source is not None
    assert (told.source.path, told.source.text) == ("catalog/a.yaml", "subtitle: Of a kind")
    assert told.detail.splitlines()[1:] == ["- the subtitle: a.epub, b.epub, c.epub and 2 more"]


def test_only_what_is_asked_about_is_told(tmp_path: Path) -> None:
    catalog, _ = compiled(tmp_path, {"catalog/a.yaml": SUBTITLED, "catalog/b.yaml": title("b", "subtitle: Of another\n")})
    [told] = catalog.unsupported(lambda address: address.title == "b")
    assert told.detail.splitlines()[1:] == ["- the subtitle: b.epub"]
    assert told.hint.endswith("\nunsupported: refuse     # or ignore")
    assert catalog.unsupported(lambda _: False) == ()
    assert catalog.count_unsupported(everywhere) == 3
    assert catalog.count_unsupported(lambda address: address.title == "b") == 1


def test_an_account_may_refuse_what_its_store_cannot_hold(tmp_path: Path) -> None:
    catalog, problems = compiled(tmp_path, {**with_rule("refuse"), "catalog/a.yaml": SUBTITLED})
    assert places(problems) == [("fact-not-held", "catalog/a.yaml:11"), ("fact-not-held", "catalog/a.yaml:10")]
    assert catalog.unsupported(everywhere) == ()


def test_an_account_may_have_it_passed_over(tmp_path: Path) -> None:
    catalog, problems = compiled(tmp_path, {**with_rule("ignore"), "catalog/a.yaml": SUBTITLED})
    assert (problems, catalog.unsupported(everywhere), catalog.count_unsupported(everywhere)) == ((), (), 0)


@pytest.mark.parametrize("rule", ["warn", "refuse"])
def test_what_a_service_takes_of_no_edition_is_one_line_of_a_note_and_never_refused(tmp_path: Path, rule: str) -> None:
    project = PROJECT + f"  openpub: {{provider: openpublishing, base_url: sandbox, unsupported: {rule}}}\n"
    publish = "{openpub: {product: 4711, distribution: {enabled: true}}}"
    files = {f"catalog/{name}.yaml": title(name, "subtitle: Of a kind\n", publish.replace("4711", str(ord(name)))) for name in "abcde"}
    files = {path: text.replace("    files:", "    prices: {USD: 1.00}\n    # files:") for path, text in files.items()}
    catalog, problems = compiled(tmp_path, {**files, "catalogctl.yaml": project})
    assert problems == ()
    [told] = catalog.unsupported(everywhere)
    assert (told.code, told.severity.value) == ("fact-not-held", "note")
    of_all = "titles, subtitles, publication dates, prices, of any edition: a.epub, b.epub, c.epub and 2 more"
    assert told.detail.splitlines()[1:] == [f"- {of_all}"]


PRICED = title("a", "    prices: {USD: 1, JPY: 900}\n    subtitle: Of a kind\n    imprint: Norte\n")


@pytest.mark.parametrize(
    ("rule", "refused", "warned"),
    [
        ("{subtitle: refuse}", ["subtitle"], ["prices in JPY", "the imprint"]),
        ("{prices: refuse, default: ignore}", ["prices.JPY"], []),
        ("{prices.JPY: ignore, prices: refuse, default: warn}", [], ["the imprint", "the subtitle"]),
        ("{default: refuse, imprint: warn, prices: ignore}", ["subtitle"], ["the imprint"]),
    ],
)
def test_an_account_may_have_a_rule_for_a_field(tmp_path: Path, rule: str, refused: list[str], warned: list[str]) -> None:
    catalog, problems = compiled(tmp_path, {**with_rule(rule), "catalog/a.yaml": PRICED})
    assert [problem.subject and problem.subject.field for problem in problems] == refused
    told = [line for one in catalog.unsupported(everywhere) for line in one.detail.splitlines()[1:]]
    assert sorted(told) == [f"- {what}: a.epub" for what in warned]


def test_a_field_that_a_service_takes_of_no_edition_is_refused_where_it_is_named(tmp_path: Path) -> None:
    project = PROJECT + "  openpub: {provider: openpublishing, base_url: sandbox, unsupported: {subtitle: refuse, default: ignore}}\n"
    publish = "{openpub: {product: 4711, distribution: {enabled: true}}}"
    _, problems = compiled(
        tmp_path,
        {"catalogctl.yaml": project, "catalog/a.yaml": title("a", "subtitle: Of a kind\n", publish).replace("    files:", "    # files:")},
    )
    assert places(problems) == [("fact-not-held", "catalog/a.yaml:10")]


def test_what_an_account_alone_is_told_is_compiled_for_it_alone_and_told_in_its_block(tmp_path: Path) -> None:
    publish = "\n      store: {prices: {USD: 4}, title: B, subtitle: Of B}\n      other: {}"
    catalog, problems = compiled(tmp_path, {"catalog/a.yaml": title("a", "    prices: {USD: 9}\n", publish)})
    assert problems == ()
    names = {address.account: resource.attributes["name"] for address, resource in catalog.resources.items()}
    assert names == {"store": "B", "other": "a"}
    address = next(address for address in catalog.resources if address.account == "store")
    assert str(catalog.field_place(address, "prices")).startswith("catalog/a.yaml:10:")
    [told] = catalog.unsupported(everywhere)
    assert str(told.source).startswith("catalog/a.yaml:10:")


# What is to be left alone.


def leaving(entries: str) -> str:
    return title("a", f"    lifecycle: {{ignore_changes: {entries}}}\n")


@pytest.mark.parametrize(("until", "holds"), [("2026-11-25", True), ("2026-11-24", True), ("2026-11-23", False)])
def test_an_entry_of_ignore_changes_holds_until_its_last_day_is_over(tmp_path: Path, until: str, holds: bool) -> None:
    entry = f"{{path: description, reason: a test, until: {until}}}"
    catalog, problems = compiled(tmp_path, {"catalog/a.yaml": leaving(f"[prices, {entry}]")})
    (resource,) = catalog.resources.values()
    assert [rule.path for rule in resource.ignore] == ["prices", *(["description"] if holds else [])]
    assert places(problems) == ([] if holds else [("ignore-expired", "catalog/a.yaml:10")])
    assert holds or "It was there because: a test." in problems[0].detail


def test_an_entry_that_matches_no_attribute_is_told_where_it_stands(tmp_path: Path) -> None:
    _, (problem,) = compiled(tmp_path, {"catalog/a.yaml": leaving("[price, 'prices.*']")})
    assert (problem.severity, problem.code) == ("warning", "ignore-matches-nothing")
    assert str(problem.source).startswith("catalog/a.yaml:10:")
    assert "`price` matches no attribute of publicala/content" in problem.detail


def test_an_entry_of_a_defaults_document_is_told_once_and_only_where_it_matches_for_no_edition(tmp_path: Path) -> None:
    defaults = "kind: defaults\nedition:\n  lifecycle:\n    ignore_changes:\n      - nonsense\n      - {path: lang, until: 2020-01-01}\n"
    files = {"catalog/defaults.yaml": defaults, **{f"catalog/{name}.yaml": title(name) for name in "abc"}}
    _, problems = compiled(tmp_path, files)
    assert places(problems) == [("ignore-matches-nothing", "catalog/defaults.yaml:5"), ("ignore-expired", "catalog/defaults.yaml:6")]
