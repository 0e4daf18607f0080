"""What the tests of rules are made of: a VPC, places, and a rule's answers about a few resources."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vpce_lint.engine import judge_network
from vpce_lint.loader import load_rules
from vpce_lint.model import EndpointService, GatewayEndpoint, InterfaceEndpoint, Network, Subnet, Vpc
from vpce_lint.source import Source, Span
from vpce_lint.truth import Reason
from vpce_lint.value import Known, Sequence, Unknown, Value

if TYPE_CHECKING:
    from vpce_lint.model import Gap, Resource
    from vpce_lint.report import Answer

SOURCE = Source("main.tf", b"\n" * 100)
WHY = (Reason("var.x has no default"),)
HOLE = Unknown("var.x", WHY)
FLAG = Unknown("var.flag", WHY, nullable=False)


def line(number: int) -> Span:
    """A place."""
    return Span(SOURCE, number - 1, number)


VPC = Vpc(address="aws_vpc.main", span=line(1))
A, B, C = (
    Subnet(address=f"aws_subnet.{zone}", span=line(number), vpc=VPC.id, zone=Known(f"eu-west-1{zone}"))
    for number, zone in enumerate("abc", 2)
)


def service_name(short: str) -> Known:
    """The service name of one of AWS's services."""
    return Known(f"com.amazonaws.eu-west-1.{short}", span=line(11))


def interface(short: str = "kms", subnets: Value | None = None, name: str = "this", **more: Any) -> InterfaceEndpoint:
    """An interface endpoint, in two zones where nothing else is said."""
    fields: dict[str, Any] = {
        "address": f"aws_vpc_endpoint.{name}",
        "span": line(10),
        "vpc": VPC.id,
        "service": service_name(short),
        "subnets": Sequence((A.id, B.id), span=line(12)) if subnets is None else subnets,
    }
    return InterfaceEndpoint(**(fields | more))


def gateway(short: str = "s3", name: str = "gateway", **more: Any) -> GatewayEndpoint:
    """A gateway endpoint, with a route table where nothing else is said."""
    fields: dict[str, Any] = {
        "address": f"aws_vpc_endpoint.{name}",
        "span": line(20),
        "vpc": VPC.id,
        "service": service_name(short),
        "route_tables": Sequence((Known("rtb-1"),)),
    }
    return GatewayEndpoint(**(fields | more))


def service(principals: Value | None = None, **more: Any) -> EndpointService:
    """An endpoint service."""
    fields: dict[str, Any] = {
        "address": "aws_vpc_endpoint_service.this",
        "span": line(30),
        "principals": Sequence(()) if principals is None else principals,
        "acceptance_required": Known(value=True),
    }
    return EndpointService(**(fields | more))


def answers(rule_id: str, *resources: Resource, gaps: tuple[Gap, ...] = (), **settings: object) -> list[Answer]:
    """A rule's answers about resources in a VPC with three subnets, in the order of the resources."""
    [rule] = [rule for rule in load_rules() if rule.id == rule_id]
    return list(judge_network(Network("root", (VPC, A, B, C, *resources), gaps), [rule.configured(settings)]))


def answer(rule_id: str, *resources: Resource, gaps: tuple[Gap, ...] = (), **settings: object) -> Answer:
    """A rule's only answer."""
    [only] = answers(rule_id, *resources, gaps=gaps, **settings)
    return only
