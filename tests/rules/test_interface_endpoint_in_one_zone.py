"""VPCE003 on networks made by hand."""

from scene import HOLE, A, B, C, answer, interface, line

from vpce_lint.value import Choice, Known, Sequence
from vpce_lint.verdict import Confidence, Verdict

RULE = "VPCE003"


def test_only_subnet_is_named_with_its_zone() -> None:
    """One subnet: its zone is in the message, and its resource is shown."""
    found = answer(RULE, interface(subnets=Sequence((A.id,), span=line(12))))
    assert (found.verdict, found.location.line) == (Verdict.VIOLATED, 12)
    assert found.message == "aws_vpc_endpoint.this stands in one Availability Zone, eu-west-1a"
    assert [(place.label, place.line) for place in found.related] == [("aws_subnet.a is its only subnet", 2)]
    assert found.fix == "give it one subnet in each of at least two Availability Zones"


def test_only_subnet_that_is_not_made_here() -> None:
    """A literal id or a variable is shown where it is written."""
    found = answer(RULE, interface(subnets=Sequence((Known("subnet-1", span=line(13)),), span=line(12))))
    assert [place.label for place in found.related] == ["subnet-1 is its only subnet"]


def test_without_subnets_the_block_is_pointed_at() -> None:
    """An endpoint without subnets serves nobody; there is no attribute to point at."""
    found = answer(RULE, interface(subnets=Known(None)))
    assert (found.message, found.location.line) == ("aws_vpc_endpoint.this has no subnets: it serves nobody", 10)


def test_minimum_is_a_setting() -> None:
    """Who wants three zones is told what there is."""
    found = answer(RULE, interface(), minimum_zones=3)
    assert found.message == "aws_vpc_endpoint.this stands in two Availability Zones"
    assert [place.label for place in found.related] == [
        "aws_subnet.a lies in eu-west-1a",
        "aws_subnet.b lies in eu-west-1b",
    ]
    assert answer(RULE, interface(subnets=Sequence((A.id, B.id, C.id))), minimum_zones=3).verdict is Verdict.SATISFIED


def test_open_question_and_its_reason() -> None:
    """What can't be decided says which variable is missing."""
    found = answer(RULE, interface(subnets=HOLE))
    assert found.message == "can't tell whether aws_vpc_endpoint.this stands in fewer than two Availability Zones"
    assert (found.verdict, found.why) == (Verdict.UNDETERMINED, ("var.x has no default",))


def test_likely_answers_say_why() -> None:
    """Two variables are taken for two subnets, and the answer says so."""
    other = Known("subnet-1")
    found = answer(RULE, interface(subnets=Sequence((HOLE, other))))
    assert (found.verdict, found.confidence) == (Verdict.SATISFIED, Confidence.LIKELY)
    assert found.why == ("subnets that are given by different names are taken to be different",)


def test_the_endpoints_own_condition_is_assumed() -> None:
    """A choice by the condition under which the endpoint exists is made."""
    flag = HOLE
    subnets = Choice(flag, Sequence((A.id, B.id)), Sequence(()))
    assert answer(RULE, interface(subnets=subnets)).verdict is Verdict.UNDETERMINED
    assert answer(RULE, interface(subnets=subnets, when=(flag,))).verdict is Verdict.SATISFIED
