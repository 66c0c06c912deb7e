"""The bill of materials comes from the lock, an audit vouches for nothing it did not look up, and the threat model names real tests."""

from __future__ import annotations

import ast
import importlib.util
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import jsonschema
import pytest
from referencing import Registry, Resource

ROOT = Path(__file__).resolve().parents[1]


def tool(name: str) -> ModuleType:
    """Import a script of tools/."""
    spec = importlib.util.spec_from_file_location(f"tool_{name}", ROOT / "tools" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def written(target: Path, **environment: str) -> bytes:
    command = [sys.executable, str(ROOT / "tools" / "sbom.py"), str(target)]
    subprocess.run(command, check=True, capture_output=True, env={**os.environ, **environment})
    return target.read_bytes()


@pytest.fixture(scope="module")
def bill(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return json.loads(written(tmp_path_factory.mktemp("sbom") / "sbom.json"))


def test_the_same_lock_gives_the_same_bytes(tmp_path: Path) -> None:
    first = written(tmp_path / "a.json", TZ="UTC", PYTHONHASHSEED="1")
    assert first == written(tmp_path / "b.json", TZ="Asia/Tokyo", PYTHONHASHSEED="2")
    assert b"timestamp" not in first
    assert b"serialNumber" not in first
    assert str(ROOT).encode() not in first


def test_every_pin_of_the_lock_has_a_digest_and_is_in_the_bill(bill: Any) -> None:
    lock = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    pinned = dict(re.findall(r"^([a-z0-9._-]+)==([^\s;\\]+)", lock, flags=re.MULTILINE))
    told = {item["name"]: item for item in bill["components"]}
    assert {name: told[name]["version"] for name in pinned} == pinned
    for name in pinned:
        digests = [item["value"] for item in told[name]["properties"] if item["name"] == "catalogctl:lock:sha256"]
        assert digests
        assert all(f"--hash=sha256:{digest}" in lock for digest in digests), name


def test_what_needs_what_is_in_the_bill(bill: Any) -> None:
    needs = {item["ref"].partition("@")[0].removeprefix("pkg:pypi/"): item["dependsOn"] for item in bill["dependencies"]}
    assert any("/click@" in ref for ref in needs["catalogctl"])
    assert any("/h11@" in ref for ref in needs["httpcore"])
    assert {ref for refs in needs.values() for ref in refs} <= {item["bom-ref"] for item in bill["components"]}


def test_installed_packages_tell_their_licences(bill: Any) -> None:
    of_windows = {"colorama", "win-unicode-console"}
    without = [item["name"] for item in bill["components"] if "licenses" not in item and item["name"] not in of_windows]
    assert without == []


def test_the_bill_is_valid_cyclonedx(bill: Any) -> None:
    schema_of = importlib.util.find_spec("cyclonedx.schema")
    assert schema_of is not None, "pip-audit, which the tests' environment has, brings the schemas along"
    assert schema_of.origin is not None
    folder = Path(schema_of.origin).parent / "_res"
    named = {"bom-1.6": "bom-1.6", "spdx": "spdx", "jsf-0.82": "jsf-0.82"}
    schemas = {name: json.loads((folder / f"{file}.SNAPSHOT.schema.json").read_text(encoding="utf-8")) for name, file in named.items()}
    pairs = [(f"http://cyclonedx.org/schema/{name}.SNAPSHOT.schema.json", Resource.from_contents(one)) for name, one in schemas.items()]
    judge = jsonschema.Draft7Validator(schemas["bom-1.6"], registry=Registry().with_resources(pairs))
    assert [error.message for error in judge.iter_errors(bill)] == []
    broken = {**bill, "components": [{**bill["components"][0], "type": "nonsense"}]}
    assert not judge.is_valid(broken)


# -- the audit -----------------------------------------------------------------------------------------------------------


def answer(*dependencies: dict[str, Any]) -> str:
    return json.dumps({"dependencies": list(dependencies), "fixes": []})


FINE = {"name": "click", "version": "8.5.1", "vulns": []}
HARMED = {"name": "jinja2", "version": "2.0", "vulns": [{"id": "PYSEC-2019-217", "fix_versions": ["2.10.1"], "aliases": []}]}
UNKNOWN = {"name": "rich", "skip_reason": "Dependency not found"}


@pytest.mark.parametrize(
    ("said", "code", "words"),
    [
        (answer(FINE), 0, "1 packages, none with a known vulnerability."),
        (answer(FINE, HARMED), 1, "jinja2 2.0: PYSEC-2019-217, mended in 2.10.1"),
        (answer(FINE, HARMED, UNKNOWN), 1, "1 of 3 packages were not found"),
        (answer(FINE, UNKNOWN), 2, "not vouched for"),
        (answer(), 2, "0 of 0"),
        ("", 2, "could not be reached"),
        ("{}", 2, "could not be reached"),
        ("<html>", 2, "could not be reached"),
    ],
)
def test_an_audit_vouches_for_nothing_that_was_not_looked_up(said: str, code: int, words: str) -> None:
    judged, lines = tool("audit").verdict(said)
    assert judged == code
    assert words in "\n".join(lines)


# -- the threat model ----------------------------------------------------------------------------------------------------


def test_every_test_that_the_threat_model_names_exists() -> None:
    page = (ROOT / "docs" / "threat-model.md").read_text(encoding="utf-8")
    named = re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", page)
    assert len(named) > 30
    for file, name in named:
        tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
        assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}, f"{file}::{name}"


def test_every_line_of_the_threat_model_is_held_by_a_test() -> None:
    page = (ROOT / "docs" / "threat-model.md").read_text(encoding="utf-8")
    held = page.split("## What holds each line")[1].split("## What is not held")[0]
    rows = [row for row in held.splitlines() if row.startswith("| ") and not row.startswith(("| ---", "| what is tried"))]
    assert rows
    assert [row for row in rows if not re.search(r"`tests/[\w/]+\.py::test_\w+` \|$", row)] == []


def test_the_security_policy_names_a_private_way_and_invents_no_address() -> None:
    policy = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    assert "Report a vulnerability" in policy
    assert not re.search(r"\S+@\S+\.\S+", policy)
    version = re.search(r'__version__ = "(\d+\.\d+)', (ROOT / "catalogctl" / "__init__.py").read_text(encoding="utf-8"))
    assert version is not None
    assert f"| {version[1]} | yes |" in policy
