"""What is left of a broken document without its problems: the rest is looked at as well, so that all is reported at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from catalogctl.config.schema.crosscheck import cross_check
from catalogctl.config.schema.document import DOCUMENTS, canonical
from catalogctl.config.schema.judge import judge
from catalogctl.config.schema.problem import Problem
from catalogctl.model.diagnostics import Pointer

_ROUNDS: Final = 5
"""Taking something out may leave something incomplete, which is taken out next; documents are not nested deeper."""
_STAND_INS: Final[Mapping[str, str]] = {"id": "x", "title": "x", "file": "x", "format": "audiobook"}
"""In place of fields that must be there and are not: with none of these anything else of a document can disagree."""


@dataclass(slots=True)
class _Cut:
    """What is to be taken out of a value and put into it; all pointers are those of the value itself."""

    out: set[Pointer] = field(default_factory=set)
    put: set[Pointer] = field(default_factory=set)
    kept: dict[Pointer, list[int]] = field(default_factory=dict)
    """Lists with fewer items than they had: for each item left, the place it had."""

    def mark(self, problems: Iterable[Problem]) -> bool:
        """Mark the nodes of problems; false if nothing would be left, or nothing new is marked."""
        known = len(self.out) + len(self.put)
        for problem in problems:
            missing = problem.missing
            # A made-up id is good for a title; tracks are distinguished by theirs.
            if missing in _STAND_INS and (missing != "id" or not problem.pointer):
                self.put.add((*problem.pointer, missing))
            else:
                self.out.add(problem.pointer)
        return () not in self.out and len(self.out) + len(self.put) > known

    def applied(self, value: Any, here: Pointer = ()) -> Any:
        """Copy a value without what is marked."""
        if isinstance(value, dict):
            copy = {name: self.applied(item, (*here, name)) for name, item in value.items() if (*here, name) not in self.out}
            return {**copy, **{way[-1]: _STAND_INS[str(way[-1])] for way in self.put if way[:-1] == here}}
        if isinstance(value, list):
            self.kept[here] = [place for place in range(len(value)) if (*here, place) not in self.out]
            return [self.applied(value[place], (*here, place)) for place in self.kept[here]]
        return value

    def back(self, problem: Problem) -> Problem:
        """Return where in the value itself a problem of its copy is."""
        way: Pointer = ()
        for step in problem.pointer:
            way = (*way, self.kept[way][step] if isinstance(step, int) else step)
        return replace(problem, pointer=way)


def cross_check_remainder(kind: str, value: Any, problems: Collection[Problem]) -> tuple[Problem, ...]:
    """Find what does not fit together in a document that has other problems, as far as it does not depend on these.

    Shapes:  `problems` are those that the judge of the kind found in `value`, which is not changed.
    Raises:  nothing.
    """
    cut = _Cut()
    wrong: Iterable[Problem] = problems
    for _ in range(_ROUNDS):
        if not cut.mark(wrong):
            return ()
        model = judge(DOCUMENTS[kind]).read(cut.applied(value))
        if not isinstance(model, tuple):
            return tuple(cut.back(problem) for problem in cross_check(kind, canonical(model)))
        wrong = [cut.back(problem) for problem in model]
    return ()
