"""A run → what a catalog would have to want for the stores to be as they were before it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest

from catalogctl.history.revert import RevertTarget, files_before, inverse, wanted
from catalogctl.history.revert_scope import ProjectFiles
from catalogctl.history.run import Fate, Run, RunChange
from catalogctl.model.address import Address
from catalogctl.model.resource import Observed, Recorded, Resource
from catalogctl.planning.action import Action
from catalogctl.planning.catalog import Catalog
from catalogctl.planning.change import Change
from catalogctl.planning.planner import plan_changes
from catalogctl.planning.scope import Purpose, Scope
from unit.history.test_run_file import BEGUN
from unit.planning.shelf import NEW_FILE, OLD_FILE, at, have, only, seen, verdicts, want

OLD, NEW = "Azul", "Rojo"
UPDATED = only(verdicts([want(name=NEW)], [have(name=OLD)], [seen(name=OLD)]))
CREATED = only(verdicts([want(name=NEW)]))
DELETED = only(verdicts((), [have(name=OLD)], [seen(name=OLD)]))
ADOPTED = only(verdicts([want(name=NEW)], (), [seen(name=NEW)]))
FORGOTTEN = only(verdicts((), [have(name=OLD)]))


def run_of(*changes: Change, fate: Fate = Fate.DONE) -> Run:
    return Run(BEGUN, tuple(RunChange(change, (), fate) for change in changes), (), (), (), None, "d" * 64)


def taken_back(
    run: Run,
    recorded: Iterable[Recorded] = (),
    observed: Iterable[tuple[Address, Observed]] = (),
    files: Iterable[Resource] = (),
    scope: Scope | None = None,
    *,
    force: bool = False,
) -> RevertTarget:
    """Return what to want of stores that hold `observed` after the run."""
    remembered = {one.address: one for one in recorded}
    declared = ProjectFiles(Catalog({one.address: one for one in files}))
    back = inverse(run, declared, remembered, scope or Scope(), force=force, reviewed=False)
    return wanted(back, remembered, dict(observed))


def codes(target: RevertTarget) -> list[str]:
    return [one.code for one in target.diagnostics]


def test_updated_attribute_is_wanted_as_it_was() -> None:
    target = taken_back(run_of(UPDATED), [have(name=NEW)], [seen(name=NEW)])

    assert target.catalog.resources[at("azul")].attributes == {"name": OLD}
    assert target.selected == {at("azul")}
    assert (target.reverts.impossible, target.reverts.left) == (0, 0)


def test_undoing_an_update_is_planned_as_an_update_back() -> None:
    remembered = {at("azul"): have(name=NEW)}
    target = taken_back(run_of(UPDATED), remembered.values(), [seen(name=NEW)])
    [change] = plan_changes(target.catalog, remembered, dict([seen(name=NEW)]), Scope(Purpose.REVERT)).changes

    assert (change.action, change.before, change.after) == (Action.UPDATE, {"name": NEW}, {"name": OLD})


def test_created_object_is_to_go() -> None:
    target = taken_back(run_of(CREATED), [have(name=NEW)], [seen(name=NEW)])

    assert target.catalog.resources == {}
    assert target.selected == {at("azul")}


def test_deleted_object_is_wanted_with_what_it_had() -> None:
    target = taken_back(run_of(DELETED))

    assert target.catalog.resources[at("azul")].attributes == {"name": OLD}


def test_adopted_object_is_forgotten_and_stays_in_its_store() -> None:
    target = taken_back(run_of(ADOPTED), [have(name=NEW)], [seen(name=NEW)])

    assert [(one.address, one.destroy) for one in target.catalog.removed] == [(at("azul"), False)]


def test_forgotten_object_that_is_still_there_is_managed_again() -> None:
    target = taken_back(run_of(FORGOTTEN), (), [seen(name=OLD)])

    assert at("azul") in target.catalog.resources


def test_what_was_changed_since_is_left_alone_without_force() -> None:
    third = "Verde"
    left = taken_back(run_of(UPDATED), [have(name=third)], [seen(name=third)])
    forced = taken_back(run_of(UPDATED), [have(name=third)], [seen(name=third)], force=True)

    assert codes(left) == ["revert-conflict"]
    assert left.reverts.left == 1
    assert at("azul") not in left.catalog.resources
    assert forced.catalog.resources[at("azul")].attributes == {"name": OLD}


@pytest.mark.parametrize("fate", [Fate.NOT_STARTED, Fate.FAILED])
def test_step_that_was_not_done_is_not_taken_back(fate: Fate) -> None:
    target = taken_back(run_of(UPDATED, fate=fate), [have(name=NEW)], [seen(name=NEW)])

    assert (target.catalog.resources, target.selected) == ({}, frozenset())


def test_scope_narrows_what_is_taken_back() -> None:
    other = replace(UPDATED, address=at("luz"), key="key-luz")
    recorded, observed = [have(name=NEW), have("luz", name=NEW, id_="2")], [seen(name=NEW), seen("luz", name=NEW, id_="2")]
    target = taken_back(run_of(UPDATED, other), recorded, observed, scope=Scope(targets=("luz",)))

    assert target.selected == {at("luz")}


def test_file_that_the_project_has_no_more_cannot_be_put_back() -> None:
    changed = only(verdicts([want(file=NEW_FILE)], [have(file=OLD_FILE)], [seen(file=OLD_FILE)]))
    run = run_of(changed)
    gone = taken_back(run, [have(file=NEW_FILE)], [seen(file=NEW_FILE)])
    there = taken_back(run, [have(file=NEW_FILE)], [seen(file=NEW_FILE)], [want("luz", file=OLD_FILE)])

    assert files_before(run) == {OLD_FILE.identity}
    assert codes(gone) == ["revert-file-missing"]
    assert gone.reverts.impossible == 1
    assert there.catalog.resources[at("azul")].attributes["file"] == OLD_FILE


def test_files_that_still_say_what_the_run_did_are_named() -> None:
    target = taken_back(run_of(UPDATED), [have(name=NEW)], [seen(name=NEW)], [want(name=NEW)])

    assert codes(target) == ["revert-not-in-files"]
    assert str(at("azul")) in target.diagnostics[0].detail
