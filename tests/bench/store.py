"""The store of the benchmarks: a publica.la sandbox in a process of its own, so that its CPU is not counted as ours.

    python tests/bench/store.py      prints its URL and serves until its standard input ends
"""

import sys

from catalogctl.providers.publicala.sandbox.api import PublicalaSandbox
from catalogctl.providers.publicala.sandbox.switches import PublicalaSwitches
from catalogctl.sandbox import SandboxServer


def main() -> None:
    """Serve; `sys.argv[1]` is the latency of every answer, in seconds."""
    # Contents are ready at once: what is measured is our work, not the waiting for a conversion.
    emulator = PublicalaSandbox(PublicalaSwitches(conversion_steps=()))
    with SandboxServer({"publicala": emulator}, latency=float(sys.argv[1])) as server:
        print(server.url("publicala"), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
