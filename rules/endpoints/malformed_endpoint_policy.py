"""Endpoint policy is one that AWS refuses, or that does something else than it says.

AWS refuses a policy that isn't JSON, has a key twice, lacks a Principal, is longer than 20,480 characters, or uses an
operator, element or global condition key that doesn't exist: then `apply` fails halfway. Other mistakes are
accepted in silence: `aws:SourceIp` is absent from requests through an endpoint, `ForAllValues` also holds for a
request without the key, an account as principal of a gateway endpoint means its root user only.

Fix: as each answer says. `vpce-lint policy FILE` judges a policy while you write it.

Not applicable to endpoints without a policy of their own, and to those that take none.

Fine to ignore: nothing that AWS refuses; of the rest, what is meant as it is read.

Sources: IAM User Guide, "IAM JSON policy element reference", "AWS global condition context keys" and "Access Analyzer
policy check reference"; AWS PrivateLink Guide, "Control access to VPC endpoints using endpoint policies".
"""

from vpce_lint.api import (
    Endpoint,
    GatewayEndpoint,
    Requirements,
    Severity,
    Topology,
    faults_of,
    is_missing,
    not_applicable,
    require,
    rule,
    supports_policy,
    truth,
    unknown,
)


@rule("VPCE007", severity=Severity.MEDIUM)
def malformed_endpoint_policy(endpoint: Endpoint, topology: Topology) -> Requirements:
    supported = supports_policy(endpoint)
    policy = topology.assume(endpoint.policy)
    if supported.is_false or is_missing(policy).is_true:
        yield not_applicable("it has no policy of its own")
        return
    faults, open_ = faults_of(policy, gateway=isinstance(endpoint, GatewayEndpoint))
    for number, fault in enumerate(faults, start=1):
        yield require(
            ~supported,
            f"the policy of {endpoint.address}: {fault.message}",
            at=fault.at or policy,
            fix=fault.fix,
            about=f"{fault.kind} {number}",
        )
    if not faults:
        yield require(
            unknown(*open_) if open_ else truth(value=True),
            f"the policy of {endpoint.address} has mistakes",
            at=policy,
            otherwise=f"the policy of {endpoint.address} has no mistakes",
        )
