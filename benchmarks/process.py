"""Whole processes, measured in turn."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import BinaryIO

STOPWATCH = Path(__file__).with_name("stopwatch.py")

PLENTY, SEVERAL, FEW, TWICE, ONCE = 9, 5, 3, 2, 1
"""How often a command is run that takes less than 0.5 s, 5 s, 15 s, 60 s, or longer."""


class CommandError(Exception):
    """A command did not do what it should."""


def nothing() -> None:
    """What has to be done before most commands."""


@dataclass(frozen=True)
class Command:
    """A command to measure: exit codes of ``fine`` mean that it did its work; ``prepare`` runs before, unmeasured.

    It is run in ``folder``, or in one that is new each time: then what it keeps for its working directory isn't found again.
    ``scans``: it is given the whole of what the others that it is measured with are given, so that a rate makes sense.
    ``most``: it is run no more often.
    """

    name: str
    words: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    fine: frozenset[int] = frozenset({0})
    prepare: Callable[[], None] = nothing
    folder: Path | None = None
    scans: bool = True
    most: int = PLENTY


class Run(NamedTuple):
    """What one run took: seconds, and bytes; ``code`` is ``None`` where it was ended after the limit."""

    wall: float
    cpu: float
    largest: int
    first: int
    together: int
    code: int | None


@dataclass(frozen=True)
class Measured:
    """All runs of a command."""

    name: str
    runs: tuple[Run, ...]

    @property
    def ended(self) -> bool:
        """Whether it came to its end within the limit."""
        return all(run.code is not None for run in self.runs)

    @property
    def wall(self) -> float:
        """The median of seconds; where it did not end, how long it ran."""
        return median(run.wall for run in self.runs)

    @property
    def spread(self) -> tuple[float, float]:
        """The least and the most seconds."""
        return min(run.wall for run in self.runs), max(run.wall for run in self.runs)

    @property
    def cpu(self) -> float:
        """The median of seconds of processor time."""
        return median(run.cpu for run in self.runs)

    @property
    def largest(self) -> int:
        """Bytes at the peak of its largest process."""
        return max(run.largest for run in self.runs)

    @property
    def first(self) -> int:
        """Bytes at the peak of the process that was started, which is the parent of others."""
        return max(run.first for run in self.runs)

    @property
    def together(self) -> int:
        """Bytes at the peak of all of its processes together."""
        return max(run.together for run in self.runs)


def in_turn(commands: Sequence[Command], limit: float) -> list[Measured]:
    """Measure commands by turns, in one order and then in the other, each as often as its first run suggests.

    What the first run of each loads from disk, and compiles, would be measured there: have each run before.
    """
    runs: list[list[Run]] = [[] for _ in commands]
    wanted = [1] * len(commands)
    for turn in range(PLENTY):
        order = range(len(commands)) if turn % 2 == 0 else range(len(commands) - 1, -1, -1)
        for index in order:
            if turn < wanted[index]:
                runs[index].append(run(commands[index], limit))
                wanted[index] = wanted[index] if turn else min(_wanted(runs[index][0]), commands[index].most)
    return [Measured(command.name, tuple(found)) for command, found in zip(commands, runs, strict=True)]


def run(command: Command, limit: float) -> Run:
    """Run a command once; ``CommandError`` where it fails."""
    command.prepare()
    with tempfile.TemporaryDirectory() as folder:
        result, output = Path(folder, "result"), Path(folder, "output")
        words = [sys.executable, "-I", "-S", str(STOPWATCH), str(result), str(limit), *command.words]
        with output.open("wb") as file:
            environment, place = _ENVIRONMENT | dict(command.environment), command.folder or folder
            _watch(words, file, environment, place)
        taken = Run(**json.loads(result.read_text("ascii")))
        if taken.code is not None and taken.code not in command.fine:
            said = output.read_text("utf-8", "replace")[-2000:]
            msg = f"{command.name} ended with {taken.code}: {' '.join(command.words)}\n{said}"
            raise CommandError(msg)
    return taken


def _watch(words: Sequence[str], output: BinaryIO, environment: Mapping[str, str], folder: str | Path) -> None:
    with subprocess.Popen(
        words, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=environment, cwd=folder
    ) as watching:
        try:
            code = watching.wait()
        except BaseException:
            watching.terminate()  # it ends what it measures
            raise
    if code:
        raise subprocess.CalledProcessError(code, words)


_ENVIRONMENT = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL", "TMPDIR") if name in os.environ}
"""What commands are told of the environment: nothing that could change what they do."""


def _wanted(first: Run) -> int:
    """How often a command is run whose first run was this one."""
    if first.code is not None:
        for most, runs in ((0.5, PLENTY), (5, SEVERAL), (15, FEW), (60, TWICE)):
            if first.wall < most:
                return runs
    return ONCE
