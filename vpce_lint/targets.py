"""Where a route leads: to NAT, to the internet, or elsewhere.

A target is told by the class of the resource that its id refers to, by the data source that it comes from, or by the
prefix of a literal id (EC2 User Guide, "Resource IDs"), whatever argument it is written in: a NAT gateway's id in
``gateway_id`` works all the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from msgspec import Struct

from vpce_lint.model import Forwarder, NatGateway, Resource
from vpce_lint.pairing import LONGEST_NAME, block_of, pick_of
from vpce_lint.regex import regex
from vpce_lint.truth import FALSE, TRUE, Reason, Truth, unknown
from vpce_lint.value import Known, Reference, Unknown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vpce_lint.model import Network
    from vpce_lint.value import Value

_FOUND = regex(r"(?:module\.[\w-]+(?:\[[^\[\]]*\])?\.)*data\.(aws_\w+)\.[\w-]+(?:\[[^\[\]]*\])?\.\w+(?:\[[^\[\]]*\])?")

CLASSES = {
    "aws_nat_gateway": "nat_gateway",
    "aws_nat_gateways": "nat_gateway",
    "aws_internet_gateway": "internet_gateway",
    "aws_egress_only_internet_gateway": "egress_only_gateway",
    "aws_instance": "instance",
    "aws_spot_instance_request": "unknown",
    "aws_network_interface": "network_interface",
    "aws_ec2_transit_gateway": "transit_gateway",
    "aws_vpn_gateway": "vpn_gateway",
    "aws_vpc_endpoint": "vpc_endpoint",
    "aws_vpc_peering_connection": "peering",
    "aws_ec2_carrier_gateway": "carrier_gateway",
    "aws_networkmanager_core_network": "core_network",
    "aws_networkfirewall_firewall": "vpc_endpoint",
    "AWS::EC2::NatGateway": "nat_gateway",
    "AWS::EC2::InternetGateway": "internet_gateway",
    "AWS::EC2::EgressOnlyInternetGateway": "egress_only_gateway",
    "AWS::EC2::Instance": "instance",
    "AWS::EC2::NetworkInterface": "network_interface",
    "AWS::EC2::TransitGateway": "transit_gateway",
    "AWS::EC2::VPNGateway": "vpn_gateway",
    "AWS::EC2::VPCEndpoint": "vpc_endpoint",
    "AWS::EC2::VPCPeeringConnection": "peering",
    "AWS::EC2::CarrierGateway": "carrier_gateway",
    "AWS::NetworkManager::CoreNetwork": "core_network",
    "AWS::NetworkFirewall::Firewall": "vpc_endpoint",
}
"""Resource types, and data sources of the same names, by the kind of target that they are."""

PREFIXES = {
    "nat-": "nat_gateway",
    "igw-": "internet_gateway",
    "eigw-": "egress_only_gateway",
    "i-": "instance",
    "eni-": "network_interface",
    "tgw-": "transit_gateway",
    "vgw-": "vpn_gateway",
    "vpce-": "vpc_endpoint",
    "pcx-": "peering",
    "cagw-": "carrier_gateway",
    "lgw-": "local_gateway",
    "local": "local",
    "arn:": "core_network",
}
"""How ids of AWS begin, by the kind of target."""

MOST_INSTANCES = 50
"""So many instances of a block are looked at where a reference may mean any of them; further ones are like these."""

LONGEST_TARGET = 120
"""A target's expression with more characters is not shown."""

BY_ARGUMENT = {"gateway": "unknown"}
"""Arguments that take several kinds, so that they don't tell which it is."""

NO_NAT = {
    "internet_gateway",
    "egress_only_gateway",
    "vpn_gateway",
    "peering",
    "carrier_gateway",
    "local_gateway",
    "odb_network",
    "local",
}
"""Kinds that are no way to a NAT gateway: what leaves the VPC through them doesn't come to another VPC's NAT.

Peering is not transitive: NAT gateways are not reached through it (VPC Peering Guide, "Edge to edge routing").
"""


class Step(Struct, frozen=True):
    """A place on the way, with what is to be seen there."""

    at: Value | Resource
    label: str


class Exit(Struct, frozen=True):
    """Whether a target does NAT to the internet, and whether it is an internet gateway; ``name`` is what it is called."""

    nat: Truth
    internet: Truth
    kind: str
    name: str
    steps: tuple[Step, ...] = ()
    follow: Value | None = None


def kind_of(argument: str, target: Value) -> str:
    """The kind of a target by its id; by the argument, where the id tells nothing."""
    if isinstance(target, Known):
        text = str(target.value)
        kinds = [kind for prefix, kind in PREFIXES.items() if text.startswith(prefix)]
        return kinds[0] if kinds else BY_ARGUMENT.get(argument, argument)
    type_ = resource_type_of(target)
    if type_ is not None:
        kind = CLASSES.get(type_)
        return kind if kind is not None else BY_ARGUMENT.get(argument, argument)
    return BY_ARGUMENT.get(argument, argument)


def resource_type_of(target: Value) -> str | None:
    """The type of the resource, or of Terraform's data source, that an id comes from."""
    if isinstance(target, Reference) and target.resource_type:
        return target.resource_type
    pick = pick_of(target)
    if pick is not None:
        return _type_in(pick.block)
    if isinstance(target, Reference):
        return _type_in(block_of(target.address))
    return _type_of_data_source(target) if isinstance(target, Unknown) else None


def _type_in(block: str) -> str | None:
    """The type in one of Terraform's addresses."""
    parts = block.split(".")
    return parts[-2] if len(parts) > 1 else None


def _type_of_data_source(target: Unknown) -> str | None:
    found = _FOUND.fullmatch(target.name) if len(target.name) <= LONGEST_NAME else None
    return found[1] if found else None


R = TypeVar("R", bound=Resource)


class _Blocks(Generic[R]):
    """Resources by their address and by their block's."""

    def __init__(self, resources: Iterable[R]) -> None:
        self._by_address: dict[str, R] = {}
        self._by_block: dict[str, list[R]] = {}
        for resource in resources:
            self._by_address.setdefault(resource.address, resource)
            self._by_block.setdefault(block_of(resource.address), []).append(resource)

    def near(self, address: str) -> list[R]:
        """The resource with this address, else those of its block, as many as are looked at."""
        exact = self._by_address.get(address)
        return [exact] if exact is not None else self._by_block.get(block_of(address), [])[:MOST_INSTANCES]


class Exits:
    """The ways out of the VPCs of a network."""

    def __init__(self, network: Network) -> None:
        self._nat = _Blocks(network.of(NatGateway))
        self._forwarders = _Blocks(network.of(Forwarder))

    def exit_at(self, argument: str, target: Value) -> Exit:
        """What a route's target is; a transit gateway is ``follow``ed by who asks."""
        kind = kind_of(argument, target)
        name = _name(target, kind)
        if kind == "nat_gateway":
            return self._nat_gateway(target, name)
        if kind == "internet_gateway":
            return Exit(FALSE, TRUE, kind, name)
        if kind in {"instance", "network_interface"}:
            return self._forwarder(kind, target, name)
        if kind in NO_NAT:
            return Exit(FALSE, FALSE, kind, name)
        if kind == "transit_gateway":
            return Exit(unknown(_elsewhere(target, name)), FALSE, kind, name, follow=target)
        if kind in {"vpc_endpoint", "core_network"}:
            words = Reason(f"where traffic goes from {name} is not followed", target.span)
            return Exit(unknown(words), FALSE, kind, name)
        open_ = unknown(*target.reasons or (Reason(f"what {name} is can't be told", target.span),))
        return Exit(open_, open_ if argument in {"gateway", "unknown"} else FALSE, "unknown", name)

    def _nat_gateway(self, target: Value, name: str) -> Exit:
        pick = pick_of(target)
        if pick is None:
            if not isinstance(target, Known) and resource_type_of(target) is None:
                words = target.reasons or (Reason(f"what {name} is can't be told", target.span),)
                return Exit(unknown(*words), FALSE, "nat_gateway", name)
            return Exit(_taken(f"{name} is taken to be a public NAT gateway", target), FALSE, "nat_gateway", name)
        private: list[Truth] = []
        steps: list[Step] = []
        for gateway in self._nat.near(pick.address):
            private.append(gateway.connectivity.is_("private"))
            kind = "a private NAT gateway" if private[-1].is_true else "the NAT gateway"
            steps.append(Step(gateway, f"{gateway.address} is {kind}"))
        first = private[0] if private else unknown(Reason(f"{name} is not read", target.span))
        if any(each.value is not first.value for each in private):
            first = unknown(Reason(f"which NAT gateway {target} is can't be told", target.span))
        return Exit(~first, FALSE, "nat_gateway", name, tuple(steps[:1]))

    def _forwarder(self, kind: str, target: Value, name: str) -> Exit:
        if resource_type_of(target) is None or not isinstance(target, Unknown) or _type_of_data_source(target):
            words = target.reasons or (Reason(f"{name} is not made here, it may do NAT", target.span),)
            return Exit(unknown(*words), FALSE, kind, name)
        pick = pick_of(target)
        address = pick.address if pick else target.address if isinstance(target, Reference) else ""
        truth = FALSE
        steps: list[Step] = []
        for each in self._all(address):
            may = each.checks.is_(False)
            truth |= (
                _taken(f"{each.address} passes on traffic for others, it is taken to do NAT", each.checks)
                if may.is_true
                else may
            )
            if not may.is_false and not steps:
                steps.append(Step(each, f"{each.address} passes on traffic for others"))
        return Exit(truth, FALSE, kind, name, tuple(steps))

    def _all(self, address: str) -> Iterator[Forwarder]:
        """The instance or interface, and the interfaces that the instance is given."""
        for each in self._forwarders.near(address):
            yield each
            for interface in getattr(each.interfaces, "members", ()):
                pick = pick_of(interface)
                if pick is not None:
                    yield from self._forwarders.near(pick.address)


def _name(target: Value, kind: str) -> str:
    """What people call a target; an expression that nobody would read by its kind."""
    pick = pick_of(target)
    name = pick.address if pick is not None and not isinstance(target, Known) else str(target)
    if pick is not None or len(name) <= LONGEST_TARGET:
        return name
    words = kind.replace("_", " ").replace("vpc", "VPC").replace("nat ", "NAT ").replace("unknown", "target")
    return f"the {words} that its route names"


def _taken(words: str, target: Value) -> Truth:
    return Truth(value=True, reasons=(Reason(words, target.span),), likely=True)


def _elsewhere(target: Value, name: str) -> Reason:
    return Reason(f"where {name} leads is not written here", target.span)
