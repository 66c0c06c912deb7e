"""Changes that are equal but for what they are about: a promotion is one fact, of however many editions. Pure."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from catalogctl.model.address import Address
from catalogctl.model.asset import Asset
from catalogctl.model.value import Value, decimal_text
from catalogctl.planning.action import Action
from catalogctl.planning.attribute_words import edits
from catalogctl.planning.change import AttributeChange, Change, Drift, Missing
from catalogctl.planning.json_values import value_json
from catalogctl.planning.risk.risk import Assessed, Rank

LEAST: Final = 3
"""So many equal changes are shown as one group; fewer are shown each by itself."""
MANY: Final = 20
"""Beyond so many creates, those of one type on one account are a group, though each makes something else; deletes alike."""
_SLOTS: Final = 1 << 17
"""Bytes in which equal digests are counted before any is kept: two digests in one slot cost a second look, and nothing else."""
_BULK: Final = frozenset({Action.CREATE, Action.DELETE})


@dataclass(frozen=True, slots=True)
class EqualChanges:
    """Changes of one account and type with one action, one reason, the same risks and the same block of attribute changes.

    Of many creates, or many deletes, the attributes are not compared.
    """

    sample: Assessed
    """The first of the members: its action, its reason and its risks are those of all, and so are the changes of its attributes."""
    members: Sequence[Change]
    """At least `LEAST`, in the order in which they came."""
    parts: Mapping[str, int]
    """How many parts of each type come or go with the members."""

    @property
    def addresses(self) -> Iterator[Address]:
        """The addresses of the members."""
        return (change.address for change in self.members)

    @property
    def rank(self) -> Rank:
        """Its place among other groups and titles."""
        return self.sample.rank

    @property
    def is_bulk(self) -> bool:
        """Return whether each member makes or deletes something else."""
        return self.sample.change.action in _BULK


class EqualGroups:
    """Which changes of a plan are shown as one, and which each by itself."""

    def __init__(self, found: Mapping[bytes, EqualChanges]) -> None:
        self._found = found
        self.groups: Final = tuple(sorted(found.values(), key=lambda group: (group.rank, -len(group.members))))
        """The riskiest first, then the largest."""

    def alone(self, of_title: Sequence[Assessed]) -> list[Assessed]:
        """Return the changes of a title that are in no group, in their order; `of_title` are all that it has."""
        if not self._found:
            return list(of_title)
        parts = _parts(of_title)
        told: set[Address] = set()
        for one in _leaders(of_title, parts):
            if _key(one) in self._found:
                told.add(one.change.address)
                told.update(part.change.address for part in _all_parts(one, parts))
        return [one for one in of_title if one.change.address not in told]


def find_equal(titles: Callable[[], Iterable[Sequence[Assessed]]], *, bulk: bool) -> EqualGroups:
    """Find the changes of a plan that are equal but for what they are about.

    Shapes:  `titles` gives all changes of one title after the other, as often as it is called: nothing of what it gives is kept but the
             members of groups. In `bulk`, more than `MANY` creates are groups by their type and account, and so are as many deletes. The
             parts that come or go with a member are in its group; what has a part that is risky by itself stays alone.
    """
    often = bytearray(_SLOTS)
    counts: Counter[Action] = Counter()
    for of_title in titles():
        for one in _leaders(of_title, _parts(of_title)):
            counts[one.change.action] += 1
            slot = _slot(_key(one))
            often[slot] = min(LEAST, often[slot] + 1)
    singly = {action for action in _BULK if not bulk or counts[action] <= MANY}
    found: dict[bytes, _Members] = {}
    for of_title in titles():
        parts = _parts(of_title)
        for one in _leaders(of_title, parts):
            key = b"" if one.change.action in singly else _key(one)
            if key and often[_slot(key)] == LEAST:
                members = found.setdefault(key, _Members(one))
                members.changes.append(one.change)
                members.parts.update(part.change.type.name for part in _all_parts(one, parts))
    return EqualGroups({key: EqualChanges(one.sample, one.changes, one.parts) for key, one in found.items() if len(one.changes) >= LEAST})


@dataclass(slots=True)
class _Members:
    sample: Assessed
    changes: list[Change] = field(default_factory=list)
    parts: Counter[str] = field(default_factory=Counter)


def _slot(key: bytes) -> int:
    return int.from_bytes(key[:4], "big") % _SLOTS


def _parts(of_title: Iterable[Assessed]) -> Mapping[Address, Sequence[Assessed]]:
    """Collect the parts that come or go with what they are part of, by its address."""
    parts: dict[Address, list[Assessed]] = {}
    for one in of_title:
        if one.goes_along and one.change.owner is not None:
            parts.setdefault(one.change.owner, []).append(one)
    return parts


def _leaders(of_title: Iterable[Assessed], parts: Mapping[Address, Sequence[Assessed]]) -> Iterator[Assessed]:
    """Yield the changes that may be in a group: what comes or goes by itself, and has no part that is risky by itself."""
    for one in of_title:
        if not one.goes_along and not any(part.risks for part in _all_parts(one, parts)):
            yield one


def group_drift(drift: Iterable[Drift]) -> Iterator[tuple[Drift, ...]]:
    """Yield what drifted, equal drift of at least `LEAST` objects together where the first of it stands, all other by itself."""
    found: dict[bytes, list[Drift]] = {}
    for item in drift:
        found.setdefault(_digest([_about(item), item.gone, _block(item)]), []).append(item)
    for several in found.values():
        if len(several) >= LEAST:
            yield tuple(several)
        else:
            yield from ((item,) for item in several)


def _key(one: Assessed) -> bytes:
    """Return the digest of all that two changes must have in common to be equal."""
    change = one.change
    told = [
        *_about(change),
        change.actions,
        change.reason.name,
        change.protect,
        change.withdraws,
        change.takes_away,
        [risk.name for risk in one.risks],
    ]
    return _digest([*told, _facts(one), [] if change.action in _BULK else _block(change)])


def _digest(value: list[Any]) -> bytes:
    """Return a short digest of values that are written alike where they are equal."""
    return hashlib.blake2b(repr(value).encode("utf-8", "backslashreplace"), digest_size=16).digest()


def _all_parts(one: Assessed, parts: Mapping[Address, Sequence[Assessed]]) -> Iterator[Assessed]:
    for part in parts.get(one.change.address, ()):
        yield part
        yield from _all_parts(part, parts)


def _about(item: Change | Drift) -> list[str]:
    return [item.address.account, item.type.provider, item.type.name]


def _facts(one: Assessed) -> list[Any]:
    """Return what is said of the risks of a change, which may come of attributes that do not change."""
    moves = [
        (move.attribute, move.price.currency, move.price.term, decimal_text(move.price.amount), decimal_text(move.before), move.why)
        for move in (*one.units, *one.falls, *one.rises)
    ]
    odd = [(found.attribute, found.price.currency, found.price.term, decimal_text(found.price.amount)) for found in one.odd]
    losses = [(loss.attribute, loss.before, loss.lost, loss.names, loss.lifted) for loss in one.losses]
    return [moves, odd, losses]


def _block(item: Change | Drift) -> list[Any]:
    """Return the changes of attributes in a form in which equal ones are equal: as the store compares them."""
    return [[one.path, _side(one, one.before), _side(one, one.after)] for one in edits(item)]


def _side(one: AttributeChange, value: Value | Missing) -> Any:
    if isinstance(value, Missing):
        return [value.name]
    if one.attribute.normal is not None and len(one.path) == 1:
        value = one.attribute.normal(value)
    references: dict[str, str] = {}
    written, _ = value_json(one.path, value, references)
    # Two files of the same bytes lie in different places, and which is sent is what a reviewer reads.
    if isinstance(written, dict):
        written = sorted(written.items())
    return [written, references, value.location if isinstance(value, Asset) else ""]
