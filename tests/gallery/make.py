"""Makes docs/gallery.md and every picture of docs/gallery: what people and programs get to see, made by the commands that it names.

    make gallery

It needs Chromium (Debian's `chromium`), git and jq. What is made again is the same, as long as catalogctl says the same.
"""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from playwright.sync_api import Browser

from catalogctl.view.markdown.marks import LIMITS
from catalogctl.view.markdown.plan import render
from gallery import first_look, season
from gallery.browser import CHROMIUM, NARROW, host_page, opened, picture, started
from gallery.terminal import drawn, printed
from unit.view import samples

DOCS: Final = Path(__file__).parents[2] / "docs"
PICTURES: Final = DOCS / "gallery"
FEW: Final = ("*/*/azul.epub*", "*/*/el-zorro*.epub", "*/*/la-casa*.audio", "*/*/martin*", "*/*/noite*", "*/*/orgullo*", "*/*/tomasa*")
"""What of the season's plan is shown on a terminal; the rest is more of the same."""
TARGETS: Final = " ".join(f"--target '{one}'" for one in FEW)
ALLOWED: Final = "--allow deletes=8 --allow price-change=100"
HEAD: Final = """\
# Gallery

What a plan, its problems and its end look like to those who read them. All of it is made by `make gallery`, from the sample catalog and
the embedded sandbox: the catalog is applied, its files are edited, somebody changes two objects in the stores' own panels, and then the
commands below are run. How to read it is in [plan.md](plan.md), [report.md](report.md) and [formats.md](formats.md).
"""


@dataclass
class Gallery:
    """The page as it grows, and the folder of its commands."""

    folder: Path
    browser: Browser
    parts: list[str] = field(default_factory=lambda: [HEAD])

    def heading(self, words: str) -> None:
        """Begin a section."""
        self.parts.append(f"## {words}\n")

    def terminal(self, name: str, words: str, arguments: str, width: int, *, problems: bool = False, folder: Path | None = None) -> None:
        """Show what a command prints on a terminal."""
        here = folder or self.folder
        text = printed(_words(arguments), here, width, season.runs(here), problems=problems)
        verb = arguments.removeprefix("--quiet ").split(maxsplit=1)[0]
        (PICTURES / f"{name}.svg").write_text(drawn(text, width, f"catalogctl {verb}"), encoding="utf-8")
        self._told(words, f"catalogctl {arguments}")
        self.parts.append(f"![{words}](gallery/{name}.svg)\n")

    def piped(self, words: str, arguments: str, program: str = "", *, folder: Path | None = None) -> None:
        """Show what a program makes of what a command writes."""
        ran = subprocess.run(_words(arguments), cwd=folder or self.folder, env=season.environ(), capture_output=True, check=False)
        out = ran.stdout
        if program:
            out = subprocess.run(shlex.split(program), input=out, capture_output=True, check=True).stdout
        self._told(words, f"catalogctl {arguments}" + (f" | {program}" if program else ""))
        self.parts.append(f"```text\n{out.decode('utf-8').rstrip()}\n```\n")

    def page(self, name: str, words: str, path: Path, options: dict[str, object], before: str = "", *, paper: bool = False) -> None:
        """Show a page in a browser, once a script has run in it."""
        page = opened(self.browser, path, **options)
        if paper:
            page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
            page.emulate_media(media="print", color_scheme="light")
        if before:
            page.evaluate(before)
        picture(page, PICTURES / f"{name}.png")
        self.parts.append(f"{words}\n\n![{words}](gallery/{name}.png)\n")

    def command(self, arguments: str) -> None:
        """Name a command whose output the next pictures show."""
        self.parts.append(f"```sh\ncatalogctl {arguments}\n```\n")

    def _told(self, words: str, command: str) -> None:
        self.parts.append(f"{words}\n\n```sh\n{command}\n```\n")


def main() -> None:
    """Make it all."""
    for program in ("git", "jq"):
        if shutil.which(program) is None:
            sys.exit(f"make gallery: {program} is needed and not here")
    if CHROMIUM is None:
        sys.exit("make gallery: Chromium is needed and not here")
    PICTURES.mkdir(exist_ok=True)
    with _scratch() as folder, started() as browser:
        week, small, broken, applied, overtaken = (folder / name for name in ("week", "small", "broken", "applied", "overtaken"))
        for one in (week, small):
            one.mkdir()
        season.opened(week)
        shutil.copytree(week, broken)
        season.edited(week)
        season.meddled(week)
        season.broken(broken)
        first_look.edited(small)
        for one in (applied, overtaken):
            shutil.copytree(week, one)
        gallery = Gallery(week, browser)
        _texts(gallery, small, broken, applied, overtaken)
        _markdown(gallery, folder)
        _report(gallery)
        _programs(gallery, broken)
        (DOCS / "gallery.md").write_text("\n".join(gallery.parts), encoding="utf-8")
    made = {path.name for path in PICTURES.iterdir()}
    shown = {part.rpartition("(gallery/")[2].rstrip(")\n") for part in gallery.parts if "(gallery/" in part}
    for name in sorted(made - shown):
        (PICTURES / name).unlink()


@contextmanager
def _scratch() -> Iterator[Path]:
    with TemporaryDirectory(prefix="catalogctl-gallery-") as name:
        yield Path(name).resolve()


def _words(arguments: str) -> Sequence[str]:
    return [sys.executable, "-m", "catalogctl", *shlex.split(arguments)]


def _texts(gallery: Gallery, small: Path, broken: Path, applied: Path, overtaken: Path) -> None:
    gallery.heading("On a terminal")
    gallery.terminal("plan", "A small plan: each kind of change once.", "plan", 88, folder=small)
    gallery.terminal(
        "plan-80", "A week of editing, on 80 columns: replaced, created, updated, put back, left alone, moved.", f"plan {TARGETS}", 80
    )
    gallery.terminal("plan-120", "The same on 120, with every request that apply would make.", f"plan --requests {TARGETS}", 120)
    gallery.terminal(
        "refused", "The whole week is too much at once. What exceeds what is told on stderr.", "--quiet plan", 80, problems=True
    )
    gallery.terminal("drift", "What somebody else changed in the stores.", "drift", 80)
    gallery.terminal(
        "validate", "Mistakes in files, each with its line and what to do about it.", "validate", 80, problems=True, folder=broken
    )
    season.command(applied, "plan", *shlex.split(TARGETS), "--out", "plan.json", code=3)
    gallery.terminal("apply", "The end of an apply.", f"apply {ALLOWED} plan.json", 100, folder=applied)
    season.command(overtaken, "plan", "--target", "store/*/noite*", "--target", "store/*/martin*", "--out", "plan.json", code=0)
    season.promoted(overtaken)
    told = "Somebody changed an object after the plan was made: it is left alone, the rest is done."
    gallery.terminal("apply-refused", told, "--quiet apply plan.json", 88, problems=True, folder=overtaken)
    gallery.terminal("history-show", "What that run did, and left alone.", "history show latest", 88, folder=overtaken)
    gallery.terminal("revert", "What would put back what it did.", "revert latest --out back.json", 88, folder=overtaken)
    season.command(overtaken, "apply", "back.json", code=0)
    gallery.terminal("history", "Every run: who, from which commit, what it was to do, how it ended.", "history", 88, folder=overtaken)


def _markdown(gallery: Gallery, folder: Path) -> None:
    gallery.heading("In a pull request")
    gallery.command("plan --format markdown --output plan.md")
    season.command(gallery.folder, "plan", "--format", "markdown", "--output", "plan.md", code=3)
    page = folder / "comment.html"
    page.write_text(host_page((gallery.folder / "plan.md").read_text(encoding="utf-8")), encoding="utf-8")
    tall: dict[str, object] = {"viewport": {"width": 1000, "height": 1250}}
    unfold = "for (const one of [...document.querySelectorAll('details')].slice(1, 3)) one.open = true; "
    gallery.page("markdown", "The comment, as GitHub shows it: what matters first.", page, tall)
    to_titles = "[...document.querySelectorAll('h3')].find((one) => one.textContent === 'Title by title').scrollIntoView()"
    gallery.page("markdown-title", "Further down, two titles unfolded; in dark.", page, tall | {"color_scheme": "dark"}, unfold + to_titles)
    large = render(samples.many(10_000, risky=40), limit=LIMITS["github"], place=samples.place)
    page.write_text(host_page(large), encoding="utf-8")
    elided = "document.querySelector('table').scrollIntoView({block: 'end'}); scrollBy(0, 850)"
    gallery.page("markdown-10000", f"A plan of 10,000 changes, in {len(large.encode()):,} bytes: its top …", page, tall)
    gallery.page("markdown-10000-end", "… and where its table ends.", page, tall, elided)


def _report(gallery: Gallery) -> None:
    gallery.heading("In a browser")
    gallery.command("plan --format html --output plan.html")
    season.command(gallery.folder, "plan", "--format", "html", "--output", "plan.html", code=3)
    page = gallery.folder / "plan.html"
    dark: dict[str, object] = {"color_scheme": "dark"}
    narrow: dict[str, object] = {"viewport": NARROW}
    gallery.page("report", "The report.", page, {})
    gallery.page("report-title", "A title: covers old and new, a description as it is read.", page, {}, _to("#t1"))
    gallery.page("report-dark", "The same in dark.", page, dark, _to("#t1"))
    source = "const source = document.querySelector('#t1 .markup'); source.open = true; source.scrollIntoView({block: 'center'})"
    gallery.page(
        "report-source", "The description as it is written, and prices.", page, {}, f"{_to('#t1')}; setTimeout(() => {{{source}}}, 50)"
    )
    gallery.page("report-audio", "A recording: how long it ran, and runs.", page, {}, _to("#t3"))
    gallery.page("report-hostile", "Hostile text is text.", page, {}, _to("#t6"))
    gallery.page("report-problems", "Why it is refused, and warnings with their lines.", page, {}, _into_view("#refused"))
    gallery.page(
        "report-drift", "What somebody else changed, and what happens to each title in each store.", page, {}, _into_view("#h-drift")
    )
    sent = "document.querySelector('details:has(#h-requests)').open = true; document.querySelector('.filters').style.position = 'static'"
    gallery.page(
        "report-aside", "What is left alone, what moved, and what is sent.", page, {}, f"{sent}; {_into_view('section:has(> #h-alone)')}"
    )
    gallery.page("report-narrow", "On a telephone.", page, narrow)
    gallery.page("report-narrow-dark", "On a telephone, in dark.", page, narrow | dark, _to("#t1"))
    paper: dict[str, object] = {"viewport": {"width": 794, "height": 1123}}
    sheet = f"document.body.style.padding = '0 2.5rem'; {_into_view('#t1')}"
    gallery.page("report-print", "On paper everything is unfolded.", page, paper, sheet, paper=True)


def _to(title: str) -> str:
    return f"location.hash = '{title}'"


def _into_view(selector: str) -> str:
    return f"document.querySelector('{selector}').scrollIntoView()"


def _programs(gallery: Gallery, broken: Path) -> None:
    gallery.heading("In programs")
    gallery.piped(
        "What reads Terraform's plans reads these.",
        "plan --format json",
        "jq -r '.resource_changes[] | select(.change.actions | index(\"delete\")) | .address'",
    )
    gallery.piped(
        "Events, one a line.", "--json plan", "jq -c 'select(.type == \"planned_change\") | [.change.action, .change.resource.addr]'"
    )
    gallery.piped(
        "Counts for GitLab's widget in a merge request.",
        "--quiet plan --format json --output plan.json --report gitlab-terraform=/dev/stdout",
        "jq -c .",
    )
    gallery.piped("Annotations on GitHub.", "validate --format github", folder=broken)
    gallery.piped(
        "The same for GitLab's code quality.",
        "validate --format gitlab-codequality",
        "jq -c '.[] | {check_name, severity, location, fingerprint}'",
        folder=broken,
    )


if __name__ == "__main__":
    main()
