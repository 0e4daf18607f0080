"""What readers are asked to read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from vpce_lint.disk import DISK, Disk
from vpce_lint.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from vpce_lint.path_pattern import PathPatterns


class Request(Struct, frozen=True):
    """What to read: ``paths`` to search for roots and templates, or exactly the folders ``roots``.

    ``variables`` are ``--var`` arguments (name, text), ``variable_files`` are ``--var-file`` arguments,
    ``parameters`` are ``--parameters`` files; both in the order given. ``source`` is the folder with the code
    that the plans were made from. What ``excluded`` covers isn't looked for, unless it is named itself.
    ``everything``: in the scanned tree, files such as ``.gitignore``, hidden folders, links and calls that are off keep
    nothing from being judged.
    ``progress`` is told how many of how many roots are done. ``disk`` is the file system to read from. Of the
    roots that are found, those are read for whose absolute path ``only`` says so. ``limits`` bound the work.
    """

    paths: tuple[Path, ...]
    roots: tuple[Path, ...] = ()
    variables: tuple[tuple[str, str], ...] = ()
    variable_files: tuple[Path, ...] = ()
    source: Path | None = None
    parameters: tuple[Path, ...] = ()
    progress: Callable[[int, int], None] | None = None
    excluded: tuple[PathPatterns, ...] = ()
    everything: bool = False
    disk: Disk = DISK
    only: Callable[[str], bool] | None = None
    limits: Limits = Limits()


class RequestError(Exception):
    """The request itself is at fault: a path that does not exist, a variable file that can't be read."""
