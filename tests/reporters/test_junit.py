"""What CI servers show as tests."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from msgspec.structs import replace
from sample import answer
from showcase import LIKELY, SUPPRESSED, UNDETERMINED, VIOLATED, reports

from vpce_lint.report import Report, Scope, Thresholds
from vpce_lint.reporters.junit import render
from vpce_lint.verdict import Severity, Verdict


def outcomes(report: Report) -> list[str]:
    """What each case came to."""
    cases = ET.fromstring(render(report)).iter("testcase")  # noqa: S314 (our own output)
    return [next((child.tag for child in case), "passed") for case in cases]


@pytest.mark.parametrize(
    ("given_", "thresholds", "outcome"),
    [
        (VIOLATED, Thresholds(), "failure"),
        (VIOLATED, Thresholds(severity=Severity.INFO), "failure"),
        (LIKELY, Thresholds(), "skipped"),
        (LIKELY, Thresholds(severity=Severity.INFO), "failure"),
        (SUPPRESSED, Thresholds(), "skipped"),
        (UNDETERMINED, Thresholds(), "skipped"),
        (UNDETERMINED, Thresholds(strict=True), "failure"),
        (answer(verdict=Verdict.SATISFIED), Thresholds(strict=True), "passed"),
    ],
)
def test_a_case_fails_where_the_run_does(given_: object, thresholds: Thresholds, outcome: str) -> None:
    """A case fails exactly where its answer fails the run, and passes only where the rule is satisfied."""
    report = Report((given_,), Scope(roots=1), thresholds=thresholds)
    assert outcomes(report) == [outcome]
    assert (outcome == "failure") is bool(thresholds.exit_code(report))


def test_nothing_checked_is_no_success() -> None:
    """Where nothing was found to check, a skipped case says so; an empty report would look like a pass."""
    assert outcomes(Report(scope=Scope(("docs",)))) == ["skipped"]
    assert "no code to check in docs" in render(Report(scope=Scope(("docs",))))


def test_same_resource_in_two_roots() -> None:
    """Cases of a shared module have names of their own."""
    root = ET.fromstring(render(Report((answer(root="dev"), answer(root="prod")), Scope(roots=2))))  # noqa: S314
    assert len({case.get("name") for case in root.iter("testcase")}) == 2


@given(reports)
def test_nothing_breaks_out(report: Report) -> None:
    """Whatever stands in a report, its XML parses, its counts are those of its cases, and all of it can be shown."""
    text = render(report)
    assert text.isascii()
    root = ET.fromstring(text)  # noqa: S314
    cases = list(root.iter("testcase"))
    assert len(cases) == len(report.visible) + (not report.scope.roots)
    failing = sum(report.thresholds.fail(each) for each in report.visible)
    assert int(root.get("failures", "")) == failing == len(list(root.iter("failure")))
    for suite in root:
        assert int(suite.get("tests", "")) == len(list(suite))
        assert int(suite.get("skipped", "")) == len(list(suite.iter("skipped")))
    assert {element.tag for element in root.iter()} <= {"testsuites", "testsuite", "testcase", "failure", "skipped"}
    for element in root.iter():
        for shown in (*element.attrib.values(), *(element.text or "").split("\n")):
            assert shown.isprintable()


def test_message_arrives_whole() -> None:
    """Markup in a message is text in the XML."""
    message = "<b>&amp;]]>\"'"
    report = replace(Report((answer(message=message),), Scope(roots=1)))
    [failure] = ET.fromstring(render(report)).iter("failure")  # noqa: S314
    assert failure.get("message") == message
