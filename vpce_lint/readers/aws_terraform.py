"""Terraform's AWS resource types, and what they are in AWS's network: the table.

Attribute names and defaults: the resources' pages in the documentation of Terraform's AWS provider.
A function of ``PRIMARY`` makes a resource of the model from one instance; the companions of
``COMPANIONS`` complete such a resource from outside it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from vpce_lint.condition import choose, distribute, facts_of
from vpce_lint.model import (
    ABSENT,
    OFF,
    Endpoint,
    EndpointService,
    GatewayEndpoint,
    GatewayLoadBalancerEndpoint,
    InterfaceEndpoint,
    Resource,
    ResourceEndpoint,
    ServiceNetworkEndpoint,
    Subnet,
    Vpc,
)
from vpce_lint.readers.aws_terraform_routing import zone_id
from vpce_lint.readers.default_value import or_default
from vpce_lint.readers.terraform.spread import run_of
from vpce_lint.truth import gather
from vpce_lint.value import Choice, Known, Reference, Run, Sequence, Text, Unknown, Value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from vpce_lint.readers.described import DescribedResource, Translation
    from vpce_lint.readers.joining import Completions

ENDPOINT_TYPES: dict[str, type[Endpoint]] = {
    "Gateway": GatewayEndpoint,
    "Interface": InterfaceEndpoint,
    "GatewayLoadBalancer": GatewayLoadBalancerEndpoint,
    "Resource": ResourceEndpoint,
    "ServiceNetwork": ServiceNetworkEndpoint,
}

SERVICELESS = {"Resource", "ServiceNetwork"}
"""Types of endpoints that name an ARN instead of a service."""


class Companion(Struct, frozen=True):
    """A resource type that adds to, or sets, an attribute of another.

    ``target`` names the argument with the other's id, ``argument`` the one with what is added,
    ``slot`` the attribute of the model that it goes to.
    """

    target: str
    argument: str
    slot: str


COMPANIONS = {
    "aws_vpc_endpoint_policy": Companion("vpc_endpoint_id", "policy", "policy"),
    "aws_vpc_endpoint_private_dns": Companion("vpc_endpoint_id", "private_dns_enabled", "private_dns"),
    "aws_vpc_endpoint_subnet_association": Companion("vpc_endpoint_id", "subnet_id", "subnets"),
    "aws_vpc_endpoint_route_table_association": Companion("vpc_endpoint_id", "route_table_id", "route_tables"),
    "aws_vpc_endpoint_service_allowed_principal": Companion("vpc_endpoint_service_id", "principal_arn", "principals"),
    "aws_route53_zone_association": Companion("zone_id", "vpc_id", "vpcs"),
}


def _vpc(instance: DescribedResource, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    yield Vpc(
        imported=instance.type == "aws_default_vpc" or instance.is_imported,
        dns_support=_decided(instance, "enable_dns_support"),
        dns_hostnames=_decided(instance, "enable_dns_hostnames"),
        **common,
    )


def _decided(instance: DescribedResource, name: str) -> Value:
    """An argument, ``null`` where it is left to AWS, which a plan shows as not yet known."""
    value = instance.argument(name)
    return ABSENT if value.symbol == instance.computed(name).symbol else value


def _subnet(instance: DescribedResource, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    yield Subnet(
        vpc=instance.argument("vpc_id"),
        zone=instance.argument("availability_zone"),
        zone_id=instance.argument("availability_zone_id"),
        maps_public=or_default(
            instance.argument("map_public_ip_on_launch"), Known(instance.type == "aws_default_subnet")
        ),
        **common,
    )


def _found_subnet(instance: DescribedResource, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    """A subnet that is looked up, where its zone is part of the question."""
    zone, zone_id = instance.argument("availability_zone"), instance.argument("availability_zone_id")
    for block in instance.nested("filter"):
        values = block.given("values")
        if isinstance(values, Sequence) and values.is_exact and len(values.members) == 1:
            name = block.given("name")
            if isinstance(values.members[0], Known | Text) and re.search(r"[*?]", str(values.members[0])):
                continue  # a pattern finds subnets in several zones
            zone = values.members[0] if name.is_("availability-zone").is_true else zone
            zone_id = values.members[0] if name.is_("availability-zone-id").is_true else zone_id
    keys = [key.symbol for key in instance.iterated]
    yield Subnet(
        vpc=instance.argument("vpc_id"),
        zone=zone,
        zone_id=zone_id,
        found=True,
        zones_differ=bool(keys) and keys[0] in {zone.symbol, zone_id.symbol},
        **{**common, "address": instance.found_address},
    )


def _endpoint(instance: DescribedResource, common: dict[str, Any], more: Completions) -> Iterable[Resource]:
    """An endpoint, as each type that it may have; the premise says whether it has it."""
    written = instance.argument("vpc_endpoint_type")
    kind = distribute(lambda values: _default_type(instance) if values[0].is_null.is_true else values[0], (written,))
    service = instance.argument("service_name")
    for name, model in ENDPOINT_TYPES.items():
        premise = kind.is_(name)
        if premise.is_false or (name in SERVICELESS and service.is_null.is_false):
            continue
        if name == "Gateway" and premise.is_unknown and isinstance(service, Reference):
            continue  # nobody but AWS offers services with gateway endpoints
        slots: dict[str, Any] = {}
        if name == "Gateway":
            slots["route_tables"] = more.add("route_tables", sequence_of(instance.argument("route_table_ids")))
        elif name == "Interface":
            slots["subnets"] = more.add("subnets", _endpoint_subnets(instance))
            slots["private_dns"] = more.replace(
                "private_dns", or_default(instance.argument("private_dns_enabled"), OFF)
            )
            slots["only_inbound_resolvers"] = _only_inbound_resolvers(instance)
        yield model(
            vpc=instance.argument("vpc_id"),
            service=service,
            service_region=instance.argument("service_region"),
            policy=more.replace("policy", instance.argument("policy")),
            premise=premise,
            **slots,
            **common,
        )


def _default_type(instance: DescribedResource) -> Value:
    """The type where none is given: Gateway, or what the ARN instead of a service name says."""
    if instance.written("resource_configuration_arn") is not None:
        return Known("Resource")
    return Known("ServiceNetwork" if instance.written("service_network_arn") is not None else "Gateway")


def _endpoint_subnets(instance: DescribedResource) -> Value:
    """``subnet_ids``, and the subnets of ``subnet_configuration`` blocks that aren't among them."""
    inline = instance.argument("subnet_ids")
    members: list[Value] = []
    for block in instance.nested("subnet_configuration"):
        subnet = block.written("subnet_id")
        if subnet is None or subnet.is_null.is_true:
            continue
        if block.family or block.when:
            members.append(Run(subnet.symbol, subnet, 0, block.most, when=block.when, distinct=True))
        else:
            members.append(subnet)
    if not members:
        return sequence_of(inline)
    return distribute(lambda values: _extended(values[0], members), (sequence_of(inline),))


def _only_inbound_resolvers(instance: DescribedResource) -> Value:
    """``private_dns_only_for_inbound_resolver_endpoint`` of the ``dns_options`` block; ``null`` without one."""
    value: Value = ABSENT
    for block in instance.nested("dns_options"):
        given = block.given("private_dns_only_for_inbound_resolver_endpoint")
        if block.family:
            return Unknown(f"dns_options of {instance.address}", gather(given.reasons), span=block.span)
        for condition in block.when:
            given = choose(condition, given, value)
        value = given
    return value


def _extended(sequence: Value, members: Iterable[Value]) -> Value:
    present = sequence.members if isinstance(sequence, Sequence) else ()
    fresh = [member for member in members if not any(member.equals(old).is_true for old in present)]
    return Sequence((*present, *fresh), span=sequence.span)


def _endpoint_service(instance: DescribedResource, common: dict[str, Any], more: Completions) -> Iterable[Resource]:
    yield EndpointService(
        principals=more.add("principals", sequence_of(instance.argument("allowed_principals"))),
        acceptance_required=instance.argument("acceptance_required"),
        **common,
    )


PRIMARY: dict[str, Translation] = {
    "aws_vpc": _vpc,
    "aws_default_vpc": _vpc,
    "aws_subnet": _subnet,
    "aws_default_subnet": _subnet,
    "aws_vpc_endpoint": _endpoint,
    "aws_vpc_endpoint_service": _endpoint_service,
}


def _service_type(instance: DescribedResource) -> Value | None:
    """The type of one's own endpoint service, which its load balancers decide."""
    for argument, kind in (
        ("network_load_balancer_arns", "Interface"),
        ("gateway_load_balancer_arns", "GatewayLoadBalancer"),
    ):
        if instance.given(argument).is_null.is_false:
            return Known(kind, span=instance.span)
    return None


COMPUTED: dict[tuple[str, str], Callable[[DescribedResource], Value | None]] = {
    ("aws_vpc_endpoint_service", "service_type"): _service_type,
    ("aws_route53_zone", "zone_id"): zone_id,
}
"""Attributes that AWS fills in, and that the arguments decide all the same."""

FOUND: dict[str, Translation] = {
    "aws_subnet": _found_subnet,
}
"""Data sources that find resources of the model."""


def sequence_of(value: Value) -> Value:
    """A list of ids as a sequence, or a choice between sequences; ``null`` has no members."""
    if isinstance(value, Choice):
        then, otherwise = sequence_of(value.then), sequence_of(value.otherwise)
        return choose(value.condition, then, otherwise).at(value.span)
    if isinstance(value, Sequence):
        return Sequence(tuple(_flat(value.members)), value.kind, span=value.span)
    if value.is_null.is_true:
        return Sequence((), span=value.span)
    if isinstance(value, Unknown):
        return Sequence((run_of(value),), span=value.span)
    return Sequence((Run(value.symbol, Unknown(f"{value.symbol}[*]", gather(value.reasons))),), span=value.span)


def _flat(members: Iterable[Value]) -> Iterable[Value]:
    """Terraform 0.11 wrapped lists in lists; members that are ``null`` are left out by the provider."""
    for member in members:
        if isinstance(member, Sequence):
            yield from _flat(member.members)
        elif isinstance(member, Choice) and (member.then.is_null.is_true or member.otherwise.is_null.is_true):
            holds = member.otherwise.is_null.is_true
            there = member.then if holds else member.otherwise
            facts = facts_of(member.condition, holds=holds)
            when = tuple(Unknown(name, member.condition.reasons) for name, wanted in facts.items() if wanted)
            yield Run(there.symbol, there, 0, 1, when=when)
        elif not member.is_null.is_true:
            yield member
