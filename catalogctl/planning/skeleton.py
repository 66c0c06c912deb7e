"""Fields that an edition does not declare → lines that can be pasted into its title file and filled in."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Final

from catalogctl.model.resource import Attribute, Kind, Shape

_ONE: Final = frozenset({"publisher"})
"""Fields that hold one thing in a title file where the store has a list."""


def skeleton(attributes: Iterable[Attribute], account: str, known: Mapping[str, list[object]], *, as_json: bool) -> str:
    """Return lines that declare attributes for an edition, and for what it says to an account.

    Lists have what is `known` by the attribute's name, else nothing; anything else is null.
    """
    own: dict[str, object] = {}
    options: dict[str, object] = {}
    for one in sorted(attributes, key=lambda one: one.declared or one.name):
        field = one.declared.format(account=account) or one.name
        block, name = (options, field.removeprefix(f"publish.{account}.")) if field.startswith(f"publish.{account}.") else (own, field)
        first, _, last = name.partition(".")
        is_list = name not in _ONE and (one.shape in {Shape.LIST, Shape.SET} or one.kind is Kind.JSON)
        block[first] = {last: []} if last else known.get(one.name, []) if is_list else None
    said = []
    if own:
        said.append(f"In the edition, write\n{_lines(own, as_json=as_json)}")
    if options:
        said.append(f"{'And in' if own else 'In'} its `publish`, under `{account}`:\n{_lines(options, as_json=as_json)}")
    if None in own.values() or None in options.values():
        said.append("Write a value in the place of each null.")
    return "\n".join(said)


def _lines(block: dict[str, object], *, as_json: bool) -> str:
    if as_json:
        return ",\n".join(f"{json.dumps(name)}: {json.dumps(value)}" for name, value in block.items())
    return "\n".join(f"{name}: {_flow(value)}" for name, value in block.items())


def _flow(value: object) -> str:
    """Write a value as YAML on one line; texts keep their quotes, so that a number among them stays one."""
    if isinstance(value, dict):
        return f"{{{', '.join(f'{name}: {_flow(item)}' for name, item in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_flow, value))}]"
    return json.dumps(value)
