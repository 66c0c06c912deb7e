"""What blocks may not say, beside each other and beside what the files declare."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from catalogctl.model.address import Address
from catalogctl.model.blocks import Import, Move, Removal
from catalogctl.model.diagnostics import SourceRange
from catalogctl.model.title import Origin
from catalogctl.planning.blocks.rules import MOST_BLOCKS, among_themselves, beside_titles
from catalogctl.planning.catalog import Catalog
from unit.planning.shelf import BOX, at, want

ORIGIN = Origin("catalog/moves.yaml", 0)
KINDS = {at("x").account: {at("x").type, at("x", BOX).type}, "other": {at("x").type}}


def move(source: Address, target: Address) -> Move:
    return Move(source, target, ORIGIN)


def codes(moves: Iterable[Move] = (), removed: Iterable[Removal] = (), imports: Iterable[Import] = ()) -> list[str]:
    return [one.code for one in among_themselves(Catalog({}, tuple(moves), tuple(removed), tuple(imports)), KINDS)]


A, B, C = (at(name) for name in ("a", "b", "c"))


@pytest.mark.parametrize(
    ("moves", "told"),
    [
        ([move(A, B), move(B, C)], []),
        ([move(A, B), move(A, B)], []),
        ([move(A, A)], ["move-to-itself"]),
        ([move(A, B), move(A, C)], ["move-ambiguous"]),
        ([move(A, C), move(B, C)], ["move-ambiguous"]),
        ([move(A, B), move(B, A)], ["move-cycle"]),
        ([move(A, B), move(B, C), move(C, A)], ["move-cycle"]),
        ([move(A, at("a", BOX))], ["move-conflict"]),
        ([move(A, at("a", account="other"))], ["move-conflict"]),
        ([move(at("a", account="nobody's"), B)], ["block-address-unknown"]),
    ],
)
def test_moves_are_held_to_terraforms_rules(moves: list[Move], told: list[str]) -> None:
    assert codes(moves) == told


@pytest.mark.parametrize(
    ("imports", "told"),
    [
        ([(A, "7"), (B, "8")], []),
        ([(A, "7"), (A, "7")], []),
        ([(A, "7"), (A, "8")], ["import-ambiguous"]),
        ([(A, "7"), (B, "7")], ["import-ambiguous"]),
        ([(A, "7"), (at("b", account="other"), "7")], []),
    ],
)
def test_one_object_is_imported_to_one_address(imports: list[tuple[Address, str]], told: list[str]) -> None:
    assert codes(imports=[Import(address, id_, ORIGIN) for address, id_ in imports]) == told


def test_an_address_of_no_type_is_misspelt() -> None:
    odd = Address(A.account, "contents", "a", "epub")
    assert codes(removed=[Removal(odd, False, ORIGIN), Removal(at("never"), False, ORIGIN)]) == ["block-address-unknown"]


def test_an_address_has_one_fate_and_both_blocks_are_told_of() -> None:
    places: dict[Origin, SourceRange | None] = {
        ORIGIN.at("removed", number): SourceRange("a.yaml", number + 1, 1, 2, "") for number in range(3)
    }
    places[ORIGIN.at("moved", 0)] = SourceRange("b.yaml", 9, 1, 2, "")
    removed = tuple(
        Removal(address, destroy, ORIGIN.at("removed", number))
        for number, (address, destroy) in enumerate([(A, True), (A, False), (B, False)])
    )
    moved = (Move(B, C, ORIGIN.at("moved", 0)), Move(C, A, ORIGIN))
    found = [*among_themselves(Catalog({}, moved, removed, place=places.get), KINDS)]
    assert [(one.code, one.address, one.source and (one.source.path, one.source.line)) for one in found] == [
        ("removed-ambiguous", str(A), ("a.yaml", 2)),
        ("removed-ambiguous", str(A), ("a.yaml", 1)),
        ("removed-ambiguous", str(B), ("a.yaml", 3)),
        ("removed-ambiguous", str(B), ("b.yaml", 9)),
    ]
    assert "a.yaml:1" in found[0].detail
    assert "a.yaml:2" in found[1].detail


def test_of_more_blocks_than_anybody_has_nothing_else_is_told() -> None:
    many = [move(at(f"a{number}"), A) for number in range(MOST_BLOCKS + 1)]
    assert codes(many) == ["too-many-blocks"]


def test_what_moves_to_an_address_may_be_given_up_there_and_saying_it_twice_is_no_fault() -> None:
    assert codes([move(A, B)], [Removal(B, False, ORIGIN), Removal(B, False, ORIGIN)]) == []


def test_what_is_given_up_and_still_declared_is_told() -> None:
    catalog = Catalog(
        {A: want("a"), B: want("b"), C: want("c")}, (move(A, C),), (Removal(B, True, ORIGIN), Removal(at("gone"), True, ORIGIN))
    )
    assert [(one.code, one.address) for one in beside_titles(catalog)] == [
        ("move-source-declared", str(A)),
        ("removed-declared", str(B)),
    ]
