"""Answers about a module made for callers: certain only where no variable's default decides them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from vpce_lint.engine import judge
from vpce_lint.loader import load_rules
from vpce_lint.readers.read import read
from vpce_lint.readers.request import Request

if TYPE_CHECKING:
    from pathlib import Path

    from vpce_lint.report import Answer

MODULE = """
variable "vpc_id" {}
variable "private_dns" { default = true }
variable "zones" { default = 1 }
variable "gateway" { default = false }
variable "policy" { default = null }

resource "aws_subnet" "this" {
  count  = var.zones
  vpc_id = var.vpc_id
}
resource "aws_vpc_endpoint" "s3" {
  vpc_id              = var.vpc_id
  service_name        = "com.amazonaws.eu-west-1.s3"
  vpc_endpoint_type   = "Interface"
  subnet_ids          = aws_subnet.this[*].id
  private_dns_enabled = var.private_dns
}
resource "aws_vpc_endpoint" "gateway" {
  count           = var.gateway ? 1 : 0
  vpc_id          = var.vpc_id
  service_name    = "com.amazonaws.eu-west-1.s3"
  route_table_ids = ["rtb-1"]
}
resource "aws_vpc_endpoint_policy" "s3" {
  count           = var.policy == null ? 0 : 1
  vpc_endpoint_id = aws_vpc_endpoint.s3.id
  policy          = var.policy
}
resource "aws_vpc_endpoint" "sqs" {
  vpc_id              = var.vpc_id
  service_name        = "com.amazonaws.eu-west-1.sqs"
  vpc_endpoint_type   = "Interface"
  subnet_ids          = ["subnet-1"]
  private_dns_enabled = var.private_dns
}
"""
PROVIDER = 'provider "aws" {\n  region = "eu-west-1"\n}\n'


def answers(folder: Path, text: str) -> dict[tuple[str, str], Answer]:
    """The answers about a root, by rule and address."""
    (folder / "main.tf").write_text(text)
    report = judge(read(Request(paths=(folder,))), load_rules())
    return {(answer.rule, answer.address): answer for answer in report.answers}


@pytest.mark.parametrize(
    ("rule", "address", "names"),
    [
        ("VPCE003", "aws_vpc_endpoint.s3", {"zones"}),
        ("VPCE001", "aws_vpc_endpoint.s3", {"gateway"}),
        ("VPCE005", "aws_vpc_endpoint.s3", {"policy"}),
    ],
)
def test_what_a_default_decides_is_likely_and_names_it(
    tmp_path: Path, rule: str, address: str, names: set[str]
) -> None:
    """The default may be that of a subnet's count, of another endpoint, or of a companion."""
    answer = answers(tmp_path, MODULE)[rule, address]
    assert (answer.verdict, answer.confidence) == ("violated", "likely")
    assert {
        name for name in ("zones", "gateway", "policy", "private_dns") if f"var.{name} " in " ".join(answer.why)
    } == names


@pytest.mark.parametrize("rule", ["VPCE003", "VPCE005"])
def test_what_no_default_decides_is_certain(tmp_path: Path, rule: str) -> None:
    """A default of an attribute that the rule doesn't look at changes nothing."""
    answer = answers(tmp_path, MODULE)[rule, "aws_vpc_endpoint.sqs"]
    assert (answer.verdict, answer.confidence, answer.why) == ("violated", "certain", ())


def test_defaults_of_a_root_that_is_applied_as_it_is_are_certain(tmp_path: Path) -> None:
    """With a provider block, what is written is what is applied."""
    answer = answers(tmp_path, PROVIDER + MODULE)["VPCE003", "aws_vpc_endpoint.s3"]
    assert (answer.verdict, answer.confidence) == ("violated", "certain")
