"""The token, the headers, the routes, the rate, and the back doors."""

from __future__ import annotations

import json
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import pytest

from catalogctl.provider.emulation import StoredChange
from catalogctl.providers.publicala.sandbox import PublicalaSandbox, PublicalaSwitches
from unit.sandbox.storefront import DIGITAL, HEADERS, ISSUES, Store, serving


@pytest.mark.parametrize("token", [None, "", "Secret"])
def test_without_the_right_token_every_request_is_unauthenticated(token: str | None) -> None:
    headers = {key: value for key, value in HEADERS.items() if key != "X-User-Token"} | ({} if token is None else {"X-User-Token": token})
    with serving(token="secret") as store:
        number = store.created()
        for method, tail in [("GET", ""), ("POST", ""), ("GET", "/1"), ("PUT", f"/{number}"), ("DELETE", f"/{number}")]:
            answer = store.call(method, f"{ISSUES}{tail}", DIGITAL, headers=headers)
            assert (answer.status, answer.json) == (401, {"message": "Unauthenticated."})
        assert len(store.sandbox.rows()) == 1


@pytest.mark.parametrize("accept", [None, "*/*", "text/html"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_request_that_does_not_accept_json_is_sent_to_the_login_page(store: Store, accept: str | None, method: str) -> None:
    headers = {key: value for key, value in HEADERS.items() if key != "Accept"} | ({} if accept is None else {"Accept": accept})
    answer = store.call(method, ISSUES, DIGITAL, headers=headers)
    assert (answer.status, answer.headers["location"]) == (302, f"{store.server.url('publicala')}/login")
    assert answer.headers["content-type"].startswith("text/html")
    assert store.sandbox.rows() == ()


@pytest.mark.parametrize("path", ["/", "/login", "/integration-api/v1/dashboard", f"{ISSUES}x", f"{ISSUES}/1/2", "/api/v3/content"])
def test_any_other_path_is_not_found(store: Store, path: str) -> None:
    answer = store.call("GET", path)
    assert (answer.status, answer.json) == (404, {"message": "Not Found"})


@pytest.mark.parametrize(
    ("method", "tail", "allowed"),
    [("PATCH", "/1", "GET, HEAD, PUT, DELETE"), ("POST", "/1", "GET, HEAD, PUT, DELETE"), ("DELETE", "", "GET, HEAD, POST")],
)
def test_a_verb_that_the_document_does_not_name_is_not_allowed(store: Store, method: str, tail: str, allowed: str) -> None:
    answer = store.call(method, f"{ISSUES}{tail}", DIGITAL)
    assert (answer.status, answer.headers["allow"]) == (405, allowed)


def test_head_is_get_without_a_body(store: Store) -> None:
    answer = store.call("HEAD", ISSUES)
    assert (answer.status, answer.body) == (200, b"")
    assert store.list().status == 200


def test_the_rate_is_named_on_every_answer_and_never_refuses_by_default(store: Store) -> None:
    for _ in range(200):
        headers = store.get("nothing").headers
    assert (headers["x-ratelimit-limit"], headers["x-ratelimit-remaining"]) == ("100000", "99999")
    assert "x-ratelimit-reset" not in headers


def test_the_rate_refuses_what_is_too_much_in_a_minute() -> None:
    with serving(rate_limit=3) as store:
        answers = [store.list() for _ in range(3)]
        assert [answer.headers["x-ratelimit-remaining"] for answer in answers] == ["2", "1", "0"]
        assert ["x-ratelimit-reset" in answer.headers for answer in answers] == [False, False, True]
        store.clock.pass_(18)
        refused = store.create()
        assert (refused.status, refused.json) == (429, {"message": "Too Many Attempts."})
        assert refused.headers["x-ratelimit-remaining"] == "0"
        assert refused.headers["retry-after"] == "42"
        assert int(refused.headers["x-ratelimit-reset"]) == int(store.clock.now.timestamp()) + 42
        assert store.sandbox.rows() == ()
        store.clock.pass_(42)
        assert store.create().status == 201


def test_retry_after_may_be_a_date_or_be_missing() -> None:
    with serving(rate_limit=1, retry_after="date") as store:
        store.list()
        until = parsedate_to_datetime(store.list().headers["retry-after"])
        assert timedelta(seconds=60) <= until - store.clock.now <= timedelta(seconds=61)
    with serving(rate_limit=1, retry_after="none") as store:
        store.list()
        refused = store.list()
        assert refused.status == 429
        assert "retry-after" not in refused.headers


def test_every_request_is_logged_with_what_came_of_it(store: Store) -> None:
    store.create()
    store.list("?query=machine&page=1")
    post, get = store.sandbox.requests
    assert (post.method, post.path, post.query, post.body, post.status, post.at) == ("POST", ISSUES, "", DIGITAL, 201, store.clock.now)
    assert (get.method, get.path, get.query, get.body, get.status) == ("GET", f"{ISSUES}/", "query=machine&page=1", None, 200)
    store.sandbox.clear_log()
    assert store.sandbox.requests == ()


def test_contents_can_be_changed_behind_the_clients_back(store: Store) -> None:
    store.created(prices={"USD": 2})
    store.sandbox.edit("computing-machine", name="Renamed", prices={"EUR": "9.99"}, author=["A"], bisac=[{"code": "FIC029000"}])
    row = store.row()
    assert (row["name"], row["prices"], row["price_morph"][0]["amount_in_cents"]) == ("Renamed", {"EUR": 9.99}, 999)
    assert (store.stored()["author"], store.stored()["bisac"]) == (["A"], ["FIC029000"])
    store.sandbox.edit("computing-machine", ti_withdrawn=1, ti_deleted_at="2026-01-01 00:00:00", conversion_status="failed")
    row = store.row()
    assert (row["ti_withdrawn"], row["ti_deleted_at"], row["conversion_status"]) == (1, "2026-01-01 00:00:00", "failed")
    store.sandbox.edit("computing-machine", external_id="other")
    store.sandbox.remove("other")
    assert store.list().rows == []


def test_back_doors_refuse_what_is_not_there(store: Store) -> None:
    store.created()
    with pytest.raises(KeyError):
        store.sandbox.edit("nothing", name="x")
    with pytest.raises(KeyError):
        store.sandbox.remove("nothing")
    with pytest.raises(ValueError, match="a content has no colour"):
        store.sandbox.edit("computing-machine", colour="red")
    with pytest.raises(ValueError, match="id cannot be edited"):
        store.sandbox.edit("computing-machine", id=5)


def test_a_seeded_content_is_as_it_is_given_and_done(store: Store) -> None:
    store.sandbox.seed([{"id": 468166, "external_id": "x", "type": "physical", "prices": {"USD": 25}, "is_owned_by_current_tenant": False}])
    row = store.row("x")
    assert (row["id"], row["file_type"], row["prices"], row["conversion_status"]) == (468166, "physical", {"USD": 25}, "done")
    assert row["is_owned_by_current_tenant"] is False
    assert store.created() == 1000003


def test_a_reset_store_is_as_new() -> None:
    with serving(foreign_rows=1) as store:
        store.created()
        store.sandbox.reset()
        assert [row["external_id"] for row in store.sandbox.rows()] == ["foreign-1000003"]
        assert store.sandbox.requests == ()


def test_commits_rebuild_the_contents() -> None:
    commits: list[StoredChange] = []
    first = PublicalaSandbox(first_id=10)
    first.listen(commits.append)
    first.seed([{"external_id": "a", "author": ["A"], "prices": {"USD": 1}}, {"external_id": "b"}, {"external_id": "c"}])
    first.edit("a", name="Changed", ti_withdrawn=1)
    first.remove("c")
    replayed, restored = PublicalaSandbox(first_id=10), PublicalaSandbox()
    replayed.replay(commits)
    restored.seed([{"external_id": "left over"}])
    restored.restore(first.snapshot())
    assert replayed.rows() == restored.rows() == first.rows()
    for sandbox in (replayed, restored):
        sandbox.seed([{"external_id": "d"}])
        assert sandbox.rows()[-1]["id"] == 13, "the id of what was removed is not given again"


def test_same_requests_at_same_instants_get_the_same_answers() -> None:
    answers: list[list[str]] = []
    for _ in range(2):
        with serving(foreign_rows=3) as store:
            told = [store.create().body.decode(), store.create().body.decode(), json.dumps(store.list().rows)]
            answers.append([text.replace(store.server.url("publicala"), "") for text in told])  # each store is at an address of its own
    assert answers[0] == answers[1]


@pytest.mark.parametrize(("name", "value"), [("single_get", "list"), ("retry_after", "soon"), ("timezone", "Mars/Olympus")])
def test_a_switch_takes_only_the_readings_that_there_are(name: str, value: str) -> None:
    switches: dict[str, Any] = {name: value}
    with pytest.raises((ValueError, KeyError)):
        PublicalaSwitches(**switches)


def test_the_account_block_names_the_store_and_refers_to_its_token(store: Store) -> None:
    url = store.server.url("publicala")
    assert store.server.account_blocks() == {
        "publicala": {"provider": "publicala", "base_url": url, "token": "${env:PUBLICALA_TOKEN}"},
    }
