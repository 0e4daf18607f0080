"""The report as workflow commands of GitHub Actions, which annotate the lines of a pull request.

GitHub shows ten errors, ten warnings and ten notices of one step and drops the rest without a word
(actions/toolkit, docs/problem-matchers.md). So the gravest come first, and a last notice counts all.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from vpce_lint.finding import fold
from vpce_lint.terminal import printable
from vpce_lint.verdict import Confidence, Severity, Verdict

if TYPE_CHECKING:
    from vpce_lint.finding import Finding
    from vpce_lint.report import Report

SHOWN = frozenset({Verdict.VIOLATED})
MOST = 10
"""How many annotations of one level GitHub shows of one step."""
LEVELS = {Severity.HIGH: "error", Severity.MEDIUM: "warning", Severity.LOW: "warning", Severity.INFO: "notice"}
_DATA = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY = _DATA | str.maketrans({":": "%3A", ",": "%2C"})


def render(report: Report) -> str:
    """One command per finding, as many as are shown, and a notice with the counts."""
    levels: dict[str, list[Finding]] = {"error": [], "warning": [], "notice": []}
    findings = fold(answer for answer in report.visible if not answer.suppressed)
    for finding in sorted(findings, key=lambda each: each.answer.severity.rank):
        levels[_level(finding)].append(finding)
    lines, left_out = [], 0
    for level, found in levels.items():
        most = MOST - 1 if level == "notice" else MOST  # the last notice is the count
        lines += [_command(level, finding) for finding in islice(found, most)]
        left_out += max(0, len(found) - most)
    lines.append(f"::notice title=vpce-lint::{_data(_counts(report, left_out))}")
    return "\n".join(lines) + "\n"


def _level(finding: Finding) -> str:
    return LEVELS[finding.answer.severity] if finding.answer.verdict is Verdict.VIOLATED else "notice"


def _command(level: str, finding: Finding) -> str:
    answer = finding.answer
    title = f"{answer.rule} {answer.name}"
    if answer.verdict is not Verdict.VIOLATED:
        title += f" ({answer.verdict.replace('-', ' ')})"
    elif answer.confidence is Confidence.LIKELY:
        title += " (likely)"
    place = answer.location
    # no endLine: GitHub would put the annotation of a block below its last line
    properties = {"file": place.path, "line": str(place.line), "col": str(place.column), "title": title}
    written = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{level} {written}::{_data(*_message(finding))}"


def _message(finding: Finding) -> list[str]:
    answer = finding.answer
    lines = [answer.message]
    title = "because" if answer.verdict is Verdict.UNDETERMINED else "likely"
    lines += [f"{title}: {why}" for why in answer.why]
    lines += [f"{place.path}:{place.line}  {place.label}" for place in answer.related]
    lines += [f"{call.path}:{call.line}  called by {call.label}" for call in finding.calls]
    lines += [f"and {finding.count - 1} more like it"] if finding.count > 1 else []
    lines += [f"fix: {answer.fix}"] if answer.fix and answer.verdict is Verdict.VIOLATED else []
    return lines


def _counts(report: Report, left_out: int) -> str:
    summary = report.summary
    if report.found_nothing:
        return "NOTHING WAS CHECKED: there is no code to check in the paths that were named"
    text = f"{summary.violated} violated, {summary.undetermined} undetermined, {summary.satisfied} satisfied"
    text += f", {summary.suppressed} suppressed" if summary.suppressed else ""
    return text + (f"; further findings that are not annotated: {left_out}" if left_out else "")


def _data(*lines: str) -> str:
    return "\n".join(printable(line) for line in lines).translate(_DATA)


def _property(value: str) -> str:
    return printable(value).translate(_PROPERTY)
