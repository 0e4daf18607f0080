"""The report for a person at a terminal, styled; whoever prints it elsewhere takes the styles away."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from vpce_lint.finding import fold
from vpce_lint.terminal import disarmed, paint, printable, width
from vpce_lint.verdict import Confidence, Verdict

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from vpce_lint.finding import Finding
    from vpce_lint.location import Location
    from vpce_lint.report import Answer, ChangeScope, Fixed, Omission, Report

SHOWN = frozenset({Verdict.VIOLATED})
BOLD, DIM, ALARM = "1", "2", "1;33;7"
STYLES = {
    Verdict.VIOLATED: "1;31",
    Verdict.UNDETERMINED: "1;33",
    Verdict.SATISFIED: "1;32",
    Verdict.NOT_APPLICABLE: "2",
}
INDENT = "  "
MOST_LISTED = 8
"""A finding lists so many callers, and so many further instances, and counts the rest."""
UNREAD_KINDS = {
    "file": ("file not read", "files not read"),
    "module": ("module not downloaded", "modules not downloaded"),
    "unread module": ("module not read", "modules not read"),
    "excluded": ("path excluded", "paths excluded"),
    "terragrunt": ("Terragrunt file not read", "Terragrunt files not read"),
    "stack": ("nested stack not read", "nested stacks not read"),
    "cdk": ("CDK output not read", "CDK outputs not read"),
}


def render(report: Report) -> str:
    """Findings with their code, a blank line between them, and a line of counts at the end."""
    blocks = ["\n".join(_finding(finding)) for finding in fold(report.visible)]
    if report.unread and Verdict.UNDETERMINED in report.shown:
        blocks.append("\n".join(_unread(report.unread)))
    if report.fixed:
        blocks.append("\n".join(_fixed(report.fixed)))
    if report.found_nothing:
        blocks.append(_nothing(report))
    blocks.append(_summary(report))
    return disarmed("\n\n".join(blocks)) + "\n"


def _finding(finding: Finding) -> Iterator[str]:
    answer = finding.answer
    yield _header(finding)
    yield INDENT + printable(answer.message)
    if answer.construct:
        yield INDENT + paint(f"construct {printable(answer.construct)}", DIM)
    margin = INDENT
    excerpt = answer.location.excerpt
    if excerpt and excerpt.text.strip():
        yield ""
        margin += " " * (len(str(answer.location.line)) + 1)
        yield from _excerpt(answer)
    yield from _places(finding, margin)
    yield from _list("likely" if answer.verdict is not Verdict.UNDETERMINED else "because", answer.why)
    if answer.fix and answer.verdict is not Verdict.SATISFIED:
        yield from _list("if so" if answer.verdict is Verdict.UNDETERMINED else "fix", [answer.fix])


def _header(finding: Finding) -> str:
    answer = finding.answer
    place = paint(_position(answer.location), BOLD)
    rule = f"{paint(printable(answer.rule), STYLES[answer.verdict])} {printable(answer.name)}"
    grade: list[str] = [answer.severity]
    if answer.verdict is not Verdict.VIOLATED:
        grade = [answer.verdict.replace("-", " ")]
    if answer.confidence is Confidence.LIKELY:
        grade.append("likely")
    grade += [f"in {environment}" for environment in finding.environments]
    if answer.suppressed:
        grade.append(f"suppressed: {answer.suppressed.reason or answer.suppressed.kind}")
    return f"{place}  {rule}  {paint(printable(', '.join(grade)), STYLES[answer.verdict])}"


def _excerpt(answer: Answer) -> Iterator[str]:
    excerpt = answer.location.excerpt
    if excerpt is None:
        return
    before, meant = excerpt.text[: excerpt.start], excerpt.text[excerpt.start : excerpt.end]
    number = str(answer.location.line)
    yield f"{INDENT}{paint(f'{number} |', DIM)} {printable(excerpt.text.rstrip())}"
    marks = "^" * max(1, width(printable(meant.rstrip())))
    gutter = paint(" " * len(number) + " |", DIM)
    yield f"{INDENT}{gutter} {' ' * width(printable(before))}{paint(marks, STYLES[answer.verdict])}"


def _places(finding: Finding, margin: str) -> Iterator[str]:
    rows = [(_position(place), printable(place.label)) for place in finding.answer.related]
    callers = [(_position(call), f"called by {printable(call.label)}") for call in finding.calls]
    rows += callers[:MOST_LISTED]
    widest = max((width(position) for position, _ in rows), default=0)
    for position, label in rows:
        yield f"{margin}{paint(position, DIM)}{' ' * (widest - width(position))}  {label}".rstrip()
    if len(callers) > MOST_LISTED:
        yield f"{margin}and {_count(len(callers) - MOST_LISTED, 'more call', 'more calls')}"
    for address in finding.others[:MOST_LISTED]:
        yield f"{margin}also {printable(address)}"
    if len(finding.others) > MOST_LISTED:
        yield f"{margin}and {_count(len(finding.others) - MOST_LISTED, 'more instance', 'more instances')}"


def _list(title: str, lines: Iterable[str]) -> Iterator[str]:
    head = f"{INDENT}{paint(f'{title}:', BOLD)} "
    for line in lines:
        yield head + printable(line)
        head = INDENT + " " * (len(title) + 2)


def _position(place: Location) -> str:
    return f"{printable(place.path)}:{place.line}:{place.column}"


def _unread(unread: Collection[Omission]) -> Iterator[str]:
    yield paint("not read:", BOLD)
    for kind, (one, several) in UNREAD_KINDS.items():
        items = [item for item in unread if item.kind == kind]
        for item in items[:MOST_LISTED]:
            reason = printable(item.reason)
            yield f"{INDENT}{reason}" if item.path in item.reason else f"{INDENT}{printable(item.path)}: {reason}"
        if len(items) > MOST_LISTED:
            yield f"{INDENT}and {_count(len(items) - MOST_LISTED, f'more {one}', f'more {several}')}"


def _fixed(fixed: Collection[Fixed]) -> Iterator[str]:
    yield f"{paint('fixed:', BOLD)} no longer there, --write-baseline takes them out of the baseline"
    for item in list(fixed)[:MOST_LISTED]:
        about = f" ({item.about})" if item.about else ""
        yield f"{INDENT}{printable(f'{item.path}: {item.rule} {item.address}{about}')}"
    if len(fixed) > MOST_LISTED:
        yield f"{INDENT}and {len(fixed) - MOST_LISTED} more"


def _nothing(report: Report) -> str:
    where = ", ".join(printable(path) for path in report.scope.paths) or "the paths that were named"
    return paint(f" NOTHING WAS CHECKED: there is no Terraform code, plan or template in {where} ", ALARM)


def _summary(report: Report) -> str:
    summary, scope = report.summary, report.scope
    counts = [(Verdict.VIOLATED, summary.violated), (Verdict.UNDETERMINED, summary.undetermined)]
    counts += [(Verdict.SATISFIED, summary.satisfied), (Verdict.NOT_APPLICABLE, summary.not_applicable)]
    verdicts = [
        _verdict_count(verdict, count, shown=verdict in report.shown)
        for verdict, count in counts
        if verdict is Verdict.VIOLATED or (count and (verdict is not Verdict.NOT_APPLICABLE or verdict in report.shown))
    ]
    if summary.suppressed:
        verdicts.append(paint(f"{summary.suppressed} suppressed", DIM))
    roots = _count(scope.roots, "root", "roots")
    if report.change:
        apart = _left_out(report, report.change)
        verdicts += [paint(f"{apart} more not in this change", DIM)] if apart else []
        roots = f"{scope.roots} of {_count(scope.roots + report.change.roots, 'root', 'roots')}"
    sizes = [roots, _count(scope.files, "file", "files")]
    sizes.append(_count(scope.endpoints, "endpoint", "endpoints"))
    kinds = Counter(item.kind for item in report.unread)
    unread = [_count(kinds[kind], *words) for kind, words in UNREAD_KINDS.items() if kinds[kind]]
    return f"{' · '.join(verdicts)}     {paint('; '.join([', '.join(sizes), *unread]), DIM)}"


def _left_out(report: Report, change: ChangeScope) -> int:
    """How many answers of the kinds that are shown don't belong to the change."""
    undetermined = change.undetermined if Verdict.UNDETERMINED in report.shown else 0
    return change.violated + undetermined


def _verdict_count(verdict: Verdict, count: int, *, shown: bool) -> str:
    style = STYLES[Verdict.SATISFIED] if verdict is Verdict.VIOLATED and not count else STYLES[verdict]
    words = paint(f"{count} {verdict.replace('-', ' ')}", style)
    return words if shown or verdict is not Verdict.UNDETERMINED else f"{words} (--show undetermined)"


def _count(number: int, one: str, several: str) -> str:
    return f"{number} {one if number == 1 else several}"
