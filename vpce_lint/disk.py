"""The file system as readers see it; ``past.py`` answers the same questions about an earlier commit."""

from __future__ import annotations

import os
from errno import EIO, ELOOP, ENOENT, ENOTDIR
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


_NOTHING_THERE = {ENOENT, ENOTDIR, ELOOP}


class Question(NamedTuple):
    """Something that a reader asked about the file system.

    ``kind`` is ``data`` (a file's bytes, and whether there is one), ``names`` (what a folder holds), ``kind`` (whether
    a path is a file or a folder), ``tree`` (the names of all that lies below a folder) or ``templates`` (what
    any file below a folder that could be a template says). ``path`` is absolute.
    """

    kind: str
    path: str


class Disk:
    """What lies there now. Paths are absolute or count from the working directory; links are followed."""

    def real(self, path: str) -> str:
        """The path without links, whether something is there or not."""
        return os.path.realpath(path)

    def exists(self, path: str) -> bool:
        """Whether something is there, be it a link to nothing."""
        return os.path.lexists(path)

    def is_file(self, path: str) -> bool:
        """Whether it is a regular file; pipes and devices, which would hang, are none."""
        return os.path.isfile(path)  # noqa: PTH113

    def is_folder(self, path: str) -> bool:
        """Whether it is a folder."""
        return os.path.isdir(path)  # noqa: PTH112

    def is_link(self, path: str) -> bool:
        """Whether the path itself is a link."""
        return os.path.islink(path)  # noqa: PTH114

    def is_dangling(self, path: str) -> bool:
        """Whether it is a link to nothing."""
        return os.path.islink(path) and not os.path.exists(path)  # noqa: PTH110, PTH114

    def names(self, folder: str) -> list[str]:
        """The names of all that a folder holds; ``OSError`` where that can't be had."""
        return os.listdir(folder)  # noqa: PTH208 (names are all that is needed)

    def size(self, path: str) -> int:
        """A file's size in bytes; ``OSError`` where that can't be had."""
        return os.path.getsize(path)  # noqa: PTH202

    def data(self, path: str) -> bytes:
        """A file's bytes; ``OSError`` where they can't be had."""
        with open(path, "rb") as file:  # noqa: PTH123 (a path object takes as long as the reading)
            return file.read()

    def hindrance(self, path: str) -> str:
        """Why it can't be told what is there, such as ``Permission denied``; empty where it can, or nothing is there."""
        try:
            os.stat(path)  # noqa: PTH116
        except OSError as error:
            return "" if error.errno in _NOTHING_THERE else os.strerror(error.errno or EIO)
        except ValueError:  # a name that no file can have
            return ""
        return ""

    def walk(
        self, top: str, failed: Callable[[OSError], object] | None = None
    ) -> Iterator[tuple[str, list[str], list[str]]]:
        """Each folder from ``top`` down, with the names of its folders and of all else, as ``os.walk`` does it.

        Who takes names out of the list of folders keeps those from being walked. Links to folders aren't followed.
        ``failed`` is told of each folder that can't be read, whose path is the error's ``filename``.
        """
        return os.walk(top, onerror=failed)


DISK = Disk()


def is_inside(path: str, folder: str) -> bool:
    """Whether a path is a folder or lies in it; both are real paths."""
    return path == folder or path.startswith(folder if folder.endswith(os.sep) else folder + os.sep)
