"""One run: the configurations of the paths, what is read there, judged, and then suppressed or known already."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from vpce_lint import engine, loader
from vpce_lint.baseline import Baseline, Judged, baseline_of, read_baseline, write_baseline
from vpce_lint.config import Choice, Config, configure, rule_folders
from vpce_lint.config_file import NAME, ConfigFile, find_config, is_inside, read_config
from vpce_lint.fault import FAULTS
from vpce_lint.model import Reading
from vpce_lint.readers import read
from vpce_lint.readers.terraform.boundary import Boundary
from vpce_lint.report import Report, Scope, Thresholds
from vpce_lint.suppression import Terms, suppress
from vpce_lint.verdict import Confidence, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from vpce_lint.model import Network, Problem
    from vpce_lint.readers.request import Request
    from vpce_lint.report import Answer
    from vpce_lint.rule import Rule

FAULT_IDS = {fault.id for fault in FAULTS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a run is to do, as the command line says it; paths count from the working directory.

    ``request`` names what is read, ``words`` are the paths as written. ``config`` is the one
    configuration, in place of those that are found; without ``local_config`` none is looked for. ``rule_folders``
    hold rules besides the built-in ones. A threshold that is ``None`` is the configuration's.
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
    settings: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    """Values of rules' settings by the rule's id, in place of those of the configuration."""
    built_in: tuple[Rule, ...] = ()
    """The built-in rules, by whoever has loaded them already."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The report, and whether anything in it fails."""

    report: Report
    fails: bool


@dataclass(frozen=True, slots=True)
class _Part:
    """The paths and roots that one configuration is for, and what came of them."""

    config: Config
    report: Report
    judged: Judged


def scan(order: Order) -> Outcome:
    """Carry out an order.

    Raises ``ConfigError``, ``BaselineError``, ``RuleError``, ``SelectionError`` or ``RequestError`` where it
    can't be carried out as it is.
    """
    start = os.path.realpath(Path.cwd())
    named = (*order.request.paths, *order.request.roots)
    tops = tuple(dict.fromkeys(str(Boundary.around(_folder(path), Path(start)).top) for path in named))
    parts = [_judge(order, request, file, tops, start) for request, file in _divide(order, tops, start)]
    known: Baseline | None = None
    if order.write_baseline:
        apart_from = _always_counting(order.write_baseline, parts, tops)
        known = baseline_of(_joined([part.report for part in parts]), order.write_baseline, start, apart_from)
        write_baseline(known, order.write_baseline)
    elif order.baseline:
        known = read_baseline(order.baseline)
    reports: list[Report] = []
    fails = False
    for part in parts:
        file = order.write_baseline or order.baseline or part.config.baseline
        report = part.report
        if file:
            baseline = known or read_baseline(file)
            report = baseline.apply(report, part.judged, start, _always_counting(file, [part], tops))
        reports.append(report)
        fails = fails or bool(_thresholds(order, part.config).exit_code(report))
    joined = _joined(reports)
    return Outcome(replace(joined, scope=replace(joined.scope, paths=order.words)), fails)


def _divide(order: Order, tops: Sequence[str], start: str) -> Iterator[tuple[Request, ConfigFile | None]]:
    """What is to be read under each configuration; for most runs that is one for all."""
    request = order.request
    if order.config is not None:
        yield request, read_config(order.config, start, outside=not _is_reached_inside(order.config, tops))
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
                found[folder] = find_config(folder, _highest(folder, start), start)
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


def _judge(order: Order, request: Request, file: ConfigFile | None, tops: Sequence[str], start: str) -> _Part:
    """Everything but the baseline for one configuration."""
    folders = (*(rule_folders(file) if file else ()), *order.rule_folders)
    rules = order.built_in if order.built_in and not folders else loader.load_all(folders)
    config = configure(file, rules, tops) if file else Config()
    everywhere = _choice(config, rules, start, order)  # whatever is misspelt comes out before work
    request = replace(request, excluded=(config.exclude,))
    if request.touched and (
        request.touched.have_named(NAME) or any(map(request.touched.have, _common(order, request, config)))
    ):
        request = replace(request, touched=None)
    answers: list[Answer] = []
    pages = dict.fromkeys(engine.judge(Reading(()), everywhere.rules).rules)
    judged = {rule.id for rule in everywhere.rules}
    readings = list(_readings(request, config, start))
    for environment, reading in readings:
        for choice, networks in _by_choice(reading.networks, rules, config, order, start):
            judged &= {rule.id for rule in choice.rules}
            found = engine.judge(Reading(networks), choice.rules)
            pages.update(dict.fromkeys(found.rules))
            for answer in found.answers:
                severity = answer.severity if answer.rule in FAULT_IDS else choice.severities.get(answer.rule)
                answers.append(replace(answer, severity=severity or answer.severity, environment=environment))
    merged = _merged([reading for _, reading in readings])
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
    return _Part(config, report, Judged({network.root for network in merged.networks}, judged))


def _common(order: Order, request: Request, config: Config) -> Iterator[str]:
    """The files that have a say in every root, or in more roots than those that they lie in."""
    files = [*request.variable_files, *request.parameters, config.file.shown if config.file else None]
    files += [order.baseline or config.baseline]
    files += [file for environment in config.environments for file in environment.variable_files]
    yield from (os.path.abspath(file) for file in files if file)  # noqa: PTH100 (links count, too)


def _readings(request: Request, config: Config, start: str) -> Iterator[tuple[str | None, Reading]]:
    """What is read: once, and the roots that have environments once more for each, with its values."""
    plain = read.read(request)
    places = {network.root: _absolute(network.root, start) for network in plain.networks}
    several: set[str] = set()
    for environment in config.environments:
        roots = [root for root, place in places.items() if os.path.isdir(place) and environment.roots.fit(place)]  # noqa: PTH112
        if roots:
            several.update(roots)
            files = (*map(Path, environment.variable_files), *request.variable_files)
            named = replace(request, paths=(), roots=tuple(Path(places[root]) for root in roots), variable_files=files)
            yield environment.name, read.read(named)
    yield None, replace(plain, networks=tuple(network for network in plain.networks if network.root not in several))


def _by_choice(
    networks: Iterable[Network], rules: Sequence[Rule], config: Config, order: Order, start: str
) -> Iterator[tuple[Choice, tuple[Network, ...]]]:
    """The networks with the rules for them; those of one choice together."""
    groups: dict[tuple[bool, ...], list[Network]] = {}
    for network in networks:
        place = _absolute(network.root, start)
        groups.setdefault(tuple(each.roots.fit(place) for each in config.overrides), []).append(network)
    for group in groups.values():
        yield _choice(config, rules, _absolute(group[0].root, start), order), tuple(group)


def _choice(config: Config, rules: Sequence[Rule], root: str, order: Order) -> Choice:
    """The rules for a root module, an absolute path, with the settings that the order insists on."""
    choice = config.choice(rules, root, order.select, order.ignore)
    return replace(choice, rules=tuple(rule.configured(order.settings.get(rule.id, {})) for rule in choice.rules))


def _merged(readings: Sequence[Reading]) -> Reading:
    """Several readings of the same code as one."""
    annotated = {each.source.path: each for reading in readings for each in reading.annotated}
    return Reading(
        networks=tuple(network for reading in readings for network in reading.networks),
        problems=tuple(_distinct(readings)),
        unread=tuple(dict.fromkeys(item for reading in readings for item in reading.unread)),
        files=max((reading.files for reading in readings), default=0),
        annotated=tuple(annotated.values()),
    )


def _distinct(readings: Iterable[Reading]) -> Iterable[Problem]:
    """The problems, each once however often its file was read."""
    problems: dict[object, Problem] = {}
    for reading in readings:
        for problem in reading.problems:
            start = problem.span.start if problem.span else -1
            problems.setdefault((problem.kind, problem.path, problem.message, start), problem)
    return problems.values()


def _absolute(shown: str, start: str) -> str:
    return os.path.normpath(os.path.join(start, shown))  # noqa: PTH118


def _always_counting(baseline: str, parts: Iterable[_Part], tops: Sequence[str]) -> frozenset[str]:
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
    )


def _strictest(thresholds: Sequence[Thresholds]) -> Thresholds:
    """Thresholds below which nothing fails in any of the reports."""
    return Thresholds(
        max((each.severity for each in thresholds), key=lambda severity: severity.rank, default=Severity.LOW),
        max((each.confidence for each in thresholds), key=lambda sure: sure.rank, default=Confidence.LIKELY),
        any(each.strict for each in thresholds),
    )
