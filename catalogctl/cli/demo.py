"""`catalogctl demo`."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import click

from catalogctl.cli.command import Command
from catalogctl.cli.console import Console
from catalogctl.cli.exit_codes import CHANGES, DONE, ERROR
from catalogctl.cli.options import GlobalOptions
from catalogctl.system.safe_folder import PUBLIC, PUBLIC_FOLDER, SafeFolder

if TYPE_CHECKING:
    from catalogctl.engine.workspace import Workspace

_RISE = Decimal("1.1")
"""What the demo multiplies a price by: less than the project's safety limits mind."""


@click.command(cls=Command)
@click.pass_obj
def command(console: Console) -> int:
    """Run the whole main job in a scratch copy, against the embedded sandbox.

    Takes the project of this folder (its accounts all pointed at the sandbox), or where there is none the one that init writes:
    validate, plan, apply, a plan that is empty, one edited price, and one change made behind our back. Nothing of yours is touched.
    """
    with _scratch(console) as folder:
        show = _Show(console, folder)
        show.step("Are all files in order?", DONE, "validate")
        show.step("What would change in the stores? They hold nothing yet.", DONE, "plan")
        show.step("Make it so.", DONE, "apply", "--auto-approve")
        show.step("And now? The stores hold what the files say.", DONE, "plan", "--detailed-exitcode")
        show.tell(_edit_a_price(show.workspace()))
        show.step("What would that change?", CHANGES, "plan", "--detailed-exitcode")
        show.step("Make it so.", DONE, "apply", "--auto-approve")
        show.tell(_change_behind_our_back(show.workspace()))
        show.step("Has anybody changed something in a store?", CHANGES, "drift")
        show.step("What would it take to put it back?", CHANGES, "plan", "--detailed-exitcode")
        return show.ending()


class _Show:
    """Runs commands in the scratch copy, each announced as it would be typed."""

    def __init__(self, console: Console, folder: Path) -> None:
        self._console = console
        self._folder = folder
        self._surprises: list[str] = []

    def step(self, words: str, expected: int, *arguments: str) -> None:
        """Run one command, and note when it does not end as it should."""
        from catalogctl.cli.main import run
        from catalogctl.view.paint.style import Tone

        self.tell(words)
        typed = f"$ catalogctl {' '.join(arguments)}"
        self._console.write([self._console.out.paint([(typed, Tone.STRONG)])])
        colour = ["--no-color"] if self._console.no_color else []
        code = run(["-C", str(self._folder), *colour, *arguments])
        if code != expected:
            self._surprises.append(f"{typed} ended with {code} instead of {expected}.")

    def tell(self, words: str) -> None:
        """Write a line between two commands."""
        from catalogctl.view.paint.style import Tone

        self._console.write(["", self._console.out.paint([(f"# {words}", Tone.ADOPT)])])

    def workspace(self) -> Workspace:
        """Read the scratch copy as it is now."""
        from catalogctl.cli.workspace import open_workspace

        quiet = Console(GlobalOptions(folder=str(self._folder), no_color=True, quiet=True, log_level="error"))
        return open_workspace(quiet, lambda _: None)

    def ending(self) -> int:
        """Return how it went."""
        if self._surprises:
            self._console.say("\n".join(self._surprises))
            return ERROR
        self.tell("That is the whole job: files in git, a plan to review, an apply that does what was reviewed.")
        return DONE


@contextmanager
def _scratch(console: Console) -> Iterator[Path]:
    from catalogctl.cli.init import write_project
    from catalogctl.config.find_project import FILE
    from catalogctl.config.project import load_project

    with TemporaryDirectory(prefix="catalogctl-demo-") as name:
        folder = Path(name).resolve()
        found = console.found_project()
        if found is not None and (found / FILE).exists():
            project = load_project(console.project_folder)
            for entry in project.catalog:
                _copy(project.root, entry, folder)
            SafeFolder(folder).write(FILE, _all_in_the_sandbox(project.source.data))
        else:
            write_project(SafeFolder(folder, mode=PUBLIC_FOLDER))
        yield folder


def _copy(root: Path, entry: str, folder: Path) -> None:
    """Copy a catalog folder or file, without the links that lead out of the project or back to where they stand."""

    def ignored(parent: str, names: list[str]) -> list[str]:
        links = [name for name in names if Path(parent, name).is_symlink()]
        real = {name: Path(os.path.realpath(Path(parent, name))) for name in links}
        return [name for name in links if not real[name].is_relative_to(root) or Path(parent).is_relative_to(real[name])]

    source, target = root / os.path.normpath(entry), folder / os.path.normpath(entry)
    if not source.resolve().is_relative_to(root) or not target.resolve().is_relative_to(folder):
        return  # `validate` says so
    if source.is_dir():
        shutil.copytree(source.resolve(), target, dirs_exist_ok=True, ignore=ignored)
    elif source.is_file():
        SafeFolder(target.parent, mode=PUBLIC_FOLDER).write(target.name, source.read_bytes())


def _all_in_the_sandbox(data: bytes) -> bytes:
    """Point every account of a project file at the sandbox, and its assets at a folder; JSON is YAML, so the copy is written in that."""
    import orjson

    from catalogctl.config.syntax.source import Source, parse

    project = parse(Source("catalogctl.yaml", data)).documents[0]
    assert isinstance(project, dict), "a project file that was loaded is a mapping"
    project = {**project, "backend": {"type": "local", "path": "state/"}, "environments": {}}
    if project.get("assets"):
        project["assets"] = {"publish": {"type": "directory", "url": "public/", "base_url": "https://files.example.com/"}}
    accounts = project.get("accounts")
    if isinstance(accounts, dict):
        project["accounts"] = {
            name: {**block, "base_url": "sandbox", "requests_per_minute": 100_000}
            for name, block in accounts.items()
            if isinstance(block, dict)
        }
    return orjson.dumps(project, default=str, option=orjson.OPT_INDENT_2)


def _edit_a_price(workspace: Workspace) -> str:
    """Raise the first price there is, in its file, as an editor would."""
    from catalogctl.config.syntax.source import Source, parse
    from catalogctl.editing.patch import Aliases, Wish, patch

    for document in workspace.documents.items:
        for edition, block in (document.data.get("editions") or {}).items():
            for currency, amount in (block.get("prices") or {}).items():
                place = workspace.place(document.origin.at("editions", edition, "prices", currency))
                if amount is None:
                    continue
                risen = (Decimal(amount) * _RISE).quantize(Decimal(amount))
                folder, path = SafeFolder(workspace.project.root), workspace.project.root / place.path
                source = Source(place.path, path.read_bytes())
                wanted: Any = parse(source).documents[document.index]
                wanted["editions"][edition]["prices"][currency] = risen
                after = patch(source, {document.index: Wish(wanted)}, Aliases.EXPAND)
                folder.folder(*Path(place.path).parent.parts).write(path.name, after, PUBLIC)
                return f"A price is edited: {place.path}:{place.line}, {currency} {amount} becomes {risen}."
    return "There is no price to edit."


def _change_behind_our_back(workspace: Workspace) -> str:
    """Rename the first object that has a title, as someone in its store's own panel would."""
    from catalogctl.cli.workspace import sandbox_of

    for address, resource in sorted(workspace.catalog.resources.items()):
        name = next((one.name for one in resource.type.attributes.values() if one.declared == "title"), None)
        if name is not None:
            renamed = f"{resource.attributes[name]} (Special offer!)"
            with sandbox_of(workspace, address.account) as sandbox:
                sandbox.edit(resource.key, **{name: renamed})
            return f"A title is renamed: {resource.key} in the panel of {address.account}: “{renamed}”."
    return "There is no title to rename."
