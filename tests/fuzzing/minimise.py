"""A failing input made small: delta debugging over files, then lines, then bytes.

Source: Zeller and Hildebrandt, "Simplifying and Isolating Failure-Inducing Input" (ddmin).
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from fuzzing.case import Case

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def minimise(case: Case, fails: Callable[[Case], bool], seconds: float) -> Case:
    """The smallest case that is found in this time and still fails; ``case`` itself has to fail."""
    end = time.monotonic() + seconds

    def still(smaller: Case) -> bool:
        return time.monotonic() < end and fails(smaller)

    for name in sorted(case.files, key=lambda name: -len(case.files[name])):
        if len(case.files) > 1 and still(case.without_file(name)):
            case = case.without_file(name)
    for split in (_lines, _bytes):
        for name in sorted(case.files):
            case = _shrunk(case, name, split(case.files[name]), still)
    return case


def _lines(data: bytes) -> list[bytes]:
    return data.splitlines(keepends=True)


def _bytes(data: bytes) -> list[bytes]:
    return [data[at : at + 1] for at in range(len(data))]


def _shrunk(case: Case, name: str, parts: Sequence[bytes], still: Callable[[Case], bool]) -> Case:
    """The case with as few of the parts of one file as are needed."""
    parts, pieces = list(parts), 2
    while parts:
        size = max(1, len(parts) // pieces)
        for start in range(0, len(parts), size):
            fewer = parts[:start] + parts[start + size :]
            smaller = case.with_file(name, b"".join(fewer))
            if still(smaller):
                case, parts, pieces = smaller, fewer, max(2, pieces - 1)
                break
        else:
            if size == 1:
                return case
            pieces = min(len(parts), 2 * pieces)
    return case
