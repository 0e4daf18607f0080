"""Endpoint service does not name the principals that may connect to it.

`*`, or an ARN with a wildcard for its account, lets every AWS account in the world ask for a connection. Without
acceptance they are connected at once, and the load balancer behind the service is as good as public. With it,
one careless click connects a stranger.

A service that allows nobody can't be used by any other account: sooner or later someone adds a
principal in the console, where no review sees it.

Fix: list the accounts, roles or users that use the service by their ARNs: `allowed_principals` or
`aws_vpc_endpoint_service_allowed_principal` in Terraform, `AllowedPrincipals` of
`AWS::EC2::VPCEndpointServicePermissions` in CloudFormation.

Fine to ignore: a service that is sold to the public, with acceptance required; and allowing nobody where only the
owner's account connects.

Sources: AWS PrivateLink Guide, "Configure an endpoint service" (manage permissions); Amazon EC2 API Reference,
"ModifyVpcEndpointServicePermissions".
"""

from vpce_lint.api import (
    EndpointService,
    Place,
    Requirements,
    Severity,
    Topology,
    are_named,
    require,
    rule,
    some_are_everyone,
    those_of_everyone,
)


@rule("VPCE004", severity=Severity.HIGH, controls=["NIST-800-53:SC-7"])
def endpoint_service_without_named_principals(service: EndpointService, topology: Topology) -> Requirements:
    principals = topology.assume(service.principals)
    everyone = some_are_everyone(principals)
    wildcards = those_of_everyone(principals)
    unguarded = everyone.is_true and service.acceptance_required.is_(False).is_true
    openness = (
        f"allows {wildcards[0]}: every AWS account may connect" if wildcards else "lets every AWS account connect"
    )
    yield require(
        ~everyone,
        f"{service.address} {openness}{', and nobody has to accept it' if unguarded else ''}",
        at=service.principals,
        fix="name the accounts, roles or users that may connect by their ARNs",
        about="everyone-allowed",
        related=[Place(wildcard, f"{wildcard} is allowed here") for wildcard in wildcards],
        otherwise=f"{service.address} lets nobody connect by a wildcard",
    )
    named = are_named(principals)
    if named.is_false:
        named = named | ~topology.closed(service)
    if not (named.is_unknown and everyone.is_unknown):
        yield require(
            named,
            f"{service.address} allows nobody{': no other account can connect' if named.is_false else ''}",
            at=service.principals,
            fix="name the accounts, roles or users that may connect by their ARNs",
            about="nobody-allowed",
            severity=Severity.MEDIUM,
            otherwise=f"{service.address} {'names who may connect' if everyone.is_false else 'lets others connect'}",
        )
