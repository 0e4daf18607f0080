"""``.gitignore`` files (gitignore's manual page), which choose what is looked at."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pathspec import GitIgnoreSpec


class Ignored:
    """What the ``.gitignore`` files from a repository's top down to a place leave out.

    Where the folder that the user named is itself ignored, only the files in it and below count.
    """

    def __init__(self, top: str, named: str) -> None:
        self._top = top
        self._specs: dict[str, GitIgnoreSpec | None] = {}
        if self._is_ignored(f"{named}/"):
            self._top = named

    def folder(self, path: str) -> bool:
        """Whether a folder is left out."""
        return self._is_ignored(f"{os.path.realpath(path)}/")

    def kept(self, place: str, names: Iterable[str]) -> list[str]:
        """Those of a folder's file names that aren't left out."""
        real = os.path.realpath(place)
        return [name for name in names if not self._is_ignored(os.path.join(real, name))]  # noqa: PTH118

    def _is_ignored(self, path: str) -> bool:
        decision = False
        for folder in self._folders_above(path.rstrip("/")):
            spec = self._spec(folder)
            if spec is None:
                continue
            relative = os.path.relpath(path, folder).replace(os.sep, "/") + ("/" if path.endswith("/") else "")
            result = spec.check_file(relative)
            if result.include is not None:
                decision = result.include
        return decision

    def _folders_above(self, path: str) -> list[str]:
        folders = []
        folder = os.path.dirname(path)  # noqa: PTH120
        while folder.startswith(self._top):
            folders.append(folder)
            parent = os.path.dirname(folder)  # noqa: PTH120
            if folder in {self._top, parent}:
                break
            folder = parent
        return folders[::-1]

    def _spec(self, folder: str) -> GitIgnoreSpec | None:
        if folder not in self._specs:
            self._specs[folder] = self._read(Path(folder, ".gitignore"))
        return self._specs[folder]

    def _read(self, path: Path) -> GitIgnoreSpec | None:
        try:
            if not path.is_file() or path.is_symlink():
                return None
            lines = path.read_text("utf-8", errors="replace").splitlines()
        except OSError:
            return None
        from pathspec import GitIgnoreSpec  # noqa: PLC0415 (loaded where there is such a file)

        return GitIgnoreSpec.from_lines(lines)
