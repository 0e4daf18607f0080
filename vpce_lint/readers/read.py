"""From the paths that a user names to what they describe."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from vpce_lint.model import Reading

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from vpce_lint.path_pattern import PathPatterns


@dataclass(frozen=True, slots=True)
class Request:
    """What to read: ``paths`` to search for roots and templates, or exactly the folders ``roots``.

    ``variables`` are ``--var`` arguments (name, text), ``variable_files`` are ``--var-file`` arguments,
    ``parameters`` are ``--parameters`` files; both in the order given. ``source`` is the folder with the code
    that the plans were made from. What ``excluded`` covers isn't looked for, unless it is named itself.
    ``progress`` is told how many of how many roots are done.
    """

    paths: tuple[Path, ...]
    roots: tuple[Path, ...] = ()
    variables: tuple[tuple[str, str], ...] = ()
    variable_files: tuple[Path, ...] = ()
    source: Path | None = None
    parameters: tuple[Path, ...] = ()
    progress: Callable[[int, int], None] | None = None
    excluded: tuple[PathPatterns, ...] = ()


class RequestError(Exception):
    """The request itself is at fault: a path that does not exist, a variable file that can't be read."""


def read(request: Request) -> Reading:
    """Read all that the request names. Faults of the files are part of the reading, never raised."""
    from vpce_lint.readers.cloudformation.reader import read_cloudformation  # noqa: PLC0415 (readers load when needed)
    from vpce_lint.readers.plan.reader import read_plans  # noqa: PLC0415
    from vpce_lint.readers.terraform.reader import read_terraform  # noqa: PLC0415

    return _together(read_terraform(request), read_plans(request), read_cloudformation(request))


def _together(*readings: Reading) -> Reading:
    return Reading(
        tuple(network for reading in readings for network in reading.networks),
        tuple(problem for reading in readings for problem in reading.problems),
        tuple(unread for reading in readings for unread in reading.unread),
        sum(reading.files for reading in readings),
        tuple(each for reading in readings for each in reading.annotated),
    )
