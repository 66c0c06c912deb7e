"""The provider's page says all that its code says."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from catalogctl.model.resource import ResourceType, Trait
from catalogctl.provider.endpoint import Endpoint
from catalogctl.providers.publicala import assumptions, endpoints, types
from catalogctl.providers.publicala.options import ONLY_V1, ONLY_V3, Options, Settings
from catalogctl.providers.publicala.sandbox import PublicalaSwitches

TEXT = (Path(__file__).parents[4] / "docs" / "providers" / "publicala.md").read_text(encoding="utf-8")
NAMED = set(re.findall(r"`([A-Za-z_0-9]+)`", TEXT))


def tables() -> list[dict[str, list[str]]]:
    """Give the cells of each table of attributes, by attribute."""
    text = TEXT.partition("## Attributes")[2].partition("\n## ")[0]
    found: list[dict[str, list[str]]] = []
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if cells[0] == "attribute":
            found.append({})
        elif line.startswith("| `"):
            found[-1] |= dict.fromkeys(re.findall(r"`(\w+)`", cells[0]), cells[1:])
    return found


@pytest.mark.parametrize(("type_", "shown"), list(zip((types.CONTENT, types.TRACK, types.TRACK_ORDER), tables(), strict=True)))
def test_the_tables_have_every_attribute_with_its_traits(type_: ResourceType, shown: dict[str, list[str]]) -> None:
    assert shown.keys() == type_.attributes.keys()
    for name, attribute in type_.attributes.items():
        _, told, change, _ = shown[name]
        assert told.startswith("no" if attribute.write_only else "yes"), name
        assert change == ("replace" if attribute.replaces else "yes"), name


def test_what_is_sent_after_the_create_is_named_there() -> None:
    late = [name for name, attribute in types.CONTENT.attributes.items() if Trait.AFTER_CREATE in attribute.traits]
    assert late
    assert all("an update follows" in tables()[0][name][3] for name in late)


def test_every_option_and_setting_is_explained() -> None:
    assert {*Options.model_fields, *Settings.model_fields} <= NAMED
    shared = {*ONLY_V1, *ONLY_V3}
    assert shared <= Options.model_fields.keys()


def test_every_endpoint_is_listed() -> None:
    paths = {
        value.path.removeprefix("/api/v3").removeprefix("/integration-api/v1/dashboard")
        for value in vars(endpoints).values()
        if isinstance(value, Endpoint)
    }
    missing = {path for path in paths if f"…{path}" not in TEXT}
    assert missing == set()


def test_every_assumption_and_every_switch_of_the_sandbox_is_named() -> None:
    constants = {name for name in vars(assumptions) if name.isupper()}
    assert constants <= NAMED
    assert {item.name for item in fields(PublicalaSwitches)} <= NAMED


def test_everything_is_dated() -> None:
    source = Path(assumptions.__file__).read_text(encoding="utf-8")
    constants = [name for name in vars(assumptions) if name.isupper()]
    assert len(re.findall(r"\d{4}-\d{2}-\d{2}", source)) >= len(constants)
