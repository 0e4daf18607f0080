"""What readers are asked to read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from vpce_lint.disk import DISK, Disk
from vpce_lint.limits import Limits
from vpce_lint.refusal import RefusalError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from vpce_lint.path_pattern import PathPatterns
    from vpce_lint.readers.cloudformation.repositories import Repositories
    from vpce_lint.readers.touched import Touched

ParameterValue = str | tuple[str, ...]
"""What a template's parameter is set to: a text, or those of a list."""

Dialect = Literal["terraform", "plan", "cloudformation"]
DIALECTS: tuple[Dialect, ...] = ("terraform", "plan", "cloudformation")


class Request(Struct, frozen=True):
    """What to read: ``paths`` to search for roots and templates, or exactly the folders ``roots``.

    ``variables`` are ``--var`` arguments (name, text), ``variable_files`` are ``--var-file`` arguments,
    ``parameters`` are ``--parameters`` files; both in the order given. ``parameter_values`` are given besides,
    by whoever has them without a file. ``source`` is the folder with the code
    that the plans were made from. What ``excluded`` covers isn't looked for, unless a folder is named itself.
    ``everything``: in the scanned tree, files such as ``.gitignore``, hidden folders, links and calls that are off keep
    nothing from being judged.
    ``progress`` is told how many of how many roots are done. ``disk`` is the file system to read from. Of the
    roots that are found, those are read for whose absolute path ``only`` says so. ``repositories`` keeps what is known
    between the requests of one run. With ``touched``, only roots below the paths that those files touch are found.
    Files in other languages than ``dialects`` are left alone. ``known_calls`` has what is known of folders by their
    content, and gets what is found out besides: where the modules that are called there lie, ``None`` for one elsewhere.
    ``limits`` bound the work, which ``jobs`` processes do; with ``None`` as many as it is worth.
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
    everything: bool = False
    disk: Disk = DISK
    only: Callable[[str], bool] | None = None
    repositories: Repositories | None = None
    touched: Touched | None = None
    dialects: tuple[Dialect, ...] = DIALECTS
    known_calls: dict[str, tuple[str | None, ...]] | None = None
    limits: Limits = Limits()
    jobs: int | None = 1

    def processes(self, *, is_worth_it: bool) -> int:
        """How many processes do a piece of work; ``is_worth_it`` says whether one alone would take longer to do it."""
        if self.disk is not DISK:
            return 1  # what another commit holds comes through a pipe, which copies of this process can't share
        if self.jobs is not None:
            return self.jobs
        if not is_worth_it:
            return 1
        from vpce_lint.workers import processors  # noqa: PLC0415 (large scans only)

        return processors()


class RequestError(RefusalError):
    """The request itself is at fault: a path that does not exist, a variable file that can't be read."""
