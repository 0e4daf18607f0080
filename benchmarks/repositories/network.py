"""The networks of generated repositories, whatever they are written in: what is wrong with each, and what must be found.

A network has a VPC with public, private and isolated subnets in three zones, a NAT gateway in each zone, gateway and
interface endpoints with a restrictive policy, a function and a container in the private subnets, a function in
the isolated ones, and an endpoint service for one partner. That is as the rules want it. What is wrong comes
from the network's number, so that every n-th one has a certain fault.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from benchmarks.repositories.choice import pick

if TYPE_CHECKING:
    from collections.abc import Iterator

REGIONS = ("eu-west-1", "eu-central-1", "us-east-1", "ap-southeast-2")
TEAMS = ("payments", "identity", "search", "logistics", "platform", "insights", "mobile", "content")
ENVIRONMENTS = ("production", "staging", "development")
ZONES = ("a", "b", "c")

ANYBODY = "*"
PARTNER = "arn:aws:iam::444455556666:root"

NEEDED = ("ecr.api", "ecr.dkr", "kms", "logs", "secretsmanager", "sqs")
"""What the workloads call, besides S3: each has an interface endpoint."""


class Fault(Enum):
    """Something wrong with a network; the value is how often: of so many networks one has it, and which."""

    ONE_ZONE = (5, 0)
    """The endpoint of SQS stands in one zone."""
    NO_POLICY = (3, 1)
    """The endpoint of KMS has no policy of its own."""
    DYNAMODB_BY_INTERFACE = (7, 2)
    """DynamoDB has an interface endpoint, and no gateway endpoint."""
    NO_ENDPOINT = (4, 3)
    """The worker also publishes to SNS, which has no endpoint."""
    OPEN_SERVICE = (6, 5)
    """Everybody may connect to the endpoint service."""
    UNKNOWN_SUBNETS = (8, 6)
    """An endpoint's subnets come from a variable without a default."""
    UNREACHABLE = (9, 4)
    """The function in the isolated subnets publishes to SNS, which has no endpoint."""

    def is_in(self, number: int) -> bool:
        """Whether the network of this number has it."""
        every, which = self.value
        return number % every == which


class Expected(NamedTuple):
    """An answer that isn't *satisfied*: ``part`` is a name of ``Network``, whatever the resource is called in code."""

    rule: str
    part: str
    about: str
    verdict: str


class Interface(NamedTuple):
    """An interface endpoint: its service, and where it differs from what is usual."""

    service: str
    single_zone: bool = False
    restrict: bool = True
    private_dns: bool = True


@dataclass(frozen=True)
class Network:
    """The network of a number; ``name`` is unique in its repository."""

    number: int
    name: str
    team: str

    @cached_property
    def faults(self) -> frozenset[Fault]:
        """What is wrong with it."""
        return frozenset(fault for fault in Fault if fault.is_in(self.number))

    @property
    def region(self) -> str:
        """Where it stands."""
        return pick(REGIONS, self.name, "region")

    @property
    def environment(self) -> str:
        """What it is for."""
        return pick(ENVIRONMENTS, self.name, "environment")

    @property
    def zones(self) -> tuple[str, ...]:
        """The names of its Availability Zones."""
        return tuple(self.region + zone for zone in ZONES)

    @property
    def octet(self) -> int:
        """The second number of its addresses: ``10.octet.0.0/16``."""
        return self.number % 250

    @property
    def gateways(self) -> tuple[str, ...]:
        """Services with a gateway endpoint."""
        return ("s3",) if Fault.DYNAMODB_BY_INTERFACE in self.faults else ("dynamodb", "s3")

    @property
    def interfaces(self) -> tuple[Interface, ...]:
        """The interface endpoints, but for the one of ``UNKNOWN_SUBNETS``."""
        usual = [
            Interface(
                service,
                single_zone=service == "sqs" and Fault.ONE_ZONE in self.faults,
                restrict=not (service == "kms" and Fault.NO_POLICY in self.faults),
            )
            for service in NEEDED
        ]
        if Fault.DYNAMODB_BY_INTERFACE in self.faults:
            usual.insert(0, Interface("dynamodb", private_dns=False))
        return tuple(usual)

    @property
    def worker_actions(self) -> tuple[str, ...]:
        """What the function in the private subnets may do."""
        usual = ("kms:Decrypt", "s3:GetObject", "sqs:ReceiveMessage", "sqs:DeleteMessage")
        return (*usual, "sns:Publish") if Fault.NO_ENDPOINT in self.faults else usual

    @property
    def migration_actions(self) -> tuple[str, ...]:
        """What the function in the isolated subnets may do."""
        usual = ("secretsmanager:GetSecretValue", "s3:GetObject")
        return (*usual, "sns:Publish") if Fault.UNREACHABLE in self.faults else usual

    @property
    def principal(self) -> str:
        """Who may connect to the endpoint service."""
        return ANYBODY if Fault.OPEN_SERVICE in self.faults else PARTNER

    def expected(self) -> set[Expected]:
        """All answers that are violated or undetermined."""
        return set(self._expected())

    def _expected(self) -> Iterator[Expected]:
        if Fault.ONE_ZONE in self.faults:
            yield Expected("VPCE003", "endpoint sqs", "", "violated")
        if Fault.NO_POLICY in self.faults:
            yield Expected("VPCE005", "endpoint kms", "", "violated")
        if Fault.DYNAMODB_BY_INTERFACE in self.faults:
            yield Expected("VPCE001", "endpoint dynamodb", "", "violated")
        if Fault.NO_ENDPOINT in self.faults:
            for zone in ZONES:
                yield Expected("VPCE002", f"private table {zone}", "sns", "violated")
        if Fault.OPEN_SERVICE in self.faults:
            yield Expected("VPCE004", "endpoint service", "everyone-allowed", "violated")
        if Fault.UNKNOWN_SUBNETS in self.faults:
            yield Expected("VPCE003", "management endpoint", "", "undetermined")
        if Fault.UNREACHABLE in self.faults:
            yield Expected("VPCE008", "isolated table", "sns", "violated")
