"""Spoilt answers that arrive on sockets: what a client's own parser of HTTP makes of a body lies between, which a wire leaves out."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given

from hostile.spoil import Value
from hostile.stage import Stage, checks, staged
from hostile.wire import served
from properties.test_answers import EXAMPLES, ended, run, spoilings


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with staged(tmp_path_factory.mktemp("served"), served) as one:
        yield one


@checks(EXAMPLES // 4)
@given(spoilings)
def test_answers_that_are_spoilt_on_sockets_are_borne_as_well(stage: Stage, changes: list[tuple[int, Value]]) -> None:
    ended(run(stage, changes, "plan"), {0, 1, 3, 8, 9})
