"""What is concluded while variables are open holds for every value that they may get.

Random configurations are judged once with their variables open and once per assignment. Where the
resource exists, a definite answer must be the answer under each assignment; only a clash that Terraform
or AWS would refuse (two subnets of one zone) may come to light under an assignment alone.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vpce_lint.engine import judge
from vpce_lint.loader import load_rules
from vpce_lint.readers.read import read
from vpce_lint.readers.request import Request
from vpce_lint.verdict import Verdict

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from vpce_lint.report import Answer

HEAD = """
provider "aws" {
  region = "eu-west-1"
}
variable "p" {
  type = bool
}
variable "q" {
  type = bool
}
variable "l" {
  type = list(string)
}
variable "n" {
  type = number
}
locals {
  both = var.p && var.q
  some = var.p ? true : var.q
}
resource "aws_vpc" "a" {}
resource "aws_vpc" "b" {}
resource "aws_route_table" "r" {
  vpc_id = aws_vpc.a.id
}
resource "aws_subnet" "one" {
  vpc_id            = aws_vpc.a.id
  availability_zone = "eu-west-1a"
}
resource "aws_subnet" "two" {
  vpc_id            = aws_vpc.a.id
  availability_zone = "eu-west-1b"
}
resource "aws_subnet" "maybe" {
  count             = var.q ? 1 : 0
  vpc_id            = aws_vpc.a.id
  availability_zone = "eu-west-1c"
}
resource "aws_subnet" "many" {
  count             = var.n
  vpc_id            = aws_vpc.a.id
  availability_zone = "z${count.index}"
}
"""
ASSIGNMENTS = [
    {"p": p, "q": q, "l": names, "n": number}
    for p, q, names, number in itertools.product(
        ("true", "false"), ("true", "false"), ("[]", '["x"]', '["x", "y"]'), ("0", "2")
    )
]

CONDITIONS = st.sampled_from(
    [
        "true",
        "var.p",
        "!var.p",
        "var.q",
        "local.both",
        "local.some",
        "length(var.l) > 0",
        "var.n == 0",
        "var.p == var.q",
    ]
)
VPCS = st.sampled_from(["aws_vpc.a.id", "aws_vpc.b.id", "(var.p ? aws_vpc.a.id : aws_vpc.b.id)"])
SERVICES = st.sampled_from(["s3", "dynamodb", "sqs", '${var.p ? "s3" : "sqs"}', '${var.q ? "s3" : "dynamodb"}'])
SUBNETS = st.lists(
    st.sampled_from(
        [
            "[aws_subnet.one.id]",
            "[aws_subnet.two.id]",
            "aws_subnet.maybe[*].id",
            "aws_subnet.many[*].id",
            "[try(aws_subnet.maybe[0].id, aws_subnet.one.id)]",
            "(var.p ? [aws_subnet.one.id] : [])",
            "[for name in var.l : aws_subnet.two.id]",
            "slice([aws_subnet.one.id, aws_subnet.two.id], 0, var.p ? 1 : 2)",
            "compact([var.q ? aws_subnet.two.id : null])",
        ]
    ),
    max_size=3,
).map(lambda parts: f"distinct(concat([], {', '.join(parts)}))" if parts else "[]")
POLICIES = st.sampled_from(["null", 'var.p ? null : "{}"', "try(aws_subnet.maybe[0].policy, null)", '"{}"'])
PRINCIPALS = st.lists(
    st.sampled_from(
        [
            '["*"]',
            '["arn:aws:iam::111122223333:root"]',
            '(var.q ? ["*"] : [])',
            '[for name in var.l : "arn:aws:iam::111122223333:user/${name}"]',
            '(can(var.l[1]) ? ["*"] : [])',
        ]
    ),
    max_size=2,
).map(lambda parts: f"concat([], {', '.join(parts)})" if parts else "[]")
TARGETS = st.sampled_from(
    ["one([for k, v in NAME : v.id])", 'join("", [for k, v in NAME : v.id])', "[for k, v in NAME : v.id][0]"]
)
AT_MOST_ONE = CONDITIONS.map(lambda condition: f"count = ({condition}) ? 1 : 0") | st.just(
    "for_each = { for k, v in { a = var.p } : k => v if v }"
)
ANY_NUMBER = AT_MOST_ONE | st.sampled_from(
    [
        "count = 2",
        "count = var.n",
        "for_each = toset(var.l)",
        'for_each = var.p ? toset(["key-${var.n}"]) : toset([])',
        "count = var.p ? min(length(var.l), 2) : 1",
        "for_each = { for k, v in { a = var.p, b = true } : k => v if v }",
    ]
)


@st.composite
def configurations(draw: st.DrawFn) -> str:
    """An interface endpoint, gateway endpoints, companions and a service, all under random conditions."""
    text = HEAD
    for index in range(draw(st.integers(1, 2))):
        target = draw(TARGETS).replace("NAME", f"aws_vpc_endpoint.i{index}")
        text += f"""
resource "aws_vpc_endpoint" "i{index}" {{
  {draw(AT_MOST_ONE)}
  vpc_id            = {draw(VPCS)}
  service_name      = "com.amazonaws.eu-west-1.{draw(SERVICES)}"
  vpc_endpoint_type = "Interface"
  subnet_ids        = {draw(SUBNETS)}
  policy            = {draw(POLICIES)}
}}
resource "aws_vpc_endpoint_subnet_association" "i{index}" {{
  count           = length(aws_vpc_endpoint.i{index}) > 0 && ({draw(CONDITIONS)}) ? 1 : 0
  vpc_endpoint_id = {target}
  subnet_id       = aws_subnet.two.id
}}
"""
    for index in range(draw(st.integers(0, 2))):
        text += f"""
resource "aws_vpc_endpoint" "g{index}" {{
  {draw(ANY_NUMBER)}
  vpc_id          = {draw(VPCS)}
  service_name    = "com.amazonaws.eu-west-1.{draw(st.sampled_from(["s3", "dynamodb"]))}"
  route_table_ids = [aws_route_table.r.id]
}}
"""
    return (
        text
        + f"""
resource "aws_vpc_endpoint_service" "s" {{
  acceptance_required = var.p
  allowed_principals  = {draw(PRINCIPALS)}
}}
resource "aws_vpc_endpoint_service_allowed_principal" "s" {{
  {draw(ANY_NUMBER)}
  vpc_endpoint_service_id = aws_vpc_endpoint_service.s.id
  principal_arn           = {draw(st.sampled_from(['"*"', '"arn:aws:iam::111122223333:root"']))}
}}
"""
    )


def answers(folder: Path, variables: dict[str, str]) -> dict[tuple[str, str, str | None], Answer]:
    """The answers about the configuration, by what they are about."""
    report = judge(read(Request(paths=(folder,), variables=tuple(variables.items()))), load_rules())
    assert [answer.message for answer in report.answers if answer.rule.startswith("VPCE9")] == []
    return {(answer.rule, answer.address, answer.about): answer for answer in report.answers}


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(configurations(), st.lists(st.sampled_from(ASSIGNMENTS), min_size=3, max_size=6, unique_by=str))
def test_definite_answers_hold_for_every_assignment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, assignments: list[dict[str, str]]
) -> None:
    """A definite answer with open variables is the answer under each assignment."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "main.tf").write_text(text)
    definite = {Verdict.VIOLATED, Verdict.SATISFIED}
    opened = {key: answer for key, answer in answers(tmp_path, {}).items() if answer.verdict in definite}
    for assignment in assignments:
        for key, answer in answers(tmp_path, assignment).items():
            claim = opened.get(key)
            if claim is None or "can't be created" in answer.message or "can't be created" in claim.message:
                continue
            assert answer.verdict in {claim.verdict, Verdict.NOT_APPLICABLE}, (
                assignment,
                claim.message,
                answer.message,
            )
