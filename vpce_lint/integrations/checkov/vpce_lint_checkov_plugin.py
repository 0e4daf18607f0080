"""What checkov runs, once for each of its frameworks: it makes the rules of vpce-lint known to checkov.

checkov runs this file outside of its package, so its imports are absolute and it may be run any number of times. Most of
checkov's runners are about other things, and each is a process: nothing is loaded there.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import FrameType

FRAMEWORKS = {"terraform", "terraform_plan", "terraform_json", "cloudformation"}


def refuse(reason: str) -> None:
    """Register a check that fails on one resource of each graph: one that isn't there must not look like one that passes."""
    from checkov.common.checks_infra.registry import get_graph_checks_registry  # noqa: PLC0415 (not needed otherwise)
    from checkov.common.graph.checks_infra.base_check import BaseGraphCheck  # noqa: PLC0415
    from checkov.runner_filter import RunnerFilter  # noqa: PLC0415

    class Absent(BaseGraphCheck):
        def run(self, graph_connector):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
            nodes = graph_connector.vs["attr"] if hasattr(graph_connector, "vs") else None
            nodes = [node[1] for node in graph_connector.nodes()] if nodes is None else nodes
            return [], [node for node in nodes if node.get("block_type_") == "resource"][:1], []

    sys.stderr.write(f"{reason}\n")
    for framework in ("terraform", "cloudformation"):
        registry = get_graph_checks_registry(framework)
        registry.load_checks()
        if not any(check.id == "VPCE999" for check in registry.checks):
            check = Absent()
            check.id, check.name, check.category = "VPCE999", reason, "NETWORKING"
            registry.checks.append(check)
    RunnerFilter.notify_external_check("VPCE999")


frame: FrameType | None = sys._getframe()  # noqa: SLF001 (only the calling frames know what is scanned)
while frame is not None and getattr(frame.f_locals.get("self"), "check_type", None) not in FRAMEWORKS:
    frame = frame.f_back
if frame is not None:
    try:
        from vpce_lint.garbage import collecting_rarely

        with collecting_rarely():
            from vpce_lint.integrations.checkov_plugin import join
    except ImportError as error:  # the folder was copied or fetched by git, and the package isn't installed
        refuse(f"vpce-lint: can't be imported by checkov's Python, nothing was checked: {error}")
    else:
        with collecting_rarely():
            join(frame)
