"""Every folder beside this file is a case: files and a store, and the plan that comes of them.

    NAME/
    ├─ case.json          {"shows": a sentence, "plan": options of the command; "apply" and "again": those of the apply and of
    │                     the plan after it, where they are others; "apply": false for no apply}
    ├─ before/            files as they were when they were last applied; without it nothing ever was
    ├─ catalog/           files as they are now
    ├─ catalogctl.yaml    where the project file of all cases (beside this one) will not do
    ├─ stores.json        {"rows": there from the start, "edits": [{key, changes}] and "removed": [key] after the apply}
    ├─ plan.txt           expected: what is shown, 80 columns wide
    ├─ plan.json          expected: the plan, without what differs from run to run
    └─ diagnostics.txt    expected: what stderr tells, and the exit code

A plan that may be applied is applied, and the plan after that has to be empty.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from contextlib import chdir
from pathlib import Path
from typing import Any

import pytest

from catalogctl.providers.publicala.sandbox import PublicalaSandbox
from catalogctl.sandbox import EmbeddedSandbox
from catalogctl.sandbox.storage import contents
from shop import Ran, catalogctl

HERE = Path(__file__).parent
CASES = sorted(path.parent.name for path in HERE.glob("*/case.json"))
NOISE = {"base", "catalogctl_version", "checksum", "digest", "fingerprint"}
"""What differs from run to run or with every edit of the package, by name, wherever it is in the plan."""


@pytest.mark.usefixtures("piped")
@pytest.mark.parametrize("name", CASES)
def test_the_plan_is_the_one_expected_and_once_applied_there_is_nothing_left_to_do(name: str, tmp_path: Path, updating: bool) -> None:
    given = HERE / name
    about = read_json(given / "case.json")
    store = read_json(given / "stores.json")
    options = [*about.get("plan", []), "--parallelism", "1"]

    shutil.copy(HERE / "catalogctl.yaml", tmp_path)
    sandbox = EmbeddedSandbox(*contents(tmp_path, "default", "store"), PublicalaSandbox())
    sandbox.seed(store.get("rows", []))
    if (given / "before").exists():
        lay(given / "before", tmp_path)
        run(tmp_path, "apply", "--auto-approve", "--parallelism", "1").ended(0)
        shutil.rmtree(tmp_path / "catalog")
        shutil.copy(HERE / "catalogctl.yaml", tmp_path)
    lay(given, tmp_path)
    for edit in store.get("edits", []):
        sandbox.edit(edit["key"], **edit["changes"])
    for key in store.get("removed", []):
        sandbox.remove(key)

    shown = run(tmp_path, "plan", *options)
    data = run(tmp_path, "plan", "--format", "json", *options)
    found = {
        "plan.txt": shown.out,
        "plan.json": normal(data.out) if data.out else "",
        "diagnostics.txt": f"{shown.err.strip()}\nexit code {shown.code}\n".lstrip(),
    }
    assert data.code == shown.code
    for file, text in found.items():
        compare(given / file, text, updating)

    if shown.code == 0 and about.get("apply", True) is not False:
        run(tmp_path, "apply", "--auto-approve", *about.get("apply", options)).ended(0)
        again = run(tmp_path, "plan", *about.get("again", options), "--detailed-exitcode").ended(0)
        assert "No changes" in again.out, again.out


def test_there_are_cases() -> None:
    """A listing that finds nothing would pass."""
    assert len(CASES) > 40


def run(folder: Path, *arguments: str) -> Ran:
    with chdir(folder):
        return catalogctl("--quiet", *arguments)


def lay(given: Path, folder: Path) -> None:
    """Put a case's own files into its folder."""
    if (given / "catalog").exists():
        shutil.copytree(given / "catalog", folder / "catalog", dirs_exist_ok=True)
    (folder / "catalog").mkdir(exist_ok=True)
    if (given / "catalogctl.yaml").exists():
        shutil.copy(given / "catalogctl.yaml", folder)


def read_json(path: Path) -> dict[str, Any]:
    return dict(json.loads(path.read_bytes())) if path.exists() else {}


def normal(plan: str) -> str:
    return json.dumps(quiet(json.loads(plan)), ensure_ascii=False, indent=1) + "\n"


def quiet(value: Any) -> Any:
    match value:
        case Mapping():
            return {name: quiet(part) for name, part in value.items() if name not in NOISE}
        case list():
            return [quiet(part) for part in value]
        case _:
            return value


def compare(expected: Path, text: str, updating: bool) -> None:
    if updating:
        if text:
            expected.write_text(text, encoding="utf-8")
        else:
            expected.unlink(missing_ok=True)
    assert text == (expected.read_text(encoding="utf-8") if expected.exists() else "")
