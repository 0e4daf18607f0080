"""Comments in Terraform's files, and the code that they belong to."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from msgspec import Struct

from vpce_lint.model import Note
from vpce_lint.readers.terraform import grammar as g
from vpce_lint.regex import regex
from vpce_lint.source import Source, Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tree_sitter import Node

Range = tuple[int, int]
"""Start and end in bytes."""

_WIDEST_MARGIN = 1_000
"""Bytes before a comment that are looked at, so that a line of nothing but comments takes no time."""

_MARKS = regex(r"\A(?:#+|//+|/\*+)\s*|\s*\*+/\Z")


class Comments(Struct, frozen=True):
    """The comments of one file, in native or in JSON syntax, where a comment is the property ``//``."""

    source: Source

    def notes(self) -> Iterable[Note]:
        """A note for each comment; none where the file can't be parsed, since it isn't known then what a comment is."""
        if self.source.path.endswith(".json"):
            from vpce_lint.readers.terraform.json_notes import notes_of_json  # noqa: PLC0415 (JSON syntax is rare)

            return notes_of_json(self.source)
        return _notes_of_native(self.source)


def _notes_of_native(source: Source) -> list[Note]:
    root = g.tree(source.data)
    if root.has_error:
        return []
    body = g.child(root, g.BODY)
    units = list(_units(body)) if body else []
    starts = [start for start, _ in units]
    notes: list[Note] = []
    below: Range | None = None  # the code under the comment that was looked at before
    following = len(source.data)
    for start, end in sorted(((node.start_byte, node.end_byte) for node in g.every(root, "comment")), reverse=True):
        index = bisect_right(starts, start)
        unit = _around(source.data, start, units[index - 1]) if index else None
        if unit is None:
            if index < len(units) and units[index][0] < following:
                below = units[index] if _is_right_above(source.data, end, units[index][0]) else None
            elif not _is_right_above(source.data, end, following):
                below = None
            unit = below if _stands_first(source.data, start) else None
        following = start
        text = _MARKS.sub("", source.data[start:end].decode("utf-8", "replace")).strip()
        notes.append(Note(text, Span(source, start, end), Span(source, *unit) if unit else None))
    return notes[::-1]


def _units(body: Node) -> Iterator[Range]:
    """The ranges of a file's blocks and attributes; of ``locals`` those of its members."""
    for node in body.children:
        if node.kind_id == g.BLOCK and node.children[0].text == b"locals":
            inner = g.child(node, g.BODY)
            yield from ((each.start_byte, each.end_byte) for each in g.parts(inner)) if inner else ()
        elif node.kind_id in {g.BLOCK, g.ATTRIBUTE}:
            yield node.start_byte, node.end_byte


def _around(data: bytes, start: int, unit: Range) -> Range | None:
    """The unit that begins before a comment, if the comment stands in it or behind it on its last line."""
    return unit if data.find(b"\n", unit[1], start) < 0 else None


def _is_right_above(data: bytes, end: int, start: int) -> bool:
    """Whether there is nothing but blanks, and no empty line, between a comment and what follows."""
    between = data[end:start]
    return not between.strip() and between.count(b"\n") <= 1


def _stands_first(data: bytes, start: int) -> bool:
    """Whether there is nothing but blanks before a comment on its line."""
    before = data[max(0, start - _WIDEST_MARGIN) : start]
    return not before[before.rfind(b"\n") + 1 :].strip()
