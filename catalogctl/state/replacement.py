"""Putting another state in the place of the one that is there, and losing neither."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Final

from catalogctl.model.address import Address
from catalogctl.model.diagnostics import CatalogError, Diagnostic, Refusal, error
from catalogctl.model.resource import Recorded
from catalogctl.state.backend import Backend, content_digest
from catalogctl.state.ledger import Held, Ledger, Recalled, above_all
from catalogctl.state.snapshot import Snapshot
from catalogctl.state.statefile import CONSEQUENCE, RESTORE, Types, damaged, decode, encode

BEYOND_BELIEF: Final = frozenset(
    {"state-damaged", "state-missing", "state-of-another-environment", "journal-damaged", "journal-of-another-state"}
)
"""The codes of what is wrong with a state or a journal that no later version of catalogctl could read either."""


class Rule(Enum):
    """Which state may take the place of the present one."""

    SUCCESSOR = "one of the same lineage with a greater serial"
    ANY = "any: whoever asks knows better"


@dataclass(frozen=True, slots=True)
class Replaced:
    """What came of it."""

    snapshot: Snapshot
    """The state that is there now."""
    before: Snapshot | None
    """The one that was there; `None` when there was none that could be believed."""
    aside: tuple[str, ...] = ()
    """Where the files that could not be believed are kept."""

    @property
    def changed(self) -> bool:
        """Return whether another state is there now."""
        return self.snapshot != self.before


def recall_or_damage(held: Held) -> Recalled | CatalogError:
    """Read what is remembered; where it is damaged beyond belief, give what is wrong with it.

    Raises:  CatalogError for what is not damage: a file that cannot be read, a newer format, an unknown type.
    """
    try:
        return held.recall()
    except CatalogError as problem:
        if all(one.code in BEYOND_BELIEF for one in problem.diagnostics):
            return problem
        raise


def read_pushed(data: bytes, name: str, types: Types, environment: str) -> Snapshot:
    """Read a state that comes from elsewhere, from a file of this name.

    Raises:  CatalogError as `decode`, naming the file.
    """
    try:
        pushed = decode(data, types, environment)
        if pushed.serial < 1:
            raise damaged(environment, f"Its serial is {pushed.serial}, and a first state has 1.")
    except CatalogError as problem:
        told = (
            replace(
                one, summary=f"{name} is not taken: {one.summary[0].lower()}{one.summary[1:]}", detail=one.detail.removesuffix(CONSEQUENCE)
            )
            for one in problem.diagnostics
        )
        raise CatalogError(*(replace(one, hint="") if one.hint == RESTORE else one for one in told), refusal=problem.refusal) from problem
    return pushed


def push(held: Held, pushed: Snapshot, rule: Rule) -> Replaced:
    """Store a state that comes from elsewhere. What an interrupted run did is stored first, so that it is compared and kept, too.

    Raises:  CatalogError: stale (push-lineage, push-serial), unknown outcome (state-unsettled), and as `recall` and
             `Backend.write`; then the present state is as it was.
    Source:  PRODUCT.md 3, 6.2; the rules for lineage and serial are Terraform's (`terraform state push`).
    """
    found = recall_or_damage(replace(held, lineage=pushed.lineage))
    if isinstance(found, CatalogError):
        if rule is Rule.SUCCESSOR:
            raise found
        return overwrite(held, above_all(held.backend, pushed, 0), found)
    refuse_unsettled(found, "The state is not replaced")
    present = Ledger(held, found).close()
    if present.serial == 0:
        return _stored(held, pushed, None)
    problem = _no_successor(pushed, present)
    if problem is None:
        return Replaced(present, present) if pushed == present else _stored(held, pushed, present)
    if rule is Rule.SUCCESSOR:
        raise CatalogError(problem, refusal=Refusal.STALE)
    return _stored(held, above_all(held.backend, pushed, present.serial), present)


def rebuilt(held: Held, resources: Mapping[Address, Recorded], found: Recalled | CatalogError) -> Snapshot:
    """Return the next state with these resources, whatever condition the present one is in."""
    backend = held.backend
    if isinstance(found, CatalogError):
        return above_all(backend, Snapshot(_last_lineage(backend, held.types) or held.lineage, 1, resources), 0)
    return above_all(backend, replace(found.stored, resources=resources), found.stored.serial)


def overwrite(held: Held, snapshot: Snapshot, found: Recalled | CatalogError) -> Replaced:
    """Store a state in place of what was found, which is kept: in the history, or where it is damaged aside, its journal included.

    Raises:  CatalogError as `Backend.keep_aside` and `Backend.write`, and locked (lock-lost).
    """
    backend = held.backend
    held.lock.verify()
    if isinstance(found, CatalogError):
        aside = backend.keep_aside()
        _write(backend, snapshot)
        # Killed before this, the next run finds a journal that it does not believe: it stops, and this can be done again.
        backend.journal().remove()
        return Replaced(snapshot, None, aside)
    present = Ledger(held, found).close()
    return _stored(held, replace(snapshot, serial=max(snapshot.serial, present.serial + 1)), present)


def refuse_unsettled(found: Recalled, consequence: str) -> None:
    """Make sure that no step of an interrupted run is open: it would be asked for in a state that knows nothing of it.

    Raises:  CatalogError: unknown outcome (state-unsettled), naming the steps.
    """
    if found.open_intents:
        steps = ", ".join(intent.operation for intent in found.open_intents[:3])
        more = len(found.open_intents) - 3
        detail = f"Unknown outcome: {steps}{f' and {more} more' if more > 0 else ''}. {consequence} before that is known."
        hint = "Let a run look at the stores and go on from there:\ncatalogctl apply"
        raise CatalogError(error("state-unsettled", "A run was interrupted", detail, hint), refusal=Refusal.UNKNOWN_OUTCOME)


def _no_successor(pushed: Snapshot, present: Snapshot) -> Diagnostic | None:
    hint = "If it shall take the place of the present one all the same, which is kept in the history:\ncatalogctl state push --force FILE"
    if pushed.lineage != present.lineage:
        detail = f"It has lineage {pushed.lineage}, the present one has {present.lineage}: they are no versions of one state."
        return error("push-lineage", "A state of another lineage", detail, hint)
    if pushed.serial < present.serial:
        detail = f"It has serial {pushed.serial}, the present one has {present.serial}: what was recorded since would be forgotten."
        return error("push-serial", "A state older than the present one", detail, hint)
    if pushed.serial == present.serial and pushed != present:
        detail = f"Both have serial {present.serial}, and they are not the same: each holds what the other does not."
        return error("push-serial", "Another state with the serial of the present one", detail, hint)
    return None


def _last_lineage(backend: Backend, types: Types) -> str:
    for kept in backend.history():
        try:
            return decode(backend.read_history(kept.serial), types, backend.environment).lineage
        except CatalogError:
            continue
    return ""


def _stored(held: Held, snapshot: Snapshot, before: Snapshot | None) -> Replaced:
    held.lock.verify()
    _write(held.backend, snapshot)
    return Replaced(snapshot, before)


def _write(backend: Backend, snapshot: Snapshot) -> None:
    present = backend.read()
    data = encode(snapshot, backend.environment)
    backend.write(data, snapshot.serial, None if present is None else content_digest(present))
