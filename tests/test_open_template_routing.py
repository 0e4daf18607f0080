"""What is concluded about traffic while a template's parameters are open holds for every value that they may get.

As ``test_open_routing`` does for Terraform: random templates are judged once with their parameters open and once
per assignment, and a definite answer must be the answer under each assignment.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.test_open_parameters import ASSIGNMENTS, NAMED, NOTHING, PARAMETERS, either, resource
from vpce_lint.engine import judge
from vpce_lint.loader import load_rules
from vpce_lint.readers.read import read
from vpce_lint.readers.request import Request
from vpce_lint.verdict import Verdict

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from vpce_lint.report import Answer

MAPPING = {"true": {"Kind": "big", "Cidr": "0.0.0.0/0"}, "false": {"Kind": "small", "Cidr": "10.0.0.0/8"}}


class Pool:
    """What properties are drawn from; few conditions for one template, so that they often meet."""

    def __init__(self, names: list[str]) -> None:
        self.conditions = st.sampled_from(names)
        self.optional = st.none() | self.conditions
        self.vpcs = self.chosen(st.sampled_from([{"Ref": "A"}, {"Ref": "A"}, {"Fn::GetAtt": "B.VpcId"}]))
        self.tables = self.chosen(st.sampled_from([{"Ref": "R"}, {"Fn::GetAtt": ["S", "RouteTableId"]}]))
        self.subnets = self.chosen(st.sampled_from([{"Ref": "T"}, {"Ref": "U"}]))
        mapped = {"Fn::FindInMap": ["Sizes", {"Ref": "Flag"}, "Cidr"]}
        self.ranges = self.chosen(st.sampled_from(["0.0.0.0/0", "0.0.0.0/0", "10.0.0.0/8", mapped]))
        self.gateways = self.chosen(st.sampled_from([{"Ref": "Nat"}, {"Ref": "Either"}, {"Ref": "Internet"}]))
        self.flags = self.chosen(st.sampled_from([True, "false", {"Ref": "Flag"}]))

    def chosen(self, values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        """A value, or one of two on a condition."""
        return values | values | st.builds(either, self.conditions, values, values)

    def listed(self, values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        """A list of such, of which some may be left out."""
        member = values | st.builds(either, self.conditions, values, st.just(NOTHING))
        return self.chosen(st.lists(member, max_size=2))


@st.composite
def templates(draw: st.DrawFn) -> dict[str, Any]:
    """Two tables and two subnets with routes, associations, endpoints and a worker, all under random conditions."""
    pool = Pool(draw(st.lists(st.sampled_from(sorted(NAMED)), min_size=1, max_size=3, unique=True)))
    resources: dict[str, Any] = {
        "A": resource("AWS::EC2::VPC"),
        "B": resource("AWS::EC2::VPC"),
        "Internet": resource("AWS::EC2::InternetGateway"),
        "Nat": resource("AWS::EC2::NatGateway", SubnetId="subnet-1"),
        "Either": resource(
            "AWS::EC2::NatGateway",
            SubnetId="subnet-1",
            ConnectivityType=either(draw(pool.conditions), "public", "private"),
        ),
        "Instance": resource("AWS::EC2::Instance", SubnetId="subnet-1", SourceDestCheck=draw(pool.flags)),
    }
    for name in "RS":
        resources[name] = resource(
            "AWS::EC2::RouteTable", draw(pool.optional) if name == "S" else None, VpcId=draw(pool.vpcs)
        )
    for name in "TU":
        resources[name] = resource("AWS::EC2::Subnet", VpcId=draw(pool.vpcs))
        if draw(st.integers(0, 3)):
            resources[f"{name}Uses"] = resource(
                "AWS::EC2::SubnetRouteTableAssociation",
                draw(pool.optional),
                SubnetId=draw(pool.subnets) if draw(st.booleans()) else {"Ref": name},
                RouteTableId=draw(pool.tables),
            )
    for index in range(draw(st.integers(1, 2))):
        target = draw(
            st.one_of(
                st.fixed_dictionaries(
                    {"NatGatewayId": pool.chosen(st.just({"Ref": "Nat"}) | st.just({"Ref": "Either"}))}
                ),
                st.fixed_dictionaries({"GatewayId": pool.gateways}),
                st.just({"InstanceId": {"Ref": "Instance"}}),
            )
        )
        resources[f"Route{index}"] = resource(
            "AWS::EC2::Route",
            draw(pool.optional),
            RouteTableId=draw(pool.tables),
            DestinationCidrBlock=draw(pool.ranges),
            **target,
        )
    resources |= draw(endpoints(pool)) | draw(workers(pool))
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Parameters": PARAMETERS,
        "Mappings": {"Sizes": MAPPING},
        "Conditions": NAMED,
        "Resources": resources,
    }


@st.composite
def endpoints(draw: st.DrawFn, pool: Pool) -> dict[str, Any]:
    """Gateway endpoints and an interface endpoint."""
    made: dict[str, Any] = {}
    for service in ("s3", "dynamodb"):
        if draw(st.booleans()):
            made[service] = resource(
                "AWS::EC2::VPCEndpoint",
                draw(pool.optional),
                VpcId={"Ref": "A"},
                ServiceName=f"com.amazonaws.eu-west-1.{service}",
                RouteTableIds=draw(pool.listed(pool.tables)),
            )
    if draw(st.booleans()):
        made["Sqs"] = resource(
            "AWS::EC2::VPCEndpoint",
            draw(pool.optional),
            VpcId=draw(pool.vpcs),
            ServiceName={
                "Fn::Sub": ["com.amazonaws.eu-west-1.${X}", {"X": draw(pool.chosen(st.sampled_from(["sqs", "sns"])))}]
            },
            VpcEndpointType="Interface",
            SubnetIds=["subnet-1"],
            PrivateDnsEnabled=draw(pool.flags),
        )
    return made


@st.composite
def workers(draw: st.DrawFn, pool: Pool) -> dict[str, Any]:
    """A function, or a task, that needs a service or two."""
    if not draw(st.booleans()):
        return {}
    actions = draw(
        pool.chosen(st.sampled_from(["sqs:SendMessage", ["s3:GetObject"], ["sqs:SendMessage", "s3:GetObject"]]))
    )
    statement = {
        "Effect": draw(pool.chosen(st.sampled_from(["Allow", "Allow", "Deny"]))),
        "Action": actions,
        "Resource": "*",
    }
    policy = {"PolicyName": "w", "PolicyDocument": {"Statement": draw(pool.listed(st.just(statement)))}}
    network = {"SubnetIds": draw(pool.listed(pool.subnets)), "SecurityGroupIds": []}
    made = {
        "Role": resource("AWS::IAM::Role", Policies=draw(pool.listed(st.just(policy)))),
        "Worker": resource(
            "AWS::Lambda::Function",
            draw(pool.optional),
            Role={"Fn::GetAtt": "Role.Arn"},
            VpcConfig=draw(pool.chosen(st.just(network) | st.just(NOTHING))),
        ),
    }
    if draw(st.booleans()):
        extra = {"Statement": [{"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}]}
        made["More"] = resource(
            "AWS::IAM::Policy",
            draw(pool.optional),
            Roles=draw(pool.listed(st.just({"Ref": "Role"}))),
            PolicyDocument=extra,
        )
    return made


def answers(
    folder: Path, assignment: dict[str, str] | None
) -> tuple[dict[tuple[str, str, str | None], list[Answer]], set[str]]:
    """The answers about the template, by what they are about, and the resources that there are."""
    parameters = ()
    if assignment:
        (folder / "parameters.json").write_text(json.dumps(assignment))
        parameters = (folder / "parameters.json",)
    rules = [rule for rule in load_rules() if rule.id in {"VPCE002", "VPCE008"}]
    reading = read(Request(paths=(folder / "template.json",), parameters=parameters))
    report = judge(reading, rules)
    assert [answer.message for answer in report.answers if answer.rule.startswith("VPCE9")] == []
    found: dict[tuple[str, str, str | None], list[Answer]] = {}
    for answer in report.answers:
        found.setdefault((answer.rule, answer.address, answer.about), []).append(answer)
    return found, {each.address for network in reading.networks for each in network.resources}


def place_of(template: str, answer: Answer) -> str:
    """The logical id that an answer points at."""
    return template.splitlines()[answer.location.line - 1].split('"')[1]


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(templates(), st.lists(st.sampled_from(ASSIGNMENTS), min_size=4, max_size=8, unique_by=str))
def test_definite_answers_hold_for_every_assignment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, template: dict[str, Any], assignments: list[dict[str, str]]
) -> None:
    """Satisfied stays satisfied; violated stays violated where the route in question is there."""
    monkeypatch.chdir(tmp_path)
    text = json.dumps(template, indent=1)
    (tmp_path / "template.json").write_text(text)
    opened, _ = answers(tmp_path, None)
    for assignment in assignments:
        closed, there = answers(tmp_path, assignment)
        for key, claims in opened.items():
            said = {answer.verdict for answer in closed.get(key, [])} - {Verdict.NOT_APPLICABLE}
            verdicts = {claim.verdict for claim in claims} - {Verdict.NOT_APPLICABLE}
            if not said or Verdict.UNDETERMINED in verdicts or not verdicts:
                continue
            if verdicts == {Verdict.SATISFIED}:
                assert said == {Verdict.SATISFIED}, (assignment, claims[0].message)
            elif len(claims) == 1 and place_of(text, claims[0]) in there:
                assert Verdict.VIOLATED in said, (assignment, claims[0].message)


@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(templates(), st.sampled_from(ASSIGNMENTS))
def test_with_every_parameter_set_nothing_about_routes_stays_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, template: dict[str, Any], assignment: dict[str, str]
) -> None:
    """Known parameters decide every condition, and with them what is routed, needed and served."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "template.json").write_text(json.dumps(template))
    found, _ = answers(tmp_path, assignment)
    assert [each.message for group in found.values() for each in group if each.verdict is Verdict.UNDETERMINED] == []
