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

from vpce_lint.api import (
    GATEWAY_SERVICES,
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
        coverage = {name: topology.gateway_coverage(endpoint.vpc, name) for name in GATEWAY_SERVICES}
        meant = [coverage[name] for name in GATEWAY_SERVICES if not service.is_(name).is_false]
        yield require(
            every(~service.is_(name) | coverage[name].served for name in GATEWAY_SERVICES),
            f"{endpoint.address} is an interface endpoint for {service} in a VPC without a gateway endpoint for it",
            at=endpoint.service,
            fix=f"add a gateway endpoint for {service.short_name or 'the service'} to the VPC, it costs nothing",
            related=[
                *(Place(vpc, f"{vpc.address} is the VPC") for vpc in [topology.vpc(endpoint.vpc)] if vpc),
                *(Place(idle, f"{idle.address} has no route table") for one in meant for idle in one.idle),
                *(Place(other, f"{other.address} may serve it") for one in meant for other in one.by),
            ],
            otherwise=f"the VPC has a gateway endpoint for {service} too",
        )
