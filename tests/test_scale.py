"""Work grows with the size of the code, counted in calls of functions, so that no busy machine can spoil it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest

from vpce_lint.engine import judge
from vpce_lint.limits import DEEPEST_RECURSION
from vpce_lint.loader import load_rules
from vpce_lint.model import RouteTable
from vpce_lint.readers.read import read
from vpce_lint.readers.request import Request
from vpce_lint.topology import Topology

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from vpce_lint.report import Report

GROWTH = 1.2
"""Twice the code may take so many times twice the calls."""

HEAD = """
resource "aws_vpc" "main" {}
resource "aws_nat_gateway" "n" {
  subnet_id = "subnet-1"
}
resource "aws_iam_role" "w" {
  assume_role_policy = "{}"
  inline_policy {
    policy = jsonencode({ Statement = [{ Effect = "Allow", Action = ["sqs:*", "s3:Get*"], Resource = "*" }] })
  }
}
"""
NETWORK = """
resource "aws_subnet" "sN" {COUNT
  vpc_id = aws_vpc.main.id
}
resource "aws_route_table" "tN" {COUNT
  vpc_id = aws_vpc.main.id
}
resource "aws_route" "rN" {COUNT
  route_table_id         = aws_route_table.tN.id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.n.id
}
resource "aws_route_table_association" "aN" {COUNT
  subnet_id      = aws_subnet.sN.id
  route_table_id = aws_route_table.tN.id
}
resource "aws_vpc_endpoint" "gN" {COUNT
  vpc_id          = aws_vpc.main.id
  service_name    = "com.amazonaws.eu-west-1.s3"
  route_table_ids = [aws_route_table.tN.id]
}
resource "aws_vpc_endpoint" "iN" {COUNT
  vpc_id              = aws_vpc.main.id
  service_name        = "com.amazonaws.eu-west-1.sqs"
  vpc_endpoint_type   = "Interface"
  private_dns_enabled = true
  subnet_ids          = [aws_subnet.sN.id]
}
resource "aws_lambda_function" "wN" {COUNT
  role = aws_iam_role.w.arn
  vpc_config {
    subnet_ids         = [aws_subnet.sN.id]
    security_group_ids = []
  }
}
"""
OPEN = """
variable "vN" {
  type = any
}
resource "aws_subnet" "oN" {
  vpc_id = aws_vpc.main.id
}
resource "aws_route_table" "oN" {
  vpc_id = aws_vpc.main.id
}
resource "aws_route_table_association" "oN" {
  subnet_id      = lower(var.vN)
  route_table_id = upper(var.vN)
}
resource "aws_route" "oN" {
  route_table_id         = upper(var.vN)
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.n.id
}
resource "aws_vpc_endpoint" "oN" {
  vpc_id          = upper(var.vN)
  service_name    = "com.amazonaws.eu-west-1.s3"
  route_table_ids = [upper(var.vN)]
}
"""
SPOKE = """
resource "aws_vpc" "vN" {}
resource "aws_subnet" "vN" {
  vpc_id = aws_vpc.vN.id
}
resource "aws_route_table" "vN" {
  vpc_id = aws_vpc.vN.id
}
resource "aws_route_table_association" "vN" {
  subnet_id      = aws_subnet.vN.id
  route_table_id = aws_route_table.vN.id
}
resource "aws_route" "vN" {
  route_table_id         = aws_route_table.vN.id
  destination_cidr_block = "0.0.0.0/0"
  transit_gateway_id     = aws_ec2_transit_gateway.g.id
}
resource "aws_ec2_transit_gateway_vpc_attachment" "vN" {
  transit_gateway_id = aws_ec2_transit_gateway.g.id
  vpc_id             = aws_vpc.vN.id
  subnet_ids         = [aws_subnet.vN.id]
}
resource "aws_ec2_transit_gateway_route" "vN" {
  transit_gateway_route_table_id = aws_ec2_transit_gateway.g.association_default_route_table_id
  destination_cidr_block         = "52.N.0.0/16"
  transit_gateway_attachment_id  = aws_ec2_transit_gateway_vpc_attachment.vN.id
}
"""


def plain(number: int) -> str:
    """A subnet with everything that belongs to it, and no unknown."""
    return NETWORK.replace("COUNT", "").replace("N", str(number))


def conditional(number: int) -> str:
    """The same under a condition of its own."""
    block = NETWORK.replace("COUNT", "\n  count = var.cN ? 1 : 0").replace("N.id", "N[0].id")
    return f'variable "c{number}" {{\n  type = bool\n}}\n{block}'.replace("N", str(number))


def open_references(number: int) -> str:
    """References of which nothing tells what they mean."""
    return OPEN.replace("N", str(number))


def spoke(number: int) -> str:
    """A VPC at a transit gateway that all share."""
    hub = 'resource "aws_ec2_transit_gateway" "g" {}\n' if number == 0 else ""
    return hub + SPOKE.replace("N", str(number))


@pytest.fixture(autouse=True)
def _deep_recursion() -> Iterator[None]:
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(DEEPEST_RECURSION)
    yield
    sys.setrecursionlimit(before)


def judged(folder: Path, shape: Callable[[int], str], size: int) -> Report:
    """The answers of the rules about traffic to a root of this size."""
    (folder / "main.tf").write_text(HEAD + "".join(shape(number) for number in range(size)))
    rules = [rule for rule in load_rules() if rule.id in {"VPCE002", "VPCE008"}]
    return judge(read(Request(paths=(), roots=(folder,))), rules)


def calls(folder: Path, shape: Callable[[int], str], size: int) -> int:
    """How many functions are called, Python's own among them, until the rules have answered."""
    counted = 0

    def count(_frame: Any, event: str, _argument: Any) -> None:
        nonlocal counted
        counted += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        judged(folder, shape, size)
    finally:
        sys.setprofile(before)
    return counted


@pytest.mark.parametrize(
    ("shape", "size"),
    [(plain, 30), (conditional, 60), (open_references, 60), (spoke, 40)],
    ids=["plain", "conditional", "open", "transit"],
)
def test_work_grows_with_the_size(tmp_path: Path, shape: Callable[[int], str], size: int) -> None:
    """Twice the network is about twice the work, whatever it is made of, once limits are reached where there are any."""
    judged(tmp_path, shape, 1)  # loads and compiles what is needed once
    assert calls(tmp_path, shape, 2 * size) <= GROWTH * 2 * calls(tmp_path, shape, size)


def test_what_is_not_looked_at_is_open(tmp_path: Path) -> None:
    """Too many references that may mean anything leave NAT and endpoints of every table open, with that reason."""
    report = judged(tmp_path, open_references, 60)
    said = {answer.verdict for answer in report.answers if answer.address.startswith("aws_route_table.")}
    assert said - {"not-applicable"} == {"undetermined"}
    [network] = read(Request(paths=(), roots=(tmp_path,))).networks
    topology = Topology(network)
    for table in network.of(RouteTable):
        if table.found:
            continue
        for truth in (topology.egress(table).nat, topology.served(table, "s3").served, topology.users(table).present):
            assert truth.is_unknown
            assert "more references that may mean anything" in " ".join(map(str, truth.reasons))


def test_endpoints_beyond_the_limit_leave_it_open(tmp_path: Path) -> None:
    """Where more endpoints of one service than are looked at may serve a VPC, whether it is served is open."""
    (tmp_path / "main.tf").write_text(HEAD + "".join(conditional(number) for number in range(60)))
    [network] = read(Request(paths=(), roots=(tmp_path,))).networks
    topology = Topology(network)
    last = [table for table in network.of(RouteTable) if table.when][-1]
    served = topology.assuming(last.when).served(last, "sqs").served
    assert served.is_unknown
    assert topology.assuming(last.when).served(last, "s3").served.is_true
