"""Changes → the graph of steps that apply will take, no more and no fewer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from graphlib import CycleError, TopologicalSorter

from catalogctl.model.address import Address, in_order
from catalogctl.model.diagnostics import CatalogError, error
from catalogctl.model.resource import Deposed, ReplaceOrder, Trait
from catalogctl.planning.action import Action
from catalogctl.planning.change import Change
from catalogctl.planning.diff import diff
from catalogctl.planning.handover import circles, freed, givers, temporary_key
from catalogctl.provider.protocol import Verb


@dataclass(frozen=True, slots=True)
class Operation:
    """One step on one object of a store."""

    name: str
    """Unique in its plan: the verb and the address, with `after create` for the update that completes a create, and `to a temporary key`
    for the one that makes a key free for another object."""
    verb: Verb
    change: Change
    changed: frozenset[str]
    """The attributes this step is about."""
    withheld: frozenset[str]
    """Declared attributes that this step must not send: a later one will."""
    requires: tuple[str, ...]
    """The operations that must have succeeded before this one starts."""
    runs_after: tuple[str, ...] = ()
    """The operations that must be over before this one starts, whatever became of them."""
    silent: bool = False
    """Whether nothing is sent: it comes into being as it shall be, or goes, with what it is part of."""
    deposed: Deposed | None = None
    """What a delete is about, where that is an object whose place another one took in an earlier run."""
    create_before_destroy: bool = False
    """Whether it makes the successor of an object that is still there, and that is deleted after it."""
    meanwhile: str = ""
    """The natural key that an update gives an object until a later step of the same change; all else stays as it is. Empty: none."""

    @property
    def address(self) -> Address:
        """Whose step it is."""
        return self.change.address

    @property
    def delete_id(self) -> str | None:
        """The id of what a delete is about; `None` for an object that no one has created."""
        return self.change.id if self.deposed is None else self.deposed.id


@dataclass(frozen=True, slots=True)
class OperationGraph:
    """All steps of a plan, in one order that respects their dependencies."""

    operations: tuple[Operation, ...] = ()


def order(changes: Iterable[Change]) -> OperationGraph:
    """Turn changes into steps: creates follow their dependencies, deletes go against the arrows, a replace is two steps, and a natural
    key is given up before it is taken.

    Raises:  CatalogError (dependency-cycle), naming the way round.
    """
    every = list(changes)
    graph = _Graph(sorted((change for change in every if change.action.changes_anything), key=lambda change: in_order(change.address)))
    graph.connect()
    graph.hand_over([change for change in every if change.action.changes_anything])
    graph.keep_in_line({change.address: change.follows for change in every})
    before = {name: sorted({*graph.after[name], *graph.behind.get(name, ())}) for name in graph.steps}
    try:
        names = tuple(TopologicalSorter(before).static_order())
    except CycleError as cycle:
        way = " → ".join(cycle.args[1])
        problem = error("dependency-cycle", "Resources depend on each other in a circle", f"{way}.")
        raise CatalogError(problem) from cycle
    return OperationGraph(
        tuple(
            replace(graph.steps[name], requires=tuple(sorted(graph.after[name])), runs_after=tuple(sorted(graph.behind.get(name, ()))))
            for name in names
        )
    )


class _Graph:
    """The steps of some changes, and what each waits for."""

    def __init__(self, changes: list[Change]) -> None:
        self.steps: dict[str, Operation] = {}
        self.made_by: dict[Address, str] = {}
        self.created_by: dict[Address, str] = {}
        self.removed_by: dict[Address, str] = {}
        # Deletes of objects whose successors exist by then: they wait until nothing refers to the old ones any more.
        self.created_first: set[str | None] = set()
        self.parts: dict[Address, list[str]] = {}
        """Owner → deletes of what is part of it."""
        deleted_first = _deleted_first(changes)
        going = {change.address for change in changes if change.action.destroys}
        for change in changes:
            with_owner = change.type.cascades and change.owner in going
            for step in (*_steps(change, deleted_first, with_owner=with_owner), *_left_over(change, with_owner=with_owner)):
                self.steps[step.name] = step
                if step.deposed is not None:
                    continue
                if step.verb is Verb.DELETE:
                    self.removed_by[change.address] = step.name
                    if step.requires:
                        self.created_first.add(step.name)
                    if change.owner is not None:
                        self.parts.setdefault(change.owner, []).append(step.name)
                else:
                    self.made_by[change.address] = step.name
                if step.verb is Verb.CREATE:
                    self.created_by[change.address] = step.name
        self.after: dict[str, set[str]] = {name: set(step.requires) for name, step in self.steps.items()}
        self.behind: dict[str, set[str]] = {}

    def connect(self) -> None:
        """Find what each step needs to have succeeded."""
        for step in self.steps.values():
            ahead = self._goes_ahead(step)
            for needed in step.change.dependencies if step.deposed is None else ():
                if step.verb is Verb.DELETE:
                    if ahead and needed in self.made_by:
                        self.after[self.made_by[needed]].add(step.name)
                    if needed in self.removed_by and not (step.silent and needed == step.change.owner):
                        self.after[self.removed_by[needed]].add(step.name)
                    continue
                if needed in self.made_by and self.made_by[needed] != step.name:
                    first, then = (step.name, self.made_by[needed]) if ahead else (self.made_by[needed], step.name)
                    self.after[then].add(first)
                if needed in self.made_by and self.removed_by.get(needed) in self.created_first:
                    self.after[self.removed_by[needed]].add(step.name)
            owner = step.change.owner
            if step.silent and step.verb is Verb.DELETE and owner in self.removed_by:
                self.after[step.name].add(self.removed_by[owner])

    def _goes_ahead(self, step: Operation) -> bool:
        """Return whether a step goes ahead of what it depends on: it takes back what a change of that would undo in a way of its own."""
        change = step.change
        undone = change.type.undone
        if not undone or step.silent or change.before is None or not change.dependencies:
            return False
        if any(needed in self.made_by and needed in self.removed_by for needed in change.dependencies):
            return False
        return change.after is None or all(change.after.get(name) == value for name, value in undone.items())

    def hand_over(self, changes: list[Change]) -> None:
        """Have each natural key given up before it is taken; in a circle one object waits under a temporary key.

        Where a store keeps two objects with one key for a moment, as a replace that creates first needs it, a circle needs no order.
        """
        ahead = givers(changes)
        freeing = {change.address: self._freeing(change) for change in changes if freed(change)}
        for circle in circles(changes):
            waiting = circle.waiting
            if waiting is None:
                ahead.pop(circle.changes[-1].address)
                continue
            last = self.made_by[waiting.address]
            first = Operation(
                f"update {waiting.address} to a temporary key",
                Verb.UPDATE,
                waiting,
                frozenset({waiting.type.key}),
                frozenset(),
                (),
                meanwhile=temporary_key(waiting),
            )
            self.steps[first.name] = first
            self.after[first.name] = set(self.after[last])
            self.after[last].add(first.name)
            freeing[waiting.address] = first.name
        for taker, giver in ahead.items():
            taking = self.created_by.get(taker) or self.made_by[taker]
            self.after[taking].add(freeing[giver])

    def _freeing(self, change: Change) -> str:
        """Name the step by which an object's key becomes free."""
        return self.removed_by[change.address] if change.action.destroys else self.made_by[change.address]

    def keep_in_line(self, follows: Mapping[Address, tuple[Address, ...]]) -> None:
        """Find what each step waits for without needing it.

        An object is made after those that it follows, or that these follow where they are there already. A facet is set after
        all other parts of its owner are gone.
        """
        for address, name in self.created_by.items():
            ahead = list(follows.get(address, ()))
            while ahead:
                other = ahead.pop()
                if other in self.created_by:
                    self.behind.setdefault(name, set()).add(self.created_by[other])
                else:
                    ahead.extend(follows.get(other, ()))
        for address, name in self.made_by.items():
            change = self.steps[name].change
            if change.type.singleton is not None and change.owner is not None and not self._goes_ahead(self.steps[name]):
                gone = {part for part in self.parts.get(change.owner, ()) if part != self.removed_by.get(address)}
                self.behind.setdefault(name, set()).update(gone)


def _deleted_first(changes: list[Change]) -> set[Address]:
    """Find the replaces whose delete goes first: by their type, or because what they depend on is deleted before it is created again."""
    replaced = [change for change in changes if change.action is Action.REPLACE]
    found = {change.address for change in replaced if change.type.replace_order is ReplaceOrder.DELETE_FIRST}
    while more := {change.address for change in replaced if not found.isdisjoint(change.dependencies)} - found:
        found |= more
    return found


def _steps(change: Change, deleted_first: set[Address], *, with_owner: bool) -> list[Operation]:
    """List the steps of one change; `with_owner`: what there is goes without a request of its own."""
    create = f"create {change.address}"
    delete = f"delete {change.address}"
    going = Operation(delete, Verb.DELETE, change, frozenset(), frozenset(), (), silent=with_owner)
    match change.action:
        case Action.CREATE:
            return _making(change, create, ())
        case Action.REPLACE if change.address not in deleted_first:
            making = [replace(step, create_before_destroy=True) for step in _making(change, create, ())]
            return [*making, replace(going, requires=(making[-1].name,))]
        case Action.REPLACE:
            return [going, *_making(change, create, (delete,))]
        case Action.UPDATE:
            return [Operation(f"update {change.address}", Verb.UPDATE, change, change.changed, frozenset(), ())]
        case Action.ADOPT if change.attributes:
            return [Operation(f"update {change.address}", Verb.UPDATE, change, change.changed, frozenset(), ())]
        case Action.DELETE:
            return [going]
        case _:
            return []


def _left_over(change: Change, *, with_owner: bool) -> list[Operation]:
    """List the deletes of what earlier replaces left, after whatever else becomes of the address."""
    return [
        Operation(
            f"delete {change.address} {former.id}", Verb.DELETE, change, frozenset(), frozenset(), (), silent=with_owner, deposed=former
        )
        for former in change.deposed
        if change.action is not Action.FORGET
    ]


def _making(change: Change, name: str, after: tuple[str, ...]) -> list[Operation]:
    declared = change.after or {}
    withheld = frozenset(attribute for attribute in declared if Trait.AFTER_CREATE in change.type.attributes[attribute].traits)
    late = frozenset(attribute for attribute in withheld if declared[attribute] is not None)
    facet = change.type.singleton
    born = facet is not None and not any(item.path[0] in facet for item in diff(facet, declared, change.type))
    first = Operation(name, Verb.CREATE, change, frozenset(declared) - withheld, withheld, after, silent=born)
    if not late:
        return [first]
    return [first, Operation(f"update {change.address} after create", Verb.UPDATE, change, late, frozenset(), (name,))]
