"""A run that is limited to a change: the roots that it touches are judged as they are and as they were."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from vpce_lint.baseline import BaselineError
from vpce_lint.change import change_since
from vpce_lint.config_file import NAME, SHARED_NAME, ConfigError
from vpce_lint.disk import DISK, Question
from vpce_lint.git import GitError
from vpce_lint.loader import built_in_folder
from vpce_lint.novelty import Novelty
from vpce_lint.readers.request import RequestError
from vpce_lint.root_result import RootResult
from vpce_lint.scan import absolute, conclude, draft, judge

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from vpce_lint.change import Change
    from vpce_lint.report import Answer
    from vpce_lint.scan import Draft, Order, Outcome


class _Inputs(Struct, frozen=True):
    """What the roots of a draft are made from, by absolute path; ``common`` is what has a say in all of them."""

    roots: dict[str, set[Question]]
    common: set[Question]


def scan_change(order: Order, tops: Sequence[str], start: str) -> Outcome:
    """Carry out an order that is limited to a change; ``GitError`` where git can't tell what that is."""
    change = change_since(order.diff or "", _repository(tops))
    drafts = draft(order, tops, start)
    inputs = [_inputs(order, each, tops, start) for each in drafts]
    suspects = {root for each in inputs for root in _suspects(each, change)}
    roots = {root for each in inputs for root in each.roots}
    if suspects or change.may_make_roots:
        roots_then, answers_then = _then(order, change, lambda root: root in suspects or root not in roots, tops, start)
    else:
        roots_then, answers_then = roots, ()
    touched = {root for root in roots if root in suspects or root not in roots_then}
    files = _files(asked for each in inputs for root, asked in each.roots.items() if root not in touched)
    renewed = {rule.id for each in drafts for rule in each.rules if change.has_changed(str(rule.path))}
    novelty = Novelty.against(change, start, (each for each in answers_then if each.rule not in renewed), files)
    limited = [_limited(each, change, touched, start) for each in drafts]
    parts = [judge(order, each, start) for each in limited]
    unjudged = [len(each.roots.keys() - touched) for each in inputs]
    return conclude(order, parts, tops, start, lambda index, report: novelty.limit(report, unjudged[index]))


def _repository(tops: Sequence[str]) -> str:
    if len(tops) > 1:
        msg = f"--diff needs paths in one git repository, not in {' and '.join(sorted(tops))}"
        raise GitError(msg)
    [top] = tops
    if not os.path.lexists(os.path.join(top, ".git")):  # noqa: PTH118
        msg = f"{top} is in no git repository, so --diff has nothing to compare it with"
        raise GitError(msg)
    return top


def _then(
    order: Order, change: Change, wanted: Callable[[str], bool], tops: Sequence[str], start: str
) -> tuple[set[str], tuple[Answer, ...]]:
    """The roots that there were, and the answers about those that are wanted: touched by the change, or no roots now."""
    past = change.past
    request = replace(
        order.request,
        paths=tuple(path for path in order.request.paths if past.exists(str(path))),
        roots=tuple(path for path in order.request.roots if past.is_folder(str(path))),
        source=order.request.source if past.is_folder(str(order.request.source or "")) else None,
        disk=past,
        only=lambda path: change.is_tracked(path) and wanted(change.moved(path)),
        progress=None,
    )
    if not (request.paths or request.roots):
        return set(), ()
    before = replace(order, request=request)
    try:
        drafts = draft(before, tops, start)
        outcome = conclude(before, [judge(before, each, start) for each in drafts], tops, start)
    except GitError:
        raise
    except (BaselineError, ConfigError, RequestError):
        return set(), ()  # it can't have been answered anything with a configuration that is refused
    roots = {absolute(root, start) for each in drafts for root in each.roots}
    return {root for root in roots if change.is_tracked(root)}, outcome.report.answers


def _inputs(order: Order, drawn: Draft, tops: Sequence[str], start: str) -> _Inputs:
    roots: dict[str, set[Question]] = {absolute(root, start): set() for root in drawn.roots}
    for result in drawn.results:
        if result.root:
            roots.setdefault(absolute(result.root, start), set()).update(result.inputs)
    request = drawn.request
    files = [
        *request.variable_files,
        *request.parameters,
        *(Path(file) for each in drawn.config.environments for file in each.variable_files),
        *(rule.path for rule in drawn.rules if built_in_folder() not in rule.path.parents),
        *(Path(file) for file in (order.config, order.baseline or drawn.config.baseline) if file),
    ]
    if order.config is None and order.local_config:
        for path in (*request.paths, *request.roots):
            files += _configurations(DISK.real(str(path)), tops)
    return _Inputs(roots, {Question("data", os.path.abspath(file)) for file in files})  # noqa: PTH100 (links count, too)


def _suspects(inputs: _Inputs, change: Change) -> Iterator[str]:
    """The roots that are made from something else than they were."""
    all_are = change.concerns(inputs.common)
    for root, asked in inputs.roots.items():
        if all_are or not change.is_tracked(root) or change.concerns(asked):
            yield root


def _configurations(path: str, tops: Sequence[str]) -> Iterator[Path]:
    """Where the configuration for a path may lie, or could have lain."""
    for folder in (path, *map(str, Path(path).parents)):
        yield Path(folder, NAME)
        yield Path(folder, SHARED_NAME)
        if folder in tops:
            return


def _limited(drawn: Draft, change: Change, touched: set[str], start: str) -> Draft:
    """A draft with nothing but the roots that the change touches, and what is said of changed files."""
    kept = [result for result in drawn.results if result.is_network and absolute(result.root, start) in touched]
    inputs = [result.inputs for result in drawn.results if result.root and absolute(result.root, start) in touched]
    asked = {question.path for questions in inputs for question in questions} | touched

    def belongs(path: str) -> bool:
        place = absolute(path, start)
        return place in asked or change.has_changed(place)

    said = RootResult(
        troubles=tuple(each for result in drawn.results for each in result.troubles if belongs(each.location.path)),
        unread=tuple(each for result in drawn.results for each in result.unread if belongs(each.path)),
        notes=tuple(each for result in drawn.results for each in result.notes if belongs(each.path)),
        files=tuple(filter(DISK.is_file, sorted(_files(inputs)))),
    )
    stripped = (replace(result, troubles=(), unread=(), notes=(), files=()) for result in kept)
    return replace(drawn, results=(said, *stripped))


def _files(asked: Iterable[Iterable[Question]]) -> set[str]:
    """The files whose bytes were asked for."""
    return {question.path for questions in asked for question in questions if question.kind == "data"}
