"""The moments of a specimen's life at which a plan has something to do."""

from __future__ import annotations

from collections.abc import Iterator

from catalogctl.planning.scope import Purpose
from catalogctl.testing.kit import Kit
from catalogctl.testing.specimen import Edit, Specimen


def moments(kit: Kit) -> Iterator[Purpose]:
    """Bring a kit to each moment, and say what the plan is for: all is created, one of each kind of edit is made, all is destroyed.

    Whoever asks for the next moment has brought the store to where this one leads.
    """
    yield Purpose.CONVERGE
    marks = landmarks(kit.specimen)
    behind = False
    for edit in kit.specimen.edits:
        if not any(edit is mark for mark in marks):
            kit.titles = edit.applied(kit.titles)
            behind = True
            continue
        if behind:
            kit.carry_out(kit.plan())
            behind = False
        kit.titles = edit.applied(kit.titles)
        yield Purpose.CONVERGE
    if behind:
        kit.carry_out(kit.plan())
    yield Purpose.DESTROY


def landmarks(specimen: Specimen) -> tuple[Edit, ...]:
    """Choose for each type the first edit that is made in place, and the first that replaces."""
    chosen: dict[tuple[str, bool], Edit] = {}
    for edit in specimen.edits:
        if not edit.takes_away:
            type_ = edit.address.split("/")[0]
            replaces = specimen.replaces(type_, edit.attribute)
            chosen.setdefault((type_, replaces), edit)
    return tuple(chosen.values())
