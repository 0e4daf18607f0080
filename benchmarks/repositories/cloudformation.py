"""What CloudFormation templates are made of, as maps: resources, references, tags, roles."""

from __future__ import annotations

from typing import Any

Map = dict[str, Any]


def ref(name: str) -> Map:
    """A reference to a resource or parameter."""
    return {"Ref": name}


def attribute(name: str, attribute: str) -> Map:
    """An attribute of a resource."""
    return {"Fn::GetAtt": [name, attribute]}


def sub(text: str) -> Map:
    """A text with ``${...}`` filled in."""
    return {"Fn::Sub": text}


def resource(type_: str, **properties: object) -> Map:
    """A resource; without properties it has none written."""
    return {"Type": type_, "Properties": properties} if properties else {"Type": type_}


def tags(**values: str) -> list[Map]:
    """Tags as CloudFormation wants them."""
    return [{"Key": key, "Value": value} for key, value in values.items()]


def role(service: str, policies: dict[str, list[str]] | None = None) -> Map:
    """A role for a service of AWS, with inline policies: lists of actions by name."""
    trust = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    inline = [
        {
            "PolicyName": name,
            "PolicyDocument": {
                "Version": "2012-10-17",
                "Statement": [{"Effect": "Allow", "Action": actions, "Resource": "*"}],
            },
        }
        for name, actions in (policies or {}).items()
    ]
    more: Map = {"Policies": inline} if inline else {}
    return resource("AWS::IAM::Role", AssumeRolePolicyDocument={"Version": "2012-10-17", "Statement": [trust]}, **more)
