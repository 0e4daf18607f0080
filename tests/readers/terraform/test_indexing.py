"""Members and attributes of known and partly known values."""

from __future__ import annotations

import pytest

from vpce_lint.readers.terraform.indexing import attribute_of, member_of
from vpce_lint.truth import Reason
from vpce_lint.type_constraint import BOOL, NUMBER, STRING, Attribute, Type
from vpce_lint.value import Choice, Known, Mapping, Member, Reference, ResourceObject, Run, Sequence, Unknown, Value

WHY = (Reason("it is read at apply time"),)
NAMES = "data.aws_availability_zones.this.names"
ZONES = Sequence((Run(NAMES, Unknown(f"{NAMES}[*]", WHY, type=STRING), 2, 6, distinct=True),), "list")
FLAG = Unknown("var.flag", WHY, type=BOOL)
PAIR = Sequence((Known("a"), Known("b")))


def instances(attribute: str = "id") -> Sequence:
    """What a splat over a resource of unknown count gives."""
    each = Reference(f"aws_subnet.x[*].{attribute}", WHY, address="aws_subnet.x[*]", attribute=attribute, family=True)
    return Sequence((Run(f"aws_subnet.x[*].{attribute}", each, 0, None, distinct=True),))


def refusal(value: Value) -> str:
    """Why Terraform would stop."""
    assert isinstance(value, Unknown)
    assert value.invalid
    return value.why[0].words


def test_known_member() -> None:
    """An exact list has its members in their places; Terraform takes texts and whole decimals as numbers."""
    assert member_of(PAIR, Known(1)) == Known("b")
    assert member_of(PAIR, Known("1")) == Known("b")


@pytest.mark.parametrize(
    ("collection", "index", "words"),
    [
        (PAIR, Known(3), "index 3 is out of range: the list has 2 members"),
        (Sequence((Known(1),)), Known(1), "index 1 is out of range: the list has 1 member"),
        (PAIR, Known(-1), "an index is a whole number from 0, not -1"),
        (PAIR, Known("x"), 'a number is needed, not a string: "x"'),
        (Sequence((Known(1),), "set"), Known(0), "the members of a set have no order: toset([1])[0]"),
        (Known(None), Known(0), "null has no members: null[0]"),
        (Known("abc"), Known(0), 'a string has no members: "abc"[0]'),
        (Mapping({"a": Known(1)}), Known("b"), 'there is no member "b" in {a = 1}'),
        (Unknown("var.s", WHY, type=STRING), Known(0), "a string has no members: var.s[0]"),
    ],
)
def test_what_is_refused(collection: Value, index: Value, words: str) -> None:
    """Where Terraform would stop, the reason says what is wrong."""
    assert refusal(member_of(collection, index)) == words


def test_element_wraps() -> None:
    """``element()`` counts on from the beginning."""
    assert member_of(PAIR, Known(5), wraps=True) == Known("b")


def test_members_of_a_run_of_distinct_values_differ() -> None:
    """Two zones of one list are two zones, each with a name of its own."""
    first, second = member_of(ZONES, Known(0)), member_of(ZONES, Known(1))
    assert (first.symbol, second.symbol) == (f"{NAMES}[0]", f"{NAMES}[1]")
    assert first.equals(second).is_false
    assert isinstance(first, Unknown)
    assert (first.type, first.member) == (STRING, Member(NAMES, 0, 2, 6))


def test_element_of_a_run_knows_what_it_may_repeat() -> None:
    """With two to six zones, the third index may lead to the first zone again, the second can't."""
    first, second, third = (member_of(ZONES, Known(index), wraps=True) for index in range(3))
    assert first.equals(second).is_false
    assert first.equals(third).is_unknown


def test_index_within_the_least_is_the_same_with_element() -> None:
    """``names[1]`` and ``element(names, 1)`` are one zone where there are at least two."""
    assert member_of(ZONES, Known(1)) == member_of(ZONES, Known(1), wraps=True)


def test_index_beyond_the_least_is_assumed_to_be_there() -> None:
    """``names[4]`` of two to six zones is a fifth zone: otherwise Terraform would stop."""
    fifth = member_of(ZONES, Known(4))
    assert fifth.equals(member_of(ZONES, Known(0))).is_false


def test_members_behind_a_run_are_open() -> None:
    """What follows members of an unknown number has no known place; what precedes them has."""
    mixed = Sequence((Known("a"), *ZONES.members, Known("z")), "list")
    assert member_of(mixed, Known(0)) == Known("a")
    assert member_of(mixed, Known(1)).symbol == f"{NAMES}[0]"
    assert isinstance(member_of(mixed, Known(5)), Unknown)


def test_conditional_member_is_a_choice() -> None:
    """The first of ``concat(var.flag ? ["a"] : [], ["b"])`` depends on the flag."""
    run = Run("a", Known("a"), 0, 1, when=(FLAG,))
    mixed = Sequence((run, Known("b")))
    assert member_of(mixed, Known(0)) == Choice(FLAG, Known("a"), Known("b"))
    second = member_of(mixed, Known(1))
    assert isinstance(second, Choice)
    assert refusal(second.otherwise) == "index 1 is out of range: the list has 1 member"


def test_member_in_no_order() -> None:
    """Of members whose order isn't known, an index finds none in particular."""
    found = member_of(Sequence((Known("a"), FLAG), "list", ordered=False), Known(0))
    assert isinstance(found, Unknown)
    assert not found.invalid


def test_instances_of_a_counted_resource() -> None:
    """A member of a splat is that instance's attribute."""
    second = member_of(instances(), Known(1))
    assert isinstance(second, Reference)
    assert (second.address, second.name, second.family) == ("aws_subnet.x[1]", "aws_subnet.x[1].id", False)
    assert second.equals(member_of(instances(), Known(0))).is_false


def test_instances_behind_a_filter_are_not_told_apart_by_number() -> None:
    """The second of some instances isn't the instance with the number one."""
    run = instances().members[0]
    assert isinstance(run, Run)
    filtered = Sequence((Run(f"{run.name} if var.flag", run.each, 0, None),))
    assert not isinstance(member_of(filtered, Known(1)), Reference)


def test_instance_as_a_whole() -> None:
    """One of many resources is that resource: what depends on the instance is its own."""
    objects = {
        "id": Reference("aws_subnet.x[*].id", WHY, address="aws_subnet.x[*]", attribute="id", family=True),
        "vpc_id": Unknown("var.vpc_id", WHY),
        "number": Unknown("aws_subnet.x[*].index", WHY, type=NUMBER),
        "cidr_block": Unknown("cidrsubnet(var.cidr, 8, aws_subnet.x[*].index)", WHY),
    }
    family = ResourceObject("aws_subnet.x[*]", objects.__getitem__, family=True)
    third = member_of(Sequence((Run("aws_subnet.x[*]", family, distinct=True),)), Known(2))
    assert attribute_of(third, "id").symbol == "aws_subnet.x[2].id"
    assert attribute_of(third, "vpc_id").symbol == "var.vpc_id"
    assert attribute_of(third, "number") == Known(2)
    assert attribute_of(third, "cidr_block").symbol != objects["cidr_block"].symbol


def test_instances_by_key() -> None:
    """A member of a resource with ``for_each`` has its key in its address."""
    each = Reference("aws_subnet.x[*].id", WHY, address="aws_subnet.x[*]", attribute="id", family=True)
    key = Unknown("aws_subnet.x[*].key", WHY)
    found = member_of(Mapping({}, (Run("aws_subnet.x[*]", each, key=key, distinct=True),)), Known("a"))
    assert found.symbol == 'aws_subnet.x["a"].id'


def test_conditional_entry() -> None:
    """An entry that is there on a condition is missing otherwise, which is an error."""
    run = Run("a", Known(1), 0, 1, key=Known("a"), when=(FLAG,))
    found = member_of(Mapping({"b": Known(2)}, (run,)), Known("a"))
    assert isinstance(found, Choice)
    assert (found.condition, found.then) == (FLAG, Known(1))
    assert refusal(found.otherwise).startswith('there is no member "a"')


def test_open_key() -> None:
    """An unknown key leads to a choice between the entries, unless all are equal."""
    key = Unknown("var.key", WHY)
    assert member_of(Mapping({"a": Known(1), "b": Known(1)}), key) == Known(1)
    assert member_of(Mapping({"a": Known(1), "b": Known(2)}), key).symbol == '((var.key == "a") ? 1 : 2)'
    assert member_of(Mapping({}, (Run("k", Known(3), 1, 1, key=key),)), key) == Known(3)


def test_choices_are_followed() -> None:
    """Of a collection that depends on a condition, both sides are looked into."""
    chosen = Choice(FLAG, PAIR, Sequence((Known("c"),)))
    assert member_of(chosen, Known(0)) == Choice(FLAG, Known("a"), Known("c"))
    assert (
        attribute_of(Choice(FLAG, Mapping({"a": Known(1)}), Mapping({"a": Known(2)})), "a").symbol
        == "(var.flag ? 1 : 2)"
    )


def test_attributes_of_unknown_values() -> None:
    """An attribute of an unknown has its type, where that is declared."""
    type_ = Type("object", attributes=(("a", Attribute(STRING)),))
    thing = Unknown("var.thing", WHY, type=type_)
    assert attribute_of(thing, "a") == Unknown("var.thing.a", WHY, type=STRING)
    assert refusal(attribute_of(thing, "b")) == 'a value of type object has no attribute "b": var.thing.b'
    assert attribute_of(Unknown("var.open", WHY), "b").symbol == "var.open.b"
    assert refusal(attribute_of(PAIR, "a")) == 'a list has no attribute "a": ["a", "b"].a'


def test_members_of_unknown_lists() -> None:
    """A member of an unknown list is unknown, and of the list's element type."""
    ids = Unknown("var.ids", WHY, type=Type("list", STRING))
    assert member_of(ids, Known(0)) == Unknown("var.ids[0]", WHY, type=STRING)
    assert refusal(member_of(ids, Known("x"))) == 'a number is needed, not a string: "x"'
