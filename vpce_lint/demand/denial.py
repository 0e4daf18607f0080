"""What the denying statements of a role take away for certain."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING

from vpce_lint.demand.pattern import covers, is_open, overlap
from vpce_lint.services import catalogue
from vpce_lint.truth import FALSE, Reason, Truth, every, unknown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vpce_lint.demand.statement import Statement

MOST_WORK = 3_000_000
"""Characters of patterns held against each other for one role; a denial beyond that is open."""


class Denials:
    """The statements that deny actions whatever the resource and the circumstances."""

    def __init__(self, statements: Iterable[Statement]) -> None:
        self._work = 0
        self._none = FALSE
        self._exact: dict[str, Truth] = {}
        self._open: defaultdict[str, dict[str, Truth]] = defaultdict(dict)
        self._inverted: list[tuple[dict[str, list[str]], Truth]] = []
        for statement in statements:
            if statement.allows or not statement.unconditional:
                continue
            if statement.inverted:
                excepted: defaultdict[str, list[str]] = defaultdict(list)
                for pattern, _ in statement.actions:
                    excepted[pattern.lower().partition(":")[0]].append(pattern.lower())
                self._inverted.append((excepted, _sure_of(statement)))
                continue
            if statement.open_actions:
                self._none |= Truth(value=False, reasons=statement.open_actions, likely=True)
            for written, listed in statement.actions:
                pattern = written.lower()
                group = self._open[pattern.partition(":")[0]] if is_open(pattern) else self._exact
                group[pattern] = group.get(pattern, FALSE) | (statement.truth & listed)

    def against(self, pattern: str) -> Truth:
        """Whether all actions that a pattern in lower case means are denied; likely not by actions that aren't known."""
        prefix = pattern.partition(":")[0]
        denied = self._exact.get(pattern, FALSE) | self._none
        for group in (self._open.get(prefix, {}), self._open.get("*", {})):
            for wide, truth in group.items():
                if self._is_too_much(wide, pattern):
                    return denied | _TOO_MUCH
                if covers(wide, pattern):
                    denied |= truth
        for excepted, truth in self._inverted:
            near = [*excepted.get(prefix, ()), *excepted.get("*", ())] if prefix != "*" else ["*"]
            if any(self._is_too_much(each, pattern) for each in near):
                return denied | _TOO_MUCH
            if not any(overlap(each, pattern) for each in near):
                denied |= truth
        return denied

    def of_service(self, service: str) -> Truth:
        """Whether all actions of a service of the catalogue are denied."""
        prefixes = catalogue()[service].iam_prefixes
        return every(self.against(f"{prefix}:*") for prefix in prefixes) if prefixes else FALSE

    @cached_property
    def services(self) -> frozenset[str]:
        """The services of the catalogue that are certainly denied altogether."""
        return frozenset(name for name in catalogue() if self.of_service(name).is_true)

    def _is_too_much(self, one: str, other: str) -> bool:
        self._work += len(one) * len(other)
        return self._work > MOST_WORK


_TOO_MUCH = unknown(Reason("limit reached: too many denied patterns"))


def _sure_of(statement: Statement) -> Truth:
    """An exception that isn't known may be the action in question."""
    return statement.truth & unknown(*statement.open_actions) if statement.open_actions else statement.truth
