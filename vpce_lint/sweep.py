"""The roots of a run, each read and judged by itself: one after the other or spread over processes, or known already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from vpce_lint import engine
from vpce_lint.fault import FAULTS
from vpce_lint.file_directives import file_directives
from vpce_lint.root_result import OPEN, RootResult, result_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence, Sized

    from vpce_lint.config import Choice
    from vpce_lint.file_directives import FileDirectives
    from vpce_lint.kept_results import KeptResults
    from vpce_lint.model import Annotated
    from vpce_lint.readers.request import Request
    from vpce_lint.readers.survey import Found
    from vpce_lint.report import Answer
    from vpce_lint.rule import Rule
    from vpce_lint.verdict import Verdict

FAULT_IDS = {fault.id for fault in FAULTS}

WORTH_SPREADING = 400_000
"""Bytes to evaluate: with fewer, to start processes takes longer than the work."""
WORTH_KEEPING = 100_000
"""Bytes to evaluate: with fewer, no results are kept for their sake."""
MANY_CALLS = 200
"""Folders: what as many call is kept, too, for who changed one file has all of them looked through."""


class Task(Struct, frozen=True):
    """A root to be judged, in an environment if it has some, by the chosen rules; ``rules`` are all that can be named.

    Of answers that aren't open, only those with the verdicts in ``shown`` have their words.
    """

    root: Found
    environment: str | None
    request: Request
    choice: Choice
    rules: tuple[Rule, ...]
    shown: frozenset[Verdict]


def is_worth_keeping(tasks: Iterable[Task], calls: Sized) -> bool:
    """Whether it is worth while to keep results, and what is known of ``calls``, for the next run."""
    return len(calls) >= MANY_CALLS or sum(task.root.weight for task in tasks) >= WORTH_KEEPING


def sweep(
    tasks: Sequence[Task], request: Request, kept: KeptResults | None = None, *, with_inputs: bool = True
) -> list[RootResult]:
    """What comes of the tasks, in their order; the inputs of many roots take much memory, and few ask for them."""

    def finished(result: RootResult | None) -> RootResult | None:
        return result if with_inputs or result is None else replace(result, inputs=())

    known = [finished(kept.find(task)) if kept and _is_kept(task) else None for task in tasks]
    missing = [index for index, found in enumerate(known) if found is None]
    heavy = [index for index in missing if tasks[index].root.weight]
    weight = sum(tasks[index].root.weight for index in heavy)
    jobs = request.processes(is_worth_it=weight >= WORTH_SPREADING)
    done = _carry_out([tasks[index] for index in heavy], jobs, kept)
    notes: dict[str, FileDirectives | None] = {}
    for count, index in enumerate(missing):
        if request.progress:
            request.progress(len(tasks) - len(missing) + count, len(tasks))
        known[index] = finished(next(done) if tasks[index].root.weight else _result(tasks[index], notes))
    results = [result for result in known if result is not None]
    if kept and is_worth_keeping(tasks, kept.calls):
        kept.save(is_whole=request.touched is None and request.only is None)
    return results


def _is_kept(task: Task) -> bool:
    return task.root.is_closed and task.root.weight > 0


def _carry_out(tasks: Sequence[Task], jobs: int, kept: KeptResults | None) -> Iterator[RootResult]:
    """The results of the tasks. Those of workers that are killed, or that can't be sent, are worked out here."""
    if jobs < 2:
        yield from _results(tasks, kept)
        return
    from vpce_lint.kept_results import decode, encode  # noqa: PLC0415 (large scans only)
    from vpce_lint.workers import LostError, spread  # noqa: PLC0415

    notes: dict[str, FileDirectives | None] = {}

    def work(index: int) -> bytes:
        return encode(_result(tasks[index], notes), tasks[index].root.peek)

    done = 0
    try:
        for data in spread(work, len(tasks), jobs):
            if not data:
                yield _result(tasks[done], notes)
                done += 1
                continue
            if kept and _is_kept(tasks[done]):
                kept.keep(tasks[done], data)
            made = decode(data)
            if made is None:
                msg = "a worker's result can't be decoded"
                raise TypeError(msg)
            done += 1
            yield made.result
    except LostError:
        yield from _results(tasks[done:], kept)


def _results(tasks: Sequence[Task], kept: KeptResults | None) -> Iterator[RootResult]:
    """The results of the tasks, worked out here."""
    notes: dict[str, FileDirectives | None] = {}
    for task in tasks:
        result = _result(task, notes)
        if kept and _is_kept(task):
            kept.add(task, result)
        yield result


def _result(task: Task, notes: dict[str, FileDirectives | None]) -> RootResult:
    reading = task.root.read()
    found, limits = engine.answers_about(reading, task.choice.rules)
    reading = replace(reading, problems=(*reading.problems, *limits))
    worded = task.shown | OPEN
    answers = (_in_terms_of(answer if answer.verdict in worded else answer.bare, task) for answer in found)
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
