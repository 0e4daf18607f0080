"""How the rules join checkov: as graph checks in its registries, once, and with an eye on what each runner scans.

A graph check is given a graph and nothing else. Which folder or files are scanned, with which options, is known to the
runner's method ``run``, which loads the plugin: its frame is looked at.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from checkov.common.checks_infra.registry import get_graph_checks_registry
from checkov.runner_filter import RunnerFilter

from vpce_lint.integrations.checkov_check import RuleCheck, make_checks
from vpce_lint.integrations.checkov_frameworks import FRAMEWORKS, KIND, nodes_of
from vpce_lint.integrations.checkov_run import Run, graphs_of

if TYPE_CHECKING:
    from types import FrameType

    from vpce_lint.integrations.checkov_run import Results

REGISTRIES = ("terraform", "cloudformation")
"""Where graph checks are kept; plans share Terraform's."""

_RUNS: WeakKeyDictionary[Any, Run] = WeakKeyDictionary()


def join(frame: FrameType | None) -> None:
    """Register the checks, unless they are, and note what the runner that called this is about to scan."""
    while frame is not None:
        known = frame.f_locals
        runner: Any = known.get("self")
        framework = getattr(runner, "check_type", "")
        if frame.f_code.co_name == "run" and framework in FRAMEWORKS and "runner_filter" in known:
            files = tuple(map(str, known.get("files") or ()))
            root = str(known["root_folder"]) if known.get("root_folder") else None
            checks = _registered(runner.graph_registry)
            _RUNS[runner] = Run(framework, root, files, known["runner_filter"] or RunnerFilter(), checks)
            return
        frame = frame.f_back
    for name in REGISTRIES:  # with no run to answer about, the checks fail on whatever is there
        _registered(get_graph_checks_registry(name))


def answer(graph: Any, check: RuleCheck) -> Results:
    """What a check says about a graph.

    Where no run is known, for this checkov works in another way, the check fails on whatever is there.
    """
    for runner, run in list(_RUNS.items()):
        if any(each is graph for each in graphs_of(runner)):
            return run.results(runner, graph, check)
    lost = [node for node in nodes_of(graph) if node.get(KIND) == "resource"][:1]
    return [], lost if check.is_typical else [], []


def _registered(registry: Any) -> tuple[RuleCheck, ...]:
    """The checks, which are now in the registry that a runner takes its graph checks from.

    checkov loads its own checks of another framework only if it needs them, and so do we: that takes longer than we do.
    """
    ours = tuple(check for check in registry.checks if isinstance(check, RuleCheck))
    if ours:
        return ours
    checks = _checks()
    registry.load_checks()  # checkov 3.0 loads its own only into an empty registry
    registry.checks.extend(checks)
    return checks


@cache
def _checks() -> tuple[RuleCheck, ...]:
    checks = make_checks(answer)
    for check in checks:
        RunnerFilter.notify_external_check(check.id)
    return checks
