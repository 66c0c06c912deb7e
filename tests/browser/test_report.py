"""The HTML report in a real browser: opened, filtered, unfolded, read out, printed."""

from __future__ import annotations

import io
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from pypdf import PdfReader

from browser.conftest import Opener
from catalogctl.planning.plan import Plan, PlannedRequest
from catalogctl.view.html.render import render
from gallery.browser import NARROW, WIDE
from unit.view import samples

SHOWN = ".change:not([hidden])"


def counted(page: Page) -> str:
    return page.inner_text("#f-count")


def visible_titles(page: Page) -> list[str]:
    return [text.strip() for text in page.locator(".title:not([hidden]) h3").all_text_contents()]


def test_it_opens_without_a_complaint_and_asks_for_nothing_but_itself(open_page: Opener, report: Path) -> None:
    watched = open_page(report)
    watched.page.click("[data-open-all]")
    assert watched.page.inner_text("h1") == watched.page.title().split(" · ")[0]
    assert watched.page.locator(SHOWN).count() == int(counted(watched.page).split()[0])
    assert watched.complaints == []
    assert {url for url in watched.asked if not url.startswith("data:")} == {report.as_uri()}


def test_its_policy_forbids_the_network_and_other_scripts(open_page: Opener, report: Path) -> None:
    page = open_page(report).page
    violated = page.evaluate(
        """() => new Promise((told) => {
            const found = [];
            document.addEventListener("securitypolicyviolation", (event) => {
                found.push(event.effectiveDirective);
                if (found.length === 3) told(found.sort());
            });
            const image = document.createElement("img");
            image.src = "https://example.com/pixel.png";
            const script = document.createElement("script");
            script.textContent = "document.title = 'owned'";
            document.body.append(image, script);
            fetch("https://example.com/").catch(() => {});
        })"""
    )
    assert violated == ["connect-src", "img-src", "script-src-elem"]
    assert page.title() != "owned"


def test_hostile_text_is_shown_as_text(open_page: Opener, report: Path) -> None:
    watched = open_page(report)
    page = watched.page
    page.click("[data-open-all]")
    # A title is built once the browser has reported that it was unfolded.
    page.locator("#changes", has_text="[leads to javascript:document.title='owned']").wait_for()
    shown = page.text_content("#changes") or ""
    assert """<script>document.title = "owned"</script>""" in shown
    assert """onerror="document.title = 'owned'\"""" in shown
    assert "[leads to javascript:document.title='owned']" in shown
    assert page.locator("script").count() == 1
    assert page.evaluate("Array.from(document.images, (image) => image.src.slice(0, 11)).filter((start) => start !== 'data:image/')") == []
    assert page.evaluate("Array.from(document.links, (link) => link.getAttribute('href')).filter((to) => !to.startsWith('#'))") == []
    assert page.title() != "owned"
    assert watched.complaints == []


def test_covers_are_shown_old_and_new(open_page: Opener, report: Path) -> None:
    page = open_page(report).page
    page.fill("#f-title", "azul")
    page.click("[data-open-all]")
    old, new = (page.locator(f".change.replace .file.{side} img").first for side in ("was", "is"))
    old.scroll_into_view_if_needed()
    for image in (old, new):
        assert image.evaluate("(image) => image.decode().then(() => image.naturalHeight)") == 160
    assert old.get_attribute("src") != new.get_attribute("src")


def test_a_recording_tells_how_long_it_ran_and_runs(open_page: Opener, report: Path) -> None:
    page = open_page(report).page
    page.fill("#f-title", "mareas")
    page.click("[data-open-all]")
    sides = page.locator(".title", has_text="La casa de las mareas").locator(".file figcaption")
    sides.first.wait_for()
    assert [re.findall(r"\d:\d\d", text) for text in sides.all_inner_texts()] == [["0:05"], ["0:01"]]


def test_prices_and_countries_are_told_by_name(open_page: Opener, report: Path) -> None:
    page = open_page(report).page
    page.click("[data-open-all]")
    row = page.locator(".change.update .prices tr", has_text="EUR").first
    assert re.split(r"\s+", (row.text_content() or "").strip()) == ["EUR", "Euro1.991.49▼", "-25.1", "%"]
    lost = page.locator(".title", has_text="Noite no porto livre").locator(".items .minus").all_text_contents()
    assert [text.strip("−\n ") for text in lost] == ["Angola", "Mozambique"]


def test_each_filter_leaves_what_it_says_and_tells_how_many(open_page: Opener, report: Path) -> None:
    page = open_page(report).page
    total = counted(page)
    page.select_option("#f-action", "update")
    assert set(page.locator(SHOWN).evaluate_all("(all) => all.map((one) => one.dataset.action)")) == {"update"}
    assert f"{page.locator(SHOWN).count()} of {total.split()[0]} changes" in counted(page)
    page.select_option("#f-account", label="publishdrive")
    assert visible_titles(page) == ["Small Weather"]
    page.keyboard.press("Escape")
    page.wait_for_timeout(50)
    assert counted(page) == total
    page.select_option("#f-risk", "price-fall")
    assert visible_titles(page) == ["Azul..."]
    page.click(".filters [type=reset]")
    page.fill("#f-title", "tidewright")
    page.wait_for_timeout(300)
    assert visible_titles(page) == ["The Tidewright's Ledger"]
    page.fill("#f-title", "")
    page.fill("#f-search", "QUETZAL")
    page.wait_for_timeout(300)
    assert visible_titles(page) == ["Azul..."]
    page.fill("#f-search", "nothing says this")
    page.wait_for_timeout(300)
    assert page.is_visible(".nothing")


def test_a_risk_at_the_top_leads_to_its_changes(open_page: Opener, report: Path) -> None:
    page = open_page(report).page
    page.locator(".risk", has_text="Prices that fall").get_by_role("button").click()
    assert visible_titles(page) == ["Azul..."]
    page.locator(".risks a", has_text="Noite no porto livre").click()
    page.locator(".title[open]", has_text="Noite no porto livre").locator(".change").first.wait_for()
    assert page.input_value("#f-risk") == ""


def test_it_is_worked_by_keys(open_page: Opener, report: Path) -> None:
    page = open_page(report).page
    page.keyboard.press("c")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    assert page.evaluate("document.activeElement.closest('.title').id") == "t1"
    page.keyboard.press("Enter")
    page.locator("#t1[open] .change").first.wait_for()
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "f-search"
    page.keyboard.type("j")
    assert page.input_value("#f-search") == "j"
    page.keyboard.press("Escape")
    page.wait_for_timeout(50)
    assert page.input_value("#f-search") == ""
    page.keyboard.press("?")
    assert page.is_visible("#help")
    page.keyboard.press("Escape")
    assert not page.is_visible("#help")
    page.keyboard.press("r")
    assert "of" in counted(page)


def test_without_scripts_it_is_a_plain_document(open_page: Opener, report: Path) -> None:
    page = open_page(report, java_script_enabled=False).page
    assert page.locator(".filters").is_hidden()
    summary = page.locator(".title summary").first
    if page.locator(".title").first.get_attribute("open") is None:
        summary.click()
    assert page.locator(".title .prose").first.is_visible()
    assert "Valparaíso, julio de 1888" in (page.locator(".title .prose").first.text_content() or "")


@pytest.mark.parametrize(("scheme", "viewport"), [("light", WIDE), ("dark", NARROW)], ids=["light-wide", "dark-narrow"])
def test_axe_finds_nothing_serious(open_page: Opener, report: Path, scheme: str, viewport: Any) -> None:
    page = open_page(report, color_scheme=scheme, viewport=viewport, bypass_csp=True).page
    page.click("[data-open-all]")
    page.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true")
    page.add_style_tag(content=".title { content-visibility: visible !important }")
    found = Axe().run(page).response["violations"]
    grave = [(one["id"], one["nodes"][0]["html"][:200]) for one in found if one["impact"] in {"serious", "critical"}]
    assert grave == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_on_paper_everything_is_unfolded(open_page: Opener, report: Path) -> None:
    page = open_page(report).page
    page.keyboard.press("c")
    text = "\n".join(sheet.extract_text() for sheet in PdfReader(io.BytesIO(page.pdf())).pages)
    assert "Valparaíso" in text
    assert "/resource/v3/products" in text
    assert "Open all" not in text


def five_thousand() -> Plan:
    """A plan of 5,000 changes of a price; in every tenth a long text changes as well."""
    changes, calls = [], []
    for number in range(5000):
        at = samples.at(f"title-{number:04}", account=("store", "store-mx", "publishdrive")[number % 3])
        after = samples.BLURB.replace("simples", "s").replace("vinte e um", "trinta").replace("uma página", f"{number} páginas")
        text = [] if number % 10 else [samples.differs("description", samples.BLURB, after)]
        changes.append(samples.updating(at, *text, samples.differs("prices", Decimal(2), Decimal(3), "EUR")))
        calls.append(PlannedRequest("PUT", "/integration-api/v1/dashboard/issues/{id}", at, f"update {at}"))
    return samples.plan(*changes, requests=tuple(calls), seconds=900.0)


def test_of_five_thousand_changes_only_the_headings_are_built_and_all_are_searched(tmp_path: Path, browser: Browser) -> None:
    path = tmp_path / "large.html"
    path.write_text(render(five_thousand(), digest="d" * 64, where=lambda _: "", previews={}), encoding="utf-8")
    context = browser.new_context(viewport=WIDE)
    page = context.new_page()
    page.goto(path.as_uri())
    built = "document.getElementsByTagName('*').length"
    before = page.evaluate(built)
    assert before < 16 * 5000
    page.fill("#f-search", "4710 páginas")
    page.locator("#f-count", has_text="1 of 5,000 changes, to 1 title").wait_for()
    page.select_option("#f-account", label="store-mx")
    page.locator("#f-count", has_text="0 of 5,000 changes").wait_for()
    page.fill("#f-search", "")
    page.locator("#f-count", has_text="1,667 of 5,000 changes, to 1,667 titles").wait_for()
    assert page.evaluate(built) == before
    page.keyboard.press("Escape")
    page.locator("#f-count", has_text="5,000 changes to 5,000 titles").wait_for()
    page.locator(".title summary").nth(10).click()
    page.locator(".title[open] .prose").first.wait_for()
    assert page.evaluate(built) > before
    context.close()
