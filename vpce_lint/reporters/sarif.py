"""The report for code scanning: SARIF 2.1.0 (OASIS, errata 01), within the limits of GitHub's subset.

A violated answer is a result of kind ``fail``. Other answers are results only where somebody asks for them,
since GitHub makes an alert of every result, whatever its ``kind`` says; an alert that nobody can resolve
teaches people to close alerts unread. What is undetermined is told as a notification of the run instead:
no alert, and yet in the file, with its place and reasons. Suppressed answers are results with
``suppressions``. What a baseline has and the code no longer is a notification for the same reason. GitHub's own ``primaryLocationLineHash`` is left to its upload action, which warns
about each that somebody else computed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from msgspec.structs import asdict, replace

from vpce_lint import __version__
from vpce_lint.documentation import documentation, page_about
from vpce_lint.fault import FAULTS, INTERNAL
from vpce_lint.json_output import json_output
from vpce_lint.regex import regex
from vpce_lint.report import ALL_VERDICTS, RulePage
from vpce_lint.terminal import printable
from vpce_lint.verdict import Severity, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from vpce_lint.location import Location
    from vpce_lint.report import Answer, Fixed, Omission, Report

Json = dict[str, object]

SHOWN = frozenset({Verdict.VIOLATED})
SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
BASE = "%SRCROOT%"
FINGERPRINT = "vpceLint/v1"
MOST_LINKED = 10
"""A message links to so many of its related places."""
OUTSIDE = frozenset({"configuration", "config", "baseline"})
"""The kinds of suppression that don't stand in the code which they are about."""
KINDS = {
    Verdict.VIOLATED: "fail",
    Verdict.UNDETERMINED: "open",
    Verdict.SATISFIED: "pass",
    Verdict.NOT_APPLICABLE: "notApplicable",
}
LEVELS = {Severity.HIGH: "error", Severity.MEDIUM: "warning", Severity.LOW: "warning", Severity.INFO: "note"}
SCORES = {Severity.HIGH: "8.0", Severity.MEDIUM: "5.5", Severity.LOW: "3.0", Severity.INFO: "0.0"}
"""The middle of GitHub's range for the word (``security-severity``: critical from 9.0 on, high from 7.0, medium from 4.0)."""
READING = frozenset(fault.id for fault in FAULTS)
_DRIVE = regex(r"[A-Za-z]:/")
_LINKABLE = regex(r"[^\[\]()\\]+")


def render(report: Report) -> str:
    """The report as one run, in ASCII."""
    pages = {page.id: page for page in report.rules}
    for answer in report.answers:
        pages.setdefault(answer.rule, RulePage(answer.rule, answer.name, answer.severity))
    for item in report.fixed:
        pages.setdefault(item.rule, RulePage(item.rule, item.rule, Severity.INFO))
    absent = report.fixed if report.shown >= ALL_VERDICTS else ()
    index = {rule: number for number, rule in enumerate(pages)}
    home = documentation()
    driver: Json = {"name": "vpce-lint", "version": __version__, "semanticVersion": __version__}
    driver |= {"informationUri": home} if home else {}
    driver["rules"] = [_rule(page, home) for page in pages.values()]
    driver["notifications"] = [{"id": each} for each in ("reading", "undetermined", "unread", "fixed")]
    run = {
        "tool": {"driver": driver},
        "invocations": [_invocation(report, index)],
        "originalUriBaseIds": {BASE: {"description": {"text": "The folder in which vpce-lint was run."}}},
        "columnKind": "unicodeCodePoints",
        "results": [
            *(_result(answer, index) for answer in report.visible),
            *(_absent(item, pages[item.rule], index) for item in absent),
        ],
        "properties": _counts(report),
    }
    return json_output({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]})


def _counts(report: Report) -> Json:
    counts: Json = {"summary": asdict(report.summary), "scope": asdict(report.scope) | {"paths": _paths(report)}}
    return counts | ({"change": asdict(report.change)} if report.change else {})


def _paths(report: Report) -> list[str]:
    return [printable(path) for path in report.scope.paths]


def _rule(page: RulePage, home: str) -> Json:
    lines = [printable(line) for line in page.page.splitlines()]
    summary = lines[0].rstrip(".") + "." if lines else printable(page.name)
    text = "\n".join(lines) or summary
    secure = page.id not in READING
    tags = (["security"] if secure else []) + [printable(tag) for tag in (page.category, *page.controls) if tag]
    properties: Json = {
        "tags": list(dict.fromkeys(tags)),
        "precision": "high",
        "problem.severity": "recommendation" if LEVELS[page.severity] == "note" else LEVELS[page.severity],
    }
    properties |= {"security-severity": SCORES[page.severity]} if secure else {}
    described: Json = {
        "id": printable(page.id),
        "name": printable(page.name),
        "shortDescription": {"text": summary},
        "fullDescription": {"text": _first_paragraph(lines) or summary},
        "help": {"text": text, "markdown": text},
        "defaultConfiguration": {"level": LEVELS[page.severity]},
        "properties": properties,
    }
    return described | ({"helpUri": page_about(page.id, home)} if home and page.built_in else {})


def _first_paragraph(lines: list[str]) -> str:
    """What follows the summary, up to the next empty line."""
    paragraphs = " ".join(line or "\n" for line in lines[1:]).strip().split("\n")
    return paragraphs[0].strip()


def _result(answer: Answer, index: Mapping[str, int]) -> Json:
    related = [*answer.related, *(replace(call, label=f"called by {call.label}") for call in answer.calls)]
    steps = [place for place in answer.related if place.step]
    result: Json = {
        "ruleId": printable(answer.rule),
        "ruleIndex": index[answer.rule],
        "kind": KINDS[answer.verdict],
        # the standard allows a level for failures only
        "level": LEVELS[answer.severity] if answer.verdict is Verdict.VIOLATED else "none",
        "message": {"text": _message(answer) + _links(related)},
        "locations": [_primary(answer)],
        "partialFingerprints": {FINGERPRINT: answer.fingerprint},
        "properties": _properties(answer),
    }
    if related:
        result["relatedLocations"] = [_related(place, number) for number, place in enumerate(related, 1)]
    if len(steps) > 1:
        result["codeFlows"] = [{"threadFlows": [{"locations": [{"location": _related(place)} for place in steps]}]}]
    if answer.suppressed:
        kind = "external" if answer.suppressed.kind in OUTSIDE else "inSource"
        justification = printable(answer.suppressed.reason)
        result["suppressions"] = [{"kind": kind, "status": "accepted", "justification": justification}]
    if answer.is_new is not None:
        result["baselineState"] = "new" if answer.is_new else "unchanged"
    return result


def _absent(item: Fixed, page: RulePage, index: Mapping[str, int]) -> Json:
    """What a baseline has and the code no longer: a result of the run before."""
    return {
        "ruleId": printable(item.rule),
        "ruleIndex": index[item.rule],
        "kind": "fail",
        "level": LEVELS[page.severity],
        "message": {"text": _gone(item)},
        "locations": [
            {
                "physicalLocation": {"artifactLocation": _artifact(item.path)},
                "logicalLocations": [{"fullyQualifiedName": printable(item.address), "kind": "resource"}],
            }
        ],
        "partialFingerprints": {FINGERPRINT: item.fingerprint},
        "baselineState": "absent",
    }


def _gone(item: Fixed) -> str:
    about = f" about {item.about}" if item.about else ""
    return _plain(f"{item.rule}{about} no longer finds {item.address}: --write-baseline takes it out of the baseline.")


def _properties(answer: Answer) -> Json:
    return {
        "verdict": answer.verdict,
        "severity": answer.severity,
        "security-severity": SCORES[answer.severity],
        "confidence": answer.confidence,
        "root": printable(answer.root),
        "environment": None if answer.environment is None else printable(answer.environment),
        "about": None if answer.about is None else printable(answer.about),
        "affects": [printable(address) for address in answer.affects],
    }


def _message(answer: Answer) -> str:
    sentences = [answer.message]
    if answer.why:
        title = "Because" if answer.verdict is Verdict.UNDETERMINED else "Likely"
        sentences.append(f"{title}: {'; '.join(answer.why)}")
    if answer.fix and answer.verdict in {Verdict.VIOLATED, Verdict.UNDETERMINED}:
        sentences.append(f"{'If so' if answer.verdict is Verdict.UNDETERMINED else 'Fix'}: {answer.fix}")
    return _plain(". ".join(sentences) + ".")


def _plain(text: str) -> str:
    """The text in which nothing reads as an embedded link; braces stay single, since no viewer halves doubled ones."""
    return printable(text).replace("](", "] (")


def _links(related: Iterable[Location]) -> str:
    """References to related places, which GitHub shows only where the message links to them."""
    linked: list[str] = []
    for number, place in enumerate(related, 1):
        name = f"{printable(place.path)}:{place.line}"
        if len(linked) < MOST_LINKED and _LINKABLE.fullmatch(name):
            linked.append(f"[{name}]({number})")
    return f" See {', '.join(linked)}." if linked else ""


def _primary(answer: Answer) -> Json:
    if answer.address == answer.location.path:
        return _location(answer.location)
    logical = {"fullyQualifiedName": printable(answer.address), "kind": "resource"}
    return _location(answer.location) | {"logicalLocations": [logical]}


def _location(place: Location) -> Json:
    return {"physicalLocation": {"artifactLocation": _artifact(place.path), "region": _region(place)}}


def _related(place: Location, number: int | None = None) -> Json:
    location: Json = {} if number is None else {"id": number}
    location |= _location(place)
    return location | ({"message": {"text": _plain(place.label)}} if place.label else {})


def _region(place: Location) -> Json:
    return {
        "startLine": place.line,
        "startColumn": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
    }


def _artifact(path: str) -> Json:
    if _DRIVE.match(path):
        return {"uri": f"file:///{path[:2]}{_quoted(path[2:])}"}
    if path.startswith("/"):
        return {"uri": f"file://{_quoted(path)}"}
    return {"uri": _quoted(path), "uriBaseId": BASE}


def _quoted(path: str) -> str:
    """The path in a URI: the bytes of its name where it is one of a file system, else the nearest."""
    try:
        data = path.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        data = path.encode("utf-8", "backslashreplace")
    return quote(data, safe="/")


def _invocation(report: Report, index: Mapping[str, int]) -> Json:
    failed = any(answer.rule == INTERNAL.id for answer in report.answers)
    reading = [_notification(answer, "reading", "error", index) for answer in report.answers if answer.rule in READING]
    open_ = [
        _notification(answer, "undetermined", "note", index)
        for answer in report.answers
        if answer.verdict is Verdict.UNDETERMINED and Verdict.UNDETERMINED not in report.shown and not answer.suppressed
    ]
    return {
        "executionSuccessful": not failed,
        "exitCode": report.thresholds.exit_code(report),
        "toolExecutionNotifications": [
            *reading,
            *open_,
            *(_unread(item) for item in report.unread),
            *(_fixed(item, index) for item in (() if report.shown >= ALL_VERDICTS else report.fixed)),
        ],
    }


def _notification(answer: Answer, kind: str, level: str, index: Mapping[str, int]) -> Json:
    return {
        "descriptor": {"id": kind},
        "associatedRule": {"id": printable(answer.rule), "index": index[answer.rule]},
        "level": level,
        "message": {"text": _message(answer)},
        "locations": [_primary(answer)],
    }


def _fixed(item: Fixed, index: Mapping[str, int]) -> Json:
    return {
        "descriptor": {"id": "fixed"},
        "associatedRule": {"id": printable(item.rule), "index": index[item.rule]},
        "level": "note",
        "message": {"text": _gone(item)},
    }


def _unread(item: Omission) -> Json:
    text = item.reason if item.path in item.reason else f"{item.path}: {item.reason}"
    return {"descriptor": {"id": "unread"}, "level": "note", "message": {"text": _plain(text)}}
