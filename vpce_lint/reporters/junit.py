"""The report as JUnit XML, for Jenkins, GitLab and Azure DevOps: a suite per rule, a case per answer.

There is no schema that all of them follow; only elements and attributes that each of them reads or
passes over are used. A case fails exactly where the answer makes the run fail. What is undetermined,
suppressed or below the thresholds is skipped, with the reason: none of it passed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from vpce_lint.terminal import disarmed_xml, printable
from vpce_lint.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vpce_lint.report import Answer, Report

SHOWN = frozenset({Verdict.VIOLATED, Verdict.UNDETERMINED, Verdict.SATISFIED})


def render(report: Report) -> str:
    """The report as XML in ASCII."""
    suites: dict[tuple[str, str], list[Element]] = {}
    for answer in report.visible:
        suites.setdefault((answer.rule, answer.name), []).append(_case(answer, report))
    if report.found_nothing:
        suites["vpce-lint", "nothing-checked"] = [_nothing(report)]
    root = Element("testsuites", name="vpce-lint")
    for names, cases in suites.items():
        suite = SubElement(root, "testsuite", name=printable(" ".join(names)))
        suite.extend(cases)
        _count(suite, cases)
    _count(root, [case for cases in suites.values() for case in cases])
    indent(root)
    data: bytes = tostring(root, encoding="us-ascii", xml_declaration=True)
    return disarmed_xml(data.decode("ascii")) + "\n"


def _count(element: Element, cases: list[Element]) -> None:
    element.set("tests", str(len(cases)))
    element.set("failures", str(sum(case.find("failure") is not None for case in cases)))
    element.set("errors", "0")
    element.set("skipped", str(sum(case.find("skipped") is not None for case in cases)))
    element.set("time", "0")


def _case(answer: Answer, report: Report) -> Element:
    about = f" ({answer.about})" if answer.about else ""
    where = f" in {answer.root}" + (f", {answer.environment}" if answer.environment else "")
    case = Element(
        "testcase",
        classname=printable(f"{answer.rule} {answer.name}"),
        name=printable(f"{answer.address}{about}{where}"),
        file=printable(answer.location.path),
        time="0",
    )
    if report.thresholds.fail(answer):
        failure = SubElement(case, "failure", message=printable(answer.message), type=str(answer.severity))
        failure.text = "\n".join(printable(line) for line in _lines(answer))
    elif reason := _skipped(answer):
        SubElement(case, "skipped", message=printable(reason))
    return case


def _skipped(answer: Answer) -> str:
    """Why a case that does not fail has not passed either; empty where it has."""
    if answer.suppressed:
        return f"suppressed: {answer.suppressed.reason}"
    if answer.verdict is Verdict.VIOLATED:
        return f"violated, below the thresholds ({answer.severity}, {answer.confidence}): {answer.message}"
    if answer.verdict is Verdict.UNDETERMINED:
        return f"undetermined: {'; '.join((answer.message, *answer.why))}"
    return "" if answer.verdict is Verdict.SATISFIED else f"not applicable: {answer.message}"


def _lines(answer: Answer) -> Iterator[str]:
    place = answer.location
    yield f"{place.path}:{place.line}:{place.column}: {answer.message}"
    yield from (f"{each.path}:{each.line}:{each.column}: {each.label}" for each in answer.related)
    yield from (f"{each.path}:{each.line}:{each.column}: called by {each.label}" for each in answer.calls)
    title = "because" if answer.verdict is Verdict.UNDETERMINED else "likely"
    yield from (f"{title}: {why}" for why in answer.why)
    if answer.fix:
        yield f"fix: {answer.fix}"


def _nothing(report: Report) -> Element:
    case = Element("testcase", classname="vpce-lint", name="nothing was checked", time="0")
    where = ", ".join(report.scope.paths) or "the paths that were named"
    SubElement(case, "skipped", message=printable(f"there is no code to check in {where}"))
    return case
