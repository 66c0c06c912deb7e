"""The provider's page says all that its code says."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path
from typing import get_args

from catalogctl.model.resource import ResourceType, Trait
from catalogctl.providers.openpublishing import assumptions, types
from catalogctl.providers.openpublishing.options import FileType, Options
from catalogctl.providers.openpublishing.sandbox import OpenPublishingSwitches

TEXT = (Path(__file__).parents[4] / "docs" / "providers" / "openpublishing.md").read_text(encoding="utf-8")
NAMED = set(re.findall(r"`([A-Za-z_0-9]+)`", TEXT))


def shown(type_: ResourceType) -> dict[str, list[str]]:
    """Give the cells of a type's table of attributes, by attribute."""
    part = TEXT.partition(f"A **{type_.name}** ")[2].partition("\n\nA **")[0].partition("\n## ")[0]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in part.splitlines() if line.startswith("| `")]
    return {row[0].strip("`"): row[1:] for row in cells}


def test_the_tables_have_every_attribute_with_its_traits() -> None:
    for kind in (types.FILE, types.DISTRIBUTION):
        table = shown(kind)
        assert table.keys() == kind.attributes.keys()
        for name, attribute in kind.attributes.items():
            _, told, change, _ = table[name]
            in_place = "renews" if Trait.RENEWS in attribute.traits else "yes"
            assert told.startswith("no" if attribute.write_only else "yes"), name
            assert change == ("replace" if attribute.replaces else in_place), name


def test_every_type_of_file_and_every_option_is_named() -> None:
    assert set(get_args(FileType)) <= NAMED
    assert len(get_args(FileType)) == 17
    assert Options.model_fields.keys() <= NAMED


def test_every_assumption_and_every_switch_of_the_sandbox_is_named() -> None:
    assert {name for name in vars(assumptions) if name.isupper()} <= NAMED
    assert {item.name for item in fields(OpenPublishingSwitches)} <= NAMED


def test_everything_is_dated() -> None:
    source = Path(assumptions.__file__).read_text(encoding="utf-8")
    constants = [name for name in vars(assumptions) if name.isupper()]
    assert len(re.findall(r"\d{4}-\d{2}-\d{2}", source)) >= len(constants)
