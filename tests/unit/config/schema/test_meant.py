"""What people write for something, and what they mean."""

import pytest

from catalogctl.config.schema.meant import days_meant, format_meant, provider_meant, role_meant, variable_meant
from catalogctl.config.syntax.amounts import amount
from catalogctl.config.syntax.scalars import CodeError


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("8,99", "8.99"),
        ("0,99", "0.99"),
        ("1.234,56", "1234.56"),
        ("1,234.56", "1234.56"),
        ("1.234.567", "1234567"),
        ("1'299", "1299"),
        ("1 299,00", "1299.00"),
        ("1\u00a0299", "1299"),
        ("12.500,-", "12500"),
        ("12,-", "12"),
        ("€8.99", "8.99"),
        ("8,99 €", "8.99"),
        ("USD 8.99", "8.99"),
        ("R$ 29,90", "29.90"),
        (" 8.99", "8.99"),
    ],
)
def test_an_amount_is_told_with_what_it_means(written: str, meant: str) -> None:
    with pytest.raises(CodeError) as wrong:
        amount(written)
    assert wrong.value.hint == f"Write {meant}"
    assert amount(meant) == meant


def test_a_comma_before_three_digits_has_two_meanings() -> None:
    with pytest.raises(CodeError) as wrong:
        amount("1,299")
    assert wrong.value.hint.split("\n")[0] == "Write 1299"
    assert wrong.value.hint.endswith("write 1.299")


@pytest.mark.parametrize("written", ["8.9.9", "", "1.2345678", "1,2,3", "9" * 50])
def test_what_is_no_amount_in_any_way_has_no_meaning(written: str) -> None:
    with pytest.raises(ValueError) as wrong:
        amount(written)
    assert not isinstance(wrong.value, CodeError)


@pytest.mark.parametrize(
    ("written", "days"),
    [
        ("20190601", ("2019-06-01",)),
        ("1.6.2019", ("2019-06-01",)),
        ("01/06/2019", ("2019-06-01", "2019-01-06")),
        ("13/09/2019", ("2019-09-13",)),
        ("09/13/2019", ("2019-09-13",)),
        ("2019/6/1", ("2019-06-01",)),
        ("2019-06-01T10:00:00Z", ("2019-06-01",)),
        ("June 1, 2019", ("2019-06-01",)),
        ("1 de junio de 2019", ("2019-06-01",)),
        ("1. März 2019", ("2019-03-01",)),
        ("June 2019", ()),
        ("2019", ()),
        ("31.02.2019", ()),
    ],
)
def test_a_day_is_read_as_it_is_written_elsewhere(written: str, days: tuple[str, ...]) -> None:
    assert days_meant(written) == days


def test_formats_and_roles_have_other_names_elsewhere() -> None:
    names = ("ebook", "kindle", "mobi", "hardcover", "paperback", "m4b", "EPUB3")
    assert [format_meant(name).split("\n")[0] for name in names] == [
        f"Write {form}" for form in ("epub", "epub", "epub", "print", "print", "audiobook", "epub")
    ]
    assert format_meant("scroll") == ""
    roles = {"writer": "author", "Traductora": "translator", "Übersetzer": "translator", "read by": "narrator", "Herausgeber": "editor"}
    assert {role: role_meant(role) for role in roles} == roles
    assert role_meant("plumber") == ""


@pytest.mark.parametrize(
    ("written", "variable"),
    [
        ("${{ secrets.SHOP_KEY }}", "SHOP_KEY"),
        ("${{secrets.shop}}", "shop"),
        ("{{ token }}", "token"),
        ("$SHOP_TOKEN", "SHOP_TOKEN"),
        ("${SHOP}", "SHOP"),
        ("${env.SHOP}", "SHOP"),
        ("%API_KEY%", "API_KEY"),
        ("$(API_KEY)", "API_KEY"),
        ("<YOUR_TOKEN>", "YOUR_TOKEN"),
        ("env:SHOP", "SHOP"),
        ("$ecret123", ""),
        ("%abcdef%", ""),
        ("sk-12345", ""),
        ("$3CR3T", ""),
    ],
)
def test_a_reference_in_another_tools_way_is_known_and_a_key_is_none(written: str, variable: str) -> None:
    assert variable_meant(written) == variable


@pytest.mark.parametrize(
    ("written", "provider"),
    [
        ("publica.la", "publicala"),
        ("publica", "publicala"),
        ("PublishDrive", "publishdrive"),
        ("publish-drive", "publishdrive"),
        ("Open Publishing", "openpublishing"),
        ("https://publica.la/x", "publicala"),
        ("amazon", None),
        ("", None),
    ],
)
def test_a_provider_is_known_by_its_services_name(written: str, provider: str | None) -> None:
    assert provider_meant(written, ["openpublishing", "publicala", "publishdrive"]) == ([provider] if provider else [])
