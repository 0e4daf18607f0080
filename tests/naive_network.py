"""Random networks as plain data, their model, and a search for paths that looks at everything each time.

The search knows nothing of values, indexes or assumptions: it goes through lists from the front.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_network
from typing import TYPE_CHECKING, Any, NamedTuple

from hypothesis import strategies as st

from vpce_lint.demand.demand import Demand, Demands
from vpce_lint.model import (
    ABSENT,
    DefaultRouteTable,
    Forwarder,
    GatewayEndpoint,
    InterfaceEndpoint,
    MainRouteTableAssociation,
    NatGateway,
    Network,
    Resource,
    Route,
    RouteTable,
    RouteTableAssociation,
    Subnet,
    Target,
    Vpc,
)
from vpce_lint.source import Source, Span
from vpce_lint.truth import FALSE, TRUE, Reason, Truth
from vpce_lint.value import Known, Reference, Sequence
from vpce_lint.workload import LambdaFunction

if TYPE_CHECKING:
    from vpce_lint.value import Value

HERE = Span(Source("main.tf", b"x"), 0, 1)
SERVICES = ("s3", "dynamodb", "sqs", "ecr.api")
CIDRS = ("0.0.0.0/0", "0.0.0.0/1", "52.94.0.0/16", "10.0.0.0/8", "192.168.4.0/24", "100.64.0.0/10")
V6 = ("::/0", "64:ff9b::/96", "fd00::/8")
EXITS = ("nat", "private nat", "nat in gateway_id", "igw", "instance", "checking instance", "peering", "egress only")


class Worker(NamedTuple):
    """Its subnets, the services that it needs, whether that is all it needs, and whether it has a public address."""

    places: tuple[int, ...]
    needs: tuple[str, ...]
    is_read: bool
    public: bool


@dataclass(frozen=True)
class Plain:
    """A network: subnets and tables by their VPC's number, everything else by theirs; table -1 is a default table.

    ``main`` replaces a VPC's main table, ``routes`` are table, destination and exit, ``gateways`` service and tables,
    ``interfaces`` VPC, service, private DNS and, for S3, whether for inbound resolvers only.
    """

    vpcs: int
    subnets: tuple[int, ...]
    tables: tuple[int, ...]
    associations: dict[int, int]
    main: dict[int, int]
    routes: tuple[tuple[tuple[int, int], str, str], ...]
    gateways: tuple[tuple[str, tuple[tuple[int, int], ...]], ...]
    interfaces: tuple[tuple[int, str, bool, bool], ...]
    workers: tuple[Worker, ...]


@st.composite
def plain_networks(draw: st.DrawFn) -> Plain:
    """A network of up to two VPCs."""
    vpcs = draw(st.integers(1, 2))
    vpc = st.integers(0, vpcs - 1)
    subnets = tuple(draw(st.lists(vpc, max_size=4)))
    tables = tuple(draw(st.lists(vpc, max_size=3)))
    associations: dict[int, int] = {}
    for subnet, place in enumerate(subnets):
        own = [table for table, other in enumerate(tables) if other == place]
        if own and draw(st.integers(0, 3)):
            associations[subnet] = draw(st.sampled_from(own))
    main: dict[int, int] = {}
    for place in range(vpcs):
        own = [table for table, other in enumerate(tables) if other == place]
        if own and not draw(st.integers(0, 3)):
            main[place] = draw(st.sampled_from(own))
    any_table = st.sampled_from([(vpc, -1) for vpc in range(vpcs)] + [(place, t) for t, place in enumerate(tables)])
    routes: dict[tuple[tuple[int, int], str], str] = {}
    for _ in range(draw(st.integers(0, 6))):
        routes[draw(any_table), draw(st.sampled_from(CIDRS + V6))] = draw(st.sampled_from(EXITS))
    service = st.sampled_from(SERVICES)
    gateways = draw(
        st.lists(st.tuples(st.sampled_from(SERVICES[:2]), st.lists(any_table, max_size=3).map(tuple)), max_size=3)
    )
    interfaces = draw(st.lists(st.tuples(vpc, service, st.booleans(), st.booleans()), max_size=4))
    some_subnets = (
        st.lists(st.integers(0, len(subnets) - 1), max_size=2, unique=True).map(tuple) if subnets else st.just(())
    )
    needs = st.lists(service, max_size=2, unique=True).map(tuple)
    workers = draw(st.lists(st.builds(Worker, some_subnets, needs, st.booleans(), st.booleans()), max_size=3))
    return Plain(
        vpcs,
        subnets,
        tables,
        associations,
        main,
        tuple((table, cidr, way) for (table, cidr), way in routes.items()),
        tuple(gateways),
        tuple(interfaces),
        tuple(workers),
    )


def table_address(table: tuple[int, int]) -> str:
    """The address of a table in the model."""
    vpc, number = table
    return f"aws_vpc.v{vpc}" if number < 0 else f"aws_route_table.t{number}"


def model(plain: Plain) -> Network:
    """The same network as the model has it."""
    at: dict[str, Any] = {"span": HERE}
    vpcs = [Vpc(address=f"aws_vpc.v{number}", **at) for number in range(plain.vpcs)]
    subnets = [
        Subnet(address=f"aws_subnet.s{number}", vpc=vpcs[place].id, **at) for number, place in enumerate(plain.subnets)
    ]
    defaults = [DefaultRouteTable(address=vpc.address, vpc=vpc.id, aliases=(_default_of(vpc),), **at) for vpc in vpcs]
    tables = [
        RouteTable(address=f"aws_route_table.t{number}", vpc=vpcs[place].id, **at)
        for number, place in enumerate(plain.tables)
    ]

    def table_id(table: tuple[int, int]) -> Value:
        return _default_of(vpcs[table[0]]) if table[1] < 0 else tables[table[1]].id

    made: list[Resource] = [*vpcs, *subnets, *defaults, *tables]
    made += [
        NatGateway(address="aws_nat_gateway.public", connectivity=Known("public"), **at),
        NatGateway(address="aws_nat_gateway.private", connectivity=Known("private"), **at),
        Forwarder(address="aws_instance.nat", checks=Known(value=False), **at),
        Forwarder(address="aws_instance.app", checks=Known(value=True), **at),
    ]
    made += [
        RouteTableAssociation(
            address=f"aws_route_table_association.a{subnet}", subnet=subnets[subnet].id, table=tables[table].id, **at
        )
        for subnet, table in plain.associations.items()
    ]
    made += [
        MainRouteTableAssociation(
            address=f"aws_main_route_table_association.m{vpc}", vpc=vpcs[vpc].id, table=tables[table].id, **at
        )
        for vpc, table in plain.main.items()
    ]
    for number, (table, cidr, way) in enumerate(plain.routes):
        made.append(
            Route(
                address=f"aws_route.r{number}",
                table=table_id(table),
                destinations=(Known(cidr),),
                targets=(_target(way),),
                **at,
            )
        )
    for number, (service, listed) in enumerate(plain.gateways):
        made.append(
            GatewayEndpoint(
                address=f"aws_vpc_endpoint.g{number}",
                vpc=vpcs[0].id,
                service=_name(service),
                route_tables=Sequence(tuple(table_id(table) for table in listed)),
                **at,
            )
        )
    for number, (vpc, service, dns, inbound) in enumerate(plain.interfaces):
        made.append(
            InterfaceEndpoint(
                address=f"aws_vpc_endpoint.i{number}",
                vpc=vpcs[vpc].id,
                service=_name(service),
                subnets=Sequence((Known("subnet-1"),)),
                private_dns=Known(dns),
                only_inbound_resolvers=Known(inbound) if service == "s3" else ABSENT,
                **at,
            )
        )
    made += [
        LambdaFunction(
            address=f"aws_lambda_function.w{number}",
            subnets=Sequence(tuple(subnets[each].id for each in worker.places)),
            **at,
        )
        for number, worker in enumerate(plain.workers)
    ]
    return Network("root", tuple(made))


def _default_of(vpc: Vpc) -> Reference:
    return Reference(
        f"{vpc.address}.default_route_table_id", (), address=vpc.address, attribute="default_route_table_id"
    )


def _name(service: str) -> Known:
    return Known(f"com.amazonaws.eu-west-1.{service}")


def _id(address: str, attribute: str = "id") -> Reference:
    return Reference(f"{address}.{attribute}", (), address=address, attribute=attribute)


def _target(way: str) -> Target:
    return {
        "nat": Target("nat_gateway", _id("aws_nat_gateway.public")),
        "private nat": Target("nat_gateway", _id("aws_nat_gateway.private")),
        "nat in gateway_id": Target("gateway", _id("aws_nat_gateway.public")),
        "igw": Target("gateway", _id("aws_internet_gateway.main")),
        "instance": Target("network_interface", _id("aws_instance.nat", "primary_network_interface_id")),
        "checking instance": Target("instance", _id("aws_instance.app")),
        "peering": Target("peering", Known("pcx-1")),
        "egress only": Target("egress_only_gateway", _id("aws_egress_only_internet_gateway.main")),
    }[way]


class NeedsOf:
    """What the workers need, said instead of worked out."""

    unplaced = ()
    elsewhere = FALSE

    def __init__(self, plain: Plain, network: Network) -> None:
        self._workers = list(zip(network.of(LambdaFunction), plain.workers, strict=True))

    def assuming(self, facts: object) -> NeedsOf:
        """The same: nothing is conditional."""
        return self

    def placed_in(self, subnet_id: Value) -> list[tuple[LambdaFunction, Truth]]:
        """The workers in a subnet."""
        return [
            (function, TRUE)
            for function, worker in self._workers
            if subnet_id.symbol in {f"aws_subnet.s{place}.id" for place in worker.places}
        ]

    def has_public_address(self, function: LambdaFunction, subnet: object) -> Truth:
        """Whether it has one, in whatever subnet."""
        [public] = [worker.public for each, worker in self._workers if each is function]
        return TRUE if public else FALSE

    def demands(self, function: LambdaFunction) -> Demands:
        """Its needs, and that there may be more."""
        [worker] = [worker for each, worker in self._workers if each is function]
        unread = () if worker.is_read else (Reason("its role is not read"),)
        return Demands(tuple(Demand(service, function) for service in worker.needs), unread)


def table_of(plain: Plain, subnet: int) -> tuple[int, int]:
    """The table that a subnet uses."""
    vpc = plain.subnets[subnet]
    if subnet in plain.associations:
        return vpc, plain.associations[subnet]
    return vpc, plain.main.get(vpc, -1)


def is_public_range(cidr: str) -> bool:
    """Whether a range has an address that is routed in the internet; of translated ones, that it stands for."""
    if cidr == "64:ff9b::/96":
        return True
    return cidr in {"0.0.0.0/0", "0.0.0.0/1", "52.94.0.0/16", "::/0"}


def verdict(plain: Plain, table: tuple[int, int], service: str, baseline: set[str]) -> str:
    """What VPCE002 must say about a table and a service: by going through everything."""
    to_nat = [
        cidr
        for other, cidr, way in plain.routes
        if other == table and way in {"nat", "nat in gateway_id", "instance"} and is_public_range(cidr)
    ]
    if not to_nat:
        return "not-applicable"
    widest = min(_width(cidr) for cidr in to_nat)
    for other, cidr, way in plain.routes:
        is_direct = other == table and way == "igw" and is_public_range(cidr) and ":" not in cidr
        if is_direct and _width(cidr) <= widest:
            return "not-applicable"
    users = [subnet for subnet in range(len(plain.subnets)) if table_of(plain, subnet) == table]
    workers = [worker for worker in plain.workers if set(worker.places) & set(users)]
    needed = any(service in worker.needs for worker in workers)
    if not workers and users and service in baseline:
        needed = True
    if not needed and service not in baseline:
        return "silent"
    if serves(plain, table, service):
        return "satisfied"
    if not needed:
        return "satisfied" if all(worker.is_read for worker in workers) else "undetermined"
    return "violated"


def serves(plain: Plain, table: tuple[int, int], service: str) -> bool:
    """Whether an endpoint serves a table's subnets."""
    for other, listed in plain.gateways:
        if other == service and table in listed:
            return True
    for vpc, other, dns, inbound in plain.interfaces:
        if (vpc, other) != (table[0], service) or not dns or service == "dynamodb":
            continue
        if service != "s3" or not inbound:
            return True
    return False


def unreachable(plain: Plain, table: tuple[int, int], service: str) -> bool:
    """What VPCE008 must say: whether a worker behind the table needs a service and has no way to it."""
    needed = any(service in worker.needs for worker in confined(plain, table))
    return needed and not serves(plain, table, service)


def confined(plain: Plain, table: tuple[int, int]) -> list[Worker]:
    """The workers behind a table that can't use any route of it for public addresses."""
    users = {subnet for subnet in range(len(plain.subnets)) if table_of(plain, subnet) == table}
    found = [worker for worker in plain.workers if users & set(worker.places)]
    for other, cidr, way in plain.routes:
        if other == table and is_public_range(cidr):
            takes_public_address = way == "igw" and ":" not in cidr
            found = [worker for worker in found if takes_public_address and not worker.public]
    return found


def _width(cidr: str) -> int:
    return 0 if cidr == "64:ff9b::/96" else ip_network(cidr).prefixlen
