"""The HTML report as a text: what is in it, and that nothing from outside can be more than text."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image

from catalogctl.config.media import Media
from catalogctl.model.asset import Asset
from catalogctl.model.picture import Previews
from catalogctl.model.resource import Attribute, Kind, ReplaceOrder, Shape, Trait
from catalogctl.planning.action import Action, Reason
from catalogctl.planning.change import ABSENT, UNREADABLE, AttributeChange, Change, Drift
from catalogctl.planning.plan import Plan
from catalogctl.view.html.render import render
from unit.view import samples

NASTY = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>{{ 7*7 }}</noscript></style>&lt;&#x27;]]>-->\u202e\x00"


class Reader(HTMLParser):
    """Lists the elements of a page, and the text between them; the style sheet and the script are no text."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.elements and self.elements[-1][0] not in {"script", "style"}:
            self.texts.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())


def page(plan: Plan, previews: Previews | None = None) -> str:
    def where(change: Change) -> str:
        return "" if change.origin is None else change.origin.path

    return render(plan, digest="0123abcd" * 8, where=where, previews=previews or {})


def test_an_old_cover_that_is_not_at_hand_is_told_by_its_digest(tmp_path: Path) -> None:
    Image.new("RGB", (20, 30), "navy").save(tmp_path / "cover.jpg")
    new = Asset("cover.jpg", sha256=hashlib.sha256((tmp_path / "cover.jpg").read_bytes()).hexdigest(), size=99)
    change = samples.updating(samples.at("a"), samples.differs("cover", Asset("", sha256="ab" * 32), new))
    text = Reader(page(samples.plan(change), {new.sha256: Media(tmp_path).preview(new)})).text
    assert "as recorded sha256 abababababab… no copy of it at hand → cover.jpg 99 bytes" in text


def test_drift_is_told_as_what_was_remembered_and_what_is_there_now() -> None:
    item = Drift(samples.at("a"), samples.CONTENT, (samples.differs("prices", Decimal(3), Decimal(2), "USD"),), gone=False, matters=True)
    text = Reader(page(samples.plan(samples.unchanged("a"), samples.unchanged("b"), drift=(item,), reads=1))).text
    assert "The stores were read (1 request): 1 of 2 objects not as state remembers." in text
    assert "Currency Remembered Now Change USD US Dollar 3.00 2.00 ▼ -33.3 %" in text


def test_what_moved_and_what_is_left_alone_is_named_with_its_reason() -> None:
    text = Reader(page(samples.aside(moved=25, left=5))).text
    assert (
        "prices.USD · the store runs a campaign · until 2099-12-31 store/content/left-0.epub prices.USD store/content/left-1.epub" in text
    )
    assert "Moved: 25 objects In the state alone" in text
    assert "store/content/old-24.epub → is now store/content/new-24.epub" in text
    assert "nothing is to be done about them. What ignore_changes names is left alone." in text


def told(*changes: Change) -> str:
    return Reader(page(samples.plan(*changes))).text


def updated(*differences: AttributeChange) -> str:
    return told(samples.updating(samples.at("a"), *differences))


def test_equal_plans_are_equal_bytes() -> None:
    assert page(samples.everything()) == page(samples.everything())


def test_all_of_a_plan_is_in_it() -> None:
    text = Reader(page(samples.everything())).text
    for said in (
        "7 changes to 5 titles",
        "Applying this sends 6 requests and takes about 40 s",
        "0123abcd" * 8,
        "The description is longer than the store shows",
        "store/content/o-cortico.epub is gone",
        "DELETE /integration-api/v1/dashboard/issues/{id} store/content/mirror-work.pdf",
        "1 object differs from the state in ways that change nothing here",
        "already in the store under this key",
    ):
        assert said in text


def test_the_policy_allows_exactly_what_the_page_brings_along() -> None:
    written = page(samples.everything())
    elements = Reader(written).elements
    [policy] = [said["content"] for _, said in elements if said.get("http-equiv") == "Content-Security-Policy"]
    assert policy is not None
    for tag, directive in (("style", "style-src"), ("script", "script-src")):
        [body] = re.findall(rf"<{tag}>(.*?)</{tag}>", written, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
        assert f"{directive} 'sha256-{digest}';" in policy
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    assert "http" not in policy


@settings(max_examples=60, deadline=None)
@example(NASTY)
@example(samples.HOSTILE)
@given(st.text(st.characters(codec=None) | st.sampled_from("<>&\"'{}%-/=\x00\u202e\ud800\n"), min_size=1, max_size=60))
def test_text_from_outside_makes_no_element_and_no_attribute(text: str) -> None:
    # The page of a word and that of anything else have the same elements with the same attributes, but for what shows markup as written.
    calm, other = (Reader(page(samples.hostile(said))).elements for said in ("harmless", text))
    allowed = {(tag, name) for tag, said in calm for name in said} | {("tr", "data-row"), ("pre", "tabindex")}
    known = {tag for tag, _ in calm} | {
        "summary",
        "details",
        "td",
        "table",
        "caption",
        "thead",
        "tbody",
        "tr",
        "th",
        "li",
        "ins",
        "del",
        "p",
    }
    for tag, said in other:
        assert tag in known
        assert not any(name.startswith("on") or name == "style" for name in said)
        if tag in {"a", "img", "script", "form"}:
            assert all((tag, name) in allowed for name in said)
            assert str(said.get("href", "#")).startswith("#")


def test_what_is_not_seen_is_shown() -> None:
    text = updated(samples.differs("name", "a", "b\u202e\x07c"))
    assert "b\\u202e\\x07c" in text


def test_prices_are_a_table_with_percent_and_names() -> None:
    text = updated(
        samples.differs("prices", Decimal("2.00"), Decimal("2.50"), "EUR"),
        samples.differs("prices", ABSENT, Decimal("12490.00"), "CLP"),
        samples.differs("prices", Decimal("2.50"), ABSENT, "USD"),
    )
    assert "Currency Was Will be Change" in text
    assert "EUR Euro 2.00 2.50 ▲ +25.0 %" in text
    assert "CLP Chilean Peso – 12,490.00 new" in text
    assert "USD US Dollar 2.50 – no longer sold" in text


def test_countries_come_and_go_by_name() -> None:
    sold_in = Attribute("sale_territory", Kind.TEXT, Shape.SET, frozenset({Trait.TERRITORIES}), everywhere=("ALL",))
    kind = replace(samples.CONTENT, attributes={**samples.CONTENT.attributes, sold_in.name: sold_in})
    item = AttributeChange((sold_in.name,), sold_in, ("AR", "BR", "DE"), ("BR", "MX"))
    change = Change(samples.at("a"), kind, Action.UPDATE, Reason.EDITED, "1", "k", {}, {}, (item,))
    text = told(change)
    assert "− Argentina − Germany + Mexico 1 country unchanged" in text
    assert "No longer sold in 2 of 3 countries: Argentina, Germany" in text
    everywhere = replace(change, attributes=(replace(item, before=("ALL",)),))
    assert "so far everywhere, then in 2" in told(everywhere)


def test_a_description_is_compared_as_read_and_as_written() -> None:
    written = page(
        samples.plan(samples.updating(samples.at("a"), samples.differs("description", "<p>One old day</p>", "<p>One new day</p>")))
    )
    assert "One <del>old</del><ins>new</ins> day" in written
    assert "&lt;p&gt;One <del>old</del><ins>new</ins> day&lt;/p&gt;" in written


def test_a_description_whose_markup_alone_changes_says_so() -> None:
    text = updated(samples.differs("description", "<p>One <em>day</em></p>", "<p>One <b>day</b></p>"))
    assert "It reads the same; only its markup changes." in text


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (False, True, "no → yes"),
        (UNREADABLE, 288, "(not returned by the store) → 288"),
        (None, 12, "(empty) → 12"),
    ],
)
def test_single_values_are_told_in_words(before: bool | int | None, after: bool | int | None, said: str) -> None:
    assert said in updated(samples.differs("pages", before, after))


def test_names_that_look_the_same_are_spelled_out() -> None:
    assert "caf\\xe9 → cafe\\u0301" in updated(samples.differs("name", "caf\u00e9", "cafe\u0301"))


def test_lists_tell_what_goes_what_comes_and_a_new_order() -> None:
    assert "Keywords − mar + sol 1 other unchanged" in updated(samples.differs("keyword", ("mar", "sal"), ("sal", "sol")))
    turned = updated(samples.differs("author", ("Cao Xueqin", "Gao E"), ("Gao E", "Cao Xueqin")))
    assert "New order: Gao E , Cao Xueqin" in turned
    assert "others unchanged" not in turned, "they are the ones in that order"
    exchanged = updated(samples.differs("keyword", ("mar",), ("sol",)))
    assert "Keywords − mar + sol" in exchanged
    assert "others stay" not in exchanged
    assert "none is left" not in exchanged
    assert "− mar − sol none is left" in updated(samples.differs("keyword", ("mar", "sol"), ()))


def test_a_table_of_contents_is_compared_by_its_places() -> None:
    text = updated(samples.differs("table_of_contents", '[{"title":"Uno"}]', '[{"title":"Dos"}]'))
    assert 'entry 1, title "Uno" "Dos"' in text


def test_what_destroys_comes_first_and_says_what_is_lost() -> None:
    text = Reader(page(samples.everything())).text
    first = text[text.index("Look at these first") : text.index("Titles and stores")]
    assert first.index("Deleted for good 1") < first.index("Deleted and created again 1")
    assert samples.CONTENT.loss in first


def test_what_is_made_before_the_old_one_goes_is_no_loss() -> None:
    kind = replace(samples.CONTENT, replace_order=ReplaceOrder.CREATE_FIRST)
    text = told(Change(samples.at("a"), kind, Action.REPLACE, Reason.REQUESTED, "1", "k", {}, {}))
    assert "Look at these first" not in text
    assert "a new content is created, then the old one deleted" in text


def test_a_price_in_the_wrong_unit_is_a_risk_of_its_own() -> None:
    item = samples.differs("prices", Decimal("12.99"), Decimal(1299), "USD")
    before, after = ({"prices": {"USD": amount}} for amount in (Decimal("12.99"), Decimal(1299)))
    change = replace(samples.updating(samples.at("a"), item), before=before, after=after)
    assert "Prices that may be in the wrong unit 1" in told(change)


def test_a_title_that_the_files_no_longer_have_keeps_its_name() -> None:
    named = Attribute("name", Kind.TEXT, declared="title")
    kind = replace(samples.CONTENT, attributes={"name": named})
    gone = Change(samples.at("a-id"), kind, Action.DELETE, Reason.NO_LONGER_DECLARED, "1", "k", {"name": "The Name"}, None)
    assert "The Name epub on store" in told(gone)


def test_a_plan_that_changes_nothing_says_so() -> None:
    text = told(samples.unchanged("a"))
    assert "Nothing changes" in text
    assert "Title by title" not in text


def test_steep_rises_are_listed_before_falls_within_the_limit_and_after_steeper_ones() -> None:
    small, rise, steep = (samples.priced(name, "10.00", after) for name, after in (("a", "8.00"), ("b", "90.00"), ("c", "1.00")))
    text = told(small, rise)
    assert text.index("Prices that rise 1") < text.index("Prices that fall 1")
    text = told(small, rise, steep)
    assert text.index("Prices that fall 2") < text.index("Prices that rise 1")
