"""Which changes are equal but for what they are about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import groupby

import pytest

from catalogctl.model.asset import Asset
from catalogctl.planning.action import Reason
from catalogctl.planning.change import Change
from catalogctl.planning.risk.risk import assess
from catalogctl.view.diff.equal_changes import LEAST, MANY, EqualGroups, find_equal, group_drift
from unit.planning.house import book, chapter, decided
from unit.view import samples

CHEAPER = samples.differs("prices", Decimal("9.99"), Decimal("6.99"), "USD")


def grouped(changes: Sequence[Change], *, bulk: bool = True) -> EqualGroups:
    ordered = sorted(changes, key=lambda change: change.address.title)
    titles = [list(several) for _, several in groupby(ordered, key=lambda change: change.address.title)]
    return find_equal(lambda: map(assess, titles), bulk=bulk)


def cheaper(number: int = LEAST) -> list[Change]:
    was, will = {"prices": {"USD": Decimal("9.99")}}, {"prices": {"USD": Decimal("6.99")}}
    return [replace(samples.updating(samples.at(f"t{one}"), CHEAPER), before=was, after=will) for one in range(number)]


def members(groups: EqualGroups) -> list[list[str]]:
    return [[str(address) for address in group.addresses] for group in groups.groups]


def test_three_equal_changes_are_a_group_and_two_are_not() -> None:
    assert [len(found) for found in members(grouped(cheaper(3)))] == [3]
    assert members(grouped(cheaper(2))) == []


def test_values_are_compared_as_the_store_writes_them() -> None:
    digits = samples.differs("prices", Decimal("9.990"), Decimal("6.990"), "USD")
    longer = replace(cheaper(1)[0], address=samples.at("t8"), attributes=(digits,))
    [found] = members(grouped([*cheaper(2), longer]))
    assert found == ["store/content/t0.epub", "store/content/t1.epub", "store/content/t8.epub"]


OTHER = replace(cheaper(1)[0], address=samples.at("t9"))


@pytest.mark.parametrize(
    "other",
    [
        replace(OTHER, address=samples.at("t9", account="store-mx")),
        replace(OTHER, reason=Reason.BOTH),
        replace(OTHER, attributes=(samples.differs("prices", Decimal("9.98"), Decimal("6.99"), "USD"),)),
        replace(OTHER, attributes=(samples.differs("prices", Decimal("9.99"), Decimal("6.99"), "EUR"),)),
        replace(OTHER, attributes=(CHEAPER, samples.differs("pages", 1, 2))),
        replace(OTHER, protect=True),
        replace(OTHER, withdraws=True),
        replace(OTHER, type=replace(samples.CONTENT, name="book")),
        replace(OTHER, before={}),
    ],
    ids=["account", "reason", "before", "currency", "attributes", "protected", "review", "type", "risk"],
)
def test_what_differs_in_anything_a_reviewer_reads_is_no_member(other: Change) -> None:
    [found] = grouped([*cheaper(), other]).groups
    assert other.address not in set(found.addresses)
    assert [one.change for one in grouped([*cheaper(), other]).alone(assess([other]))] == [other]


def test_files_of_the_same_bytes_in_different_places_are_no_equal_changes() -> None:
    def sent(number: int) -> Change:
        cover = Asset(f"assets/{number}.jpg", sha256="99f0e1d2" * 8, size=10)
        return samples.updating(samples.at(f"t{number}"), samples.differs("cover", samples.OLD_FILE, cover))

    assert members(grouped([sent(number) for number in range(LEAST)])) == []


def test_the_riskiest_group_comes_first_then_the_largest() -> None:
    renamed = [samples.updating(samples.at(f"r{one}"), samples.differs("lang", "es", "pt")) for one in range(9)]
    more = [samples.updating(samples.at(f"p{one}"), samples.differs("pages", 1, 2)) for one in range(12)]
    assert [len(found) for found in members(grouped([*renamed, *cheaper(4), *more]))] == [4, 12, 9]


def test_many_creates_are_a_group_where_they_are_asked_for_in_bulk() -> None:
    def created(number: int) -> list[Change]:
        return [samples.creating(samples.at(f"t{one:02}"), {**samples.MIRROR, "name": f"Tomo {one}"}) for one in range(number)]

    assert [len(found) for found in members(grouped(created(MANY + 1)))] == [MANY + 1]
    assert members(grouped(created(MANY))) == []
    assert members(grouped(created(MANY + 1), bulk=False)) == []


def test_a_create_that_is_risky_is_no_member_of_those_that_are_not() -> None:
    created = [samples.creating(samples.at(f"t{one:02}"), samples.MIRROR) for one in range(MANY)]
    gift = samples.creating(samples.at("t99"), {**samples.MIRROR, "prices": {"USD": Decimal(0)}})
    [found] = grouped([*created, gift]).groups
    assert gift.address not in set(found.addresses)


def test_parts_are_counted_with_what_they_are_part_of() -> None:
    changes = [
        retitled(one, f"b{number:02}") for number in range(MANY + 1) for one in decided([book(), chapter("one"), chapter("two")]).changes
    ]
    [found] = grouped(changes).groups
    assert (len(found.members), found.parts) == (MANY + 1, {"chapter": 2 * (MANY + 1)})
    assert grouped(changes).alone(assess([one for one in changes if one.address.title == "b03"])) == []


def retitled(change: Change, title: str) -> Change:
    owner = None if change.owner is None else replace(change.owner, title=title)
    return replace(change, address=replace(change.address, title=title), owner=owner)


def test_equal_drift_is_together() -> None:
    drifted = [samples.everything().drift[0]] * 3
    assert [len(several) for several in group_drift([*drifted, samples.everything().drift[1]])] == [3, 1]


def test_a_text_that_no_file_can_hold_is_compared_all_the_same() -> None:
    odd = samples.differs("name", "\ud800", "\ud801")
    assert [len(found) for found in members(grouped([samples.updating(samples.at(f"t{one}"), odd) for one in range(3)]))] == [3]
