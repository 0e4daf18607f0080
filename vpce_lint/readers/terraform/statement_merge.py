"""Statements of policies merged as ``aws_iam_policy_document`` does: by Sid, as far as the Sids are known.

Source: the data source's page in the documentation of Terraform's AWS provider ("source_policy_documents must have
unique sids", "override statements with the same sid"): a statement takes the place of the first one with its Sid, the
own statements that of a source's; statements without a Sid are added. Terraform refuses equal Sids among the
sources, and among the own statements.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import replace

from vpce_lint.truth import Reason, gather
from vpce_lint.type_constraint import BOOL
from vpce_lint.value import Known, Mapping, Run, Unknown, Value

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_STATEMENTS = 500
"""More statements than this aren't held against each other; no policy is so long."""


class Statements(Struct):
    """Statements in order. One that another may have replaced is a run of at most one, under that condition."""

    found: list[Value] = field(default_factory=list)
    overrun: bool = False

    @property
    def all(self) -> tuple[Value, ...]:
        """The statements so far."""
        return tuple(self.found)

    def add(self, more: Iterable[Value]) -> None:
        """Put statements behind those so far."""
        self.found += more
        self.overrun = self.overrun or len(self.found) > MOST_STATEMENTS

    def merge(self, more: Iterable[Value]) -> None:
        """Put statements to those so far and to each other, one by one."""
        for statement in more:
            self.merge_apart((statement,))

    def merge_apart(self, more: Iterable[Value]) -> None:
        """Put statements whose Sids differ from each other to those so far."""
        number = len(self.found)
        for statement in more:
            sid = _sid(statement)
            self.overrun = self.overrun or len(self.found) >= MOST_STATEMENTS
            if sid is None or self.overrun:
                self.found.append(statement)
                continue
            self._replace(statement, sid, number)

    def _replace(self, statement: Value, sid: Value, number: int) -> None:
        certain: list[int] = []
        perhaps: list[int] = []
        for index in range(number):
            other = _sid(self.found[index])
            same = None if other is None else other.equals(sid)
            if same is None or same.is_false:
                continue
            plain = same.is_true and not isinstance(self.found[index], Run) and not isinstance(statement, Run)
            (certain if plain else perhaps).append(index)
        if certain and not any(index < certain[0] for index in perhaps):
            self.found[certain[0]] = statement
            return
        for index in (*certain[:1], *perhaps):
            self.found[index] = _perhaps(self.found[index], statement, sid)
        self.found.append(statement)


def _sid(statement: Value) -> Value | None:
    """The Sid, unknown if it may be any; ``None`` where there is none."""
    if isinstance(statement, Run):
        return _sid(statement.each)
    if not isinstance(statement, Mapping):
        return Unknown(f"Sid of {statement.symbol}", statement.reasons)
    sid = statement.entries.get("Sid")
    if sid is None and statement.runs:
        return Unknown(f"Sid of {statement.symbol}", statement.reasons)
    if sid is None or (isinstance(sid, Known) and not sid.value):
        return None
    return sid


def _perhaps(statement: Value, over: Value, sid: Value) -> Run:
    """A statement that another one may have replaced."""
    reasons = gather((*sid.reasons, *over.reasons, *statement.reasons))
    reasons = reasons or (Reason(f"the statement {sid.symbol} may not be there", over.span),)
    condition = Unknown(f"({statement.symbol} is not replaced by {over.symbol})", reasons, type=BOOL, nullable=False)
    if isinstance(statement, Run):
        return replace(statement, least=0, when=(*statement.when, condition))
    return Run(statement.symbol, statement, 0, 1, when=(condition,), span=statement.span)
