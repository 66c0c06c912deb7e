"""Tell of the calls that are under way, and of which object each is about."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import count

from catalogctl.events import CallFinished, CallStarted, Listener
from catalogctl.planning.order import Operation
from catalogctl.provider.endpoint import Endpoint

_SUBJECT: ContextVar[Operation | None] = ContextVar("subject", default=None)
"""Of a task: a step is one, and a provider that sends a request for it says nothing of the step."""


def be_about(step: Operation) -> None:
    """Say for which step the calls of this task are, and those of the tasks that it starts."""
    _SUBJECT.set(step)


def subject() -> Operation | None:
    """Tell for which step the calls of this task are; `None` where for none."""
    return _SUBJECT.get()


class CallsInFlight:
    """Tells of the calls to one account's store."""

    def __init__(self, account: str, listen: Listener) -> None:
        self._account = account
        self._listen = listen
        self._numbers = count(1)

    @contextmanager
    def under_way(self, endpoint: Endpoint) -> Iterator[None]:
        """Tell that a request is sent, and that its answer is in, or that no one waits for it any more."""
        number, step = next(self._numbers), subject()
        self._listen(CallStarted(self._account, number, endpoint.method, endpoint.path, None if step is None else step.address))
        try:
            yield
        finally:
            self._listen(CallFinished(self._account, number))
