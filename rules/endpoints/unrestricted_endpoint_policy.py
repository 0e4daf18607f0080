"""Endpoint policy lets everyone do everything.

Without a policy of its own an endpoint gets AWS's default: everyone may call every action on every resource.
Whoever can run code in the VPC can then copy data to any account's bucket, table or queue, with credentials
that they brought along, and no public route is needed for it. A policy never grants anything: it
caps what callers may do through the endpoint.

S3 and DynamoDB endpoints, through which data leaves in bulk, are of high severity, others of medium.

Fix: attach a policy that names your organisation, accounts or resources: `policy` or `aws_vpc_endpoint_policy` in
Terraform, `PolicyDocument` in CloudFormation. Conditions on `aws:PrincipalOrgID` and `aws:ResourceOrgID` are a
good beginning.

Not applicable to services that don't support endpoint policies, to services of other customers, and to
endpoints for Gateway Load Balancers, resources and service networks: they take none. Use security groups there.

Fine to ignore: a VPC without workloads of its own, such as a test of the endpoint itself.

Sources: AWS PrivateLink Guide, "Control access to VPC endpoints using endpoint policies"; CloudFormation
reference, `AWS::EC2::VPCEndpoint`.
"""

from vpce_lint.api import (
    GATEWAY_SERVICES,
    Endpoint,
    Requirements,
    Severity,
    Topology,
    Truth,
    is_missing,
    is_unrestricted,
    not_applicable,
    require,
    rule,
    service_of,
    supports_policy,
)


@rule("VPCE005", severity=Severity.MEDIUM, controls=["NIST-800-53:SC-7"])
def unrestricted_endpoint_policy(endpoint: Endpoint, topology: Topology) -> Requirements:
    supported = supports_policy(endpoint)
    if supported.is_false:
        yield not_applicable("AWS takes no policy for this endpoint")
        return
    policy = topology.assume(endpoint.policy)
    missing = is_missing(policy)
    unrestricted = is_unrestricted(policy)
    if missing.is_true:
        unrestricted &= topology.closed(endpoint)
    yield require(
        ~(supported & unrestricted),
        _fault(endpoint.address, missing, unrestricted, supported & endpoint.premise),
        at=endpoint.policy,
        fix="attach a policy that names your organisation, accounts or resources",
        severity=Severity.HIGH if service_of(endpoint.service).is_one_of(GATEWAY_SERVICES).is_true else None,
        otherwise=f"the policy of {endpoint.address} is restrictive",
    )


def _fault(address: str, missing: Truth, unrestricted: Truth, takes_one: Truth) -> str:
    """What is wrong; where that is open, a question in which nothing but the open part is asked."""
    if unrestricted.is_true and takes_one.is_unknown:
        if missing.is_true:
            return f"{address}, which has no policy, could have one"
        whose = "whose policy" if missing.is_false else "which has no policy or one that"
        return f"{address}, {whose} lets everyone do everything, could have a restrictive one"
    if missing.is_false:
        return f"the policy of {address} lets everyone do everything"
    if missing.is_true and unrestricted.is_true:
        return f"{address} has no policy: everyone may do everything through it"
    return f"{address} has no policy, or one that lets everyone do everything"
