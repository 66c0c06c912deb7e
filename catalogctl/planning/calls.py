"""The requests that apply would make, in order, and what they cost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from math import ceil

from catalogctl.model.account import CallLimits
from catalogctl.planning.order import Operation, OperationGraph
from catalogctl.planning.plan import Estimate, PlannedRequest
from catalogctl.provider.endpoint import Endpoint
from catalogctl.provider.pace import spread


def calls(graph: OperationGraph, endpoints: Callable[[Operation], tuple[Endpoint, ...]]) -> tuple[PlannedRequest, ...]:
    """List every request of a graph's steps; `endpoints` asks the step's provider."""
    return tuple(
        PlannedRequest(endpoint.method, endpoint.path, operation.address, operation.name)
        for operation in graph.operations
        for endpoint in endpoints(operation)
    )


def estimate(requests: tuple[PlannedRequest, ...], limits: Mapping[str, CallLimits]) -> Estimate:
    """Say how long the requests take: each account by its width, its usual latency and its rate; accounts side by side.

    Units:  seconds, rounded up to tenths. A rate spreads its requests evenly over the minute.
    """
    seconds = 0.0
    for account, count in Counter(call.address.account for call in requests).items():
        limit = limits[account]
        by_width = ceil(count / limit.concurrency) * limit.latency
        rate = limit.requests_per_minute
        by_rate = 0.0 if rate is None else spread(count, rate)
        seconds = max(seconds, by_width, by_rate)
    return Estimate(len(requests), ceil(seconds * 10) / 10)
