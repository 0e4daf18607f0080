"""One run: the configurations of the paths, what is read there, judged, and then suppressed or known already."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from vpce_lint import engine, loader
from vpce_lint.baseline import Baseline, Judged, baseline_of, read_baseline, write_baseline
from vpce_lint.config import Choice, Config, configure, rule_folders
from vpce_lint.config_file import ConfigFile, find_config, is_inside, read_config
from vpce_lint.disk import DISK
from vpce_lint.fault import FAULTS
from vpce_lint.limits import WORK, Limits
from vpce_lint.model import Reading
from vpce_lint.readers import read
from vpce_lint.readers.terraform.boundary import Boundary
from vpce_lint.report import Report, Scope, Thresholds
from vpce_lint.suppression import Terms, suppress
from vpce_lint.verdict import Confidence, Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import date

    from vpce_lint.disk import Question
    from vpce_lint.model import Network, Problem
    from vpce_lint.readers.request import Request
    from vpce_lint.report import Answer, ChangeScope
    from vpce_lint.rule import Rule

FAULT_IDS = {fault.id for fault in FAULTS}


class Order(Struct, frozen=True, kw_only=True):
    """What a run is to do, as the command line says it; paths count from the working directory.

    ``request`` names what is read, ``words`` are the paths as written. ``config`` is the one
    configuration, in place of those that are found; without ``local_config`` none is looked for. ``rule_folders``
    hold rules besides the built-in ones. A threshold that is ``None`` is the configuration's. With ``diff``, a revision,
    the report is limited to what has changed since.
    """

    request: Request
    today: date
    words: tuple[str, ...] = ()
    config: str | None = None
    local_config: bool = True
    rule_folders: tuple[str, ...] = ()
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    baseline: str | None = None
    write_baseline: str | None = None
    min_severity: Severity | None = None
    min_confidence: Confidence | None = None
    strict: bool | None = None
    diff: str | None = None


class Outcome(Struct, frozen=True):
    """The report, and whether anything in it fails."""

    report: Report
    fails: bool


class Draft(Struct, frozen=True):
    """The paths and roots that one configuration is for, and what was read there; per environment, if it has some."""

    request: Request
    config: Config
    rules: tuple[Rule, ...]
    readings: tuple[tuple[str | None, Reading], ...]


class Part(Struct, frozen=True):
    """What came of a draft, before a baseline."""

    config: Config
    report: Report
    judged: Judged


def scan(order: Order) -> Outcome:
    """Carry out an order.

    Raises ``ConfigError``, ``BaselineError``, ``RuleError``, ``SelectionError``, ``RequestError`` or ``GitError``
    where it can't be carried out as it is.
    """
    start = os.path.realpath(Path.cwd())
    named = (*order.request.paths, *order.request.roots)
    tops = tuple(dict.fromkeys(str(Boundary.around(_folder(path), Path(start)).top) for path in named))
    if order.diff is not None:
        from vpce_lint.changed_scan import scan_change  # noqa: PLC0415 (loaded when it is asked for)

        return scan_change(order, tops, start)
    drafts = draft(order, tops, start)
    return conclude(order, [judge(order, each, start) for each in drafts], tops, start)


def conclude(
    order: Order,
    parts: Sequence[Part],
    tops: Sequence[str],
    start: str,
    limit: Callable[[int, Report], Report] = lambda _, report: report,
) -> Outcome:
    """The outcome: what a baseline knows doesn't count, nor what ``limit`` takes out of the report with an index."""
    known: Baseline | None = None
    if order.write_baseline:
        apart_from = _always_counting(order.write_baseline, parts, tops)
        known = baseline_of(_joined([part.report for part in parts]), order.write_baseline, start, apart_from)
        write_baseline(known, order.write_baseline)
    elif order.baseline and (order.request.disk is DISK or order.request.disk.exists(order.baseline)):
        known = read_baseline(order.baseline, order.request.disk)
    reports: list[Report] = []
    fails = False
    disk = order.request.disk
    for index, part in enumerate(parts):
        file = order.write_baseline or order.baseline or part.config.baseline
        report = part.report
        if file and (disk is DISK or disk.exists(file)):
            baseline = known or read_baseline(file, disk)
            report = baseline.apply(report, part.judged, start, _always_counting(file, [part], tops))
        report = limit(index, report)
        reports.append(report)
        fails = fails or bool(_thresholds(order, part.config).exit_code(report))
    joined = _joined(reports)
    return Outcome(replace(joined, scope=replace(joined.scope, paths=order.words)), fails)


def _divide(order: Order, tops: Sequence[str], start: str) -> Iterator[tuple[Request, ConfigFile | None]]:
    """What is to be read under each configuration; for most runs that is one for all."""
    request = order.request
    if order.config is not None:
        outside = not _is_reached_inside(order.config, tops)
        yield request, read_config(order.config, start, outside=outside, disk=request.disk)
        return
    if not order.local_config:
        yield request, None
        return
    files: dict[str, ConfigFile | None] = {}
    paths: dict[str, list[Path]] = {}
    roots: dict[str, list[Path]] = {}
    found: dict[str, ConfigFile | None] = {}
    for given, groups in ((request.paths, paths), (request.roots, roots)):
        for path in given:
            folder = os.path.realpath(_folder(path))
            if folder not in found:
                found[folder] = find_config(folder, _highest(folder, start), start, request.disk)
            file = found[folder]
            files[file.shown if file else ""] = file
            groups.setdefault(file.shown if file else "", []).append(path)
    for key, file in files.items():
        yield replace(request, paths=tuple(paths.get(key, ())), roots=tuple(roots.get(key, ()))), file


def _highest(folder: str, start: str) -> str:
    """How far up a configuration is looked for: the repository; without one the working directory, if that is above."""
    top = str(Boundary.around(Path(folder), Path(start)).top)
    return start if top == folder and is_inside(folder, start) and not os.path.lexists(f"{folder}/.git") else top


def _is_reached_inside(path: str, tops: Sequence[str]) -> bool:
    """Whether a path leads, be it by a link, through what is scanned: then the scanned code has a say in what it is."""
    absolute = Path(os.path.abspath(path))  # noqa: PTH100 (resolve would lose the links)
    steps = (absolute, *absolute.parents)
    return any(is_inside(os.path.realpath(step), top) for step in steps for top in tops)


def _folder(path: Path) -> Path:
    return path if path.is_dir() else path.parent


def draft(order: Order, tops: Sequence[str], start: str) -> list[Draft]:
    """What is read, by configuration."""
    return [_draft(order, request, file, tops, start) for request, file in _divide(order, tops, start)]


def _draft(order: Order, request: Request, file: ConfigFile | None, tops: Sequence[str], start: str) -> Draft:
    folders = (*(rule_folders(file) if file else ()), *order.rule_folders)
    rules = loader.load_all(folders)
    config = configure(file, rules, tops, request.disk) if file else Config()
    config.choice(rules, start, order.select, order.ignore)  # whatever is misspelt comes out before work
    limits = config.limits if config.limits and request.limits == Limits() else request.limits
    request = replace(request, excluded=(config.exclude,), everything=bool(config.enforced), limits=limits)
    return Draft(request, config, rules, tuple(_readings(request, config, start)))


def judge(order: Order, drawn: Draft, start: str) -> Part:
    """Everything but the baseline for one configuration."""
    with WORK.within(drawn.request.limits):
        return _judge(order, drawn, start)


def _judge(order: Order, drawn: Draft, start: str) -> Part:
    config, rules, readings = drawn.config, drawn.rules, drawn.readings
    everywhere = config.choice(rules, start, order.select, order.ignore)
    answers: list[Answer] = []
    pages = dict.fromkeys(engine.judge(Reading(()), everywhere.rules).rules)
    judged = {rule.id for rule in everywhere.rules}
    for environment, reading in readings:
        for choice, networks in _by_choice(reading.networks, rules, config, order, start):
            judged &= {rule.id for rule in choice.rules}
            found = engine.judge(Reading(networks), choice.rules)
            pages.update(dict.fromkeys(found.rules))
            for answer in found.answers:
                severity = answer.severity if answer.rule in FAULT_IDS else choice.severities.get(answer.rule)
                answers.append(replace(answer, severity=severity or answer.severity, environment=environment))
    merged = merged_reading([reading for _, reading in readings])
    report = engine.judge(merged, ())
    report = replace(
        report,
        answers=tuple(sorted((*answers, *report.answers), key=lambda answer: answer.order)),
        rules=tuple(sorted(pages, key=lambda page: page.id)),
        thresholds=_thresholds(order, config),
    )
    terms = Terms(
        today=order.today, judged=judged, enforced=config.enforced, require_reason=config.require_reason, start=start
    )
    report = suppress(report, merged, rules, config.suppressions, terms)
    return Part(config, report, Judged({network.root for network in merged.networks}, judged))


def _readings(request: Request, config: Config, start: str) -> Iterator[tuple[str | None, Reading]]:
    """What is read: once, and the roots that have environments once more for each, with its values."""
    plain = read.read(request)
    places = {network.root: absolute(network.root, start) for network in plain.networks}
    several: set[str] = set()
    for environment in config.environments:
        roots = [
            root for root, place in places.items() if request.disk.is_folder(place) and environment.roots.fit(place)
        ]
        if roots:
            several.update(roots)
            own = (Path(os.path.relpath(file, start)) for file in environment.variable_files)  # as reports show paths
            files = (*own, *request.variable_files)
            named = replace(request, paths=(), roots=tuple(Path(places[root]) for root in roots), variable_files=files)
            yield environment.name, read.read(named)
    yield None, replace(plain, networks=tuple(network for network in plain.networks if network.root not in several))


def _by_choice(
    networks: Iterable[Network], rules: Sequence[Rule], config: Config, order: Order, start: str
) -> Iterator[tuple[Choice, tuple[Network, ...]]]:
    """The networks with the rules for them; those of one choice together."""
    groups: dict[tuple[bool, ...], list[Network]] = {}
    for network in networks:
        place = absolute(network.root, start)
        groups.setdefault(tuple(each.roots.fit(place) for each in config.overrides), []).append(network)
    for group in groups.values():
        yield config.choice(rules, absolute(group[0].root, start), order.select, order.ignore), tuple(group)


def merged_reading(readings: Sequence[Reading]) -> Reading:
    """Several readings of the same code as one."""
    annotated = {each.source.path: each for reading in readings for each in reading.annotated}
    return Reading(
        networks=tuple(network for reading in readings for network in reading.networks),
        problems=tuple(_distinct(readings)),
        unread=tuple(dict.fromkeys(item for reading in readings for item in reading.unread)),
        files=max((reading.files for reading in readings), default=0),
        annotated=tuple(annotated.values()),
        inputs=_united(readings),
        roots=tuple(dict.fromkeys(root for reading in readings for root in reading.roots)),
    )


def _united(readings: Iterable[Reading]) -> dict[str, set[Question]]:
    """What was asked for each root, in whatever environment."""
    asked: dict[str, set[Question]] = {}
    for reading in readings:
        for root, questions in reading.inputs.items():
            asked.setdefault(root, set()).update(questions)
    return asked


def _distinct(readings: Iterable[Reading]) -> Iterable[Problem]:
    """The problems, each once however often its file was read."""
    problems: dict[object, Problem] = {}
    for reading in readings:
        for problem in reading.problems:
            start = problem.span.start if problem.span else -1
            problems.setdefault((problem.kind, problem.path, problem.message, start), problem)
    return problems.values()


def absolute(shown: str, start: str) -> str:
    """The absolute path of one that reports show."""
    return os.path.normpath(os.path.join(start, shown))  # noqa: PTH118


def _always_counting(baseline: str, parts: Iterable[Part], tops: Sequence[str]) -> frozenset[str]:
    """The rules that a baseline has no say in: those that are enforced, where the scanned code holds the file."""
    if not _is_reached_inside(baseline, tops):
        return frozenset()
    return frozenset(rule for part in parts for rule in part.config.enforced)


def _thresholds(order: Order, config: Config) -> Thresholds:
    return Thresholds(
        order.min_severity or config.min_severity or Severity.LOW,
        order.min_confidence or config.min_confidence or Confidence.LIKELY,
        bool(config.strict if order.strict is None else order.strict),
    )


def _joined(reports: Sequence[Report]) -> Report:
    """The reports of several configurations as one."""
    if len(reports) == 1:
        return reports[0]
    answers = dict.fromkeys(answer for report in reports for answer in report.answers)
    scopes = [report.scope for report in reports]
    return Report(
        answers=tuple(sorted(answers, key=lambda answer: answer.order)),
        scope=Scope(
            files=sum(scope.files for scope in scopes),
            roots=sum(scope.roots for scope in scopes),
            endpoints=sum(scope.endpoints for scope in scopes),
        ),
        unread=tuple(dict.fromkeys(item for report in reports for item in report.unread)),
        fixed=tuple(dict.fromkeys(item for report in reports for item in report.fixed)),
        rules=tuple(sorted({page for report in reports for page in report.rules}, key=lambda page: page.id)),
        thresholds=_strictest([report.thresholds for report in reports]),
        change=_added([report.change for report in reports if report.change]),
    )


def _added(scopes: Sequence[ChangeScope]) -> ChangeScope | None:
    """What several reports leave out, together."""
    if not scopes:
        return None
    violated, undetermined, roots = (sum(counts) for counts in zip(*map(_counts, scopes), strict=True))
    return replace(scopes[0], violated=violated, undetermined=undetermined, roots=roots)


def _counts(scope: ChangeScope) -> tuple[int, int, int]:
    return scope.violated, scope.undetermined, scope.roots


def _strictest(thresholds: Sequence[Thresholds]) -> Thresholds:
    """Thresholds below which nothing fails in any of the reports."""
    return Thresholds(
        max((each.severity for each in thresholds), key=lambda severity: severity.rank, default=Severity.LOW),
        max((each.confidence for each in thresholds), key=lambda sure: sure.rank, default=Confidence.LIKELY),
        any(each.strict for each in thresholds),
    )
