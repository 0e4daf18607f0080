"""Workload needs an AWS service that it can't reach.

A workload in an isolated subnet, one without any route for public addresses, reaches only the services that have an
endpoint there. Calls to others don't fail at once: they wait until they time out, often at the first start in
production, and the log doesn't arrive either if CloudWatch Logs is among them.

What is asked of a route table: a workload in one of its subnets needs a service; no route of the table is for
public addresses, through whatever it leads; and no gateway endpoint, interface endpoint with private DNS or private
hosted zone serves it. Where an endpoint of the service stands in the VPC without private DNS, software may have
been told its own name, and the answer is open.

Only what has a public address can use a route to an internet gateway. Lambda functions, CodeBuild projects, Glue jobs
and pods on Fargate never have one, and tasks on Fargate only where the code assigns it: in a public subnet, too, they
need an endpoint, or a private subnet with NAT. So does an instance that neither the code of itself, its template and
its subnet nor an Elastic IP address gives one: likely, as one may be attached by hand.

Of a workload that has no way out, and whose role or policies can't be read or allow everything, it is left open what it
needs: one answer for each such workload, whichever services it may call. The pods that a cluster runs and the jobs of a
Batch environment are in no such code, and not asked for.

Fix: add the endpoint: for S3 and DynamoDB a gateway endpoint with the route table, for others an interface endpoint
with private DNS on.

Fine to ignore: a role that allows more than its workload does.

Sources: Amazon VPC User Guide, "Subnet route tables"; AWS PrivateLink Guide, "Access AWS services through AWS
PrivateLink"; AWS Lambda Developer Guide, "Enable internet access for VPC-connected Lambda functions"; Amazon EC2 User
Guide, "Amazon EC2 instance IP addressing"; Amazon ECS Developer Guide, task networking on Fargate.
"""

from collections.abc import Iterator, Sequence

from vpce_lint.api import (
    GATEWAY_SERVICES,
    Egress,
    Need,
    Place,
    Reason,
    Requirement,
    Requirements,
    RouteTable,
    Served,
    Severity,
    Topology,
    Truth,
    Users,
    has_endpoint,
    not_applicable,
    remedy,
    require,
    rule,
    some,
    unknown,
)

EVERYTHING = "*"
MOST_SHOWN = 3


@rule("VPCE008", severity=Severity.HIGH)
def aws_service_unreachable(table: RouteTable, topology: Topology) -> Requirements:
    described = topology.table_of(table)
    if described is not table:
        yield not_applicable(f"{described.address} describes it")
        return
    egress = topology.egress(table)
    if egress.indirect.is_true:
        yield not_applicable("a route of it is for public addresses")
        return
    users = topology.users(table)
    asked = False
    for service, found in users.needs.items():
        needs = [need for need in found if not _way_out(egress, need).is_true]
        if needs and service != EVERYTHING and has_endpoint(service):
            asked = True
            yield _reached(table, topology, egress, service, needs)
    for needs in _unclear(users, egress):
        asked = True
        yield _known(table, egress, needs)
    if not asked:
        is_open = egress.default.is_true
        nobody = "no workload in its subnets needs a service that has endpoints"
        yield not_applicable("a route of it is for public addresses" if is_open else nobody)


def _reached(table: RouteTable, topology: Topology, egress: Egress, service: str, needs: Sequence[Need]) -> Requirement:
    """That a service can be reached by all that need it."""
    served = topology.served(table, service)
    reached = served.served | _told(served) | _through_others(egress)
    unmet = [(need.truth & ~(reached | _way_out(egress, need)), need) for need in needs]
    first = next((need for truth, need in unmet if truth.is_true), needs[0])
    label = GATEWAY_SERVICES.get(service, service)
    return require(
        ~some(truth for truth, _ in unmet),
        f"{first.workload.address} needs {label}, and {table.name} has neither an endpoint for it nor {_missing(egress)}",
        at=first.workload,
        about=service,
        fix=remedy(table, service, topology),
        related=_places(table, first),
        otherwise=f"{label} can be reached from the subnets of {table.name}",
        affects={need.workload.address: need.workload for need in needs if not need.truth.is_false}.values(),
    )


def _unclear(users: Users, egress: Egress) -> Iterator[list[Need]]:
    """What isn't known of the needs of each workload that may have no way out: those that can't be read, or any."""
    by_workload: dict[str, list[Need]] = {}
    for need in (*users.unclear, *users.needs.get(EVERYTHING, ())):
        if not need.truth.is_false and not _way_out(egress, need).is_true:
            by_workload.setdefault(need.workload.address, []).append(need)
    yield from by_workload.values()


def _known(table: RouteTable, egress: Egress, needs: Sequence[Need]) -> Requirement:
    """That a workload needs nothing but what it reaches, which is left open: one answer, whatever it may need."""
    first = needs[0]
    return require(
        unknown(*(reason for need in needs for reason in (need.truth & ~_way_out(egress, need)).reasons)),
        f"{first.workload.address} needs a service that {table.name} has neither an endpoint for nor {_missing(egress)}",
        at=first.workload,
        fix="add an endpoint for each service that it calls",
        related=_places(table, first),
        affects=[first.workload],
    )


def _way_out(egress: Egress, need: Need) -> Truth:
    """Whether a workload can use a route for public addresses."""
    return egress.indirect | (egress.default & need.public)


def _missing(egress: Egress) -> str:
    return "a way out for what has no public address" if egress.default.is_true else "a way out"


def _told(served: Served) -> Truth:
    """Whether software may have been told the name of an endpoint that doesn't answer on the service's own."""
    by_name = [server.at for server in (*served.aside, *served.perhaps) if server.how == "interface endpoint"]
    if not by_name:
        return Truth(value=False)
    return unknown(Reason(f"software may be told the name of {by_name[0].address}", by_name[0].span))


def _through_others(egress: Egress) -> Truth:
    """Nothing; only likely so where a route leads to other networks, which may have a proxy or endpoints to share."""
    if not egress.elsewhere:
        return Truth(value=False)
    way = egress.elsewhere[0]
    words = Reason("the routes to other networks are taken not to lead to services of AWS", way.span)
    return Truth(value=False, reasons=(words,), likely=True)


def _places(table: RouteTable, need: Need) -> Iterator[Place]:
    for evidence in need.evidence[:MOST_SHOWN]:
        if evidence.span is not None:
            yield Place(evidence.span, evidence.label)
    if need.use.subnet is not None:
        yield Place(need.use.subnet, f"{need.use.subnet.address} is its subnet")
    if need.use.association is not None:
        yield Place(need.use.association, f"{need.use.association.address} gives it {table.name}")
    yield Place(table, f"{table.name} is the route table")
