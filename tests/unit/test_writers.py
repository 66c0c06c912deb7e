"""Files are written in one module. Whoever writes past it is found by reading every other module's syntax tree."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import catalogctl

PACKAGE = Path(catalogctl.__file__).parent
WRITER = "system/safe_folder.py"
ALLOWED = {
    ("cli/demo.py", "copytree"): "into a folder that was made for the demo alone, under a random name",
    ("system/typed_path.py", "fdopen"): "writes to a descriptor that the writer opened",
    ("cli/console.py", "fdopen"): "writes to a descriptor that the writer opened",
}
"""Module and call → why it may."""

_METHODS = frozenset(
    "write_text write_bytes mkdir makedirs unlink rmdir removedirs rmtree symlink_to hardlink_to symlink chmod fchmod lchmod truncate "
    "ftruncate mkfifo mknod utime copyfile copyfileobj copy2 copytree NamedTemporaryFile mkstemp mktemp TemporaryFile "
    "SpooledTemporaryFile".split()
)
_OF_MODULES = frozenset({"rename", "renames", "replace", "remove", "link", "copy", "move"})
_WRITING = frozenset("wax+")
_FLAGS = ("O_WRONLY", "O_RDWR", "O_CREAT", "O_APPEND", "O_TRUNC")


def calls(source: str) -> Iterator[tuple[int, str]]:
    """Find the calls that make, change or remove files: line and name."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        function = node.func
        name = function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else ""
        owner = function.value.id if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name) else ""
        is_method = isinstance(function, ast.Attribute) and owner not in {"os", "io"}
        modes = [*node.args[0 if is_method else 1 :], *(keyword.value for keyword in node.keywords)]
        texts = [one.value for one in modes if isinstance(one, ast.Constant) and isinstance(one.value, str)]
        text = ast.unparse(node)
        is_moved = name in {"rename", "replace"} and len(node.args) == 1 and not node.keywords and owner not in {"os", "dataclasses"}
        if (
            name in _METHODS
            or (owner in {"os", "shutil"} and name in _OF_MODULES)
            or (name == "touch" and not node.args)
            or is_moved
            or (name in {"open", "fdopen"} and any(0 < len(mode) <= 3 and _WRITING & set(mode) for mode in texts))
            or (owner == "os" and name == "open" and "os.devnull" not in text and any(flag in text for flag in _FLAGS))
        ):
            yield node.lineno, name


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_files_are_written_in_one_module(path: Path) -> None:
    name = path.relative_to(PACKAGE).as_posix()
    if name == WRITER:
        return
    found = [(line, call) for line, call in calls(path.read_text(encoding="utf-8")) if (name, call) not in ALLOWED]
    assert found == [], f"{name} writes files by itself: use catalogctl.system.safe_folder"


def test_what_is_allowed_is_still_there() -> None:
    for name, call in ALLOWED:
        assert call in {one for _, one in calls((PACKAGE / name).read_text(encoding="utf-8"))}, f"{name} has no {call} any more"


@pytest.mark.parametrize(
    "line",
    [
        'open("x", "w")',
        'open("x", mode="ab")',
        'Path("x").open("r+b")',
        'Path("x").write_text("")',
        'os.open("x", os.O_WRONLY | os.O_CREAT)',
        'os.open("x", os.O_RDWR)',
        "Path(a).replace(b)",
        "path.rename(target)",
        "os.replace(a, b)",
        "shutil.copy(a, b)",
        "shutil.copyfile(a, b)",
        "NamedTemporaryFile()",
        "path.mkdir()",
        "path.touch(exist_ok=True)",
        "os.link(a, b)",
        "shutil.move(a, b)",
        "path.unlink()",
    ],
)
def test_each_way_to_write_is_found(line: str) -> None:
    assert list(calls(line))


@pytest.mark.parametrize(
    "line",
    [
        'text.replace("a", "b")',
        "replace(state, serial=1)",
        'open("x", "rb")',
        'open("w")',
        'Path("w").open("rb")',
        "os.open(os.devnull, os.O_WRONLY)",
        "Ledger.open(a, b)",
        "folder.touch(name)",
    ],
)
def test_what_writes_nothing_is_not_found(line: str) -> None:
    assert not list(calls(line))
