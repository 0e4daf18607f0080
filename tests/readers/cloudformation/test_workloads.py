"""What runs in subnets, and as whom, in templates: the parts of the table that need more than a property's name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.readers.cloudformation.templates import read_template
from tests.readers.terraform.configuration import resources
from vpce_lint.model import DnsRecord, RouteTable
from vpce_lint.permission import Role
from vpce_lint.value import Mapping, Reference, Run, Sequence
from vpce_lint.workload import LambdaFunction, TaskDefinition

if TYPE_CHECKING:
    from pathlib import Path

    from vpce_lint.value import Value

SUBNETS = """
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: vpc-1}}
  B: {Type: AWS::EC2::Subnet, Properties: {VpcId: vpc-1}}
"""
FLAG = """
Parameters:
  Stage: {Type: String}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
"""


def addresses(value: Value) -> list[str]:
    """The resources that the members of a list refer to."""
    assert isinstance(value, Sequence)
    members = [member.each if isinstance(member, Run) else member for member in value.members]
    return [member.address for member in members if isinstance(member, Reference)]


def actions(role: Role) -> list[str]:
    """The actions in a role's inline documents."""
    found: list[str] = []
    assert isinstance(role.documents, Sequence)
    for document in role.documents.members:
        assert isinstance(document, Mapping)
        for statement in document.entries["Statement"].members:  # type: ignore[attr-defined]
            found += [str(action) for action in statement.entries["Action"].members]
    return found


def test_global_subnets_and_own_ones_are_merged(tmp_path: Path) -> None:
    """SAM adds a function's subnets to those of all functions."""
    text = f"""
Transform: AWS::Serverless-2016-10-31
Globals: {{Function: {{VpcConfig: {{SubnetIds: [!Ref A]}}}}}}
Resources:{SUBNETS}
  Own: {{Type: AWS::Serverless::Function, Properties: {{VpcConfig: {{SubnetIds: [!Ref B]}}}}}}
  Plain: {{Type: AWS::Serverless::Function, Properties: {{}}}}
  Without: {{Type: AWS::Serverless::Function, Properties: {{VpcConfig: !Ref AWS::NoValue}}}}
"""
    made = resources(read_template(tmp_path, text), LambdaFunction)
    assert {name: addresses(each.subnets) for name, each in made.items()} == {"Own": ["A", "B"], "Plain": ["A"]}


def test_roles_that_sam_makes_have_what_policies_and_templates_allow(tmp_path: Path) -> None:
    """A policy template is a document, a name is a managed policy, and the function acts as the role."""
    text = f"""
Transform: AWS::Serverless-2016-10-31
Resources:{SUBNETS}
  Own:
    Type: AWS::Serverless::Function
    Properties:
      VpcConfig: {{SubnetIds: [!Ref A]}}
      Policies:
        - AmazonSQSFullAccess
        - S3ReadPolicy: {{BucketName: x}}
        - Statement: [{{Effect: Allow, Action: ["sns:Publish"], Resource: "*"}}]
"""
    reading = read_template(tmp_path, text)
    role = resources(reading, Role)["OwnRole"]
    function = resources(reading, LambdaFunction)["Own"]
    assert (actions(role), str(role.managed.members[0])) == (  # type: ignore[attr-defined]
        ["s3:GetObject", "s3:ListBucket", "sns:Publish"],
        "arn:aws:iam::aws:policy/AmazonSQSFullAccess",
    )
    assert isinstance(function.role, Reference)
    assert function.role.address == role.address


def test_function_in_a_vpc_on_a_condition_stands_there_on_that_condition(tmp_path: Path) -> None:
    """``Fn::If`` around the whole of ``VpcConfig`` leaves open whether the function stands in the subnet."""
    text = f"""{FLAG}
Resources:{SUBNETS}
  Own:
    Type: AWS::Lambda::Function
    Properties:
      VpcConfig: !If [IsProd, {{SubnetIds: [!Ref A]}}, !Ref AWS::NoValue]
"""
    function = resources(read_template(tmp_path, text), LambdaFunction)["Own"]
    assert function.subnets.symbol == '((Stage == "prod") ? [A.id] : [])'


def test_container_definitions_have_the_keys_of_the_api(tmp_path: Path) -> None:
    """What is ``Image`` and ``Secrets`` in a template is ``image`` and ``secrets`` in the model, deep down too."""
    text = """
Resources:
  Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: vpc-1}}
  Web:
    Type: AWS::ECS::TaskDefinition
    Properties:
      ContainerDefinitions:
        - {Image: web, Secrets: [{Name: S, ValueFrom: s}], LogConfiguration: {LogDriver: awslogs}}
"""
    definition = resources(read_template(tmp_path, text), TaskDefinition)["Web"]
    assert definition.containers.symbol == (
        '[{image = "web", secrets = [{name = "S", valueFrom = "s"}], logConfiguration = {logDriver = "awslogs"}}]'
    )


def test_records_of_a_group_lie_in_its_zone(tmp_path: Path) -> None:
    """A record set group's zone is that of its records."""
    text = """
Resources:
  Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: vpc-1}}
  Group:
    Type: AWS::Route53::RecordSetGroup
    Properties:
      HostedZoneId: Z1
      RecordSets: [{Name: a.example, Type: CNAME, ResourceRecords: [b.example]}]
"""
    [network] = read_template(tmp_path, text).networks
    [record] = network.of(DnsRecord)
    assert (str(record.zone), str(record.name), record.names.symbol) == ("Z1", "a.example", '["b.example"]')


def test_tables_from_outside_are_found_by_their_routes(tmp_path: Path) -> None:
    """A route in a table that a parameter names makes that table known, as one made elsewhere; twice is once."""
    text = """
Parameters:
  TableId: {Type: String}
Resources:
  One: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref TableId, DestinationCidrBlock: 0.0.0.0/0}}
  Two: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref TableId, DestinationCidrBlock: 10.0.0.0/8}}
"""
    [network] = read_template(tmp_path, text).networks
    assert [(table.address, table.found, table.name) for table in network.of(RouteTable)] == [("One", True, "TableId")]


def test_parameter_that_is_empty_names_no_table(tmp_path: Path) -> None:
    """An empty default is there to be filled in: no answer can be about a table without a name."""
    text = """
Parameters:
  TableId: {Type: String, Default: ""}
Resources:
  One: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref TableId, DestinationCidrBlock: 0.0.0.0/0}}
"""
    [network] = read_template(tmp_path, text).networks
    assert list(network.of(RouteTable)) == []
