"""Load a catalog, and say how long that alone took.

python tests/bench/load.py FOLDER      prints the seconds of CPU
"""

import sys
import time
from pathlib import Path

from catalogctl.config.cache import open_cache
from catalogctl.config.documents import load
from catalogctl.config.project import load_project
from catalogctl.system.gc_pause import keeping_all


def main() -> None:
    """Load as the commands do."""
    project = load_project(Path(sys.argv[1]))
    with keeping_all(), open_cache() as cache:
        started = time.process_time()
        documents = load(project, cache)
        took = time.process_time() - started
    assert documents.files, "there is nothing to load"
    print(f"{took:.4f}")


if __name__ == "__main__":
    main()
