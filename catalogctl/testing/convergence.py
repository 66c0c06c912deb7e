"""Apply, then plan is empty: after creating, after every edit, and after the last one; and the plan reported each request before."""

from __future__ import annotations

from catalogctl.engine.plan import Planned
from catalogctl.events import OperationFinished, OperationStarted
from catalogctl.model.address import Address
from catalogctl.model.resource import NO_UNSET, RemovalRule, Trait
from catalogctl.model.value import fill
from catalogctl.planning.action import Action
from catalogctl.planning.change import Change
from catalogctl.provider.endpoint import Endpoint
from catalogctl.testing.comparison import demand_same, demand_same_lines
from catalogctl.testing.kit import Kit, doing, opened, telling
from catalogctl.testing.life import moments
from catalogctl.testing.specimen import Edit, Specimen


def apply_then_plan_is_empty(specimen: Specimen) -> None:
    """After an apply a plan is empty, and applying it sends nothing."""
    with opened(specimen) as kit:
        planned = kit.converge()
        kit.carry_out(planned)
        demand_same_lines("requests of a second apply", [], [f"{one.method} {one.path}" for one in kit.requests()])
        before = kit.backend.read()
        kit.carry_out(kit.plan())
        demand_same("state after an apply of nothing", before, kit.backend.read())


def a_plan_only_reads(specimen: Specimen) -> None:
    """A plan sends nothing but GET, over an empty store, over a full one, and before everything is destroyed."""
    with opened(specimen) as kit:
        for purpose in moments(kit):
            planned = kit.plan(purpose)
            demand_same_lines("requests of a plan that are no GET", [], [f"{one.method} {one.path}" for one in kit.writes()])
            kit.carry_out(planned)


def requests_are_those_of_the_plan(specimen: Specimen) -> None:
    """Every step sends exactly the requests that `calls` says, in that order, and the plan lists them."""
    if specimen.detours:
        return
    with opened(specimen) as kit:
        kit.one_at_a_time = True
        for purpose in moments(kit):
            planned = kit.plan(purpose)
            begun = len(kit.events)
            kit.carry_out(planned)
            started: dict[str, int] = {}
            for event, seen in kit.events[begun:]:
                if isinstance(event, OperationStarted):
                    started[event.name] = seen
                elif isinstance(event, OperationFinished):
                    _sent_as_said(kit, planned, event.name, range(started[event.name], seen))


def objects_are_as_asked(specimen: Specimen) -> None:
    """A fresh read of an object just created tells what was asked for, and its key finds it."""
    with opened(specimen) as kit:
        kit.converge()
        recorded = kit.recorded()
        for address, resource in kit.resources().items():
            have, kind = recorded[address], resource.type
            seen = kit.seen(kind, have.id)
            assert seen is not None, f"{address} was created with the id {have.id}, and reading that gives nothing"
            demand_same(f"{address}: its id, read alone", have.id, seen.id)
            if kind.key:
                demand_same(f"{address}: its key, read alone", resource.key, seen.key)
            asked = fill(resource.attributes, lambda other: recorded[other].id)
            for name, value in asked.items():
                attribute = kind.attributes[name]
                if attribute.write_only:
                    continue
                assert name in seen.attributes, f"{address}: the store does not tell its {name}, which is not marked as write-only"
                # What the service made of it, and was seen to have made of it right after it was sent, stands for it.
                kept = Trait.NORMALISED in attribute.traits and have.observed.get(name) == seen.attributes[name]
                if not kept and not attribute.same(seen.attributes[name], value):
                    demand_same(f"{address}: its {name}", value, seen.attributes[name])
            found = kit.found(kit.wanted(address))
            assert found is not None, f"{address}: nothing is found by the key {resource.key!r}"
            demand_same(f"{address}: the id found by its key", have.id, found.id)


def state_remembers_exactly(specimen: Specimen) -> None:
    """What state records of an object is what was asked for, to the letter, and reading it back changes nothing."""
    with opened(specimen) as kit:
        kit.converge()
        recorded = kit.recorded()
        for address, resource in kit.resources().items():
            asked = fill(resource.attributes, lambda other: recorded[other].id)
            demand_same(f"{address}: its attributes in state", asked, dict(recorded[address].attributes))
        demand_same_lines("addresses in state", map(str, kit.resources()), map(str, recorded))


def every_edit_converges_alone(specimen: Specimen) -> None:
    """An edit of one attribute changes that attribute of that object and nothing else; afterwards a plan is empty."""
    with opened(specimen) as kit:
        kit.converge()
        for edit in specimen.edits:
            try:
                _edited(kit, edit)
            except AssertionError as failure:
                failure.add_note(f"after the edit: {edit}")
                raise


def a_title_taken_out_is_deleted(specimen: Specimen) -> None:
    """A title that leaves the files leaves the store, all its objects and no other; once it is back, so are they."""
    with opened(specimen) as kit:
        kit.converge()
        resources = kit.resources()
        for title in specimen.titles:
            kit.titles = {id_: document for id_, document in specimen.titles.items() if id_ != title}
            if not kit.titles:
                continue
            rows, ours = kit.rows(), [address for address in resources if address.title == title]
            planned = kit.plan()
            demand_same_lines(f"what a plan is about without {title}", map(str, ours), [str(one.address) for one in doing(planned)])
            kept = [
                telling(one) for one in doing(planned) if one.action is not Action.DELETE and one.type.singleton is None and not _stays(one)
            ]
            demand_same_lines(f"what a plan does not delete without {title}", [], kept)
            kit.carry_out(planned)
            kit.settled()
            demand_same_lines(f"objects that changed when {title} was deleted", [], (kit.rows() - rows).elements())
            objects = [one for one in ours if resources[one].type.singleton is None and resources[one].type.removal is RemovalRule.DELETED]
            parts = [one for one in ours if resources[one].type.cascades and resources[one].type.singleton is None]
            demand_same(f"objects left without {title}", rows.total() - len({*objects, *parts}), kit.rows().total())
            kit.titles = specimen.titles
            kit.converge()


CHECKS = (
    apply_then_plan_is_empty,
    a_plan_only_reads,
    requests_are_those_of_the_plan,
    objects_are_as_asked,
    state_remembers_exactly,
    every_edit_converges_alone,
    a_title_taken_out_is_deleted,
)


def _stays(change: Change) -> bool:
    """Return whether the store has no way to take something away of its own: it is left there, and forgotten."""
    return change.action is Action.FORGET and change.type.removal is RemovalRule.LEFT and not change.type.owner


def _sent_as_said(kit: Kit, planned: Planned, name: str, place: range) -> None:
    operation = next(one for one in planned.plan.graph.operations if one.name == name)
    said = kit.said(operation)
    log = kit.of_steps(kit.emulator.requests[place.start : place.stop])
    found = [next((str(one) for one in said if kit.answers(one, request)), f"{request.method} {request.path}") for request in log]
    demand_same(f"requests of the step `{name}`", [str(one) for one in said], found)
    listed = [f"{call.method} {call.path}" for call in planned.plan.requests if call.operation == name]
    demand_same(f"requests that the plan lists for `{name}`", [str(one) for one in said], listed)


def _edited(kit: Kit, edit: Edit) -> None:
    address = kit.address(edit.address)
    rows = kit.rows()
    kit.titles = edit.applied(kit.titles)
    planned = kit.plan()
    attribute = kit.provider.types[address.type].attributes[edit.attribute]
    changes = {change.address: change for change in doing(planned)}
    if edit.takes_away and attribute.unset is NO_UNSET:
        demand_same_lines("what a plan does about an attribute that is left as it is", [], map(telling, changes.values()))
    else:
        _changes_alone(kit, changes, address, edit)
    kit.carry_out(planned)
    sent = [f"{call.method} {call.path}" for call in planned.plan.requests]
    templates = {(call.method, call.path) for call in planned.plan.requests}
    ends = [Endpoint(method, path, frozenset(), repeatable=True) for method, path in templates]
    seen = [next((str(end) for end in ends if kit.answers(end, one)), f"{one.method} {one.path}") for one in kit.requests()]
    if not kit.specimen.detours:
        demand_same_lines("requests of the apply", sent, seen)
    disturbed = sum((rows - kit.rows()).values())
    assert disturbed <= len(changes), f"{disturbed} objects of the store changed or went, and the plan was about {len(changes)}"
    after = next(change for change in kit.settled().plan.changes if change.address == address)
    if edit.takes_away and attribute.unset is not NO_UNSET and edit.attribute in after.observed:
        still = after.observed[edit.attribute]
        assert attribute.same(attribute.unset, still), f"{address}: {edit.attribute} was taken away, and the store still tells {still!r}"


def _changes_alone(kit: Kit, changes: dict[Address, Change], address: Address, edit: Edit) -> None:
    assert address in changes, f"a plan does nothing about {address}; it does: {[telling(one) for one in changes.values()]}"
    change = changes[address]
    demand_same(f"attributes of {address} that a plan changes", {edit.attribute, *edit.also}, set(change.changed))
    replaced = kit.specimen.replaces(address.type, edit.attribute)
    demand_same(f"what is done about {address}", Action.REPLACE if replaced else Action.UPDATE, change.action)
    others = [telling(one) for one in changes.values() if one.address != address and address not in one.dependencies]
    demand_same_lines("what a plan does about others, which do not depend on the edited one", [], others)
