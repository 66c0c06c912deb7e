"""The provider's page says all that its code says."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

from catalogctl.model.resource import Trait
from catalogctl.providers.publishdrive import assumptions, endpoints, provider
from catalogctl.providers.publishdrive.options import Options
from catalogctl.providers.publishdrive.sandbox import PublishdriveSwitches
from catalogctl.providers.publishdrive.types import ROLES, TYPES

TEXT = (Path(__file__).parents[4] / "docs" / "providers" / "publishdrive.md").read_text(encoding="utf-8")
NAMED = set(re.findall(r"`([A-Za-z_0-9]+)`", TEXT))


def table(heading: str) -> list[list[str]]:
    """Give the cells of the first table below a heading."""
    inside = TEXT.partition(f"## {heading}")[2].partition("\n## ")[0]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in inside.splitlines() if line.startswith("| ")][1:]


def attributes() -> dict[str, list[str]]:
    """Give the cells of the table of attributes, by type and attribute."""
    found = {}
    for row in table("Attributes"):
        kind = row[0].split()[0]
        found.update({f"{kind}.{name}": row[1:] for name in re.findall(r"`(\w+)`", row[0])})
    return found


def test_the_table_has_every_attribute_with_its_traits() -> None:
    shown = attributes()
    every = {f"{kind.name}.{name}": attribute for kind in TYPES.values() for name, attribute in kind.attributes.items()}
    assert shown.keys() == every.keys()
    for name, attribute in every.items():
        _, told, change, notes = shown[name]
        assert told == ("no" if attribute.write_only else "yes"), name
        assert change == ("replace" if attribute.replaces else "yes"), name
        assert ("new id" in notes) is (Trait.RENEWS in attribute.traits), name
        assert ("set again" in notes) is (Trait.UNDONE in attribute.traits), name


def test_every_option_and_every_detail_is_named() -> None:
    rows = {row[0].strip("`"): row for row in table("Saying it")}
    assert Options.model_fields.keys() <= rows.keys()
    for name in ("audio_details", "ebook_details", "pod_details"):
        details = Options.model_fields[name].annotation
        assert {f"`{field}`" for field in details.__args__[0].model_fields} <= set(re.findall(r"`\w+`", rows[name][1]))  # type: ignore[union-attr]


def test_every_role_of_a_file_is_named() -> None:
    assert {role for roles in ROLES.values() for role in roles} <= NAMED


def test_every_kind_of_request_is_listed() -> None:
    shown = TEXT.partition("## Requests")[2].partition("\n## ")[0]
    for name, words in {
        "LIST": "GET …/books?page=1",
        "READ": "GET …/books/{id}",
        "FIND": "GET …/books/external-id/{key}",
        "CREATE": "POST …/books",
        "UPDATE": "PATCH …/books/{id}",
        "DELETE": "DELETE …/books/{id}",
        "REQUEST": "POST …/upload",
        "PUT": "PUT",
        "ATTACH": "PATCH …/file/{id}/attach",
        "PUBLISH": "POST …/publish",
        "UNPUBLISH": "POST …/unpublish",
    }.items():
        assert f"`{words}" in shown, name
        assert str(getattr(endpoints, name)).startswith(words.partition(" ")[0]), name
    assert {name for name in vars(endpoints) if name.isupper() and not name.startswith("_")} == {
        *("LIST", "READ", "FIND", "CREATE", "UPDATE", "DELETE", "REQUEST", "PUT", "ATTACH", "PUBLISH", "UNPUBLISH")
    }


def test_every_assumption_and_every_switch_of_the_sandbox_is_named() -> None:
    constants = {name for name in vars(assumptions) if name.isupper()}
    assert {row[0].strip("`") for row in table("Assumptions")} == constants
    assert {item.name for item in fields(PublishdriveSwitches)} <= NAMED


def test_the_limits_are_those_of_the_provider() -> None:
    limits = provider.limits
    assert f"`concurrency` is {limits.concurrency}" in TEXT
    assert f"`timeout` is {limits.timeout:.0f} s" in TEXT
    assert limits.requests_per_minute is None


def test_everything_is_dated() -> None:
    source = Path(assumptions.__file__).read_text(encoding="utf-8")
    constants = [name for name in vars(assumptions) if name.isupper()]
    assert len(re.findall(r"\d{4}-\d{2}-\d{2}", source)) >= len(constants)
