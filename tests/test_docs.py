"""The documentation says what is there, all of it and nothing else."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import click
import pytest

import catalogctl
from catalogctl.cli import exit_codes
from catalogctl.cli.command import GLOBAL, Command, CommandGroup, CommandWithForms
from catalogctl.cli.main import COMMANDS as PROGRAM
from catalogctl.cli.main import cli
from catalogctl.config.schema.document import DefaultsDocument, TitleDocument
from catalogctl.config.schema.judge import judge
from catalogctl.config.schema.leaf import LEAVES
from catalogctl.config.schema.projectfile import ProjectDocument
from catalogctl.model.diagnostics import Refusal
from catalogctl.planning.action import Reason
from catalogctl.planning.planfile.encode import reason_name
from catalogctl.provider import discovery
from catalogctl.providers.openpublishing.sandbox import OpenPublishingSwitches
from catalogctl.providers.publicala.sandbox import PublicalaSwitches
from catalogctl.providers.publishdrive.sandbox import PublishdriveSwitches
from catalogctl.sandbox import Fault, FaultKind
from catalogctl.view.formats.events_json import EventStream
from catalogctl.view.words.codes import explained_codes
from gallery import first_look
from gallery.terminal import drawn, printed
from shop import catalogctl as catalogctl_run
from unit.view import samples
from walk import ROOT, WALKS, Walk, comparable, walked

README = ROOT / "README.md"
DOCS = ROOT / "docs"
SOURCE = Path(catalogctl.__file__).parent
PAGES = sorted({*ROOT.glob("*.md"), *(path for name in ("docs", "catalog", "state", "catalogctl") for path in (ROOT / name).rglob("*.md"))})

SHARED_BY = ("plan", "apply", "destroy", "drift", "revert")
SHARED = "Options of plan, apply, destroy, drift and revert"

# -- commands ------------------------------------------------------------------------------------------------------------


def commands(group: click.Command = cli, above: str = "") -> Iterator[tuple[str, click.Command]]:
    """List the commands that do something, by what is typed: `state list` and not `state`."""
    assert isinstance(group, click.Group)
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            if command.invoke_without_command:
                yield f"{above}{name}", command
            yield from commands(command, f"{name} ")
        else:
            yield f"{above}{name}", command
            if isinstance(command, CommandWithForms):
                yield from ((f"{above}{name} {form}", one) for form, one in command.forms.items())


COMMANDS = tuple(commands())


def options(command: click.Command) -> set[str]:
    """Collect every spelling of a command's own options, but for the one they all have."""
    return spellings(command.params)


def spellings(parameters: Iterable[click.Parameter]) -> set[str]:
    own = [item for item in parameters if isinstance(item, click.Option)]
    return {name for item in own for name in (*item.opts, *item.secondary_opts)} - {"--help", "-h"}


def sections(page: str) -> dict[str, str]:
    """Map each heading of the second level to what stands below it."""
    parts = re.split(r"^## (.*)\n", page, flags=re.MULTILINE)[1:]
    return {heading.strip("`"): text for heading, text in zip(parts[::2], parts[1::2], strict=True)}


def first_cells(text: str) -> Iterator[str]:
    """Give the code in the first column of every table."""
    for row in re.findall(r"^\| (.*?) \|", text, flags=re.MULTILINE):
        yield from re.findall(r"`([^`]+)`", row)


def listed_options(text: str) -> set[str]:
    return {name for name in first_cells(text) if name.startswith("-")}


def page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def without_blocks(text: str) -> str:
    return re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)


def test_every_command_has_a_section_and_every_section_of_that_form_is_a_command() -> None:
    headed = {heading.strip("`") for heading in re.findall(r"^## (`.*`)$", page("commands.md"), flags=re.MULTILINE)}
    assert headed == {name for name, _ in COMMANDS}


@pytest.mark.parametrize(("name", "command"), COMMANDS, ids=[name for name, _ in COMMANDS])
def test_the_section_of_a_command_lists_its_options_and_no_others(name: str, command: click.Command) -> None:
    told = sections(page("commands.md"))
    shared = listed_options(told[SHARED]) if name in SHARED_BY else set()
    assert listed_options(told[name]) | shared == options(command)
    assert not listed_options(told[name]) & shared


def test_the_global_options_are_those_of_the_program() -> None:
    assert listed_options(sections(page("commands.md"))["Global options"]) == spellings(GLOBAL)


@pytest.mark.parametrize(("name", "command"), COMMANDS, ids=[name for name, _ in COMMANDS])
def test_every_command_takes_the_global_options_and_none_has_one_of_the_same_name(name: str, command: click.Command) -> None:
    assert isinstance(command, Command | CommandGroup), name
    assert options(command) & spellings(GLOBAL) == set()
    assert {item.name for item in command.params} & {item.name for item in GLOBAL} == set()


# -- the readme's list of commands, and what is promised -----------------------------------------------------------------


def coming() -> set[str]:
    """Collect the commands and options that the readme says are not there yet."""
    [told] = re.findall(r"^Still to come: (.*?)\n\n", README.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    return set(re.findall(r"`([^`]+)`", told))


def test_the_readme_lists_the_commands_of_help_in_its_words_and_order() -> None:
    table = sections(README.read_text(encoding="utf-8"))["Commands"]
    told = re.findall(r"^\| `([^`]+)` \| (.*) \|$", table, flags=re.MULTILINE)
    assert told == [(name, summary) for name, (_, summary) in PROGRAM.items()]


def test_the_readme_names_the_global_options_of_help() -> None:
    [sentence] = re.findall(r"^(`-C`.*?) go with each", sections(README.read_text(encoding="utf-8"))["Commands"], flags=re.MULTILINE)
    assert set(re.findall(r"`([^`]+)`", sentence)) == spellings(GLOBAL)


def test_what_is_still_to_come_is_not_there_yet() -> None:
    built = {name for name, _ in COMMANDS} | {f"{name} {option}" for name, command in COMMANDS for option in options(command)}
    assert coming() & built == set()


def test_what_help_shows_is_what_the_pages_list() -> None:
    """The lists of this file come from the objects of the program; its help is held against the pages as it is printed."""
    program = catalogctl_run("--help").ended(0).out
    shown = re.findall(r"^  ([a-z]+)  ", program.split("Commands:\n")[1], flags=re.MULTILINE)
    assert shown == list(PROGRAM)
    for name, command in COMMANDS:
        own = catalogctl_run(*name.split(), "--help").ended(0).out.split("Global options")[0]
        assert {option for option in options(command) if not re.search(rf"(?<![\w-]){option}(?![\w-])", own)} == set(), name


def promised() -> Path | None:
    """Find the product's contract, where it lies beside the checkout."""
    places = (folder / "shared" / "PRODUCT.md" for folder in list(ROOT.parents)[:2])
    return next((path for path in places if path.exists()), None)


@pytest.mark.skipif(promised() is None, reason="the contract is not here")
def test_every_promised_command_and_option_is_there_or_still_to_come() -> None:
    contract = promised()
    assert contract is not None
    table = contract.read_text(encoding="utf-8").split("## 3. Commands")[1].split("\n## ")[0]
    built = dict(COMMANDS)
    known = {*built, *(name.split()[0] for name in built)}
    missing: set[str] = set()
    for cell, does in re.findall(r"^\| (`.*?) \| (.*) \|$", table, flags=re.MULTILINE):
        said = re.findall(r"`([^`]+)`", cell)
        for code in said:
            first, *words = code.split()
            names = [f"state {word.strip(',')}" for word in words if re.fullmatch("[a-z]+,?", word)] if first == "state" else [first]
            if words and (first, words[0][:4]) in {("import", "onix"), ("onix", "chec"), ("export", "onix")}:
                names = [first] if first == "export" else [f"{first} {words[0].split(',')[0]}"]
            missing |= {name for name in names if name not in known}
            taken = options(built[first]) | spellings(GLOBAL) if first in built else set()
            asked = [*words, *(re.findall(r"`(--[^`]+)`", does) if len(said) == 1 else ())]
            named = {option for word in asked for option in re.findall(r"--[a-z-]+", word)}
            missing |= {f"{first} {option}" for option in named - taken if first in built}
    assert missing - coming() == set()


def test_no_page_mentions_an_option_that_no_command_has() -> None:
    known = options(cli) | spellings(GLOBAL) | {"--help", "-h"}
    for _, command in COMMANDS:
        known |= options(command)
    foreign = {"--upgrade"}  # of pip
    for path in PAGES:
        text = path.read_text(encoding="utf-8")
        ours = {name for line in re.findall(r"catalogctl [^\n`]*|`-[^`]*`", text) for name in re.findall(r"(?<![\w-])--[a-z][a-z-]*", line)}
        assert ours - known - foreign == set(), path


def test_the_exit_codes_are_all_listed() -> None:
    rows = re.findall(r"^\| ([\d, ]+) \|", sections(page("commands.md"))["Exit codes"], flags=re.MULTILINE)
    told = {int(code) for row in rows for code in row.split(",")}
    named = {value for name, value in vars(exit_codes).items() if name.isupper() and isinstance(value, int)}
    assert told == named | {exit_codes.exit_code(refusal) for refusal in Refusal}


def test_every_environment_variable_of_ours_is_listed_and_no_other() -> None:
    read = {name for path in SOURCE.rglob("*.py") for name in re.findall(r"(?<!_)CATALOGCTL_[A-Z_]+", path.read_text(encoding="utf-8"))}
    told = {name for name in first_cells(sections(page("commands.md"))["Environment variables"]) if name.startswith("CATALOGCTL_")}
    assert told == read
    for path in PAGES:
        assert set(re.findall(r"\bCATALOGCTL_[A-Z_]+", path.read_text(encoding="utf-8"))) <= read, path


def test_every_event_is_listed_with_its_members() -> None:
    told = {
        row[0]: set(re.findall(r"`([a-z_]+)`", row[1]))
        for row in re.findall(r"^\| `([a-z_]+)` \| (.*?) \|", sections(page("commands.md"))["Events"], flags=re.MULTILINE)
    }
    lines: list[str] = []
    stream = EventStream(lines.append, lambda: datetime(2026, 11, 24, tzinfo=UTC))
    for event in samples.every_event():
        stream(event)
    written: dict[str, set[str]] = {}
    for line in map(json.loads, lines):
        written.setdefault(line["type"], set()).update(name for name in line if name[0] != "@" and name != "type")
    assert told == written


# -- diagnostics ---------------------------------------------------------------------------------------------------------

_MAKERS = {
    "error",
    "CellError",
    "Remark",
    "_problem",
    "warning",
    "note",
    "Problem",
    "SyntaxProblem",
    "Flaw",
    "ScalarError",
    "_Words",
    "Diagnostic",
    "telling",
    "tell",
    "fail",
    "_Needed",
}
"""What makes a diagnostic, or what one is made of: the first of its arguments that looks like a code is one."""
_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def codes() -> set[str]:
    """Collect every code that the source can give."""
    found = {f"bad-{name}" for name in (*LEAVES, "ean")}
    for path in (*SOURCE.rglob("*.py"), *(ROOT / "ci").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and _name(node.func) in _MAKERS:
                texts = [item.value for item in node.args[:4] if isinstance(item, ast.Constant) and isinstance(item.value, str)]
                found.update(text for text in texts[:1] if _CODE.fullmatch(text))
    return found


def _name(called: ast.expr) -> str:
    return called.id if isinstance(called, ast.Name) else called.attr if isinstance(called, ast.Attribute) else ""


def test_every_code_of_the_source_is_explained_and_no_other() -> None:
    told = [code for code in first_cells(page("diagnostics.md")) if _CODE.fullmatch(code)]
    assert sorted(told) == sorted(codes())


def test_explain_knows_every_code_of_the_page() -> None:
    told = explained_codes()
    assert set(told) == codes()
    assert all(one.meaning and one.remedy and one.section for one in told.values())


# -- configuration, plan, sandbox ----------------------------------------------------------------------------------------


def fields_of(schema: object) -> set[str]:
    """Collect the names of all fields that a schema knows, at any depth."""
    match schema:
        case dict():
            own = set(schema.get("properties", {}))
            return own.union(*(fields_of(part) for part in schema.values())) if schema else own
        case list():
            return set().union(*(fields_of(part) for part in schema)) if schema else set()
        case _:
            return set()


@pytest.mark.parametrize("model", [TitleDocument, DefaultsDocument, ProjectDocument])
def test_every_field_of_a_file_is_in_the_configuration_page(model: type[TitleDocument | DefaultsDocument | ProjectDocument]) -> None:
    told = set(re.findall(r"[a-z_]+", " ".join(re.findall(r"`([^`]+)`", without_blocks(page("configuration.md"))))))
    assert fields_of(judge(model).schema) - told == set()


def test_every_provider_has_a_page_that_names_its_settings_and_options() -> None:
    index = page("providers/README.md")
    for name in discovery.names():
        provider = discovery.provider(name)
        assert f"]({name}.md)" in index
        text = page(f"providers/{name}.md")
        for setting in {*provider.settings.model_fields, *provider.options.model_fields}:
            assert f"`{setting}`" in text, f"{name}: {setting}"


def test_every_reason_of_a_plan_is_explained_in_the_words_of_the_plan() -> None:
    table = sections(page("plan.md"))["Why"]
    told = dict(re.findall(r"^\| ([^|`]+) \| `([a-z-]+)` \|$", table, flags=re.MULTILINE))
    assert told == {reason.value: reason_name(reason) for reason in Reason if reason is not Reason.NONE}


def test_every_fault_of_the_sandbox_is_explained() -> None:
    told = sections(page("sandbox.md"))
    assert {kind.value for kind in FaultKind} <= set(first_cells(told["Faults"]))
    assert {field.name for field in fields(Fault)} - {"kind"} <= set(first_cells(told["Faults"]))


@pytest.mark.parametrize(
    ("service", "switches"),
    [("publica.la", PublicalaSwitches), ("PublishDrive", PublishdriveSwitches), ("Open Publishing", OpenPublishingSwitches)],
)
def test_every_switch_of_an_emulation_is_explained(service: str, switches: type[Any]) -> None:
    table = sections(page("sandbox.md"))[f"Switches of {service}'s emulation"]
    assert set(first_cells(table)) == {field.name for field in fields(switches)}


def test_the_requests_of_the_sandbox_page_are_done_by_the_sandbox() -> None:
    """Sent to the ports that it has here in place of those that it has by default."""
    text = page("sandbox.md")
    command = [sys.executable, "-m", "catalogctl", "sandbox", "--port", "0"]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment) as served:
        assert served.stdout is not None
        urls = (line.rpartition(":")[2] for line in served.stdout if "base_url:" in line)
        ports = {port: next(urls).strip() for port in re.findall(r"base_url: http://127.0.0.1:(\d+)", text)}
        requests = re.findall(r"^curl -X POST http://127.0.0.1:(\d+)(/\S+) -d '(.*)'$", text, flags=re.MULTILINE)
        try:
            assert len(requests) == text.count("curl ") > 0
            for port, path, body in requests:
                with urlopen(f"http://127.0.0.1:{ports[port]}{path}", body.encode(), timeout=30) as answer:
                    assert json.load(answer) == {"done": True}
        finally:
            served.terminate()


# -- the pages themselves ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("walk", WALKS, ids=lambda walk: walk.heading)
def test_a_walk_prints_what_its_page_shows(walk: Walk, tmp_path: Path) -> None:
    """If it should print something else: python tests/walk.py"""
    shown, printed = [], []
    for step, out in walked(walk, tmp_path):
        shown.append(f"$ {step.command}\n{comparable(step.shown)}")
        printed.append(f"$ {step.command}\n{comparable(out)}")
    assert len(shown) > 5
    assert any("No changes" in one for one in printed)
    assert "".join(printed) == "".join(shown)


def test_the_readmes_second_example_works_on_the_catalog_of_the_first(tmp_path: Path) -> None:
    section = sections(README.read_text(encoding="utf-8"))["One title, many stores"]
    [block] = re.findall(r"```yaml\n(    publish:.*?)```", section, flags=re.DOTALL)
    command = [sys.executable, "-m", "catalogctl", "--no-color"]
    printed([*command, "init", "shop"], tmp_path, 88)
    shop = tmp_path / "shop"
    project, title, assets = shop / "catalogctl.yaml", shop / "catalog" / "mirror-work.yaml", shop / "catalog" / "assets"
    kinds = {"publishdrive": "publishdrive", "openpub": "openpublishing"}
    accounts = "".join(f"  {name}: {{provider: {kind}, base_url: sandbox}}\n" for name, kind in kinds.items())
    project.write_text(project.read_text(encoding="utf-8").replace("accounts:\n", f"accounts:\n{accounts}"), encoding="utf-8")
    before, _, _ = title.read_text(encoding="utf-8").partition("    publish:\n")
    title.write_text(before + block, encoding="utf-8")
    assets.mkdir()
    for suffix in ("epub", "jpg"):
        shutil.copy(ROOT / "catalog" / "clasicos" / "assets" / f"azul.{suffix}", assets / f"mirror-work.{suffix}")
    assert "all in order; 1 declared for openpub, publishdrive, store." in printed([*command, "validate"], shop, 88)


def test_the_picture_shows_what_plan_prints_and_loads_nothing(tmp_path: Path) -> None:
    """If it should show something else: make gallery"""
    first_look.edited(tmp_path)
    fresh = drawn(printed([sys.executable, "-m", "catalogctl", "plan"], tmp_path, 88), 88, "catalogctl plan")
    kept = (DOCS / "gallery" / "plan.svg").read_text(encoding="utf-8")
    assert _drawn(kept) == _drawn(fresh)
    assert not re.search(r"(?:href|src|url)\s*[=(]\s*[\"']?https?:|@import|<script|<image|<foreignObject", kept)


def test_the_gallery_shows_each_picture_that_is_kept_and_names_only_commands_that_there_are() -> None:
    text = page("gallery.md")
    assert set(re.findall(r"\]\(gallery/([^)]+)\)", text)) == {path.name for path in (DOCS / "gallery").iterdir()}
    named = set(re.findall(r"^catalogctl (?:--[a-z]+ )*([a-z]+(?: [a-z]+)?)", text, flags=re.MULTILINE))
    assert {"plan", "validate", "drift"} <= named
    names = {name for name, _ in COMMANDS}
    assert {one for one in named if one not in names and one.split()[0] not in names} == set()
    assert "gallery:" in (ROOT / "Makefile").read_text(encoding="utf-8")


def _drawn(svg: str) -> list[str]:
    return re.findall(r"<text[^>]*>([^<]*)</text>", svg)


def _anchors(text: str) -> set[str]:
    """Give the anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", without_blocks(text), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_the_relative_links_of_a_page_lead_somewhere(path: Path) -> None:
    text = without_blocks(path.read_text(encoding="utf-8"))
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", link):
            continue
        target, _, anchor = link.partition("#")
        found = path if not target else (path.parent / target).resolve()
        assert found.exists(), f"{link} in {path}"
        if anchor:
            assert anchor in _anchors(found.read_text(encoding="utf-8")), f"{link} in {path}"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_page_names_no_path_of_somebodys_machine_and_no_registry(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"/(?:root|home|tmp|work|Users)/|pythonhosted|pypi\.|npmjs|(?<![\w&])#\d+\b(?!;)", text)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_the_modules_that_a_page_names_exist(path: Path) -> None:
    named = set(re.findall(r"`((?:[a-z_]+/)+[a-z_]+\.py)`", path.read_text(encoding="utf-8")))
    ours = {name for name in named if name.split("/")[0] in {entry.name for entry in SOURCE.iterdir()}}
    assert [name for name in sorted(ours) if not (SOURCE / name).exists()] == []


def test_the_architecture_page_has_a_row_for_each_package_and_each_verb() -> None:
    page = (DOCS / "architecture.md").read_text(encoding="utf-8")
    packages = {entry.name for entry in SOURCE.iterdir() if (entry / "__init__.py").is_file()} - {"providers", "starter", "testing"}
    assert packages <= set(re.findall(r"^\| `(\w+)/`", page, flags=re.MULTILINE))
    verbs = {"workspace", "plan", "apply", "recover", "import_one", "import_titles", "review"}
    assert verbs <= set(re.findall(r"`engine/(\w+)\.py`", page))
