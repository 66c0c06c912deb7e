"""A real browser: Debian's Chromium, driven by Playwright, with no network but the page it is given."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from filelock import FileLock
from playwright.sync_api import Browser, BrowserContext, Page

from gallery import season
from gallery.browser import CHROMIUM, started


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser for the tests of one module: while Playwright runs, its event loop is this thread's, and no other can be."""
    if CHROMIUM is None:
        assert "CATALOGCTL_TEST_BROWSER" not in os.environ, "a browser belongs to what CI installs"
        pytest.skip("there is no Chromium here")
    with started() as browser:
        yield browser


@pytest.fixture(scope="session")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a week of editing in the sample catalog, made once for all processes of a test run."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "season"
    with FileLock(f"{folder}.lock"):
        if not folder.exists():
            folder.mkdir()
            season.opened(folder)
            season.edited(folder)
            season.meddled(folder)
            season.command(folder, "plan", "--format", "html", "--output", "plan.html", code=3)
    return folder / "plan.html"


class Watched:
    """A page, with all that it complained of and all that it asked for."""

    def __init__(self, context: BrowserContext, path: Path) -> None:
        self.complaints: list[str] = []
        self.asked: list[str] = []
        self.page: Page = context.new_page()
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda problem: self.complaints.append(str(problem)))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.goto(path.as_uri())


Opener = Callable[..., Watched]


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Opener]:
    contexts: list[BrowserContext] = []

    def opened(path: Path, **options: object) -> Watched:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})  # type: ignore[arg-type]
        context.set_offline(offline=True)
        contexts.append(context)
        return Watched(context, path)

    yield opened
    for context in contexts:
        context.close()
