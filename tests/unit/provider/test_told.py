"""What a store reported, in the forms of a title's file: nothing where it reported nothing, and no two tracks of one id."""

from __future__ import annotations

from decimal import Decimal

import pytest

from catalogctl.model.value import Attributes
from catalogctl.provider.importing import named_tracks, prices_in, terms_in, text_in


def test_what_was_not_told_is_empty() -> None:
    nothing: tuple[Attributes, ...] = ({}, {"a": None})
    for told in nothing:
        assert (prices_in(told, "a"), text_in(told, "a"), terms_in(told, "a")) == ({}, "", ())
    full: Attributes = {"prices": {"USD": Decimal(2), "EUR": None}, "name": "El faro", "author": ("Ana", "Luis")}
    assert (prices_in(full, "prices"), text_in(full, "name"), terms_in(full, "author")) == ({"USD": Decimal(2)}, "El faro", ("Ana", "Luis"))


@pytest.mark.parametrize(
    ("titles", "ids"),
    [
        (["Capítulo 1", "Capítulo 1"], ["capitulo-1", "capitulo-1-2"]),
        (["a-3", "a", "a"], ["a-3", "a", "a-3-3"]),
        (["終わり", "始まり"], ["chapter-01", "chapter-02"]),
        (["x" * 80, "x" * 80], ["x" * 60, f"{'x' * 60}-2"]),
    ],
)
def test_each_track_has_an_id_of_its_own(titles: list[str], ids: list[str]) -> None:
    assert [(track.id, track.title) for track in named_tracks(titles, "chapter")] == list(zip(ids, titles, strict=True))
