"""Logins, tokens, paths and verbs, the rate, and the refusals that come as 200."""

from __future__ import annotations

from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import pytest

from catalogctl.providers.openpublishing.sandbox import OpenPublishingSandbox, OpenPublishingSwitches
from unit.sandbox.warehouse import DISTRIBUTION, FILES, FORM, PRODUCTS, Warehouse, serving


def is_open(warehouse: Warehouse) -> bool:
    return warehouse.get(FILES).status == 200


def test_any_key_gives_a_token_that_opens_every_place() -> None:
    with serving() as warehouse:
        answer = warehouse.login(type="api_key", api_key="anything")
        assert (answer.status, answer.json["ok"], sorted(answer.json)) == (200, "ok", ["auth_token", "ok"])
        assert len(answer.json["auth_token"]) == 250
        warehouse.token = answer.json["auth_token"]
        assert [warehouse.get(path).status for path in (PRODUCTS, f"{PRODUCTS}/4711", FILES, DISTRIBUTION)] == [200] * 4


def test_the_same_logins_give_the_same_tokens_and_each_another_one() -> None:
    with serving() as one, serving() as other:
        assert one.token == other.token
        assert one.login().json == other.login().json != {"auth_token": one.token, "ok": "ok"}
        assert is_open(one)


@pytest.mark.parametrize(
    "fields",
    [
        {"type": "api_key", "api_key": "refused"},
        {"type": "api_key", "api_key": ""},
        {"type": "api_key"},
        {"api_key": "k"},
        {"type": "user", "realm": "r", "email": "e", "password": "p", "api_key": "k"},
    ],
)
def test_a_bad_login_is_refused_in_either_way(fields: dict[str, str]) -> None:
    with serving() as warehouse:
        assert warehouse.login(**fields).error == (403, "auth::invalid_credentials")
    with serving(bad_credentials="error_in_200") as warehouse:
        answer = warehouse.login(**fields)
        assert answer.error == (200, "auth::invalid_credentials")
        assert "auth_token" not in answer.json


def test_a_login_is_a_form_in_the_body_and_nothing_else() -> None:
    with serving() as warehouse:
        body = b"type=api_key&api_key=k"
        assert warehouse.send("POST", "/auth/auth", body, FORM).status == 200
        assert warehouse.send("POST", "/auth/auth", body, {"Content-Type": f"{FORM['Content-Type']}; charset=utf-8"}).status == 200
        assert warehouse.send("POST", "/auth/auth", body, {"Content-Type": "application/json"}).status == 403
        assert warehouse.send("POST", "/auth/auth?type=api_key&api_key=k").status == 403
        assert warehouse.send("GET", "/auth/auth?type=api_key&api_key=k").status == 405


@pytest.mark.parametrize("unauthorized", ["401", "403"])
def test_without_a_good_token_no_place_is_open(unauthorized: str) -> None:
    with serving(unauthorized=unauthorized) as warehouse:
        for authorization in (None, "", "Bearer", "Bearer nonsense", f"Basic {warehouse.token}", warehouse.token):
            headers = {} if authorization is None else {"Authorization": authorization}
            for method, path in [("GET", PRODUCTS), ("POST", FILES), ("DELETE", f"{FILES}/1"), ("POST", f"{DISTRIBUTION}?enabled=true")]:
                assert warehouse.send(method, path, headers=headers).error == (int(unauthorized), "auth::token_invalid")
        assert warehouse.sandbox.products()[0]["enabled"] is False


def test_a_token_runs_out_by_the_clock() -> None:
    with serving(token_seconds=10) as warehouse:
        warehouse.clock.pass_(9.5)
        assert is_open(warehouse)
        warehouse.clock.pass_(0.5)
        assert not is_open(warehouse)
        warehouse.log_in()
        assert is_open(warehouse)
    with serving(token_seconds=None) as warehouse:
        warehouse.clock.pass_(10**8)
        assert is_open(warehouse)


def test_a_token_is_good_for_so_many_calls() -> None:
    with serving(token_uses=2) as warehouse:
        assert [is_open(warehouse) for _ in range(3)] == [True, True, False]
        warehouse.log_in()
        assert is_open(warehouse)


def test_a_restored_store_knows_its_tokens_still_and_a_reset_one_does_not() -> None:
    with serving() as warehouse:
        warehouse.sandbox.restore(warehouse.sandbox.snapshot())
        assert is_open(warehouse)
        token = warehouse.token
        warehouse.sandbox.reset()
        assert warehouse.get(PRODUCTS).status == 401
        assert warehouse.log_in() == token


@pytest.mark.parametrize(
    "path", ["/", "/auth", "/resource/v2/products", f"{PRODUCTS}/4711/contacts", f"{FILES}/1/2", f"{DISTRIBUTION}/a/b"]
)
def test_any_other_path_is_not_found(path: str) -> None:
    with serving(errors_in_200="yes") as warehouse:
        assert warehouse.get(path).error == (404, "request::no_such_path")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("POST", PRODUCTS, "GET, HEAD"),
        ("PUT", f"{PRODUCTS}/4711", "GET, HEAD"),
        ("DELETE", f"{PRODUCTS}/4711", "GET, HEAD"),
        ("PUT", FILES, "GET, HEAD, POST"),
        ("PATCH", f"{FILES}/1", "DELETE, GET, HEAD"),
        ("DELETE", DISTRIBUTION, "GET, HEAD, POST"),
    ],
)
def test_a_verb_that_a_place_does_not_know_is_not_allowed(method: str, path: str, allowed: str) -> None:
    with serving() as warehouse:
        answer = warehouse.call(method, path)
        assert (*answer.error, answer.headers["allow"]) == (405, "request::method_not_allowed", allowed)


def test_head_is_get_without_a_body_and_a_last_slash_means_nothing() -> None:
    with serving() as warehouse:
        answer = warehouse.call("HEAD", FILES)
        assert (answer.status, answer.body) == (200, b"")
        assert warehouse.get(f"{FILES}/").items == []


def test_the_rate_refuses_what_is_too_much_in_a_minute_logins_among_it() -> None:
    with serving(rate_limit=3) as warehouse:
        assert [is_open(warehouse) for _ in range(3)] == [True, True, False]
        warehouse.clock.pass_(18)
        refused = warehouse.login()
        assert (*refused.error, refused.headers["retry-after"]) == (429, "server::too_many_requests", "42")
        warehouse.clock.pass_(42)
        assert warehouse.add().status == 201


def test_retry_after_may_be_a_date_or_be_missing() -> None:
    with serving(rate_limit=1, retry_after="date") as warehouse:
        until = parsedate_to_datetime(warehouse.get(FILES).headers["retry-after"])
        assert timedelta(seconds=60) <= until - warehouse.clock.now <= timedelta(seconds=61)
    with serving(rate_limit=1, retry_after="none", errors_in_200="yes") as warehouse:
        refused = warehouse.get(FILES)
        assert refused.status == 429
        assert "retry-after" not in refused.headers


def test_every_so_manieth_call_is_refused_as_busy_and_not_applied() -> None:
    with serving(busy_every=2) as warehouse:
        assert warehouse.add().status == 201
        assert warehouse.add().error == (503, "server::temporarily_not_available")
        assert warehouse.add().status == 201
        assert len(warehouse.sandbox.rows()) == 2


def test_refusals_may_come_as_200() -> None:
    with serving(errors_in_200="yes", one_per_type="conflict", busy_every=6) as warehouse:
        warehouse.added()
        answers = [
            warehouse.get(f"{PRODUCTS}/1"),
            warehouse.call("DELETE", f"{FILES}/1"),
            warehouse.add(),
            warehouse.add("nonsense"),
            warehouse.get(FILES),
        ]
        assert [answer.error for answer in answers] == [
            (200, "products::not_found"),
            (200, "product_files::not_found"),
            (200, "product_files::conflict"),
            (200, "product_files::type_invalid"),
            (200, "server::temporarily_not_available"),
        ]
        assert len(warehouse.sandbox.rows()) == 1
        assert warehouse.post_form(b"no form").status == 400
        warehouse.token = ""
        assert warehouse.get(FILES).status == 401


def test_every_request_is_logged_without_its_form() -> None:
    with serving() as warehouse:
        warehouse.sandbox.clear_log()
        warehouse.login(type="api_key", api_key="k", realm="r")
        warehouse.get(f"{FILES}?type=extract")
        warehouse.call("POST", DISTRIBUTION, b"enabled=true&why=x", FORM)
        login, listing, post = warehouse.sandbox.requests
        assert (login.method, login.path, login.body, login.status, login.ignored_keys) == ("POST", "/auth/auth", None, 200, ("realm",))
        assert (listing.path, listing.query, listing.at, listing.ignored_keys) == (FILES, "type=extract", warehouse.clock.now, ())
        assert (post.status, post.ignored_keys) == (200, ("why",))


@pytest.mark.parametrize(
    "switch",
    [{"bad_credentials": "401"}, {"unauthorized": 401}, {"envelope": "data"}, {"delete_answer": "202"}, {"enabled_as": "True"}],
)
def test_a_reading_that_is_not_offered_is_refused(switch: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=f"{next(iter(switch))} is one of "):
        OpenPublishingSwitches(**switch)


def test_the_account_block_refers_to_its_key() -> None:
    assert OpenPublishingSandbox().account_block("http://127.0.0.1:1") == {
        "provider": "openpublishing",
        "base_url": "http://127.0.0.1:1",
        "api_key": "${env:OPENPUBLISHING_API_KEY}",
    }
