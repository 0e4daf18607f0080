"""Work in a thread with room for deep recursion."""

from __future__ import annotations

import sys
import threading

import pytest

from vpce_lint.integrations.deep_thread import call_deeply

DEPTH = 20_000


def nested(depth: int) -> int:
    """Recurse through C code at each level, as sorting keys and rendering values do."""
    return 0 if depth == 0 else max([depth], key=lambda _: nested(depth - 1)) and depth


def test_deep_recursion_ends_well() -> None:
    """Levels that need C's stack too fit into the thread's, and the limits are afterwards as they were."""
    before = sys.getrecursionlimit(), threading.stack_size()
    assert call_deeply(lambda: nested(DEPTH // 5), DEPTH) == DEPTH // 5
    assert (sys.getrecursionlimit(), threading.stack_size()) == before


def test_too_deep_is_an_error_not_a_crash() -> None:
    """Endless recursion ends as an exception that the caller can catch."""
    with pytest.raises(RecursionError):
        call_deeply(lambda: nested(10 * DEPTH), DEPTH)
