"""Fetch the last copy of the state that the main branch left: `recorded.py NAME FILE`.

Prints when it was made, where the host tells. Exit code 2: there is none.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))  # last: an installed catalogctl comes first

from ci.ending import leave
from ci.host import service
from ci.run import this_run


def main() -> int:
    """Write the copy."""
    name, file = sys.argv[1:]
    found = service(this_run()).recorded_state(f"catalogctl-state-{name}")
    if found is None:
        return 2
    Path(file).write_bytes(found.data)
    print(found.when)
    return 0


if __name__ == "__main__":
    leave(main)
