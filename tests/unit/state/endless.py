"""A run without end, for killing: `python -m unit.state.endless FOLDER`.

It goes on from where the state says that the one before was, takes step after step, says so once a step is durable,
and closes and opens its ledger on the way.
"""

import sys
from datetime import UTC, datetime
from pathlib import Path

from catalogctl.model.resource import Recorded
from catalogctl.state.backend import LockInfo
from catalogctl.state.journal import Outcome
from catalogctl.state.ledger import Held, Ledger
from catalogctl.state.local import LocalBackend
from catalogctl.system.safe_folder import SafeFolder
from unit.state.samples import LINEAGE, address, done, gone, intent, types


def counted(counter: Recorded | None) -> int:
    """How many steps are remembered."""
    return 0 if counter is None else int(str(counter.attributes["integer-one"]))


def step(number: int) -> list[Outcome]:
    """The n-th step counts, puts a resource in and takes an older one out: all or nothing of it must be remembered."""
    count = done(0, "create", **{"integer-one": number})
    return [count, done(1 + number % 7, "note", **{"integer-one": number}), gone(1 + (number + 3) % 7)]


def run(folder: Path) -> None:
    place = LocalBackend(SafeFolder(folder), "default")
    info = LockInfo.of_this_process("default", "catalogctl apply", id_="x", since=datetime.now(UTC))
    with place.lock(info, 10) as held:
        while True:
            ledger = Ledger.open(Held(place, held, types, LINEAGE))
            begun = counted(ledger.get(address(0)))
            for number in range(begun + 1, begun + 4):
                ledger.commit([intent(0)])
                sys.stdout.write(f"announced {number}\n")
                sys.stdout.flush()
                ledger.commit(step(number))
                sys.stdout.write(f"done {number}\n")
                sys.stdout.flush()
            ledger.close()


if __name__ == "__main__":
    run(Path(sys.argv[1]))
