"""A real browser: Debian's Chromium, driven by Playwright, with no network but the page it is given."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from browser import season
from shop import Environment

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chromium-browser")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser for the tests of one module: while Playwright runs, its event loop is this thread's, and no other can be."""
    if CHROMIUM is None:
        assert "CI" not in os.environ, "a browser belongs to what CI installs"
        pytest.skip("there is no Chromium here")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture(scope="session")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a week of editing in the sample catalog."""
    folder = tmp_path_factory.mktemp("season")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("CATALOGCTL_ENV", "CATALOGCTL_ORIGINS", "FORCE_COLOR"):
            patch.delenv(name, raising=False)
        for name, value in Environment(tmp_path_factory.mktemp("cache")).items():
            patch.setenv(name, value)
        season.opened(folder)
        for command in (
            ["init", "--quiet"],
            ["add", "catalog"],
            ["-c", "user.name=e", "-c", "user.email=e@example.com", "commit", "-qm", "1"],
        ):
            subprocess.run(["git", *command], cwd=folder, check=True)
        season.edited(folder)
        season.command(folder, "plan", "--format", "html", "--output", str(folder / "plan.html"), code=3)
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
