"""The roots of a run, each read and judged by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from vpce_lint import engine
from vpce_lint.fault import FAULTS
from vpce_lint.file_directives import file_directives
from vpce_lint.root_result import RootResult, result_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vpce_lint.config import Choice
    from vpce_lint.file_directives import FileDirectives
    from vpce_lint.model import Annotated
    from vpce_lint.readers.request import Request
    from vpce_lint.readers.survey import Found
    from vpce_lint.report import Answer
    from vpce_lint.rule import Rule

FAULT_IDS = {fault.id for fault in FAULTS}


class Task(Struct, frozen=True):
    """A root to be judged, in an environment if it has some, by the chosen rules; ``rules`` are all that can be named."""

    root: Found
    environment: str | None
    choice: Choice
    rules: tuple[Rule, ...]


def sweep(tasks: Sequence[Task], request: Request) -> Iterator[RootResult]:
    """What comes of the tasks, in their order."""
    notes: dict[str, FileDirectives | None] = {}
    for index, task in enumerate(tasks):
        if request.progress:
            request.progress(index, len(tasks))
        yield _carry_out(task, notes)


def _carry_out(task: Task, notes: dict[str, FileDirectives | None]) -> RootResult:
    reading = task.root.read()
    answers = (_in_terms_of(answer, task) for answer in engine.answers_about(reading, task.choice.rules))
    said = (_said(each, task.rules, notes) for each in reading.annotated)
    result = result_of(task.root.shown, reading, answers, (each for each in said if each))
    return replace(result, environment=task.environment)


def _in_terms_of(answer: Answer, task: Task) -> Answer:
    """The answer with the severity that the configuration gives it, and the environment."""
    given = None if answer.rule in FAULT_IDS else task.choice.severities.get(answer.rule)
    if given is None and task.environment is None:
        return answer
    return replace(answer, severity=given or answer.severity, environment=task.environment)


def _said(file: Annotated, rules: Sequence[Rule], known: dict[str, FileDirectives | None]) -> FileDirectives | None:
    """What a file says about suppressions; it may belong to many roots."""
    path = file.source.path
    if path not in known:
        known[path] = file_directives(file, rules)
    return known[path]
