"""Repositories as a run knows them: the templates in each, and what they export, looked for once however often it is asked.

One request names all that a command reads. A plugin is asked about one file at a time, and keeps this in between: it
would otherwise search the whole repository for the parents of each file.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from vpce_lint.readers.cloudformation.discovery import roots_of, walk
from vpce_lint.readers.cloudformation.exports import ExportIndex
from vpce_lint.readers.cloudformation.library import Library
from vpce_lint.readers.terraform.boundary import Boundary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from vpce_lint.path_pattern import PathPatterns
    from vpce_lint.value import Value

    Excluded = tuple[PathPatterns, ...]


@dataclass(slots=True)
class Repositories:
    """What is known of repositories; files that change in the meantime are not read again.

    ``start`` is the folder that reports count paths from.
    """

    start: Path = field(default_factory=Path.cwd)
    _libraries: dict[Path, Library] = field(default_factory=dict)
    _trees: dict[tuple[str, Excluded], dict[str, None]] = field(default_factory=dict)
    _nesting: dict[tuple[str, Excluded], list[str]] = field(default_factory=dict)
    _exports: dict[object, ExportIndex] = field(default_factory=dict)

    def library(self, folder: Path) -> Library:
        """The templates of the repository around a folder."""
        boundary = Boundary.around(folder, self.start)
        return self._libraries.setdefault(boundary.top, Library(boundary))

    def nesting_around(self, file: str, library: Library, excluded: Excluded) -> list[str]:
        """The files of a repository that may nest others, among which a file's parents are.

        Where the file itself is ignored, as CDK's output is, those that lie beside and below it count, too.
        """
        found: dict[str, None] = {}
        for top in self._tops(file, library, excluded):
            key = (top, excluded)
            if key not in self._nesting:
                self._nesting[key] = [each for each in self._below(top, library, excluded) if library.may_nest(each)]
            found.update(dict.fromkeys(self._nesting[key]))
        return list(found)

    def exports_around(
        self, file: str, library: Library, excluded: Excluded, given: Callable[[str], Value | None], parameters: object
    ) -> ExportIndex:
        """What the templates around a file export; ``parameters`` tells one set of given values from another."""
        tops = self._tops(file, library, excluded)
        key = (tops, excluded, parameters)
        if key not in self._exports:
            files = dict.fromkeys(each for top in tops for each in self._below(top, library, excluded))
            self._exports[key] = ExportIndex(library, _roots(files, library), given)
        return self._exports[key]

    def _tops(self, file: str, library: Library, excluded: Excluded) -> tuple[str, ...]:
        """The folders that are searched for a file."""
        repository = str(library.boundary.top)
        if file in self._below(repository, library, excluded):
            return (repository,)
        return repository, os.path.dirname(file)  # noqa: PTH120

    def _below(self, top: str, library: Library, excluded: Excluded) -> dict[str, None]:
        key = (top, excluded)
        if key not in self._trees:
            self._trees[key] = dict.fromkeys(walk(top, library, excluded).files)
        return self._trees[key]


def _roots(files: Iterable[str], library: Library) -> Iterator[str]:
    """The roots among files, found when the first is asked for: most templates import nothing."""
    yield from roots_of(files, library)
