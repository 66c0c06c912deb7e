"""Write the lock files from pyproject.toml, or check that they still belong to it.

`tools/lock.py` needs uv on PATH and the network. `tools/lock.py --check` needs neither: the first line of each lock file carries a digest
of the requirements it was made from. Pins that are there are kept; delete a lock file first to have newer versions.
"""

import hashlib
import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCKS = {  # lock file → the extras it carries, beside what catalogctl itself needs; each agrees with the first
    "requirements.txt": (),
    "requirements-objectstore.txt": ("objectstore",),
    "requirements-onix.txt": ("onix",),
    "requirements-report.txt": ("report",),
    "requirements-xlsx.txt": ("xlsx",),
    "requirements-dev.txt": ("dev", "objectstore", "onix", "report", "xlsx"),
}
REQUIREMENT = re.compile(r"^[a-z0-9][a-z0-9._-]*==[^\s;]+( ; [^\\]+)? \\$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}( \\)?$")


def digest(extras: tuple[str, ...]) -> str:
    """Digest what pyproject.toml asks of the lock file that carries `extras`."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = [project["requires-python"], sorted(project["dependencies"])]
    asked += [sorted(project["optional-dependencies"][extra]) for extra in extras]
    return hashlib.sha256(json.dumps(asked).encode()).hexdigest()


def first_line(extras: tuple[str, ...]) -> str:
    """Return what the lock file was made from."""
    return f"# Made by `make lock` from the requirements of pyproject.toml, sha256 {digest(extras)}"


def write(name: str, extras: tuple[str, ...]) -> None:
    """Resolve once for every Python and platform we support, with the hash of every file that may be installed."""
    command = ["uv", "pip", "compile", "pyproject.toml", "--quiet", "--universal", "--python-version", "3.11", "--generate-hashes"]
    command += ["--no-emit-index-url", "--no-emit-find-links", "--no-header", "--output-file", name]
    command += [part for extra in extras for part in ("--extra", extra)]
    if name != "requirements.txt":
        command += ["--constraint", "requirements.txt"]
    subprocess.run(command, cwd=ROOT, check=True, env=os.environ | {"UV_NO_PROGRESS": "1"})
    path = ROOT / name
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip() and not line.startswith("# Made by")]
    path.write_text("\n".join([first_line(extras), *lines]) + "\n", encoding="utf-8")


def problems(name: str, extras: tuple[str, ...]) -> list[str]:
    """List what is wrong with one lock file: made from other requirements, a pin without hashes, a line that is neither."""
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    found: list[str] = []
    if lines[0] != first_line(extras):
        found.append(f"{name}: made from other requirements than those in pyproject.toml; run `make lock`")
    for number, line in enumerate(lines[1:], 2):
        if not (REQUIREMENT.match(line) or HASH.match(line) or line.startswith("    #")):
            found.append(f"{name}:{number}: neither a hashed pin nor a comment: {line}")
    return found


def main() -> int:
    """Write the lock files, or with `--check` judge them."""
    if sys.argv[1:] == ["--check"]:
        found = [problem for name, extras in LOCKS.items() for problem in problems(name, extras)]
        print("\n".join(found) or "The lock files belong to pyproject.toml.")
        return 1 if found else 0
    for name, extras in LOCKS.items():
        write(name, extras)
    return 0


if __name__ == "__main__":
    sys.exit(main())
