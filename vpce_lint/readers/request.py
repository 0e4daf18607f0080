"""What readers are asked to read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from vpce_lint.path_pattern import PathPatterns

Dialect = Literal["terraform", "plan", "cloudformation"]
DIALECTS: tuple[Dialect, ...] = ("terraform", "plan", "cloudformation")


@dataclass(frozen=True, slots=True)
class Request:
    """What to read: ``paths`` to search for roots and templates, or exactly the folders ``roots``.

    ``variables`` are ``--var`` arguments (name, text), ``variable_files`` are ``--var-file`` arguments,
    ``parameters`` are ``--parameters`` files; both in the order given. ``source`` is the folder with the code
    that the plans were made from. What ``excluded`` covers isn't looked for, unless it is named itself.
    ``progress`` is told how many of how many roots are done. Files in other languages than ``dialects`` are left alone.
    """

    paths: tuple[Path, ...]
    roots: tuple[Path, ...] = ()
    variables: tuple[tuple[str, str], ...] = ()
    variable_files: tuple[Path, ...] = ()
    source: Path | None = None
    parameters: tuple[Path, ...] = ()
    progress: Callable[[int, int], None] | None = None
    excluded: tuple[PathPatterns, ...] = ()
    dialects: tuple[Dialect, ...] = DIALECTS


class RequestError(Exception):
    """The request itself is at fault: a path that does not exist, a variable file that can't be read."""
