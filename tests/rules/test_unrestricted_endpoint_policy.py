"""VPCE005 on endpoints made by hand."""

import pytest
from scene import HOLE, VPC, answer, gateway, interface, line

from vpce_lint.model import Gap, GatewayLoadBalancerEndpoint, Resource, ResourceEndpoint, ServiceNetworkEndpoint
from vpce_lint.truth import Reason
from vpce_lint.value import Known, Text
from vpce_lint.verdict import Confidence, Severity, Verdict

RULE = "VPCE005"
DEFAULT = Known('{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}}', span=line(13))


@pytest.mark.parametrize(
    ("endpoint", "severity"),
    [(gateway("s3"), Severity.HIGH), (interface("dynamodb"), Severity.HIGH), (interface("sqs"), Severity.MEDIUM)],
)
def test_missing_policy(endpoint: Resource, severity: Severity) -> None:
    """Without a policy everything is allowed; S3 and DynamoDB let data out in bulk."""
    found = answer(RULE, endpoint)
    assert (found.verdict, found.severity, found.location.line) == (Verdict.VIOLATED, severity, endpoint.span.line)
    assert found.message == f"{endpoint.address} has no policy: everyone may do everything through it"


def test_default_policy_is_pointed_at() -> None:
    """A policy that says what AWS's default says has its own message."""
    found = answer(RULE, interface("sqs", policy=DEFAULT))
    assert (found.verdict, found.location.line) == (Verdict.VIOLATED, 13)
    assert found.message == "the policy of aws_vpc_endpoint.this lets everyone do everything"


def test_other_policies_are_not_judged_yet() -> None:
    """Neither passed nor failed: an honest answer."""
    found = answer(RULE, interface("sqs", policy=Known('{"Statement": []}', span=line(13))))
    assert found.verdict is Verdict.UNDETERMINED
    assert found.why == ("what the policy allows is not judged yet (main.tf:13)",)


def test_undocumented_support_is_likely() -> None:
    """Where AWS doesn't say that the service supports policies, the answer says so."""
    found = answer(RULE, interface("account"))
    assert (found.verdict, found.confidence) == (Verdict.VIOLATED, Confidence.LIKELY)
    assert found.why == ("AWS doesn't document whether this service supports endpoint policies",)


@pytest.mark.parametrize(
    "endpoint",
    [
        interface("ebs"),
        interface(service=Known("com.amazonaws.vpce.eu-west-1.vpce-svc-0123456789abcdef0")),
        *(
            kind(address="aws_vpc_endpoint.this", span=line(10), vpc=VPC.id, service=Known(None))
            for kind in (GatewayLoadBalancerEndpoint, ResourceEndpoint, ServiceNetworkEndpoint)
        ),
    ],
)
def test_endpoints_that_take_no_policy(endpoint: Resource) -> None:
    """Services and kinds of endpoints for which AWS takes no policy."""
    assert answer(RULE, endpoint).verdict is Verdict.NOT_APPLICABLE


def test_unknown_service_is_open_for_interface_endpoints_only() -> None:
    """Every gateway endpoint takes a policy; an interface endpoint does by its service."""
    name = Text(("com.amazonaws.eu-west-1.", HOLE))
    assert answer(RULE, interface(service=name)).why == ("var.x has no default",)
    assert answer(RULE, gateway(service=name)).verdict is Verdict.VIOLATED


def test_unread_code_may_attach_a_policy() -> None:
    """That there is no policy is not certain where a gap could attach one."""
    gap = Gap(Reason("more.tf can't be read"))
    assert answer(RULE, interface("sqs"), gaps=(gap,)).why == ("more.tf can't be read",)
    assert answer(RULE, interface("sqs", policy=DEFAULT), gaps=(gap,)).verdict is Verdict.VIOLATED
