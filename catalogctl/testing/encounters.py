"""What others do to a store: they change our objects, take them away, have objects of their own, and made ours before we did."""

from __future__ import annotations

from dataclasses import replace

import orjson

from catalogctl.model.address import Address
from catalogctl.model.resource import Recorded, RemovalRule, ResourceType, Trait
from catalogctl.planning.action import Action
from catalogctl.planning.handover import is_handed_over
from catalogctl.planning.scope import Purpose
from catalogctl.provider.endpoint import Endpoint
from catalogctl.testing.comparison import demand_same, demand_same_lines
from catalogctl.testing.kit import Kit, doing, opened, telling
from catalogctl.testing.life import moments
from catalogctl.testing.memory import MemoryBackend
from catalogctl.testing.specimen import Document, Edit, Specimen


def tampering_is_drift_and_put_back(specimen: Specimen) -> None:
    """What someone changed in the store is shown as drift and put back, and nothing else is touched."""
    with opened(specimen) as kit:
        kit.converge()
        for one in specimen.tampering:
            address = kit.address(one.address)
            kit.emulator.edit(kit.handle(address), **one.changes)
            planned = kit.plan()
            changes = {change.address: change for change in doing(planned)}
            assert address in changes, f"a plan does nothing about {one}"
            others = [telling(change) for change in changes.values() if change.address != address and address not in change.dependencies]
            demand_same_lines(f"what a plan does about others after {one}", [], others)
            change = changes[address]
            demand_same(f"attributes that a plan puts back after {one}", {one.attribute}, set(change.changed))
            shown = {item.address: item for item in planned.plan.drift if item.matters}
            demand_same_lines(f"drift shown after {one}", [str(address)], map(str, shown))
            demand_same(f"attributes shown as drifted after {one}", {one.attribute}, {item.path[0] for item in shown[address].attributes})
            kit.carry_out(planned)
            kit.settled()


def what_is_gone_is_made_again(specimen: Specimen) -> None:
    """An object that someone took out of the store is created again, and then a plan is empty."""
    with opened(specimen) as kit:
        kit.converge()
        for address, resource in kit.resources().items():
            if _cannot_be_gone(resource.type):
                continue
            kit.emulator.remove(kit.handle(address))
            planned = kit.plan()
            made = {change.address: change for change in doing(planned)}
            assert address in made, f"{address} is gone from the store, and a plan does nothing about it"
            demand_same(f"what is done about {address}, gone from the store", Action.CREATE, made[address].action)
            shown = {item.address for item in planned.plan.drift if item.gone and item.matters}
            assert address in shown, f"{address} is gone from the store, and that is not shown as drift"
            kit.carry_out(planned)
            kit.settled()


def objects_of_others_are_left_alone(specimen: Specimen) -> None:
    """Objects of others stay as they are through a whole life, and are all that is left after everything was destroyed."""
    with opened(specimen) as kit:
        kit.emulator.seed(specimen.foreign)
        foreign = kit.rows()
        for purpose in moments(kit):
            kit.carry_out(kit.plan(purpose))
            demand_same_lines("objects of others that changed or went", [], (foreign - kit.rows()).elements())
        demand_same_lines("objects left after everything was destroyed", foreign.elements(), kit.rows().elements())
        demand_same_lines("resources in state after everything was destroyed", [], map(str, kit.recorded()))
        demand_same_lines("what is left to destroy", [], [telling(change) for change in doing(kit.plan(Purpose.DESTROY))])


def what_exists_is_adopted(specimen: Specimen) -> None:
    """An object with our key that no state knows is adopted, not created, and keeps its id."""
    with opened(specimen) as kit:
        kit.emulator.seed(specimen.foreign)
        kit.converge()
        ids = {address: have.id for address, have in kit.recorded().items()}
        objects = kit.rows().total()
        kit.backend = MemoryBackend()
        planned = kit.plan()
        demand_same_lines(
            "what a plan does about objects that exist",
            [f"{address}: {Action.ADOPT}" for address in kit.resources()],
            [f"{change.address}: {change.action}" for change in planned.plan.changes],
        )
        for change in planned.plan.changes:
            readable = {item.path[0] for item in change.attributes if not item.attribute.write_only}
            assert not readable, f"{change.address} is in the store as declared, and its {sorted(map(str, readable))} would be changed"
            blind = {item.path[0] for item in change.attributes if Trait.REPLACES in item.attribute.traits}
            assert not blind, f"{change.address} would be replaced for its {sorted(map(str, blind))}, which nobody can compare"
        kit.carry_out(planned)
        kit.settled()
        demand_same("ids after adopting", ids, {address: have.id for address, have in kit.recorded().items()})
        demand_same("objects in the store after adopting", objects, kit.rows().total())


def keys_change_hands(specimen: Specimen) -> None:
    """A key goes from one object to another in one apply: taken by a new object, exchanged, and taken from one that is deleted."""
    for edit in specimen.edits:
        kind = specimen.provider.types[edit.address.partition("/")[0]]
        if is_handed_over(kind) and edit.attribute == kind.key and not edit.takes_away:
            with opened(specimen) as kit:
                _hand_over(kit, edit)


def _hand_over(kit: Kit, edit: Edit) -> None:
    title = edit.address.split("/")[1].split(".")[0]
    twin = f"{title}-twin"
    old, new = kit.titles[title], edit.applied(kit.titles)[title]
    ours, others = kit.address(edit.address), kit.address(edit.address.replace(f"/{title}.", f"/{twin}."))

    def declare(one: Document | None, other: Document | None) -> dict[Address, Recorded]:
        """Have the title and its twin, or one of them, and return what state remembers of their objects once they converged."""
        said = ((title, one), (twin, other))
        kit.titles = {**rest, **{id_: {**document, "id": id_} for id_, document in said if document is not None}}
        kit.converge()
        return {address: have for address, have in kit.recorded().items() if address in {ours, others}}

    rest = {id_: document for id_, document in kit.titles.items() if id_ != title}
    first = declare(old, None)[ours]
    taken = declare(new, old)
    demand_same("the id of an object whose key a new one took", first.id, taken[ours].id)
    demand_same("the key that a new object took", first.key, taken[others].key)
    swapped = declare(old, new)
    demand_same(
        "ids after two keys were exchanged", {at: have.id for at, have in taken.items()}, {at: one.id for at, one in swapped.items()}
    )
    keys = {ours: taken[others].key, others: taken[ours].key}
    demand_same("keys after they were exchanged", keys, {address: have.key for address, have in swapped.items()})
    for address, have in swapped.items():
        seen = kit.seen(have.type, have.id)
        demand_same(f"{address}: its key in the store", keys[address], None if seen is None else seen.key)
    left = declare(new, None)
    demand_same("the id of an object that took the key of a deleted one", first.id, left[ours].id)
    demand_same("the key of an object that took that of a deleted one", keys[others], left[ours].key)


def what_is_missing_is_none(specimen: Specimen) -> None:
    """Reading, listing and finding an object that is gone gives None, and deleting it succeeds."""
    with opened(specimen) as kit:
        kit.converge()
        recorded = kit.recorded()
        for address, resource in reversed(kit.resources().items()):
            kind, key, id_ = resource.type, resource.key, recorded[address].id
            if _cannot_be_gone(kind):
                continue
            unknown = kit.wanted(address)
            known = replace(unknown, id=id_, taken=frozenset())
            kit.emulator.remove(kit.handle(address))
            demand_same(f"{address}, gone, read by its id {id_}", None, kit.seen(kind, id_))
            demand_same(f"{address}, gone, looked for by its key {key!r}", None, kit.found(unknown))
            demand_same(f"{address}, gone, listed with and without its id", (None, None), kit.listed(known, unknown).objects)
            if kind.removal is RemovalRule.DELETED:
                kit.delete(kind, id_, key)


def secrets_stay_secret(specimen: Specimen) -> None:
    """No secret and no signature of a URL is in plan, state, journal or events, not even when a store repeats it."""
    from catalogctl.planning.planfile.file import encode
    from catalogctl.sandbox import Fault, FaultKind
    from catalogctl.testing.kit import SECRET
    from catalogctl.testing.specimen import SIGNATURE

    told: list[tuple[str, str]] = []
    with opened(specimen) as kit:
        signed = SIGNATURE in orjson.dumps(dict(specimen.titles)).decode()
        echo = f'{{"message": "no: {SECRET} https://files.example.com/a?X-Amz-Signature={SIGNATURE}"}}'
        method, path = _first_write(kit)
        kit.server.inject(Fault(kind=FaultKind.FAIL, method=method, path=path, status=422, body=echo))
        kit.apply(kit.plan())
        sent = SIGNATURE in repr(kit.emulator.requests)
        for purpose in moments(kit):
            planned = kit.plan(purpose)
            told.append(("a plan", encode(planned.plan, place=lambda _origin: None).decode()))
            kit.carry_out(planned)
            sent = sent or SIGNATURE in repr(kit.emulator.requests)
            told.append(("state", (kit.backend.read() or b"").decode()))
        told.append(("the journal", b"".join(kit.backend.memory.ever_journalled).decode()))
        told.append(("the events", repr(kit.events)))
        assert sent or not signed, f"the signature {SIGNATURE} of a URL never reached the store"
    for where, text in told:
        for what, secret in (("the account's secret", SECRET), ("the signature of a URL", SIGNATURE)):
            place = text.find(secret)
            assert place < 0, f"{what} is in {where}: …{text[max(place - 80, 0) : place + len(secret)]}…"


CHECKS = (
    tampering_is_drift_and_put_back,
    what_is_gone_is_made_again,
    objects_of_others_are_left_alone,
    what_exists_is_adopted,
    keys_change_hands,
    what_is_missing_is_none,
    secrets_stay_secret,
)


def _cannot_be_gone(type_: ResourceType) -> bool:
    """Return whether an object of a type is there as long as something else is."""
    return type_.singleton is not None or (type_.removal is RemovalRule.LEFT and not type_.owner)


def _first_write(kit: Kit) -> tuple[str, str]:
    """Return the method of the first request of a plan that writes, and a pattern of its path."""
    call = next(call for call in kit.plan().plan.requests if call.method != "GET")
    return call.method, kit.pattern(Endpoint(call.method, call.path, frozenset(), repeatable=False))
