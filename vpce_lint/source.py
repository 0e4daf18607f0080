"""Files as they were read, and places in them."""

from __future__ import annotations

import re
from bisect import bisect_right

from msgspec import Struct, field

from vpce_lint.regex import regex_of_words

REMARKS = regex_of_words((b"vpce", b"checkov"), rb"vpce[-_]?lint|checkov", re.IGNORECASE)
"""What a file must hold for something to be said in it to this tool: no suppression is without one of these words."""

_BLOCK = 4_096
_CONTINUATION = bytes(range(0x80, 0xC0))
"""The bytes of UTF-8 that begin no character."""


def _count(data: bytes) -> int:
    return len(data.translate(None, _CONTINUATION))


class Source(Struct, frozen=True, eq=False):
    """One file: the path as reports show it, and its bytes, which are valid UTF-8.

    ``is_confidential``: secrets may stand anywhere in it, so reports quote nothing but what they are about.
    """

    path: str
    data: bytes
    is_confidential: bool = False
    _line_starts: list[int] = field(default_factory=list)
    _counts: list[int] = field(default_factory=list)
    _hidden: list[tuple[int, int]] = field(default_factory=list)
    _long: dict[int, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        """The path: the bytes may be many, and secrets."""
        return f"Source({self.path!r})"

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of a byte offset, both from 1; the column counts characters, not bytes."""
        starts = self._starts()
        line = bisect_right(starts, offset)
        start = starts[line - 1]
        return line, self._characters(start, offset) + 1

    def hide(self, start: int, end: int) -> None:
        """Have lines show asterisks for a range of bytes: what is declared to be sensitive stands there."""
        if (start, end) not in self._hidden:
            self._hidden.append((start, end))

    def line(self, number: int) -> str:
        """The text of a line (from 1) without its line end; empty beyond the last one. What is hidden is asterisks."""
        starts = self._starts()
        if not 1 <= number <= len(starts):
            return ""
        end = starts[number] if number < len(starts) else len(self.data)
        start = starts[number - 1]
        text = self._text(start, end)
        for first, last in self._hidden:
            if first < end and start < last:
                one = self._characters(start, max(first, start))
                other = min(self._characters(start, min(last, end)), len(text))
                text = text[:one] + "*" * (other - one) + text[other:]
        return text

    def _text(self, start: int, end: int) -> str:
        """A line's text; of the lines of megabytes, the last one is kept, since many places may stand in it."""
        if end - start <= _BLOCK:
            return self.data[start:end].decode("utf-8", "replace").rstrip("\r\n")
        if start not in self._long:
            self._long.clear()
            self._long[start] = self.data[start:end].decode("utf-8", "replace").rstrip("\r\n")
        return self._long[start]

    def _characters(self, start: int, end: int) -> int:
        """The number of characters in a range; in lines of megabytes counted block by block, and that once."""
        if end - start <= _BLOCK:
            return _count(self.data[start:end])
        blocks = self._counts
        if not blocks:
            blocks.append(0)
            for at in range(0, len(self.data), _BLOCK):
                blocks.append(blocks[-1] + _count(self.data[at : at + _BLOCK]))
        return self._before(end) - self._before(start)

    def _before(self, offset: int) -> int:
        block = offset // _BLOCK
        return self._counts[block] + _count(self.data[block * _BLOCK : offset])

    def _starts(self) -> list[int]:
        starts = self._line_starts
        if not starts:
            starts.append(0)
            at = self.data.find(b"\n")
            while at >= 0:
                starts.append(at + 1)
                at = self.data.find(b"\n", at + 1)
        return starts


class Span(Struct, frozen=True):
    """A half-open range of bytes in a file; lines and columns are worked out when asked for."""

    source: Source
    start: int
    end: int

    @property
    def path(self) -> str:
        """The file's path as reports show it."""
        return self.source.path

    @property
    def line(self) -> int:
        """Line of the first character, from 1."""
        return self.source.position(self.start)[0]

    @property
    def column(self) -> int:
        """Column of the first character, from 1, in characters."""
        return self.source.position(self.start)[1]

    @property
    def end_line(self) -> int:
        """Line on which the range ends, from 1."""
        return self.source.position(self.end)[0]

    @property
    def end_column(self) -> int:
        """Column just behind the last character, from 1, in characters."""
        return self.source.position(self.end)[1]

    @property
    def text(self) -> str:
        """What is written there."""
        return self.source.data[self.start : self.end].decode("utf-8", "replace")

    def __str__(self) -> str:
        """The place as ``path:line``, the way reasons quote it."""
        return f"{self.path}:{self.line}"
