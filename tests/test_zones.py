"""How many zones a list of subnets covers, against worlds in which everything is decided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from structs import structs

from vpce_lint.model import Subnet
from vpce_lint.source import Source, Span
from vpce_lint.truth import Reason
from vpce_lint.value import Choice, Known, Member, Reference, Run, Sequence, Unknown, Value, text
from vpce_lint.zones import Zones, zones_of

if TYPE_CHECKING:
    from random import Random

HERE = Span(Source("main.tf", b"x"), 0, 1)
WHY = (Reason("it has no default"),)
ZONES = ("a", "b", "c")
ABSENT = Known(None)


def subnet(address: str, zone: Value = ABSENT, *, zone_id: Value = ABSENT) -> Subnet:
    """A subnet; a family where its address ends so."""
    family = address.endswith("[*]")
    return Subnet(address=address, span=HERE, vpc=Known("vpc-1"), zone=zone, zone_id=zone_id, family=family)


def symbol(name: str, *, nullable: bool = False) -> Unknown:
    """Something unknown."""
    return Unknown(name, WHY, nullable=nullable)


def zones(members: Value | list[Value], *made_here: Subnet, **facts: bool) -> Zones:
    """The zones of a list of subnets."""
    value = Sequence(tuple(members)) if isinstance(members, list) else members
    return zones_of(value, {each.id.symbol: each for each in made_here}, facts)


A, B = subnet("aws_subnet.a", Known("a")), subnet("aws_subnet.b", Known("b"))
FAMILY = subnet("aws_subnet.many[*]")


def many(least: int = 0, most: int | None = None, of: Subnet = FAMILY, *when: Value) -> Run:
    """All instances of a family of subnets."""
    return Run(f"{of.address}.id", of.id, least, most, when=when, distinct=True)


def test_different_resources_are_different_zones() -> None:
    """AWS takes one subnet per zone, so two subnets are two zones even where no zone is written."""
    bare = subnet("aws_subnet.bare"), subnet("aws_subnet.other")
    found = zones([bare[0].id, bare[1].id], *bare)
    assert (found.least, found.most) == (2, 2)
    assert found.at_least(2).is_true
    assert found.at_least(3).is_false


def test_one_subnet_written_twice_is_one() -> None:
    """Naming a subnet a second time adds nothing."""
    found = zones([A.id, A.id], A)
    assert found.most == 1
    assert found.shortfall(2) == "stands in one Availability Zone, a"


def test_different_subnets_in_one_zone_clash() -> None:
    """Two subnets that are known to share a zone can't serve one endpoint, whatever else there is."""
    twin = subnet("aws_subnet.twin", Known("a"))
    found = zones([A.id, twin.id, B.id], A, B, twin)
    assert found.at_least(2).is_false
    assert (
        found.shortfall(2)
        == "can't be created: aws_subnet.a and aws_subnet.twin share the zone a, and AWS takes one subnet per zone"
    )


def test_shared_zone_that_may_be_null_is_likely() -> None:
    """Where a zone may be null AWS chooses one, so that two subnets of it need not share it."""
    twins = [subnet(f"aws_subnet.{name}", symbol("var.az", nullable=True)) for name in "xy"]
    answer = zones([twin.id for twin in twins], *twins).at_least(2)
    assert (answer.value, answer.likely) == (False, True)


def test_zones_are_compared_as_templates_and_by_id() -> None:
    """The same template is the same zone; one zone by name and one by id may be the same."""
    a, b = (text((symbol("var.region"), letter)) for letter in "ab")
    same = subnet("aws_subnet.x", a), subnet("aws_subnet.y", a)
    assert zones([each.id for each in same], *same).at_least(2).is_false
    apart = subnet("aws_subnet.x", a), subnet("aws_subnet.y", b)
    assert zones([each.id for each in apart], *apart).at_least(2).is_true
    mixed = subnet("aws_subnet.x", Known("a")), subnet("aws_subnet.y", zone_id=Known("euw1-az1"))
    assert zones([each.id for each in mixed], *mixed).at_least(2).is_true


def test_literal_and_member_ids() -> None:
    """Different literal ids, and different members of a list of distinct ones, are different subnets."""
    assert zones([Known("subnet-1"), Known("subnet-2")]).at_least(2).is_true
    ids = [Unknown(f"ids[{index}]", WHY, member=Member("ids", index, 0, None)) for index in range(2)]
    found = zones(list(ids)).at_least(2)
    assert (found.value, found.likely) == (True, False)


def test_different_names_are_likely_different_subnets() -> None:
    """Two variables may name one subnet, but hardly ever do; an expression may well repeat another."""
    found = zones([symbol("var.a"), symbol("var.b")]).at_least(2)
    assert (found.value, found.likely) == (True, True)
    assert zones([symbol("var.a"), symbol("coalesce(var.b, var.a)")]).at_least(2).is_unknown
    assert zones([symbol("var.x"), A.id, B.id], A, B).least == 2


def test_lists_of_unknown_length() -> None:
    """An unknown list decides nothing, an absent or empty one everything."""
    assert zones(symbol("var.ids")).at_least(2).is_unknown
    for nothing in (Known(None), Sequence(()), Sequence((Known(None), Known("")))):
        found = zones(nothing)
        assert found.shortfall(2) == "has no subnets: it serves nobody"
        assert found.at_least(2).is_false


def test_families_by_their_bounds() -> None:
    """All of an unknown number of instances: the bounds decide, and so does a zone that all share."""
    assert zones([many(2)], FAMILY).at_least(2).is_true
    assert zones([many()], FAMILY).at_least(2).is_unknown
    assert zones([many(0, 1)], FAMILY).at_least(2).is_false
    together = subnet("aws_subnet.many[*]", Known("a"))
    assert zones([many(of=together)], together).at_least(2).is_false
    clash = zones([many(2, None, together)], together).clash
    assert str(clash) == "the instances of aws_subnet.many[*] share the zone a"
    varying = subnet("aws_subnet.many[*]", symbol("var.subnets[*].az"))
    assert zones([many(2, None, varying)], varying).at_least(2).is_true


def looked_up(name: str, zone: Value = ABSENT, *, zones_differ: bool = False) -> Subnet:
    """A subnet that is looked up."""
    return replace(subnet(f"data.aws_subnet.{name}", zone), found=True, zones_differ=zones_differ)


def id_of(each: Subnet) -> Unknown:
    """The id of a subnet that is looked up: not known, and not that of a resource."""
    return symbol(each.id.symbol)


def test_found_subnets_in_one_zone_are_one_zone() -> None:
    """They may be one subnet, so there is no clash; either way there is one zone."""
    one, other = looked_up("one", Known("a")), looked_up("other", Known("a"))
    for beside in (other, A):
        covered = zones([id_of(one), id_of(other) if beside is other else A.id], one, other, A)
        assert (covered.most, covered.clash) == (1, None)
        assert covered.shortfall(2) == "stands in one Availability Zone, a"


def test_found_subnets_in_different_zones_differ() -> None:
    """Their zones tell them apart; without any, only their names do."""
    apart = [looked_up(name, Known(name)) for name in "ab"]
    answer = zones([id_of(each) for each in apart], *apart).at_least(2)
    assert (answer.value, answer.likely) == (True, False)
    bare = [looked_up(name) for name in "ab"]
    answer = zones([id_of(each) for each in bare], *bare).at_least(2)
    assert (answer.value, answer.likely) == (True, True)


def test_families_of_found_subnets() -> None:
    """One for each of several zones certainly differ, one for each of several names likely do."""
    for zones_differ in (True, False):
        family = looked_up("many[*]", symbol("var.keys[*]"), zones_differ=zones_differ)
        run = Run("many", id_of(family), 2, None)
        answer = zones([run], family).at_least(2)
        assert (answer.value, answer.likely) == (True, not zones_differ)
    together = looked_up("many[*]", Known("a"))
    assert zones([Run("many", id_of(together), 2, None)], together).most == 1


def test_family_with_the_zone_of_one_variable() -> None:
    """All instances share it, which clashes; where the variable may be null, only likely so."""
    for nullable in (True, False):
        family = subnet("aws_subnet.many[*]", symbol("var.zone", nullable=nullable))
        answer = zones([many(2, None, family)], family).at_least(2)
        assert (answer.value, answer.likely) == (False, nullable)


def test_conditions_are_looked_at_case_by_case() -> None:
    """Members that come together, or instead of each other, are counted so."""
    flag = symbol("var.flag")
    off = Unknown("!var.flag", WHY, formula=("not", (flag,)), nullable=False)
    other = subnet("aws_subnet.others[*]")
    assert zones([many(2, 2, FAMILY, flag), many(2, 2, other, off)], FAMILY, other).at_least(2).is_true
    assert zones([many(1, 1, FAMILY, flag), many(1, 1, other, off)], FAMILY, other).at_least(2).is_false
    assert zones(Choice(flag, Sequence((A.id, B.id)), Sequence((A.id,))), A, B).at_least(2).is_unknown
    chosen = zones(Choice(flag, Sequence((A.id, B.id)), Sequence((A.id,))), A, B, **{"var.flag": True})
    assert chosen.at_least(2).is_true


def test_reasons_are_about_what_is_open() -> None:
    """Ids of resources that are made here are no reason for anything."""
    condition = Unknown("var.flag", (Reason("var.flag has no default"),), nullable=False)
    known_later = Reference("aws_subnet.b.id", (Reason("known after apply"),), address="aws_subnet.b", attribute="id")
    found = zones([A.id, Run("b", known_later, 0, 1, when=(condition,))], A, B)
    assert found.at_least(2).reasons == (Reason("var.flag has no default"),)


@dataclass
class World:
    """One way in which everything unknown may turn out."""

    random: Random
    decided: dict[str, object]

    def decide(self, name: str, choices: tuple[object, ...]) -> object:
        """What the unknown of this name is here; the same each time."""
        if name not in self.decided:
            self.decided[name] = self.random.choice(choices)
        return self.decided[name]


VARIABLES = ("var.s0", "var.s1")
FOUND = ("data.aws_subnet.0", "data.aws_subnet.1")
ZONE_VALUES = st.sampled_from([ABSENT, Known("a"), Known("b"), symbol("var.z0"), symbol("var.z1")])
ADDRESSES = ("aws_subnet.0", "aws_subnet.1", "aws_subnet.2", *FOUND, "aws_subnet.many[*]")
NETWORKS = st.tuples(*(ZONE_VALUES for _ in ADDRESSES)).map(
    lambda chosen: tuple(
        replace(subnet(address, zone), found=address in FOUND) for address, zone in zip(ADDRESSES, chosen, strict=True)
    )
)
FLAGS = st.sampled_from([symbol("var.f0"), symbol("var.f1")])
IDS = st.sampled_from(
    [
        *(subnet(f"aws_subnet.{index}").id for index in range(3)),
        *(Known(f"subnet-{index}") for index in range(2)),
        *(symbol(name) for name in VARIABLES),
        *(symbol(f"{address}.id") for address in FOUND),
    ]
)
MEMBERS = st.one_of(
    IDS,
    structs(Choice, FLAGS, IDS, IDS),
    st.builds(lambda least, more: many(least, least + more), st.integers(0, 2), st.integers(0, 2)),
    st.builds(lambda flag, each: Run(each.symbol, each, 0, 1, when=(flag,), distinct=True), FLAGS, IDS),
    st.builds(lambda flag: many(2, 2, FAMILY, flag), FLAGS),
)
LISTS = st.lists(MEMBERS, max_size=4).map(lambda members: Sequence(tuple(members)))
SUBNETS = st.one_of(LISTS, structs(Choice, FLAGS, LISTS, LISTS))


def ids_in(value: Value, world: World) -> list[str]:
    """The ids of the subnets that a value lists in a world."""
    if isinstance(value, Sequence):
        return [each for member in value.members for each in ids_in(member, world)]
    if isinstance(value, Choice):
        return ids_in(value.then if world.decide(value.condition.symbol, (True, False)) else value.otherwise, world)
    if isinstance(value, Run):
        return ids_in_run(value, world)
    if isinstance(value, Reference):
        return [value.address]
    if isinstance(value, Known):
        return [str(value.value)]
    others = ("aws_subnet.0", "aws_subnet.1", "subnet-0", "subnet-1", "subnet-elsewhere")
    return [str(world.decide(value.symbol, others))]


def ids_in_run(run: Run, world: World) -> list[str]:
    """The ids of a run's members: all instances of a family, whose number is the same everywhere."""
    if not all(world.decide(condition.symbol, (True, False)) for condition in run.when):
        return []
    if not isinstance(run.each, Reference) or not run.each.family:
        return ids_in(run.each, world)
    number = int(str(world.decide("instances", tuple(range(run.least, (run.most or 0) + 1)))))
    number = max(run.least, min(number, run.most if run.most is not None else number))
    return [f"{run.each.address}{index}" for index in range(number)]


def zone_of(subnet_id: str, made_here: tuple[Subnet, ...], world: World) -> object:
    """The zone of a subnet in a world."""
    for each in made_here:
        if subnet_id == each.address or (each.family and subnet_id.startswith(each.address)):
            if isinstance(each.zone, Known) and each.zone.value is not None:
                return each.zone.value
            if isinstance(each.zone, Unknown):
                return world.decide(each.zone.symbol, ZONES)
    return world.decide(f"zone of {subnet_id}", ZONES)


def is_as_asked(each: Subnet, made_here: tuple[Subnet, ...], world: World) -> bool:
    """Whether a subnet that is looked up lies in the zone that was asked for."""
    if isinstance(each.zone, Known) and each.zone.value is None:
        return True
    [subnet_id] = ids_in(symbol(each.id.symbol), world)
    return zone_of(subnet_id, made_here, world) == zone_of(each.address, made_here, world)


@given(NETWORKS, SUBNETS, st.randoms(use_true_random=False))
def test_bounds_hold_in_every_world(made_here: tuple[Subnet, ...], subnets: Value, random: Random) -> None:
    """However the unknowns turn out: what AWS would create has a number of zones within the bounds."""
    found = zones_of(subnets, {each.id.symbol: each for each in made_here}, {})
    certain = {minimum: found.at_least(minimum) for minimum in (1, 2, 3)}
    for _ in range(40):
        world = World(random, {})
        if not all(is_as_asked(each, made_here, world) for each in made_here if each.found):
            continue
        chosen = set(ids_in(subnets, world))
        covered = {zone_of(each, made_here, world) for each in chosen}
        creatable = len(covered) == len(chosen)
        if creatable:
            assert not found.clash
            assert found.least <= len(covered)
            assert found.most is None or len(covered) <= found.most
        for minimum, answer in certain.items():
            if creatable and not answer.likely and answer.value is not None:
                assert answer.value is (len(covered) >= minimum)
