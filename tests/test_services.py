"""Which service a service name stands for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vpce_lint import services
from vpce_lint.model import GatewayEndpoint, InterfaceEndpoint, ResourceEndpoint
from vpce_lint.services import (
    GATEWAY_SERVICES,
    UNNAMED,
    catalogue,
    is_region,
    service_of,
    supports_policy,
    zone_bounds,
)
from vpce_lint.source import Source, Span
from vpce_lint.truth import Reason
from vpce_lint.value import Choice, Known, Mapping, Reference, Unknown, Value, text

WHY = (Reason("var.x has no default"),)
REGION = Unknown("var.region", WHY)
HOLE = Unknown("var.x", WHY)
FLAG = Unknown("var.flag", WHY, nullable=False)
HERE = Span(Source("main.tf", b"x"), 0, 1)


def template(written: str) -> Value:
    """A text in which ``$`` is a Region and ``?`` anything."""
    holes = {"$": REGION, "?": HOLE}
    return text(holes.get(character, character) for character in written)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("com.amazonaws.eu-west-1.s3", "s3"),
        ("com.amazonaws.us-gov-west-1.ecr.api", "ecr.api"),
        ("com.amazonaws.eu-new-9.sqs", "sqs"),
        ("cn.com.amazonaws.cn-north-1.s3", "s3"),
        ("cn.com.amazonaws.cn-north-1.transcribe.cn", "transcribe"),
        ("gov.ic.c2s.us-iso-east-1.sqs", "sqs"),
        ("aws.sagemaker.eu-west-1.studio", "aws.sagemaker.studio"),
        ("aws.api.eu-west-1.qbusiness", "qbusiness"),
        ("aws.api.global.codecatalyst", "codecatalyst"),
        ("com.amazonaws.iam", "iam"),
        ("com.amazonaws.s3-global.accesspoint", "s3-global.accesspoint"),
        ("com.amazonaws.$.s3", "s3"),
        ("com.amazonaws.$-west-1.s3", "s3"),
        ("com.amazonaws.$.ecr.dkr", "ecr.dkr"),
        ("com.amazonaws.$.something-new", "something-new"),
        ("aws.sagemaker.$.notebook", "aws.sagemaker.notebook"),
        ("?.s3", "s3"),
        ("?.?.s3", "s3"),
        ("?.dynamodb", "dynamodb"),
        ("?.ecr.api", "ecr.api"),
    ],
)
def test_short_name_is_found(written: str, name: str) -> None:
    """Known names of all partitions, with the Region known or not, and known ends."""
    service = service_of(template(written))
    assert (service.owner, service.short_name) == ("aws", name)
    assert service.is_(name).is_true
    assert str(service) == name


@pytest.mark.parametrize(
    "written",
    [
        "com.amazonaws.$.s3express",
        "com.amazonaws.$.s3-outposts",
        "com.amazonaws.$.s3tables",
        "com.amazonaws.$.s3-fips",
        "com.amazonaws.s3-global.accesspoint",
        "com.amazonaws.$.ecr.?",
        "com.amazonaws.$.?.api",
        "com.amazonaws.vpce.eu-west-1.vpce-svc-0123456789abcdef0",
        "com.amazonaws.vpce.$.?",
        "?.vpce-svc-0123456789abcdef0",
        "?-s3",
        "my.own.s3x",
    ],
)
def test_what_is_not_s3(written: str) -> None:
    """Neighbours of S3's name are other services, and so are those of customers."""
    assert service_of(template(written)).is_("s3").is_false


@pytest.mark.parametrize("written", ["?", "com.amazonaws.?", "com.amazonaws.$.?", "com.amazonaws.eu-west-1.?", "?s3"])
def test_what_may_be_s3(written: str) -> None:
    """A hole in the service's place leaves it open, with the reason."""
    service = service_of(template(written))
    assert service.short_name is None
    assert service.is_("s3").is_unknown
    assert service.is_("s3").reasons == WHY
    assert str(service) == ("var.x" if written == "?" else str(template(written)))


def test_only_the_hole_that_matters_is_a_reason() -> None:
    """An unknown Region is no reason where the service itself is open."""
    region = Unknown("var.region", (Reason("the region"),))
    service = service_of(text(("com.amazonaws.", region, ".", HOLE)))
    assert service.reasons == WHY


def test_choice_of_names() -> None:
    """A choice between two services is neither for certain, but certainly no third one."""
    names = [Known(f"com.amazonaws.eu-west-1.{name}") for name in ("s3", "sqs")]
    service = service_of(Choice(FLAG, names[0], names[1]))
    assert service.is_("s3").is_unknown
    assert service.is_("kms").is_false
    assert service_of(Choice(FLAG, names[0], names[0])).is_("s3").is_true


CUSTOMERS = Known("com.amazonaws.vpce.eu-west-1.vpce-svc-0123456789abcdef0")


def test_short_name_beside_the_full_one() -> None:
    """A module that takes either form means the same service."""
    service = service_of(Choice(FLAG, Known("s3"), template("com.amazonaws.$.s3")))
    assert (service.owner, service.short_name, str(service)) == ("aws", "s3", "s3")
    assert service.is_("s3").is_true
    assert service.supports_policy.is_true


def test_choice_is_asked_side_by_side() -> None:
    """What holds of both sides holds, whoever offers them; what they differ in is open because of the condition."""
    service = service_of(Choice(FLAG, CUSTOMERS, template("com.amazonaws.$.sqs")))
    assert (service.owner, service.short_name) == ("unknown", None)
    assert service.is_one_of(GATEWAY_SERVICES).is_false
    assert service.is_("sqs").is_unknown
    assert service.supports_policy.reasons == WHY
    assert service_of(Choice(FLAG, CUSTOMERS, Known("com.amazonaws.eu-west-1.ebs"))).supports_policy.is_false
    undocumented = Choice(FLAG, template("com.amazonaws.$.sqs"), template("com.amazonaws.$.something-new"))
    assert service_of(undocumented).supports_policy.likely


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (Unknown("var.service", WHY), "var.service"),
        (Unknown('module.x["a"].name', WHY), 'module.x["a"].name'),
        (Unknown('lookup({ s3 = "x" }, var.x)', WHY), UNNAMED),
        (
            text(("com.amazonaws.eu-west-1.", Unknown("each.value.name", WHY))),
            "com.amazonaws.eu-west-1.${each.value.name}",
        ),
        (text(("com.amazonaws.eu-west-1.", Unknown("lower(var.x)", WHY))), UNNAMED),
        (Known("x" * 61), UNNAMED),
        (Known("several\nlines"), UNNAMED),
        (Known(None), UNNAMED),
        (Mapping({"a": Known(1)}), UNNAMED),
        (Choice(FLAG, Known("com.amazonaws.eu-west-1.sqs"), Known("com.amazonaws.eu-west-1.sns")), "sqs or sns"),
        (Choice(FLAG, Known("com.amazonaws.eu-west-1.sqs"), Unknown("f(x)", WHY)), UNNAMED),
        (Choice(FLAG, Known("x" * 40), Known("y" * 40)), UNNAMED),
    ],
)
def test_words_for_a_service(name: Value, said: str) -> None:
    """A sentence holds names, and nothing that only computes one."""
    assert str(service_of(name)) == said


def test_endpoint_service_of_the_configuration_is_a_customers() -> None:
    """AWS's own services are never named by a resource's attribute."""
    own = Reference(
        "aws_vpc_endpoint_service.x.service_name", WHY, address="aws_vpc_endpoint_service.x", attribute="service_name"
    )
    service = service_of(own)
    assert service.owner == "customer"
    assert service.is_("s3").is_false


def endpoint(kind: type, written: str) -> InterfaceEndpoint:
    """An endpoint of a class for a service."""
    return kind(address="aws_vpc_endpoint.x", span=HERE, vpc=Known("vpc-1"), service=template(written))


@pytest.mark.parametrize(
    ("kind", "written", "value", "likely"),
    [
        (InterfaceEndpoint, "com.amazonaws.$.sqs", True, False),
        (InterfaceEndpoint, "com.amazonaws.$.ebs", False, False),
        (InterfaceEndpoint, "com.amazonaws.$.something-new", True, True),
        (InterfaceEndpoint, "com.amazonaws.$.account", True, True),
        (InterfaceEndpoint, "com.amazonaws.vpce.$.vpce-svc-0123456789abcdef0", False, False),
        (InterfaceEndpoint, "com.amazonaws.$.?", None, False),
        (GatewayEndpoint, "com.amazonaws.$.?", True, False),
        (ResourceEndpoint, "?", False, False),
    ],
)
def test_policy_support(kind: type, written: str, value: bool | None, likely: bool) -> None:  # noqa: FBT001
    """Documented support decides; where AWS documents nothing, it is likely."""
    supported = supports_policy(endpoint(kind, written))
    assert (supported.value, supported.likely) == (value, likely)


def test_names_without_form_are_explained() -> None:
    """A name that is in no known form is no service, and the answer says so."""
    supported = service_of(Known("storage")).supports_policy
    assert [str(reason) for reason in supported.reasons] == ["storage is not the name of a service of AWS"]


@given(st.sampled_from(sorted(catalogue())), st.sampled_from(["eu-west-1", "us-gov-east-1", "$"]))
def test_catalogue_patterns_lead_back(name: str, region: str) -> None:
    """The full name of every service in the catalogue is recognised, whatever the Region."""
    written = catalogue()[name].pattern.replace("{region}", region)
    assert service_of(template(written)).short_name == name


def test_zone_bounds_are_cautious() -> None:
    """Two zones are certain everywhere, three where every account sees them, and more may always come."""
    assert zone_bounds("eu-central-2") == (3, None)
    assert zone_bounds("us-west-1") == (2, None)
    assert zone_bounds(None) == zone_bounds("xx-new-1") == (2, None)
    assert is_region("eu-west-1")
    assert not is_region("eu-west-77")


def test_data_is_kept_in_order() -> None:
    """One sorted line per entry, so that changes are easy to review."""
    for file in (Path(services.__file__).parent / "data").glob("*.json"):
        lines = file.read_text("utf-8").splitlines()
        names = list(json.loads(file.read_text("utf-8")))
        assert names == sorted(names)
        assert len(lines) == len(names) + 2
