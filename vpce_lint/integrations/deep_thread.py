"""Work that recurses deeply, done where the caller's thread has no room for it."""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

STACK = 256 * 1024 * 1024
"""Bytes of address space; only what is used becomes memory. The main thread's 8 MB are enough for the command line."""

_ONE_AT_A_TIME = threading.Lock()


def call_deeply(work: Callable[[], T], depth: int) -> T:
    """The result of ``work`` in a thread of its own that may recurse so deep; what it raises is raised here.

    Python's limit holds for all threads of a process, so it is raised for this time only, and by one at a time.
    """
    results: list[T] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(work())
        except BaseException as error:  # noqa: BLE001 (it is raised again below, where it can be caught)
            errors.append(error)

    with _ONE_AT_A_TIME:
        limit = sys.getrecursionlimit()
        size = threading.stack_size(STACK)
        try:
            sys.setrecursionlimit(max(limit, depth))
            thread = threading.Thread(target=run, name="vpce-lint")
            thread.start()
        finally:
            threading.stack_size(size)
        thread.join()
        sys.setrecursionlimit(limit)
    if errors:
        raise errors[0]
    return results[0]
