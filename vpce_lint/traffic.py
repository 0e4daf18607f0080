"""Who needs which AWS service behind a route table, and whether an endpoint serves it there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct, field

from vpce_lint.condition import assume
from vpce_lint.demand.demand import EVERYTHING
from vpce_lint.pairing import pick_of
from vpce_lint.served import Served, Server, is_gateway_service
from vpce_lint.truth import FALSE, TRUE, Reason, Truth, every, gather, some, unknown
from vpce_lint.value import Choice, Run, Sequence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from vpce_lint.demand.demand import Demands, Evidence
    from vpce_lint.demand.index import DemandIndex
    from vpce_lint.model import Resource, RouteTable, Subnet, Vpc
    from vpce_lint.passage import Passage
    from vpce_lint.routing import Routing, Use
    from vpce_lint.served import Servers
    from vpce_lint.workload import Workload

MOST_USES = 4_000
"""Subnets of one route table beyond these are not asked for their workloads."""

MOST_UNPLACED = 200
"""So many workloads whose subnets can't be told are looked at one by one."""


class Need(Struct, frozen=True):
    """That a workload in a subnet needs a service, ``*`` for any; ``truth`` says whether, and that it stands there.

    ``public``: it has a public address there.
    """

    service: str
    use: Use
    workload: Workload
    evidence: tuple[Evidence, ...]
    truth: Truth
    apart_from: frozenset[str] = frozenset()
    public: Truth = TRUE


class Users(Struct, frozen=True):
    """The subnets of a route table, and what is needed in them.

    ``visible``: a workload is there; ``standing`` are those that are, or may be, by the subnet's id. ``unread`` says why
    there may be more needs than these; ``unclear`` are the workloads whose own needs can't all be read, each with an unknown
    need of any service. ``others``: what is taken to be elsewhere, a workload or a policy, is here after all: a
    likely no at most. ``passage``: all of the subnets are there for the traffic of others.
    """

    uses: tuple[Use, ...]
    present: Truth
    needs: dict[str, tuple[Need, ...]]
    visible: Truth
    unread: tuple[Reason, ...] = ()
    standing: dict[str, tuple[Workload, ...]] = field(default_factory=dict)
    unclear: tuple[Need, ...] = ()
    others: Truth = FALSE
    passage: Passage | None = None


class _Found(Struct):
    """What is found in the subnets of a route table; the fields are those of ``Users``."""

    needs: dict[str, list[Need]] = field(default_factory=dict)
    unclear: list[Need] = field(default_factory=list)
    unread: list[Reason] = field(default_factory=list)
    standing: dict[str, list[Workload]] = field(default_factory=dict)
    visible: Truth = FALSE

    def add(self, workload: Workload, use: Use, there: Truth, demands: Demands, public: Truth) -> None:
        """Note a workload that is, or may be, in a subnet, with all that it needs."""
        self.visible |= there
        self.unread += (*demands.unread, *demands.hosted)
        if demands.unread:
            self.unclear.append(Need(EVERYTHING, use, workload, (), there & unknown(*demands.unread), public=public))
        for each in demands.demands:
            need = Need(each.service, use, workload, each.evidence, there & each.truth, each.apart_from, public)
            self.needs.setdefault(each.service, []).append(need)


class Traffic:
    """The needs behind a network's route tables and what serves them, under some assumptions.

    ``whole`` keeps, by VPC, whether all that could add to it has been read, which no assumption changes.
    """

    def __init__(
        self,
        routing: Routing,
        servers: Servers,
        demand: DemandIndex,
        closed: Callable[..., Truth],
        closed_table: Callable[..., Truth],
        whole: dict[str, Truth],
    ) -> None:
        self._routing = routing
        self._servers = servers
        self._demand = demand
        self._closed = closed
        self._closed_table = closed_table
        self._users: dict[str, Users] = {}
        self._vpc_closed = whole

    def users(self, table: RouteTable) -> Users:
        """The subnets that use a table, and the needs of the workloads there."""
        known = self._users.get(table.address)
        if known is None:
            known = self._users[table.address] = self._find_users(table)
        return known

    def _find_users(self, table: RouteTable) -> Users:
        all_uses = self._routing.uses_of(table)
        uses = tuple(use for use in all_uses if not use.truth.is_false)
        present = some(use.truth for use in all_uses)
        if not present.is_true:
            present |= self._nobody_else(table)
        found = _Found()
        for use in uses[:MOST_USES]:
            for workload, stands in self._demand.placed_in(use.id):
                there = use.truth & stands & self._routing.exists(workload)
                if not there.is_false:
                    found.standing.setdefault(use.id.symbol, []).append(workload)
                    found.add(workload, use, there, self._demand.demands(workload), self._public(workload, use))
            if not found.visible.is_false and use.subnet is not None:
                closed = self._closed(use.subnet)
                found.unread += () if closed.is_true else closed.reasons
        unplaced = self._demand.unplaced if uses else ()
        kinds = {None if use.subnet is None else use.subnet.maps_public.symbol: use for use in uses if unplaced}
        for workload, stands in unplaced[:MOST_UNPLACED]:
            there = unknown(*stands.reasons) & self._routing.exists(workload)
            if not there.is_false:
                found.unread += there.reasons
                public = every(self._public(workload, use) for use in kinds.values())
                found.add(workload, uses[0], there, self._demand.demands(workload), public)
        if len(unplaced) > MOST_UNPLACED:
            found.unread.append(Reason(f"the subnets of more than {MOST_UNPLACED} workloads are not known"))
        if len(uses) > MOST_USES:
            found.unread.append(Reason(f"{table.name} has more than {MOST_USES:,} subnets", table.span))
        visible = found.visible
        if table.family and visible.is_true and not _is_everywhere(uses, found.standing):
            visible = unknown(Reason(f"whether each of {table.name} has workloads can't be told", table.span))
        return Users(
            uses=uses,
            present=present,
            needs={service: tuple(members) for service, members in found.needs.items()},
            visible=visible,
            unread=gather(found.unread),
            standing={symbol: tuple(members) for symbol, members in found.standing.items()},
            unclear=tuple(found.unclear),
            others=self._others(all_uses, found.visible),
            passage=self._passage(uses),
        )

    def _public(self, workload: Workload, use: Use) -> Truth:
        """Whether a workload has a public address in a subnet, which code that isn't read may give it."""
        public = self._demand.has_public_address(workload, use.subnet)
        if not public.likely or public.is_true:
            return public
        closed = self._closed(workload)
        return public if closed.is_true else public | closed

    def _others(self, uses: tuple[Use, ...], visible: Truth) -> Truth:
        """Whether workloads stand in a table's subnets that are taken not to, or may do more: false, or likely so."""
        unlikely = (use for use in uses if use.truth.is_false)
        here = some(use.truth & stands for use in unlikely for _, stands in self._demand.placed_in(use.id))
        made_here = any(use.subnet is not None and not use.truth.is_false for use in uses)
        return here | self._demand.elsewhere if made_here and not visible.is_false else here

    def _passage(self, uses: tuple[Use, ...]) -> Passage | None:
        """What brings the traffic of others into each of the subnets; of several, one that leaves it open what is there."""
        known = self._routing.index.passages
        found = [known.get(use.id.symbol) for use in uses if not use.truth.is_false] if known else []
        all_of_them = [each for each in found if each is not None]
        if not all_of_them or len(all_of_them) < len(found):
            return None
        return min(all_of_them, key=lambda passage: passage.reserved)

    def _nobody_else(self, table: RouteTable) -> Truth:
        """False; unknown where code that isn't read may associate a subnet."""
        if table.found:
            return unknown(Reason(f"{table.name} is not made here, it may have other subnets", table.span))
        closed = self._closed_table(table)
        return FALSE if closed.is_true else closed

    def vpc_of(self, table: RouteTable) -> Vpc | None:
        """The VPC of a table, where the code makes it or takes it over."""
        pick = pick_of(assume(table.vpc, self._routing.facts))
        return self._routing.index.vpcs.get(pick.address) if pick is not None else None

    def served(self, table: RouteTable, service: str) -> Served:
        """Whether an endpoint serves the table's subnets for a service."""
        servers: list[Server] = []
        if is_gateway_service(service):
            servers += self._servers.gateways(table, service)
        vpc = self.vpc_of(table)
        servers += self._servers.in_vpc(vpc, table.vpc, service)
        served = some(server.truth for server in servers)
        if not served.is_true:
            served |= self._servers.beyond(table, vpc, table.vpc, service)
        if not served.is_true:
            served |= self._nothing_else(table, vpc, service)
        best = [server for server in servers if server.truth.is_true]
        idle = [server for server in servers if server.truth.is_false]
        listed = {server.at.address for server in servers if not server.truth.is_false}
        return Served(
            served,
            tuple(best or (server for server in servers if not server.truth.is_false)),
            tuple(server for server in idle if server.here.is_true and server.at.address not in listed),
            tuple(server for server in idle if server.here.is_unknown and server.at.address not in listed),
        )

    def _nothing_else(self, table: RouteTable, vpc: Vpc | None, service: str) -> Truth:
        """False where all that could serve has been read; what of it has not, where it has not."""
        if table.found:
            return unknown(Reason(f"{table.name} is not made here, other code may give it endpoints", table.span))
        if vpc is not None and not vpc.imported:
            closed = self._whole(vpc)
            return FALSE if closed.is_true else closed
        closed = self._closed(table)
        if not closed.is_true:
            return closed
        vpc_id = assume(table.vpc, self._routing.facts)
        if isinstance(vpc_id, Choice) and service != "dynamodb":
            return unknown(*vpc_id.condition.reasons)
        outside = Reason(f"{table.vpc} is not made here, other code may add endpoints to it", table.vpc.span)
        if service == "dynamodb":
            return FALSE
        if is_gateway_service(service):
            return Truth(value=False, reasons=(outside,), likely=True)
        return unknown(outside)

    def _whole(self, vpc: Vpc) -> Truth:
        """Whether all that could add to a VPC, its subnets and its route tables has been read."""
        known = self._vpc_closed.get(vpc.address)
        if known is None:
            known = self._vpc_closed[vpc.address] = self._closed(*self._parts(vpc))
        return known

    def _parts(self, vpc: Vpc) -> list[Resource]:
        index = self._routing.index
        parts: list[Resource] = [vpc, *index.subnets_by_vpc.near(vpc), *index.tables_by_vpc.near(vpc)]
        return parts


def _is_everywhere(uses: Iterable[Use], standing: dict[str, list[Workload]]) -> bool:
    """Whether a workload stands in each subnet of each family."""
    return all(
        any(_names_all(workload, use.subnet) for workload in standing.get(use.id.symbol, ()))
        for use in uses
        if not use.truth.is_false
    )


def _names_all(workload: Workload, subnet: Subnet | None) -> bool:
    """Whether a workload's subnets are all of a family, or that one."""
    if subnet is None or workload.when or not isinstance(workload.subnets, Sequence):
        return False
    if not subnet.family:
        return True
    return any(
        isinstance(member, Run) and not member.when and member.name == f"{subnet.address}.id"
        for member in workload.subnets.members
    )


def compatible(*anchors: str | None) -> Truth:
    """Whether what is linked to some instances of a family is certainly linked to the same one."""
    different = {anchor for anchor in anchors if anchor is not None}
    return TRUE if len(different) <= 1 else unknown(Reason("which instances belong together can't be told"))
