"""What readers are asked to read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from vpce_lint.path_pattern import PathPatterns
    from vpce_lint.readers.cloudformation.repositories import Repositories
    from vpce_lint.readers.touched import Touched

ParameterValue = str | tuple[str, ...]
"""What a template's parameter is set to: a text, or those of a list."""


@dataclass(frozen=True, slots=True)
class Request:
    """What to read: ``paths`` to search for roots and templates, or exactly the folders ``roots``.

    ``variables`` are ``--var`` arguments (name, text), ``variable_files`` are ``--var-file`` arguments,
    ``parameters`` are ``--parameters`` files; both in the order given. ``parameter_values`` are given besides,
    by whoever has them without a file. ``source`` is the folder with the code
    that the plans were made from. What ``excluded`` covers isn't looked for, unless a folder is named itself.
    ``progress`` is told how many of how many roots are done. ``repositories`` keeps what is known of templates
    between the requests of one run. With ``touched``, only roots below the paths that those files touch are read.
    """

    paths: tuple[Path, ...]
    roots: tuple[Path, ...] = ()
    variables: tuple[tuple[str, str], ...] = ()
    variable_files: tuple[Path, ...] = ()
    source: Path | None = None
    parameters: tuple[Path, ...] = ()
    parameter_values: tuple[tuple[str, ParameterValue], ...] = ()
    progress: Callable[[int, int], None] | None = None
    excluded: tuple[PathPatterns, ...] = ()
    repositories: Repositories | None = None
    touched: Touched | None = None


class RequestError(Exception):
    """The request itself is at fault: a path that does not exist, a variable file that can't be read."""
