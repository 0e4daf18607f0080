"""What is found while a root is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct, field

from vpce_lint.limits import WORK
from vpce_lint.model import Problem, Reading, Unread
from vpce_lint.origin import described, origin

if TYPE_CHECKING:
    from collections.abc import Collection

    from vpce_lint.disk import Question
    from vpce_lint.model import Annotated, Network


class Findings(Struct):
    """The network, if there is one, the faults, what is left out, the files that were read and those with notes."""

    network: Network | None = None
    problems: list[Problem] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    annotated: list[Annotated] = field(default_factory=list)

    def fail(self, shown: str, error: Exception, *, quotes: bool = True) -> None:
        """Note that reading failed for a reason of our own; without ``quotes`` the error's words may be secrets."""
        words = described(error) if quotes else f"{type(error).__name__}{origin(error)}"
        words = f"reading {shown} failed: {words}"
        self.problems.append(Problem("internal", words, shown))

    def note_limits(self, shown: str) -> None:
        """Note the limits that the work on a root, which reports show as ``shown``, has reached so far."""
        if WORK.is_over:
            WORK.reached(f"reading {shown} takes {WORK.words}", None)
        self.problems += (Problem("limit", words, span.path if span else shown, span) for words, span in WORK.hits)

    def leave_out(self, path: str, reason: str, kind: str = "file") -> None:
        """Note that something isn't read."""
        self.unread.append(Unread(path, reason, kind))

    def reading(self, shown: str = "", asked: Collection[Question] = ()) -> Reading:
        """All of it; ``shown`` is the root's path, and ``asked`` what was asked about the file system for its sake."""
        return Reading(
            networks=(self.network,) if self.network else (),
            problems=tuple(self.problems),
            unread=tuple(self.unread),
            files=tuple(self.files),
            annotated=tuple(self.annotated),
            inputs={shown: asked} if shown else {},
            roots=(shown,) if shown else (),
        )
