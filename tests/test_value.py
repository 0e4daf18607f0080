"""What values say for certain is so, whatever their unknowns turn out to be."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from worlds import ANY_INSTANCE, LETTERS, TEXTS, VALUES, WHY, WORLDS, World, realize

from vpce_lint.truth import FALSE, TRUE
from vpce_lint.value import Choice, Known, Mapping, Reference, Sequence, Text, Unknown, Value, text

Pick = Callable[[int], int]
PICKS = st.randoms(use_true_random=False).map(lambda random: random.randrange)
REGION = Unknown("var.region", WHY, nullable=False)


@given(VALUES, VALUES, WORLDS, PICKS)
def test_equality_is_sound(one: Value, other: Value, world: World, pick: Pick) -> None:
    """Two values that are certainly equal, or certainly not, are so in every world."""
    decided = one.equals(other).value
    assert decided in {None, realize(one, world, pick) == realize(other, world, pick)}


@given(VALUES, WORLDS, PICKS)
def test_equality_with_oneself_is_sound(value: Value, world: World, pick: Pick) -> None:
    """A value is never said to differ from itself where it can't, nor to be equal where it can differ."""
    decided = value.equals(value).value
    assert decided in {None, realize(value, world, pick) == realize(value, world, pick)}


@given(VALUES, VALUES)
def test_equality_is_symmetric(one: Value, other: Value) -> None:
    """The order of a comparison does not turn its answer round."""
    assert {one.equals(other).value, other.equals(one).value} != {True, False}


@given(VALUES | TEXTS, LETTERS, WORLDS, PICKS)
def test_affixes_are_sound(value: Value, affix: str, world: World, pick: Pick) -> None:
    """A certain beginning or end is one in every world."""
    kind, real = realize(value, world, pick)
    is_text = kind == "str"
    assert value.starts_with(affix).value in {None, is_text and real.startswith(affix)}
    assert value.ends_with(affix).value in {None, is_text and real.endswith(affix)}


@given(VALUES, WORLDS, PICKS)
def test_null_is_sound(value: Value, world: World, pick: Pick) -> None:
    """A value that certainly is null, or isn't, is so in every world."""
    assert value.is_null.value in {None, realize(value, world, pick) == ("NoneType", None)}


@given(VALUES, WORLDS, PICKS)
def test_bounds_are_sound(value: Value, world: World, pick: Pick) -> None:
    """A collection has never fewer or more members than its bounds say."""
    if hasattr(value, "least") and not isinstance(value, Unknown):
        size = len(realize(value, world, pick)[1])
        assert value.least <= size
        assert value.most is None or size <= value.most


@given(st.lists(LETTERS | st.just(REGION), max_size=5))
def test_text_merges_known_pieces(parts: list[str | Value]) -> None:
    """A text has no two known pieces in a row and no empty one; without holes, or of one hole alone, it is no text."""
    made = text(parts)
    if [part for part in parts if part != ""] == [REGION]:
        assert made == REGION
    elif REGION in parts:
        assert isinstance(made, Text)
        assert "" not in made.parts
        assert not any(
            isinstance(a, str) and isinstance(b, str) for a, b in zip(made.parts, made.parts[1:], strict=False)
        )
        assert str(made) == "".join(part if isinstance(part, str) else "${var.region}" for part in parts)
    else:
        assert made == Known("".join(parts))


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (text([REGION, "a"]), text([REGION, "b"]), False),
        (text([REGION, "a"]), text([REGION, "a"]), True),
        (text(["com.amazonaws.", REGION, ".s3"]), Known("com.amazonaws.eu-west-1.sqs"), False),
        (text(["com.amazonaws.", REGION, ".s3"]), Known("com.amazonaws.eu-west-1.s3"), None),
        (text([REGION, "a"]), Known(None), False),
        (text([REGION, "a"]), Sequence(()), False),
        (Known(1), Known(value=True), False),
        (Known(1), Known("1"), False),
        (Unknown("var.x", WHY), Known(None), None),
        (REGION, Known(None), False),
        (ANY_INSTANCE, ANY_INSTANCE, None),
        (Sequence((Known("a"), REGION)), Sequence((Known("a"), REGION)), True),
        (Sequence((Known("a"), REGION)), Sequence((Known("b"), REGION)), False),
        (Sequence((Known("a"), Known("b")), "set"), Sequence((Known("b"), Known("a")), "set"), True),
        (Sequence((Known("a"),), "set"), Sequence((Known("b"),), "set"), False),
        (
            Unknown("invalid(no such file)", WHY, invalid=True),
            Unknown("invalid(no such file)", WHY, invalid=True),
            None,
        ),
    ],
)
def test_equality_decides_where_it_can(one: Value, other: Value, expected: bool | None) -> None:  # noqa: FBT001
    """Soundness would be cheap by never deciding: these are decided."""
    assert one.equals(other).value is expected


def test_affixes_decide_where_they_can() -> None:
    """The known ends of a text decide, whatever is in its holes."""
    service = text(["com.amazonaws.", REGION, ".s3"])
    assert (service.ends_with(".s3"), service.starts_with("com.")) == (TRUE, TRUE)
    assert (service.ends_with(".sqs"), service.starts_with("aws.")) == (FALSE, FALSE)
    assert service.ends_with("1.s3").is_unknown


def test_open_answers_say_why() -> None:
    """An undecided comparison carries the reasons of its unknowns."""
    assert Unknown("var.x", WHY).equals(Known("a")).reasons == WHY


def test_choice_decides_where_both_sides_agree() -> None:
    """A conditional is compared side by side."""
    choice = Choice(Unknown("var.on", WHY), Known("a"), Known("b"))
    assert choice.is_("c") == FALSE
    assert choice.is_("a").is_unknown
    assert choice.is_null == FALSE


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (Known("a"), "a"),
        (Known(None), "null"),
        (Known(value=True), "true"),
        (Known(3), "3"),
        (Known(Fraction(1, 2)), "0.5"),
        (text(["a", REGION]), "a${var.region}"),
        (Sequence((Known("a"), REGION)), '["a", var.region]'),
        (Sequence((Known("a"),), "set"), 'toset(["a"])'),
        (Choice(REGION, Known("a"), Known(None)), '(var.region ? "a" : null)'),
        (Reference("aws_vpc.a.id", (), address="aws_vpc.a", attribute="id"), "aws_vpc.a.id"),
    ],
)
def test_values_read_as_people_write_them(value: Value, words: str) -> None:
    """In a sentence, a value looks like Terraform code."""
    assert str(value) == words


@given(st.text(min_size=500), st.text(min_size=500))
def test_long_symbols_stay_identities(one: str, other: str) -> None:
    """A symbol is cut where it is endless, and two different ones stay different."""
    symbols = [Unknown(name, ()).symbol for name in (one, other)]
    assert (symbols[0] == symbols[1]) is (one == other)
    assert max(map(len, symbols)) <= 400


@pytest.mark.parametrize("value", [Known(value=True), REGION, text([REGION])])
def test_value_is_no_bool(value: Value) -> None:
    """An unknown can't be read as false by accident."""
    with pytest.raises(TypeError, match="not a bool"):
        bool(value)


def test_mappings_have_a_hash() -> None:
    """A map may stand wherever a value may, as the zone of a subnet that is looked up by it."""
    one, same = (Mapping({"a": Known(1), "b": Mapping({})}) for _ in range(2))
    assert {one, same} == {one}
