"""Tags of languages, and the two-letter codes of them."""

from __future__ import annotations

import pycountry
import pytest

from catalogctl.model.language import THREE_LETTERS, canonical_tag, same_language, two_letters


def test_the_codes_are_those_of_the_installed_table() -> None:
    assert {entry.alpha_3: entry.alpha_2 for entry in pycountry.languages if hasattr(entry, "alpha_2")} == dict(THREE_LETTERS)


def test_bibliographic_codes_stand_for_their_language() -> None:
    listed = {entry.bibliographic: entry.alpha_2 for entry in pycountry.languages if hasattr(entry, "bibliographic")}
    assert {code: canonical_tag(code) for code in listed} == listed


@pytest.mark.parametrize(
    ("told", "tag"),
    [
        ("EN", "en"), (" es ", "es"), ("pt_BR", "pt-BR"), ("PT-br", "pt-BR"), ("por", "pt"), ("ger", "de"), ("iw", "he"), ("AST", "ast"),
        ("zh-HANT", "zh-Hant"), ("zh-hans-cn", "zh-Hans-CN"), ("es-419", "es-419"), ("de-1996", "de-1996"),
        ("sr-Latn-RS-ekavsk", "sr-Latn-RS-ekavsk"),
        ("", None), ("English", None), ("xx", None), ("x-private", None), ("i-klingon", None), ("pt-", None), ("pt--BR", None),
        ("português", None),
    ],
)  # fmt: skip
def test_what_stores_write_is_read_as_a_tag(told: str, tag: str | None) -> None:
    assert canonical_tag(told) == tag


def test_of_a_tag_the_code_of_the_language_is_taken() -> None:
    assert [two_letters(tag) for tag in ("pt", "pt-BR", "zh-Hant-TW", "ast", None)] == ["pt", "pt", "zh", None, None]


def test_a_store_may_say_more_of_a_language_than_was_sent_and_not_less() -> None:
    assert all(same_language(there, "pt") for there in ("pt", "PT", "pt-BR", "por", "pt_BR"))
    assert not any(same_language(there, "pt") for there in ("en", "", "ptx", "p"))
    assert not same_language("pt", "pt-BR")
    assert same_language("Klingon", "klingon")
