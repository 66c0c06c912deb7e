import subprocess
import sys
from collections.abc import Callable

import pytest

from catalogctl.config.schema import codes
from catalogctl.config.syntax.scalars import CodeError


def refused(check: Callable[[str], str], text: str) -> str:
    with pytest.raises(CodeError) as caught:
        check(text)
    error = caught.value
    assert error.summary
    assert not error.summary.endswith(".")
    assert error.detail.endswith(".")
    return error.hint


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("9781496822482", "9781496822482"),
        ("978-1-4968-2248-2", "9781496822482"),
        ("978 1 4968 2248 2", "9781496822482"),
        ("978–1–4968–2248–2", "9781496822482"),
        ("0-306-40615-2", "9780306406157"),
        ("080442957X", "9780804429573"),
        ("080442957x", "9780804429573"),
        ("9798602477160", "9798602477160"),
    ],
)
def test_an_isbn_has_one_form(text: str, canonical: str) -> None:
    assert codes.isbn13(text) == canonical


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("9781496822483", "If the others are right, the check digit should be 2: 9781496822482"),
        ("0306406153", "If the others are right, the check digit should be 2: 0306406152"),
        ("0804429579", "If the others are right, the check digit should be X: 080442957X"),
        ("306406152", 'Write "0306406152"'),
        ("9780306406157.0", 'Write "9780306406157"'),
        ("80442957X", 'Write "080442957X"'),
        ("306406152.0", 'Write "0306406152"'),
        ("0317-8471", "Give the ISBN of this book, or leave the field out until there is one."),
        ("1050-124X", "Give the ISBN of this book, or leave the field out until there is one."),
        ("ISSN 0317-8471", "Give the ISBN of this book, or leave the field out until there is one."),
        ("03178471", 'Write "0003178471"'),
        ("0317-8472", "Compare it with the ISBN on the copyright page."),
        ("9790060115615", "Give the ISBN."),
        ("4006381333931", "Give the ISBN, not another article number."),
        ("97814968224", "Compare it with the ISBN on the copyright page."),
        ("978149682248X", "Give the 13 digits of the ISBN."),
        ("978149682248²", "Give the 13 digits of the ISBN."),
        ("", "Give the 13 digits of the ISBN, or leave the field out until there is one."),
    ],
)
def test_a_wrong_isbn_is_refused_with_the_correction(text: str, hint: str) -> None:
    assert refused(codes.isbn13, text) == hint


def test_every_wrong_last_digit_is_corrected() -> None:
    for digit in "013456789":
        assert "9781496822482" in refused(codes.isbn13, "978149682248" + digit)


def test_an_isbn_of_no_known_range_is_a_warning() -> None:
    assert codes.isbn_range_warning("9781496822482") is None
    assert "978-99999" in (codes.isbn_range_warning("9789999999991") or "")
    assert "prefix 979" in (codes.isbn_range_warning("9799999999990") or "")


@pytest.mark.parametrize("code", ["pt", "en", "es", "no", "eu"])
def test_a_language_is_two_small_letters(code: str) -> None:
    assert codes.language(code) == code


@pytest.mark.parametrize("tag", ["pt-BR", "es-419", "zh-Hant", "zh-Hant-TW", "ast", "de-1996", "ca-valencia"])
def test_a_language_may_be_said_with_its_script_region_and_variant(tag: str) -> None:
    assert codes.language(tag) == tag


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("PT-br", "pt-BR"), ("pt_BR", "pt-BR"), ("zh-hant", "zh-Hant"), ("eng", "en"), ("eng-US", "en-US"), ("iw", "he"),
        ("zh-Hant-tw", "zh-Hant-TW"), ("es-XX", "es"), ("zh-Abcd", "zh"),
    ],
)  # fmt: skip
def test_another_spelling_of_a_tag_is_refused_with_the_tag(text: str, tag: str) -> None:
    assert refused(codes.language, text).startswith(f"Write {tag}")


@pytest.mark.parametrize("text", ["xx", "qqz", "xx-BR", "x-private", "en-a-b", "pt-BR-", "é"])
def test_what_is_no_tag_of_a_language_is_refused(text: str) -> None:
    refused(codes.language, text)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("por", "pt"), ("ger", "de"), ("portuguese", "pt"), ("Portugese", "pt"), ("português", "pt"), ("castellano", "es"),
        ("inglés", "en"), ("PT", "pt"), (" pt ", "pt"),
    ],
)  # fmt: skip
def test_another_way_to_name_a_language_is_refused_with_the_code(text: str, code: str) -> None:
    assert refused(codes.language, text).startswith(f"Write {code} (")


@pytest.mark.parametrize("check", [codes.language, codes.country, codes.currency])
@pytest.mark.parametrize("text", ["", " ", "-", "QQ", "?", "\x00", "x" * 1000])
def test_what_means_nothing_is_refused_without_a_guess(check: Callable[[str], str], text: str) -> None:
    assert refused(check, text).startswith("Look the code up")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Finland", "FI"),
        ("fi", "FI"),
        ("FIN", "FI"),
        ("UK", "GB"),
        ("España", "ES"),
        ("Brasil", "BR"),
        ("México", "MX"),
        ("Argentinia", "AR"),
        ("Bolivia", "BO"),
    ],
)
def test_another_way_to_name_a_country_is_refused_with_the_code(text: str, code: str) -> None:
    assert refused(codes.country, text).startswith(f"Write {code} (")


def test_a_country_has_its_common_name() -> None:
    assert codes.country("NO") == "NO"
    assert codes.country_name("BO") == "Bolivia"
    assert codes.country_name("AR") == "Argentina"
    assert len(codes.countries()) >= 249


@pytest.mark.parametrize("text", ["usd", "US", "dollar", "US$"])
def test_another_way_to_name_a_currency_is_refused_with_the_code(text: str) -> None:
    assert refused(codes.currency, text) == "Did you mean USD?"


def test_a_currency_of_the_same_country_is_nearest() -> None:
    assert refused(codes.currency, "ARP") == "Did you mean ARS?"
    assert refused(codes.currency, "BRR") == "Did you mean BRL?"


def test_metals_and_test_codes_are_no_currency() -> None:
    assert refused(codes.currency, "XAU") == "Give the currency that customers pay in."
    assert "XXX" not in codes.currencies()
    assert "XOF" in codes.currencies()


def test_every_currency_a_publica_la_store_sells_in_is_known() -> None:
    for code in "USD ARS EUR MXN COP PEN CLP AUD UYU BOB PYG BRL INR GTQ HNL".split():
        assert codes.currency(code) == code


@pytest.mark.parametrize(
    ("text", "code"), [("sel009000", "SEL009000"), ("SEL9000", "SEL009000"), ("SEL 009000", "SEL009000"), ("fic-0", "FIC000000")]
)
def test_a_damaged_bisac_code_is_refused_with_the_code(text: str, code: str) -> None:
    assert codes.bisac("SEL009000") == "SEL009000"
    assert refused(codes.bisac, text) == f"Write {code}"


@pytest.mark.parametrize("text", ["SELF-HELP / General", "SEL0090000", "", "SEL009000\n\n1"])
def test_what_is_no_bisac_code_is_refused(text: str) -> None:
    assert "such as" in refused(codes.bisac, text)


@pytest.mark.parametrize("code", ["VS", "A", "VSPM", "1KLSB", "5AR", "4Z-ES-A", "1DDU-ES-BA", "DNBL1", "3MPBL"])
def test_a_thema_code_is_known_by_its_form(code: str) -> None:
    assert codes.thema(code) == code


@pytest.mark.parametrize("text", ["7X", "ZZ", "1", "Self-help", "", "V S", "VS-", "VS\n"])
def test_what_is_no_thema_code_is_refused(text: str) -> None:
    refused(codes.thema, text)
    assert refused(codes.thema, "vspm") == "Write VSPM"


def test_a_role_is_a_name_or_a_code() -> None:
    names = ("author", "Translator", "narrator", "illustrator", "editor", "foreword")
    assert [codes.contributor_role(name) for name in names] == [
        "A01",
        "B06",
        "E07",
        "A12",
        "B01",
        "A23",
    ]
    assert codes.contributor_role("series editor") == codes.contributor_role("Series_Editor") == "B09"
    assert codes.contributor_role("Z99") == "Z99"
    assert all(codes.contributor_role(codes.contributor_role(name)) for name in codes.contributor_roles())


def test_a_misspelt_role_is_refused_with_the_nearest() -> None:
    assert refused(codes.contributor_role, "transaltor") == "Did you mean translator?"
    assert refused(codes.contributor_role, "b06") == "Write B06"
    assert "A01" in refused(codes.contributor_role, "???")


def test_the_tables_are_loaded_only_when_asked_for() -> None:
    script = (
        "import sys, catalogctl.config.schema.codes as c; c.isbn13('9781496822482'); "
        "sys.exit(not {'pycountry', 'stdnum'}.isdisjoint(sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
