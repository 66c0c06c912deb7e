"""Stores that answer with values of the wrong type, or about another object than was asked for: no plan, and words that say where."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from catalogctl.provider.emulation import SandboxRequest, SandboxResponse
from hostile.stage import Stage, staged
from hostile.wire import intact
from shop import Ran


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with staged(tmp_path_factory.mktemp("answers")) as one:
        yield one


def run(stage: Stage, path: str, change: Callable[[Any], None], *arguments: str) -> Ran:
    """Run a command while every answer to a GET of a path is changed."""
    met = 0

    def spoil(request: SandboxRequest, response: SandboxResponse) -> SandboxResponse:
        nonlocal met
        if request.method != "GET" or not re.search(path, request.path):
            return response
        met += 1
        whole = json.loads(response.body)
        change(whole)
        return replace(response, body=json.dumps(whole).encode())

    stage.wire.spoil = spoil
    try:
        return stage.run(*arguments)
    finally:
        stage.wire.spoil = intact
        assert met, "nothing was asked for there"


def _each_issue(**told: Any) -> Callable[[Any], None]:
    return lambda whole: [row.update(told) for row in whole["data"]["paginator"]["data"]]  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("path", "change", "words"),
    [
        ("/issues$", _each_issue(name=41, prices="free"), ["name: expected a text, got the number 41", "prices: expected an object"]),
        ("/issues$", _each_issue(external_id=7), ["data.paginator.data[0].external_id: expected a text, got the number 7"]),
        ("/tracks$", lambda whole: whole["data"][0].update(title=None), ["data[0].title: expected a text, got null"]),
        ("/books/[^/]+$", lambda whole: whole["data"]["attributes"].update(price="free"), ["price: expected a list, got the text 'free'"]),
        (
            "/books/[^/]+$",
            lambda whole: whole["data"].update(id="11111111-2222-4333-8444-555555555555"),
            ["is about the book '11111111-2222"],
        ),
        ("/books/[^/]+$", lambda whole: whole["data"].update(id=whole["data"]["id"].upper()), ["is about the book"]),
        ("/files$", lambda whole: whole["items"][0].update(labels=None), ["labels: expected a list, got null"]),
        ("/files$", lambda whole: whole["items"][0].update(sha1=7), ["sha1: expected a text, got the number 7"]),
        ("/distribution$", lambda whole: whole.update(enabled=[]), ["enabled"]),
    ],
)
def test_nonsense_makes_no_plan_and_is_told_by_its_place(stage: Stage, path: str, change: Callable[[Any], None], words: list[str]) -> None:
    ran = run(stage, path, change, "plan").ended(9)
    flat = " ".join(ran.err.split())
    for word in ("the answer to GET", *words):
        assert word in flat
    assert "→" not in ran.out


@pytest.mark.parametrize(
    ("path", "change"),
    [
        ("/books/external-id/", lambda whole: whole["data"]["attributes"].update(externalId="another")),
        ("/books$", lambda whole: [row["attributes"].update(externalId=None) for row in whole["data"]]),
        ("/issues$", _each_issue(external_id=None)),
        ("/issues$", lambda whole: [row.pop("is_owned_by_current_tenant") for row in whole["data"]["paginator"]["data"]]),
    ],
    ids=["another key", "no keys in the list", "no keys", "no owner"],
)
def test_what_may_be_ours_is_not_made_a_second_time(stage: Stage, path: str, change: Callable[[Any], None]) -> None:
    """With no state, everything is looked for by its key: an answer that hides a key is no reason to create."""
    stage.remove("state")
    try:
        if path == "/books/external-id/":  # the look-up of one book alone
            ran = run(stage, path, change, "plan", "--target", "publishdrive/*/faro.*")
        else:
            ran = run(stage, path, change, "plan")
    finally:
        stage.restore("state")
    if path == "/books$":  # each is looked up by itself, and found
        assert "create publishdrive" not in ran.ended(0).out
    else:
        ran.ended(9)
