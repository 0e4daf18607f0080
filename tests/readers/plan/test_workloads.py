"""Routes, roles and policies of plans: what is shown twice, what is on its way out, and where texts are written."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.readers.plan.documents import plan_of, reading_of, report_on, resource, verdicts
from tests.readers.terraform.configuration import resources, write
from vpce_lint.engine import judge
from vpce_lint.loader import load_rules
from vpce_lint.model import Route, RouteTable
from vpce_lint.permission import Role
from vpce_lint.readers.read import read
from vpce_lint.readers.request import Request
from vpce_lint.value import Known, Reference, Sequence
from vpce_lint.workload import LambdaFunction

if TYPE_CHECKING:
    from pathlib import Path

    from vpce_lint.report import Answer

ROLE = {"name": "worker", "id": "worker", "arn": "arn:aws:iam::111122223333:role/worker"}
READ_ONLY = "arn:aws:iam::aws:policy/AmazonSQSReadOnlyAccess"
OPEN = '{"Statement":[{"Action":"*","Effect":"Allow","Principal":"*","Resource":"*"}],"Version":"2012-10-17"}'


def deleted(plan: dict[str, Any], type_: str, before: dict[str, Any]) -> dict[str, Any]:
    """The plan, which deletes a resource with these attributes as well."""
    gone = resource(type_, "gone", before)
    change = {"actions": ["delete"], "before": before, "after": None}
    return {**plan, "resource_changes": [*plan["resource_changes"], {**gone, "change": change}]}


@pytest.mark.parametrize(
    ("type_", "before", "left"),
    [
        ("aws_iam_role_policy_attachment", {"role": "worker", "policy_arn": READ_ONLY}, ()),
        ("aws_iam_policy_attachment", {"roles": ["other", "worker"], "policy_arn": READ_ONLY}, ()),
        ("aws_iam_role_policy_attachment", {"role": "other", "policy_arn": READ_ONLY}, (Known(READ_ONLY),)),
    ],
)
def test_what_a_role_shows_of_deleted_attachments_does_not_last(
    tmp_path: Path, type_: str, before: dict[str, Any], left: tuple[Known, ...]
) -> None:
    """A role shows all that is attached to it; what the plan takes away from it is not attached any more."""
    shown = resource("aws_iam_role", "worker", {**ROLE, "managed_policy_arns": [READ_ONLY]})
    plan = deleted(plan_of([shown], expressions={"aws_iam_role.worker": {}}), type_, before)
    plan["resource_changes"].append({**resource("aws_nat_gateway", "n", {}), "change": {"actions": ["delete"]}})
    managed = resources(reading_of(tmp_path, plan), Role)["aws_iam_role.worker"].managed
    assert isinstance(managed, Sequence)
    assert managed.members == left


def test_known_arn_of_a_role_refers_to_it(tmp_path: Path) -> None:
    """Who names a role of the plan by its ARN has that role, whatever path the ARN has."""
    arn = "arn:aws:iam::111122223333:role/team/worker"
    function = resource(
        "aws_lambda_function",
        "f",
        {"function_name": "f", "role": arn, "vpc_config": [{"subnet_ids": ["subnet-1"]}]},
    )
    plan = plan_of(
        [resource("aws_iam_role", "worker", {**ROLE, "arn": arn}), function, resource("aws_nat_gateway", "n", {})]
    )
    role = resources(reading_of(tmp_path, plan), LambdaFunction)["aws_lambda_function.f"].role
    assert isinstance(role, Reference)
    assert role.address == "aws_iam_role.worker"


def test_arn_of_a_role_is_a_named_principal(tmp_path: Path) -> None:
    """A principal whose ARN is known stays that ARN, though the plan has the role."""
    service = resource(
        "aws_vpc_endpoint_service", "s", {"allowed_principals": [ROLE["arn"]], "acceptance_required": True}
    )
    report = report_on(tmp_path, plan_of([resource("aws_iam_role", "worker", ROLE), service]))
    assert verdicts(report)["VPCE004", "aws_vpc_endpoint_service.s", "everyone-allowed"] == "satisfied"


def test_sensitive_argument_of_a_block_is_not_looked_at(tmp_path: Path) -> None:
    """What is not to be shown inside a nested block is unknown."""
    secret = {"vpc_config": [{"subnet_ids": True}]}
    function = resource(
        "aws_lambda_function", "f", {"vpc_config": [{"subnet_ids": ["subnet-1"]}]}, sensitive_values=secret
    )
    reading = reading_of(tmp_path, plan_of([function, resource("aws_nat_gateway", "n", {})]))
    subnets = resources(reading, LambdaFunction)["aws_lambda_function.f"].subnets
    assert "subnet-1" not in repr(subnets)
    assert "sensitive" in str(subnets.reasons[0])


CODE = {
    "main.tf": """
        resource "aws_nat_gateway" "n" { subnet_id = "subnet-1" }
        resource "aws_route_table" "t" {
          vpc_id = "vpc-1"
          route {
            cidr_block = "10.0.0.0/8"
            gateway_id = aws_vpn_gateway.v.id
          }
          route {
            cidr_block     = "0.0.0.0/0"
            nat_gateway_id = aws_nat_gateway.n.id
          }
        }
        resource "aws_vpn_gateway" "v" {}
    """
}


def inline_routes() -> dict[str, Any]:
    """The plan of a new table with two routes, neither of whose targets is known; its configuration hasn't them."""
    routes = [{"cidr_block": "0.0.0.0/0", "gateway_id": ""}, {"cidr_block": "10.0.0.0/8", "nat_gateway_id": ""}]
    return plan_of(
        [
            resource("aws_nat_gateway", "n", {"subnet_id": "subnet-1"}),
            resource("aws_vpn_gateway", "v", {}),
            resource("aws_route_table", "t", {"vpc_id": "vpc-1", "route": routes}),
            resource("aws_route_table_association", "a", {"subnet_id": "subnet-2"}),
        ],
        unknown={
            "aws_nat_gateway.n": {"id": True},
            "aws_vpn_gateway.v": {"id": True},
            "aws_route_table_association.a": {"id": True, "route_table_id": True},
            "aws_route_table.t": {"id": True, "route": [{"nat_gateway_id": True}, {"gateway_id": True}]},
        },
        expressions={
            "aws_route_table.t": {"vpc_id": {"constant_value": "vpc-1"}},
            "aws_route_table_association.a": {
                "subnet_id": {"constant_value": "subnet-2"},
                "route_table_id": {"references": ["aws_route_table.t.id", "aws_route_table.t"]},
            },
        },
    )


def test_targets_of_route_blocks_are_not_guessed(tmp_path: Path) -> None:
    """Blocks that Terraform takes for an attribute are not in a plan's configuration: where they lead is open."""
    found = verdicts(report_on(tmp_path, inline_routes()))
    assert {
        verdict for (rule, address, _), verdict in found.items() if (rule, address) == ("VPCE002", "aws_route_table.t")
    } == {"undetermined"}


def test_targets_of_route_blocks_are_in_the_code(tmp_path: Path) -> None:
    """Of several blocks in any order, the code tells which leads where, and where it is written."""
    write(tmp_path / "code", CODE)
    file = tmp_path / "plan.json"
    file.write_text(json.dumps(inline_routes()))
    reading = read(Request(paths=(file,), source=tmp_path / "code"))
    routes = [each for each in reading.networks[0].resources if isinstance(each, Route)]
    assert {
        (
            str(route.destinations[0]),
            route.targets[0].kind,
            getattr(route.targets[0].id, "address", ""),
            route.span.line,
        )
        for route in routes
    } == {
        ("0.0.0.0/0", "nat_gateway", "aws_nat_gateway.n", 8),
        ("10.0.0.0/8", "gateway", "aws_vpn_gateway.v", 4),
    }


@pytest.mark.parametrize(
    ("references", "found"),
    [(["local.table"], []), (["data.aws_route_table.main.id", "data.aws_route_table.main"], ["aws_route.r"])],
)
def test_unknown_table_of_a_route_is_only_taken_for_another_where_it_is_one(
    tmp_path: Path, references: list[str], found: list[str]
) -> None:
    """Behind a local value may be a table of this plan; a table that a data source will find is made elsewhere."""
    plan = plan_of(
        [
            resource("aws_route_table", "t", {"vpc_id": "vpc-1"}),
            resource("aws_route", "r", {"destination_cidr_block": "0.0.0.0/0", "gateway_id": "igw-1"}),
            resource("aws_route_table", "main", {"vpc_id": "vpc-1"}, mode="data"),
        ],
        unknown={"aws_route.r": {"route_table_id": True}, "data.aws_route_table.main": {"id": True}},
        expressions={
            "aws_route.r": {
                "destination_cidr_block": {"constant_value": "0.0.0.0/0"},
                "gateway_id": {"constant_value": "igw-1"},
                "route_table_id": {"references": references},
            }
        },
    )
    tables = resources(reading_of(tmp_path, plan), RouteTable)
    assert [address for address, table in tables.items() if table.found] == found


def test_route_that_a_table_shows_and_a_resource_makes_counts_once(tmp_path: Path) -> None:
    """A table shows all its routes, also those of resources of their own, by any kind of destination."""
    shown = [
        {"cidr_block": "0.0.0.0/0", "nat_gateway_id": "nat-1"},
        {"cidr_block": "", "destination_prefix_list_id": "pl-1", "nat_gateway_id": "nat-1"},
        {"cidr_block": "10.0.0.0/8", "nat_gateway_id": "nat-1"},
    ]
    plan = plan_of(
        [
            resource("aws_route_table", "t", {"id": "rtb-1", "vpc_id": "vpc-1", "route": shown}),
            resource("aws_route", "r", {"route_table_id": "rtb-1", "destination_cidr_block": "0.0.0.0/0"}),
            resource("aws_route", "p", {"route_table_id": "rtb-1", "destination_prefix_list_id": "pl-1"}),
        ]
    )
    routes = [each for each in reading_of(tmp_path, plan).networks[0].resources if isinstance(each, Route)]
    assert sorted((route.address, *map(str, route.destinations)) for route in routes) == [
        ("aws_route.p",),
        ("aws_route.r", "0.0.0.0/0"),
        ("aws_route_table.t", "10.0.0.0/8"),
    ]


def endpoint_answer(answers: tuple[Answer, ...]) -> Answer:
    """What VPCE005 says."""
    [answer] = [answer for answer in answers if answer.rule == "VPCE005"]
    return answer


def test_answers_about_policies_point_into_the_text(tmp_path: Path) -> None:
    """A policy is a text inside the plan's JSON: the statement is found behind two layers of quotes."""
    plan = plan_of([resource("aws_vpc_endpoint", "e", {"service_name": "com.amazonaws.eu-west-1.s3", "policy": OPEN})])
    answer = endpoint_answer(report_on(tmp_path, plan).answers)
    line = (tmp_path / "plan.json").read_text().splitlines()[answer.location.line - 1]
    assert line[answer.location.column - 1 :].startswith(r"{\"Action\":\"*\"")


def test_answers_about_policies_point_into_the_code(tmp_path: Path) -> None:
    """With the code, the statement of the same policy is found where the code writes it."""
    write(
        tmp_path / "code",
        {
            "main.tf": """
                resource "aws_vpc_endpoint" "e" {
                  service_name = "com.amazonaws.eu-west-1.s3"
                  policy = jsonencode({
                    Version = "2012-10-17"
                    Statement = [
                      { Effect = "Allow", Principal = "*", Action = "*", Resource = "*" }
                    ]
                  })
                }
            """
        },
    )
    values = {"service_name": "com.amazonaws.eu-west-1.s3", "policy": OPEN}
    file = tmp_path / "plan.json"
    file.write_text(json.dumps(plan_of([resource("aws_vpc_endpoint", "e", values)])))
    report = judge(read(Request(paths=(file,), source=tmp_path / "code")), load_rules())
    answer = endpoint_answer(report.answers)
    assert (answer.location.path.rpartition("/")[2], answer.location.line) == ("main.tf", 6)
