"""A rule as one of checkov's graph checks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from checkov.common.bridgecrew.severities import Severities
from checkov.common.graph.checks_infra.base_check import BaseGraphCheck

from vpce_lint.documentation import documentation
from vpce_lint.fault import FAULTS
from vpce_lint.loader import load_all
from vpce_lint.verdict import Severity

if TYPE_CHECKING:
    from collections.abc import Callable

    from vpce_lint.fault import Fault
    from vpce_lint.integrations.checkov_run import Results
    from vpce_lint.rule import Rule


class RuleCheck(BaseGraphCheck):
    """One rule's answers of one severity, for a check of checkov has one severity and our answers have their own.

    ``grade`` is that severity, ``is_typical`` says whether it is the rule's. ``ask`` is told the graph and the check;
    ``home`` is the address of the documentation.
    """

    def __init__(
        self, rule: Rule | Fault, grade: Severity, ask: Callable[[Any, RuleCheck], Results], home: str
    ) -> None:
        super().__init__()
        self.id = rule.id
        self.name = f"No {rule.name}"
        self.category = "NETWORKING"
        self.severity = Severities[grade.name]
        self.guideline = home or None
        self.grade = grade
        self.is_typical = grade is rule.severity
        self._ask = ask

    def run(self, graph_connector: Any) -> Results:
        """The vertices that passed, failed, and are undetermined."""
        return self._ask(graph_connector, self)


def make_checks(ask: Callable[[Any, RuleCheck], Results]) -> tuple[RuleCheck, ...]:
    """The checks for all rules and faults."""
    rules: tuple[Rule | Fault, ...] = (*load_all(()), *FAULTS)
    home = documentation()
    return tuple(RuleCheck(rule, grade, ask, home) for rule in rules for grade in Severity)
