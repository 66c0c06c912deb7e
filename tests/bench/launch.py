"""Run a command and write down what it cost: seconds on the wall and of CPU, and its largest resident set in KiB.

A process of its own, and a small one: the system counts the memory of whoever starts a process as that process's own, and the
benchmarks' process may be larger than what it measures.
"""

import os
import sys
import time

if __name__ == "__main__":
    written, *command = sys.argv[1:]
    begun = time.perf_counter()
    child = os.posix_spawnp(command[0], command, os.environ)
    # wait4 gives the resources of this child alone; getrusage(RUSAGE_CHILDREN) would add up every child so far.
    _pid, status, usage = os.wait4(child, 0)
    wall = time.perf_counter() - begun
    with open(written, "w", encoding="ascii") as file:  # noqa: PTH123 -- pathlib would make this process larger
        file.write(f"{wall} {usage.ru_utime + usage.ru_stime} {usage.ru_maxrss}")
    sys.exit(os.waitstatus_to_exitcode(status))
