"""Repositories as a run knows them: the templates in each, and what they export, looked for once however often it is asked.

One request names all that a command reads. A plugin is asked about one file at a time, and keeps this in between: it
would otherwise search the whole repository for the parents of each file.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from vpce_lint.readers.cloudformation.discovery import roots_of
from vpce_lint.readers.cloudformation.exports import ExportIndex
from vpce_lint.readers.cloudformation.library import Library
from vpce_lint.readers.tree import Trees

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from vpce_lint.readers.request import Request
    from vpce_lint.value import Value


class Repositories:
    """What is known of repositories; files that change in the meantime are not read again.

    ``start`` is the folder that reports count paths from.
    """

    def __init__(self, start: Path | None = None) -> None:
        self.start = start or Path.cwd()
        self._trees: dict[object, Trees] = {}
        self._libraries: dict[tuple[Trees, Path], Library] = {}
        self._nesting: dict[tuple[str, Trees], list[str]] = {}
        self._exports: dict[object, ExportIndex] = {}

    def trees(self, request: Request) -> Trees:
        """The trees of all requests that leave out the same."""
        key = (request.excluded, request.everything, request.limits, id(request.disk))
        if key not in self._trees:
            self._trees[key] = Trees(request, self.start)
        return self._trees[key]

    def library(self, folder: Path, trees: Trees) -> Library:
        """The templates of the repository around a folder."""
        boundary = trees.boundary(folder)
        return self._libraries.setdefault((trees, boundary.top), Library(boundary, trees))

    def nesting_around(self, file: str, library: Library) -> list[str]:
        """The files of a repository that may nest others, among which a file's parents are.

        Where the file itself is ignored, as CDK's output is, those that lie beside and below it count, too.
        """
        found: dict[str, None] = {}
        for top in _tops(file, library):
            key = (top, library.trees)
            if key not in self._nesting:
                self._nesting[key] = [each for each in _below(top, library) if library.may_nest(each)]
            found.update(dict.fromkeys(self._nesting[key]))
        return list(found)

    def exports_around(
        self, file: str, library: Library, given: Callable[[str], Value | None], parameters: object
    ) -> ExportIndex:
        """What the templates around a file export; ``parameters`` tells one set of given values from another."""
        tops = _tops(file, library)
        key = (tops, library.trees, parameters)
        if key not in self._exports:
            files = dict.fromkeys(each for top in tops for each in _below(top, library))
            self._exports[key] = ExportIndex(library, _roots(files, library), given)
        return self._exports[key]


def _tops(file: str, library: Library) -> tuple[str, ...]:
    """The folders that are searched for a file."""
    repository = str(library.boundary.top)
    if file in _below(repository, library):
        return (repository,)
    return repository, os.path.dirname(file)  # noqa: PTH120


def _below(top: str, library: Library) -> dict[str, None]:
    return library.trees.below(top, library.boundary).all_templates


def _roots(files: Iterable[str], library: Library) -> Iterator[str]:
    """The roots among files, found when the first is asked for: most templates import nothing."""
    yield from roots_of(files, library)
