"""Traffic to an AWS service leaves a private subnet through NAT.

Without an endpoint, calls to AWS from a private subnet go through its NAT gateway and out on public addresses. Each
gigabyte is paid for, a NAT gateway that fails cuts the subnet off, and no endpoint policy can say which buckets,
queues or accounts data may go to.

What is asked of a route table: it has a route for public addresses that leads to a public NAT gateway, a NAT instance
or, through transit gateways of the same code, to those of another VPC; a workload in one of its subnets needs the
service; and neither a gateway endpoint with this route table, nor an interface endpoint with private DNS in its
VPC, nor a private hosted zone of the service's name serves it; private names don't answer in a VPC whose DNS support
or DNS hostnames the code turns off. Subnets whose own route for all addresses leads to an
internet gateway are public and not asked.

Where no workload is visible, as in code that makes only the network, the services in `baseline_services` are asked
for, each with the severity given there: nearly everything reads S3, and the gateway endpoints of S3 and DynamoDB
cost nothing. The setting `baseline` says when: `unseen` (where no workload is visible), `always`, or `never`. Subnets of
a network firewall are not asked for it; it is left open for those in which an egress VPC takes the traffic of others.

Fix: for S3 and DynamoDB add a gateway endpoint and give it the route table: `route_table_ids` in Terraform,
`RouteTableIds` in CloudFormation. For others add an interface endpoint to the VPC with private DNS on.

Fine to ignore: services that the subnet calls so rarely that an endpoint costs more than NAT does.

Sources: AWS PrivateLink Guide, "Gateway endpoints" and "Access an AWS service using an interface VPC endpoint"; Amazon
VPC User Guide, "NAT gateways" and "Subnet route tables".
"""

from collections.abc import Iterator, Mapping

from vpce_lint.api import (
    FALSE,
    GATEWAY_SERVICES,
    TRUE,
    Egress,
    Need,
    Place,
    Reason,
    Requirement,
    Requirements,
    Resource,
    RouteTable,
    Served,
    Severity,
    Topology,
    Truth,
    Users,
    Way,
    compatible,
    has_endpoint,
    not_applicable,
    remedy,
    require,
    rule,
    some,
    unknown,
)

BASELINE_SERVICES: Mapping[str, str] = {"s3": "medium", "dynamodb": "info"}
BASELINES = ("unseen", "always", "never")
EVERYTHING = "*"
MOST_NAMED = 3
MOST_CASES = 4
"""So many routes to NAT that exclude each other are judged one by one."""


def _accepts(settings: Mapping[str, object]) -> None:
    if settings["baseline"] not in BASELINES:
        msg = f"baseline can't be {settings['baseline']!r}, only {', '.join(BASELINES)}"
        raise ValueError(msg)
    services = settings["baseline_services"]
    for service, severity in services.items() if isinstance(services, Mapping) else ():
        if severity not in list(Severity):
            msg = f"the severity of {service} can't be {severity!r}, only {', '.join(Severity)}"
            raise ValueError(msg)


@rule("VPCE002", severity=Severity.HIGH, controls=["NIST-800-53:SC-7"], accepts=_accepts)
def aws_traffic_through_nat(
    table: RouteTable,
    topology: Topology,
    *,
    baseline: str = "unseen",
    baseline_services: Mapping[str, str] = BASELINE_SERVICES,
) -> Requirements:
    described = topology.table_of(table)
    if described is not table:
        yield not_applicable(f"{described.address} describes it")
        return
    egress = topology.egress(table)
    if egress.nat.is_false:
        yield not_applicable("no route of it leads to NAT")
    elif egress.public.is_true:
        yield not_applicable("its subnets are public: a route of it leads to an internet gateway")
    elif egress.way is None and table.found:
        yield not_applicable("it is made elsewhere, and no route of it to NAT is written here")
    elif egress.way is None:
        yield require(~egress.nat, f"{table.name} sends traffic for public addresses to NAT")
    else:
        for assumed in _cases(egress, topology):
            yield from _judged_services(table, assumed, baseline, baseline_services)


def _cases(egress: Egress, topology: Topology) -> Iterator[Topology]:
    """The network as it is or, where NAT depends on whether a route is there, as it is with that route."""
    if egress.nat.is_true:
        yield topology
        return
    conditions = {
        repr([each.symbol for each in way.route.when]): way.route.when for way in egress.ways if not way.nat.is_false
    }
    for when in list(conditions.values())[:MOST_CASES]:
        yield topology.assuming(when)


def _judged_services(
    table: RouteTable, topology: Topology, baseline: str, baseline_services: Mapping[str, str]
) -> Requirements:
    egress = topology.egress(table)
    if egress.nat.is_false or egress.public.is_true:
        return
    users = topology.users(table)
    for service in dict.fromkeys((*users.needs, *baseline_services)):
        if service == EVERYTHING:
            continue
        if has_endpoint(service):
            yield _judged(table, topology, egress, users, service, baseline, baseline_services.get(service))
        else:
            yield not_applicable(f"{service} has no endpoints, so that NAT is the way to it", about=service)


def _judged(
    table: RouteTable,
    topology: Topology,
    egress: Egress,
    users: Users,
    service: str,
    baseline: str,
    severity: str | None,
) -> Requirement:
    """What is required of one route table for one service."""
    way = egress.way
    in_baseline = severity is not None
    needs = _needs(users, service, baseline_service=in_baseline)
    needed = (
        some(need.truth & compatible(way.anchor if way else None, need.use.anchor) for need in needs) | users.others
    )
    if not needed.is_true and users.unread:
        needed |= unknown(*users.unread)
    by_baseline = in_baseline and needed.is_false and baseline != "never"
    if by_baseline:
        needed |= _present(users, way) & _assumed(users, baseline)
    served = topology.served(table, service)
    name = way.name if way else "NAT"
    shown = [need for need in needs if not need.truth.is_false]
    certain = [need for need in shown if need.truth.is_true] or shown
    holds = ~(egress.nat & ~egress.public & needed & ~served.served)
    return require(
        holds,
        _message(table, service, name, certain, by_baseline=by_baseline, users=users),
        at=way.route.span if way else None,
        about=service,
        severity=Severity.HIGH if certain and not by_baseline else _severity(users, severity or Severity.LOW),
        fix=remedy(table, service, topology),
        related=[*_places(table, egress, users, certain), *_aside(table, service, served)],
        otherwise=_satisfied(table, service, needed, users, [server.at.address for server in served.by]),
        affects=_affected(users, certain, holds),
    )


def _needs(users: Users, service: str, *, baseline_service: bool) -> list[Need]:
    """What needs the service: by name or, if it is one of the baseline, because it may call everything."""
    found = list(users.needs.get(service, ()))
    if baseline_service:
        found += [need for need in users.needs.get(EVERYTHING, ()) if service not in need.apart_from]
    return found


def _present(users: Users, way: Way | None) -> Truth:
    """Whether there is a subnet behind the route."""
    behind = some(use.truth & compatible(way.anchor if way else None, use.anchor) for use in users.uses)
    return users.present if behind.is_false else behind


def _assumed(users: Users, baseline: str) -> Truth:
    """Whether the baseline is asked for: always, or where no workload is visible."""
    reasons = (Reason("no workload is visible in its subnets"),)
    unseen = ~users.visible & Truth(value=True, reasons=reasons, likely=True)
    passage = users.passage if baseline != "always" else None
    if passage is not None and passage.reserved:
        unseen = FALSE
    elif passage is not None:
        by = passage.by
        words = f"{by.address} brings the traffic of others there; whether a workload stands there too can't be told"
        unseen &= unknown(Reason(words, by.span))
    return unseen | TRUE if baseline == "always" and not users.visible.is_false else unseen


def _severity(users: Users, baseline: str) -> Severity:
    return Severity.LOW if users.visible.is_true else Severity(baseline)


def _label(service: str) -> str:
    return GATEWAY_SERVICES.get(service, service)


def _message(table: RouteTable, service: str, name: str, needs: list[Need], *, by_baseline: bool, users: Users) -> str:
    if needs and not by_baseline:
        addresses = {need.workload.address: None for need in needs}
        send = "sends" if len(addresses) == 1 else "send"
        return f"what {_named(list(addresses))} {send} to {_label(service)} leaves through {name}"
    unseen = "" if not users.visible.is_false else " (no workload is visible there)"
    return f"what the subnets of {table.name} send to {_label(service)} leaves through {name}{unseen}"


def _named(addresses: list[str]) -> str:
    distinct = list(dict.fromkeys(addresses))
    if len(distinct) > MOST_NAMED:
        return f"{', '.join(distinct[: MOST_NAMED - 1])} and {len(distinct) - MOST_NAMED + 1} others"
    return " and ".join([", ".join(distinct[:-1]), distinct[-1]]) if len(distinct) > 1 else distinct[0]


def _satisfied(table: RouteTable, service: str, needed: Truth, users: Users, servers: list[str]) -> str:
    if users.present.is_false:
        return f"no subnet uses {table.name}, so that nothing is sent to {_label(service)}"
    if needed.is_false:
        return f"no workload behind {table.name} needs {_label(service)}"
    if servers:
        serve = "serves" if len(set(servers)) == 1 else "serve"
        return f"{_named(servers)} {serve} {table.name} for {_label(service)}"
    return f"no traffic to {_label(service)} leaves through NAT"


def _places(table: RouteTable, egress: Egress, users: Users, needs: list[Need]) -> Iterator[Place]:
    """The path: workload or subnet, association, route table, route, NAT."""
    first = needs[0] if needs else None
    use = first.use if first else next((use for use in users.uses if not use.truth.is_false), None)
    if first is not None:
        yield Place(first.workload, f"{first.workload.address} stands in {_subnet_name(first)}", step=True)
        for evidence in first.evidence[:MOST_NAMED]:
            if evidence.span is not None:
                yield Place(evidence.span, evidence.label)
    elif use is not None and use.subnet is not None:
        yield Place(use.subnet, f"{use.subnet.address} is one of its subnets", step=True)
    if use is not None and use.association is not None:
        yield Place(use.association, f"{use.association.address} gives it {table.name}")
    yield Place(table, f"{table.name} is the route table", step=True)
    for way in (egress.way,) if egress.way else ():
        yield Place(way.route.span, f"its route for public addresses leads to {way.name}", step=True)
        yield from (Place(step.at, step.label, step=True) for step in way.steps)


def _aside(table: RouteTable, service: str, served: Served) -> Iterator[Place]:
    """The endpoints of the service that stand in the VPC and are passed by."""
    for server in served.aside[:MOST_NAMED] if not served.served.is_true else ():
        if server.how == "gateway endpoint":
            yield Place(server.at, f"{server.at.address} is not given {table.name}")
        else:
            yield Place(server.at, f"{server.at.address} doesn't answer on the public name of {service} in the VPC")


def _subnet_name(need: Need) -> str:
    return need.use.subnet.address if need.use.subnet is not None else str(need.use.id)


def _affected(users: Users, needs: list[Need], holds: Truth) -> list[Resource]:
    """The subnets and workloads in which the need arises; where it holds, all subnets."""
    uses = [need.use for need in needs] if needs and not holds.is_true else list(users.uses)
    found = {use.subnet.address: use.subnet for use in uses if use.subnet is not None and not use.truth.is_false}
    workloads = {} if holds.is_true else {need.workload.address: need.workload for need in needs}
    return [*found.values(), *workloads.values()]
