"""One run: the configurations of the paths, what is read there, judged, and then suppressed or known already."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import replace

from vpce_lint import engine, loader
from vpce_lint.config import Config, configure, rule_folders
from vpce_lint.config_file import NAME, ConfigFile, find_config, read_config
from vpce_lint.disk import DISK, is_inside
from vpce_lint.limits import WORK, Limits
from vpce_lint.readers.read import survey
from vpce_lint.readers.terraform.boundary import Boundary
from vpce_lint.report import Report, Scope, Thresholds
from vpce_lint.root_result import Judged, RootResult, result_of
from vpce_lint.suppression import Terms, suppress
from vpce_lint.sweep import Task, is_worth_keeping, sweep
from vpce_lint.verdict import Confidence, Severity, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from vpce_lint.baseline import Baseline
    from vpce_lint.cache import Cache
    from vpce_lint.config import Choice, Environment
    from vpce_lint.kept_results import KeptResults
    from vpce_lint.readers.request import Request
    from vpce_lint.readers.survey import Found
    from vpce_lint.report import ChangeScope
    from vpce_lint.rule import Rule


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
    shown: frozenset[Verdict] = frozenset(Verdict)
    """The verdicts that are looked at: other answers count, but have no words."""
    diff: str | None = None
    settings: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    """Values of rules' settings by the rule's id, in place of those of the configuration."""
    built_in: tuple[Rule, ...] = ()
    """The built-in rules, by whoever has loaded them already."""
    cache: Cache | None = None
    """Where results are kept for the next run."""


class Outcome(Struct, frozen=True):
    """The report, and whether anything in it fails; ``read`` are code, plans, templates and rules in YAML."""

    report: Report
    fails: bool
    read: frozenset[str] = frozenset()


class Draft(Struct, frozen=True):
    """The paths and roots that one configuration is for, and what came of them; ``roots`` are all that were found."""

    request: Request
    config: Config
    rules: tuple[Rule, ...]
    roots: tuple[str, ...]
    results: tuple[RootResult, ...]


class Part(Struct, frozen=True):
    """What came of a draft, before a baseline."""

    config: Config
    report: Report
    judged: Judged
    read: frozenset[str] = frozenset()


def scan(order: Order) -> Outcome:
    """Carry out an order.

    Raises ``ConfigError``, ``BaselineError``, ``RuleError``, ``SelectionError``, ``RequestError`` or ``GitError``
    where it can't be carried out as it is.
    """
    start = os.path.realpath(Path.cwd())
    named = (*order.request.paths, *order.request.roots)
    tops = tuple(dict.fromkeys(str(Boundary.around(_folder(path), Path(start)).top) for path in named))
    if order.cache and _is_reached_inside(str(order.cache.folder), tops):
        order = replace(order, cache=None)  # whoever writes the code could have written results, too
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
    if not (order.write_baseline or order.baseline or any(part.config.baseline for part in parts)):
        return _concluded(order, parts, [limit(index, part.report) for index, part in enumerate(parts)], start)
    from vpce_lint.baseline import baseline_of, read_baseline, write_baseline  # noqa: PLC0415 (loaded when it is needed)

    known: Baseline | None = None
    if order.write_baseline:
        apart_from = _always_counting(order.write_baseline, parts, tops)
        known = baseline_of(_joined([part.report for part in parts]), order.write_baseline, start, apart_from)
        write_baseline(known, order.write_baseline)
    elif order.baseline and (order.request.disk is DISK or order.request.disk.exists(order.baseline)):
        known = read_baseline(order.baseline, order.request.disk)
    reports: list[Report] = []
    disk = order.request.disk
    for index, part in enumerate(parts):
        configured = _without_machine(part.config.baseline, start) if part.config.baseline else None
        file = order.write_baseline or order.baseline or configured
        report = part.report
        if file and (disk is DISK or disk.exists(file)):
            baseline = known or read_baseline(file, disk)
            report = baseline.apply(report, part.judged, start, _always_counting(file, [part], tops))
        reports.append(limit(index, report))
    return _concluded(order, parts, reports, start)


def _concluded(order: Order, parts: Sequence[Part], reports: Sequence[Report], start: str) -> Outcome:
    fails = any(_thresholds(order, part.config).exit_code(report) for part, report in zip(parts, reports, strict=True))
    joined = _joined(reports)
    read = frozenset(path for part in parts for path in part.read)
    words = tuple(_without_machine(word, start) for word in order.words)
    return Outcome(replace(joined, scope=replace(joined.scope, paths=words)), fails, read)


def _without_machine(word: str, start: str) -> str:
    """A path as it was named, an absolute one as reports show it: the machine's folders concern no reader of a report."""
    return os.path.relpath(word, start).replace(os.sep, "/") if os.path.isabs(word) else word  # noqa: PTH117


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
    return path if os.path.isdir(path) else path.parent  # noqa: PTH112 (pathlib raises where nobody may look)


def draft(order: Order, tops: Sequence[str], start: str) -> list[Draft]:
    """What is read, by configuration."""
    return [_draft(order, request, file, tops, start) for request, file in _divide(order, tops, start)]


def _draft(order: Order, request: Request, file: ConfigFile | None, tops: Sequence[str], start: str) -> Draft:
    folders = (*(rule_folders(file) if file else ()), *order.rule_folders)
    rules = order.built_in if order.built_in and not folders else loader.load_all(folders)
    config = configure(file, rules, tops, request.disk) if file else Config()
    _Choices(order, config, rules).of(start)  # whatever is misspelt comes out before work
    limits = config.limits if config.limits and request.limits == Limits() else request.limits
    request = replace(request, excluded=(config.exclude,), everything=bool(config.enforced), limits=limits)
    if request.touched and (
        request.touched.have_named(NAME) or any(map(request.touched.have, _common(order, request, config)))
    ):
        request = replace(request, touched=None)
    with WORK.within(limits):
        roots, results = _swept(order, request, config, rules, start)
    return Draft(request, config, rules, roots, results)


def _swept(
    order: Order, request: Request, config: Config, rules: tuple[Rule, ...], start: str
) -> tuple[tuple[str, ...], tuple[RootResult, ...]]:
    """The roots that are found, as reports show them, and what comes of those that are wanted."""
    kept: KeptResults | None = None
    if not _may_keep(order, request, rules):
        found = survey(request)
        tasks = _tasks(order, request, config, rules, found.roots)
    else:
        kept = _kept(order, request, rules, start) if order.cache and order.cache.folder.is_dir() else None
        calls = kept.calls if kept else {}
        request = replace(request, known_calls=calls)
        found = survey(request)
        tasks = _tasks(order, request, config, rules, found.roots)
        if kept is None and is_worth_keeping(tasks, calls):
            kept = _kept(order, request, rules, start)
            kept.take(calls)
    roots = [root.shown for root in found.roots]
    results = sweep(tasks, request, kept, with_inputs=order.diff is not None)
    for singly in (False, True) if request.everything else ():
        read: dict[str, list[str]] = {}
        for task, result in zip(tasks, results, strict=True):
            read.setdefault(task.root.path, []).extend(result.files)
        idle = [root for find in found.idle for root in find(read, singly=singly)]
        more = _tasks(order, request, config, rules, idle)
        roots += (root.shown for root in idle)
        tasks += more
        results += sweep(more, request, kept, with_inputs=order.diff is not None)
    return tuple(roots), (result_of("", found.rest, (), ()), *results)


def _may_keep(order: Order, request: Request, rules: Sequence[Rule]) -> bool:
    """Whether results may be kept, and earlier ones be used: a user's own rules may look at anything."""
    return order.cache is not None and request.disk is DISK and all(map(loader.is_built_in, rules))


def _kept(order: Order, request: Request, rules: Sequence[Rule], start: str) -> KeptResults:
    from vpce_lint.kept_results import KeptResults, name_of_order  # noqa: PLC0415 (loaded when results are kept)

    if order.cache is None:
        msg = "there is no cache"
        raise TypeError(msg)
    return KeptResults(order.cache, name_of_order(request, order.shown, start), rules)


def judge(order: Order, drawn: Draft, start: str) -> Part:
    """Everything but the baseline for one configuration."""
    config, rules, results = drawn.config, drawn.rules, drawn.results
    roots = {result.root for result in results if result.is_network}
    choices = _Choices(order, config, rules)
    for root in (start, *(absolute(root, start) for root in roots)):
        choices.of(root)
    chosen = choices.rules
    judged = set.intersection(*({rule.id for rule in each} for each in chosen))
    troubles = dict.fromkeys(trouble for result in results for trouble in result.troubles)
    answers = [answer for result in results for answer in result.answers]
    answers += (
        engine.answer_of_fault(engine.fault_of(each.kind), each.message, each.location, roots, fix=each.fix)
        for each in troubles
    )
    files = {file for result in results for file in result.files}
    report = Report(
        answers=tuple(sorted(answers, key=lambda answer: answer.order)),
        scope=Scope(
            files=len(files),
            roots=sum(result.is_network for result in results),
            endpoints=sum(result.endpoints for result in results),
        ),
        unread=tuple(dict.fromkeys(item for result in results for item in result.unread)),
        rules=tuple(sorted({page for each in chosen for page in engine.pages_of(each)}, key=lambda page: page.id)),
        thresholds=_thresholds(order, config),
    )
    terms = Terms(
        today=order.today, judged=judged, enforced=config.enforced, require_reason=config.require_reason, start=start
    )
    places = (_relative(file, start) for file in files)
    read = frozenset((*roots, *places, *(str(rule.path) for rule in rules if rule.document)))
    return Part(config, suppress(report, results, config.suppressions, terms), Judged(roots, judged), read)


def _relative(file: str, start: str) -> str:
    """A path as it counts from the working directory, with ``/``."""
    below = f"{start}{os.sep}"
    return (file[len(below) :] if file.startswith(below) else os.path.relpath(file, start)).replace(os.sep, "/")


def _common(order: Order, request: Request, config: Config) -> Iterator[str]:
    """The files that have a say in every root, or in more roots than those that they lie in."""
    files = [*request.variable_files, *request.parameters, config.file.shown if config.file else None]
    files += [order.baseline or config.baseline]
    files += [file for environment in config.environments for file in environment.variable_files]
    yield from (os.path.abspath(file) for file in files if file)  # noqa: PTH100 (links count, too)


def _tasks(order: Order, request: Request, config: Config, rules: Sequence[Rule], found: Sequence[Found]) -> list[Task]:
    """What is to be done about the roots that are found: for those with environments, per each."""
    environments: dict[str, list[Environment]] = {}
    for root in found:
        if request.disk.is_folder(root.path):
            environments[root.path] = [each for each in config.environments if each.roots.fit(root.path)]
    made: list[tuple[Found, str | None, Request]] = []
    for environment in config.environments:
        roots = tuple(Path(path) for path, those in environments.items() if environment in those)
        if roots:
            own = (Path(os.path.relpath(file)) for file in environment.variable_files)  # as reports show paths
            files = (*own, *request.variable_files)
            own_request = replace(request, paths=(), roots=roots, variable_files=files)
            made += ((root, environment.name, own_request) for root in survey(own_request).roots)
    made += ((root, None, request) for root in found if not environments.get(root.path))
    choices = _Choices(order, config, rules)
    return [
        Task(root, name, own_request, choice, tuple(rules), order.shown)
        for root, name, own_request in made
        if (request.only is None or request.only(root.path)) and (choice := choices.of(root.path))
    ]


class _Choices:
    """The rules for roots, by absolute path; the same for those that the same overrides are about."""

    def __init__(self, order: Order, config: Config, rules: Sequence[Rule]) -> None:
        self._order = order
        self._config = config
        self._rules = rules
        self._made: dict[tuple[bool, ...], Choice] = {}

    @property
    def rules(self) -> list[tuple[Rule, ...]]:
        """The different choices so far."""
        return [choice.rules for choice in self._made.values()]

    def of(self, root: str) -> Choice:
        """The choice for one root."""
        key = tuple(each.roots.fit(root) for each in self._config.overrides)
        if key not in self._made:
            chosen = self._config.choice(self._rules, root, self._order.select, self._order.ignore)
            settings = self._order.settings
            rules = tuple(rule.configured(settings[rule.id]) if rule.id in settings else rule for rule in chosen.rules)
            self._made[key] = replace(chosen, rules=rules)
        return self._made[key]


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
