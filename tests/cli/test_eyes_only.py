"""What is for eyes only is read by views, and by what saves and restores it: nothing else may depend on it."""

from __future__ import annotations

import ast
import inspect
import sys

import pytest

from catalogctl.planning import change as changes
from catalogctl.planning.change import Change, Drift
from shop import Shop

CARRYING = {
    "catalogctl.planning.change": "compares and copies",
    "catalogctl.planning.planfile.encode": "saves",
    "catalogctl.planning.planfile.decode": "restores",
    "catalogctl.planning.attribute_words": "names the parts of an object for people",
    "catalogctl.engine.step": "carries the links of a step to its event",
    "dataclasses": "copies",
}
"""Modules that read such fields without looking at them."""


def eyes_only(kind: type) -> set[str]:
    """Return the fields of a class whose documentation keeps them for people."""
    [definition] = (
        node for node in ast.parse(inspect.getsource(changes)).body if isinstance(node, ast.ClassDef) and node.name == kind.__name__
    )
    pairs = zip(definition.body, definition.body[1:], strict=False)
    return {
        field.target.id
        for field, told in pairs
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and isinstance(told, ast.Expr)
        and isinstance(told.value, ast.Constant)
        and ("eyes only" in str(told.value.value) or "As those of a change" in str(told.value.value))
    }


def life(shop: Shop) -> None:
    """Create, change, drift, review, replace and take back."""
    shop.project()
    shop.title("faro")
    shop.title("azul")
    shop.run("apply", "--auto-approve").ended(0)
    ignored = [{"path": "name", "reason": "the shop's own"}]
    shop.title("faro", title="Otro", edition={"lifecycle": {"ignore_changes": ignored}})
    shop.title("azul", title="Azul")
    saved = str(shop.folder / "plan.json")
    for form in ("text", "markdown", "html"):
        shop.run("plan", "--format", form, "--output", str(shop.folder / "shown.txt")).ended(0)
    shop.run("plan", "--replace", "azul", "--out", saved).ended(0)
    shop.run("show", saved).ended(0)
    shop.run("apply", saved).ended(0)
    shop.run("drift").ended(0)
    shop.run("revert", "latest", "--out", saved).ended(0)
    shop.run("apply", saved, "--json").ended(0)


def test_fields_for_eyes_only_are_read_by_views_alone(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    readers: set[tuple[str, str]] = set()

    def watch(kind: type) -> None:
        fields, plainly = eyes_only(kind), object.__getattribute__

        def read(self: object, name: str) -> object:
            if name in fields:
                readers.add((str(sys._getframe(1).f_globals.get("__name__")), name))
            return plainly(self, name)

        monkeypatch.setattr(kind, "__getattribute__", read)

    watch(Change)
    watch(Drift)
    life(shop)

    seen = {module for module, _ in readers}
    assert {one for one in seen if not one.startswith("catalogctl.view.")} - CARRYING.keys() == set()
    assert {"reason", "ignored", "links", "parts"} <= {name for _, name in readers}
