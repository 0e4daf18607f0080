"""Whether gateway endpoints serve a VPC, as far as code alone tells."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeGuard

from msgspec import Struct

from vpce_lint.condition import assume, decide_all, facts_of, open_part
from vpce_lint.regex import regex
from vpce_lint.services import service_of
from vpce_lint.truth import FALSE, TRUE, Reason, Truth, every, some, unknown
from vpce_lint.value import Choice, Known, Reference, Run, Sequence, Unknown, Value, either

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from vpce_lint.condition import Facts
    from vpce_lint.model import GatewayEndpoint, Vpc

MOST_CONDITIONS = 4
"""Conditions on endpoints beyond these are not looked at case by case, which only leaves more open."""

_ROOT_VARIABLE = regex(r"(var\.[\w.\-]+|[A-Za-z\d]+)(\[[^\[\]]*\][\w.\-]*)*")
"""A variable of the root module or a template's parameter, or a part of it, and nothing that computes with it."""


class GatewayCoverage(Struct, frozen=True):
    """Whether a gateway endpoint serves a VPC for a service.

    ``by`` are those that certainly do, ``perhaps`` those that may, ``idle`` those of the service there
    that no route table uses.
    """

    served: Truth
    by: tuple[GatewayEndpoint, ...] = ()
    perhaps: tuple[GatewayEndpoint, ...] = ()
    idle: tuple[GatewayEndpoint, ...] = ()


class _Question(Struct, frozen=True):
    """Which gateway endpoints serve this VPC for this service; ``vpcs`` are those of the code, by address."""

    vpc_id: Value
    service: str
    vpcs: Mapping[str, Vpc]

    def stands(self, endpoint: GatewayEndpoint, facts: Facts) -> Truth:
        """Whether an endpoint is there, for the service and in the VPC."""
        there = decide_all(endpoint.when, facts) & endpoint.premise
        there &= service_of(assume(endpoint.service, facts)).is_(self.service)
        lacks_tables = _lacks_tables(assume(endpoint.route_tables, facts))
        there &= lacks_tables if lacks_tables.is_unknown else TRUE  # an idle one is told apart by who asks
        if not there.is_false:
            there &= self._is_same_vpc(assume(endpoint.vpc, facts), assume(self.vpc_id, facts))
        if there.is_unknown and not there.reasons:
            return unknown(Reason(f"{endpoint.address} may or may not be there", endpoint.span))
        return there

    def by_cases(
        self, open_: Truth, endpoints: list[GatewayEndpoint], facts: Facts, conditions_left: int = MOST_CONDITIONS
    ) -> Truth:
        """Whether one endpoint or another serves the VPC in every case, or none does in any; else still open."""
        conditions = (each for endpoint in endpoints for each in self._conditions(endpoint))
        condition = next((part for each in conditions if (part := open_part(each, facts)) is not None), None)
        if condition is None or not conditions_left:
            return open_
        cases: list[Truth] = []
        for holds in (True, False):
            case = {**facts, **facts_of(condition, holds=holds)}
            active = [endpoint for endpoint in endpoints if not _is_idle(endpoint, case)]
            served = some(self.stands(endpoint, case) for endpoint in active)
            if served.is_unknown:
                served = self.by_cases(served, active, case, conditions_left - 1)
            if served.is_unknown or (cases and served.value is not cases[0].value):
                return open_
            cases.append(served)
        return every(cases) if cases[0].is_true else some(cases)

    def _conditions(self, endpoint: GatewayEndpoint) -> Iterable[Value]:
        """What an endpoint's being there, and its VPC and service, depend on."""
        yield from endpoint.when
        for value in (endpoint.vpc, endpoint.service, self.vpc_id, endpoint.route_tables):
            if isinstance(value, Choice):
                yield value.condition
        tables = endpoint.route_tables
        for member in tables.members if isinstance(tables, Sequence) else ():
            if isinstance(member, Run):
                yield from member.when

    def _is_same_vpc(self, one: Value, other: Value) -> Truth:
        """Whether two ids name one VPC; what is given from outside was known before any VPC that is made here."""
        for made, given in ((one, other), (other, one)):
            vpc = self.vpcs.get(made.address) if is_instance(made) else None
            if vpc is None or vpc.imported:
                continue
            if isinstance(given, Known):
                return FALSE
            if isinstance(given, Unknown) and _ROOT_VARIABLE.fullmatch(given.name):
                assumed = Reason(f"{given} is taken not to name {vpc.address}, which is made here", given.span)
                return Truth(value=False, reasons=(assumed,), likely=True)
        return one.equals(other)


def coverage_of(
    vpc_id: Value, service: str, endpoints: Iterable[GatewayEndpoint], vpcs: Mapping[str, Vpc], facts: Facts
) -> GatewayCoverage:
    """Which of the endpoints serve a VPC; ``vpcs`` are the VPCs of the code by address."""
    question = _Question(vpc_id, service, vpcs)
    served = FALSE
    by: list[GatewayEndpoint] = []
    perhaps: list[GatewayEndpoint] = []
    unlikely: list[GatewayEndpoint] = []
    idle: list[GatewayEndpoint] = []
    for endpoint in endpoints:
        stands = question.stands(endpoint, facts)
        if stands.is_ruled_out:
            continue
        if _is_idle(endpoint, facts):
            idle += [] if stands.is_false else [endpoint]
            continue
        served |= stands
        (by if stands.is_true else unlikely if stands.is_false else perhaps).append(endpoint)
    if served.is_unknown:
        served = question.by_cases(served, [*perhaps, *unlikely], facts)
    return GatewayCoverage(served, tuple(by), tuple(perhaps), tuple(idle))


def is_instance(vpc_id: Value) -> TypeGuard[Reference]:
    """Whether an id is that of one VPC that the code makes or takes over."""
    return isinstance(vpc_id, Reference) and vpc_id.attribute == "id" and not vpc_id.family


def _is_idle(endpoint: GatewayEndpoint, facts: Facts) -> bool:
    """Whether an endpoint certainly has no route table."""
    return _is_empty(assume(endpoint.route_tables, facts))


def _lacks_tables(tables: Value) -> Truth:
    """Whether a condition leaves an endpoint without any route table; a list that is merely unknown has some."""
    if isinstance(tables, Choice):
        return either(tables, _lacks_tables)
    if _is_empty(tables):
        return TRUE
    if not isinstance(tables, Sequence):
        return FALSE
    if all(isinstance(member, Run) and member.when and not member.least for member in tables.members):
        return unknown(*tables.reasons)
    return FALSE


def _is_empty(members: Value) -> bool:
    """Whether a list certainly has no member: also one that is ``null``."""
    if isinstance(members, Choice):
        return _is_empty(members.then) and _is_empty(members.otherwise)
    if isinstance(members, Sequence):
        return members.most == 0
    return isinstance(members, Known)
