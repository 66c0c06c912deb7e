"""Apply, then revert: the stores are as they were, whatever attribute of whatever provider a run changed, and however much it was."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from catalogctl.model.address import Address
from catalogctl.model.resource import Trait
from catalogctl.planning.change import UNREADABLE, Change
from catalogctl.testing.comparison import demand_same_lines
from catalogctl.testing.kit import Kit, doing, opened, telling
from catalogctl.testing.specimen import Document, Specimen
from conformance import openpublishing, publicala, publishdrive

SPECIMENS = {module.__name__: module.specimen() for module in (openpublishing, publicala, publishdrive)}
LASTING = "revert-not-in-files"
_UNSAID = re.compile(r'"[A-Z]{3}":0,|"titleAscii":(?:"[^"]*"|null)')


def renewed(change: Change) -> bool:
    """Whether an object cannot be the same one afterwards: it is created again, or gets another id."""
    return change.action.destroys or any(Trait.RENEWS in item.attribute.traits for item in change.attributes)


def objects(kit: Kit) -> Counter[str]:
    """Give what the store holds; a price of nothing may be reported or not, and an ASCII title that is not said may be any."""
    return Counter(_UNSAID.sub("", row) for row in kit.rows().elements())


def edition(text: str) -> tuple[str, str]:
    address = Address.parse(text)
    return address.title, address.edition


def applied_and_taken_back(kit: Kit, was: Mapping[str, Document]) -> None:
    """Apply what the titles say by now, revert that, and make sure that the titles of before have nothing left to say."""
    edited, before = kit.titles, kit.save()
    planned = kit.plan()
    rows = objects(kit)
    kit.carry_out(planned)
    back = kit.taking_back()
    said = {item.address for item in back.plan.diagnostics if item.code.startswith("revert-") and item.code != LASTING}
    kit.carry_out(back)
    kit.titles = was
    # What state forgot without anything being sent, and no store tells, is sent once more; the stores are as they were.
    left = [change for change in doing(kit.plan()) if not all(item.before is UNREADABLE for item in change.attributes)]
    if said == set():
        demand_same_lines("what is not as before", [], map(telling, left))
        if not any(map(renewed, doing(planned))):
            demand_same_lines("objects of the store that are not as before", [], (rows - objects(kit)).elements())
    else:
        assert {edition(str(change.address)) for change in left} <= {edition(address) for address in said if address}, said
    kit.restore(before)
    kit.titles = edited
    kit.converge()


@pytest.mark.parametrize("name", SPECIMENS)
@settings(
    max_examples=2, deadline=None, derandomize=True, phases=[Phase.explicit, Phase.generate], suppress_health_check=[HealthCheck.too_slow]
)
@given(data=st.data())
def test_whatever_a_run_changed_is_put_back_or_told(name: str, data: st.DataObject) -> None:
    specimen: Specimen = SPECIMENS[name]
    last = len(specimen.edits)
    cuts = data.draw(st.sets(st.integers(1, last - 1), min_size=2, max_size=4), label="where one run ends and the next begins")
    with opened(specimen) as kit:
        kit.converge()
        for begin, end in pairwise(sorted({0, *cuts, last})):
            was = kit.titles
            for edit in specimen.edits[begin:end]:
                kit.titles = edit.applied(kit.titles)
            applied_and_taken_back(kit, was)


@pytest.mark.parametrize("name", SPECIMENS)
def test_what_a_run_created_is_gone_and_what_it_deleted_is_there_again(name: str) -> None:
    specimen = SPECIMENS[name]
    with opened(specimen) as kit:
        empty = kit.rows()
        kit.carry_out(kit.plan())
        full = kit.recorded()
        back = kit.taking_back()
        kit.carry_out(back)
        told = {item.address for item in back.plan.diagnostics if item.code == "revert-impossible"}
        assert {str(address) for address in kit.recorded()} == told
        assert told or kit.rows() == empty
        kit.carry_out(kit.taking_back())
        assert kit.recorded().keys() == full.keys()
        assert {address: have.attributes.keys() for address, have in kit.recorded().items()} == {
            address: have.attributes.keys() for address, have in full.items()
        }
        kit.settled()
