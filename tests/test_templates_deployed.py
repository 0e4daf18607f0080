"""Templates of the fixtures, deployed into moto's CloudFormation: its EC2 has the routes and associations that are read.

Where moto, with what it needs for CloudFormation, is not installed, the test is skipped.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from vpce_lint.model import (
    DefaultRouteTable,
    GatewayEndpoint,
    InterfaceEndpoint,
    Network,
    Route,
    RouteTable,
    RouteTableAssociation,
)
from vpce_lint.readers.read import read
from vpce_lint.readers.request import Request
from vpce_lint.value import Reference, Sequence, Value

if TYPE_CHECKING:
    from collections.abc import Iterator

FIXTURES = Path(__file__).parents[1] / "fixtures"
DEPLOYED = (
    "aws-traffic-through-nat/fail/endpoint_for_another_table_template/template.yaml",
    "aws-traffic-through-nat/fail/worker_needs_sqs_template/template.yaml",
    "aws-traffic-through-nat/pass/gateway_endpoints_template/template.yaml",
    "aws-traffic-through-nat/pass/public_subnet_template/template.yaml",
    "one-network/yaml/template.yaml",
    "one-network/json/template.json",
)
"""Those that name nothing from outside which moto doesn't have."""


@pytest.fixture
def clients() -> Iterator[Any]:
    """Clients of moto's AWS by service, with a subnet and an address for what the templates take from outside."""
    moto = pytest.importorskip("moto")
    boto3 = pytest.importorskip("boto3")
    pytest.importorskip("openapi_spec_validator", reason="moto's part for CloudFormation is not installed")
    with moto.mock_aws():
        yield lambda service: boto3.client(
            service,
            region_name="eu-west-1",
            aws_access_key_id="x",
            aws_secret_access_key="x",  # noqa: S106 (no secret)
        )


def deployed(clients: Any, text: str) -> dict[str, str]:
    """The ids of a template's resources by logical id."""
    ec2, cloudformation = clients("ec2"), clients("cloudformation")
    outside = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=outside, CidrBlock="10.9.0.0/24")["Subnet"]["SubnetId"]
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    group = ec2.create_security_group(GroupName="g", Description="g", VpcId=outside)["GroupId"]
    for name, real in (("subnet-0a1b2c3d", subnet), ("eipalloc-0a1b2c3d", address), ("sg-0a1b2c3d", group)):
        text = text.replace(name, real)
    cloudformation.create_stack(StackName="s", TemplateBody=text, Capabilities=["CAPABILITY_NAMED_IAM"])
    listed = cloudformation.describe_stack_resources(StackName="s")["StackResources"]
    return {each["LogicalResourceId"]: each["PhysicalResourceId"] for each in listed if "PhysicalResourceId" in each}


def real(value: Value, ids: dict[str, str]) -> str:
    """The id that a value has in AWS."""
    return ids[value.address] if isinstance(value, Reference) else str(value)


def real_list(values: Value, ids: dict[str, str]) -> set[str]:
    """The ids that the members of a list have."""
    assert isinstance(values, Sequence)
    return {real(member, ids) for member in values.members}


def associations() -> Iterator[str]:
    """Table and subnet of all associations; moto's stacks keep them apart from the tables that its EC2 describes."""
    models = pytest.importorskip("moto.ec2.models")
    for regions in models.ec2_backends.values():
        yield from regions["eu-west-1"].subnet_associations


@pytest.mark.filterwarnings("ignore:Tried to parse AWS.*not supported by moto")
@pytest.mark.parametrize("path", DEPLOYED)
def test_what_is_read_is_what_is_deployed(clients: Any, path: str) -> None:
    """Routes, associations, and the tables and subnets of endpoints are the same in the model and in moto's EC2."""
    ids = deployed(clients, (FIXTURES / path).read_text("utf-8"))
    [network] = read(Request(paths=(FIXTURES / path,))).networks
    ec2 = clients("ec2")
    made = [each for each in network.of(RouteTable) if not isinstance(each, DefaultRouteTable)]
    tables = ec2.describe_route_tables(RouteTableIds=[ids[table.address] for table in made])["RouteTables"]
    assert routes_read(network, ids) == {
        (table["RouteTableId"], route["DestinationCidrBlock"], route.get("NatGatewayId") or route.get("GatewayId"))
        for table in tables
        for route in table["Routes"]
        if route.get("GatewayId") != "local" and "DestinationCidrBlock" in route
    }
    assert {f"{real(each.table, ids)}:{real(each.subnet, ids)}" for each in network.of(RouteTableAssociation)} == set(
        associations()
    )
    endpoints = {each["VpcEndpointId"]: each for each in ec2.describe_vpc_endpoints()["VpcEndpoints"]}
    for gateway in network.of(GatewayEndpoint):
        assert real_list(gateway.route_tables, ids) == set(endpoints[ids[gateway.address]]["RouteTableIds"])
    for interface in network.of(InterfaceEndpoint):
        assert real_list(interface.subnets, ids) == set(endpoints[ids[interface.address]]["SubnetIds"])


def routes_read(network: Network, ids: dict[str, str]) -> set[tuple[str, str, str]]:
    """Routes as they are read: table, destination, target."""
    return {
        (real(route.table, ids), str(route.destinations[0]), real(target.id, ids))
        for route in network.of(Route)
        for target in route.targets
    }
