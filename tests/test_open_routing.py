"""What is concluded about traffic while variables are open holds for every value that they may get.

As ``test_open_variables`` does for endpoints: random configurations are judged once with their variables open
and once per assignment, and a definite answer must be the answer under each assignment.
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
variable "p" {
  type = bool
}
variable "q" {
  type = bool
}
variable "l" {
  type = set(string)
}
variable "n" {
  type = number
}
variable "cidr" {
  type = string
}
variable "actions" {
  type = list(string)
}
resource "aws_vpc" "a" {}
resource "aws_vpc" "b" {}
resource "aws_internet_gateway" "i" {
  vpc_id = aws_vpc.a.id
}
resource "aws_nat_gateway" "n" {
  connectivity_type = var.q ? "public" : "private"
  subnet_id         = "subnet-1"
}
resource "aws_nat_gateway" "m" {
  subnet_id = "subnet-1"
}
"""
ASSIGNMENTS = [
    {"p": p, "q": q, "l": names, "n": number, "cidr": cidr, "actions": actions}
    for p, q, names, number, cidr, actions in itertools.product(
        ("true", "false"),
        ("true", "false"),
        ('["x"]', '["x", "y"]', "[]"),
        ("1", "2", "3"),
        ("10.0.0.0/8", "0.0.0.0/0"),
        ('["sqs:SendMessage"]', '["s3:GetObject", "kms:Decrypt"]'),
    )
]
CONDITIONS = st.sampled_from(["true", "var.p", "!var.p", "var.q", "var.p && var.q", "var.n > 0", "var.p == var.q"])
COUNTED = st.sampled_from(["count = var.n", "count = 2", "count = var.p ? 1 : var.n"])
EACH = st.sampled_from(["for_each = var.l", 'for_each = toset(["x", "y"])', "for_each = var.p ? var.l : toset([])"])
CIDRS = st.sampled_from(
    ['"0.0.0.0/0"', '"0.0.0.0/0"', '"10.0.0.0/8"', "var.cidr", 'var.p ? "0.0.0.0/0" : "10.0.0.0/8"']
)
TARGETS = st.sampled_from(
    [
        "nat_gateway_id = aws_nat_gateway.m.id",
        "nat_gateway_id = aws_nat_gateway.m.id",
        "nat_gateway_id = aws_nat_gateway.n.id",
        "gateway_id = aws_internet_gateway.i.id",
        "gateway_id = var.p ? aws_nat_gateway.m.id : aws_internet_gateway.i.id",
        "nat_gateway_id = var.q ? aws_nat_gateway.n.id : aws_nat_gateway.m.id",
    ]
)
VPCS = st.sampled_from(["aws_vpc.a.id", "aws_vpc.a.id", "(var.p ? aws_vpc.a.id : aws_vpc.b.id)"])


@st.composite
def configurations(draw: st.DrawFn) -> str:
    """Tables, subnets, associations, routes and endpoints in one of three shapes, all under random conditions."""
    shape = draw(st.sampled_from(["single", "counted", "each"]))
    return HEAD + {"single": single, "counted": counted, "each": each}[shape](draw)


def maybe(draw: st.DrawFn) -> str:
    """A condition under which a block is there, or none."""
    return draw(st.just("") | CONDITIONS.map(lambda condition: f"count = ({condition}) ? 1 : 0"))


def single(draw: st.DrawFn) -> str:
    """Two tables, two subnets."""
    text = ""
    for name in "rs":
        inline = f"route {{\n cidr_block = {draw(CIDRS)}\n {draw(TARGETS)}\n}}" if draw(st.booleans()) else ""
        text += f"""
resource "aws_route_table" "{name}" {{
  vpc_id = {draw(VPCS)}
  {inline}
}}
"""
    tables = st.sampled_from(
        ["aws_route_table.r.id", "aws_route_table.s.id", "(var.p ? aws_route_table.r.id : aws_route_table.s.id)"]
    )
    for name in "tu":
        text += f"""
resource "aws_subnet" "{name}" {{
  vpc_id = {draw(VPCS)}
}}
"""
        if draw(st.integers(0, 3)):
            text += f"""
resource "aws_route_table_association" "{name}" {{
  {maybe(draw)}
  subnet_id      = aws_subnet.{name}.id
  route_table_id = {draw(tables)}
}}
"""
    main = st.sampled_from(["aws_vpc.a.main_route_table_id", "aws_vpc.a.default_route_table_id"])
    if draw(st.booleans()):
        text += f"""
resource "aws_main_route_table_association" "m" {{
  {maybe(draw)}
  vpc_id         = aws_vpc.a.id
  route_table_id = {draw(tables)}
}}
"""
    for index in range(draw(st.integers(0, 2))):
        text += f"""
resource "aws_route" "o{index}" {{
  {maybe(draw)}
  route_table_id         = {draw(tables | main)}
  destination_cidr_block = {draw(CIDRS)}
  {draw(TARGETS)}
}}
"""
    listed = st.lists(tables | main, max_size=2).map(lambda each: f"[{', '.join(each)}]")
    lists = listed | st.tuples(listed, listed).map(lambda two: f"(var.q ? {two[0]} : {two[1]})")
    return (
        text
        + endpoints(draw, lists)
        + workers(
            draw, st.sampled_from(["[aws_subnet.t.id]", "[aws_subnet.u.id]", "[aws_subnet.t.id, aws_subnet.u.id]"])
        )
    )


def counted(draw: st.DrawFn) -> str:
    """Families by number: the same one, so that no reference is to an instance that isn't there."""
    own = [draw(COUNTED)] * 3
    keys = st.sampled_from(["count.index", "count.index", "0"])
    return (
        f"""
resource "aws_subnet" "t" {{
  {own[0]}
  vpc_id = aws_vpc.a.id
}}
resource "aws_route_table" "r" {{
  {own[1]}
  vpc_id = aws_vpc.a.id
}}
resource "aws_route" "o" {{
  {own[1] if draw(st.booleans()) else own[2]}
  route_table_id         = {draw(st.sampled_from(["aws_route_table.r[KEY].id", "element(aws_route_table.r[*].id, KEY)"])).replace("KEY", draw(keys))}
  destination_cidr_block = {draw(CIDRS)}
  {draw(TARGETS)}
}}
resource "aws_route_table_association" "t" {{
  {own[0] if draw(st.booleans()) else own[2]}
  subnet_id      = aws_subnet.t[count.index].id
  route_table_id = {draw(st.sampled_from(["aws_route_table.r[KEY].id", "element(aws_route_table.r[*].id, KEY)"])).replace("KEY", draw(keys))}
}}
"""
        + endpoints(
            draw,
            st.sampled_from(
                [
                    "aws_route_table.r[*].id",
                    "slice(aws_route_table.r[*].id, 0, 1)",
                    "[aws_route_table.r[0].id]",
                    "(var.p ? aws_route_table.r[*].id : [])",
                ]
            ),
        )
        + workers(draw, st.sampled_from(["aws_subnet.t[*].id", "[aws_subnet.t[0].id]"]))
    )


def each(draw: st.DrawFn) -> str:
    """Families by key, likewise."""
    own = [draw(EACH)] * 3
    return (
        f"""
resource "aws_subnet" "t" {{
  {own[0]}
  vpc_id = aws_vpc.a.id
}}
resource "aws_route_table" "r" {{
  {own[1]}
  vpc_id = aws_vpc.a.id
}}
resource "aws_route" "o" {{
  {draw(st.sampled_from([own[1], own[2], "for_each = aws_route_table.r"]))}
  route_table_id         = aws_route_table.r[each.key].id
  destination_cidr_block = {draw(CIDRS)}
  {draw(TARGETS)}
}}
resource "aws_route_table_association" "t" {{
  {draw(st.sampled_from([own[0], own[2], "for_each = aws_subnet.t"]))}
  subnet_id      = aws_subnet.t[each.key].id
  route_table_id = aws_route_table.r[each.key].id
}}
resource "aws_vpc_endpoint_route_table_association" "e" {{
  {draw(st.sampled_from([own[1], own[2], "for_each = aws_route_table.r"]))}
  vpc_endpoint_id = aws_vpc_endpoint.late.id
  route_table_id  = aws_route_table.r[each.key].id
}}
resource "aws_vpc_endpoint" "late" {{
  vpc_id       = aws_vpc.a.id
  service_name = "com.amazonaws.eu-west-1.{draw(st.sampled_from(["s3", "dynamodb"]))}"
}}
"""
        + endpoints(
            draw,
            st.sampled_from(
                [
                    "[for k, t in aws_route_table.r : t.id]",
                    "values(aws_route_table.r)[*].id",
                    '[for k, t in aws_route_table.r : t.id if k != "x"]',
                    "[]",
                ]
            ),
        )
        + workers(
            draw, st.sampled_from(["values(aws_subnet.t)[*].id", '[for k, t in aws_subnet.t : t.id if k == "x"]'])
        )
    )


def endpoints(draw: st.DrawFn, lists: st.SearchStrategy[str]) -> str:
    """A gateway endpoint and an interface endpoint."""
    text = ""
    for service in ("s3", "dynamodb"):
        if draw(st.booleans()):
            text += f"""
resource "aws_vpc_endpoint" "{service}" {{
  {maybe(draw)}
  vpc_id          = aws_vpc.a.id
  service_name    = "com.amazonaws.eu-west-1.{service}"
  route_table_ids = {draw(lists)}
}}
"""
    if draw(st.booleans()):
        text += f"""
resource "aws_vpc_endpoint" "sqs" {{
  {maybe(draw)}
  vpc_id              = {draw(VPCS)}
  service_name        = "com.amazonaws.eu-west-1.${{var.p ? "sqs" : "sns"}}"
  vpc_endpoint_type   = "Interface"
  subnet_ids          = ["subnet-1"]
  private_dns_enabled = {draw(CONDITIONS)}
}}
"""
    return text


def workers(draw: st.DrawFn, subnets: st.SearchStrategy[str]) -> str:
    """A function, or tasks that may have a public address, with a role that allows a service or two."""
    if not draw(st.booleans()):
        return ""
    actions = draw(
        st.sampled_from(
            ['["sqs:SendMessage"]', '["s3:GetObject"]', 'var.q ? ["s3:GetObject"] : ["sqs:SendMessage"]', "var.actions"]
        )
    )
    role = f"""
resource "aws_iam_role" "w" {{
  assume_role_policy = "{{}}"
  inline_policy {{
    name   = "w"
    policy = jsonencode({{ Statement = [{{ Effect = "Allow", Action = {actions}, Resource = "*" }}] }})
  }}
}}
"""
    if draw(st.booleans()):
        return f"""{role}
resource "aws_lambda_function" "w" {{
  {maybe(draw)}
  function_name = "w"
  role          = aws_iam_role.w.arn
  vpc_config {{
    subnet_ids         = {draw(subnets)}
    security_group_ids = []
  }}
}}
"""
    return f"""{role}
resource "aws_ecs_task_definition" "w" {{
  family                = "w"
  task_role_arn         = aws_iam_role.w.arn
  container_definitions = jsonencode([{{ name = "w", image = "docker.io/library/w:1" }}])
}}
resource "aws_ecs_service" "w" {{
  {maybe(draw)}
  task_definition = aws_ecs_task_definition.w.arn
  launch_type     = "FARGATE"
  network_configuration {{
    subnets          = {draw(subnets)}
    assign_public_ip = {draw(CONDITIONS)}
  }}
}}
"""


def answers(folder: Path, variables: dict[str, str]) -> dict[tuple[str, str, str | None], list[Answer]]:
    """The answers about the configuration, by what they are about."""
    rules = [rule for rule in load_rules() if rule.id in {"VPCE002", "VPCE008"}]
    report = judge(read(Request(paths=(folder,), variables=tuple(variables.items()))), rules)
    assert [answer.message for answer in report.answers if answer.rule.startswith("VPCE9")] == []
    found: dict[tuple[str, str, str | None], list[Answer]] = {}
    for answer in report.answers:
        found.setdefault((answer.rule, answer.address.partition("[")[0], answer.about), []).append(answer)
    return found


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(configurations(), st.lists(st.sampled_from(ASSIGNMENTS), min_size=4, max_size=8, unique_by=str))
def test_definite_answers_hold_for_every_assignment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, assignments: list[dict[str, str]]
) -> None:
    """Satisfied stays satisfied and violated stays violated, for all or for some of a family, or doesn't apply any more."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "main.tf").write_text(text)
    opened = answers(tmp_path, {})
    for assignment in assignments:
        closed = answers(tmp_path, assignment)
        for key, claims in opened.items():
            said = {answer.verdict for answer in closed.get(key, [])} - {Verdict.NOT_APPLICABLE}
            verdicts = {claim.verdict for claim in claims} - {Verdict.NOT_APPLICABLE}
            if not said or Verdict.UNDETERMINED in verdicts or not verdicts:
                continue
            if verdicts == {Verdict.SATISFIED}:
                assert said == {Verdict.SATISFIED}, (assignment, claims[0].message)
            elif len(claims) == 1:
                assert Verdict.VIOLATED in said, (assignment, claims[0].message)
