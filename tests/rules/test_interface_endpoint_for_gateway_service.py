"""VPCE001 on networks made by hand."""

import pytest
from msgspec.structs import replace
from scene import FLAG, HOLE, VPC, answer, answers, gateway, interface

from vpce_lint.model import Resource
from vpce_lint.truth import Truth
from vpce_lint.value import Known, Sequence, Text, Unknown
from vpce_lint.verdict import Confidence, Verdict

RULE = "VPCE001"
SEVERAL = Text(("com.amazonaws.eu-west-1.", HOLE))


def test_points_at_the_service_and_shows_the_vpc() -> None:
    """The place to look at is the service's name; the VPC that lacks an endpoint is shown."""
    found = answer(RULE, interface("s3"))
    assert (found.verdict, found.confidence, found.location.line) == (Verdict.VIOLATED, Confidence.CERTAIN, 11)
    assert (
        found.message
        == "aws_vpc_endpoint.this is an interface endpoint for S3 in a VPC without a gateway endpoint for it"
    )
    assert [place.label for place in found.related] == ["aws_vpc.main is the VPC"]
    assert found.fix == "add a gateway endpoint for S3 to the VPC, it costs nothing"


def test_idle_gateway_is_shown() -> None:
    """A gateway endpoint without route tables doesn't count, and is named."""
    found = answer(RULE, interface("s3"), gateway("s3", route_tables=Sequence(())))
    assert found.verdict is Verdict.VIOLATED
    assert found.related[-1].label == "aws_vpc_endpoint.gateway has no route table"


def test_vpc_of_others_makes_it_likely() -> None:
    """Where the VPC isn't made here, someone else may have added the gateway endpoint."""
    found = answer(RULE, interface("s3", vpc=HOLE))
    assert (found.verdict, found.confidence) == (Verdict.VIOLATED, Confidence.LIKELY)
    assert found.why == ("var.x is not made here, other code may add endpoints to it",)


def test_unknown_service_is_open_unless_all_are_served() -> None:
    """Whatever the service is: where S3 and DynamoDB both have gateway endpoints, nothing is missing."""
    assert answer(RULE, interface(service=SEVERAL)).verdict is Verdict.UNDETERMINED
    assert answer(RULE, interface(service=SEVERAL), gateway("s3")).verdict is Verdict.UNDETERMINED
    both = gateway("s3"), gateway("dynamodb", "other")
    assert answer(RULE, interface(service=SEVERAL), *both).verdict is Verdict.SATISFIED


def test_message_holds_no_expressions() -> None:
    """Of a service that isn't known, the message says which ones it is about."""
    found = answer(RULE, interface(service=Unknown("lookup({ a = 1 }, var.x)", HOLE.why)))
    assert found.message == (
        "can't tell whether aws_vpc_endpoint.this is an interface endpoint for S3 or DynamoDB"
        " in a VPC without a gateway endpoint for it"
    )
    assert found.fix == "add a gateway endpoint for S3 or DynamoDB to the VPC, it costs nothing"


def labels(*resources: Resource) -> list[str]:
    """What is shown beside an endpoint for S3 and other resources."""
    return [place.label for place in answer(RULE, *resources).related]


def test_gateways_that_are_shown() -> None:
    """Those that serve it, else those that may: each once, none for another service, and never the endpoint itself."""
    vpc = "aws_vpc.main is the VPC"
    serving, idle, other = gateway(), gateway(name="idle", route_tables=Known(None)), gateway("dynamodb", "other")
    perhaps = gateway(name="perhaps", when=(FLAG,))
    assert labels(interface("s3"), serving, idle, other, perhaps) == [vpc, "aws_vpc_endpoint.gateway serves it"]
    assert labels(interface("s3"), idle, other, perhaps) == [
        vpc,
        "aws_vpc_endpoint.idle has no route table",
        "aws_vpc_endpoint.perhaps may serve it",
    ]
    assert labels(interface(service=SEVERAL), gateway(service=SEVERAL)) == [
        vpc,
        "aws_vpc_endpoint.gateway may serve it",
    ]
    assert labels(interface(service=SEVERAL), serving, other) == [
        vpc,
        "aws_vpc_endpoint.gateway serves S3",
        "aws_vpc_endpoint.other serves DynamoDB",
    ]
    itself = gateway(name="this", premise=Truth(None))
    assert labels(interface("s3", premise=Truth(None)), itself) == [vpc]


def test_one_gateway_or_the_other() -> None:
    """Of two gateway endpoints under opposite conditions, one is always there."""
    not_flag = Unknown("!var.flag", FLAG.why, formula=("not", (FLAG,)), nullable=False)
    found = answer(RULE, interface("s3"), gateway(when=(FLAG,)), gateway(name="other", when=(not_flag,)))
    assert found.verdict is Verdict.SATISFIED
    assert [place.label for place in found.related[1:]] == [
        "aws_vpc_endpoint.gateway may serve it",
        "aws_vpc_endpoint.other may serve it",
    ]


def test_gateway_that_may_be_another_kind_of_endpoint() -> None:
    """An endpoint whose type is unknown may be the gateway endpoint."""
    vague = replace(gateway("s3"), premise=Truth(None))
    found = answer(RULE, interface("s3"), vague)
    assert found.verdict is Verdict.UNDETERMINED
    assert found.why == ("aws_vpc_endpoint.gateway may or may not be there (main.tf:20)",)


def test_the_endpoints_own_condition_is_assumed() -> None:
    """A gateway endpoint under the same condition is there whenever the interface endpoint is."""
    assert answer(RULE, interface("s3", when=(FLAG,)), gateway("s3", when=(FLAG,))).verdict is Verdict.SATISFIED


@pytest.mark.parametrize(
    ("pattern", "verdict"),
    [
        ('module.hub[0].aws_vpc_endpoint.this["s3"]', Verdict.NOT_APPLICABLE),
        ("module.hub*", Verdict.NOT_APPLICABLE),
        ("hub", Verdict.VIOLATED),
        ('module.hub[1].aws_vpc_endpoint.this["s3"]', Verdict.VIOLATED),
    ],
)
def test_allowed_endpoints(pattern: str, verdict: Verdict) -> None:
    """Addresses in the setting are meant literally but for the star."""
    hub = interface("s3", address='module.hub[0].aws_vpc_endpoint.this["s3"]')
    assert answer(RULE, hub, allowed=("aws_vpc_endpoint.other", pattern)).verdict is verdict


def test_each_endpoint_is_judged_by_its_own_vpc() -> None:
    """Two endpoints in two VPCs, one of which has the gateway endpoint."""
    other = interface("s3", name="other", vpc=Known("vpc-1"))
    verdicts = [found.verdict for found in answers(RULE, interface("s3"), other, gateway("s3", vpc=VPC.id))]
    assert verdicts == [Verdict.SATISFIED, Verdict.VIOLATED]
