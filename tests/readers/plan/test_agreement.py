"""Small networks at random, as code and as plans of it: the same verdicts.

The plans are written by hand of a model that knows no expressions: once as Terraform would print them before
anything exists, with what refers to what, and once after everything was applied, with literal ids.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.readers.plan.documents import plan_of, report_on, resource, verdicts
from vpce_lint.engine import judge
from vpce_lint.loader import load_rules
from vpce_lint.readers.read import Request, read

DEFAULT = '{"Statement":[{"Action":"*","Effect":"Allow","Principal":"*","Resource":"*"}],"Version":"2008-10-17"}'
NARROW = '{"Statement":[{"Action":"s3:GetObject","Effect":"Allow","Principal":"*","Resource":"*"}]}'
PREFIXES = {"aws_vpc": "vpc", "aws_subnet": "subnet", "aws_route_table": "rtb", "aws_vpc_endpoint": "vpce"}
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
    }
}
"""What the provider shows where nothing is given, once it is applied."""

COMPUTED = {"aws_vpc_endpoint": sorted({*FILLED_IN["aws_vpc_endpoint"], "id", "arn"} - {"vpc_endpoint_type"})}


@dataclass(frozen=True)
class To:
    """A reference to the id of a resource, by type and name."""

    type: str
    name: str

    @property
    def address(self) -> str:
        """The resource's address."""
        return f"{self.type}.{self.name}"


@dataclass(frozen=True)
class Made:
    """A resource with its arguments: literals, references, or lists of either."""

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
    tables = [Made("aws_route_table", "t0", (("vpc_id", draw(of_vpc)),))]
    made = [*vpcs, *subnets, *tables]
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


def as_code(made: list[Made]) -> str:
    """The network in Terraform's language."""
    blocks = []
    for each in made:
        lines = [f"  {name} = {_code(value)}\n" for name, value in each.arguments]
        blocks.append(f'resource "{each.type}" "{each.name}" {{\n{"".join(lines)}}}\n')
    return 'provider "aws" {\n  region = "eu-west-1"\n}\n' + "".join(blocks)


def _code(value: Any) -> str:
    if isinstance(value, To):
        return f"{value.address}.id"
    if isinstance(value, list):
        return f"[{', '.join(map(_code, value))}]"
    return json.dumps(value)


def as_plan(made: list[Made], *, applied: bool) -> dict[str, Any]:
    """The plan for it, before or after it was applied."""
    resources, unknown = [], {}
    completed = _completed(made) if applied else {}
    for each in made:
        values: dict[str, Any] = {"vpc_endpoint_type": "Gateway"} if each.type == "aws_vpc_endpoint" else {}
        open_ = dict.fromkeys(COMPUTED.get(each.type, ["id", "arn"]), True)
        if applied:
            values = {"id": _id(each), **FILLED_IN.get(each.type, {}), **completed.get(each.address, {})}
            open_ = {}
        for name, value in each.arguments:
            if applied or not _refers(value):
                values[name] = _literal(value)
                open_.pop(name, None)
            else:
                open_[name] = True
        resources.append(resource(each.type, each.name, values))
        unknown[each.address] = open_
    expressions = {each.address: {name: _expression(value) for name, value in each.arguments} for each in made}
    plan = plan_of(resources, unknown=unknown, expressions=expressions)
    if applied:
        for entry in plan["resource_changes"]:
            entry["change"] |= {"actions": ["no-op"], "before": entry["change"]["after"]}
    return plan


def _completed(made: list[Made]) -> dict[str, dict[str, Any]]:
    """What endpoints show of their companions, once these are applied."""
    found: dict[str, dict[str, Any]] = {}
    for each in made:
        arguments = dict(each.arguments)
        if "vpc_endpoint_id" in arguments:
            shown = found.setdefault(arguments["vpc_endpoint_id"].address, {})
            if "policy" in arguments:
                shown["policy"] = arguments["policy"]
            else:
                shown.setdefault("subnet_ids", []).append(_literal(arguments["subnet_id"]))
    return found


def _id(each: Made | To) -> str:
    return f"{PREFIXES.get(each.type, each.type)}-{each.name}"


def _refers(value: Any) -> bool:
    return isinstance(value, To) or (isinstance(value, list) and any(map(_refers, value)))


def _literal(value: Any) -> Any:
    if isinstance(value, list):
        return [_literal(member) for member in value]
    return _id(value) if isinstance(value, To) else value


def _expression(value: Any) -> dict[str, Any]:
    if not _refers(value):
        return {"constant_value": value}
    members = value if isinstance(value, list) else [value]
    return {"references": [name for member in members for name in (f"{member.address}.id", member.address)]}


@settings(max_examples=250, deadline=None)
@given(networks(), st.booleans())
def test_plan_and_code_get_the_same_verdicts(made: list[Made], applied: bool) -> None:  # noqa: FBT001 (hypothesis gives it)
    """Before and after it is applied, a network gets the verdicts that its code gets."""
    with TemporaryDirectory() as folder:
        code = Path(folder) / "code"
        code.mkdir()
        (code / "main.tf").write_text(as_code(made))
        expected = verdicts(judge(read(Request(paths=(code,))), load_rules()))
        found = verdicts(report_on(Path(folder), as_plan(made, applied=applied)))
    assert found == expected
    assert found


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
