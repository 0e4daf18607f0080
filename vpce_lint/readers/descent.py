"""The folders below a place that are looked at."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from msgspec import Struct, field

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from vpce_lint.readers.ignore import Ignored
    from vpce_lint.readers.terraform.boundary import Boundary

PACKAGES = {"node_modules", "venv", "site-packages", "__pycache__"}
"""Folders that package managers fill."""

OF_TOOLS = {".git", ".terraform", ".terragrunt-cache"}
"""Hidden folders that tools fill, and that are looked into only where a link or a name leads there."""

DEEPEST = 100
"""Folders further down than this aren't looked into."""


class Place(Struct, frozen=True):
    """A folder, the names of what lies in it apart from folders, and those of the folders that patterns leave out.

    ``is_too_deep``: what its folders hold isn't looked at.
    """

    path: str
    names: list[str]
    ignored: list[str] = field(default_factory=list)
    is_too_deep: bool = False


def descend(
    top: str, boundary: Boundary, ignored: Ignored, failed: Callable[[OSError], object], *, everything: bool
) -> Iterator[Place]:
    """Each folder from ``top`` down that is to be looked at, in order.

    Hidden folders are left out, and links to folders aren't followed. With ``everything`` neither hides what it
    holds: a link is followed as far as it stays inside the boundary. No folder comes twice, so a loop of links
    can't hold the walk. ``failed`` is told of each folder that can't be read.
    """
    disk = boundary.disk
    waiting, seen = [top], set[str]()
    while waiting:
        start = waiting.pop()
        for place, folders, names in disk.walk(start, failed):
            if everything:
                real = disk.real(place)
                if real in seen:
                    folders.clear()
                    continue
                seen.add(real)
            kept, left_out = [], []
            for name in sorted(folders):
                path = os.path.join(place, name)  # noqa: PTH118
                if name in PACKAGES or (name in OF_TOOLS if everything else name.startswith(".")):
                    if everything and disk.is_link(path):
                        waiting += _target(path, boundary, ignored)
                elif ignored.is_environment(path):
                    continue
                elif ignored.folder(path):
                    left_out.append(name)
                elif everything and disk.is_link(path):
                    waiting += _target(path, boundary, ignored)
                else:
                    kept.append(name)
            is_too_deep = bool(kept) and place.count(os.sep) - start.count(os.sep) >= DEEPEST
            folders[:] = [] if is_too_deep else kept
            yield Place(place, names, left_out, is_too_deep)


def _target(link: str, boundary: Boundary, ignored: Ignored) -> list[str]:
    """Where a link to a folder leads, if it may be followed."""
    return [boundary.disk.real(link)] if boundary.contains(link) and not ignored.covers(link) else []
