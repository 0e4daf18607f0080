"""What the denying statements of a role take away for certain."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from vpce_lint.demand.pattern import covers, is_open, overlap
from vpce_lint.services import catalogue
from vpce_lint.truth import FALSE, Reason, Truth, some, unknown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vpce_lint.demand.statement import Statement

MOST_PATTERNS = 100
"""Denied patterns of one service with wildcards; where there are more, the service's actions are perhaps denied."""


class Denials:
    """The statements that deny actions whatever the resource and the circumstances."""

    def __init__(self, statements: Iterable[Statement]) -> None:
        self._exact: dict[str, Truth] = {}
        self._open: defaultdict[str, dict[str, Truth]] = defaultdict(dict)
        self._inverted: list[tuple[tuple[str, ...], Truth]] = []
        for statement in statements:
            if statement.allows or not statement.unconditional:
                continue
            patterns = [(pattern.lower(), statement.truth & listed) for pattern, listed in statement.actions]
            if statement.inverted:
                self._inverted.append((tuple(pattern for pattern, _ in patterns), self._sure_of(statement)))
                continue
            for pattern, truth in patterns:
                group = self._open[pattern.partition(":")[0]] if is_open(pattern) else self._exact
                group[pattern] = group.get(pattern, FALSE) | truth

    def against(self, pattern: str) -> Truth:
        """Whether all actions that a pattern in lower case means are denied."""
        prefix = pattern.partition(":")[0]
        denied = self._exact.get(pattern, FALSE)
        for group in (self._open.get(prefix, {}), self._open.get("*", {})):
            if len(group) > MOST_PATTERNS:
                denied |= unknown(Reason(f"limit reached: more than {MOST_PATTERNS} denied patterns of {prefix}"))
            denied |= some(truth for wide, truth in [*group.items()][:MOST_PATTERNS] if covers(wide, pattern))
        for excepted, truth in self._inverted[:MOST_PATTERNS]:
            if not any(overlap(each, pattern) for each in excepted[:MOST_PATTERNS]) and len(excepted) <= MOST_PATTERNS:
                denied |= truth
        return denied

    def of_service(self, service: str) -> Truth:
        """Whether all actions of a service of the catalogue are denied."""
        entry = catalogue().get(service)
        result = FALSE
        for index, prefix in enumerate(entry.iam_prefixes if entry else ()):
            denied = self.against(f"{prefix}:*")
            result = denied if index == 0 else result & denied
        return result

    @staticmethod
    def _sure_of(statement: Statement) -> Truth:
        """An exception that isn't known may be the action in question."""
        if statement.open_actions:
            return statement.truth & unknown(*statement.open_actions)
        return statement.truth
