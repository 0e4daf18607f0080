"""A failing input made small: delta debugging over files, then lines, then bytes.

Source: Zeller and Hildebrandt, "Simplifying and Isolating Failure-Inducing Input" (ddmin).
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fuzzing.case import Case


class TimeIsUpError(Exception):
    """No more attempts."""


def minimise(case: Case, fails: Callable[[Case], bool], seconds: float) -> Case:
    """The smallest case that is found in this time and still fails; ``case`` itself has to fail."""
    end = time.monotonic() + seconds
    smallest = case

    def still(smaller: Case) -> bool:
        nonlocal smallest
        if time.monotonic() > end:
            raise TimeIsUpError
        if not fails(smaller):
            return False
        smallest = smaller
        return True

    try:
        for name in sorted(case.files, key=lambda name: -len(case.files[name])):
            if len(smallest.files) > 1:
                still(smallest.without_file(name))
        for split in (_lines, _bytes):
            for name in sorted(smallest.files):
                _shrink(smallest, name, split(smallest.files[name]), still)
    except TimeIsUpError:
        pass
    return smallest


def _lines(data: bytes) -> list[bytes]:
    return data.splitlines(keepends=True)


def _bytes(data: bytes) -> list[bytes]:
    return [data[at : at + 1] for at in range(len(data))]


def _shrink(case: Case, name: str, parts: Sequence[bytes], still: Callable[[Case], bool]) -> None:
    """Try the case with ever fewer parts of one file, as long as it fails."""
    parts, pieces = list(parts), 2
    while parts:
        size = max(1, len(parts) // pieces)
        for start in range(0, len(parts), size):
            fewer = parts[:start] + parts[start + size :]
            if still(case.with_file(name, b"".join(fewer))):
                parts, pieces = fewer, max(2, pieces - 1)
                break
        else:
            if size == 1:
                return
            pieces = min(len(parts), 2 * pieces)
