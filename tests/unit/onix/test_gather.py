"""Feeds gathered: what counts of many records, which of them are one work, and how little of each is in memory."""

from __future__ import annotations

import gc
import tracemalloc

from catalogctl.onix.gather import Gathering, GatherRules, Slot
from catalogctl.onix.reading import ReadingRules
from feeds import PRODUCT, message, opener


def isbn(number: int) -> str:
    digits = f"9788{number:08}"
    return digits + str(-(sum(map(int, digits[0::2])) + 3 * sum(map(int, digits[1::2]))) % 10)


def product(number: int, related: str = "") -> str:
    text = PRODUCT.replace("com.ribera.pier.epub", f"com.ribera.{number}").replace("9788419873408", isbn(number))
    return text.replace("    <ProductSupply>", f"{related}    <ProductSupply>")


def work(number: int) -> str:
    return (
        "<RelatedMaterial><RelatedWork><WorkRelationCode>01</WorkRelationCode><WorkIdentifier><WorkIDType>11</WorkIDType>"
        f"<IDValue>{number}</IDValue></WorkIdentifier></RelatedWork></RelatedMaterial>"
    )


def related(*numbers: int) -> str:
    each = (
        "<RelatedProduct><ProductRelationCode>13</ProductRelationCode><ProductIdentifier><ProductIDType>15</ProductIDType>"
        f"<IDValue>{isbn(number)}</IDValue></ProductIdentifier></RelatedProduct>"
        for number in numbers
    )
    return f"<RelatedMaterial>{''.join(each)}</RelatedMaterial>"


def gathered(*products: str, group: str = "") -> Gathering:
    found = Gathering(GatherRules(ReadingRules(), lambda _: True, lambda _reference, _isbn: None, group))
    found.read("feed.xml", opener(message(*products)))
    return found


def together(found: Gathering, homes: dict[str, str] | None = None) -> list[tuple[str, list[str]]]:
    """Return the works: the title of the catalog, and the numbers of the records."""

    def home_of(slot: Slot) -> str:
        return (homes or {}).get(slot.isbn, "")

    works = found.works(home_of, homes or {})
    return [(home, [slot.reference.removeprefix("com.ribera.") for slot in slots]) for home, slots in works]


def test_records_are_one_work_through_others_wherever_they_are_in_a_feed() -> None:
    found = gathered(product(1, work(7)), product(2), product(3, related(2)), product(4, work(7)), product(5, related(3, 4)))
    assert together(found) == [("", ["1", "2", "3", "4", "5"])]


def test_records_that_nothing_joins_are_alone_and_nothing_joins_where_that_is_asked_for() -> None:
    assert together(gathered(product(1, work(7)), product(2, work(8)))) == [("", ["1"]), ("", ["2"])]
    assert together(gathered(product(1, work(7)), product(2, work(7)), group="none")) == [("", ["1"]), ("", ["2"])]


def test_a_record_belongs_to_the_title_whose_edition_it_names() -> None:
    assert together(gathered(product(1, related(9)), product(2)), {isbn(9): "quay"}) == [("quay", ["1"]), ("", ["2"])]


def test_an_identifier_that_too_many_share_is_no_works() -> None:
    found = gathered(*(product(number, work(7)) for number in range(50)))
    assert len(together(found)) == 50
    assert [item.code for item in found.diagnostics() if item.code == "onix-work-shared"] == ["onix-work-shared"]


def test_of_a_record_its_names_alone_are_in_memory() -> None:
    found = gathered(*(product(number, work(number)) for number in range(100)))
    more = opener(message(*(product(number, work(number)) for number in range(100, 300))))
    gc.collect()
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    found.read("more.xml", more)
    gc.collect()
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(found.slots) == 300
    assert (after - before) / 200 < 2_000  # of 100,000 records less than 200 MB
