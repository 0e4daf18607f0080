"""The same networks, deployed into a simulated AWS and read from Terraform code, are the same networks."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto import mock_aws
from simulated_aws import (
    DEFAULT,
    GATEWAY_SERVICES,
    INTERFACE_SERVICES,
    REGION,
    Deployment,
    as_terraform,
    random_network,
    table_address,
)

from vpce_lint.model import GatewayEndpoint, InterfaceEndpoint, RouteTable
from vpce_lint.pairing import pick_of
from vpce_lint.readers.read import read
from vpce_lint.readers.request import Request
from vpce_lint.topology import Topology

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from simulated_aws import Plain

    from vpce_lint.value import Value

PUBLIC = {"0.0.0.0/0", "0.0.0.0/1", "52.94.0.0/16"}


@pytest.fixture(scope="module")
def ec2() -> Iterator[Any]:
    """A client of a simulated AWS, with credentials that are none; all networks of this module lie side by side."""
    with mock_aws():
        nobody = {"aws_access_key_id": "none", "aws_secret_access_key": "none"}
        yield boto3.client("ec2", region_name=REGION, **nobody)


@pytest.mark.parametrize("seed", range(16))
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # what the simulation uses is not ours
def test_network_is_the_same_in_simulated_aws(seed: int, ec2: Any, tmp_path: Path) -> None:
    """Effective route tables, routes, endpoints, NAT and what is served agree with what AWS says is there."""
    network = random_network(Random(seed))  # noqa: S311 (no secret is made of it)
    deployed = Deployment(ec2, network)
    (tmp_path / "main.tf").write_text(as_terraform(network))
    reading = read(Request(paths=(), roots=(tmp_path,)))
    assert reading.problems == ()
    [model] = reading.networks
    topology = Topology(model)
    _compare_tables(network, deployed, topology)
    _compare_routes(network, deployed, topology)
    _compare_endpoints(deployed, topology)
    _compare_paths(network, deployed, topology)


def _compare_tables(network: Plain, deployed: Deployment, topology: Topology) -> None:
    """The table of each subnet, and whether it is there by an association."""
    for number, vpc in enumerate(network.subnets):
        subnet = topology.routing.index.subnets[f"aws_subnet.s{number}"]
        associated = deployed.associated_table(number)
        [use] = topology.routing.tables_of(subnet)
        assert use.truth.is_true
        assert (use.table.address, use.association is not None) == (
            associated or deployed.main_table(vpc),
            associated is not None,
        )


def _tables(network: Plain) -> list[tuple[int, int]]:
    return [(vpc, DEFAULT) for vpc in range(network.vpcs)] + [(vpc, each) for each, vpc in enumerate(network.tables)]


def _table(topology: Topology, address: str) -> RouteTable:
    [found] = [each for each in topology.network.of(RouteTable) if each.address == address]
    return found


def _address(value: Value) -> str:
    pick = pick_of(value)
    if pick is not None:
        return pick.address
    return str(value).removesuffix(".default_route_table_id")


def _compare_routes(network: Plain, deployed: Deployment, topology: Topology) -> None:
    """The routes of each table."""
    for vpc, number in _tables(network):
        address = table_address(vpc, number)
        routes = set()
        for route, link in topology.routing.routes_of(_table(topology, address)):
            assert link.every.is_true
            [destination], [target] = route.destinations, route.targets
            routes.add((str(getattr(destination, "value", None)), _address(target.id)))
        assert routes == deployed.routes(address, vpc, number)


def _compare_endpoints(deployed: Deployment, topology: Topology) -> None:
    """The endpoints with what they are attached to."""
    found: dict[str, dict[str, Any]] = {}
    for each in topology.network.of(GatewayEndpoint):
        found[each.address] = _described(each, "Gateway", tables=_members(each.route_tables))
    for other in topology.network.of(InterfaceEndpoint):
        private_dns = other.private_dns.is_(True).is_true
        found[other.address] = _described(other, "Interface", _members(other.subnets), private_dns=private_dns)
    assert found == deployed.endpoints()


def _described(
    endpoint: GatewayEndpoint | InterfaceEndpoint,
    type_: str,
    subnets: set[str] | None = None,
    tables: set[str] | None = None,
    *,
    private_dns: bool = False,
) -> dict[str, Any]:
    return {
        "type": type_,
        "service": getattr(endpoint.service, "value", None),
        "vpc": _address(endpoint.vpc),
        "private_dns": private_dns,
        "tables": tables or set(),
        "subnets": subnets or set(),
    }


def _members(value: Value) -> set[str]:
    return {_address(member) for member in getattr(value, "members", ())}


def _compare_paths(network: Plain, deployed: Deployment, topology: Topology) -> None:
    """Whether there is NAT behind each table, and which services have endpoints there."""
    nat = deployed.public_nat_gateways() | {f"aws_network_interface.eni{vpc}" for vpc in range(network.vpcs)}
    endpoints = deployed.endpoints().values()
    for vpc, number in _tables(network):
        address = table_address(vpc, number)
        table = _table(topology, address)
        routes = [target for destination, target in deployed.routes(address, vpc, number) if destination in PUBLIC]
        egress = topology.egress(table)
        through_transit = any("transit" in target for target in routes)
        expected = True if any(target in nat for target in routes) else None if through_transit else False
        assert egress.nat.value is expected, address
        assert egress.default.is_true == bool(routes)
        for service in (*GATEWAY_SERVICES, *INTERFACE_SERVICES):
            name = f"com.amazonaws.{REGION}.{service}"
            served = any(
                each["service"] == name
                and (address in each["tables"] or (each["private_dns"] and each["vpc"] == f"aws_vpc.v{vpc}"))
                for each in endpoints
            )
            assert topology.served(table, service).served.value is served, (address, service)
