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

    Answers are folded where they differ in nothing but root, environment, address, calls and what is related; words
    about ``aws_route_table.a[0]`` and ``aws_nat_gateway.b[0]`` are the same for ``[1]``.
    """
    groups: dict[tuple[object, ...], list[Answer]] = {}
    for answer in answers:
        groups.setdefault(_sameness(answer), []).append(answer)
    return [_finding(group) for group in groups.values()]


def _sameness(answer: Answer) -> tuple[object, ...]:
    grade = (answer.verdict, answer.severity, answer.confidence, answer.suppressed)
    words = (_of_any(answer, answer.message), answer.why, _of_any(answer, answer.fix))
    return answer.rule, answer.about, answer.location.range, grade, words


def _of_any(answer: Answer, words: str) -> str:
    """What is said about an instance, without its address and instance keys."""
    words = words.replace(answer.address, "\0")
    for after in answer.address.split("[")[1:]:
        words = words.replace(f"[{after.partition(']')[0]}]", "[\0]")
    return words


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
