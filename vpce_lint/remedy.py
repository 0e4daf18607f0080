"""What to do so that a service of AWS is reached from a route table's subnets through an endpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vpce_lint.services import GATEWAY_SERVICES

if TYPE_CHECKING:
    from vpce_lint.model import RouteTable
    from vpce_lint.topology import Topology


def remedy(table: RouteTable, service: str, topology: Topology) -> str:
    """In the imperative: what an endpoint that stands there already lacks, or else which one to add."""
    aside = topology.served(table, service).aside
    there = {server.how: server.at.address for server in reversed(aside)}
    if service in GATEWAY_SERVICES:
        if "gateway endpoint" in there:
            return f"give {there['gateway endpoint']} the route table {table.name} too"
        return f"add a gateway endpoint for {GATEWAY_SERVICES[service]} and give it {table.name}"
    about_vpc = next((server.fix for server in aside if server.fix), "")
    if about_vpc:
        return about_vpc
    if "interface endpoint" in there:
        return f"turn on private DNS of {there['interface endpoint']}"
    vpc = topology.vpc(table.vpc)
    return f"add an interface endpoint for {service}, with private DNS, to {vpc.address if vpc else f'the VPC of {table.name}'}"
