"""The file system as it was at a commit: what lies there now, but for what has changed since."""

from __future__ import annotations

import os
import stat
from collections import deque
from errno import ENOENT, ENOTDIR
from typing import TYPE_CHECKING

from vpce_lint.disk import Disk
from vpce_lint.git import LINK, SUBMODULE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Protocol

    class Blob(Protocol):
        """A file at the commit."""

        @property
        def mode(self) -> str:
            """Its mode as git writes it."""

        @property
        def size(self) -> int:
            """How many bytes it has."""

        def data(self) -> bytes:
            """Its bytes."""


MOST_LINKS = 40
"""So many links are followed for one path, as Linux does."""


class Past(Disk):
    """What lay there at a commit.

    ``entries`` are all paths that have changed since, absolute and without links on the way: what was there, ``None``
    where nothing was. Files that git ignores count as unchanged.
    """

    def __init__(self, top: str, entries: Mapping[str, Blob | None]) -> None:
        self.entries = entries
        self._top = top
        self._held: dict[str, set[str]] = {}
        self._thinned: set[str] = set()
        for path, blob in entries.items():
            for folder, name in _above(path, top):
                if blob:
                    self._held.setdefault(folder, set()).add(name)
                else:
                    self._thinned.add(folder)
        self._new_folders = {path for path, blob in entries.items() if not blob and _is_folder(path)}
        self._has_links = any(
            (blob and blob.mode == LINK) or os.path.islink(path)  # noqa: PTH114
            for path, blob in entries.items()
        )

    def real(self, path: str) -> str:
        """The path without links."""
        return self._resolved(path) if self._has_links else os.path.realpath(path)

    def concerns(self, folder: str) -> bool:
        """Whether a folder, a path without links, is or holds something that has changed."""
        return folder in self._held or folder in self._thinned or folder in self.entries

    def exists(self, path: str) -> bool:
        """Whether something was there."""
        return self._kind(self._place(path)) is not None

    def is_file(self, path: str) -> bool:
        """Whether it was a regular file."""
        return self._kind(self.real(path)) == "file"

    def is_folder(self, path: str) -> bool:
        """Whether it was a folder."""
        return self._kind(self.real(path)) == "folder"

    def is_link(self, path: str) -> bool:
        """Whether the path itself was a link."""
        return self._kind(self._place(path)) == "link"

    def is_dangling(self, path: str) -> bool:
        """Whether it was a link to nothing."""
        return self.is_link(path) and self._kind(self.real(path)) in {None, "link"}

    def names(self, folder: str) -> list[str]:
        """The names of all that a folder held."""
        real = self.real(folder)
        kind = self._kind(real)
        if kind != "folder":
            raise OSError(*((ENOENT, os.strerror(ENOENT)) if kind is None else (ENOTDIR, os.strerror(ENOTDIR))), folder)
        held = self._held.get(real, set())
        if not held and real not in self._thinned:
            return super().names(real)
        now = super().names(real) if _is_folder(real) else []
        kept = (name for name in now if self._kind(os.path.join(real, name)) is not None)  # noqa: PTH118
        return list(dict.fromkeys((*kept, *sorted(held))))

    def size(self, path: str) -> int:
        """A file's size in bytes."""
        blob = self._blob(path)
        return blob.size if blob else super().size(self.real(path))

    def data(self, path: str) -> bytes:
        """A file's bytes."""
        blob = self._blob(path)
        return blob.data() if blob else super().data(self.real(path))

    def walk(
        self, top: str, failed: Callable[[OSError], object] | None = None
    ) -> Iterator[tuple[str, list[str], list[str]]]:
        """Each folder from ``top`` down, with the names of its folders and of all else."""
        waiting = [top]
        while waiting:
            place = waiting.pop()
            if not self._has_links and not self.concerns(os.path.realpath(place)):
                yield from super().walk(place, failed)
                continue
            try:
                names = self.names(place)
            except OSError as error:
                if failed:
                    failed(error)
                continue
            folders = [name for name in names if self.is_folder(os.path.join(place, name))]  # noqa: PTH118
            among = set(folders)
            yield place, folders, [name for name in names if name not in among]
            inner = (os.path.join(place, name) for name in folders)  # noqa: PTH118
            waiting += reversed([path for path in inner if not self.is_link(path)])

    def _blob(self, path: str) -> Blob | None:
        real = self.real(path)
        blob = self.entries.get(real)
        if blob is None and self._kind(real) is None:
            raise FileNotFoundError(ENOENT, os.strerror(ENOENT), path)
        return blob

    def _place(self, path: str) -> str:
        """The path without links on the way, which may itself be one."""
        folder, name = os.path.split(os.path.abspath(path))  # noqa: PTH100
        return os.path.join(self.real(folder), name)  # noqa: PTH118

    def _kind(self, path: str) -> str | None:
        """What was at a path that has no links on the way: ``file``, ``folder``, ``link``, ``other`` or nothing."""
        blob = self.entries.get(path)
        if blob:
            return {LINK: "link", SUBMODULE: "folder"}.get(blob.mode, "file")
        if path in self._held:
            return "folder"
        if path in self.entries or self._lies_in_new(path):
            return None
        try:
            mode = os.lstat(path).st_mode
        except (OSError, ValueError):
            return None
        if not stat.S_ISDIR(mode):
            return "link" if stat.S_ISLNK(mode) else "file" if stat.S_ISREG(mode) else "other"
        if path in self._thinned and path != self._top and not self._keeps_any(path):
            return None
        return "folder"

    def _keeps_any(self, folder: str) -> bool:
        """Whether something in a folder was there before."""
        try:
            return any(self._kind(os.path.join(folder, name)) is not None for name in super().names(folder))  # noqa: PTH118
        except OSError:
            return False

    def _lies_in_new(self, path: str) -> bool:
        """Whether a folder above the path is new as a whole."""
        return bool(self._new_folders) and any(folder in self._new_folders for folder, _ in _above(path, self._top))

    def _resolved(self, path: str) -> str:
        rest = deque(os.path.join(os.getcwd(), path).split("/"))  # noqa: PTH109, PTH118
        current, links = os.sep, 0
        while rest:
            part = rest.popleft()
            if part in {"", "."}:
                continue
            if part == "..":
                current = os.path.dirname(current)  # noqa: PTH120
                continue
            step = os.path.join(current, part)  # noqa: PTH118
            if links < MOST_LINKS and self._kind(step) == "link":
                links += 1
                target = self._target(step)
                if target.startswith(os.sep):
                    current = os.sep
                rest.extendleft(reversed(target.split("/")))
            else:
                current = step
        return current

    def _target(self, link: str) -> str:
        blob = self.entries.get(link)
        return os.fsdecode(blob.data()) if blob else os.readlink(link)  # noqa: PTH115


def _is_folder(path: str) -> bool:
    """Whether a folder lies there now, and no link to one."""
    return os.path.isdir(path) and not os.path.islink(path)  # noqa: PTH112, PTH114


def _above(path: str, top: str) -> Iterator[tuple[str, str]]:
    """The folders above a path, the nearest first, up to a top folder, each with the name on the way down."""
    while path != top:
        folder, name = os.path.split(path)
        if folder == path:
            return
        yield folder, name
        path = folder
