"""Whether traffic from a route table to public addresses goes through NAT, and the way that it takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from vpce_lint.addresses import coverage_of_one, coverage_of_route
from vpce_lint.condition import assume, decide
from vpce_lint.model import (
    TransitGateway,
    TransitGatewayAssociation,
    TransitGatewayAttachment,
    TransitGatewayRoute,
)
from vpce_lint.pairing import Pairing, Register, block_of, leaves, pick_of
from vpce_lint.routing import LIMIT
from vpce_lint.targets import Exit, Exits, Step, kind_of, resource_type_of
from vpce_lint.truth import FALSE, TRUE, Reason, Truth, every, some, unknown
from vpce_lint.value import Reference, Run, Sequence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from vpce_lint.addresses import Coverage
    from vpce_lint.model import Network, Route, RouteTable, Target
    from vpce_lint.pairing import Link
    from vpce_lint.routing import Routing
    from vpce_lint.value import Value

MOST_HOPS = 3
"""So many transit gateways on one way are followed."""

MOST_STEPS = 4_000
"""So many routes of transit gateways are followed in one network."""

MOST_FOLLOWED = 4_000
"""So many pairs of a route table, and of transit gateways passed before it, are looked at in one network."""

MOST_SUBNETS = 20
"""An attachment has one subnet in each zone, so that more of them are not looked at."""

NARROWEST = 128

WITHIN = {"local", "vpc_endpoint", "internet_gateway"}
"""Kinds of targets that are no other private network."""


class Way(Struct, frozen=True):
    """A route for public addresses: whether the table has it and it leads to NAT, or to the internet directly.

    Of a family of tables, ``nat`` says so of some, ``internet`` and ``covers`` of each.

    ``steps`` are the places from the route on, ``name`` is what it leads to, ``anchor`` as in ``Link``.
    """

    route: Route
    nat: Truth
    internet: Truth
    covers: Truth
    width: int
    version: int
    kind: str
    name: str
    steps: tuple[Step, ...]
    anchor: str | None = None

    @property
    def needs_public_address(self) -> bool:
        """Whether only what has a public address can use it: an internet gateway, where the version of IP is 4."""
        return self.kind == "internet_gateway" and self.version == 4

    @property
    def rank(self) -> tuple[int, bool, int]:
        """How well it shows that there is NAT: the certain before the likely, the wide before the narrow."""
        return {True: 0, None: 1, False: 2}[self.nat.value], self.nat.likely, self.width


class Egress(Struct, frozen=True):
    """How what a table's subnets send to public addresses leaves.

    ``nat``: through NAT, from subnets that are private. ``public``: through an internet gateway of their own.
    ``default``: there is any route for public addresses; ``indirect``: one that doesn't take a public address of one's
    own, as an internet gateway does for IPv4. ``way`` is the best way through NAT. ``elsewhere`` are the
    routes to other networks for private addresses.
    """

    nat: Truth
    public: Truth
    default: Truth
    indirect: Truth
    way: Way | None = None
    ways: tuple[Way, ...] = ()
    elsewhere: tuple[Route, ...] = ()


class NatPaths:
    """The ways to public addresses from the route tables of a network under some assumptions."""

    def __init__(self, exits: Exits, transit: Transit, routing: Routing, closed: Callable[..., Truth]) -> None:
        self._exits = exits
        self._transit = transit
        self.routing = routing
        self._closed = closed
        self._found: dict[tuple[str, tuple[str, ...]], Egress] = {}
        self.beyond: dict[tuple[str, tuple[str, ...]], tuple[Truth, tuple[Step, ...]]] = {}

    def egress(self, table: RouteTable, passed: tuple[str, ...] = ()) -> Egress:
        """How traffic of a table's subnets to public addresses leaves, after it passed some transit gateways."""
        key = (table.address, passed)
        known = self._found.get(key)
        if known is None:
            if passed and not self._transit.may_follow():
                words = Reason(
                    f"more than {MOST_FOLLOWED:,} ways through transit gateways are not followed", table.span
                )
                return Egress(unknown(words), FALSE, unknown(words), unknown(words))
            known = self._found[key] = self._work_out(table, passed)
        return known

    def _work_out(self, table: RouteTable, passed: tuple[str, ...]) -> Egress:
        ways = tuple(self._ways(table, passed))
        routes = self.routing.routes_of(table)
        private = [route for route, has in routes if not has.some.is_false and _leads_elsewhere(route)]
        best = min((way for way in ways if not way.nat.is_false), key=lambda way: way.rank, default=None)
        through = some(way.nat for way in ways)
        narrowest = min((way.width for way in ways if way.nat.is_true), default=NARROWEST)
        public = some(way.internet for way in ways if way.width <= narrowest and way.version == 4)
        default = some(way.covers for way in ways)
        indirect = some(way.covers for way in ways if not way.needs_public_address)
        if not through.is_true or not indirect.is_true:
            unread = self._nothing_unread(table)
            if self.routing.index.routes.has_more(table):
                unread |= unknown(LIMIT)
            through, default, indirect = through | unread, default | unread, indirect | unread
        return Egress(through, public, default, indirect, best, ways, tuple(private[:1]))

    def _nothing_unread(self, table: RouteTable) -> Truth:
        """False; unknown where code that isn't read may add a route."""
        if table.found:
            return unknown(Reason(f"{table.name} is not made here, it may have other routes", table.span))
        closed = self._closed(table)
        return FALSE if closed.is_true else closed

    def _ways(self, table: RouteTable, passed: tuple[str, ...]) -> Iterator[Way]:
        for route, has in self.routing.routes_of(table):
            coverage = coverage_of_route(route)
            covers = has.some & coverage.public
            gateway_prefix_list = not route.prefix_list.is_null.is_true and all(
                target.kind == "vpc_endpoint" for target in route.targets
            )
            if covers.is_ruled_out or gateway_prefix_list:
                continue
            for target in route.targets:
                yield from self._ways_to(target, route, table, (covers, has, coverage), passed)

    def _ways_to(
        self,
        target: Target,
        route: Route,
        table: RouteTable,
        there: tuple[Truth, Link, Coverage],
        passed: tuple[str, ...],
    ) -> Iterator[Way]:
        """The ways to each thing that a target may be; what all of them are, it certainly is."""
        covers, has, coverage = there
        exits: list[tuple[Exit, Truth]] = []
        found = leaves(assume(target.id, self.routing.facts))
        for leaf, holds in found:
            if leaf.is_null.is_true:
                continue
            exit_ = self._exits.exit_at(target.kind, leaf)
            if exit_.follow is not None:
                exit_ = self._transit.follow(exit_, table, self, passed)
            exits.append((exit_, holds))
        complete = len(exits) == len(found)
        all_nat = every(exit_.nat for exit_, _ in exits) if complete else FALSE
        all_internet = every(exit_.internet for exit_, _ in exits) if complete else FALSE
        for exit_, holds in exits:
            yield Way(
                route=route,
                nat=covers & (holds & exit_.nat | all_nat),
                internet=covers & has.every & (holds & exit_.internet | all_internet),
                covers=covers & has.every & (TRUE if complete else holds),
                width=coverage.width,
                version=coverage.version,
                kind=exit_.kind,
                name=exit_.name,
                steps=exit_.steps,
                anchor=has.anchor,
            )


class Transit:
    """The transit gateways of a network."""

    def __init__(self, network: Network, pairing: Pairing, closed: Callable[..., Truth]) -> None:
        self._closed = closed
        self._pairing = pairing
        self._looked_at = 0
        self._followed = 0
        self._gateways = {gateway.address: gateway for gateway in network.of(TransitGateway)}
        self._attachments = {each.address: each for each in network.of(TransitGatewayAttachment)}
        self._by_vpc = Register(pairing, ((each.vpc, each) for each in self._attachments.values()))
        self._by_written_vpc: dict[str, list[TransitGatewayAttachment]] = {}
        for attachment in self._attachments.values():
            self._by_written_vpc.setdefault(attachment.vpc.symbol, []).append(attachment)
        self._associations = Register(
            pairing, ((each.attachment, each) for each in network.of(TransitGatewayAssociation))
        )
        self._routes: dict[str, list[TransitGatewayRoute]] = {}
        self._loose: list[TransitGatewayRoute] = []
        for route in network.of(TransitGatewayRoute):
            if isinstance(route.table, Reference) and not route.table.family:
                self._routes.setdefault(_table_name(route.table), []).append(route)
            else:
                self._loose.append(route)

    def may_follow(self) -> bool:
        """Whether one more way may be followed; it is counted."""
        self._followed += 1
        return self._followed <= MOST_FOLLOWED

    def follow(self, exit_: Exit, table: RouteTable, paths: NatPaths, passed: tuple[str, ...]) -> Exit:
        """The same exit with what comes behind the transit gateway, as far as that is written here."""
        pick = pick_of(exit_.follow) if exit_.follow is not None else None
        gateway = self._gateways.get(pick.address) if pick is not None else None
        if gateway is None:
            return exit_
        if len(passed) >= MOST_HOPS or gateway.address in passed:
            words = Reason(f"more than {MOST_HOPS} transit gateways on one way are not followed", gateway.span)
            return _with(exit_, FALSE if gateway.address in passed else unknown(words), ())
        nat, steps = self._beyond(gateway, table, paths, (*passed, gateway.address))
        return _with(exit_, nat, (Step(gateway, f"{gateway.address} is the transit gateway"), *steps))

    def _beyond(
        self, gateway: TransitGateway, table: RouteTable, paths: NatPaths, passed: tuple[str, ...]
    ) -> tuple[Truth, tuple[Step, ...]]:
        source = self._attachment_of(gateway, table, paths.routing)
        if source is None:
            return unknown(
                Reason(f"how the VPC is attached to {gateway.address} is not written here", gateway.span)
            ), ()
        name, sure = self._table_of(source, gateway, paths.routing)
        if name is None:
            words = f"which route table of {gateway.address} {source.address} uses is not written here"
            return unknown(Reason(words, source.span)), ()
        if self._loose:
            return unknown(*self._loose[0].table.reasons), ()
        known = paths.beyond.get((name, passed))
        if known is None:
            known = paths.beyond[name, passed] = self._by_table(name, paths, passed)
        nat, steps = known
        nat = (nat & sure) | ~sure
        closed = self._closed(gateway, source)
        return (nat if closed.is_true else nat | closed), steps

    def _by_table(self, name: str, paths: NatPaths, passed: tuple[str, ...]) -> tuple[Truth, tuple[Step, ...]]:
        """Whether the routes of a transit gateway's table lead to NAT, and the way."""
        nat, steps = FALSE, tuple[Step, ...]()
        for route in self._routes.get(name, ()):
            self._looked_at += 1
            if self._looked_at > MOST_STEPS:
                words = f"more than {MOST_STEPS:,} routes of transit gateways are not followed"
                return nat | unknown(Reason(words, route.span)), steps
            through, further = self._through(route, paths, passed)
            if not through.is_false and (nat.is_false or (through.is_true and not nat.is_true)):
                steps = (Step(route, f"{route.address} leads on"), *further)
            nat |= through
        return nat, steps

    def _attachment_of(
        self, gateway: TransitGateway, table: RouteTable, routing: Routing
    ) -> TransitGatewayAttachment | None:
        pick = pick_of(table.vpc)
        vpc = routing.index.vpcs.get(pick.address) if pick is not None else None
        near = self._by_written_vpc.get(table.vpc.symbol, ()) if vpc is None else self._by_vpc.near(vpc)
        found = []
        for each in near:
            if vpc is None:
                here = each.vpc.equals(table.vpc)
            else:
                here = self._pairing.link(each.vpc, each, vpc, routing.facts).some
            if here.is_true and self._may_be_of(each, gateway) and routing.exists(each).is_true:
                found.append(each)
                if len(found) > 1:
                    return None
        return found[0] if found else None

    def _may_be_of(self, attachment: TransitGatewayAttachment, gateway: TransitGateway) -> bool:
        """Whether an attachment's gateway is this one, or any of its family."""
        for leaf, _ in leaves(attachment.gateway):
            pick = pick_of(self._pairing.canonical(leaf))
            if pick is not None and (
                pick.address == gateway.address
                or (pick.block == block_of(gateway.address) and (gateway.family or pick.address.endswith("[*]")))
            ):
                return True
        return False

    def _table_of(
        self, source: TransitGatewayAttachment, gateway: TransitGateway, routing: Routing
    ) -> tuple[str | None, Truth]:
        """The name of the transit gateway's route table that an attachment's traffic follows: true, maybe only likely.

        AWS associates an attachment with one table, so that a certain association leaves no room for another.
        """
        if self._associations.has_more(source):
            return None, TRUE
        explicit: list[tuple[TransitGatewayAssociation, Truth]] = []
        sure = TRUE
        for each in self._associations.candidates(source):
            link = self._pairing.link(each.attachment, each, source, routing.facts)
            here = routing.exists(each) & link.some
            if not here.is_false:
                explicit.append((each, here))
            else:
                sure &= ~here
        if explicit:
            certain = [each.table for each, here in explicit if here.is_true]
            return (
                (_table_name(certain[0]), TRUE)
                if len(certain) == 1 and isinstance(certain[0], Reference)
                else (None, TRUE)
            )
        associates = [decide(each.associates, routing.facts) for each in (source, gateway)]
        if all(each.is_true for each in associates):
            return f"{gateway.address} default", sure
        return None, TRUE

    def _through(
        self, route: TransitGatewayRoute, paths: NatPaths, passed: tuple[str, ...]
    ) -> tuple[Truth, tuple[Step, ...]]:
        routing = paths.routing
        there = routing.exists(route) & coverage_of_one(route.destination).public & ~route.blackhole.is_(True)
        if there.is_false:
            return FALSE, ()
        pick = pick_of(route.attachment)
        attachment = self._attachments.get(pick.address) if pick is not None else None
        if attachment is None:
            type_ = resource_type_of(route.attachment)
            if type_ in {"aws_vpn_connection", "AWS::EC2::VPNConnection"} or route.attachment.is_null.is_true:
                return FALSE, ()
            words = route.attachment.reasons or (Reason(f"{route.attachment} is not made here", route.span),)
            return there & unknown(*words), ()
        nat, steps = FALSE, tuple[Step, ...]()
        members = attachment.subnets.members if isinstance(attachment.subnets, Sequence) else (attachment.subnets,)
        if len(members) > MOST_SUBNETS:
            nat |= unknown(Reason(f"{attachment.address} has more than {MOST_SUBNETS} subnets", attachment.span))
        for member in members[:MOST_SUBNETS]:
            value = member.each if isinstance(member, Run) else member
            subnet = routing.subnet(value)
            if subnet is None:
                nat |= unknown(*value.reasons or (Reason(f"{value} is not made here", attachment.span),))
                continue
            if not routing.table_is_known(subnet).is_true:
                nat |= routing.table_is_known(subnet)
            for use in routing.tables_of(subnet):
                egress = paths.egress(use.table, passed)
                through = use.truth & egress.nat
                way = egress.way
                if through.is_true and not nat.is_true and way is not None:
                    steps = (
                        Step(attachment, f"{attachment.address} attaches the VPC"),
                        Step(way.route, f"{way.name} is its way out"),
                        *way.steps,
                    )
                nat |= through
        return there & nat, steps


def _table_name(table: Value) -> str:
    """A transit gateway's route table: a resource's address or, of the default one, the gateway's."""
    if isinstance(table, Reference) and table.attribute.endswith("default_route_table_id"):
        return f"{table.address} default"
    return table.address if isinstance(table, Reference) else table.symbol


def _with(exit_: Exit, nat: Truth, steps: tuple[Step, ...]) -> Exit:
    return Exit(nat, FALSE, exit_.kind, exit_.name, steps)


def _leads_elsewhere(route: Route) -> bool:
    """Whether a route leads to other networks."""
    return any(kind_of(target.kind, target.id) not in WITHIN for target in route.targets)
