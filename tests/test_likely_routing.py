"""What is given from outside is taken not to name what is made here: what rests on that is only likely.

Each case is judged three times: without a piece of code, with the piece about ``var.given``, and with the piece about a
resource of the code. The first answer is certain, the second the same but likely; the third, another one, shows why.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest
from test_routing import HEAD, OUT, WORKER, answers

from vpce_lint.verdict import Confidence, Verdict

if TYPE_CHECKING:
    from pathlib import Path

    from vpce_lint.report import Answer

NEEDS_SQS = WORKER.replace("ACTIONS", '["sqs:SendMessage"]')
NEEDS_S3 = WORKER.replace("ACTIONS", '["s3:GetObject"]')
UNUSED = HEAD.partition('resource "aws_route_table_association"')[0]
TO_VAR = OUT.replace('"out"', '"given"').replace("aws_route_table.t.id", "var.given")
MAIN = """
resource "aws_route" "main" {
  route_table_id         = aws_vpc.main.default_route_table_id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.n.id
}
"""
OTHER_MAIN = """
resource "aws_main_route_table_association" "m" {
  vpc_id         = var.given
  route_table_id = aws_route_table.t.id
}
"""
MAIN_OF_VAR = OTHER_MAIN.replace("var.given", "aws_vpc.main.id").replace("aws_route_table.t.id", "var.given")
ASSOCIATION = """
resource "aws_route_table_association" "given" {
  subnet_id      = aws_subnet.s.id
  route_table_id = var.given
}
"""
ASSOCIATED = """
resource "aws_route_table_association" "given" {
  subnet_id      = var.given
  route_table_id = aws_route_table.u.id
}
resource "aws_route_table" "u" {
  vpc_id = aws_vpc.main.id
}
"""
ENDPOINT = """
resource "aws_vpc_endpoint" "sqs" {
  vpc_id              = var.given
  service_name        = "com.amazonaws.eu-west-1.sqs"
  vpc_endpoint_type   = "Interface"
  subnet_ids          = ["subnet-1"]
  private_dns_enabled = true
}
"""
GATEWAY = """
resource "aws_vpc_endpoint" "s3" {
  vpc_id          = aws_vpc.main.id
  service_name    = "com.amazonaws.eu-west-1.s3"
  route_table_ids = [var.given]
}
"""
ZONE = """
resource "aws_vpc" "hub" {}
resource "aws_vpc_endpoint" "sqs" {
  vpc_id            = aws_vpc.hub.id
  service_name      = "com.amazonaws.eu-west-1.sqs"
  vpc_endpoint_type = "Interface"
  subnet_ids        = ["subnet-1"]
}
resource "aws_route53_zone" "sqs" {
  name = "sqs.eu-west-1.amazonaws.com"
  vpc {
    vpc_id = ZONE_SEEN_FROM
  }
}
resource "aws_route53_record" "sqs" {
  zone_id = RECORD_IN
  name    = "sqs.eu-west-1.amazonaws.com"
  type    = "A"
  alias {
    name                   = aws_vpc_endpoint.sqs.dns_entry[0].dns_name
    zone_id                = aws_vpc_endpoint.sqs.dns_entry[0].hosted_zone_id
    evaluate_target_health = false
  }
}
"""
ZONE_OF_VAR = ZONE.replace("RECORD_IN", "aws_route53_zone.sqs.zone_id").replace("ZONE_SEEN_FROM", "var.given")
RECORD_OF_VAR = ZONE.replace("RECORD_IN", "var.given").replace("ZONE_SEEN_FROM", "aws_vpc.main.id")
OTHER_WORKER = NEEDS_S3.replace('"w"', '"x"').replace("role.w", "role.x").replace("aws_subnet.s.id", "var.given")
POLICY = """
resource "aws_iam_role_policy" "given" {
  role   = var.given
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = "*" }] })
}
"""
TRANSIT = """
resource "aws_route" "out" {
  route_table_id         = aws_route_table.t.id
  destination_cidr_block = "0.0.0.0/0"
  transit_gateway_id     = aws_ec2_transit_gateway.g.id
}
resource "aws_ec2_transit_gateway" "g" {}
resource "aws_ec2_transit_gateway_vpc_attachment" "a" {
  transit_gateway_id = aws_ec2_transit_gateway.g.id
  vpc_id             = aws_vpc.main.id
  subnet_ids         = [aws_subnet.s.id]
}
resource "aws_ec2_transit_gateway_route_table" "empty" {
  transit_gateway_id = aws_ec2_transit_gateway.g.id
}
resource "aws_vpc" "egress" {}
resource "aws_subnet" "egress" {
  vpc_id = aws_vpc.egress.id
}
resource "aws_route" "egress" {
  route_table_id         = aws_vpc.egress.default_route_table_id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.n.id
}
resource "aws_ec2_transit_gateway_vpc_attachment" "egress" {
  transit_gateway_id = aws_ec2_transit_gateway.g.id
  vpc_id             = aws_vpc.egress.id
  subnet_ids         = [aws_subnet.egress.id]
}
resource "aws_ec2_transit_gateway_route" "egress" {
  transit_gateway_route_table_id = aws_ec2_transit_gateway.g.association_default_route_table_id
  destination_cidr_block         = "0.0.0.0/0"
  transit_gateway_attachment_id  = aws_ec2_transit_gateway_vpc_attachment.egress.id
}
"""
TRANSIT_TABLE = """
resource "aws_ec2_transit_gateway_route_table_association" "given" {
  transit_gateway_attachment_id  = var.given
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.empty.id
}
"""


class Case(NamedTuple):
    """Code, what is added to it, and the reference that ``var.given`` would be."""

    rule: str
    about: str
    code: str
    piece: str
    real: str


CASES = {
    "route": Case("VPCE008", "sqs", HEAD + NEEDS_SQS, TO_VAR, "aws_route_table.t.id"),
    "association": Case("VPCE002", "s3", UNUSED + OUT, ASSOCIATION, "aws_route_table.t.id"),
    "workload of a table that is taken not to be the subnet's": Case(
        "VPCE002", "s3", UNUSED + OUT + NEEDS_S3, ASSOCIATION, "aws_route_table.t.id"
    ),
    "subnet": Case(
        "VPCE002",
        "s3",
        HEAD + MAIN,
        'resource "aws_subnet" "given" {\n  vpc_id = var.given\n}\n',
        "aws_vpc.main.id",
    ),
    "subnet of an association": Case("VPCE002", "sqs", UNUSED + MAIN + NEEDS_SQS, ASSOCIATED, "aws_subnet.s.id"),
    "main table's VPC": Case("VPCE002", "sqs", UNUSED + MAIN + NEEDS_SQS, OTHER_MAIN, "aws_vpc.main.id"),
    "main table": Case("VPCE002", "s3", UNUSED + OUT, MAIN_OF_VAR, "aws_route_table.t.id"),
    "interface endpoint": Case("VPCE002", "sqs", HEAD + OUT + NEEDS_SQS, ENDPOINT, "aws_vpc.main.id"),
    "gateway endpoint": Case("VPCE002", "s3", HEAD + OUT + NEEDS_S3, GATEWAY, "aws_route_table.t.id"),
    "private zone": Case("VPCE002", "sqs", HEAD + OUT + NEEDS_SQS, ZONE_OF_VAR, "aws_vpc.main.id"),
    "record": Case("VPCE002", "sqs", HEAD + OUT + NEEDS_SQS, RECORD_OF_VAR, "aws_route53_zone.sqs.zone_id"),
    "workload": Case("VPCE002", "s3", HEAD + OUT + NEEDS_SQS, OTHER_WORKER, "aws_subnet.s.id"),
    "policy": Case("VPCE002", "s3", HEAD + OUT + NEEDS_SQS, POLICY, "aws_iam_role.w.id"),
    "table of a transit gateway": Case(
        "VPCE002",
        "sqs",
        HEAD + TRANSIT + NEEDS_SQS,
        TRANSIT_TABLE,
        "aws_ec2_transit_gateway_vpc_attachment.a.id",
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_is_given_is_taken_not_to_be_made_here(case: Case, tmp_path: Path) -> None:
    """The verdict stays, its confidence goes and the answer says why; were it made here, the verdict would be another."""
    variable = 'variable "given" {\n  type = string\n}\n'
    without = _answer(tmp_path, case, case.code)
    given = _answer(tmp_path, case, variable + case.code + case.piece)
    real = _answer(tmp_path, case, case.code + case.piece.replace("var.given", case.real))
    assert without is not None
    assert given is not None
    assert (without.confidence, given.confidence) == (Confidence.CERTAIN, Confidence.LIKELY)
    assert without.verdict is given.verdict
    assert any("var.given" in words and "is taken not to" in words for words in given.why), given.why
    assert (real.verdict if real else Verdict.NOT_APPLICABLE) is not given.verdict


def _answer(folder: Path, case: Case, code: str) -> Answer | None:
    return answers(folder, code, case.rule).get(case.about)
