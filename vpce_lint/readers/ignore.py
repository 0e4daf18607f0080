"""``.gitignore`` files (gitignore's manual page) and a configuration's ``exclude``, which choose what is looked at."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from vpce_lint.disk import DISK, Disk, is_inside

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vpce_lint.path_pattern import PathPatterns
    from vpce_lint.readers.gitignore import GitIgnore


class Ignored:
    """What the ``.gitignore`` files from a repository's top down to a place leave out.

    Where the folder that the user named is itself ignored, only the files in it and below count; where
    patterns of ``excluded`` cover it, those don't count. ``left_out`` collects the folders that they fit.
    ``everything``: no file of the tree leaves out anything.
    """

    def __init__(
        self,
        top: str,
        named: str,
        excluded: Iterable[PathPatterns] = (),
        disk: Disk = DISK,
        *,
        everything: bool = False,
    ) -> None:
        self._disk = disk
        self._top = top
        self._everything = everything
        self._excluded = [patterns.apart_from(named) for patterns in excluded]
        self.left_out: list[str] = []
        self._above: dict[str, tuple[tuple[str, GitIgnore], ...]] = {}
        self._lost: dict[str, bool] = {}
        if self._is_ignored(f"{named}/"):
            self._top = named
            self._above.clear()
            self._lost.clear()

    def folder(self, path: str) -> bool:
        """Whether a folder is left out."""
        real = self._disk.real(path)
        if self._is_excluded(real):
            self.left_out.append(real)
            return True
        return self._is_ignored(f"{real}/")

    def covers(self, path: str) -> bool:
        """Whether a configuration's patterns leave out a path, or a folder above it."""
        return any(patterns.cover(self._disk.real(path)) for patterns in self._excluded)

    def is_environment(self, path: str) -> bool:
        """Whether a folder is a virtual environment of Python, as far as that counts."""
        return not self._everything and self._disk.exists(os.path.join(path, "pyvenv.cfg"))  # noqa: PTH118

    def kept(self, place: str, names: Iterable[str]) -> list[str]:
        """Those of a folder's file names that aren't left out."""
        real = self._disk.real(place)
        if not self._excluded and not self._specs_above(real):
            return list(names)
        paths = {name: os.path.join(real, name) for name in names}  # noqa: PTH118
        return [name for name, path in paths.items() if not (self._is_excluded(path) or self._is_ignored(path))]

    def _is_excluded(self, path: str) -> bool:
        return any(patterns.fit(path) for patterns in self._excluded)

    def _is_ignored(self, path: str) -> bool:
        """What the innermost file that is about it says; what lies in a folder that is left out can't be taken back in."""
        folder = os.path.dirname(path.rstrip("/"))  # noqa: PTH120
        specs = self._specs_above(folder)
        if specs and self._is_lost(folder):
            return True
        for place, spec in reversed(specs):
            relative = os.path.relpath(path, place).replace(os.sep, "/") + ("/" if path.endswith("/") else "")
            decided = spec.decides(relative)
            if decided is not None:
                return decided
        return False

    def _is_lost(self, folder: str) -> bool:
        """Whether a folder, or one above it, is left out."""
        if folder not in self._lost:
            self._lost[folder] = folder != self._top and self._is_ignored(f"{folder}/")
        return self._lost[folder]

    def _specs_above(self, folder: str) -> tuple[tuple[str, GitIgnore], ...]:
        """The patterns that have a say in what lies in a folder, with the folders that they count from, the uppermost first."""
        known = self._above.get(folder)
        if known is None:
            known = ()
            if not self._everything and is_inside(folder, self._top):
                parent = os.path.dirname(folder)  # noqa: PTH120
                if folder not in {self._top, parent}:
                    known = self._specs_above(parent)
                spec = self._read(os.path.join(folder, ".gitignore"))  # noqa: PTH118
                known = known if spec is None else (*known, (folder, spec))
            self._above[folder] = known
        return known

    def _read(self, path: str) -> GitIgnore | None:
        try:
            if not self._disk.is_file(path) or self._disk.is_link(path):
                return None
            data = self._disk.data(path)
        except OSError:
            return None
        from vpce_lint.readers.gitignore import git_ignore  # noqa: PLC0415 (loaded where there is such a file)

        return git_ignore(data)
