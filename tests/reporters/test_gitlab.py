"""What GitLab shows in a merge request."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from sample import answer
from showcase import SUPPRESSED, reports

from vpce_lint.report import Report
from vpce_lint.reporters.gitlab import render


def entries(report: Report) -> Any:
    """The report's entries."""
    return json.loads(render(report))


def test_entries_with_one_fingerprint_are_numbered() -> None:
    """GitLab keeps one entry per fingerprint, so two faults of one file have two."""
    faults = [answer(rule="VPCE900", message=message) for message in ("no UTF-8", "no HCL")]
    fingerprint = faults[0].fingerprint
    assert [entry["fingerprint"] for entry in entries(Report(tuple(faults)))] == [fingerprint, f"{fingerprint}-2"]


def test_suppressed_is_left_out() -> None:
    """GitLab knows no suppressions: an entry would be a violation."""
    assert entries(Report((SUPPRESSED,))) == []


@given(reports)
def test_nothing_breaks_out(report: Report) -> None:
    """Whatever stands in a report, its entries have GitLab's fields, one fingerprint each, and can be shown."""
    assert render(report).isascii()
    found = entries(report)
    assert len({entry["fingerprint"] for entry in found}) == len(found)
    for entry in found:
        assert entry.keys() == {"description", "check_name", "fingerprint", "severity", "location"}
        assert entry["severity"] in {"info", "minor", "major", "critical", "blocker"}
        assert entry["location"]["lines"]["begin"] >= 1
        assert all(entry[name].isprintable() for name in ("description", "check_name"))
