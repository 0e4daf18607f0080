"""Small networks at random, as code and as plans of it: the same verdicts.

The plans are written by hand of a model that knows no expressions: once as Terraform would print them before
anything exists, with what refers to what, and once after everything was applied, with literal ids.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.readers.plan.documents import plan_of, report_on, resource, verdicts
from vpce_lint.engine import judge
from vpce_lint.loader import load_rules
from vpce_lint.readers.read import read
from vpce_lint.readers.request import Request

if TYPE_CHECKING:
    from vpce_lint.report import Report
    from vpce_lint.verdict import Confidence

DEFAULT = '{"Statement":[{"Action":"*","Effect":"Allow","Principal":"*","Resource":"*"}],"Version":"2008-10-17"}'
NARROW = '{"Statement":[{"Action":"s3:GetObject","Effect":"Allow","Principal":"*","Resource":"*"}]}'
PREFIXES = {
    "aws_vpc": "vpc",
    "aws_subnet": "subnet",
    "aws_route_table": "rtb",
    "aws_vpc_endpoint": "vpce",
    "aws_nat_gateway": "nat",
    "aws_internet_gateway": "igw",
    "aws_instance": "i",
}
ASSUME = '{"Statement":[{"Action":"sts:AssumeRole","Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"}}]}'
QUEUES = '{"Statement":[{"Action":"sqs:SendMessage","Effect":"Allow","Resource":"*"}]}'
FILLED_IN = {
    "aws_vpc_endpoint": {
        "policy": DEFAULT,
        "private_dns_enabled": False,
        "resource_configuration_arn": "",
        "route_table_ids": [],
        "service_network_arn": "",
        "service_region": "eu-west-1",
        "subnet_configuration": [],
        "subnet_ids": [],
        "vpc_endpoint_type": "Gateway",
    },
    "aws_instance": {"source_dest_check": True, "network_interface": [], "iam_instance_profile": ""},
    "aws_iam_role": {"inline_policy": [], "managed_policy_arns": [], "permissions_boundary": ""},
}
"""What the provider shows where nothing is given, once it is applied."""

COMPUTED = {
    "aws_vpc_endpoint": sorted({*FILLED_IN["aws_vpc_endpoint"], "id", "arn"} - {"vpc_endpoint_type"}),
    "aws_vpc": ["id", "arn", "default_route_table_id", "main_route_table_id"],
    "aws_route_table": ["id", "arn", "route"],
    "aws_route": ["id", "instance_id", "network_interface_id"],
    "aws_instance": ["id", "arn", "network_interface", "iam_instance_profile"],
    "aws_iam_role": ["id", "arn", "name", "inline_policy", "managed_policy_arns"],
    "aws_iam_instance_profile": ["id", "arn", "name"],
}


@dataclass(frozen=True)
class To:
    """A reference to an attribute of a resource, by type and name."""

    type: str
    name: str
    attribute: str = "id"

    @property
    def address(self) -> str:
        """The resource's address."""
        return f"{self.type}.{self.name}"


@dataclass(frozen=True)
class Block:
    """The only nested block of a type."""

    arguments: tuple[tuple[str, Any], ...]


@dataclass(frozen=True)
class Made:
    """A resource with its arguments: literals, references, lists of either, or a nested block."""

    type: str
    name: str
    arguments: tuple[tuple[str, Any], ...]

    @property
    def address(self) -> str:
        """The resource's address."""
        return f"{self.type}.{self.name}"


@st.composite
def networks(draw: st.DrawFn) -> list[Made]:
    """VPCs, subnets, tables, endpoints of both kinds, and companions."""
    vpcs = [Made("aws_vpc", f"v{index}", ()) for index in range(draw(st.integers(1, 2)))]
    of_vpc = st.sampled_from(vpcs).map(lambda vpc: To(vpc.type, vpc.name))
    zones = st.sampled_from(["eu-west-1a", "eu-west-1b", "eu-west-1c"])
    subnets = [
        Made("aws_subnet", f"s{index}", (("vpc_id", draw(of_vpc)), ("availability_zone", draw(zones))))
        for index in range(draw(st.integers(1, 4)))
    ]
    tables = [
        Made("aws_route_table", f"t{index}", (("vpc_id", draw(of_vpc)),)) for index in range(draw(st.integers(1, 2)))
    ]
    made = [*vpcs, *subnets, *tables, *draw(ways(vpcs, subnets, tables)), *draw(workloads(subnets))]
    some_subnets = st.lists(st.sampled_from(subnets), max_size=3, unique=True)
    for index in range(draw(st.integers(1, 4))):
        service = draw(st.sampled_from(["s3", "dynamodb", "kms"]))
        arguments: list[tuple[str, Any]] = [
            ("vpc_id", draw(of_vpc)),
            ("service_name", f"com.amazonaws.eu-west-1.{service}"),
        ]
        is_gateway = service != "kms" and draw(st.booleans())
        if is_gateway and draw(st.booleans()):
            arguments.append(("route_table_ids", [To("aws_route_table", "t0")]))
        if not is_gateway:
            arguments.append(("vpc_endpoint_type", "Interface"))
            chosen = [To(each.type, each.name) for each in draw(some_subnets)]
            if chosen:
                arguments.append(("subnet_ids", chosen))
        policy = draw(st.sampled_from([None, DEFAULT, NARROW]))
        if policy:
            arguments.append(("policy", policy))
        made.append(Made("aws_vpc_endpoint", f"e{index}", tuple(arguments)))
        endpoint = To("aws_vpc_endpoint", f"e{index}")
        if not is_gateway and "subnet_ids" not in dict(arguments):
            for number, subnet in enumerate(draw(some_subnets)):
                more = (("vpc_endpoint_id", endpoint), ("subnet_id", To(subnet.type, subnet.name)))
                made.append(Made("aws_vpc_endpoint_subnet_association", f"a{index}{number}", more))
        if not policy and draw(st.booleans()):
            more = (("vpc_endpoint_id", endpoint), ("policy", draw(st.sampled_from([DEFAULT, NARROW]))))
            made.append(Made("aws_vpc_endpoint_policy", f"p{index}", more))
    return made


@st.composite
def ways(draw: st.DrawFn, vpcs: list[Made], subnets: list[Made], tables: list[Made]) -> list[Made]:
    """Gateways, routes to them, and the subnets that these are for."""
    nats = [
        Made(
            "aws_nat_gateway",
            f"n{index}",
            (
                ("subnet_id", To("aws_subnet", draw(st.sampled_from(subnets)).name)),
                ("connectivity_type", draw(st.sampled_from(["public", "public", "private"]))),
            ),
        )
        for index in range(draw(st.integers(0, 2)))
    ]
    made = [*nats, Made("aws_internet_gateway", "g0", (("vpc_id", To("aws_vpc", "v0")),))]
    targets = [("nat_gateway_id", To("aws_nat_gateway", nat.name)) for nat in nats]
    targets += [("gateway_id", To("aws_internet_gateway", "g0")), ("gateway_id", "igw-elsewhere")]
    targets += [("gateway_id", To("aws_nat_gateway", nat.name)) for nat in nats[:1]]
    holders = [To("aws_route_table", table.name) for table in tables]
    holders += [To("aws_vpc", vpc.name, "default_route_table_id") for vpc in vpcs]
    for index, holder in enumerate(draw(st.lists(st.sampled_from(holders), max_size=3, unique=True))):
        destination = draw(st.sampled_from(["0.0.0.0/0", "0.0.0.0/0", "10.0.0.0/8"]))
        more = (("route_table_id", holder), ("destination_cidr_block", destination), draw(st.sampled_from(targets)))
        made.append(Made("aws_route", f"r{index}", more))
    for index, subnet in enumerate(draw(st.lists(st.sampled_from(subnets), max_size=3, unique=True))):
        more = (("subnet_id", To(subnet.type, subnet.name)), ("route_table_id", draw(st.sampled_from(holders))))
        made.append(Made("aws_route_table_association", f"w{index}", more))
    if draw(st.booleans()):
        more = (("vpc_id", To("aws_vpc", "v0")), ("route_table_id", To("aws_route_table", "t0")))
        made.append(Made("aws_main_route_table_association", "m0", more))
    return made


@st.composite
def workloads(draw: st.DrawFn, subnets: list[Made]) -> list[Made]:
    """An instance and a function, with a role that may have a name of its own."""
    if not draw(st.booleans()):
        return []
    names = (("name", "worker"),) if draw(st.booleans()) else ()
    made = [
        Made("aws_iam_role", "worker", (("assume_role_policy", ASSUME), *names)),
        Made("aws_iam_instance_profile", "worker", (("role", To("aws_iam_role", "worker", "name")), *names)),
    ]
    if draw(st.booleans()):
        role = To("aws_iam_role", "worker", draw(st.sampled_from(["id", "name"])))
        made.append(Made("aws_iam_role_policy", "queues", (("role", role), ("policy", QUEUES))))
    in_subnet = ("subnet_id", To("aws_subnet", draw(st.sampled_from(subnets)).name))
    profile = ("iam_instance_profile", To("aws_iam_instance_profile", "worker", "name"))
    made.append(Made("aws_instance", "worker", (in_subnet, *((profile,) if draw(st.booleans()) else ()))))
    chosen = draw(st.lists(st.sampled_from(subnets), min_size=1, max_size=2, unique=True))
    inside = Block((("subnet_ids", [To(each.type, each.name) for each in chosen]),))
    role = To("aws_iam_role", "worker", "arn")
    made.append(Made("aws_lambda_function", "f", (("function_name", "f"), ("role", role), ("vpc_config", inside))))
    return made


def as_code(made: list[Made]) -> str:
    """The network in Terraform's language."""
    blocks = []
    for each in made:
        lines = [_argument(name, value) for name, value in each.arguments]
        blocks.append(f'resource "{each.type}" "{each.name}" {{\n{"".join(lines)}}}\n')
    return 'provider "aws" {\n  region = "eu-west-1"\n}\n' + "".join(blocks)


def _argument(name: str, value: Any) -> str:
    if isinstance(value, Block):
        return f"  {name} {{\n{''.join(_argument(*each) for each in value.arguments)}}}\n"
    return f"  {name} = {_code(value)}\n"


def _code(value: Any) -> str:
    if isinstance(value, To):
        return f"{value.address}.{value.attribute}"
    if isinstance(value, list):
        return f"[{', '.join(map(_code, value))}]"
    return json.dumps(value)


def as_plan(made: list[Made], *, applied: bool) -> dict[str, Any]:
    """The plan for it, before or after it was applied."""
    resources, unknown = [], {}
    completed = _completed(made) if applied else {}
    names = {each.address: value for each in made for name, value in each.arguments if name == "name"}
    for each in made:
        values: dict[str, Any] = {"vpc_endpoint_type": "Gateway"} if each.type == "aws_vpc_endpoint" else {}
        open_: dict[str, Any] = dict.fromkeys(COMPUTED.get(each.type, ["id", "arn"]), True)
        if applied:
            values = {
                "id": _id(each),
                **_shown(each),
                **FILLED_IN.get(each.type, {}),
                **completed.get(each.address, {}),
            }
            open_ = {}
        for name, value in each.arguments:
            if isinstance(value, Block):
                inner, mask = _planned(value.arguments, names, applied=applied)
                values[name] = [inner]
                open_[name] = [mask]
                continue
            known, mask = _planned(((name, value),), names, applied=applied)
            open_.pop(name, None)
            values |= known
            open_ |= mask
        resources.append(resource(each.type, each.name, values))
        unknown[each.address] = open_
    expressions = {each.address: {name: _expression(value) for name, value in each.arguments} for each in made}
    plan = plan_of(resources, unknown=unknown, expressions=expressions)
    if applied:
        for entry in plan["resource_changes"]:
            entry["change"] |= {"actions": ["no-op"], "before": entry["change"]["after"]}
    return plan


def _planned(
    arguments: tuple[tuple[str, Any], ...], names: dict[str, str], *, applied: bool
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The arguments that are known, and those that aren't."""
    known: dict[str, Any] = {}
    open_: dict[str, Any] = {}
    for name, value in arguments:
        given = isinstance(value, To) and value.attribute == "name" and value.address in names
        if given:
            known[name] = names[value.address]
        elif applied or not _refers(value):
            known[name] = _literal(value)
        else:
            open_[name] = True
    return known, open_


def _shown(each: Made) -> dict[str, Any]:
    """What AWS has filled in."""
    literals = {name: _literal(To(each.type, each.name, name)) for name in ("arn", "name")}
    if each.type == "aws_vpc":
        table = _literal(To(each.type, each.name, "default_route_table_id"))
        return {"default_route_table_id": table, "main_route_table_id": table}
    return literals if each.type.startswith("aws_iam") or each.type == "aws_lambda_function" else {}


def _completed(made: list[Made]) -> dict[str, dict[str, Any]]:
    """What endpoints show of their companions, once these are applied."""
    found: dict[str, dict[str, Any]] = {}
    for each in made:
        arguments = dict(each.arguments)
        if each.type == "aws_route" and arguments["route_table_id"].attribute == "id":
            routes = found.setdefault(arguments["route_table_id"].address, {}).setdefault("route", [])
            routes.append({"cidr_block": arguments["destination_cidr_block"], **_target(arguments)})
        elif "vpc_endpoint_id" in arguments:
            shown = found.setdefault(arguments["vpc_endpoint_id"].address, {})
            if "policy" in arguments:
                shown["policy"] = arguments["policy"]
            else:
                shown.setdefault("subnet_ids", []).append(_literal(arguments["subnet_id"]))
    return found


def _target(arguments: dict[str, Any]) -> dict[str, Any]:
    """A route's target as its table shows it, whatever argument it was given in."""
    target = next(_literal(value) for name, value in arguments.items() if name in {"nat_gateway_id", "gateway_id"})
    name = "nat_gateway_id" if target.startswith("nat-") else "gateway_id"
    return {"nat_gateway_id": "", "gateway_id": "", name: target}


def _id(each: Made | To) -> str:
    return f"{PREFIXES.get(each.type, each.type)}-{each.name}"


def _refers(value: Any) -> bool:
    return isinstance(value, To) or (isinstance(value, list) and any(map(_refers, value)))


def _literal(value: Any) -> Any:
    if isinstance(value, list):
        return [_literal(member) for member in value]
    if isinstance(value, To) and value.attribute == "default_route_table_id":
        return f"rtb-default-{value.name}"
    if isinstance(value, To) and value.attribute == "arn":
        return f"arn:aws:iam::111122223333:{value.type}/{value.name}"
    if isinstance(value, To) and value.type.startswith("aws_iam"):
        return value.name
    return _id(value) if isinstance(value, To) else value


def _expression(value: Any) -> Any:
    if isinstance(value, Block):
        return [{name: _expression(inner) for name, inner in value.arguments}]
    if not _refers(value):
        return {"constant_value": value}
    members = value if isinstance(value, list) else [value]
    return {
        "references": [name for member in members for name in (f"{member.address}.{member.attribute}", member.address)]
    }


def confidences(report: Report) -> set[tuple[str, str, str | None, Confidence]]:
    """How certain the answers are."""
    return {(answer.rule, answer.address, answer.about, answer.confidence) for answer in report.answers}


@settings(max_examples=250, deadline=None)
@given(networks(), st.booleans())
def test_plan_and_code_get_the_same_verdicts(made: list[Made], applied: bool) -> None:  # noqa: FBT001 (hypothesis gives it)
    """Before and after it is applied, a network gets the verdicts that its code gets; after, they are as certain."""
    with TemporaryDirectory() as folder:
        code = Path(folder) / "code"
        code.mkdir()
        (code / "main.tf").write_text(as_code(made))
        expected = judge(read(Request(paths=(code,))), load_rules())
        found = report_on(Path(folder), as_plan(made, applied=applied))
    assert verdicts(found) == verdicts(expected)
    assert verdicts(found)
    if applied:
        assert confidences(found) == confidences(expected)


@settings(max_examples=120, deadline=None)
@given(networks())
def test_plan_beside_its_code_assumes_nothing(made: list[Made]) -> None:
    """With the code at hand, the plan of a new network gets the code's verdicts with the code's confidence."""
    with TemporaryDirectory() as folder:
        code, plan = Path(folder) / "code", Path(folder) / "plan.json"
        code.mkdir()
        (code / "main.tf").write_text(as_code(made))
        plan.write_text(json.dumps(as_plan(made, applied=False)))
        reports = [
            judge(read(request), load_rules())
            for request in (Request(paths=(code,)), Request(paths=(plan,), source=code))
        ]
    told = [
        {(each.rule, each.address, each.about, each.verdict, each.confidence) for each in report.answers}
        for report in reports
    ]
    assert told[0] == told[1]
