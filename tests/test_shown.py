"""Answers that nobody looks at have no words; what is looked at, counted and kept is the same."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from vpce_lint import sweep
from vpce_lint.cli import main
from vpce_lint.readers.request import Request
from vpce_lint.reporters import format_names, load_reporter, verdicts_of
from vpce_lint.scan import Order, scan
from vpce_lint.verdict import Verdict

if TYPE_CHECKING:
    from vpce_lint.report import Report

FIXTURES = Path(__file__).parents[1] / "fixtures"
NETWORKS = FIXTURES / "aws-traffic-through-nat"


def report_of(shown: frozenset[Verdict]) -> Report:
    """The report about networks with answers of every verdict."""
    request = Request(paths=(NETWORKS,))
    return scan(Order(request=request, today=date(2026, 1, 1), shown=shown)).report


@pytest.mark.parametrize("name", format_names())
def test_what_is_shown_is_the_same(name: str) -> None:
    """Each format says the same, whether or not the answers that it doesn't show have their words."""
    everything, wanted = report_of(frozenset(Verdict)), report_of(verdicts_of(name))
    render = load_reporter(name)
    assert render(wanted.showing(verdicts_of(name))) == render(everything.showing(verdicts_of(name)))
    assert wanted.summary == everything.summary


def test_what_is_not_shown_has_no_words() -> None:
    """Or nothing would be won; open answers always have theirs, for they fail a run and a baseline notes them."""
    answers = report_of(frozenset({Verdict.VIOLATED})).answers
    assert {answer.verdict for answer in answers} == set(Verdict)
    open_ = {Verdict.VIOLATED, Verdict.UNDETERMINED}
    assert all(bool(answer.message) is (answer.verdict in open_) for answer in answers)


def test_kept_results_without_words_are_not_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A run that shows more than the one before starts anew, and the next one like it doesn't."""
    (tmp_path / "cache").mkdir(mode=0o700)
    monkeypatch.setenv("VPCE_LINT_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(sweep, "WORTH_KEEPING", 0)
    monkeypatch.chdir(NETWORKS)
    printed = []
    for arguments in (
        ["."],
        ["--format", "json", "."],
        ["."],
        ["--format", "json", "."],
        ["--format", "json", "--no-cache", "."],
    ):
        main(arguments)
        printed.append(capsys.readouterr().out)
    assert printed[0] == printed[2]
    assert printed[1] == printed[3] == printed[4]
    assert all(answer["message"] for answer in json.loads(printed[1])["answers"])
    assert len([each for each in (tmp_path / "cache").iterdir() if not each.name.startswith(".")]) == 2
