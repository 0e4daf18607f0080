"""What cfn-lint is told about one template: our answers about it, under cfn-lint's ids.

cfn-lint takes an id's first letter for the severity. What fails on the command line is told as ``EVPCE002`` where the
rule's own severity is high, else as ``WVPCE003``. What the command line merely shows, undetermined answers and those
below the thresholds, is told as ``IVPCE003``, which cfn-lint shows on demand. So each rule has two ids that never
change with a configuration.
"""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from vpce_lint.baseline import BaselineError
from vpce_lint.config_file import ConfigError
from vpce_lint.fault import FAULTS, INEFFECTIVE, INTERNAL
from vpce_lint.finding import fold
from vpce_lint.garbage import collecting_rarely
from vpce_lint.limits import DEEPEST_RECURSION
from vpce_lint.origin import origin
from vpce_lint.readers.cloudformation.template import Template
from vpce_lint.readers.request import Request, RequestError
from vpce_lint.rule import RuleError
from vpce_lint.scan import Order, scan
from vpce_lint.selection import SelectionError
from vpce_lint.terminal import printable
from vpce_lint.verdict import Confidence, Severity, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from vpce_lint.fault import Fault
    from vpce_lint.finding import Finding
    from vpce_lint.readers.cloudformation.repositories import Repositories
    from vpce_lint.readers.request import ParameterValue
    from vpce_lint.report import Answer, Report
    from vpce_lint.rule import Rule

INFORMATIONAL = "I"
FAULT_IDS = {fault.id for fault in FAULTS}

RUN: Mapping[str, object] = {"min_severity": "", "min_confidence": "", "strict": False}
"""Settings of the whole run, given as those of ``VPCE999``: the command line's options, empty where nothing is said.

Whoever wrote a template can give settings in its metadata. So there is none that names a file.
"""

WORDS = {"min_severity": tuple(map(str, Severity)), "min_confidence": tuple(map(str, Confidence))}

UNDENIABLE = FAULT_IDS - {INEFFECTIVE.id}
"""The rules about the reading itself: what was not read was not checked, whatever the thresholds are."""

TOLD = {Verdict.VIOLATED, Verdict.UNDETERMINED}


class Told(Struct, frozen=True):
    """One match for cfn-lint.

    ``path`` leads to a section or resource of the template. ``place`` is line, column, end line and end column, as
    cfn-lint has them: from 0, the end exclusive.
    """

    id: str
    message: str
    path: tuple[str, ...] = ("Resources",)
    place: tuple[int, int, int, int] = (0, 0, 0, 0)


def failing_id(rule: Rule | Fault) -> str:
    """The id for what fails."""
    return ("E" if rule.severity is Severity.HIGH else "W") + rule.id


def informational_id(rule: str) -> str:
    """The id for what doesn't fail."""
    return INFORMATIONAL + rule


class Question(Struct, frozen=True, kw_only=True):
    """A template that cfn-lint asks about.

    ``file`` is ``None`` where it has none. ``rules`` are the built-in ones, ``ids`` those for what fails, by the rule's id. ``settings`` are what
    cfn-lint was given: values by name, by the rule's id, those of the run under ``VPCE999``; what was given to an
    informational id is under that. ``parameters`` are sets of values for the template's parameters, each for a stack.
    """

    file: str | None
    ids: Mapping[str, str]
    rules: tuple[Rule, ...]
    repositories: Repositories
    settings: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    parameters: tuple[tuple[tuple[str, ParameterValue], ...], ...] = ()


def tell(question: Question) -> tuple[Told, ...]:
    """All that is to be said about a template; nothing is raised."""
    internal = question.ids[INTERNAL.id]
    if question.file is None or not os.path.isfile(question.file):  # noqa: PTH113 (no pipes or devices)
        words = "not judged: the template comes from no file, so where it lies and what it belongs to isn't known"
        return (Told(informational_id(INTERNAL.id), words),)
    try:
        with _at_work():
            found = (each for values in question.parameters or ((),) for each in _tell(question, question.file, values))
            return tuple(dict.fromkeys(found))
    except (BaselineError, ConfigError, RequestError, RuleError, SelectionError) as error:
        return (Told(internal, printable(f"not judged: {error}")),)
    except Exception as error:  # noqa: BLE001 (cfn-lint would go on, and might show nothing)
        words = f"not judged, an internal error: {type(error).__name__}: {error}{origin(error)}"
        return (Told(internal, printable(words)),)


def _tell(question: Question, file: str, values: tuple[tuple[str, ParameterValue], ...]) -> Iterator[Told]:
    report = scan(_order(question, file, values)).report
    if not report.scope.roots and not report.answers:
        if not any(item.kind == "excluded" for item in report.unread):
            yield Told(informational_id(INTERNAL.id), "not judged: vpce-lint takes this file for no template")
        return
    resources = _Resources(file, question.repositories)
    here, start = os.path.realpath(file), question.repositories.start
    counting = [each for each in report.answers if each.verdict in TOLD and not each.suppressed]
    inside = [each for each in counting if os.path.realpath(start / each.location.path) == here]
    for finding in fold(inside):
        yield _match(finding, report, question.ids, resources)
    for answer in counting:
        if answer.rule in UNDENIABLE and answer not in inside:
            place = f"{answer.location.path}:{answer.location.line}"
            yield Told(question.ids[answer.rule], printable(f"{place}: {answer.message}"))


def _order(question: Question, file: str, values: tuple[tuple[str, ParameterValue], ...]) -> Order:
    for given in question.settings:
        if given.startswith(INFORMATIONAL):
            msg = f"{given} has no settings: give them to {question.ids[given.removeprefix(INFORMATIONAL)]}"
            raise RuleError(msg)
        if given in FAULT_IDS - {INTERNAL.id}:
            msg = f"{given} can't be changed"
            raise RuleError(msg)
    run: dict[str, Any] = {**RUN, **_known(question.settings.get(INTERNAL.id, {}))}
    return Order(
        request=Request(paths=(Path(file),), parameter_values=values, repositories=question.repositories),
        today=datetime.now(UTC).date(),
        words=(file,),
        min_severity=Severity(run["min_severity"]) if run["min_severity"] else None,
        min_confidence=Confidence(run["min_confidence"]) if run["min_confidence"] else None,
        strict=run["strict"] or None,
        built_in=question.rules,
        settings={rule: given for rule, given in question.settings.items() if rule != INTERNAL.id},
    )


def _known(given: Mapping[str, object]) -> Mapping[str, object]:
    """Settings of the run; ``RuleError`` where there is no such setting, or no such value."""
    for name, value in given.items():
        if name not in RUN:
            msg = f"a run has no setting {name!r}; there are {', '.join(RUN)}"
            raise RuleError(msg)
        if name in WORDS and value not in WORDS[name]:
            msg = f"{name!r} must be one of {', '.join(WORDS[name])}"
            raise RuleError(msg)
        if type(value) is not type(RUN[name]):
            msg = f"{name!r} must be of type {type(RUN[name]).__name__}, not {type(value).__name__}"
            raise RuleError(msg)
    return given


def _match(finding: Finding, report: Report, ids: Mapping[str, str], resources: _Resources) -> Told:
    answer = finding.answer
    failing = report.thresholds.fail(answer) or answer.rule in UNDENIABLE
    location = answer.location
    return Told(
        id=ids[answer.rule] if failing else informational_id(answer.rule),
        message=printable("; ".join(_words(finding))),
        path=("Resources",) if answer.rule in FAULT_IDS else resources.path_of(answer),
        place=(location.line - 1, location.column - 1, location.end_line - 1, location.end_column - 1),
    )


def _words(finding: Finding) -> Iterator[str]:
    answer = finding.answer
    yield answer.message
    title = "because" if answer.verdict is Verdict.UNDETERMINED else "likely"
    for why in answer.why:
        yield f"{title}: {why}"
    if finding.count > 1:
        yield f"and {finding.count - 1} more like it"
    if answer.fix and answer.verdict is Verdict.VIOLATED:
        yield f"fix: {answer.fix}"


class _Resources:
    """The resources of a template as they are written, and where."""

    def __init__(self, file: str, repositories: Repositories) -> None:
        library = repositories.library(Path(file).parent, repositories.trees(Request(paths=())))
        template = library.template(os.path.join(os.path.realpath(os.path.dirname(file)), os.path.basename(file)))  # noqa: PTH118, PTH119, PTH120
        self._places: dict[str, tuple[tuple[int, int], tuple[int, int]]] = {}
        if isinstance(template, Template):
            at = template.source.position
            for name, entry in template.section("Resources").entries.items():
                self._places[name] = at(entry.key.start), at(entry.node.span.end)

    def path_of(self, answer: Answer) -> tuple[str, ...]:
        """The path to the resource that an answer points into, else to that which it is about."""
        position = (answer.location.line, answer.location.column)
        named = reversed(answer.address.split("."))
        around = (name for name, (start, end) in self._places.items() if start <= position < end)
        name = next(around, None) or next((name for name in named if name in self._places), None)
        return ("Resources", name) if name else ("Resources",)


@contextmanager
def _at_work() -> Iterator[None]:
    """Python as the command line sets it up; cfn-lint gets its own settings back."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, DEEPEST_RECURSION))
    try:
        with collecting_rarely():
            yield
    finally:
        sys.setrecursionlimit(before)
