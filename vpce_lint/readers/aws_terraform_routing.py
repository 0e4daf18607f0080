"""Terraform's AWS resource types for routing, and what they are in AWS's network: the second half of the table.

Attribute names and defaults: the resources' pages in the documentation of Terraform's AWS provider.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vpce_lint.condition import choose, distribute
from vpce_lint.model import (
    ABSENT,
    OFF,
    DefaultRouteTable,
    DnsRecord,
    Firewall,
    Forwarder,
    MainRouteTableAssociation,
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
from vpce_lint.readers.default_value import or_default
from vpce_lint.regex import regex
from vpce_lint.truth import Reason
from vpce_lint.value import Choice, Known, Mapping, Reference, Run, Sequence, Unknown, Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vpce_lint.readers.described import DescribedResource, Translation
    from vpce_lint.readers.joining import Completions
    from vpce_lint.source import Span

TARGETS = {
    "nat_gateway_id": "nat_gateway",
    "gateway_id": "gateway",
    "transit_gateway_id": "transit_gateway",
    "network_interface_id": "network_interface",
    "instance_id": "instance",
    "vpc_endpoint_id": "vpc_endpoint",
    "egress_only_gateway_id": "egress_only_gateway",
    "vpc_peering_connection_id": "peering",
    "carrier_gateway_id": "carrier_gateway",
    "local_gateway_id": "local_gateway",
    "core_network_arn": "core_network",
    "odb_network_arn": "odb_network",
}
"""The arguments of a route that say where it leads, and the kind of target that each takes."""

_OWN_TABLE = regex(r"(?<!data\.)\baws_(?:default_)?(?:route_table|vpc)\.|…")
"""What is in an id that may be that of a route table of this configuration."""

INLINE_DESTINATIONS = ("cidr_block", "ipv6_cidr_block")
DESTINATIONS = ("destination_cidr_block", "destination_ipv6_cidr_block")
ON = Known(value=True)


def _vpc_table(instance: DescribedResource, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    """The route table that AWS makes together with a VPC."""
    vpc = instance.computed("id")
    aliases = (instance.computed("default_route_table_id"),)
    found = instance.type == "aws_default_vpc" or instance.is_imported
    yield DefaultRouteTable(vpc=vpc, aliases=aliases, found=found, **common)


def _route_table(instance: DescribedResource, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    yield RouteTable(vpc=instance.argument("vpc_id"), found=instance.is_imported, **common)
    yield from _inline_routes(instance, common)


def _default_route_table(instance: DescribedResource, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    """A VPC's own table, taken over; what AWS put there is removed, so that its routes are those of the code."""
    given = instance.argument("default_route_table_id")
    if isinstance(given, Reference) and given.attribute in {"default_route_table_id", "main_route_table_id"}:
        name = f"{given.address}.id"
        vpc: Value = Reference(name, (), address=given.address, attribute="id", family=given.family, key=given.key)
    else:
        vpc = Unknown(f"{instance.address}.vpc_id", given.reasons, nullable=False)
    yield DefaultRouteTable(vpc=vpc, aliases=(given,), **common)
    yield from _inline_routes(instance, common)


def _inline_routes(instance: DescribedResource, common: dict[str, Any]) -> Iterator[Resource]:
    address = instance.address
    table = Reference(f"{address}.id", (), address=address, attribute="id", family=instance.family, key=instance.key)
    for block in instance.nested("route"):
        yield Route(
            table=table,
            inline=True,
            destinations=_given(block.given(name).at(block.span) for name in INLINE_DESTINATIONS),
            prefix_list=_unset(block.given("destination_prefix_list_id")),
            targets=_targets({name: block.given(name) for name in TARGETS}, block.span),
            **{**common, "span": block.span, "when": block.when},
        )
    listed = instance.listed("route")
    if listed is not None:
        yield from _listed_routes(listed, table, common)


def _listed_routes(routes: Value, table: Value, common: dict[str, Any]) -> Iterator[Resource]:
    """Routes as members of a list: ``route = [{ ... }]``."""
    if isinstance(routes, Choice):
        for condition, side in ((routes.condition, routes.then), (_negated(routes.condition), routes.otherwise)):
            yield from _listed_routes(side.at(routes.span), table, {**common, "when": (*common["when"], condition)})
        return
    if routes.is_null.is_true:
        return
    members = routes.members if isinstance(routes, Sequence) else (Run(routes.symbol, routes),)
    for member in members:
        when = common["when"]
        entry = member
        if isinstance(member, Run):
            open_ = Unknown(f"{member.name} has members", member.reasons or routes.reasons, nullable=False)
            entry = member.each
            when = (*when, *(member.when or ((open_,) if not member.least else ())))
        span = entry.span or routes.span or common["span"]
        parts = {**common, "span": span, "when": when}
        if isinstance(entry, Mapping) and not entry.runs:
            found = {name: value.at(value.span or span) for name, value in entry.entries.items()}
            yield Route(
                table=table,
                inline=True,
                destinations=_given(found.get(name, ABSENT) for name in INLINE_DESTINATIONS),
                prefix_list=_unset(found.get("destination_prefix_list_id", ABSENT)),
                targets=_targets({name: found.get(name, ABSENT) for name in TARGETS}, span),
                **parts,
            )
        else:
            yield Route(
                table=table,
                inline=True,
                destinations=(Unknown(f"destination of {entry.symbol}", entry.reasons),),
                targets=(Target("unknown", Unknown(f"target of {entry.symbol}", entry.reasons)),),
                **parts,
            )


def _negated(condition: Value) -> Value:
    return Unknown(f"!{condition.symbol}", condition.reasons, formula=("not", (condition,)), nullable=False)


def _route(instance: DescribedResource, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    yield Route(
        table=instance.argument("route_table_id"),
        destinations=_given(instance.argument(name) for name in DESTINATIONS),
        prefix_list=_unset(instance.argument("destination_prefix_list_id")),
        targets=_targets({name: instance.argument(name) for name in TARGETS}, instance.span),
        **common,
    )


def _unset(value: Value) -> Value:
    """``null`` for an empty string too, which the provider takes for nothing."""
    return distribute(lambda values: ABSENT if values[0].is_("").is_true else values[0], (value,)).at(value.span)


def _given(values: Iterable[Value]) -> tuple[Value, ...]:
    unset = [_unset(value) for value in values]
    return tuple(value for value in unset if not value.is_null.is_true)


def _targets(arguments: dict[str, Value], span: Span) -> tuple[Target, ...]:
    found = {name: _unset(value) for name, value in arguments.items()}
    there = {name: value for name, value in found.items() if not value.is_null.is_true}
    return tuple(Target(TARGETS[name], value.at(value.span or span)) for name, value in there.items())


def _association(instance: DescribedResource, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    yield RouteTableAssociation(
        subnet=instance.argument("subnet_id"), table=instance.argument("route_table_id"), **common
    )


def _main_association(instance: DescribedResource, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    yield MainRouteTableAssociation(
        vpc=instance.argument("vpc_id"), table=instance.argument("route_table_id"), **common
    )


def _nat_gateway(instance: DescribedResource, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    yield NatGateway(
        subnet=instance.argument("subnet_id"),
        connectivity=or_default(instance.argument("connectivity_type"), Known("public")),
        **common,
    )


def _forwarder(instance: DescribedResource, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    """An instance or an interface, where it says whether traffic for others may pass it; by default it may not."""
    interfaces = tuple(block.given("network_interface_id") for block in instance.nested("network_interface"))
    interfaces += tuple(block.given("network_interface_id") for block in instance.nested("primary_network_interface"))
    if instance.written("source_dest_check") is None and not interfaces:
        return
    yield Forwarder(
        checks=or_default(instance.argument("source_dest_check"), ON), interfaces=Sequence(_given(interfaces)), **common
    )


def _transit_gateway(instance: DescribedResource, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    written = or_default(instance.argument("default_route_table_association"), Known("enable"))
    associates = choose(_is(written, "enable"), ON, OFF)
    yield TransitGateway(associates=associates, **common)


def _is(value: Value, wanted: str) -> Value:
    """Whether a value is a string, as a value."""
    same = value.is_(wanted)
    if same.value is not None:
        return Known(same.value)
    return Unknown(f'({value.symbol} == "{wanted}")', value.reasons, nullable=False)


def _attachment(instance: DescribedResource, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    yield TransitGatewayAttachment(
        gateway=instance.argument("transit_gateway_id"),
        vpc=instance.argument("vpc_id"),
        subnets=instance.argument("subnet_ids"),
        associates=or_default(instance.argument("transit_gateway_default_route_table_association"), ON),
        **common,
    )


def _transit_association(instance: DescribedResource, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    yield TransitGatewayAssociation(
        attachment=instance.argument("transit_gateway_attachment_id"),
        table=instance.argument("transit_gateway_route_table_id"),
        **common,
    )


def _transit_route(instance: DescribedResource, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    yield TransitGatewayRoute(
        table=instance.argument("transit_gateway_route_table_id"),
        destination=instance.argument("destination_cidr_block"),
        attachment=instance.argument("transit_gateway_attachment_id"),
        blackhole=or_default(instance.argument("blackhole"), OFF),
        **common,
    )


def _firewall(instance: DescribedResource, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    subnets = [block.given("subnet_id") for block in instance.nested("subnet_mapping")]
    yield Firewall(subnets=Sequence(tuple(subnets)), **common)


def _zone(instance: DescribedResource, common: dict[str, Any], more: Completions) -> Iterable[Resource]:
    """A hosted zone; without a VPC it is a public one."""
    members: list[Value] = []
    for block in instance.nested("vpc"):
        vpc = block.given("vpc_id")
        if block.family or block.when:
            members.append(Run(vpc.symbol, vpc, 0, block.most, when=block.when, distinct=True))
        else:
            members.append(vpc)
    vpcs = more.add("vpcs", Sequence(tuple(members)))
    if isinstance(vpcs, Sequence) and not vpcs.members:
        return
    yield PrivateZone(name=instance.argument("name"), vpcs=vpcs, **common)


def _record(instance: DescribedResource, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    """A record that leads to another name, as an alias or a CNAME."""
    names = [block.given("name") for block in instance.nested("alias")]
    records = instance.argument("records")
    if not names and isinstance(records, Sequence):
        names = [member.each if isinstance(member, Run) else member for member in records.members]
    elif not names and not records.is_null.is_true:
        names = [Unknown(f"{instance.address}.records", records.reasons or (Reason("its records are not known"),))]
    yield DnsRecord(
        zone=instance.argument("zone_id"), name=instance.argument("name"), names=Sequence(tuple(names)), **common
    )


def zone_id(instance: DescribedResource) -> Value:
    """A hosted zone's id, which is its ``id`` under another name."""
    return instance.computed("id")


ROUTING: dict[str, Translation] = {
    "aws_vpc": _vpc_table,
    "aws_default_vpc": _vpc_table,
    "aws_route_table": _route_table,
    "aws_default_route_table": _default_route_table,
    "aws_route": _route,
    "aws_route_table_association": _association,
    "aws_main_route_table_association": _main_association,
    "aws_nat_gateway": _nat_gateway,
    "aws_instance": _forwarder,
    "aws_network_interface": _forwarder,
    "aws_ec2_transit_gateway": _transit_gateway,
    "aws_ec2_transit_gateway_vpc_attachment": _attachment,
    "aws_ec2_transit_gateway_route_table_association": _transit_association,
    "aws_ec2_transit_gateway_route": _transit_route,
    "aws_networkfirewall_firewall": _firewall,
    "aws_route53_zone": _zone,
    "aws_route53_record": _record,
}


def found_tables(resources: Iterable[Resource]) -> Iterator[RouteTable]:
    """Route tables made elsewhere that this configuration gives routes to, at the first of these routes."""
    seen: set[str] = set()
    for route in resources:
        if not isinstance(route, Route) or route.inline or route.table.symbol in seen:
            continue
        table = route.table
        seen.add(table.symbol)
        if table.is_("").is_true:
            continue  # a variable that is empty until somebody fills it in
        if isinstance(table, Known) or (isinstance(table, Unknown) and _is_elsewhere(table)):
            vpc = Unknown(
                f"VPC of {table}", table.reasons or (Reason(f"the VPC of {table} is not known"),), nullable=False
            )
            yield RouteTable(
                address=route.address,
                span=route.span,
                calls=route.calls,
                when=route.when,
                family=route.family,
                key=route.key,
                vpc=vpc,
                aliases=(table,),
                found=True,
            )


def _is_elsewhere(table: Unknown) -> bool:
    """Whether an id can't be that of a table of this configuration by what it is computed from."""
    return not isinstance(table, Reference) and _OWN_TABLE.search(table.symbol) is None
