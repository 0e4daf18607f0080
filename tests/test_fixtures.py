"""Every fixture gets exactly the answers that its lines are marked with."""

from __future__ import annotations

import json
import re
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from jsonschema import Draft202012Validator

from vpce_lint.engine import judge
from vpce_lint.fault import FAULTS
from vpce_lint.loader import load_rules
from vpce_lint.readers.read import read
from vpce_lint.readers.request import Request
from vpce_lint.reporters import load_reporter
from vpce_lint.scan import Order, scan
from vpce_lint.verdict import Verdict

if TYPE_CHECKING:
    from vpce_lint.report import Report
    from vpce_lint.rule import Rule

FIXTURES = Path(__file__).parents[1] / "fixtures"
PACKAGE = Path(__file__).parents[1] / "vpce_lint"
KINDS = ("fail", "pass", "unknown")
MARK = re.compile(
    r"expect(?P<below>(?: (?P<lines>\d+))? below)?(?: in (?P<file>\S+):(?P<line>\d+))?: "
    r"(?P<marks>VPCE\d{3}\??(?:, VPCE\d{3}\??)*)"
)
"""``expect``, ``expect below``, ``expect 5 below`` (no comments in a heredoc), ``expect in policy.json:3`` (nor in JSON)."""
SUFFIX = {Verdict.VIOLATED: "", Verdict.UNDETERMINED: "?"}

MARKED = (".tf", ".json", ".tofu", ".yaml", ".template")

Marks = set[tuple[str, int, str]]


@cache
def rules() -> dict[str, Rule]:
    """The built-in rules by name."""
    return {rule.name: rule for rule in load_rules()}


def holds_code(folder: Path) -> bool:
    """Whether a folder is a root module by itself."""
    return any(folder.glob("*.tf")) or any(folder.glob("*.tf.json"))


def fixtures() -> list[Path]:
    """The fixtures of all rules: folders with code, or with several roots below them."""
    kinds = [folder / kind for folder in FIXTURES.iterdir() if folder.name in rules() for kind in KINDS]
    return sorted(case for kind in kinds if kind.is_dir() for case in kind.iterdir() if case.is_dir())


def report_on(case: Path) -> Report:
    """What the rule of the fixture's folder says about it."""
    rule = rules()[case.parents[1].name]
    request = Request(paths=(), roots=(case,)) if holds_code(case) else Request(paths=(case,))
    return judge(read(request), [rule])


def marks_in(case: Path) -> Marks:
    """The marks in a fixture's files: file, line, and rule with a question mark where it is undetermined."""
    marks: Marks = set()
    for file in case.rglob("*"):
        if file.is_dir() or not file.name.endswith(MARKED):
            continue
        for number, line in enumerate(file.read_text("utf-8", "replace").splitlines(), 1):
            for found in MARK.finditer(line):
                at = int(found["line"] or number + (int(found["lines"] or 1) if found["below"] else 0))
                name = (file.parent / found["file"] if found["file"] else file).relative_to(case).as_posix()
                marks |= {(name, at, mark) for mark in found["marks"].split(", ")}
    return marks


def answers_in(report: Report, case: Path) -> Marks:
    """The violated and undetermined answers of a report, in the form of marks."""
    return {
        (
            Path(answer.location.path).resolve().relative_to(case.resolve()).as_posix(),
            answer.location.line,
            answer.rule + SUFFIX[answer.verdict],
        )
        for answer in report.answers
        if answer.verdict in SUFFIX
    }


def name_of(case: Path) -> str:
    """A fixture's path below the folder of fixtures."""
    return case.relative_to(FIXTURES).as_posix()


@pytest.mark.parametrize("case", fixtures(), ids=name_of)
def test_answers_are_as_marked(case: Path) -> None:
    """The rule finds what is marked, where it is marked, and nothing else."""
    report = report_on(case)
    assert answers_in(report, case) == marks_in(case)


@pytest.mark.parametrize("case", fixtures(), ids=name_of)
def test_kind_of_fixture_is_kept(case: Path) -> None:
    """A fixture of failures has one, one of passes has none and doesn't pass by being empty."""
    verdicts = {answer.verdict for answer in report_on(case).answers if answer.rule == rules()[case.parents[1].name].id}
    kind = case.parent.name
    assert (Verdict.VIOLATED in verdicts) is (kind == "fail")
    assert (Verdict.UNDETERMINED in verdicts) is (kind == "unknown")
    assert verdicts, "the rule has nothing to say"


@pytest.mark.parametrize("case", fixtures(), ids=name_of)
def test_json_output_is_valid(case: Path) -> None:
    """What the JSON reporter writes about every fixture keeps to the published schema."""
    schema = json.loads((PACKAGE / "report.schema.json").read_text("utf-8"))
    Draft202012Validator(schema).validate(json.loads(load_reporter("json")(report_on(case))))


@pytest.mark.parametrize(
    "case", sorted(case for fault in FAULTS for case in FIXTURES.glob(f"{fault.name}/fail/*")), ids=name_of
)
def test_faults_are_as_marked(case: Path) -> None:
    """A whole run finds what is wrong with the reading, and with suppressions, where it is marked."""
    order = Order(request=Request(paths=(case,)), today=date(2026, 6, 15), local_config=False)
    assert answers_in(scan(order).report, case) == marks_in(case)


@pytest.mark.parametrize("name", sorted(rules()))
def test_every_rule_has_fixtures_of_each_kind(name: str) -> None:
    """No rule comes without examples that fail it, pass it, and leave it open."""
    assert [kind for kind in KINDS if not (FIXTURES / name / kind).is_dir()] == []


def test_example_networks_show_what_the_tool_does() -> None:
    """The networks that the README lints violate every rule between them, and leave something open."""
    request = Request(paths=(FIXTURES / "example-network", FIXTURES / "three-tier-network"))
    report = judge(read(request), list(rules().values()))
    violated = {answer.rule for answer in report.answers if answer.verdict is Verdict.VIOLATED}
    assert violated == {rule.id for rule in rules().values()}
    assert Verdict.UNDETERMINED in {answer.verdict for answer in report.answers}
