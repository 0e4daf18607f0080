"""Which endpoints serve a route table's subnets for a service.

A gateway endpoint serves the subnets of the route tables that it is given. An interface endpoint serves its VPC on the
service's public name, if private DNS is on; without it, and for DynamoDB always, only callers that are told its own
name use it. A private hosted zone for the service's name serves the VPCs that see it, whose endpoint it leads to
(AWS PrivateLink Guide, "Gateway endpoints", "Private DNS"; Amazon S3 User Guide, "AWS PrivateLink for Amazon S3").
"""

from __future__ import annotations

from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING

from msgspec import Struct, field

from vpce_lint.condition import assume, decide, decide_all
from vpce_lint.model import DnsRecord, Endpoint, GatewayEndpoint, InterfaceEndpoint, PrivateZone, RouteTable
from vpce_lint.pairing import LONGEST_NAME, Link, Pairing, Register, block_of, pick_of
from vpce_lint.regex import regex
from vpce_lint.routing import LIMIT
from vpce_lint.services import GATEWAY_SERVICES, catalogue, service_of
from vpce_lint.truth import FALSE, TRUE, Reason, Truth, some, unknown
from vpce_lint.value import Choice, Known, Reference, Run, Sequence, Text, Unknown, Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vpce_lint.condition import Facts
    from vpce_lint.model import Network, Resource, Vpc

MOST_ALIKE = 50
"""So many endpoints, or zones, for one service in one VPC are looked at; AWS allows about as many for all services."""

HOSTS = {
    "kinesis-streams": ("kinesis",),
    "kinesis-firehose": ("firehose",),
    "dynamodb-streams": ("streams.dynamodb",),
    "email-smtp": ("email-smtp",),
    "models-v2-lex": ("models-v2-lex",),
    "runtime-v2-lex": ("runtime-v2-lex",),
}
"""Services whose host name isn't their short name backwards (AWS General Reference, "Service endpoints")."""

_DOMAIN = regex(r"(?:\.amazonaws\.com(?:\.cn)?|\.api\.aws|\.amazonaws\.eu)\.?$")
_ENTRY = regex(
    r"(?P<address>(?:[\w.\-]+\.)?aws_vpc_endpoint\.[\w-]+(?:\[(?:\*|\d+|\"(?:[^\"\\]|\\.)*\")\])?)\.dns_entry\b.*"
)
_ENTRIES = regex(r"([\w./:\-]+)\.DnsEntries\b")
"""The same in a template, where ``Fn::Select`` and ``Fn::Split`` take the name out of ``DnsEntries``."""


class Server(Struct, frozen=True):
    """An endpoint, or a zone that leads to one, with whether it serves; ``how`` says in what way.

    ``here``: it stands in the VPC, for the service. ``fix`` says what to do about the VPC to make it serve.
    """

    at: Endpoint | PrivateZone
    truth: Truth
    how: str
    here: Truth = FALSE
    fix: str = ""


class Served(Struct, frozen=True):
    """Whether an AWS service is served, and by what: those that do, or else may.

    ``aside`` are endpoints of the service that stand in the VPC and don't serve: a gateway endpoint without
    the route table, an interface endpoint without private DNS. ``perhaps`` are those of which that isn't certain.
    """

    served: Truth
    by: tuple[Server, ...] = ()
    aside: tuple[Server, ...] = ()
    perhaps: tuple[Server, ...] = ()


class _Listed(Struct, frozen=True):
    """That a gateway endpoint is given a route table: one, or the members of a run; ``when`` that is so."""

    endpoint: GatewayEndpoint
    table: Value
    run: Run | None = None
    when: tuple[tuple[Value, bool], ...] = ()


_Seen = tuple[PrivateZone, Value, Run | None]
"""A zone, the id of a VPC that sees it and, where that is one of several, the run that it stands for."""


class EndpointIndex:
    """The endpoints and private zones of a network by what they serve; the same under all assumptions."""

    def __init__(self, network: Network, pairing: Pairing) -> None:
        self._network = network
        self.pairing = pairing
        self._listing: dict[str, dict[str | None, list[_Listed]]] = {}
        self._standing: dict[str, dict[str | None, list[Endpoint]]] = {}
        self._named: dict[tuple[str, str], list[_Seen]] = {}

    def listing(self, table: RouteTable, service: str) -> Iterator[_Listed]:
        """What may give a table to a gateway endpoint of a service."""
        known = self._listing.get(table.address)
        if known is None:
            known = self._listing[table.address] = {}
            for listed in self.gateways.candidates(table):
                known.setdefault(service_of(listed.endpoint.service).short_name, []).append(listed)
        yield from known.get(service, ())
        yield from known.get(None, ())

    def standing(self, vpc: Vpc | None, vpc_id: Value, service: str) -> Iterator[Endpoint]:
        """The endpoints of a service that may stand in a VPC."""
        key = vpc.address if vpc is not None else vpc_id.symbol
        known = self._standing.get(key)
        if known is None:
            known = self._standing[key] = {}
            for endpoint in self.by_vpc.named(vpc_id.symbol) if vpc is None else self.by_vpc.candidates(vpc):
                known.setdefault(service_of(endpoint.service).short_name, []).append(endpoint)
        yield from known.get(service, ())
        yield from known.get(None, ())

    def seen(self, vpc: Vpc | None, vpc_id: Value, service: str) -> list[_Seen]:
        """The private zones that a VPC may see and that may be for a service's host name."""
        key = (vpc.address if vpc is not None else vpc_id.symbol, service)
        known = self._named.get(key)
        if known is None:
            candidates = self.zones.named(vpc_id.symbol) if vpc is None else self.zones.candidates(vpc)
            known = self._named[key] = [each for each in candidates if not _names(each[0].name, service).is_false]
        return known

    @cached_property
    def gateways(self) -> Register[_Listed]:
        """Gateway endpoints by each of their route tables."""
        listed = (each for endpoint in self._network.of(GatewayEndpoint) for each in _listed(endpoint))
        return Register(self.pairing, ((each.table, each) for each in listed))

    @cached_property
    def by_vpc(self) -> Register[Endpoint]:
        """Interface and gateway endpoints by VPC."""
        kinds = (InterfaceEndpoint, GatewayEndpoint)
        return Register(
            self.pairing, ((each.vpc, each) for each in self._network.of(Endpoint) if isinstance(each, kinds))
        )

    @cached_property
    def endpoints(self) -> dict[str, list[Endpoint]]:
        """Endpoints by address; of each type that one may have."""
        found: dict[str, list[Endpoint]] = {}
        for endpoint in self._network.of(Endpoint):
            found.setdefault(endpoint.address, []).append(endpoint)
        return found

    @cached_property
    def zones(self) -> Register[_Seen]:
        """Private zones by the VPCs that see them."""
        seen: list[tuple[Value, _Seen]] = []
        for zone in self._network.of(PrivateZone):
            members = zone.vpcs.members if isinstance(zone.vpcs, Sequence) else (zone.vpcs,)
            for member in members:
                value = member.each if isinstance(member, Run) else member
                seen.append((value, (zone, value, member if isinstance(member, Run) else None)))
        return Register(self.pairing, seen)

    @cached_property
    def records(self) -> Register[DnsRecord]:
        """Records by their zone."""
        return Register(self.pairing, ((record.zone, record) for record in self._network.of(DnsRecord)))


def _listed(endpoint: GatewayEndpoint) -> Iterator[_Listed]:
    waiting: list[tuple[Value, tuple[tuple[Value, bool], ...]]] = [(endpoint.route_tables, ())]
    while waiting:
        tables, when = waiting.pop()
        if isinstance(tables, Choice):
            waiting += [
                (tables.then, (*when, (tables.condition, True))),
                (tables.otherwise, (*when, (tables.condition, False))),
            ]
        elif isinstance(tables, Sequence):
            for member in tables.members:
                run = member if isinstance(member, Run) else None
                yield _Listed(endpoint, member if run is None else run.each, run, when)
        elif not tables.is_null.is_true:
            yield _Listed(endpoint, tables, Run(tables.symbol, tables), when)


class Servers(Struct):
    """What serves the route tables and VPCs of a network under some assumptions."""

    index: EndpointIndex
    facts: Facts
    _of_table: dict[tuple[str, str], list[Server]] = field(default_factory=dict)
    _of_vpc: dict[tuple[str, str], list[Server]] = field(default_factory=dict)

    def gateways(self, table: RouteTable, service: str) -> list[Server]:
        """The gateway endpoints that serve a table for a service, or may."""
        known = self._of_table.get((table.address, service))
        if known is None:
            known = self._of_table[table.address, service] = list(self._find_gateways(table, service))
        return known

    def _find_gateways(self, table: RouteTable, service: str) -> Iterator[Server]:
        for listed in islice(self.index.listing(table, service), MOST_ALIKE):
            truth = self._lists(listed, table) & self._is_for(listed.endpoint, service)
            if not truth.is_ruled_out:
                yield Server(listed.endpoint, truth, "gateway endpoint")

    def _is_for(self, endpoint: Endpoint, service: str) -> Truth:
        """Whether an endpoint exists and is for a service."""
        there = self.index.pairing.exists(endpoint, self.facts)
        return there & service_of(assume(endpoint.service, self.facts)).is_(service)

    def beyond(self, table: RouteTable, vpc: Vpc | None, vpc_id: Value, service: str) -> Truth:
        """False; unknown where there is more that may serve a table or VPC for a service than is looked at."""
        found = FALSE
        if is_gateway_service(service):
            if self.index.gateways.has_more(table):
                found = unknown(LIMIT)
            found |= _too_many(self.index.listing(table, service), f"gateway endpoints for {service}", table)
        found |= _too_many(self.index.standing(vpc, vpc_id, service), f"endpoints for {service}", vpc or table)
        found |= _too_many(self.index.seen(vpc, vpc_id, service), f"private zones for {service}", vpc or table)
        if vpc is not None and (self.index.by_vpc.has_more(vpc) or self.index.zones.has_more(vpc)):
            found |= unknown(LIMIT)
        return found

    def _lists(self, listed: _Listed, table: RouteTable) -> Truth:
        """Whether an endpoint's list certainly holds a table, and of a family all."""
        there = TRUE
        for condition, holds in listed.when:
            held = decide(condition, self.facts)
            there &= held if holds else ~held
        if there.is_false:
            return FALSE
        link = self.index.pairing.link(listed.table, listed.endpoint, table, self.facts)
        run = listed.run
        if run is None:
            return there & link.every
        return there & self._run_lists(run, link, table)

    def _run_lists(self, run: Run, link: Link, table: RouteTable) -> Truth:
        if link.some.is_ruled_out:
            return FALSE
        conditions = every_of(run.when, self.index.pairing, self.facts)
        if table.family and run.name in {f"{table.address}.id", table.address}:
            return conditions
        if table.family and self._adds_to_each(run, table):
            return conditions
        if run.most == 1 and run.when:
            return conditions & link.every
        if link.some.is_false:
            return link.some
        return conditions & unknown(*run.reasons or (Reason(f"what {run.name} holds is not known", run.span),))

    def _adds_to_each(self, run: Run, table: RouteTable) -> bool:
        """Whether a run holds what a family of companions adds, one for each of the tables."""
        companion = run.name.partition("→")[0]
        pick = pick_of(run.each)
        if not companion.endswith("[*]") or "→" not in run.name or pick is None or table.key is None:
            return False
        same_key = pick.key == (f"{companion}.index" if table.key.symbol.endswith("].index") else table.key.symbol)
        own = {condition.symbol for condition in run.when}
        return (
            same_key and own == {condition.symbol for condition in table.when} and bool(own) and "?" not in "".join(own)
        )

    def in_vpc(self, vpc: Vpc | None, vpc_id: Value, service: str) -> list[Server]:
        """The interface endpoints and private zones of a service in a VPC; which of them serve, their truth says."""
        key = (vpc.address if vpc is not None else vpc_id.symbol, service)
        known = self._of_vpc.get(key)
        if known is None:
            dns = TRUE if vpc is None else _private_dns_answers(vpc, self.facts)
            servers = self._standing(vpc, vpc_id, service)
            known = [_resolved(self._answering(server, service), dns, vpc) for server in servers]
            known += [_resolved(server, dns, vpc) for server in self._zones(vpc, vpc_id, service)]
            self._of_vpc[key] = known
        return known

    def _standing(self, vpc: Vpc | None, vpc_id: Value, service: str) -> Iterator[Server]:
        for endpoint in islice(self.index.standing(vpc, vpc_id, service), MOST_ALIKE):
            here = TRUE
            if vpc is not None:
                here = self.index.pairing.link(endpoint.vpc, endpoint, vpc, self.facts).every
            truth = here & self._is_for(endpoint, service)
            if not truth.is_ruled_out:
                kind = "interface endpoint" if isinstance(endpoint, InterfaceEndpoint) else "gateway endpoint"
                yield Server(endpoint, truth, kind)

    def _answering(self, server: Server, service: str) -> Server:
        """The same, as far as the endpoint answers on the service's own name."""
        endpoint = server.at
        if not isinstance(endpoint, InterfaceEndpoint):
            return Server(endpoint, FALSE, server.how, server.truth)
        truth = (
            server.truth
            & assume(endpoint.private_dns, self.facts).is_(True)
            & ~_is_empty(assume(endpoint.subnets, self.facts))
        )
        truth &= _in_own_region(endpoint)
        entry = catalogue().get(service)
        if service == "dynamodb" or (entry is not None and entry.private_dns is False):
            truth = FALSE
        elif service == "s3":
            only = assume(endpoint.only_inbound_resolvers, self.facts)
            truth &= only.is_(False) if not only.is_null.is_true else FALSE
        return Server(endpoint, truth, server.how, server.truth)

    def _zones(self, vpc: Vpc | None, vpc_id: Value, service: str) -> Iterator[Server]:
        for zone, seen_from, run in self.index.seen(vpc, vpc_id, service)[:MOST_ALIKE]:
            there = self.index.pairing.exists(zone, self.facts) & _names(zone.name, service)
            if vpc is not None:
                there &= self.index.pairing.link(seen_from, zone, vpc, self.facts).some
            if run is not None:
                there &= decide_all(run.when, self.facts) if run.when else unknown(*run.reasons)
            if not there.is_ruled_out:
                yield Server(zone, there & self._leads_on(zone, service), "private hosted zone")

    def _leads_on(self, zone: PrivateZone, service: str) -> Truth:
        """Whether a record of the zone leads to an endpoint of the service."""
        register = self.index.records
        records = list(islice(register.candidates(zone), MOST_ALIKE + 1))
        found = unknown(LIMIT) if register.has_more(zone) else _too_many(records, "records", zone)
        for record in records[:MOST_ALIKE]:
            link = self.index.pairing.link(record.zone, record, zone, self.facts)
            truth = self.index.pairing.exists(record, self.facts) & link.every
            if truth.is_ruled_out:
                continue
            names = record.names.members if isinstance(record.names, Sequence) else ()
            found |= truth & some(self._is_endpoint_of(name, service) for name in names)
        return found

    def _is_endpoint_of(self, name: Value, service: str) -> Truth:
        """Whether a DNS name is that of an endpoint of the service; one that is made elsewhere is taken to be."""
        address = _endpoint_named(name)
        if address is None:
            if isinstance(name, Known):
                return _taken(name) if ".vpce." in str(name.value) else FALSE
            if isinstance(name, Text | Unknown):
                return _taken(name)
            return unknown(*name.reasons)
        endpoints = self.index.endpoints.get(address, [])
        if not endpoints:
            endpoints = self.index.endpoints.get(f"{block_of(address)}[*]", [])
        return some(
            self.index.pairing.exists(endpoint, self.facts)
            & service_of(assume(endpoint.service, self.facts)).is_(service)
            for endpoint in endpoints
            if isinstance(endpoint, InterfaceEndpoint)
        )


def _endpoint_named(name: Value) -> str | None:
    """The address of the endpoint of whose DNS entries a name is one; ``None`` where it is of none of this code."""
    if not isinstance(name, Unknown) or len(name.name) > LONGEST_NAME:
        return None
    known = _ENTRY.fullmatch(name.name)
    if known is not None:
        return known["address"]
    found = set(_ENTRIES.findall(name.name))
    return found.pop() if len(found) == 1 else None


def every_of(conditions: tuple[Value, ...], pairing: Pairing, facts: Facts) -> Truth:
    """Whether all conditions hold, those that there are instances of something among them."""
    result = TRUE
    for condition in conditions:
        result &= pairing.holds(condition, facts)
    return result


def _private_dns_answers(vpc: Vpc, facts: Facts) -> Truth:
    """Whether AWS's resolver gives private names in a VPC; what is left to AWS is as its private names need it.

    AWS makes no endpoint with private DNS in a VPC whose DNS support or DNS hostnames are off (AWS PrivateLink Guide,
    "Access an AWS service using an interface VPC endpoint"); where they are turned off later, it stops answering.
    """
    answers = TRUE
    for value, words in ((vpc.dns_support, "DNS support"), (vpc.dns_hostnames, "DNS hostnames")):
        off = assume(value, facts).is_(False)
        if off.is_true:
            reason = Reason(f"{vpc.address} has its {words} off", value.span)
            answers &= Truth(value=False, reasons=(reason,), likely=True)
        else:
            answers &= ~off
    return answers


def _resolved(server: Server, dns: Truth, vpc: Vpc | None) -> Server:
    """The same, as far as the names that it goes by are resolved in a VPC."""
    if vpc is None or dns.is_true or server.truth.is_false:
        return server
    fix = f"turn on DNS support and DNS hostnames of {vpc.address}" if dns.is_false else ""
    return Server(server.at, server.truth & dns, server.how, server.here, fix)


def _too_many(things: Iterable[object], words: str, at: Resource) -> Truth:
    """False; unknown where there are more than are looked at."""
    if next(islice(things, MOST_ALIKE, None), None) is None:
        return FALSE
    return unknown(Reason(f"more than {MOST_ALIKE} {words} are not looked at one by one", at.span))


def _in_own_region(endpoint: InterfaceEndpoint) -> Truth:
    if endpoint.service_region.is_null.is_true:
        return TRUE
    words = Reason(f"{endpoint.address} is for the service in {endpoint.service_region}", endpoint.service_region.span)
    return unknown(words)


def _is_empty(members: Value) -> Truth:
    if isinstance(members, Sequence) and members.most == 0:
        return TRUE
    return TRUE if isinstance(members, Known) else FALSE


def _taken(name: Value) -> Truth:
    words = Reason(f"{name} is taken to be the name of an endpoint of the service", name.span)
    return Truth(value=True, reasons=(words,), likely=True)


def hosts_of(service: str) -> tuple[str, ...]:
    """What the host names of a service begin with: ``api.ecr`` for ``ecr.api``."""
    return HOSTS.get(service, (".".join(reversed(service.split("."))),))


def _names(zone: Value, service: str) -> Truth:
    """Whether a zone's name is the service's host name in some Region."""
    if isinstance(zone, Known | Text):
        begins = zone.prefix if isinstance(zone, Text) else str(zone.value)
        ends = zone.suffix if isinstance(zone, Text) else str(zone.value)
        for host in hosts_of(service):
            if begins.startswith(f"{host}.") and "." in begins and _DOMAIN.search(ends):
                rest = begins.removeprefix(f"{host}.")
                return TRUE if isinstance(zone, Text) or rest.count(".") <= 4 else FALSE
        if isinstance(zone, Text) and not begins:
            return unknown(*zone.reasons)
        if isinstance(zone, Text) and any(f"{host}.".startswith(begins) for host in hosts_of(service)):
            return unknown(*zone.reasons)
        return FALSE
    if isinstance(zone, Reference):
        return FALSE
    return unknown(*zone.reasons)


def is_gateway_service(service: str) -> bool:
    """Whether a service has gateway endpoints."""
    return service in GATEWAY_SERVICES or service == "s3express"
