"""Answers for people: the same answer about a shared block, reached in several ways, said once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vpce_lint.location import Location
    from vpce_lint.report import Answer


class Finding(Struct, frozen=True):
    """One or more answers that say the same about the same place.

    ``answer`` is the first of them, ``others`` the addresses of the further instances that no other
    call explains, ``calls`` the distinct module calls that lead there, ``environments`` those in which it
    is so. ``count`` is how many answers it stands for.
    """

    answer: Answer
    others: tuple[str, ...]
    calls: tuple[Location, ...]
    count: int
    environments: tuple[str, ...] = ()


def fold(answers: Iterable[Answer]) -> list[Finding]:
    """Findings in the order of their first answers.

    Answers are folded where they differ in nothing but root, environment, address, calls and what is related.
    """
    groups: dict[tuple[object, ...], list[Answer]] = {}
    for answer in answers:
        groups.setdefault(_sameness(answer), []).append(answer)
    return [_finding(group) for group in groups.values()]


def _sameness(answer: Answer) -> tuple[object, ...]:
    grade = (answer.verdict, answer.severity, answer.confidence, answer.suppressed)
    words = (answer.message.replace(answer.address, "\0"), answer.why, answer.fix)
    return answer.rule, answer.about, answer.location.range, grade, words


def _finding(group: list[Answer]) -> Finding:
    first, *rest = group
    ways = {(first.root, first.calls)}
    others: list[str] = []
    for answer in rest:
        way = (answer.root, answer.calls)
        if way in ways and answer.address != first.address:
            others.append(answer.address)
        ways.add(way)
    calls = dict.fromkeys(call for answer in group for call in answer.calls)
    environments = dict.fromkeys(answer.environment for answer in group if answer.environment)
    return Finding(first, tuple(dict.fromkeys(others)), tuple(calls), len(group), tuple(environments))
