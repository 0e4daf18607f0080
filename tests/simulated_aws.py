"""Random networks as plain data, built in a simulated AWS (moto) and written as Terraform code.

Names are the same on both sides: ``t1`` is ``aws_route_table.t1`` in the code, and a resource of the simulation whose
id is remembered under that address.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from random import Random

REGION = "eu-west-1"
DESTINATIONS = ("0.0.0.0/0", "0.0.0.0/1", "52.94.0.0/16", "192.168.0.0/16", "172.16.0.0/12")
TARGETS = ("nat", "private_nat", "igw", "tgw", "eni")
INTERFACE_SERVICES = ("sqs", "kms", "sns")
GATEWAY_SERVICES = ("s3", "dynamodb")
DEFAULT = -1


@dataclass(frozen=True)
class Plain:
    """A network; subnets and tables belong to the VPC of that number, table -1 is a VPC's default one.

    ``associations`` are table by subnet; those in ``moved`` had another table first. ``main`` is the table that
    replaces a VPC's main one. ``routes`` are target by (VPC, table, destination). ``gateways`` are VPC, service and
    tables, ``interfaces`` VPC, service, subnets and whether private DNS is on.
    """

    vpcs: int
    subnets: tuple[int, ...]
    tables: tuple[int, ...]
    associations: dict[int, int]
    moved: frozenset[int]
    main: dict[int, int]
    routes: dict[tuple[int, int, str], str]
    gateways: tuple[tuple[int, str, tuple[int, ...]], ...]
    interfaces: tuple[tuple[int, str, tuple[int, ...], bool], ...]


def random_network(random: Random) -> Plain:
    """A small network in which everything may occur."""
    vpcs = random.randint(1, 2)
    subnets = tuple(random.randrange(vpcs) for _ in range(random.randint(2, 5)))
    tables = tuple(random.randrange(vpcs) for _ in range(random.randint(1, 4)))

    def tables_of(vpc: int) -> list[int]:
        return [number for number, owner in enumerate(tables) if owner == vpc]

    associations = {
        subnet: random.choice(own)
        for subnet, vpc in enumerate(subnets)
        if (own := tables_of(vpc)) and random.random() < 0.6
    }
    main = {vpc: random.choice(own) for vpc in range(vpcs) if (own := tables_of(vpc)) and random.random() < 0.4}
    places = [(vpc, DEFAULT) for vpc in range(vpcs)] + [(vpc, number) for number, vpc in enumerate(tables)]
    routes = {
        (vpc, table, destination): random.choice(TARGETS)
        for vpc, table in places
        for destination in DESTINATIONS
        if random.random() < 0.3
    }
    gateways = tuple(
        (vpc, service, tuple(table for table in (DEFAULT, *tables_of(vpc)) if random.random() < 0.5))
        for vpc in range(vpcs)
        for service in GATEWAY_SERVICES
        if random.random() < 0.5
    )
    interfaces = tuple(
        (vpc, service, tuple(own), random.random() < 0.6)
        for vpc in range(vpcs)
        for service in INTERFACE_SERVICES
        if (own := [number for number, owner in enumerate(subnets) if owner == vpc][:2]) and random.random() < 0.4
    )
    moved = frozenset(subnet for subnet in associations if random.random() < 0.3)
    return Plain(vpcs, subnets, tables, associations, moved, main, routes, gateways, interfaces)


def as_terraform(network: Plain) -> str:
    """The network as the code of a root module."""
    blocks = [
        f'provider "aws" {{\n  region = "{REGION}"\n}}',
        _block("aws_ec2_transit_gateway", "tgw"),
        _block("aws_eip", "e"),
    ]
    for vpc in range(network.vpcs):
        of_vpc = {"vpc_id": f"aws_vpc.v{vpc}.id"}
        blocks += [
            _block(
                "aws_vpc",
                f"v{vpc}",
                cidr_block=f'"10.{vpc}.0.0/16"',
                enable_dns_support="true",
                enable_dns_hostnames="true",
            ),
            _block("aws_internet_gateway", f"igw{vpc}", **of_vpc),
            _block("aws_subnet", f"home{vpc}", **of_vpc, cidr_block=f'"10.{vpc}.255.0/24"'),
            _block("aws_nat_gateway", f"nat{vpc}", subnet_id=f"aws_subnet.home{vpc}.id", allocation_id="aws_eip.e.id"),
            _block(
                "aws_nat_gateway",
                f"private_nat{vpc}",
                subnet_id=f"aws_subnet.home{vpc}.id",
                connectivity_type='"private"',
            ),
            _block(
                "aws_network_interface", f"eni{vpc}", subnet_id=f"aws_subnet.home{vpc}.id", source_dest_check="false"
            ),
        ]
    for number, vpc in enumerate(network.subnets):
        blocks.append(
            _block("aws_subnet", f"s{number}", vpc_id=f"aws_vpc.v{vpc}.id", cidr_block=f'"10.{vpc}.{number}.0/24"')
        )
    blocks += [
        _block("aws_route_table", f"t{number}", vpc_id=f"aws_vpc.v{vpc}.id")
        for number, vpc in enumerate(network.tables)
    ]
    for subnet, table in network.associations.items():
        blocks.append(
            _block(
                "aws_route_table_association",
                f"a{subnet}",
                subnet_id=f"aws_subnet.s{subnet}.id",
                route_table_id=f"aws_route_table.t{table}.id",
            )
        )
    for vpc, table in network.main.items():
        blocks.append(
            _block(
                "aws_main_route_table_association",
                f"m{vpc}",
                vpc_id=f"aws_vpc.v{vpc}.id",
                route_table_id=f"aws_route_table.t{table}.id",
            )
        )
    for number, ((vpc, table, destination), target) in enumerate(network.routes.items()):
        argument, type_, name = _TERRAFORM_TARGETS[target]
        to = f"{type_}.{name}{'' if target == 'tgw' else vpc}.id"
        arguments = {"route_table_id": _table(vpc, table), "destination_cidr_block": f'"{destination}"', argument: to}
        blocks.append(_block("aws_route", f"r{number}", **arguments))
    for vpc, service, tables in network.gateways:
        blocks.append(
            _block(
                "aws_vpc_endpoint",
                f"{service}{vpc}",
                vpc_id=f"aws_vpc.v{vpc}.id",
                service_name=f'"com.amazonaws.{REGION}.{service}"',
                route_table_ids=f"[{', '.join(_table(vpc, table) for table in tables)}]",
            )
        )
    for vpc, service, subnets, private_dns in network.interfaces:
        blocks.append(
            _block(
                "aws_vpc_endpoint",
                f"{service}{vpc}",
                vpc_id=f"aws_vpc.v{vpc}.id",
                service_name=f'"com.amazonaws.{REGION}.{service}"',
                vpc_endpoint_type='"Interface"',
                private_dns_enabled=str(private_dns).lower(),
                subnet_ids=f"[{', '.join(f'aws_subnet.s{number}.id' for number in subnets)}]",
            )
        )
    return "\n".join(blocks)


_TERRAFORM_TARGETS = {
    "nat": ("nat_gateway_id", "aws_nat_gateway", "nat"),
    "private_nat": ("nat_gateway_id", "aws_nat_gateway", "private_nat"),
    "igw": ("gateway_id", "aws_internet_gateway", "igw"),
    "tgw": ("transit_gateway_id", "aws_ec2_transit_gateway", "tgw"),
    "eni": ("network_interface_id", "aws_network_interface", "eni"),
}


def _block(type_: str, name: str, **arguments: str) -> str:
    return "\n".join(
        [f'resource "{type_}" "{name}" {{', *(f"  {key} = {value}" for key, value in arguments.items()), "}"]
    )


def _table(vpc: int, table: int) -> str:
    return f"aws_vpc.v{vpc}.default_route_table_id" if table == DEFAULT else f"aws_route_table.t{table}.id"


def table_address(vpc: int, table: int) -> str:
    """A table's address in the model: of a VPC's default table the VPC's."""
    return f"aws_vpc.v{vpc}" if table == DEFAULT else f"aws_route_table.t{table}"


class Deployment:
    """A network as it stands in the simulated AWS, maybe beside others, and what AWS says about it, by address."""

    def __init__(self, ec2: Any, network: Plain) -> None:
        self._ec2 = ec2
        self._ids: dict[str, str] = {}
        self._addresses: dict[str, str] = {}
        self._build(network)

    def _make(self, address: str, id_: str) -> str:
        self._ids[address] = id_
        self._addresses[id_] = address
        return id_

    def _build(self, network: Plain) -> None:
        ec2 = self._ec2
        self._make("aws_ec2_transit_gateway.tgw", ec2.create_transit_gateway()["TransitGateway"]["TransitGatewayId"])
        for vpc in range(network.vpcs):
            self._build_vpc(vpc)
        for number, vpc in enumerate(network.subnets):
            made = ec2.create_subnet(VpcId=self._ids[f"aws_vpc.v{vpc}"], CidrBlock=f"10.{vpc}.{number}.0/24")
            self._make(f"aws_subnet.s{number}", made["Subnet"]["SubnetId"])
        for number, vpc in enumerate(network.tables):
            made = ec2.create_route_table(VpcId=self._ids[f"aws_vpc.v{vpc}"])
            self._make(f"aws_route_table.t{number}", made["RouteTable"]["RouteTableId"])
        for subnet, table in network.associations.items():
            self._associate(network, subnet, table)
        for vpc, table in network.main.items():
            main = self._main_association(vpc)
            ec2.replace_route_table_association(AssociationId=main, RouteTableId=self._ids[f"aws_route_table.t{table}"])
        for (vpc, table, destination), target in network.routes.items():
            argument, address = _SIMULATED_TARGETS[target]
            to = self._ids[address if target == "tgw" else f"{address}{vpc}"]
            ec2.create_route(RouteTableId=self._table(vpc, table), DestinationCidrBlock=destination, **{argument: to})
        self._build_endpoints(network)

    def _build_vpc(self, vpc: int) -> None:
        ec2 = self._ec2
        vpc_id = self._make(f"aws_vpc.v{vpc}", ec2.create_vpc(CidrBlock=f"10.{vpc}.0.0/16")["Vpc"]["VpcId"])
        for attribute in ("EnableDnsSupport", "EnableDnsHostnames"):
            ec2.modify_vpc_attribute(VpcId=vpc_id, **{attribute: {"Value": True}})
        [default] = self._tables(("vpc-id", vpc_id))
        self._addresses[default["RouteTableId"]] = f"aws_vpc.v{vpc}"
        self._ids[f"default table {vpc}"] = default["RouteTableId"]
        gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc_id)
        self._make(f"aws_internet_gateway.igw{vpc}", gateway)
        home = ec2.create_subnet(VpcId=vpc_id, CidrBlock=f"10.{vpc}.255.0/24")["Subnet"]["SubnetId"]
        self._make(f"aws_subnet.home{vpc}", home)
        allocation = ec2.allocate_address(Domain="vpc")["AllocationId"]
        public = ec2.create_nat_gateway(SubnetId=home, AllocationId=allocation, ConnectivityType="public")
        self._make(f"aws_nat_gateway.nat{vpc}", public["NatGateway"]["NatGatewayId"])
        private = ec2.create_nat_gateway(SubnetId=home, ConnectivityType="private")
        self._make(f"aws_nat_gateway.private_nat{vpc}", private["NatGateway"]["NatGatewayId"])
        interface = ec2.create_network_interface(SubnetId=home)["NetworkInterface"]["NetworkInterfaceId"]
        ec2.modify_network_interface_attribute(NetworkInterfaceId=interface, SourceDestCheck={"Value": False})
        self._make(f"aws_network_interface.eni{vpc}", interface)

    def _associate(self, network: Plain, subnet: int, table: int) -> None:
        """Give a subnet a table; one that was moved had the first table of the VPC before."""
        first = table
        if subnet in network.moved:
            first = network.tables.index(network.subnets[subnet])
        made = self._ec2.associate_route_table(
            SubnetId=self._ids[f"aws_subnet.s{subnet}"], RouteTableId=self._ids[f"aws_route_table.t{first}"]
        )
        if first != table:
            self._ec2.replace_route_table_association(
                AssociationId=made["AssociationId"], RouteTableId=self._ids[f"aws_route_table.t{table}"]
            )

    def _build_endpoints(self, network: Plain) -> None:
        for vpc, service, tables in network.gateways:
            made = self._ec2.create_vpc_endpoint(
                VpcId=self._ids[f"aws_vpc.v{vpc}"],
                ServiceName=f"com.amazonaws.{REGION}.{service}",
                VpcEndpointType="Gateway",
                RouteTableIds=[self._table(vpc, table) for table in tables],
            )
            self._make(f"aws_vpc_endpoint.{service}{vpc}", made["VpcEndpoint"]["VpcEndpointId"])
        for vpc, service, subnets, private_dns in network.interfaces:
            made = self._ec2.create_vpc_endpoint(
                VpcId=self._ids[f"aws_vpc.v{vpc}"],
                ServiceName=f"com.amazonaws.{REGION}.{service}",
                VpcEndpointType="Interface",
                SubnetIds=[self._ids[f"aws_subnet.s{number}"] for number in subnets],
                PrivateDnsEnabled=private_dns,
            )
            self._make(f"aws_vpc_endpoint.{service}{vpc}", made["VpcEndpoint"]["VpcEndpointId"])

    def _table(self, vpc: int, table: int) -> str:
        return self._ids[f"default table {vpc}" if table == DEFAULT else f"aws_route_table.t{table}"]

    def _tables(self, *filters: tuple[str, str]) -> list[dict[str, Any]]:
        wanted = [{"Name": name, "Values": [value]} for name, value in filters]
        found: list[dict[str, Any]] = self._ec2.describe_route_tables(Filters=wanted)["RouteTables"]
        return found

    def _main_association(self, vpc: int) -> str:
        [table] = self._tables(("vpc-id", self._ids[f"aws_vpc.v{vpc}"]), ("association.main", "true"))
        [found] = [each["RouteTableAssociationId"] for each in table["Associations"] if each["Main"]]
        return str(found)

    def associated_table(self, subnet: int) -> str | None:
        """The table that a subnet is associated with."""
        found = self._tables(("association.subnet-id", self._ids[f"aws_subnet.s{subnet}"]))
        return self._addresses[found[0]["RouteTableId"]] if found else None

    def main_table(self, vpc: int) -> str:
        """A VPC's main table."""
        [found] = self._tables(("vpc-id", self._ids[f"aws_vpc.v{vpc}"]), ("association.main", "true"))
        return self._addresses[found["RouteTableId"]]

    def routes(self, table: str, vpc: int, number: int) -> set[tuple[str, str]]:
        """Destination and target of the routes of a table, apart from the local one and those of endpoints."""
        [found] = self._ec2.describe_route_tables(RouteTableIds=[self._table(vpc, number)])["RouteTables"]
        assert self._addresses[found["RouteTableId"]] == table
        routes: set[tuple[str, str]] = set()
        for route in found["Routes"]:
            target = next(route[key] for key in _ROUTE_TARGETS if route.get(key))
            if target != "local" and not target.startswith("vpce-"):
                routes.add((route["DestinationCidrBlock"], self._addresses[target]))
        return routes

    def public_nat_gateways(self) -> set[str]:
        """The NAT gateways with a way to the internet."""
        found = self._ec2.describe_nat_gateways()["NatGateways"]
        return {
            self._addresses[each["NatGatewayId"]]
            for each in found
            if each["NatGatewayId"] in self._addresses and each["ConnectivityType"] == "public"
        }

    def endpoints(self) -> dict[str, dict[str, Any]]:
        """Every endpoint: type, service, VPC, private DNS, and the addresses of its tables and subnets.

        Gateway endpoints have no private DNS, whatever the simulation says.
        """
        return {
            self._addresses[each["VpcEndpointId"]]: {
                "type": each["VpcEndpointType"],
                "service": each["ServiceName"],
                "vpc": self._addresses[each["VpcId"]],
                "private_dns": each["VpcEndpointType"] == "Interface" and each["PrivateDnsEnabled"],
                "tables": {self._addresses[id_] for id_ in each.get("RouteTableIds", ())},
                "subnets": {self._addresses[id_] for id_ in each.get("SubnetIds", ())},
            }
            for each in self._ec2.describe_vpc_endpoints()["VpcEndpoints"]
            if each["VpcEndpointId"] in self._addresses
        }


_SIMULATED_TARGETS = {
    "nat": ("NatGatewayId", "aws_nat_gateway.nat"),
    "private_nat": ("NatGatewayId", "aws_nat_gateway.private_nat"),
    "igw": ("GatewayId", "aws_internet_gateway.igw"),
    "tgw": ("TransitGatewayId", "aws_ec2_transit_gateway.tgw"),
    "eni": ("NetworkInterfaceId", "aws_network_interface.eni"),
}
_ROUTE_TARGETS = ("NatGatewayId", "GatewayId", "TransitGatewayId", "NetworkInterfaceId")
