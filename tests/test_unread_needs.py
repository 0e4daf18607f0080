"""What isn't known of a workload's needs, with every way out of its subnet, and what each rule of routing says of it.

The needs are left open in every way that code can leave them open; the ways out are every state that a subnet can be in.
A certain need for SQS stands beside them, so that the table shows how an open one differs.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest
from test_routing import HEAD, OUT, answers

from vpce_lint.verdict import Verdict

if TYPE_CHECKING:
    from pathlib import Path

VARIABLES = """
variable "text" {
  type = string
}
variable "flag" {
  type = bool
}
variable "many" {
  type = list(string)
}
"""
ROLE = """
resource "aws_iam_role" "w" {
  name               = "w"
  assume_role_policy = "{}"
  INLINE
}
resource "aws_iam_instance_profile" "w" {
  role = aws_iam_role.w.name
}
"""


def inline(actions: str) -> str:
    """A role with an inline policy that allows these actions."""
    policy = f'jsonencode({{ Statement = [{{ Effect = "Allow", Action = {actions}, Resource = "*" }}] }})'
    return ROLE.replace("INLINE", f'inline_policy {{\n    name   = "w"\n    policy = {policy}\n  }}')


def attached(arn: str, *more: str) -> str:
    """A role with a managed policy."""
    inside = "\n  ".join(("role       = aws_iam_role.w.name", f"policy_arn = {arn}", *more))
    return ROLE.replace("INLINE", "") + f'resource "aws_iam_role_policy_attachment" "w" {{\n  {inside}\n}}\n'


AWS = "arn:aws:iam::aws:policy"
ROLES = {
    "certain": inline('["sqs:SendMessage"]'),
    "no permission": ROLE.replace("INLINE", ""),
    "policy": ROLE.replace("INLINE", 'inline_policy {\n    name   = "w"\n    policy = var.text\n  }'),
    "actions": inline("var.many"),
    "managed policy": attached("var.text"),
    "managed policy of AWS": attached(f'"{AWS}/AmazonUnheardOf"'),
    "everything": inline('"*"'),
    "everything but": ROLE.replace(
        "INLINE",
        'inline_policy {\n    name   = "w"\n    policy = jsonencode({ Statement = [{ Effect = "Allow", NotAction = "s3:*", '
        'Resource = "*" }] })\n  }',
    ),
    "conditional attachment": attached(f'"{AWS}/AmazonSQSFullAccess"', "count      = var.flag ? 1 : 0"),
    "conditional actions": inline('var.flag ? ["sqs:SendMessage"] : ["kms:Decrypt"]'),
    "policy in unread module": ROLE.replace("INLINE", "")
    + 'module "p" {\n  source = "example.com/p/aws"\n  role   = aws_iam_role.w.name\n}\n',
    "role": "",
}
FUNCTION = """
resource "aws_lambda_function" "w" {
  WHEN
  function_name = "w"
  role          = GIVEN
  vpc_config {
    subnet_ids         = [aws_subnet.s.id]
    security_group_ids = []
  }
}
"""
INSTANCE = """
resource "aws_instance" "w" {
  WHEN
  subnet_id                   = aws_subnet.s.id
  iam_instance_profile        = GIVEN
  associate_public_ip_address = true
}
"""
WORKLOADS = {
    "function": FUNCTION.replace("WHEN", ""),
    "instance": INSTANCE.replace("WHEN", ""),
    "conditional function": FUNCTION.replace("WHEN", "count = var.flag ? 1 : 0"),
}
IGW = OUT.replace("nat_gateway_id         = aws_nat_gateway.n.id", 'gateway_id = "igw-0123"')
WAYS = {
    "none": "",
    "nat": OUT,
    "internet gateway": IGW,
    "perhaps nat": OUT.replace('"out" {', '"out" {\n  count = var.flag ? 1 : 0'),
    "unknown destination": OUT.replace('"0.0.0.0/0"', "var.text"),
}
PER_SERVICE = {"conditional attachment", "conditional actions"}
"""Here the services are known, and only whether they are needed is not."""


def expected(role: str, workload: str, way: str) -> tuple[str, str]:
    """What VPCE002 says about S3, and the worst that VPCE008 says."""
    return _through_nat(role, workload, way), _unreachable(role, workload, way)


def _through_nat(role: str, workload: str, way: str) -> str:
    if way in {"none", "internet gateway"}:
        return NONE
    readable = role in {"certain", "no permission", "everything but", *PER_SERVICE}  # and it doesn't need S3
    if readable:  # perhaps nobody is there, for whom the baseline is asked; the NAT is there where the function is
        return OPEN if workload == "conditional function" and way != "perhaps nat" else Verdict.SATISFIED
    if role == "everything" and way != "unknown destination":  # the baseline is asked, and likely needed
        return OPEN if workload == "conditional function" and way == "nat" else Verdict.VIOLATED
    return OPEN


def _unreachable(role: str, workload: str, way: str) -> str:
    if role == "no permission" or way == "nat" or (way == "internet gateway" and workload == "instance"):
        return NONE
    sure = role == "certain" and workload != "conditional function" and way in {"none", "internet gateway"}
    return Verdict.VIOLATED if sure else OPEN


NONE, OPEN = "nothing", Verdict.UNDETERMINED
TABLE = list(itertools.product(ROLES, WORKLOADS, WAYS))


@pytest.mark.parametrize(("role", "workload", "way"), TABLE, ids=["-".join(each) for each in TABLE])
def test_open_needs_are_never_passed_over(tmp_path: Path, role: str, workload: str, way: str) -> None:
    """An open need is undetermined wherever there may be no way out or NAT, and never satisfied, violated or left out."""
    giving = "var.text" if role == "role" else "aws_iam_role.w.arn"
    if workload == "instance":
        giving = "var.text" if role == "role" else "aws_iam_instance_profile.w.name"
    code = VARIABLES + HEAD + ROLES[role] + WORKLOADS[workload].replace("GIVEN", giving) + WAYS[way]
    through = answers(tmp_path, code, "VPCE002")
    unreachable = answers(tmp_path, code, "VPCE008")
    s3 = through["s3"].verdict if "s3" in through else NONE
    worst = min((each.verdict for each in unreachable.values()), key=lambda verdict: verdict.rank, default=NONE)
    assert (s3, worst) == expected(role, workload, way)
    undetermined = [each for each in unreachable.values() if each.verdict is Verdict.UNDETERMINED]
    assert all(each.why for each in undetermined)
    if role not in PER_SERVICE:
        assert len(unreachable) <= 1
