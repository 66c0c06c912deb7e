from datetime import date, datetime
from decimal import Decimal

import pytest

from catalogctl.model.address import Address
from catalogctl.model.asset import Asset
from catalogctl.model.quantity import size_text
from catalogctl.model.value import UNKNOWN, Reference, Scalar
from catalogctl.planning.change import ABSENT, UNREADABLE, AttributeChange, Missing
from catalogctl.view.diff.json_text import json_change, json_summary
from catalogctl.view.paint.style import Style
from catalogctl.view.paint.values import percent_text, scalar_text
from catalogctl.view.text.attributes import attribute_lines, change_lines
from unit.view import samples

PLAIN = Style()


def changed(*changes: AttributeChange) -> list[str]:
    return list(change_lines(changes, samples.CONTENT, 80, 0, PLAIN))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "(empty)"),
        (True, "true"),
        (12, "12"),
        (Decimal(25), "25.00"),
        (date(2024, 1, 5), "2024-01-05"),
        (datetime(2024, 1, 5, 0, 0), "2024-01-05 00:00"),
        (datetime(2024, 1, 5, 0, 0, 7), "2024-01-05 00:00:07"),
        ("two words", '"two words"'),
        (UNKNOWN, "(known after apply)"),
        (ABSENT, "(none)"),
        (UNREADABLE, "(not returned by the store)"),
        (Reference(Address("store", "book", "a", "epub")), "(the id of store/book/a.epub)"),
        (Asset("", sha256="ab" * 32), "sha256:abababab…"),
        (Asset("a/b.epub", sha256="ab" * 32, size=1_240_000), "a/b.epub (sha256:abababab…, 1.2 MB)"),
        (Asset("https://x.example/a.epub?X-Amz-Signature=secret"), "https://x.example/a.epub"),
    ],
)
def test_a_scalar_reads_like_this(value: Scalar | Missing, text: str) -> None:
    assert scalar_text(value, PLAIN) == text


SIZES = [(1, "1 byte"), (999, "999 bytes"), (1000, "1.0 kB"), (999_600, "1.0 MB"), (12_345_678, "12 MB")]


@pytest.mark.parametrize(("size", "text"), SIZES)
def test_sizes_are_in_thousands(size: int, text: str) -> None:
    assert size_text(size) == text


@pytest.mark.parametrize(
    ("before", "after", "text"),
    [
        (Decimal(2), Decimal("2.5"), "+25.0 %"),
        (Decimal(3), Decimal(2), "-33.3 %"),
        (Decimal(1), Decimal(5000), "+499,900.0 %"),
        (Decimal(0), Decimal(5), ""),
        (ABSENT, Decimal(5), ""),
    ],
)
def test_the_percent_of_a_change_is_told_where_there_is_one(before: object, after: object, text: str) -> None:
    assert percent_text(before, after) == text


def test_short_changes_have_their_arrows_below_each_other() -> None:
    lines = changed(samples.differs("lang", "pt", "es"), samples.differs("publication_date", date(2024, 1, 5), date(2024, 2, 5)))
    assert lines == ['lang              "pt"       → "es"', "publication_date  2024-01-05 → 2024-02-05"]


def test_one_wide_value_does_not_push_the_others_off_their_line() -> None:
    lines = changed(samples.differs("name", "x" * 40, "y" * 10), samples.differs("lang", "a" * 30, "b" * 30))
    assert lines == [f'name  "{"x" * 40}" → "{"y" * 10}"', f'lang  "{"a" * 30}" → "{"b" * 30}"']


def test_the_name_of_a_book_may_not_pass_for_the_words_of_the_plan() -> None:
    assert changed(samples.differs("name", "(none)", "x → y")) == ['name  "(none)" → "x → y"']


def test_of_a_set_only_the_items_that_change_are_shown() -> None:
    lines = changed(samples.differs("bisac", ("A", "B", "C"), ("B", "C", "D")))
    assert lines == ["bisac  - A", "       + D", "       2 others unchanged"]


def test_of_an_ordered_list_the_place_of_a_new_item_is_told() -> None:
    lines = changed(samples.differs("author", ("A", "B"), ("C", "A", "B")))
    assert lines == ["author  + C  (now 1 of 3)", "        2 others unchanged"]


def test_a_change_of_order_alone_is_shown_as_the_new_order() -> None:
    assert changed(samples.differs("author", ("A", "B"), ("B", "A"))) == ["author  order becomes: B, A"]


def test_an_item_that_comes_twice_is_counted_twice() -> None:
    assert changed(samples.differs("author", ("A",), ("A", "A"))) == ["author  + A  (now 2 of 2)", "        1 other unchanged"]


def test_items_with_commas_or_spaces_at_their_edges_are_quoted() -> None:
    lines = changed(samples.differs("keyword", (), ("a, b", " c", "")))
    assert lines == ['keyword  + "a, b"', '         + " c"', '         + ""']


def test_items_that_look_alike_are_spelled_out() -> None:
    assert changed(samples.differs("keyword", ("caf\u00e9",), ("cafe\u0301",))) == ["keyword  - caf\\xe9", "         + cafe\\u0301"]


def test_a_list_that_the_store_does_not_tell_is_said_to_be_so() -> None:
    assert changed(samples.differs("keyword", UNREADABLE, ("a",))) == ["keyword  (not returned by the store) → a"]


def test_a_mapping_that_changes_as_a_whole_is_shown_entry_by_entry() -> None:
    lines = changed(samples.differs("prices", {"EUR": Decimal(1), "USD": Decimal(1)}, {"EUR": Decimal(1), "MXN": Decimal(2)}))
    assert lines == ["prices  + MXN  (none) →   2.00", "        - USD    1.00 → (none)"]


def test_a_json_document_changes_path_by_path() -> None:
    before, after = '{"a":[{"t":"x"},{"t":"y"}],"gone":1}', '{"a":[{"t":"x"},{"t":"z"},{"t":"w"}]}'
    lines = [PLAIN.paint(line) for line in json_change(before, after, 80, PLAIN) or ()]
    assert lines == ['~ a, entry 2, t  "y" → "z"', '+ a, entry 3  t "w"', "- gone  1"]


def test_what_is_no_json_is_compared_as_text() -> None:
    assert json_change("<ol>", "[]", 80, PLAIN) is None
    assert json_change("[" * 100_000, "[]", 80, PLAIN) is None


def test_a_json_document_that_changes_in_many_places_is_cut_off_with_a_count() -> None:
    before, after = str(list(range(100))), str([number + 1000 for number in range(100)])
    lines = list(json_change(before, after, 80, PLAIN) or ())
    assert len(lines) == 31
    assert PLAIN.paint(lines[-1]) == "… and 70 more"


@pytest.mark.parametrize(
    ("text", "summary"),
    [
        ("[1,2]", "list of 2 entries, 5 characters"),
        ('{"a":1}', "mapping of 1 entry, 7 characters"),
        ("7", "7"),
        ("<ol></ol>", "9 characters"),
    ],
)
def test_a_json_document_is_summed_up(text: str, summary: str) -> None:
    assert json_summary(text, PLAIN) == summary


def test_an_attribute_whose_name_is_long_has_a_line_of_its_own() -> None:
    kind = samples.kind_with("a_very_long_attribute_name_indeed")
    lines = list(attribute_lines({"a_very_long_attribute_name_indeed": "x", "name": "y"}, kind, 80, 2, PLAIN, long_lines=2))
    assert lines == ['  name                   "y"', "  a_very_long_attribute_name_indeed", '                         "x"']


def test_empty_lists_are_not_worth_a_line_and_an_empty_text_is() -> None:
    lines = list(attribute_lines({"author": (), "prices": {}, "name": ""}, samples.CONTENT, 80, 0, PLAIN, long_lines=2))
    assert lines == ['name  ""']
