"""A book that leaves sale is reported in every form of a plan, as loud as other losses."""

import json
from dataclasses import replace

import pytest

from catalogctl.planning.change import AttributeChange
from catalogctl.planning.planfile.file import encode
from catalogctl.providers.publishdrive.types import PUBLICATION
from catalogctl.view.html import render
from catalogctl.view.markdown import plan as plan_markdown
from catalogctl.view.markdown.marks import LIMITS
from catalogctl.view.paint.style import Style
from catalogctl.view.text import plan as plan_text
from catalogctl.view.text.sheet import PlanSheet
from unit.view import samples
from unit.view.rendered import Page


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (True, False, "RISK: taken off sale: The book is withdrawn from every store and library that it was delivered to."),
        (False, True, "RISK: back to review: The change takes it off sale: the store reviews it again before it is offered."),
    ],
)
def test_what_leaves_sale_is_told_in_red_in_every_form(before: bool, after: bool, said: str) -> None:
    item = AttributeChange(("published",), PUBLICATION.attributes["published"], before, after)
    change = replace(samples.updating(samples.at("a"), item), type=PUBLICATION, observed={"published": True})
    plan = samples.plan(change)
    words = said[said.index(": ", 6) + 2 :]
    plain, coloured = ("\n".join(plan_text.render(plan, PlanSheet(80, Style(colour)))) for colour in (False, True))
    assert said in " ".join(plain.split())
    assert "\x1b[1;31mRISK:" in coloured
    assert words in Page(plan_markdown.render(plan, limit=LIMITS["github"], place=samples.place)).text
    assert words in render.render(plan, digest="0123abcd" * 8, where=samples.place, previews={})
    [entry] = [entry for entry in json.loads(encode(plan, place=lambda _: None))["resource_changes"] if "risks" in entry]
    assert entry["risks"] == [said.split(": ")[1].replace("taken ", "")]
