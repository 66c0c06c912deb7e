"""Files as no one should write them, read by the real command: refused in words, in little time and memory."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from hostile.measured import bearable, limited
from shop import IMPORTABLE, Ran, Shop, ended

CORPUS = Path(__file__).parents[1] / "corpus/files"
HEAD = b"kind: title\nid: x\ntitle: x\nx:\n"
SIZE = 4_999_000
"""Bytes just below what a file may have."""
COMMANDS = (["validate"], ["plan"], ["--json", "plan"], ["validate", "--format", "json"])


def run(shop: Shop, *arguments: str) -> Ran:
    """Run a command with no more time and memory than any input may take."""
    process = subprocess.Popen(
        [sys.executable, "-m", "catalogctl", *arguments],
        cwd=shop.folder,
        env={**os.environ, "PYTHONPATH": IMPORTABLE, "MALLOC_ARENA_MAX": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        preexec_fn=limited,  # noqa: PLW1509 -- no thread of ours holds a lock that it needs
    )
    return harmless(ended(process, timeout=30))


def run_here(shop: Shop, *arguments: str) -> Ran:
    """Run a command in this process, and measure its time and memory: as strict, and cheaper where there are many inputs."""
    with bearable():
        ran = shop.run(*arguments)
    return harmless(ran)


def harmless(ran: Ran) -> Ran:
    """Make sure that what a command wrote is no fault of ours and drives no terminal."""
    assert "Traceback" not in ran.all
    assert "A fault of catalogctl" not in ran.all, ran.err
    assert not set(ran.all) & set("\x00\x1b\x07\x9b\u202e")
    return ran


def refused(shop: Shop, code: str) -> None:
    """Make sure that the files are refused, and by which code; nothing is asked of the store."""
    told = run_here(shop, "validate", "--format", "json").ended(1)
    assert f'"code": "{code}"' in told.out.replace('":"', '": "'), told
    assert shop.requests == ()


BOMBS: dict[str, tuple[bytes, str]] = {
    "laughs.yaml": (
        b"a0: &a0 [x,x,x,x,x,x,x,x,x]\n" + b"".join(b"a%d: &a%d [%s]\n" % (n, n, b",".join([b"*a%d" % (n - 1)] * 9)) for n in range(1, 30)),
        "yaml-alias-bomb",
    ),
    "flow.yaml": (b"[" * 10_000 + b"]" * 10_000, "nesting-too-deep"),
    "block.yaml": (b"".join(b" " * n + b"a:\n" for n in range(2_000)), "nesting-too-deep"),
    "deep.json": (b"[" * 10_000 + b"]" * 10_000, "nesting-too-deep"),
    "items.yaml": (HEAD + b"- []\n" * (SIZE // 5), "too-many-values"),
    "flow-items.yaml": (HEAD + b"  [" + b"1," * (SIZE // 2) + b"1]\n", "too-many-values"),
    "keys.yaml": (b"? " * (SIZE // 2), "too-many-values"),
    "documents.yaml": (b"---\na\n" * 80_000, "not-a-document"),
    "items.json": (b"[" + b"[]," * (SIZE // 3) + b"0]", "too-many-values"),
    "quotes.yaml": (b"'" * SIZE, "not-a-document"),
    "tabs.yaml": (b"\t" * SIZE, "yaml-tab"),
    "number.json": (b"[" + b"9" * SIZE + b"]", "number-too-large"),
    "text.json": (b'{"kind": "title", "id": "' + b"x" * SIZE + b'"}', "missing-field"),
    "text.yaml": (b"kind: title\nid: x\ntitle: x\nlanguage: " + b"x" * SIZE + b"\n", "bad-language"),
    "utf16.yaml": ("kind: title\n".encode("utf-16"), "file-encoding"),
    "utf16le.yaml": ("kind: title\n".encode("utf-16-le"), "file-encoding"),
    "utf32.json": ("{}".encode("utf-32"), "file-encoding"),
    "latin1.yaml": ("kind: title\ntitle: Año\n".encode("latin-1"), "file-encoding"),
    "nul.yaml": (b"kind: title\ntitle: a\0b\n", "control-character"),
    "c1.yaml": ("kind: title\ntitle: a\x9b31mb\n".encode(), "control-character"),
    "half.json": (b'{"kind": "title", "title": "\\ud800"}', "json-half-character"),
    "tag.yaml": (b"a: !!python/object/apply:os.system [id]\n", "yaml-tag"),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_by_name(shop: Shop, name: str) -> None:
    data, code = BOMBS[name]
    (shop.folder / "catalog" / name).write_bytes(data)
    refused(shop, code)


@pytest.mark.parametrize("path", sorted(CORPUS.iterdir()), ids=lambda path: path.name)
def test_what_was_found_once_is_refused(shop: Shop, path: Path) -> None:
    (shop.folder / "catalog" / path.name).write_bytes(path.read_bytes())
    for command in COMMANDS:
        run_here(shop, *command).ended(1)
    assert shop.requests == ()


@pytest.mark.parametrize("name", ["catalog/x.yaml", "catalog/x.json", "catalogctl.yaml", "plan.json", "state/default.json"])
def test_of_300_megabytes_hardly_anything_is_read(shop: Shop, name: str) -> None:
    path = shop.write(name, "kind: title\n")
    with path.open("r+b") as file:
        file.truncate(300_000_000)
    told = run(shop, *(["apply", "plan.json"] if name == "plan.json" else ["plan"]))
    assert told.code == (5 if name in {"plan.json", "state/default.json"} else 1), told
    assert "Free some space" not in told.err
    assert shop.requests == ()


@pytest.mark.parametrize(("line", "size"), [(250_000_000, 250_000_006), (132_000_000, 264_000_002)])
def test_a_journal_with_lines_of_a_hundred_megabytes_is_refused_without_copies_of_it(shop: Shop, line: int, size: int) -> None:
    path = shop.write("state/default.journal", "00000000 {")
    with path.open("r+b") as file:
        file.seek(line)
        file.write(b"\n")
        file.truncate(size)
    told = run_here(shop, "state", "list").ended(5)
    assert "The journal of environment default is damaged" in told.err


@pytest.mark.parametrize("name", ["state/default.json", "plan.json"])
def test_a_blank_state_or_plan_is_empty_however_long_it_is(shop: Shop, name: str) -> None:
    shop.write(name, " " * 250_000_000 + "\n")
    told = run_here(shop, *(["apply", "plan.json"] if name == "plan.json" else ["plan"])).ended(5)
    assert "It is empty." in told.err


def test_a_byte_order_mark_and_windows_line_ends_are_read_as_they_are_meant(shop: Shop) -> None:
    shop.title()
    written = (shop.folder / "catalog/faro.json").read_text(encoding="utf-8")
    (shop.folder / "catalog/faro.json").unlink()
    (shop.folder / "catalog/faro.yaml").write_bytes(b"\xef\xbb\xbf" + written.replace("\n", "\r\n").encode())
    run(shop, "plan", "--detailed-exitcode").ended(2)


def fifo(path: Path) -> None:
    os.mkfifo(path)


def listening(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        here = Path.cwd()
        os.chdir(path.parent)  # a socket's name may have a hundred bytes only
        try:
            made.bind(path.name)
        finally:
            os.chdir(here)


def endless(path: Path) -> None:
    path.symlink_to("/dev/zero")


def elsewhere(path: Path) -> None:
    path.symlink_to("/etc/passwd")


def circle(path: Path) -> None:
    path.symlink_to(path.name)


def folder(path: Path) -> None:
    path.mkdir()


SPECIAL = pytest.mark.parametrize("make", [fifo, listening, endless, elsewhere, circle], ids=lambda make: make.__name__)


@SPECIAL
@pytest.mark.parametrize("named", [True, False])
def test_a_title_that_is_no_regular_file_is_not_waited_for(shop: Shop, make: Callable[[Path], None], named: bool) -> None:
    make(shop.folder / "catalog/x.yaml")
    if named:  # by the project file itself, and not found in a folder
        shop.project("catalog: [catalog/x.yaml]\n")
    told = run(shop, "plan").ended(1)
    assert "root:" not in told.all
    assert shop.requests == ()


@SPECIAL
def test_an_asset_that_is_no_regular_file_is_not_waited_for(shop: Shop, make: Callable[[Path], None]) -> None:
    make(shop.folder / "catalog/faro.epub")
    shop.title(edition={"files": {"content": "faro.epub"}})
    told = run(shop, "plan").ended(1)
    assert "root:" not in told.all
    assert shop.requests == ()


@SPECIAL
@pytest.mark.parametrize("name", ["catalogctl.yaml", "state/default.json", "state/default.journal", "plan.json", "key"])
def test_no_other_file_is_waited_for_either(shop: Shop, make: Callable[[Path], None], name: str) -> None:
    shop.title()
    if name == "key":
        project = (shop.folder / "catalogctl.yaml").read_text(encoding="utf-8")
        shop.write("catalogctl.yaml", project.replace("${env:PUBLICALA_TOKEN}", "${file:key}"))
    path = shop.folder / name
    path.parent.mkdir(exist_ok=True)
    path.unlink(missing_ok=True)
    make(path)
    told = run(shop, *(["apply", "plan.json"] if name == "plan.json" else ["plan"]))
    assert told.code in {1, 5, 8}, told
    assert "root:" not in told.all
    assert shop.requests == ()


@pytest.mark.parametrize("make", [fifo, listening, endless, circle, folder], ids=lambda make: make.__name__)
@pytest.mark.parametrize("name", ["state/default.json", "state/default.journal"])
def test_what_lies_in_the_place_of_a_state_is_refused(shop: Shop, make: Callable[[Path], None], name: str) -> None:
    path = shop.folder / name
    path.parent.mkdir(exist_ok=True)
    make(path)
    for command in ("state list", "plan"):
        told = run_here(shop, *command.split()).ended(5)
        assert "move it away" in told.err
        assert "Free some space" not in told.err


def test_a_folder_called_like_a_title_is_a_folder(shop: Shop) -> None:
    folder(shop.folder / "catalog/x.yaml")
    shop.title()
    run(shop, "plan", "--detailed-exitcode").ended(2)


@pytest.mark.parametrize(
    ("size", "head", "code"),
    [
        (5 << 30, b"", "asset-kind"),
        (5 << 30, b"%PDF-1.7", "asset-kind"),
        (5 << 30, b"version https://git-lfs.github.com/spec/v1\n", "asset-kind"),
        ((5 << 30) + 1, b"PK\x03\x04" + bytes(26) + b"mimetypeapplication/epub+zip", "asset-too-large"),
        (1 << 42, b"", "asset-too-large"),
    ],
)
def test_a_huge_asset_that_is_refused_is_not_read_to_its_end(shop: Shop, size: int, head: bytes, code: str) -> None:
    path = shop.folder / "catalog/faro.epub"
    path.write_bytes(head)
    os.truncate(path, size)
    shop.title(edition={"files": {"content": "faro.epub"}})
    refused(shop, code)


def test_while_a_large_asset_is_read_it_is_told_how_far_and_an_interrupt_ends_that(shop: Shop) -> None:
    path = shop.folder / "catalog/faro.epub"
    path.write_bytes(b"PK\x03\x04" + bytes(26) + b"mimetypeapplication/epub+zip")
    os.truncate(path, 5 << 30)
    shop.title(edition={"files": {"content": "faro.epub"}})
    process = shop.start("--json", "plan")
    assert process.stdout is not None
    far = next(line for line in process.stdout if '"asset_read"' in line)
    process.send_signal(signal.SIGINT)
    told = harmless(ended(process)).ended(130)
    assert json.loads(far)["size"] > json.loads(far)["read"] > 0
    assert f'"read":{5 << 30},' not in told.out
    assert shop.requests == ()


@pytest.mark.parametrize(
    "written",
    [
        "../../x.epub",
        "/etc/passwd",
        "~/x.epub",
        "a/../../../x",
        "https://user:pass@files.example.com/x.epub",
        "file:///etc/passwd",
        "\\\\x\\y",
    ],
)
def test_an_asset_stays_inside_and_its_address_has_no_password(shop: Shop, written: str) -> None:
    shop.title(edition={"files": {"content": written}})
    told = run(shop, "plan").ended(1)
    assert shop.requests == ()
    assert "root:" not in told.all


@pytest.mark.parametrize(
    "setting",
    [
        "backend: {type: local, path: BAD}",
        "catalog: [BAD]",
        "assets: {publish: {type: directory, url: BAD, base_url: https://files.example.com}}",
        "assets: {publish: {type: directory, url: public, base_url: BAD}}",
        r'accounts: {store: {token: "${file:s\0t}"}}',
        r'accounts: {store: {token: "${env:s\0t}"}}',
        r'accounts: {store: {base_url: "https://\0h/x"}}',
        r'accounts: {store: {base_url: "https://h/\0"}}',
    ],
)
def test_a_path_or_an_address_with_a_nul_is_refused_where_it_is_written(shop: Shop, setting: str) -> None:
    shop.title()
    shop.project("environments:\n  bad:\n    " + setting.replace("BAD", r'"s\0t"') + "\n")
    told = run_here(shop, "--env", "bad", "validate", "--format", "text").ended(1)
    assert "catalogctl.yaml:" in told.err
    assert '"control-character"' in run_here(shop, "--env", "bad", "--json", "plan").ended(1).out
    for command in ("state list", "apply --auto-approve"):
        run_here(shop, "--env", "bad", *command.split())
    assert shop.requests == ()


@pytest.mark.parametrize("files", [{"content": "a\0b"}, {"cover": "a\0/b"}, {"content": "https://\0h/x"}])
def test_a_file_of_an_edition_with_a_nul_in_its_path_is_refused_where_it_is_written(shop: Shop, files: dict[str, str]) -> None:
    shop.title(edition={"files": files})
    for command in COMMANDS:
        assert "catalog/faro.json" in run_here(shop, *command).ended(1).all


def test_a_folder_or_a_plan_may_have_a_name_that_is_no_text(shop: Shop) -> None:
    name = str(shop.folder / os.fsdecode(b"\xff\xfe"))
    run_here(shop, "init", name).ended(0)
    run_here(shop, "-C", name, "plan", "--out", f"{name}.plan").ended(0)
    run_here(shop, "-C", name, "apply", f"{name}.plan").ended(0)


def test_a_password_or_a_key_in_a_stores_address_is_refused_and_not_shown_in_what_is_kept(shop: Shop) -> None:
    shop.title()
    project = (shop.folder / "catalogctl.yaml").read_text(encoding="utf-8")
    for address, why in (
        ("https://user:pass@store.example", "in an address"),
        ("https://${env:PUBLICALA_TOKEN}.example.com", "in an address"),
        ("https://x.example/${env:AWS_SECRET_KEY}", "A variable that no address may contain"),
    ):
        shop.write("catalogctl.yaml", project.replace(shop.url, address))
        os.environ["AWS_SECRET_KEY"] = "aws-5ecret"
        try:
            told = run(shop, "plan").ended(1)
        finally:
            del os.environ["AWS_SECRET_KEY"]
        assert why in told.err
        assert os.environ["PUBLICALA_TOKEN"] not in told.all
        assert "aws-5ecret" not in told.all


@pytest.mark.parametrize(
    "name", [b"a\nb\x1b[31m.yaml", b"\xff\xfe.yaml", "\u202elmay.yaml".encode(), b"%0A::error::x.yaml", b"| a | @all <b>.yaml"]
)
@pytest.mark.parametrize("form", ["text", "json", "github"])
def test_the_name_of_a_file_cannot_drive_what_shows_it(shop: Shop, name: bytes, form: str) -> None:
    Path(os.fsdecode(os.fsencode(shop.folder / "catalog") + b"/" + name)).write_bytes(b"kind: novel\n")
    told = run(shop, "validate", "--format", form).ended(1)
    if form == "github":
        assert [
            line for line in told.out.splitlines() if line.startswith("::") and not line.startswith(("::error file=", "::warning file="))
        ] == []


def test_a_file_that_goes_away_while_it_is_read_is_told(shop: Shop) -> None:
    """A link whose target is gone is what is left between the listing and the reading."""
    (shop.folder / "catalog/x.yaml").symlink_to("gone.yaml")
    refused(shop, "file-unreadable")
