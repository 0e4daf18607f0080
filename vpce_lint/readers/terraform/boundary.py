"""What may be read: files inside the repository that is scanned, and nothing else."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct, field

from vpce_lint.disk import DISK, Disk, Question
from vpce_lint.limits import WORK
from vpce_lint.source import Source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator


class Unreadable(Struct, frozen=True):
    """Why a file wasn't read; ``limit``: it is too large; ``missing``: there is none; ``data``: its bytes, if they were had."""

    words: str
    limit: bool = False
    missing: bool = False
    data: bytes = b""


class Boundary(Struct):
    """The folder tree that may be read, by real path, and the folder that reports count paths from.

    Every read of the reader goes through ``read``, so that links and ``..`` can't lead out, and every other question
    about what lies there through here, so that it is known what a root was made from.
    """

    top: Path
    start: Path
    disk: Disk = DISK
    _files: dict[str, Source | Unreadable] = field(default_factory=dict)
    _folders: dict[str, str] = field(default_factory=dict)
    _shown: dict[str, str] = field(default_factory=dict)
    _there: set[str] = field(default_factory=set)
    _asked: set[Question] | None = None

    @classmethod
    def around(cls, folder: Path, start: Path, disk: Disk = DISK) -> Boundary:
        """The git repository around a folder or, outside one, the folder itself."""
        real = Path(os.path.realpath(folder))
        for candidate in (real, *real.parents):
            if os.path.exists(candidate / ".git"):  # noqa: PTH110 (pathlib raises where nobody may look)
                return cls(candidate, start, disk)
        return cls(real, start, disk)

    @contextmanager
    def recording(self) -> Iterator[set[Question]]:
        """Collect what is asked meanwhile; whoever records around this gets it, too."""
        around, asked = self._asked, set[Question]()
        self._asked = asked
        try:
            yield asked
        finally:
            self._asked = around
            self.note(asked)

    def note(self, asked: Iterable[Question]) -> None:
        """Count something as asked, whose answer is known from before."""
        if self._asked is not None:
            self._asked.update(asked)

    def contains(self, path: Path | str) -> bool:
        """Whether a path, links followed, lies inside."""
        if "\0" in str(path):
            return False
        real = self._real(os.path.normpath(path))
        top = str(self.top)
        return real == top or real.startswith(top if top.endswith(os.sep) else top + os.sep)

    def _real(self, path: str) -> str:
        """The path without links; those of folders are looked up once."""
        folder, name = os.path.split(path)
        if not name or not folder or self.disk.is_link(path):
            return self.disk.real(path)
        known = self._folders.get(folder)
        if known is None:
            known = self._folders[folder] = self.disk.real(folder)
        return os.path.join(known, name)  # noqa: PTH118

    def shown(self, path: Path | str) -> str:
        """A path as reports show it: relative to the working directory, with ``/``."""
        normal, start = os.path.normpath(path), str(self.start)
        folder, name = os.path.split(normal)
        if not os.path.isabs(normal) or not name or f"{start}{os.sep}".startswith(f"{normal}{os.sep}"):  # noqa: PTH117
            return os.path.relpath(path, self.start).replace(os.sep, "/")
        known = self._shown.get(folder)
        if known is None:
            known = self._shown[folder] = os.path.relpath(folder, self.start).replace(os.sep, "/")
        return name if known == "." else f"{known}/{name}"

    def read(self, path: Path | str) -> Source | Unreadable:
        """The file as a source; each file is read once."""
        key = os.path.normpath(path)
        self.note((Question("data", key),))
        known = self._files.get(key)
        if known is None:
            known = self._files[key] = self._read(key)
        return known

    def forget(self, path: str) -> None:
        """Let go of the bytes of a file; it is read again where somebody asks for it."""
        self._files.pop(os.path.normpath(path), None)

    def peek(self, path: str) -> bytes | None:
        """The bytes of a file that has been read; ``None`` of any other."""
        known = self._files.get(path)
        return known.data if isinstance(known, Source) else None

    def names(self, folder: str) -> list[str]:
        """The names of what a folder holds; ``OSError`` where that can't be had."""
        self.note((Question("names", os.path.normpath(folder)),))
        return self.disk.names(folder)

    def is_file(self, path: str) -> bool:
        """Whether a path is a regular file."""
        self.note((Question("kind", os.path.normpath(path)),))
        return self.disk.is_file(path)

    def is_folder(self, path: str) -> bool:
        """Whether a path is a folder; one that was there once counts as there, or what it holds would vanish unseen."""
        normal = os.path.normpath(path)
        self.note((Question("kind", normal),))
        if normal not in self._there and self.disk.is_folder(path):
            self._there.add(normal)
        return normal in self._there

    def walk(
        self, top: str, failed: Callable[[OSError], object] | None = None
    ) -> Iterator[tuple[str, list[str], list[str]]]:
        """What ``Disk.walk`` says."""
        self.note((Question("tree", os.path.normpath(top)),))
        return self.disk.walk(top, failed)

    def _read(self, path: str) -> Source | Unreadable:
        disk = self.disk
        if not self.contains(path):
            return Unreadable("it lies outside the repository")
        try:
            if not disk.is_file(path):
                if hindrance := disk.hindrance(path):
                    return Unreadable(f"it can't be read: {hindrance}")
                if not disk.exists(path):
                    return Unreadable("there is no such file", missing=True)
                dangling = disk.is_dangling(path)
                words = "it is a link to nothing" if dangling else "it is not a regular file"
                return Unreadable(words, missing=dangling)
            if disk.size(path) > WORK.limits.file_size:
                return Unreadable(f"it is larger than {WORK.limits.file_size:,} bytes", limit=True)
            data = disk.data(path)
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
