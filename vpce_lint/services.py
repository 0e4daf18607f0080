"""The AWS services that have VPC endpoints, their names, and the Regions with their zones.

The catalogue in ``data/services.json`` holds what AWS documents (AWS PrivateLink Guide, "AWS services
that integrate with AWS PrivateLink", and the services' own guides), one service a line. A field that
isn't there is not documented, and then the answer here is unknown or ``likely``, never a guess.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypedDict

from msgspec import Struct
from msgspec.json import decode

from vpce_lint.condition import choose
from vpce_lint.model import GatewayEndpoint, InterfaceEndpoint
from vpce_lint.regex import regex
from vpce_lint.truth import FALSE, Reason, Truth, some, truth, unknown
from vpce_lint.value import Choice, Known, Reference, Text, Unknown, Value, text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from vpce_lint.model import Endpoint

GATEWAY_SERVICES = {"s3": "S3", "dynamodb": "DynamoDB"}
"""The services with endpoints of both kinds, by short name (AWS PrivateLink Guide, "Gateway endpoints").

S3 Express One Zone has gateway endpoints only, so nobody can choose the wrong kind.
"""

LEAST_ZONES = 2
"""No account sees fewer zones than this in any Region."""

_STEMS = (
    "com.amazonaws.",
    "cn.com.amazonaws.",
    "eu.amazonaws.",
    "gov.ic.c2s.",
    "gov.sgov.sc2s.",
    "gov.ic.hci.csp.",
    "uk.adc-e.cloud.",
    "aws.sagemaker.",
    "aws.api.",
    "api.aws.",
)
"""What stands before the Region, in all partitions."""

_REGION = regex(r"[a-z]{2,5}(-[a-z]+)+-\d+|global")

LONGEST_NAME = 60
"""Longer service names are not repeated in sentences."""

UNNAMED = "a service that is not known"

_PLAIN = regex(r'[\w.:/-]+(\[("[^"$]*"|\d+|\*)\][\w.-]*)*')
"""A name, a variable or an attribute, and not an expression that computes one."""
_DATA = Path(__file__).parent / "data"


class _Record(TypedDict, total=False):
    types: list[str]
    policy: bool
    private_dns: bool
    iam: list[str]
    cross_region: bool
    fips: bool
    pattern: str


class _Region(TypedDict, total=False):
    partition: str
    zones: int
    least: int


class CatalogueEntry(Struct, frozen=True):
    """What is known of a service: ``None`` where AWS documents nothing.

    ``pattern`` is its service name with ``{region}`` in the Region's place.
    """

    name: str
    pattern: str
    types: tuple[str, ...]
    policy: bool | None
    private_dns: bool | None
    iam_prefixes: tuple[str, ...]
    cross_region: bool
    fips: bool


class Service(Struct, frozen=True):
    """The service that a service name stands for, as far as it is known.

    ``owner`` says whose it is: AWS's, a customer's (``com.amazonaws.vpce...``), or not known. ``name`` is
    what follows the Region (``s3``, ``ecr.api``), itself possibly with holes. Where not even its
    beginning can be told, it is the whole service name. A choice of names is asked side by side.
    """

    owner: Literal["aws", "customer", "unknown"]
    name: Value
    written: Value
    complete: bool = True

    def is_(self, name: str) -> Truth:
        """Whether it is AWS's service of this short name; FIPS variants are services of their own."""
        if isinstance(self.written, Choice):
            return _agreed(self.written, lambda side: side.is_(name))
        if self.owner == "customer":
            return FALSE
        return self.name.is_(name) if self.complete else self.name.ends_with(f".{name}")

    def is_one_of(self, names: Iterable[str]) -> Truth:
        """Whether it is one of AWS's services of these short names."""
        return some(self.is_(name) for name in names)

    @property
    def short_name(self) -> str | None:
        """The short name of AWS's service, where it is known."""
        if self.owner == "aws" and isinstance(self.name, Known) and isinstance(self.name.value, str):
            return self.name.value
        return None

    @property
    def entry(self) -> CatalogueEntry | None:
        """Its line of the catalogue, where there is one."""
        return catalogue().get(self.short_name or "")

    @property
    def iam_prefix(self) -> str | None:
        """What its actions begin with, where that is one word: ``s3`` of ``s3:GetObject``."""
        prefixes = () if self.entry is None else self.entry.iam_prefixes
        return prefixes[0] if len(prefixes) == 1 else None

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Why it is not known which service it is."""
        return self.name.reasons

    @property
    def supports_policy(self) -> Truth:
        """Whether its interface endpoints take a policy; ``likely`` where AWS documents nothing.

        An endpoint of a service that doesn't support policies allows full access (AWS PrivateLink Guide,
        "Control access to VPC endpoints using endpoint policies").
        """
        if self.short_name is None and isinstance(self.written, Choice):
            return _agreed(self.written, lambda side: side.supports_policy)
        if self.owner == "customer":
            return FALSE
        if self.short_name is None:
            return unknown(*self.reasons or (Reason(f"{self} is not the name of a service of AWS", self.written.span),))
        if self.entry is None or self.entry.policy is None:
            undocumented = Reason("AWS doesn't document whether this service supports endpoint policies")
            return Truth(value=True, reasons=(undocumented,), likely=True)
        return truth(value=self.entry.policy)

    def __str__(self) -> str:
        """The short name where it is known, else the service name as written where that says something."""
        if self.short_name:
            return self.short_name
        if isinstance(self.written, Choice):
            sides = dict.fromkeys(str(service_of(side)) for side in (self.written.then, self.written.otherwise))
            name = UNNAMED if UNNAMED in sides else " or ".join(sides)
        else:
            name = str(self.written) if _is_plain(self.written) else UNNAMED
        return name if len(name) <= LONGEST_NAME else UNNAMED


def service_of(name: Value) -> Service:
    """The service that a service name stands for; ``null``, as of a resource endpoint, is no service of AWS."""
    if isinstance(name, Choice):
        return _service_of_choice(name)
    if isinstance(name, Known) and isinstance(name.value, str):
        return _parse((name.value,), name)
    if isinstance(name, Text):
        only = name.parts[0]
        return service_of(only) if len(name.parts) == 1 and isinstance(only, Value) else _parse(name.parts, name)
    if isinstance(name, Reference) and _is_endpoint_service(name):
        return Service("customer", name, name)
    if isinstance(name, Unknown):
        return Service("unknown", name, name, complete=False)
    return Service("customer", name, name)


@cache
def catalogue() -> dict[str, CatalogueEntry]:
    """The services that have endpoints, by short name."""
    records: dict[str, _Record] = decode((_DATA / "services.json").read_bytes())
    return {name: _entry(name, record) for name, record in records.items()}


def has_endpoint(service: str) -> bool:
    """Whether a service of this short name has endpoints at all."""
    return service in catalogue()


def zone_bounds(region: str | None) -> tuple[int, int | None]:
    """The least and greatest number of Availability Zones that an account may see in a Region.

    There is no upper bound: Local Zones that an account opted in to are listed beside the Region's own,
    and AWS adds zones. Accounts see fewer than there are where a zone is constrained, which
    happened in the oldest Regions (AWS Regions and Availability Zones guide): two there, and where
    the Region isn't known; elsewhere all, but never more than three are counted on.
    """
    record = _regions().get(region or "", {})
    return record.get("least", LEAST_ZONES), None


def supports_policy(endpoint: Endpoint) -> Truth:
    """Whether AWS takes a policy for an endpoint.

    Every gateway endpoint takes one, an interface endpoint does by its service, others don't
    (CloudFormation reference, ``AWS::EC2::VPCEndpoint``).
    """
    if isinstance(endpoint, InterfaceEndpoint):
        return service_of(endpoint.service).supports_policy
    return truth(value=isinstance(endpoint, GatewayEndpoint))


def is_region(name: str) -> bool:
    """Whether this is a Region that was known when the catalogue was made."""
    return name in _regions()


@cache
def _regions() -> dict[str, _Region]:
    regions: dict[str, _Region] = decode((_DATA / "regions.json").read_bytes())
    return regions


def _entry(name: str, record: _Record) -> CatalogueEntry:
    return CatalogueEntry(
        name=name,
        pattern=record.get("pattern", f"com.amazonaws.{{region}}.{name}"),
        types=tuple(record.get("types", ("Interface",))),
        policy=record.get("policy"),
        private_dns=record.get("private_dns"),
        iam_prefixes=tuple(record.get("iam", (name,))),
        cross_region=record.get("cross_region", False),
        fips=record.get("fips", False),
    )


def _service_of_choice(name: Choice) -> Service:
    """What both sides are; of a short name beside AWS's full name for it, AWS's: it is no other service's name."""
    then, otherwise = service_of(name.then), service_of(name.otherwise)
    owners = {then.owner, otherwise.owner}
    is_one_name = then.complete and otherwise.complete and then.name.equals(otherwise.name).is_true
    if "aws" in owners and "customer" not in owners and (is_one_name or owners == {"aws"}):
        return Service("aws", choose(name.condition, then.name, otherwise.name), name)
    return Service("customer" if owners == {"customer"} else "unknown", name, name, complete=False)


def _agreed(name: Choice, ask: Callable[[Service], Truth]) -> Truth:
    """What holds whichever of two services it is; unknown, because of the condition, where they differ."""
    then, otherwise = ask(service_of(name.then)), ask(service_of(name.otherwise))
    if then.value is None or then.value is not otherwise.value:
        return unknown(*name.condition.reasons, *then.reasons, *otherwise.reasons)
    return then & otherwise if then.is_true else then | otherwise


def _is_plain(name: Value) -> bool:
    """Whether a service name can be read as it is written: no expressions, but those that only name something."""
    if isinstance(name, Text):
        return all(isinstance(part, str) or _is_plain(part) for part in name.parts)
    if isinstance(name, Known):
        return isinstance(name.value, str) and name.value.isprintable()
    return isinstance(name, Unknown) and not name.invalid and _PLAIN.fullmatch(name.name) is not None


def _is_endpoint_service(name: Reference) -> bool:
    """Whether an attribute that is filled in later names an endpoint service: no resource names AWS's own."""
    return "service_name" in name.attribute or "endpoint_service" in name.attribute


def _parse(parts: tuple[str | Value, ...], written: Value) -> Service:
    known = "".join(part if isinstance(part, str) else "\0" for part in parts)
    if ".vpce-svc-" in known or known.startswith("com.amazonaws.vpce."):
        return Service("customer", written, written)
    stem = next((stem for stem in _STEMS if known.startswith(stem)), None)
    rest = _behind_region(parts, stem) if stem else None
    if rest is None:
        return _by_suffix(written)
    if stem == "aws.sagemaker.":
        rest = text((stem, rest))
    elif isinstance(rest, Known) and stem == "cn.com.amazonaws.":
        rest = Known(str(rest).removesuffix(".cn"))
    elif isinstance(rest, Text) and len(rest.parts) == 1 and isinstance(rest.parts[0], Value):
        rest = rest.parts[0]
    return Service("aws", rest.at(written.span), written)


def _behind_region(parts: tuple[str | Value, ...], stem: str) -> Value | None:
    """What follows the stem and the Region, which is all up to the next dot; ``None`` where no dot follows."""
    waiting: list[str | Value] = [str(parts[0])[len(stem) :], *parts[1:]]
    region = ""
    for index, part in enumerate(waiting):
        if isinstance(part, str):
            piece, dot, rest = part.partition(".")
            region += piece
            if dot:
                is_region = "\0" in region or _REGION.fullmatch(region)
                return text((rest, *waiting[index + 1 :]) if is_region else waiting)
        else:
            region += "\0"
    return text(waiting) if "\0" not in region else None


def _by_suffix(written: Value) -> Service:
    """The service of a name whose beginning isn't known: its end is enough where only one service ends so."""
    if isinstance(written, Text):
        ending = written.suffix
        fitting = [name for name in catalogue() if f".{name}".endswith(ending)] if ending.startswith(".") else []
        if fitting == [ending[1:]]:
            return Service("aws", Known(ending[1:], span=written.span), written)
        return Service("unknown", written, written, complete=False)
    return Service("unknown", written, written)
