"""Every file that a command reads, and the addresses in its arguments, spoilt at any place: the real command tells what is wrong.

FILES_EXAMPLES in the environment asks for more examples than CI has time for, and `make fuzz` for others.
What was found once is kept in tests/corpus, in a folder for
each kind of file.
"""

from __future__ import annotations

import hashlib
import json
import os
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import orjson
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from catalogctl.model.value import canonical_lines, digest
from hostile.spoil import ODD, Bytes, Value, pieces, spoilt, torn, values
from hostile.stage import Stage, checks, staged
from shop import Ran

EXAMPLES = int(os.environ.get("FILES_EXAMPLES", "24"))
CORPUS = Path(__file__).parents[1] / "corpus"
pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")  # a failure may be about much text
CHECKS = checks(EXAMPLES)

BLOCKS: dict[str, Any] = {
    "moved": [{"from": "store/content/a.epub", "to": "store/content/faro.epub"}],
    "removed": [{"address": "store/content/b.epub", "destroy": False}, {"address": "publishdrive/*/c.*", "destroy": True}],
    "import": [{"address": "store/track/sal.audio/t1", "id": 7}],
}
DEFAULTS: dict[str, Any] = {"kind": "defaults", "language": "es", "edition": {"prices": {"USD": "1.00"}}}

Change = Value | Bytes
several = st.lists(values | pieces, min_size=1, max_size=3)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with staged(tmp_path_factory.mktemp("files")) as one:
        yield one


def changed(text: bytes, changes: Sequence[Change]) -> bytes:
    for change in changes:
        text = torn(text, change) if isinstance(change, Bytes) else spoilt(text, change)
    return text


def commanded(stage: Stage, name: str, data: bytes, *commands: tuple[str, ...], codes: set[int]) -> list[Ran]:
    """Run commands on a project with one file of this content, and put back what was there."""
    path = stage.shop.folder / name
    path.write_bytes(data)
    try:
        with stage.stores_had_back():
            told = [stage.run(*command) for command in commands]
    finally:
        stage.restore(name)
    assert {ran.code for ran in told} <= codes, told
    return told


# -- the catalog ---------------------------------------------------------------------------------------------------------


def block_style(value: object) -> bytes:
    return yaml.safe_dump(value, allow_unicode=True, sort_keys=False).encode()


def of_titles(stage: Stage) -> list[Any]:
    return [*(json.loads((stage.kept / f"catalog/{name}.json").read_bytes()) for name in ("faro", "sal")), BLOCKS, DEFAULTS]


@CHECKS
@given(st.integers(0, 3), st.sampled_from(["json", "yaml", "block.yaml"]), several)
def test_a_spoilt_document_of_the_catalog_is_told(stage: Stage, which: int, form: str, changes: list[Change]) -> None:
    whole = of_titles(stage)[which]
    text = block_style(whole) if form == "block.yaml" else json.dumps(whole, ensure_ascii=False).encode()
    # A second title of an id that is there is one more thing to tell.
    commanded(stage, f"catalog/spoilt.{form}", changed(text, changes), ("validate",), ("plan", "--no-refresh"), codes={0, 1, 3})


@CHECKS
@given(st.booleans(), several)
def test_a_spoilt_project_file_is_told(stage: Stage, block: bool, changes: list[Change]) -> None:
    """Nothing is asked of a store: a store that is somewhere else now, or allows one request a minute, is no fault."""
    more = {
        "safety": {"max_deletes": "10%", "accounts": {"store": {"max_updates": 3}}},
        "environments": {"staging": {"safety": {"max_deletes": 1}}},
        **BLOCKS,
    }
    whole = yaml.safe_load((stage.kept / "catalogctl.yaml").read_bytes()) | more
    text = block_style(whole) if block else json.dumps(whole).encode()
    commanded(
        stage, "catalogctl.yaml", changed(text, changes), ("validate",), ("plan", "--no-refresh"), ("state", "list"), codes={0, 1, 3, 5, 8}
    )


# -- what is remembered --------------------------------------------------------------------------------------------------

STATE = "state/default.json"
JOURNAL = "state/default.journal"
LOOKING = (("plan",), ("state", "list"), ("show", "--format", "json"), ("state", "pull"))


def sealed_state(text: bytes) -> bytes:
    """Put the right checksum into a state, where it still is one."""
    try:
        stored = orjson.loads(text)
        rest = {name: part for name, part in stored.items() if name != "checksum"}
        return canonical_lines({**rest, "checksum": hashlib.sha256(canonical_lines(rest)).hexdigest()})
    except (ValueError, AttributeError, TypeError):
        return text


@CHECKS
@given(several, st.booleans())
def test_a_spoilt_state_is_told(stage: Stage, changes: list[Change], sealed: bool) -> None:
    data = changed((stage.kept / STATE).read_bytes(), changes)
    commanded(stage, STATE, sealed_state(data) if sealed else data, *LOOKING, codes={0, 1, 3, 5, 9})


@CHECKS
@given(several, st.booleans())
def test_a_spoilt_state_is_not_taken_for_another(stage: Stage, changes: list[Change], forced: bool) -> None:
    data = sealed_state(changed((stage.kept / STATE).read_bytes(), changes))
    try:
        push = ("state", "push", str(stage.shop.folder / "pushed.json"), *(["--force"] if forced else []))
        commanded(stage, "pushed.json", data, push, ("state", "list"), codes={0, 1, 5})
    finally:
        stage.restore("state")


def sealed_journal(lines: list[bytes]) -> bytes:
    return b"".join(b"%08x %s\n" % (zlib.crc32(line), line) for line in lines)


@CHECKS
@given(
    st.lists(st.tuples(st.integers(0, 30), values | pieces), min_size=1, max_size=3),
    st.sampled_from(["sealed", "as it is"]),
    st.integers(1, 30),
    st.booleans(),
)
def test_a_spoilt_journal_is_told(stage: Stage, changes: list[tuple[int, Change]], seal: str, length: int, fresh: bool) -> None:
    """That of a whole apply, or its beginning, beside the state that it led to, or beside none."""
    if seal == "sealed":
        lines = [line[9:] for line in stage.journal.splitlines()[:length]]
        for number, change in changes:
            lines[number % len(lines)] = changed(lines[number % len(lines)], [change]).replace(b"\n", b" ")
        data = sealed_journal(lines)
    else:
        data = changed(b"".join(stage.journal.splitlines(keepends=True)[:length]), [change for _, change in changes])
    if fresh:
        stage.remove("state")
        (stage.shop.folder / "state").mkdir()
    try:
        commanded(stage, JOURNAL, data, *LOOKING, codes={0, 1, 3, 5, 9})
    finally:
        stage.restore("state")


# -- the record of a run -------------------------------------------------------------------------------------------------

HISTORY = (("history",), ("history", "show", "latest"), ("history", "show", "latest", "--format", "json"), ("revert", "latest"))


@CHECKS
@given(st.lists(st.tuples(st.integers(0, 60), values | pieces), min_size=1, max_size=3), st.integers(1, 60))
def test_a_spoilt_record_of_a_run_is_told(stage: Stage, changes: list[tuple[int, Change]], length: int) -> None:
    """That of the whole apply, or its beginning; a plan of its revert is one that is refused, or one that can be reviewed."""
    [path] = (stage.kept / "state/runs").iterdir()
    lines = path.read_bytes().splitlines()[:length]
    for number, change in changes:
        lines[number % len(lines)] = changed(lines[number % len(lines)], [change])
    try:
        commanded(stage, f"state/runs/{path.name}", b"".join(line + b"\n" for line in lines), *HISTORY, codes={0, 1, 3, 5, 6, 9})
    finally:
        stage.restore("state")


# -- a saved plan --------------------------------------------------------------------------------------------------------


def sealed_plan(text: bytes) -> bytes:
    """Put the right checksum into a plan, where it still is one."""
    try:
        rest = {name: part for name, part in orjson.loads(text).items() if name != "checksum"}
        return canonical_lines({**rest, "checksum": digest(rest)})
    except (ValueError, AttributeError, TypeError):
        return text


@pytest.fixture(scope="module")
def plan(stage: Stage) -> bytes:
    """A plan of a bit of everything."""
    stage.shop.title(of_titles(stage)[0], title="Otro faro", description="<p>Otro</p>")
    stage.shop.write("catalog/blocks.json", json.dumps({"removed": [{"address": "store/content/sal.audio", "destroy": False}]}))
    (stage.shop.folder / "catalog/sal.json").unlink()
    stage.run("plan", "--out", str(stage.shop.folder / "plan.json")).ended(0)
    data = (stage.shop.folder / "plan.json").read_bytes()
    stage.restore("catalog")
    stage.restore("plan.json")
    return data


@CHECKS
@given(several, st.booleans(), st.sampled_from(["text", "json", "markdown", "html"]))
def test_a_spoilt_plan_is_told(stage: Stage, plan: bytes, changes: list[Change], sealed: bool, form: str) -> None:
    data = changed(plan, changes)
    path = str(stage.shop.folder / "plan.json")
    commands = (("show", path, "--format", form), ("apply", path))
    try:
        commanded(stage, "plan.json", sealed_plan(data) if sealed else data, *commands, codes={0, 1, 3, 5})
    finally:
        stage.restore("state")


# -- what was found once, and what is too large --------------------------------------------------------------------------

AT: dict[str, tuple[str, tuple[tuple[str, ...], ...]]] = {
    "state": (STATE, LOOKING),
    "journal": (JOURNAL, LOOKING),
    "plan": ("plan.json", ()),
}
"""Kind of file → where it lies, and what reads it."""


def refused(stage: Stage, kind: str, data: bytes) -> None:
    name, commands = AT[kind]
    path = str(stage.shop.folder / name)
    commanded(stage, name, data, *(commands or (("show", path), ("apply", path))), codes={5})


@pytest.mark.parametrize("path", [path for kind in AT for path in sorted((CORPUS / kind).iterdir())], ids=lambda path: path.name)
def test_what_was_found_once_is_refused(stage: Stage, path: Path) -> None:
    refused(stage, path.parent.name, path.read_bytes())


LARGE: dict[str, bytes] = {
    "nothing": b"\0",
    "lines": b"\n",
    "lists": b"[],",
    "brackets": b"[",
    "entries": b'"a":"b",',
    "digits": b"9",
}


@pytest.mark.parametrize("kind", AT)
@pytest.mark.parametrize("piece", LARGE)
def test_of_what_is_too_large_no_values_are_made(stage: Stage, kind: str, piece: str) -> None:
    size = 60_000_000
    whole = LARGE[piece] * (size // len(LARGE[piece]))
    refused(stage, kind, b'{"a": [' + whole + b"0]}" if piece in {"lists", "digits"} else whole)


# -- addresses -----------------------------------------------------------------------------------------------------------

USES: tuple[Callable[[str], tuple[str, ...]], ...] = (
    lambda text: ("plan", "--no-refresh", "--target", text),
    lambda text: ("plan", "--no-refresh", "--replace", text, "--exclude", text),
    lambda text: ("state", "list", text),
    lambda text: ("state", "show", text),
    lambda text: ("state", "mv", "--dry-run", text, "store/content/x.epub"),
    lambda text: ("state", "mv", "--dry-run", "store/content/faro.epub", text),
    lambda text: ("state", "rm", "--dry-run", text),
    lambda text: ("import", text, "7"),
    lambda text: ("import", "store/content/faro.epub", text),
)
ADDRESSES = (
    "store/content/faro.epub",
    "publishdrive/file/faro.epub/ebook_content",
    "store/*/faro.*",
    "store/track/sal.audio/[t-1]?",
    "store",
)
typed = st.one_of(
    st.text(st.sampled_from(list("/.*?[]!-{}()|\\ aé\u202e\x1b\n")), max_size=40),
    st.sampled_from([odd for odd in ODD if isinstance(odd, str)]),
    st.builds(
        lambda text, changes: changed(text.encode(), changes).decode(errors="surrogateescape"),
        st.sampled_from(ADDRESSES),
        st.lists(pieces, min_size=1, max_size=3),
    ),
    st.builds(
        lambda part, count: part * count,
        st.sampled_from(["*", "*a", "?", "[", "[a", "/", ".", "a/", "**/"]),
        st.sampled_from([9, 90, 30_000]),
    ),
)


@CHECKS
@given(st.integers(0, len(USES) - 1), typed)
def test_a_spoilt_address_is_told(stage: Stage, use: int, text: str) -> None:
    if "\0" in text or text.startswith("-"):  # no shell can say the former; the latter is an option
        return
    with stage.stores_had_back():
        ran = stage.run(*USES[use](text))
    stage.restore("state")
    stage.remove("made")
    assert ran.code in {0, 1, 3, 5, 9}, ran


@pytest.mark.parametrize(
    "text", ["[a" * 30_000, "[a]" * 30_000, "*" * 30_000, "*a" * 30_000, "[!-" * 30_000, "a/" * 30_000], ids=lambda text: text[:3]
)
@pytest.mark.parametrize("use", [0, 2, 3])
def test_no_long_glob_is_looked_at_for_long(stage: Stage, use: int, text: str) -> None:
    assert stage.run(*USES[use](text)).code in {0, 1}
