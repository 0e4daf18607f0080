"""Work spread over processes: answers come back in the order of the tasks, whatever the number of processes."""

from __future__ import annotations

import gc
import os
import sys
from typing import TYPE_CHECKING

from vpce_lint.limits import DEEPEST_RECURSION

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class LostError(Exception):
    """A worker process ended before its time; something from outside must have killed it."""


_work: Callable[[int], bytes] | None = None
"""What the workers do: they are copies of this process, so that nothing has to be sent to them."""


def processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0)) or 1
    return os.cpu_count() or 1


def can_spread() -> bool:
    """Whether this system can make copies of a process."""
    return hasattr(os, "fork")


def spread(work: Callable[[int], bytes], tasks: int, jobs: int) -> Iterator[bytes]:
    """What ``work`` makes of 0, 1, 2 … up to the number of tasks, in that order.

    With more than one job that happens in copies of this process. Exceptions of ``work`` are raised here;
    ``LostError`` where a worker is killed.
    """
    if jobs < 2 or tasks < 2 or not can_spread():
        yield from map(work, range(tasks))
        return
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415 (takes as long as a small scan)
    from concurrent.futures.process import BrokenProcessPool  # noqa: PLC0415
    from multiprocessing import get_context  # noqa: PLC0415

    global _work  # noqa: PLW0603 (the copies inherit it)
    _work = work
    gc.freeze()  # what is here already stays shared between the copies
    pool = ProcessPoolExecutor(min(jobs, tasks), mp_context=get_context("fork"), initializer=_prepare)
    try:
        yield from pool.map(_carry_out, range(tasks), chunksize=_chunk(tasks, jobs))
    except BrokenProcessPool as error:
        msg = "a worker process was ended from outside, perhaps for want of memory: fewer --jobs need less"
        raise LostError(msg) from error
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        gc.unfreeze()
        _work = None


def _chunk(tasks: int, jobs: int) -> int:
    """Tasks sent at once: few enough that no worker is left with the last of them for long."""
    return max(1, min(32, tasks // (jobs * 8)))


def _prepare() -> None:
    """Leave an interruption to the parent, which ends its workers."""
    import signal  # noqa: PLC0415 (only workers need it)

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.setrecursionlimit(max(sys.getrecursionlimit(), DEEPEST_RECURSION))


def _carry_out(task: int) -> bytes:
    if _work is None:
        msg = "a worker has no work"
        raise RuntimeError(msg)
    return _work(task)
