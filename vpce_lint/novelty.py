"""Which answers belong to a change: those that are new or worse than at the commit, and those about changed lines."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from vpce_lint.fault import FAULTS, INEFFECTIVE
from vpce_lint.report import ChangeScope
from vpce_lint.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from vpce_lint.change import Change
    from vpce_lint.report import Answer, Report

OPEN = {Verdict.VIOLATED, Verdict.UNDETERMINED}
UNREAD_IDS = {fault.id for fault in FAULTS if fault is not INEFFECTIVE}
"""Rules about code that was not read, or not judged: a changed file with such an answer may hold anything."""


class Novelty(Struct, frozen=True):
    """What the code was answered at the commit, by the answers' fingerprints; ``start`` is where paths count from.

    ``elsewhere`` are the files, by absolute path, that roots were made from which weren't judged.
    """

    change: Change
    start: str
    then: dict[str, list[Answer]]
    elsewhere: Collection[str]

    @classmethod
    def against(cls, change: Change, start: str, then: Iterable[Answer], elsewhere: Collection[str]) -> Novelty:
        """With the answers as they were at the commit."""
        known: dict[str, list[Answer]] = {}
        for answer in then:
            if answer.verdict in OPEN:
                moved = _moved(answer, change, start)
                known.setdefault(moved.fingerprint, []).append(moved)
        return cls(change, start, known, elsewhere)

    def limit(self, report: Report, unjudged: int) -> Report:
        """The report without open answers that don't belong to the change; ``unjudged`` roots it doesn't touch."""
        left = {fingerprint: list(answers) for fingerprint, answers in self.then.items()}
        apart: set[int] = set()
        answers = report.answers
        # The worst first, or an answer might take the place of one that only it is no worse than.
        for index in sorted(range(len(answers)), key=lambda index: _badness(answers[index])):
            answer = answers[index]
            if answer.verdict in OPEN and not self._is_new(answer, left) and not self._is_touched(answer):
                apart.add(index)
        counting = [answers[index].verdict for index in apart if not answers[index].suppressed]
        scope = ChangeScope(
            revision=self.change.revision,
            commit=self.change.commit,
            violated=counting.count(Verdict.VIOLATED),
            undetermined=counting.count(Verdict.UNDETERMINED),
            roots=unjudged,
        )
        kept = tuple(answer for index, answer in enumerate(answers) if index not in apart)
        return replace(report, answers=kept, change=scope)

    def _is_new(self, answer: Answer, left: dict[str, list[Answer]]) -> bool:
        if answer.rule == INEFFECTIVE.id and self._absolute(answer.location.path) in self.elsewhere:
            return False  # what wasn't judged may need the suppression
        known = left.get(answer.fingerprint, [])
        found = next((index for index, each in enumerate(known) if _covers(each, answer)), None)
        if found is None:
            return True
        del known[found]
        return False

    def _is_touched(self, answer: Answer) -> bool:
        """Whether a line of what the answer shows has changed."""
        if answer.rule in UNREAD_IDS and self.change.has_changed(self._absolute(answer.location.path)):
            return True
        return any(
            self.change.touches(self._absolute(place.path), place.line, place.end_line)
            for place in (answer.location, *answer.related, *answer.calls)
        )

    def _absolute(self, path: str) -> str:
        return os.path.normpath(os.path.join(self.start, path))  # noqa: PTH118


def _covers(then: Answer, now: Answer) -> bool:
    """Whether an answer is no worse than it was, and about no more."""
    return (
        then.verdict.rank <= now.verdict.rank
        and then.severity.rank <= now.severity.rank
        and (then.verdict is not now.verdict or then.confidence.rank <= now.confidence.rank)
        and (not then.suppressed or now.suppressed is not None)
        and set(now.affects) <= set(then.affects)
    )


def _badness(answer: Answer) -> tuple[object, ...]:
    return (
        answer.suppressed is not None,
        answer.verdict.rank,
        answer.severity.rank,
        answer.confidence.rank,
        -len(answer.affects),
    )


def _moved(answer: Answer, change: Change, start: str) -> Answer:
    """An answer as it would be where its file lies now."""

    def shown(path: str) -> str:
        before = os.path.normpath(os.path.join(start, path))  # noqa: PTH118
        after = change.moved(before)
        return path if after == before else os.path.relpath(after, start).replace(os.sep, "/")

    path = shown(answer.location.path)
    if path == answer.location.path and shown(answer.root) == answer.root:
        return answer
    address = path if answer.address == answer.location.path else answer.address
    affects = tuple(path if each == answer.location.path else each for each in answer.affects)
    place = replace(answer.location, path=path)
    return replace(answer, root=shown(answer.root), address=address, affects=affects, location=place)
