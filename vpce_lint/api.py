"""Everything that a rule file may import, and nothing else."""

from vpce_lint.address import is_named
from vpce_lint.gateways import GatewayCoverage
from vpce_lint.model import (
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
from vpce_lint.nat import Egress, Way
from vpce_lint.policy.document import is_missing
from vpce_lint.policy.fault import Fault, faults_of
from vpce_lint.policy.judgement import Judgement
from vpce_lint.policy.principal import are_named, some_are_everyone, those_of_everyone
from vpce_lint.policy.standard import Standard, check_settings, standard_of
from vpce_lint.policy.words import sentence
from vpce_lint.remedy import remedy
from vpce_lint.routing import Use
from vpce_lint.rule import Place, Requirement, Requirements, not_applicable, require, rule
from vpce_lint.served import Served
from vpce_lint.services import GATEWAY_SERVICES, Service, has_endpoint, service_of, supports_policy
from vpce_lint.source import Span
from vpce_lint.topology import Topology
from vpce_lint.traffic import Need, Users, compatible
from vpce_lint.truth import FALSE, TRUE, Reason, Truth, every, some, truth, unknown
from vpce_lint.value import Choice, Json, Known, Mapping, Reference, Run, Sequence, Text, Unknown, Value, either
from vpce_lint.verdict import Confidence, Severity
from vpce_lint.zones import count_zones

__all__ = [
    "FALSE",
    "GATEWAY_SERVICES",
    "TRUE",
    "Choice",
    "Confidence",
    "Egress",
    "Endpoint",
    "EndpointService",
    "Fault",
    "GatewayCoverage",
    "GatewayEndpoint",
    "GatewayLoadBalancerEndpoint",
    "InterfaceEndpoint",
    "Json",
    "Judgement",
    "Known",
    "Mapping",
    "Need",
    "Place",
    "Reason",
    "Reference",
    "Requirement",
    "Requirements",
    "Resource",
    "ResourceEndpoint",
    "RouteTable",
    "Run",
    "Sequence",
    "Served",
    "Service",
    "ServiceNetworkEndpoint",
    "Severity",
    "Span",
    "Standard",
    "Subnet",
    "Text",
    "Topology",
    "Truth",
    "Unknown",
    "Use",
    "Users",
    "Value",
    "Vpc",
    "Way",
    "are_named",
    "check_settings",
    "compatible",
    "count_zones",
    "either",
    "every",
    "faults_of",
    "has_endpoint",
    "is_missing",
    "is_named",
    "not_applicable",
    "remedy",
    "require",
    "rule",
    "sentence",
    "service_of",
    "some",
    "some_are_everyone",
    "standard_of",
    "supports_policy",
    "those_of_everyone",
    "truth",
    "unknown",
]
