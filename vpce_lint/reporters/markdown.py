"""The report as a comment on a pull request: a table of counts first, each finding folded under its headline.

GitHub takes 65,536 characters; what does not fit is counted. The first line, which shows as nothing, lets
a script find the comment of the run before and replace it.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from vpce_lint.finding import fold
from vpce_lint.regex import regex
from vpce_lint.terminal import disarmed, printable
from vpce_lint.verdict import Confidence, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from vpce_lint.finding import Finding
    from vpce_lint.location import Location
    from vpce_lint.report import Report

SHOWN = frozenset({Verdict.VIOLATED, Verdict.UNDETERMINED})
MARKER = "<!-- vpce-lint -->"
LARGEST = 65_000
"""In characters, a little below what GitHub takes."""
LAST_LINE = 300
"""What is kept for the line that says what was left out."""
LONGEST = 600
"""Longer texts are cut, in characters before escaping."""
MOST_LISTED = 8
MOST_RULES = 40
COLUMNS = (Verdict.VIOLATED, Verdict.UNDETERMINED, Verdict.SATISFIED)
_SPECIAL = regex(r"[\\`*~\[\]<>&|!${}@#]|(?<![0-9A-Za-z])_|_(?![0-9A-Za-z])|:(?! )|(?<=www)\.|(?<=GH)-", re.IGNORECASE)
"""Underscores within words and colons before blanks mean nothing; `www.` becomes a link, ``GH-1`` a reference."""
REFERENCES = "@#-"


def render(report: Report) -> str:
    """The comment, of at most ``LARGEST`` characters."""
    summary = report.summary
    parts = [MARKER, f"### vpce-lint: {summary.violated} violated, {summary.undetermined} undetermined"]
    if report.found_nothing:
        parts.append("**Nothing was checked**: there is no code to check in the paths that were named.")
    parts.append("\n".join(_table(report)))
    findings = sorted(
        fold(answer for answer in report.visible if not answer.suppressed),
        key=lambda each: (each.answer.verdict.rank, each.answer.severity.rank),
    )
    room = LARGEST - LAST_LINE - sum(len(part) + 2 for part in parts)
    left_out = 0
    for finding in findings:
        block = "\n".join(_finding(finding))
        if len(block) + 2 > room:
            left_out += 1
            continue
        room -= len(block) + 2
        parts.append(block)
    if left_out:
        parts.append(f"**{left_out} of {len(findings)} findings are left out**, since a comment can't hold more.")
    return "\n\n".join(parts) + "\n"


def _table(report: Report) -> Iterator[str]:
    counts = Counter((answer.rule, answer.verdict) for answer in report.answers if not answer.suppressed)
    names = {answer.rule: answer.name for answer in report.answers if (answer.rule, answer.verdict) in counts}
    yield "| rule | violated | undetermined | satisfied |"
    yield "|---|--:|--:|--:|"
    rules = sorted(names, key=lambda rule: (-counts[rule, Verdict.VIOLATED], rule))
    for rule in rules[:MOST_RULES]:
        yield _row(f"{_text(rule[:20])} {_text(names[rule][:80])}", [counts[rule, verdict] for verdict in COLUMNS])
    if len(rules) > MOST_RULES:
        yield _row(f"and {len(rules) - MOST_RULES} more rules", ["", "", ""])
    summary = report.summary
    yield _row("**all**", [summary.violated, summary.undetermined, summary.satisfied])
    scope, change = report.scope, report.change
    roots = f"roots: {scope.roots} of {scope.roots + change.roots}" if change else f"roots: {scope.roots}"
    sizes = [roots, f"files: {scope.files}", f"endpoints: {scope.endpoints}"]
    sizes += [f"suppressed answers: {summary.suppressed}"] if summary.suppressed else []
    sizes += [f"not read: {len(report.unread)}"] if report.unread else []
    sizes += [f"not in this change: {change.violated} violated, {change.undetermined} undetermined"] if change else []
    yield f"\n{' · '.join(sizes)}"


def _row(first: str, cells: Sequence[object]) -> str:
    return f"| {first} | {' | '.join(map(str, cells))} |"


def _finding(finding: Finding) -> Iterator[str]:
    answer = finding.answer
    grade = answer.severity if answer.verdict is Verdict.VIOLATED else answer.verdict.replace("-", " ")
    likely = ", likely" if answer.confidence is Confidence.LIKELY else ""
    place = f"{_code(answer.location.path)} line {answer.location.line}"
    yield f"<details><summary><b>{_text(answer.rule)}</b> ({grade}{likely}) {place}: {_text(answer.message)}</summary>"
    yield ""
    excerpt = answer.location.excerpt
    if excerpt and excerpt.text.strip():
        language = "hcl" if answer.location.path.endswith((".tf", ".tofu")) else ""
        yield from (*_fenced(disarmed(printable(excerpt.text.rstrip())), language), "")
    yield from _items(finding)
    yield ""
    yield f"Rule {_text(answer.rule)} {_text(answer.name)}."
    yield "</details>"


def _items(finding: Finding) -> Iterator[str]:
    answer = finding.answer
    yield from _cut([f"{_place(place)}: {_text(place.label)}" for place in answer.related], "places")
    yield from _cut([f"{_place(call)}: called by {_code(call.label)}" for call in finding.calls], "calls")
    yield from _cut([f"also {_code(address)}" for address in finding.others], "instances")
    title = "because" if answer.verdict is Verdict.UNDETERMINED else "likely"
    yield from _cut([f"{title}: {_text(why)}" for why in answer.why], "reasons")
    if answer.fix and answer.verdict is not Verdict.SATISFIED:
        yield f"- **{'if so' if answer.verdict is Verdict.UNDETERMINED else 'fix'}:** {_text(answer.fix)}"


def _cut(items: Sequence[str], noun: str) -> Iterable[str]:
    lines = [f"- {item}" for item in items[:MOST_LISTED]]
    return lines + ([f"- and {len(items) - MOST_LISTED} more {noun}"] if len(items) > MOST_LISTED else [])


def _place(place: Location) -> str:
    return f"{_code(place.path)} line {place.line}"


def _code(text: str) -> str:
    return f"<code>{_text(text)}</code>"


def _fenced(line: str, language: str) -> Iterator[str]:
    """A block of code; the fence is longer than any run of backticks within."""
    longest = max((len(run) for run in re.findall(r"`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    yield from (f"{fence}{language}", line, fence)


def _text(text: str) -> str:
    """The text in which nothing is Markdown, HTML or a reference that notifies somebody.

    A character that could be markup becomes a numeric character reference, which CommonMark never takes for
    structure. Mentions and issue numbers are found after that, in the rendered text: a zero-width space parts them.
    """
    text = printable(text)
    if len(text) > LONGEST:
        text = text[:LONGEST] + "…"
    return _SPECIAL.sub(_reference, text)


def _reference(match: re.Match[str]) -> str:
    return f"&#{ord(match[0])};" + ("&#8203;" if match[0] in REFERENCES else "")
