"""What cfn-lint is told: how often a template is judged, and what becomes of what goes wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from cfnlint.api import lint, lint_by_config
from cfnlint.config import ManualArgs
from cfnlint.context.parameters import ParameterSet
from cfnlint.rules import Rules
from msgspec.structs import replace
from worktree import grow

from vpce_lint.disk import DISK
from vpce_lint.fault import FAULTS
from vpce_lint.integrations import cfn_lint_answers, cfn_lint_rule
from vpce_lint.integrations.cfn_lint_answers import Question, Told, failing_id, tell
from vpce_lint.loader import load_rules
from vpce_lint.location import Location
from vpce_lint.readers.cloudformation.repositories import Repositories
from vpce_lint.report import Answer, Report, Scope
from vpce_lint.scan import Outcome
from vpce_lint.verdict import Severity, Verdict

if TYPE_CHECKING:
    from pathlib import Path

MODULE = "vpce_lint.integrations.cfn_lint"
IDS = {each.id: failing_id(each) for each in (*load_rules(), *FAULTS)}
ENDPOINT = """\
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Endpoint:
    Type: AWS::EC2::VPCEndpoint
    Properties: {VpcId: !Ref Vpc, ServiceName: com.amazonaws.eu-west-1.s3}
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with two templates, which is the working directory."""
    grow(tmp_path, {".git/HEAD": "", "a.yaml": ENDPOINT, "b.yaml": ENDPOINT})
    monkeypatch.chdir(tmp_path)
    return tmp_path


def told(file: str | None, **more: Any) -> list[tuple[str, str]]:
    """The ids and messages about a file."""
    question = Question(file=file, ids=IDS, rules=load_rules(), repositories=Repositories(), **more)
    return [(each.id, each.message) for each in tell(question)]


def test_ids_follow_the_rules_own_severity() -> None:
    """An id says E for a rule of high severity, W for any other, whatever a configuration says."""
    errors = {each.id for each in (*load_rules(), *FAULTS) if each.severity is Severity.HIGH}
    assert {id_[1:] for id_ in IDS.values() if id_[0] == "E"} == errors
    assert {id_[0] for id_ in IDS.values()} == {"E", "W"}


def test_each_template_is_judged_once(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All rules share one judgement of a template, and all templates one search of the repository."""
    judged: list[str | None] = []
    searched: list[str] = []

    def tell_and_count(question: Question) -> tuple[Told, ...]:
        judged.append(question.file)
        return tell(question)

    def walk_and_count(top: str, failed: Any = None) -> object:
        searched.append(top)
        return walk(top, failed)

    walk = DISK.walk
    monkeypatch.setattr(cfn_lint_rule, "tell", tell_and_count)
    monkeypatch.setattr(DISK, "walk", walk_and_count)
    matches = lint_by_config(ManualArgs(append_rules=[MODULE], templates=["a.yaml", "b.yaml"]))  # type: ignore[typeddict-unknown-key]
    assert [match.filename for match in matches if match.rule.id == "WVPCE005"] == ["a.yaml", "b.yaml"]
    assert judged == ["a.yaml", "b.yaml"]
    assert searched == [str(here)]


def test_text_without_a_file() -> None:
    """A template that a program hands to cfn-lint as text has no place: cfn-lint's own rules go on."""
    config = ManualArgs(append_rules=[MODULE], include_checks=["I"])  # type: ignore[typeddict-unknown-key]
    assert [match.rule.id for match in lint(ENDPOINT, config=config) if "VPCE" in match.rule.id] == ["IVPCE999"]


def test_rules_share_no_id_with_cfn_lint() -> None:
    """cfn-lint refuses two rules of one id; none of its own begins as ours do."""
    assert {id_[1:5] for id_ in Rules.create_from_module(MODULE)} == {"VPCE"}


def test_an_exception_is_told(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """cfn-lint may be told to ignore exceptions of rules; ours end as a match that it can't ignore."""

    def fail(order: object) -> None:
        msg = "broken \x1b[31m"
        raise ZeroDivisionError(msg)

    monkeypatch.setattr(cfn_lint_answers, "scan", fail)
    [(id_, message)] = told("a.yaml")
    assert id_ == "EVPCE999"
    assert message.startswith(r"not judged, an internal error: ZeroDivisionError: broken \x1b[31m")


def test_no_setting_names_a_file() -> None:
    """The metadata of a template gives settings, too: it must not choose a configuration, which can load code."""
    assert set(cfn_lint_answers.RUN) == {"min_severity", "min_confidence", "strict"}


def test_parameters(here: Path) -> None:
    """A template is judged with the values that cfn-lint was given for its parameters, once with each set."""
    open_ = "Parameters: {Subnets: {Type: 'List<AWS::EC2::Subnet::Id>'}}\n" + ENDPOINT.replace(
        "eu-west-1.s3}", "eu-west-1.sqs, VpcEndpointType: Interface, SubnetIds: !Ref Subnets}"
    )
    grow(here, {"a.yaml": open_})
    one, two = (("Subnets", "subnet-11111111"),), (("Subnets", ("subnet-11111111", "subnet-22222222")),)
    assert [id_ for id_, _ in told("a.yaml")] == ["WVPCE005", "IVPCE003"]
    assert [id_ for id_, _ in told("a.yaml", parameters=(one,))] == ["WVPCE005", "WVPCE003"]
    assert [id_ for id_, _ in told("a.yaml", parameters=(two,))] == ["WVPCE005"]
    assert [id_ for id_, _ in told("a.yaml", parameters=(two, one))] == ["WVPCE005", "WVPCE003"]


def test_cfn_lint_hands_on_its_parameters(here: Path) -> None:
    """The values of ``--parameters`` arrive."""
    open_ = "Parameters: {Subnets: {Type: 'List<AWS::EC2::Subnet::Id>'}}\n" + ENDPOINT.replace(
        "eu-west-1.s3}", "eu-west-1.sqs, VpcEndpointType: Interface, SubnetIds: !Ref Subnets}"
    )
    grow(here, {"a.yaml": open_})
    values = [ParameterSet(parameters={"Subnets": "subnet-11111111"})]
    config = ManualArgs(append_rules=[MODULE], templates=["a.yaml"], parameters=values)  # type: ignore[typeddict-unknown-key]
    assert "WVPCE003" in {match.rule.id for match in lint_by_config(config)}


def test_what_is_no_template_to_us(here: Path) -> None:
    """A file in which nothing is recognised does not pass in silence."""
    grow(here, {"c.yaml": "Hello: world\n"})
    assert told("c.yaml") == [("IVPCE999", "not judged: vpce-lint takes this file for no template")]


def test_what_was_not_checked_elsewhere(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A limit that a nested template reached is told with the template that nests it, as that isn't checked either."""
    answer = Answer(
        rule="VPCE901",
        name="limit-reached",
        verdict=Verdict.VIOLATED,
        severity=Severity.HIGH,
        address="b.yaml",
        root="a.yaml",
        location=Location("b.yaml", line=7),
        message="too much",
    )
    report = Report((answer, replace(answer, rule="VPCE003")), scope=Scope(roots=1))
    monkeypatch.setattr(cfn_lint_answers, "scan", lambda _: Outcome(report, fails=True))
    assert told("a.yaml") == [("EVPCE901", "b.yaml:7: too much")]
