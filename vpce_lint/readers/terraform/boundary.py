"""What may be read: files inside the repository that is scanned, and nothing else."""

from __future__ import annotations

import os
from pathlib import Path

from msgspec import Struct, field

from vpce_lint.source import Source

LARGEST_FILE = 20_000_000
"""Bytes; a larger file isn't read."""


class Unreadable(Struct, frozen=True):
    """Why a file wasn't read; ``limit``: it is too large; ``missing``: there is none; ``data``: its bytes, if they were had."""

    words: str
    limit: bool = False
    missing: bool = False
    data: bytes = b""


class Boundary(Struct):
    """The folder tree that may be read, by real path, and the folder that reports count paths from.

    Every read of the reader goes through ``read``, so that links and ``..`` can't lead out.
    """

    top: Path
    start: Path
    _files: dict[str, Source | Unreadable] = field(default_factory=dict)

    @classmethod
    def around(cls, folder: Path, start: Path) -> Boundary:
        """The git repository around a folder or, outside one, the folder itself."""
        real = Path(os.path.realpath(folder))
        for candidate in (real, *real.parents):
            if (candidate / ".git").exists():
                return cls(candidate, start)
        return cls(real, start)

    def contains(self, path: Path | str) -> bool:
        """Whether a path, links followed, lies inside."""
        if "\0" in str(path):
            return False
        real = os.path.realpath(path)
        top = str(self.top)
        return real == top or real.startswith(top if top.endswith(os.sep) else top + os.sep)

    def shown(self, path: Path | str) -> str:
        """A path as reports show it: relative to the working directory, with ``/``."""
        relative = os.path.relpath(path, self.start)
        return relative.replace(os.sep, "/")

    def read(self, path: Path | str) -> Source | Unreadable:
        """The file as a source; each file is read once."""
        key = os.path.normpath(path)
        known = self._files.get(key)
        if known is None:
            known = self._files[key] = self._read(key)
        return known

    def _read(self, path: str) -> Source | Unreadable:
        if not self.contains(path):
            return Unreadable("it lies outside the repository")
        try:
            if not os.path.isfile(path):  # noqa: PTH113 (also refuses pipes and devices, which would hang)
                if not os.path.lexists(path):
                    return Unreadable("there is no such file", missing=True)
                dangling = os.path.islink(path) and not os.path.exists(path)  # noqa: PTH110, PTH114
                words = "it is a link to nothing" if dangling else "it is not a regular file"
                return Unreadable(words, missing=dangling)
            if os.path.getsize(path) > LARGEST_FILE:  # noqa: PTH202
                return Unreadable(f"it is larger than {LARGEST_FILE:,} bytes", limit=True)
            data = Path(path).read_bytes()
        except OSError as error:
            return Unreadable(f"it can't be read: {error.strerror or 'input/output error'}")
        except ValueError:
            return Unreadable("its name is not valid")
        try:
            data.decode("utf-8")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            return Unreadable(f"it is not valid UTF-8 (line {line})", data=data)
        return Source(self.shown(path), data)
