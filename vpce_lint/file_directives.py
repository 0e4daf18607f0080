"""The suppressions that one file holds, each with the code that it belongs to."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from msgspec import Struct

from vpce_lint.directive import MOST_DIRECTIVES, Directive, Mistake, directives_in
from vpce_lint.location import Location
from vpce_lint.source import REMARKS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from vpce_lint.model import Annotated, Note
    from vpce_lint.rule import Rule

ALONE = "this belongs to no block: write it right above one, or inside"
WHOLE = "metadata of a whole file suppresses nothing: write it at a resource, or the file's path in the configuration"


class Unit(Struct, frozen=True):
    """Code from one line and column to another, and the directives that belong to it."""

    start: tuple[int, int]
    end: tuple[int, int]
    directives: tuple[Directive, ...]


class FileDirectives(Struct, frozen=True):
    """The units of a file that have directives, in its order, and what looks like a directive and is none."""

    path: str
    units: tuple[Unit, ...] = ()
    mistakes: tuple[Mistake, ...] = ()

    @property
    def directives(self) -> Iterator[Directive]:
        """All directives."""
        return (directive for unit in self.units for directive in unit.directives)

    def at(self, line: int, column: int) -> Iterable[Directive]:
        """The directives for the code at a position."""
        index = bisect_right(self.units, (line, column), key=lambda unit: unit.start) - 1
        if index < 0 or (line, column) >= self.units[index].end:
            return ()
        return self.units[index].directives


def file_directives(annotated: Annotated, rules: Sequence[Rule]) -> FileDirectives | None:
    """What a file says about suppressions; nothing where it doesn't speak of them. ``rules`` are all that can be named."""
    source = annotated.source
    if not REMARKS.search(source.data):
        return None
    found: dict[int, list[Directive]] = {}
    ends: dict[int, int] = {}
    mistakes: list[Mistake] = []
    count = 0
    for note in annotated.notes():
        for each in _directives(note, rules):
            if isinstance(each, Mistake):
                mistakes.append(each)
            elif note.unit is None:
                mistakes.append(Mistake(ALONE if each.kind == "comment" else WHOLE, each.location))
            else:
                found.setdefault(note.unit.start, []).append(each)
                ends.setdefault(note.unit.start, note.unit.end)
                count += 1
        if count + len(mistakes) > MOST_DIRECTIVES:
            words = f"there are more than {MOST_DIRECTIVES:,} suppressions, so none of this file counts"
            return FileDirectives(source.path, (), (Mistake(words, Location(source.path)),))
    units = (Unit(source.position(start), source.position(ends[start]), tuple(found[start])) for start in sorted(found))
    return FileDirectives(source.path, tuple(units), tuple(mistakes))


def _directives(note: Note, rules: Sequence[Rule]) -> Iterator[Directive | Mistake]:
    if isinstance(note.content, str):
        return directives_in(note.content, note.span, rules)
    from vpce_lint.metadata import directives_in_data  # noqa: PLC0415 (only templates have data of this kind)

    return directives_in_data(note.content, note.span, rules)
