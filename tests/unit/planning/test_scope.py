"""Which addresses a plan is about."""

from __future__ import annotations

import pytest

from catalogctl.model.address import Address
from catalogctl.planning.scope import Purpose, Scope

FARO = Address("store", "book", "faro", "epub")
AZUL = Address("store", "book", "azul", "epub")
OTHER = Address("shop", "audiobook", "faro", "mp3")


@pytest.mark.parametrize(
    ("scope", "selected"),
    [
        (Scope(), {FARO, AZUL, OTHER}),
        (Scope(targets=("faro",)), {FARO, OTHER}),
        (Scope(targets=("store/*", "faro.mp3")), {FARO, AZUL, OTHER}),
        (Scope(targets=("faro",), excludes=("shop/*",)), {FARO}),
        (Scope(excludes=("*.epub",)), {OTHER}),
        (Scope(only=frozenset({FARO, AZUL}), excludes=("azul",)), {FARO}),
        (Scope(only=frozenset()), set()),
    ],
)
def test_scope_selects_what_its_globs_and_addresses_say(scope: Scope, selected: set[Address]) -> None:
    assert {address for address in (FARO, AZUL, OTHER) if scope.selects(address)} == selected


def test_scope_requests_a_replace_of_what_its_globs_and_addresses_say() -> None:
    assert [Scope(replaces=("azul",)).requests_replace(address) for address in (FARO, AZUL)] == [False, True]
    assert [Scope(replaced=frozenset({FARO})).requests_replace(address) for address in (FARO, AZUL)] == [True, False]
    assert not Scope().requests_replace(FARO)


def test_scope_within_some_addresses_selects_no_more_than_before() -> None:
    narrowed = Scope(Purpose.DESTROY, targets=("faro",)).within({FARO, AZUL}).within({FARO, OTHER})

    assert [narrowed.selects(address) for address in (FARO, AZUL, OTHER)] == [True, False, False]
    assert narrowed.purpose is Purpose.DESTROY
