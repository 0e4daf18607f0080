"""What is concluded while parameters are open holds for every value that they may get.

Random templates are judged once with their parameters open and once per assignment. Where the
resource exists, a definite answer must be the answer under each assignment; only a clash that AWS would
refuse (two subnets of one zone) may come to light under an assignment alone.
"""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vpce_lint.engine import judge
from vpce_lint.loader import load_rules
from vpce_lint.readers.read import read
from vpce_lint.readers.request import Request
from vpce_lint.verdict import Verdict

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from vpce_lint.report import Answer

PARAMETERS = {
    "Flag": {"Type": "String", "AllowedValues": ["true", "false"]},
    "Stage": {"Type": "String"},
    "Size": {"Type": "String", "AllowedValues": ["s", "m", "l", "xl", "xxl"]},
    "Names": {"Type": "CommaDelimitedList"},
}
VALUES = {
    "Flag": ("true", "false"),
    "Stage": ("test", "prod", "other"),
    "Size": ("s", "l", "xxl"),
    "Names": ("", "x", "x,y"),
}
ASSIGNMENTS = [dict(zip(VALUES, values, strict=True)) for values in itertools.product(*VALUES.values())]
NOTHING = {"Ref": "AWS::NoValue"}
NAMED = {
    "IsFlag": {"Fn::Equals": [{"Ref": "Flag"}, "true"]},
    "IsNotFlag": {"Fn::Equals": ["false", {"Ref": "Flag"}]},
    "IsProd": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]},
    "IsTest": {"Fn::Equals": ["test", {"Ref": "Stage"}]},
    "IsNotProd": {"Fn::Not": [{"Condition": "IsProd"}]},
    "IsLarge": {"Fn::Or": [{"Fn::Equals": [{"Ref": "Size"}, "l"]}, {"Fn::Equals": [{"Ref": "Size"}, "xl"]}]},
    "IsEither": {"Fn::Or": [{"Condition": "IsProd"}, {"Condition": "IsTest"}]},
    "IsBoth": {"Fn::And": [{"Condition": "IsFlag"}, {"Condition": "IsProd"}]},
    "IsNever": {"Fn::And": [{"Condition": "IsTest"}, {"Condition": "IsProd"}]},
    "IsEmpty": {"Fn::Equals": [{"Fn::Join": ["", {"Ref": "Names"}]}, ""]},
    "IsMapped": {"Fn::Equals": [{"Fn::FindInMap": ["Sizes", {"Ref": "Flag"}, "Kind"]}, "big"]},
    "IsJoined": {"Fn::Equals": [{"Fn::Sub": "${Flag}-${Stage}"}, "true-prod"]},
}
SHORT = st.sampled_from(["s3", "dynamodb", "sqs"])
SUBNET = st.sampled_from([{"Ref": "One"}, {"Ref": "Two"}, {"Ref": "Third"}, {"Fn::GetAtt": "One.SubnetId"}])
OPEN = {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]}


def either(condition: str, then: object, otherwise: object) -> dict[str, Any]:
    """``Fn::If``."""
    return {"Fn::If": [condition, then, otherwise]}


class Pool:
    """What properties are drawn from; few conditions for one template, so that they often meet."""

    def __init__(self, names: list[str]) -> None:
        self.conditions = st.sampled_from(names)
        self.optional = st.none() | self.conditions
        self.vpcs = self.chosen(st.sampled_from([{"Ref": "A"}, {"Ref": "B"}, {"Fn::GetAtt": ["A", "VpcId"]}]))
        named = SHORT.map(lambda name: {"Fn::Sub": f"com.amazonaws.${{AWS::Region}}.{name}"})
        self.services = self.chosen(named) | st.just({"Fn::FindInMap": ["Sizes", {"Ref": "Flag"}, "Service"]})
        member = self.chosen(SUBNET | st.just(NOTHING))
        self.subnets = self.chosen(st.lists(member, max_size=3) | st.just(NOTHING))
        statement = either(names[0], OPEN["Statement"][0], NOTHING)
        documents: list[object] = [NOTHING, OPEN, json.dumps(OPEN), {"Statement": [statement]}]
        self.policies = self.chosen(st.sampled_from(documents))
        principal = self.chosen(st.sampled_from(["*", "arn:aws:iam::111122223333:root", NOTHING]))
        self.principals = self.chosen(st.lists(principal, max_size=3) | st.just({"Ref": "Names"}))
        self.kinds = self.chosen(st.sampled_from(["Interface", "Gateway", NOTHING]))
        self.tables = self.chosen(st.sampled_from([[{"Ref": "Table"}], [], NOTHING]))

    def chosen(self, values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        """A value, or one of two on a condition, twice nested at most."""
        once = values | st.builds(either, self.conditions, values, values)
        return once | st.builds(either, self.conditions, once, once)


def resource(type_: str, condition: str | None = None, /, **properties: object) -> dict[str, Any]:
    """A resource, on a condition if there is one."""
    made: dict[str, Any] = {"Type": type_, "Properties": properties}
    return made | ({"Condition": condition} if condition else {})


@st.composite
def templates(draw: st.DrawFn) -> dict[str, Any]:
    """Endpoints of any kind, a service and its permissions, all under random conditions."""
    endpoint = "AWS::EC2::VPCEndpoint"
    pool = Pool(draw(st.lists(st.sampled_from(sorted(NAMED)), min_size=1, max_size=3, unique=True)))
    resources: dict[str, Any] = {
        "A": resource("AWS::EC2::VPC"),
        "B": resource("AWS::EC2::VPC"),
        "Table": resource("AWS::EC2::RouteTable", VpcId={"Ref": "A"}),
        "One": resource(
            "AWS::EC2::Subnet", VpcId={"Ref": "A"}, AvailabilityZone={"Fn::Select": [0, {"Fn::GetAZs": ""}]}
        ),
        "Two": resource(
            "AWS::EC2::Subnet", VpcId={"Ref": "A"}, AvailabilityZone={"Fn::Select": [1, {"Fn::GetAZs": ""}]}
        ),
        "Third": resource("AWS::EC2::Subnet", VpcId={"Ref": "A"}),
    }
    for index in range(draw(st.integers(1, 2))):
        resources[f"Interface{index}"] = resource(
            endpoint,
            draw(pool.optional),
            VpcId=draw(pool.vpcs),
            ServiceName=draw(pool.services),
            VpcEndpointType="Interface",
            SubnetIds=draw(pool.subnets),
            PolicyDocument=draw(pool.policies),
        )
    for index in range(draw(st.integers(0, 2))):
        tables = draw(pool.tables)
        service = draw(pool.services)
        resources[f"Gateway{index}"] = resource(
            endpoint, draw(pool.optional), VpcId=draw(pool.vpcs), ServiceName=service, RouteTableIds=tables
        )
    if draw(st.booleans()):
        resources["Any"] = resource(
            endpoint,
            draw(pool.optional),
            VpcId=draw(pool.vpcs),
            ServiceName=draw(pool.services),
            VpcEndpointType=draw(pool.kinds),
        )
    resources["Service"] = resource("AWS::EC2::VPCEndpointService", draw(pool.optional), AcceptanceRequired=True)
    for index in range(draw(st.integers(0, 2))):
        resources[f"Permissions{index}"] = resource(
            "AWS::EC2::VPCEndpointServicePermissions",
            draw(pool.optional),
            ServiceId=either(draw(pool.conditions), {"Ref": "Service"}, "vpce-svc-0") if index else {"Ref": "Service"},
            AllowedPrincipals=draw(pool.principals),
        )
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Parameters": PARAMETERS,
        "Mappings": {
            "Sizes": {
                "true": {"Kind": "big", "Service": "com.amazonaws.eu-west-1.s3"},
                "false": {"Kind": "small", "Service": "com.amazonaws.eu-west-1.sqs"},
            }
        },
        "Conditions": NAMED,
        "Resources": resources,
    }


def answers(folder: Path, assignment: dict[str, str] | None) -> dict[tuple[str, str, str | None], list[Answer]]:
    """The answers about the template, by what they are about."""
    parameters = ()
    if assignment:
        (folder / "parameters.json").write_text(json.dumps(assignment))
        parameters = (folder / "parameters.json",)
    report = judge(read(Request(paths=(folder / "template.json",), parameters=parameters)), load_rules())
    assert [answer.message for answer in report.answers if answer.rule.startswith("VPCE9")] == []
    found: dict[tuple[str, str, str | None], list[Answer]] = {}
    for answer in report.answers:
        found.setdefault((answer.rule, answer.address, answer.about), []).append(answer)
    return found


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(templates(), st.lists(st.sampled_from(ASSIGNMENTS), min_size=4, max_size=8, unique_by=str))
def test_definite_answers_hold_for_every_assignment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, template: dict[str, Any], assignments: list[dict[str, str]]
) -> None:
    """A definite answer with open parameters is the answer under each assignment."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "template.json").write_text(json.dumps(template))
    definite = {Verdict.VIOLATED, Verdict.SATISFIED}
    opened = {
        key: claims[0]
        for key, claims in answers(tmp_path, None).items()
        if len(claims) == 1 and claims[0].verdict in definite
    }
    for assignment in assignments:
        for key, found in answers(tmp_path, assignment).items():
            claim = opened.get(key)
            for answer in found if claim else ():
                if "can't be created" in answer.message or (claim and "can't be created" in claim.message):
                    continue
                assert claim is None or answer.verdict in {claim.verdict, Verdict.NOT_APPLICABLE}, (
                    assignment,
                    claim.message,
                    answer.message,
                )


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(templates(), st.sampled_from(ASSIGNMENTS))
def test_with_every_parameter_set_nothing_stays_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, template: dict[str, Any], assignment: dict[str, str]
) -> None:
    """Known parameters decide every condition, so only what policies allow is left undetermined."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "template.json").write_text(json.dumps(template))
    open_ = [
        answer.message
        for found in answers(tmp_path, assignment).values()
        for answer in found
        if answer.verdict is Verdict.UNDETERMINED and answer.rule != "VPCE005"
    ]
    assert [message for message in open_ if "Availability Zones" not in message] == []


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(templates(), st.none() | st.sampled_from(ASSIGNMENTS))
def test_a_nested_stack_is_judged_like_the_template_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, template: dict[str, Any], assignment: dict[str, str] | None
) -> None:
    """A stack that gets the same parameters from a template around it gets the same answers."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "template.json").write_text(json.dumps(template))
    alone = answers(tmp_path, assignment)
    (tmp_path / "inner.json").write_text(json.dumps(template))
    given_on = {name: {"Ref": name} for name in PARAMETERS}
    stack = resource("AWS::CloudFormation::Stack", TemplateURL="inner.json", Parameters=given_on)
    outer = {"AWSTemplateFormatVersion": "2010-09-09", "Parameters": PARAMETERS, "Resources": {"S": stack}}
    (tmp_path / "template.json").write_text(json.dumps(outer))
    nested = answers(tmp_path, assignment)
    assert {
        (rule, f"S.{address}", about): [each.verdict for each in found]
        for (rule, address, about), found in alone.items()
    } == {key: [each.verdict for each in found] for key, found in nested.items()}
