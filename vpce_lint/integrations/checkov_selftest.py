"""Whether the plugin works in the installed checkov: code that breaks rules goes through it.

checkov says nothing where it doesn't load a folder of checks, and exits with 0.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

PLUGIN = Path(__file__).parent / "checkov"
"""The folder for ``--external-checks-dir``."""

SECONDS = 300

WANTED = ("VPCE001", "VPCE002", "VPCE003", "VPCE004", "VPCE005")
"""What each of the files breaks."""

CODE = """\
resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "private" {
  vpc_id            = aws_vpc.main.id
  cidr_block        = "10.0.1.0/24"
  availability_zone = "eu-west-1a"
}

resource "aws_nat_gateway" "main" {
  allocation_id = "eipalloc-0a1b2c3d4e5f60718"
  subnet_id     = "subnet-0a1b2c3d4e5f60718"
}

resource "aws_route_table" "private" {
  vpc_id = aws_vpc.main.id

  route {
    cidr_block     = "0.0.0.0/0"
    nat_gateway_id = aws_nat_gateway.main.id
  }
}

resource "aws_route_table_association" "private" {
  subnet_id      = aws_subnet.private.id
  route_table_id = aws_route_table.private.id
}

resource "aws_vpc_endpoint" "s3" {
  vpc_id            = aws_vpc.main.id
  service_name      = "com.amazonaws.eu-west-1.s3"
  vpc_endpoint_type = "Interface"
  subnet_ids        = [aws_subnet.private.id]
}

resource "aws_vpc_endpoint_service" "open" {
  acceptance_required        = false
  network_load_balancer_arns = ["arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/net/a/0a1b2c3d4e5f6071"]
  allowed_principals         = ["*"]
}
"""

TEMPLATE = {
    "AWSTemplateFormatVersion": "2010-09-09",
    "Resources": {
        "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
        "Private": {
            "Type": "AWS::EC2::Subnet",
            "Properties": {
                "VpcId": {"Ref": "Vpc"},
                "CidrBlock": "10.0.1.0/24",
                "AvailabilityZone": "eu-west-1a",
            },
        },
        "Nat": {"Type": "AWS::EC2::NatGateway", "Properties": {"SubnetId": "subnet-0a1b2c3d4e5f60718"}},
        "Table": {"Type": "AWS::EC2::RouteTable", "Properties": {"VpcId": {"Ref": "Vpc"}}},
        "Out": {
            "Type": "AWS::EC2::Route",
            "Properties": {
                "RouteTableId": {"Ref": "Table"},
                "DestinationCidrBlock": "0.0.0.0/0",
                "NatGatewayId": {"Ref": "Nat"},
            },
        },
        "Association": {
            "Type": "AWS::EC2::SubnetRouteTableAssociation",
            "Properties": {"SubnetId": {"Ref": "Private"}, "RouteTableId": {"Ref": "Table"}},
        },
        "S3": {
            "Type": "AWS::EC2::VPCEndpoint",
            "Properties": {
                "VpcId": {"Ref": "Vpc"},
                "ServiceName": "com.amazonaws.eu-west-1.s3",
                "VpcEndpointType": "Interface",
                "SubnetIds": [{"Ref": "Private"}],
            },
        },
        "Service": {"Type": "AWS::EC2::VPCEndpointService", "Properties": {"AcceptanceRequired": False}},
        "Permissions": {
            "Type": "AWS::EC2::VPCEndpointServicePermissions",
            "Properties": {"ServiceId": {"Ref": "Service"}, "AllowedPrincipals": ["*"]},
        },
    },
}


class AbsentError(Exception):
    """There is no checkov where it is looked for."""


def selftest() -> tuple[list[str], bool]:
    """What to tell the user, and whether everything that should fail does. ``AbsentError`` without a checkov."""
    if find_spec("checkov") is None:
        message = f"checkov is not installed for {sys.executable}: pip install 'vpce-lint[checkov]'"
        raise AbsentError(message)
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "main.tf").write_text(CODE, "utf-8")
        Path(folder, "template.json").write_text(json.dumps(TEMPLATE, indent=2), "utf-8")
        command = [sys.executable, "-m", "checkov.main", "--directory", folder, "--output", "json"]
        command += ["--framework", "terraform", "cloudformation", "--external-checks-dir", str(PLUGIN)]
        try:
            done = subprocess.run(
                command,
                cwd=folder,
                env={**os.environ, "BC_SKIP_MAPPING": "TRUE"},
                capture_output=True,
                text=True,
                encoding="utf-8",
                errors="replace",
                timeout=SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return [f"FAILED checkov took more than {SECONDS} seconds"], False
    lines = list(_compared(done.stdout))
    works = not any(line.startswith("FAILED") for line in lines)
    return lines + ([] if works else [done.stderr.strip()]), works


def _compared(printed: str) -> Iterator[str]:
    """A line for each framework."""
    try:
        reports: Any = json.loads(printed)
    except ValueError:
        yield "FAILED checkov printed no JSON"
        return
    found = {each.get("check_type"): each for each in (reports if isinstance(reports, list) else [reports])}
    for framework in ("terraform", "cloudformation"):
        report = found.get(framework, {})
        version = report.get("summary", {}).get("checkov_version", "of an unknown version")
        failed = {each["check_id"] for each in report.get("results", {}).get("failed_checks", ())}
        missing = [rule for rule in WANTED if rule not in failed] + sorted({"VPCE999"} & failed)
        if missing:
            yield f"FAILED {framework}: checkov {version} is wrong about {', '.join(missing)}"
        else:
            yield f"ok     {framework}: checkov {version} reports {', '.join(WANTED)}"
