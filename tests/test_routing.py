"""Route tables, NAT and endpoints, as Terraform code gives them to the rules."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from vpce_lint.engine import judge
from vpce_lint.loader import load_rules
from vpce_lint.model import RouteTable
from vpce_lint.readers.read import read
from vpce_lint.readers.request import Request
from vpce_lint.topology import Topology
from vpce_lint.verdict import Confidence, Verdict

if TYPE_CHECKING:
    from pathlib import Path

    from vpce_lint.report import Answer

HEAD = """
resource "aws_vpc" "main" {}
resource "aws_nat_gateway" "n" {
  subnet_id = "subnet-1"
}
resource "aws_subnet" "s" {
  vpc_id = aws_vpc.main.id
}
resource "aws_route_table" "t" {
  vpc_id = aws_vpc.main.id
}
resource "aws_route_table_association" "a" {
  subnet_id      = aws_subnet.s.id
  route_table_id = aws_route_table.t.id
}
"""
OUT = """
resource "aws_route" "out" {
  route_table_id         = aws_route_table.t.id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.n.id
}
"""


def topology(folder: Path, code: str) -> Topology:
    """The topology of a root of one file."""
    (folder / "main.tf").write_text(code)
    [network] = read(Request(paths=(), roots=(folder,))).networks
    return Topology(network)


def answers(folder: Path, code: str, rule_id: str = "VPCE002", **settings: object) -> dict[str | None, Answer]:
    """The rule's answers that aren't "not applicable", by service."""
    (folder / "main.tf").write_text(code)
    rules = [rule for rule in load_rules() if rule.id == rule_id]
    report = judge(read(Request(paths=(), roots=(folder,))), rules, settings={rule_id: settings})
    return {each.about: each for each in report.answers if each.verdict is not Verdict.NOT_APPLICABLE}


def table(found: Topology, address: str) -> RouteTable:
    """A route table by address."""
    [only] = [each for each in found.network.of(RouteTable) if each.address == address]
    return only


def test_places_are_in_the_order_of_the_path(tmp_path: Path) -> None:
    """Subnet, association, route table, route, NAT: the way that the traffic takes."""
    found = answers(tmp_path, HEAD + OUT)["s3"]
    assert [place.label for place in found.related] == [
        "aws_subnet.s is one of its subnets",
        "aws_route_table_association.a gives it aws_route_table.t",
        "aws_route_table.t is the route table",
        "its route for public addresses leads to aws_nat_gateway.n",
        "aws_nat_gateway.n is the NAT gateway",
    ]
    assert found.affects == ("aws_route_table.t", "aws_subnet.s")


def test_baseline_can_be_set(tmp_path: Path) -> None:
    """Which services are asked for without workloads, with which severity, and whether at all, are settings."""
    found = answers(tmp_path, HEAD + OUT)
    assert {about: (each.severity, each.confidence) for about, each in found.items()} == {
        "s3": ("medium", Confidence.LIKELY),
        "dynamodb": ("info", Confidence.LIKELY),
    }
    other = answers(tmp_path, HEAD + OUT, baseline_services={"kms": "high"})
    assert [(about, each.severity) for about, each in other.items()] == [("kms", "high")]
    never = answers(tmp_path, HEAD + OUT, baseline="never")
    assert {each.verdict for each in never.values()} == {Verdict.SATISFIED}


WORKER = """
resource "aws_iam_role" "w" {
  assume_role_policy = "{}"
  inline_policy {
    policy = jsonencode({ Statement = [{ Effect = "Allow", Action = ACTIONS, Resource = "*" }] })
  }
}
resource "aws_lambda_function" "w" {
  role = aws_iam_role.w.arn
  vpc_config {
    subnet_ids         = [aws_subnet.s.id]
    security_group_ids = []
  }
}
"""


def test_baseline_is_not_asked_where_workloads_are_visible(tmp_path: Path) -> None:
    """What a readable worker doesn't need is satisfied; `always` makes it violated, and low."""
    code = HEAD + OUT + WORKER.replace("ACTIONS", '["sqs:SendMessage"]')
    found = answers(tmp_path, code)
    assert (found["sqs"].verdict, found["sqs"].severity) == (Verdict.VIOLATED, "high")
    assert found["s3"].verdict is Verdict.SATISFIED
    always = answers(tmp_path, code, baseline="always")
    assert (always["s3"].verdict, always["s3"].severity) == (Verdict.VIOLATED, "low")


def test_star_asks_for_the_baseline_only(tmp_path: Path) -> None:
    """A role that may do everything needs the baseline, likely, and not four hundred services."""
    found = answers(tmp_path, HEAD + OUT + WORKER.replace("ACTIONS", '["*"]'))
    assert set(found) == {"s3", "dynamodb"}
    assert {(each.verdict, each.confidence) for each in found.values()} == {(Verdict.VIOLATED, Confidence.LIKELY)}


def test_main_table_is_for_subnets_without_association(tmp_path: Path) -> None:
    """Explicit association wins; else the main route table, which an association of its own replaces."""
    free = HEAD.partition('resource "aws_route_table_association"')[0]
    found = topology(tmp_path, free)
    assert [use.table.address for use in found.routing.tables_of(_subnet(found))] == ["aws_vpc.main"]
    replaced = """
resource "aws_main_route_table_association" "m" {
  vpc_id         = aws_vpc.main.id
  route_table_id = aws_route_table.t.id
}
"""
    found = topology(tmp_path, free + replaced)
    assert [use.table.address for use in found.routing.tables_of(_subnet(found))] == ["aws_route_table.t"]
    assert found.users(table(found, "aws_vpc.main")).uses == ()
    found = topology(tmp_path, HEAD + replaced)
    assert [use.association is not None for use in found.routing.tables_of(_subnet(found))] == [True]


def test_default_table_is_described_once(tmp_path: Path) -> None:
    """A default route table that is taken over is judged as that resource, and not again at the VPC."""
    code = """
resource "aws_default_route_table" "d" {
  default_route_table_id = aws_vpc.main.main_route_table_id
  route {
    cidr_block     = "0.0.0.0/0"
    nat_gateway_id = aws_nat_gateway.n.id
  }
}
"""
    found = answers(tmp_path, HEAD.replace("aws_route_table.t.id", "aws_default_route_table.d.id") + code)
    assert found["s3"].address == "aws_default_route_table.d"
    assert found["s3"].verdict is Verdict.VIOLATED


def test_conditional_association_leaves_the_table_open(tmp_path: Path) -> None:
    """A subnet that may use one table or the main one may use either, and each says why."""
    code = 'variable "p" {\n type = bool\n}' + HEAD.replace('"a" {', '"a" {\n  count = var.p ? 1 : 0')
    found = topology(tmp_path, code)
    uses = found.routing.tables_of(_subnet(found))
    assert [(use.table.address, use.truth.value) for use in uses] == [
        ("aws_route_table.t", None),
        ("aws_vpc.main", None),
    ]
    assert "var.p has no default" in str(found.routing.table_is_known(_subnet(found)).reasons[0])


def _subnet(found: Topology) -> object:
    return found.routing.index.subnets["aws_subnet.s"]


@pytest.mark.parametrize(
    ("target", "nat"),
    [
        ("nat_gateway_id = aws_nat_gateway.n.id", True),
        ('nat_gateway_id = "nat-0123"', True),
        ('gateway_id = "nat-0123"', True),
        ('gateway_id = "igw-0123"', False),
        ('gateway_id = "vgw-0123"', False),
        ('gateway_id = "local"', False),
        ('network_interface_id = "eni-0123"', None),
        ('transit_gateway_id = "tgw-0123"', None),
        ('vpc_endpoint_id = "vpce-0123"', None),
        ('vpc_peering_connection_id = "pcx-0123"', False),
        ("gateway_id = aws_vpn_gateway.v.id", False),
        ("gateway_id = aws_internet_gateway.i.id", False),
        ("network_interface_id = aws_network_interface.unchecked.id", True),
        ("network_interface_id = aws_network_interface.checked.id", False),
        ("network_interface_id = aws_instance.given.primary_network_interface_id", True),
        ("gateway_id = var.x", None),
        ("nat_gateway_id = var.x", None),
        ("nat_gateway_id = data.aws_nat_gateway.d.id", True),
        ("nat_gateway_id = data.aws_nat_gateways.d.ids[0]", True),
        ("gateway_id = data.aws_internet_gateway.d.internet_gateway_id", False),
    ],
)
def test_target_is_told_by_its_id(tmp_path: Path, target: str, *, nat: bool | None) -> None:
    """A route's target is NAT, none, or open, by what its id says, in whatever argument it is."""
    code = """
variable "x" {}
data "aws_nat_gateway" "d" {}
data "aws_nat_gateways" "d" {}
data "aws_internet_gateway" "d" {}
resource "aws_vpn_gateway" "v" {}
resource "aws_internet_gateway" "i" {}
resource "aws_network_interface" "unchecked" {
  source_dest_check = false
}
resource "aws_network_interface" "checked" {}
resource "aws_instance" "given" {
  primary_network_interface {
    network_interface_id = aws_network_interface.unchecked.id
  }
}
"""
    found = topology(tmp_path, HEAD + code + OUT.replace("nat_gateway_id         = aws_nat_gateway.n.id", target))
    assert found.egress(table(found, "aws_route_table.t")).nat.value is nat


def test_transit_gateways_are_followed_in_circles_to_an_end(tmp_path: Path) -> None:
    """Two transit gateways that lead to each other are no way to NAT, and end."""
    code = (
        HEAD
        + """
resource "aws_route" "out" {
  route_table_id         = aws_route_table.t.id
  destination_cidr_block = "0.0.0.0/0"
  transit_gateway_id     = aws_ec2_transit_gateway.g.id
}
resource "aws_ec2_transit_gateway" "g" {}
resource "aws_ec2_transit_gateway_vpc_attachment" "v" {
  transit_gateway_id = aws_ec2_transit_gateway.g.id
  vpc_id             = aws_vpc.main.id
  subnet_ids         = [aws_subnet.s.id]
}
resource "aws_ec2_transit_gateway_route" "r" {
  transit_gateway_route_table_id = aws_ec2_transit_gateway.g.association_default_route_table_id
  destination_cidr_block         = "0.0.0.0/0"
  transit_gateway_attachment_id  = aws_ec2_transit_gateway_vpc_attachment.v.id
}
"""
    )
    found = topology(tmp_path, code)
    assert found.egress(table(found, "aws_route_table.t")).nat.is_false


def test_workloads_in_modules_meet_routes_of_other_modules(tmp_path: Path) -> None:
    """References are followed through modules with unknown instances: all of one instance belong together."""
    (tmp_path / "net").mkdir()
    (tmp_path / "net" / "main.tf").write_text(HEAD + OUT)
    found = answers(
        tmp_path,
        'variable "l" {\n  type = set(string)\n}\nmodule "net" {\n  source   = "./net"\n  for_each = var.l\n}\n',
    )
    assert found["s3"].verdict is Verdict.VIOLATED
    assert found["s3"].address == "module.net[*].aws_route_table.t"


def test_resources_with_mappings_are_judged(tmp_path: Path) -> None:
    """An endpoint whose policy is written out, and tasks with containers, are as good as any: nothing hashes them."""
    code = (
        HEAD
        + OUT
        + """
resource "aws_vpc_endpoint" "s3" {
  vpc_id          = aws_vpc.main.id
  service_name    = "com.amazonaws.eu-west-1.s3"
  route_table_ids = [aws_route_table.t.id]
  policy          = jsonencode({ Statement = [{ Effect = "Allow", Action = "*", Resource = "*" }] })
}
"""
    )
    found = answers(tmp_path, code)
    assert {about: each.verdict for about, each in found.items()} == {"s3": "satisfied", "dynamodb": "violated"}


def test_references_that_may_mean_anything_are_bounded(tmp_path: Path) -> None:
    """Hundreds of associations whose table and subnet are open leave it open, in little time."""
    sys.setrecursionlimit(20_000)
    many = "".join(
        f'variable "v{number}" {{\n  type = any\n}}\n'
        f'resource "aws_route_table_association" "x{number}" {{\n'
        f"  subnet_id      = lower(var.v{number})\n  route_table_id = upper(var.v{number})\n}}\n"
        f'resource "aws_route_table" "x{number}" {{\n  vpc_id = aws_vpc.main.id\n}}\n'
        for number in range(300)
    )
    found = topology(tmp_path, HEAD + OUT + many)
    looked_at: list[str] = []
    pairing = found.routing.index.pairing
    link = pairing.link

    def counting(*arguments: object) -> object:
        looked_at.append("")
        return link(*arguments)  # type: ignore[arg-type]

    object.__setattr__(
        found.routing.index,
        "pairing",
        type("Counting", (), {"link": staticmethod(counting), "__getattr__": lambda _, name: getattr(pairing, name)})(),
    )
    for each in found.network.of(RouteTable):
        found.users(each)
    assert found.users(table(found, "aws_route_table.x0")).present.is_unknown
    assert len(looked_at) < 300 * 100


def test_endless_targets_go_by_their_kind(tmp_path: Path) -> None:
    """An expression that nobody would read isn't quoted as the name of a route's target."""
    long = " + ".join(f"var.part{number}" for number in range(40))
    code = HEAD + OUT.replace("aws_nat_gateway.n.id", f'"nat-${{{long}}}"')
    found = answers(tmp_path, code)["s3"]
    assert "leaves through the NAT gateway that its route names" in found.message
    assert "var.part20" not in found.message


@pytest.mark.parametrize(
    ("either", "verdict"),
    [
        ("aws_nat_gateway.n.id : aws_nat_gateway.m.id", Verdict.VIOLATED),
        ("aws_nat_gateway.n.id : aws_nat_gateway.p.id", Verdict.UNDETERMINED),
        ("aws_nat_gateway.n.id : null", Verdict.UNDETERMINED),
        ("aws_nat_gateway.n.id : var.other", Verdict.UNDETERMINED),
    ],
)
def test_one_of_two_targets(tmp_path: Path, either: str, verdict: Verdict) -> None:
    """What a route leads to in each case it certainly leads to; what only one case leads to stays open."""
    more = """
variable "which" {
  type = bool
}
variable "other" {
  type = string
}
resource "aws_nat_gateway" "m" {
  subnet_id = "subnet-2"
}
resource "aws_nat_gateway" "p" {
  subnet_id         = "subnet-3"
  connectivity_type = "private"
}
"""
    code = HEAD + more + OUT.replace("aws_nat_gateway.n.id", f"var.which ? {either}")
    assert answers(tmp_path, code)["s3"].verdict is verdict


@pytest.mark.parametrize(
    ("destination", "verdict"), [("0.0.0.0/0", Verdict.UNDETERMINED), ("10.0.0.0/8", Verdict.VIOLATED)]
)
def test_only_public_traffic_makes_an_egress_vpc(tmp_path: Path, destination: str, verdict: Verdict) -> None:
    """An attachment that a transit gateway sends private traffic to leaves its subnets' workloads unseen as before."""
    transit = f"""
resource "aws_ec2_transit_gateway_vpc_attachment" "a" {{
  transit_gateway_id = "tgw-1"
  vpc_id             = aws_vpc.main.id
  subnet_ids         = [aws_subnet.s.id]
}}
resource "aws_ec2_transit_gateway_route" "r" {{
  transit_gateway_route_table_id = "tgw-rtb-1"
  destination_cidr_block         = "{destination}"
  transit_gateway_attachment_id  = aws_ec2_transit_gateway_vpc_attachment.a.id
}}
"""
    assert answers(tmp_path, HEAD + OUT + transit)["s3"].verdict is verdict
    assert answers(tmp_path, HEAD + OUT + transit, baseline="always")["s3"].verdict is Verdict.VIOLATED
