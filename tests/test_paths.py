"""``vpce-lint paths``: how each subnet reaches the services of AWS."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from vpce_lint.cli import main
from vpce_lint.path_table import as_text
from vpce_lint.paths import paths_of
from vpce_lint.readers.read import read
from vpce_lint.readers.request import Request
from vpce_lint.terminal import unpaint

if TYPE_CHECKING:
    from vpce_lint.paths import SubnetPath

FIXTURES = Path(__file__).parents[1] / "fixtures"
TIERS = FIXTURES / "three-tier-network"


def paths(folder: Path) -> dict[str, SubnetPath]:
    """The paths of a root's subnets by address."""
    [network] = read(Request(paths=(), roots=(folder,))).networks
    return {path.address: path for path in paths_of(network)}


def reached(path: SubnetPath) -> dict[str, str]:
    """How each service is reached."""
    return {reach.service: f"{reach.how} {reach.through}".strip() for reach in path.reaches}


def test_each_tier_has_its_ways() -> None:
    """Private subnets use endpoints and the NAT gateway of their zone, isolated ones endpoints only."""
    found = paths(TIERS)
    private = found['aws_subnet.private["b"]']
    assert (private.zone, private.table) == ("eu-west-1b", 'aws_route_table.private["b"]')
    assert private.default == 'aws_nat_gateway.zone["b"]'
    assert reached(private)["s3"] == "gateway endpoint aws_vpc_endpoint.s3"
    assert reached(private)["sqs"] == 'NAT aws_nat_gateway.zone["b"]'
    assert reached(private)["logs"] == 'interface endpoint aws_vpc_endpoint.interface["logs"]'
    isolated = found['aws_subnet.isolated["c"]']
    assert isolated.default == "none"
    assert reached(isolated) == {"secretsmanager": "nothing"}
    public = found['aws_subnet.public["a"]']
    assert reached(public)["s3"] == "internet gateway aws_internet_gateway.main"


def test_needs_name_their_workloads() -> None:
    """A service that is needed says by what; the services that nobody is seen to need are marked."""
    found = paths(TIERS)
    [sqs] = [reach for reach in found['aws_subnet.private["a"]'].reaches if reach.service == "sqs"]
    assert sqs.workloads == ("aws_lambda_function.orders",)
    assert all(reach.workloads == () for reach in found['aws_subnet.public["a"]'].reaches)
    assert "s3 (no workload)" in as_text(list(found.values()))


@pytest.mark.parametrize(
    "case", ["conditional_endpoint", "target_of_variable", "firewall_endpoint", "role_of_variable"]
)
def test_what_is_open_says_why(case: str) -> None:
    """Nothing is undetermined without a reason, and each shape of doubt leaves something so or says what isn't read."""
    found = paths(FIXTURES / "aws-traffic-through-nat" / "unknown" / case)
    reaches = [reach for path in found.values() for reach in path.reaches]
    assert any(reach.why for reach in reaches)
    assert all(reach.why for reach in reaches if reach.how == "undetermined")


def test_function_in_public_subnet_reaches_nothing() -> None:
    """The internet gateway is a way out for an instance, and none for a Lambda function."""
    cases = FIXTURES / "aws-service-unreachable"
    functions = paths(cases / "fail" / "function_in_public_subnet")["aws_subnet.public"]
    assert reached(functions) == {"sqs": "nothing"}
    instances = paths(cases / "pass" / "instance_in_public_subnet")["aws_subnet.public"]
    assert reached(instances)["sqs"] == "internet gateway aws_internet_gateway.main"


@pytest.mark.parametrize(
    ("case", "how"),
    [
        ("pass/fargate_with_public_address", "internet gateway aws_internet_gateway.main"),
        ("fail/fargate_without_public_address", "nothing"),
        ("fail/instance_without_public_address", "nothing"),
        ("unknown/fargate_address_of_variable", "undetermined"),
        ("unknown/instance_address_of_variable", "undetermined"),
    ],
)
def test_public_subnet_is_a_way_out_with_a_public_address_only(case: str, how: str) -> None:
    """What has none reaches nothing through an internet gateway; where that is open, so is the path."""
    found = paths(FIXTURES / "aws-service-unreachable" / case)["aws_subnet.public"]
    assert reached(found)["sqs"] == how


def test_json_says_the_same_as_text(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Every subnet and service of the table is in the document, too."""
    monkeypatch.chdir(FIXTURES.parent)
    assert main(["paths", "--format", "json", "fixtures/three-tier-network"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert main(["paths", "fixtures/three-tier-network"]) == 0
    table = capsys.readouterr().out
    assert len(document["subnets"]) == 9
    for subnet in document["subnets"]:
        assert subnet["address"] in table
        assert subnet["path"] == "fixtures/three-tier-network/network.tf"
        for service in subnet["services"]:
            assert (service["through"] or service["reached"]) in table


def test_subnets_of_one_table_stand_together(tmp_path: Path) -> None:
    """Subnets that reach the same in the same way are listed once, services that are reached alike on one line."""
    (tmp_path / "main.tf").write_text("""
data "aws_availability_zones" "all" {}
resource "aws_vpc" "main" {}
resource "aws_subnet" "s" {
  count             = 2
  vpc_id            = aws_vpc.main.id
  availability_zone = data.aws_availability_zones.all.names[count.index]
}
resource "aws_route_table" "t" {
  vpc_id = aws_vpc.main.id
}
resource "aws_route_table_association" "a" {
  count          = 2
  subnet_id      = aws_subnet.s[count.index].id
  route_table_id = aws_route_table.t.id
}
resource "aws_route" "out" {
  route_table_id         = aws_route_table.t.id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = var.gateway
}
variable "gateway" {}
""")
    text = unpaint(as_text(list(paths(tmp_path).values()))).splitlines()[1:]
    assert text[:5] == [
        "",
        "  aws_route_table.t, default route: var.gateway",
        "    aws_subnet.s[0]  all.names[0]",
        "    aws_subnet.s[1]  all.names[1]",
        "      s3 (no workload), dynamodb (no workload)  undetermined",
    ]
    assert [line for line in text if "because" in line and "s3, dynamodb: var.gateway has no default" in line]


def test_default_route_is_the_certain_one(tmp_path: Path) -> None:
    """A route to a destination that isn't known may be for all addresses; the one that is for all comes before it."""
    (tmp_path / "main.tf").write_text("""
variable "peers" {}
resource "aws_vpc" "main" {}
resource "aws_subnet" "s" {
  vpc_id = aws_vpc.main.id
}
resource "aws_route_table" "t" {
  vpc_id = aws_vpc.main.id
  route {
    cidr_block                = var.peers
    vpc_peering_connection_id = "pcx-1"
  }
  route {
    cidr_block     = "0.0.0.0/0"
    nat_gateway_id = "nat-1"
  }
}
resource "aws_route_table_association" "a" {
  subnet_id      = aws_subnet.s.id
  route_table_id = aws_route_table.t.id
}
""")
    assert paths(tmp_path)["aws_subnet.s"].default == "nat-1"


def test_nothing_to_show(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Code without subnets says so; a file that can't be read is named and fails."""
    (tmp_path / "main.tf").write_text("locals {}\n")
    assert main(["paths", str(tmp_path)]) == 0
    assert "no subnets" in capsys.readouterr().out
    (tmp_path / "main.tf").write_text('resource "aws_subnet" "a" {\n')
    assert main(["paths", str(tmp_path)]) == 1
    assert "not read" in capsys.readouterr().out
