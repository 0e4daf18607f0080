"""JSON strings: their values, and the place in the file of each part of a value."""

from __future__ import annotations

import json
from bisect import bisect_right

from msgspec import Struct

from vpce_lint.regex import regex
from vpce_lint.source import Source, Span

_CHUNK = regex(rb"\\u[dD][89abAB]..\\u[dD][c-fC-F]..|\\u....|\\.|[^\\]+")


class JsonString(Struct, frozen=True):
    """A string of a JSON document, decoded, with the place that each of its bytes came from."""

    data: bytes
    literal: Span
    """The string with its quotes."""
    chunks: tuple[tuple[int, int, bool], ...]
    """Where in ``data`` and where in the file each run begins, and whether it stands there as it is."""

    def span(self, start: int, end: int) -> Span:
        """Where a range of ``data`` stands; an escape sequence is one place."""
        return Span(self.literal.source, self._offset(start), self._offset(end))

    def _offset(self, at: int) -> int:
        index = bisect_right(self.chunks, (at, self.literal.end, True)) - 1
        start, place, verbatim = self.chunks[index]
        return place + at - start if verbatim else place


def decoded(literal: Span) -> JsonString:
    """The string that a span of a file holds, quotes included."""
    source: Source = literal.source
    first, last = literal.start + 1, literal.end - 1
    raw = source.data[first:last]
    if b"\\" not in raw:
        return JsonString(raw, literal, ((0, first, True),))
    chunks: list[tuple[int, int, bool]] = []
    data = bytearray()
    for match in _CHUNK.finditer(source.data, first, last):
        escape = match[0].startswith(b"\\")
        chunks.append((len(data), match.start(), not escape))
        data += _unescaped(match[0]) if escape else match[0]
    chunks.append((len(data), last, True))
    return JsonString(bytes(data), literal, tuple(chunks))


def _unescaped(escape: bytes) -> bytes:
    """One half of a surrogate pair alone is no character; Go's JSON has U+FFFD for it, too."""
    text: str = json.loads(b'"%s"' % escape)
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()
