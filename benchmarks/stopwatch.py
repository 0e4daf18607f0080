"""Runs one command and writes down what it took: ``python -I -S stopwatch.py RESULT SECONDS COMMAND ...``.

A process of its own, and a small one: Linux counts what a process has in memory before it becomes another
program as that program's peak. RESULT gets JSON: seconds of wall time, seconds of processor time (user and system, of all
processes that were waited for), bytes at the peak of the largest process, of the first one and of all together, and
the exit code, or null where the command took longer than SECONDS and was ended. The peaks of the first and of all are
sampled; memory that processes share is counted once.
"""

from __future__ import annotations

import json
import os
import select
import signal
import sys
from time import perf_counter

SAMPLED_EVERY = 50
"""Milliseconds between two looks at the first process's memory."""

ALL_EVERY = 6
"""Of so many looks one is at the memory of all processes, which takes the kernel longer to tell."""

PAGE = os.sysconf("SC_PAGE_SIZE")


def descendants(pid: int) -> list[int]:
    """A process and all that it started."""
    found = [pid]
    for each in found:
        try:
            with open(f"/proc/{each}/task/{each}/children", encoding="ascii") as file:  # noqa: PTH123 (kept small)
                found += map(int, file.read().split())
        except OSError:
            continue
    return found


def resident(pid: int) -> int:
    """Bytes of a process in memory; none where it has ended."""
    try:
        with open(f"/proc/{pid}/statm", encoding="ascii") as file:  # noqa: PTH123 (kept small)
            return int(file.read().split()[1]) * PAGE
    except (OSError, IndexError):
        return 0


def proportional(pid: int) -> int:
    """Bytes of a process in memory, with its share only of what it shares; none where it has ended."""
    try:
        with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:  # noqa: PTH123 (kept small)
            return next((int(line.split()[1]) * 1024 for line in file if line.startswith("Pss:")), 0)
    except OSError:
        return 0


def main(result: str, limit: float, command: list[str]) -> None:
    """Run it, watch it, write the result."""
    first = together = 0
    for each in (
        signal.SIGINT,
        signal.SIGTERM,
    ):  # also where a shell has it ignored, as for what runs in the background
        signal.signal(each, signal.default_int_handler)
    start = perf_counter()
    pid = os.posix_spawnp(command[0], command, os.environ, setpgroup=0)
    ended = select.poll()
    ended.register(os.pidfd_open(pid), select.POLLIN)
    in_time = True
    looks = 0
    try:
        while not ended.poll(SAMPLED_EVERY):
            first = max(first, resident(pid))
            looks += 1
            if looks % ALL_EVERY == 0 and len(processes := descendants(pid)) > 1:
                together = max(together, sum(map(proportional, processes)))
            if perf_counter() - start > limit:
                in_time = False
                os.killpg(pid, signal.SIGKILL)
                break
    except BaseException:  # whoever interrupts the measurement wants nothing of it to go on
        os.killpg(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        raise
    _, status, usage = os.wait4(pid, 0)
    wall = perf_counter() - start
    largest = usage.ru_maxrss * 1024
    taken = {
        "wall": wall,
        "cpu": usage.ru_utime + usage.ru_stime,
        "largest": largest,
        "first": first or largest,
        "together": max(together, largest),
        "code": os.waitstatus_to_exitcode(status) if in_time else None,
    }
    with open(result, "w", encoding="ascii") as file:  # noqa: PTH123 (kept small)
        json.dump(taken, file)


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), sys.argv[3:])
