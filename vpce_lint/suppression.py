"""Suppressions applied to a report: which answers don't count, and which suppressions do nothing.

Nothing else takes an answer's weight away. Answers of ``FAULTS`` and of enforced rules always keep it, and so do
answers that something holds or isn't asked: there is nothing to suppress.
"""

from __future__ import annotations

import os
from bisect import bisect_right
from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import replace

from vpce_lint.address import is_named
from vpce_lint.directive import MOST_DIRECTIVES, WORDS, Directive, Mistake, directives_in
from vpce_lint.engine import answer_of_fault
from vpce_lint.fault import FAULTS, INEFFECTIVE
from vpce_lint.location import Location
from vpce_lint.metadata import directives_in_data
from vpce_lint.report import Suppression
from vpce_lint.secret import masked
from vpce_lint.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from vpce_lint.model import Annotated, Network, Note, Reading
    from vpce_lint.report import Answer, Report
    from vpce_lint.rule import Rule
    from vpce_lint.source import Span

Position = tuple[int, int]
"""Line and column."""

OPEN = {Verdict.VIOLATED, Verdict.UNDETERMINED}
ALONE = "this belongs to no block: write it right above one, or inside"
WHOLE = "metadata of a whole file suppresses nothing: write it at a resource, or the file's path in the configuration"
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


class _Unit(Struct):
    """Code from one position to another, and the directives that belong to it."""

    start: Position
    end: Position
    directives: list[Directive] = field(default_factory=list)


class _File(Struct):
    """The units of a file that have directives, in its order."""

    units: list[_Unit] = field(default_factory=list)

    def at(self, position: Position) -> Iterable[Directive]:
        """The directives for the code at a position."""
        index = bisect_right(self.units, position, key=lambda unit: unit.start) - 1
        if index < 0 or position >= self.units[index].end:
            return ()
        return self.units[index].directives


class _Written(Struct):
    """All that is written about suppressions: directives, by file for those in code, and mistakes."""

    files: dict[str, _File] = field(default_factory=dict)
    in_code: list[Directive] = field(default_factory=list)
    configured: list[Directive] = field(default_factory=list)
    mistakes: list[Mistake] = field(default_factory=list)

    def read(self, annotated: Annotated, rules: Sequence[Rule]) -> None:
        """Collect what one file says."""
        units: dict[int, _Unit] = {}
        found: list[Directive] = []
        mistakes: list[Mistake] = []
        for note in annotated.notes():
            for each in _directives(note, rules):
                if isinstance(each, Mistake):
                    mistakes.append(each)
                elif note.unit is None:
                    mistakes.append(Mistake(ALONE if each.kind == "comment" else WHOLE, each.location))
                else:
                    found.append(each)
                    units.setdefault(note.unit.start, _unit(note.unit)).directives.append(each)
            if len(found) + len(mistakes) > MOST_DIRECTIVES:
                words = f"there are more than {MOST_DIRECTIVES:,} suppressions, so none of this file counts"
                self.mistakes.append(Mistake(words, Location(annotated.source.path)))
                return
        self.in_code += found
        self.mistakes += mistakes
        self.files[annotated.source.path] = _File([units[start] for start in sorted(units)])

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


def suppress(
    report: Report, reading: Reading, rules: Sequence[Rule], configured: Iterable[Directive], terms: Terms
) -> Report:
    """The report with what is suppressed marked so, and an answer for each suppression that does nothing.

    ``rules`` are all rules that can be named, ``configured`` the suppressions of a configuration.
    """
    written = _Written(configured=list(configured))
    for annotated in reading.annotated:
        if WORDS.search(annotated.source.data):
            written.read(annotated, rules)
    valid = written.settle(terms)
    used: set[int] = set()
    answers = list(report.answers)
    if valid:
        headers = _headers(reading.networks)
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
    roots = {network.root for network in reading.networks}
    answers += _reported(written.mistakes, roots)
    return replace(report, answers=tuple(sorted(answers, key=lambda answer: answer.order)))


def _directives(note: Note, rules: Sequence[Rule]) -> Iterator[Directive | Mistake]:
    if isinstance(note.content, str):
        return directives_in(note.content, note.span, rules)
    return directives_in_data(note.content, note.span, rules)


def _unit(span: Span) -> _Unit:
    return _Unit(span.source.position(span.start), span.source.position(span.end))


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


def _headers(networks: Iterable[Network]) -> dict[tuple[str, str], list[Location]]:
    """Where the resources' own blocks begin, by root and address."""
    headers: dict[tuple[str, str], list[Location]] = {}
    for network in networks:
        for resource in network.resources:
            line, column = resource.span.source.position(resource.span.start)
            place = Location(resource.span.path, line, column)
            places = headers.setdefault((network.root, resource.address), [])
            if place not in places:
                places.append(place)
    return headers


def _fitting(
    answer: Answer, written: _Written, headers: Mapping[tuple[str, str], list[Location]], terms: Terms
) -> Iterator[Directive]:
    """The directives about an answer: at its place, its resource's block, the calls that lead there; by address."""
    if answer.rule not in terms.enforced:
        for place in (answer.location, *headers.get((answer.root, answer.address), ()), *answer.calls):
            file = written.files.get(place.path)
            for directive in file.at((place.line, place.column)) if file else ():
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
