"""Which route table a subnet uses, and what its routes are.

A subnet uses the table that it is associated with, else its VPC's main one: the default one, which AWS makes
with the VPC, unless another is made the main one (Amazon VPC User Guide, "Subnet route tables").
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct

from vpce_lint.model import (
    DefaultRouteTable,
    MainRouteTableAssociation,
    Route,
    RouteTable,
    RouteTableAssociation,
    Subnet,
    Vpc,
)
from vpce_lint.pairing import Link, Pairing, Register, leaves, pick_of
from vpce_lint.passage import Passage, passages
from vpce_lint.truth import FALSE, TRUE, Reason, Truth, some, unknown
from vpce_lint.value import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vpce_lint.condition import Facts
    from vpce_lint.model import Network, Resource
    from vpce_lint.value import Value

LIMIT = Reason("there are more references that may mean anything than are looked at")


class Use(Struct, frozen=True):
    """That a subnet uses a route table: by an association or, without one, because it is its VPC's main one.

    ``id`` is the subnet's id, ``subnet`` the resource where it is made here. ``anchor`` is as in ``Link``.
    """

    table: RouteTable
    id: Value
    subnet: Subnet | None
    truth: Truth
    association: RouteTableAssociation | None = None
    anchor: str | None = None


class RoutingIndex:
    """The resources of a network that routing is about, by what they refer to; the same under all assumptions."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.pairing = Pairing(network)
        taken: dict[str, RouteTable] = {}
        for table in network.of(DefaultRouteTable):
            for alias in table.aliases:
                if alias.symbol not in taken or taken[alias.symbol].address == _vpc_address(alias):
                    taken[alias.symbol] = table
        self._taken = taken
        self.pairing.aliases = self._all_aliases(taken)
        self.tables = tuple(table for table in network.of(RouteTable) if self.stands_for(table) is table)

    def _all_aliases(self, taken: dict[str, RouteTable]) -> dict[str, Resource]:
        """The default tables by what refers to them; the main table is another where an association says so."""
        aliases: dict[str, Resource] = dict(taken)
        reassigned = {str(pick_of(each.vpc)) for each in self.network.of(MainRouteTableAssociation)}
        for symbol, table in taken.items():
            stem, attribute = symbol.rpartition(".")[::2]
            other = f"{stem}.{'main' if attribute == 'default_route_table_id' else 'default'}_route_table_id"
            if not reassigned:
                aliases.setdefault(other, table)
        return aliases

    def stands_for(self, table: RouteTable) -> RouteTable:
        """The same table as the resource that takes it over, where one does."""
        for alias in table.aliases:
            known = self._taken.get(alias.symbol)
            if known is not None and isinstance(table, DefaultRouteTable):
                return known
        return table

    @cached_property
    def subnets(self) -> dict[str, Subnet]:
        """The subnets that are made here, by address."""
        return {subnet.address: subnet for subnet in self.network.of(Subnet) if not subnet.found}

    @cached_property
    def families_of_subnets(self) -> dict[str, Subnet]:
        """The families of subnets by address."""
        return {address: subnet for address, subnet in self.subnets.items() if subnet.family}

    @cached_property
    def subnets_by_vpc(self) -> Register[Subnet]:
        """Subnets by their VPC."""
        return Register(self.pairing, ((subnet.vpc, subnet) for subnet in self.subnets.values()))

    @cached_property
    def tables_by_vpc(self) -> Register[RouteTable]:
        """Route tables by their VPC."""
        return Register(self.pairing, ((table.vpc, table) for table in self.tables))

    @cached_property
    def routes(self) -> Register[Route]:
        """Routes by their table."""
        return Register(self.pairing, ((route.table, route) for route in self.network.of(Route)))

    @cached_property
    def associations_by_table(self) -> Register[RouteTableAssociation]:
        """Associations by their table."""
        return Register(self.pairing, ((each.table, each) for each in self._associations))

    @cached_property
    def associations_by_subnet(self) -> Register[RouteTableAssociation]:
        """Associations by their subnet."""
        return Register(self.pairing, ((each.subnet, each) for each in self._associations))

    @cached_property
    def _associations(self) -> tuple[RouteTableAssociation, ...]:
        return tuple(self.network.of(RouteTableAssociation))

    @cached_property
    def main_by_vpc(self) -> Register[MainRouteTableAssociation]:
        """What makes another table a VPC's main one, by the VPC."""
        return Register(self.pairing, ((each.vpc, each) for each in self.network.of(MainRouteTableAssociation)))

    @cached_property
    def main_by_table(self) -> Register[MainRouteTableAssociation]:
        """The same by the table."""
        return Register(self.pairing, ((each.table, each) for each in self.network.of(MainRouteTableAssociation)))

    @cached_property
    def tables_by_address(self) -> dict[str, RouteTable]:
        """Route tables of this configuration by address."""
        return {table.address: table for table in self.tables if not _is_elsewhere(table)}

    @cached_property
    def found_tables(self) -> dict[str, RouteTable]:
        """Route tables that are made elsewhere by what refers to them."""
        return {alias.symbol: table for table in self.tables if _is_elsewhere(table) for alias in table.aliases}

    @cached_property
    def passages(self) -> dict[str, Passage]:
        """The subnets that traffic of other subnets passes through, by id."""
        return dict(passages(self.network))

    @cached_property
    def vpcs(self) -> dict[str, Vpc]:
        """The VPCs of the code by address."""
        return {vpc.address: vpc for vpc in self.network.of(Vpc)}

    @cached_property
    def default_tables(self) -> dict[str, RouteTable]:
        """The default table of each VPC of the code, by the VPC's address."""
        found: dict[str, RouteTable] = {}
        for table in self.tables:
            pick = pick_of(table.vpc) if isinstance(table, DefaultRouteTable) else None
            if pick is not None:
                found[pick.address] = table
        return found


class Routing:
    """The routes and route tables of a network under some assumptions."""

    def __init__(self, index: RoutingIndex, facts: Facts) -> None:
        self.index = index
        self.facts = facts
        self._uses: dict[str, tuple[Use, ...]] = {}
        self._tables: dict[str, tuple[Use, ...]] = {}
        self._main: dict[str, list[tuple[RouteTable, Truth]]] = {}

    def exists(self, resource: Resource) -> Truth:
        """Whether a resource exists under the assumptions."""
        return self.index.pairing.exists(resource, self.facts)

    def routes_of(self, table: RouteTable) -> Iterator[tuple[Route, Link]]:
        """The routes that a table has, may have or is only likely not to have, each with which of a family has it."""
        register = self.index.routes
        for route in register.candidates(table):
            link = self.index.pairing.link(route.table, route, table, self.facts)
            exists = self.exists(route)
            has = exists & link.some
            if not has.is_ruled_out:
                yield route, Link(has, exists & link.every, None if route.inline else link.anchor)

    def uses_of(self, table: RouteTable) -> tuple[Use, ...]:
        """The subnets that use a table, may use it, or are only likely not to."""
        known = self._uses.get(table.address)
        if known is None:
            known = self._uses[table.address] = tuple(self._find_uses(table))
        return known

    def _find_uses(self, table: RouteTable) -> Iterator[Use]:
        register = self.index.associations_by_table
        for association in register.candidates(table):
            if association.subnet.is_null.is_true:
                continue
            link = self.index.pairing.link(association.table, association, table, self.facts)
            truth = self.exists(association) & link.some
            if not truth.is_ruled_out:
                yield from self._use_by(association, table, truth, link.anchor)
        if register.has_more(table) or self.index.main_by_table.has_more(table):
            yield _any_use(table)
        yield from self._uses_of_main(table)

    def _use_by(
        self, association: RouteTableAssociation, table: RouteTable, truth: Truth, anchor: str | None
    ) -> Iterator[Use]:
        for leaf, holds in leaves(association.subnet):
            if not leaf.is_null.is_true:
                subnet = self.subnet(leaf)
                yield Use(table, leaf if subnet is None else subnet.id, subnet, truth & holds, association, anchor)

    def subnet(self, subnet_id: Value) -> Subnet | None:
        """The subnet, or the family, that an id belongs to, where it is made here."""
        pick = pick_of(subnet_id)
        if pick is None:
            return None
        return self.index.subnets.get(pick.address) or self.index.families_of_subnets.get(f"{pick.block}[*]")

    def _uses_of_main(self, table: RouteTable) -> Iterator[Use]:
        own, outside = self._vpcs_with_main(table)
        for vpc, unlikely in own:
            is_main = some((unlikely, *(truth for each, truth in self.main_tables(vpc) if each is table)))
            if is_main.is_ruled_out:
                continue
            if self.index.subnets_by_vpc.has_more(vpc):
                yield _any_use(table)
            for subnet in self.index.subnets_by_vpc.candidates(vpc):
                inside = self.index.pairing.link(subnet.vpc, subnet, vpc, self.facts).some
                truth = is_main & inside & self.exists(subnet)
                if not truth.is_ruled_out:
                    truth &= ~self._is_associated(subnet)
                if not truth.is_ruled_out:
                    yield Use(table, subnet.id, subnet, truth)
        for vpc_id in outside:
            words = Reason(f"which subnets {vpc_id} has is not known", vpc_id.span)
            open_ = Unknown(f"a subnet of {vpc_id}", (words,), nullable=False)
            yield Use(table, open_, None, unknown(words))

    def _vpcs_with_main(self, table: RouteTable) -> tuple[list[tuple[Vpc, Truth]], list[Value]]:
        """The VPCs whose main table this may be, and the ids of those that aren't made here.

        The truth is false, and only likely so where an association names a table that is taken not to be this one.
        """
        found: dict[str, tuple[Vpc, Truth]] = {}
        outside: dict[str, Value] = {}
        if isinstance(table, DefaultRouteTable):
            pick = pick_of(table.vpc)
            own = self.index.vpcs.get(pick.address) if pick is not None else None
            found.update({own.address: (own, FALSE)} if own is not None else {})
        for each in self.index.main_by_table.candidates(table):
            truth = self.exists(each) & self.index.pairing.link(each.table, each, table, self.facts).some
            if truth.is_ruled_out:
                continue
            for leaf, _ in leaves(each.vpc):
                pick = pick_of(leaf)
                own = self.index.vpcs.get(pick.address) if pick is not None else None
                if own is not None:
                    unlikely = found.get(own.address, (own, FALSE))[1] | (truth if truth.is_false else FALSE)
                    found[own.address] = own, unlikely
                elif not truth.is_false:
                    outside[leaf.symbol] = leaf
        return list(found.values()), list(outside.values())

    def main_tables(self, vpc: Vpc) -> list[tuple[RouteTable, Truth]]:
        """The main route table of a VPC, or those that it may be or is only likely not to be."""
        known = self._main.get(vpc.address)
        if known is None:
            known = self._main[vpc.address] = list(self._find_main(vpc))
        return known

    def _find_main(self, vpc: Vpc) -> Iterator[tuple[RouteTable, Truth]]:
        register = self.index.main_by_vpc
        replaced = unknown(LIMIT) if register.has_more(vpc) else FALSE
        for each in register.candidates(vpc):
            here = self.exists(each) & self.index.pairing.link(each.vpc, each, vpc, self.facts).some
            if here.is_ruled_out:
                continue
            replaced |= here
            for leaf, holds in leaves(each.table):
                table = self.table(leaf)
                if table is not None:
                    yield table, here & holds
        default = self.index.default_tables.get(vpc.address)
        if default is not None and not (~replaced).is_ruled_out:
            yield default, ~replaced

    def table(self, table_id: Value) -> RouteTable | None:
        """The route table, or the family, that an id belongs to, where it is made here."""
        value = self.index.pairing.canonical(table_id)
        pick = pick_of(value)
        if pick is None:
            return self.index.found_tables.get(value.symbol)
        known = self.index.tables_by_address
        return known.get(pick.address) or known.get(f"{pick.block}[*]")

    def _is_associated(self, subnet: Subnet) -> Truth:
        """Whether an association gives each of these subnets a table."""
        register = self.index.associations_by_subnet
        found = some(
            self.exists(each) & self.index.pairing.link(each.subnet, each, subnet, self.facts).every
            for each in register.candidates(subnet)
        )
        return found | unknown(LIMIT) if register.has_more(subnet) else found

    def tables_of(self, subnet: Subnet) -> tuple[Use, ...]:
        """The route table that a subnet uses, or those that it may; of none, it is not known which."""
        known = self._tables.get(subnet.address)
        if known is None:
            known = self._tables[subnet.address] = tuple(self._find_tables(subnet))
        return known

    def _find_tables(self, subnet: Subnet) -> Iterator[Use]:
        register = self.index.associations_by_subnet
        for each in register.candidates(subnet):
            link = self.index.pairing.link(each.subnet, each, subnet, self.facts)
            truth = self.exists(each) & link.some
            if truth.is_false:
                continue
            for leaf, holds in leaves(each.table):
                table = self.table(leaf)
                if table is not None:
                    yield Use(table, subnet.id, subnet, truth & holds, each, link.anchor)
        free = ~self._is_associated(subnet)
        pick = pick_of(subnet.vpc)
        vpc = self.index.vpcs.get(pick.address) if pick is not None else None
        if vpc is None or free.is_false:
            return
        for table, is_main in self.main_tables(vpc):
            truth = free & is_main
            if not truth.is_false:
                yield Use(table, subnet.id, subnet, truth)

    def table_is_known(self, subnet: Subnet) -> Truth:
        """Whether it is certain which table a subnet uses, with the reasons if it isn't."""
        uses = self.tables_of(subnet)
        if sum(not use.truth.is_false for use in uses) == 1 and uses[0].truth.is_true:
            return TRUE
        reasons = [reason for use in uses for reason in use.truth.reasons]
        return unknown(
            *reasons or (Reason(f"which route table {subnet.address} uses is not written here", subnet.span),)
        )


def _any_use(table: RouteTable) -> Use:
    """That some subnet may use a table, where there is too much to be looked at."""
    return Use(table, Unknown(f"a subnet of {table.address}", (LIMIT,), nullable=False), None, unknown(LIMIT))


def _is_elsewhere(table: RouteTable) -> bool:
    return table.found and not isinstance(table, DefaultRouteTable)


def _vpc_address(alias: Value) -> str:
    return alias.symbol.rpartition(".")[0]
