"""Templates that would take forever to work out."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ordeals.writing import aws_endpoint, template

if TYPE_CHECKING:
    from ordeals.writing import Files


def substitutions() -> Files:
    """`Fn::Sub` in `Fn::Sub`, 30 deep, each twice the one before."""
    value: Any = "x" * 100
    for _ in range(30):
        value = {"Fn::Sub": ["${a}${a}", {"a": value}]}
    return template({"E": aws_endpoint(PolicyDocument=value)})


def joins() -> Files:
    """`Fn::Join` of 20,000 texts, in each of 50 endpoints."""
    listed = {"Fn::Join": [",", ["x" * 10] * 20_000]}
    return template({f"E{n}": aws_endpoint(PolicyDocument=listed) for n in range(50)})


def loops_of_loops() -> Files:
    """`Fn::ForEach` in `Fn::ForEach`, of 300 members each."""
    names = [f"n{n}" for n in range(300)]
    inner = {"Fn::ForEach::B": ["b", names, {"R${a}${b}": aws_endpoint()}]}
    return template({"Fn::ForEach::A": ["a", names, inner]}, Transform="AWS::LanguageExtensions")


def loops_in_properties() -> Files:
    """Three `Fn::ForEach` in each other in the properties of a resource, of 300 members each."""
    names = [f"n{n}" for n in range(300)]
    body: Any = {"K${a}${b}${c}": {"Fn::Sub": "${a}"}}
    for name in "cba":
        body = {f"Fn::ForEach::{name.upper()}": [name, names, body]}
    return template(
        {f"E{n}": aws_endpoint(PolicyDocument=body) for n in range(20)}, Transform="AWS::LanguageExtensions"
    )


def loop_of_wide_bodies() -> Files:
    """`Fn::ForEach` over 2,000 members that each hold a text of 10,000 characters."""
    names = [f"n{n}" * 2_000 for n in range(2_000)]
    return template({"Fn::ForEach::A": ["a", names, {"R${a}": aws_endpoint()}]}, Transform="AWS::LanguageExtensions")


def open_conditions() -> Files:
    """300 endpoints, 60 conditions, 50 conditional subnets each."""
    parameters = {f"P{n}": {"Type": "String"} for n in range(60)}
    conditions = {f"C{n}": {"Fn::Equals": [{"Ref": f"P{n}"}, "x"]} for n in range(60)}
    subnets = [{"Fn::If": [f"C{n}", f"subnet-{n}", {"Ref": "AWS::NoValue"}]} for n in range(50)]
    return template(
        {
            f"E{n}": {
                **aws_endpoint(
                    VpcEndpointType="Interface", ServiceName="com.amazonaws.eu-west-1.sqs", SubnetIds=subnets
                ),
                "Condition": f"C{n % 60}",
            }
            for n in range(300)
        },
        Parameters=parameters,
        Conditions=conditions,
    )


def conditional_endpoints() -> Files:
    """300 endpoints, NAT routes and subnets, each with a condition of its own."""
    parameters = {f"P{n}": {"Type": "String"} for n in range(300)}
    conditions = {f"C{n}": {"Fn::Equals": [{"Ref": f"P{n}"}, "x"]} for n in range(300)}
    resources: dict[str, Any] = {
        "V": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
        "N": {"Type": "AWS::EC2::NatGateway", "Properties": {"SubnetId": "subnet-1"}},
        "T": {"Type": "AWS::EC2::RouteTable", "Properties": {"VpcId": {"Ref": "V"}}},
    }
    for n in range(300):
        each = {"Condition": f"C{n}"}
        resources[f"E{n}"] = aws_endpoint(VpcId={"Ref": "V"}, RouteTableIds=[{"Ref": "T"}]) | each
        resources[f"S{n}"] = {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": {"Ref": "V"}}} | each
        association = {"SubnetId": {"Ref": f"S{n}"}, "RouteTableId": {"Ref": "T"}}
        resources[f"A{n}"] = {"Type": "AWS::EC2::SubnetRouteTableAssociation", "Properties": association} | each
        route = {"RouteTableId": {"Ref": "T"}, "DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": {"Ref": "N"}}
        resources[f"R{n}"] = {"Type": "AWS::EC2::Route", "Properties": route} | each
    return template(resources, Parameters=parameters, Conditions=conditions)


def chain_of_conditions() -> Files:
    """A chain of 5,000 conditions: `Fn::Not` of the one before, by name."""
    conditions: dict[str, Any] = {"C0": {"Fn::Equals": [{"Ref": "P"}, "x"]}}
    conditions |= {f"C{n}": {"Fn::Not": [{"Condition": f"C{n - 1}"}]} for n in range(1, 5_000)}
    return template(
        {"E": aws_endpoint() | {"Condition": "C4999"}}, Parameters={"P": {"Type": "String"}}, Conditions=conditions
    )


def chain_of_open_conditions() -> Files:
    """A chain of 5,000 conditions: `Fn::And` of the one before and a comparison."""
    conditions: dict[str, Any] = {"C0": {"Fn::Equals": [{"Ref": "P0"}, "x"]}}
    conditions |= {
        f"C{n}": {"Fn::And": [{"Condition": f"C{n - 1}"}, {"Fn::Equals": [{"Ref": f"P{n}"}, "x"]}]}
        for n in range(1, 5_000)
    }
    return template(
        {"E": aws_endpoint() | {"Condition": "C4999"}},
        Parameters={f"P{n}": {"Type": "String"} for n in range(5_000)},
        Conditions=conditions,
    )


def chain_of_attributes() -> Files:
    """A chain of 5,000 `Fn::GetAtt`, from resource to resource."""
    chain = {f"E{n}": aws_endpoint(VpcId={"Fn::GetAtt": [f"S{n - 1}", "VpcId"]}) for n in range(1, 2)}
    subnets = {
        f"S{n}": {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": {"Fn::GetAtt": [f"S{n - 1}", "VpcId"]}}}
        for n in range(1, 5_000)
    }
    return template(
        {
            **chain,
            "S0": {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": "vpc-1"}},
            **dict(reversed(subnets.items())),
        }
    )


def chain_of_references() -> Files:
    """A chain of 5,000 resources with `Ref` and `Fn::GetAtt` to the one before."""
    resources: dict[str, Any] = {"E0": aws_endpoint()}
    resources |= {
        f"E{n}": aws_endpoint(VpcId={"Ref": f"E{n - 1}"}, SubnetIds={"Fn::GetAtt": f"E{n - 1}.X"})
        for n in range(1, 5_000)
    }
    return template(resources)


def chain_of_choices() -> Files:
    """A chain of 5,000 subnets, each in the VPC of the one before or, on a condition, in another."""
    subnets = {
        f"S{n}": {
            "Type": "AWS::EC2::Subnet",
            "Properties": {"VpcId": {"Fn::If": [f"C{n}", {"Fn::GetAtt": [f"S{n - 1}", "VpcId"]}, f"vpc-{n}"]}},
        }
        for n in range(1, 5_000)
    }
    return template(
        {"E": aws_endpoint(), "S0": {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": "vpc-1"}}, **subnets},
        Parameters={f"P{n}": {"Type": "String"} for n in range(5_000)},
        Conditions={f"C{n}": {"Fn::Equals": [{"Ref": f"P{n}"}, "x"]} for n in range(5_000)},
    )


def unread_loops() -> Files:
    """5,000 loops over an open list, beside 5,000 endpoints."""
    loops = {f"Fn::ForEach::L{n}": ["a", {"Ref": "P"}, {"X${a}": aws_endpoint()}] for n in range(5_000)}
    return template(
        {**loops, **{f"E{n}": aws_endpoint() for n in range(5_000)}},
        Parameters={"P": {"Type": "CommaDelimitedList"}},
        Transform="AWS::LanguageExtensions",
    )


def wide_mappings() -> Files:
    """A mapping of 50,000 values, searched with open keys 1,000 times."""
    mapping = {f"a{n}": {f"b{m}": f"{n}-{m}" for m in range(100)} for n in range(500)}
    found = {"Fn::FindInMap": ["M", {"Ref": "P"}, {"Ref": "Q"}]}
    return template(
        {
            f"E{n}": aws_endpoint(VpcId=found, ServiceName={"Fn::Sub": ["${x}" + str(n), {"x": found}]})
            for n in range(1_000)
        },
        Parameters={"P": {"Type": "String"}, "Q": {"Type": "String"}},
        Mappings={"M": mapping},
    )


def nested_stacks() -> Files:
    """20 templates, each of which nests the next ten times."""
    files: Files = {}
    for number in range(20):
        nested = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": f"t{number + 1}.json"}}
        files[f"t{number}.json"] = json.dumps({"Resources": {f"S{which}": nested for which in range(10)}})
    return files | {"t20.json": json.dumps({"Resources": {"E": aws_endpoint()}})}


def parameters_of_nested_stacks() -> Files:
    """15 nested stacks, each of which passes on twice what it was given."""
    files: Files = {}
    for number in range(15):
        given = {"Fn::Sub": "${P}${P}"} if number else "x" * 100
        nested = {"TemplateURL": f"t{number + 1}.json", "Parameters": {"P": given}}
        files[f"t{number}.json"] = json.dumps(
            {
                "Parameters": {"P": {"Type": "String"}},
                "Resources": {"S": {"Type": "AWS::CloudFormation::Stack", "Properties": nested}},
            }
        )
    last = {"E": aws_endpoint(PolicyDocument={"Ref": "P"})}
    return files | {"t15.json": json.dumps({"Parameters": {"P": {"Type": "String"}}, "Resources": last})}
