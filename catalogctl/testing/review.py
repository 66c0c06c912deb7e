"""A plan that is saved, reviewed and applied later: exactly that is done, once, and what moved in between is left alone."""

from __future__ import annotations

from catalogctl.engine.plan import Planned
from catalogctl.planning.planfile.file import digest, encode
from catalogctl.planning.scope import Purpose
from catalogctl.testing.comparison import demand_same, demand_same_lines
from catalogctl.testing.kit import Kit, doing, opened
from catalogctl.testing.life import moments
from catalogctl.testing.specimen import Specimen


def a_saved_plan_is_done_as_reviewed(specimen: Specimen) -> None:
    """Through a whole life, a plan that was saved and read back does the very same; applied once more it sends nothing."""
    with opened(specimen) as kit:
        for purpose in moments(kit):
            planned = kit.plan(purpose)
            saved = encode(planned.plan, place=lambda _origin: None)
            approved = kit.approved(saved)
            demand_same_lines("objects refused with nothing moved", [], [str(one.diagnostic) for one in approved.review.refused])
            demand_same_lines("what is done", _told(planned), _told(approved))
            demand_same("digest of what is done", digest(planned.plan), digest(approved.plan))
            kit.carry_out(approved)
            _has_nothing_left(kit, saved)


def _told(planned: Planned) -> list[str]:
    return [f"{' and '.join(change.actions)} {change.address}: {', '.join(sorted(change.changed))}" for change in doing(planned)]


def _has_nothing_left(kit: Kit, saved: bytes) -> None:
    state = kit.backend.read()
    again = kit.approved(saved)
    demand_same_lines("objects refused when a plan is applied once more", [], [str(one.diagnostic) for one in again.review.refused])
    kit.carry_out(again)
    demand_same_lines("requests of a plan applied once more", [], [f"{one.method} {one.path}" for one in kit.requests()])
    demand_same("state after a plan was applied once more", state, kit.backend.read())


def what_moved_is_left_alone(specimen: Specimen) -> None:
    """What someone changed after a plan was saved is refused and named, and nothing is sent to it; what does not need it is done."""
    with opened(specimen) as kit:
        kit.converge()
        before = kit.save()
        everything = encode(kit.plan(Purpose.DESTROY).plan, place=lambda _origin: None)
        for one in specimen.tampering:
            kit.restore(before)
            address = kit.address(one.address)
            kit.emulator.edit(kit.handle(address), **one.changes)
            seen = kit.seen(kit.resources()[address].type, kit.handle(address))
            approved = kit.approved(everything)
            refused = [item.change.address for item in approved.review.refused]
            if address in {change.address for change in approved.review.settled}:
                demand_same_lines(f"objects refused after {one}, which destroying would come to", [], map(str, refused))
                continue
            demand_same_lines(f"objects refused after {one}", [str(address)], map(str, refused))
            spared = {address, *(step.address for step in approved.review.withheld)}
            kit.carry_out(approved)
            demand_same_lines(f"what state remembers after {one}", map(str, sorted(spared)), map(str, kit.recorded()))
            demand_same(f"the object refused after {one}", seen, kit.seen(kit.resources()[address].type, kit.handle(address)))


CHECKS = (a_saved_plan_is_done_as_reviewed, what_moved_is_left_alone)
