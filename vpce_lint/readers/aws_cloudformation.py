"""CloudFormation's AWS resource types, and what they are in AWS's network: the table.

Property names and defaults: the resources' pages in the CloudFormation template reference. A function of
``PRIMARY`` makes a resource of the model from one that is declared; the companions of ``COMPANIONS``
complete such a resource from outside it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from vpce_lint.condition import choose, distribute
from vpce_lint.model import (
    OFF,
    Endpoint,
    EndpointService,
    GatewayEndpoint,
    GatewayLoadBalancerEndpoint,
    InterfaceEndpoint,
    Resource,
    ResourceEndpoint,
    RouteTable,
    ServiceNetworkEndpoint,
    Subnet,
    Vpc,
)
from vpce_lint.readers.cloudformation.comparison import as_flag
from vpce_lint.readers.cloudformation.intrinsics import items_of
from vpce_lint.readers.cloudformation.json_document import decoded, encoded
from vpce_lint.readers.default_value import or_default
from vpce_lint.truth import Reason
from vpce_lint.value import Choice, Known, Text, Unknown, Value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from vpce_lint.readers.cloudformation.stack import Declared
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

REFERENCES = {
    "AWS::ECS::Service": "arn",
    "AWS::ECS::TaskDefinition": "arn",
    "AWS::ElasticLoadBalancingV2::LoadBalancer": "arn",
    "AWS::ElasticLoadBalancingV2::Listener": "arn",
    "AWS::ElasticLoadBalancingV2::TargetGroup": "arn",
    "AWS::IAM::ManagedPolicy": "arn",
    "AWS::SNS::Topic": "arn",
    "AWS::SecretsManager::Secret": "arn",
}
"""What ``Ref`` gives of a resource where that isn't its id, or the name that serves as one."""

IDENTITIES = {
    "AWS::EC2::CarrierGateway": {"CarrierGatewayId"},
    "AWS::EC2::EgressOnlyInternetGateway": {"Id"},
    "AWS::EC2::Instance": {"InstanceId"},
    "AWS::EC2::InternetGateway": {"InternetGatewayId"},
    "AWS::EC2::LaunchTemplate": {"LaunchTemplateId"},
    "AWS::EC2::NatGateway": {"NatGatewayId"},
    "AWS::EC2::NetworkInterface": {"Id"},
    "AWS::EC2::RouteTable": {"RouteTableId"},
    "AWS::EC2::Subnet": {"SubnetId"},
    "AWS::EC2::TransitGateway": {"Id"},
    "AWS::EC2::TransitGatewayAttachment": {"Id"},
    "AWS::EC2::TransitGatewayRouteTable": {"TransitGatewayRouteTableId"},
    "AWS::EC2::TransitGatewayVpcAttachment": {"Id"},
    "AWS::EC2::VPC": {"VpcId"},
    "AWS::EC2::VPCEndpoint": {"Id"},
    "AWS::EC2::VPCEndpointService": {"ServiceId"},
    "AWS::EC2::VPCPeeringConnection": {"Id"},
    "AWS::EC2::VPNGateway": {"VPNGatewayId"},
    "AWS::Route53::HostedZone": {"Id"},
}
"""Attributes that are the resource's id."""

ECHOES = {
    "AWS::EC2::Subnet": {
        "AvailabilityZone": "AvailabilityZone",
        "AvailabilityZoneId": "AvailabilityZoneId",
        "CidrBlock": "CidrBlock",
        "VpcId": "VpcId",
    },
    "AWS::EC2::VPC": {"CidrBlock": "CidrBlock"},
}
"""Attributes that are what the property says, where it says anything."""


class Companion(Struct, frozen=True):
    """A resource type that adds to an attribute of another.

    ``target`` names the property with the other's id, ``property`` the one with a list of what is added,
    ``slot`` the attribute of the model that it goes to.
    """

    target: str
    property: str
    slot: str


COMPANIONS = {
    "AWS::EC2::VPCEndpointServicePermissions": Companion("ServiceId", "AllowedPrincipals", "principals"),
}


def _vpc(declared: Declared, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    yield Vpc(
        dns_support=as_flag(declared.given("EnableDnsSupport")),
        dns_hostnames=as_flag(declared.given("EnableDnsHostnames")),
        **common,
    )


def _subnet(declared: Declared, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    yield Subnet(
        vpc=declared.given("VpcId"),
        zone=declared.given("AvailabilityZone"),
        zone_id=declared.given("AvailabilityZoneId"),
        maps_public=as_flag(or_default(declared.given("MapPublicIpOnLaunch"), OFF)),
        **common,
    )


def _route_table(declared: Declared, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    yield RouteTable(vpc=declared.given("VpcId"), **common)


def _endpoint(declared: Declared, common: dict[str, Any], more: Completions) -> Iterable[Resource]:
    """An endpoint, as each type that it may have; the premise says whether it has it."""
    vpc = declared.given("VpcId")
    written = declared.given("VpcEndpointType")
    kind = distribute(lambda values: _default_type(declared) if values[0].is_null.is_true else values[0], (written,))
    service = declared.given("ServiceName")
    for name, model in ENDPOINT_TYPES.items():
        premise = kind.is_(name)
        if premise.is_false or (name in SERVICELESS and service.is_null.is_false):
            continue
        slots: dict[str, Any] = {}
        if name == "Gateway":
            slots["route_tables"] = more.add("route_tables", items_of(declared.given("RouteTableIds")))
        elif name == "Interface":
            slots["subnets"] = more.add("subnets", items_of(declared.given("SubnetIds")))
            private_dns = as_flag(declared.given("PrivateDnsEnabled"))
            slots["private_dns"] = more.replace("private_dns", or_default(private_dns, OFF))
        yield model(
            vpc=vpc,
            service=service,
            service_region=declared.given("ServiceRegion"),
            policy=more.replace("policy", _document(declared.given("PolicyDocument"))),
            premise=premise,
            **slots,
            **common,
        )


def _default_type(declared: Declared) -> Value:
    """The type where none is given: Gateway, or what the ARN instead of a service name says."""
    if declared.property_node("ResourceConfigurationArn") is not None:
        return Known("Resource")
    return Known("ServiceNetwork" if declared.property_node("ServiceNetworkArn") is not None else "Gateway")


def _endpoint_service(declared: Declared, common: dict[str, Any], more: Completions) -> Iterable[Resource]:
    yield EndpointService(
        principals=more.add("principals", items_of(Known(None))),
        acceptance_required=or_default(as_flag(declared.given("AcceptanceRequired")), _undocumented(declared)),
        **common,
    )


def _undocumented(declared: Declared) -> Value:
    """Whether connections have to be accepted where nothing is said: the reference gives no default."""
    words = "CloudFormation documents no default for AcceptanceRequired"
    return Unknown(f"{declared.address}.AcceptanceRequired", (Reason(words, declared.span),), nullable=False)


def _document(value: Value) -> Value:
    """A policy as JSON text: it may be written as an object or as the text."""
    if isinstance(value, Choice):
        return choose(value.condition, _document(value.then), _document(value.otherwise)).at(value.span)
    return decoded(value) if isinstance(value, Text) else encoded(value, value.span)


PRIMARY: dict[str, Callable[[Declared, dict[str, Any], Completions], Iterable[Resource]]] = {
    "AWS::EC2::RouteTable": _route_table,
    "AWS::EC2::Subnet": _subnet,
    "AWS::EC2::VPC": _vpc,
    "AWS::EC2::VPCEndpoint": _endpoint,
    "AWS::EC2::VPCEndpointService": _endpoint_service,
}
