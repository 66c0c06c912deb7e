"""As much as fits, the most important first, and each part whole or not there."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from hypothesis import given
from hypothesis import strategies as st

from catalogctl.view.markdown.budget import Group, fill


def group(*parts: Sequence[str]) -> Group:
    return Group("head\n", [[partial(str, text) for text in forms] for forms in parts], lambda levels: f"{levels.count(0)} more\n")


def test_all_of_it_is_there_where_there_is_room() -> None:
    told = fill("a\n", [group(["x\n", "xx\n"], ["y\n"])], "z\n", [(0, 0), (0, 1), (0, 0)], 100)
    assert told == "a\nhead\nxx\ny\n0 more\nz\n"


def test_the_least_important_is_left_out_and_counted() -> None:
    told = fill("", [group(["first\n"], ["second\n"], ["third\n"])], "", [(0, 2), (0, 0), (0, 1)], len("head\nfirst\nthird\n1 more\n"))
    assert told == "head\nfirst\nthird\n1 more\n"


def test_a_part_that_does_not_fit_leaves_its_room_to_smaller_ones() -> None:
    told = fill("", [group(["x" * 50 + "\n"], ["y\n"])], "", [(0, 0), (0, 1)], 30)
    assert told == "head\ny\n1 more\n"


def test_a_part_is_not_written_before_there_may_be_room_for_it() -> None:
    asked: list[int] = []

    def form(number: int) -> str:
        asked.append(number)
        return "x" * 20 + "\n"

    parts = [[partial(form, number)] for number in range(1000)]
    fill("", [Group("", parts, lambda _: "")], "", [(0, number) for number in range(1000)], 100)
    assert len(asked) < 50


def test_a_group_whose_head_has_no_room_is_left_out_whole() -> None:
    assert fill("a", [group(["x\n"])], "z", [(0, 0)], 5) == "az"


forms = st.lists(st.text("ä€x", max_size=30), min_size=1, max_size=3)


@given(st.lists(st.lists(forms, max_size=5), max_size=4), st.integers(0, 200), st.randoms(use_true_random=False))
def test_it_never_takes_more_bytes_than_there_are_and_is_the_same_each_time(
    whole: list[list[list[str]]], room: int, luck: st.DataObject
) -> None:
    steps = [(number, part) for number, parts in enumerate(whole) for part, forms in enumerate(parts) for _ in forms]
    luck.shuffle(steps)  # type: ignore[attr-defined]
    groups = [group(*parts) for parts in whole]
    told = fill("", groups, "", steps, room)
    assert len(told.encode()) <= room
    assert told == fill("", groups, "", steps, room)
