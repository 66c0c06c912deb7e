"""Pages as Debian's Chromium shows them, and pictures of them that are small and come out the same each time."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from unit.view.rendered import html

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chromium-browser")
WIDE: ViewportSize = {"width": 1280, "height": 900}
NARROW: ViewportSize = {"width": 390, "height": 844}
_COLOURS = 255
_STYLE = Path(__file__).with_name("host.css")


@contextmanager
def started() -> Iterator[Browser]:
    """Start Chromium; it ends with the block."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


def opened(browser: Browser, path: Path, **options: Any) -> Page:
    """Open a file, with no network behind it, in a window of 1280 by 900 unless something else is asked for."""
    context = browser.new_context(**{"viewport": WIDE, **options})
    context.set_offline(offline=True)
    page = context.new_page()
    page.goto(path.as_uri())
    return page


def host_page(markdown: str) -> str:
    """Render Markdown as the host of a pull request does: GitHub's flavour, in much the same look."""
    style = _STYLE.read_text(encoding="utf-8")
    return f'<!doctype html><html lang="en"><meta charset="utf-8"><style>{style}</style><body>{html(markdown)}</body></html>'


def picture(page: Page, path: Path, **options: Any) -> None:
    """Take a picture of what a page shows, in few colours and few bytes; the page is closed."""
    page.wait_for_timeout(300)
    taken = Image.open(io.BytesIO(page.screenshot(animations="disabled", **options))).convert("RGB")
    few = taken.quantize(_COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    few.save(path, "PNG", optimize=True)
    page.context.close()
