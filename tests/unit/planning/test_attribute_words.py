"""Attributes are called what a title file calls them, and hold what people write there."""

import pytest

from catalogctl.model.resource import ResourceType
from catalogctl.planning.attribute_words import attribute_name
from catalogctl.planning.change import AttributeChange
from catalogctl.providers.publicala.types import CONTENT, TRACK
from catalogctl.providers.publishdrive.convert import person
from catalogctl.providers.publishdrive.types import BOOK, CHAPTERS
from catalogctl.view.attribute_text import brief, change_lines
from catalogctl.view.style import Style

WINDOW = '[{{"amount":"{amount}","currency":"USD","ends_at":"2031-05-14","starts_at":"2031-05-01"}}]'


@pytest.mark.parametrize(
    ("kind", "name", "shown"),
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
def test_an_attribute_has_the_word_of_the_title_file_and_the_stores_where_it_is_another(kind: ResourceType, name: str, shown: str) -> None:
    assert attribute_name(kind, name) == shown


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
