"""Comments and ``Metadata`` in templates, and the resources that they belong to."""

from __future__ import annotations

import sys
from bisect import bisect_right
from typing import TYPE_CHECKING

from msgspec import Struct

from vpce_lint.model import Note
from vpce_lint.readers.cloudformation.foreach import LOOP
from vpce_lint.readers.cloudformation.node import Fields, Items
from vpce_lint.readers.cloudformation.written import written
from vpce_lint.regex import regex
from vpce_lint.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vpce_lint.readers.cloudformation.node import Entry
    from vpce_lint.readers.cloudformation.template import Template
    from vpce_lint.source import Source

METADATA = "Metadata"

_WIDEST_MARGIN = 1_000
"""Bytes before a comment that are looked at for its column; a line that is indented deeper counts as that deep."""

_BREAK = regex(rb"\r\n|\r|\n")


class Remarks(Struct, frozen=True):
    """What is written beside a template's declarations: its comments, and the metadata of its resources.

    The unit of both is the member of a section: a resource, a parameter, a mapping. A loop is a unit where it
    repeats one resource, otherwise each resource in it is.
    """

    template: Template

    @property
    def source(self) -> Source:
        """The template's file."""
        return self.template.source

    def notes(self) -> list[Note]:
        """A note for each comment and each ``Metadata``; the template's own belongs to no resource."""
        units = _Units(self.template)
        found = [*units.metadata()]
        if not self.template.is_json:
            found += _comments(self.source, units)
        return sorted(found, key=lambda note: note.span.start)


class _Units:
    """The units of a template: ``spans`` in the order of the file, none within another.

    ``others`` are where something begins that is none: a section, a loop over several resources.
    """

    def __init__(self, template: Template) -> None:
        self._template = template
        self._resources: list[tuple[Span, Fields]] = []
        self.others = [entry.key.start for entry in template.top.entries.values()]
        found: list[Span] = []
        for name, section in template.top.entries.items():
            if name != METADATA and isinstance(section.node, Fields):
                for key, entry in section.node.entries.items():
                    for span, member in self._members(key, entry):
                        found.append(span)
                        if name == "Resources" and isinstance(member.node, Fields):
                            self._resources.append((span, member.node))
        self.spans: list[Span] = []
        for span in sorted(found, key=lambda span: (span.start, -span.end)):
            if not self.spans or span.start >= self.spans[-1].end:  # an alias may stand for a part of another unit
                self.spans.append(span)

    def _members(self, key: str, entry: Entry) -> Iterator[tuple[Span, Entry]]:
        """A member of a section, or those that a loop repeats, each with the span of the unit that it is in."""
        waiting = [(key, entry, entry)]  # a name, what it names, and the entry around it that is in the same unit
        while waiting:
            name, member, unit = waiting.pop()
            loop = member.node
            body = loop.items[2] if name.startswith(LOOP) and isinstance(loop, Items) and len(loop.items) == 3 else None
            if not isinstance(body, Fields):
                yield _span(unit), member
                continue
            alone = len(body.entries) == 1
            if not alone:
                self.others.append(unit.key.start)
            waiting += [(inner, each, unit if alone else each) for inner, each in body.entries.items()]

    def metadata(self) -> Iterator[Note]:
        """The ``Metadata`` of the template, and that of each resource."""
        starts = {span.start for span in self.spans}
        own = self._template.top.get(METADATA)
        if own is not None:
            yield Note(written(own), own.span)
        for span, resource in self._resources:
            said = resource.get(METADATA)
            if said is not None:
                yield Note(written(said), said.span, span if span.start in starts else None)


def _span(entry: Entry) -> Span:
    """From the key to the end of what it names, unless that is an alias for something further up."""
    key, node = entry.key, entry.node.span
    return Span(key.source, key.start, max(key.end, node.end) if node.start >= key.start else key.end)


def _comments(source: Source, units: _Units) -> list[Note]:
    """The comments with the units that they stand in, or right above."""
    from vpce_lint.readers.cloudformation.yaml_comments import comments_in  # noqa: PLC0415 (most runs need none)

    bounds = _Bounds(units)
    found = list(comments_in(source))
    around = list(_around(source.data, [span for _, span in found], bounds))
    notes: list[Note] = []
    below: Span | None = None  # the unit under the comment that was looked at before
    following = len(source.data)
    for (text, span), unit in zip(reversed(found), reversed(around), strict=True):
        start, next_unit = bounds.after(span.start)
        if start < following:
            below = next_unit if _is_right_above(source.data, span.end, start) else None
        elif not _is_right_above(source.data, span.end, following):
            below = None
        is_heading = below is not None and _is_heading(source.data, span.start, below)
        notes.append(Note(text, span, unit or (below if is_heading else None)))
        following = span.start
    return notes


def _is_heading(data: bytes, start: int, unit: Span) -> bool:
    """Whether a comment is the first on its line, and not indented deeper than the unit under it."""
    before = _before(data, start)
    return not before.strip() and len(before) <= len(_before(data, unit.start))


class _Bounds:
    """Where units, and what is none, begin."""

    def __init__(self, units: _Units) -> None:
        bounds: dict[int, Span | None] = dict.fromkeys(units.others)
        bounds |= {span.start: span for span in units.spans}
        self._starts = sorted(bounds)
        self._units = [bounds[start] for start in self._starts]

    def before(self, at: int) -> Span | None:
        """The last unit that begins at a place or before, unless something else begins in between."""
        index = bisect_right(self._starts, at)
        return self._units[index - 1] if index else None

    def after(self, at: int) -> tuple[int, Span | None]:
        """Where the next thing begins, and which unit that is; beyond any file where there is nothing more."""
        index = bisect_right(self._starts, at)
        return (self._starts[index], self._units[index]) if index < len(self._starts) else (sys.maxsize, None)


def _around(data: bytes, comments: list[Span], bounds: _Bounds) -> Iterator[Span | None]:
    """The unit that each comment stands in or behind on its last line, or follows, indented deeper than its key."""
    last: Span | None = None
    clear = -1  # up to where nothing but comments follows the last unit; -1: something else does
    for comment in comments:
        unit = bounds.before(comment.start)
        if unit is not last:
            last, clear = unit, unit.end if unit else -1
        if unit is None:
            yield None
        elif comment.start < unit.end:
            yield unit
        else:
            between = data[clear : comment.start] if clear >= 0 else b"\n"
            is_behind = clear == unit.end and not _BREAK.search(between)
            clear = comment.end if is_behind or (clear >= 0 and not between.strip()) else -1
            is_deeper = len(_before(data, comment.start)) > len(_before(data, unit.start))
            yield unit if is_behind or (clear >= 0 and is_deeper) else None


def _before(data: bytes, at: int) -> bytes:
    """What stands before a place on its line, as far as it is looked at."""
    margin = data[max(0, at - _WIDEST_MARGIN) : at]
    return margin[max(margin.rfind(b"\n"), margin.rfind(b"\r")) + 1 :]


def _is_right_above(data: bytes, end: int, start: int) -> bool:
    """Whether there is nothing but blanks, and no empty line, between a comment and what follows."""
    between = data[end:start]
    return not between.strip() and len(_BREAK.findall(between)) <= 1
