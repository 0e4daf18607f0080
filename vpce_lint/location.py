"""Where an answer points: a place in a file, with the line of code that stands there."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from msgspec import Struct

from vpce_lint.secret import masked

if TYPE_CHECKING:
    from vpce_lint.source import Span

LONGEST_EXCERPT = 400
"""Longer lines are cut around the span, in characters."""
LEAD = 40
"""How many characters stay before the span where a line is cut."""

AROUND = 10_000
"""Of a long line so many characters before and behind what is kept are looked at for secrets that reach into it."""


class Excerpt(Struct, frozen=True):
    """A line of code as written, of which the characters from ``start`` to ``end`` (from 0) are meant."""

    text: str
    start: int
    end: int


class Location(Struct, frozen=True):
    """A place in a file: lines and columns from 1, columns in characters, the end exclusive.

    ``path`` is as reports show it, ``label`` says what is to be seen there. ``excerpt`` is the first
    line of the place, of a confidential file only what is meant; nothing where it can't be shown.
    """

    path: str
    line: int = 1
    column: int = 1
    end_line: int = 1
    end_column: int = 1
    label: str = ""
    excerpt: Excerpt | None = None
    step: bool = False
    """Whether it is a step of the path that the answer shows, in the order of those steps."""

    @property
    def range(self) -> tuple[str, int, int, int, int]:
        """The place alone: path, line, column, end line, end column."""
        return self.path, self.line, self.column, self.end_line, self.end_column


@lru_cache(maxsize=1_024)
def locate(span: Span, label: str = "", *, step: bool = False) -> Location:
    """The location of a span."""
    line, column = span.source.position(span.start)
    end_line, end_column = span.source.position(span.end)
    if span.source.is_confidential:
        meant = span.text.partition("\n")[0].rstrip("\r")
        excerpt = _excerpt(meant, 0, len(meant))
        return Location(span.path, line, column, end_line, end_column, masked(label), excerpt, step)
    text = span.source.line(line)
    end = end_column - 1 if end_line == line else len(text)
    return Location(span.path, line, column, end_line, end_column, masked(label), _excerpt(text, column - 1, end), step)


def _excerpt(text: str, start: int, end: int) -> Excerpt:
    """A line as it may be shown: what looks like a secret is masked, also where it begins before what is kept."""
    if len(text) <= LONGEST_EXCERPT:
        return Excerpt(masked(text), start, end)
    cut = max(0, min(start - LEAD, len(text) - LONGEST_EXCERPT))
    before = "…" if cut else ""
    after = "…" if cut + LONGEST_EXCERPT < len(text) else ""
    shift = cut - len(before)
    # On a grid, so that the places of one line are masked together.
    around = max(0, cut // AROUND - 1) * AROUND
    behind = (cut + LONGEST_EXCERPT) // AROUND * AROUND + 2 * AROUND
    window = masked(text[around:behind])[cut - around :][:LONGEST_EXCERPT]
    return Excerpt(before + window + after, start - shift, min(end - shift, len(before) + len(window)))
