"""Suppressions applied to a report: which answers don't count, and which suppressions do nothing.

Nothing else takes an answer's weight away. Answers of ``FAULTS`` and of enforced rules always keep it, and so do
answers that something holds or isn't asked: there is nothing to suppress.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import replace

from vpce_lint.address import is_named
from vpce_lint.directive import Directive, Mistake
from vpce_lint.engine import answer_of_fault
from vpce_lint.fault import FAULTS, INEFFECTIVE
from vpce_lint.report import Suppression
from vpce_lint.secret import masked
from vpce_lint.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from vpce_lint.file_directives import FileDirectives
    from vpce_lint.report import Answer, Report
    from vpce_lint.root_result import RootResult

OPEN = {Verdict.VIOLATED, Verdict.UNDETERMINED}
FAULT_IDS = {fault.id for fault in FAULTS}


class Terms(Struct, frozen=True, kw_only=True):
    """On what terms suppressions count: ``today``, with a reason only, and not for the rules ``enforced`` (ids).

    ``judged`` are the ids of the rules that were put to the code: what is said about others can't be in vain.
    ``start`` is the folder that reports count paths from.
    """

    today: date
    judged: Collection[str]
    enforced: Collection[str] = ()
    require_reason: bool = False
    start: str = "."


class _Written(Struct):
    """All that is written about suppressions: by file for what stands in code, in the configuration, and mistakes."""

    files: dict[str, FileDirectives]
    configured: tuple[Directive, ...]
    mistakes: list[Mistake] = field(default_factory=list)

    @property
    def in_code(self) -> tuple[Directive, ...]:
        """The directives in code."""
        return tuple(directive for file in self.files.values() for directive in file.directives)

    def settle(self, terms: Terms) -> set[int]:
        """Note why some don't count; the identities of those that do."""
        valid: set[int] = set()
        for directive in (*self.in_code, *self.configured):
            problem = _invalid(directive, terms)
            if problem is None:
                valid.add(id(directive))
            else:
                self.mistakes.append(Mistake(problem, directive.location))
        for directive in self.in_code:
            enforced = [rule for rule in directive.rules if rule in terms.enforced]
            if enforced:
                words = f"{_list(enforced)} is enforced: nothing in the code suppresses it"
                self.mistakes.append(Mistake(words, directive.location))
        return valid


def suppress(report: Report, results: Sequence[RootResult], configured: Iterable[Directive], terms: Terms) -> Report:
    """The report with what is suppressed marked so, and an answer for each suppression that does nothing.

    ``results`` are those that the report is made of, ``configured`` the suppressions of a configuration.
    """
    files = {file.path: file for result in reversed(results) for file in reversed(result.notes)}
    written = _Written(dict(reversed(files.items())), tuple(configured))
    written.mistakes += (mistake for file in written.files.values() for mistake in file.mistakes)
    valid = written.settle(terms)
    used: set[int] = set()
    answers = list(report.answers)
    if valid:
        headers = {(each.root, address): places for each in results for address, places in each.headers.items()}
        for index, answer in enumerate(answers):
            if answer.verdict in OPEN and answer.rule not in FAULT_IDS:
                fitting = [each for each in _fitting(answer, written, headers, terms) if id(each) in valid]
                if fitting:
                    used.update(map(id, fitting))
                    answers[index] = replace(answer, suppressed=_suppressed(fitting[0]))
    for directive in (*written.in_code, *written.configured):
        if id(directive) in valid - used and _could_matter(directive, terms):
            words = f"nothing that was checked needs this suppression of {_list(directive.rules)}"
            written.mistakes.append(Mistake(words, directive.location))
    roots = {result.root for result in results if result.is_network}
    mistakes = tuple(_reported(written.mistakes, roots))
    if mistakes:
        answers = sorted((*answers, *mistakes), key=lambda answer: answer.order)
    return replace(report, answers=tuple(answers))


def _invalid(directive: Directive, terms: Terms) -> str | None:
    """Why a directive doesn't count."""
    rules = _list(directive.rules)
    if directive.until is not None and directive.until < terms.today:
        return f"this suppression of {rules} ended on {directive.until}"
    if terms.require_reason and not directive.reason:
        return f"this suppression of {rules} gives no reason, and the configuration asks for one"
    return None


def _could_matter(directive: Directive, terms: Terms) -> bool:
    """Whether all that a directive is about was judged, and it is free to have a say in some of it."""
    free = directive.kind == "configuration" or not set(directive.rules) <= set(terms.enforced)
    return free and set(directive.rules) <= set(terms.judged)


def _fitting(
    answer: Answer, written: _Written, headers: Mapping[tuple[str, str], Sequence[tuple[str, int, int]]], terms: Terms
) -> Iterator[Directive]:
    """The directives about an answer: at its place, its resource's block, the calls that lead there; by address."""
    if answer.rule not in terms.enforced:
        own, *calls = ((place.path, place.line, place.column) for place in (answer.location, *answer.calls))
        for path, line, column in (own, *headers.get((answer.root, answer.address), ()), *calls):
            file = written.files.get(path)
            for directive in file.at(line, column) if file else ():
                if answer.rule in directive.rules:
                    yield directive
    for directive in written.configured:
        if answer.rule in directive.rules and _concerns(directive, answer, terms.start):
            yield directive


def _concerns(directive: Directive, answer: Answer, start: str) -> bool:
    """Whether an answer is one of those that a configuration's suppression describes."""
    if directive.addresses is not None and not is_named(answer.address, directive.addresses):
        return False
    if directive.paths is None:
        return True
    return directive.paths.cover(os.path.normpath(os.path.join(start, answer.location.path)))  # noqa: PTH118


def _suppressed(directive: Directive) -> Suppression:
    return Suppression(
        directive.kind, masked(directive.reason), directive.until.isoformat() if directive.until else None
    )


def _reported(mistakes: Iterable[Mistake], roots: set[str]) -> Iterator[Answer]:
    for mistake in dict.fromkeys(mistakes):
        yield answer_of_fault(
            INEFFECTIVE, mistake.words, mistake.location, roots, fix="correct it, or remove it", about=mistake.words
        )


def _list(rules: Iterable[str]) -> str:
    return ", ".join(rules)
