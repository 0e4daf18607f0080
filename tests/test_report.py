"""Answers, counts and what makes a run fail."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from sample import answer, span

from vpce_lint.location import locate
from vpce_lint.report import Report, Summary, Suppression, Thresholds
from vpce_lint.verdict import Confidence, Severity, Verdict

SUPPRESSED = Suppression("comment", "accepted")


def test_fingerprint_has_no_line_numbers() -> None:
    """An answer keeps its fingerprint when its line, words or severity change."""
    moved = answer(location=locate(span("service_name")), message="other words", severity=Severity.LOW)
    assert answer().fingerprint == moved.fingerprint


@pytest.mark.parametrize(
    "change",
    [
        {"rule": "VPCE001"},
        {"root": "envs/dev"},
        {"address": "aws_vpc_endpoint.sqs"},
        {"about": "s3"},
        {"location": locate(span("[aws_subnet.a.id]", path="other.tf"))},
    ],
)
def test_fingerprint_tells_answers_apart(change: dict[str, object]) -> None:
    """Rule, root, path, address and about each make another fingerprint."""
    assert answer().fingerprint != answer(**change).fingerprint


def test_fingerprint_of_odd_names() -> None:
    """A path that is no valid Unicode has a fingerprint, too."""
    assert len(answer(root="caf\udce9").fingerprint) == 32


def test_summary_counts_each_answer_once() -> None:
    """Answers count by verdict; suppressed ones only as suppressed."""
    answers = [answer(verdict=verdict) for verdict in Verdict for _ in range(2 + Verdict(verdict).rank)]
    report = Report((*answers, answer(suppressed=SUPPRESSED)))
    assert report.summary == Summary(violated=2, undetermined=3, satisfied=4, not_applicable=5, suppressed=1)


def test_showing_changes_what_is_visible_and_nothing_else() -> None:
    """Which verdicts are shown does not change the counts."""
    report = Report((answer(), answer(verdict=Verdict.SATISFIED)))
    shown = report.showing([Verdict.SATISFIED])
    assert [item.verdict for item in shown.visible] == [Verdict.SATISFIED]
    assert shown.summary == report.summary


@pytest.mark.parametrize(
    ("change", "thresholds", "code"),
    [
        ({}, Thresholds(), 1),
        ({"severity": Severity.LOW}, Thresholds(), 1),
        ({"severity": Severity.INFO}, Thresholds(), 0),
        ({"severity": Severity.INFO}, Thresholds(severity=Severity.INFO), 1),
        ({"severity": Severity.MEDIUM}, Thresholds(severity=Severity.HIGH), 0),
        ({"confidence": Confidence.LIKELY}, Thresholds(), 1),
        ({"confidence": Confidence.LIKELY}, Thresholds(confidence=Confidence.CERTAIN), 0),
        ({"confidence": Confidence.CERTAIN}, Thresholds(confidence=Confidence.CERTAIN), 1),
        ({"verdict": Verdict.UNDETERMINED}, Thresholds(), 0),
        ({"verdict": Verdict.UNDETERMINED}, Thresholds(strict=True), 1),
        ({"verdict": Verdict.UNDETERMINED, "severity": Severity.INFO}, Thresholds(strict=True), 0),
        ({"verdict": Verdict.SATISFIED}, Thresholds(strict=True), 0),
        ({"verdict": Verdict.NOT_APPLICABLE}, Thresholds(strict=True), 0),
        ({"suppressed": SUPPRESSED}, Thresholds(), 0),
    ],
)
def test_exit_code(change: dict[str, object], thresholds: Thresholds, code: int) -> None:
    """The thresholds decide which answers make a run fail, whether they are shown or not."""
    report = Report((answer(verdict=Verdict.SATISFIED), answer(**change)))
    assert code == thresholds.exit_code(report) == thresholds.exit_code(replace(report, shown=frozenset()))
