"""A place to measure at, and what is kept of what was measured there."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from benchmarks.environments import Environments, Scanned, program_of
from benchmarks.process import Measured, in_turn, run
from benchmarks.repositories.repository import Repository, largest_template

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from benchmarks.process import Command


class Target(NamedTuple):
    """A promise, what was measured, and whether that keeps it; ``None`` where that doesn't tell."""

    what: str
    promised: str
    measured: str
    kept: bool | None


class Line(NamedTuple):
    """What one command took on one repository or template."""

    what: str
    scanned: Scanned | None
    measured: Measured


@dataclass
class Bench:
    """Where to measure, how large, and what was measured so far.

    ``thousand`` is how many roots stand for 1,000, ``limit`` the seconds after which a command is ended.
    """

    environments: Environments
    repositories: Path
    thousand: int
    limit: float
    peers: tuple[str, ...]
    report: Callable[[Line], None]
    lines: list[Line] = field(default_factory=list)

    def repository(self, form: str, roots: int, relevant: int) -> Scanned:
        """A generated repository; its files have been read, so that none is read from disk later."""
        folder = self.repositories / f"{form}-{roots}-{relevant}"
        listed = folder.with_suffix(".relevant")
        if not listed.exists():
            paths = Repository(form, roots, relevant).write(folder)
            listed.write_text("\n".join(paths), "utf-8")
        ending = ".tf" if form == "terraform" else f".{form}"
        read = ((each.suffix == ending, each.read_bytes()) for each in folder.rglob("*") if each.is_file())
        return Scanned(folder, sum(len(data) for is_source, data in read if is_source), listed)

    def empty(self) -> Scanned:
        """A folder with nothing in it."""
        folder = self.repositories / "empty"
        folder.mkdir(parents=True, exist_ok=True)
        return Scanned(folder, 0)

    def template(self, form: str) -> Scanned:
        """The largest template, in a folder of its own: who looks for templates that nest it shall find none."""
        file = self.repositories / f"largest-{form}" / f"template.{form}"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(largest_template(form), "utf-8")
        return Scanned(file, file.stat().st_size)

    def measure(self, what: str, scanned: Scanned | None, *commands: Command) -> list[Measured]:
        """Measure commands in turn, and keep a line for each."""
        found = in_turn(commands, self.limit)
        for command, each in zip(commands, found, strict=True):
            self.lines.append(Line(what, scanned if command.scans else None, each))
            self.report(self.lines[-1])
        return found

    def has(self, peers: Iterable[str]) -> list[str]:
        """Those of the peers that are wanted and can be had."""
        return [peer for peer in peers if program_of(peer) in self.peers and self.environments.has(peer)]

    def warm_up(self, peers: Iterable[str]) -> None:
        """Have every program compile and cache what it does at its first start."""
        code, template = self.repository("terraform", 1, 100), self.repository("yaml", 1, 100)
        run(self.environments.vpce_lint(code), self.limit)
        run(self.environments.vpce_lint(template), self.limit)
        for peer in self.has(peers):
            run(self.environments.peer(peer, only_file(template) if peer == "cfn-lint" else code), self.limit)


def only_file(repository: Scanned) -> Scanned:
    """The only template of a repository."""
    file = next(each for each in repository.path.rglob("*") if each.is_file())
    return Scanned(file, file.stat().st_size)
