"""The code that ordeals are made of: endpoints, policies, templates."""

from __future__ import annotations

import json
from typing import Any

Files = dict[str, str]

VPC = 'resource "aws_vpc" "main" {}\n'
S3 = "com.amazonaws.eu-west-1.s3"


def endpoint(name: str = "a", inside: str = "") -> str:
    """An endpoint in Terraform."""
    return f'resource "aws_vpc_endpoint" "{name}" {{\n  vpc_id = aws_vpc.main.id\n  service_name = "{S3}"\n  {inside}\n}}\n'


def policy(value: str, above: str = "") -> Files:
    """An endpoint whose policy is a hostile expression."""
    return {"main.tf": above + VPC + endpoint(inside=f"policy = {value}")}


def template(resources: dict[str, Any], **sections: Any) -> Files:
    """A template in JSON."""
    return {"t.json": json.dumps({"AWSTemplateFormatVersion": "2010-09-09", **sections, "Resources": resources})}


def aws_endpoint(**properties: Any) -> dict[str, Any]:
    """An endpoint in CloudFormation."""
    return {"Type": "AWS::EC2::VPCEndpoint", "Properties": {"VpcId": "vpc-1", "ServiceName": S3, **properties}}


def flags(number: int) -> str:
    """Variables without a value."""
    return "".join(f'variable "u{each}" {{\n  type = bool\n}}\n' for each in range(number))


def locals_of(first: str, following: str, number: int) -> str:
    """Locals of which each is made of the one before."""
    rows = [following.replace("N", str(each)).replace("M", str(each - 1)) for each in range(1, number)]
    return "\n".join(["locals {", f"  a0 = {first}", *rows, "}", ""])
