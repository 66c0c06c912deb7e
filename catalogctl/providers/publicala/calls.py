"""Which requests a step sends, in order. Pure."""

from __future__ import annotations

from catalogctl.model.value import Attributes
from catalogctl.provider.endpoint import Endpoint
from catalogctl.provider.protocol import Step, Verb
from catalogctl.providers.publicala.endpoints import (
    ADD_TRACK,
    CREATE,
    DELETE,
    DELETE_TRACK,
    READ,
    REORDER,
    TRACKS,
    UPDATE,
    UPDATE_TRACK,
    V3_CREATE,
    V3_UPDATE,
)
from catalogctl.providers.publicala.options import Api
from catalogctl.providers.publicala.types import CONTENT, TRACK, V1_ALONE

UNSENT_BY_V3 = frozenset({"api", "type", "identifiers", *V1_ALONE})
"""Attributes of a content that an update by v3 never carries; its identifiers go with its external id."""


def by_v3(attributes: Attributes) -> bool:
    """Return whether a content with these attributes is written by v3."""
    return attributes.get("api") == Api.V3


def calls(step: Step) -> tuple[Endpoint, ...]:
    """List the requests of one step."""
    if step.type is CONTENT:
        return _of_content(step)
    if step.type is TRACK:
        return _of_track(step.verb)
    return _of_order(step)


def _of_content(step: Step) -> tuple[Endpoint, ...]:
    """List those of a content; a delete looks first, and goes by v3 where the store has only that."""
    v3 = by_v3(step.after or {})
    match step.verb:
        case Verb.CREATE:
            return (V3_CREATE,) if v3 else (CREATE,)
        case Verb.UPDATE if v3:
            return (V3_UPDATE,) if step.changed - UNSENT_BY_V3 else ()
        case Verb.UPDATE:
            return (UPDATE,)
        case Verb.DELETE:
            return (READ, DELETE)


def _of_track(verb: Verb) -> tuple[Endpoint, ...]:
    match verb:
        case Verb.CREATE:
            return (ADD_TRACK,)
        case Verb.UPDATE:
            return (UPDATE_TRACK,)
        case Verb.DELETE:
            return (DELETE_TRACK,)


def _of_order(step: Step) -> tuple[Endpoint, ...]:
    """List those of setting an order: look what is there, take away what shall not be, and put the rest in order."""
    foreign = (step.before or {}).get("foreign") if "foreign" in step.changed else ()
    surplus = len(foreign) if isinstance(foreign, tuple) else 0
    return (TRACKS, *[DELETE_TRACK] * surplus, *[REORDER] * ("tracks" in step.changed))
