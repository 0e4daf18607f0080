"""How many Availability Zones a list of subnets covers, as far as code alone tells.

AWS takes at most one subnet per zone for one endpoint and refuses a second one with
``DuplicateSubnetsInSameZone`` (AWS PrivateLink Guide, "Create an interface endpoint"). So subnets
that certainly differ lie in as many zones, unless their zones are known to be equal: then the
endpoint can't be created. Subnets that are looked up instead of made may be one and the same.
"""

from __future__ import annotations

from itertools import combinations_with_replacement
from typing import TYPE_CHECKING

from msgspec import Struct

from vpce_lint.condition import assume, decide_all, facts_of, open_part
from vpce_lint.limits import WORK
from vpce_lint.regex import regex
from vpce_lint.truth import FALSE, TRUE, Reason, Truth, gather, unknown
from vpce_lint.value import Choice, Known, Reference, Run, Sequence, Unknown, Value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vpce_lint.condition import Facts
    from vpce_lint.model import Subnet

MOST_CONDITIONS = 4
"""Conditions on members beyond these are not looked at case by case, which only widens the bounds."""

MOST_COMPARED = 60
"""So many subnets are held against each other; no Region has as many zones, so more of them decide nothing."""

MOST_STARTS = 12
"""The search for members that differ from each other starts at so many members."""

STEPS_OF_PAIR = 2
"""Holding two subnets against each other takes as long as so many steps."""

MOST_SHOWN = 4
"""More subnets are not shown as evidence."""

_NUMBERS = ("no", "one", "two", "three", "four", "five", "six")

_PATH = regex(r'[\w.\-*]+(\[("[^"$]*"|\d+)\][\w.\-]*)*')
"""A variable, an attribute or an output, and not an expression that computes one of them."""


class Member(Struct, frozen=True):
    """One member of a list of subnets, or a run of them: ``least`` to ``most`` different subnets.

    ``id`` is the subnet's id, a run's members' alike; ``subnet`` the resource, where it is made here or
    looked up. ``likely_least`` also counts those as different that are looked up one by one.
    """

    id: Value
    subnet: Subnet | None
    least: int = 1
    most: int | None = 1
    likely_least: int = 1
    reasons: tuple[Reason, ...] = ()

    @property
    def zone(self) -> Value:
        """Its zone by name, else by id; ``null`` where nothing is said about it."""
        if self.subnet is None:
            return Known(None)
        return self.subnet.zone if _is_given(self.subnet.zone) else self.subnet.zone_id

    def __str__(self) -> str:
        """The subnet's address, else its id."""
        return self.subnet.address if self.subnet else str(self.id)

    @property
    def is_many(self) -> bool:
        """Whether it may stand for more than one subnet."""
        return self.most is None or self.most > 1

    @property
    def shares_zone(self) -> bool:
        """Whether all its subnets certainly lie in one zone: the same value for each, and not ``null``."""
        return (self.zone.equals(self.zone) & ~self.zone.is_null).is_true

    @property
    def zones(self) -> tuple[int, int | None]:
        """How many zones it covers by itself."""
        return (min(self.least, 1), 1) if self.shares_zone and self.is_many else (self.least, self.most)

    @property
    def likely_zones(self) -> int:
        """How many zones it covers at least, where subnets that are given differently are different."""
        return min(self.likely_least, 1) if self.shares_zone else self.likely_least


class Clash(Struct, frozen=True):
    """Two different subnets in the same zone, which no endpoint can have; ``likely`` if the zone may be ``null``."""

    one: Member
    other: Member
    likely: bool

    def __str__(self) -> str:
        """The clause that says so."""
        both = f"{self.one} and {self.other}" if self.one is not self.other else f"the instances of {self.one}"
        return f"{both} share the zone {self.one.zone}"


class Zones(Struct, frozen=True):
    """The number of zones covered, at least ``least`` and at most ``most`` (``None``: no bound).

    ``likely_least`` also counts subnets that are given by different names as different. ``members`` are
    what was counted.
    """

    least: int
    most: int | None
    likely_least: int
    members: tuple[Member, ...] = ()
    clash: Clash | None = None
    reasons: tuple[Reason, ...] = ()

    def at_least(self, minimum: int) -> Truth:
        """Whether the endpoint can be created and its subnets cover so many zones."""
        if self.most is not None and self.most < minimum:
            return FALSE
        if self.clash:
            assumed = Reason(f"{self.clash.one.zone} is taken not to be null", self.clash.one.zone.span)
            return Truth(value=False, reasons=(assumed,), likely=True) if self.clash.likely else FALSE
        if self.least >= minimum:
            return TRUE
        if self.likely_least >= minimum:
            assumed = Reason("subnets that are given by different names are taken to be different")
            return Truth(value=True, reasons=(assumed,), likely=True)
        return unknown(*self.reasons)

    def shortfall(self, minimum: int) -> str:
        """What is wrong where they aren't so many: a predicate of the endpoint."""
        if self.most == 0:
            return "has no subnets: it serves nobody"
        if self.clash:
            return f"can't be created: {self.clash}, and AWS takes one subnet per zone"
        if self.most is None or self.most >= minimum:
            return f"stands in fewer than {count_zones(minimum)}"
        if self.least < self.most:
            return f"stands in at most {count_zones(self.most)}"
        zones = {member.zone.symbol: member.zone for member in self.members}
        zone = next(iter(zones.values())) if len(zones) == 1 else Known(None)
        return f"stands in {count_zones(self.most)}" + (f", {zone}" if _is_given(zone) else "")

    @property
    def evidence(self) -> tuple[tuple[Value | Subnet, str], ...]:
        """What to look at, with a label each: the only subnet, the clash, or each subnet's zone if all are known."""
        if len(self.members) == 1 and self.most == 1:
            only = self.members[0]
            return ((only.subnet or only.id, f"{only} is its only subnet"),)
        if not self.clash and self.least != self.most:
            return ()
        shown = (self.clash.one, self.clash.other) if self.clash else self.members
        subnets = dict.fromkeys(member.subnet for member in shown if member.subnet)
        return tuple((subnet, _where(subnet)) for subnet in subnets)[:MOST_SHOWN]


def zones_of(subnets: Value, known: Mapping[str, Subnet], facts: Facts) -> Zones:
    """The zones that a list of subnet ids covers; ``known`` are subnets, made or looked up, by their id's symbol."""
    return _by_cases(assume(subnets, facts), known, facts, MOST_CONDITIONS)


def _by_cases(subnets: Value, known: Mapping[str, Subnet], facts: Facts, conditions_left: int) -> Zones:
    condition = _open_condition(subnets, facts)
    if condition is None:
        return _count(subnets, known, facts)
    if not conditions_left:
        return _too_many_cases(subnets, known, facts)
    cases: list[Zones] = []
    for holds in (True, False):
        case = {**facts, **facts_of(condition, holds=holds)}
        cases.append(_by_cases(assume(subnets, case), known, case, conditions_left - 1))
    return _either(cases[0], cases[1], condition)


def _open_condition(subnets: Value, facts: Facts) -> Value | None:
    """A condition that decides about members, and that is not known."""
    for part in (subnets, *(subnets.members if isinstance(subnets, Sequence) else ())):
        conditions = (part.condition,) if isinstance(part, Choice) else part.when if isinstance(part, Run) else ()
        for condition in conditions:
            if (open_ := open_part(condition, facts)) is not None:
                return open_
    return None


def _too_many_cases(subnets: Value, known: Mapping[str, Subnet], facts: Facts) -> Zones:
    if not isinstance(subnets, Sequence):
        return Zones(0, None, 0, reasons=subnets.reasons)
    return _count(subnets, known, facts)


def _either(one: Zones, other: Zones, condition: Value) -> Zones:
    """What holds in both cases."""
    if one == other:
        return one
    return Zones(
        least=min(one.least, other.least),
        most=None if one.most is None or other.most is None else max(one.most, other.most),
        likely_least=min(one.likely_least, other.likely_least),
        members=tuple(dict.fromkeys((*one.members, *other.members))),
        clash=one.clash if other.clash else None,
        reasons=gather((*condition.reasons, *one.reasons, *other.reasons)),
    )


def _count(subnets: Value, known: Mapping[str, Subnet], facts: Facts) -> Zones:
    if isinstance(subnets, Known):
        return Zones(0, 0, 0)
    if not isinstance(subnets, Sequence):
        return Zones(0, None, 0, reasons=subnets.reasons)
    if WORK.is_over:
        return Zones(0, None, 0, reasons=(WORK.reason,))
    WORK.left -= len(subnets.members)
    members = [_member(value, known, facts) for value in subnets.members]
    members = _different([member for member in members if member.most != 0])
    compared = members[:MOST_COMPARED]
    clash = _clash(compared)
    return Zones(
        least=0 if clash else _apart(compared, certainly=True),
        most=_most(members),
        likely_least=0 if clash else _apart(compared, certainly=False),
        members=tuple(members),
        clash=clash,
        reasons=gather(reason for member in members for reason in member.reasons),
    )


def _member(value: Value, known: Mapping[str, Subnet], facts: Facts) -> Member:
    if isinstance(value, Run):
        subnet = known.get(value.each.symbol)
        number = value.least if decide_all(value.when, facts).is_true else 0
        least = number if value.distinct or (subnet and subnet.zones_differ) else min(number, 1)
        likely_least = number if subnet and subnet.found and subnet.family else least
        return Member(value.each, subnet, least, value.most, likely_least, _why_open(value))
    is_nothing = value.is_null.is_true or value.is_("").is_true
    number = 0 if is_nothing else 1
    return Member(value, known.get(value.symbol), number, number, number, _why_unknown(value))


def _why_open(run: Run) -> tuple[Reason, ...]:
    """Why the number of a run's members is not known."""
    deciding = (*run.when, run.key) if run.key is not None else run.when
    reasons = run.why or gather(reason for value in deciding for reason in value.reasons) or run.each.reasons
    return reasons or (Reason(f"the number of members of {run.name} is not known", run.span),)


def _why_unknown(subnet_id: Value) -> tuple[Reason, ...]:
    """Why it is not known which subnet this is; of one that is made here, it is."""
    is_instance = isinstance(subnet_id, Reference) and not subnet_id.family
    return () if is_instance else subnet_id.reasons


def _different(members: list[Member]) -> list[Member]:
    """The members without those that are certainly written a second time."""
    kept: dict[str, Member] = {}
    others: list[Member] = []
    for member in members:
        if member.least == member.most == 1 and member.id.equals(member.id).is_true:
            kept.setdefault(member.id.symbol, member)
        else:
            others.append(member)
    return [*kept.values(), *others]


def _apart(members: list[Member], *, certainly: bool) -> int:
    """How many zones members that all differ from each other cover: greedy from several starts, a lower bound."""
    best = 0
    for start in members[:MOST_STARTS]:
        group = [start]
        for member in members:
            if all(_differ(member, chosen, certainly=certainly) for chosen in group):
                group.append(member)
        best = max(best, sum(member.zones[0] if certainly else member.likely_zones for member in group))
        if len(group) == len(members):
            break
    return best


def _most(members: list[Member]) -> int | None:
    """The zones of all members that aren't certainly the same as, or in the same zone as, another."""
    counted: list[Member] = []
    total = 0
    for member in members:
        if len(counted) < MOST_COMPARED:
            if any(_same(member, other) for other in counted):
                continue
            counted.append(member)
        most = member.zones[1]
        if most is None:
            return None
        total += most
    return total


def _clash(members: list[Member]) -> Clash | None:
    surely_there = [member for member in members if member.least]
    for one, other in combinations_with_replacement(surely_there, 2):
        WORK.left -= STEPS_OF_PAIR
        differ = one.least > 1 if one is other else one.id.equals(other.id).is_false
        if differ and _same_zone(one, other).is_true:
            return Clash(one, other, likely=not one.zone.is_null.is_false)
    return None


def _differ(one: Member, other: Member, *, certainly: bool) -> bool:
    WORK.left -= STEPS_OF_PAIR
    if one is other:
        return False
    same_zone = _same_zone(one, other)
    if same_zone.value is not None:
        return same_zone.is_false
    return one.id.equals(other.id).is_false or (not certainly and _named_differently(one.id, other.id))


def _same(one: Member, other: Member) -> bool:
    WORK.left -= STEPS_OF_PAIR
    if _same_zone(one, other).is_true and one.zone.is_null.is_false:
        return True
    return not (one.is_many or other.is_many) and one.id.equals(other.id).is_true


def _same_zone(one: Member, other: Member) -> Truth:
    """Whether two members stand in the same zone."""
    if one.subnet and other.subnet:
        for zones in ((one.subnet.zone, other.subnet.zone), (one.subnet.zone_id, other.subnet.zone_id)):
            if _is_given(zones[0]) and _is_given(zones[1]):
                return zones[0].equals(zones[1])
    return unknown()


def _is_given(zone: Value) -> bool:
    return not (isinstance(zone, Known) and zone.value in {None, ""})


def _where(subnet: Subnet) -> str:
    zone = subnet.zone if _is_given(subnet.zone) else subnet.zone_id
    return f"{subnet.address} lies in {zone}" if _is_given(zone) else f"{subnet.address} is one of its subnets"


def count_zones(number: int) -> str:
    """A number of zones in words."""
    return f"{_NUMBERS[number] if number < len(_NUMBERS) else number} Availability Zone{'s' * (number != 1)}"


def _named_differently(one: Value, other: Value) -> bool:
    """Whether two ids are written as different variables, outputs, attributes or texts."""
    for value in (one, other):
        if not isinstance(value, Known) and not (isinstance(value, Unknown) and _is_plain(value)):
            return False
    both_families = isinstance(one, Reference) and isinstance(other, Reference) and one.address == other.address
    return one.symbol != other.symbol and not both_families


def _is_plain(value: Unknown) -> bool:
    return not value.invalid and (value.member is not None or _PATH.fullmatch(value.name) is not None)
