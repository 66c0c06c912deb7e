"""What must be true of a provider before anything is sent: its types, its compiling, and whether a specimen shows all of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import orjson

from catalogctl.model.resource import NO_UNSET, Attribute, RemovalRule, ResourceType, Shape, Trait
from catalogctl.model.value import Reference, Value, canonical
from catalogctl.provider.protocol import Step, Verb
from catalogctl.testing.comparison import demand_same, demand_same_lines
from catalogctl.testing.kit import Kit, opened
from catalogctl.testing.specimen import Specimen


def types_are_known_by_their_names(specimen: Specimen) -> None:
    """Each type and each attribute is found under its own name, and a type's key, if it has one, is an attribute that the store tells."""
    provider = specimen.provider
    for name, kind in provider.types.items():
        demand_same(f"the provider and name of type {name}", (provider.name, name), (kind.provider, kind.name))
        demand_same(f"the names of the attributes of {name}", list(kind.attributes), [one.name for one in kind.attributes.values()])
        if kind.key:
            assert kind.key in kind.attributes, f"{name}: its key {kind.key} is no attribute"
            assert not kind.attributes[kind.key].write_only, f"{name}: nothing could be found by a key that the store never tells"
        else:
            assert kind.owner, f"{name} has no key and is part of nothing: nobody could find it"
        if kind.owner:
            assert kind.attributes[kind.owner].replaces, f"{name}: its {kind.owner} can change in place, and no object changes its owner"
        if kind.singleton is not None:
            stray = kind.singleton.keys() - kind.attributes.keys()
            assert kind.owner, f"{name} is a facet of nothing"
            assert not stray, f"{name} begins with {sorted(stray)}, which it does not have"
        assert kind.loss, f"{name}: a reviewer must be told what deleting one destroys"


def unset_values_fit(specimen: Specimen) -> None:
    """What stands for "no longer declared" is of its attribute's shape, survives state, and has a normal form."""
    for name, attribute in _attributes(specimen):
        if attribute.unset is NO_UNSET:
            continue
        unset = attribute.unset
        match attribute.shape:
            case Shape.LIST | Shape.SET:
                fits = isinstance(unset, tuple)
            case Shape.MAP:
                fits = isinstance(unset, Mapping)
            case Shape.ONE:
                fits = not isinstance(unset, tuple | Mapping)
        assert fits, f"{name}: {unset!r} is no {attribute.shape}"
        _survives(name, attribute, unset)
        _is_normal_once_and_for_all(name, attribute, unset)


def normal_forms_are_stable(specimen: Specimen) -> None:
    """The normal form of a normal form is itself, and no value differs from itself."""
    for name, attribute, value in _values(specimen):
        assert attribute.same(value, value), f"{name}: {value!r} differs from itself"
        _is_normal_once_and_for_all(name, attribute, value)


def values_survive_being_written_down(specimen: Specimen) -> None:
    """Every declared value comes back from its canonical form as it was."""
    for name, attribute, value in _values(specimen):
        _survives(name, attribute, value)


def compiling_is_pure(specimen: Specimen) -> None:
    """The same titles compile to the same resources each time, and no secret is asked for."""
    with opened(specimen) as kit:
        first = kit.compiled(kit.secrets)
        assert kit.resources(), "the titles come to no resource at all"
        demand_same("compiled a second time", first.catalog.resources, kit.catalog().resources)
        demand_same("compiled without secrets", first.catalog.resources, kit.compiled({}).catalog.resources)
        demand_same("requests sent while compiling", [], kit.requests())
        for address, resource in first.catalog.resources.items():
            kind = resource.type
            assert specimen.provider.types.get(kind.name) is kind, f"{address} is of a type that the provider does not list"
            unknown = resource.attributes.keys() - kind.attributes.keys()
            assert not unknown, f"{address} declares {sorted(unknown)}, which its type does not have"
            if kind.key:
                assert resource.attributes.get(kind.key) == resource.key, f"{address}: its key {resource.key!r} is not its {kind.key}"
            if kind.owner:
                owner = resource.attributes.get(kind.owner)
                assert isinstance(owner, Reference), f"{address}: its {kind.owner}, which it is part of, is no reference: {owner!r}"
                assert owner.address in resource.dependencies, f"{address} is part of {owner.address} and does not depend on it"


def every_step_says_what_it_sends(specimen: Specimen) -> None:
    """Each step on each object lists at least one request that writes, and the same ones each time."""
    with opened(specimen) as kit:
        for address, resource in kit.resources().items():
            kind, attributes = resource.type, resource.attributes
            steps = [Step(kind, Verb.UPDATE, attributes, attributes, frozenset(attributes))]
            if kind.singleton is None:
                steps.append(Step(kind, Verb.CREATE, None, attributes, frozenset(attributes)))
            if kind.removal is RemovalRule.DELETED:
                steps.append(Step(kind, Verb.DELETE, attributes, None, frozenset()))
            for step in steps:
                calls = specimen.provider.calls(step)
                again = specimen.provider.calls(step)
                demand_same(f"the requests of {step.verb} of {address}, asked again", calls, again)
                may_be_idle = kind.singleton is not None and step.verb is Verb.UPDATE
                assert may_be_idle or any(call.writes for call in calls), f"{step.verb} of {address} lists no request that writes: {calls}"


def specimen_shows_everything(specimen: Specimen) -> None:
    """The specimen declares every attribute, edits each, and takes each away that can be unset."""
    every = {name for name, attribute in _attributes(specimen) if Trait.FOREIGN not in attribute.traits}
    demand_same_lines("attributes that some title declares", every, {name for name, _, _ in _values(specimen)})
    types = specimen.provider.types
    edited = {f"{edit.address.split('/')[0]}.{edit.attribute}" for edit in specimen.edits if not edit.takes_away}
    taken = {f"{edit.address.split('/')[0]}.{edit.attribute}" for edit in specimen.edits if edit.takes_away}
    stray = (edited | taken | specimen.unedited.keys()) - every
    assert not stray, f"edits of attributes that no type has: {sorted(stray)}"
    demand_same_lines("attributes that some edit changes", every - specimen.unedited.keys(), edited)
    optional = {name for name, attribute in _attributes(specimen) if attribute.unset is not NO_UNSET}
    missing = (optional & every) - specimen.unedited.keys() - taken
    assert not missing, f"no edit takes away {sorted(missing)}, which can be unset"
    told = {name for name, kind in types.items() if any(not one.write_only for one in kind.attributes.values())}
    demand_same_lines("types of which some object is tampered with", told, {one.address.split("/")[0] for one in specimen.tampering})


CHECKS = (
    types_are_known_by_their_names,
    unset_values_fit,
    normal_forms_are_stable,
    values_survive_being_written_down,
    compiling_is_pure,
    every_step_says_what_it_sends,
    specimen_shows_everything,
)


def _attributes(specimen: Specimen) -> Iterator[tuple[str, Attribute]]:
    for kind in specimen.provider.types.values():
        for attribute in kind.attributes.values():
            yield f"{kind.name}.{attribute.name}", attribute


def _values(specimen: Specimen) -> Iterator[tuple[str, Attribute, Value]]:
    """List every value that the titles declare, as given and after the last edit; what refers to others has no value yet."""
    with opened(specimen) as kit:
        yield from _declared(kit)
        for edit in specimen.edits:
            kit.titles = edit.applied(kit.titles)
        yield from _declared(kit)


def _declared(kit: Kit) -> Iterator[tuple[str, Attribute, Value]]:
    for resource in kit.resources().values():
        kind: ResourceType = resource.type
        for name, value in resource.attributes.items():
            yield f"{kind.name}.{name}", kind.attributes[name], value


def _survives(name: str, attribute: Attribute, value: Value) -> None:
    if isinstance(value, Reference) or (isinstance(value, tuple) and any(isinstance(item, Reference) for item in value)):
        return
    demand_same(f"{name}, written down and read back", value, attribute.decode(orjson.loads(canonical(value))))


def _is_normal_once_and_for_all(name: str, attribute: Attribute, value: Value) -> None:
    if attribute.normal is None or isinstance(value, Reference):
        return
    normal = attribute.normal(value)
    demand_same(f"{name}, its normal form made normal again", normal, attribute.normal(normal))
