"""The provider's page says all that its code says."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

from catalogctl.model.resource import Trait
from catalogctl.providers.publicala import assumptions, types
from catalogctl.providers.publicala.sandbox import PublicalaSwitches

TEXT = Path(types.__file__).with_name("README.md").read_text(encoding="utf-8")
NAMED = set(re.findall(r"`([A-Za-z_]+)`", TEXT))


def rows() -> dict[str, list[str]]:
    """Give the cells of the table of attributes, by attribute."""
    table = TEXT.partition("## Attributes")[2].partition("\n## ")[0]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines() if line.startswith("| `")]
    return {name: row[1:] for row in cells for name in re.findall(r"`(\w+)`", row[0])}


def test_the_table_has_every_attribute_with_its_traits() -> None:
    shown = rows()
    assert shown.keys() == types.CONTENT.attributes.keys()
    for name, attribute in types.CONTENT.attributes.items():
        _, told, change, _ = shown[name]
        assert told.startswith("no" if attribute.write_only else "yes"), name
        assert change == ("replace" if attribute.replaces else "yes"), name


def test_what_is_sent_after_the_create_is_named_there() -> None:
    late = [name for name, attribute in types.CONTENT.attributes.items() if Trait.AFTER_CREATE in attribute.traits]
    assert late
    assert all("an update follows" in rows()[name][3] for name in late)


def test_every_assumption_and_every_switch_of_the_sandbox_is_named() -> None:
    constants = {name for name in vars(assumptions) if name.isupper()}
    assert constants <= NAMED
    assert {item.name for item in fields(PublicalaSwitches)} <= NAMED


def test_everything_is_dated() -> None:
    source = Path(assumptions.__file__).read_text(encoding="utf-8")
    constants = [name for name in vars(assumptions) if name.isupper()]
    assert len(re.findall(r"\d{4}-\d{2}-\d{2}", source)) >= len(constants)
