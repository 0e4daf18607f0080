"""Endpoint policy lets nothing through.

A policy without an Allow that can match refuses every request: only Deny statements, an Allow that a Deny takes back, a
condition that no request can fulfil, such as `StringEquals` with a `*`. The endpoint is then broken and not
safe: calls to the service fail, and the next person will replace the policy in a hurry.

Fix: add a statement that allows what the workloads need. Where everything is to be refused, remove the endpoint.

Not applicable to endpoints that take no policy.

Fine to ignore: an endpoint that is kept shut on purpose, for a time.

Sources: IAM User Guide, "Policy evaluation logic"; AWS PrivateLink Guide, "Control access to VPC endpoints
using endpoint policies".
"""

from vpce_lint.api import (
    Endpoint,
    GatewayEndpoint,
    Requirements,
    Severity,
    Standard,
    Topology,
    not_applicable,
    require,
    rule,
    service_of,
    supports_policy,
)


@rule("VPCE006", severity=Severity.MEDIUM)
def endpoint_policy_allows_nothing(endpoint: Endpoint, topology: Topology) -> Requirements:
    supported = supports_policy(endpoint)
    if supported.is_false:
        yield not_applicable("AWS takes no policy for this endpoint")
        return
    policy = topology.assume(endpoint.policy)
    service = service_of(endpoint.service).iam_prefix
    judged = Standard().judge(policy, gateway=isinstance(endpoint, GatewayEndpoint), service=service)
    if judged.missing.is_true:
        yield not_applicable("it has no policy of its own")
        return
    consequence = ": every call to the service fails" if judged.is_dead.is_true else ""
    yield require(
        ~(supported & judged.is_dead),
        f"the policy of {endpoint.address} lets nothing through{consequence}",
        at=policy,
        fix="add a statement that allows what the workloads need",
        otherwise=f"the policy of {endpoint.address} lets something through",
    )
