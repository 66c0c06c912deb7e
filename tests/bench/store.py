"""The store of the benchmarks: a sandbox in a process of its own, so that its CPU is not counted as ours.

python tests/bench/store.py PROVIDER LATENCY      prints its URL and serves until its standard input ends
"""

import sys
from collections.abc import Callable, Mapping
from typing import Final

from catalogctl.provider.emulation import Emulator
from catalogctl.providers.openpublishing.sandbox import OpenPublishingSandbox, OpenPublishingSwitches
from catalogctl.providers.publicala.sandbox import PublicalaSandbox, PublicalaSwitches
from catalogctl.providers.publishdrive.sandbox import PublishdriveSandbox, PublishdriveSwitches
from catalogctl.sandbox import SandboxServer

EMULATORS: Final[Mapping[str, Callable[[], Emulator]]] = {
    # Contents are ready at once: what is measured is our work, not the waiting for a conversion.
    "publicala": lambda: PublicalaSandbox(PublicalaSwitches(conversion_steps=(), v3_docs="A")),
    "publishdrive": lambda: PublishdriveSandbox(PublishdriveSwitches()),
    "openpublishing": lambda: OpenPublishingSandbox(OpenPublishingSwitches(products="as_asked")),
}


def main() -> None:
    """Serve; `sys.argv[2]` is the latency of every answer, in seconds."""
    provider = sys.argv[1]
    with SandboxServer({provider: EMULATORS[provider]()}, latency=float(sys.argv[2])) as server:
        print(server.url(provider), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
