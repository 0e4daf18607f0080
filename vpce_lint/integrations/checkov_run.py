"""One run of one of checkov's runners: what it scans, and our answers about that."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field
from msgspec.structs import replace

from vpce_lint.disk import is_inside
from vpce_lint.fault import INTERNAL
from vpce_lint.garbage import collecting_rarely
from vpce_lint.integrations.checkov_answers import UNSEEN, Landing, Spot, land
from vpce_lint.integrations.checkov_frameworks import FRAMEWORKS, KIND, nodes_of, vertices_of
from vpce_lint.integrations.checkov_notice import notice
from vpce_lint.integrations.deep_thread import call_deeply
from vpce_lint.location import Location
from vpce_lint.origin import origin
from vpce_lint.report import Answer
from vpce_lint.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from vpce_lint.integrations.checkov_answers import Landings
    from vpce_lint.integrations.checkov_check import RuleCheck
    from vpce_lint.verdict import Severity

Results = tuple[list[Any], list[Any], list[Any]]
"""The entities that passed, that failed, and of which it is unknown, as checkov's checks return them."""

CODE = (".tf", ".hcl")
"""Names of files for which checkov starts its runner for Terraform, where files are named."""


class Run(Struct):
    """What a runner was told to scan.

    ``framework`` is checkov's name for it, ``root`` a folder or nothing, ``files`` those that were named; paths count
    from the working directory. ``options`` is checkov's ``RunnerFilter``, ``checks`` are all of ours.
    """

    framework: str
    root: str | None
    files: tuple[str, ...]
    options: Any
    checks: Sequence[RuleCheck]
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _found: Mapping[tuple[str, Severity, int], Results] | None = None

    def results(self, runner: Any, graph: Any, check: RuleCheck) -> Results:
        """What a check says about a graph; the first one that asks has everything judged."""
        with self._lock, collecting_rarely():
            if self._found is None:
                try:
                    self._found = self._judge(runner)
                except Exception as error:  # noqa: BLE001 (checkov takes a check that raises for one that found nothing)
                    self._found = self._lost(runner, error)
        number = next((number for number, each in enumerate(graphs_of(runner)) if each is graph), 0)
        return self._found.get((check.id, check.grade, number), ([], [], []))

    def _judge(self, runner: Any) -> Mapping[tuple[str, Severity, int], Results]:
        start = os.path.realpath(Path.cwd())
        framework = FRAMEWORKS[self.framework]
        try:
            landings = land(self._answers(), vertices_of(framework, runner, graphs_of(runner)), start, self._wants)
        except Exception as error:  # noqa: BLE001 (whatever it is, it is reported)
            landings = land([self._failure(error)], (), start, lambda *_: True)
        self._tell(landings)
        entities: dict[Spot, Any] = {}
        found: dict[tuple[str, Severity, int], Results] = {}
        for landing in self._addressed(landings.all):
            where, number = landing.where, 0
            if isinstance(where, Spot):
                if where not in entities:
                    entities[where] = framework.entity(runner, where, len(entities))
                entity = entities[where]
            else:
                entity, number = where.entity, where.graph
            passed, failed, unknown = found.setdefault((landing.rule, landing.severity, number), ([], [], []))
            lists = {Verdict.SATISFIED: passed, Verdict.VIOLATED: failed, Verdict.UNDETERMINED: unknown}
            lists[landing.verdict].append(entity)
        return found

    def _lost(self, runner: Any, error: Exception) -> Mapping[tuple[str, Severity, int], Results]:
        """Failures on whatever resource there is, where not even a place could be made for one."""
        failure = self._failure(error)
        notice(self.framework, [failure], 0, 0, 0)
        lost = [node for graph in graphs_of(runner) for node in nodes_of(graph) if node.get(KIND) == "resource"][:1]
        landing = Landing(failure.rule, failure.severity, Verdict.VIOLATED, Spot("", "", failure))
        return {(each.rule, each.severity, 0): ([], lost, []) for each in self._addressed([landing])}

    def _answers(self) -> Iterable[Answer]:
        """The answers of the command line about the same paths, with the configuration that lies there."""
        from datetime import UTC, datetime  # noqa: PLC0415 (loads only when needed)

        from vpce_lint.limits import DEEPEST_RECURSION  # noqa: PLC0415
        from vpce_lint.readers.request import Request  # noqa: PLC0415
        from vpce_lint.scan import Order, scan  # noqa: PLC0415

        if self.framework == "terraform_json" and self._runs_terraform():
            return ()  # its answers are about whole root modules: the other runner gives them
        request = Request(
            paths=tuple(Path(path) for path in ((self.root,) if self.root else self.files)),
            variable_files=tuple(Path(path) for path in self.options.var_files or ()),
            dialects=(FRAMEWORKS[self.framework].dialect,),
        )
        order = Order(request=request, today=datetime.now(UTC).date(), words=tuple(map(str, request.paths)))
        return call_deeply(lambda: scan(order), DEEPEST_RECURSION).report.answers

    def _runs_terraform(self) -> bool:
        chosen = {"all", "terraform"}.intersection(self.options.framework)
        return bool(chosen) and (not self.files or any(path.endswith(CODE) for path in self.files))

    def _wants(self, path: str, rule: str) -> bool:
        """Whether checkov was asked to look at a file: it is named, or in no folder that ``--skip-path`` excludes.

        Where files are named, a fault in another one counts too: what was not read may decide about them.
        """
        if not self.root:
            return rule in UNSEEN or any(os.path.realpath(file) == path for file in self.files)
        excluded, root = self.options.excluded_paths, os.path.realpath(self.root)
        steps = [step for step in (path, *map(str, Path(path).parents)) if is_inside(step, root) and step != root]
        return not excluded or not any(_excludes(excluded, step) for step in steps)

    def _failure(self, error: Exception) -> Answer:
        """An answer in place of all others."""
        path = self.root or self.files[0]
        ours = type(error).__module__.startswith("vpce_lint.")  # such as ConfigError, whose words are for users
        words = str(error) if ours else f"the plugin failed: {type(error).__name__}: {error}{origin(error)}"
        return Answer(
            rule=INTERNAL.id,
            name=INTERNAL.name,
            verdict=Verdict.VIOLATED,
            severity=INTERNAL.severity,
            address=path,
            root=path,
            location=Location(path),
            message=words,
        )

    def _addressed(self, landings: Iterable[Landing]) -> Iterator[Landing]:
        """The landings, and those of faults that no check is asked about under every id that is.

        Who runs one rule only has to learn that it could not be judged.
        """
        asked = {check.id for check in self.checks if self._asks(check)}
        named = {check.id: check for check in self.checks if check.is_typical and check.id in asked - UNSEEN}
        for landing in landings:
            yield landing
            if landing.rule in UNSEEN - asked and not self.options.check_matches(
                landing.rule, None, self.options.skip_checks
            ):
                for check in named.values():
                    yield replace(landing, rule=check.id, severity=check.grade)

    def _asks(self, check: RuleCheck) -> bool:
        return bool(self.options.should_run_check(check, report_type=self.framework))

    def _tell(self, landings: Landings) -> None:
        """Say on standard error what checkov doesn't show: its reports have no word for it."""
        asked = {(check.id, check.grade) for check in self.checks if self._asks(check)}
        counted = (
            [answer for answer in answers if (answer.rule, answer.severity) in asked]
            for answers in (landings.undetermined, landings.kept_back, landings.elsewhere)
        )
        faults = [
            where.answer for each in landings.all if isinstance(where := each.where, Spot) and each.rule in UNSEEN
        ]
        notice(self.framework, faults, *(len(answers) for answers in counted))


def graphs_of(runner: Any) -> Sequence[Any]:
    """The graphs of a runner, in their order: one, or several where ``TF_SPLIT_GRAPH`` is set."""
    several = [each[0] for each in getattr(runner, "all_graphs", None) or () if isinstance(each, tuple)]
    return several or [runner.graph_manager.get_reader_endpoint()]


def _excludes(patterns: Sequence[str], path: str) -> bool:
    """Whether checkov leaves a path out because of these patterns, and not for its own reasons."""
    from checkov.common.runners.base_runner import filter_ignored_paths  # noqa: PLC0415 (only checkov has checkov)

    folder, name = os.path.split(path)
    kept, all_ = [name], [name]
    filter_ignored_paths(folder, kept, list(patterns))
    filter_ignored_paths(folder, all_, None)
    return bool(all_) and not kept
