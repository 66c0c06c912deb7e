"""The report of a catalog in a real browser: opened on screens of two sizes, in light and dark, and read out."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ViewportSize

from browser.conftest import Opener
from gallery import season
from gallery.browser import NARROW, WIDE


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of the sample catalog."""
    folder = tmp_path_factory.mktemp("catalog")
    season.opened(folder)
    season.command(folder, "report", "--format", "html", "--output", "report.html", code=0)
    return folder / "report.html"


def test_it_opens_without_a_complaint_and_asks_for_nothing_but_itself(open_page: Opener, catalog: Path) -> None:
    watched = open_page(catalog)
    watched.page.click("text=What is missing, edition by edition")
    assert watched.page.locator("#h-access ~ details tbody tr").count() > 10
    assert watched.complaints == []
    assert set(watched.asked) == {catalog.as_uri()}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_it_fits_and_can_be_read_out_by_everyone(open_page: Opener, catalog: Path, size: ViewportSize, scheme: str) -> None:
    page = open_page(catalog, viewport=size, color_scheme=scheme).page
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    assert Axe().run(page).response["violations"] == []
