"""Where each character of a string was written: a string may be put together from several places and files.

Positions are *flat*: every known character counts one, and so does a hole of a ``Text``, however long
it turns out to be. An ``Origin`` hangs on a value and costs nothing until somebody asks for its layout.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct, field

from vpce_lint.source import Span
from vpce_lint.value import Json, Known, Text, Value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from vpce_lint.source import Source

MOST_PARTS = 20_000
"""Documents are looked for in so many parts of a string."""

LONGEST_STRETCH = 256
"""Characters that are not ASCII have several bytes; they are counted in stretches no longer than this."""


class Layout(Protocol):
    """The places of a string's characters."""

    def span(self, start: int, end: int) -> Span | None:
        """Where a range, not empty, of flat positions is written."""


class Placed(Protocol):
    """Anything that stands somewhere."""

    @property
    def span(self) -> Span:
        """Where it stands."""


class Stretch(Struct, frozen=True):
    """Characters that one place holds: as they are (``verbatim``), else the place as a whole means them.

    ``at`` is the flat position of the first one, ``start`` and ``end`` are bytes of what was read;
    ``wide``: some characters have several bytes.
    """

    at: int
    start: int
    end: int
    verbatim: bool = True
    wide: bool = False


class Written(Struct, frozen=True):
    """The layout of text that was read from one file; ``place`` makes bytes of what was read a span."""

    text: str
    stretches: tuple[Stretch, ...]
    place: Callable[[int, int], Span]

    def span(self, start: int, end: int) -> Span | None:
        """Where a range of characters is written; an escape sequence is one place."""
        if not self.stretches:
            return None
        return self.place(self._byte(start, at_end=False), self._byte(end - 1, at_end=True))

    def _byte(self, position: int, *, at_end: bool) -> int:
        index = bisect_right(self.stretches, position, key=lambda stretch: stretch.at) - 1
        stretch = self.stretches[max(index, 0)]
        if not stretch.verbatim:
            return stretch.end if at_end else stretch.start
        if not stretch.wide:
            return stretch.start + position + at_end - stretch.at
        return stretch.start + len(self.text[stretch.at : position + at_end].encode("utf-8", "surrogatepass"))


class Verbatim(Struct, frozen=True):
    """The origin of a file's text as it is."""

    source: Source

    def layout(self) -> Layout | None:
        """Every character where it stands."""
        text = self.source.data.decode("utf-8", "replace")
        return Written(text, tuple(verbatim(text, 0, 0)), self._place)

    def _place(self, start: int, end: int) -> Span:
        return Span(self.source, start, end)


class Joined(Struct, frozen=True):
    """The origin of a string that was put together from values, each of which has its place in a template.

    A string of which nobody asks where it is written costs this object and no more, so the places are not taken out.
    """

    values: tuple[Value, ...]
    parts: tuple[Placed, ...]

    def layout(self) -> Layout | None:
        """The parts one behind the other."""
        starts: list[int] = []
        at = 0
        for value in self.values:
            starts.append(at)
            at += flat_length(value)
        return Composite(self.values, tuple(part.span for part in self.parts), tuple(starts))


class Composite(Struct, frozen=True):
    """The layout of a joined string: of each part its place in the template and, if it has one, a layout of its own."""

    values: tuple[Value, ...]
    places: tuple[Span, ...]
    starts: tuple[int, ...]
    _layouts: dict[int, Layout | None] = field(default_factory=dict)

    def span(self, start: int, end: int) -> Span | None:
        """Where a range is written: the innermost part that holds all of it, else from part to part of the template."""
        layout: Composite = self
        around: Span | None = None
        while True:
            first, last = layout._index(start), layout._index(end - 1)
            if first != last:
                return _between(layout._edge(first, start), layout._edge(last, end - 1)) or around
            inner, around = layout._layout(first), layout.places[first]
            start, end = start - layout.starts[first], end - layout.starts[first]
            if not isinstance(inner, Composite):
                return (inner.span(start, end) if inner else None) or around
            layout = inner

    def documents(self) -> Iterator[tuple[int, int, Json]]:
        """The parts that are the JSON of a document, with their ranges; those of parts as well."""
        waiting: list[tuple[int, Composite]] = [(0, self)]
        left = MOST_PARTS
        while waiting and left > 0:
            base, layout = waiting.pop()
            left -= len(layout.values)
            for index, value in enumerate(layout.values):
                start = base + layout.starts[index]
                if isinstance(value, Json):
                    yield start, start + flat_length(value), value
                elif isinstance(value, Known | Text) and isinstance(value.origin, Joined):
                    inner = layout._layout(index)  # noqa: SLF001 (its own kind)
                    if isinstance(inner, Composite):
                        waiting.append((start, inner))

    def _index(self, position: int) -> int:
        return max(bisect_right(self.starts, position) - 1, 0)

    def _layout(self, index: int) -> Layout | None:
        if index not in self._layouts:
            self._layouts[index] = layout_of(self.values[index])
        return self._layouts[index]

    def _edge(self, index: int, position: int) -> Span:
        """The place of one character, as far as the template itself holds it; else of the part that brings it in."""
        place = self.places[index]
        layout = self._layout(index)
        inner = layout.span(position - self.starts[index], position - self.starts[index] + 1) if layout else None
        if inner and inner.source is place.source and place.start <= inner.start and inner.end <= place.end:
            return inner
        return place


def layout_of(value: Value) -> Layout | None:
    """Where the characters of a string are written, if that is known better than for the whole of it."""
    if isinstance(value, Known | Text) and value.origin is not None:
        return value.origin.layout()
    return None


def flat_length(value: Value) -> int:
    """How many flat positions a value takes as a part of a string."""
    if isinstance(value, Json):
        value = value.text
    if isinstance(value, Known):
        return len(str(value))
    if isinstance(value, Text):
        return sum(len(part) if isinstance(part, str) else 1 for part in value.parts)
    return 1


def verbatim(text: str, at: int, start: int) -> Iterable[Stretch]:
    """The stretches of a text that stands at byte ``start`` as it is; ``at`` is its first flat position."""
    if text.isascii():
        if text:
            yield Stretch(at, start, start + len(text))
        return
    for offset in range(0, len(text), LONGEST_STRETCH):
        size = len(text[offset : offset + LONGEST_STRETCH].encode("utf-8", "surrogatepass"))
        yield Stretch(at + offset, start, start + size, wide=True)
        start += size


def _between(first: Span, last: Span) -> Span | None:
    if first.source is not last.source or first.start >= last.end:
        return None
    return Span(first.source, first.start, last.end)
