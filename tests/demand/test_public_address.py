"""Which workloads have public addresses, as each kind of code says it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.demand.account import function, machine, network, read_index
from tests.readers.cloudformation.templates import read_template
from tests.readers.plan.documents import plan_of, reading_of, resource
from vpce_lint.demand.index import DemandIndex
from vpce_lint.model import Subnet
from vpce_lint.workload import Workload

if TYPE_CHECKING:
    from pathlib import Path

    from vpce_lint.model import Network
    from vpce_lint.truth import Truth

SUBNETS = """
resource "aws_subnet" "giving" {
  vpc_id                  = aws_vpc.main.id
  map_public_ip_on_launch = true
}
resource "aws_subnet" "open" {
  vpc_id                  = aws_vpc.main.id
  map_public_ip_on_launch = var.flag
}
resource "aws_default_subnet" "default" {
  availability_zone = "eu-west-1a"
}
"""
INTERFACE = """
resource "aws_network_interface" "i" {
  subnet_id = aws_subnet.giving.id
}
resource "aws_instance" "w" {
  network_interface {
    device_index         = 0
    network_interface_id = aws_network_interface.i.id
  }
}
"""


def instance(subnet: str, *arguments: str) -> str:
    """An instance in a subnet."""
    inside = "\n".join((f"subnet_id = {subnet}.id", *arguments))
    return f'resource "aws_instance" "w" {{\n{inside}\n}}\n'


def tasks(*arguments: str, launch: str = '"FARGATE"') -> str:
    """Tasks of a service in a subnet that gives public addresses to instances."""
    inside = "\n".join(("subnets = [aws_subnet.giving.id]", *arguments))
    return f"""
resource "aws_ecs_service" "w" {{
  task_definition = "worker"
  launch_type     = {launch}
  network_configuration {{
    {inside}
  }}
}}
"""


def group(template: str, *, subnet: str = "aws_subnet.giving") -> str:
    """An Auto Scaling group with a launch template."""
    return f"""
resource "aws_launch_template" "t" {{
  name = "t"
  {template}
}}
resource "aws_autoscaling_group" "w" {{
  vpc_zone_identifier = [{subnet}.id]
  launch_template {{
    id = aws_launch_template.t.id
  }}
}}
"""


def given(address: str) -> str:
    """The network interface of a launch template."""
    return f"network_interfaces {{\n associate_public_ip_address = {address}\n}}"


GIVEN, NOT, A, OPEN = "yes", "likely no", "aws_subnet.a", "perhaps"
TERRAFORM = {
    "a subnet that gives none": (instance(A), NOT),
    "a subnet that gives one": (instance("aws_subnet.giving"), GIVEN),
    "a subnet of a variable": (instance("aws_subnet.open"), OPEN),
    "a default subnet": (instance("aws_default_subnet.default"), GIVEN),
    "its own": (instance(A, "associate_public_ip_address = true"), GIVEN),
    "none of its own": (instance("aws_subnet.giving", "associate_public_ip_address = false"), NOT),
    "its own by a variable": (instance(A, "associate_public_ip_address = var.flag"), OPEN),
    "its own, or the subnet's": (instance(A, "associate_public_ip_address = var.flag ? false : null"), NOT),
    "an elastic one": (instance(A) + 'resource "aws_eip" "e" {\n instance = aws_instance.w.id\n}', GIVEN),
    "an elastic one, associated": (
        instance(A) + 'resource "aws_eip_association" "e" {\n instance_id = aws_instance.w.id\n}',
        GIVEN,
    ),
    "an elastic one under a condition": (
        instance(A) + 'resource "aws_eip" "e" {\n count    = var.flag ? 1 : 0\n instance = aws_instance.w.id\n}',
        OPEN,
    ),
    "an elastic one under the instance's own condition": (
        instance(A, "count = var.flag ? 1 : 0")
        + 'resource "aws_eip" "e" {\n count    = var.flag ? 1 : 0\n instance = aws_instance.w[0].id\n}',
        GIVEN,
    ),
    "an elastic one of somebody": (
        instance(A) + 'resource "aws_eip" "e" {\n instance = lower(var.open)\n}',
        OPEN,
    ),
    "an elastic one of what was there before": (
        instance(A) + 'resource "aws_eip" "e" {\n instance = var.open\n}',
        NOT,
    ),
    "an elastic one of another": (
        instance(A) + 'resource "aws_instance" "o" {}\nresource "aws_eip" "e" {\n instance = aws_instance.o.id\n}',
        NOT,
    ),
    "an interface made apart": (INTERFACE, NOT),
    "an interface with an elastic one": (
        INTERFACE + 'resource "aws_eip" "e" {\n network_interface = aws_network_interface.i.id\n}',
        GIVEN,
    ),
    "a group whose template gives one": (group(given("true"), subnet=A), GIVEN),
    "a group whose template gives none": (group(given("false")), NOT),
    "a group whose template says so as text": (group(given('"false"')), NOT),
    "a group whose template leaves it empty": (group(given('""')), GIVEN),
    "a group whose template says nothing": (group(""), GIVEN),
    "a group whose template is made elsewhere": (group("").replace("aws_launch_template.t.id", "var.open"), OPEN),
    "tasks by default": (tasks(), "no"),
    "tasks without": (tasks("assign_public_ip = false"), "no"),
    "tasks with": (tasks("assign_public_ip = true"), GIVEN),
    "tasks by a variable": (tasks("assign_public_ip = var.flag"), OPEN),
    "tasks on instances": (tasks(launch='"EC2"'), "no"),
    "a function": (
        """
        resource "aws_lambda_function" "w" {
          vpc_config {
            subnet_ids         = [aws_subnet.giving.id]
            security_group_ids = []
          }
        }
        """,
        "no",
    ),
    "builds": ('resource "aws_codebuild_project" "w" {\n vpc_config {\n subnets = [aws_subnet.giving.id]\n}\n}', "no"),
    "nodes of a cluster": ('resource "aws_eks_node_group" "w" {\n subnet_ids = [aws_subnet.a.id]\n}', GIVEN),
}
TEMPLATE = """
Parameters:
  Flag: {Type: String}
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, MapPublicIpOnLaunch: MAPS}}
  Endpoint: {Type: AWS::EC2::VPCEndpoint, Properties: {VpcId: !Ref Vpc, ServiceName: com.amazonaws.eu-west-1.s3}}
"""
INSTANCE = "  Worker: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref A}}\n"
WITH_INTERFACE = (
    "  Worker: {Type: AWS::EC2::Instance, Properties: "
    "{NetworkInterfaces: [{SubnetId: !Ref A, AssociatePublicIpAddress: %s}]}}\n"
)
SERVICE = (
    "  Worker: {Type: AWS::ECS::Service, Properties: {TaskDefinition: worker, LaunchType: FARGATE, "
    "NetworkConfiguration: {AwsvpcConfiguration: {Subnets: [!Ref A]%s}}}}\n"
)
SCHEDULE = (
    "  Worker: {Type: AWS::Scheduler::Schedule, Properties: {Target: {Arn: c, EcsParameters: {TaskDefinitionArn: worker, "
    "NetworkConfiguration: {AwsvpcConfiguration: {Subnets: [!Ref A]%s}}}}}}\n"
)
RULE = (
    "  Worker: {Type: AWS::Events::Rule, Properties: {Targets: [{Arn: c, EcsParameters: {TaskDefinitionArn: worker, "
    "NetworkConfiguration: {AwsVpcConfiguration: {Subnets: [!Ref A]%s}}}}]}}\n"
)
GROUP = """
  Config: {Type: AWS::AutoScaling::LaunchConfiguration, Properties: {AssociatePublicIpAddress: %s}}
  Worker: {Type: AWS::AutoScaling::AutoScalingGroup, Properties: {VPCZoneIdentifier: [!Ref A], LaunchConfigurationName: !Ref Config}}
"""
ENABLED, DISABLED, EITHER = ", AssignPublicIp: ENABLED", ", AssignPublicIp: DISABLED", ", AssignPublicIp: !Ref Flag"
TEMPLATES = {
    "a subnet that gives none": (INSTANCE, "false", NOT),
    "a subnet that gives one": (INSTANCE, '"true"', GIVEN),
    "a subnet of a parameter": (INSTANCE, "!Ref Flag", OPEN),
    "its own": (WITH_INTERFACE % '"true"', "false", GIVEN),
    "none of its own": (WITH_INTERFACE % "false", "true", NOT),
    "by a parameter": (WITH_INTERFACE % "!Ref Flag", "false", OPEN),
    "an elastic one": (
        INSTANCE + "  Ip: {Type: AWS::EC2::EIP, Properties: {InstanceId: !Ref Worker}}\n",
        "false",
        GIVEN,
    ),
    "an elastic one, associated": (
        INSTANCE + "  Ip: {Type: AWS::EC2::EIPAssociation, Properties: {InstanceId: !Ref Worker, EIP: 192.0.2.1}}\n",
        "false",
        GIVEN,
    ),
    "tasks by default": (SERVICE % "", "true", "no"),
    "tasks without": (SERVICE % DISABLED, "true", "no"),
    "tasks with": (SERVICE % ENABLED, "false", GIVEN),
    "tasks by a parameter": (SERVICE % EITHER, "false", OPEN),
    "scheduled tasks by default": (SCHEDULE % "", "true", "no"),
    "scheduled tasks with": (SCHEDULE % ENABLED, "false", GIVEN),
    "tasks of a rule by default": (RULE % "", "true", "no"),
    "tasks of a rule with": (RULE % ENABLED, "false", GIVEN),
    "a group with": (GROUP % "true", "false", GIVEN),
    "a group without": (GROUP % '"false"', "true", NOT),
}
PLANNED: dict[str, tuple[str, dict[str, Any], dict[str, Any], bool, str]] = {
    "what is left to AWS is the subnet's": (
        "aws_instance",
        {"subnet_id": "subnet-1"},
        {"associate_public_ip_address": True},
        True,
        GIVEN,
    ),
    "a subnet that gives none": (
        "aws_instance",
        {"subnet_id": "subnet-1"},
        {"associate_public_ip_address": True},
        False,
        NOT,
    ),
    "none of its own": (
        "aws_instance",
        {"subnet_id": "subnet-1", "associate_public_ip_address": False},
        {},
        True,
        NOT,
    ),
    "tasks without": (
        "aws_ecs_service",
        {
            "task_definition": "worker",
            "network_configuration": [{"subnets": ["subnet-1"], "assign_public_ip": False}],
        },
        {},
        True,
        "no",
    ),
    "tasks with": (
        "aws_ecs_service",
        {
            "task_definition": "worker",
            "network_configuration": [{"subnets": ["subnet-1"], "assign_public_ip": True}],
        },
        {},
        False,
        GIVEN,
    ),
}


def said(found: Network) -> str:
    """Whether the worker of a network has a public address in its subnet, in words."""
    [worker] = [each for each in found.of(Workload) if each.address.endswith((".w", ".w[0]", "Worker"))]
    index = DemandIndex(found)
    places = [subnet for subnet in found.of(Subnet) if any(each is worker for each, _ in index.workloads_in(subnet.id))]
    truth = index.has_public_address(worker, places[0])
    return _in_words(truth)


def _in_words(truth: Truth) -> str:
    words = {True: "yes", False: "no", None: "perhaps"}[truth.value]
    return f"likely {words}" if truth.likely else words


@pytest.mark.parametrize(("text", "expected"), TERRAFORM.values(), ids=TERRAFORM)
def test_public_address_in_terraform(tmp_path: Path, text: str, expected: str) -> None:
    """Instances have what they, their template, their subnet or an Elastic IP address give; tasks what they are given."""
    _, found = read_index(tmp_path, SUBNETS + text)
    assert said(found) == expected


@pytest.mark.parametrize(("text", "maps", "expected"), TEMPLATES.values(), ids=TEMPLATES)
def test_public_address_in_templates(tmp_path: Path, text: str, maps: str, expected: str) -> None:
    """The same, as CloudFormation's properties say it."""
    [found] = read_template(tmp_path, TEMPLATE.replace("MAPS", maps) + text).networks
    assert said(found) == expected


@pytest.mark.parametrize(("type_", "values", "unknown", "maps", "expected"), PLANNED.values(), ids=PLANNED)
def test_public_address_in_plans(
    tmp_path: Path, type_: str, values: dict[str, Any], unknown: dict[str, Any], expected: str, *, maps: bool
) -> None:
    """What a plan shows as not yet known because nothing is written is the subnet's to give."""
    made = [_subnet(maps=maps), resource(type_, "w", values), resource("aws_nat_gateway", "n", {})]
    plan = plan_of(made, unknown={f"{type_}.w": unknown}, expressions={f"{type_}.w": {}})
    [found] = reading_of(tmp_path, plan).networks
    assert said(found) == expected


HELD = {
    "its code refers to an instance": ({}, {"references": ["aws_instance.w.id", "aws_instance.w"]}, GIVEN),
    "its code refers to an interface": (
        {},
        {"references": ["aws_instance.w.primary_network_interface_id", "aws_instance.w"]},
        OPEN,
    ),
    "its code refers to what a plan doesn't tell": ({}, {"references": ["local.instance"]}, OPEN),
    "nothing is written": ({}, None, NOT),
    "the instance is known": ({"instance": "i-0123"}, None, GIVEN),
    "another instance is known": ({"instance": "i-4567"}, None, NOT),
}


@pytest.mark.parametrize(("values", "expression", "expected"), HELD.values(), ids=HELD)
def test_elastic_address_in_plans(
    tmp_path: Path, values: dict[str, Any], expression: dict[str, Any] | None, expected: str
) -> None:
    """An address is that of the instance that its code refers to; it may be anybody's where a plan doesn't tell."""
    known = {"id": "i-0123"} if values else {}
    worker = resource("aws_instance", "w", {**known, "subnet_id": "subnet-1"})
    made = [_subnet(maps=False), worker, resource("aws_eip", "e", values), resource("aws_nat_gateway", "n", {})]
    plan = plan_of(
        made,
        unknown={
            "aws_eip.e": {name: True for name in ("id", "instance", "network_interface") if name not in values},
            "aws_instance.w": {"id": not known, "associate_public_ip_address": True},
        },
        expressions={"aws_eip.e": {"instance": expression} if expression else {}, "aws_instance.w": {}},
    )
    [found] = reading_of(tmp_path, plan).networks
    assert said(found) == expected


def _subnet(*, maps: bool) -> dict[str, Any]:
    return resource("aws_subnet", "a", {"id": "subnet-1", "vpc_id": "vpc-1", "map_public_ip_on_launch": maps})


def test_subnet_that_is_not_made_here_leaves_it_open() -> None:
    """Whether a subnet from outside gives public addresses isn't known; for what never has one it doesn't matter."""
    index = DemandIndex(network(machine(), function()))
    assert _in_words(index.has_public_address(machine(), None)) == OPEN
    assert _in_words(index.has_public_address(function(), None)) == "no"
