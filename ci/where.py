"""Tell where this run is, a fact a line: `host=`, `head=`, `pull_request=` (a number or nothing), `fork=` and
`queued=` (`true` or nothing), `page=`.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))  # last: an installed catalogctl comes first

from ci.ending import leave
from ci.run import this_run


def main() -> int:
    """Print them."""
    run = this_run()
    print(f"host={run.host.name.lower()}\nhead={run.head}\npull_request={run.pull_request or ''}")
    print(f"fork={'true' if run.is_fork else ''}\nqueued={'true' if run.is_queued else ''}\npage={run.page}")
    return 0


if __name__ == "__main__":
    leave(main)
