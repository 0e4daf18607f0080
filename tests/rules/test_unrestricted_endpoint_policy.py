"""VPCE005 on endpoints made by hand."""

import pytest
from scene import FLAG, HOLE, VPC, answer, gateway, interface, line, service_name

from vpce_lint.model import Gap, GatewayLoadBalancerEndpoint, Resource, ResourceEndpoint, ServiceNetworkEndpoint
from vpce_lint.truth import Reason, Truth
from vpce_lint.value import Choice, Known, Text, Value
from vpce_lint.verdict import Confidence, Severity, Verdict

RULE = "VPCE005"
DEFAULT = Known('{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}}', span=line(13))

OWN_ACCOUNT = Known(
    '{"Statement": {"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "*", "Resource": "*"}}'
)
LISTED = Known('{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "*"}}')


@pytest.mark.parametrize(
    ("endpoint", "severity"),
    [(gateway("s3"), Severity.HIGH), (interface("dynamodb"), Severity.HIGH), (interface("sqs"), Severity.MEDIUM)],
)
def test_missing_policy(endpoint: Resource, severity: Severity) -> None:
    """Without a policy everything is allowed; S3 and DynamoDB let data out in bulk."""
    found = answer(RULE, endpoint)
    assert (found.verdict, found.severity, found.location.line) == (Verdict.VIOLATED, severity, endpoint.span.line)
    assert found.message == f"{endpoint.address} has no policy: everyone may do everything through it"


def test_statement_that_decides_is_pointed_at() -> None:
    """A policy that lets outsiders in is shown with a request, where the statement is that allows it."""
    found = answer(RULE, interface("sqs", policy=DEFAULT))
    assert (found.verdict, found.location.line) == (Verdict.VIOLATED, 13)
    assert found.message == OPEN_POLICY


def test_policy_that_allows_nothing_is_restrictive() -> None:
    """That such an endpoint is broken is said by another rule."""
    assert answer(RULE, interface("sqs", policy=OTHER)).verdict is Verdict.SATISFIED


def test_settings_decide_what_is_asked() -> None:
    """A list of actions will do where a broad policy is enough, unless the service's own settings ask for more."""
    endpoint = interface("sqs", policy=LISTED)
    assert answer(RULE, endpoint).verdict is Verdict.VIOLATED
    assert answer(RULE, endpoint, min_level="broad").verdict is Verdict.SATISFIED
    own = {"sqs": {"require": ["resource"]}}
    assert answer(RULE, endpoint, min_level="broad", services=own).verdict is Verdict.VIOLATED


def test_dimension_that_is_asked_for_is_named() -> None:
    """A restrictive policy that leaves a dimension open that is asked for has no request to show."""
    found = answer(RULE, interface("sqs", policy=OWN_ACCOUNT), require=["principal", "resource"])
    assert found.message == "the policy of aws_vpc_endpoint.this does not bound which resources they may reach"


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


NO_POLICY = "aws_vpc_endpoint.this has no policy: everyone may do everything through it"
PERHAPS_NO_POLICY = "aws_vpc_endpoint.this has no policy, or one that is not restrictive"
OPEN_POLICY = (
    "the policy of aws_vpc_endpoint.this is not restrictive: any AWS account may call sqs:SendMessage on any queue of "
    "any account: statement 1 allows it"
)
COULD_HAVE_ONE = "aws_vpc_endpoint.this, which has no policy, could have one"
COULD_BE_RESTRICTED = "aws_vpc_endpoint.this, whose policy is not restrictive, could have a restrictive one"
COULD_HAVE_ANOTHER = (
    "aws_vpc_endpoint.this, which has no policy, or one that is not restrictive, could have a restrictive one"
)
RESTRICTIVE = "the policy of aws_vpc_endpoint.this is restrictive"
OTHER = Known('{"Statement": []}')
OPEN_SERVICE = Text(("com.amazonaws.eu-west-1.", HOLE))
GAP = Gap(Reason("more.tf can't be read"))


@pytest.mark.parametrize(
    ("policy", "taken", "perhaps_taken"),
    [
        (Known(None), NO_POLICY, f"can't tell whether {COULD_HAVE_ONE}"),
        (DEFAULT, OPEN_POLICY, f"can't tell whether {COULD_BE_RESTRICTED}"),
        (Choice(FLAG, Known(None), DEFAULT), PERHAPS_NO_POLICY, f"can't tell whether {COULD_HAVE_ANOTHER}"),
        (OTHER, RESTRICTIVE, RESTRICTIVE),
        (
            Choice(FLAG, Known(None), OTHER),
            f"can't tell whether {PERHAPS_NO_POLICY}",
            f"can't tell whether {PERHAPS_NO_POLICY}",
        ),
        (HOLE, f"can't tell whether {PERHAPS_NO_POLICY}", f"can't tell whether {PERHAPS_NO_POLICY}"),
    ],
)
def test_only_what_is_open_is_asked(policy: Value, taken: str, perhaps_taken: str) -> None:
    """Neither a policy that is certainly missing nor one that is certainly lets outsiders in becomes part of a question."""
    assert answer(RULE, interface("sqs", policy=policy)).message == taken
    assert answer(RULE, interface(service=OPEN_SERVICE, policy=policy)).message == perhaps_taken
    assert answer(RULE, interface("sqs", policy=policy, premise=Truth(None))).message == perhaps_taken


@pytest.mark.parametrize("service", [service_name("sqs"), OPEN_SERVICE])
def test_policy_that_unread_code_may_attach_is_asked_for(service: Value) -> None:
    """A policy that isn't written here may be elsewhere, whatever the service."""
    found = answer(RULE, interface(service=service), gaps=(GAP,))
    assert found.message == f"can't tell whether {PERHAPS_NO_POLICY}"


def test_unread_code_may_attach_a_policy() -> None:
    """That there is no policy is not certain where a gap could attach one."""
    assert answer(RULE, interface("sqs"), gaps=(GAP,)).why == ("more.tf can't be read",)
    assert answer(RULE, interface("sqs", policy=DEFAULT), gaps=(GAP,)).verdict is Verdict.VIOLATED
