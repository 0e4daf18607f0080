"""Who needs which AWS service behind a route table, and whether an endpoint serves it there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from vpce_lint.pairing import pick_of
from vpce_lint.served import Server, Service, is_gateway_service
from vpce_lint.truth import FALSE, TRUE, Reason, Truth, gather, some, unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from vpce_lint.model import Network, Resource, RouteTable, Vpc
    from vpce_lint.routing import Routing, Use
    from vpce_lint.served import Servers
    from vpce_lint.source import Span
    from vpce_lint.value import Value

EVERYTHING = "*"
"""Stands for a service where a role may call every one."""

MOST_USES = 4_000
"""Subnets of one route table beyond these are not asked for their workloads."""


class Evidence(Protocol):
    """A place that shows that a workload calls a service, and what stands there."""

    @property
    def span(self) -> Span | None:
        """The place."""

    @property
    def label(self) -> str:
        """What stands there."""


class Demand(Protocol):
    """That a workload calls a service, ``*`` for every one but those that it is ``apart_from``."""

    @property
    def service(self) -> str:
        """The short name."""

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """How one knows."""

    @property
    def truth(self) -> Truth:
        """Whether it does."""

    @property
    def apart_from(self) -> frozenset[str]:
        """What it certainly doesn't call."""


class Demands(Protocol):
    """What a workload calls, and why more of it can't be read."""

    @property
    def demands(self) -> tuple[Demand, ...]:
        """One per service."""

    @property
    def unread(self) -> tuple[Reason, ...]:
        """What is missing."""


class Demanding(Protocol):
    """What tells which workloads stand in a subnet, and what they need."""

    def workloads_in(self, subnet_id: Value) -> Iterable[tuple[Resource, Truth]]:
        """The workloads that stand in a subnet, or may."""

    def demands(self, workload: Resource) -> Demands:
        """What a workload needs."""


class NoDemand:
    """A network whose workloads nobody reads."""

    def __init__(self, network: Network) -> None:
        self.network = network

    def workloads_in(self, subnet_id: Value) -> Iterable[tuple[Resource, Truth]]:  # noqa: ARG002 (as the others)
        """None at all."""
        return ()

    def demands(self, workload: Resource) -> Demands:
        """Nothing can be asked for."""
        raise LookupError(workload.address)


@dataclass(frozen=True, slots=True)
class Need:
    """That a workload in a subnet needs a service, ``*`` for any; ``truth`` says whether, and that it stands there."""

    service: str
    use: Use
    workload: Resource
    evidence: tuple[Evidence, ...]
    truth: Truth
    apart_from: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Users:
    """The subnets of a route table, and what is needed in them.

    ``visible``: a workload is there, or may be. ``unread`` says why there may be more needs than these.
    """

    uses: tuple[Use, ...]
    present: Truth
    needs: dict[str, tuple[Need, ...]]
    visible: bool
    unread: tuple[Reason, ...] = ()


class Traffic:
    """The needs behind a network's route tables and what serves them, under some assumptions."""

    def __init__(self, routing: Routing, servers: Servers, demand: Demanding, closed: Callable[..., Truth]) -> None:
        self._routing = routing
        self._servers = servers
        self._demand = demand
        self._closed = closed
        self._users: dict[str, Users] = {}
        self._vpc_closed: dict[str, Truth] = {}

    def users(self, table: RouteTable) -> Users:
        """The subnets that use a table, and the needs of the workloads there."""
        known = self._users.get(table.address)
        if known is None:
            known = self._users[table.address] = self._find_users(table)
        return known

    def _find_users(self, table: RouteTable) -> Users:
        uses = self._routing.uses_of(table)
        present = some(use.truth for use in uses)
        if not present.is_true:
            present |= self._nobody_else(table)
        needs: dict[str, list[Need]] = {}
        unread: list[Reason] = []
        visible = False
        for use in uses[:MOST_USES]:
            for workload, stands in self._demand.workloads_in(use.id):
                there = use.truth & stands & self._routing.exists(workload)
                if there.is_false:
                    continue
                visible = True
                found = self._demand.demands(workload)
                unread += found.unread
                for demand in found.demands:
                    truth = there & demand.truth
                    need = Need(demand.service, use, workload, demand.evidence, truth, demand.apart_from)
                    needs.setdefault(demand.service, []).append(need)
            if visible and use.subnet is not None:
                closed = self._closed(use.subnet)
                unread += () if closed.is_true else closed.reasons
        if len(uses) > MOST_USES:
            unread.append(Reason(f"{table.address} has more than {MOST_USES:,} subnets", table.span))
        frozen = {service: tuple(members) for service, members in needs.items()}
        return Users(uses, present, frozen, visible, gather(unread))

    def _nobody_else(self, table: RouteTable) -> Truth:
        """False; unknown where code that isn't read may associate a subnet."""
        if table.found:
            return unknown(Reason(f"{table.address} is not made here, it may have other subnets", table.span))
        closed = self._closed(table)
        return FALSE if closed.is_true else closed

    def vpc_of(self, table: RouteTable) -> Vpc | None:
        """The VPC of a table, where the code makes it or takes it over."""
        pick = pick_of(table.vpc)
        return self._routing.index.vpcs.get(pick.address) if pick is not None else None

    def served(self, table: RouteTable, service: str) -> Service:
        """Whether an endpoint serves the table's subnets for a service."""
        servers: list[Server] = []
        if is_gateway_service(service):
            servers += self._servers.gateways(table, service)
        vpc = self.vpc_of(table)
        servers += self._servers.in_vpc(vpc, table.vpc, service)
        served = some(server.truth for server in servers)
        if not served.is_true:
            served |= self._nothing_else(table, vpc, service)
        best = [server for server in servers if server.truth.is_true]
        return Service(served, tuple(best or (server for server in servers if not server.truth.is_false)))

    def _nothing_else(self, table: RouteTable, vpc: Vpc | None, service: str) -> Truth:
        """False where all that could serve has been read; what of it has not, where it has not."""
        if table.found:
            return unknown(Reason(f"{table.address} is not made here, other code may give it endpoints", table.span))
        if vpc is not None and not vpc.imported:
            closed = self._whole(vpc)
            return FALSE if closed.is_true else closed
        closed = self._closed(table)
        if not closed.is_true:
            return closed
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


def compatible(*anchors: str | None) -> Truth:
    """Whether what is linked to some instances of a family is certainly linked to the same one."""
    different = {anchor for anchor in anchors if anchor is not None}
    return TRUE if len(different) <= 1 else unknown(Reason("which instances belong together can't be told"))
