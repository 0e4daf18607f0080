"""What follows from a network as a whole."""

from __future__ import annotations

from typing import Any, Literal

import pytest
from msgspec.structs import replace

from vpce_lint.model import Gap, GatewayEndpoint, InterfaceEndpoint, Network, Resource, Subnet, Vpc
from vpce_lint.source import Source, Span
from vpce_lint.topology import Topology
from vpce_lint.truth import Reason, Truth
from vpce_lint.value import Choice, Known, Reference, Run, Sequence, Unknown, Value, text

HERE = Span(Source("main.tf", b"x"), 0, 1)
WHY = (Reason("it has no default"),)
FLAG = Unknown("var.flag", WHY, nullable=False)
NOT_FLAG = Unknown("!var.flag", WHY, formula=("not", (FLAG,)), nullable=False)
VPC = Vpc(address="aws_vpc.main", span=HERE)
OTHER = Vpc(address="aws_vpc.other", span=HERE)
TABLES = Sequence((Known("rtb-1"),))
S3 = Known("com.amazonaws.eu-west-1.s3")


def gateway(
    name: str = "s3", vpc: Value = VPC.id, service: Value = S3, tables: Value = TABLES, **more: Any
) -> GatewayEndpoint:
    """A gateway endpoint."""
    address = f"aws_vpc_endpoint.{name}"
    return GatewayEndpoint(address=address, span=HERE, vpc=vpc, service=service, route_tables=tables, **more)


def topology(*resources: Resource, gaps: tuple[Gap, ...] = ()) -> Topology:
    """The topology of a few resources."""
    return Topology(Network("root", (VPC, OTHER, *resources), gaps))


def test_gateway_endpoint_serves_its_vpc_only() -> None:
    """A gateway endpoint serves the VPC that it stands in, for its own service."""
    made = topology(gateway())
    assert made.gateway_coverage(VPC.id, "s3").served.is_true
    assert made.gateway_coverage(VPC.id, "dynamodb").served.is_false
    assert made.gateway_coverage(OTHER.id, "s3").served.is_false


@pytest.mark.parametrize("tables", [Sequence(()), Known(None), Choice(FLAG, Sequence(()), Known(None))])
def test_gateway_without_route_tables_is_idle(tables: Value) -> None:
    """A gateway endpoint that certainly has no route table serves nobody, and is shown."""
    idle = gateway(tables=tables)
    coverage = topology(idle).gateway_coverage(VPC.id, "s3")
    assert coverage.served.is_false
    assert coverage.idle == (idle,)


@pytest.mark.parametrize("tables", [Unknown("var.tables", WHY), Sequence((Run("tables", Known("rtb-1")),))])
def test_gateway_whose_route_tables_are_open_serves(tables: Value) -> None:
    """Only a certain lack of route tables counts against a gateway endpoint."""
    assert topology(gateway(tables=tables)).gateway_coverage(VPC.id, "s3").served.is_true


def test_conditional_gateway_is_open_until_its_condition_is_assumed() -> None:
    """What may not be there leaves it open, with the reason; assumptions decide it."""
    made = topology(gateway(when=(FLAG,)))
    served = made.gateway_coverage(VPC.id, "s3").served
    assert served.is_unknown
    assert served.reasons == WHY
    assert made.assuming((FLAG,)).gateway_coverage(VPC.id, "s3").served.is_true
    assert made.assuming((NOT_FLAG,)).gateway_coverage(VPC.id, "s3").served.is_false


def test_same_unknown_vpc_is_one_vpc() -> None:
    """Two uses of one symbol are one VPC; two symbols may be."""
    known, other = Unknown("var.vpc", WHY), Unknown("var.other", WHY)
    made = topology(gateway(vpc=known))
    assert made.gateway_coverage(known, "s3").served.is_true
    assert made.gateway_coverage(other, "s3").served.is_unknown


def test_written_out_vpc_is_none_that_is_made_here() -> None:
    """A literal id is the id of a VPC that was there before."""
    assert topology(gateway(vpc=Known("vpc-1"))).gateway_coverage(VPC.id, "s3").served.is_false
    assert topology(gateway()).gateway_coverage(Known("vpc-1"), "s3").served.is_false
    assert topology(gateway(vpc=Known("vpc-1"))).gateway_coverage(Known("vpc-1"), "s3").served.is_true


def test_vpc_of_a_root_variable_is_likely_none_that_is_made_here() -> None:
    """Who calls the module knows other VPCs than the one that it makes; one that is taken over was there before."""
    given = Unknown("var.vpc_id", WHY)
    served = topology(gateway(vpc=given)).gateway_coverage(VPC.id, "s3").served
    assert (served.value, served.likely) == (False, True)
    assert str(served.reasons[0]) == "var.vpc_id is taken not to name aws_vpc.main, which is made here"
    computed = Unknown('coalesce(var.vpc_id, "x")', WHY)
    assert topology(gateway(vpc=computed)).gateway_coverage(VPC.id, "s3").served.is_unknown
    there_before = Vpc(address="aws_default_vpc.x", span=HERE, imported=True)
    for vpc_id in (given, Known("vpc-1")):
        made = topology(there_before, gateway(vpc=vpc_id))
        assert made.gateway_coverage(there_before.id, "s3").served.is_unknown


def flag(name: str) -> Unknown:
    """A condition."""
    return Unknown(name, WHY, nullable=False)


def formula(connective: Literal["and", "not"], *operands: Value) -> Unknown:
    """A condition made of others."""
    name = f"{connective}({', '.join(each.symbol for each in operands)})"
    return Unknown(name, WHY, formula=(connective, operands), nullable=False)


def test_opposite_conditions_are_looked_at_case_by_case() -> None:
    """Whether or not each condition holds, there is a gateway endpoint: then one serves the VPC."""
    a, b = flag("a"), flag("b")
    both, only_a, not_a = formula("and", a, b), formula("and", a, formula("not", b)), formula("not", a)
    ways = [gateway(name, when=(when,)) for name, when in (("1", both), ("2", only_a), ("3", not_a))]
    coverage = topology(*ways).gateway_coverage(VPC.id, "s3")
    assert coverage.served.is_true
    assert (coverage.by, coverage.perhaps) == ((), tuple(ways))
    assert topology(*ways[:2]).gateway_coverage(VPC.id, "s3").served.is_unknown
    assert topology(*ways[:2]).assuming((a,)).gateway_coverage(VPC.id, "s3").served.is_true


def test_choices_are_looked_at_case_by_case() -> None:
    """Two VPCs chosen by one condition are the same in every case; an endpoint for the other one is in none."""
    a = flag("a")
    chosen, other = Choice(a, VPC.id, OTHER.id), Choice(a, OTHER.id, VPC.id)
    assert topology(gateway(vpc=chosen)).gateway_coverage(chosen, "s3").served.is_true
    assert topology(gateway(vpc=chosen)).gateway_coverage(other, "s3").served.is_false
    tables = Choice(a, TABLES, Sequence(()))
    assert topology(gateway(tables=tables, when=(a,))).assuming((a,)).gateway_coverage(VPC.id, "s3").served.is_true


def test_too_many_conditions_stay_open() -> None:
    """Cases double with each condition, so only a few are looked at."""
    flags = [flag(f"f{index}") for index in range(8)]
    ways = [gateway(str(index), when=(each,)) for index, each in enumerate(flags)]
    none = gateway("none", when=tuple(formula("not", each) for each in flags))
    assert topology(*ways, none).gateway_coverage(VPC.id, "s3").served.is_unknown


def test_endpoint_is_no_gateway_of_its_own() -> None:
    """An endpoint of unknown type may be a gateway endpoint, but doesn't serve itself."""
    itself = gateway("this", premise=Truth(None))
    made = topology(itself)
    assert made.gateway_coverage(VPC.id, "s3", apart_from=itself.address).served.is_false
    assert made.gateway_coverage(VPC.id, "s3").perhaps == (itself,)


def test_absence_is_likely_where_others_may_add() -> None:
    """No endpoint in a VPC of others, or where a gap may hide one, is a likely no; in one's own it is certain."""
    foreign = topology().gateway_coverage(Unknown("var.vpc", WHY), "s3").served
    assert (foreign.value, foreign.likely) == (False, True)
    assert str(foreign.reasons[0]) == "var.vpc is not made here, other code may add endpoints to it"
    gap = Gap(Reason("module.x is not downloaded"), frozenset({VPC.address}))
    hidden = topology(gaps=(gap,)).gateway_coverage(VPC.id, "s3").served
    assert (hidden.value, hidden.likely, hidden.reasons) == (False, True, (gap.reason,))
    own = topology(gaps=(gap,)).gateway_coverage(OTHER.id, "s3").served
    assert (own.value, own.likely) == (False, False)


def test_vpc_chosen_by_an_assumption() -> None:
    """A choice of VPCs is made where its condition is assumed."""
    made = topology(gateway())
    chosen = Choice(FLAG, VPC.id, OTHER.id)
    assert made.gateway_coverage(chosen, "s3").served.is_unknown
    assert made.assuming((FLAG,)).gateway_coverage(chosen, "s3").served.is_true
    assert made.assuming((FLAG,)).vpc(chosen) is VPC


def test_service_with_a_hole_may_be_any() -> None:
    """A gateway endpoint for an unknown service may be the one."""
    name = text(("com.amazonaws.eu-west-1.", Unknown("each.key", WHY)))
    assert topology(gateway(service=name)).gateway_coverage(VPC.id, "s3").served.is_unknown


def test_zones_of_an_endpoint_that_a_gap_may_complete() -> None:
    """An endpoint without subnets is open where unread code could give it some."""
    endpoint = InterfaceEndpoint(address="aws_vpc_endpoint.kms", span=HERE, vpc=VPC.id, service=S3)
    assert topology(endpoint).zones(endpoint).at_least(2).is_false
    gap = Gap(Reason("more.tf can't be read"))
    assert topology(endpoint, gaps=(gap,)).zones(endpoint).at_least(2).reasons == (gap.reason,)


def test_existence_under_assumptions() -> None:
    """A resource exists where its conditions are known to hold."""
    subnet = Subnet(address="aws_subnet.a", span=HERE, vpc=VPC.id, when=(FLAG,))
    made = topology(subnet)
    assert made.exists(subnet).is_unknown
    assert made.assuming((FLAG,)).exists(subnet).is_true
    assert made.assuming(()) is made
    assert made.assuming((FLAG,)) is made.assuming((FLAG,))


def test_many_endpoints_are_looked_up_quickly() -> None:
    """An endpoint is compared with those of its own VPC, not with all: thousands take no time."""
    vpcs = [Vpc(address=f"aws_vpc.main[{index}]", span=HERE) for index in range(2000)]
    gateways = [gateway(f"s3[{index}]", vpc=vpc.id) for index, vpc in enumerate(vpcs)]
    compared: list[str] = []

    class Watched(Reference):
        def equals(self, other: Value) -> Any:
            compared.append(other.symbol)
            return super().equals(other)

    for index, each in enumerate(gateways):
        vpc_id = each.vpc
        assert isinstance(vpc_id, Reference)
        watched = Watched(vpc_id.name, (), address=vpc_id.address, attribute="id")
        gateways[index] = replace(each, vpc=watched)
    made = topology(*vpcs, *gateways)
    assert all(made.gateway_coverage(vpc.id, "s3").served.is_true for vpc in vpcs)
    assert len(compared) == len(vpcs)
