"""What the rules say about themselves, for a person at a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vpce_lint.fault import FAULTS, Fault
from vpce_lint.terminal import disarmed, paint, printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vpce_lint.rule import Rule

BOLD, DIM = "1", "2"


def list_rules(rules: Sequence[Rule]) -> str:
    """One line per rule: id, name, severity, summary."""
    rows: list[Rule | Fault] = [*rules, *FAULTS]
    widest = max(len(row.name) for row in rows)
    lines = [
        f"{paint(printable(row.id), BOLD)}  {row.name:{widest}}  {row.severity:6}  {printable(row.summary)}"
        for row in rows
    ]
    return (
        disarmed("\n".join(lines))
        + "\n\nvpce-lint explain ID says what a rule asks, why, and how to fix what it finds.\n"
    )


def explain(rule: Rule | Fault) -> str:
    """The rule's page under a line of its id, name, category and severity; its settings and controls below."""
    category = printable(rule.category)
    head = f"{paint(printable(rule.id), BOLD)} {paint(rule.name, BOLD)}  {paint(f'{category}, {rule.severity}', DIM)}"
    parts = [head, "\n".join(printable(line) for line in rule.page.splitlines())]
    if not isinstance(rule, Fault) and rule.settings:
        parts.append(
            printable("Settings: " + ", ".join(f"{name} = {value!r}" for name, value in rule.settings.items()))
        )
    if rule.controls:
        parts.append(printable("Controls: " + ", ".join(rule.controls)))
    return disarmed("\n\n".join(parts)) + "\n"
