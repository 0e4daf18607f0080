"""Endpoint policy lets untrusted callers reach untrusted resources.

Whoever can run code in the VPC can copy data to a bucket, table or queue of any account, with credentials that
they brought along, and no public route is needed for it. The policy of the endpoint is what can stop
that: it never grants anything, it caps what callers may do through the endpoint. Without a policy of its own an
endpoint gets AWS's default, which lets everything through.

A policy is restrictive if no request that it allows pairs an untrusted caller with an untrusted resource. The
answer shows such a request, and the statement that allows it. Trusted is what the policy names (accounts,
organizations, buckets, ARNs) and what AWS owns; the settings `trusted_accounts`, `trusted_orgs`,
`trusted_org_paths` and `trusted_resources` say it instead. A list of actions alone restricts nothing:
`s3:PutObject` is all that it takes. Nor do conditions on the VPC or the endpoint, which every request fulfils.

S3 and DynamoDB endpoints, through which data leaves in bulk, are of high severity, others of medium.

Settings: `min_level` is `broad` (a list of actions will do), `restrictive` or `full` (callers and resources are both
bounded, for every request); `require` lists dimensions that must be bounded besides: `principal`, `resource`,
`action`; `trust_aws_services = false` doubts AWS's own services; `services` overrides these by service.

Fix: attach a policy that names your organisation, accounts or resources: `policy` or `aws_vpc_endpoint_policy` in
Terraform, `PolicyDocument` in CloudFormation. Conditions on `aws:PrincipalOrgID` and `aws:ResourceOrgID` are a
good beginning. `vpce-lint policy FILE` judges a policy while you write it.

Not applicable to services that don't support endpoint policies, to services of other customers, and to
endpoints for Gateway Load Balancers, resources and service networks: they take none. Use security groups there.

Fine to ignore: a VPC without workloads of its own, such as a test of the endpoint itself.

Sources: AWS PrivateLink Guide, "Control access to VPC endpoints using endpoint policies"; CloudFormation
reference, `AWS::EC2::VPCEndpoint`; AWS whitepaper "Building a data perimeter on AWS".
"""

from collections.abc import Mapping
from types import MappingProxyType

from vpce_lint.api import (
    GATEWAY_SERVICES,
    Endpoint,
    GatewayEndpoint,
    Judgement,
    Requirements,
    Severity,
    Standard,
    Topology,
    Truth,
    check_settings,
    not_applicable,
    rule,
    sentence,
    service_of,
    standard_of,
    supports_policy,
)
from vpce_lint.api import (
    require as demand,
)

FIX = "attach a policy that names your organisation, accounts or resources"


@rule("VPCE005", severity=Severity.MEDIUM, controls=["NIST-800-53:SC-7"], accepts=check_settings)
def unrestricted_endpoint_policy(  # noqa: PLR0913 (the settings)
    endpoint: Endpoint,
    topology: Topology,
    *,
    min_level: str = "restrictive",
    require: tuple[str, ...] = (),
    trusted_accounts: tuple[str, ...] = (),
    trusted_orgs: tuple[str, ...] = (),
    trusted_org_paths: tuple[str, ...] = (),
    trusted_resources: tuple[str, ...] = (),
    trust_aws_services: bool = True,
    services: Mapping[str, object] = MappingProxyType({}),
) -> Requirements:
    supported = supports_policy(endpoint)
    if supported.is_false:
        yield not_applicable("AWS takes no policy for this endpoint")
        return
    service = service_of(endpoint.service)
    standard = standard_of(
        {
            "min_level": min_level,
            "require": require,
            "trusted_accounts": trusted_accounts,
            "trusted_orgs": trusted_orgs,
            "trusted_org_paths": trusted_org_paths,
            "trusted_resources": trusted_resources,
            "trust_aws_services": trust_aws_services,
            "services": services,
        },
        service.short_name,
    )
    policy = topology.assume(endpoint.policy)
    judged = standard.judge(policy, gateway=isinstance(endpoint, GatewayEndpoint), service=service.iam_prefix)
    unrestricted = ~standard.is_met_by(judged)
    if judged.missing.is_true:
        unrestricted &= topology.closed(endpoint)
    statement = judged.statement
    yield demand(
        ~(supported & unrestricted),
        _fault(endpoint.address, judged, standard, unrestricted, supported & endpoint.premise),
        at=statement.value if statement is not None and statement.span is not None else endpoint.policy,
        fix=FIX,
        severity=Severity.HIGH if service.is_one_of(GATEWAY_SERVICES).is_true else None,
        otherwise=f"the policy of {endpoint.address} is restrictive",
    )


def _fault(address: str, judged: Judgement, standard: Standard, unrestricted: Truth, takes_one: Truth) -> str:
    """What is wrong; where that is open, a question in which nothing but the open part is asked."""
    missing = judged.missing
    if unrestricted.is_true and takes_one.is_unknown:
        if missing.is_true:
            return f"{address}, which has no policy, could have one"
        whose = "whose policy is" if missing.is_false else "which has no policy, or one that is"
        return f"{address}, {whose} not restrictive, could have a restrictive one"
    if unrestricted.is_true:
        if missing.is_true:
            return f"{address} has no policy: everyone may do everything through it"
        witness = sentence(judged)
        if missing.is_unknown:
            return f"{address} has no policy, or one that is not restrictive"
        if witness and judged.is_at_least(standard.level).is_false:
            return f"the policy of {address} is not restrictive: {witness}"
        return f"the policy of {address} does not bound {_unbounded(judged, standard)}"
    if missing.is_false:
        return f"the policy of {address} is not restrictive"
    return f"{address} has no policy, or one that is not restrictive"


def _unbounded(judged: Judgement, standard: Standard) -> str:
    words = {"principal": "who may call", "resource": "which resources they may reach", "action": "what they may do"}
    return " and ".join(words[each] for each in standard.unmet_by(judged))
