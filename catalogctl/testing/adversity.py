"""What goes wrong on the way: answers that are lost, stores that ask for patience, fail for a moment, are down or refuse the key."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from catalogctl.engine.plan import Planned
from catalogctl.events import Waited
from catalogctl.model.diagnostics import CatalogError, Refusal
from catalogctl.planning.action import Action
from catalogctl.planning.scope import Purpose
from catalogctl.provider.endpoint import Endpoint
from catalogctl.sandbox import Fault, FaultKind
from catalogctl.sandbox.listing import DISTORTIONS
from catalogctl.testing.comparison import demand_same, demand_same_lines
from catalogctl.testing.kit import Kit, doing, opened, telling
from catalogctl.testing.life import moments
from catalogctl.testing.specimen import Specimen

PATIENCE = 7.0
"""Seconds that the store asks for."""
ROUNDING = 1e-6
"""Seconds by which a sum of waits may fall short of what was asked for: the clock adds many small floats."""


def lost_answers_double_nothing(specimen: Specimen) -> None:
    """When the connection ends after a write was done and before its answer, nothing is doubled or lost."""
    _disturbed(specimen, Fault(kind=FaultKind.DROP_AFTER))


def torn_answers_double_nothing(specimen: Specimen) -> None:
    """When the store answers a write that it has done with 500, nothing is doubled or lost."""
    _disturbed(specimen, Fault(kind=FaultKind.FAIL_AFTER, status=500))


def lost_requests_lose_nothing(specimen: Specimen) -> None:
    """When the connection ends before a write was done, it is done all the same, and once."""
    _disturbed(specimen, Fault(kind=FaultKind.DROP_BEFORE))


def patience_is_had_when_asked_for(specimen: Specimen) -> None:
    """A 429 with Retry-After is waited out, on every request of a plan's reading and on every kind of request of an apply."""
    asked = Fault(kind=FaultKind.RATE_LIMIT, seconds=PATIENCE)
    with opened(specimen) as kit:
        for purpose in moments(kit):
            before = kit.save()
            calm = kit.plan(purpose)
            for place in range(len(kit.requests())):
                kit.restore(before)
                kit.server.inject(replace(asked, skip=place))
                _is_waited_for(kit, partial(kit.plan, purpose), f"request {place} of a plan met 429")
            for end in _ends(calm):
                kit.restore(before)
                planned = kit.plan(purpose)
                kit.server.inject(_aimed(kit, asked, end))
                _is_waited_for(kit, partial(kit.carry_out, planned), f"{end} met 429")


def a_bad_moment_while_reading_is_survived(specimen: Specimen) -> None:
    """A 500, a torn answer or a page of HTML in place of any one answer of a plan's reading changes nothing about the plan."""
    with opened(specimen) as kit:
        kit.emulator.seed(specimen.foreign)
        kit.converge()
        for one in specimen.tampering:
            kit.emulator.edit(kit.handle(kit.address(one.address)), **one.changes)
        calm = kit.plan()
        requests = len(kit.requests())
        for kind in (FaultKind.FAIL, FaultKind.TRUNCATE, FaultKind.GARBAGE, FaultKind.DROP_AFTER):
            for place in range(requests):
                kit.server.inject(Fault(kind=kind, skip=place))
                planned = kit.plan()
                assert len(kit.server.faulted) == 1, f"the fault {kind} at request {place} of a plan was not met"
                demand_same_lines(f"a plan with {kind} at request {place}", map(telling, doing(calm)), map(telling, doing(planned)))
                kit.server.clear_faults()


def a_listing_that_lacks_objects_makes_and_deletes_nothing(specimen: Specimen) -> None:
    """One answer of a plan's reading whose list is empty, short, shifted or doubled causes no create, no delete and no loss of memory.

    The plan is as it would be, or the store is not believed; the same holds for the plan of a destroy, which must still delete everything.
    """
    with opened(specimen) as kit:
        kit.emulator.seed(specimen.foreign)
        kit.converge()
        for purpose in (Purpose.CONVERGE, Purpose.DESTROY):
            calm = _verdicts(kit.plan(purpose))
            requests = len(kit.emulator.requests)
            for rows in DISTORTIONS if purpose is Purpose.CONVERGE else ("empty", "short"):
                for place in range(requests):
                    kit.server.inject(Fault(kind=FaultKind.DISTORT, method="GET", skip=place, rows=rows))
                    _believes_no_loss(kit, purpose, calm, f"the answer to request {place} of a plan had a list that was {rows}")
                    kit.server.clear_faults()


def a_store_that_is_down_makes_no_plan(specimen: Specimen) -> None:
    """While a store only fails there is no plan, and the reason is reported."""
    _makes_no_plan(specimen, Fault(kind=FaultKind.FAIL, status=503, count=None), Refusal.UNAVAILABLE)


def a_refused_key_makes_no_plan(specimen: Specimen) -> None:
    """While a store refuses the key there is no plan, and that is distinguished from a store that is down."""
    _makes_no_plan(specimen, Fault(kind=FaultKind.FAIL, status=401, body='{"message":"Unauthenticated."}', count=None), Refusal.CREDENTIALS)


CHECKS = (
    lost_answers_double_nothing,
    torn_answers_double_nothing,
    lost_requests_lose_nothing,
    patience_is_had_when_asked_for,
    a_bad_moment_while_reading_is_survived,
    a_listing_that_lacks_objects_makes_and_deletes_nothing,
    a_store_that_is_down_makes_no_plan,
    a_refused_key_makes_no_plan,
)


def _believes_no_loss(kit: Kit, purpose: Purpose, calm: Sequence[str], what: str) -> None:
    """Make a plan that creates, deletes, replaces and forgets nothing but what a calm one does, unless the store is not believed."""
    try:
        planned = kit.plan(purpose)
    except CatalogError as problem:
        demand_same(f"why there is no plan when {what}", Refusal.UNAVAILABLE, problem.refusal)
        return
    updates = f": {Action.UPDATE}"
    harmful = [one for one in _verdicts(planned) if not one.endswith(updates)]
    demand_same_lines(f"what a plan creates, deletes or forgets when {what}", [one for one in calm if one in harmful], harmful)
    gone = [str(item.address) for item in planned.plan.drift if item.gone]
    demand_same_lines(f"what counts as gone when {what}", [], gone)
    if purpose is Purpose.DESTROY:
        demand_same_lines(f"what a destroy does when {what}", calm, _verdicts(planned))


def _verdicts(planned: Planned) -> list[str]:
    return [f"{change.address}: {change.action}" for change in doing(planned)]


def _disturbed(specimen: Specimen, fault: Fault) -> None:
    """At every moment of a life, let a fault hit each kind of write once, and apply again where the outcome is not known."""
    with opened(specimen) as kit:
        for purpose in moments(kit):
            before = kit.save()
            calm = kit.plan(purpose)
            kit.carry_out(calm)
            objects, after = kit.rows().total(), kit.save()
            for end in (one for one in _ends(calm) if one.writes):
                kit.restore(before)
                what = f"{end} met {fault.kind}"
                kit.server.inject(_aimed(kit, fault, end))
                execution = kit.apply(kit.plan(purpose)).execution
                if not kit.server.faulted and specimen.detours:
                    kit.server.clear_faults()
                    continue
                assert len(kit.server.faulted) == 1, f"{what}: the plan lists this request, and none was sent"
                told = "; ".join(f"{one.operation.name}: {one.diagnostic.detail}" for one in execution.failed)
                assert execution.refusal in {None, Refusal.UNKNOWN_OUTCOME}, f"{what}, and the apply failed: {told}"
                if execution.refusal is not None:
                    kit.recover()
                    kit.carry_out(kit.plan(purpose))
                demand_same(f"objects in the store after {what}", objects, kit.rows().total())
                left = [telling(change) for change in doing(kit.plan(purpose))]
                demand_same_lines(f"what is left to do after {what}", [], left)
            kit.restore(after)


def _ends(planned: Planned) -> list[Endpoint]:
    """List the endpoints that a plan's steps send to, each once."""
    ends = dict.fromkeys((call.method, call.path) for call in planned.plan.requests)
    return [Endpoint(method, path, frozenset(), repeatable=False) for method, path in ends]


def _aimed(kit: Kit, fault: Fault, end: Endpoint) -> Fault:
    return replace(fault, method=end.method, path=rf"^{kit.pattern(end)}(\?|$)")


def _is_waited_for(kit: Kit, work: Callable[[], object], what: str) -> None:
    begun, passed = len(kit.events), kit.clock.passed
    work()
    if not kit.server.faulted and kit.specimen.detours:
        kit.server.clear_faults()
        return
    assert len(kit.server.faulted) == 1, f"{what}: none was sent"
    waits = [event.seconds for event, _ in kit.events[begun:] if isinstance(event, Waited)]
    assert any(seconds >= PATIENCE for seconds in waits), f"{what}: nobody was told that it is waited for (waits told: {waits})"
    waited = kit.clock.passed - passed
    assert waited >= PATIENCE - ROUNDING, f"{what}: {PATIENCE} s were asked for, and {waited} s were waited"


def _makes_no_plan(specimen: Specimen, fault: Fault, reason: Refusal) -> None:
    with opened(specimen) as kit:
        kit.converge()
        kit.server.inject(fault)
        refused = _refusal(kit)
        assert refused is not None, f"a plan was made while every request was answered with {fault.status}"
        demand_same("the reason of the refusal", reason, refused.refusal)
        assert all(one.summary and one.detail for one in refused.diagnostics), f"a problem without words: {refused.diagnostics}"


def _refusal(kit: Kit) -> CatalogError | None:
    try:
        kit.plan()
    except CatalogError as refused:
        return refused
    return None
