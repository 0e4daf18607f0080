"""Which workloads stand in which subnet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scene import FLAG, HOLE, VPC, WHY, A, B, line

from tests.demand.account import machine, network, read_index, standing_in
from vpce_lint.demand.index import DemandIndex
from vpce_lint.model import Network, Subnet
from vpce_lint.value import Choice, Known, Reference, Run, Sequence, Unknown, Value

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def _inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Paths of reports count from the test's own folder."""
    monkeypatch.chdir(tmp_path)


def stands(subnets: Value, where: Value, **more: object) -> bool | None:
    """Whether an instance in these subnets stands in that one; false where the index doesn't name it."""
    index = DemandIndex(network(machine(subnets=subnets, **more)))
    found = list(index.workloads_in(where))
    assert len(found) <= 1
    return found[0][1].value if found else False


LOOKED_UP = Unknown("data.aws_subnets.private.ids[*]", WHY)


def test_a_reference_is_that_subnet() -> None:
    """A workload stands in the subnets that it names, and in no other one that is made here."""
    assert stands(Sequence((A.id,)), A.id) is True
    assert stands(Sequence((A.id,)), B.id) is False
    assert stands(Sequence((A.id, B.id)), B.id) is True


def test_conditions_leave_it_open() -> None:
    """A choice of subnets, a subnet that may be missing, a workload that may be missing."""
    assert stands(Choice(FLAG, Sequence((A.id,)), Sequence((B.id,))), A.id) is None
    assert stands(Sequence((Run("a", A.id, 0, 1, when=(FLAG,)),)), A.id) is None
    assert stands(Sequence((A.id,)), A.id, when=(FLAG,)) is None
    assert stands(Choice(FLAG, Sequence((A.id,)), Sequence((B.id,))), B.id, when=(FLAG,)) is False


def test_assumptions_decide() -> None:
    """Where a condition is taken for true or false, so is what it decides."""
    index = DemandIndex(network(machine(subnets=Choice(FLAG, Sequence((A.id,)), Sequence((B.id,))))))
    for holds, subnet, other in ((True, A, B), (False, B, A)):
        assumed = index.assuming({FLAG.symbol: holds})
        assert [truth.value for _, truth in assumed.workloads_in(subnet.id)] == [True]
        assert not list(assumed.workloads_in(other.id))


def test_the_same_symbol_is_the_same_subnet() -> None:
    """Subnets that are given or looked up are the same where the code names them alike."""
    assert stands(Sequence((Known("subnet-1"),)), Known("subnet-1")) is True
    assert stands(Sequence((Known("subnet-1"),)), Known("subnet-2")) is False
    assert stands(Sequence((Run("all", LOOKED_UP),)), LOOKED_UP) is True


def test_what_is_given_from_outside_is_not_made_here() -> None:
    """A variable of the root names a subnet that was there before; what is looked up later may be any."""
    assert stands(Sequence((HOLE,)), A.id) is False
    assert stands(Sequence((HOLE,)), HOLE) is True
    assert stands(Sequence((Run("all", LOOKED_UP),)), A.id) is None


def test_unplaced_workloads_stand_anywhere_perhaps() -> None:
    """They are among those of every subnet, and named apart."""
    workload = machine(subnets=Sequence((LOOKED_UP,)))
    index = DemandIndex(network(workload))
    assert not list(index.placed_in(A.id))
    [(same, truth)] = index.unplaced
    assert (same, truth.value, truth.reasons) == (workload, None, WHY)


FAMILY = Subnet(address="aws_subnet.p[*]", span=line(6), vpc=VPC.id, family=True)


def one_of_family(number: int) -> Reference:
    """The id of one of the family."""
    return Reference(f"aws_subnet.p[{number}].id", WHY, address=f"aws_subnet.p[{number}]", attribute="id")


def test_families() -> None:
    """A family's subnet holds what stands in all of them, or in one; which one it is can't be told of another."""

    def standing(subnets: Value, where: Value) -> bool | None:
        index = DemandIndex(Network("root", (VPC, A, FAMILY, machine(subnets=subnets))))
        found = list(index.workloads_in(where))
        return found[0][1].value if found else False

    everywhere = Sequence((Run("aws_subnet.p[*].id", FAMILY.id),))
    assert standing(everywhere, FAMILY.id) is True
    assert standing(Sequence((one_of_family(0),)), FAMILY.id) is True
    assert standing(Sequence((FAMILY.id,)), one_of_family(0)) is None
    assert standing(Sequence((one_of_family(0),)), one_of_family(1)) is False
    assert standing(everywhere, A.id) is False


def test_splats_and_keys_of_terraform(tmp_path: Path) -> None:
    """All of an unknown number of subnets, one per key of the same collection, and a fixed one."""
    index, found = read_index(
        tmp_path,
        """
        variable "number" {
          type = number
        }
        variable "apps" {
          type = map(string)
        }
        resource "aws_subnet" "counted" {
          count  = var.number
          vpc_id = aws_vpc.main.id
        }
        resource "aws_subnet" "keyed" {
          for_each = var.apps
          vpc_id   = aws_vpc.main.id
        }
        resource "aws_instance" "a" {
          subnet_id = aws_subnet.a.id
        }
        resource "aws_autoscaling_group" "all" {
          vpc_zone_identifier = aws_subnet.counted[*].id
        }
        resource "aws_instance" "first" {
          subnet_id = aws_subnet.counted[0].id
        }
        resource "aws_instance" "each" {
          for_each  = var.apps
          subnet_id = aws_subnet.keyed[each.key].id
        }
        """,
    )
    assert standing_in(index, found, "a") == {"aws_instance.a": True}
    assert standing_in(index, found, "counted[*]") == {"aws_autoscaling_group.all": True, "aws_instance.first": True}
    keyed = standing_in(index, found, "keyed[*]")
    assert list(keyed) == ["aws_instance.each[*]"]


IDS = [A.id, B.id, FAMILY.id, one_of_family(0), one_of_family(1), HOLE, LOOKED_UP, Known("subnet-1"), Known("subnet-2")]


@given(st.lists(st.lists(st.sampled_from(IDS), min_size=1, max_size=3), max_size=4), st.sampled_from(IDS))
def test_against_comparing_everything(placed: list[list[Value]], where: Value) -> None:
    """What is certainly equal is found for certain; what certainly differs is certain only within a family."""
    workloads = [machine(str(index), subnets=Sequence(tuple(ids))) for index, ids in enumerate(placed)]
    index = DemandIndex(Network("root", (VPC, A, B, FAMILY, *workloads)))
    found = {workload.address: truth for workload, truth in index.workloads_in(where)}
    for workload, ids in zip(workloads, placed, strict=True):
        equal = [each.equals(where) for each in ids]
        truth = found.get(workload.address)
        if any(each.is_true for each in equal):
            assert truth is not None
            assert truth.is_true
        elif all(each.is_false for each in equal):
            assert truth is None
