"""In which order the changes of a plan are read: the riskiest first, equal ones as one, the others title by title."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from heapq import nsmallest
from typing import Final

from catalogctl.planning.change import Change
from catalogctl.planning.plan import Plan
from catalogctl.planning.risk.risk import Assessed, Rank, Risk, assess
from catalogctl.view.diff.equal_changes import EqualChanges, EqualGroups, find_equal
from catalogctl.view.text.sheet import Extent

_START_BITS: Final = 26
"""So many changes fit into one plan; the ranks of titles are kept in the other bits of one machine word."""
_LOST_BITS: Final = 10
_PERCENT_BITS: Final = 20
_CHUNK: Final = 1024
"""So many titles are put in order at a time."""


@dataclass(frozen=True, slots=True)
class TitleChanges:
    """A title with those of its changes that stand by themselves."""

    all: Sequence[Change]
    """All its changes of the plan, those that change nothing and those in groups included."""
    alone: Sequence[Assessed]
    """The riskiest first; at least one."""


class ReadingOrder:
    """The changes of a plan as a text of some extent shows them.

    Nothing is kept of a change but its place and its rank: what a plan is made of is a thousand times larger than that, and is put together
    again when it is asked for.
    """

    def __init__(self, plan: Plan, extent: Extent, only: Collection[Change] | None = None) -> None:
        """Read a plan, or of it `only` some changes."""
        titles = None if only is None else {change.address.title for change in only}
        shown = (change for change in plan.changes if titles is None or change.address.title in titles)
        self._steep = plan.steep
        self._only = None if only is None else {change.address for change in only}
        self._changes = sorted(shown, key=lambda change: change.address.title)
        self._starts = array("L", self._beginnings())
        bulk = extent is not Extent.FULL
        self._equal = EqualGroups({}) if extent is Extent.EACH else find_equal(lambda: map(self._assessed, self._places()), bulk=bulk)

    @property
    def groups(self) -> Sequence[EqualChanges]:
        """Equal changes, the riskiest first."""
        return self._equal.groups

    def risks(self) -> Counter[Risk]:
        """Count each risk as often as there are changes that carry it."""
        return Counter(risk for number in self._places() for one in self._assessed(number) for risk in one.risks)

    def sections(self) -> Iterator[EqualChanges | TitleChanges]:
        """Yield groups and titles, the riskiest first; of equally risky ones the groups, then the titles by their ids."""
        groups = list(reversed(self.groups))
        for packed in self._ranked():
            while groups and _packed(groups[-1].rank) <= packed >> _START_BITS:
                yield groups.pop()
            number = packed & ((1 << _START_BITS) - 1)
            yield TitleChanges(self._of_title(number), self._equal.alone(self._assessed(number)))
        yield from reversed(groups)

    def _ranked(self) -> Iterator[int]:
        """Yield the titles that have changes of their own in their order, each with its rank in the higher bits."""
        ranked = array("Q")
        for number in self._places():
            alone = self._equal.alone(self._assessed(number))
            if alone:
                ranked.append((_packed(alone[0].rank) << _START_BITS) + number)
        last = -1
        while chunk := nsmallest(_CHUNK, (one for one in ranked if one > last)):
            yield from chunk
            last = chunk[-1]

    def _places(self) -> range:
        return range(len(self._starts))

    def _beginnings(self) -> Iterator[int]:
        title = None
        for number, change in enumerate(self._changes):
            if change.address.title != title:
                title = change.address.title
                yield number

    def _of_title(self, number: int) -> Sequence[Change]:
        end = self._starts[number + 1] if number + 1 < len(self._starts) else len(self._changes)
        return self._changes[self._starts[number] : end]

    def _assessed(self, number: int) -> Sequence[Assessed]:
        of_title = self._of_title(number)
        return assess((change for change in of_title if self._only is None or change.address in self._only), self._steep)


def _packed(rank: Rank) -> int:
    """Return a rank as a number: the lower one for what is riskier."""
    worst, percent, lost = rank
    move = min(int(-percent * 1_000), (1 << _PERCENT_BITS) - 1)
    fewer = min(-lost, (1 << _LOST_BITS) - 1)
    return (((worst + 1 << _PERCENT_BITS) - move) << _LOST_BITS) - fewer
