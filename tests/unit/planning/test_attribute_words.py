"""Attributes are called what a title file calls them, and hold what people write there."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from catalogctl.model.address import Address
from catalogctl.model.region import every_country
from catalogctl.model.resource import ResourceType
from catalogctl.model.value import Reference, Value
from catalogctl.planning.attribute_words import attribute_name, edits, path_name, value_words
from catalogctl.planning.change import ABSENT, AttributeChange, Drift, Missing
from catalogctl.providers.publicala.types import CONTENT, TRACK, TRACK_ORDER
from catalogctl.providers.publishdrive.convert import person
from catalogctl.providers.publishdrive.types import BOOK, CHAPTERS
from catalogctl.view.paint.style import Style
from catalogctl.view.text.attributes import brief, change_lines

WINDOW = '[{{"amount":"{amount}","currency":"USD","ends_at":"2031-05-14","starts_at":"2031-05-01"}}]'


@pytest.mark.parametrize(
    ("type_", "name", "shown"),
    [
        (CONTENT, "prices", "prices"),
        (BOOK, "price", "prices"),
        (CONTENT, "name", "title (name)"),
        (BOOK, "category", "bisac (category)"),
        (CONTENT, "category", "categories"),
        (BOOK, "sale_territory", "territories"),
        (CONTENT, "author", "contributors (author)"),
        (BOOK, "contributor", "contributors"),
        (TRACK, "title", "title"),
        (CHAPTERS, "titles", "titles"),
        (BOOK, "page_count", "page_count"),
    ],
)
def test_an_attribute_has_the_word_of_the_title_file_and_the_stores_where_it_is_another(type_: ResourceType, name: str, shown: str) -> None:
    assert attribute_name(type_, name) == shown


def test_a_window_of_a_price_is_shown_as_people_write_it() -> None:
    before, after = (WINDOW.format(amount=amount) for amount in ("2.00", "3.00"))
    change = AttributeChange(("price_windows",), CONTENT.attributes["price_windows"], before, after)
    assert list(change_lines([change], CONTENT, 80, 2, Style())) == [
        "  price_windows  - USD 2.00 from 2031-05-01 to 2031-05-14",
        "                 + USD 3.00 from 2031-05-01 to 2031-05-14",
    ]
    assert brief({"price_windows": after}, CONTENT, Style()) == ["price_windows USD 3.00 from 2031-05-01 to 2031-05-14"]


def test_a_table_of_contents_is_shown_in_words_and_without_braces() -> None:
    attribute = CONTENT.attributes["table_of_contents"]
    listed, html = '[{"page":3,"title":"Uno","parts":[{"title":"A"}]}]', '"<ol><li class=\\"a\\">Uno</li></ol>"'
    assert brief({"table_of_contents": listed}, CONTENT, Style()) == ['table_of_contents page 3, parts ((title "A")), title "Uno"']
    assert brief({"table_of_contents": html}, CONTENT, Style()) == ['table_of_contents "<ol><li class="a">Uno</li></ol>"']
    change = AttributeChange(("table_of_contents",), attribute, listed, '[{"page":4,"title":"Uno","parts":[]}]')
    assert list(change_lines([change], CONTENT, 80, 2, Style())) == [
        "  table_of_contents  ~ entry 1, page  3 → 4",
        '                     - entry 1, parts, entry 1  title "A"',
    ]


def test_contributors_are_shown_in_their_order_as_people_write_them() -> None:
    petra, emil = person("Petra", "Holm", "Author"), person("", "Vass", "Editor")
    assert brief({"contributor": (petra, emil)}, BOOK, Style()) == ["contributors Petra Holm (author), Vass (editor)"]
    change = AttributeChange(("contributor",), BOOK.attributes["contributor"], (petra, emil), (emil, petra))
    assert list(change_lines([change], BOOK, 80, 2, Style())) == ["  contributors  order becomes: Vass (editor), Petra Holm (author)"]


@pytest.mark.parametrize(
    ("type_", "name", "value", "words"),
    [
        (
            BOOK,
            "contributor",
            (person("Ana", "Ruiz", "Narrated by"), person("", "ACME", "Illustrator")),
            "Ana Ruiz (narrator), ACME (illustrator)",
        ),
        (BOOK, "price", {"USD": Decimal("7.50"), "EUR": Decimal(6)}, "EUR 6.00, USD 7.50"),
        (BOOK, "keyword", (), "(no items)"),
        (CONTENT, "price_windows", WINDOW.format(amount="3.00"), "USD 3.00 from 2031-05-01 to 2031-05-14"),
        (CONTENT, "table_of_contents", '[{"page":3,"title":"Uno"}]', 'page 3, title "Uno"'),
        (CONTENT, "name", ABSENT, "(none)"),
        (CHAPTERS, "files", (Reference(Address.parse("pd/file/moor.audio/audio_content/t2")), "book/file"), "t2, book/file"),
    ],
)
def test_a_value_is_written_on_one_line_as_people_write_it(type_: ResourceType, name: str, value: Value | Missing, words: str) -> None:
    assert value_words(type_.attributes[name], value) == words


def test_ids_of_what_an_object_depends_on_are_told_by_name() -> None:
    parts = {"1/7": Address.parse("store/track/moor.audio/t2")}
    change = Drift(Address.parse("store/track_order/moor.audio"), TRACK_ORDER, (), gone=False, matters=True, parts=parts)
    moved = AttributeChange(("tracks",), TRACK_ORDER.attributes["tracks"], ("1/8", "1/7"), ("1/7", "1/8"))
    lines = change_lines(edits(replace(change, attributes=(moved,))), TRACK_ORDER, 80, 0, Style())
    assert list(lines) == ["tracks  order becomes: t2, 1/8"]
    assert path_name(BOOK, ("price", "USD")) == "prices.USD"


def test_what_holds_nothing_is_no_fact() -> None:
    assert brief({"price_windows": "[]", "external_id": "one"}, CONTENT, Style()) == ['external_id "one"']
    titles = AttributeChange(("ascii_titles",), CHAPTERS.attributes["ascii_titles"], (), (None, "Uno"))
    assert "(empty)" not in "".join(change_lines([titles], CHAPTERS, 80, 0, Style()))


def test_nearly_all_countries_are_shown_by_those_that_are_left_out() -> None:
    everywhere = every_country()

    def shown(before: Value, after: Value) -> list[str]:
        change = AttributeChange(("sale_territory",), BOOK.attributes["sale_territory"], before, after)
        return [line.removeprefix("territories").strip() for line in change_lines([change], BOOK, 100, 0, Style())]

    without = tuple(code for code in everywhere if code not in {"CA", "US"})
    assert shown(("ALL",), without) == ["- ALL", "+ ALL except CA US"]
    assert shown(without, ("AR",)) == ["- ALL except CA US", "+ AR"]
    assert shown(without, tuple(code for code in without if code != "MX")) == ["- MX", "246 others unchanged"]
    assert value_words(BOOK.attributes["sale_territory"], without) == "ALL except CA US"
    assert value_words(BOOK.attributes["sale_territory"], ("AR", "UY")) == "AR, UY"
    assert "ALL except" not in value_words(BOOK.attributes["keyword"], tuple(map(str, range(247))))
