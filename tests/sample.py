"""Small networks and answers made by hand, for tests that need no reader."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from vpce_lint.location import locate
from vpce_lint.model import InterfaceEndpoint, Network, Reading
from vpce_lint.report import Answer
from vpce_lint.rule import Rule, require, rule
from vpce_lint.source import Source, Span
from vpce_lint.truth import FALSE, Truth
from vpce_lint.value import Known
from vpce_lint.verdict import Severity, Verdict

if TYPE_CHECKING:
    from vpce_lint.model import Resource
    from vpce_lint.rule import Requirements

CODE = """\
resource "aws_vpc_endpoint" "kms" {
  service_name = "com.amazonaws.eu-west-1.kms"
  subnet_ids   = [aws_subnet.a.id]
}
"""


def span(marked: str, code: str = CODE, path: str = "main.tf") -> Span:
    """The place of the first occurrence of a text in a file."""
    data = code.encode("utf-8", "surrogatepass")
    start = data.index(marked.encode("utf-8", "surrogatepass"))
    return Span(Source(path, data), start, start + len(marked.encode("utf-8", "surrogatepass")))


HEADER = span('resource "aws_vpc_endpoint" "kms"')


def endpoint(address: str = "aws_vpc_endpoint.kms", **fields: Any) -> InterfaceEndpoint:
    """An interface endpoint with as little as it needs."""
    made = InterfaceEndpoint(address=address, span=HEADER, vpc=Known("vpc-1"), service=Known("com.amazonaws.x.kms"))
    return replace(made, **fields)


def reading(*resources: Resource, root: str = "envs/prod", **fields: Any) -> Reading:
    """What a reader would make of one root with these resources."""
    return Reading((Network(root, resources, **fields),), files=("main.tf",))


def asking(holds: Truth = FALSE, message: str = "it is open", **clauses: Any) -> Rule:
    """A rule about interface endpoints that asks one thing."""

    @rule("VPCE100", severity=Severity.HIGH)
    def wide_open(_: InterfaceEndpoint) -> Requirements:
        yield require(holds, message, **clauses)

    return wide_open


def answer(**fields: Any) -> Answer:
    """A violation at the endpoint's subnets."""
    made = Answer(
        rule="VPCE003",
        name="interface-endpoint-in-one-zone",
        verdict=Verdict.VIOLATED,
        severity=Severity.HIGH,
        address="aws_vpc_endpoint.kms",
        affects=("aws_vpc_endpoint.kms",),
        root=".",
        location=locate(span("[aws_subnet.a.id]")),
        message="aws_vpc_endpoint.kms stands in one Availability Zone, eu-west-1a",
        fix="give it subnets in at least two zones",
        help="vpce-lint explain VPCE003",
    )
    return replace(made, **fields)
