"""The requests that apply would make, in order, and what they cost."""

from __future__ import annotations

import pytest

from catalogctl.model.account import CallLimits
from catalogctl.model.address import Address
from catalogctl.planning.calls import calls, estimate
from catalogctl.planning.order import Operation, order
from catalogctl.planning.plan import Estimate, PlannedRequest
from catalogctl.provider.endpoint import Endpoint
from catalogctl.provider.protocol import Verb
from unit.planning.shelf import NEW_FILE, OLD_FILE, have, seen, verdicts, want

CREATE = Endpoint("POST", "/books", frozenset({201}), repeatable=False)
READ = Endpoint("GET", "/books/{id}", frozenset({200}), repeatable=True)
DELETE = Endpoint("DELETE", "/books/{id}", frozenset({204}), repeatable=True)


def endpoints(operation: Operation) -> tuple[Endpoint, ...]:
    return (CREATE,) if operation.verb is Verb.CREATE else (READ, DELETE)


def some(count: int, account: str = "store") -> tuple[PlannedRequest, ...]:
    return (PlannedRequest("POST", "/books", Address(account, "book", "azul", "epub"), "create"),) * count


def test_requests_are_those_of_each_step_in_the_order_of_the_graph() -> None:
    graph = order(verdicts([want(file=NEW_FILE)], [have(file=OLD_FILE)], [seen()]).changes)
    assert [(call.method, call.path, call.operation) for call in calls(graph, endpoints)] == [
        ("GET", "/books/{id}", "delete store/book/azul.epub"),
        ("DELETE", "/books/{id}", "delete store/book/azul.epub"),
        ("POST", "/books", "create store/book/azul.epub"),
    ]


@pytest.mark.parametrize(
    ("count", "limits", "seconds"),
    [
        (8, CallLimits(4, None, 30.0, 0.5), 1.0),
        (9, CallLimits(4, None, 30.0, 0.5), 1.5),
        (10, CallLimits(60, 10, 30.0, 0.5), 54.0),
        (60, CallLimits(60, 60, 30.0, 0.5), 59.0),
        (121, CallLimits(1, 60, 30.0, 0.5), 122.1),
        (3, CallLimits(3, 100, 30.0, 0.5), 0.5),
        (1, CallLimits(1, None, 30.0, 0.33), 0.4),
    ],
)
def test_an_account_is_as_slow_as_its_width_or_its_rate(count: int, limits: CallLimits, seconds: float) -> None:
    assert estimate(some(count), {"store": limits}) == Estimate(count, seconds)


def test_accounts_run_side_by_side() -> None:
    limits = {"store": CallLimits(1, None, 30.0, 1.0), "other": CallLimits(1, None, 30.0, 2.0)}
    assert estimate((*some(3), *some(2, "other")), limits) == Estimate(5, 4.0)


def test_nothing_to_do_takes_no_time() -> None:
    assert estimate((), {}) == Estimate(0, 0.0)
