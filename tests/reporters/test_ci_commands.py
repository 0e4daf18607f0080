"""What a CI runner reads in a log that any format is printed to."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import given
from showcase import reports

from vpce_lint.reporters import format_names, load_reporter
from vpce_lint.terminal import unpaint

if TYPE_CHECKING:
    from vpce_lint.report import Report

ROOT = Path(__file__).parent.parent.parent
ANNOTATION = re.compile(r"::(error|warning|notice) (file=[^:]*|title=vpce-lint)::")


@given(reports)
def test_no_format_commands_a_runner(report: Report) -> None:
    """Nothing that stands in a report is a command for GitHub, Azure or TeamCity; only the annotations are."""
    for format_ in format_names():
        for line in unpaint(load_reporter(format_)(report)).splitlines():
            if format_ == "github":
                assert ANNOTATION.match(line)
            else:
                assert not line.lstrip().startswith("::")
                assert not re.search(r"##\w*\[", line)


def test_every_format_is_documented() -> None:
    """The page of the formats has a row for each."""
    page = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE)) == set(format_names())
