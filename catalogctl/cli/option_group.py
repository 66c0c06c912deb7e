"""Options of a command as a frozen dataclass: each field declares its own option, and the command receives the whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, field, fields
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

_Decorator = Callable[[Callable[..., int | None]], Callable[..., int | None]]
_Group = TypeVar("_Group")
_Rest = ParamSpec("_Rest")


def given(option: _Decorator, default: object = MISSING) -> Any:
    """Return a field that a `click.option` fills; the parameter of the option has the field's name.

    Shapes:  `default` is the one of the option, for code that makes a group by hand.
    """
    return field(default=default, metadata={"option": option})


def group(kind: Callable[[], _Group]) -> _Group:
    """Return a field that holds another group of options."""
    held: _Group = field(default_factory=kind, metadata={"group": kind})
    return held


def takes(
    kind: Callable[..., _Group],
) -> Callable[[Callable[Concatenate[_Group, _Rest], int | None]], Callable[..., int | None]]:
    """Return a decorator that adds the options of a group to a command, which receives them as its first argument."""

    def decorate(function: Callable[Concatenate[_Group, _Rest], int | None]) -> Callable[..., int | None]:
        @wraps(function)
        def command(*arguments: _Rest.args, **values: _Rest.kwargs) -> int | None:
            return function(_made(kind, values), *arguments, **values)

        decorated: Callable[..., int | None] = command
        for option in reversed(list(_options(kind))):
            decorated = option(decorated)
        return decorated

    return decorate


def _options(kind: Any) -> list[_Decorator]:
    """List the options of a group in the order in which help shows them."""
    return [
        option
        for one in fields(kind)
        for option in ([one.metadata["option"]] if "option" in one.metadata else _options(one.metadata["group"]))
    ]


def _made(kind: Any, values: dict[str, object]) -> Any:
    """Make a group of the values of a command line, and take these out of `values`."""
    parts = {one.name: _made(one.metadata["group"], values) if "group" in one.metadata else values.pop(one.name) for one in fields(kind)}
    return kind(**parts)
