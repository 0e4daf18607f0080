"""Kleene's laws."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vpce_lint.truth import FALSE, MOST_REASONS, TRUE, Reason, Truth, every, gather, some, truth, unknown

REASONS = st.lists(st.sampled_from([Reason(words) for words in "abcdefgh"]), min_size=1, max_size=3)
DEFINITE = st.builds(lambda value, likely: Truth(value, (), likely), st.booleans(), st.booleans())
OPEN = REASONS.map(lambda reasons: unknown(*reasons))
TRUTHS = DEFINITE | OPEN
NAMES = ("x", "y", "z")
FORMULAS = st.recursive(
    st.sampled_from(NAMES),
    lambda inner: st.tuples(st.sampled_from(["and", "or"]), inner, inner) | st.tuples(st.just("not"), inner),
    max_leaves=12,
)
Formula = str | tuple[object, ...]


def meaning(item: Truth) -> tuple[bool | None, bool]:
    """What is decided, and how surely."""
    return item.value, item.likely


def evaluate(formula: Formula, values: dict[str, Truth]) -> Truth:
    """A formula under an assignment."""
    match formula:
        case ("and", one, other):
            return evaluate(one, values) & evaluate(other, values)
        case ("or", one, other):
            return evaluate(one, values) | evaluate(other, values)
        case ("not", one):
            return ~evaluate(one, values)
    return values[formula]


@given(TRUTHS, TRUTHS)
def test_commutative(a: Truth, b: Truth) -> None:
    """The order of two operands does not matter."""
    assert meaning(a & b) == meaning(b & a)
    assert meaning(a | b) == meaning(b | a)


@given(TRUTHS, TRUTHS, TRUTHS)
def test_associative(a: Truth, b: Truth, c: Truth) -> None:
    """Grouping does not matter."""
    assert meaning((a & b) & c) == meaning(a & (b & c))
    assert meaning((a | b) | c) == meaning(a | (b | c))


@given(TRUTHS, TRUTHS, TRUTHS)
def test_distributive(a: Truth, b: Truth, c: Truth) -> None:
    """Each of the two operators distributes over the other."""
    assert (a & (b | c)).value is ((a & b) | (a & c)).value
    assert (a | (b & c)).value is ((a | b) & (a | c)).value


@given(TRUTHS, TRUTHS)
def test_de_morgan(a: Truth, b: Truth) -> None:
    """Negation exchanges the operators."""
    assert meaning(~(a & b)) == meaning(~a | ~b)
    assert meaning(~(a | b)) == meaning(~a & ~b)


@given(TRUTHS, TRUTHS)
def test_absorption(a: Truth, b: Truth) -> None:
    """What is said already adds nothing."""
    assert meaning(a & (a | b)) == meaning(a)
    assert meaning(a | (a & b)) == meaning(a)


@given(TRUTHS)
def test_neutral_and_decisive(a: Truth) -> None:
    """TRUE is neutral for "and" and decides "or"; FALSE the other way round; twice "not" is nothing."""
    assert meaning(a & TRUE) == meaning(a) == meaning(a | FALSE) == meaning(~~a)
    assert (a & FALSE) == FALSE
    assert (a | TRUE) == TRUE


@given(
    FORMULAS, st.fixed_dictionaries(dict.fromkeys(NAMES, TRUTHS)), st.fixed_dictionaries(dict.fromkeys(NAMES, DEFINITE))
)
def test_knowing_more_never_flips_an_answer(
    formula: Formula, values: dict[str, Truth], refinement: dict[str, Truth]
) -> None:
    """Whatever the unknowns turn out to be, a definite answer stays."""
    before = evaluate(formula, values)
    refined = {name: refinement[name] if value.is_unknown else value for name, value in values.items()}
    after = evaluate(formula, refined)
    assert after.value is not None
    assert before.value in {None, after.value}


@given(FORMULAS, st.fixed_dictionaries(dict.fromkeys(NAMES, TRUTHS)))
def test_an_open_answer_names_reasons_of_its_parts(formula: Formula, values: dict[str, Truth]) -> None:
    """An unknown says why, by reasons that came with the unknowns it was made of."""
    result = evaluate(formula, values)
    given_reasons = {reason for value in values.values() for reason in value.reasons}
    assert set(result.reasons) <= given_reasons
    assert bool(result.reasons) is result.is_unknown


@given(st.lists(TRUTHS))
def test_every_and_some(truths: list[Truth]) -> None:
    """Over many, the operators are "all" and "any" with the unknown between."""
    values = [item.value for item in truths]
    assert every(truths).value is (False if False in values else None if None in values else True)
    assert some(truths).value is (True if True in values else None if None in values else False)


def test_a_certain_decision_wins_over_a_likely_one() -> None:
    """Where one operand decides for certain, the answer is certain."""
    likely = Truth(value=False, likely=True)
    assert meaning(likely & FALSE) == (False, False)
    assert meaning(likely & TRUE) == (False, True)
    assert meaning(~likely) == (True, True)


@pytest.mark.parametrize("item", [TRUE, FALSE, unknown()])
def test_truth_is_no_bool(item: Truth) -> None:
    """An unknown can't be read as false by accident, so nothing can be read as a bool."""
    with pytest.raises(TypeError, match="three values"):
        bool(item)


def test_of_bool() -> None:
    """A Python bool has a certain truth."""
    assert (truth(value=True), truth(value=False)) == (TRUE, FALSE)


@given(st.lists(st.sampled_from([Reason(words) for words in "abcdefghij"])))
def test_reasons_are_distinct_and_few(reasons: list[Reason]) -> None:
    """Reasons keep their order, none comes twice, and no more than a person reads."""
    expected = sorted(set(reasons), key=reasons.index)[:MOST_REASONS]
    assert list(gather(reasons)) == expected
