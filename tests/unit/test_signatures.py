"""What a function may take."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import catalogctl

_PACKAGE = Path(catalogctl.__file__).parent
_MOST = 6
"""Parameters of a function beside self and cls, keyword-only ones included; what travels together is one of them."""


_DECODED = {"cli/complete.py"}
"""Modules that read JSON of their own from a cache."""


def _trees(folder: Path) -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(folder.rglob("*.py")):
        yield path.relative_to(_PACKAGE).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def _functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def test_options_of_commands_are_types_and_no_bags_of_anything() -> None:
    bags = [
        f"{path}:{node.lineno}"
        for path, tree in _trees(_PACKAGE / "cli")
        if path not in _DECODED
        for node in ast.walk(tree)
        if isinstance(node, ast.arg)
        and node.annotation is not None
        and ast.unparse(node.annotation) in {"dict[str, Any]", "Mapping[str, Any]"}
    ]
    open_ended = [
        f"{path}:{function.lineno}"
        for path, tree in _trees(_PACKAGE / "cli")
        for function in _functions(tree)
        if (rest := function.args.kwarg) is not None and rest.annotation is not None and ast.unparse(rest.annotation) == "Any"
    ]

    assert bags + open_ended == []


def test_functions_take_at_most_six_parameters() -> None:
    def parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
        arguments = function.args
        named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
        return [one.arg for one in named if one is not None and one.arg not in {"self", "cls"}]

    too_many = [
        f"{path}:{function.lineno} {function.name} takes {len(parameters(function))}"
        for path, tree in _trees(_PACKAGE)
        for function in _functions(tree)
        if len(parameters(function)) > _MOST
    ]

    assert too_many == []
