"""What checkov runs, once for each of its frameworks: it makes the rules of vpce-lint known to checkov.

checkov runs this file outside of its package, so its imports are absolute and it may be run any number of times.
"""

from __future__ import annotations

import sys

try:
    from vpce_lint.integrations.checkov_plugin import join
except ImportError as error:  # the folder was copied or fetched by git, and the package isn't installed
    from checkov.common.checks_infra.registry import get_graph_checks_registry
    from checkov.common.graph.checks_infra.base_check import BaseGraphCheck
    from checkov.runner_filter import RunnerFilter

    REASON = f"vpce-lint: can't be imported by checkov's Python, nothing was checked: {error}"

    class Absent(BaseGraphCheck):
        """Fails on one resource of each graph, for a check that isn't there must not look like one that passes."""

        def __init__(self) -> None:
            super().__init__()
            self.id = "VPCE999"
            self.name = REASON
            self.category = "NETWORKING"

        def run(self, graph_connector):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
            """Nothing passed, the first resource failed."""
            nodes = graph_connector.vs["attr"] if hasattr(graph_connector, "vs") else None
            nodes = [node[1] for node in graph_connector.nodes()] if nodes is None else nodes
            return [], [node for node in nodes if node.get("block_type_") == "resource"][:1], []

    sys.stderr.write(f"{REASON}\n")
    for framework in ("terraform", "cloudformation"):
        registry = get_graph_checks_registry(framework)
        if not any(check.id == "VPCE999" for check in registry.checks):
            registry.checks.append(Absent())
    RunnerFilter.notify_external_check("VPCE999")
else:
    join(sys._getframe())  # noqa: SLF001 (only the calling frames know what is scanned)
