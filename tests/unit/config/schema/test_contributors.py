from pathlib import Path
from typing import Any

import pytest
import yaml

from catalogctl.model.diagnostics import Diagnostic
from unit.config.folder import resolved, told

TITLE = """
kind: title
id: a
title: A
contributors: {people}
editions: {{epub: {{format: epub}}}}
"""


def problems(root: Path, *people: dict[str, Any]) -> list[Diagnostic]:
    written = yaml.safe_dump(list(people), default_flow_style=True, allow_unicode=True, width=10_000).strip()
    return list(resolved(root, {"catalog/a.yaml": TITLE.format(people=written)}).diagnostics)


def codes(root: Path, *people: dict[str, Any]) -> list[str]:
    return [item.code for item in problems(root, *people)]


def author(name: str, **more: object) -> dict[str, Any]:
    return {"name": name, "role": "author", **more}


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("Hay, Louise", "name: Louise Hay"),
        ("García Márquez, Gabriel", "name: Gabriel García Márquez"),
        ("King, Jr.", "name: King Jr."),
        ("Amos Vale, Jr.", "name: Amos Vale Jr."),
        ("Nord Media, Inc.", "corporate: true"),
        ("Smith, Jones & Co.", "corporate: true"),
    ],
)
def test_a_comma_in_a_name_is_a_warning_whose_hint_ends_it(tmp_path: Path, name: str, line: str) -> None:
    (warning,) = problems(tmp_path, author(name))
    assert (warning.severity, warning.code, str(warning.source)) == ("warning", "name-comma", "catalog/a.yaml:4:23")
    assert line in warning.hint.splitlines()
    field, _, value = line.partition(": ")
    mended = author(name) | ({"corporate": True} if field == "corporate" else {"name": value})
    assert codes(tmp_path, mended) == []


def test_a_comma_is_no_warning_where_both_parts_are_said(tmp_path: Path) -> None:
    assert codes(tmp_path, author("Amos Vale, Jr.", first_name="Amos", last_name="Vale Jr.")) == []


def test_a_contributor_is_told_twice_only_with_the_same_role(tmp_path: Path) -> None:
    otto = author("Otto Lind")
    assert codes(tmp_path, otto, {"name": "Otto Lind", "role": "translator"}) == []
    found = problems(tmp_path, otto, author("Ana"), author("otto\u00a0Lind "))
    assert [item.code for item in found] == ["contributor-twice"]
    assert "item 1" in found[0].detail


def test_parts_are_whole_words_of_the_name_unless_both_are_said(tmp_path: Path) -> None:
    assert codes(tmp_path, author("Kimberly Ross", last_name="berly")) == ["last-name-not-in-name"]
    assert codes(tmp_path, author("Kimberly Ross", first_name="Kim")) == ["first-name-not-in-name"]
    assert codes(tmp_path, author("George Eliot", first_name="Mary Ann", last_name="Evans")) == []
    assert codes(tmp_path, author("Editorial Norte", corporate=True, last_name="Norte")) == ["corporate-with-parts"]


def test_names_are_sent_without_blanks_at_their_ends(tmp_path: Path) -> None:
    catalog = resolved(tmp_path, {"catalog/a.yaml": TITLE.format(people='[{name: "\\u00a0Otto Lind\\u2003", role: author}]')})
    assert not catalog.diagnostics, told(catalog.diagnostics)
    assert [person.name for person in catalog.titles[0].editions[0].metadata.contributors] == ["Otto Lind"]
