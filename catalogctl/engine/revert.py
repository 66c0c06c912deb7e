"""Taking a run back: what it recorded, as a question to plan like any other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from catalogctl.engine.workflow import Question
from catalogctl.model.address import Address
from catalogctl.model.resource import Recorded
from catalogctl.planning.catalog import Catalog
from catalogctl.planning.inverse import Files, inverse, wanted
from catalogctl.planning.plan import Refresh
from catalogctl.planning.planner import Purpose, Scope
from catalogctl.planning.run import Run


def reverting(
    run: Run, files: Files, recorded: Mapping[Address, Recorded], question: Question, *, force: bool, reviewed: bool
) -> tuple[Catalog, Question]:
    """Give what to look for and what to ask, for a plan of taking a run back.

    Shapes:  `question` narrows it, and may be of any purpose; the stores are asked in any case. What binds such a plan is the record
             of the run, in the place of what the files say. `reviewed`: a saved plan is held against it.
    """
    back = inverse(run, files, recorded, question.scope.selected, force=force, reviewed=reviewed)
    begun = run.begun
    asked = replace(
        question,
        scope=Scope(Purpose.REVERT, back.selected),
        refresh=Refresh.STORES,
        sayings=lambda _: {f"run {begun.id}": run.digest},
        amend=partial(wanted, back),
        reverts=back.reverts,
    )
    return back.catalog, asked
