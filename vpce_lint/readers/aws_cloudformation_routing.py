"""CloudFormation's AWS resource types for routing, and what they are in AWS's network: the second part of the table.

Property names and defaults: the resources' pages in the CloudFormation template reference. Nothing in a template
makes another table a VPC's main one, or takes the default one over. What associates a table with a gateway
(``AWS::EC2::GatewayRouteTableAssociation``), or attaches a gateway to a VPC, says nothing about subnets.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vpce_lint.condition import distribute
from vpce_lint.model import (
    ABSENT,
    OFF,
    DefaultRouteTable,
    DnsRecord,
    Forwarder,
    NatGateway,
    PrivateZone,
    Resource,
    Route,
    RouteTable,
    RouteTableAssociation,
    Target,
    TransitGateway,
    TransitGatewayAssociation,
    TransitGatewayAttachment,
    TransitGatewayRoute,
)
from vpce_lint.pairing import is_parameter
from vpce_lint.readers.cloudformation.comparison import as_flag
from vpce_lint.readers.cloudformation.property import joined, maps_in, part, parts
from vpce_lint.readers.default_value import or_default
from vpce_lint.truth import Reason
from vpce_lint.value import Known, Reference, Run, Sequence, Unknown, Value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from vpce_lint.readers.cloudformation.stack import Declared
    from vpce_lint.readers.joining import Completions

TARGETS = {
    "NatGatewayId": "nat_gateway",
    "GatewayId": "gateway",
    "TransitGatewayId": "transit_gateway",
    "NetworkInterfaceId": "network_interface",
    "InstanceId": "instance",
    "VpcEndpointId": "vpc_endpoint",
    "EgressOnlyInternetGatewayId": "egress_only_gateway",
    "VpcPeeringConnectionId": "peering",
    "CarrierGatewayId": "carrier_gateway",
    "LocalGatewayId": "local_gateway",
    "CoreNetworkArn": "core_network",
    "OdbNetworkArn": "odb_network",
}
"""The properties of a route that say where it leads, and the kind of target that each takes."""

PREFIX_LIST = "DestinationPrefixListId"
DESTINATIONS = ("DestinationCidrBlock", "DestinationIpv6CidrBlock")
ON = Known(value=True)


def _vpc_table(declared: Declared, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    """The route table that AWS makes together with a VPC."""
    vpc = Reference(f"{declared.address}.id", (), address=declared.address, attribute="id", resource_type=declared.type)
    yield DefaultRouteTable(vpc=vpc, **common)


def _route(declared: Declared, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    """A route; where a destination or target is written, no transform adds another: a route has one of each."""
    targets = _written(declared, TARGETS)
    destinations = _written(declared, (*DESTINATIONS, PREFIX_LIST))
    yield Route(
        table=declared.given("RouteTableId"),
        destinations=tuple(value for name, value in destinations.items() if name != PREFIX_LIST),
        prefix_list=destinations.get(PREFIX_LIST, ABSENT),
        targets=tuple(Target(TARGETS[name], value) for name, value in targets.items()),
        **common,
    )


def _written(declared: Declared, names: Iterable[str]) -> dict[str, Value]:
    """Those of some properties that are given; if none is written, those that may be given all the same."""
    names = tuple(names)
    written = [name for name in names if declared.property_node(name) is not None]
    given = {name: declared.given(name) for name in written or names}
    return {name: value for name, value in given.items() if not value.is_null.is_true}


def _association(declared: Declared, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    yield RouteTableAssociation(subnet=declared.given("SubnetId"), table=declared.given("RouteTableId"), **common)


def _nat_gateway(declared: Declared, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    yield NatGateway(
        subnet=declared.given("SubnetId"),
        connectivity=or_default(declared.given("ConnectivityType"), Known("public")),
        **common,
    )


def _forwarder(declared: Declared, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    """An instance or an interface, where it says whether traffic for others may pass it; by default it may not."""
    interfaces = parts(declared.given("NetworkInterfaces"), "NetworkInterfaceId")
    checks = as_flag(or_default(declared.given("SourceDestCheck"), ON))
    yield Forwarder(checks=checks, interfaces=interfaces, **common)


def _transit_gateway(declared: Declared, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    written = or_default(declared.given("DefaultRouteTableAssociation"), Known("enable"))
    yield TransitGateway(associates=distribute(lambda values: _is_enabled(values[0]), (written,)), **common)


def _is_enabled(value: Value) -> Value:
    """Whether a value is ``enable``, as a value."""
    same = value.is_("enable")
    if same.value is not None:
        return Known(same.value)
    return Unknown(f'({value.symbol} == "enable")', value.reasons, nullable=False)


def _attachment(declared: Declared, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    """A VPC's attachment; in a template it always follows the transit gateway's defaults."""
    yield TransitGatewayAttachment(
        gateway=declared.given("TransitGatewayId"),
        vpc=declared.given("VpcId"),
        subnets=joined(declared.given("SubnetIds"), declared.given("AddSubnetIds")),
        associates=ON,
        **common,
    )


def _transit_association(declared: Declared, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    yield TransitGatewayAssociation(
        attachment=declared.given("TransitGatewayAttachmentId"),
        table=declared.given("TransitGatewayRouteTableId"),
        **common,
    )


def _transit_route(declared: Declared, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    yield TransitGatewayRoute(
        table=declared.given("TransitGatewayRouteTableId"),
        destination=declared.given("DestinationCidrBlock"),
        attachment=declared.given("TransitGatewayAttachmentId"),
        blackhole=as_flag(or_default(declared.given("Blackhole"), OFF)),
        **common,
    )


def _zone(declared: Declared, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    """A hosted zone; without a VPC it is a public one."""
    members: list[Value] = []
    for entry, when, several in maps_in(declared.given("VPCs")):
        vpc = part(entry, "VPCId")
        if vpc.is_null.is_true:
            continue
        conditional = Run(vpc.symbol, vpc, 0, None if several else 1, when=when, distinct=True)
        members.append(conditional if when or several else vpc)
    if members:
        yield PrivateZone(name=declared.given("Name"), vpcs=Sequence(tuple(members)), **common)


def _record(declared: Declared, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    """A record that leads to another name, as an alias or a CNAME."""
    yield _record_of(declared.given, _zone_of(declared.given), declared, common)


def _record_group(declared: Declared, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    """Records of one zone; each may name a zone of its own."""
    shared = _zone_of(declared.given)
    for entry, when, several in maps_in(declared.given("RecordSets")):

        def given(name: str, entry: Value = entry) -> Value:
            return part(entry, name)

        own = _zone_of(given)
        zone = shared if own.is_null.is_true else own
        parts_ = {**common, "when": (*common["when"], *when), "family": several}
        yield _record_of(given, zone, declared, parts_)


def _zone_of(given: Callable[[str], Value]) -> Value:
    """The id of the zone of records, or what stands for the zone of a name."""
    zone, name = given("HostedZoneId"), given("HostedZoneName")
    if not zone.is_null.is_true or name.is_null.is_true:
        return zone
    why = name.reasons or (Reason(f"which zone has the name {name} is known at deployment", name.span),)
    return Unknown(f"zone of the name {name.symbol}", why, nullable=False, span=name.span)


def _record_of(given: Callable[[str], Value], zone: Value, declared: Declared, common: dict[str, Any]) -> DnsRecord:
    alias = part(given("AliasTarget"), "DNSName")
    names = joined(Sequence(()) if alias.is_null.is_true else alias, given("ResourceRecords"))
    if not isinstance(names, Sequence):
        why = names.reasons or (Reason(f"the records of {declared.address} are not known", declared.span),)
        names = Sequence((Unknown(f"{declared.address}.ResourceRecords", why),))
    plain = tuple(name.each if isinstance(name, Run) else name for name in names.members)
    return DnsRecord(zone=zone, name=given("Name"), names=Sequence(plain), **common)


ROUTING: dict[str, Callable[[Declared, dict[str, Any], Completions], Iterable[Resource]]] = {
    "AWS::EC2::VPC": _vpc_table,
    "AWS::EC2::Route": _route,
    "AWS::EC2::SubnetRouteTableAssociation": _association,
    "AWS::EC2::NatGateway": _nat_gateway,
    "AWS::EC2::Instance": _forwarder,
    "AWS::EC2::NetworkInterface": _forwarder,
    "AWS::EC2::TransitGateway": _transit_gateway,
    "AWS::EC2::TransitGatewayAttachment": _attachment,
    "AWS::EC2::TransitGatewayVpcAttachment": _attachment,
    "AWS::EC2::TransitGatewayRouteTableAssociation": _transit_association,
    "AWS::EC2::TransitGatewayRoute": _transit_route,
    "AWS::Route53::HostedZone": _zone,
    "AWS::Route53::RecordSet": _record,
    "AWS::Route53::RecordSetGroup": _record_group,
}


def found_tables(resources: Iterable[Resource]) -> Iterator[RouteTable]:
    """Route tables made elsewhere that this template gives routes to, at the first of these routes."""
    seen: set[str] = set()
    for route in resources:
        if not isinstance(route, Route) or route.table.symbol in seen:
            continue
        table = route.table
        seen.add(table.symbol)
        if not (isinstance(table, Known) or (isinstance(table, Unknown) and is_parameter(table))):
            continue
        if table.is_null.is_true or table.is_("").is_true:
            continue  # a parameter that is empty until somebody fills it in
        why = table.reasons or (Reason(f"the VPC of {table} is not known"),)
        vpc = Unknown(f"VPC of {table}", why, nullable=False)
        yield RouteTable(
            address=route.address,
            span=route.span,
            calls=route.calls,
            when=route.when,
            construct=route.construct,
            vpc=vpc,
            aliases=(table,),
            found=True,
        )
