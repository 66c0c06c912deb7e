"""Hold every locked package against the database of known vulnerabilities, by pip-audit.

Exit codes:
  0  every package was looked up, and none has a known vulnerability
  1  some have; each is listed
  2  the database could not be reached, or does not know some of the packages: nothing is vouched for
`make audit` ends with make's own 2 for both of the latter, and the last line of the output tells which it is.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
COMMAND = (sys.executable, "-m", "pip_audit", "--require-hashes", "--disable-pip", "--format", "json", "--progress-spinner", "off")
CLEAN, VULNERABLE, UNKNOWN = 0, 1, 2


def verdict(text: str) -> tuple[int, list[str]]:
    """Judge what pip-audit answered.

    Shapes:  `text` is its JSON; empty where it gave none. The lines are for people.
    """
    try:
        found: list[dict[str, Any]] = json.loads(text)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return UNKNOWN, ["The database of vulnerabilities could not be reached: nothing was looked up, and nothing is vouched for."]
    skipped = [item for item in found if "skip_reason" in item]
    harmed = [item for item in found if item.get("vulns")]
    lines = [
        f"{item['name']} {item['version']}: {one['id']}, mended in {', '.join(one.get('fix_versions') or []) or 'no version yet'}"
        for item in harmed
        for one in item["vulns"]
    ]
    if skipped or not found:
        names = ", ".join(item["name"] for item in skipped[:3])
        lines.append(f"{len(skipped)} of {len(found)} packages were not found in the database ({names}, …): they are not vouched for.")
    if harmed:
        return VULNERABLE, lines
    if skipped or not found:
        return UNKNOWN, lines
    return CLEAN, [f"{len(found)} packages, none with a known vulnerability."]


def main() -> int:
    """Audit every lock file and say what was found."""
    locks = sorted(path for path in ROOT.glob("requirements*.txt"))
    command = [*COMMAND, *(part for path in locks for part in ("-r", str(path)))]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    code, lines = verdict(ran.stdout)
    if code == UNKNOWN and not ran.stdout:
        lines += ran.stderr.strip().splitlines()[-1:]
    print("\n".join(["Audit of " + ", ".join(path.name for path in locks), *lines]))
    return code


if __name__ == "__main__":
    sys.exit(main())
