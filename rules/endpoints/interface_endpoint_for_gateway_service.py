"""Interface endpoint for S3 or DynamoDB in a VPC that has no gateway endpoint for it.

A gateway endpoint costs nothing; an interface endpoint is paid by the hour in every zone and by the
gigabyte. DynamoDB's interface endpoint does not even answer on the public name of its service, so
software that isn't told its address goes around it.

What counts is the gateway endpoint that is missing, not the interface endpoint that is there: on-premises
networks and peered VPCs can't use a gateway endpoint, so an interface endpoint may stand for them. A VPC
with both is right. A gateway endpoint without route tables serves nobody and doesn't count.

Fix: add an endpoint for the same service and VPC, with the route tables of its private subnets: in Terraform
an `aws_vpc_endpoint` with `vpc_endpoint_type = "Gateway"` and `route_table_ids`, in CloudFormation an
`AWS::EC2::VPCEndpoint` with `VpcEndpointType: Gateway` and `RouteTableIds`.

Fine to ignore: a VPC whose every caller is elsewhere, as in a hub that only on-premises networks use. The
setting `allowed` takes the addresses of such endpoints; `*` stands for anything in them.

Sources: AWS PrivateLink Guide, "Gateway endpoints"; Amazon DynamoDB Developer Guide, "AWS PrivateLink for DynamoDB".
"""

from collections.abc import Iterable, Mapping

from vpce_lint.api import (
    GATEWAY_SERVICES,
    GatewayCoverage,
    InterfaceEndpoint,
    Place,
    Requirements,
    Severity,
    Topology,
    every,
    is_named,
    not_applicable,
    require,
    rule,
    service_of,
)


@rule("VPCE001", severity=Severity.MEDIUM)
def interface_endpoint_for_gateway_service(
    endpoint: InterfaceEndpoint, topology: Topology, *, allowed: tuple[str, ...] = ()
) -> Requirements:
    service = service_of(endpoint.service)
    if service.is_one_of(GATEWAY_SERVICES).is_false:
        yield not_applicable(f"{service} has no gateway endpoints")
    elif endpoint.service_region.is_null.is_false:
        yield not_applicable("a gateway endpoint doesn't reach services of another Region")
    elif is_named(endpoint.address, allowed):
        yield not_applicable("the configuration allows it")
    else:
        meant = [name for name in GATEWAY_SERVICES if not service.is_(name).is_false]
        wanted = " or ".join(GATEWAY_SERVICES[name] for name in meant)
        coverage = {name: topology.gateway_coverage(endpoint.vpc, name, apart_from=endpoint.address) for name in meant}
        holds = every(~service.is_(name) | coverage[name].served for name in meant)
        yield require(
            holds,
            f"{endpoint.address} is an interface endpoint for {wanted} in a VPC without a gateway endpoint for it",
            at=endpoint.service,
            fix=f"add a gateway endpoint for {wanted} to the VPC, it costs nothing",
            related=[
                *(Place(vpc, f"{vpc.address} is the VPC") for vpc in [topology.vpc(endpoint.vpc)] if vpc),
                *_gateways(coverage, served=holds.is_true),
            ],
            otherwise=f"the VPC has a gateway endpoint for {wanted} too",
        )


def _gateways(coverage: Mapping[str, GatewayCoverage], *, served: bool) -> Iterable[Place]:
    """The gateway endpoints that matter: those that serve the VPC, else those that may, or that don't."""
    places: dict[str, Place] = {}
    for name, one in coverage.items():
        it = "it" if len(coverage) == 1 else GATEWAY_SERVICES[name]
        certain = [Place(endpoint, f"{endpoint.address} serves {it}") for endpoint in one.by]
        possible = [Place(endpoint, f"{endpoint.address} may serve it") for endpoint in one.perhaps]
        idle = [Place(endpoint, f"{endpoint.address} has no route table") for endpoint in one.idle]
        places |= {place.label: place for place in certain or (possible if served else [*idle, *possible])}
    return places.values()
