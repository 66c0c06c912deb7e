"""What a command loads before it does anything: help and completion are typed at, and must be quick."""

from __future__ import annotations

import subprocess
import sys

import pytest

from catalogctl.cli.main import COMMANDS
from shop import Shop, ended

HEAVY = ("httpx", "pydantic", "jsonschema", "jsonschema_rs", "deepdiff", "yaml", "pycountry", "stdnum", "tenacity", "obstore")
"""What takes long to import and is needed by some command only."""


def loaded(shop: Shop, *arguments: str) -> set[str]:
    """Run a command in a process of its own, and give the heavy modules that it has imported by its end."""
    script = "import sys; from catalogctl.cli.main import run; code = run(sys.argv[1:]); sys.stdout.flush(); "
    script += f"sys.stderr.write('\\nLOADED ' + ' '.join(name for name in {HEAVY!r} if name in sys.modules)); sys.exit(code)"
    process = subprocess.Popen(
        [sys.executable, "-c", script, *arguments], cwd=shop.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    return set(ended(process).ended(0).err.rpartition("LOADED ")[2].split())


@pytest.mark.usefixtures("importable")
@pytest.mark.parametrize(
    "arguments", [["--help"], ["version"], ["completion", "bash"], ["plan", "--help"], ["apply", "--help"], ["state", "--help"]]
)
def test_help_and_completion_load_nothing_heavy(shop: Shop, arguments: list[str]) -> None:
    assert loaded(shop, *arguments) == set()


@pytest.mark.usefixtures("importable")
def test_validate_speaks_no_http_and_explains_no_difference(shop: Shop) -> None:
    shop.title()
    assert not loaded(shop, "validate") & {"httpx", "deepdiff", "obstore"}


def test_what_a_shell_asks_for_is_completed_without_loading_anything_heavy(shop: Shop) -> None:
    ended(shop.start(_CATALOGCTL_COMPLETE="bash_complete", COMP_WORDS="catalogctl pl", COMP_CWORD="1"))  # notes what commands there are
    for words, expected in (("catalogctl pl", "plan"), ("catalogctl plan --det", "--detailed-exitcode"), ("catalogctl state sh", "show")):
        asked = {"_CATALOGCTL_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(words.count(" "))}
        process = shop.start(**asked, PYTHONPROFILEIMPORTTIME="1")
        answer = ended(process)
        assert f"plain,{expected}" in answer.out.splitlines(), answer
        imported = {line.rpartition("|")[2].strip() for line in answer.err.splitlines()}
        assert "catalogctl.cli.complete" in imported
        assert not imported & {"click", "rich", *HEAVY}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_says_what_it_does(shop: Shop, command: str) -> None:
    assert f"Usage: catalogctl {command}" in shop.run(command, "--help").ended(0).out
    assert f"  {command} " in shop.run("--help").ended(0).out


def test_providers_schemas_and_version_are_told(shop: Shop) -> None:
    assert "publica.la" in shop.run("providers").ended(0).out
    assert shop.run("version").ended(0).out.startswith("catalogctl ")
    for kind in shop.run("schema").ended(0).out.split():
        assert "$id" in shop.run("schema", kind).ended(0).json
    written = shop.folder / "all"
    shop.run("schema", "--write", str(written)).ended(0)
    assert {path.name for path in written.iterdir()} == {f"{kind}.schema.json" for kind in shop.run("schema").out.split()}
