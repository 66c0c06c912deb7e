"""What is written reads back as it was meant, and looks as a person would write it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogctl.config.syntax.source import Source, parse
from catalogctl.config.yaml_writer import WIDTH, write


def written(**fields: Any) -> str:
    return write({"kind": "title", "id": "x", **fields}, "", {})


def read(text: str) -> dict[str, Any]:
    parsed = parse(Source("catalog/x.yaml", text.encode()))
    assert parsed.diagnostics == ()
    [document] = parsed.documents
    assert isinstance(document, dict)
    return document


TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=300)


@given(title=TEXT, keywords=st.lists(TEXT, max_size=4), options=st.dictionaries(TEXT, TEXT, max_size=3))
def test_any_text_comes_back_as_it_was(title: str, keywords: list[str], options: dict[str, str]) -> None:
    fields = {"title": title, "description": title, "keywords": keywords, "publish": {"store": options}}
    parsed = parse(Source("catalog/x.yaml", written(**fields).encode()))
    # What no file may hold is refused when it is read; it is never taken for something else.
    if not parsed.diagnostics:
        assert parsed.documents == ({"kind": "title", "id": "x", **fields},)


@given(st.text(st.sampled_from("ab \n'\"#:-|>&*!%@`{}[],?"), min_size=1, max_size=80))
def test_signs_that_mean_something_in_yaml_are_taken_for_text(text: str) -> None:
    assert read(written(title=text, description=text, keywords=[text])) == {
        "kind": "title",
        "id": "x",
        "title": text,
        "description": text,
        "keywords": [text],
    }


@pytest.mark.parametrize(
    "word", ["no", "Yes", "on", "null", "~", "true", "12", "007", "1e3", "12:30:00", ".5", "- a", "# a", "a: b", "a #b", ""]
)
def test_a_word_that_could_be_misread_is_quoted(word: str) -> None:
    assert f'title: "{word}"\n' in written(title=word)


@pytest.mark.parametrize("word", ["El faro", "Don't", "Émile", "2021-03-04", "O. Henry", "a:b", "B&W", "¿Quién?"[1:]])
def test_a_word_that_cannot_be_misread_is_not(word: str) -> None:
    assert f"title: {word}\n" in written(title=word)


def test_a_text_of_several_lines_is_a_block() -> None:
    assert "description: |\n  <p>uno</p>\n\n  <p>dos</p>\n" in written(description="<p>uno</p>\n\n<p>dos</p>\n")
    assert "description: |-\n  uno\n  dos\n" in written(description="uno\ndos")


def test_a_long_line_is_broken_between_words_and_reads_as_one() -> None:
    text = " ".join(["palabra"] * 60)
    lines = written(description=text).splitlines()
    assert "description: >-" in lines
    assert max(map(len, lines)) <= WIDTH
    assert read(written(description=text))["description"] == text


def test_amounts_are_numbers_and_roles_have_names() -> None:
    text = written(
        contributors=[{"name": "Ana Ruiz", "role": "A01"}, {"name": "Eva", "role": "Z99"}], editions={"epub": {"prices": {"USD": "9.90"}}}
    )
    assert "  - {name: Ana Ruiz, role: author}\n  - {name: Eva, role: Z99}\n" in text
    assert "    prices: {USD: 9.90}\n" in text


def test_what_does_not_fit_a_line_has_a_line_for_each() -> None:
    prices = {f"{letter}{other}X": "1.00" for letter in "ABCDEF" for other in "ABC"}
    text = written(keywords=["palabra clave"] * 12, editions={"epub": {"prices": prices}})
    assert "keywords:\n  - palabra clave\n" in text
    assert "    prices:\n      AAX: 1.00\n" in text


def test_remarks_are_comments_that_nothing_in_them_can_end() -> None:
    text = write(
        {"kind": "title", "editions": {"epub": {"format": "epub"}}}, "../s.json", {"": ["One.\nid: two"], "epub": ["x\x85id: y\x1b"]}
    )
    assert text == (
        "# yaml-language-server: $schema=../s.json\n# One. id: two\nkind: title\neditions:\n  epub:\n    # x id: y\n    format: epub\n"
    )
