from dataclasses import replace
from decimal import Decimal

from catalogctl.model.resource import Recorded
from catalogctl.model.value import Attributes
from catalogctl.view.paint.layout import cells
from catalogctl.view.paint.style import Style
from catalogctl.view.text.state import render_list, render_one
from unit.view import samples

STYLE = Style()
RECORDED = Recorded(
    address=samples.at("mirror-work"),
    type=samples.CONTENT,
    base_url="https://your-store.publica.la",
    id="4711",
    key="isbn112233441",
    attributes={"name": "Mirror", "prices": {"USD": Decimal(2)}, "pages": 120, "content": samples.OLD_FILE},
    observed={"name": "Mirror", "prices": {"ARS": Decimal(9), "USD": Decimal("2.00")}, "pages": 121},
    dependencies=(samples.at("series"),),
    protect=True,
)


def test_state_list_is_an_address_a_line_in_order() -> None:
    others = [replace(RECORDED, address=samples.at(name)) for name in ("z", "a")]
    lines = list(render_list([RECORDED, *others], STYLE))
    assert lines == ["store/content/a.epub", "store/content/mirror-work.epub", "store/content/z.epub"]


def test_state_show_tells_all_of_one_resource_and_where_the_store_told_otherwise() -> None:
    assert list(render_one(RECORDED, {}, width=80, style=STYLE)) == [
        "store/content/mirror-work.epub",
        "  id                  4711",
        "  key                 isbn112233441",
        "  account             store (sample, https://your-store.publica.la)",
        "  protected           yes: no plan may delete or replace it",
        "  depends on          store/content/series.epub",
        "",
        "As last applied",
        '  name     "Mirror"',
        "  pages    120",
        "  prices   USD  2.00",
        "  content  sha256:1a2b3c4d…",
        "",
        "Different in the store at the last read, applied → told",
        "  pages  120 → 121",
    ]


def test_hostile_text_in_state_is_made_visible_and_kept_within_the_width() -> None:
    bad = samples.HOSTILE
    attributes: Attributes = {"name": bad, "prices": {bad: Decimal(1)}}
    resource = replace(RECORDED, id=bad, key=bad, base_url=bad, attributes=attributes, observed={"name": "x"})
    for line in render_one(resource, {}, width=60, style=STYLE):
        assert line.isprintable()
        assert cells(line) <= 60
