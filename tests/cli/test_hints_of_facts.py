"""What a hint about a fact of the trade says to write is written, and it helps: the facts that few books have."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from cli.test_hints import BOOK, FORMAT, PRICES, PROJECT, edited, follow, place, project, told

TITLE, EDITION = "language: en\n", FORMAT


def titled(text: str) -> str:
    return edited(TITLE, f"{TITLE}{text}\n")


def edition(text: str) -> str:
    return edited(EDITION, f"{EDITION}    {text}\n")


def recording(duration: str) -> str:
    files = '    files: {content: "https://files.example.com/book.epub"}\n'
    tracks = '    tracks: [{id: a, title: A, file: "https://files.example.com/a.mp3"}]\n'
    return edition(f"duration: {duration}").replace(FORMAT, "    format: audiobook\n").replace(files, tracks)


FACTS = {
    "a status in other words": edition("status: live"),
    "a status in capitals": edition("status: Active"),
    "a protection in other words": edition("drm: adobe"),
    "a feature in other words": edition("accessibility: {features: [alternative text]}"),
    "a hazard misspelt": edition("accessibility: {hazards: [flashin]}"),
    "an audience in the singular": titled("audience: children's"),
    "a role of a series": titled("series: {name: Coast, issn: 0378-5954}"),
    "an ORCID iD with a wrong digit": edited("role: author}", "role: author, ids: {orcid: 0000-0002-1825-0098}}"),
    "an ORCID iD as an address": edited("role: author}", 'role: author, ids: {orcid: "https://orcid.org/0000-0002-1825-0097"}}'),
    "a country by its name": titled("country: Spain"),
    "an original language by its name": titled("original_language: German"),
    "ages in the wrong order": titled("ages: {from: 12, to: 8}"),
    "an edition number with its ending": titled('edition_number: "2"'),
    "a length without a blank and with a comma": edition('height: "22,5 cm"'),
    "a weight in words": edition("weight: 0.4 kilos"),
    "a duration in words": recording("10 hours"),
    "a Thema code in small letters": edited("{bisac: [FIC000000]}", "{thema: [fba]}"),
    "a promotion that ends before it begins": edition("promotions: [{id: a, from: 2032-02-02, until: 2032-01-01, prices: {USD: 4.99}}]"),
    "a promotion with a month that is not": edition("promotions: [{id: a, from: 2032-13-01, until: 2033-01-31, prices: {USD: 4.99}}]"),
    "a change of a price with the day first": edition("price_changes: [{from: 01/06/2032, prices: {USD: 9.49}}]"),
    "a price of a country with a comma": edition("prices_in: [{territories: [AT], currency: EUR, amount: 9,49}]"),
    "a mapping of changes": edition("price_changes: {from: 2032-06-01, prices: {USD: 9.49}}"),
    "a first name that is not in the name": edited("name: Petra Holm,", "name: Petra Holm, last_name: Holme,"),
    "an award by its title": titled("awards: [{title: Nordic Prize}]"),
    "a review with a remark": titled("reviews: [{text: Fine., reviewer: El Faro}]"),
    "a paragraph that is not closed": edited("A novel of the coast.", '"<p>A novel of the <b>coast</p>."'),
    "letters of another encoding": edited("A novel of the coast.", "A novel of CÃ³rdoba."),
    "what is ignored as text": edition("lifecycle: {ignore_changes: description}"),
    "what is ignored as a mapping": edition("lifecycle: {ignore_changes: {path: description}}"),
    "an external id as a number": edition("external_id: 4711"),
    "an edition that is ordered by its store": edition("published: true"),
    "a duration in hours and minutes": recording("7 hours, 25 minutes"),
    "a duration with a colon": recording("7:25"),
    "a currency that is one no more": edited(PRICES, "{DEM: 9.99}"),
    "a kind misspelt": edited("kind: title", "kind: titel"),
    "a territory that is a language": titled("territories: [EN]"),
}
"""Each is one mistake, about one line."""

SETTINGS = {
    "a limit in words": ("safety: {max_deletes: 10 percent}", "max_deletes"),
    "a limit without its prefix": ("safety: {deletes: 10%}", "deletes"),
    "a zone misspelt": ("timezone: Europe/Madird", "timezone"),
    "a zone without its part of the world": ("timezone: Madrid", "timezone"),
    "a kind of place by its name": ('assets: {publish: {type: folder, url: out/, base_url: "https://files.example.com/"}}', "type"),
    "a group of countries misspelt": ("territory_groups: {DACH: [DE, AT, DCH], DCH2: [CH]}", "DCH"),
    "a role of an account misspelt": ("  drive: {provider: publishdrive, base_url: sandbox, roles: {tranlator: Author}}", "tranlator"),
    "a secret written out": ('  other: {provider: publicala, base_url: "https://x.publica.la", token: "abc"}', "token"),
    "an environment's account misspelt": ("environments: {staging: {accounts: {stor: {base_url: sandbox}}}}", "stor"),
    "an environment's setting misspelt": ("environments: {staging: {accounts: {store: {base_ulr: sandbox}}}}", "base_ulr"),
    "an environment's limit misspelt": ("environments: {staging: {safety: {max_delete: 5}}}", "max_delete"),
}
"""Lines of the project file, each with one mistake."""


WITHOUT_A_TEXT = {"a paragraph that is not closed", "an edition that is ordered by its store"}
"""What is to be done is said, and not what to write: no one can tell which is meant."""


def put_right(folder: Path, problem: dict[str, Any]) -> None:
    """Follow a hint, one that gives several fields of the line field by field."""
    fields = re.findall(r"^(\w+): (.+)$", problem["hint"], re.MULTILINE)
    if len(fields) < 2:
        follow(folder, problem)
        return
    name, row, _, _ = place(problem)
    lines = (folder / name).read_text(encoding="utf-8").split("\n")
    for field, value in fields:
        given = re.compile(rf"\b{field}: [^,}}]+")
        lines[row] = (
            given.sub(f"{field}: {value}", lines[row]) if given.search(lines[row]) else lines[row].replace("{", f"{{{field}: {value}, ", 1)
        )
    (folder / name).write_text("\n".join(lines), encoding="utf-8")


@pytest.mark.parametrize("case", FACTS)
def test_a_mistake_in_a_fact_is_one_message_with_a_hint(tmp_path: Path, case: str) -> None:
    [problem] = [one for one in told(project(tmp_path, FACTS[case])) if one["code"] != "fact-not-held"]
    assert problem["hint"], problem
    assert place(problem)[0] == "catalog/book.yaml"


@pytest.mark.parametrize("case", sorted(FACTS.keys() - WITHOUT_A_TEXT))
def test_what_a_hint_about_a_fact_says_to_write_helps(tmp_path: Path, case: str) -> None:
    folder = project(tmp_path, FACTS[case])
    [problem] = [one for one in told(folder) if one["code"] != "fact-not-held"]
    put_right(folder, problem)
    left = [one for one in told(folder) if one["code"] != "fact-not-held"]
    assert left == [], (problem["hint"], (folder / "catalog/book.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", SETTINGS)
def test_what_a_hint_about_a_setting_says_to_write_helps(tmp_path: Path, case: str) -> None:
    line, _ = SETTINGS[case]
    folder = project(tmp_path, BOOK, f"{PROJECT}{line}\n")
    [problem] = told(folder)
    assert place(problem)[0] == "catalogctl.yaml"
    follow(folder, problem)
    assert told(folder) == [], (problem["hint"], (folder / "catalogctl.yaml").read_text(encoding="utf-8"))


def test_a_promotion_that_is_over_is_told_wherever_it_is_said(tmp_path: Path) -> None:
    promotion = "{{id: {}, from: {}-02-02, until: {}-03-01, prices: {{USD: 4.99}}}}"
    over = f"promotions: [{promotion.format('a', 2020, 2020)}, {promotion.format('b', 2132, 2132)}]"
    (tmp_path / "one").mkdir()
    found = [one for one in told(project(tmp_path / "one", edition(over))) if one["code"] != "fact-not-held"]
    assert [(one["code"], one["severity"]) for one in found] == [("window-over", "warning")]
    assert found[0]["detail"] == "`a` ended on 2020-03-01, so that it has no effect any more."
    (tmp_path / "two").mkdir()
    account = edited("publish: {store: {}}", f"publish: {{store: {{{over}}}}}")
    found = [one for one in told(project(tmp_path / "two", account)) if one["code"] != "fact-not-held"]
    assert [(one["code"], one["line"]) for one in found] == [("window-over", 14)]
