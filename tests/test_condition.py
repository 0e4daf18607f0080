"""What follows under conditions is so in every world in which they hold."""

from __future__ import annotations

from hypothesis import assume as suppose
from hypothesis import given
from hypothesis import strategies as st
from structs import structs
from worlds import CONDITIONS, HOLES, LETTERS, VALUES, WHY, WORLDS, World, holds, realize

from vpce_lint.condition import assume, choose, decide, decide_all, distribute, facts_of, facts_of_all, open_part
from vpce_lint.truth import FALSE, TRUE
from vpce_lint.value import Choice, Known, Unknown, Value, text

ON = Unknown("var.on", WHY, nullable=False)
BIG = Unknown("var.big", WHY, nullable=False)
BOTH = Unknown("var.on && var.big", WHY, formula=("and", (ON, BIG)))


def first(_: int) -> int:
    """Take the family's first instance for any of them."""
    return 0


@given(CONDITIONS, CONDITIONS, WORLDS)
def test_decisions_are_sound(given_one: Value, asked: Value, world: World) -> None:
    """What a condition that is so, or is not so, decides about another is right."""
    facts = facts_of(given_one, holds=holds(given_one, world))
    assert decide(asked, facts).value in {None, holds(asked, world)}


@given(CONDITIONS)
def test_open_parts_decide_the_whole(condition: Value) -> None:
    """Taking one open part after the other for true, or for false, ends in a decision."""
    facts: dict[str, bool] = {}
    for index in range(20):
        part = open_part(condition, facts)
        if part is None:
            assert not decide(condition, facts).is_unknown
            return
        assert decide(part, facts).is_unknown
        facts |= facts_of(part, holds=bool(index % 2))
    raise AssertionError(condition)


@given(st.lists(CONDITIONS, max_size=3), st.lists(CONDITIONS, max_size=3), WORLDS)
def test_decisions_about_several_are_sound(given_ones: list[Value], asked: list[Value], world: World) -> None:
    """The same of all of several conditions, where they hold together."""
    suppose(all(holds(each, world) for each in given_ones))
    assert decide_all(asked, facts_of_all(given_ones)).value in {None, all(holds(each, world) for each in asked)}


@given(CONDITIONS)
def test_a_condition_decides_itself(condition: Value) -> None:
    """Where a condition is taken to hold, it does; where not, it does not."""
    for value, expected in ((True, TRUE), (False, FALSE)):
        facts = facts_of(condition, holds=value)
        if facts:
            assert decide(condition, facts) == expected


@given(CONDITIONS, VALUES, WORLDS)
def test_assuming_is_sound(condition: Value, value: Value, world: World) -> None:
    """Under what holds in a world, a value stays what it is in that world."""
    assumed = assume(value, facts_of(condition, holds=holds(condition, world)))
    assert realize(assumed, world, first) == realize(value, world, first)


@given(CONDITIONS | st.booleans().map(Known), VALUES, VALUES, WORLDS)
def test_choosing_is_sound(condition: Value, then: Value, otherwise: Value, world: World) -> None:
    """A conditional is, in every world, the side that its condition chooses there."""
    chosen = then if holds(condition, world) else otherwise
    assert realize(choose(condition, then, otherwise), world, first) == realize(chosen, world, first)


PIECES = st.recursive(
    LETTERS.map(Known) | HOLES,
    lambda inner: structs(Choice, CONDITIONS, inner, inner),
    max_leaves=4,
)


@given(st.lists(PIECES, max_size=4).map(tuple), WORLDS)
def test_distributing_is_sound(pieces: tuple[Value, ...], world: World) -> None:
    """A function of choices is, in every world, the function of what was chosen."""
    expected = "".join(realize(piece, world, first)[1] for piece in pieces)
    assert realize(distribute(text, pieces), world, first) == ("str", expected)


def test_distributing_makes_the_cases() -> None:
    """Arguments that depend on the same condition are combined case by case, not crosswise."""
    one, other = Choice(ON, Known("a"), Known("b")), Choice(ON, Known("c"), Known("d"))
    assert distribute(text, (one, other)) == Choice(ON, Known("ac"), Known("bd"))


def test_a_conjunction_holds_only_if_its_parts_do() -> None:
    """From "a and b" both follow; from its denial neither follows."""
    assert facts_of(BOTH, holds=True) == {"var.on && var.big": True, "var.on": True, "var.big": True}
    assert facts_of(BOTH, holds=False) == {"var.on && var.big": False}


def test_a_choice_is_made_under_its_condition() -> None:
    """Assuming a condition makes the choices that hang on it."""
    choice = Choice(ON, Known("a"), Known("b"))
    assert assume(choice, facts_of(BOTH, holds=True)) == Known("a")
    assert assume(choice, {"var.on": False}) == Known("b")
    assert assume(choice, {}) is choice


def test_equal_sides_need_no_choice() -> None:
    """A conditional between equal values is that value."""
    assert choose(ON, Known("a"), Known("a")) == Known("a")


def test_an_open_condition_says_why() -> None:
    """What the facts do not decide keeps its reasons."""
    assert decide(BOTH, {"var.on": True}).reasons == WHY
