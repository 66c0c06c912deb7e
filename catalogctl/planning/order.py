"""Changes → the graph of steps that apply will take, no more and no fewer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from catalogctl.model.address import Address, in_order
from catalogctl.model.diagnostics import CatalogError, error
from catalogctl.model.resource import ReplaceOrder, Trait
from catalogctl.planning.action import Action
from catalogctl.planning.change import Change
from catalogctl.provider.protocol import Verb


@dataclass(frozen=True, slots=True)
class Operation:
    """One step on one object of a store."""

    name: str
    """Unique in its plan: the verb and the address, with `after create` for the update that completes a create."""
    verb: Verb
    change: Change
    changed: frozenset[str]
    """The attributes this step is about."""
    withheld: frozenset[str]
    """Declared attributes that this step must not send: a later one will."""
    after: tuple[str, ...]
    """The operations that must have succeeded before this one starts."""

    @property
    def address(self) -> Address:
        """Whose step it is."""
        return self.change.address


@dataclass(frozen=True, slots=True)
class OperationGraph:
    """All steps of a plan, in one order that respects their dependencies."""

    operations: tuple[Operation, ...] = ()


def order(changes: Iterable[Change]) -> OperationGraph:
    """Turn changes into steps: creates follow their dependencies, deletes go against the arrows, a replace is two steps.

    Raises:  CatalogError (dependency-cycle), naming the way round.
    """
    steps: dict[str, Operation] = {}
    made_by: dict[Address, str] = {}
    removed_by: dict[Address, str] = {}
    # Deletes of objects whose successors exist by then: they wait until nothing refers to the old ones any more.
    created_first: set[str | None] = set()
    ordered = sorted((change for change in changes if change.action.changes_anything), key=lambda change: in_order(change.address))
    deleted_first = _deleted_first(ordered)
    for change in ordered:
        for step in _steps(change, deleted_first):
            steps[step.name] = step
            if step.verb is Verb.DELETE:
                removed_by[change.address] = step.name
                if step.after:
                    created_first.add(step.name)
            else:
                made_by[change.address] = step.name
    edges: dict[str, set[str]] = {name: set(step.after) for name, step in steps.items()}
    for step in steps.values():
        for needed in step.change.dependencies:
            if step.verb is not Verb.DELETE and needed in made_by and made_by[needed] != step.name:
                edges[step.name].add(made_by[needed])
            if step.verb is Verb.DELETE and needed in removed_by:
                edges[removed_by[needed]].add(step.name)
            if step.verb is not Verb.DELETE and needed in made_by and removed_by.get(needed) in created_first:
                edges[removed_by[needed]].add(step.name)
    try:
        names = tuple(TopologicalSorter({name: sorted(before) for name, before in edges.items()}).static_order())
    except CycleError as cycle:
        way = " → ".join(cycle.args[1])
        problem = error("dependency-cycle", "Resources depend on each other in a circle", f"{way}.")
        raise CatalogError(problem) from cycle
    return OperationGraph(tuple(_with_edges(steps[name], edges[name]) for name in names))


def _with_edges(step: Operation, after: set[str]) -> Operation:
    return Operation(step.name, step.verb, step.change, step.changed, step.withheld, tuple(sorted(after)))


def _deleted_first(changes: list[Change]) -> set[Address]:
    """Find the replaces whose delete goes first: by their type, or because what they depend on is deleted before it is made anew."""
    replaced = [change for change in changes if change.action is Action.REPLACE]
    found = {change.address for change in replaced if change.type.replace_order is ReplaceOrder.DELETE_FIRST}
    while more := {change.address for change in replaced if not found.isdisjoint(change.dependencies)} - found:
        found |= more
    return found


def _steps(change: Change, deleted_first: set[Address]) -> list[Operation]:
    create = f"create {change.address}"
    delete = f"delete {change.address}"
    match change.action:
        case Action.CREATE:
            return _making(change, create, ())
        case Action.REPLACE if change.address not in deleted_first:
            making = _making(change, create, ())
            return [*making, Operation(delete, Verb.DELETE, change, frozenset(), frozenset(), (making[-1].name,))]
        case Action.REPLACE:
            return [Operation(delete, Verb.DELETE, change, frozenset(), frozenset(), ()), *_making(change, create, (delete,))]
        case Action.UPDATE:
            return [Operation(f"update {change.address}", Verb.UPDATE, change, change.changed, frozenset(), ())]
        case Action.ADOPT if change.attributes:
            return [Operation(f"update {change.address}", Verb.UPDATE, change, change.changed, frozenset(), ())]
        case Action.DELETE:
            return [Operation(delete, Verb.DELETE, change, frozenset(), frozenset(), ())]
        case _:
            return []


def _making(change: Change, name: str, after: tuple[str, ...]) -> list[Operation]:
    declared = change.after or {}
    withheld = frozenset(attribute for attribute in declared if Trait.AFTER_CREATE in change.type.attributes[attribute].traits)
    late = frozenset(attribute for attribute in withheld if declared[attribute] is not None)
    first = Operation(name, Verb.CREATE, change, frozenset(declared) - withheld, withheld, after)
    if not late:
        return [first]
    return [first, Operation(f"update {change.address} after create", Verb.UPDATE, change, late, frozenset(), (name,))]
