"""What an account holds becomes titles: one for a work, with names that are free."""

from __future__ import annotations

import tempfile
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from catalogctl.engine.import_titles import Sorted, Target, sort_out
from catalogctl.engine.stores import Stores
from catalogctl.model.address import Address
from catalogctl.model.resource import Recorded
from catalogctl.model.slug import slug
from catalogctl.model.title import Contributor, Edition, Format, Metadata
from catalogctl.planning.catalog import Catalog
from catalogctl.provider.importing import FoundEdition, Inventory, Unimportable
from catalogctl.providers.publicala import provider
from catalogctl.providers.publicala.types import CONTENT
from unit.config.folder import resolved
from unit.providers.publicala.shop import account

ANA = (Contributor("Ana Ruiz", "A01"),)


def holding(id_: str, form: Format = Format.EPUB, key: str = "", remarks: tuple[str, ...] = (), **about: Any) -> FoundEdition:
    said: dict[str, Any] = {"title": "El faro", "language": "es", "contributors": ANA, "publication_date": date(2021, 3, 4), **about}
    edition = Edition(form.value, form, Metadata(**said), key or f"key-{id_}", prices={"USD": Decimal("9.90")}, publish={"store": {}})
    return FoundEdition(id_, edition, remarks)


def found(
    *holdings: FoundEdition, recorded: tuple[Recorded, ...] = (), names: tuple[str, ...] = (), strangers: tuple[Unimportable, ...] = ()
) -> Sorted:
    stores = Stores({"store": account()}, {"publicala": provider})
    nothing = resolved(Path(tempfile.mkdtemp()), {})
    return sort_out(Inventory(holdings, strangers), Target("store", nothing, Catalog({})), stores, recorded, names)


def editions(result: Sorted) -> dict[str, list[str]]:
    return {work.title.id: [edition.id for edition in work.title.editions] for work in result.works}


def test_the_forms_of_one_work_are_one_title_in_the_usual_order() -> None:
    result = found(holding("1", Format.PRINT), holding("2", Format.EPUB, title="EL FARO"), holding("3", Format.AUDIOBOOK))
    assert editions(result) == {"el-faro": ["epub", "audiobook", "print"]}


@pytest.mark.parametrize(
    ("other", "name"),
    [
        (holding("2", Format.EPUB), "el-faro-2021"),
        (holding("2", Format.EPUB, publication_date=date(2024, 5, 6)), "el-faro-2024"),
        (holding("2", Format.PDF, language="pt"), "el-faro-2021"),
        (holding("2", Format.PDF, contributors=(Contributor("Eva Sol", "A01"),)), "el-faro-sol"),
    ],
)
def test_what_may_be_another_work_is_a_title_of_its_own_called_by_what_tells_it_apart(other: FoundEdition, name: str) -> None:
    assert editions(found(holding("1"), other)) == {"el-faro": ["epub"], name: [other.edition.id]}


def test_a_narrator_makes_no_other_work() -> None:
    read = holding("2", Format.AUDIOBOOK, contributors=(*ANA, Contributor("Eva Sol", "E07")))
    assert editions(found(holding("1"), read)) == {"el-faro": ["epub", "audiobook"]}


def test_without_authors_a_title_is_too_little_to_go_by() -> None:
    assert len(found(holding("1", contributors=()), holding("2", Format.PDF, contributors=())).works) == 2


def test_names_that_are_taken_are_left() -> None:
    taken = ("el-faro", "el-faro-2021", "el-faro-key-1", "el-faro-2")
    assert [list(editions(found(holding("1"), names=taken[:count]))) for count in range(5)] == [
        ["el-faro"],
        ["el-faro-2021"],
        ["el-faro-key-1"],
        ["el-faro-2"],
        ["el-faro-3"],
    ]


def test_what_is_managed_is_passed_over() -> None:
    base = Recorded(Address("store", "content", "t", "e"), CONTENT, "https://x.example", "1", "other", {}, {})
    result = found(holding("1"), holding("2"), holding("3", key="other"), recorded=(base,))
    assert ([work.ids for work in result.works], result.known) == ([("2",)], 2)


def test_two_that_say_the_same_of_one_object_are_alike_whatever_they_are_called() -> None:
    first, again = found(holding("1")), found(holding("1"), names=("el-faro",))
    assert first.likenesses == again.likenesses
    assert first.likenesses.isdisjoint(found(holding("1", title="La luz")).likenesses)
    assert len(first.likenesses) == 1


def test_two_objects_with_one_key_are_left_alone() -> None:
    result = found(holding("1", key="same"), holding("2", key="same"), holding("3"))
    assert [work.ids for work in result.works] == [("3",)]
    assert [one.id for one in result.strangers] == ["1", "2"]


def test_what_the_service_would_refuse_is_left_alone_and_told_why() -> None:
    [told] = found(holding("1", publication_date=None)).strangers
    assert told.why == "No publication date: publica.la requires one for every content."


def test_what_is_to_be_said_of_all_editions_is_said_once() -> None:
    result = found(holding("1", remarks=("All.", "One.")), holding("2", Format.PDF, remarks=("All.",)))
    assert dict(result.works[0].remarks) == {"": ("All.",), "epub": ("One.",), "pdf": ()}


@pytest.mark.parametrize(
    ("text", "id_"),
    [
        ("El faro", "el-faro"),
        ("¿Quién? ¡Yo!", "quien-yo"),
        ("Don't Panic", "dont-panic"),
        ("白鯨", ""),
        ("palabra " * 20, "palabra-palabra-palabra-palabra-palabra-palabra-palabra"),
        ("x" * 90, "x" * 60),
    ],
)
def test_an_id_is_made_of_the_title(text: str, id_: str) -> None:
    assert slug(text) == id_


def test_a_title_without_a_latin_letter_is_called_by_its_objects_id() -> None:
    assert list(editions(found(holding("77", title="白鯨")))) == ["title-77"]
