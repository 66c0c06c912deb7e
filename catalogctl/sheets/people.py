"""Columns with the names of one role each → the contributors of an edition, of whom those that stay keep what no column shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from catalogctl.config.yaml_writer import role_word


def credited(before: Sequence[Mapping[str, Any]], said: Mapping[str, Sequence[str]]) -> list[dict[str, Any]] | None:
    """Return the contributors with the roles as some columns name them; `None` where the files say the same.

    People with other roles stay, and stay where they are. Someone who loses a role and has another keeps that one.

    Shapes:  `said` has the names of each role, by its word, in their order.
    """
    if all([_name(one) for one in before if role in roles_of(one)] == list(names) for role, names in said.items()):
        return None
    known = {_name(one): one for one in before}
    made: dict[str, dict[str, Any]] = {}
    kept: list[dict[str, Any]] = []

    def credit(role: str) -> None:
        for name in said[role]:
            if name in made:
                made[name]["role"] = [*made[name]["role"], role]
                continue
            one = known.get(name, {"name": name})
            made[name] = {**one, "role": [role, *(word for word in roles_of(one) if word not in said)]}
            kept.append(made[name])

    done: set[str] = set()
    for one in before:
        ours = [role for role in roles_of(one) if role in said]
        others = [role for role in roles_of(one) if role not in said]
        for role in ours:
            if role not in done:
                done.add(role)
                credit(role)
        if others and _name(one) not in made:
            made[_name(one)] = {**one, "role": others}
            kept.append(made[_name(one)])
    for role in said:
        if role not in done:
            credit(role)
    return [as_written(one) for one in kept]


def roles_of(person: Mapping[str, Any]) -> list[str]:
    """Return the words of what someone did."""
    roles = person.get("role") or []
    return [role_word(role) for role in ([roles] if isinstance(roles, str) else roles)]


def as_written(person: Mapping[str, Any]) -> dict[str, Any]:
    """Return a contributor as a person would write it: the name first, roles by their names."""
    roles = roles_of(person)
    role = {"role": roles[0] if len(roles) == 1 else roles} if roles else {}
    name = {"name": person["name"]} if person.get("name") else {}
    return {**name, **role, **{key: value for key, value in person.items() if key not in {"name", "role"}}}


def _name(person: Mapping[str, Any]) -> str:
    return str(person.get("name") or person.get("unnamed") or "")
