"""Which lines of a text are new against an older one.

A patience diff: lines that both texts have exactly once, in the longest run that is in order in both, hold the texts
together, and so do equal lines right beside what is held. What is left between them is changed. Where another diff
would keep a repeated line, this one may call it changed; it never calls a new line old.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

DEEPEST = 20
"""So often the lines between two that are held are looked at again for such as are unique there."""

Stretch = tuple[int, int, int, int]
"""Lines of the old text from and to, and of the new one from and to, from 0, ends exclusive."""


class ChangedLines(Struct, frozen=True):
    """``lines`` (from 1, in order) are new; after each line of ``cuts`` (0 is the beginning) lines were taken out."""

    lines: tuple[int, ...] = ()
    cuts: tuple[int, ...] = ()

    def touch(self, first: int, last: int) -> bool:
        """Whether a line from ``first`` to ``last`` is new, or one between them was taken out."""
        return _any_within(self.lines, first, last) or _any_within(self.cuts, first, last - 1)


def _any_within(numbers: Sequence[int], first: int, last: int) -> bool:
    at = bisect_left(numbers, first)
    return at < len(numbers) and numbers[at] <= last


def changed_lines(old: bytes, new: bytes) -> ChangedLines:
    """What is new in a text; how lines end makes no difference."""
    before, after = ([line.removesuffix(b"\r") for line in text.split(b"\n")] for text in (old, new))
    lines: list[int] = []
    cuts: list[int] = []
    for first, last, start, end in _changes(before, after):
        lines += range(start + 1, end + 1)
        if first < last:
            cuts.append(start)
    return ChangedLines(tuple(sorted(lines)), tuple(sorted(cuts)))


def _changes(old: Sequence[bytes], new: Sequence[bytes]) -> Iterator[Stretch]:
    """The stretches that differ, in no particular order."""
    waiting: list[tuple[Stretch, int]] = [((0, len(old), 0, len(new)), 0)]
    while waiting:
        whole, depth = waiting.pop()
        stretch = _trimmed(old, new, whole)
        first, last, start, end = stretch
        held = _held(old, new, stretch) if first < last and start < end and depth < DEEPEST else []
        if held:
            places = [(first - 1, start - 1), *held, (last, end)]
            for (old_low, new_low), (old_high, new_high) in pairwise(places):
                waiting.append(((old_low + 1, old_high, new_low + 1, new_high), depth + 1))
        elif first < last or start < end:
            yield stretch


def _trimmed(old: Sequence[bytes], new: Sequence[bytes], stretch: Stretch) -> Stretch:
    """A stretch without the equal lines at its ends."""
    first, last, start, end = stretch
    while first < last and start < end and old[first] == new[start]:
        first, start = first + 1, start + 1
    while first < last and start < end and old[last - 1] == new[end - 1]:
        last, end = last - 1, end - 1
    return first, last, start, end


def _held(old: Sequence[bytes], new: Sequence[bytes], stretch: Stretch) -> list[tuple[int, int]]:
    """Lines that each side has once, as many as are in order on both."""
    first, last, start, end = stretch
    olds, news = Counter(old[first:last]), Counter(new[start:end])
    places = {line: index for index, line in enumerate(old[first:last], start=first) if olds[line] == 1}
    pairs = [
        (places[line], index)
        for index, line in enumerate(new[start:end], start=start)
        if news[line] == 1 and line in places
    ]
    return _longest_rising(pairs)


def _longest_rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest run of pairs whose first members rise; the second ones do already."""
    lows: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for index, (low, _) in enumerate(pairs):
        at = bisect_left(lows, low)
        before.append(ends[at - 1] if at else -1)
        lows[at : at + 1] = [low]
        ends[at : at + 1] = [index]
    run: list[tuple[int, int]] = []
    index = ends[-1] if ends else -1
    while index >= 0:
        run.append(pairs[index])
        index = before[index]
    return run[::-1]
