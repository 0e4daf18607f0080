"""How each subnet reaches the services of AWS that are needed there: the table that a network engineer wants."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from vpce_lint.location import Location, locate
from vpce_lint.model import DefaultRouteTable, Subnet
from vpce_lint.pairing import leaves
from vpce_lint.services import has_endpoint
from vpce_lint.topology import Topology
from vpce_lint.truth import TRUE, gather, some

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from vpce_lint.model import Network, RouteTable
    from vpce_lint.nat import Egress
    from vpce_lint.served import Served
    from vpce_lint.traffic import Need
    from vpce_lint.truth import Reason

BASELINE = ("s3", "dynamodb")
"""What is asked about where no workload is visible."""

EVERYTHING = "*"
UNDETERMINED = "undetermined"
NOTHING = "nothing"


class Reach(Struct, frozen=True):
    """How a service is reached: ``how`` in words, ``through`` what; ``workloads`` are those that need it.

    ``why`` says what is missing where it is undetermined. Without workloads it is asked about all the same.
    """

    service: str
    how: str
    through: str = ""
    workloads: tuple[str, ...] = ()
    why: tuple[str, ...] = ()


class SubnetPath(Struct, frozen=True):
    """One subnet: its zone, the route table that it uses, its widest route for public addresses, and its services."""

    root: str
    address: str
    location: Location
    zone: str
    table: str
    default: str
    reaches: tuple[Reach, ...]
    why: tuple[str, ...] = ()


def paths_of(network: Network) -> Iterator[SubnetPath]:
    """The subnets that a network makes, in the order of the code."""
    topology = Topology(network)
    for subnet in network.of(Subnet):
        if not subnet.found:
            yield _path(network, subnet, topology.assuming(subnet.when))


def _path(network: Network, subnet: Subnet, topology: Topology) -> SubnetPath:
    uses = topology.routing.tables_of(subnet)
    known = topology.routing.table_is_known(subnet)
    if not known.is_true:
        tables = " or ".join(dict.fromkeys(_name(use.table) for use in uses))
        why = _words(known.reasons)
        return SubnetPath(
            network.root, subnet.address, locate(subnet.span), _zone(subnet), tables or "?", UNDETERMINED, (), why
        )
    table = uses[0].table
    egress = topology.egress(table)
    return SubnetPath(
        network.root,
        subnet.address,
        locate(subnet.span),
        _zone(subnet),
        _name(table),
        _default(egress),
        tuple(_reaches(subnet, table, egress, topology)),
    )


def _reaches(subnet: Subnet, table: RouteTable, egress: Egress, topology: Topology) -> Iterator[Reach]:
    users = topology.users(table)
    needs = {
        service: [need for need in found if need.use.subnet is subnet and not need.truth.is_false]
        for service, found in users.needs.items()
    }
    services = [service for service, found in needs.items() if found and service != EVERYTHING]
    if any(needs.values()) and EVERYTHING in needs:
        services += [service for service in BASELINE if service not in services]
    standing = users.standing.get(subnet.id.symbol, ())
    if not services and (users.unread or not standing):
        services = list(BASELINE)
    for service in services:
        found = needs.get(service, []) or needs.get(EVERYTHING, [])
        reach = _reach(service, found, topology.served(table, service), egress)
        if standing and not found:
            unread = _words(users.unread)
            reach = replace(reach, workloads=tuple(each.address for each in standing), why=(*reach.why, *unread))
        yield reach


def _reach(service: str, needs: Sequence[Need], served: Served, egress: Egress) -> Reach:
    workloads = tuple(dict.fromkeys(need.workload.address for need in needs))
    public = some(need.public for need in needs) if needs else TRUE
    private = public.is_false
    if not has_endpoint(service) and not served.by:
        return Reach(service, *_way_out(egress, private=private), workloads)
    if served.served.is_true:
        by = served.by[0]
        return Reach(service, by.how, by.at.address, workloads)
    if served.served.is_unknown:
        return Reach(service, UNDETERMINED, "", workloads, _words(served.served.reasons))
    if public.is_unknown and egress.default.is_true and not egress.indirect.is_true:
        return Reach(service, UNDETERMINED, "", workloads, _words(public.reasons))
    how, through = _way_out(egress, private=private)
    default = egress.indirect if private else egress.default
    why = _words((*egress.nat.reasons, *default.reasons)) if how == UNDETERMINED else ()
    return Reach(service, how, through, workloads, why)


def _way_out(egress: Egress, *, private: bool = False) -> tuple[str, str]:
    """What traffic to public addresses leaves through, in words, and its name; ``private``: it has no public address."""
    default = egress.indirect if private else egress.default
    if egress.public.is_true and not private:
        return "internet gateway", next((way.name for way in egress.ways if way.internet.is_true), "")
    if egress.nat.is_true and egress.way is not None:
        return "NAT", egress.way.name
    if default.is_false:
        return NOTHING, ""
    if egress.nat.is_unknown or default.is_unknown or (egress.public.is_unknown and not private):
        return UNDETERMINED, ""
    open_to = (way for way in egress.ways if way.covers.is_true and not (private and way.needs_public_address))
    widest = min(open_to, key=lambda way: way.width)
    return widest.kind.replace("_", " "), widest.name


def _default(egress: Egress) -> str:
    """The routes for public addresses, the widest of each version of IP; what certainly is for all, before others."""
    found: dict[int, str] = {}
    for way in sorted(egress.ways, key=lambda way: (way.width > 1 or not way.covers.is_true, way.width)):
        if not way.covers.is_false:
            mark = "" if way.covers.is_true else " (perhaps)"
            found.setdefault(way.version, f"{way.name}{mark}")
    if not found:
        return "none" if egress.default.is_false else UNDETERMINED
    return ", ".join(name if version == 4 else f"{name} (IPv6)" for version, name in sorted(found.items()))


def _zone(subnet: Subnet) -> str:
    for value in (subnet.zone, subnet.zone_id):
        given = [leaf for leaf, _ in leaves(value) if not leaf.is_null.is_true]
        if given:
            return str(given[0] if len(given) == 1 else value)
    return "-"


def _name(table: RouteTable) -> str:
    if isinstance(table, DefaultRouteTable) and table.vpc.symbol == table.id.symbol:
        return f"{table.address} (main)"
    return table.address


def _words(reasons: Iterable[Reason]) -> tuple[str, ...]:
    return tuple(str(reason) for reason in gather(reasons))
