"""What follows from a network as a whole: worked out on demand, once, and under a rule's assumptions."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec.structs import replace

from vpce_lint.condition import assume, decide_all, facts_of_all
from vpce_lint.demand.index import DemandIndex
from vpce_lint.gateways import coverage_of, is_instance
from vpce_lint.model import GatewayEndpoint, Subnet, Vpc
from vpce_lint.nat import NatPaths, Transit
from vpce_lint.routing import Routing, RoutingIndex
from vpce_lint.served import EndpointIndex, Servers
from vpce_lint.targets import Exits
from vpce_lint.traffic import Traffic
from vpce_lint.truth import FALSE, TRUE, Reason, Truth, unknown
from vpce_lint.value import Reference
from vpce_lint.zones import Zones, zones_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from vpce_lint.condition import Facts
    from vpce_lint.gateways import GatewayCoverage
    from vpce_lint.model import Gap, InterfaceEndpoint, Network, Resource, RouteTable
    from vpce_lint.nat import Egress
    from vpce_lint.served import Served
    from vpce_lint.traffic import Users
    from vpce_lint.value import Value


MOST_ASSUMPTIONS = 40
"""Under so many different assumptions all workloads are placed anew."""


class Topology:
    """A network with what follows from it, as far as its resources exist under some assumptions."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self._index = _Index(network)
        self._facts: Facts = {}
        self._assumed: dict[tuple[str, ...], Topology] = {}
        self._coverage: dict[tuple[str, str, str | None], GatewayCoverage] = {}

    def assuming(self, conditions: tuple[Value, ...]) -> Topology:
        """The same network where all of these conditions hold, in addition to what is assumed already."""
        if not conditions:
            return self
        key = tuple(condition.symbol for condition in conditions)
        assumed = self._assumed.get(key)
        if assumed is None:
            assumed = self._assumed[key] = Topology(self.network)
            assumed._index = self._index
            assumed._facts = {**self._facts, **facts_of_all(conditions)}
        return assumed

    def exists(self, resource: Resource) -> Truth:
        """Whether a resource exists, and is what its class says."""
        return decide_all(resource.when, self._facts) & resource.premise

    def assume(self, value: Value) -> Value:
        """A value as far as the assumptions decide it."""
        return assume(value, self._facts)

    def vpc(self, vpc_id: Value) -> Vpc | None:
        """The VPC with this id, where this configuration makes it; one that it takes over may hold more than is read."""
        vpc_id = self.assume(vpc_id)
        vpc = self._index.vpcs.get(vpc_id.address) if isinstance(vpc_id, Reference) else None
        return None if vpc is None or vpc.imported else vpc

    def closed(self, *resources: Resource) -> Truth:
        """Whether everything that could add to these resources has been read; if not, the gaps."""
        gaps = self._index.gaps_at(resource.address for resource in resources)
        return unknown(*(gap.reason for gap in gaps)) if gaps else TRUE

    def _closed_table(self, *resources: Resource) -> Truth:
        """The same for what is added by its own id: code that is given a VPC's id is not given its default table's."""
        unnamed = [resource for resource in resources if resource.address in self._index.vpcs]
        if len(unnamed) < len(resources):
            return self.closed(*resources)
        gaps = self._index.gaps_at(())
        return unknown(*(gap.reason for gap in gaps)) if gaps else TRUE

    @property
    def demand(self) -> DemandIndex:
        """The network's workloads and what they need."""
        return self._index.demand_under(self._facts)

    @cached_property
    def routing(self) -> Routing:
        """The route tables and routes."""
        return Routing(self._index.routing, self._facts)

    @cached_property
    def _nat(self) -> NatPaths:
        return NatPaths(self._index.exits, self._index.transit(self.closed), self.routing, self._closed_table)

    @cached_property
    def traffic(self) -> Traffic:
        """What is needed behind route tables, and what serves it."""
        servers = Servers(self._index.endpoints, self._facts)
        return Traffic(self.routing, servers, self.demand, self.closed, self._closed_table, self._index.whole)

    def table_of(self, table: RouteTable) -> RouteTable:
        """The resource that describes a route table: of a VPC's default one, what takes it over if something does."""
        return self._index.routing.stands_for(table)

    def egress(self, table: RouteTable) -> Egress:
        """How traffic of a route table's subnets to public addresses leaves: through NAT, directly, or not at all."""
        return self._nat.egress(table)

    def users(self, table: RouteTable) -> Users:
        """The subnets that use a route table, and the services that are needed there."""
        return self.traffic.users(table)

    def served(self, table: RouteTable, service: str) -> Served:
        """Whether an endpoint serves the subnets of a route table for a service of AWS."""
        return self.traffic.served(table, service)

    def zones(self, endpoint: InterfaceEndpoint) -> Zones:
        """The Availability Zones of an endpoint's subnets."""
        zones = zones_of(endpoint.subnets, self._index.subnets, self._facts)
        closed = self.closed(endpoint)
        return Zones(0, None, 0, reasons=closed.reasons) if zones.most == 0 and closed.is_unknown else zones

    def gateway_coverage(self, vpc_id: Value, service: str, *, apart_from: str | None = None) -> GatewayCoverage:
        """Whether a gateway endpoint of this service, another one than that at the address, serves the VPC.

        One that certainly has no route table serves nobody. Where nothing serves a VPC that others may
        know, or gaps could hide an endpoint, the answer is a likely no.
        """
        vpc_id = self.assume(vpc_id)
        key = (vpc_id.symbol, service, apart_from if apart_from in self._index.gateway_addresses else None)
        coverage = self._coverage.get(key)
        if coverage is None:
            near = [each for each in self._index.gateways_near(vpc_id) if each.address != apart_from]
            coverage = coverage_of(vpc_id, service, near, self._index.vpcs, self._facts)
            self._coverage[key] = coverage
        if not coverage.served.is_false:
            return coverage
        return replace(coverage, served=coverage.served | self._nothing_elsewhere(vpc_id))

    def _nothing_elsewhere(self, vpc_id: Value) -> Truth:
        """False; only likely so where code that isn't read here may have added an endpoint, open where it was too much."""
        if self._index.cut:
            return unknown(*self._index.cut)
        vpc = self.vpc(vpc_id)
        if vpc is None:
            outside = Reason(f"{vpc_id} is not made here, other code may add endpoints to it", vpc_id.span)
            return Truth(value=False, reasons=(outside,), likely=True)
        closed = self.closed(vpc)
        return FALSE if closed.is_true else Truth(value=False, reasons=closed.reasons, likely=True)


class _Index:
    """The resources of a network by what they are looked up by."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self.whole: dict[str, Truth] = {}
        self._transit: Transit | None = None
        self._demand_keys: set[str] = set()

    def gaps_at(self, addresses: Iterable[str]) -> list[Gap]:
        """The gaps that could add to the resources with these addresses, in the order of the network."""
        everywhere, by_address = self._gaps
        if not everywhere and not by_address:
            return []
        numbers = set(everywhere).union(*(by_address.get(address, ()) for address in addresses))
        return [self._network.gaps[number] for number in sorted(numbers)]

    @cached_property
    def cut(self) -> tuple[Reason, ...]:
        """The limits that cut the reading short: whatever isn't in the network may be in the code."""
        return tuple(gap.reason for gap in self._network.gaps if gap.is_limit)

    @cached_property
    def _gaps(self) -> tuple[list[int], dict[str, list[int]]]:
        """The numbers of the gaps that concern everything, then of others by address."""
        everywhere: list[int] = []
        by_address: defaultdict[str, list[int]] = defaultdict(list)
        for number, gap in enumerate(self._network.gaps):
            if gap.touches is None:
                everywhere.append(number)
            for address in gap.touches or ():
                by_address[address].append(number)
        return everywhere, by_address

    @cached_property
    def routing(self) -> RoutingIndex:
        return RoutingIndex(self._network)

    @cached_property
    def endpoints(self) -> EndpointIndex:
        return EndpointIndex(self._network, self.routing.pairing)

    @cached_property
    def exits(self) -> Exits:
        return Exits(self._network)

    @cached_property
    def demand(self) -> DemandIndex:
        return DemandIndex(self._network)

    def demand_under(self, facts: Facts) -> DemandIndex:
        """The workloads under assumptions; after many different ones without, which only leaves more open."""
        key = repr(sorted(facts.items()))
        if key not in self._demand_keys and len(self._demand_keys) >= MOST_ASSUMPTIONS:
            return self.demand
        self._demand_keys.add(key)
        return self.demand.assuming(facts)

    def transit(self, closed: Callable[..., Truth]) -> Transit:
        if self._transit is None:
            self._transit = Transit(self._network, self.routing.pairing, closed)
        return self._transit

    @cached_property
    def vpcs(self) -> dict[str, Vpc]:
        return {vpc.address: vpc for vpc in self._network.of(Vpc)}

    @cached_property
    def subnets(self) -> dict[str, Subnet]:
        return {subnet.id.symbol: subnet for subnet in self._network.of(Subnet)}

    @cached_property
    def gateway_addresses(self) -> set[str]:
        return {endpoint.address for endpoint in self._network.of(GatewayEndpoint)}

    def gateways_near(self, vpc_id: Value) -> Iterable[GatewayEndpoint]:
        """The gateway endpoints that may stand in a VPC: its own, and those whose VPC isn't certain."""
        exact, vague = self._gateways
        if is_instance(vpc_id):
            yield from exact.get(vpc_id.symbol, ())
        else:
            for group in exact.values():
                yield from group
        yield from vague

    @cached_property
    def _gateways(self) -> tuple[dict[str, list[GatewayEndpoint]], list[GatewayEndpoint]]:
        exact: defaultdict[str, list[GatewayEndpoint]] = defaultdict(list)
        vague: list[GatewayEndpoint] = []
        for endpoint in self._network.of(GatewayEndpoint):
            group = exact[endpoint.vpc.symbol] if is_instance(endpoint.vpc) else vague
            group.append(endpoint)
        return exact, vague
