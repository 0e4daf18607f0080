"""The report for GitLab's Code Quality widget (GitLab documentation, "Code Quality", report format).

GitLab keeps one entry per fingerprint, so entries that would share one are numbered.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from vpce_lint.finding import fold
from vpce_lint.json_output import json_output
from vpce_lint.terminal import printable
from vpce_lint.verdict import Severity, Verdict

if TYPE_CHECKING:
    from vpce_lint.report import Answer, Report

SHOWN = frozenset({Verdict.VIOLATED})
SEVERITIES = {
    Severity.HIGH: "critical",
    Severity.MEDIUM: "major",
    Severity.LOW: "minor",
    Severity.INFO: "info",
}


def render(report: Report) -> str:
    """A list of entries as JSON in ASCII, one per finding."""
    findings = fold(answer for answer in report.visible if not answer.suppressed)
    seen: Counter[str] = Counter()
    entries = []
    for finding in findings:
        answer = finding.answer
        seen[answer.fingerprint] += 1
        number = seen[answer.fingerprint]
        entries.append(_entry(answer, f"{answer.fingerprint}-{number}" if number > 1 else answer.fingerprint))
    return json_output(entries)


def _entry(answer: Answer, fingerprint: str) -> dict[str, object]:
    place = answer.location
    return {
        "description": printable(_description(answer)),
        "check_name": printable(f"{answer.rule} {answer.name}"),
        "fingerprint": fingerprint,
        "severity": SEVERITIES[answer.severity],
        "location": {"path": printable(place.path), "lines": {"begin": place.line, "end": place.end_line}},
    }


def _description(answer: Answer) -> str:
    title = "because" if answer.verdict is Verdict.UNDETERMINED else "likely"
    why = f" ({title}: {'; '.join(answer.why)})" if answer.why else ""
    fix = f". Fix: {answer.fix}" if answer.fix and answer.verdict is Verdict.VIOLATED else ""
    return f"{answer.message}{why}{fix}"
