"""Files that changed: a run is limited to the roots that they touch.

Such a run gives the answers of a run over everything, about those roots. Which they are is decided before anything is
evaluated, so rather too many are taken than too few.
"""

from __future__ import annotations

import os
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


class Touched(Struct, frozen=True, dict=True):
    """Changed files by absolute path, of those that are links what they lead to, too. A file may be gone."""

    files: frozenset[str]

    @classmethod
    def by(cls, paths: Iterable[Path]) -> Touched:
        """The files at some paths, which count from the working directory."""
        absolute = [os.path.abspath(path) for path in paths]  # noqa: PTH100 (resolve would lose the links)
        beside = [
            os.path.join(os.path.realpath(os.path.dirname(path)), os.path.basename(path))  # noqa: PTH118, PTH119, PTH120
            for path in absolute
        ]
        return cls(frozenset((*beside, *map(os.path.realpath, absolute))))

    def have(self, path: str) -> bool:
        """Whether a file, or what it links to, changed."""
        return path in self.files or os.path.realpath(path) in self.files

    def have_named(self, name: str) -> bool:
        """Whether a file of this name changed."""
        return any(os.path.basename(file) == name for file in self.files)  # noqa: PTH119

    @cached_property
    def by_folder(self) -> dict[str, list[str]]:
        """The names of the changed files by their folder."""
        found: dict[str, list[str]] = {}
        for file in sorted(self.files):
            folder, name = os.path.split(file)
            found.setdefault(folder, []).append(name)
        return found
